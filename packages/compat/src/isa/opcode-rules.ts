/** Features by opcode, for instructions of which isa-x86 has no description: tables in short, and how long an instruction is. */

/** Opcodes as text, `60-61 63 6F/F2`: a byte or a range, and after a slash the mandatory prefix (NP 66 F3 F2) and W. */
export type Rule = readonly [feature: string, map: number, opcodes: string];

const PREFIXES = ["NP", "66", "F3", "F2"];

/** Index of map, prefix, W and opcode into the tables: 4 maps x 4 x 2 x 256. */
export const slot = (map: number, pp: number, w: number, opcode: number): number =>
  ((map * 4 + pp) * 2 + w) * 256 + opcode;

/** A feature for each opcode, by {@link slot}. */
export function fill(rules: readonly Rule[]): Map<number, string> {
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

/** What was found: the length, and the features needed. */
export interface Extended {
  readonly length: number;
  readonly features: readonly string[];
}

/** Sets of features, made once each. */
const SETS = new Map<string, readonly string[]>();

/** The one array that stands for these names. */
export function features(names: readonly string[]): readonly string[] {
  const key = names.join(" ");
  const known = SETS.get(key) ?? names;
  SETS.set(key, known);
  return known;
}

/** Bytes of ModRM, SIB and displacement at `at`; -1 if they are cut off. EVEX's disp8 is one byte too. */
export function operandLength(code: Uint8Array, at: number, end: number): number {
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
