import type { Machine, MachineStats } from "@isinglass/machine";

const INTERVAL_MS = 1000;
/** Reasons for exits that are shown; the rest is in the machine's statistics. */
const MOST_EXITS = 4;

/** What a machine has done, each second. */
export class Figures {
  readonly element: HTMLElement = document.createElement("p");
  #timer: ReturnType<typeof setInterval> | undefined;
  #instructions = 0;
  #at = 0;

  constructor() {
    this.element.className = "figures";
  }

  follow(machine: Machine): void {
    this.stop();
    this.#instructions = 0;
    this.#at = performance.now();
    this.#timer = setInterval(() => void this.#look(machine), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(machine: Machine): Promise<void> {
    const timer = this.#timer;
    const stats = await machine.stats().catch(() => undefined);
    // Closed in between, or another machine's turn.
    if (timer !== this.#timer) return;
    if (stats === undefined) this.stop();
    else this.#show(stats);
  }

  #show(stats: MachineStats): void {
    const now = performance.now();
    const mips = (stats.instructions - this.#instructions) / (now - this.#at) / 1000;
    this.#instructions = stats.instructions;
    this.#at = now;
    const exits = stats.exits
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MOST_EXITS)
      .map(({ reason, count }) => `${reason} ${count.toLocaleString("en")}`);
    const ports = stats.ports.reduce((sum, range) => sum + range.reads + range.writes, 0);
    this.element.textContent = [
      `${mips.toFixed(0)} million instructions a second`,
      `${(stats.instructions / 1e6).toLocaleString("en", { maximumFractionDigits: 0 })} million in all`,
      `${(stats.time / 1e9).toFixed(1)} s of the machine's time`,
      `accesses to ports ${ports.toLocaleString("en")}`,
      `exits: ${exits.length === 0 ? "none" : exits.join(", ")}`,
    ].join(" · ");
  }
}
