/** JSON: QEMU's QMP answers and Firecracker's CPU templates and fingerprints. */
import { type Cpu, cpuOfDump, cpuOfNames } from "../cpu.js";
import { CpuidDump, type CpuidEntry, type MsrEntry } from "../cpuid.js";
import { CPU_FEATURES, findFeature } from "../features.js";
import { bad, shown } from "./problem.js";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first JSON value of a text: files of QMP traffic have several after one another. */
function firstValue(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (problem) {
    // Objects after one another: the first ends where brackets outside of strings balance.
    let depth = 0;
    let quoted = false;
    for (let i = 0; i < text.length; i += 1) {
      const c = text[i]!;
      if (quoted) {
        if (c === "\\") i += 1;
        else if (c === '"') quoted = false;
      } else if (c === '"') quoted = true;
      else if (c === "{" || c === "[") depth += 1;
      else if (c === "}" || c === "]") {
        depth -= 1;
        if (depth === 0 && i + 1 < text.trimEnd().length) return firstValue(text.slice(0, i + 1), name);
        if (depth <= 0) break;
      }
    }
    const why = problem instanceof Error ? problem.message : "";
    throw bad(name, "", `not JSON: ${shown(why).slice(1, -1)}`);
  }
}

/** Features of a QMP `query-cpu-model-expansion` answer: the properties that are features and true. */
function cpuOfExpansion(model: JsonObject, name: string): Cpu {
  const props = model["props"];
  if (!isObject(props)) throw bad(name, "model", '"props" is no object');
  const names = Object.entries(props)
    .filter(([key, value]) => value === true && findFeature(key) !== undefined)
    .map(([key]) => key);
  const number = (key: string): number => Number(props[key] ?? 0) || 0;
  return cpuOfNames(names, {
    name,
    source: "QMP query-cpu-model-expansion",
    vendor: typeof props["vendor"] === "string" ? props["vendor"] : "",
    brand: typeof props["model-id"] === "string" ? props["model-id"] : "",
    signature: { family: number("family"), model: number("model"), stepping: number("stepping") },
  });
}

interface Bitmap {
  readonly low: number;
  readonly high: number;
  /** The lower half's bits that are left as they are: what they are there the file does not say. */
  readonly open: number;
}

/** Bits of a Firecracker bitmap, `0b` and up to 64 of `0`, `1` and `x`. */
function bitmap(text: Json | undefined, name: string, where: string): Bitmap {
  if (typeof text !== "string" || !/^0b[01x_]{1,80}$/.test(text))
    throw bad(
      name,
      where,
      `bitmap ${shown(JSON.stringify(text ?? "").slice(0, 60))} is not "0b" with digits 0, 1 and x`,
    );
  const digits = text.slice(2).replaceAll("_", "");
  if (digits.length > 64) throw bad(name, where, `bitmap of ${digits.length} digits; there are at most 64`);
  // Firecracker leaves alone what a short bitmap does not reach.
  const padded = digits.padStart(64, "x");
  const ones = (part: string, digit: string): number =>
    Number.parseInt(
      part.replace(/./g, (c) => (c === digit ? "1" : "0")),
      2,
    );
  const [high, low] = [padded.slice(0, 32), padded.slice(32)];
  return { low: ones(low, "1"), high: ones(high, "1"), open: ones(low, "x") };
}

function hexNumber(value: Json | undefined, name: string, where: string): number {
  if (typeof value === "string" && /^0x[0-9a-f]{1,8}$/i.test(value)) return Number.parseInt(value.slice(2), 16);
  throw bad(name, where, `${shown(JSON.stringify(value) ?? "")} is no number such as "0x1"`);
}

function array(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

const ALL = 0xffffffff;

/** Reads a Firecracker custom CPU template or the `guest_cpu_config` of a fingerprint. */
function cpuOfFirecracker(config: JsonObject, name: string): Cpu {
  const entries: CpuidEntry[] = [];
  const msrs: MsrEntry[] = [];
  const left: CpuidEntry[] = [];
  array(config["cpuid_modifiers"]).forEach((leaf, i) => {
    const where = `cpuid_modifiers[${i}]`;
    if (!isObject(leaf)) throw bad(name, where, "no object");
    // A template says nothing of registers that it does not name.
    const registers: Record<string, number> = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    const open: Record<string, number> = { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL };
    for (const modifier of array(leaf["modifiers"])) {
      if (!isObject(modifier)) throw bad(name, where, "a modifier is no object");
      const register = typeof modifier["register"] === "string" ? modifier["register"] : "";
      if (!Object.hasOwn(registers, register)) throw bad(name, where, `${shown(register)} is no register`);
      const bits = bitmap(modifier["bitmap"], name, where);
      [registers[register], open[register]] = [bits.low, bits.open];
    }
    const at = { leaf: hexNumber(leaf["leaf"], name, where), subleaf: hexNumber(leaf["subleaf"], name, where) };
    const entry = ({ eax = 0, ebx = 0, ecx = 0, edx = 0 }: Record<string, number>): CpuidEntry => ({
      ...at,
      eax,
      ebx,
      ecx,
      edx,
    });
    entries.push(entry(registers));
    left.push(entry(open));
  });
  array(config["msr_modifiers"]).forEach((msr, i) => {
    const where = `msr_modifiers[${i}]`;
    if (!isObject(msr)) throw bad(name, where, "no object");
    const { low, high } = bitmap(msr["bitmap"], name, where);
    msrs.push({ index: hexNumber(msr["addr"], name, where), low, high });
  });
  if (entries.length === 0) throw bad(name, "", "a Firecracker CPU configuration without CPUID leaves");
  const cpu = cpuOfDump(new CpuidDump(entries, msrs), name, "Firecracker CPU configuration");
  const leaves = new CpuidDump(left);
  const untold = CPU_FEATURES.filter(({ bit }) => bit.kind === "cpuid" && leaves.has(bit));
  return { ...cpu, unknown: new Set([...cpu.unknown, ...untold.map((feature) => feature.name)]) };
}

/**
 * Reads a QMP answer (`query-cpu-model-expansion`) or a Firecracker fingerprint or template.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP if it is neither
 */
export function readJson(text: string, name: string): Cpu {
  const value = firstValue(text, name);
  if (!isObject(value)) throw bad(name, "", "no JSON object");
  const answer = isObject(value["return"]) ? value["return"] : value;
  if (isObject(answer["model"])) return cpuOfExpansion(answer["model"], name);
  const config = isObject(value["guest_cpu_config"]) ? value["guest_cpu_config"] : value;
  if (Array.isArray(config["cpuid_modifiers"])) return cpuOfFirecracker(config, name);
  throw bad(
    name,
    "",
    'neither a QMP answer ("return": {"model": …}) nor a Firecracker configuration ("cpuid_modifiers")',
  );
}

/** One CPU model of a QMP `query-cpu-definitions` answer. */
export interface QmpDefinition {
  readonly name: string;
  readonly unavailable: readonly string[];
}

/**
 * Reads a QMP `query-cpu-definitions` answer.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP if it is none
 */
export function readQmpDefinitions(text: string, name: string): QmpDefinition[] {
  const value = firstValue(text, name);
  const list = isObject(value) ? value["return"] : value;
  if (!Array.isArray(list)) throw bad(name, "", 'no answer to query-cpu-definitions ("return": […])');
  return (list as readonly Json[]).map((item, i) => {
    if (!isObject(item) || typeof item["name"] !== "string") throw bad(name, `return[${i}]`, 'no "name"');
    return { name: item["name"], unavailable: array(item["unavailable-features"]).map(String) };
  });
}
