import type { MachineStats } from "@isinglass/machine";

/** Reasons for exits that are shown; the rest is in the machine's statistics. */
const MOST_EXITS = 4;

/** As much of the statistics as is shown. */
export type ShownStats = Pick<MachineStats, "instructions" | "time" | "exits" | "ports">;

/** A machine's statistics in a line. `before`: its instructions at the last look, so many milliseconds ago. */
export function figuresText(stats: ShownStats, before: number, milliseconds: number): string {
  const mips = milliseconds <= 0 ? 0 : (stats.instructions - before) / milliseconds / 1000;
  const exits = stats.exits
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MOST_EXITS)
    .map(({ reason, count }) => `${reason} ${count.toLocaleString("en")}`);
  const ports = stats.ports.reduce((sum, range) => sum + range.reads + range.writes, 0);
  return [
    // Below 0 for one look after a reset.
    `${Math.max(mips, 0).toFixed(0)} million instructions a second`,
    `${(stats.instructions / 1e6).toLocaleString("en", { maximumFractionDigits: 0 })} million in all`,
    `${(stats.time / 1e9).toFixed(1)} s of the machine's time`,
    `accesses to ports ${ports.toLocaleString("en")}`,
    `exits: ${exits.length === 0 ? "none" : exits.join(", ")}`,
  ].join(" · ");
}
