// `npm run bench -- matrix-cells`: does the command that `isg matrix --why` prints for a cell find that cell again? Each command is run, in a shell.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isg, shellWithIsg } from "./lib/isg.mjs";
import { count, readOptions } from "./lib/options.mjs";

const options = readOptions(
  `usage: npm run bench -- matrix-cells [--on WORDS] [--all] [--jobs N]

Takes every cell of the matrix, runs the command that the cell names for finding it out again (each different command once), and compares level,
qualifiers and evidence. Some 0.4 s of CPU for each cell. Fails on a cell that comes out otherwise.`,
  { on: { type: "string" }, all: { type: "boolean" }, jobs: { type: "string", default: "2" } },
);
const run = promisify(execFile);
const chosen = [...(options.on === undefined ? [] : ["--on", options.on]), ...(options.all ? ["--all"] : [])];
const { cells, missing } = JSON.parse(isg("matrix", ...chosen, "--json"));
const byCommand = new Map();
for (const cell of cells) byCommand.set(cell.command, [...(byCommand.get(cell.command) ?? []), cell]);
const commands = [...byCommand.keys()];
const different = [];
const shell = shellWithIsg();
let done = 0;
try {
  await Promise.all(Array.from({ length: count(options.jobs, "jobs") }, work));
} finally {
  shell.close();
}
for (const line of different) console.error(line);
const columns = new Set(cells.map(({ column }) => column));
console.log(
  `${cells.length} cells of ${columns.size} columns (${[...columns].join(", ")}), ${byCommand.size} commands run: ${cells.length - different.length} the same, ${different.length} different`,
);
for (const { missing: name, why } of missing) console.log(`${name} is not here: ${why}`);
process.exitCode = different.length === 0 && cells.length > 0 ? 0 : 1;

async function work() {
  for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
    const wanted = byCommand.get(command);
    try {
      // Without --json it has to print the evidence; with it, what can be compared.
      const { stdout } = await run("sh", ["-c", `${command} --json`], { env: shell.env, maxBuffer: 1 << 26 });
      const again = JSON.parse(stdout).cells;
      for (const cell of wanted) {
        const same = again.filter(({ row, column }) => row === cell.row && column === cell.column);
        if (same.length !== 1 || JSON.stringify(same[0]) !== JSON.stringify(cell))
          different.push(
            `${cell.row} on ${cell.column}: ${JSON.stringify(cell)}, by ${command} ${JSON.stringify(same)}`,
          );
      }
    } catch (problem) {
      for (const cell of wanted) different.push(`${cell.row} on ${cell.column}: ${command}: ${problem.message}`);
    }
    done += wanted.length;
    if (process.stderr.isTTY) process.stderr.write(`${done} of ${cells.length}\r`);
  }
}
