/** What an instruction form asks of a CPU, in names of the feature database. */
import { FORMS } from "@isinglass/isa-x86";
import { featureOfIsa, findFeature } from "../features.js";

export interface FormNeeds {
  /** Features without which it faults. */
  readonly faults: readonly string[];
  /** Features without which it is another instruction, or none: no fault, perhaps another result. */
  readonly silent: readonly string[];
}

function needsOf(features: readonly string[], mnemonic: string): FormNeeds {
  const faults: string[] = [];
  const silent: string[] = [];
  for (const isa of features) {
    const feature = featureOfIsa(isa);
    if (feature === undefined) continue;
    const { absence } = feature;
    const quiet =
      absence.kind === "nop" ||
      (absence.kind === "other" && (absence.instruction === mnemonic || mnemonic.startsWith(absence.instruction)));
    (quiet ? silent : faults).push(feature.name);
  }
  return { faults, silent };
}

/** By form index. */
export const FORM_NEEDS: readonly FormNeeds[] = /* @__PURE__ */ FORMS.map((form) =>
  needsOf(form.features, form.mnemonic),
);

/** Features that every x86-64 processor has, and those of kernels: no program is asked about them. */
export function isBaseline(name: string): boolean {
  const feature = findFeature(name);
  return feature === undefined || feature.tier === "base" || feature.level === 1;
}
