// The configurations of a kvm-unit-tests build: what `x86/unittests.cfg` says, and how QEMU is started for each.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Words of a line as a shell splits them, without substitutions. */
export function shellWords(text) {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
}

/**
 * One configuration.
 *
 * @typedef {{ name: string, file: string, smp: number, args: string, qemu: string[], arch: string, timeout: number, accel: string, groups: string[] }} UnitTest
 */

/** @param {string} text `unittests.cfg` @returns {UnitTest[]} */
export function parseUnitTests(text) {
  const tests = [];
  for (const line of text.split("\n")) {
    const section = /^\[(.+)\]\s*$/.exec(line);
    if (section !== null) {
      const [, name] = section;
      tests.push({ name, file: "", smp: 1, args: "", qemu: [], arch: "", timeout: 0, accel: "", groups: [] });
      continue;
    }
    const [, key, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const test = tests.at(-1);
    if (key === undefined || test === undefined) continue;
    if (key === "file") test.file = value;
    else if (key === "smp") test.smp = Number(value);
    else if (key === "test_args") test.args = value.replaceAll(/^['"]|['"]$/g, "");
    else if (key === "qemu_params") test.qemu = shellWords(value);
    else if (key === "arch") test.arch = value;
    else if (key === "timeout") test.timeout = Number(value);
    else if (key === "accel") test.accel = value;
    else if (key === "groups") test.groups = shellWords(value);
  }
  return tests;
}

/** The configurations that a build has files for: those of its `x86` folder and its architecture. */
export function testsOf(folder, arch) {
  const config = [join(folder, "x86/unittests.cfg"), join(folder, "unittests.cfg")].find((file) => existsSync(file));
  if (config === undefined) throw new Error(`${folder}: no x86/unittests.cfg; the folder that was built is right`);
  return parseUnitTests(readFileSync(config, "utf8"))
    .map((test) => ({ ...test, path: join(folder, "x86", test.file) }))
    .filter((test) => (test.arch === "" || test.arch === arch) && existsSync(test.path));
}

/** How QEMU is started for a test: its own test devices, and what the configuration asks for. */
export function qemuArguments(test) {
  const devices = [
    "-device",
    "pc-testdev",
    "-device",
    "isa-debug-exit,iobase=0xf4,iosize=0x4",
    "-device",
    "pci-testdev",
  ];
  const board = ["-no-reboot", "-nodefaults", "-display", "none", "-serial", "stdio", "-machine", "accel=tcg"];
  const guest = ["-kernel", test.path, "-smp", String(test.smp), "-append", test.args];
  return [...board, ...devices, ...guest, ...test.qemu];
}

/** Names of features that differ from those of Linux, which we use. */
const NAMES = { "tsc-deadline": "tsc_deadline_timer" };

/** The CPU model that a test names for QEMU, as one of ours: `max` with the features that it adds or takes away. */
export function modelOf(test) {
  const at = test.qemu.indexOf("-cpu");
  const [, ...changes] = (at < 0 ? "" : test.qemu[at + 1]).split(",");
  const own = changes
    .filter((change) => /^[+-]\w/.test(change))
    .map((change) => change[0] + (NAMES[change.slice(1)] ?? change.slice(1)));
  return ["max", ...own].join(",");
}

/** MiB of RAM that a test asks for; QEMU's own default else. */
export function memoryOf(test) {
  const at = test.qemu.indexOf("-m");
  if (at < 0) return 128;
  const [, number, unit] = /^(\d+)([gGmM]?)$/.exec(test.qemu[at + 1]) ?? [];
  return Number(number) * (unit?.toLowerCase() === "g" ? 1024 : 1);
}

/** Codes of `isa-debug-exit` (value * 2 + 1): a program's success, and its own "skipped". */
const PASSED = 1;
const SKIPPED = 77;

/**
 * What a run came to, by the exit code of `isa-debug-exit` and the summary on the serial port. An emulator that does not start ends with 1 too, but says
 * nothing on the serial port.
 *
 * @param {{ code: number | null, output: string }} run
 */
export function verdictOf({ code, output }) {
  const [, tests, failed] = [...output.matchAll(/SUMMARY: (\d+) tests(?:, (\d+) unexpected failures)?/g)].at(-1) ?? [];
  const failures = [...output.matchAll(/^FAIL: (.*)$/gm)].map(([, what]) => what.trim());
  const counts = tests === undefined ? "" : `${Number(tests) - Number(failed ?? 0)} of ${tests}`;
  const started = output.trim() !== "" || code !== PASSED;
  const verdict = !started ? "not run" : code === PASSED ? "pass" : code === SKIPPED ? "skip" : "fail";
  return { verdict, counts, failures, code };
}
