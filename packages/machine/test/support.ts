import type { VmExit } from "@isinglass/interface";
import { assemble } from "@isinglass/isa-x86";
import { CPU_MODELS, type CpuModel, FEATURE_BITS } from "@isinglass/cpu-x86";
import { type BareMachine, type CodeMode, MiB, bare } from "../src/index.js";

export const CODE_AT = 0x1000;

/** A bare machine that is about to execute `text`. */
export function machineWith(text: string, mode: CodeMode = 64, user: boolean = false): BareMachine {
  const machine = bare({ memory: MiB });
  machine.load(CODE_AT, assemble(text, { mode, origin: BigInt(CODE_AT) }).bytes);
  machine.enter({ mode, address: CODE_AT, user });
  return machine;
}

/** Bytes of assembled code. */
export function code(text: string, mode: CodeMode = 64, origin: bigint = BigInt(CODE_AT)): Uint8Array {
  return assemble(text, { mode, origin }).bytes;
}

/** Runs to the next exit, for at most 1000 instructions. */
export function next(machine: BareMachine): VmExit {
  return machine.run(1000);
}

/** Registers by name as numbers, for comparing. */
export function registers(machine: BareMachine, ...names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, Number(machine.registers.get(name))]));
}

/** Name of a CPU model that claims VMX, whose instructions are decoded and do not execute. */
export function unfinishedModel(): string {
  const models = CPU_MODELS as Record<string, CpuModel>;
  const base = CPU_MODELS["x86-64"]!;
  (FEATURE_BITS as Record<string, readonly [number, "a" | "b" | "c" | "d", number]>)["vmx"] ??= [1, "c", 5];
  models["unfinished"] ??= { ...base, name: "unfinished", features: [...base.features, "vmx"] };
  return "unfinished";
}
