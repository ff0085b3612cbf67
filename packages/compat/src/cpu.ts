/** What is known about one CPU, from whatever source: a dump, a host, a named model. */
import type { CpuidDump, Signature } from "./cpuid.js";
import { CPU_FEATURES, findFeature } from "./features.js";
import { levelOf } from "./levels.js";

export interface Cpu {
  /** What to call it: a model's name, a file, `host`. */
  readonly name: string;
  /** Where it comes from, for evidence: `cpuid -r text`, `QEMU 7.2 model`. */
  readonly source: string;
  readonly vendor: string;
  readonly brand: string;
  readonly signature: Signature | undefined;
  /** Names of `CPU_FEATURES`. */
  readonly features: ReadonlySet<string>;
  /** Features about which the source says nothing; all others that are not in `features` are absent. */
  readonly unknown: ReadonlySet<string>;
  /** Names in the source that no feature has. */
  readonly unrecognised: readonly string[];
  readonly dump: CpuidDump | undefined;
  readonly microcode: number | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

/** A CPU out of a dump of its CPUID leaves. */
export function cpuOfDump(dump: CpuidDump, name: string, source: string): Cpu {
  const features = new Set<string>();
  const unknown = new Set<string>();
  for (const feature of CPU_FEATURES) {
    if (dump.has(feature.bit)) features.add(feature.name);
    // A leaf above the highest that the CPU has reports nothing; one below it that the dump lacks was not recorded.
    else if (!dump.knows(feature.bit) && mayExist(dump, feature.bit)) unknown.add(feature.name);
  }
  return {
    name,
    source,
    vendor: dump.vendor,
    brand: dump.brand,
    signature: dump.get(1) === undefined ? undefined : dump.signature,
    features,
    unknown,
    unrecognised: [],
    dump,
    microcode: undefined,
  };
}

function mayExist(dump: CpuidDump, bit: (typeof CPU_FEATURES)[number]["bit"]): boolean {
  if (bit.kind === "msr") return true;
  const highest = dump.get(bit.leaf >= 0x80000000 ? 0x80000000 : 0)?.eax;
  return highest === undefined || bit.leaf <= highest;
}

/** A CPU out of names of features, such as the flags of /proc/cpuinfo. Names that nobody knows are kept apart. */
export function cpuOfNames(
  names: Iterable<string>,
  about: {
    readonly name: string;
    readonly source: string;
    readonly vendor?: string;
    readonly brand?: string;
    readonly signature?: Signature | undefined;
    readonly unknown?: ReadonlySet<string>;
    readonly microcode?: number | undefined;
  },
): Cpu {
  const features = new Set<string>();
  const unrecognised: string[] = [];
  for (const name of names) {
    const feature = findFeature(name);
    if (feature === undefined) unrecognised.push(name);
    else features.add(feature.name);
  }
  return {
    name: about.name,
    source: about.source,
    vendor: about.vendor ?? "",
    brand: about.brand ?? "",
    signature: about.signature,
    features,
    unknown: about.unknown ?? NOTHING,
    unrecognised,
    dump: undefined,
    microcode: about.microcode,
  };
}

/** psABI level of a CPU, 0 to 4. */
export function cpuLevel(cpu: Cpu): number {
  return levelOf(cpu.features);
}
