import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cpuLevel, modelNamed } from "../../src/index.js";
import { Loader } from "../../src/node/index.js";

const linux = process.platform === "linux" && process.arch === "x64";
const qemu = requireOracle("QEMU (qemu-x86_64)", linux && hasCommand("qemu-x86_64"));
const gcc = requireOracle("gcc", linux && hasCommand("gcc"));

const folder = realpathSync(mkdtempSync(join(tmpdir(), "isg-loader-")));
afterAll(() => rmSync(folder, { recursive: true }));

/** What ld.so itself finds on a model, by name: the file, or "" where there is none. */
function listed(program: string, model: string): Map<string, string> {
  const { stdout } = spawnSync("qemu-x86_64", ["-cpu", model, "-E", "LD_TRACE_LOADED_OBJECTS=1", program], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin" },
  });
  const lines = [...stdout.matchAll(/^\t(lib[ab]\S*) => (.*?)( \(0x[0-9a-f]+\))?$/gm)];
  return new Map(lines.map(([, name, path]) => [name!, path === "not found" ? "" : path!]));
}

/** The same by our loader. */
function found(program: string, model: string): Map<string, string> {
  const { images, missing } = new Loader().program(program, cpuLevel(modelNamed(model)));
  const ours = images.map(({ path }) => path).filter((path) => /\/lib[ab][^/]*$/.test(path));
  return new Map([
    ...ours.map((path) => [path.slice(path.lastIndexOf("/") + 1), path] as const),
    ...missing.map((name) => [name, ""] as const),
  ]);
}

function build(output: string, source: string, ...flags: readonly string[]): void {
  const file = join(folder, "source.c");
  writeFileSync(file, source);
  execFileSync("gcc", ["-O1", "-o", join(folder, output), file, ...flags], { stdio: "ignore" });
}

describe.runIf(qemu && gcc)("libraries are those that ld.so finds", () => {
  const here = (name: string): string => join(folder, name);
  const linked = ["-L", here("a"), "-la", `-Wl,-rpath-link,${here("b")}`];

  beforeAll(() => {
    for (const name of ["a", "b/glibc-hwcaps/x86-64-v2", "b/glibc-hwcaps/x86-64-v3"])
      mkdirSync(here(name), { recursive: true });
    const shared = ["-shared", "-fPIC"];
    for (const name of ["", "glibc-hwcaps/x86-64-v2/", "glibc-hwcaps/x86-64-v3/"])
      build(`b/${name}libb.so`, "int b(void) { return 1; }", ...shared, "-Wl,-soname,libb.so");
    build("a/liba.so", "int b(void); int a(void) { return b(); }", ...shared, "-L", here("b"), "-lb");
    const main = "int a(void); int main(void) { return a(); }";
    const folders = "$ORIGIN/a:${ORIGIN}/b";
    build("by-rpath", main, ...linked, `-Wl,--disable-new-dtags,-rpath,${folders}`);
    build("by-runpath", main, ...linked, `-Wl,--enable-new-dtags,-rpath,${folders}`);
    mkdirSync(here("elsewhere"));
    symlinkSync(here("by-rpath"), here("elsewhere/link"));
  });

  it.each([
    ["by DT_RPATH of the program, which its libraries inherit", "by-rpath", "core2duo", "b/libb.so"],
    ["by a link to the program", "elsewhere/link", "core2duo", "b/libb.so"],
    ["for x86-64-v2", "by-rpath", "Nehalem", "b/glibc-hwcaps/x86-64-v2/libb.so"],
    ["for x86-64-v3", "by-rpath", "Haswell", "b/glibc-hwcaps/x86-64-v3/libb.so"],
    ["not by DT_RUNPATH of the program, which nothing inherits", "by-runpath", "Haswell", ""],
  ])("%s", (_, program, model, expected) => {
    const theirs = listed(here(program), model);
    expect(theirs.get("libb.so")).toBe(expected === "" ? "" : here(expected));
    expect(theirs.get("liba.so")).toBe(here("a/liba.so"));
    expect(found(here(program), model)).toEqual(theirs);
  });
});
