// A guest of the command `isg`, in this process, whose serial line is read line by line and typed into.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Guest } from "../../apps/cli/dist/guest.js";
import { qemu } from "./emulators.mjs";
import { ProcessCpu } from "./process-cpu.mjs";

/** Characters that are looked back at for a prompt. */
const SINCE = 4096;

/**
 * Boots a guest and talks to it until it powers off.
 *
 * @param {{ memory: number, disks: { path: string, readonly: boolean, format?: "raw" | "qcow2" }[], kernel: Uint8Array, initrd: Uint8Array, append: string, cpu?: string, limit?: number,
 *   dialogue: { await: RegExp, type: string }[], onText?: (text: string) => void, onLine?: (line: string, figures: () => Figures) => void }} options
 *   `dialogue`: what is typed once the text since the last answer ends as `await` says, in this order
 * @typedef {{ instructions: number, cpu: number }} Figures
 * @returns {Promise<{ end: import("../../apps/cli/dist/guest.js").GuestEnd, figures: Figures, lines: string[] }>}
 */
export async function talk(options) {
  const begun = process.cpuUsage();
  const figures = () => {
    const { user, system } = process.cpuUsage(begun);
    return { instructions: guest.instructions, cpu: (user + system) / 1e6 };
  };
  const conversation = new Conversation(options, figures, (bytes) => guest.input(bytes));
  const guest = new Guest({
    memory: options.memory,
    disks: options.disks,
    ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
    interactive: false,
    onOutput: (bytes) => conversation.take(bytes),
  });
  guest.load(options.kernel, options.initrd, options.append);
  const end = await guest.run(options.limit ?? Infinity);
  return { end, figures: figures(), lines: conversation.finish() };
}

/** What was said on the serial line, and what is answered. */
class Conversation {
  #options;
  #figures;
  #type;
  #left;
  #since = "";
  #pending = "";
  #lines = [];
  #decoder = new TextDecoder();

  constructor(options, figures, type) {
    this.#options = options;
    this.#figures = figures;
    this.#type = type;
    this.#left = [...options.dialogue];
  }

  take(bytes) {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#options.onText?.(text);
    this.#since = (this.#since + text).slice(-SINCE);
    const complete = (this.#pending + text).split("\n");
    this.#pending = complete.pop();
    for (const raw of complete) {
      const line = raw.replaceAll("\r", "");
      this.#lines.push(line);
      this.#options.onLine?.(line, this.#figures);
    }
    const [next] = this.#left;
    if (next === undefined || !next.await.test(this.#since)) return;
    this.#left.shift();
    this.#since = "";
    this.#type(new TextEncoder().encode(next.type));
  }

  finish() {
    if (this.#pending !== "") this.#lines.push(this.#pending);
    return this.#lines;
  }
}

/** The same guest under QEMU's TCG; there are no counts of instructions. */
export async function talkToQemu(options) {
  const folder = mkdtempSync(join(tmpdir(), "isinglass-qemu-"));
  const [kernel, initrd] = ["kernel", "initrd"].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, options[name]);
    return path;
  });
  const disks = options.disks.flatMap(({ path, readonly, format = "raw" }, i) => [
    "-drive",
    `if=none,id=d${i},format=${format},file=${path},readonly=${readonly ? "on" : "off"}`,
    "-device",
    `virtio-blk-pci,drive=d${i}`,
  ]);
  const guest = { kernel, initrd, append: options.append, memory: options.memory };
  const { command, args } = qemu(guest, disks);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const watch = new ProcessCpu(child.pid);
  const figures = () => ({ instructions: undefined, cpu: watch.sample().total });
  const conversation = new Conversation(options, figures, (bytes) => child.stdin.write(bytes));
  child.stdout.on("data", (bytes) => conversation.take(bytes));
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return {
      end: { reason: code === 0 ? "poweroff" : `exit code ${code}` },
      figures: figures(),
      lines: conversation.finish(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
