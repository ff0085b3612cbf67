import { CC_ADC1, CC_ADD, CC_BITS, CC_DEC, CC_INC, CC_RESULT, CC_SBB1, CC_SUB } from "@isinglass/cpu-x86";
import { AF, CF, OF, PF, SF, ZF } from "../rules/flags.js";
import { Rng } from "../rng.js";

/** One way in which the CPU's lazy record may hold given status flags. Values are sign-extended to 64 bits. */
export interface FlagRecord {
  readonly kind: number;
  readonly result: bigint;
  readonly a: bigint;
  readonly b: bigint;
}

const STATUS = CF | PF | AF | ZF | SF | OF;
/** Records kept for one kind and one combination of flags. */
const KEPT = 12;
const RANDOM_PAIRS = 6000;

const hasEvenParity = (low: number): boolean => {
  let bits = low ^ (low >> 4);
  bits ^= bits >> 2;
  return ((bits ^ (bits >> 1)) & 1) === 0;
};

/** The flags of `a + b + carry` or `a - b - carry` at a size, by the definitions in SDM vol. 1, 3.4.3.1. */
function flagsOf(a: bigint, b: bigint, carry: bigint, isSub: boolean, bits: number): { flags: number; result: bigint } {
  const wrap = (value: bigint): bigint => BigInt.asUintN(bits, value);
  const exact = isSub ? a - b - carry : a + b + carry;
  const unsigned = isSub ? wrap(a) - wrap(b) - carry : wrap(a) + wrap(b) + carry;
  const nibble = isSub ? (a & 15n) - (b & 15n) - carry : (a & 15n) + (b & 15n) + carry;
  const result = BigInt.asIntN(bits, exact);
  let flags = 0;
  if (unsigned < 0n || unsigned !== wrap(unsigned)) flags |= CF;
  if (nibble < 0n || nibble > 15n) flags |= AF;
  if (exact !== result) flags |= OF;
  if (result === 0n) flags |= ZF;
  if (result < 0n) flags |= SF;
  if (hasEvenParity(Number(result & 0xffn))) flags |= PF;
  return { flags, result };
}

/** Records by flags, then by kind. */
function collect(): Map<number, Map<number, FlagRecord[]>> {
  const all = new Map<number, Map<number, FlagRecord[]>>();
  const add = (flags: number, record: FlagRecord): void => {
    let kinds = all.get(flags);
    if (kinds === undefined) all.set(flags, (kinds = new Map<number, FlagRecord[]>()));
    const list = kinds.get(record.kind);
    if (list === undefined) kinds.set(record.kind, [record]);
    else if (list.length < KEPT) list.push(record);
  };
  const addPair = (a: bigint, b: bigint, bits: number): void => {
    for (const [kind, carry, isSub] of [
      [CC_SUB, 0n, true],
      [CC_ADD, 0n, false],
      [CC_ADC1, 1n, false],
      [CC_SBB1, 1n, true],
    ] as const) {
      const { flags, result } = flagsOf(a, b, carry, isSub, bits);
      add(flags, { kind, result, a, b });
    }
    for (const [kind, isSub] of [
      [CC_INC, false],
      [CC_DEC, true],
    ] as const) {
      const { flags, result } = flagsOf(a, 1n, 0n, isSub, bits);
      for (const carry of [0, CF]) add((flags & ~CF) | carry, { kind, result, a, b: BigInt(carry) });
    }
    const { flags, result } = flagsOf(a, 0n, 0n, false, bits);
    for (const others of [0, CF, OF, AF, CF | OF, CF | AF, OF | AF, CF | OF | AF])
      add((flags & ~(CF | OF | AF)) | others, { kind: CC_RESULT, result, a: b, b: BigInt(others) });
  };
  const rng = new Rng();
  rng.seed(0x666c6167, 0, 0);
  const value = (bits: number): bigint => {
    const kind = rng.below(4);
    if (kind === 0) return BigInt(rng.between(-2, 2));
    if (kind === 1) return BigInt.asIntN(bits, (1n << BigInt(bits - 1)) + BigInt(rng.between(-2, 1)));
    return BigInt.asIntN(bits, rng.next64());
  };
  for (let i = 0; i < RANDOM_PAIRS; i++) {
    const bits = [8, 16, 32, 64][i & 3]!;
    addPair(value(bits), value(bits), bits);
  }
  return all;
}

let records: Map<number, Map<number, FlagRecord[]>> | undefined;

/**
 * A record that holds the status flags of `rflags`: one of those that instructions leave behind, or the bits themselves. Which one
 * follows from `choice`.
 */
export function flagRecord(rflags: number, choice: number): FlagRecord {
  records ??= collect();
  const kinds = records.get(rflags & STATUS);
  const bits = { kind: CC_BITS, result: 0n, a: 0n, b: BigInt(rflags & STATUS) };
  if (kinds === undefined) return bits;
  const lists = [...kinds.values()];
  const list = lists[(choice >>> 8) % (lists.length + 1)];
  return list === undefined ? bits : list[(choice >>> 16) % list.length]!;
}
