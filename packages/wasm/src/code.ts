import { ByteWriter } from "./bytes.js";
import { WasmError } from "./error.js";
import { WASM_TYPE, wasmInstruction } from "./opcodes.js";

/**
 * Writes the instructions of one function body. Methods return the writer, so short sequences read like the text format.
 *
 * @example
 * new CodeWriter().localGet(0).localGet(1).op('i32.add');
 */
export class CodeWriter extends ByteWriter {
  readonly #hints: { readonly at: number; readonly likely: boolean }[] = [];

  /** What was told of branches by {@link likely} and {@link unlikely}: offset of the instruction in this code, in ascending order. */
  get hints(): readonly { readonly at: number; readonly likely: boolean }[] {
    return this.#hints;
  }

  /** The `if` or `br_if` that is written next is seldom taken: an `if` goes to its `else`. Engines that know branch hints move what is rare out of the way. */
  unlikely(): this {
    this.#hints.push({ at: this.length, likely: false });
    return this;
  }

  /** The `if` or `br_if` that is written next is taken nearly always. */
  likely(): this {
    this.#hints.push({ at: this.length, likely: true });
    return this;
  }

  /** Writes over a byte that was written before. */
  patch(at: number, value: number): void {
    if (at < 0 || at >= this.length)
      throw new WasmError("ISG_WASM_BUILD", `wasm: no byte ${at} to patch of ${this.length}`);
    this.setByte(at, value);
  }

  /** An instruction without immediates, by name. */
  op(name: string): this {
    const row = wasmInstruction(name);
    if (row.prefix !== 0) this.u8(row.prefix).u32(row.code);
    else this.u8(row.code);
    return this;
  }

  lane(name: string, lane: number): this {
    return this.op(name).u8(lane);
  }

  /** A load or store. Alignment is only a hint; 0 is always right. */
  memory(name: string, offset: number, align = 0): this {
    return this.op(name).u32(align).u32(offset);
  }

  i32(value: number): this {
    return this.u8(0x41).s32(value);
  }

  i64(lo: number, hi: number): this {
    return this.u8(0x42).s64(lo, hi);
  }

  v128(bytes: ArrayLike<number>): this {
    return this.u8(0xfd).u32(0x0c).bytes(bytes);
  }

  shuffle(lanes: ArrayLike<number>): this {
    return this.u8(0xfd).u32(0x0d).bytes(lanes);
  }

  localGet(index: number): this {
    return this.u8(0x20).u32(index);
  }

  localSet(index: number): this {
    return this.u8(0x21).u32(index);
  }

  localTee(index: number): this {
    return this.u8(0x22).u32(index);
  }

  block(type: number = WASM_TYPE.void): this {
    return this.u8(0x02).u8(type);
  }

  loop(type: number = WASM_TYPE.void): this {
    return this.u8(0x03).u8(type);
  }

  if(type: number = WASM_TYPE.void): this {
    return this.u8(0x04).u8(type);
  }

  else(): this {
    return this.u8(0x05);
  }

  end(): this {
    return this.u8(0x0b);
  }

  br(depth: number): this {
    return this.u8(0x0c).u32(depth);
  }

  brIf(depth: number): this {
    return this.u8(0x0d).u32(depth);
  }

  brTable(depths: readonly number[], otherwise: number): this {
    this.u8(0x0e).u32(depths.length);
    for (const depth of depths) this.u32(depth);
    return this.u32(otherwise);
  }

  return(): this {
    return this.u8(0x0f);
  }

  call(index: number): this {
    return this.u8(0x10).u32(index);
  }

  callIndirect(type: number, table = 0): this {
    return this.u8(0x11).u32(type).u32(table);
  }
}
