/** Operands of the encoder: does an operand fit the type and place that a form wants, and with what bits? */
import { encodeMemory, type EncodedMemory } from "./encode-memory.js";
import {
  SPEC_MEM,
  SPEC_PLACE,
  SPEC_TYPE,
  TYPE_BITS,
  TYPE_BYTES,
  TYPE_CHOOSER,
  TYPE_CLASS,
  TYPE_KIND,
  TYPE_NUMBER,
  TYPE_SIGNED,
} from "./generated/decode-tables.js";
import type { EncodeRequest, MemoryOperand, Operand } from "./operand.js";
import { RC_GPR8, RC_GPR8H } from "./registers.js";
import * as T from "./tables.js";

/** What the operands of one form add up to. */
export interface Parts {
  reg: number;
  rm: number;
  vvvv: number;
  opcodeRegister: number;
  memory: EncodedMemory | undefined;
  operand: MemoryOperand | undefined;
  rexNeeded: boolean;
  rexForbidden: boolean;
  /** Immediates in order: value and bytes. */
  immediates: [bigint, number][];
  /** A displacement to be filled in when the length is known: its target and bytes. */
  target: [bigint, number] | undefined;
  addressSize: number;
}

/** Values of the size choosers at an operand size (0, 1, 2), address size and vector length. */
export function sizesOf(osz: number, asz: number, is64: boolean, l: number, w: number): number[] {
  return [0, osz, osz === 2 ? 1 : 0, osz === 0 ? 0 : 1, is64 ? 1 : 0, asz, l, w];
}

const at = (type: number, sizes: readonly number[]): number => type * 4 + sizes[TYPE_CHOOSER[type]!]!;

function registerNumber(o: Operand, type: number, sizes: readonly number[], parts: Parts): number {
  if (o.kind !== "register") return -1;
  const wanted = TYPE_CLASS[at(type, sizes)]!;
  if (wanted === RC_GPR8 && o.class === RC_GPR8H) {
    parts.rexForbidden = true;
    return o.number + 4;
  }
  if (o.class !== wanted) return -1;
  if (wanted === RC_GPR8 && o.number >= 4 && o.number < 8) parts.rexNeeded = true;
  return o.number;
}

/** The value as the immediate of `bytes` bytes that stands for it, or undefined if there is none. */
function immediate(value: bigint, bytes: number, signed: boolean, bits: number): bigint | undefined {
  if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) return undefined;
  const encoded = BigInt.asUintN(8 * bytes, value);
  const meant = signed ? BigInt.asIntN(8 * bytes, encoded) : encoded;
  return BigInt.asUintN(bits, meant) === BigInt.asUintN(bits, value) ? encoded : undefined;
}

function fitMemory(o: MemoryOperand, type: number, sizes: readonly number[], mode: number, parts: Parts): boolean {
  const bits = TYPE_BITS[at(type, sizes)]!;
  if (o.bits !== undefined && bits !== 0 && o.bits !== bits) return false;
  const vector = TYPE_KIND[type] === T.KIND_VSIB;
  if (vector !== (o.indexClass !== undefined)) return false;
  if (vector && TYPE_CLASS[at(type, sizes)] !== o.indexClass) return false;
  const addressSize = o.addressSize ?? mode;
  if (addressSize === 64 && mode !== 64) return false;
  parts.memory = encodeMemory(o, addressSize, mode === 64, vector);
  parts.operand = o;
  parts.addressSize = addressSize;
  return parts.memory !== undefined;
}

/** Puts operand `o` where `spec` wants it; false if it does not fit. */
export function fit(
  o: Operand,
  spec: number,
  sizes: readonly number[],
  request: EncodeRequest,
  mod: number,
  parts: Parts,
): boolean {
  const type = SPEC_TYPE[spec]!;
  const place = SPEC_PLACE[spec]!;
  switch (place) {
    case T.PLACE_RM:
    case T.PLACE_RM_REG:
      if (o.kind === "memory")
        return (mod & 1) !== 0 && place === T.PLACE_RM && fitMemory(o, SPEC_MEM[spec]!, sizes, request.mode, parts);
      if ((mod & 2) === 0) return false;
      parts.rm = registerNumber(o, type, sizes, parts);
      return parts.rm >= 0;
    case T.PLACE_REG:
      parts.reg = registerNumber(o, type, sizes, parts);
      return parts.reg >= 0;
    case T.PLACE_VVVV:
      parts.vvvv = registerNumber(o, type, sizes, parts);
      return parts.vvvv >= 0;
    case T.PLACE_OPCODE:
      parts.opcodeRegister = registerNumber(o, type, sizes, parts);
      return parts.opcodeRegister >= 0;
    case T.PLACE_IS4: {
      const n = registerNumber(o, type, sizes, parts);
      parts.immediates.push([BigInt(n << 4), 1]);
      return n >= 0;
    }
    case T.PLACE_FIXED:
      return (
        o.kind === "register" && o.class === TYPE_CLASS[at(type, sizes)] && o.number === TYPE_NUMBER[at(type, sizes)]
      );
    case T.PLACE_ONE:
      return o.kind === "immediate" && o.value === 1n && o.wide !== true;
    case T.PLACE_IMM: {
      if (o.kind !== "immediate") return false;
      const [bytes, bits] = [TYPE_BYTES[at(type, sizes)]!, TYPE_BITS[at(type, sizes)]!];
      if (o.wide === true && bytes === 1 && bits > 8) return false;
      const value = immediate(o.value, bytes, TYPE_SIGNED[type] !== 0, bits);
      if (value !== undefined) parts.immediates.push([value, bytes]);
      return value !== undefined;
    }
    case T.PLACE_REL: {
      if (o.kind !== "target") return false;
      const bytes = TYPE_BYTES[at(type, sizes)]!;
      parts.target = [o.address, bytes];
      return bytes >= (o.minimum ?? 1);
    }
    case T.PLACE_FAR: {
      const bytes = TYPE_BYTES[at(type, sizes)]!;
      if (o.kind !== "far" || o.offset < 0n || o.offset >> BigInt(8 * bytes) !== 0n) return false;
      parts.immediates.push([o.offset, bytes], [BigInt(o.selector), 2]);
      return true;
    }
    case T.PLACE_MOFFS: {
      if (o.kind !== "memory" || o.base !== undefined || o.index !== undefined) return false;
      const bits = TYPE_BITS[at(type, sizes)]!;
      if (o.bits !== undefined && o.bits !== bits) return false;
      parts.operand = o;
      parts.addressSize = o.addressSize ?? request.mode;
      if (parts.addressSize === 64 && request.mode !== 64) return false;
      parts.immediates.push([BigInt.asUintN(parts.addressSize, o.displacement ?? 0n), parts.addressSize / 8]);
      return true;
    }
    default:
      return false;
  }
}
