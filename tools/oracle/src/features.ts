import type { Form } from "./forms.js";

/** Zydis' ISA sets by the feature name that `--isa` takes. */
export const featureSets: Readonly<Record<string, readonly string[]>> = {
  // What the CPU model `x86-64` has: AMD64 with SSE2, CMPXCHG16B and LAHF.
  baseline: [
    "I86",
    "I186",
    "I286PROTECTED",
    "I286REAL",
    "I386",
    "I486",
    "I486REAL",
    "PENTIUMREAL",
    "PENTIUMMMX",
    "PPRO",
    "CMOV",
    "FCMOV",
    "X87",
    "SSE",
    "SSE2",
    "SSE2MMX",
    "SSEMXCSR",
    "SSE_PREFETCH",
    "LONGMODE",
    "FXSAVE",
    "FXSAVE64",
    "LAHF",
    "CMPXCHG16B",
    "PREFETCH_NOP",
    "PAUSE",
    "FAT_NOP",
    "CLFSH",
    "RDPMC",
  ],
  sse3: ["SSE3", "SSE3X87"],
  ssse3: ["SSSE3", "SSSE3MMX"],
  sse4: ["SSE4", "SSE42"],
  popcnt: ["POPCNT"],
  movbe: ["MOVBE"],
  lzcnt: ["LZCNT"],
  bmi: ["BMI1", "BMI2"],
  adx: ["ADOX_ADCX"],
  aes: ["AES"],
  vaes: ["VAES"],
  vpclmul: ["VPCLMULQDQ"],
  pclmul: ["PCLMULQDQ"],
  sha: ["SHA"],
  fsgsbase: ["RDWRFSGS"],
  flush: ["CLFLUSHOPT", "CLWB"],
  random: ["RDRAND", "RDSEED"],
  identity: ["RDTSCP", "RDPID"],
  // What the CPU models above the baseline have by the psABI's levels; `vectors` is all with VEX-encoded operands of 128 and 256 bits.
  v2: ["SSE3", "SSE3X87", "SSSE3", "SSSE3MMX", "SSE4", "SSE42", "POPCNT"],
  "v3-general": ["BMI1", "BMI2", "LZCNT", "MOVBE"],
  beyond: [
    "ADOX_ADCX",
    "AES",
    "PCLMULQDQ",
    "SHA",
    "RDWRFSGS",
    "CLFLUSHOPT",
    "CLWB",
    "RDRAND",
    "RDSEED",
    "RDTSCP",
    "RDPID",
  ],
  vectors: ["AVX", "AVXAES", "AVX2", "AVX2GATHER", "FMA", "F16C", "VAES", "VPCLMULQDQ"],
  avx: ["AVX", "AVXAES"],
  avx2: ["AVX2"],
  gather: ["AVX2GATHER"],
  fma: ["FMA"],
  f16c: ["F16C"],
  // XGETBV, XSETBV, and save and restore in both forms.
  xsave: ["XSAVE", "XSAVEOPT", "XSAVEC", "XSAVES"],
  // NOPs, or #UD, where the feature is absent or off, as it is for a user program under Linux.
  off: ["MPX", "CET", "CLDEMOTE"],
};

/** A form that the oracle does not run, and why. */
export interface Exclusion {
  readonly reason: string;
  readonly matches: (form: Form) => boolean;
}

const named =
  (...names: string[]): ((form: Form) => boolean) =>
  (form) =>
    names.includes(form.mnemonic);

/** What is left out of the chosen sets. Counted and printed with its reason in each run. */
export const exclusions: readonly Exclusion[] = [
  { reason: "enters the host's kernel", matches: named("syscall", "sysenter", "int") },
  {
    reason: "far transfer: the result depends on the host's descriptor tables",
    matches: (form) => form.branch === 3 || named("iret", "iretd", "iretq")(form),
  },
  {
    reason: "loads a segment register: the result depends on the host's descriptor tables",
    matches: (form) =>
      named("lss", "lfs", "lgs", "les", "lds")(form) || (["mov", "pop"].includes(form.mnemonic) && loadsSegment(form)),
  },
  { reason: "inspects the host's descriptor tables", matches: named("lar", "lsl", "verr", "verw") },
  { reason: "UMIP: Linux emulates it for user code", matches: named("sgdt", "sidt", "sldt", "str", "smsw") },
  {
    reason: "its result is the host's identity, time or counters",
    matches: named("cpuid", "rdtsc", "rdtscp", "rdpid", "rdpmc"),
  },
  { reason: "AMD: #UD in long mode, Intel: #GP at CPL 3 (APM vol. 3, SYSEXIT)", matches: named("sysexit") },
  {
    reason: "16-bit addresses do not reach the data window",
    matches: (form) => (form.addressSize === 16 && form.branch === 0) || form.displacement === 16,
  },
  {
    reason: "0F 0D with a register: AMD #UD, Intel NOP (APM vol. 3, PREFETCH; SDM vol. 2, table A-3)",
    matches: (form) => form.map === 1 && form.opcode === 0x0d && form.modrm === "reg",
  },
  { reason: "enters or leaves system management mode", matches: named("rsm") },
];

function loadsSegment(form: Form): boolean {
  const target = form.operands[0];
  return target !== undefined && ["sreg", "es", "cs", "ss", "ds", "fs", "gs"].includes(target.what);
}

/** Prefix combinations that the generator leaves out although the form decodes with them. */
const avoided: readonly { mask: number; reason: string; forms: (form: Form) => boolean }[] = [
  {
    mask: 0xaaa,
    reason: "64-bit near branches with 66: AMD truncates RIP to 16 bits, Intel ignores the prefix (SDM vol. 2, JMP)",
    forms: (form) => form.branch !== 0 && !form.vex && (form.combinations & 0x555) !== 0,
  },
  {
    mask: 0xff00,
    reason:
      "VPEXTRD and VPINSRD with VEX.W1 outside 64-bit mode: AMD family 26 #UD, Intel ignores W (SDM vol. 2, PEXTRD)",
    forms: named("vpextrd", "vpinsrd"),
  },
  {
    mask: 0xf3c,
    reason:
      "LOOPE and LOOPNE with F2 or F3: reserved (SDM vol. 2, 2.1.1); AMD family 26 takes the condition from the prefix",
    forms: (form) => /^loopn?e$/.test(form.mnemonic),
  },
];

/** Prefix combinations that the generator avoids for a form, as a mask of `combinations`. */
export function avoidedCombinations(form: Form): number {
  return avoided.reduce((mask, rule) => (rule.forms(form) ? mask | rule.mask : mask), 0);
}

/** The forms of the chosen feature sets, and those of them that are left out, by reason. */
export interface Selection {
  readonly forms: Form[];
  readonly excluded: ReadonlyMap<string, Form[]>;
}

/**
 * Chooses the forms of some feature sets.
 *
 * @throws Error for a name that is not in `featureSets`
 */
export function selectForms(all: readonly Form[], features: readonly string[]): Selection {
  const sets = new Set<string>();
  for (const feature of features) {
    const names = featureSets[feature];
    if (names === undefined)
      throw new Error(`unknown feature set "${feature}"; known: ${Object.keys(featureSets).join(", ")}`);
    for (const name of names) sets.add(name);
  }
  const forms: Form[] = [];
  const excluded = new Map<string, Form[]>();
  for (const form of all) {
    if (!sets.has(form.isaSet)) continue;
    const rule = exclusions.find((exclusion) => exclusion.matches(form));
    if (rule === undefined) {
      forms.push(form);
    } else {
      const list = excluded.get(rule.reason) ?? [];
      list.push(form);
      excluded.set(rule.reason, list);
    }
  }
  return { forms, excluded };
}
