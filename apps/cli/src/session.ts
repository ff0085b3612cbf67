import { isatty } from "node:tty";
import { IsinglassError } from "@isinglass/interface";
import type { GuestEnd, GuestOptions, GuestStatistics } from "./guest.js";
import { Guest } from "./guest.js";
import { PromptedInput } from "./prompted-input.js";
import { attachTerminal } from "./terminal.js";

/** Exit code of each end of a guest; the table in {@link EXIT_CODES}. */
const CODES: Readonly<Record<GuestEnd["reason"], number>> = {
  poweroff: 0,
  reset: 3,
  "triple-fault": 4,
  "not-implemented": 5,
  halted: 6,
  limit: 7,
  diverged: 9,
  left: 130,
};

const TEXTS: Readonly<Record<GuestEnd["reason"], string>> = {
  poweroff: "the guest powered off",
  reset: "the guest asked for a reset",
  "triple-fault": "the guest shut down: triple fault",
  "not-implemented": "the guest met what is not implemented",
  halted: "the guest halted for ever: nothing can wake it",
  limit: "the instruction limit was reached",
  diverged: "compiled code did something else than the interpreter",
  left: "left; the guest was still running",
};

export function exitCode(end: GuestEnd): number {
  return CODES[end.reason];
}

export function describeEnd(end: GuestEnd): string {
  return "detail" in end
    ? `${TEXTS[end.reason]}:${end.reason === "diverged" ? "\n" : " "}${end.detail}`
    : TEXTS[end.reason];
}

export interface Boot {
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  /** It has a login: without a terminal, stdin is typed line by line at its prompts. */
  readonly prompts?: boolean;
}

/** A saved guest that goes on. */
export interface Restored {
  readonly path: string;
  readonly state: Uint8Array;
}

export interface SessionResult {
  readonly end: GuestEnd;
  readonly statistics: GuestStatistics;
}

/** Whether somebody sits at the terminal: then the serial line is theirs. */
export function atTerminal(): boolean {
  return isatty(process.stdin.fd) && isatty(process.stdout.fd);
}

/** A line of isg's own among the guest's, on a terminal in raw mode too. */
export function note(message: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\nisg: ${message}\r\n` : `isg: ${message}\n`);
}

/** Boots a guest, or puts a saved one back; a state that does not fit is one clear line with the file's name. */
export function startGuest(guest: Guest, begin: Boot | Restored): void {
  if (!("state" in begin)) {
    guest.load(begin.kernel, begin.initrd, begin.commandLine);
    return;
  }
  try {
    guest.restore(begin.state);
  } catch (problem) {
    if (!(problem instanceof IsinglassError)) throw problem;
    throw new IsinglassError(problem.code, `--restore ${begin.path}: ${problem.message}`, problem.data, {
      cause: problem,
    });
  }
}

/** Runs a guest with its serial line on this process' stdin and stdout. */
export async function converse(
  options: Omit<GuestOptions, "onOutput" | "interactive">,
  begin: Boot | Restored,
  limit: number,
  output: NodeJS.WriteStream = process.stdout,
): Promise<SessionResult> {
  const interactive = atTerminal();
  let typist: PromptedInput | undefined;
  const onOutput = (bytes: Uint8Array): void => {
    output.write(bytes);
    typist?.output(bytes);
  };
  const guest = new Guest({ ...options, interactive, onOutput, onDiskError: note });
  if (!interactive && "prompts" in begin && begin.prompts) typist = typistFor(guest);
  startGuest(guest, begin);
  const at = options.save?.at;
  if (typeof at === "number" && at <= guest.instructions && "state" in begin) {
    const message = `--save-at ${at}: ${begin.path} is at ${guest.instructions} instructions already`;
    throw new IsinglassError("ISG_CLI_USAGE", message);
  }
  if (limit <= guest.instructions && "state" in begin) {
    const already = `${begin.path} is at ${guest.instructions} instructions already`;
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `--limit ${limit}: ${already}, and the limit counts from the machine's start`,
    );
  }
  if (interactive && "state" in begin)
    note(`${begin.path}: goes on at ${guest.instructions} instructions; Ctrl-A x leaves`);
  const detach = interactive
    ? attachTerminal(process.stdin, {
        onInput: (bytes) => guest.input(bytes),
        onLeave: () => guest.leave(),
        onSave: () => {
          if (options.save === undefined) note("nothing saved: isg was started without --save FILE");
          else guest.requestSave();
        },
      })
    : attachPipe(guest, typist);
  const stop = (): void => guest.leave();
  for (const signal of SIGNALS) process.once(signal, stop);
  // A reader that has gone away (`isg run … | head`) ends the guest instead of this process with a stack trace.
  const gone = (): void => guest.leave();
  output.once("error", gone);
  try {
    const end = await guest.run(limit);
    return { end, statistics: guest.statistics() };
  } finally {
    detach();
    output.off("error", gone);
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

function typistFor(guest: Guest): PromptedInput {
  let said = false;
  return new PromptedInput(
    // Not while the guest is in the midst of writing.
    (line) => queueMicrotask(() => guest.input(line)),
    (waiting) => {
      guest.endInput();
      if (waiting && !said)
        note("the guest waits at a prompt, and stdin has ended: it runs on until a signal ends isg");
      said ||= waiting;
    },
  );
}

function attachPipe(guest: Guest, typist: PromptedInput | undefined): () => void {
  const { stdin } = process;
  const onData = (data: Uint8Array): void => (typist ?? guest).input(data);
  const onEnd = (): void => {
    if (typist === undefined) guest.endInput();
    else typist.end();
  };
  stdin.on("data", onData);
  stdin.once("end", onEnd);
  stdin.once("error", onEnd);
  return () => {
    stdin.off("data", onData);
    stdin.off("end", onEnd);
    stdin.off("error", onEnd);
    stdin.destroy();
  };
}
