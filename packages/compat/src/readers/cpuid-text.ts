/** Text dumps of CPUID: `cpuid -r` of the cpuid program, and the dumps of AIDA64 that InstLatx64 collects. */
import { type Cpu, cpuOfDump } from "../cpu.js";
import { CpuidDump, type CpuidEntry } from "../cpuid.js";
import { bad, shown } from "./problem.js";

const RAW =
  /^\s*0x([0-9a-f]{1,8}) 0x([0-9a-f]{1,8}): eax=0x([0-9a-f]{8}) ebx=0x([0-9a-f]{8}) ecx=0x([0-9a-f]{8}) edx=0x([0-9a-f]{8})/i;

/** More entries than any CPU has: a file that is something else. */
const MOST_ENTRIES = 20_000;

const hex = (text: string | undefined): number => Number.parseInt(text ?? "0", 16);

/**
 * Reads `cpuid -r` (or `cpuid -1 -r`): the first CPU of it.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP with the line that is wrong
 */
export function readCpuidRaw(text: string, name: string): Cpu {
  const entries: CpuidEntry[] = [];
  let cpus = 0;
  let number = 0;
  for (const line of text.split("\n")) {
    number += 1;
    if (/^\s*CPU( \d+)?:/.test(line)) {
      cpus += 1;
      if (cpus > 1) break;
      continue;
    }
    if (line.trim() === "") continue;
    const match = RAW.exec(line);
    if (match === null || entries.length >= MOST_ENTRIES) {
      throw bad(name, `line ${number}`, `${shown(line)} is no line of cpuid -r ("0x00000001 0x00: eax=0x… … edx=0x…")`);
    }
    const [, leaf, subleaf, eax, ebx, ecx, edx] = match;
    entries.push({
      leaf: hex(leaf),
      subleaf: hex(subleaf),
      eax: hex(eax),
      ebx: hex(ebx),
      ecx: hex(ecx),
      edx: hex(edx),
    });
  }
  if (entries.length === 0) throw bad(name, "", "no line of cpuid -r in it");
  return cpuOfDump(new CpuidDump(entries), name, "cpuid -r");
}

const LATENCY =
  /^CPUID ([0-9A-F]{8}): ([0-9A-F]{8})-([0-9A-F]{8})-([0-9A-F]{8})-([0-9A-F]{8})(?:.*\[(?:SL|ECX=) ?([0-9A-F]{1,8})h?\])?/i;

/**
 * Reads an InstLatx64-style dump: lines `CPUID 00000007: EAX-EBX-ECX-EDX [SL 00]` among others. The first CPU of it.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP if there is no such line, or one is broken
 */
export function readInstLatx64(text: string, name: string): Cpu {
  const entries: CpuidEntry[] = [];
  let number = 0;
  let zeros = 0;
  for (const line of text.split("\n")) {
    number += 1;
    if (!line.startsWith("CPUID ") || !/^CPUID [0-9A-F]{1,8}:/i.test(line)) continue;
    const match = LATENCY.exec(line);
    if (match === null || entries.length >= MOST_ENTRIES)
      throw bad(name, `line ${number}`, `${shown(line)} is no "CPUID 00000001: EAX-EBX-ECX-EDX"`);
    const [, leaf, eax, ebx, ecx, edx, subleaf] = match;
    if (hex(leaf) === 0) zeros += 1;
    if (zeros > 1) break;
    entries.push({
      leaf: hex(leaf),
      subleaf: hex(subleaf),
      eax: hex(eax),
      ebx: hex(ebx),
      ecx: hex(ecx),
      edx: hex(edx),
    });
  }
  if (entries.length === 0) throw bad(name, "", 'no line "CPUID 00000000: …" in it');
  return cpuOfDump(new CpuidDump(entries), name, "InstLatx64 dump");
}

/** Writes a dump as `cpuid -r` does. */
export function writeCpuidRaw(dump: CpuidDump): string {
  const word = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
  const lines = dump.entries.map(
    (e) =>
      `   ${word(e.leaf)} 0x${e.subleaf.toString(16).padStart(2, "0")}: eax=${word(e.eax)} ebx=${word(e.ebx)} ecx=${word(e.ecx)} edx=${word(e.edx)}`,
  );
  return `CPU 0:\n${lines.join("\n")}\n`;
}
