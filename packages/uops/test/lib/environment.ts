import type { EvaluationEnvironment, IrFunction } from "../../src/index.js";

/** Values of holes in tests: a number for `state` and i32 holes, a bigint for i64 ones. */
export type HoleValue = number | bigint;

/** A machine for one instruction: 512 bytes of state, 4 KiB of guest memory at address 0x1000, a log of what was done. */
export class TestEnvironment implements EvaluationEnvironment {
  readonly state: DataView = new DataView(new ArrayBuffer(512));
  readonly memory: Uint8Array = new Uint8Array(4096);
  readonly log: string[] = [];
  readonly functions: readonly IrFunction[];
  readonly holes: readonly HoleValue[];
  /** Statuses that assists give, in turn; 0 when they run out. */
  statuses: number[] = [];

  constructor(functions: readonly IrFunction[] = [], holes: readonly HoleValue[] = []) {
    this.functions = functions;
    this.holes = holes;
  }

  holeI32(hole: number): number {
    return Number(BigInt.asIntN(32, BigInt(this.#hole(hole))));
  }

  holeI64(hole: number): bigint {
    return BigInt(this.#hole(hole));
  }

  holeState(hole: number): number {
    return Number(this.#hole(hole));
  }

  #hole(hole: number): HoleValue {
    const value = this.holes[hole];
    if (value === undefined) throw new RangeError(`hole ${hole} is not bound`);
    return value;
  }

  pc(): bigint {
    return 0x401000n;
  }

  nextPc(): bigint {
    return 0x401003n;
  }

  guestLoad(address: bigint, descriptor: number, into: Uint8Array): boolean {
    this.log.push(`load ${address.toString(16)} ${into.length} ${descriptor}`);
    const at = this.#at(address, into.length);
    if (at < 0) return false;
    into.set(this.memory.subarray(at, at + into.length));
    return true;
  }

  guestStore(address: bigint, descriptor: number, bytes: Uint8Array): boolean {
    this.log.push(`store ${address.toString(16)} ${Buffer.from(bytes).toString("hex")} ${descriptor}`);
    const at = this.#at(address, bytes.length);
    if (at < 0) return false;
    this.memory.set(bytes, at);
    return true;
  }

  #at(address: bigint, count: number): number {
    const at = address - 0x1000n;
    return at >= 0n && at + BigInt(count) <= 4096n ? Number(at) : -1;
  }

  assist(id: number, a: number, b: number): number {
    this.log.push(`assist ${id} ${a} ${b}`);
    return this.statuses.shift() ?? 0;
  }
}
