// One guest in this process: serial console to stdout, figures as JSON to --statistics FILE. The other scripts start it; it is no command of its own.
import { writeFileSync, writeSync } from "node:fs";
import { createGuest } from "./lib/guest.mjs";
import { count, readOptions } from "./lib/options.mjs";

const options = readOptions(
  "usage: node bench/run-guest.mjs --kernel F --initrd F [--append S] [--memory MIB] [--disk F]",
  {
    kernel: { type: "string" },
    initrd: { type: "string" },
    append: { type: "string", default: "" },
    memory: { type: "string", default: "256" },
    disk: { type: "string" },
    tier: { type: "string", default: "auto" },
    /** Processors. */
    smp: { type: "string", default: "1" },
    /** Stop after so many instructions. */
    limit: { type: "string", default: "100000000000" },
    /** COUNT:FILE: save the state after so many instructions. */
    "save-at": { type: "string", multiple: true, default: [] },
    restore: { type: "string" },
    hash: { type: "boolean", default: false },
    statistics: { type: "string" },
  },
);
/** Instructions between two looks at the limit. */
const SLICE = 100_000_000;
/** What /init says first; the shell's marker. */
const MARKER = "BOOT_OK";

let pending = "";
let boot;

const guest = createGuest({
  ...options,
  memory: count(options.memory, "memory") << 20,
  cpus: count(options.smp, "smp"),
  onOutput(bytes) {
    pending += Buffer.from(bytes).toString("latin1");
    const end = pending.lastIndexOf("\n") + 1;
    if (boot === undefined && pending.slice(0, end).includes(MARKER)) boot = figures();
    if (end > 0) writeSync(1, pending.slice(0, end), null, "latin1");
    pending = pending.slice(end);
  },
});

function figures() {
  const { user, system } = process.cpuUsage();
  return { instructions: guest.instructions, user: user / 1e6, system: system / 1e6 };
}

const stops = options["save-at"].map((text) => {
  const colon = text.indexOf(":");
  return { at: Number(text.slice(0, colon)), file: text.slice(colon + 1) };
});
stops.sort((a, b) => a.at - b.at);
const limit = count(options.limit, "limit");
let exit = { reason: "budget" };
while (exit.reason === "budget" && guest.instructions < limit) {
  if (stops[0]?.at === guest.instructions) writeFileSync(stops.shift().file, guest.save());
  const end = Math.min(limit, guest.instructions + SLICE, stops[0]?.at ?? Infinity);
  exit = guest.run(end - guest.instructions);
}
const end = figures();
if (pending !== "") writeSync(1, pending, null, "latin1");
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
  console.error(
    `the guest left with ${JSON.stringify(exit, (_, v) => (typeof v === "bigint" ? `0x${v.toString(16)}` : v))}`,
  );
  process.exitCode = 1;
}
