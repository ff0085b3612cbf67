/** What an operating system says before it reads a line: its login, a password, a shell. */
const PROMPT = /(?:login|[Pp]assword): $|[#$] $/;
/** Colours, bracketed paste and such: ECMA-48, 5.4. */
// oxlint-disable-next-line no-control-regex -- escape sequences begin with one
const CONTROL_SEQUENCE = /\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]/g;
const NEWLINE = 10;
/** No prompt is longer; what a guest writes without a newline is not kept. */
const TAIL = 1024;

/**
 * Types a pipe's lines as a person would: one at each prompt. An operating system with a login throws away what comes earlier: the console's
 * opening, getty and login each empty the line.
 */
export class PromptedInput {
  readonly #send: (line: Uint8Array) => void;
  readonly #ended: (waiting: boolean) => void;
  #waiting: number[] = [];
  #noMore = false;
  /** The line that the guest is writing. */
  #tail = "";
  /** The guest has gone to a new line since one was typed: what came before was the echo. */
  #echoed = true;

  /**
   * @param send types a line
   * @param ended once all has been typed and no more will come; then again with true, at the next prompt, which nobody answers
   */
  constructor(send: (line: Uint8Array) => void, ended: (waiting: boolean) => void) {
    this.#send = send;
    this.#ended = ended;
  }

  input(bytes: Uint8Array): void {
    for (const byte of bytes) this.#waiting.push(byte);
    this.#offer();
  }

  end(): void {
    this.#noMore = true;
    if (this.#waiting.length === 0) this.#ended(false);
    this.#offer();
  }

  /** What the guest wrote. */
  output(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString("latin1");
    const newline = text.lastIndexOf("\n");
    if (newline >= 0) this.#echoed = true;
    this.#tail = (newline >= 0 ? text.slice(newline + 1) : this.#tail + text).slice(-TAIL);
    this.#offer();
  }

  #offer(): void {
    if (!this.#echoed || !PROMPT.test(this.#tail.replaceAll(CONTROL_SEQUENCE, ""))) return;
    const newline = this.#waiting.indexOf(NEWLINE);
    const length = newline >= 0 ? newline + 1 : this.#noMore ? this.#waiting.length : 0;
    if (length === 0) {
      if (this.#noMore) this.#ended(true);
      return;
    }
    this.#echoed = false;
    this.#tail = "";
    this.#send(Uint8Array.from(this.#waiting.splice(0, length)));
    if (this.#noMore && this.#waiting.length === 0) this.#ended(false);
  }
}
