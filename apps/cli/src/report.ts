import { EXCEPTION_NAMES } from "@isinglass/machine";
import type { GuestStatistics } from "./guest.js";

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function listed(counts: readonly (readonly [name: string, value: number])[]): string {
  const entries = counts.filter(([, value]) => value > 0);
  return entries.length === 0 ? "none" : entries.map(([name, value]) => `${name} ${count(value)}`).join(", ");
}

/** Ranges of ports or device registers by what answers there, most used first. */
function ranges(all: GuestStatistics["ports"]): string {
  const sums = new Map<string, number>();
  for (const { name, reads, writes } of all) sums.set(`${name}:`, (sums.get(`${name}:`) ?? 0) + reads + writes);
  return listed([...sums].sort(([, a], [, b]) => b - a));
}

/** Millions of guest instructions that this process executed, per second of its CPU time. */
export function mips(statistics: GuestStatistics): number {
  return statistics.cpuSeconds === 0 ? 0 : statistics.executed / statistics.cpuSeconds / 1e6;
}

/** Exit reasons in words; one that is not here has the name of `--json`. */
const EXIT_WORDS: Readonly<Record<string, string>> = {
  io: "port I/O",
  mmio: "device memory",
  hlt: "HLT",
  cpuid: "CPUID",
  "cr-access": "control register",
};

function vectorName(vector: number): string {
  const name = vector < FIRST_INTERRUPT ? EXCEPTION_NAMES[vector] : undefined;
  return name === undefined ? `interrupt ${vector}:` : `${name}:`;
}

const FIRST_INTERRUPT = 32;
const LABEL_WIDTH = 25;

/** A line with a label, as all of a summary have it. */
export function labelled(label: string, value: string): string {
  return `${label.padEnd(LABEL_WIDTH)} ${value}`;
}

/** What the compiler did, a row each. */
function jitRows({ jit, executed: all }: GuestStatistics): (readonly [string, string])[] {
  if (jit === undefined) return [["compiled regions", "none: --tier interp"]];
  const { regions, modules, instructions, bytes, time, longest, dropped, refused, entries, executed, verified } = jit;
  const per = (a: number, b: number): string => (b === 0 ? "0" : (a / b).toFixed(1));
  const rows: (readonly [string, string])[] = [
    [
      "compiled regions",
      `${count(regions)} in ${count(modules)} modules (${per(regions, modules)} each), ${count(dropped)} dropped, ${count(refused)} refused`,
    ],
    [
      "compiled instructions",
      `${count(instructions)} to ${count(bytes)} bytes of WebAssembly (${per(bytes, instructions)} each) in ${time.toFixed(0)} ms, ${longest.toFixed(1)} ms at a time at most`,
    ],
  ];
  rows.push([
    "executed in regions",
    `${count(executed)} instructions (${((100 * executed) / Math.max(all, 1)).toFixed(1)} %); ${per(1000 * entries, all)} transfers to regions per 1,000 instructions`,
  ]);
  if (verified !== undefined)
    rows.push(["verified runs", `${count(verified.runs)}, with ${count(verified.instructions)} instructions`]);
  return rows;
}

/** Statistics as lines for people. */
export function statisticsLines(statistics: GuestStatistics): string[] {
  const { tlb, cpuSeconds, seconds, vcpus = [] } = statistics;
  const { flushes } = tlb;
  const rows: readonly (readonly [string, string])[] = [
    [
      "guest instructions",
      statistics.executed === statistics.instructions
        ? count(statistics.executed)
        : `${count(statistics.executed)} of ${count(statistics.instructions)} since the machine's start`,
    ],
    ...(vcpus.length === 0
      ? []
      : [["of each processor", vcpus.map(({ instructions }) => count(instructions)).join(", ")] as const]),
    ["CPU time of isg", `${cpuSeconds.toFixed(2)} s in ${seconds.toFixed(2)} s of time`],
    ["speed", `${mips(statistics).toFixed(1)} million guest instructions a CPU second (MIPS)`],
    [
      "exits to the host",
      listed(statistics.exits.map(({ reason, count: times }) => [`${EXIT_WORDS[reason] ?? reason}:`, times])),
    ],
    ["port accesses", ranges(statistics.ports)],
    ["device memory accesses", ranges(statistics.mmio)],
    [
      "exceptions, interrupts",
      listed(statistics.vectors.map(({ vector, count: times }) => [vectorName(vector), times])),
    ],
    [
      "TLB",
      listed([
        ["entries filled:", tlb.fills],
        ["of them in another's place:", tlb.conflicts],
        ["page-table walks:", tlb.walks],
        ["page-table entries read:", tlb.walkReferences],
      ]),
    ],
    [
      "TLB flushes",
      listed([
        ["everything:", flushes.all],
        ["for a change of mode or privilege:", flushes.view],
        ["by MOV to CR3:", flushes.nonGlobal],
        ["of one page:", flushes.page],
      ]),
    ],
    ...jitRows(statistics),
    ["peak memory of isg", `${(statistics.peakMemory / 1048576).toFixed(0)} MiB`],
  ];
  return rows.map(([label, value]) => labelled(label, value));
}

/** Statistics for `--json`. */
export function statisticsJson(statistics: GuestStatistics): Record<string, unknown> {
  return { ...statistics, mips: Number(mips(statistics).toFixed(1)) };
}
