// Fails where a package that is to know no instruction set names an instruction of one: an executor that treats some instruction
// specially has a second semantics. The names come from isa-x86's own description of the instruction set.
//
//   node scripts/check-mnemonics.mjs [FOLDER...]   packages/engine and packages/uops unless told otherwise
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync } from "vite";
import { root } from "./lib/run.mjs";

// Names that mean something else as well: operations of WebAssembly and of the micro-ops that are named after them, words of the
// language, the exit reasons that a vCPU reports, and the ending of a module's name.
const shared = new Set(
  (
    "add and call cmp dec div enter in inc int into leave loop mov mul neg not or out pause pop popcnt push ret rol ror set sets shl shr " +
    "std str sub test wait xor hlt cpuid rdmsr wrmsr js"
  ).split(" "),
);

const folders = process.argv.length > 2 ? process.argv.slice(2) : ["packages/engine", "packages/uops"];
const mnemonics = readMnemonics();
let found = 0;
for (const folder of folders) {
  for (const path of sources(join(root, folder, "src"))) {
    for (const { word, line } of wordsOf(path)) {
      console.error(`${relative(root, path)}:${line}: names the instruction ${word}`);
      found++;
    }
  }
}
console.log(`mnemonics: ${mnemonics.size} names looked for in ${folders.join(", ")}; ${found} found`);
process.exitCode = found === 0 ? 0 : 1;

function readMnemonics() {
  const spec = join(root, "packages/isa-x86/spec");
  const names = new Set();
  for (const file of readdirSync(spec).filter((name) => /^(one-byte|map-.*|vex-.*|x87)\.txt$/.test(name))) {
    for (const line of readFileSync(join(spec, file), "utf8").split("\n")) {
      if (line.startsWith("#") || !line.includes("|")) continue;
      const name = line.split("|")[2].trim().split(/\s/)[0];
      if (/^[a-z][a-z0-9]+$/.test(name) && !shared.has(name)) names.add(name);
    }
  }
  if (names.size < 500) throw new Error(`${spec}: only ${names.size} instruction names found; has its format changed?`);
  return names;
}

function sources(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Instruction names among the words of a file's code, `emitPshufb` and `OP_PSHUFB` included; comments may speak of instructions. */
function wordsOf(path) {
  const text = readFileSync(path, "utf8");
  const { comments } = parseSync(path, text);
  let code = text;
  for (const { start, end } of comments)
    code = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, " ") + code.slice(end);
  const hits = [];
  for (const match of code.matchAll(/[A-Za-z][A-Za-z0-9]*/g)) {
    const parts = match[0].replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(" ");
    for (const part of new Set([match[0], ...parts])) {
      const word = part.toLowerCase();
      if (mnemonics.has(word)) hits.push({ word, line: text.slice(0, match.index).split("\n").length });
    }
  }
  return hits;
}
