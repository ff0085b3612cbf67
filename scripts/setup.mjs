// Brings a fresh or an old clone to where its programs can be run: dependencies installed, every project built.
// Needs Node and npm only. Does nothing, in a fraction of a second, where nothing is to be done.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, run, say } from "./lib/run.mjs";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lockStamp = join(root, "node_modules", ".isinglass-lock");

/**
 * Sets the clone up. Ends the process with a code other than 0 if that fails.
 *
 * @param {string[]} [folders] packages to build, all if none is given
 */
export async function setUp(folders = workspaceFolders()) {
  requireNode();
  await install();
  await build(folders);
}

/** Every folder of the workspace that is a TypeScript project, relative to the root. */
export function workspaceFolders() {
  return ["packages", "apps", "tools", "examples"].flatMap((group) => {
    const folder = join(root, group);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => `${group}/${name}`)
      .filter((path) => existsSync(join(root, path, "tsconfig.json")));
  });
}

function requireNode() {
  const wanted = manifest.engines.node.replace(">=", "");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = wanted.split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  say(`Node ${process.versions.node} is too old; Node ${wanted} or newer is needed`);
  process.exit(1);
}

async function install() {
  const lock = createHash("sha256");
  for (const name of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) lock.update(readFileSync(join(root, name)));
  const digest = lock.digest("hex");
  if (existsSync(lockStamp) && readFileSync(lockStamp, "utf8") === digest) return;

  const why = existsSync(join(root, "node_modules")) ? "the lockfile has changed" : "first use of this clone";
  say(`installing the build tools (${why}) ...`);
  // The one place where npm's own client is used: it fetches the exact pnpm that package.json names.
  const code = await run("npx", ["-y", manifest.packageManager, "install", "--frozen-lockfile"], {
    shell: process.platform === "win32",
  });
  if (code !== 0) {
    say(`the build tools could not be installed (exit code ${code}); is the npm registry within reach?`);
    process.exit(code);
  }
  writeFileSync(lockStamp, digest);
}

async function build(folders) {
  if (folders.some((path) => !existsSync(join(root, path, "dist")))) say("building ...");
  // The parts of a library that need Node or a browser are projects of their own.
  const parts = (path) =>
    [path, `${path}/src/node`, `${path}/src/browser`].filter((part) => existsSync(join(root, part, "tsconfig.json")));
  for (const path of workspaceFolders()) {
    if (existsSync(join(root, path, "dist"))) continue;
    // tsc -b trusts its .tsbuildinfo and would not notice that the files it speaks of are gone.
    for (const part of parts(path)) rmSync(join(root, part, "tsconfig.tsbuildinfo"), { force: true });
  }
  const projects = folders.flatMap(parts);
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const code = await run(process.execPath, [tsc, "-b", ...projects]);
  if (code !== 0) {
    say(`the build failed (tsc exit code ${code}); the lines above say where`);
    process.exit(code);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setUp();
