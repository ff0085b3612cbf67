import { OP, type Value } from "@isinglass/uops";
import type { Semantics } from "./context.js";
import type { Binary } from "./integer-lanes.js";
import { binary } from "./vector-forms.js";
import type { BinaryImmediate } from "./shuffle-lanes.js";
import { immediateByte } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/*
 * SHA-1 and SHA-256 (SDM vol. 2B, SHA1RNDS4 to SHA256RNDS2; FIPS 180-4). The words of a state stand in a vector from the highest
 * element down, those of SHA-256's message from the lowest up.
 */

const word = (s: Semantics, v: Value, i: number): Value => s.f.lane("i32x4.extract_lane", i, v);

/** A vector of four words, the lowest first. */
function vector(s: Semantics, words: readonly Value[]): Value {
  const rest = words.slice(1);
  return rest.reduce((v, w, i) => s.f.lane("i32x4.replace_lane", i + 1, v, w), s.op("i32x4.splat", words[0]));
}

const sum = (s: Semantics, ...terms: Value[]): Value => terms.reduce((a, b) => s.op("i32.add", a, b));
const left = (s: Semantics, v: Value, by: number): Value => s.op("i32.rotl", v, s.f.i32(by));

/** `(a AND b) XOR (NOT a AND c)` with one operation less. */
const choose = (s: Semantics, a: Value, b: Value, c: Value): Value =>
  s.op("i32.xor", s.op("i32.and", s.op("i32.xor", b, c), a), c);

const majority = (s: Semantics, a: Value, b: Value, c: Value): Value =>
  s.op("i32.or", s.op("i32.and", a, b), s.op("i32.and", s.op("i32.or", a, b), c));

/** What differs between the four stages of SHA-1 (FIPS 180-4, 4.1.1 and 4.2.1). */
const STAGES: readonly { constant: number; mix: (s: Semantics, b: Value, c: Value, d: Value) => Value }[] = [
  { constant: 0x5a827999, mix: choose },
  { constant: 0x6ed9eba1, mix: parity },
  { constant: 0x8f1bbcdc | 0, mix: majority },
  { constant: 0xca62c1d6 | 0, mix: parity },
];

function parity(s: Semantics, b: Value, c: Value, d: Value): Value {
  return s.op("i32.xor", s.op("i32.xor", b, c), d);
}

/** SHA1RNDS4: four rounds of the stage that bits 1:0 of the immediate choose. E comes with the first word of the message. */
const fourRounds: BinaryImmediate = (s, state, message, imm) => {
  const { f } = s;
  const stage = s.op("i32.and", imm, f.i32(3));
  const is = STAGES.map((_, i) => s.op("i32.eq", stage, f.i32(i)));
  const pick = (of: (i: number) => Value): Value =>
    f.select(of(0), f.select(of(1), f.select(of(2), of(3), is[2]!), is[1]!), is[0]!);
  const constant = pick((i) => f.i32(STAGES[i]!.constant));
  let [a, b, c, d] = [3, 2, 1, 0].map((i) => word(s, state, i)) as [Value, Value, Value, Value];
  let e = f.i32(0);
  for (let round = 0; round < 4; round += 1) {
    const same = parity(s, b, c, d);
    const mixes = STAGES.map(({ mix }) => (mix === parity ? same : mix(s, b, c, d)));
    const next = sum(
      s,
      pick((i) => mixes[i]!),
      left(s, a, 5),
      word(s, message, 3 - round),
      e,
      constant,
    );
    [a, b, c, d, e] = [next, a, left(s, b, 30), c, d];
  }
  return vector(s, [d, c, b, a]);
};

/** SHA1NEXTE: E of the next four rounds, added to the highest word of the message. */
const nextE: Binary = (s, state, message) => {
  const e = sum(s, word(s, message, 3), left(s, word(s, state, 3), 30));
  return s.f.lane("i32x4.replace_lane", 3, message, e);
};

/** SHA1MSG1: the message and itself two words later. */
const firstSchedule: Binary = (s, a, b) =>
  s.op("v128.xor", a, s.f.shuffle(b, a, [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]));

/** SHA1MSG2: four words of the schedule, of which the last needs the first. */
const secondSchedule: Binary = (s, a, b) => {
  const mixed = (i: number, other: Value): Value => left(s, s.op("i32.xor", word(s, a, i), other), 1);
  const first = mixed(3, word(s, b, 2));
  return vector(s, [mixed(0, first), mixed(1, word(s, b, 0)), mixed(2, word(s, b, 1)), first]);
};

/** XOR of a word turned right by three distances. */
function turned(s: Semantics, v: Value, by: readonly [number, number, number]): Value {
  const [x, y, z] = by.map((distance) => s.op("i32.rotr", v, s.f.i32(distance))) as [Value, Value, Value];
  return s.op("i32.xor", s.op("i32.xor", x, y), z);
}

/** SHA256RNDS2: two rounds; the two words of message and constants are the lower ones of XMM0. */
function twoRounds(s: Semantics, cdgh: Value, abef: Value, message: Value): Value {
  let [a, b, e, f] = [3, 2, 1, 0].map((i) => word(s, abef, i)) as [Value, Value, Value, Value];
  let [c, d, g, h] = [3, 2, 1, 0].map((i) => word(s, cdgh, i)) as [Value, Value, Value, Value];
  for (let round = 0; round < 2; round += 1) {
    const first = sum(s, choose(s, e, f, g), turned(s, e, [6, 11, 25]), word(s, message, round), h);
    const second = sum(s, majority(s, a, b, c), turned(s, a, [2, 13, 22]));
    [a, b, c, d, e, f, g, h] = [sum(s, first, second), a, b, c, sum(s, first, d), e, f, g];
  }
  return vector(s, [f, e, b, a]);
}

/** The small sigmas (FIPS 180-4, 4.1.2) of four words: two turns and a shift to the right. */
function sigma(s: Semantics, v: Value, first: number, second: number, shift: number): Value {
  const turn = (by: number): Value =>
    s.op("v128.or", s.op("i32x4.shr_u", v, s.f.i32(by)), s.op("i32x4.shl", v, s.f.i32(32 - by)));
  return s.op("v128.xor", s.op("v128.xor", turn(first), turn(second)), s.op("i32x4.shr_u", v, s.f.i32(shift)));
}

const thirdSchedule: Binary = (s, a, b) => {
  const next = s.f.shuffle(a, b, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  return s.op("i32x4.add", a, sigma(s, next, 7, 18, 3));
};

/** SHA256MSG2: the upper two words of the result need the lower two. */
const fourthSchedule: Binary = (s, a, b) => {
  const zero = s.f.v128(Array.from({ length: 16 }, () => 0));
  const low = s.f.shuffle(b, zero, [8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16, 16, 16, 16]);
  const half = s.op("i32x4.add", a, sigma(s, low, 17, 19, 10));
  const high = s.f.shuffle(half, zero, [16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7]);
  return s.op("i32x4.add", half, sigma(s, high, 17, 19, 10));
};

/**
 * Both manuals want memory operands aligned (SDM vol. 2B: exception type 4; APM vol. 4); AMD's family 26, whose vendor the models
 * have, does not check it.
 */
const ALIGNED = false;

const unaligned = (lanes: Binary) => binary(lanes, lanes, ALIGNED);

export const SHA: SemanticsTable = {
  sha1nexte: unaligned(nextE),
  sha1msg1: unaligned(firstSchedule),
  sha1msg2: unaligned(secondSchedule),
  sha1rnds4: unaligned((s, a, b) => fourRounds(s, a, b, immediateByte(s))),
  sha256msg1: unaligned(thirdSchedule),
  sha256msg2: unaligned(fourthSchedule),
  sha256rnds2: unaligned((s, a, b) => twoRounds(s, a, b, s.f.stateLoad(OP.stateLoadV128, 0, s.registerHole(2)))),
};
