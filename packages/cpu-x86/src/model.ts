import { FEATURES } from "@isinglass/isa-x86";
import { extendedStateLeaf } from "./extended-features.js";

/** A CPU model: what CPUID says and which features execute. Registers of a leaf: eax, ebx, ecx, edx. */
export interface CpuModel {
  readonly name: string;
  readonly description: string;
  readonly vendor: string;
  readonly family: number;
  readonly modelNumber: number;
  readonly stepping: number;
  readonly brand: string;
  /** Feature names as Linux' /proc/cpuinfo has them, see {@link FEATURE_BITS}. */
  readonly features: readonly string[];
  readonly physicalBits: number;
  readonly page1g: boolean;
  /** Highest basic leaf. */
  readonly maxLeaf: number;
  readonly maxExtendedLeaf: number;
}

/** Where a feature's CPUID bit is: leaf, register (a b c d), bit (SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E). */
export const FEATURE_BITS: Readonly<
  Record<string, readonly [leaf: number, register: "a" | "b" | "c" | "d", bit: number, subleaf?: number]>
> = {
  fpu: [1, "d", 0],
  vme: [1, "d", 1],
  de: [1, "d", 2],
  pse: [1, "d", 3],
  tsc: [1, "d", 4],
  msr: [1, "d", 5],
  pae: [1, "d", 6],
  mce: [1, "d", 7],
  cx8: [1, "d", 8],
  apic: [1, "d", 9],
  sep: [1, "d", 11],
  mtrr: [1, "d", 12],
  pge: [1, "d", 13],
  mca: [1, "d", 14],
  cmov: [1, "d", 15],
  pat: [1, "d", 16],
  pse36: [1, "d", 17],
  clflush: [1, "d", 19],
  mmx: [1, "d", 23],
  fxsr: [1, "d", 24],
  sse: [1, "d", 25],
  sse2: [1, "d", 26],
  pni: [1, "c", 0],
  pclmulqdq: [1, "c", 1],
  pcid: [1, "c", 17],
  ssse3: [1, "c", 9],
  fma: [1, "c", 12],
  cx16: [1, "c", 13],
  sse4_1: [1, "c", 19],
  sse4_2: [1, "c", 20],
  x2apic: [1, "c", 21],
  movbe: [1, "c", 22],
  popcnt: [1, "c", 23],
  tsc_deadline_timer: [1, "c", 24],
  aes: [1, "c", 25],
  xsave: [1, "c", 26],
  avx: [1, "c", 28],
  f16c: [1, "c", 29],
  rdrand: [1, "c", 30],
  hypervisor: [1, "c", 31],
  fsgsbase: [7, "b", 0],
  tsc_adjust: [7, "b", 1],
  bmi1: [7, "b", 3],
  avx2: [7, "b", 5],
  smep: [7, "b", 7],
  bmi2: [7, "b", 8],
  invpcid: [7, "b", 10],
  rdseed: [7, "b", 18],
  adx: [7, "b", 19],
  smap: [7, "b", 20],
  clflushopt: [7, "b", 23],
  clwb: [7, "b", 24],
  sha_ni: [7, "b", 29],
  umip: [7, "c", 2],
  pku: [7, "c", 3],
  vaes: [7, "c", 9],
  vpclmulqdq: [7, "c", 10],
  la57: [7, "c", 16],
  rdpid: [7, "c", 22],
  pks: [7, "c", 31],
  xsaveopt: [0xd, "a", 0, 1],
  xsavec: [0xd, "a", 1, 1],
  xgetbv1: [0xd, "a", 2, 1],
  xsaves: [0xd, "a", 3, 1],
  syscall: [0x80000001, "d", 11],
  nx: [0x80000001, "d", 20],
  pdpe1gb: [0x80000001, "d", 26],
  rdtscp: [0x80000001, "d", 27],
  lm: [0x80000001, "d", 29],
  lahf_lm: [0x80000001, "c", 0],
  abm: [0x80000001, "c", 5],
};

/** Leaves whose content depends on ECX. */
const SUBLEAVES = new Set([7, 0xd]);

/** Features of leaf 1 that AMD repeats in leaf 80000001H. */
const REPEATED = [
  "fpu",
  "vme",
  "de",
  "pse",
  "tsc",
  "msr",
  "pae",
  "mce",
  "cx8",
  "apic",
  "mtrr",
  "pge",
  "mca",
  "cmov",
  "pat",
  "pse36",
  "mmx",
  "fxsr",
];

/** What the models have in common. */
const COMMON = {
  vendor: "AuthenticAMD",
  family: 15,
  modelNumber: 107,
  stepping: 1,
  physicalBits: 40,
  page1g: false,
  maxLeaf: 13,
  maxExtendedLeaf: 0x8000000a,
} as const;

const BASELINE: readonly string[] = [
  "fpu",
  "de",
  "pse",
  "tsc",
  "msr",
  "pae",
  "mce",
  "cx8",
  "apic",
  "sep",
  "mtrr",
  "pge",
  "mca",
  "cmov",
  "pat",
  "pse36",
  "clflush",
  "mmx",
  "fxsr",
  "sse",
  "sse2",
  "pni",
  "cx16",
  "hypervisor",
  "syscall",
  "nx",
  "lm",
  "lahf_lm",
];

/** What x86-64-v2 of the psABI adds. */
const LEVEL_2: readonly string[] = ["ssse3", "sse4_1", "sse4_2", "popcnt"];

/** What x86-64-v3 adds on general registers. */
const LEVEL_3_GENERAL: readonly string[] = ["abm", "bmi1", "bmi2", "movbe"];

/** What x86-64-v3 adds on vectors, and what they stand on. */
const LEVEL_3_VECTORS: readonly string[] = ["avx", "avx2", "f16c", "fma", "xsave", "xsaveopt"];

/** What is in no level and executes. */
const BEYOND_LEVELS: readonly string[] = [
  "adx",
  "aes",
  "clflushopt",
  "clwb",
  "fsgsbase",
  "pclmulqdq",
  "rdpid",
  "rdrand",
  "rdseed",
  "rdtscp",
  "sha_ni",
  "vaes",
  "vpclmulqdq",
  "xgetbv1",
  "xsavec",
  "xsaves",
];

/** What only an operating system uses. */
const SYSTEM_FEATURES: readonly string[] = [
  "invpcid",
  "la57",
  "pcid",
  "pks",
  "pku",
  "smap",
  "smep",
  "tsc_adjust",
  "tsc_deadline_timer",
  "umip",
  "x2apic",
];

const X86_64: CpuModel = {
  ...COMMON,
  name: "x86-64",
  description: "the x86-64 baseline of the psABI, with SSE3, CMPXCHG16B and LAHF in 64-bit mode",
  brand: "Isinglass x86-64",
  features: BASELINE,
};

const X86_64_V2: CpuModel = {
  ...COMMON,
  name: "x86-64-v2",
  description: "x86-64-v2 of the psABI: the baseline with SSSE3, SSE4.1, SSE4.2 and POPCNT",
  brand: "Isinglass x86-64-v2",
  features: [...BASELINE, ...LEVEL_2],
};

const X86_64_V3: CpuModel = {
  ...COMMON,
  name: "x86-64-v3",
  description: "x86-64-v3 of the psABI: v2 with AVX, AVX2, BMI1, BMI2, F16C, FMA, LZCNT and MOVBE",
  brand: "Isinglass x86-64-v3",
  features: [...BASELINE, ...LEVEL_2, ...LEVEL_3_GENERAL, ...LEVEL_3_VECTORS],
};

const MAX: CpuModel = {
  ...COMMON,
  name: "max",
  description: "everything that executes",
  brand: "Isinglass max",
  features: [...BASELINE, ...LEVEL_2, ...LEVEL_3_GENERAL, ...LEVEL_3_VECTORS, ...BEYOND_LEVELS, ...SYSTEM_FEATURES],
};

/** The models by name. */
export const CPU_MODELS: Readonly<Record<string, CpuModel>> = {
  "x86-64": X86_64,
  "x86-64-v2": X86_64_V2,
  "x86-64-v3": X86_64_V3,
  max: MAX,
};

export const DEFAULT_CPU_MODEL: string = "x86-64";

/** Bits of a linear address that the processor can translate, whatever CR4.LA57 is. */
export function linearBits(model: CpuModel): 48 | 57 {
  return model.features.includes("la57") ? 57 : 48;
}

const word = (text: string, at: number): number =>
  (text.charCodeAt(at) || 0) |
  ((text.charCodeAt(at + 1) || 0) << 8) |
  ((text.charCodeAt(at + 2) || 0) << 16) |
  ((text.charCodeAt(at + 3) || 0) << 24);

/** What changes CPUID at run time. */
export interface CpuidInputs {
  readonly apicId: number;
  readonly cpus: number;
  readonly osxsave: boolean;
  /** CR4.PKE. */
  readonly ospke: boolean;
  /** XCR0, low half. */
  readonly xcr0: number;
  readonly apicEnabled: boolean;
}

/** Bits of an APIC ID that tell `cpus` cores of a package apart. */
const coreBits = (cpus: number): number => (cpus > 1 ? 32 - Math.clz32(cpus - 1) : 0);

/**
 * Extended topology: a level of threads, one a core, and one of cores, all in one package (AMD APM vol. 3, E.3.6). A lone processor does without
 * the leaf: EBX is 0.
 */
function topologyLeaf(subleaf: number, { apicId, cpus }: CpuidInputs, out: Int32Array): void {
  if (cpus === 1) return;
  const isLevel = subleaf === 0 || subleaf === 1;
  out[2] = (subleaf & 0xff) | (isLevel ? (subleaf + 1) << 8 : 0);
  out[3] = apicId;
  if (!isLevel) return;
  out[0] = subleaf === 0 ? 0 : coreBits(cpus);
  out[1] = subleaf === 0 ? 1 : cpus;
}

/** Four registers of a CPUID leaf into `out` (eax, ebx, ecx, edx). A leaf above the highest gives zeros, as on AMD. */
export function cpuid(model: CpuModel, leaf: number, subleaf: number, inputs: CpuidInputs, out: Int32Array): void {
  out.fill(0);
  const index = leaf >>> 0;
  const extended = index >= 0x80000000 && index < 0x90000000;
  if (extended ? index > model.maxExtendedLeaf : index > model.maxLeaf && index !== 0x40000000) return;
  for (const name of model.features) {
    const at = FEATURE_BITS[name];
    if (at === undefined) continue;
    const [featureLeaf, register, bit, featureSubleaf = 0] = at;
    const here =
      featureLeaf === index ||
      (index === 0x80000001 && featureLeaf === 1 && register === "d" && REPEATED.includes(name));
    if (here && (!SUBLEAVES.has(featureLeaf) || subleaf === featureSubleaf)) out["abcd".indexOf(register)]! |= 1 << bit;
  }
  const { family, modelNumber, stepping } = model;
  const signature =
    stepping |
    ((modelNumber & 15) << 4) |
    (Math.min(family, 15) << 8) |
    ((modelNumber >> 4) << 16) |
    ((family < 15 ? 0 : family - 15) << 20);
  switch (index) {
    case 7:
      if (subleaf === 0 && inputs.ospke) out[2]! |= 1 << 4;
      return;
    case 0xd:
      extendedStateLeaf(model, subleaf, inputs.xcr0, out);
      return;
    case 0:
    case 0x80000000:
      out[0] = index === 0 ? model.maxLeaf : model.maxExtendedLeaf;
      out[1] = word(model.vendor, 0);
      out[3] = word(model.vendor, 4);
      out[2] = word(model.vendor, 8);
      return;
    case 1:
      out[0] = signature;
      // CLFLUSH line of 64 bytes, initial APIC id.
      out[1] = (8 << 8) | (inputs.apicId << 24) | (inputs.cpus > 1 ? inputs.cpus << 16 : 0);
      // HTT: there are more processors in the package (EBX[23:16]).
      if (inputs.cpus > 1) out[3]! |= 1 << 28;
      if (inputs.osxsave) out[2]! |= 1 << 27;
      if (!inputs.apicEnabled) out[3]! &= ~(1 << 9);
      return;
    case 0x80000001:
      out[0] = signature;
      // CmpLegacy: they are cores, not threads of one (AMD APM vol. 3, E.4.2).
      if (inputs.cpus > 1) out[2]! |= 2;
      if (!inputs.apicEnabled) out[3]! &= ~(1 << 9);
      return;
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      for (let i = 0; i < 4; i += 1) out[i] = word(model.brand, (index - 0x80000002) * 16 + i * 4);
      return;
    case 0x80000005:
      // 64 KiB L1 data and instruction caches, 64-byte lines, two-way; TLBs of 64 and 32 entries (AMD APM vol. 3, E.4.4).
      out.set([0x01ff01ff, 0x01ff01ff, 0x40020140, 0x40020140]);
      return;
    case 0x80000006:
      out.set([0, 0x42004200, 0x02008140, 0]);
      return;
    case 0x80000007:
      // TscInvariant: one clock for all of them, which never goes back (AMD APM vol. 3, E.4.6). Linux gives their counters up without it.
      if (inputs.cpus > 1) out[3]! |= 1 << 8;
      return;
    case 0x80000008:
      out[0] = model.physicalBits | (linearBits(model) << 8);
      // NC, and ApicIdCoreIdSize: how many bits of an APIC ID name the core (AMD APM vol. 3, E.4.7).
      out[2] = (inputs.cpus - 1) | (coreBits(inputs.cpus) << 12);
      return;
    case 0xb:
      topologyLeaf(subleaf, inputs, out);
      return;
    default:
  }
}

/** CPUID bit of a feature in isa-x86's notation, such as `1:ECX[0]` or `7.0:EBX[3]`. */
function notation(leaf: number, register: string, bit: number, subleaf = 0): string {
  const where = leaf.toString(16).toUpperCase() + (SUBLEAVES.has(leaf) ? `.${subleaf}` : "");
  return `${where}:E${register.toUpperCase()}X[${bit}]`;
}

/** Names of the instruction sets of isa-x86 that a model executes: those whose CPUID bit it shows, and those without a bit. */
export function instructionFeatures(model: CpuModel): Set<string> {
  const bits = new Set<string>();
  for (const name of model.features) {
    const at = FEATURE_BITS[name];
    if (at !== undefined) bits.add(notation(...at));
  }
  return new Set(FEATURES.filter(({ cpuid: bit }) => bit === "" || bits.has(bit)).map(({ name }) => name));
}
