import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { type Cpu, modelNamed, needsOf, type RunVerdict, verdictOn } from "../../src/index.js";
import { Loader } from "../../src/node/index.js";

const linux = process.platform === "linux" && process.arch === "x64";
const qemu = requireOracle("QEMU (qemu-x86_64)", linux && hasCommand("qemu-x86_64"));
const gcc = requireOracle("gcc", linux && hasCommand("gcc"));

/** Programs of /usr/bin that are run, spread over the alphabet; a command of its own asks for more: ISG_PAIRS=140. */
const PROGRAMS = Number(process.env["ISG_PAIRS"] ?? "4");
const MODELS = ["core2duo", "Nehalem", "Westmere", "SandyBridge", "Haswell", "EPYC", "Opteron_G5", "qemu64"];

const folder = mkdtempSync(join(tmpdir(), "isg-verdicts-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A model as qemu-user makes it: without what TCG does not emulate. */
function underTcg(name: string): Cpu {
  const [model, max] = [modelNamed(name), modelNamed("max")];
  return { ...model, features: new Set([...model.features].filter((f) => max.features.has(f))) };
}

/** Whether a program ends by an illegal instruction, or the loader refuses it for its note; undefined if that cannot be told. */
function faults(path: string, model: string): boolean | undefined {
  const result = spawnSync("qemu-x86_64", ["-cpu", model, path, "--version"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: "/usr/bin:/bin", HOME: folder, LC_ALL: "C" },
  });
  if (result.signal === "SIGILL" || result.status === 132) return true;
  if (result.status === 127 && result.stderr.includes("CPU ISA level is lower than required")) return true;
  return result.error === undefined && result.status !== null ? false : undefined;
}

const loader = new Loader();

interface Tally {
  pairs: number;
  runs: number;
  unknown: number;
  falseRuns: string[];
  falseFails: string[];
  scanFalseFails: number;
}

function compare(paths: readonly string[], models: readonly string[]): Tally {
  const tally: Tally = { pairs: 0, runs: 0, unknown: 0, falseRuns: [], falseFails: [], scanFalseFails: 0 };
  for (const path of paths) {
    const needs = needsOf(loader.program(path));
    for (const model of models) {
      const cpu = underTcg(model);
      const faulted = faults(path, model);
      if (faulted === undefined) continue;
      const { verdict, why } = verdictOn(needs, cpu);
      tally.pairs += 1;
      if (verdict === "runs") tally.runs += 1;
      if (verdict === "unknown") tally.unknown += 1;
      if (verdict === "runs" && faulted) tally.falseRuns.push(`${path} on ${model}`);
      if (verdict === "does not run" && !faulted) tally.falseFails.push(`${path} on ${model}: ${why}`);
      if (!faulted && [...needs.all.keys()].some((f) => !cpu.features.has(f))) tally.scanFalseFails += 1;
    }
  }
  return tally;
}

/** Compilers and browsers with 100 MB of libraries take minutes to analyse and add nothing: they are built like the others. */
const TOO_LARGE = /llvm|clang|chrom|lld|gdb|qemu|^opt|^ll|gnat|bugpoint|node|dsymutil|sancov|modularize|git-clang/;

/** x86-64 programs of /usr/bin, each one's first letters different from the last one's. */
function sample(count: number): string[] {
  const paths: string[] = [];
  const names = readdirSync("/usr/bin")
    .filter((name) => !TOO_LARGE.test(name))
    .toSorted();
  const step = Math.max(1, Math.floor(names.length / (count * 3)));
  for (let i = 0; i < names.length && paths.length < count; i += step) {
    const path = join("/usr/bin", names[i]!);
    try {
      if (loader.program(path).images[0]!.elf.interpreter !== "") paths.push(path);
    } catch {
      // A script, or a program for something else.
    }
  }
  return paths;
}

describe.runIf(qemu)("verdicts", () => {
  it("on programs of this system agree with what happens under qemu-user", { timeout: 3_600_000 }, () => {
    const models = PROGRAMS > 10 ? MODELS : MODELS.slice(0, 4);
    const tally = compare(sample(PROGRAMS), models);
    if (PROGRAMS > 10) console.log(JSON.stringify(tally, undefined, 1));
    expect(tally.falseRuns).toEqual([]);
    expect(tally.falseFails.length / tally.pairs, `wrong: ${tally.falseFails.join("; ")}`).toBeLessThanOrEqual(0.02);
    expect(tally.pairs).toBeGreaterThan(PROGRAMS * models.length * 0.8);
  });

  const SUM =
    "int main(int n, char **v) { static int a[4096]; for (int k = 0; k < 4096; k++) a[k] = a[k] * 3 + n; return a[n] == 12345; }";
  const PDEP = "#include <immintrin.h>\nint main(int n, char **v) { return _pdep_u32(n, 0x0f0f0f0f) == 12345; }";
  const CHOOSING =
    '#include <immintrin.h>\n__attribute__((target("avx2"), noinline)) int wide(int n) { __m256i x = _mm256_set1_epi32(n); volatile int y[8]; _mm256_storeu_si256((void *)y, _mm256_add_epi32(x, x)); return y[3]; }\nint main(int n, char **v) { if (__builtin_cpu_supports("avx2")) return wide(n) == 12345; return 0; }';

  it.runIf(gcc).each([
    ["avx2", ["-O3", "-mavx2"], SUM],
    ["avx512", ["-O3", "-mavx512f", "-mprefer-vector-width=512"], SUM],
    ["bmi2", ["-O2", "-mbmi2"], PDEP],
    ["avx2 at a fixed address", ["-O3", "-mavx2", "-no-pie", "-fno-pie"], SUM],
    ["a note of x86-64-v3", ["-O2", "-Wl,-z,x86-64-v3"], "int main(void) { return 0; }"],
    ["guarded", ["-O2"], CHOOSING],
    ["guarded at a fixed address", ["-O2", "-no-pie", "-fno-pie"], CHOOSING],
  ] as const)("on a program compiled for %s are what happens", (name, flags, source) => {
    const path = join(folder, name);
    writeFileSync(`${path}.c`, source);
    execFileSync("gcc", [...flags, "-o", path, `${path}.c`], { stdio: "ignore" });
    const needs = needsOf(loader.program(path));
    const verdicts: Record<string, RunVerdict["verdict"]> = {};
    for (const model of ["Nehalem", "SandyBridge", "Haswell", "max"]) {
      const { verdict } = verdictOn(needs, underTcg(model));
      verdicts[model] = verdict;
      expect(verdict, `${name} on ${model}`).toBe(faults(path, model) ? "does not run" : "runs");
    }
    expect(new Set(Object.values(verdicts)).has("does not run")).toBe(!name.startsWith("guarded"));
    if (name === "avx2") {
      const witness = verdictOn(needs, underTcg("Nehalem")).witness!;
      expect(witness.path[0]).toContain(path);
      expect(verdictOn(needs, underTcg("Nehalem")).why).toMatch(/^avx2? is needed/);
    }
  });

  const WIDE =
    '#include <immintrin.h>\n__attribute__((target("avx2"), noinline)) int wide(int n) { __m256i x = _mm256_set1_epi32(n); volatile int y[8]; _mm256_storeu_si256((void *)y, _mm256_add_epi32(x, x)); return y[3] == 12345; }\n';
  const LOAD = "#include <dlfcn.h>\n#include <stdlib.h>\n";

  it.runIf(gcc).each([
    [
      "what dlopen loads",
      `${LOAD}int main(int n, char **v) { void *h = dlopen("./plugin.so", RTLD_NOW); int (*f)(int) = h ? (int (*)(int))dlsym(h, "wide") : 0; return f ? f(n) : 9; }`,
      [],
      "unknown",
      /^dlopen takes in code while the program runs \(\.\/plugin\.so, wide\)/,
    ],
    [
      "what dlopen loads by a name out of the environment",
      `${LOAD}int main(int n, char **v) { void *h = dlopen(getenv("HOME")[0] ? "plugin.so" + n - n : getenv("HOME"), RTLD_NOW); return h ? 0 : 9; }`,
      [],
      "unknown",
      /^dlopen takes in code while the program runs/,
    ],
    [
      "what dlsym finds in the program itself",
      `${LOAD}${WIDE}int main(int n, char **v) { int (*f)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "wide"); return f ? f(n) : 9; }`,
      ["-rdynamic"],
      "does not run",
      /^avx2? is needed/,
    ],
  ] as const)("do not overlook %s", (name, source, flags, verdict, why) => {
    const path = join(folder, name.replaceAll(" ", "-"));
    const plugin = join(folder, "plugin");
    writeFileSync(`${plugin}.c`, WIDE);
    execFileSync("gcc", ["-O2", "-shared", "-fPIC", "-o", `${plugin}.so`, `${plugin}.c`], { stdio: "ignore" });
    writeFileSync(`${path}.c`, source);
    execFileSync("gcc", ["-D_GNU_SOURCE", "-O2", ...flags, "-o", path, `${path}.c`], { stdio: "ignore" });
    if (!name.includes("environment")) expect(faults(path, "Nehalem")).toBe(true);
    const made = verdictOn(needsOf(loader.program(path)), underTcg("Nehalem"));
    expect(made.verdict).toBe(verdict);
    expect(made.why).toMatch(why);
  });
});
