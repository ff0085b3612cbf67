#!/usr/bin/env node
// Boots a Linux kernel, saves the machine at five random instruction counts, restores each file in a new process and runs it to the same
// count: all must end in the state hash of a run that was never interrupted.
//
//   node packages/machine/scripts/check-restore.mjs --kernel F --initrd F [--until 1000000000] [--points 5] [--seed N]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MiB, pc } from "../dist/index.js";

const { values } = parseArgs({
  options: {
    kernel: { type: "string" },
    initrd: { type: "string" },
    append: { type: "string", default: "console=ttyS0 panic=-1 rdinit=/init" },
    until: { type: "string", default: "1000000000" },
    points: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    restore: { type: "string" },
  },
});
if (values.kernel === undefined) throw new Error("--kernel FILE is needed");
const until = Number(values.until);

function newMachine() {
  return pc({ memory: 256 * MiB }).build();
}

/** Runs to an instruction count, or to where the machine stops. */
function runTo(machine, count) {
  while (machine.instructions < count && machine.stopReason === undefined) {
    const exit = machine.run(count - machine.instructions);
    if (exit.reason !== "budget" && exit.reason !== "hlt") break;
  }
}

function booted() {
  const machine = newMachine();
  machine.loadKernel({
    kernel: readFileSync(values.kernel),
    ...(values.initrd === undefined ? {} : { initrd: readFileSync(values.initrd) }),
    commandLine: values.append,
  });
  return machine;
}

if (values.restore !== undefined) {
  const machine = newMachine();
  machine.restore(readFileSync(values.restore));
  runTo(machine, until);
  console.log(machine.stateHash());
  process.exit(0);
}

// A small generator of its own (mulberry32), so that a seed repeats a run.
let state = Number(values.seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const points = Array.from({ length: Number(values.points) }, () => Math.floor(random() * until)).sort((a, b) => a - b);
console.log(`seed ${values.seed}: saving at ${points.join(", ")} of ${until} instructions, Node ${process.version}`);
const folder = mkdtempSync(join(tmpdir(), "isg-restore-"));
try {
  let machine = booted();
  runTo(machine, until);
  const expected = machine.stateHash();
  console.log(`uninterrupted        ${expected} ${machine.instructions}`);
  machine = booted();
  const files = points.map((point, i) => {
    runTo(machine, point);
    const file = join(folder, `${i}.state`);
    const bytes = machine.save();
    writeFileSync(file, bytes);
    return { point: machine.instructions, file, bytes: bytes.length };
  });
  runTo(machine, until);
  let failures = machine.stateHash() === expected ? 0 : 1;
  console.log(`with pauses          ${machine.stateHash()}`);
  machine = undefined;
  for (const { point, file, bytes } of files) {
    const own = fileURLToPath(import.meta.url);
    const hash = execFileSync(
      process.execPath,
      [own, "--kernel", values.kernel, "--until", String(until), "--restore", file],
      { encoding: "utf8" },
    ).trim();
    if (hash !== expected) failures++;
    console.log(`from ${String(point).padStart(12)}    ${hash} (${(bytes / MiB).toFixed(1)} MiB)`);
  }
  console.log(failures === 0 ? "all equal" : `${failures} differ`);
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
