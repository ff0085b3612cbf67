// CPU seconds from nothing to the guest's shell, Isinglass beside QEMU's TCG, on both Debian kernels, in turns.
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { MIB, isinglass, qemu, reportFailure, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { median, printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- boot [--rounds N] [--kernel installer|cloud]... [--node PATH]... [--memory MIB] [--tier interp|auto] [--json]

Boots Debian's installer and cloud kernels to the shell marker under Isinglass and under qemu-system-x86_64 -accel tcg,thread=single, and
prints user + system CPU seconds of the whole process: the interpreter alone unless --tier says otherwise. Each --node adds a Node binary to the one that runs this. The exit code is 1 where
a guest does not come up, takes more than 8 times QEMU's CPU (median), or more memory than the guest's plus 200 MB.`,
  {
    rounds: { type: "string", default: "1" },
    kernel: { type: "string", multiple: true, default: ["installer", "cloud"] },
    node: { type: "string", multiple: true, default: [] },
    memory: { type: "string", default: "256" },
    tier: { type: "string", default: "interp" },
    json: { type: "boolean", default: false },
  },
);
const RATIO_LIMIT = 8;
const RSS_ALLOWANCE = 200e6;

const memory = count(options.memory, "memory") * MIB;
const files = guestFiles();
const nodes = [process.execPath, ...options.node];
const records = [];
for (let round = 1; round <= count(options.rounds, "rounds"); round++) {
  for (const kernel of options.kernel) {
    const guest = { kernel: files.kernels[kernel], initrd: files.initrd, append: `${COMMAND_LINE} bootonly`, memory };
    await measure(round, kernel, "QEMU TCG", qemu(guest));
    for (const node of nodes)
      await measure(
        round,
        kernel,
        `Isinglass, Node ${version(node)}`,
        isinglass(guest, { node, extra: ["--tier", options.tier] }),
      );
  }
}
const rows = summary();
if (options.json) {
  const qemuVersion = execFileSync("qemu-system-x86_64", ["--version"], { encoding: "utf8" }).split("\n")[0];
  console.log(
    JSON.stringify(
      {
        date: new Date().toISOString(),
        cpu: cpus()[0]?.model,
        load: loadavg(),
        qemu: qemuVersion,
        memory,
        runs: records,
        summary: rows,
      },
      null,
      2,
    ),
  );
} else {
  const number = (value, digits) => (value === undefined ? "" : value.toFixed(digits));
  const head = ["kernel", "emulator", "CPU s to shell", "min", "x QEMU", "peak RSS MB", "instructions M", "MIPS"];
  printTable(
    head,
    rows.map((r) => [
      r.kernel,
      r.emulator,
      number(r.cpu, 2),
      number(r.cpuMin, 2),
      number(r.ratio, 2),
      number(r.rss / 1e6, 0),
      number(r.instructions && r.instructions / 1e6, 0),
      number(r.mips, 0),
    ]),
  );
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} CPUs, load ${loadavg()[0].toFixed(1)}; medians of ${options.rounds} round(s), ${memory / MIB} MiB of guest memory`,
  );
}
for (const row of rows) {
  if (row.ratio > RATIO_LIMIT)
    fail(
      `${row.kernel}, ${row.emulator}: ${row.ratio.toFixed(2)} times QEMU's CPU time; at most ${RATIO_LIMIT} is right`,
    );
  if (row.ratio !== undefined && row.rss > memory + RSS_ALLOWANCE)
    fail(
      `${row.kernel}, ${row.emulator}: peak RSS ${(row.rss / 1e6).toFixed(0)} MB; at most ${((memory + RSS_ALLOWANCE) / 1e6).toFixed(0)} is right`,
    );
}

function version(node) {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1);
}

async function measure(round, kernel, emulator, how) {
  const result = await run(how);
  if (!result.ok || result.boot === undefined) return reportFailure(`${kernel}, ${emulator}`, result);
  const instructions = result.statistics?.boot.instructions;
  records.push({
    round,
    kernel,
    emulator,
    ...result.boot,
    rss: result.rss,
    instructions,
    mips: instructions && instructions / result.boot.total / 1e6,
  });
  console.error(`round ${round}: ${kernel}, ${emulator}: ${result.boot.total.toFixed(2)} s`);
}

function summary() {
  const out = [];
  for (const kernel of options.kernel) {
    const mine = records.filter((r) => r.kernel === kernel);
    for (const emulator of new Set(mine.map((r) => r.emulator))) {
      const runs = mine.filter((r) => r.emulator === emulator);
      const cpu = median(runs.map((r) => r.total));
      const base = out.find((r) => r.kernel === kernel && r.emulator === "QEMU TCG")?.cpu;
      const { instructions } = runs[0];
      out.push({
        kernel,
        emulator,
        cpu,
        cpuMin: Math.min(...runs.map((r) => r.total)),
        ratio: emulator === "QEMU TCG" || base === undefined ? undefined : cpu / base,
        rss: Math.max(...runs.map((r) => r.rss)),
        instructions,
        mips: instructions === undefined ? undefined : instructions / cpu / 1e6,
      });
    }
  }
  return out;
}

function fail(line) {
  console.error(line);
  process.exitCode = 1;
}
