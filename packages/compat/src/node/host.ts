/** The CPU that this process runs on, and CPUs that a user names. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { type Cpu, featureNamed, findModel, modelNamed, readCpu, readCpuidDevice, readCpuinfo } from "../index.js";
import { readRegularFile } from "./files.js";

/** Executes CPUID through Linux' cpuid driver: the file offset is leaf | subleaf << 32 (cpuid(4)). */
function readDevice(path: string): Cpu {
  const file = openSync(path, "r");
  try {
    return readCpuidDevice((leaf, subleaf) => {
      const out = new Uint8Array(16);
      const got = readSync(file, out, 0, 16, (BigInt(subleaf) << 32n) | BigInt(leaf));
      return out.subarray(0, got);
    }, "host");
  } finally {
    closeSync(file);
  }
}

/** What the kernel shows only where it uses it, and has not shown. */
function isSwitchedOff(feature: string, info: Cpu): boolean {
  const { control } = featureNamed(feature);
  const governed = control.startsWith("xcr0:") || control.startsWith("cr4:");
  return governed && !info.features.has(feature) && (feature === "cet-ss" || !info.unknown.has(feature));
}

/**
 * The host's CPU: by CPUID where /dev/cpu/0/cpuid may be read, else by /proc/cpuinfo. What an operating system has to switch on in XCR0 or
 * CR4 and Linux has not (its flag is missing though CPUID has it) is left out: a program cannot use it either.
 *
 * @throws IsinglassError ISG_COMPAT_HOST on a machine that is neither Linux nor x86
 */
export function readHost(): Cpu {
  let info: Cpu;
  try {
    info = readCpuinfo(readFileSync("/proc/cpuinfo", "latin1"), "host");
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new IsinglassError("ISG_COMPAT_HOST", `this host's CPU cannot be read: ${why}`);
  }
  try {
    const device = readDevice("/dev/cpu/0/cpuid");
    return {
      ...device,
      features: new Set([...device.features].filter((feature) => !isSwitchedOff(feature, info))),
      source: "CPUID through /dev/cpu/0/cpuid",
      microcode: info.microcode,
    };
  } catch {
    // No driver, or not permitted: the kernel's own list is the next best.
    return info;
  }
}

/**
 * Reads a dump from a file.
 *
 * @throws IsinglassError ISG_COMPAT_FILE, or ISG_COMPAT_DUMP if it is no dump
 */
export function readCpuFile(path: string): Cpu {
  return readCpu(readRegularFile(path), path);
}

/** `host`, a model's name or a file with a dump; a file that is called like a model is `./NAME`. */
export function resolveCpu(word: string): Cpu {
  if (word === "host") return readHost();
  const model = findModel(word);
  if (model !== undefined) return model;
  return /[/\\.]/.test(word) || existsSync(word) ? readCpuFile(word) : modelNamed(word);
}

const VULNERABILITY_FILES = "/sys/devices/system/cpu/vulnerabilities";

/** What the running kernel says about its CPU's vulnerabilities, by file; empty where there is no such kernel. */
export function kernelVulnerabilities(): Map<string, string> {
  try {
    const files = readdirSync(VULNERABILITY_FILES);
    return new Map(files.map((file) => [file, readFileSync(`${VULNERABILITY_FILES}/${file}`, "utf8").trim()]));
  } catch {
    return new Map();
  }
}
