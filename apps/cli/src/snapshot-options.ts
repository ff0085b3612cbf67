import { DEFAULT_CPU_MODEL } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";
import { type Invocation, type OptionSpec, integer, text } from "./command.js";
import type { BoardOptions, GuestEnd, SaveEnd, SavePlan } from "./guest.js";
import { checkOutput } from "./output-file.js";
import { fitBoard, fitGuest, readSavedGuest, savedDisks, writeSavedGuest } from "./saved-guest.js";
import { type Restored, atTerminal, note } from "./session.js";

const SAVE_ENDS: readonly SaveEnd[] = ["limit", "left", "not-implemented"];

/** Options for saving and restoring, of every command with a guest. */
export const SNAPSHOT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  save: {
    type: "string",
    value: "FILE",
    help: "where Ctrl-A s and --save-at save the guest; disks are not in the file",
  },
  "save-at": {
    type: "string",
    value: "N|END",
    suggestions: SAVE_ENDS,
    help: `save after N instructions and go on, or at an end: ${SAVE_ENDS.join(", ")}`,
  },
  restore: { type: "string", value: "FILE", help: "go on with a saved guest, on the board that it was saved with" },
};

/** Options that say what is booted; they have no place beside --restore. */
const BOOT_OPTIONS = ["kernel", "initrd", "append"];

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** The saved guest of --restore with the board that it wants, or undefined. `named`: the guest that the command line names, if it does. */
export async function restored(
  invocation: Invocation,
  board: BoardOptions,
  named: string | undefined,
): Promise<{ readonly begin: Restored; readonly board: BoardOptions; readonly guest: string | undefined } | undefined> {
  const path = text(invocation, "restore");
  if (path === undefined) return undefined;
  for (const name of BOOT_OPTIONS) {
    if (invocation.options[name] !== undefined)
      throw usage(`--${name} belongs to a boot; --restore ${path} goes on with what was booted`);
  }
  const saved = await readSavedGuest(path);
  fitGuest(path, saved.board, named);
  const given = (name: string): boolean => invocation.options[name] !== undefined;
  const disks = fitBoard(path, saved.board, {
    memory: given("memory") ? board.memory : undefined,
    cpu: given("cpu") ? board.cpu : undefined,
    cpus: given("smp") ? board.cpus : undefined,
    disks: given("disk") ? board.disks : undefined,
  });
  const { guest, memory, cpu, cpus = 1, rng } = saved.board;
  return { begin: { path, state: saved.state }, board: { memory, cpu, cpus, rng, disks }, guest };
}

function saveAt(invocation: Invocation): number | SaveEnd | undefined {
  const value = text(invocation, "save-at");
  if (value === undefined) return undefined;
  const end = SAVE_ENDS.find((name) => name === value);
  if (end !== undefined) return end;
  if (!/^[1-9]\d*$/.test(value))
    throw usage(`--save-at ${value}: a number of instructions from 1 up, or one of ${SAVE_ENDS.join(", ")}`);
  return integer(invocation, "save-at", 0);
}

/** A plan to save, and whether it has come to that. */
export interface Saving {
  readonly plan: SavePlan;
  /** The exit code, made 1 with a line on stderr where what was to be saved on the way was not. */
  finish(code: number, end: GuestEnd, instructions: number): number;
}

/** What --save and --save-at ask for, or undefined. `guest`: what is booted, or was; undefined where an old file did not say. */
export async function saving(
  invocation: Invocation,
  board: BoardOptions,
  guest: string | undefined,
): Promise<Saving | undefined> {
  const path = text(invocation, "save");
  const at = saveAt(invocation);
  if (path === undefined) {
    if (at !== undefined) throw usage("--save-at: --save FILE is needed, to save in");
    return undefined;
  }
  if (at === undefined && !atTerminal())
    throw usage(`--save ${path}: without a terminal there is no Ctrl-A s; say when with --save-at`);
  checkOutput(path, "--save", { replaced: true });
  let done = false;
  return {
    plan: {
      ...(at === undefined ? {} : { at }),
      write: (state, instructions) => {
        const { memory, cpu = DEFAULT_CPU_MODEL, cpus = 1, rng = atTerminal(), disks } = board;
        const several = cpus === 1 ? {} : { cpus };
        const named = guest === undefined ? {} : { guest };
        writeSavedGuest(path, { ...named, memory, cpu, ...several, rng, disks: savedDisks(disks) }, state);
        done = true;
        note(`saved in ${path} at ${instructions} instructions`);
      },
    },
    finish(code, end, instructions) {
      if (at === undefined || done) return code;
      process.stderr.write(
        `isg: --save-at ${at}: nothing was saved; the guest ended (${end.reason}) after ${instructions} instructions\n`,
      );
      return code === 0 ? 1 : code;
    },
  };
}
