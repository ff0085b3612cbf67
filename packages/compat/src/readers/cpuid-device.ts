/** Enumerates CPUID through something that executes it, such as Linux' /dev/cpu/0/cpuid. */
import { type Cpu, cpuOfDump } from "../cpu.js";
import { CpuidDump, type CpuidEntry } from "../cpuid.js";
import { bad } from "./problem.js";

/** Executes CPUID: 16 bytes, EAX EBX ECX EDX, each little-endian (Linux' cpuid(4)). */
export type ExecuteCpuid = (leaf: number, subleaf: number) => Uint8Array;

/** Leaves with subleaves, and how far to ask (SDM vol. 2A, CPUID). Where EAX of subleaf 0 says how many there are, that bounds it. */
const SUBLEAVES: Readonly<Record<number, number>> = {
  4: 8,
  7: 8,
  0xb: 4,
  0xd: 63,
  0xf: 2,
  0x10: 4,
  0x12: 8,
  0x14: 2,
  0x17: 4,
  0x18: 8,
  0x1d: 2,
  0x1f: 6,
  0x20: 2,
  0x23: 4,
  0x24: 2,
  0x8000001d: 8,
  0x80000020: 4,
  0x80000026: 4,
};

const MOST_LEAVES = 0x100;

/**
 * Reads all leaves of the basic, hypervisor and extended ranges.
 *
 * @param execute see {@link ExecuteCpuid}
 * @throws IsinglassError ISG_COMPAT_DUMP if it answers with something else than 16 bytes
 */
export function readCpuidDevice(execute: ExecuteCpuid, name: string): Cpu {
  const entries: CpuidEntry[] = [];
  const ask = (leaf: number, subleaf: number): CpuidEntry => {
    const bytes = execute(leaf, subleaf);
    if (bytes.length !== 16)
      throw bad(name, `leaf ${leaf.toString(16)}`, `${bytes.length} bytes for a leaf; it has 16`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
    const [eax, ebx, ecx, edx] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
      number,
      number,
      number,
      number,
    ];
    const entry = { leaf, subleaf, eax, ebx, ecx, edx };
    entries.push(entry);
    return entry;
  };
  for (const base of [0, 0x40000000, 0x80000000]) {
    const highest = ask(base, 0).eax;
    if (highest < base || highest - base > MOST_LEAVES) continue;
    for (let leaf = base + 1; leaf <= highest; leaf += 1) {
      const first = ask(leaf, 0);
      let last = SUBLEAVES[leaf] ?? 0;
      if (leaf === 7 || leaf === 0x14 || leaf === 0x1d || leaf === 0x20) last = Math.min(last, first.eax);
      for (let subleaf = 1; subleaf <= last; subleaf += 1) ask(leaf, subleaf);
    }
  }
  // Processors before the extended leaves repeat the last basic leaf there: what is out of range is dropped.
  const extended = entries.find((e) => e.leaf === 0x80000000 && e.subleaf === 0);
  const kept =
    extended !== undefined && extended.eax < 0x80000000 ? entries.filter((e) => e.leaf < 0x80000000) : entries;
  return cpuOfDump(new CpuidDump(kept), name, "CPUID, executed");
}
