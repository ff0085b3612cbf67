import { EVENT_FAULT, S, type X86Cpu } from "@isinglass/cpu-x86";
import { IsinglassError, type SnapshotValue, type VmExit } from "@isinglass/interface";
import type { PendingEvent } from "./engine-vcpu.js";

/** Answered so far by the host: values of reads, zero for writes; `null` is for the machine's own devices. */
type Answer = number | null;

/** Exits of which the host takes charge: without an answer the instruction counts as done. */
function isDone(exit: VmExit): boolean {
  const { reason } = exit;
  if (reason === "cr-access") return exit.direction === "write";
  return reason === "wrmsr" || reason === "hypercall" || reason === "hlt";
}

/**
 * An exit whose instruction has not completed, and what the host made of it. Accesses to ports and device memory are replayed: the
 * instruction is executed again and gets the answers in the order in which it asked, because it may have asked more than once.
 */
export class ExitInFlight {
  #exit: VmExit | undefined;
  #answers: Answer[] = [];
  #at = 0;
  #value: bigint | undefined;
  #passed = false;
  /** The exit came from the delivery of an event, not from an instruction. */
  #delivering = false;
  nextLo = 0;
  nextHi = 0;
  /** After {@link resolve}: the instruction is done without being executed. */
  skips = false;
  /** After {@link resolve}: the instruction is to be executed again, alone, with the answers. */
  replays = false;

  get pending(): boolean {
    return this.#exit !== undefined || this.skips || this.replays;
  }

  /** Intercepts are off for the instruction that is executed again. */
  get bypasses(): boolean {
    return this.replays;
  }

  begin(exit: VmExit, nextLo: number, nextHi: number, delivering: boolean): void {
    // The same instruction may leave several times; its earlier answers still count.
    if (!this.replays) this.#answers = [];
    this.#exit = exit;
    this.#at = 0;
    this.#value = undefined;
    this.#passed = false;
    this.#delivering = delivering;
    this.nextLo = nextLo;
    this.nextHi = nextHi;
    this.skips = false;
    this.replays = false;
  }

  forget(): void {
    this.#exit = undefined;
    this.#answers = [];
    this.#at = 0;
    this.skips = false;
    this.replays = false;
  }

  complete(value: bigint): void {
    if (typeof value !== "bigint")
      throw new IsinglassError(
        "ISG_VCPU_BAD_ANSWER",
        `vcpu: complete() got ${typeof value} ${String(value)}; a bigint such as 7n is right`,
      );
    if (this.#exit === undefined)
      throw new IsinglassError("ISG_VCPU_NO_EXIT", "vcpu: complete() without an exit that waits for an answer");
    this.#value = value;
  }

  pass(): void {
    this.#passed = this.#exit !== undefined;
  }

  /** The answer for an access, or undefined where the instruction asks for the first time. */
  next(): Answer | undefined {
    if (!this.replays || this.#at >= this.#answers.length) return undefined;
    this.#at += 1;
    return this.#answers[this.#at - 1];
  }

  /** Turns what the host said into what is to be done; gives an event that is to be delivered. */
  resolve(cpu: X86Cpu): PendingEvent | undefined {
    const exit = this.#exit;
    // From a snapshot: decided already.
    if (exit === undefined) return undefined;
    const value = this.#value;
    this.#exit = undefined;
    this.#at = 0;
    if (exit.reason === "exception" && this.#delivering) {
      return this.#passed ? { vector: exit.vector, kind: EVENT_FAULT, error: exit.errorCode ?? -1 } : undefined;
    }
    if (exit.reason === "io" || exit.reason === "mmio") {
      const asks = exit.reason === "io" ? exit.direction === "in" : exit.direction === "read";
      if (this.#passed) this.#answers.push(null);
      else if (!asks) this.#answers.push(0);
      else if (value !== undefined) this.#answers.push(Number(BigInt.asUintN(32, value)));
      this.replays = this.#answers.length > 0;
      return undefined;
    }
    if (this.#passed) {
      this.replays = true;
      return undefined;
    }
    if (value === undefined) {
      this.skips = isDone(exit);
      return undefined;
    }
    switch (exit.reason) {
      case "cpuid":
        cpu.cpuidAnswer = Int32Array.from([0n, 32n, 64n, 96n], (shift) => Number(BigInt.asIntN(32, value >> shift)));
        this.replays = true;
        return undefined;
      case "cr-access":
        cpu.crAnswer = value;
        this.replays = true;
        return undefined;
      case "rdmsr":
        cpu.setBig(S.gpr, BigInt.asUintN(32, value));
        cpu.setBig(S.gpr + 16, BigInt.asUintN(32, value >> 32n));
        this.skips = true;
        return undefined;
      case "hypercall":
        cpu.setBig(S.gpr, BigInt.asUintN(64, value));
        this.skips = true;
        return undefined;
      default:
        this.skips = isDone(exit);
        return undefined;
    }
  }

  /** What the next run has to know: the answers so far, or the address after an instruction that is done. */
  save(): SnapshotValue {
    const exit = this.#exit;
    if (exit === undefined) return null;
    const isAccess = exit.reason === "io" || exit.reason === "mmio";
    const answers = !isAccess ? [] : "value" in exit ? [...this.#answers, 0] : this.#answers;
    return { skips: isDone(exit), nextLo: this.nextLo, nextHi: this.nextHi, answers: [...answers] };
  }

  load(state: SavedFlight | null): void {
    this.forget();
    if (state === null) return;
    this.skips = state.skips;
    this.nextLo = state.nextLo;
    this.nextHi = state.nextHi;
    this.#answers = [...state.answers];
    this.replays = this.#answers.length > 0;
  }
}

/** An exit in flight as a snapshot holds it. */
export interface SavedFlight {
  readonly skips: boolean;
  readonly nextLo: number;
  readonly nextHi: number;
  readonly answers: readonly Answer[];
}
