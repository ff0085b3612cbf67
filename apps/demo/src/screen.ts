import type { Terminal } from "@xterm/xterm";

/** Milliseconds between two drawings while output keeps coming: a boot's lines cost a quarter of the page's time when each is drawn. */
const INTERVAL_MS = 80;

/** What a machine writes, on its way to the terminal: at once where nothing was written for a while, else in larger pieces. */
export class Screen {
  readonly #terminal: Terminal;
  #waiting: Uint8Array[] = [];
  #written: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Fulfilled when the terminal has taken it. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(bytes);
      this.#written.push(resolve);
      const rest = this.#last + INTERVAL_MS - performance.now();
      if (this.#timer !== undefined) return;
      if (rest <= 0) this.#flush();
      else this.#timer = setTimeout(() => this.#flush(), rest);
    });
  }

  /** Draws every character once: the terminal measures each at first sight, a tenth of a second for all of them where a boot's first lines come at once. */
  async warmUp(): Promise<void> {
    const characters = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i));
    await new Promise<void>((drawn) => this.#terminal.write(`${characters}\r\n`.repeat(40), drawn));
    await new Promise((drawn) => requestAnimationFrame(drawn));
    this.#terminal.reset();
  }

  /** Forgets what was not shown, and clears the terminal. */
  clear(): void {
    this.#waiting = [];
    this.#terminal.reset();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = performance.now();
    const written = this.#written;
    this.#written = [];
    for (const bytes of this.#waiting) this.#terminal.write(bytes);
    this.#waiting = [];
    this.#terminal.write("", () => {
      for (const resolve of written) resolve();
    });
  }
}
