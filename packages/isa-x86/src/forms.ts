/** What is known about each form beside its encoding: features, privilege, flags, implied operands. */
import { FORM_MNEMONIC, MNEMONICS } from "./generated/decode-tables.js";
import {
  CLASSES,
  FEATURE_ROWS,
  FEATURE_SETS,
  FLAG_SETS,
  FORM_ACCESS,
  FORM_CLASS,
  FORM_FACTS,
  FORM_FEATURES,
  FORM_FLAG_SET,
  FORM_IMPLICIT,
  FORM_OPCODES,
  FORM_OPEN,
  FORM_PATTERN,
  IMPLICIT_SETS,
  OPEN_TEXTS,
  PATTERNS,
} from "./generated/form-facts.js";

/** Bits of `FORM_FACTS`, as scripts/lib/emit.mjs numbers them. */
const FACT_NOT64 = 0x1;
const FACT_ONLY64 = 0x2;
const FACT_CPL0 = 0x4;
const FACT_IOPL = 0x8;
const FACT_SENSITIVE = 0x10;
const FACT_PROTECTED = 0x20;
const FACT_UNDOCUMENTED = 0x40;
const FACT_LOCK = 0x80;
const FACT_REP = 0x100;
const FACT_REPZ = 0x200;

/**
 * Layer of the instruction set: `base` = every x86-64 processor has it (psABI x86-64-v1), `extension` = optional, told by
 * CPUID, `special` = belongs to a mode of its own (virtualization, enclaves, SMM).
 */
export type Tier = "base" | "extension" | "special";

/** A CPU feature. */
export interface Feature {
  readonly name: string;
  /** Where CPUID reports it, `leaf[.subleaf]:register[bit]` with the leaf in hexadecimal; empty if nowhere. */
  readonly cpuid: string;
  readonly tier: Tier;
  /** Features without which it does not exist. */
  readonly needs: readonly string[];
  readonly description: string;
}

/** One form: a line of the description in `spec/`. */
export interface Form {
  readonly index: number;
  readonly mnemonic: string;
  /** Opcode in the SDM's notation, e.g. `F7 /3`, `VEX.66.0F.WIG 58 /r`. */
  readonly opcode: string;
  /** Explicit operands, e.g. `r/mv, immz`; the types are those of `spec/operand-types.txt`. */
  readonly operands: string;
  /** Where each operand is encoded and how it is accessed, e.g. `M+R`; see `spec/README.md`. */
  readonly opEn: string;
  /** Access to each explicit operand: 1 = read, 2 = written, 3 = both. For memory of 0 bits: the address is used. */
  readonly access: readonly number[];
  /** CPU features that the form needs, all of them; the tier is the highest of theirs. */
  readonly features: readonly string[];
  readonly tier: Tier;
  /** Kind of instruction: `arithmetic`, `branch`, `string`, `system`, `x87`, `simd`, … */
  readonly class: string;
  /** `cpl0`: #GP(0) at CPL 1..3. `iopl`: allowed or not, or behaving differently, by IOPL, VM86 mode or the I/O bitmap. */
  readonly privilege: "none" | "cpl0" | "iopl";
  /**
   * Sensitive in the sense of Popek and Goldberg (CACM 1974): it changes or shows the configuration of resources. The
   * sensitive forms with privilege `none` are those that user code can run without a trap (Robin and Irvine, 2000).
   */
  readonly sensitive: boolean;
  /** Sensitive and executed without a trap where a privileged instruction would have one, whatever IOPL is. */
  readonly untrapped: boolean;
  /** EFLAGS masks. `flagsWritten` does not contain `flagsUndefined`. */
  readonly flagsRead: number;
  readonly flagsWritten: number;
  readonly flagsUndefined: number;
  /** LOCK is allowed if the destination is in memory. */
  readonly lock: boolean;
  /** What F3 and F2 mean: nothing, REP, or REPE and REPNE. */
  readonly rep: "none" | "rep" | "repz";
  /** Code sizes in which the form exists. */
  readonly modes: "any" | "not64" | "only64";
  /** #UD in real-address and virtual-8086 mode. */
  readonly protectedModeOnly: boolean;
  /** Not in the SDM, or an alias that it reserves. */
  readonly undocumented: boolean;
  /**
   * Registers used but not written in Intel syntax: `rAX` (by operand size), `aSI` (by address size), `eax` …;
   * The x87 stack is not listed. `+` behind the name = read and written, `=` = written, nothing = read. An `aCX+` counts only with a REP prefix.
   */
  readonly implicit: readonly string[];
}

const TIERS: readonly Tier[] = ["base", "extension", "special"];

const words = (text: string): string[] => (text === "" ? [] : text.split(" "));

function makeFeatures(): Feature[] {
  return FEATURE_ROWS.map((row) => {
    const [name = "", cpuid = "", tier = "base", needs = "", description = ""] = row.split("|");
    return { name, cpuid, tier: tier as Tier, needs: words(needs), description };
  });
}

/** All CPU features that forms of the description belong to. */
export const FEATURES: readonly Feature[] = /* @__PURE__ */ makeFeatures();

function makeForms(): Form[] {
  const tierOf = new Map(FEATURES.map((f) => [f.name, TIERS.indexOf(f.tier)]));
  return FORM_OPCODES.split("|").map((opcode, index): Form => {
    const facts = FORM_FACTS[index]!;
    const operands = PATTERNS[FORM_PATTERN[index]!]!;
    const features = words(FEATURE_SETS[FORM_FEATURES[index]!]!);
    const flags = FLAG_SETS[FORM_FLAG_SET[index]!]!;
    const count = operands === "" ? 0 : operands.split(",").length;
    const privilege = facts & FACT_CPL0 ? "cpl0" : facts & FACT_IOPL ? "iopl" : "none";
    return {
      index,
      mnemonic: MNEMONICS[FORM_MNEMONIC[index]!]!,
      opcode,
      operands,
      opEn: OPEN_TEXTS[FORM_OPEN[index]!]!,
      access: Array.from({ length: count }, (_, i) => (FORM_ACCESS[index]! >> (2 * i)) & 3),
      features,
      tier: TIERS[Math.max(...features.map((f) => tierOf.get(f)!))]!,
      class: CLASSES[FORM_CLASS[index]!]!,
      privilege,
      sensitive: privilege !== "none" || (facts & FACT_SENSITIVE) !== 0,
      untrapped: (facts & FACT_SENSITIVE) !== 0,
      flagsRead: flags[0],
      flagsWritten: flags[1],
      flagsUndefined: flags[2],
      lock: (facts & FACT_LOCK) !== 0,
      rep: facts & FACT_REP ? "rep" : facts & FACT_REPZ ? "repz" : "none",
      modes: facts & FACT_NOT64 ? "not64" : facts & FACT_ONLY64 ? "only64" : "any",
      protectedModeOnly: (facts & FACT_PROTECTED) !== 0,
      undocumented: (facts & FACT_UNDOCUMENTED) !== 0,
      implicit: words(IMPLICIT_SETS[FORM_IMPLICIT[index]!]!),
    };
  });
}

/** Every form of the instruction set; `Instruction.form` is the index. */
export const FORMS: readonly Form[] = /* @__PURE__ */ makeForms();

/**
 * Lower-case Intel mnemonic of `Instruction.mnemonic`.
 *
 * @returns the name, `'invalid'` for 0 or a number that does not exist
 */
export function mnemonicName(mnemonic: number): string {
  return MNEMONICS[mnemonic] ?? "invalid";
}
