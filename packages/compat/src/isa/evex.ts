/**
 * Lengths and features of EVEX instructions, of VEX instructions on mask registers and of AMD's XOP, which isa-x86's description does not
 * have yet: what a file needs can be told without knowing the instruction's name (SDM vol. 2A, 2.7; vol. 2D, table A; APM vol. 6).
 */

/** Opcodes as text, `60-61 63 6F/F2`: a byte or a range, and after a slash the mandatory prefix (NP 66 F3 F2) and W. */
type Rule = readonly [feature: string, map: number, opcodes: string];

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

const PREFIXES = ["NP", "66", "F3", "F2"];

/** Index of map, prefix, W and opcode into the tables: 4 maps x 4 x 2 x 256. */
const slot = (map: number, pp: number, w: number, opcode: number): number => ((map * 4 + pp) * 2 + w) * 256 + opcode;

function fill(rules: readonly Rule[]): Map<number, string> {
  const out = new Map<number, string>();
  for (const [feature, map, opcodes] of rules) {
    for (const item of opcodes.split(" ")) {
      const [range = "", where = ""] = item.split("/");
      const [low = "", high = low] = range.split("-");
      const w = /W([01])$/.exec(where)?.[1];
      const prefix = where.replace(/W[01]$/, "");
      for (let opcode = Number.parseInt(low, 16); opcode <= Number.parseInt(high, 16); opcode += 1) {
        for (let pp = 0; pp < 4; pp += 1) {
          if (prefix !== "" && PREFIXES[pp] !== prefix) continue;
          for (const width of w === undefined ? [0, 1] : [Number(w)]) out.set(slot(map, pp, width, opcode), feature);
        }
      }
    }
  }
  return out;
}

let extra: ReadonlyMap<number, string> | undefined;
let scalar: ReadonlyMap<number, string> | undefined;

/** What was found: the length, and the features needed. */
export interface Extended {
  readonly length: number;
  readonly features: readonly string[];
}

/** Sets of features, made once each. */
const SETS = new Map<string, readonly string[]>();

function features(names: readonly string[]): readonly string[] {
  const key = names.join(" ");
  const known = SETS.get(key) ?? names;
  SETS.set(key, known);
  return known;
}

/** Bytes of ModRM, SIB and displacement at `at`; -1 if they are cut off. EVEX's disp8 is one byte too. */
function operandLength(code: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  const modrm = code[at]!;
  const mod = modrm >>> 6;
  if (mod === 3) return 1;
  let length = 1;
  let base = modrm & 7;
  if (base === 4) {
    if (at + 1 >= end) return -1;
    length += 1;
    base = code[at + 1]! & 7;
    if (base === 5 && mod === 0) length += 4;
  } else if (base === 5 && mod === 0) length += 4;
  if (mod === 1) length += 1;
  if (mod === 2) length += 4;
  return at + length <= end ? length : -1;
}

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

/** VEX instructions on mask registers: 0F 41 to 4B, 90 to 93, 98, 99 and 0F3A 30 to 33. */
function readMask(code: Uint8Array, at: number, end: number): Extended | undefined {
  const long = code[at] === 0xc4;
  const head = long ? 3 : 2;
  if (at + head + 2 > end) return undefined;
  const map = long ? code[at + 1]! & 31 : 1;
  const last = code[at + head - 1]!;
  const [w, pp] = [long ? last >>> 7 : 0, last & 3];
  const opcode = code[at + head]!;
  const moves =
    (opcode >= 0x41 && opcode <= 0x4b) || (opcode >= 0x90 && opcode <= 0x93) || opcode === 0x98 || opcode === 0x99;
  // FMA4 has its fourth register in an immediate byte (APM vol. 6, 1.2); AMX is 0F38 49, 4B, 5C, 5E (SDM vol. 2, "TILELOADD").
  const fma4 = long && map === 3 && ((opcode >= 0x5c && opcode <= 0x5f) || (opcode & 0xe8) === 0x68);
  const tile = long && map === 2 && (opcode === 0x49 || opcode === 0x4b || opcode === 0x5c || opcode === 0x5e);
  if (fma4 || tile) {
    const rest = operandLength(code, at + head + 1, end);
    const whole = head + 1 + rest + (fma4 ? 1 : 0);
    if (rest < 0 || at + whole > end) return undefined;
    const multiplies = opcode === 0x5c ? "amx-bf16" : "amx-int8";
    return { length: whole, features: features([fma4 ? "fma4" : opcode < 0x50 ? "amx-tile" : multiplies]) };
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
      return readMask(code, at, end);
    case 0x8f:
      return readXop(code, at, end);
    default:
      return undefined;
  }
}
