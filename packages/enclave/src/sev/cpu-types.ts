import { IsinglassError } from "@isinglass/interface";

/** CPUID leaf 1 EAX of a family, model and stepping (APM vol. 3, Fn0000_0001_EAX). */
export function cpuSignature(family: number, model: number, stepping: number): number {
  const extended = family > 15 ? family - 15 : 0;
  const base = family > 15 ? 15 : family;
  return (extended << 20) | ((model >> 4) << 16) | (base << 8) | ((model & 15) << 4) | stepping;
}

/** Family, model and stepping of QEMU's AMD models, and the versions that QEMU numbers. */
const MODELS: readonly (readonly [name: string, family: number, model: number, stepping: number, versions: number])[] =
  [
    ["EPYC", 23, 1, 2, 5],
    ["EPYC-Rome", 23, 49, 0, 5],
    ["EPYC-Milan", 25, 1, 1, 3],
    ["EPYC-Genoa", 25, 17, 0, 2],
    ["EPYC-Turin", 26, 0, 0, 1],
  ];

/** Names that {@link signatureOf} takes, without versions. */
export const CPU_TYPES: readonly string[] = [...MODELS.map(([name]) => name), "EPYC-IBPB"];

/**
 * The signature that QEMU puts into RDX of a vCPU of this type.
 *
 * @param type `EPYC-Milan`, `EPYC-v4` and so on
 * @throws IsinglassError `ISG_SNP_CPU_TYPE`
 */
export function signatureOf(type: string): number {
  const plain = type === "EPYC-IBPB" ? "EPYC" : type;
  const match = /^(.*?)(?:-v(\d))?$/.exec(plain);
  const model = MODELS.find(([name]) => name === match?.[1]);
  if (model === undefined || Number(match?.[2] ?? 1) > model[4] || match?.[2] === "0")
    throw new IsinglassError(
      "ISG_SNP_CPU_TYPE",
      `vCPU type ${type}: there are ${CPU_TYPES.join(", ")}, with -v1 and so on`,
    );
  return cpuSignature(model[1], model[2], model[3]);
}
