import { OP, OPS, type Value, opcode } from "@isinglass/uops";
import type { RegionBuffer } from "./region-buffer.js";
import type { SlotState } from "./slot-state.js";

const EQZ32 = opcode("i32.eqz");

/** Conditions that a region's code need not look at again: branches on the way have told. */
export class Conditions {
  readonly #buffer: RegionBuffer;
  readonly #state: SlotState;
  readonly #fixed: readonly number[];

  /** @param fixed offsets of state that compiled code never writes */
  constructor(buffer: RegionBuffer, state: SlotState, fixed: readonly number[]) {
    this.#buffer = buffer;
    this.#state = state;
    this.#fixed = fixed;
  }

  /** Whether a condition holds here, if that is known. */
  truth(condition: Value): boolean | undefined {
    const buffer = this.#buffer;
    if (buffer.isI32(condition)) return buffer.x[condition] !== 0;
    if (buffer.op[condition] === EQZ32) {
      const holds = this.truth(buffer.a[condition]!);
      return holds === undefined ? undefined : !holds;
    }
    const key = this.#key(condition);
    return key === undefined ? undefined : this.#state.known.truth(key);
  }

  /** Control goes on where a condition holds, or does not. */
  learn(condition: Value, holds: boolean): void {
    const buffer = this.#buffer;
    if (buffer.op[condition] === EQZ32) {
      this.learn(buffer.a[condition]!, !holds);
      return;
    }
    const key = this.#key(condition);
    if (key !== undefined) this.#state.known.learn(key, holds);
  }

  /** Name of a condition that depends on nothing but constants and state that compiled code never writes. */
  #key(v: Value): string | undefined {
    const buffer = this.#buffer;
    const op = buffer.op[v]!;
    if (op === OP.constI32 || op === OP.constI64) return `${buffer.x[v]},${buffer.y[v]}`;
    if (op === OP.stateLoadI32) return this.#fixed.includes(buffer.x[v]!) ? `@${buffer.x[v]}` : undefined;
    if (OPS[op]?.isWasm !== true || OPS[op].operands.length === 0) return undefined;
    const a = this.#key(buffer.a[v]!);
    if (a === undefined) return undefined;
    if (OPS[op].operands.length === 1) return `${op}(${a})`;
    const b = this.#key(buffer.b[v]!);
    return b === undefined ? undefined : `${op}(${a};${b})`;
  }
}
