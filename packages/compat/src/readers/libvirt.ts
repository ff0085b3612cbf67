/** libvirt's XML: `<cpudata>` dumps, `<cpu>` definitions, alone or inside capabilities and domains. */
import { type Cpu, cpuOfDump, cpuOfNames } from "../cpu.js";
import { CpuidDump, type CpuidEntry, type MsrEntry } from "../cpuid.js";
import { findModel } from "../models.js";
import { bad, shown } from "./problem.js";
import { childNamed, elementsNamed, parseXml, type XmlElement } from "./xml.js";

/** A `<cpu>` as written: a model and what is added to it or taken from it. */
export interface LibvirtCpu {
  readonly model: string;
  readonly vendor: string;
  /** Names with their policy; a host's features have none and count as `require`. */
  readonly features: readonly { readonly name: string; readonly policy: string }[];
  readonly signature: { readonly family: number; readonly model: number; readonly stepping: number } | undefined;
}

function word(element: XmlElement, attribute: string, name: string, otherwise?: number): number {
  const text = element.attributes[attribute];
  if (text === undefined && otherwise !== undefined) return otherwise;
  if (text === undefined || !/^0x[0-9a-f]{1,8}$/i.test(text))
    throw bad(name, `<${element.name}>`, `${attribute}=${shown(text ?? "")} is no number such as 0x00000001`);
  return Number.parseInt(text.slice(2), 16);
}

/** Reads `<cpudata arch='x86'>`. */
function dumpOfCpudata(element: XmlElement, name: string): CpuidDump {
  const entries: CpuidEntry[] = [];
  const msrs: MsrEntry[] = [];
  for (const child of element.children) {
    if (child.name === "cpuid") {
      entries.push({
        leaf: word(child, "eax_in", name),
        subleaf: word(child, "ecx_in", name, 0),
        eax: word(child, "eax", name, 0),
        ebx: word(child, "ebx", name, 0),
        ecx: word(child, "ecx", name, 0),
        edx: word(child, "edx", name, 0),
      });
    } else if (child.name === "msr") {
      msrs.push({ index: word(child, "index", name), low: word(child, "eax", name), high: word(child, "edx", name) });
    }
  }
  return new CpuidDump(entries, msrs);
}

/** Reads one `<cpu>` element as written. */
export function parseCpuElement(element: XmlElement): LibvirtCpu {
  const signature = childNamed(element, "signature");
  const number = (key: string): number => Number(signature?.attributes[key] ?? "0");
  return {
    model: childNamed(element, "model")?.text ?? "",
    vendor: childNamed(element, "vendor")?.text ?? "",
    features: element.children
      .filter((child) => child.name === "feature" && child.attributes["name"] !== undefined)
      .map((child) => ({ name: child.attributes["name"]!, policy: child.attributes["policy"] ?? "require" })),
    signature:
      signature === undefined
        ? undefined
        : { family: number("family"), model: number("model"), stepping: number("stepping") },
  };
}

/** libvirt's names of makers, and what CPUID says (its cpu_map, x86_vendors.xml). */
const VENDORS: Readonly<Record<string, string>> = {
  Intel: "GenuineIntel",
  AMD: "AuthenticAMD",
  Hygon: "HygonGenuine",
};

/** The features of a `<cpu>`: its model's with the required and forced ones, without the disabled and forbidden ones. */
function cpuOfDefinition(definition: LibvirtCpu, name: string): Cpu {
  const model = definition.model === "" ? undefined : findModel(definition.model);
  if (definition.model !== "" && model === undefined)
    throw bad(name, "<model>", `${shown(definition.model)} is no CPU model that is known`);
  const names = new Set(model?.features);
  for (const feature of definition.features) {
    if (feature.policy === "disable" || feature.policy === "forbid") names.delete(feature.name);
    else if (feature.policy !== "optional") names.add(feature.name);
  }
  return cpuOfNames(names, {
    name,
    source: `libvirt <cpu>${model === undefined ? "" : `, model ${model.name}`}`,
    vendor: definition.vendor === "" ? (model?.vendor ?? "") : (VENDORS[definition.vendor] ?? definition.vendor),
    signature: definition.signature ?? model?.signature,
  });
}

/**
 * Reads a `<cpudata>` dump, a `<cpu>`, host capabilities, domain capabilities (the host model) or a domain: the first CPU in it.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP if there is none or its model is unknown
 */
export function readLibvirt(text: string, name: string): Cpu {
  const root = parseXml(text, name);
  const [data] = elementsNamed(root, "cpudata");
  if (data !== undefined) {
    const dump = dumpOfCpudata(data, name);
    if (dump.entries.length + dump.msrs.length === 0) throw bad(name, "<cpudata>", "no <cpuid> in it");
    return cpuOfDump(dump, name, "libvirt <cpudata>");
  }
  const hostModel = elementsNamed(root, "mode").find((mode) => mode.attributes["name"] === "host-model");
  const [cpu] = hostModel === undefined ? elementsNamed(root, "cpu") : [hostModel];
  if (cpu === undefined)
    throw bad(name, "", `no <cpu> or <cpudata> in it; it begins with <${shown(root.name).slice(1, -1)}>`);
  const arch = childNamed(cpu, "arch")?.text ?? "x86_64";
  if (arch !== "x86_64" && arch !== "i686") throw bad(name, "<arch>", `${shown(arch)}: only x86_64 and i686 are known`);
  return cpuOfDefinition(parseCpuElement(cpu), name);
}
