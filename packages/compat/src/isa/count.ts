/** How many instructions x86 has, by several ways to count, from isa-x86's description. */
import { FORMS, type Tier } from "@isinglass/isa-x86";
import { CPU_FEATURES } from "../features.js";

export type CountBy = "mnemonic" | "opcode" | "form";

export const COUNT_BY: readonly CountBy[] = ["mnemonic", "opcode", "form"];

export interface Count {
  readonly by: CountBy;
  readonly total: number;
  readonly tiers: Readonly<Record<Tier, number>>;
  /** Those that work in 64-bit mode. */
  readonly in64: number;
}

/** An opcode without what stands for an operand: `VEX.128.66.0F.WIG 58 /r` and `… 256 …` are one opcode. */
function opcodeKey(opcode: string): string {
  return opcode.replace(/\.(128|256|512|LIG|LZ)\b/, "").replace(/\b(o16|o32|o64|a16|a32|a64) /g, "");
}

/** Counts all forms, or their distinct opcodes, or their distinct mnemonics. */
export function countInstructions(by: CountBy): Count {
  const tiers: Record<Tier, number> = { base: 0, extension: 0, special: 0 };
  const rank: readonly Tier[] = ["base", "extension", "special"];
  const lowest = new Map<string, Tier>();
  const wide = new Set<string>();
  for (const form of FORMS) {
    const key = by === "form" ? String(form.index) : by === "opcode" ? opcodeKey(form.opcode) : form.mnemonic;
    const known = lowest.get(key);
    if (known === undefined || rank.indexOf(form.tier) < rank.indexOf(known)) lowest.set(key, form.tier);
    if (form.modes !== "not64") wide.add(key);
  }
  for (const tier of lowest.values()) tiers[tier] += 1;
  return { by, total: lowest.size, tiers, in64: wide.size };
}

/** Bits of the widest vector register that the instructions of a feature work on, from their operands; 0 if they use none. */
export function vectorWidth(name: string): number {
  const feature = CPU_FEATURES.find((f) => f.name === name);
  // isa-x86's description has no EVEX forms yet: their width is that of the state component.
  if (feature?.state === "avx512") return 512;
  if (feature === undefined || feature.isa === "") return 0;
  let width = 0;
  for (const form of FORMS) {
    if (!form.features.includes(feature.isa)) continue;
    const operands = form.operands;
    if (/\bzmm\b/.test(operands)) width = Math.max(width, 512);
    else if (/\b(ymm|vl|vh)\b/.test(operands)) width = Math.max(width, 256);
    else if (/\bxmm/.test(operands)) width = Math.max(width, 128);
    else if (/\bmm\b/.test(operands)) width = Math.max(width, 64);
  }
  return width;
}
