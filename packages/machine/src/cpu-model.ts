import { CPU_MODELS, type CpuModel, DEFAULT_CPU_MODEL } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";

/** The CPU model of a name; without one, the default. @throws IsinglassError `ISG_CPU_UNKNOWN_MODEL` */
export function cpuModel(name: string = DEFAULT_CPU_MODEL): CpuModel {
  const model = Object.hasOwn(CPU_MODELS, name) ? CPU_MODELS[name] : undefined;
  if (model === undefined) {
    throw new IsinglassError(
      "ISG_CPU_UNKNOWN_MODEL",
      `cpu: no model ${JSON.stringify(name)}; there are ${Object.keys(CPU_MODELS).join(", ")}`,
      { name },
    );
  }
  return model;
}
