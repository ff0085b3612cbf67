/** What is known about one CPU, from whatever source: a dump, a host, a named model. */
import type { CpuidDump, Signature } from "./cpuid.js";
import { CPU_FEATURES, type FeatureBit, findFeature } from "./features.js";
import { levelOf } from "./levels.js";
import { printable } from "./printable.js";

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
    vendor: printable(dump.vendor),
    brand: printable(dump.brand),
    signature: dump.get(1) === undefined ? undefined : dump.signature,
    features,
    unknown,
    unrecognised: [],
    dump,
    microcode: undefined,
  };
}

/** CPUID bits without which a model-specific register does not exist (SDM vol. 4, table 2-2). */
const ANNOUNCED: ReadonlyMap<number, FeatureBit> = new Map([
  [0x10a, { kind: "cpuid", leaf: 7, subleaf: 0, register: "edx", bit: 29 }],
  [0xcf, { kind: "cpuid", leaf: 7, subleaf: 0, register: "edx", bit: 30 }],
]);

/** A leaf above the highest, a subleaf of leaf 7 above EAX of its first, and a register that is not announced do not exist. */
function mayExist(dump: CpuidDump, bit: FeatureBit): boolean {
  if (bit.kind === "msr") {
    const announced = ANNOUNCED.get(bit.index);
    return announced === undefined || !dump.knows(announced) || dump.has(announced);
  }
  if (bit.leaf === 7 && bit.subleaf > (dump.get(7)?.eax ?? Infinity)) return false;
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
    if (feature === undefined) unrecognised.push(printable(name));
    else features.add(feature.name);
  }
  return {
    name: about.name,
    source: about.source,
    vendor: printable(about.vendor ?? ""),
    brand: printable(about.brand ?? ""),
    signature: about.signature,
    features,
    unknown: new Set([...(about.unknown ?? NOTHING)].filter((name) => !features.has(name))),
    unrecognised,
    dump: undefined,
    microcode: about.microcode,
  };
}

/** psABI level of a CPU, 0 to 4. */
export function cpuLevel(cpu: Cpu): number {
  return levelOf(cpu.features);
}
