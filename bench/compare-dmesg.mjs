// Boots the same kernel under Isinglass and QEMU and compares what it says about the machine. What may differ stands in dmesg-differences.json,
// each with its reason; everything else is a failure.
import { readFileSync } from "node:fs";
import { MIB, isinglass, qemu, reportFailure, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { readOptions } from "./lib/options.mjs";

const options = readOptions(
  `usage: npm run bench -- compare-dmesg [--kernel installer|cloud]... [--all] [--json]

Boots each kernel under both, compares dmesg (all levels) and prints the differing lines by reason. A line that one log lacks counts once; a line of ours and one
of QEMU's that say the same of two machines count once together. --all prints QEMU's lines too. The exit code is 1 for a difference without a reason, more than 20
differing lines, a warning that QEMU's log lacks, or a sign of trouble.`,
  {
    kernel: { type: "string", multiple: true, default: ["installer", "cloud"] },
    all: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
);
const LINES_LIMIT = 20;
/** Levels up to this are warnings and worse (include/linux/kern_levels.h). */
const WARNING = 4;
const TROUBLE =
  /\bOops\b|\bBUG\b|\bWARNING\b|[Ll]ost interrupt|unchecked MSR|Call Trace|nobody cared|\block-?up\b|rcu.*stall|general protection|Unable to handle|[Ss]purious/;

/**
 * The board that ours is compared with: QEMU's `pc` without ACPI hot plug of PCI devices (thirty lines that name a slot each), and with a clock that counts
 * instructions, 4 ns each, as ours does: a busy host then shows in neither log.
 */
const SAME_BOARD = [
  "-icount",
  "shift=2,sleep=off",
  ...["acpi-root-pci-hotplug=off", "acpi-pci-hotplug-with-bridge-support=off"].flatMap((setting) => [
    "-global",
    `PIIX4_PM.${setting}`,
  ]),
];

/** What follows from where things lie, when it is and how fast the host is. Each rule: pattern, replacement. */
const NORMALISE = [
  [/\[mem 0x[0-9a-f]+-0x[0-9a-f]+( flags| window|\])/g, "[mem RANGE$1"],
  [
    /\b(last_pfn|percpu|pages|reserved|lpj|loops|Marking stable|max_cycles|max_idle_ns) ?[=:]? ?\(?(0x[0-9a-f]+|[-\d]+)/g,
    "$1 N",
  ],
  [/\b(0x)?[0-9a-f]{16}\b|\b0x[0-9a-f]{8,15}\b/gi, "ADDRESS"],
  [/\d+(\.\d+)? (MHz|BogoMIPS|ns|usecs|ms)\b/g, "N $2"],
  [/\b\d+(\.\d+)?(ns|us|ms)\b/g, "N$2"],
  [/\b\d+[KM]?\/\d+[KM] available/g, "N available"],
  [/\b\d+[kK]B?( reserved| memory|\b)/g, "NK$1"],
  [/\b\d+ pages\b/g, "N pages"],
  [/Total pages: \d+/g, "Total pages: N"],
  [/audit\(\d+\.\d+:\d+\)/g, "audit(TIME)"],
  [/system clock to .*/g, "system clock to TIME"],
  [/Marking stable.*/g, "Marking stable"],
  [/DMI: memory.*/g, "DMI: memory"],
  [/PM-Timer: .*/g, "PM-Timer"],
  // Devices of the PNP bus and input devices are numbered as they are found.
  [/^(pnp |rtc_cmos |)00:0\d\b/, "$100:N"],
  [/\binput\/input\d+/g, "input/inputN"],
  [/(ACPI: \S+ ADDRESS) [0-9A-F]{6}\b/g, "$1 LENGTH"],
];

/** Reads "@K <level>[time] text" into level and normalised text. */
function parse(log) {
  const out = [];
  for (const line of log) {
    const match = /^@K <(\d+)>\[ *\d+\.\d+\] (.*)$/.exec(line);
    if (match === null) continue;
    // The level is the low three bits; above them is the facility.
    out.push({
      level: Number(match[1]) & 7,
      raw: match[2],
      text: NORMALISE.reduce((t, [from, to]) => t.replace(from, to), match[2]),
    });
  }
  return out;
}

/** Lines of `a` that `b` does not have, as multisets: the order of messages from different CPUs' threads is chance. */
function missing(a, b) {
  const left = new Map();
  for (const { text } of b) left.set(text, (left.get(text) ?? 0) + 1);
  return a.filter(({ text }) => {
    const n = left.get(text) ?? 0;
    if (n > 0) left.set(text, n - 1);
    return n === 0;
  });
}

const differences = JSON.parse(readFileSync(new URL("./dmesg-differences.json", import.meta.url), "utf8")).map((d) => ({
  ...d,
  regexp: new RegExp(d.pattern),
}));
const reports = [];
const files = guestFiles();
for (const kernel of options.kernel) {
  const guest = {
    kernel: files.kernels[kernel],
    initrd: files.initrd,
    append: `${COMMAND_LINE} dmesg`,
    memory: 256 * MIB,
  };
  const theirs = await run(qemu(guest, SAME_BOARD));
  const ours = await run(isinglass(guest));
  if (!theirs.ok) reportFailure(`${kernel}, QEMU`, theirs);
  if (!ours.ok) reportFailure(`${kernel}, Isinglass`, ours);
  if (theirs.ok && ours.ok) compare(kernel, parse(ours.log), parse(theirs.log));
}
if (options.json) console.log(JSON.stringify(reports, null, 2));

/**
 * How many differing lines these are: lines of one kind on both sides are changed lines, and count once. A kind is what one pattern's first group found, or, without a group, all that the
 * pattern matches.
 */
function countDifferences(lines) {
  const kinds = new Map();
  for (const { side, kind } of lines) {
    const counts = kinds.get(kind) ?? { isinglass: 0, qemu: 0 };
    counts[side]++;
    kinds.set(kind, counts);
  }
  return [...kinds.values()].reduce((sum, { isinglass: ours, qemu: theirs }) => sum + Math.max(ours, theirs), 0);
}

function compare(kernel, ours, theirs) {
  const groups = new Map();
  const problems = [];
  const differing = [];
  const sides = { isinglass: missing(ours, theirs), qemu: missing(theirs, ours) };
  for (const [side, lines] of Object.entries(sides)) {
    for (const line of lines) {
      const difference = differences.find((d) => d.regexp.test(line.raw));
      const reason = difference?.reason ?? "no reason";
      if (difference === undefined) problems.push(`unexplained, only ${side}: <${line.level}> ${line.raw}`);
      const found = difference?.regexp.exec(line.raw)[1] ?? "";
      differing.push({ side, kind: difference === undefined ? line.raw : `${difference.pattern} ${found}` });
      const group = groups.get(reason) ?? { isinglass: [], qemu: [] };
      group[side].push(line.raw);
      groups.set(reason, group);
      if (side === "isinglass" && line.level <= WARNING)
        problems.push(`a warning that QEMU's log lacks: <${line.level}> ${line.raw}`);
    }
  }
  for (const { raw } of ours) if (TROUBLE.test(raw)) problems.push(`trouble: ${raw}`);
  if (ours.length < 100 || theirs.length < 100)
    problems.push(`${ours.length} and ${theirs.length} lines of dmesg; more than 100 are right`);
  const count = countDifferences(differing);
  if (count > LINES_LIMIT) problems.push(`${count} differing lines; at most ${LINES_LIMIT} is right`);
  reports.push({
    kernel,
    lines: ours.length,
    differing: count,
    oursOnly: sides.isinglass.length,
    qemuOnly: sides.qemu.length,
    groups: Object.fromEntries(groups),
    problems,
  });
  if (!options.json) print(reports.at(-1));
  if (problems.length > 0) process.exitCode = 1;
}

function print({ kernel, lines, differing, oursOnly, qemuOnly, groups, problems }) {
  console.log(`\n## ${kernel}: ${lines} lines, ${differing} differ (${oursOnly} of ours, ${qemuOnly} of QEMU's)\n`);
  for (const [reason, group] of Object.entries(groups)) {
    console.log(`- ${reason} (${group.isinglass.length} of ours, ${group.qemu.length} of QEMU's)`);
    for (const line of group.isinglass) console.log(`    + ${line}`);
    if (options.all) for (const line of group.qemu) console.log(`    - ${line}`);
  }
  for (const problem of problems) console.log(`PROBLEM ${problem}`);
}
