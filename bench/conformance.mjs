// Runs the programs of a kvm-unit-tests build, which is not part of this project, here and under QEMU's TCG, and holds the one against the other.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { count, readOptions } from "./lib/options.mjs";
import { printTable, tableLines } from "./lib/table.mjs";
import { memoryOf, modelOf, qemuArguments, testsOf, verdictOf } from "./lib/unit-tests.mjs";

const usage = `usage: npm run bench -- conformance [--suite FOLDER] [--suite32 FOLDER] [--only NAME,...] [--timeout SECONDS] [--tier auto|interp|jit] [--no-qemu] [--write FILE.md]

Runs each x86 configuration of kvm-unit-tests that QEMU's TCG passes. FOLDER is a build of it for x86_64, of --suite32 one for i386, each with
x86/unittests.cfg and the programs; ISG_UNIT_TESTS and ISG_UNIT_TESTS_I386 name them too. --no-qemu takes all configurations and asks QEMU nothing.
--write replaces the table in FILE.md (docs/conformance.md). Ends with 1 where a configuration fails that has no reason in bench/unit-test-reasons.json,
with 2 where nothing was compared.`;
const options = readOptions(usage, {
  suite: { type: "string", default: process.env.ISG_UNIT_TESTS ?? "" },
  suite32: { type: "string", default: process.env.ISG_UNIT_TESTS_I386 ?? "" },
  only: { type: "string" },
  timeout: { type: "string", default: "180" },
  tier: { type: "string", default: "auto" },
  "no-qemu": { type: "boolean" },
  write: { type: "string" },
});
const seconds = count(options.timeout, "timeout");
const only = options.only?.split(",");
const suites = [
  [options.suite, "x86_64"],
  [options.suite32, "i386"],
].filter(([folder]) => folder !== "");
if (suites.length === 0) {
  console.error(`no folder with the programs\n\n${usage}`);
  process.exit(2);
}

const runner = fileURLToPath(new URL("lib/run-unit-test.mjs", import.meta.url));
const reasons = JSON.parse(readFileSync(new URL("unit-test-reasons.json", import.meta.url), "utf8"));
const BEGIN = "<!-- unit tests: begin -->";
const END = "<!-- unit tests: end -->";

function run(command, args) {
  const begun = process.hrtime.bigint();
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: "latin1",
    input: "",
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 1 << 28,
  });
  const verdict = verdictOf({ code: status, output: stdout ?? "" });
  const late = error?.code === "ETIMEDOUT" ? `after ${seconds} s` : "";
  return { ...verdict, late, seconds: Number(process.hrtime.bigint() - begun) / 1e9 };
}

const how = ({ verdict, counts, late }) => [verdict, counts, late].filter((part) => part !== "").join(", ");
const rows = [];
let unexplained = 0;
let asked = 0;
let passed = 0;
for (const [folder, arch] of suites) {
  for (const test of testsOf(folder, arch)) {
    const id = `${arch}/${test.name}`;
    if (only !== undefined && !only.includes(test.name) && !only.includes(id)) continue;
    const qemu = options["no-qemu"] ? undefined : run("qemu-system-x86_64", qemuArguments(test));
    if (qemu !== undefined && qemu.verdict !== "pass") continue;
    const guest = ["--kernel", test.path, `--append=${test.args}`, "--cpu", modelOf(test), "--smp", String(test.smp)];
    // These run until their clock has counted seconds: time passes faster for them.
    if (test.groups.includes("vmexit")) guest.push("--nanoseconds", "100");
    const ours = run(process.execPath, [runner, ...guest, "--memory", String(memoryOf(test)), "--tier", options.tier]);
    const reason = ours.verdict === "pass" ? "" : (reasons[id] ?? reasons[test.name] ?? ours.failures[0] ?? "");
    asked += 1;
    if (ours.verdict === "pass") passed += 1;
    else if (reasons[id] === undefined && reasons[test.name] === undefined) unexplained += 1;
    rows.push([id, qemu === undefined ? "" : how(qemu), how(ours), reason]);
    console.log(`${id}: ${how(ours)} (${ours.seconds.toFixed(1)} s)${reason === "" ? "" : `: ${reason}`}`);
  }
}
if (asked === 0) {
  const where = `${suites.map(([folder, arch]) => `${folder} (${arch})`).join(", ")}${only === undefined ? "" : `, --only ${options.only}`}`;
  console.error(
    `no configuration was compared: ${where}; programs that were built, names that there are and a QEMU that starts are right`,
  );
  process.exit(2);
}
const head = ["configuration", "QEMU", "Isinglass", "why not"];
printTable(head, rows);
console.log(`${passed} of ${asked} pass`);
if (options.write !== undefined) {
  const text = readFileSync(options.write, "utf8");
  const [before, rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const summary = `${passed} of the ${asked} configurations that QEMU passes pass here.`;
  writeFileSync(
    options.write,
    `${before}${BEGIN}\n\n${summary}\n\n${tableLines(head, rows).join("\n")}\n\n${END}${after}`,
  );
}
process.exit(unexplained === 0 ? 0 : 1);
