import { IsinglassError } from "@isinglass/interface";
import { builtinGuest } from "../builtin/guest.js";
import { type Command, type Invocation, flag, text } from "../command.js";
import { type DebianFiles, debianFiles, hasProgram } from "../debian.js";
import { checkRootPlan, createRoot } from "../debian-root/create.js";
import { bootFilesOn } from "../debian-root/boot-files.js";
import { type RootRequest, ROOT_OPTIONS, rootRequest } from "../debian-root/options.js";
import { Guest } from "../guest.js";
import { busyboxInitramfs } from "../initramfs.js";
import { readInput } from "../input.js";
import { observation } from "../observe.js";
import { Progress } from "../progress.js";
import { labelled, statisticsJson, statisticsLines } from "../report.js";
import { type Boot, atTerminal, describeEnd, exitCode, note } from "../session.js";
import { saving } from "../snapshot-options.js";
import { GUEST_OPTIONS, guestOptions, runGuest } from "./run.js";

/** Lines of the serial line that are shown when an unattended boot fails. */
const TAIL = 30;

const WITHOUT_APT = [
  "There is no apt-get on PATH, so Debian's kernel cannot be fetched. To boot a kernel of your own:",
  "  isg run --kernel bzImage --initrd root.cpio.gz --append console=ttyS0",
  "  isg boot debian --kernel bzImage --initrd root.cpio.gz",
  "Here is the guest that comes with Isinglass.",
  "",
].join("\n");

export const BOOT: Command = {
  name: "boot",
  words: "debian|builtin",
  summary:
    "Boots Debian's cloud kernel to a root shell, a Debian on a disk (--create, --root), or the built-in guest. The kernel comes through apt-get and is kept in the cache; without a terminal it runs uname -a, powers off and prints a summary.",
  options: {
    kernel: { type: "string", value: "FILE", help: "boot debian with this kernel instead" },
    initrd: { type: "string", value: "FILE", help: "boot debian with this initramfs instead" },
    append: { type: "string", value: "TEXT", help: "more words for the kernel's command line" },
    ...ROOT_OPTIONS,
    ...GUEST_OPTIONS,
  },
  example: "isg boot debian",
  async run(invocation) {
    const [which, ...more] = invocation.words;
    const restores = text(invocation, "restore") !== undefined;
    if ((which !== "debian" && which !== "builtin" && !(restores && which === undefined)) || more.length > 0) {
      const said = invocation.words.join(" ");
      throw new IsinglassError("ISG_CLI_USAGE", `isg boot: ${said === "" ? "" : `"${said}"; `}say debian or builtin`);
    }
    const root = rootRequest(invocation, which);
    if (root !== undefined) return bootRoot(root);
    // A restored guest needs neither kernel nor package, whichever it is.
    if (restores) return runGuest(invocation, which, () => builtin(invocation));
    if (which === "builtin") {
      for (const name of ["kernel", "initrd"])
        if (text(invocation, name) !== undefined)
          throw new IsinglassError("ISG_CLI_USAGE", `isg boot builtin: --${name} belongs to isg boot debian`);
      return runGuest(invocation, "builtin", () => builtin(invocation));
    }
    const ownFiles = text(invocation, "kernel") !== undefined && text(invocation, "initrd") !== undefined;
    if (!ownFiles && !(await hasProgram("apt-get"))) {
      process.stderr.write(WITHOUT_APT);
      return runGuest(invocation, "builtin", () => builtin(invocation));
    }
    return bootDebian(invocation);
  },
};

async function builtin(invocation: Invocation): Promise<Boot> {
  const commandLine = atTerminal() ? "" : "demo";
  return { kernel: builtinGuest(), commandLine: `${commandLine} ${text(invocation, "append") ?? ""}`.trim() };
}

/** A Debian on a disk, made first if that is asked for. */
async function bootRoot({ plan, disk, invocation, guest }: RootRequest): Promise<number> {
  // Before a disk is made for them, which takes minutes.
  for (const name of ["kernel", "initrd"]) {
    const path = text(invocation, name);
    if (path !== undefined) await readInput(path, `--${name}`);
  }
  if (plan !== undefined) {
    await checkRootPlan(plan);
    const progress = new Progress();
    await createRoot(plan, (line) => progress.step(line)).finally(() => progress.clear());
    process.stderr.write(`isg: made ${plan.path}; root has no password; to boot it again: ${guest}\n`);
  }
  return runGuest(invocation, "debian", async () => {
    const kernel = text(invocation, "kernel");
    const initrd = text(invocation, "initrd");
    const found = kernel === undefined || initrd === undefined ? bootFilesOn(disk) : undefined;
    const append = text(invocation, "append") ?? "";
    return {
      kernel: kernel === undefined ? found!.kernel : await readInput(kernel, "--kernel"),
      initrd: initrd === undefined ? found!.initrd : await readInput(initrd, "--initrd"),
      commandLine: `root=/dev/vda ro console=ttyS0 ${append}`.trim(),
      prompts: true,
    };
  });
}

interface Files {
  readonly kernel: Uint8Array;
  readonly initrd: Uint8Array;
  readonly from: string;
}

async function files(invocation: Invocation, progress: Progress): Promise<Files> {
  const kernel = text(invocation, "kernel");
  const initrd = text(invocation, "initrd");
  const debian: DebianFiles | undefined =
    kernel === undefined || initrd === undefined ? await debianFiles((line) => progress.step(line)) : undefined;
  return {
    kernel: kernel === undefined ? debian!.kernel : await readInput(kernel, "--kernel"),
    initrd:
      initrd === undefined ? busyboxInitramfs(debian!.busybox, debian!.modules) : await readInput(initrd, "--initrd"),
    from: kernel ?? debian!.kernelPackage,
  };
}

async function bootDebian(invocation: Invocation): Promise<number> {
  const progress = new Progress();
  const { kernel, initrd, from } = await files(invocation, progress).finally(() => progress.clear());
  const append = text(invocation, "append") ?? "";
  if (atTerminal()) {
    const { rows, columns } = process.stdout;
    const term = /^[\w.+-]+$/.test(process.env["TERM"] ?? "") ? (process.env["TERM"] ?? "") : "vt100";
    const commandLine =
      `console=ttyS0 panic=-1 isg.rows=${rows} isg.columns=${columns} isg.term=${term} ${append}`.trim();
    process.stderr.write(`${from}\r\n`);
    return runGuest(invocation, "debian", async () => ({ kernel, initrd, commandLine }));
  }
  return bootUnattended(
    invocation,
    { kernel, initrd, from },
    `console=ttyS0 panic=-1 isg.run=uname+-a ${append}`.trim(),
  );
}

/** Boots, runs `uname -a` in the guest, powers off and prints a summary. */
async function bootUnattended(
  invocation: Invocation,
  { kernel, initrd, from }: Files,
  commandLine: string,
): Promise<number> {
  const { limit, board, engine } = guestOptions(invocation);
  const save = await saving(invocation, board, "debian");
  const watched = await observation(invocation);
  const progress = new Progress();
  const decoder = new TextDecoder();
  let serial = "";
  const guest = new Guest({
    ...board,
    engine,
    timed: true,
    ...(watched === undefined ? {} : { observer: watched.observer }),
    ...(save === undefined ? {} : { save: save.plan }),
    interactive: false,
    onDiskError: note,
    onOutput: (bytes) => {
      serial += decoder.decode(bytes, { stream: true });
      progress.tick(() => `booting: ${(guest.instructions / 1e6).toFixed(0)} million instructions`);
    },
  });
  guest.endInput();
  guest.load(kernel, initrd, commandLine);
  const end = await guest.run(limit).finally(() => progress.clear());
  const statistics = guest.statistics();
  const findings = await watched?.finish();
  const lines = serial.split(/\r*\n/);
  const uname = between(lines, "@isg begin", "@isg end");
  const version = lines
    .map((line) => /Linux version (\S+) .*?(Debian \S+)?/.exec(line)?.[1])
    .find((v) => v !== undefined);
  const code = save?.finish(exitCode(end), end, statistics.instructions) ?? exitCode(end);
  const succeeded = code === 0 && uname !== "";
  if (flag(invocation, "json")) {
    const result = {
      end: end.reason,
      exitCode: succeeded ? 0 : code === 0 ? 1 : code,
      kernel: from,
      version,
      uname,
      ...findings?.json,
    };
    process.stdout.write(`${JSON.stringify({ ...result, statistics: statisticsJson(statistics) }, undefined, 2)}\n`);
    return result.exitCode;
  }
  if (findings !== undefined) process.stderr.write(`${findings.lines.join("\n")}\n`);
  if (!succeeded) {
    process.stderr.write(
      `${lines.slice(-TAIL).join("\n")}\nisg: ${describeEnd(end)}${uname === "" ? "; no answer to uname" : ""}\n`,
    );
    return code === 0 ? 1 : code;
  }
  process.stdout.write(
    [
      "Debian's kernel under Isinglass",
      "",
      labelled("package", from),
      labelled("kernel", version ?? "unknown"),
      labelled("uname -a", uname),
      ...statisticsLines(statistics),
      labelled("end", describeEnd(end)),
      "",
      "For a root shell: isg boot debian (or npm start) in a terminal.",
      "",
    ].join("\n"),
  );
  return 0;
}

/** The lines between two marker lines, as one text. */
function between(lines: readonly string[], first: string, last: string): string {
  const begin = lines.indexOf(first);
  const end = lines.indexOf(last, begin + 1);
  return begin < 0 || end < 0
    ? ""
    : lines
        .slice(begin + 1, end)
        .join("\n")
        .trim();
}
