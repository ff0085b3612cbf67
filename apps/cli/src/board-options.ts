import { accessSync, constants, existsSync, statSync } from "node:fs";
import { CPU_MODELS } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";
import { LARGEST_MEMORY, MOST_CPUS, MiB, SMALLEST_MEMORY, cpuModel } from "@isinglass/machine";
import { type Invocation, type OptionSpec, bytes, list, text } from "./command.js";
import { type Disk, checkFormat } from "./disk-image.js";
import { checkDistinct } from "./disk-lock.js";
import { errnoText } from "./input.js";

/** `--cpu` of every command that executes code. */
export const CPU_OPTION: OptionSpec = {
  type: "string",
  value: "MODEL",
  choices: Object.keys(CPU_MODELS),
  takesMore: true,
  help: "CPU model, and features to add or take away, as in max,-pcid; x86-64 unless given",
};

/** `--smp` of every command with a guest. */
export const SMP_OPTION: OptionSpec = {
  type: "string",
  value: "N",
  help: `processors, 1 to ${MOST_CPUS}, which take turns in one thread; 1 unless given`,
};

/** `--memory` of every command with a guest. */
export const MEMORY_OPTION: OptionSpec = {
  type: "string",
  value: "SIZE",
  help: "the guest's RAM, such as 512M; 256M unless given",
};

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** Bytes of RAM: those of `--memory`, which a PC can have. */
export function memory(invocation: Invocation, otherwise: string): number {
  const value = text(invocation, "memory") ?? otherwise;
  const size = bytes(value, "--memory");
  if (size >= SMALLEST_MEMORY && size <= LARGEST_MEMORY && size % MiB === 0) return size;
  const range = `${SMALLEST_MEMORY / MiB}M to ${LARGEST_MEMORY / 1024 / MiB}G`;
  const unit = /\d$/.test(value) ? " (a number without K, M or G is in bytes)" : "";
  throw usage(`--memory ${value}: a guest has ${range}, in whole mebibytes${unit}`);
}

/** `--cpu` where it is given, for the options of a machine. */
export function cpu(invocation: Invocation): { readonly cpu?: string } {
  const name = text(invocation, "cpu");
  if (name === undefined) return {};
  try {
    cpuModel(name);
  } catch (error) {
    throw usage(`--cpu ${name}: ${error instanceof Error ? error.message.replace(/^cpu: /, "") : String(error)}`);
  }
  return { cpu: name };
}

/** `--smp` where it is given. */
export function smp(invocation: Invocation): { readonly cpus?: number } {
  const value = text(invocation, "smp");
  if (value === undefined) return {};
  const cpus = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(cpus >= 1 && cpus <= MOST_CPUS)) throw usage(`--smp ${value}: a guest has 1 to ${MOST_CPUS} processors`);
  if (cpus > 1 && invocation.options["verify"] === true)
    throw usage(`--smp ${value}: --verify follows one processor; leave one of them out`);
  return { cpus };
}

const DISK_FLAG = /^(ro|format=(raw|qcow2)|snapshot=.+)$/;

/** What follows the last commas of a disk: flags, or a part of the file's name. */
export function diskOf(word: string): Disk {
  let path = word;
  let disk: Omit<Disk, "path"> = { readonly: false };
  for (let at = path.lastIndexOf(","); at >= 0; at = path.lastIndexOf(",")) {
    const flag = path.slice(at + 1);
    const found = DISK_FLAG.exec(flag);
    if (found === null && existsSync(path)) break;
    if (found === null)
      throw usage(
        `--disk ${word}: no flag "${flag}"; FILE or FILE,ro is right, also format=qcow2, format=raw, snapshot=NAME`,
      );
    if (flag === "ro") disk = { ...disk, readonly: true };
    else if (flag.startsWith("format=")) disk = { ...disk, format: found[2] === "qcow2" ? "qcow2" : "raw" };
    else disk = { ...disk, readonly: true, snapshot: flag.slice("snapshot=".length) };
    path = path.slice(0, at);
  }
  if (path === "") throw usage(`--disk ${word}: the file is missing; FILE,ro is right`);
  if (disk.snapshot !== undefined && disk.format !== "qcow2")
    throw usage(`--disk ${word}: snapshots are in qcow2 images; add format=qcow2`);
  return { path, ...disk };
}

/** Says why an image could not be opened, before anything is made for it. */
function checkDisk(disk: Disk): void {
  const { path, readonly } = disk;
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new IsinglassError("ISG_CLI_FILE", `--disk ${path}: is a folder, not a file`);
    // Opening a pipe would wait for somebody at its other end.
    if (!stat.isFile()) throw new IsinglassError("ISG_CLI_FILE", `--disk ${path}: is no regular file`);
    accessSync(path, readonly ? constants.R_OK : constants.R_OK | constants.W_OK);
    checkFormat(disk);
  } catch (problem) {
    if (problem instanceof IsinglassError) throw problem;
    const { code } = problem as NodeJS.ErrnoException;
    const hint = !readonly && (code === "EACCES" || code === "EROFS") ? `; with ${path},ro it is only read` : "";
    throw new IsinglassError("ISG_CLI_FILE", `--disk ${path}: ${errnoText(problem)}${hint}`);
  }
}

/** Slots of the PCI bus that are left for disks, if one is for random numbers. */
const MOST_DISKS = 29;

/** The disks of `--disk`. */
export function disks(invocation: Invocation): Disk[] {
  const all = list(invocation, "disk").map(diskOf);
  if (all.length > MOST_DISKS)
    throw usage(`--disk: there are ${all.length} of them; a guest has ${MOST_DISKS} at most`);
  all.forEach(checkDisk);
  checkDistinct(all);
  return all;
}
