import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { type Circuit, sboxCircuit } from "./sbox.js";

// AES on eight blocks at a time, bit-sliced (E. Kaesper, P. Schwabe, "Faster and Timing-Attack Resistant AES-GCM", 2009): bit j of byte i of register b is bit b of byte i of
// block j. SubBytes is a circuit, ShiftRows and MixColumns are permutations of bytes and XORs: no branch and no address depends on key or data.

/** Bytes of a round's key: eight registers. */
export const ROUND_KEY_BYTES = 128;
/** Blocks that are worked on together. */
export const LANES = 8;

const { i32, v128 } = WASM_TYPE;
const KEY = 0;
const ROUNDS = 1;
const AT = 2;
const END = 3;
const AT_KEY = 4;
const LAST_KEY = 5;
/** Masks and permutations stay in locals: V8 builds the operand of a shuffle, and any vector constant, anew each time, in five instructions. */
const ODD_BITS = 6;
const ODD_PAIRS = 7;
const LOW_HALVES = 8;
/** ShiftRows or its inverse; then the byte below, and two below, in its column. */
const ROWS = 9;
const NEXT = 10;
const OPPOSITE = 11;
/** The state's eight registers, then room for what is being computed. */
const STATE = 12;
const WORK = STATE + 8;

/** Where byte i of the state comes from under ShiftRows (FIPS 197, 5.1.2): row i % 4 of column i / 4, bytes going down columns first. */
const SHIFT_ROWS = Array.from({ length: 16 }, (_, i) => (i + 4 * (i % 4)) % 16);
const UNSHIFT_ROWS = Array.from({ length: 16 }, (_, i) => (i + 12 * (i % 4)) % 16);
const down = (rows: number): number[] => Array.from({ length: 16 }, (_, i) => 4 * (i >> 2) + ((i + rows) % 4));
const after = (first: readonly number[], second: readonly number[]): number[] => second.map((from) => first[from]!);

/** Bytes of a local as another local arranges them; as they are where that is undefined. */
function permute(code: CodeWriter, local: number, order: number | undefined): void {
  code.localGet(local);
  if (order !== undefined) code.localGet(order).op("i8x16.swizzle");
}

/** Exchanges the bits of `b` under the mask with those of `a` that lie `count` higher. */
function swapBits(code: CodeWriter, a: number, b: number, count: number, mask: number, free: number): void {
  code.localGet(a).i32(count).op("i64x2.shr_u").localGet(b).op("v128.xor").localGet(mask).op("v128.and").localTee(free);
  code.localGet(b).op("v128.xor").localSet(b);
  code.localGet(free).i32(count).op("i64x2.shl").localGet(a).op("v128.xor").localSet(a);
}

/** Turns blocks into slices, and slices into blocks: the transposition of 8 x 8 bits for each byte. */
function transpose(code: CodeWriter): void {
  const s = (i: number): number => STATE + i;
  for (const [step, count, mask] of [
    [1, 1, ODD_BITS],
    [2, 2, ODD_PAIRS],
    [4, 4, LOW_HALVES],
  ] as const)
    for (let i = 0; i < 8; i += 1) if ((i & step) === 0) swapBits(code, s(i), s(i + step), count, mask, WORK);
}

/** Adds the round key that `AT_KEY` points to. */
function addKey(code: CodeWriter): void {
  for (let i = 0; i < 8; i += 1)
    code
      .localGet(STATE + i)
      .localGet(AT_KEY)
      .memory("v128.load", 16 * i, 4)
      .op("v128.xor")
      .localSet(STATE + i);
}

function moveKey(code: CodeWriter, bytes: number): void {
  code.localGet(AT_KEY).i32(bytes).op("i32.add").localSet(AT_KEY);
}

/** Writes a circuit on the state's registers; the locals of signals that nobody reads again are used again. @returns how many work locals it takes */
function substitute(code: CodeWriter, { gates, outputs }: Circuit): number {
  const lastUse = new Map<number, number>();
  gates.forEach(({ a, b }, i) => [a, b].forEach((signal) => lastUse.set(signal, i)));
  outputs.forEach((signal) => lastUse.set(signal, Infinity));
  const place: number[] = Array.from({ length: 8 }, (_, i) => STATE + i);
  const free: number[] = [];
  let used = 0;
  gates.forEach(({ op, a, b }, i) => {
    code.localGet(place[a]!).localGet(place[b]!).op(`v128.${op}`);
    for (const signal of new Set([a, b]))
      if (lastUse.get(signal) === i && place[signal]! >= WORK) free.push(place[signal]!);
    const local = free.pop() ?? WORK + used++;
    place.push(local);
    code.localSet(local);
  });
  for (const signal of outputs) code.localGet(place[signal]!);
  for (let i = 7; i >= 0; i -= 1) code.localSet(STATE + i);
  return used;
}

/** MixColumns of the bytes as `from` arranges them (FIPS 197, 5.1.3): 2(a + b) + b + (c + d) for each byte a and those below it, b, c and d. */
function mixColumns(code: CodeWriter, from: number | undefined): void {
  const [sum, below] = [WORK, WORK + 8];
  for (let i = 0; i < 8; i += 1) {
    permute(code, STATE + i, NEXT);
    code.localTee(below + i);
    permute(code, STATE + i, from);
    code.op("v128.xor").localSet(sum + i);
  }
  for (let i = 0; i < 8; i += 1) {
    permute(code, sum + i, OPPOSITE);
    code
      .localGet(below + i)
      .op("v128.xor")
      .localGet(sum + ((i + 7) & 7))
      .op("v128.xor");
    // Doubling takes x^8 down to x^4 + x^3 + x + 1.
    if (i === 1 || i === 3 || i === 4) code.localGet(sum + 7).op("v128.xor");
    code.localSet(STATE + i);
  }
}

/** Adds to each byte four times the sum of itself and the one two below; MixColumns of that is the inverse of MixColumns. */
function prepareUnmix(code: CodeWriter): void {
  for (let i = 0; i < 8; i += 1) {
    permute(code, STATE + i, OPPOSITE);
    code
      .localGet(STATE + i)
      .op("v128.xor")
      .localSet(WORK + i);
  }
  // Four times b: bits 6 and 7 come down to x^4 + x^3 + x + 1 and x times that.
  const sums = [[6], [6, 7], [0, 7], [1, 6], [2, 6, 7], [3, 7], [4], [5]];
  sums.forEach((bits, i) => {
    code.localGet(STATE + i);
    for (const bit of bits) code.localGet(WORK + bit).op("v128.xor");
    code.localSet(STATE + i);
  });
}

function shiftRows(code: CodeWriter): void {
  for (let i = 0; i < 8; i += 1) {
    permute(code, STATE + i, ROWS);
    code.localSet(STATE + i);
  }
}

/** Loads, transforms and stores eight blocks after eight blocks from `AT` up to `END`. */
function overBlocks(code: CodeWriter, body: () => void): void {
  code.loop();
  for (let i = 0; i < 8; i += 1)
    code
      .localGet(AT)
      .memory("v128.load", 16 * i, 4)
      .localSet(STATE + i);
  transpose(code);
  body();
  transpose(code);
  for (let i = 0; i < 8; i += 1)
    code
      .localGet(AT)
      .localGet(STATE + i)
      .memory("v128.store", 16 * i, 4);
  code
    .localGet(AT)
    .i32(16 * LANES)
    .op("i32.add")
    .localTee(AT)
    .localGet(END)
    .op("i32.lt_u")
    .brIf(0)
    .end();
}

/** Sets the masks, and the permutations of a direction. */
function setMasks(code: CodeWriter, rows: readonly number[], next: readonly number[]): void {
  const each = (value: number): number[] => Array.from({ length: 16 }, () => value);
  for (const [local, bytes] of [
    [ODD_BITS, each(0x55)],
    [ODD_PAIRS, each(0x33)],
    [LOW_HALVES, each(0x0f)],
    [ROWS, rows],
    [NEXT, next],
    [OPPOSITE, down(2)],
  ] as const)
    code.v128(bytes).localSet(local);
}

/** `AT_KEY` to the first key, `LAST_KEY` to the last. */
function startKeys(code: CodeWriter): void {
  code.localGet(KEY).localSet(AT_KEY);
  code.localGet(KEY).localGet(ROUNDS).i32(ROUND_KEY_BYTES).op("i32.mul").op("i32.add").localSet(LAST_KEY);
}

function encryptBody(): { code: CodeWriter; work: number } {
  const code = new CodeWriter();
  const circuit = sboxCircuit(false);
  let work = 16;
  setMasks(code, SHIFT_ROWS, after(SHIFT_ROWS, down(1)));
  overBlocks(code, () => {
    startKeys(code);
    addKey(code);
    moveKey(code, ROUND_KEY_BYTES);
    code.loop();
    work = Math.max(work, substitute(code, circuit));
    mixColumns(code, ROWS);
    addKey(code);
    moveKey(code, ROUND_KEY_BYTES);
    code.localGet(AT_KEY).localGet(LAST_KEY).op("i32.lt_u").brIf(0).end();
    substitute(code, circuit);
    shiftRows(code);
    addKey(code);
  });
  return { code, work };
}

function decryptBody(): { code: CodeWriter; work: number } {
  const code = new CodeWriter();
  const circuit = sboxCircuit(true);
  let work = 16;
  setMasks(code, UNSHIFT_ROWS, down(1));
  overBlocks(code, () => {
    startKeys(code);
    code.localGet(LAST_KEY).localSet(AT_KEY);
    addKey(code);
    moveKey(code, -ROUND_KEY_BYTES);
    code.loop();
    shiftRows(code);
    work = Math.max(work, substitute(code, circuit));
    addKey(code);
    prepareUnmix(code);
    mixColumns(code, undefined);
    moveKey(code, -ROUND_KEY_BYTES);
    code.localGet(AT_KEY).localGet(KEY).op("i32.gt_u").brIf(0).end();
    shiftRows(code);
    substitute(code, circuit);
    addKey(code);
  });
  return { code, work };
}

/**
 * The module: `encrypt` and `decrypt` of (key, rounds, from, to), addresses in an imported memory `isg.memory`; from `from` up to `to` lie a multiple of eight blocks, which are
 * changed in place. The key is one register a bit for each round, see `sliceKey`.
 */
export function buildAesModule(memoryPages: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("isg", "memory", memoryPages, memoryPages);
  for (const [name, { code, work }] of [
    ["encrypt", encryptBody()],
    ["decrypt", decryptBody()],
  ] as const) {
    const locals = [i32, i32, ...Array.from({ length: WORK - ODD_BITS + work }, () => v128)];
    module.export(name, module.func([i32, i32, i32, i32], [], locals, code));
  }
  return module.build();
}
