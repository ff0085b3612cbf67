import { IsinglassError } from "@isinglass/interface";
import { type TraceEnd, endOf, hex } from "./listing.js";
import type { Subject } from "./subject.js";

/** Instructions between two reports of progress: some 20 ms. */
const SLICE = 1_000_000;
/** Slices without an instruction after which a halted guest counts as one that never wakes. */
const PATIENCE = 8;

const ENDED: Readonly<Record<TraceEnd, string>> = {
  limit: "ends",
  halted: "halts for ever",
  poweroff: "powers off",
  reset: "asks for a reset",
  "triple-fault": "ends in a triple fault",
  "not-implemented": "meets what is not implemented",
};

/** Progress in words. */
export function millions(done: number, of: number): string {
  return `${(done / 1e6).toFixed(1)} of ${(of / 1e6).toFixed(1)} million instructions`;
}

/** Runs a slice; says how the guest ended, if it did. A halted CPU without a timer, or one that takes no interrupts, never wakes. */
function slice(subject: Subject, most: number, idle: { slices: number }): TraceEnd | undefined {
  const before = subject.instructions;
  const { reason } = subject.machine.run(most);
  const end = reason === "breakpoint" ? undefined : endOf(subject, reason);
  if (end !== undefined) return end;
  idle.slices = subject.instructions === before && reason !== "breakpoint" ? idle.slices + 1 : 0;
  if (idle.slices >= PATIENCE) return "halted";
  return reason === "hlt" && subject.machine.vm.clock.next() === Infinity ? "halted" : undefined;
}

/** Runs until `count` instructions are done; throws where the guest ends before. */
export function skipTo(subject: Subject, count: number, say: (what: string) => void): void {
  const idle = { slices: 0 };
  while (subject.instructions < count) {
    const end = slice(subject, Math.min(SLICE, count - subject.instructions), idle);
    if (end !== undefined && subject.instructions < count)
      throw new IsinglassError(
        "ISG_TRACE_SKIP",
        `--skip ${count}: the guest ${ENDED[end]} after ${subject.instructions} instructions`,
      );
    say(`skipping: ${millions(subject.instructions, count)}`);
  }
}

/** Runs to the first arrival at `address`; throws where the guest ends before. */
export function arriveAt(subject: Subject, address: bigint, say: (what: string) => void): void {
  const { machine } = subject;
  const { vm, vcpu } = machine;
  const idle = { slices: 0 };
  vm.addBreakpoint(address);
  try {
    do {
      const end = slice(subject, SLICE, idle);
      if (end !== undefined)
        throw new IsinglassError(
          "ISG_TRACE_START",
          `--start ${hex(address)}: the guest never came there; it ${ENDED[end]} after ${subject.instructions} instructions`,
        );
      say(`on the way to ${hex(address)}: ${(subject.instructions / 1e6).toFixed(1)} million instructions`);
      // A slice may end there too, and the next one would go over the breakpoint that it begins at.
    } while (vm.lastExit.reason !== "breakpoint" && vcpu.registers.get("rip") !== address);
  } finally {
    vm.removeBreakpoint(address);
  }
}
