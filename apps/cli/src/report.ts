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
  for (const { name, reads, writes } of all) sums.set(name, (sums.get(name) ?? 0) + reads + writes);
  return listed([...sums].sort(([, a], [, b]) => b - a));
}

/** Millions of guest instructions per second of CPU time. */
export function mips(statistics: GuestStatistics): number {
  return statistics.cpuSeconds === 0 ? 0 : statistics.instructions / statistics.cpuSeconds / 1e6;
}

/** Statistics as lines for people. */
export function statisticsLines(statistics: GuestStatistics): string[] {
  const { tlb } = statistics;
  const rows: readonly (readonly [string, string])[] = [
    ["instructions", count(statistics.instructions)],
    ["CPU time", `${statistics.cpuSeconds.toFixed(2)} s (elapsed ${statistics.seconds.toFixed(2)} s)`],
    ["speed", `${mips(statistics).toFixed(1)} MIPS`],
    ["exits", listed(statistics.exits.map(({ reason, count: times }) => [reason, times]))],
    ["ports", ranges(statistics.ports)],
    ["MMIO", ranges(statistics.mmio)],
    ["vectors", listed(statistics.vectors.map(({ vector, count: times }) => [String(vector), times]))],
    [
      "TLB",
      listed([
        ["fills", tlb.fills],
        ["conflicts", tlb.conflicts],
        ["walks", tlb.walks],
        ["walk references", tlb.walkReferences],
      ]),
    ],
    ["TLB flushes", listed(Object.entries(tlb.flushes))],
    ["peak memory", `${(statistics.peakMemory / 1048576).toFixed(0)} MiB`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}`);
}

/** Statistics for `--json`. */
export function statisticsJson(statistics: GuestStatistics): Record<string, unknown> {
  return { ...statistics, mips: Number(mips(statistics).toFixed(1)) };
}
