import { CPU_MODELS, type CpuModel, DEFAULT_CPU_MODEL } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";

/**
 * What features of `max` stand on: the state that they keep in registers (SDM vol. 1, 13.2 and 14.3 to 14.7), instructions that they widen, or a mode
 * that they belong to. INVPCID and PCID are there independently of each other.
 */
const STANDS_ON: Readonly<Record<string, readonly string[]>> = {
  sse: ["fxsr"],
  sse2: ["sse"],
  pni: ["sse2"],
  ssse3: ["pni"],
  sse4_1: ["ssse3"],
  sse4_2: ["sse4_1"],
  aes: ["sse2"],
  pclmulqdq: ["sse2"],
  sha_ni: ["sse2"],
  xsaveopt: ["xsave"],
  xgetbv1: ["xsave"],
  xsavec: ["xsave"],
  xsaves: ["xsavec"],
  avx: ["xsave", "sse4_2"],
  avx2: ["avx"],
  f16c: ["avx"],
  fma: ["avx"],
  vaes: ["avx", "aes"],
  vpclmulqdq: ["avx", "pclmulqdq"],
  nx: ["pae"],
  lm: ["pae"],
  lahf_lm: ["lm"],
  la57: ["lm"],
  pdpe1gb: ["lm"],
  x2apic: ["apic"],
  tsc_adjust: ["tsc"],
  tsc_deadline_timer: ["tsc", "apic"],
};

/** Models with changed features, by what was asked for: machines of one process share what was compiled for a model. */
const changed = new Map<string, CpuModel>();

/**
 * The CPU model of a name; without one, the default. Behind the name may follow features to add or to take away, as in `max,-x2apic,-pcid`: any
 * that the model `max` has. What is taken away takes with it what stands on it: `max,-avx` has no AVX2 either. The result's name has the changes that
 * make a difference, sorted.
 *
 * @throws IsinglassError `ISG_CPU_UNKNOWN_MODEL`, `ISG_CPU_UNKNOWN_FEATURE`, `ISG_CPU_MISSING_FEATURE` for one that is added without what it stands on
 */
export function cpuModel(name: string = DEFAULT_CPU_MODEL): CpuModel {
  const [base = "", ...changes] = name.split(",");
  const model = Object.hasOwn(CPU_MODELS, base) ? CPU_MODELS[base] : undefined;
  if (model === undefined) {
    throw new IsinglassError(
      "ISG_CPU_UNKNOWN_MODEL",
      `cpu: no model ${JSON.stringify(base)}; there are ${Object.keys(CPU_MODELS).join(", ")}`,
      { name: base },
    );
  }
  if (changes.length === 0) return model;
  const features = changedFeatures(model, changes);
  const differences = [
    ...features.filter((feature) => !model.features.includes(feature)).map((feature) => `+${feature}`),
    ...model.features.filter((feature) => !features.includes(feature)).map((feature) => `-${feature}`),
  ];
  if (differences.length === 0) return model;
  const full = [base, ...differences.toSorted()].join(",");
  let made = changed.get(full);
  if (made === undefined) {
    made = { ...model, name: full, features };
    changed.set(full, made);
  }
  return made;
}

function changedFeatures(model: CpuModel, changes: readonly string[]): string[] {
  const known = CPU_MODELS["max"]?.features ?? [];
  const features = new Set(model.features);
  for (const change of changes) {
    const feature = change.slice(1);
    if (!known.includes(feature) || !/^[+-]/.test(change)) {
      throw new IsinglassError(
        "ISG_CPU_UNKNOWN_FEATURE",
        `cpu: ${JSON.stringify(change)} changes no feature; + or - and one that the model max has is right, such as -${known.at(-1)}`,
        { change },
      );
    }
    if (change.startsWith("+")) features.add(feature);
    else features.delete(feature);
  }
  // In the order of the table everything stands on what comes before it.
  for (const [feature, needed] of Object.entries(STANDS_ON)) {
    const missing = needed.find((name) => !features.has(name));
    if (missing === undefined || !features.delete(feature) || !changes.includes(`+${feature}`)) continue;
    throw new IsinglassError(
      "ISG_CPU_MISSING_FEATURE",
      `cpu: "+${feature}" without ${missing}, which it stands on; "+${missing}" beside it is right`,
      { feature, missing },
    );
  }
  return [...features];
}
