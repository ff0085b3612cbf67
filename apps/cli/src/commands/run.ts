import { IsinglassError } from "@isinglass/interface";
import { CPU_OPTION, MEMORY_OPTION, SMP_OPTION, cpu, disks, memory, smp } from "../board-options.js";
import { type Command, type Invocation, type OptionSpec, flag, integer, noWords, text } from "../command.js";
import { ENGINE_OPTIONS, type EngineChoice, engineChoice } from "../engine-options.js";
import type { BoardOptions } from "../guest.js";
import { readInput } from "../input.js";
import { type Findings, OBSERVE_OPTIONS, observation } from "../observe.js";
import { statisticsJson, statisticsLines } from "../report.js";
import { SNAPSHOT_OPTIONS, restored, saving } from "../snapshot-options.js";
import { type Boot, type SessionResult, converse, describeEnd, exitCode } from "../session.js";

/** Options that every command with a guest has. */
export const GUEST_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  memory: MEMORY_OPTION,
  cpu: CPU_OPTION,
  smp: SMP_OPTION,
  disk: {
    type: "string",
    value: "FILE[,FLAG...]",
    help: "a disk image on virtio, raw unless said; flags: ro, format=qcow2, snapshot=NAME (of a qcow2 image); may be repeated, with other files unless all are ro",
    multiple: true,
  },
  stats: { type: "boolean", help: "afterwards, on stderr: exits, TLB, instructions, MIPS, peak memory" },
  json: { type: "boolean", help: "the result as JSON on stdout; the serial line goes to stderr" },
  limit: { type: "string", value: "N", alias: "max", help: "stop after N instructions since the machine's start" },
  ...ENGINE_OPTIONS,
  ...OBSERVE_OPTIONS,
  ...SNAPSHOT_OPTIONS,
};

/** Reads the options of {@link GUEST_OPTIONS}. */
export function guestOptions(invocation: Invocation): {
  readonly board: BoardOptions;
  readonly engine: EngineChoice;
  readonly limit: number;
} {
  if (invocation.options["limit"] !== undefined && integer(invocation, "limit", 0) === 0) {
    throw new IsinglassError("ISG_CLI_USAGE", "--limit 0: a guest runs at least 1 instruction");
  }
  return {
    board: {
      memory: memory(invocation, "256M"),
      ...cpu(invocation),
      ...smp(invocation),
      disks: disks(invocation),
    },
    engine: engineChoice(invocation),
    limit: invocation.options["limit"] === undefined ? Infinity : integer(invocation, "limit", 0),
  };
}

/**
 * Boots or restores, converses, and says how it ended. `boot` is asked only where nothing is restored.
 *
 * @param guest what is booted, as a saved guest is named; undefined: the command line names none
 */
export async function runGuest(
  invocation: Invocation,
  guest: string | undefined,
  boot: () => Promise<Boot>,
): Promise<number> {
  const { limit, board: wanted, engine } = guestOptions(invocation);
  const json = flag(invocation, "json");
  const saved = await restored(invocation, wanted, guest);
  const board = saved?.board ?? wanted;
  if (saved !== undefined && flag(invocation, "verify") && (board.cpus ?? 1) > 1)
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `--verify: ${saved.begin.path} was saved with --smp ${board.cpus}, and --verify follows one processor; leave it out`,
    );
  const save = await saving(invocation, board, saved === undefined ? (guest ?? "run") : saved.guest);
  const watched = await observation(invocation);
  const begin = saved?.begin ?? (await boot());
  const options = {
    ...board,
    engine,
    timed: json || flag(invocation, "stats") || watched !== undefined,
    ...(watched === undefined ? {} : { observer: watched.observer }),
    ...(save === undefined ? {} : { save: save.plan }),
  };
  const result = await converse(options, begin, limit, json ? process.stderr : process.stdout);
  const code = finish(invocation, result, json, await watched?.finish());
  return save?.finish(code, result.end, result.statistics.instructions) ?? code;
}

function finish(
  invocation: Invocation,
  { end, statistics }: SessionResult,
  json: boolean,
  findings: Findings | undefined,
): number {
  const code = exitCode(end);
  if (json) {
    const result = {
      end: end.reason,
      ...("detail" in end ? { detail: end.detail } : {}),
      exitCode: code,
      ...findings?.json,
    };
    process.stdout.write(`${JSON.stringify({ ...result, statistics: statisticsJson(statistics) }, undefined, 2)}\n`);
    return code;
  }
  if (end.reason !== "poweroff") process.stderr.write(`\nisg: ${describeEnd(end)}\n`);
  if (flag(invocation, "stats")) process.stderr.write(`\n${statisticsLines(statistics).join("\n")}\n`);
  if (findings !== undefined) process.stderr.write(`\n${findings.lines.join("\n")}\n`);
  return code;
}

export const RUN: Command = {
  name: "run",
  words: "",
  summary:
    "Boots a kernel with its serial line on this terminal. Ctrl-A x leaves, Ctrl-A s saves; the exit code says how the guest ended.",
  options: {
    kernel: { type: "string", value: "FILE", help: "bzImage, or an ELF kernel with a PVH entry" },
    initrd: { type: "string", value: "FILE", help: "initramfs" },
    append: { type: "string", value: "TEXT", help: "the kernel's command line, such as console=ttyS0" },
    ...GUEST_OPTIONS,
  },
  example: "isg run --kernel bzImage --initrd root.cpio.gz --append console=ttyS0 --stats",
  async run(invocation) {
    noWords(invocation, "run");
    const kernel = text(invocation, "kernel");
    if (kernel === undefined && text(invocation, "restore") === undefined)
      throw new IsinglassError("ISG_CLI_USAGE", "isg run: --kernel FILE is needed, or --restore FILE");
    const initrd = text(invocation, "initrd");
    return runGuest(invocation, undefined, async () => ({
      kernel: await readInput(kernel!, "--kernel"),
      ...(initrd === undefined ? {} : { initrd: await readInput(initrd, "--initrd") }),
      commandLine: text(invocation, "append") ?? "",
    }));
  },
};
