import {
  IsinglassError,
  type RegisterAccess,
  type Snapshotted,
  type SnapshotValue,
  type VmExit,
} from "@isinglass/interface";
import type { InterceptControls } from "./intercept-controls.js";
import type { RunnableVcpu } from "./runnable-vcpu.js";

/** What a group tells its members, and hears of them. */
export interface VcpuGroupHost {
  /** To be called by a member whenever its {@link GroupedVcpu.isReady} may have changed while it did not run. */
  readinessChanged(): void;
}

/** A vCPU that takes turns with others. */
export interface GroupedVcpu extends RunnableVcpu {
  group: VcpuGroupHost | undefined;
  /** Whether there is something to do: neither asleep with nothing that would wake it, nor not started yet. */
  readonly isReady: boolean;
  /** Whether an instruction by which a program says that it waits (x86: PAUSE) ends {@link RunnableVcpu.run}. */
  yieldsOnPause: boolean;
  /** Whether such an instruction ended the last run. */
  readonly hasYielded: boolean;
  /** Whether an exit of its waits for what the host says: its instruction is not complete, and the others do not run on before it is. */
  readonly isAnswered: boolean;
}

/**
 * Instructions of a turn. Fewer make processors wait less for one another and cost more: entering a vCPU takes a microsecond or two of the
 * host's, in which it would execute some hundred instructions.
 */
export const TURN_INSTRUCTIONS: number = 10_000;
const BUDGET: VmExit = { reason: "budget" };
const HLT: VmExit = { reason: "hlt" };

/**
 * Several vCPUs of one machine as one: they run one after the other, each for a turn of so many instructions, in one thread. A turn ends early when the
 * vCPU halts, and when it waits for another that could run. Turns change between instructions only, so that whatever one instruction does to memory is
 * atomic. Which vCPU runs at which instruction depends on nothing but the machine and its input: not on how the run is cut into slices.
 *
 * Instructions are counted all together, and so is time: a time-stamp counter that is read on one vCPU and then on another never goes back.
 */
export class VcpuGroup implements RunnableVcpu, VcpuGroupHost {
  readonly component: string = "vcpus";
  readonly version: number = 1;
  readonly members: readonly GroupedVcpu[];
  readonly #turn: number;
  #current = 0;
  /** Instructions left of the turn. */
  #left: number;

  /** @param members the boot processor first; they share their `controls` */
  constructor(members: readonly GroupedVcpu[], turnInstructions: number = TURN_INSTRUCTIONS) {
    this.members = members;
    this.#turn = turnInstructions;
    this.#left = turnInstructions;
    for (const member of members) member.group = this;
  }

  /** The vCPU whose turn it is. */
  get current(): GroupedVcpu {
    return this.members[this.#current]!;
  }

  get instructions(): number {
    let sum = 0;
    for (let i = 0; i < this.members.length; i += 1) sum += this.members[i]!.instructions;
    return sum;
  }

  get controls(): InterceptControls {
    return this.members[0]!.controls;
  }

  get registers(): RegisterAccess {
    return this.current.registers;
  }

  get address(): bigint {
    return this.current.address;
  }

  /** Whether any of them that is asleep could be woken by an interrupt. */
  get interruptsEnabled(): boolean {
    return this.members.some((member) => member.interruptsEnabled);
  }

  /** All of them are; as with one, something that would wake one may be there already. */
  get halted(): boolean {
    return this.members.every((member) => member.halted);
  }

  /** Whether one of them has something to do. */
  get isReady(): boolean {
    return this.members.some((member) => member.isReady);
  }

  run(budget: number): VmExit {
    let left = budget;
    // Those in a row that were to run and slept on.
    let slept = 0;
    for (;;) {
      if (!this.current.isAnswered && (this.#left <= 0 || !this.current.isReady)) {
        if (!this.#passTurn()) return HLT;
      } else this.readinessChanged();
      const vcpu = this.current;
      const before = vcpu.instructions;
      const exit = vcpu.run(Math.min(left, Math.max(this.#left, 1)));
      const executed = vcpu.instructions - before;
      left -= executed;
      const sleeps = exit.reason === "hlt" && vcpu.halted;
      slept = sleeps && executed === 0 ? slept + 1 : 0;
      this.#left = vcpu.hasYielded || slept > 0 ? 0 : this.#left - executed;
      // One that sleeps is nobody's business as long as another runs.
      const goesOn = sleeps && slept < this.members.length && this.isReady;
      if (exit.reason !== "budget" && !goesOn) return exit;
      if (left <= 0) return BUDGET;
    }
  }

  /** The next that has something to do begins its turn; false where none has. */
  #passTurn(): boolean {
    const { members } = this;
    for (let step = 1; step <= members.length; step += 1) {
      const next = (this.#current + step) % members.length;
      if (!members[next]!.isReady) continue;
      this.#current = next;
      this.#left = this.#turn;
      this.readinessChanged();
      return true;
    }
    return false;
  }

  readinessChanged(): void {
    const { members } = this;
    let others = false;
    for (let i = 0; i < members.length; i += 1) if (i !== this.#current && members[i]!.isReady) others = true;
    members[this.#current]!.yieldsOnPause = others;
  }

  complete(value: bigint): void {
    this.current.complete(value);
  }

  pass(): void {
    this.current.pass();
  }

  requestExit(): void {
    this.current.requestExit();
  }

  /** To the vCPU whose turn it is. */
  inject(vector: number, errorCode?: number): void {
    this.current.inject(vector, errorCode);
  }

  /** To the boot processor, as a board's NMI line is wired. */
  raiseNmi(): void {
    this.members[0]!.raiseNmi();
  }

  addBreakpoint(address: bigint): void {
    for (const member of this.members) member.addBreakpoint(address);
  }

  removeBreakpoint(address: bigint): void {
    for (const member of this.members) member.removeBreakpoint(address);
  }

  reset(): void {
    for (const member of this.members) member.reset();
    this.#current = 0;
    this.#left = this.#turn;
  }

  /** Whose turn it is and for how long; the members are saved by themselves. */
  save(): SnapshotValue {
    return { current: this.#current, left: this.#left };
  }

  load(state: SnapshotValue, version: number): void {
    if (version !== this.version)
      throw new IsinglassError(
        "ISG_SNAPSHOT_BAD_STATE",
        `${this.component}: snapshot version ${version}; this build reads ${this.version}`,
        { component: this.component },
      );
    const hasFields = typeof state === "object" && state !== null && "current" in state && "left" in state;
    const { current, left } = hasFields ? state : { current: null, left: null };
    const isTurn = typeof left === "number" && Number.isSafeInteger(left) && left <= this.#turn;
    if (!isTurn || typeof current !== "number" || this.members[current] === undefined)
      throw new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${this.component}: the turn is not one of these vCPUs'`, {
        component: this.component,
      });
    this.#current = current;
    this.#left = left;
    this.readinessChanged();
  }

  /** All that has state: the members, and whose turn it is. */
  get parts(): readonly Snapshotted[] {
    return [...this.members, this];
  }
}
