import { CPU_MODELS, type CpuModel, DEFAULT_CPU_MODEL } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";

/** Models with changed features, by what was asked for: machines of one process share what was compiled for a model. */
const changed = new Map<string, CpuModel>();

/**
 * The CPU model of a name; without one, the default. Behind the name may follow features to add or to take away, as in `max,-x2apic,-pcid`: any
 * that the model `max` has.
 *
 * @throws IsinglassError `ISG_CPU_UNKNOWN_MODEL`, `ISG_CPU_UNKNOWN_FEATURE`
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
  const key = `${base},${features.toSorted().join(",")}`;
  let made = changed.get(key);
  if (made === undefined) {
    made = { ...model, features };
    changed.set(key, made);
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
  return [...features];
}
