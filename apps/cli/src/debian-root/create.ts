import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, linkSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { IsinglassError } from "@isinglass/interface";
import { copyToQcow2 } from "@isinglass/virtio/node";
import { hasProgram } from "../debian.js";
import { errnoText } from "../input.js";
import { checkOutput } from "../output-file.js";
import { debianSources } from "./sources.js";

/** What is to be made. */
export interface RootPlan {
  readonly path: string;
  /** Bytes of the disk. */
  readonly size: number;
  readonly format: "raw" | "qcow2";
  /** Packages beside those that a system needs to boot to a login. */
  readonly include: readonly string[];
}

/** An init, a kernel for virtual machines, and what makes its initramfs. */
const PACKAGES = ["systemd-sysv", "linux-image-cloud-amd64", "initramfs-tools"];

/** mke2fs stands where an ordinary user's PATH does not look. */
const PATH = (): string => `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

/** Run by mmdebstrap with the root folder as $1, outside of it. */
const HOOK = [
  'echo debian > "$1/etc/hostname"',
  'echo "/dev/vda / ext4 errors=remount-ro 0 1" > "$1/etc/fstab"',
  // Nobody but the one who started the machine is at its serial line.
  'sed -i "s/^root:[^:]*:/root::/" "$1/etc/shadow"',
].join(" && ");

/** Unpacks a tar archive from stdin into $1 and makes of that the file system $2 of $3 bytes; the kernel fills /dev itself. */
const PACK = [
  "set -e",
  'tar -x --numeric-owner --xattrs --xattrs-include="*" --exclude="./dev/*" -C "$1"',
  'mke2fs -q -F -t ext4 -E root_owner=0:0 -d "$1" "$2" "$(($3 / 1024))k"',
].join("\n");

/** Where a program is from, for messages. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  mmdebstrap: "mmdebstrap",
  mke2fs: "e2fsprogs",
  tar: "tar",
  fakeroot: "fakeroot",
};

function failed(path: string, why: string): IsinglassError {
  return new IsinglassError("ISG_DEBIAN_CREATE", `--disk ${path}: ${why}`);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Refuses, before anything is made, what could not be finished. */
export async function checkRootPlan({ path }: RootPlan): Promise<void> {
  if (existsSync(path))
    throw failed(path, "it is there already, and --create overwrites nothing; without --create, --root boots it");
  checkOutput(path, "--disk");
  for (const name of ["mmdebstrap", "mke2fs", "tar", ...(isRoot() ? [] : ["fakeroot"])])
    if (!(await hasProgram(name, PATH())))
      throw failed(path, `--create needs ${name}, which is not on PATH; Debian's package ${PACKAGE_OF[name]} has it`);
}

/**
 * Makes a disk image with a Debian root file system: packages by mmdebstrap from this machine's own mirror, an ext4 file system by mke2fs. It needs no root. The image
 * appears under its name when it is whole, and nothing is left where it could not be made.
 *
 * @param say gets what is being done
 * @throws IsinglassError `ISG_DEBIAN_CREATE` with the reason of the program that failed
 */
export async function createRoot(plan: RootPlan, say: (line: string) => void): Promise<void> {
  await checkRootPlan(plan);
  const file = resolve(plan.path);
  const work = mkdtempSync(join(dirname(file), `.${basename(file)}.`));
  const cleaned = new Cleanup(work);
  try {
    const raw = join(work, "root.img");
    const tree = mkdtempSync(join(work, "tree."));
    await packages(plan, work, tree, raw, say, cleaned);
    let image = raw;
    if (plan.format === "qcow2") {
      say("writing the qcow2 image");
      image = join(work, "root.qcow2");
      copyToQcow2(raw, image);
    }
    // A link, unlike a rename, does not replace what has come meanwhile.
    linkSync(image, file);
  } catch (problem) {
    if (problem instanceof IsinglassError) throw problem;
    const taken = (problem as NodeJS.ErrnoException).code === "EEXIST";
    throw failed(plan.path, taken ? "it was made by somebody else meanwhile" : errnoText(problem));
  } finally {
    cleaned.end();
  }
}

/** mmdebstrap into tar and mke2fs. */
async function packages(
  plan: RootPlan,
  work: string,
  tree: string,
  raw: string,
  say: (line: string) => void,
  cleaned: Cleanup,
): Promise<void> {
  const { release, lines } = await debianSources();
  const list = join(work, "sources.list");
  if (lines.length > 0) writeFileSync(list, `${lines.join("\n")}\n`);
  const env = { ...process.env, PATH: PATH(), LC_ALL: "C" };
  const include = [...PACKAGES, ...plan.include].join(",");
  const words = ["--variant=minbase", "--architectures=amd64", "--format=tar", `--include=${include}`];
  say(`Debian ${release}: looking at the package lists`);
  const strap = spawn(
    "mmdebstrap",
    [...words, `--customize-hook=${HOOK}`, release, "-", ...(lines.length > 0 ? [list] : [])],
    { env, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  cleaned.watch(strap);
  const pack = ["sh", "-c", PACK, "sh", tree, raw, String(plan.size)];
  const [program = "", ...args] = isRoot() ? pack : ["fakeroot", "--", ...pack];
  const packing = spawn(program, args, { env, detached: true, stdio: [strap.stdout, "ignore", "pipe"] });
  cleaned.watch(packing);
  // Ours is not needed any more: the archive ends when mmdebstrap's does.
  strap.stdout.destroy();
  const strapped = finished(strap, (line) => {
    const step = /^I: (.*?)\.*$/.exec(line)?.[1];
    if (step !== undefined) say(`Debian ${release}: ${step}`);
  });
  const packed = finished(packing, () => undefined);
  const [first, second] = await Promise.all([strapped, packed]);
  if (cleaned.signal !== undefined) throw failed(plan.path, `not made: ${cleaned.signal}`);
  if (first.code !== 0) throw failed(plan.path, `mmdebstrap failed: ${reason(first)}`);
  if (second.code !== 0) {
    const small = /Could not allocate|not enough space|too small/i.test(second.said);
    const why = small ? "; a larger --create has room" : "";
    throw failed(plan.path, `the file system could not be made: ${reason(second)}${why}`);
  }
}

interface Finished {
  readonly code: number;
  /** The end of what it said on stderr. */
  readonly said: string;
}

const SAID_MAX = 16_384;

function finished(child: ChildProcess, onLine: (line: string) => void): Promise<Finished> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n")) onLine(line);
    said = (said + text).slice(-SAID_MAX);
  });
  return new Promise((done) => {
    child.once("error", (problem) => done({ code: -1, said: errnoText(problem) }));
    child.once("close", (code) => done({ code: code ?? -1, said }));
  });
}

/** One line out of what a program said: apt's and mmdebstrap's own errors first. */
function reason({ said, code }: Finished): string {
  const lines = said.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => /^(E:|mke2fs:|tar:|fakeroot:|\S+ failed)/.test(line));
  // mmdebstrap repeats a whole command line in front of what went wrong.
  const first = errors.find((line) => !line.includes(" -o")) ?? errors[0] ?? lines.findLast((line) => line !== "");
  return (first ?? `exit code ${code}`).replace(/^E: /, "").slice(0, 300);
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes away what was made on the way, and ends the programs that make it when a signal comes. */
class Cleanup {
  signal: string | undefined;
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];
  readonly #onSignal = (signal: string): void => {
    this.signal = signal;
    for (const { pid } of this.#children)
      try {
        // With its own children: mmdebstrap alone would wait for apt to come to its end.
        if (pid !== undefined) process.kill(-pid, "SIGTERM");
      } catch {
        // It has ended already.
      }
  };

  constructor(folder: string) {
    this.#folder = folder;
    for (const name of SIGNALS) process.on(name, this.#onSignal);
  }

  watch(child: ChildProcess): void {
    this.#children.push(child);
  }

  end(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
