// Proves of every published package what its reader will try first: it packs, its manifest and types are sound, it installs into an
// empty folder with plain npm, and the example in its README runs there, in Node and bundled by Vite. The programs in docs/ run too.
//
//   node scripts/check-packages.mjs            all packages and docs/
//   node scripts/check-packages.mjs mmu cli    only these folders; "docs" for the guides
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { exampleOf, programsOf } from "./lib/example.mjs";
import { root } from "./lib/run.mjs";
import { setUp } from "./setup.mjs";

await setUp();

const only = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "isinglass-packages-"));
const packages = published();
let failed = 0;
try {
  await packAll();
  for (const item of packages) {
    if (chosen(item.folder.split("/")[1])) report(item.name, await check(item).catch((error) => error.message));
  }
  if (chosen("docs")) report("docs", await checkGuides().catch((error) => error.message));
} finally {
  rmSync(work, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;

function chosen(name) {
  return only.length === 0 || only.includes(name);
}

/** @param {string[] | string} outcome what was done, or what is wrong */
function report(name, outcome) {
  if (typeof outcome === "string") failed++;
  console.log(typeof outcome === "string" ? `FAIL ${name}: ${outcome}` : `ok   ${name} (${outcome.join(", ")})`);
}

/** The packages that go to a registry, with the tarball that each will be packed into. */
function published() {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(join(root, folder, "package.json")))
      .map((folder) => {
        const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
        const file = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
        return { folder, manifest, name: manifest.name, tarball: join(work, file) };
      })
      .filter((item) => item.manifest.private !== true),
  );
}

async function packAll() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // pnpm, not npm, packs: it writes real versions where the manifests say workspace:^.
  const filters = ["--filter", "./packages/*", "--filter", "./apps/*"];
  await execute("npx", ["-y", packageManager, "-r", ...filters, "pack", "--pack-destination", work], root);
}

/** @returns {Promise<string[] | string>} as {@link report} takes it */
async function check(item) {
  const { name, manifest } = item;
  const done = [];
  const readme = join(root, item.folder, "README.md");
  if (!existsSync(readme)) return "has no README.md";

  const stray = (await execute("tar", ["-tzf", item.tarball], root))
    .split("\n")
    .find((path) => /tsbuildinfo$|tsconfig|\/test\//.test(path));
  if (stray !== undefined) return `the tarball has ${stray}, which is of no use to a reader`;
  await execute(join(root, "node_modules/.bin/publint"), ["run", item.tarball, "--strict"], root);
  done.push("publint");
  if (manifest.exports !== undefined) {
    await execute(
      join(root, "node_modules/.bin/attw"),
      [item.tarball, "--profile", "esm-only", "--no-definitely-typed"],
      root,
    );
    done.push("types");
  }

  const folder = join(work, item.folder.replace("/", "-"));
  await install([item], folder);
  done.push("npm install");
  for (const command of Object.keys(manifest.bin ?? {})) {
    const output = await execute(join(folder, "node_modules/.bin", command), ["--version"], folder);
    if (!output.includes(manifest.version))
      return `${command} --version printed ${JSON.stringify(output)}, not ${manifest.version}`;
    done.push(`${command} --version`);
  }
  if (manifest.exports === undefined) return done;

  const example = exampleOf(readFileSync(readme, "utf8"));
  if (example === undefined) return 'README.md has no ```ts block under a heading "Example"';
  if (![`"${name}"`, `'${name}'`].some((quoted) => example.includes(quoted)))
    return `the example in README.md does not import ${name}`;
  const entry = join(folder, "example.mjs");
  writeFileSync(entry, example);
  const plain = await execute(process.execPath, [entry], folder);
  if (plain.trim() === "") return "the example in README.md prints nothing";
  done.push("example in Node");

  const bundled = await execute(process.execPath, [await bundle(folder, entry)], folder);
  if (bundled !== plain) return `the Vite bundle of the example prints something else: ${JSON.stringify(bundled)}`;
  done.push("in a Vite bundle");
  return done;
}

/** Runs every program in the guides, with all packages installed. */
async function checkGuides() {
  const folder = join(work, "guides");
  await install(packages, folder);
  const done = [];
  for (const guide of readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))) {
    const programs = programsOf(readFileSync(join(root, "docs", guide), "utf8"));
    for (const [index, program] of programs.entries()) {
      const file = join(folder, `${guide}-${index + 1}.mjs`);
      writeFileSync(file, program);
      await execute(process.execPath, [file], folder);
    }
    if (programs.length > 0) done.push(`${programs.length} in ${guide}`);
  }
  return done;
}

/**
 * Installs the tarballs of these packages, of the siblings that they need, and what those need from the registry: a dependency that the
 * manifest does not name is missing here.
 */
async function install(items, folder) {
  const wanted = new Map();
  const add = (name) => {
    const found = packages.find((other) => other.name === name);
    if (found === undefined || wanted.has(name)) return;
    wanted.set(name, `file:${found.tarball}`);
    for (const dependency of Object.keys(found.manifest.dependencies ?? {})) add(dependency);
  };
  for (const item of items) add(item.name);
  mkdirSync(folder, { recursive: true });
  const manifest = { name: "reader", private: true, type: "module", dependencies: Object.fromEntries(wanted) };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await execute("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"], folder);
}

/** Bundles for a browser: what a library takes from Node is then missing, and the bundle fails when it runs. */
async function bundle(folder, entry) {
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { target: "es2022", outDir: "bundle", minify: true, lib: { entry, formats: ["es"], fileName: "example" } },
  });
  const file = readdirSync(join(folder, "bundle")).find((name) => /\.m?js$/.test(name));
  return join(folder, "bundle", file);
}

/** Runs a program quietly. @returns its stdout @throws Error with its output if it does not end with 0 within two minutes */
function execute(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(
            `${[command.split("/").at(-1), ...args].join(" ")} ended with ${code ?? signal}\n${stdout}${stderr}`,
          ),
        );
    });
  });
}
