// Isinglass, QEMU's TCG and v86 on the same kernels with the same initial RAM disk and the same static program, in turns: what a boot and each of
// 16 programs cost in CPU seconds.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportFailure } from "./lib/emulators.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { GUESTS, PEERS, emulatorsOf, suiteGuest } from "./lib/suite-peers.mjs";
import { cpuDifferences, measure } from "./lib/suite-run.mjs";
import { writeCharts } from "./lib/suite-charts.mjs";
import { summarise } from "./lib/suite-summary.mjs";
import { suiteTables } from "./lib/suite-tables.mjs";

const options = readOptions(
  `usage: npm run bench -- [suite] [--rounds N] [--only boot|programs|NAME,NAME] [--kernel installer|cloud|i386|FILE]... [--peers isinglass,qemu,v86]
                  [--node PATH]... [--output FOLDER] [--json]

Boots each guest in each emulator in turns, N rounds (5 unless told), and prints medians of CPU seconds: user + system of the whole process tree, and
of the thread that runs the guest. What a program costs is what the host spends between two marks on the serial line. Each --node adds a Node binary
to the one that runs this. v86 runs i386 guests only. QEMU gets the CPU model that shows the guest the same flags and mitigations as Isinglass does; where
they differ all the same, QEMU's own model runs too. --output writes suite.json, suite.md and an SVG per guest. The exit code is 1 where a guest
does not come to its end or a checksum differs.`,
  {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    kernel: { type: "string", multiple: true, default: GUESTS },
    peers: { type: "string", default: "isinglass,qemu,v86" },
    node: { type: "string", multiple: true, default: [] },
    output: { type: "string" },
    json: { type: "boolean", default: false },
  },
);
const PROGRAMS = 16;
const root = fileURLToPath(new URL("..", import.meta.url));
const rounds = count(options.rounds, "rounds");
const peers = options.peers.split(",");
const unknown = peers.find((peer) => !PEERS.includes(peer));
if (unknown !== undefined) {
  console.error(`--peers ${unknown}: ${PEERS.join(", ")} are right`);
  process.exit(2);
}
const only = options.only === "boot" || options.only === "programs" ? options.only : options.only?.split(",");
const nodes = [process.execPath, ...options.node];
const guests = options.kernel.map((kernel) => suiteGuest(kernel, only));
/** Guests of which QEMU's own CPU model runs too. */
const bothModels = new Set();
const started = { date: new Date().toISOString(), load: loadavg() };
const runs = [];

for (let round = 1; round <= rounds; round++) for (const guest of guests) await oneRound(round, guest);
const report = {
  format: 1,
  ...started,
  loadAtEnd: loadavg(),
  rounds,
  host: { cpu: cpus()[0]?.model, cpus: cpus().length },
  versions: versions(),
  runs,
};
const summary = summarise(runs);
if (options.json) console.log(JSON.stringify({ ...report, summary }, undefined, 2));
else console.log(suiteTables(summary).join("\n"));
if (options.output !== undefined) {
  mkdirSync(options.output, { recursive: true });
  writeFileSync(join(options.output, "suite.json"), `${JSON.stringify(report, undefined, 1)}\n`);
  writeFileSync(join(options.output, "suite.md"), `${suiteTables(summary).join("\n")}\n`);
  writeCharts(options.output, summary);
}
if (summary.some((guest) => guest.checksums.length > 0)) process.exitCode = 1;

async function oneRound(round, guest) {
  const wanted = bothModels.has(guest) ? [...peers, "qemu-default"] : peers;
  for (const { id, title, emulator } of emulatorsOf(guest, wanted, nodes)) await one(round, guest, id, title, emulator);
  if (round > 1 || peers.includes("qemu-default") || !peers.includes("qemu")) return;
  const [ours, theirs] = ["isinglass-", "qemu"].map((id) =>
    runs.find((r) => r.guest === guest.name && r.peer.startsWith(id)),
  );
  if (ours === undefined || theirs === undefined || cpuDifferences(theirs.cpuinfo, ours.cpuinfo).length === 0) return;
  bothModels.add(guest);
  const [{ id, title, emulator }] = emulatorsOf(guest, ["qemu-default"], nodes);
  await one(round, guest, id, title, emulator);
}

async function one(round, guest, id, title, emulator) {
  const { result, ...measured } = await measure(emulator);
  const expected = guest.programs ? (Array.isArray(only) ? only.length : PROGRAMS) : 0;
  if (!measured.ok || Object.keys(measured.programs).length !== expected)
    return reportFailure(`${guest.name}, ${title}`, result);
  runs.push({ round, guest: guest.name, peer: id, title, ...measured });
  const programs = Object.values(measured.programs);
  const work = programs.reduce((sum, program) => sum + program.total, 0);
  console.error(
    `round ${round}: ${guest.name}, ${title}: boot ${measured.boot.total.toFixed(2)} s, ${programs.length} programs ${work.toFixed(2)} s`,
  );
}

function versions() {
  const firstLine = (command, args) => {
    try {
      return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], cwd: root }).split(
        "\n",
      )[0];
    } catch {
      return undefined;
    }
  };
  return {
    isinglass: firstLine("git", ["rev-parse", "--short", "HEAD"]),
    qemu: firstLine("qemu-system-x86_64", ["--version"]),
    v86: JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).devDependencies.v86,
    nodes: nodes.map((node) => firstLine(node, ["--version"])),
  };
}
