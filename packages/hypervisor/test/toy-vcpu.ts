import type { SnapshotValue, VmExit } from "@isinglass/interface";
import {
  InstructionTime,
  InterceptControls,
  type RunnableVcpu,
  VirtualClock,
  VirtualMachine,
  type VirtualMachineOptions,
} from "../src/index.js";

/** A vCPU that plays back a script: each entry is an exit, before which some instructions pass. */
export class ToyVcpu implements RunnableVcpu {
  readonly component: string = "toy.0";
  readonly version: number = 1;
  readonly controls: InterceptControls = new InterceptControls();
  readonly registers = { names: [], get: (): bigint => 0n, set: (): void => undefined };
  readonly answers: (bigint | "pass")[] = [];
  instructions = 0;
  address = 0n;
  interruptsEnabled = true;
  halted = false;
  exitRequested = false;
  /** What would wake it is there already. */
  woken = false;
  script: readonly { readonly after: number; readonly exit: VmExit }[] = [];

  get isReady(): boolean {
    return !this.halted || this.woken;
  }

  run(budget: number): VmExit {
    this.exitRequested = false;
    if (this.woken) this.halted = false;
    const [next] = this.script;
    if (this.halted) return { reason: "hlt" };
    if (next === undefined || next.after > this.instructions + budget) {
      this.instructions += budget;
      return { reason: "budget" };
    }
    this.instructions = Math.max(this.instructions, next.after);
    this.script = this.script.slice(1);
    this.halted = next.exit.reason === "hlt";
    return next.exit;
  }

  complete(value: bigint): void {
    this.answers.push(value);
  }
  pass(): void {
    this.answers.push("pass");
  }
  requestExit(): void {
    this.exitRequested = true;
  }
  reset(): void {
    this.instructions = 0;
  }
  inject(): void {
    this.halted = false;
  }
  raiseNmi(): void {
    this.halted = false;
  }
  addBreakpoint(): void {
    // It has no code.
  }
  removeBreakpoint(): void {
    // It has no code.
  }
  save(): SnapshotValue {
    return { instructions: this.instructions };
  }
  load(state: SnapshotValue): void {
    this.instructions = (state as { instructions: number }).instructions;
  }
}

export function toyMachine(
  script: ToyVcpu["script"] = [],
  more: Partial<VirtualMachineOptions> = {},
): { vm: VirtualMachine; vcpu: ToyVcpu; time: InstructionTime; clock: VirtualClock } {
  const vcpu = new ToyVcpu();
  vcpu.script = script;
  const time = new InstructionTime(() => vcpu.instructions, 10);
  const clock = new VirtualClock(time);
  const memory = { regions: () => [], read: () => undefined, write: () => undefined };
  return { vm: new VirtualMachine({ vcpu, time, clock, memory, ...more }), vcpu, time, clock };
}
