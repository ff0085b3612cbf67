// With the deterministic clock a boot is a function of machine and input: every run, on every Node, ends after the same number of
// instructions in the same state.
import { execFileSync } from "node:child_process";
import { MIB, isinglass, reportFailure, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: pnpm bench determinism [--kernel installer|cloud] [--node PATH]... [--runs N]

Boots the kernel to power-off N times (default 2) on this Node and on each --node, and compares instruction counts at the shell marker and at the end,
SHA-256 of the final state (RAM and CPU), and the serial output. The exit code is 1 where two differ.`,
  {
    kernel: { type: "string", default: "cloud" },
    node: { type: "string", multiple: true, default: [] },
    runs: { type: "string", default: "2" },
  },
);
const files = guestFiles();
const guest = {
  kernel: files.kernels[options.kernel],
  initrd: files.initrd,
  append: `${COMMAND_LINE} bootonly`,
  memory: 256 * MIB,
};
const rows = [];
const outcomes = new Set();
for (const node of [process.execPath, ...options.node]) {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  for (let i = 0; i < Number(options.runs); i++) {
    const result = await run(isinglass(guest, { node, extra: ["--hash"] }));
    if (!result.ok) {
      reportFailure(`Node ${version}`, result);
      continue;
    }
    const { boot, end, hash } = result.statistics;
    rows.push([version, boot.instructions, end.instructions, hash.slice(0, 16), result.log.length]);
    outcomes.add(JSON.stringify([boot.instructions, end.instructions, hash, result.log]));
  }
}
printTable(["Node", "instructions to the shell", "to power-off", "state SHA-256", "lines"], rows);
if (outcomes.size !== 1) {
  console.error(`${outcomes.size} different outcomes; 1 is right`);
  process.exitCode = 1;
} else {
  console.log(`${rows.length} runs, one outcome`);
}
