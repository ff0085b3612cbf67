/**
 * libvirt's CPU map and the way it describes a CPU with it: the closest model, and the features that differ.
 *
 * The map (`/usr/share/libvirt/cpu_map`, or `src/cpu_map` of its sources) is read, not copied: models and names are libvirt's own.
 */
import type { CpuidDump, Signature } from "../cpuid.js";
import type { FeatureBit } from "../features.js";
import { bad } from "./problem.js";
import { childNamed, elementsNamed, parseXml, type XmlElement } from "./xml.js";

export interface LibvirtMapFeature {
  readonly name: string;
  readonly bit: FeatureBit;
  readonly migratable: boolean;
}

export interface LibvirtMapModel {
  readonly name: string;
  readonly vendor: string;
  readonly signatures: readonly { readonly family: number; readonly model: number; readonly steppings: string }[];
  readonly decodeHost: boolean;
  readonly decodeGuest: boolean;
  readonly features: ReadonlySet<string>;
  /** Features that QEMU no longer has in the model: a guest definition has to disable them by name. */
  readonly removed: readonly string[];
}

export interface LibvirtMap {
  readonly features: readonly LibvirtMapFeature[];
  /** In the order of the map, oldest first. */
  readonly models: readonly LibvirtMapModel[];
  /** Vendor names by the text of CPUID leaf 0. */
  readonly vendors: ReadonlyMap<string, string>;
}

const REGISTERS = ["eax", "ebx", "ecx", "edx"] as const;

function bitOf(element: XmlElement, name: string): FeatureBit {
  const value = (key: string): number => Number(element.attributes[key] ?? "0");
  if (element.name === "msr") {
    const low = value("eax") >>> 0;
    const high = value("edx") >>> 0;
    return { kind: "msr", index: value("index"), bit: low !== 0 ? 31 - Math.clz32(low) : 63 - Math.clz32(high) };
  }
  const register = REGISTERS.find((key) => value(key) !== 0);
  if (register === undefined) throw bad(name, `<${element.name}>`, "a feature without a bit");
  return {
    kind: "cpuid",
    leaf: value("eax_in"),
    subleaf: value("ecx_in"),
    register,
    bit: 31 - Math.clz32(value(register) >>> 0),
  };
}

/**
 * Reads the map of x86.
 *
 * @param read gives the text of a file of the map's folder, beginning with `index.xml`
 * @throws IsinglassError ISG_COMPAT_DUMP if a file is not what the index says
 */
export function readLibvirtMap(read: (file: string) => string): LibvirtMap {
  const index = parseXml(read("index.xml"), "index.xml");
  const x86 = elementsNamed(index, "arch").find((arch) => arch.attributes["name"] === "x86");
  if (x86 === undefined) throw bad("index.xml", "", "no <arch name='x86'>");
  const features: LibvirtMapFeature[] = [];
  const models = new Map<string, LibvirtMapModel>();
  const vendors = new Map<string, string>();
  for (const { attributes } of elementsNamed(x86, "include")) {
    const file = attributes["filename"] ?? "";
    if (!/^[\w.+-]+\.xml$/.test(file)) throw bad("index.xml", "<include>", "a name of a file that is no plain name");
    for (const element of parseXml(read(file), file).children) {
      const name = element.attributes["name"] ?? "";
      if (element.name === "vendor") vendors.set(element.attributes["string"] ?? "", name);
      if (element.name === "feature") {
        const source = childNamed(element, "cpuid") ?? childNamed(element, "msr");
        if (source === undefined) throw bad(file, name, "a feature without <cpuid> and <msr>");
        features.push({ name, bit: bitOf(source, file), migratable: element.attributes["migratable"] !== "no" });
      }
      if (element.name === "model") models.set(name, modelOf(element, models, file));
    }
  }
  return { features, models: [...models.values()], vendors };
}

function modelOf(element: XmlElement, models: ReadonlyMap<string, LibvirtMapModel>, file: string): LibvirtMapModel {
  const ancestorName = childNamed(element, "model")?.attributes["name"];
  const ancestor = ancestorName === undefined ? undefined : models.get(ancestorName);
  if (ancestorName !== undefined && ancestor === undefined) throw bad(file, "<model>", "an ancestor that comes later");
  const own = element.children.filter((child) => child.name === "feature");
  const removed = (child: XmlElement): boolean => child.attributes["removed"] === "yes";
  const names = (list: readonly XmlElement[]): string[] => list.map((child) => child.attributes["name"] ?? "");
  const decode = childNamed(element, "decode")?.attributes;
  const signatures = element.children
    .filter((child) => child.name === "signature")
    .map(({ attributes }) => ({
      family: Number(attributes["family"]),
      model: Number(attributes["model"]),
      steppings: attributes["stepping"] ?? "",
    }));
  return {
    name: element.attributes["name"] ?? "",
    vendor: childNamed(element, "vendor")?.attributes["name"] ?? ancestor?.vendor ?? "",
    signatures: signatures.length > 0 ? signatures : (ancestor?.signatures ?? []),
    decodeHost: decode?.["host"] !== "off",
    decodeGuest: decode?.["guest"] !== "off",
    features: new Set([...(ancestor?.features ?? []), ...names(own.filter((child) => !removed(child)))]),
    removed: [...(ancestor?.removed ?? []), ...names(own.filter(removed))],
  };
}

/** A CPU in libvirt's words. */
export interface LibvirtDescription {
  readonly model: string;
  readonly vendor: string;
  readonly signature: Signature;
  readonly features: readonly { readonly name: string; readonly policy: "require" | "disable" }[];
}

/** A model that a hypervisor offers, and the features that keep it from running there. */
export interface UsableModel {
  readonly name: string;
  readonly blockers: readonly string[];
}

/** The features of the map that a dump has; TSX of Haswell steppings in which it is broken does not count. */
export function libvirtFeatures(map: LibvirtMap, dump: CpuidDump): Set<string> {
  const features = new Set(map.features.filter(({ bit }) => dump.has(bit)).map(({ name }) => name));
  const { family, model, stepping } = dump.signature;
  const brokenTsx = family === 6 && ((model === 63 && stepping < 4) || [60, 69, 70].includes(model));
  if (dump.vendor === "GenuineIntel" && brokenTsx) {
    features.delete("hle");
    features.delete("rtm");
  }
  return features;
}

interface Candidate {
  readonly model: LibvirtMapModel;
  readonly require: readonly string[];
  readonly disable: readonly string[];
}

/** Each disabled feature weighs more than the last: a model of which much has to be taken away is a bad description. */
const FIRST_PENALTY = 2;

function cost({ require, disable }: Candidate): { total: number; disabled: number } {
  const disabled = disable.reduce((sum, _, i) => sum + FIRST_PENALTY + i, 0);
  return { total: require.length + disabled, disabled };
}

function matches(model: LibvirtMapModel, { family, model: number, stepping }: Signature): boolean {
  return model.signatures.some((s) => {
    if (s.family !== family || s.model !== number) return false;
    if (s.steppings === "") return true;
    const [low = "0", high = low] = s.steppings.split("-");
    return stepping >= Number(low) && stepping <= Number(high);
  });
}

/**
 * Describes a dump as libvirt does.
 *
 * @param purpose `host`: only models of which the CPU has every feature; `guest`: features may be disabled too
 * @param usable models of the hypervisor; all of the map if undefined
 * @returns undefined if no model fits
 */
export function describeForLibvirt(
  map: LibvirtMap,
  dump: CpuidDump,
  purpose: "host" | "guest",
  usable?: readonly UsableModel[],
): LibvirtDescription | undefined {
  const have = libvirtFeatures(map, dump);
  const vendor = map.vendors.get(dump.vendor) ?? "";
  const { signature } = dump;
  let best: Candidate | undefined;
  for (const model of map.models.toReversed()) {
    const offered = usable?.find(({ name }) => name === model.name);
    if (usable !== undefined && offered === undefined) continue;
    if (vendor !== "" && model.vendor !== "" && vendor !== model.vendor) continue;
    if (!(purpose === "host" ? model.decodeHost : model.decodeGuest)) continue;
    const extra = new Set(map.features.map(({ name }) => name).filter((n) => have.has(n) && !model.features.has(n)));
    const missing = new Set([...model.features].filter((name) => !have.has(name)));
    for (const blocker of offered?.blockers ?? []) if (!extra.has(blocker)) missing.add(blocker);
    const disable = map.features.map(({ name }) => name).filter((name) => missing.has(name));
    if (purpose === "guest") {
      for (const name of model.removed) if (!extra.has(name) && !disable.includes(name)) disable.push(name);
    }
    if (purpose === "host" && disable.length > 0) continue;
    const candidate = { model, require: [...extra], disable };
    if (best === undefined || better(candidate, best, signature)) best = candidate;
  }
  if (best === undefined) return undefined;
  return {
    model: best.model.name,
    vendor,
    signature,
    features: [
      ...best.require.map((name) => ({ name, policy: "require" as const })),
      ...best.disable.map((name) => ({ name, policy: "disable" as const })),
    ],
  };
}

/** A model of this very family and model number beats all others; else the shortest description does. */
function better(candidate: Candidate, best: Candidate, signature: Signature): boolean {
  const [ours, theirs] = [matches(candidate.model, signature), matches(best.model, signature)];
  if (ours !== theirs) return ours;
  const [a, b] = [cost(candidate), cost(best)];
  return a.total < b.total || (a.total === b.total && a.disabled < b.disabled);
}
