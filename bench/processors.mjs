// Debian with several processors, again and again. With the deterministic clock ten boots would be one boot ten times: so each has a speed of its own, or the host's
// clock, and interrupts come elsewhere in each.
import { createHash } from "node:crypto";
import { createGuest } from "./lib/guest.mjs";
import { COMMAND_LINE, guestFiles, guestFiles32 } from "./lib/guest-files.mjs";
import { MIB } from "./lib/emulators.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- processors [--smp N] [--boots N] [--kernel cloud|installer|i386] [--tier interp|jit|auto]

Boots the kernel to a shell with N processors (2 unless told), so many times (10), each at another number of nanoseconds an instruction or by the host's
clock. In the shell as many checksums are computed at once as there are processors; then the guest is switched off. The exit code is 1 where a boot does not come to its end, nproc says
something else, a checksum is wrong, a processor took no timer interrupts or spent no time on the checksums, or the kernel's log tells of a warp of time-stamp counters, a
lock-up, a stall, a BUG or a WARNING.`,
  {
    smp: { type: "string", default: "2" },
    boots: { type: "string", default: "10" },
    kernel: { type: "string", default: "cloud" },
    tier: { type: "string", default: "auto" },
  },
);
const cpus = count(options.smp, "smp");
/** Nanoseconds an instruction of each boot, 0 for the host's clock. */
const RATES = [4, 1, 0, 2, 7, 0, 3, 11, 0, 5];
/** MiB of zeros that each checksum is of. */
const SIZE = 4;
const EXPECTED = createHash("sha256")
  .update(new Uint8Array(SIZE * MIB))
  .digest("hex");
/** Far more than a boot takes: who is still there hangs. */
const LIMIT = 20e9;
const SLICE = 2_000_000;
const PROMPT = /# (.\[6n)?$/;
const COMPLAINTS = /warp|lockup|stall|hung task|BUG:|WARNING:|Oops|stuck|unsynchronized|did not start/;

const files = options.kernel === "i386" ? guestFiles32() : guestFiles();
const kernel = options.kernel === "i386" ? files.kernel : files.kernels[options.kernel];

/** Runs the guest until `done` of what it has written since says so; what it wrote. */
async function until(guest, done) {
  const from = guest.text.length;
  while (guest.board.instructions < LIMIT) {
    const exit = guest.board.run(SLICE);
    const said = guest.text.slice(from);
    if (done(said)) return said;
    if (guest.board.machine.stopReason !== undefined) break;
    // By the host's clock: nothing to do until a timer's time.
    if (exit.reason === "hlt") await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(
    `${guest.board.machine.stopReason ?? "hangs"} after ${guest.board.instructions} instructions: ${guest.text.slice(-300)}`,
  );
}

async function command(guest, text) {
  const typed = guest.text.length;
  guest.board.machine.serialInput(Buffer.from(`${text}\n`));
  await until(guest, (said) => said.includes("\n") && PROMPT.test(said));
  return guest.text.slice(typed).replaceAll("\r", "");
}

/** By processor: the timer interrupts, and the jiffies that it was not idle for. */
async function work(guest) {
  const interrupts = await command(guest, "grep LOC /proc/interrupts");
  const stat = await command(guest, "grep '^cpu[0-9]' /proc/stat");
  const [, timers] = /LOC:([ \d]+)/.exec(interrupts);
  const busy = [...stat.matchAll(/^cpu\d+ (\d+) (\d+) (\d+)/gm)].map(([, ...fields]) =>
    fields.reduce((a, b) => a + +b, 0),
  );
  return { timers: timers.trim().split(/ +/).map(Number), busy };
}

async function boot(time) {
  const guest = { text: "", board: undefined };
  guest.board = createGuest({
    kernel,
    initrd: files.initrd,
    append: `${COMMAND_LINE} shell`,
    memory: 256 * MIB,
    cpus,
    tier: options.tier,
    time,
    onOutput: (bytes) => (guest.text += Buffer.from(bytes).toString("latin1")),
  });
  await until(guest, (said) => PROMPT.test(said));
  const shell = guest.board.instructions;
  const problems = [];
  const check = (good, what) => good || problems.push(what);
  const nproc = /^\d+$/m.exec(await command(guest, "nproc"))?.[0];
  check(Number(nproc) === cpus, `nproc says ${nproc}`);
  const before = await work(guest);
  const one = `dd if=/dev/zero bs=1M count=${SIZE} 2>/dev/null | sha256sum`;
  const sums = await command(guest, `for i in $(seq ${cpus}); do (${one}) & done; wait`);
  const right = sums.split(EXPECTED).length - 1;
  check(right === cpus, `${right} of ${cpus} checksums are right`);
  const after = await work(guest);
  const gained = (list) => list(after).map((value, i) => value - list(before)[i]);
  const busy = gained(({ busy: jiffies }) => jiffies);
  check(busy.length === cpus && busy.every((jiffies) => jiffies > 0), `busy for ${busy.join(", ")} jiffies`);
  check(
    after.timers.length === cpus && after.timers.every((n) => n > 0),
    `timer interrupts ${after.timers.join(", ")}`,
  );
  const complaints = guest.text.split("\n").filter((line) => line.startsWith("[") && COMPLAINTS.test(line));
  problems.push(...complaints);
  guest.board.machine.serialInput(Buffer.from("poweroff -f\n"));
  await until(guest, () => guest.board.machine.stopReason === "poweroff");
  return { shell, end: guest.board.instructions, timers: after.timers, busy, problems };
}

const rows = [];
let bad = 0;
for (let i = 0; i < count(options.boots, "boots"); i++) {
  const rate = RATES[i % RATES.length];
  const time = rate === 0 ? { clock: "realtime", now: () => performance.now() } : { nanosecondsPerInstruction: rate };
  const name = rate === 0 ? "the host's" : `${rate} ns`;
  try {
    const { shell, end, timers, busy, problems } = await boot(time);
    rows.push([name, shell, end, timers.join(" "), busy.join(" "), problems.join("; ") || "none"]);
    if (problems.length > 0) bad += 1;
  } catch (problem) {
    rows.push([name, "", "", "", "", problem.message]);
    bad += 1;
  }
  console.error(`boot ${i + 1}: ${rows.at(-1).join(" | ")}`);
}
printTable(
  ["clock", "instructions to the shell", "to power-off", "timer interrupts", "jiffies at work", "problems"],
  rows,
);
console.log(`${rows.length} boots with ${cpus} processors, ${bad} with problems`);
if (bad > 0) process.exitCode = 1;
