import { EVENT_FAULT, S, type X86Cpu } from "@isinglass/cpu-x86";
import { IsinglassError, type SnapshotValue, type VmExit } from "@isinglass/interface";
import type { PendingEvent } from "./engine-vcpu.js";

/** Answered so far by the host: values of reads, zero for writes; `null` is for the machine's own devices. */
type Answer = number | null;

const DIRECTIONS = ["in", "out", "read", "write", ""] as const;
type Direction = (typeof DIRECTIONS)[number];

/** What of an exit decides how it goes on. */
interface ExitKind {
  readonly reason: VmExit["reason"];
  /** Of a port, memory or control-register access. */
  readonly direction: Direction;
  /** Of an exception. */
  readonly vector: number;
  readonly errorCode: number | null;
}

function kindOf(exit: VmExit): ExitKind {
  const isException = exit.reason === "exception";
  return {
    reason: exit.reason,
    direction: "direction" in exit ? exit.direction : "",
    vector: isException ? exit.vector : 0,
    errorCode: isException ? exit.errorCode : null,
  };
}

/** Exits of which the host takes charge: without an answer the instruction counts as done. */
function isDone({ reason, direction }: ExitKind): boolean {
  if (reason === "cr-access") return direction === "write";
  return reason === "wrmsr" || reason === "hypercall" || reason === "hlt";
}

/**
 * An exit whose instruction has not completed, and what the host made of it. Accesses to ports and device memory are replayed: the
 * instruction is executed again and gets the answers in the order in which it asked, because it may have asked more than once.
 */
export class ExitInFlight {
  #exit: ExitKind | undefined;
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

  /** There is an exit after which what the host says, or that it says nothing, decides how the guest goes on. */
  get isAnswerable(): boolean {
    return this.#exit !== undefined && ANSWERABLE.includes(this.#exit.reason);
  }

  /** Intercepts are off for the instruction that is executed again. */
  get bypasses(): boolean {
    return this.replays;
  }

  begin(exit: VmExit, nextLo: number, nextHi: number, delivering: boolean): void {
    // The same instruction may leave several times; its earlier answers still count.
    if (!this.replays) this.#answers = [];
    this.#exit = kindOf(exit);
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
    if (exit === undefined) return undefined;
    const value = this.#value;
    this.#exit = undefined;
    this.#at = 0;
    if (exit.reason === "exception" && this.#delivering) {
      return this.#passed ? { vector: exit.vector, kind: EVENT_FAULT, error: exit.errorCode ?? -1 } : undefined;
    }
    if (exit.reason === "io" || exit.reason === "mmio") {
      const asks = exit.direction === "in" || exit.direction === "read";
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

  /** What the next run and an answer that is still to come have to know; null where neither changes anything. */
  save(): SnapshotValue {
    const exit = this.#exit;
    if (exit === undefined || !this.isAnswerable) return null;
    const saved: SavedFlight = {
      ...exit,
      answers: [...this.#answers],
      value: this.#value === undefined ? null : `0x${BigInt.asUintN(128, this.#value).toString(16)}`,
      passed: this.#passed,
      delivering: this.#delivering,
      nextLo: this.nextLo,
      nextHi: this.nextHi,
    };
    return { ...saved };
  }

  load(state: SavedFlight | null): void {
    this.forget();
    this.#value = undefined;
    this.#passed = false;
    this.#delivering = false;
    this.nextLo = 0;
    this.nextHi = 0;
    if (state === null) return;
    const { reason, direction, vector, errorCode } = state;
    this.#exit = { reason, direction, vector, errorCode };
    this.#answers = [...state.answers];
    this.#value = state.value === null ? undefined : BigInt(state.value);
    this.#passed = state.passed;
    this.#delivering = state.delivering;
    this.nextLo = state.nextLo;
    this.nextHi = state.nextHi;
  }
}

/** Exits after which what the host says, or that it says nothing, decides how the guest goes on. */
const ANSWERABLE: readonly VmExit["reason"][] = [
  "io",
  "mmio",
  "hlt",
  "cpuid",
  "rdmsr",
  "wrmsr",
  "cr-access",
  "hypercall",
  "exception",
];

/** An exit in flight as a snapshot holds it. */
export interface SavedFlight extends ExitKind {
  readonly answers: readonly Answer[];
  /** What `complete` was called with, as hexadecimal digits after 0x. */
  readonly value: string | null;
  readonly passed: boolean;
  readonly delivering: boolean;
  readonly nextLo: number;
  readonly nextHi: number;
}

function isReason(value: SnapshotValue | undefined): value is VmExit["reason"] {
  return ANSWERABLE.some((reason) => reason === value);
}

function isDirection(value: SnapshotValue | undefined): value is Direction {
  return DIRECTIONS.some((direction) => direction === value);
}

/** Checks what {@link ExitInFlight.save} gave; undefined where it is something else. */
export function readSavedFlight(fields: { readonly [key: string]: SnapshotValue }): SavedFlight | undefined {
  const { reason, direction, vector, errorCode, answers, value, passed, delivering, nextLo, nextHi } = fields;
  const isWord = (v: SnapshotValue | undefined): v is number =>
    typeof v === "number" && Number.isInteger(v) && v >= -0x8000_0000 && v <= 0xffff_ffff;
  const isAnswer = (v: SnapshotValue): v is Answer => v === null || isWord(v);
  const list = Array.isArray(answers) ? (answers as readonly SnapshotValue[]) : undefined;
  if (!isReason(reason) || !isDirection(direction) || list === undefined || !list.every(isAnswer)) return undefined;
  if (!isWord(vector) || vector < 0 || vector > 255 || !isWord(nextLo) || !isWord(nextHi)) return undefined;
  if (errorCode !== null && !isWord(errorCode)) return undefined;
  if (value !== null && (typeof value !== "string" || !/^0x[\da-f]{1,32}$/.test(value))) return undefined;
  if (typeof passed !== "boolean" || typeof delivering !== "boolean") return undefined;
  return {
    reason,
    direction,
    vector,
    errorCode: errorCode ?? null,
    answers: list,
    value: value ?? null,
    passed,
    delivering,
    nextLo,
    nextHi,
  };
}
