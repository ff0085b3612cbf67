import type { Vcpu } from "@isinglass/interface";
import type { InterceptControls } from "./intercept-controls.js";

/**
 * A vCPU as the run loop wants it. What happens on the next `run` after an exit:
 *
 * - `io` in, `mmio` read, `cpuid`, `rdmsr`, `cr-access` read: after `complete(value)` the instruction completes with it; without,
 *   it leaves again.
 * - `io` out, `mmio` write, `wrmsr`, `cr-access` write, `hypercall`, intercepted `hlt`: the host has dealt with it, the instruction
 *   completes without further effect. `complete(value)` of a `cr-access` write makes the CPU write `value`, of a hypercall puts it in RAX.
 * - `exception`: the instruction is executed again (for a trap, the next one).
 * - after {@link pass} the CPU itself does what it would have done without the intercept.
 */
export interface RunnableVcpu extends Vcpu {
  readonly controls: InterceptControls;
  /** Linear address of the next instruction. */
  readonly address: bigint;
  /** Whether a maskable interrupt would be taken, now or after the shadow of STI or MOV SS. */
  readonly interruptsEnabled: boolean;
  /**
   * Executes nothing until something wakes it, in HLT or before it is started; true as well where what wakes it has come and the next `run` sees to it.
   * Of several in one: all of them.
   */
  readonly halted: boolean;
  /** Whether there is something to do: it executes, or what wakes it from HLT has come already. */
  readonly isReady: boolean;
  pass(): void;
  /**
   * Delivers an event before the next instruction, as VM-entry event injection does (SDM vol. 3C, 25.8.3); as there (27.3.1.5), a vCPU that waits for its
   * start-up message takes none.
   */
  inject(vector: number, errorCode?: number): void;
  raiseNmi(): void;
  addBreakpoint(address: bigint): void;
  removeBreakpoint(address: bigint): void;
}
