import type { EventSink, MachineEvent } from "@isinglass/interface";

/** A guest may cause as many errors as it likes; the first ones say what is wrong. */
const MOST = 10;

/** Says on this side why a guest's disk fails: the guest gets to know that it does, and nothing else. Each cause once. */
export class DiskErrors implements EventSink {
  readonly #say: (line: string) => void;
  readonly #said = new Set<string>();

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  emit({ kind, data }: MachineEvent): void {
    const message = data?.["message"];
    if (kind !== "block-error" || typeof message !== "string") return;
    if (this.#said.size >= MOST || this.#said.has(message)) return;
    this.#said.add(message);
    this.#say(`disk error: ${message}`);
    if (this.#said.size === MOST) this.#say("disk error: further causes are not shown");
  }
}
