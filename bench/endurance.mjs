// A guest that works without a pause for half an hour: does the process grow, does the guest slow down?
import { MIB, isinglass, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { median, printTable } from "./lib/table.mjs";
import { slope } from "./lib/trend.mjs";

const options = readOptions(
  `usage: npm run bench -- endurance [--minutes N] [--programs NAME,NAME] [--kernel installer|cloud] [--node PATH] [--json]

Runs the benchmark programs, shell loops, compression and short-lived processes in the guest in turns, again and again, for N minutes (30 unless told), and
prints CPU seconds and resident set of each round. The exit code is 1 where the process takes more than the guest's memory plus 300 MB, or the
median round of the last third takes more than 1.1 times the first third's. With --programs a round has only those of the 16 programs.`,
  {
    minutes: { type: "string", default: "30" },
    programs: { type: "string" },
    kernel: { type: "string", default: "installer" },
    node: { type: "string" },
    json: { type: "boolean", default: false },
  },
);
const RSS_ALLOWANCE = 300e6;
const SLOWER = 1.1;
/** The first round compiles what the others find compiled. */
const WARM_UP = 1;
const PHASES = ["programs", "shell", "compression", "processes"];

const memory = 256 * MIB;
const files = guestFiles();
const guest = {
  kernel: files.kernels[options.kernel],
  initrd: files.initrd,
  append: [COMMAND_LINE, "endless", ...(options.programs === undefined ? [] : [`programs=${options.programs}`])].join(
    " ",
  ),
  memory,
};
const rounds = [];
let current;
let last;
// It is time that ends the run, however many instructions are executed by then.
const how = {
  extra: ["--limit", String(Number.MAX_SAFE_INTEGER)],
  ...(options.node === undefined ? {} : { node: options.node }),
};
const result = await run(isinglass(guest, how), {
  seconds: count(options.minutes, "minutes") * 60,
  onLine(line, sample) {
    const [, word, value] = /^@L (\S+) (\S+)$/.exec(line) ?? [];
    if (word === undefined) return;
    const now = sample();
    if (word === "begin") current = { round: Number(value), from: now, phases: {}, results: {} };
    else if (word === "end") {
      rounds.push({
        round: current.round,
        cpu: now.total - current.from.total,
        rss: now.rss,
        phases: current.phases,
        results: current.results,
      });
      const each = PHASES.map((name) => `${name} ${current.phases[name].toFixed(2)} s`).join(", ");
      console.error(`round ${value}: ${each}; ${(now.rss / 1e6).toFixed(0)} MB`);
    } else {
      current.phases[word] = now.total - last.total;
      current.results[word] = value;
    }
    last = now;
  },
});
if (result.exit !== "timeout")
  fail(`the guest ended by itself (exit ${result.exit}): ${result.log.slice(-3).join(" | ")}`);
const counted = rounds.slice(WARM_UP);
if (counted.length < 3) fail(`${rounds.length} rounds; at least ${WARM_UP + 3} are needed: give it more --minutes`);
else judge();

function judge() {
  const third = Math.floor(counted.length / 3);
  const [first, final] = [counted.slice(0, third), counted.slice(-third)];
  const cpu = (list) => median(list.map((r) => r.cpu));
  const report = {
    minutes: Number(options.minutes),
    rounds: rounds.length,
    firstThird: cpu(first),
    lastThird: cpu(final),
    ratio: cpu(final) / cpu(first),
    slopePerRound: slope(counted.map((r) => r.cpu)),
    peakRss: result.rss,
    overMemory: result.rss - memory,
    rssSlopePerRound: slope(counted.map((r) => r.rss)),
  };
  if (options.json) console.log(JSON.stringify({ ...report, perRound: rounds }, undefined, 2));
  else {
    const phase = (list, name) => median(list.map((r) => r.phases[name] ?? 0)).toFixed(2);
    const row = (name, list) => [name, list.length, ...PHASES.map((p) => phase(list, p)), cpu(list).toFixed(2)];
    printTable(
      ["CPU s, median", "rounds", ...PHASES, "whole round"],
      [row("first third", first), row("last third", final), row("all but the first round", counted)],
    );
    console.log(
      `last third ${report.ratio.toFixed(3)} times the first; ${(report.slopePerRound * 1000).toFixed(1)} ms more a round\n` +
        `peak RSS ${(result.rss / 1e6).toFixed(0)} MB, ${(report.overMemory / 1e6).toFixed(0)} MB above the guest's memory; ${(report.rssSlopePerRound / 1e6).toFixed(2)} MB more a round`,
    );
  }
  for (const name of PHASES) {
    const values = new Set(rounds.map((r) => r.results[name]));
    if (values.size > 1) fail(`${name}: different results in different rounds: ${[...values].join(", ")}`);
  }
  if (report.overMemory > RSS_ALLOWANCE)
    fail(`peak RSS: at most ${RSS_ALLOWANCE / 1e6} MB above the guest's memory is right`);
  if (report.ratio > SLOWER) fail(`the guest slows down: at most ${SLOWER} times the first third is right`);
}

function fail(line) {
  console.error(line);
  process.exitCode = 1;
}
