import type { GuestStatistics } from "./guest.js";

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, value]) => value > 0);
  return entries.length === 0 ? "none" : entries.map(([name, value]) => `${name} ${count(value)}`).join(", ");
}

/** Millions of guest instructions per second of CPU time. */
export function mips(statistics: GuestStatistics): number {
  return statistics.cpuSeconds === 0 ? 0 : statistics.instructions / statistics.cpuSeconds / 1e6;
}

/** Statistics as lines for people. */
export function statisticsLines(statistics: GuestStatistics): string[] {
  const rows: readonly (readonly [string, string])[] = [
    ["instructions", count(statistics.instructions)],
    ["CPU time", `${statistics.cpuSeconds.toFixed(2)} s (elapsed ${statistics.seconds.toFixed(2)} s)`],
    ["speed", `${mips(statistics).toFixed(1)} MIPS`],
    ["exits", listed(statistics.exits)],
    ["vectors", listed(statistics.delivered)],
    ["TLB", listed(statistics.tlb)],
    ["peak memory", `${(statistics.peakMemory / 1048576).toFixed(0)} MiB`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}`);
}

/** Statistics for `--json`. */
export function statisticsJson(statistics: GuestStatistics): Record<string, unknown> {
  return { ...statistics, mips: Number(mips(statistics).toFixed(1)) };
}
