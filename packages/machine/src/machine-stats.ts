import type { RangeDescription } from "@isinglass/devices";
import type { Interpreter } from "@isinglass/engine";
import type { ExitCount } from "@isinglass/hypervisor";
import type { SoftTlbStats } from "@isinglass/mmu";
import type { Core } from "./core.js";
import type { EngineVcpu } from "./engine-vcpu.js";

/** What a machine has done since it was made. */
export interface MachineStats {
  /** Of all vCPUs together, as all that follows. */
  readonly instructions: number;
  /** Of each, where there are several. */
  readonly vcpus?: readonly { readonly instructions: number }[];
  /** Machine time, nanoseconds. */
  readonly time: number;
  readonly exits: readonly ExitCount[];
  /** Accesses by port range and by range of device registers, where there were any. */
  readonly ports: readonly RangeDescription[];
  readonly mmio: readonly RangeDescription[];
  readonly unclaimed: {
    readonly portReads: number;
    readonly portWrites: number;
    readonly mmioReads: number;
    readonly mmioWrites: number;
  };
  readonly tlb: {
    /** Look-ups that emitted code answers itself are not counted; these are what it asked for. */
    readonly fills: number;
    readonly conflicts: number;
    /** Page walks, and the page-table entries that they read. */
    readonly walks: number;
    readonly walkReferences: number;
    /** By cause: CR0/CR4/EFER and the like, change of view, MOV to CR3, INVLPG. */
    readonly flushes: {
      readonly all: number;
      readonly view: number;
      readonly nonGlobal: number;
      readonly page: number;
    };
    /** Write rights and code pointers withdrawn because a page became or ceased to be code. */
    readonly dropWriteTags: number;
    readonly dropCode: number;
  };
  /** Interrupts and exceptions delivered, by vector. */
  readonly vectors: readonly { readonly vector: number; readonly count: number }[];
  readonly code: {
    readonly bytes: number;
    readonly decoded: number;
    readonly runs: number;
    readonly invalidated: number;
    readonly drops: number;
    /** Instruction forms that were compiled on first use. */
    readonly coldForms: number;
  };
  /** The tier above the interpreter, where there is one. */
  readonly jit?: {
    readonly regions: number;
    readonly modules: number;
    /** Guest instructions compiled, and bytes of WebAssembly that came of them. */
    readonly instructions: number;
    readonly bytes: number;
    /** Milliseconds, by the clock that the machine was given; and most of them at a time. */
    readonly time: number;
    readonly longest: number;
    readonly dropped: number;
    /** Places that became hot where nothing can be compiled. */
    readonly refused: number;
    /** Times that a region was entered from the dispatch loop, and guest instructions executed in regions. */
    readonly entries: number;
    readonly executed: number;
    /** With `verify`: runs of regions that were compared, and instructions in them. */
    readonly verified?: { readonly runs: number; readonly instructions: number };
  };
}

const used = (range: RangeDescription): boolean => range.reads + range.writes > 0;

/** The reference executor keeps no decoded code. */
const NO_CODE: MachineStats["code"] = { bytes: 0, decoded: 0, runs: 0, invalidated: 0, drops: 0, coldForms: 0 };

function codeStats(interpreter: Interpreter | undefined): MachineStats["code"] {
  if (interpreter === undefined) return NO_CODE;
  const { code, forms } = interpreter;
  const { decoded, runs, invalidated, drops } = code.stats;
  return { bytes: code.used, decoded, runs, invalidated, drops, coldForms: forms.cold.length };
}

function jitStats(interpreter: Interpreter | undefined): { jit?: NonNullable<MachineStats["jit"]> } {
  const jit = interpreter?.jit;
  if (jit === undefined) return {};
  const { regions, modules, instructions, bytes, time, longest, dropped, refused } = jit.stats;
  const counted = {
    regions,
    modules,
    instructions,
    bytes,
    time,
    longest,
    dropped,
    refused,
    ...interpreter!.code.totalUse(),
  };
  const verified = interpreter?.verifier?.stats;
  return {
    jit:
      verified === undefined
        ? counted
        : { ...counted, verified: { runs: verified.runs, instructions: verified.instructions } },
  };
}

export function machineStats(core: Core): MachineStats {
  const { vcpu, vcpus, bus, vm } = core;
  const { ports, mmio, unclaimed } = bus.describe();
  const sum = (count: (each: EngineVcpu) => number): number => vcpus.reduce((total, each) => total + count(each), 0);
  const tlb = (name: keyof SoftTlbStats): number => sum((each) => each.tlb.stats[name]);
  return {
    instructions: vm.vcpu.instructions,
    time: core.time.now(),
    exits: vm.exitStatistics(),
    ports: ports.filter(used),
    mmio: mmio.filter(used),
    unclaimed,
    tlb: {
      fills: tlb("fills"),
      conflicts: tlb("conflicts"),
      walks: sum((each) => each.cpu.walks),
      walkReferences: sum((each) => each.cpu.walkReferences),
      flushes: {
        all: tlb("flushAll"),
        view: tlb("flushView"),
        nonGlobal: tlb("flushNonGlobal"),
        page: tlb("flushPage"),
      },
      dropWriteTags: tlb("dropWriteTags"),
      dropCode: tlb("dropCode") + tlb("dropCodeOf"),
    },
    vectors: Array.from(vcpu.delivered, (_, vector) => ({
      vector,
      count: sum((each) => each.delivered[vector]!),
    })).filter(({ count }) => count > 0),
    ...(vcpus.length === 1 ? {} : { vcpus: vcpus.map(({ instructions }) => ({ instructions })) }),
    code: codeStats(vcpu.interpreter),
    ...jitStats(vcpu.interpreter),
  };
}
