import type { ReadStream } from "node:tty";

const CTRL_A = 1;

/** What the terminal asks for. */
export interface TerminalEvents {
  onInput(bytes: Uint8Array): void;
  onLeave(): void;
  onSave(): void;
}

/**
 * The user's terminal as the guest's serial line: raw mode, everything goes to the guest but Ctrl-A x, which leaves, Ctrl-A s, which
 * saves the guest, and Ctrl-A Ctrl-A, which sends one Ctrl-A.
 *
 * @returns puts the terminal back
 */
export function attachTerminal(stdin: ReadStream, events: TerminalEvents): () => void {
  let escaped = false;
  const onData = (data: Buffer): void => {
    const out: number[] = [];
    for (const byte of data) {
      if (escaped) {
        escaped = false;
        if (byte === 0x78) {
          events.onLeave();
          return;
        }
        if (byte === 0x73) events.onSave();
        if (byte === CTRL_A) out.push(CTRL_A);
      } else if (byte === CTRL_A) escaped = true;
      else out.push(byte);
    }
    if (out.length > 0) events.onInput(Uint8Array.from(out));
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on("data", onData);
  return () => {
    stdin.off("data", onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
