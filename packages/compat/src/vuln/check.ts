/** The vulnerability map held against a CPU. */
import type { Cpu } from "../cpu.js";
import { type VulnEntry, VULN_ENTRIES } from "./entries.js";
import { type Affected, type Vulnerability, VULNERABILITIES } from "./kernel-rules.js";

export interface VulnerabilityVerdict {
  readonly vulnerability: Vulnerability;
  readonly affected: Affected;
  /** Those of its mitigation bits that the CPU has. */
  readonly mitigations: readonly string[];
  /** What the host's kernel says, where it was asked; empty else. */
  readonly kernel: string;
  /** Whether the kernel's "Not affected" and ours agree; undefined where one of them says nothing. */
  readonly agrees: boolean | undefined;
}

const JUDGED = ["GenuineIntel", "AuthenticAMD", "HygonGenuine", "CentaurHauls", "Shanghai"];

/**
 * A psABI level or a list of names tells of no maker, and of some makers nobody has published lists: rules that go by maker and family find
 * nothing there, which is no acquittal.
 */
function anonymous(cpu: Cpu): boolean {
  return !JUDGED.includes(cpu.vendor.trim());
}

function affectedBy(vulnerability: Vulnerability, cpu: Cpu): Affected {
  const affected = vulnerability.check(cpu);
  return affected === "not affected" && anonymous(cpu) ? "unknown" : affected;
}

/**
 * Checks a CPU against every hardware vulnerability that Linux knows.
 *
 * @param kernel lines of /sys/devices/system/cpu/vulnerabilities by file, if the CPU is the host
 */
export function checkVulnerabilities(
  cpu: Cpu,
  kernel: ReadonlyMap<string, string> = new Map(),
): VulnerabilityVerdict[] {
  return VULNERABILITIES.map((vulnerability) => {
    const affected = affectedBy(vulnerability, cpu);
    const line = kernel.get(vulnerability.id) ?? "";
    // "Unknown" is the kernel's word for a processor out of service.
    const silent = line === "" || affected === "unknown" || line.startsWith("Unknown");
    return {
      vulnerability,
      affected,
      mitigations: vulnerability.mitigations.filter((name) => cpu.features.has(name)),
      kernel: line,
      agrees: silent ? undefined : (affected === "affected") === (line !== "Not affected"),
    };
  });
}

export interface EntryVerdict {
  readonly entry: VulnEntry;
  /** `component`: the CPU says nothing, the program's version does. `article`: no vulnerability, a wrong number of the article. */
  readonly verdict: Affected | "component" | "article";
  readonly why: string;
}

/** Zen 2's family and model ranges, for Zenbleed; Zen 1's and Hygon's for the division (AMD-SB-7008, AMD-SB-7007). */
function zen(cpu: Cpu, generation: 1 | 2): Affected {
  const { family = 0, model = 0 } = cpu.signature ?? {};
  if (cpu.vendor === "HygonGenuine" && family === 0x18) return generation === 1 ? "affected" : "not affected";
  if (cpu.vendor !== "AuthenticAMD" || family !== 0x17) return "not affected";
  const second = model >= 0x30 && (model & 0xf0) !== 0x50;
  return second === (generation === 2) ? "affected" : "not affected";
}

function judge(entry: VulnEntry, cpu: Cpu): EntryVerdict {
  const [id = ""] = entry.ids;
  if (entry.layer === "article") return { entry, verdict: "article", why: "a number that the article has wrong" };
  if (entry.component !== "") {
    const missing = entry.requires !== "" && !cpu.features.has(entry.requires) && !cpu.unknown.has(entry.requires);
    if (missing) return { entry, verdict: "not affected", why: `the CPU shows no ${entry.requires}` };
    return { entry, verdict: "component", why: `in ${entry.component}: its version tells, not the CPU` };
  }
  if (entry.file !== "") {
    const affected = affectedBy(
      VULNERABILITIES.find((v) => v.id === entry.file)!,
      cpu,
    );
    return { entry, verdict: affected, why: `rule of ${entry.file}` };
  }
  if (anonymous(cpu)) return { entry, verdict: "unknown", why: "the source does not say whose CPU it is" };
  if (id === "CVE-2023-20593") return { entry, verdict: zen(cpu, 2), why: "family 17H, models from 30H: Zen 2" };
  if (id === "CVE-2023-20588")
    return { entry, verdict: zen(cpu, 1), why: "family 17H, models below 30H, and 18H: Zen 1" };
  if (entry.requires !== "" && cpu.unknown.has(entry.requires))
    return { entry, verdict: "unknown", why: `the source does not say whether it has ${entry.requires}` };
  if (entry.requires !== "" && !cpu.features.has(entry.requires))
    return { entry, verdict: "not affected", why: `the CPU shows no ${entry.requires}` };
  if (id === "CVE-2022-27672") return { entry, verdict: amdZen(cpu), why: "families 17H and 18H with SMT" };
  if (id === "CVE-2023-23583" && cpu.vendor !== "GenuineIntel")
    return { entry, verdict: "not affected", why: "an erratum of Intel's" };
  if (id === "CVE-2022-21233" && cpu.vendor !== "GenuineIntel")
    return { entry, verdict: "not affected", why: "an erratum of Intel's" };
  return {
    entry,
    verdict: "unknown",
    why: `has ${entry.requires}; whether its microcode is mended CPUID does not tell`,
  };
}

function amdZen(cpu: Cpu): Affected {
  const amd = cpu.vendor === "AuthenticAMD" || cpu.vendor === "HygonGenuine";
  return amd && [0x17, 0x18].includes(cpu.signature?.family ?? 0) ? "affected" : "not affected";
}

/** The map's entries, each with a verdict. */
export function checkEntries(cpu: Cpu): EntryVerdict[] {
  return VULN_ENTRIES.map((entry) => judge(entry, cpu));
}
