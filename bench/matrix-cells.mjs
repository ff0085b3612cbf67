// `npm run bench -- matrix-cells`: does the command that `isg matrix --why` prints for a cell find that cell again? Each command is run.
import { execFileSync } from "node:child_process";
import { runCommandLine } from "../apps/cli/dist/command-line.js";
import { readOptions } from "./lib/options.mjs";

const options = readOptions(
  `usage: npm run bench -- matrix-cells [--on WORDS] [--all]

Takes every cell of the matrix, runs the command that the cell names for finding it out again (each different command once; a shell takes it apart, and this
process runs it, without the time that starting a program takes), and compares level, qualifiers, evidence and what --why prints. --all: every feature, also
those without instructions. Fails on a cell that comes out otherwise.`,
  { on: { type: "string" }, all: { type: "boolean" } },
);
const chosen = [...(options.on === undefined ? [] : ["--on", options.on]), ...(options.all ? ["--all"] : [])];
const { cells, missing } = JSON.parse(await output(["matrix", ...chosen, "--json"]));
const byCommand = new Map();
for (const cell of cells) byCommand.set(cell.command, [...(byCommand.get(cell.command) ?? []), cell]);
const commands = [...byCommand.keys()];
const words = shellWords(commands);
const different = [];
for (const [i, command] of commands.entries()) {
  const wanted = byCommand.get(command);
  const again = JSON.parse(await output([...words[i], "--json"])).cells;
  const printed = await output(words[i]);
  for (const cell of wanted) {
    const same = again.filter(({ row, column }) => row === cell.row && column === cell.column);
    const isSame = same.length === 1 && JSON.stringify(same[0]) === JSON.stringify(cell);
    if (!isSame || !cell.evidence.every((line) => printed.includes(line)))
      different.push(`${cell.row} on ${cell.column}: ${JSON.stringify(cell)}, by ${command} ${JSON.stringify(same)}`);
  }
  if (process.stderr.isTTY) process.stderr.write(`${i + 1} of ${commands.length}\r`);
}
for (const line of different) console.error(line);
const columns = new Set(cells.map(({ column }) => column));
console.log(
  `${cells.length} cells of ${columns.size} columns (${[...columns].join(", ")}), ${commands.length} commands run: ${cells.length - different.length} the same, ${different.length} different`,
);
for (const { missing: name, why } of missing) console.log(`${name} is not here: ${why}`);
process.exitCode = different.length === 0 && cells.length > 0 ? 0 : 1;

/** What a command line prints. */
async function output(args) {
  const write = process.stdout.write.bind(process.stdout);
  let text = "";
  process.stdout.write = (chunk) => {
    text += chunk;
    return true;
  };
  try {
    const code = await runCommandLine(args);
    if (code !== 0) throw new Error(`isg ${args.join(" ")}: code ${code}`);
    return text;
  } finally {
    process.stdout.write = write;
  }
}

/** The words of command lines after `isg`, as a shell takes them apart. */
function shellWords(lines) {
  const script = `isg() { printf '%s\\0' "$@"; printf '\\1'; }\n${lines.join("\n")}\n`;
  const text = execFileSync("sh", ["-c", script], { encoding: "utf8", maxBuffer: 1 << 26 });
  const taken = text.split("\u0001").slice(0, -1);
  return taken.map((line) => line.split("\0").slice(0, -1));
}
