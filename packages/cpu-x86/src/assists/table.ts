import type { X86Cpu } from "../cpu.js";

/** An assist: performs what micro-ops do not, gives an ASSIST_* status, or throws a fault of the CPU. */
export type Assist = (cpu: X86Cpu, a: number, b: number) => number;

export type AssistTable = Readonly<Record<string, Assist>>;
