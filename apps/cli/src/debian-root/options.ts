import { existsSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { MiB } from "@isinglass/machine";
import { diskOf } from "../board-options.js";
import { type Invocation, type OptionSpec, bytes, flag, list, text } from "../command.js";
import { guestOptions } from "../commands/run.js";
import { type Disk, diskWord } from "../disk-image.js";
import type { RootPlan } from "./create.js";

/** Options of `isg boot debian` for a Debian on a disk. */
export const ROOT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  root: { type: "boolean", help: "boot the Debian on the first --disk, with the kernel that is in its file system" },
  create: {
    type: "string",
    value: "SIZE",
    help: "make the first --disk first: a Debian of SIZE, such as 2G, by mmdebstrap and mke2fs; then boot it",
  },
  format: { type: "string", value: "raw|qcow2", help: "of the image that --create makes; raw unless given" },
  include: { type: "string", value: "PACKAGE,...", help: "packages that --create adds, such as perl,python3" },
};

/** A system with an init of its own and an initramfs wants more than a busybox. */
const MEMORY = "512M";
/** Less than that has no room for Debian's smallest system and a kernel. */
const SMALLEST = 512 * MiB;

/** What is to be booted from a disk, and what is to be made before. */
export interface RootRequest {
  readonly plan?: RootPlan;
  /** The disk with the root file system. */
  readonly disk: Disk;
  /** The command line as it is once the image is there. */
  readonly invocation: Invocation;
  /** A command that boots the disk again. */
  readonly guest: string;
}

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** What `--root` and `--create` ask for, checked as far as it can be before an image is made; undefined: neither is given. */
export function rootRequest(invocation: Invocation, which: string | undefined): RootRequest | undefined {
  const size = text(invocation, "create");
  const asked = ["root", "create", "format", "include"].filter((name) => invocation.options[name] !== undefined);
  const [first] = asked;
  if (first === undefined) return undefined;
  if (which !== "debian")
    throw usage(`isg boot${which === undefined ? "" : ` ${which}`}: --${first} belongs to isg boot debian`);
  if (text(invocation, "restore") !== undefined)
    throw usage(`--${first} belongs to a boot; --restore goes on with what was booted`);
  if (size === undefined && !flag(invocation, "root"))
    throw usage(`--${first}: it says how --create SIZE makes an image, which is not given`);
  const [word, ...others] = list(invocation, "disk");
  if (word === undefined) throw usage(`--${first}: --disk FILE is needed, the disk with Debian`);
  const memory = text(invocation, "memory") ?? MEMORY;
  if (size === undefined) {
    for (const name of ["format", "include"])
      if (invocation.options[name] !== undefined)
        throw usage(`--${name}: it says how --create SIZE makes an image, which is not given`);
    const disk = diskOf(word);
    return { disk, invocation: { ...invocation, options: { ...invocation.options, memory } }, guest: again(disk) };
  }
  const { format, include } = { format: text(invocation, "format"), include: text(invocation, "include") };
  const given = diskOf(word);
  if (given.readonly) throw usage(`--disk ${word}: --create makes a disk to be written to; leave ro and snapshot away`);
  if (given.format !== undefined && format !== undefined && given.format !== format)
    throw usage(`--format ${format}: --disk ${word} says something else`);
  const disk: Disk = {
    path: given.path,
    readonly: false,
    format: (format ?? given.format) === "qcow2" ? "qcow2" : "raw",
  };
  const options = { ...invocation.options, memory, disk: [diskWord(disk), ...others] };
  // What is wrong with the rest is said before minutes are spent; the image itself cannot be looked at yet.
  if (!existsSync(disk.path)) guestOptions({ ...invocation, options: { ...options, disk: others } });
  return {
    plan: { path: disk.path, size: diskSize(size), format: disk.format ?? "raw", include: packages(include) },
    disk,
    invocation: { ...invocation, options },
    guest: again(disk),
  };
}

function again(disk: Disk): string {
  const word = disk.format === "raw" ? disk.path : diskWord(disk);
  return `isg boot debian --disk ${/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`} --root`;
}

function diskSize(value: string): number {
  const size = bytes(value, "--create");
  if (size >= SMALLEST && size % MiB === 0 && Number.isSafeInteger(size)) return size;
  throw usage(`--create ${value}: whole mebibytes from ${SMALLEST / MiB}M up; a Debian with a kernel takes about 400M`);
}

/** Debian's names of packages (Policy, 5.6.7). */
function packages(value: string | undefined): readonly string[] {
  const names = value === undefined ? [] : value.split(",");
  const wrong = names.find((name) => !/^[a-z0-9][a-z0-9+.-]+$/.test(name));
  if (wrong !== undefined) throw usage(`--include ${value}: "${wrong}" is no package's name; perl,python3 is right`);
  return names;
}
