// Which guests the suite boots, and in what.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { MIB, isinglass, qemu, v86 } from "./emulators.mjs";
import { COMMAND_LINE, firmwareFiles, guestFiles, guestFiles32 } from "./guest-files.mjs";

export const PEERS = ["isinglass", "qemu", "v86", "qemu-default"];
/** Names of the guests that need no file of the caller's. */
export const GUESTS = ["installer", "cloud", "i386"];
/** QEMU's model that gives a guest the flags and mitigations that ours does: what it has beyond them is switched off. */
const QEMU_MODEL = "qemu64,-svm";
/** xloadflags of the setup header: XLF_KERNEL_64 (Documentation/arch/x86/boot.rst). */
const XLOADFLAGS = 0x236;
const XLF_KERNEL_64 = 1;
const MEMORY = 256 * MIB;

function architectureOf(path) {
  const bytes = Buffer.alloc(2);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, 2, XLOADFLAGS);
  closeSync(file);
  return (bytes.readUInt16LE() & XLF_KERNEL_64) === 0 ? "i386" : "amd64";
}

/**
 * @typedef {{ name: string, architecture: "amd64" | "i386", programs: boolean, kernel: string, initrd: string, append: string, memory: number }} SuiteGuest
 */

/**
 * The guest of a `--kernel` option.
 *
 * @param {string} kernel one of {@link GUESTS}, or the path of a bzImage
 * @param {"boot" | "programs" | string[]} [only]
 * @returns {SuiteGuest}
 */
export function suiteGuest(kernel, only) {
  const known = GUESTS.includes(kernel);
  const architecture = known ? (kernel === "i386" ? "i386" : "amd64") : architectureOf(kernel);
  const files32 = architecture === "i386" ? guestFiles32() : undefined;
  const files = files32 === undefined ? guestFiles() : undefined;
  // The programs take their time on one kernel of each architecture; on the others they are run where somebody asks for them.
  const programs = only === "boot" ? false : only !== undefined || kernel !== "cloud";
  const words = [programs ? "" : "bootonly", Array.isArray(only) ? `programs=${only.join(",")}` : "", "cpuinfo"];
  return {
    name: known ? kernel : basename(kernel),
    architecture,
    programs,
    kernel: known ? (files32?.kernel ?? files.kernels[kernel]) : kernel,
    initrd: files32?.initrd ?? files.initrd,
    append: [COMMAND_LINE, ...words.filter((word) => word !== "")].join(" "),
    memory: MEMORY,
  };
}

function nodeMajor(node) {
  return /^v(\d+)/.exec(execFileSync(node, ["--version"], { encoding: "utf8" }))[1];
}

function qemuProgram(guest) {
  return guest.architecture === "i386" ? "qemu-system-i386" : "qemu-system-x86_64";
}

/**
 * What runs a guest, in the order in which they take turns.
 *
 * @param {SuiteGuest} guest
 * @param {readonly string[]} peers of {@link PEERS}
 * @param {readonly string[]} nodes paths of Node binaries
 * @returns {{ id: string, title: string, emulator: ReturnType<typeof qemu> }[]}
 */
export function emulatorsOf(guest, peers, nodes) {
  const out = [];
  const program = qemuProgram(guest);
  if (peers.includes("qemu"))
    out.push({ id: "qemu", title: "QEMU TCG", emulator: qemu(guest, [], { program, cpu: QEMU_MODEL }) });
  if (peers.includes("qemu-default"))
    out.push({ id: "qemu-default", title: "QEMU TCG, its own CPU model", emulator: qemu(guest, [], { program }) });
  for (const node of nodes) {
    const major = nodeMajor(node);
    if (peers.includes("isinglass"))
      out.push({
        id: `isinglass-node${major}`,
        title: `Isinglass, Node ${major}`,
        emulator: isinglass(guest, { node }),
      });
    if (peers.includes("v86") && guest.architecture === "i386")
      out.push({
        id: `v86-node${major}`,
        title: `v86, Node ${major}`,
        emulator: v86(guest, { node, firmware: firmwareFiles() }),
      });
  }
  return out;
}
