// One guest in this process: serial console to stdout, figures as JSON to --statistics FILE. The other scripts start it; it is no command of its own.
import { writeFileSync, writeSync } from "node:fs";
import { createGuest } from "./lib/guest.mjs";
import { count, readOptions } from "./lib/options.mjs";

const options = readOptions("usage: node bench/run-guest.mjs --kernel F --initrd F [--append S] [--memory MIB] [--disk F]", {
  kernel: { type: "string" },
  initrd: { type: "string" },
  append: { type: "string", default: "" },
  memory: { type: "string", default: "256" },
  disk: { type: "string" },
  /** Stop after so many instructions. */
  limit: { type: "string", default: "100000000000" },
  hash: { type: "boolean", default: false },
  statistics: { type: "string" },
});
/** Instructions between two looks at the limit. */
const SLICE = 100_000_000;
const MARKER = "BOOT_OK";

const line = new Uint8Array(4096);
let used = 0;
let boot;

const guest = createGuest({
  memory: count(options.memory, "memory") << 20,
  kernel: options.kernel,
  initrd: options.initrd,
  append: options.append,
  ...(options.disk === undefined ? {} : { disk: options.disk }),
  onSerial(byte) {
    line[used++] = byte;
    if (byte === 10 || used === line.length) flush();
  },
});

function flush() {
  const text = line.subarray(0, used);
  used = 0;
  if (boot === undefined && String.fromCharCode(...text).startsWith(MARKER)) boot = figures();
  writeSync(1, text);
}

function figures() {
  const { user, system } = process.cpuUsage();
  return { instructions: guest.instructions, user: user / 1e6, system: system / 1e6 };
}

const limit = count(options.limit, "limit");
let exit = { reason: "budget" };
while (exit.reason === "budget" && guest.instructions < limit) {
  exit = guest.run(Math.min(SLICE, limit - guest.instructions));
}
const end = figures();
if (used > 0) flush();
if (options.statistics !== undefined) {
  writeFileSync(
    options.statistics,
    JSON.stringify({
      node: process.version,
      boot,
      end,
      exit,
      rss: process.resourceUsage().maxRSS * 1024,
      ...guest.statistics(),
      ...(options.hash ? { hash: guest.stateHash() } : {}),
    }),
  );
}
if (exit.reason !== "shutdown" && exit.reason !== "budget") {
  console.error(`the guest left with ${JSON.stringify(exit, (_, v) => (typeof v === "bigint" ? `0x${v.toString(16)}` : v))}`);
  process.exitCode = 1;
}
