// What one benchmark program costs and where: the functions of the host that take the time, and the guest's instructions that are executed most.
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { MIB } from "./lib/emulators.mjs";
import { createGuest } from "./lib/guest.mjs";
import { GuestSamples, disassemble } from "./lib/guest-samples.mjs";
import { guestSymbols } from "./lib/guest-symbols.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { suiteGuest } from "./lib/suite-peers.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- profile-guest NAME|boot [--kernel installer|cloud|i386|FILE] [--step N] [--top N] [--lines N] [--cpu-profile FILE]

Runs the kernel (installer unless told) and the benchmark program NAME in this process, or the boot alone. First: V8's profile of the program's
time, the functions with the most time of their own; --cpu-profile keeps it. Then the same program again, from a state saved before it, in slices of about
N instructions (10,007 unless told): the functions and the pieces of code in which the slices end, with the share of samples at each instruction.`,
  {
    kernel: { type: "string", default: "installer" },
    step: { type: "string", default: "10007" },
    top: { type: "string", default: "10" },
    lines: { type: "string", default: "40" },
    "cpu-profile": { type: "string" },
  },
  true,
);
/** Instructions between two looks at what the guest has written. */
const SLICE = 200_000;
const PROFILE_INTERVAL_US = 250;
const HOST_ROWS = 25;
const IN_BUSYBOX = new Set(["sha256", "awk", "gzip", "gunzip", "shellloop", "boot"]);

const [program] = options.words;
if (options.words.length !== 1) stop("the name of one benchmark program, or boot, is needed; --help says more");
const step = count(options.step, "step");
const top = count(options.top, "top");
const lines = count(options.lines, "lines");
const guestOptions = suiteGuest(options.kernel, program === "boot" ? "boot" : [program]);
const symbols = await guestSymbols(guestOptions, !IN_BUSYBOX.has(program));
const begin = program === "boot" ? "" : `@B ${program}`;
const end = program === "boot" ? "BOOT_OK" : `@E ${program} `;
const memory = 256 * MIB;

const { saved, profile } = await hostProfile();
printHost(profile);
if (options["cpu-profile"] !== undefined) writeFileSync(options["cpu-profile"], JSON.stringify(profile));
printGuest(sample(saved));

function start(from) {
  const text = { all: "" };
  const onOutput = (bytes) => (text.all += Buffer.from(bytes).toString("latin1"));
  const append = `${guestOptions.append} nokaslr`;
  return { text, guest: createGuest({ memory, onOutput, ...(from ?? { ...guestOptions, append }) }) };
}

/** Runs slices until the guest has written something. */
function runTo(guest, text, mark, slice, look = () => {}) {
  while (!text.all.includes(mark)) {
    const exit = guest.run(slice());
    if (exit.reason !== "budget") stop(`the guest left with "${exit.reason}" before "${mark}"`);
    look();
  }
}

async function hostProfile() {
  const { guest, text } = start();
  runTo(guest, text, begin, () => SLICE);
  const state = guest.save();
  const { instructions } = guest;
  const tlb = { ...guest.statistics().tlb };
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: PROFILE_INTERVAL_US });
  const before = process.cpuUsage();
  await session.post("Profiler.start");
  runTo(guest, text, end, () => SLICE);
  const { profile: found } = await session.post("Profiler.stop");
  const { user, system } = process.cpuUsage(before);
  session.disconnect();
  const done = guest.instructions - instructions;
  const seconds = (user + system) / 1e6;
  console.log(
    `${program}, ${guestOptions.name}: ${(done / 1e6).toFixed(1)} M instructions, ${seconds.toFixed(2)} CPU s, ${(done / seconds / 1e6).toFixed(0)} MIPS`,
  );
  const { tlb: now } = guest.statistics();
  const grown = Object.entries(now).filter(([key, value]) => typeof value === "number" && value > (tlb[key] ?? 0));
  console.log(
    `TLB: ${grown.map(([key, value]) => `${key} ${(value - (tlb[key] ?? 0)).toLocaleString("en")}`).join(", ")}`,
  );
  return { saved: state, profile: found };
}

function printHost(found) {
  const frames = new Map(found.nodes.map((node) => [node.id, node.callFrame]));
  const times = new Map();
  let total = 0;
  found.samples.forEach((id, i) => {
    const { functionName, url, lineNumber } = frames.get(id);
    // The profiler's own start.
    if (url === "node:inspector") return;
    const where = url.startsWith("file:")
      ? `${url.split("/").slice(-4).join("/")}:${lineNumber + 1}`
      : url.slice(0, 40);
    const key = `${functionName || "(anonymous)"}\t${where}`;
    times.set(key, (times.get(key) ?? 0) + found.timeDeltas[i]);
    total += found.timeDeltas[i];
  });
  const rows = [...times].sort((a, b) => b[1] - a[1]).slice(0, HOST_ROWS);
  console.log("\nThe host's functions, by time of their own:\n");
  printTable(
    ["%", "function", "where"],
    rows.map(([key, time]) => [((time / total) * 100).toFixed(1), ...key.split("\t")]),
  );
}

function sample(state) {
  const { guest, text } = start({ restoreFrom: state });
  const samples = new GuestSamples();
  // Distances vary, so that loops do not beat with them; by a generator of our own, so that a run can be repeated.
  let random = 1;
  const slice = () => {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    return Math.ceil(step * (0.5 + random / 2 ** 32));
  };
  runTo(guest, text, end, slice, () => samples.take(guest));
  return samples;
}

function printGuest(samples) {
  const percent = (n) => ((n / samples.total) * 100).toFixed(1);
  console.log(
    `\nThe guest, ${samples.total} samples, ${(samples.userShare * 100).toFixed(1)} % in user mode; functions:\n`,
  );
  const names = samples.byName(symbols).slice(0, 2 * top);
  printTable(
    ["%", "function"],
    names.map(([name, n]) => [percent(n), name]),
  );
  for (const region of samples.regions().slice(0, top)) {
    const code = disassemble(region);
    const hottest = code.reduce((best, line, i) => (line.count > code[best].count ? i : best), 0);
    const from = Math.max(0, Math.min(hottest - (lines >> 1), code.length - lines));
    console.log(`\n${percent(region.count)} %  ${region.user ? "user" : "kernel"}, ${code.length} instructions`);
    let last = "";
    for (const { address, count: n, text } of code.slice(from, from + lines)) {
      const name = symbols(address, region.user);
      const owner = name.replace(/\+.*/, "");
      if (owner !== last) console.log(`                           ${name}:`);
      last = owner;
      console.log(`${(n === 0 ? "" : percent(n)).padStart(6)}  ${address.toString(16).padStart(16)}  ${text}`);
    }
  }
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
