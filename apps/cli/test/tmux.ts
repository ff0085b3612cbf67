import { spawnSync } from "node:child_process";
import { hasCommand, requireOracle } from "@isinglass/testkit";

/** Whether a terminal can be had that a program types into. */
export const hasTmux: boolean = requireOracle("tmux", hasCommand("tmux"));

const WAIT_MS = 100;

/** A terminal of 100 columns and 30 rows with one command in it, driven as by a user. */
export class Terminal {
  readonly #socket: string;

  /** @param command a shell command; the shell stays afterwards */
  constructor(command: string) {
    this.#socket = `isinglass-${process.pid}-${Math.random().toString(36).slice(2)}`;
    this.#tmux(["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", `${command}; sleep 1000`]);
  }

  #tmux(args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync("tmux", ["-L", this.#socket, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** What is to be seen. */
  screen(): string {
    return this.#tmux(["capture-pane", "-p"]);
  }

  /** Types text as it stands. */
  type(text: string): void {
    this.#tmux(["send-keys", "-l", text]);
  }

  /** Presses keys by tmux' names: `Enter`, `C-c`, `Escape`. */
  press(...keys: readonly string[]): void {
    this.#tmux(["send-keys", ...keys]);
  }

  /** Waits until the screen shows it; throws with the screen if it does not. */
  async see(wanted: RegExp, seconds: number = 30): Promise<string> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const screen = this.screen();
      if (wanted.test(screen)) return screen;
      if (Date.now() > end) throw new Error(`not to be seen within ${seconds} s: ${wanted.source}\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }

  close(): void {
    spawnSync("tmux", ["-L", this.#socket, "kill-server"]);
  }
}
