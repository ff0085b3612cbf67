/** One line on stderr that is written over, on a terminal only; elsewhere nothing is shown. */
export class Progress {
  readonly #shown: boolean = process.stderr.isTTY;
  #last = 0;

  /** A step that takes long: stays until the next one. */
  step(text: string): void {
    this.#last = Date.now();
    if (this.#shown) process.stderr.write(`\r\u001b[K${text} ...`);
  }

  /** As {@link step}, but at most ten times a second. */
  tick(text: () => string): void {
    if (Date.now() - this.#last >= 100) this.step(text());
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
  }
}
