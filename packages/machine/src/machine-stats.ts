import type { RangeDescription } from "@isinglass/devices";
import type { ExitCount } from "@isinglass/hypervisor";
import type { Core } from "./core.js";

/** What a machine has done since it was made. */
export interface MachineStats {
  readonly instructions: number;
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
}

const used = (range: RangeDescription): boolean => range.reads + range.writes > 0;

export function machineStats(core: Core): MachineStats {
  const { vcpu, bus, vm } = core;
  const { ports, mmio, unclaimed } = bus.describe();
  const { stats } = vcpu.tlb;
  const { code, forms } = vcpu.interpreter;
  return {
    instructions: vcpu.instructions,
    time: core.time.now(),
    exits: vm.exitStatistics(),
    ports: ports.filter(used),
    mmio: mmio.filter(used),
    unclaimed,
    tlb: {
      fills: stats.fills,
      conflicts: stats.conflicts,
      walks: vcpu.cpu.walks,
      walkReferences: vcpu.cpu.walkReferences,
      flushes: { all: stats.flushAll, view: stats.flushView, nonGlobal: stats.flushNonGlobal, page: stats.flushPage },
      dropWriteTags: stats.dropWriteTags,
      dropCode: stats.dropCode + stats.dropCodeOf,
    },
    vectors: Array.from(vcpu.delivered, (count, vector) => ({ vector, count })).filter(({ count }) => count > 0),
    code: {
      bytes: code.used,
      decoded: code.stats.decoded,
      runs: code.stats.runs,
      invalidated: code.stats.invalidated,
      drops: code.stats.drops,
      coldForms: forms.cold.length,
    },
  };
}
