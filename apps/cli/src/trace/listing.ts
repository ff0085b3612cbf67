import { type Registers, changes, readOurs } from "./registers.js";
import type { Step, Subject } from "./subject.js";

/** One instruction of a trace, and what it did. */
export interface TraceLine {
  /** Counted from the start of the machine, 1 for the first. */
  readonly number: number;
  readonly step: Step;
  /** Registers that differ afterwards, the instruction pointer left out where execution just goes on. */
  readonly changed: readonly { readonly name: string; readonly from: bigint; readonly to: bigint }[];
  /** Interrupts and exceptions that were delivered before or by it. */
  readonly delivered: readonly number[];
}

/** Why a trace ended. */
export type TraceEnd = "limit" | "halted" | "poweroff" | "reset" | "triple-fault" | "not-implemented";

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export function hexBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Columns of an instruction as text. */
export function describeStep(number: number, step: Step): string {
  return `${String(number).padStart(9)}  ${hex(step.address).padEnd(18)}  ${hexBytes(step.bytes).padEnd(24)}  ${step.text}`;
}

export function describeLine({ number, step, changed, delivered }: TraceLine): string {
  const what = changed.map(({ name, from, to }) => `${name} ${hex(from)} -> ${hex(to)}`).join(", ");
  const events = delivered.map((vector) => `vector ${vector} delivered`).join(", ");
  const left = describeStep(number, step);
  const right = [events, what].filter((part) => part !== "").join("; ");
  return right === "" ? left : `${left.padEnd(92)}  ; ${right}`;
}

/** The end that an exit and a stopped machine mean; undefined: it goes on. */
export function endOf(subject: Subject, reason: string): TraceEnd | undefined {
  const { stopReason } = subject.machine;
  if (stopReason === "poweroff" || stopReason === "reset" || stopReason === "halted") return stopReason;
  if (stopReason === "shutdown" || reason === "shutdown") return "triple-fault";
  if (reason === "budget" || reason === "hlt" || reason === "paused") return undefined;
  return "not-implemented";
}

/** Executes at most `max` instructions and gives each; the result says why it ended. */
export function* list(subject: Subject, max: number): Generator<TraceLine, TraceEnd> {
  const { registers } = subject.machine.vcpu;
  let seen = Float64Array.from(subject.delivered);
  const news = (): number[] => {
    const out: number[] = [];
    subject.delivered.forEach((count, vector) => {
      if (count > seen[vector]!) out.push(vector);
    });
    if (out.length > 0) seen = Float64Array.from(subject.delivered);
    return out;
  };
  for (let n = 0; n < max; n += 1) {
    if (!subject.settle()) return "halted";
    const stopped = endOf(subject, "budget");
    if (stopped !== undefined) return stopped;
    const before: Registers = readOurs(registers);
    const step = subject.next();
    const number = subject.instructions + 1;
    const { reason } = subject.step();
    const after = readOurs(registers);
    const follows = step.address + BigInt(step.bytes.length);
    const changed = changes(before, after)
      .filter((name) => name !== "rip" || after[name] !== follows)
      .map((name) => ({ name, from: before[name]!, to: after[name]! }));
    yield { number, step, changed, delivered: news() };
    const end = endOf(subject, reason);
    if (end !== undefined) return end;
  }
  return "limit";
}
