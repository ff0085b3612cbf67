/**
 * Lengths and features of EVEX instructions, of some VEX instructions, of Key Locker and of AMD's XOP, which isa-x86's description does not
 * have yet: what a file needs can be told without knowing the instruction's name (SDM vol. 2A, 2.7; vol. 2D, table A; APM vol. 6).
 */
import { type Extended, features, fill, operandLength, type Rule, slot } from "./opcode-rules.js";

const RULES: readonly Rule[] = [
  [
    "avx512bw",
    1,
    "60-61/66 63-65/66 67-69/66 6B/66 71/66 74-75/66 C4-C5/66 D1/66 D5/66 D8-DA/66 DC-DE/66 E0-E1/66 E3-E5/66 E8-EA/66",
  ],
  ["avx512bw", 1, "EC-EE/66 F1/66 F5-F6/66 F8-F9/66 FC-FD/66 6F/F2 7F/F2 70/F3 70/F2"],
  ["avx512dq", 1, "54-57 78-7B/66 7A/F2W1 7A/F3W1 E6/F3W1 5B/NPW1"],
  [
    "avx512bw",
    2,
    "00/66 04/66 0B/66 10-12/66 1C-1D/66 20/66 30/66 26 28-29/F3 2B/66 38/66 3A/66 3C/66 3E/66 10/F3 20/F3 30/F3 66/66",
  ],
  ["avx512bw", 2, "75/66W1 7D/66W1 8D/66W1 78-7B/66"],
  ["avx512vbmi", 2, "75/66W0 7D/66W0 8D/66W0 83/66"],
  ["avx512dq", 2, "19/66W0 1A/66W1 1B/66W0 59/66W0 5A/66W1 5B/66W0 38-39/F3 40/66W1"],
  ["avx512cd", 2, "C4/66 44/66 2A/F3W1 3A/F3W0"],
  ["avx512vbmi2", 2, "62-63/66 70-73/66"],
  ["avx512ifma", 2, "B4-B5/66"],
  ["avx512vnni", 2, "50-53/66"],
  ["avx512-bf16", 2, "52/F3 72/F3 72/F2"],
  ["avx512bitalg", 2, "54/66 8F/66"],
  ["avx512-vpopcntdq", 2, "55/66"],
  ["gfni", 2, "CF/66"],
  ["vaes", 2, "DC-DF/66"],
  ["avx512-vp2intersect", 2, "68/F2"],
  ["avx512-4vnniw", 2, "52-53/F2"],
  ["avx512-4fmaps", 2, "9A-9B/F2 AA-AB/F2"],
  ["avx512er", 2, "C8/66 CA-CD/66"],
  ["avx512pf", 2, "C6-C7/66"],
  ["avx512bw", 3, "0F/66 14-15/66 20/66 3E-3F/66 42/66"],
  ["avx512dq", 3, "16/66 22/66 18-19/66W1 1A-1B/66W0 38-39/66W1 3A-3B/66W0 50-51/66 56-57/66 66-67/66"],
  ["avx512vbmi2", 3, "70-73/66"],
  ["vpclmulqdq", 3, "44/66"],
  ["gfni", 3, "CE-CF/66"],
];

/** Instructions on one element: they need no AVX512VL at 128 bits. */
const SCALAR: readonly Rule[] = [
  [
    "",
    1,
    "10-11/F3 10-11/F2 2A/F3 2A/F2 2C-2D/F3 2C-2D/F2 51/F3 51/F2 58-5A/F3 58-5A/F2 5C-5F/F3 5C-5F/F2 78-79/F3 78-79/F2 7B/F3 7B/F2",
  ],
  ["", 1, "C2/F3 C2/F2 2E-2F 6E/66 7E/66 7E/F3 D6/66 12-13/NP 12-13/66 16-17/NP 16-17/66 C4-C5/66"],
  [
    "",
    2,
    "2D/66 43/66 4D/66 4F/66 99/66 9B/66 9D/66 9F/66 A9/66 AB/66 AD/66 AF/66 B9/66 BB/66 BD/66 BF/66 CB/66 CD/66",
  ],
  ["", 3, "0A-0B/66 14-17/66 20-22/66 27/66 51/66 55/66 57/66 67/66"],
];

let extra: ReadonlyMap<number, string> | undefined;
let scalar: ReadonlyMap<number, string> | undefined;

/** Opcodes of map 1 with an immediate byte. */
const IMMEDIATE_MAP1 = new Set([0x70, 0x71, 0x72, 0x73, 0xc2, 0xc4, 0xc5, 0xc6]);

function readEvex(code: Uint8Array, at: number, end: number): Extended | undefined {
  if (at + 6 > end) return undefined;
  const [p0, p1, p2, opcode] = [code[at + 1]!, code[at + 2]!, code[at + 3]!, code[at + 4]!];
  const map = p0 & 7;
  // The fixed bits: P0[3] is 0, P1[2] is 1 (SDM vol. 2A, table 2-30).
  if ((p0 & 8) !== 0 || (p1 & 4) === 0 || map === 0 || map === 4 || map === 7) return undefined;
  const operand = operandLength(code, at + 5, end);
  if (operand < 0) return undefined;
  const immediate = map === 3 || (map === 1 && IMMEDIATE_MAP1.has(opcode)) ? 1 : 0;
  const length = 5 + operand + immediate;
  if (at + length > end) return undefined;
  const [pp, w] = [p1 & 3, p1 >>> 7];
  const names = ["avx512f"];
  if (map > 4 || (map === 3 && pp !== 1 && pp !== 3)) names.push("avx512-fp16");
  else {
    extra ??= fill(RULES);
    scalar ??= fill(SCALAR);
    const index = slot(map, pp, w, opcode);
    const feature = extra.get(index);
    if (feature !== undefined) names.push(feature);
    else if (map === 1 && pp === 1 && opcode === 0x73 && (code[at + 5]! & 0x18) === 0x18) names.push("avx512bw");
    // Shifts of bytes, VPSRLDQ and VPSLLDQ, are /3 and /7 of an opcode whose /2 and /6 shift quadwords.
    const rounding = (p2 & 0x10) !== 0 && code[at + 5]! >>> 6 === 3;
    if (((p2 >>> 5) & 3) < 2 && !rounding && !scalar.has(index)) names.push("avx512vl");
  }
  return { length, features: features(names) };
}

/** VEX instructions of FMA4 (a fourth register in an immediate byte, APM vol. 6, 1.2), AMX and what came after it (SDM vol. 2). */
const VEX: readonly Rule[] = [
  ["amx-tile", 2, "49/W0 4B/W0"],
  ["amx-int8", 2, "5E/W0"],
  ["amx-bf16", 2, "5C/F3W0"],
  ["amx-fp16", 2, "5C/F2W0"],
  ["amx-complex", 2, "6C/NPW0 6C/66W0"],
  ["fma4", 3, "5C-5F/66 68-6F/66 78-7F/66"],
  ["avx-ifma", 2, "B4-B5/66W1"],
  ["avx-vnni-int8", 2, "50-51/NPW0 50-51/F3W0 50-51/F2W0"],
  ["avx-vnni-int16", 2, "D2-D3/NPW0 D2-D3/66W0 D2-D3/F3W0"],
  ["avx-ne-convert", 2, "B0/W0 B1/66W0 B1/F3W0 72/F3W0"],
  ["cmpccxadd", 2, "E0-EF/66"],
  ["sm3", 2, "DA/NPW0 DA/66W0"],
  ["sm3", 3, "DE/66W0"],
  ["sm4", 2, "DA/F3W0 DA/F2W0"],
  ["sha512", 2, "CB-CD/F2W0"],
];

let vex: ReadonlyMap<number, string> | undefined;

/** VEX instructions of the table above, and those on mask registers: 0F 41 to 4B, 90 to 93, 98, 99 and 0F3A 30 to 33. */
function readVex(code: Uint8Array, at: number, end: number): Extended | undefined {
  const long = code[at] === 0xc4;
  const head = long ? 3 : 2;
  if (at + head + 2 > end) return undefined;
  const map = long ? code[at + 1]! & 31 : 1;
  const last = code[at + head - 1]!;
  const [w, pp] = [long ? last >>> 7 : 0, last & 3];
  const opcode = code[at + head]!;
  const moves =
    (opcode >= 0x41 && opcode <= 0x4b) || (opcode >= 0x90 && opcode <= 0x93) || opcode === 0x98 || opcode === 0x99;
  vex ??= fill(VEX);
  const feature = map < 4 ? vex.get(slot(map, pp, w, opcode)) : undefined;
  if (feature !== undefined) {
    const rest = operandLength(code, at + head + 1, end);
    const whole = head + 1 + rest + (map === 3 ? 1 : 0);
    return rest < 0 || at + whole > end ? undefined : { length: whole, features: features([feature]) };
  }
  if (map === 1 ? !moves : !(map === 3 && opcode >= 0x30 && opcode <= 0x33)) return undefined;
  const operand = operandLength(code, at + head + 1, end);
  const length = head + 1 + operand + (map === 3 ? 1 : 0);
  if (operand < 0 || at + length > end) return undefined;
  // B: 66 W0 (shifts: W0), W: NP W0 (shifts: W1), D and Q: the rest.
  const byte = map === 3 ? w === 0 && (opcode & 1) === 0 : pp === 1 && w === 0;
  const word = map === 3 ? w === 1 && (opcode & 1) === 0 : pp === 0 && w === 0;
  return { length, features: features(["avx512f", ...(byte ? ["avx512dq"] : word ? [] : ["avx512bw"])]) };
}

/** AMD's XOP: 8F, map 8 to 10. */
function readXop(code: Uint8Array, at: number, end: number): Extended | undefined {
  if (at + 5 > end) return undefined;
  const map = code[at + 1]! & 31;
  if (map < 8 || map > 10) return undefined;
  const operand = operandLength(code, at + 4, end);
  const length = 4 + operand + (map === 8 ? 1 : map === 10 ? 4 : 0);
  if (operand < 0 || at + length > end) return undefined;
  return { length, features: features([map === 8 ? "xop" : code[at + 3]! < 0x10 || map === 10 ? "tbm" : "xop"]) };
}

/** Prefixes that may stand before an opcode: of size, segments, repetition. */
const LEGACY = new Set([0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf2, 0xf3]);

/** Key Locker and RAO-INT: opcodes of map 0F38 with a mandatory prefix. */
function readLegacy(code: Uint8Array, at: number, end: number): Extended | undefined {
  let next = at;
  let repeated = 0;
  while (next < end && LEGACY.has(code[next]!)) {
    if (code[next]! >= 0xf2) repeated = code[next]!;
    next += 1;
  }
  if (next < end && (code[next]! & 0xf0) === 0x40) next += 1;
  if (next + 4 > end || code[next] !== 0x0f || code[next + 1] !== 0x38) return undefined;
  const [opcode, modrm] = [code[next + 2]!, code[next + 3]!];
  const isMemory = modrm >>> 6 !== 3;
  const wide = opcode === 0xd8 && isMemory && ((modrm >>> 3) & 7) < 4;
  const keyed = opcode === 0xdc || (opcode > 0xdc && opcode <= 0xdf && isMemory);
  const encodes = (opcode === 0xfa || opcode === 0xfb) && !isMemory;
  const isKeyLocker = repeated === 0xf3 && (wide || keyed || encodes);
  if (!isKeyLocker && !(opcode === 0xfc && isMemory)) return undefined;
  const operand = operandLength(code, next + 3, end);
  if (operand < 0) return undefined;
  return { length: next + 3 + operand - at, features: features([isKeyLocker ? "kl" : "rao-int"]) };
}

/**
 * An instruction at `at` that isa-x86 does not decode, if it is one of these, in 64-bit code.
 *
 * @param end one past the last byte that may be read
 */
export function readExtended(code: Uint8Array, at: number, end: number): Extended | undefined {
  switch (code[at]) {
    case 0x62:
      return readEvex(code, at, end);
    case 0xc4:
    case 0xc5:
      return readVex(code, at, end);
    case 0x8f:
      return readXop(code, at, end);
    default:
      return readLegacy(code, at, end);
  }
}
