import { CLASS_SETUP, type LoopSampler, type OwnEngines, type OwnTier } from "@isinglass/compat";
import { CPU_MODELS } from "@isinglass/cpu-x86";
import { assemble } from "@isinglass/isa-x86";
import { type BareMachine, bare, MiB } from "@isinglass/machine";
import { coverageOf } from "./coverage.js";
import { guestFaults } from "./faults.js";

const CODE = 0x1000;
const MEMORY = 8 * MiB;
/** How often a loop's body stands in it, as in the programs that are timed natively. */
const UNROLL = 8;
/** Instructions before the first sample: what is hot has been compiled by then, by us and by V8. */
const WARM_UP = 4_000_000;
/** A sample takes some milliseconds: the clock of a process counts in microseconds. */
const SAMPLE_NANOSECONDS = 4_000_000;
const FEWEST = 100_000;
/** CR4.OSXSAVE and CR4.FSGSBASE (SDM vol. 3A, 2.5), with the CPUID bits without which they may not be set. */
const OSXSAVE = 1 << 18;
const FSGSBASE = 1 << 16;

/** The most capable model: it shows what the engines execute. */
const MOST_CAPABLE = "max";

/** In another page than the code that is loaded later: it has been executed then. */
const ASK = 0x800;

function cpuid(machine: BareMachine, leaf: number, subleaf: number): Uint8Array {
  machine.load(ASK, Uint8Array.of(0x0f, 0xa2)); // CPUID
  machine.enter({ mode: 64, address: ASK });
  machine.registers.set("rax", BigInt(leaf));
  machine.registers.set("rcx", BigInt(subleaf));
  machine.run(1);
  const out = new DataView(new ArrayBuffer(16));
  ["rax", "rbx", "rcx", "rdx"].forEach((name, i) =>
    out.setUint32(i * 4, Number(machine.registers.get(name) & 0xffff_ffffn), true),
  );
  return new Uint8Array(out.buffer);
}

/** What an operating system does before programs run: the state that CPUID has is switched on. */
function enable(machine: BareMachine): string {
  const word = (leaf: number, register: number): number =>
    new DataView(cpuid(machine, leaf, leaf === 0xd ? 0 : 0).buffer).getUint32(register * 4, true);
  const xsave = ((word(1, 2) >>> 26) & 1) === 1;
  const bits = (xsave ? OSXSAVE : 0) | ((word(7, 1) & 1) === 1 ? FSGSBASE : 0);
  const xcr0 = xsave ? `\nmov eax, ${word(0xd, 0) & 7}\nxor ecx, ecx\nxor edx, edx\nxsetbv` : "";
  return `mov rax, cr4\nor eax, ${bits}\nmov cr4, rax${xcr0}\nxor eax, eax\nxor ecx, ecx\nxor edx, edx`;
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** `auto` and not `jit`: code is compiled as it is for a guest, when it is hot. */
function loop(model: string, tier: OwnTier, body: string): LoopSampler | false {
  const machine = bare({ memory: MEMORY, cpu: model, tier: tier === "jit" ? "auto" : "interp" });
  const before = enable(machine);
  const text = `${before}\n${CLASS_SETUP}\nagain:\n${`${body}\n`.repeat(UNROLL)}jmp again`;
  machine.load(CODE, assemble(text, { mode: 64, origin: BigInt(CODE) }).bytes);
  machine.enter({ mode: 64, address: CODE });
  if (machine.run(WARM_UP).reason !== "budget") return false;
  const spent = (count: number): number => {
    const begun = cpuTime();
    machine.run(count);
    return (cpuTime() - begun) / count;
  };
  const each = Math.max(0.05, spent(FEWEST * 10));
  const count = Math.max(FEWEST, Math.ceil(SAMPLE_NANOSECONDS / each));
  const perBody = body.split("\n").length + 1 / UNROLL;
  return () => spent(count) * perBody;
}

/** Our interpreter and compiler with a CPU model, for the matrix and the claims. */
export function ownEngines(
  model: string = Object.hasOwn(CPU_MODELS, MOST_CAPABLE) ? MOST_CAPABLE : "x86-64",
): OwnEngines {
  const machine = bare({ memory: MiB, cpu: model, tier: "interp" });
  return {
    model,
    cpuid: (leaf, subleaf) => cpuid(machine, leaf, subleaf),
    coverage: (isa) => coverageOf(CPU_MODELS[model]!, isa),
    loop: (tier, body) => loop(model, tier, body),
    faults: () => guestFaults(model),
  };
}
