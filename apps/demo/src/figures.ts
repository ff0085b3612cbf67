import type { Machine, MachineStats } from "@isinglass/machine";
import { figuresText } from "./figures-text.js";

const INTERVAL_MS = 1000;

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
    this.element.textContent = figuresText(stats, this.#instructions, now - this.#at);
    this.#instructions = stats.instructions;
    this.#at = now;
  }
}
