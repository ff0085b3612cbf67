// One guest in v86 in this process: its serial line to stdout. `npm run bench -- suite` starts it; it is no command of its own.
import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { count, readOptions } from "./lib/options.mjs";

const options = readOptions("usage: node bench/run-v86.mjs --kernel F --initrd F --bios F --vga-bios F [--append S]", {
  kernel: { type: "string" },
  initrd: { type: "string" },
  bios: { type: "string" },
  "vga-bios": { type: "string" },
  append: { type: "string", default: "" },
  memory: { type: "string", default: "256" },
});
const { V86 } = await import("v86");
const MIB = 1 << 20;
/** After the last line: time for what is still in the pipe. */
const LEAVE_MS = 50;

function file(path) {
  const bytes = readFileSync(path);
  return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
}

const emulator = new V86({
  wasm_path: fileURLToPath(new URL("v86.wasm", import.meta.resolve("v86"))),
  bios: file(options.bios),
  vga_bios: file(options["vga-bios"]),
  bzimage: file(options.kernel),
  initrd: file(options.initrd),
  cmdline: options.append,
  memory_size: count(options.memory, "memory") * MIB,
  vga_memory_size: 8 * MIB,
  autostart: true,
  fastboot: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
});

let line = "";
emulator.add_listener("serial0-output-byte", (byte) => {
  line += String.fromCharCode(byte);
  if (byte !== 10) return;
  writeSync(1, line, null, "latin1");
  if (line.startsWith("@DONE")) setTimeout(() => process.exit(0), LEAVE_MS);
  line = "";
});
