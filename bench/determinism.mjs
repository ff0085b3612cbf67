// With the deterministic clock a boot is a function of machine and input: every run, on every Node, ends after the same number of
// instructions in the same state, and so does every restored state that was saved on the way.
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB, isinglass, reportFailure, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- determinism [--kernel installer|cloud] [--smp N] [--node PATH]... [--runs N] [--saves N]

Boots the kernel to power-off N times (default 2) on this Node and on each --node, and compares instruction counts at the shell marker and at the end,
SHA-256 of the final state, and the serial output. Then boots once more, saves the state at N random instruction counts before the shell (default 5), restores
each in a new process and compares the end again. With --smp the guest has so many processors. The exit code is 1 where two differ.`,
  {
    kernel: { type: "string", default: "cloud" },
    smp: { type: "string", default: "1" },
    node: { type: "string", multiple: true, default: [] },
    runs: { type: "string", default: "2" },
    saves: { type: "string", default: "5" },
  },
);
const files = guestFiles();
const guest = {
  kernel: files.kernels[options.kernel],
  initrd: files.initrd,
  append: `${COMMAND_LINE} bootonly`,
  memory: 256 * MIB,
};
const smp = ["--smp", options.smp];
const rows = [];
const outcomes = new Set();
const ends = new Set();
let shell = 0;
for (const node of [process.execPath, ...options.node]) {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  for (let i = 0; i < Number(options.runs); i++) {
    const result = await run(isinglass(guest, { node, extra: ["--hash", ...smp] }));
    if (!result.ok) {
      reportFailure(`Node ${version}`, result);
      continue;
    }
    const { boot, end, hash } = result.statistics;
    rows.push([version, boot.instructions, end.instructions, hash.slice(0, 16), result.log.length]);
    ends.add(`${end.instructions} ${hash}`);
    shell = boot.instructions;
    outcomes.add(JSON.stringify([boot.instructions, end.instructions, hash, result.log]));
  }
}
if (Number(options.saves) > 0 && shell > 0) await restore();
printTable(["Node", "instructions to the shell", "to power-off", "state SHA-256", "lines"], rows);
if (outcomes.size !== 1 || ends.size !== 1) {
  console.error(`${outcomes.size} different outcomes, ${ends.size} different ends; 1 is right`);
  process.exitCode = 1;
} else {
  console.log(`${rows.length} runs, one outcome`);
}

/** Saves at random instruction counts during one boot, goes on from each in a process of its own. */
async function restore() {
  const folder = mkdtempSync(join(tmpdir(), "isinglass-saved-"));
  try {
    const counts = Array.from({ length: Number(options.saves) }, () => randomInt(1, shell)).sort((a, b) => a - b);
    const extra = counts.flatMap((at) => ["--save-at", `${at}:${join(folder, String(at))}`]);
    const saving = await run(isinglass(guest, { extra: ["--hash", ...smp, ...extra] }));
    if (!saving.ok) return reportFailure("saving", saving);
    ends.add(`${saving.statistics.end.instructions} ${saving.statistics.hash}`);
    for (const at of counts) {
      const how = isinglass(
        { memory: guest.memory },
        { extra: ["--restore", join(folder, String(at)), "--hash", ...smp] },
      );
      const result = await run(how);
      if (!result.ok) {
        reportFailure(`restored at ${at}`, result);
        continue;
      }
      const { node, boot, end, hash } = result.statistics;
      rows.push([
        `${node}, restored at ${at}`,
        boot.instructions,
        end.instructions,
        hash.slice(0, 16),
        result.log.length,
      ]);
      ends.add(`${end.instructions} ${hash}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
