// Fails on an import that ARCHITECTURE.md does not allow. The package table there is the only statement of the rules: it is parsed
// here, so that document and check cannot drift apart.
//
//   node scripts/check-imports.mjs          check, print one line per offence
//   node scripts/check-imports.mjs FOLDER   the same for another tree of the same shape (used by the check's own tests)
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "vite";
import { root as repository } from "./lib/run.mjs";

const root = resolve(process.argv[2] ?? repository);
const offences = [];
const scope = "@isinglass/";
const builtins = new Set(builtinModules);
/** Path of each source file -> what it imports. */
const files = new Map();

const table = readTable(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));
checkFolders();
for (const row of table.values()) checkPackage(row);
checkCycles();

for (const offence of offences) console.error(offence);
console.log(
  offences.length === 0
    ? `imports: ${files.size} files of ${table.size} packages keep to ARCHITECTURE.md`
    : `imports: ${offences.length} offence(s) against ARCHITECTURE.md`,
);
process.exitCode = offences.length === 0 ? 0 : 1;

/** Rows of the package table: name -> { folder, allowed: Map(name -> "all" | "types"), above: names of the rows before }. */
function readTable(text) {
  const rows = new Map();
  const lines = text.split("\n");
  const head = lines.findIndex((line) => /^\|\s*package\s*\|.*\|\s*imports\s*\|\s*$/.test(line));
  if (head < 0) throw new Error("ARCHITECTURE.md: no table with the columns `package` ... `imports`");
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith("|")) break;
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const label = cells[0].replaceAll("`", "");
    const above = [...rows.keys()];
    rows.set(label, {
      label,
      folder: label.includes("/") ? label : `packages/${label}`,
      above,
      allowed: readColumn(label, cells.at(-1), above),
    });
  }
  return rows;
}

function readColumn(label, cell, above) {
  const allowed = new Map();
  if (cell === "–" || cell === "-") return allowed;
  if (cell === "all above") return new Map(above.map((name) => [name, "all"]));
  for (const part of cell.split(",")) {
    const match = /^([a-z0-9-]+)( \(types\))?$/.exec(part.trim());
    if (match === null) throw new Error(`ARCHITECTURE.md: cannot read "${part.trim()}" in the imports of ${label}`);
    if (!above.includes(match[1]))
      offences.push(`ARCHITECTURE.md: ${label} may not import ${match[1]}: its row is not further up`);
    allowed.set(match[1], match[2] === undefined ? "all" : "types");
  }
  return allowed;
}

/** Every package has a row, and every row a package. */
function checkFolders() {
  const listed = new Set([...table.values()].map((row) => row.folder));
  for (const group of ["packages", "apps"]) {
    if (!existsSync(join(root, group))) continue;
    for (const name of readdirSync(join(root, group))) {
      const folder = `${group}/${name}`;
      if (existsSync(join(root, folder, "package.json")) && !listed.has(folder))
        offences.push(`${folder}: has no row in ARCHITECTURE.md`);
    }
  }
  for (const folder of listed) {
    if (!existsSync(join(root, folder, "package.json")))
      offences.push(`ARCHITECTURE.md: ${folder} is listed and does not exist`);
  }
}

function checkPackage(row) {
  const manifestPath = join(root, row.folder, "package.json");
  if (!existsSync(manifestPath)) return;
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (name.startsWith(scope) && !row.allowed.has(name.slice(scope.length))) {
      offences.push(`${row.folder}/package.json: depends on ${name}, which ARCHITECTURE.md does not allow`);
    }
  }
  for (const path of sources(join(root, row.folder, "src"))) checkFile(row, manifest, path, "src");
  for (const path of sources(join(root, row.folder, "test"))) checkFile(row, manifest, path, "test");
}

function checkFile(row, manifest, path, kind) {
  const name = relative(root, path).split(sep).join("/");
  for (const { specifier, typeOnly, line } of importsOf(path)) {
    const offend = (why) => offences.push(`${name}:${line}: imports ${specifier}: ${why}`);
    if (specifier.startsWith(".")) {
      const target = resolve(dirname(path), specifier);
      if (relative(join(root, row.folder), target).startsWith(".."))
        offend("a relative path out of the package; import the package by name");
    } else if (specifier.startsWith("node:") || builtins.has(specifier.split("/")[0])) {
      const host = kind === "test" || row.folder.startsWith("apps/") || name.startsWith(`${row.folder}/src/node/`);
      if (!host) offend("Node's modules belong in src/node/");
      else if (!specifier.startsWith("node:")) offend(`write node:${specifier}`);
    } else if (specifier.startsWith(scope)) {
      checkSibling(row, specifier, typeOnly, kind, offend);
    } else if (kind === "src") {
      const bare = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      if (manifest.dependencies?.[bare] === undefined) offend(`not among the dependencies of ${manifest.name}`);
    }
  }
}

function checkSibling(row, specifier, typeOnly, kind, offend) {
  const [, sibling, ...rest] = specifier.split("/");
  if (sibling === "testkit") {
    if (kind !== "test") offend("testkit is for tests");
    return;
  }
  const target = table.get(sibling);
  if (target === undefined) {
    offend("no such package in ARCHITECTURE.md");
    return;
  }
  const own = sibling === row.label;
  // A test may stand on anything further up: it is not shipped, and the order of the rows still keeps cycles out.
  const right = kind === "test" && (own || row.above.includes(sibling)) ? "all" : row.allowed.get(sibling);
  if (right === undefined) offend(`ARCHITECTURE.md does not allow ${row.label} to import ${sibling}`);
  else if (right === "types" && !typeOnly) offend(`ARCHITECTURE.md allows types only: use import type`);
  if (rest.length > 0) {
    const manifest = JSON.parse(readFileSync(join(root, target.folder, "package.json"), "utf8"));
    if (manifest.exports?.[`./${rest.join("/")}`] === undefined)
      offend(`a path into the package; it exports ${Object.keys(manifest.exports ?? {}).join(", ")}`);
  }
}

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** Everything that a file imports or re-exports, by a real parser: a comment or a string that looks like an import is none. */
function importsOf(path) {
  const text = readFileSync(path, "utf8");
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) offences.push(`${relative(root, path)}: ${errors[0].message}`);
  const found = [];
  const add = (start, specifier, typeOnly) =>
    found.push({ specifier, typeOnly, line: text.slice(0, start).split("\n").length });
  for (const item of module.staticImports) {
    const typeOnly = item.entries.length > 0 && item.entries.every((entry) => entry.isType);
    add(item.start, item.moduleRequest.value, typeOnly);
  }
  for (const item of module.staticExports) {
    const requests = new Map();
    for (const entry of item.entries) {
      const from = entry.moduleRequest?.value;
      if (from !== undefined) requests.set(from, (requests.get(from) ?? true) && entry.isType);
    }
    for (const [specifier, typeOnly] of requests) add(item.start, specifier, typeOnly);
  }
  for (const item of module.dynamicImports) {
    const written = text.slice(item.moduleRequest.start, item.moduleRequest.end);
    const match = /^(["'`])([^"'`$]+)\1$/.exec(written);
    // A computed specifier cannot be checked: libraries have no use for one, and the command line loads no code by name.
    if (match !== null) add(item.start, match[2], false);
    else offences.push(`${relative(root, path)}: dynamic import of a computed name: ${written}`);
  }
  files.set(path, found);
  return found;
}

/** Value imports between files of one package may not form a ring: such modules depend on the order in which they happen to load. */
function checkCycles() {
  const state = new Map();
  const trail = [];
  const visit = (path) => {
    state.set(path, "open");
    trail.push(path);
    for (const { specifier, typeOnly } of files.get(path) ?? []) {
      if (typeOnly || !specifier.startsWith(".")) continue;
      const target = resolve(dirname(path), specifier.replace(/\.js$/, ".ts"));
      if (!files.has(target)) continue;
      if (state.get(target) === "open") {
        const ring = [...trail.slice(trail.indexOf(target)), target].map((file) => relative(root, file));
        offences.push(`${ring[0]}: import cycle: ${ring.join(" -> ")}`);
      } else if (!state.has(target)) visit(target);
    }
    trail.pop();
    state.set(path, "done");
  };
  for (const path of files.keys()) if (!state.has(path)) visit(path);
}
