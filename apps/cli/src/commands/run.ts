import { IsinglassError } from "@isinglass/interface";
import { type Command, type Invocation, type OptionSpec, bytes, flag, integer, list, text } from "../command.js";
import { ENGINE_OPTIONS, type EngineChoice, engineChoice } from "../engine-options.js";
import type { BoardOptions } from "../guest.js";
import { readInput } from "../input.js";
import { type Findings, OBSERVE_OPTIONS, observation } from "../observe.js";
import { statisticsJson, statisticsLines } from "../report.js";
import { SNAPSHOT_OPTIONS, restored, saving } from "../snapshot-options.js";
import { type Boot, type SessionResult, converse, describeEnd, exitCode } from "../session.js";

/** Options that every command with a guest has. */
export const GUEST_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  memory: { type: "string", value: "SIZE", help: "the guest's RAM, such as 512M; 256M unless given" },
  cpu: { type: "string", value: "MODEL", help: "CPU model; x86-64 unless given" },
  disk: { type: "string", value: "FILE[,ro]", help: "a raw disk image on virtio; may be repeated", multiple: true },
  stats: { type: "boolean", help: "afterwards, on stderr: exits, TLB, instructions, MIPS, peak memory" },
  json: { type: "boolean", help: "the result as JSON on stdout; the serial line goes to stderr" },
  limit: { type: "string", value: "N", help: "stop after N instructions since the machine's start" },
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
  const cpu = text(invocation, "cpu");
  return {
    board: {
      memory: bytes(text(invocation, "memory") ?? "256M", "--memory"),
      ...(cpu === undefined ? {} : { cpu }),
      disks: list(invocation, "disk").map((word) => {
        const readonly = word.endsWith(",ro");
        return { path: readonly ? word.slice(0, -3) : word, readonly };
      }),
    },
    engine: engineChoice(invocation),
    limit: invocation.options["limit"] === undefined ? Infinity : integer(invocation, "limit", 0),
  };
}

/** Boots or restores, converses, and says how it ended. `boot` is asked only where nothing is restored. */
export async function runGuest(invocation: Invocation, boot: () => Promise<Boot>): Promise<number> {
  const { limit, board: wanted, engine } = guestOptions(invocation);
  const json = flag(invocation, "json");
  const saved = await restored(invocation, wanted);
  const board = saved?.board ?? wanted;
  const save = await saving(invocation, board);
  const watched = await observation(invocation);
  const begin = saved?.begin ?? (await boot());
  const options = {
    ...board,
    engine,
    timed: json || flag(invocation, "stats"),
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
    const kernel = text(invocation, "kernel");
    if (kernel === undefined && text(invocation, "restore") === undefined)
      throw new IsinglassError("ISG_CLI_USAGE", "isg run: --kernel FILE is needed, or --restore FILE");
    if (invocation.words.length > 0) {
      throw new IsinglassError("ISG_CLI_USAGE", `isg run: "${invocation.words.join(" ")}" belongs to no option`);
    }
    const initrd = text(invocation, "initrd");
    return runGuest(invocation, async () => ({
      kernel: await readInput(kernel!, "--kernel"),
      ...(initrd === undefined ? {} : { initrd: await readInput(initrd, "--initrd") }),
      commandLine: text(invocation, "append") ?? "",
    }));
  },
};
