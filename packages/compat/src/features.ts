/** The feature database: names, CPUID bits, what governs a feature, which instructions belong to it, what happens without it. */
import { IsinglassError } from "@isinglass/interface";
import { FEATURES as ISA_FEATURES, FORMS, type Tier } from "@isinglass/isa-x86";
import { FEATURE_ROWS, FIRST_UNNAMED } from "./data/feature-rows.js";
import { LEVELS } from "./levels.js";

/** Where CPUID or a model-specific register reports a feature. */
export type FeatureBit =
  | {
      readonly kind: "cpuid";
      readonly leaf: number;
      readonly subleaf: number;
      readonly register: "eax" | "ebx" | "ecx" | "edx";
      readonly bit: number;
    }
  | { readonly kind: "msr"; readonly index: number; readonly bit: number };

/** What an instruction does on a CPU without its feature. */
export type Absence =
  | { readonly kind: "fault" }
  /** Nothing happens: the program goes on as if it had been executed. */
  | { readonly kind: "nop" }
  /** Another instruction is executed, with another result: LZCNT runs as BSR. The rest of the feature faults. */
  | { readonly kind: "other"; readonly instruction: string; readonly runsAs: string };

export interface CpuFeature {
  /** Name as in libvirt and QEMU: `avx2`, `sse4.1`, `sha-ni`. */
  readonly name: string;
  /** Other names: QEMU's, Linux'. */
  readonly aliases: readonly string[];
  readonly bit: FeatureBit;
  /** The bit in text, `7.0:EBX[5]`. */
  readonly where: string;
  /** Features without which it does not exist. */
  readonly needs: readonly string[];
  /** State component that has to be saved and migrated; empty if there is none. */
  readonly state: string;
  /** What can take it away from a guest whatever CPUID says, such as `xcr0:2`; empty if nothing can. */
  readonly control: string;
  readonly absence: Absence;
  readonly tier: Tier;
  /** psABI level that it belongs to, 1 to 4, or 0. */
  readonly level: number;
  /** Name in isa-x86's description; empty where no instruction belongs to it. */
  readonly isa: string;
  /** Mnemonics that need it, out of isa-x86's description. */
  readonly instructions: readonly string[];
  /** libvirt 9.0 has a name for it, and nearly always QEMU 7.2: a configuration may name it. */
  readonly isNamed: boolean;
}

function parseBit(text: string): FeatureBit {
  const msr = /^msr:([0-9A-F]+)\[(\d+)\]$/.exec(text);
  if (msr !== null) return { kind: "msr", index: Number.parseInt(msr[1]!, 16), bit: Number(msr[2]) };
  const match = /^([0-9A-F]+)(?:\.(\d+))?:(E[ABCD]X)\[(\d+)\]$/.exec(text)!;
  return {
    kind: "cpuid",
    leaf: Number.parseInt(match[1]!, 16),
    subleaf: Number(match[2] ?? "0"),
    register: match[3]!.toLowerCase() as "eax",
    bit: Number(match[4]),
  };
}

function parseAbsence(text: string): Absence {
  if (text === "") return { kind: "fault" };
  const [instruction = "", runsAs = ""] = text.split("=");
  return runsAs === "" ? { kind: "nop" } : { kind: "other", instruction, runsAs };
}

const words = (text: string): string[] => (text === "" ? [] : text.split(" "));

function mnemonicsByIsaFeature(): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>();
  for (const form of FORMS) {
    for (const feature of form.features) {
      const set = out.get(feature) ?? new Set<string>();
      out.set(feature, set.add(form.mnemonic));
    }
  }
  return out;
}

function makeFeatures(): CpuFeature[] {
  const isaByBit = new Map(ISA_FEATURES.filter((f) => f.cpuid !== "").map((f) => [f.cpuid, f]));
  const mnemonics = mnemonicsByIsaFeature();
  const level = new Map<string, number>();
  LEVELS.forEach((names, i) => names.forEach((name) => level.set(name, i + 1)));
  const unnamed = FEATURE_ROWS.findIndex((row) => row.startsWith(`${FIRST_UNNAMED}|`));
  return FEATURE_ROWS.map((row, index): CpuFeature => {
    const [name = "", where = "", aliases = "", needs = "", state = "", control = "", absent = ""] = row.split("|");
    const isa = isaByBit.get(where);
    return {
      name,
      where,
      aliases: words(aliases),
      bit: parseBit(where),
      needs: words(needs),
      state,
      control,
      absence: parseAbsence(absent),
      tier: isa?.tier ?? (level.get(name) === 1 ? "base" : "extension"),
      level: level.get(name) ?? 0,
      isa: isa?.name ?? "",
      instructions: [...(mnemonics.get(isa?.name ?? "") ?? [])].toSorted(),
      isNamed: index < unnamed,
    };
  });
}

/** All features, in the order of their table. */
export const CPU_FEATURES: readonly CpuFeature[] = /* @__PURE__ */ makeFeatures();

/** Names differ between tools in case and separators only: `SSE4_1`, `sse4.1` and `sse4-1` are one. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_. ]/g, "");

function makeIndex(): Map<string, CpuFeature> {
  const index = new Map<string, CpuFeature>();
  for (const feature of CPU_FEATURES) index.set(plain(feature.name), feature);
  for (const feature of CPU_FEATURES) {
    for (const alias of [...feature.aliases, feature.isa]) {
      if (alias !== "" && !index.has(plain(alias))) index.set(plain(alias), feature);
    }
  }
  return index;
}

const INDEX: ReadonlyMap<string, CpuFeature> = /* @__PURE__ */ makeIndex();

/** The feature of this name, whoever's spelling it is; undefined if there is none. */
export function findFeature(name: string): CpuFeature | undefined {
  return INDEX.get(plain(name));
}

/**
 * The feature of this name.
 *
 * @throws IsinglassError ISG_COMPAT_FEATURE with the names that resemble it
 */
export function featureNamed(name: string): CpuFeature {
  const feature = findFeature(name);
  if (feature !== undefined) return feature;
  const start = plain(name).slice(0, 3);
  const near = CPU_FEATURES.filter((f) => plain(f.name).startsWith(start)).map((f) => f.name);
  const hint = near.length === 0 ? "" : `; there are ${near.slice(0, 8).join(", ")}`;
  throw new IsinglassError("ISG_COMPAT_FEATURE", `"${name.slice(0, 40)}" is no CPU feature that is known${hint}`);
}

const ISA_TO_CPU: ReadonlyMap<string, CpuFeature> = /* @__PURE__ */ new Map(
  CPU_FEATURES.filter((f) => f.isa !== "").map((f) => [f.isa, f]),
);

/** The feature that reports an instruction set of isa-x86; undefined for those that no bit reports, such as `I386`. */
export function featureOfIsa(isa: string): CpuFeature | undefined {
  return ISA_TO_CPU.get(isa);
}

/** A set of features with all that they need. */
export function withDependencies(names: Iterable<string>): Set<string> {
  const out = new Set<string>();
  const visit = (name: string): void => {
    if (out.has(name)) return;
    out.add(name);
    for (const needed of findFeature(name)?.needs ?? []) visit(needed);
  };
  for (const name of names) visit(name);
  return out;
}
