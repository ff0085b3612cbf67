import { WASM_TYPE } from "@isinglass/wasm";
import { OP, OPS, type Value, type ValueType, opcode, stateAccess } from "@isinglass/uops";
import { stateInstruction } from "../lower.js";
import { GET, RELATIVE, type RegionBuffer } from "./region-buffer.js";
import { BASE, VCPU } from "./region-signature.js";
import type { SlotLocals } from "./slot-locals.js";
import type { ValueUses } from "./value-uses.js";

const AND64 = opcode("i64.and");

/** Writes the code of values: from their locals, or by what computes them. */
export class ValueWriter {
  readonly locals: SlotLocals;
  readonly #buffer: RegionBuffer;
  readonly #slotTypes: readonly ValueType[];
  readonly #uses: ValueUses;

  constructor(locals: SlotLocals, buffer: RegionBuffer, slotTypes: readonly ValueType[], uses: ValueUses) {
    this.locals = locals;
    this.#buffer = buffer;
    this.#slotTypes = slotTypes;
    this.#uses = uses;
  }

  value(v: Value): void {
    const { code } = this.locals;
    const buffer = this.#buffer;
    const local = this.#uses.local[v]!;
    if (local >= 0) {
      this.locals.getFrom(local);
      return;
    }
    const op = buffer.op[v]!;
    const x = buffer.x[v]!;
    if (op === GET) this.locals.slot(x);
    else if (op === RELATIVE) {
      code.localGet(BASE);
      if (x !== 0) code.i64(x, x >> 31).op("i64.add");
    } else if (op === OP.constI32) code.i32(x);
    else if (op === OP.constI64) code.i64(x, buffer.y[v]!);
    else if (op === OP.constV128) code.v128(buffer.extra.slice(x, x + 16));
    else if (stateAccess(op) !== undefined) code.localGet(VCPU).memory(stateInstruction(op)!, x);
    else if (op === AND64 && buffer.isMask32(buffer.b[v]!)) {
      // The same in two bytes instead of seven.
      this.value(buffer.a[v]!);
      code.op("i32.wrap_i64").op("i64.extend_i32_u");
    } else {
      const spec = OPS[op]!;
      const { length } = spec.operands;
      if (length > 0) this.value(buffer.a[v]!);
      if (length > 1) this.value(buffer.b[v]!);
      if (length > 2) this.value(buffer.c[v]!);
      if (op === OP.shuffle) code.shuffle(buffer.extra.slice(x, x + 16));
      else if (op === OP.selectV128) code.u8(0x1c).u8(1).u8(WASM_TYPE.v128);
      else if (op === OP.selectI32 || op === OP.selectI64) code.op("select");
      else if (spec.hasLane) code.lane(spec.name, x);
      else code.op(spec.name);
    }
  }

  /** Computes a value into a local of its own. */
  keep(v: Value): void {
    const buffer = this.#buffer;
    const local = this.locals.temporary(buffer.typeOf(v, this.#slotTypes));
    this.#uses.local[v] = -1;
    this.value(v);
    this.#uses.local[v] = local;
    this.locals.setTo(local);
  }

  result(i: Value, type: ValueType): void {
    const local = this.locals.temporary(type);
    this.#uses.local[i] = local;
    this.locals.setTo(local);
  }
}
