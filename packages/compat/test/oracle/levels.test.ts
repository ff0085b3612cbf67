import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { cpuLevel, featuresOfLevel } from "../../src/index.js";
import { readHost } from "../../src/node/index.js";

const LOADER = "/lib64/ld-linux-x86-64.so.2";
const loader = requireOracle("glibc's loader for x86-64", existsSync(LOADER) && process.arch === "x64");
const gcc = requireOracle("gcc", hasCommand("gcc") && process.arch === "x64");
const llc = requireOracle("LLVM (llc)", hasCommand("llc"));

describe("the psABI levels", () => {
  it.runIf(loader)("of this host are those that the loader searches", () => {
    const help = execFileSync(LOADER, ["--help"], { encoding: "utf8" });
    const supported = [...help.matchAll(/x86-64-v(\d) \(supported, searched\)/g)].map((m) => Number(m[1]));
    expect(cpuLevel(readHost())).toBe(Math.max(1, ...supported));
  });

  /** GCC's macros for the features of the levels; some features have none. */
  const MACROS: Readonly<Record<string, string>> = {
    fxsr: "FXSR",
    mmx: "MMX",
    sse: "SSE",
    sse2: "SSE2",
    lahf_lm: "LAHF_SAHF",
    popcnt: "POPCNT",
    pni: "SSE3",
    ssse3: "SSSE3",
    "sse4.1": "SSE4_1",
    "sse4.2": "SSE4_2",
    avx: "AVX",
    avx2: "AVX2",
    bmi1: "BMI",
    bmi2: "BMI2",
    f16c: "F16C",
    fma: "FMA",
    abm: "LZCNT",
    movbe: "MOVBE",
    xsave: "XSAVE",
    avx512f: "AVX512F",
    avx512bw: "AVX512BW",
    avx512cd: "AVX512CD",
    avx512dq: "AVX512DQ",
    avx512vl: "AVX512VL",
  };

  it.runIf(gcc).each([1, 2, 3, 4])("switch on in GCC exactly what level %i has", (level) => {
    const arch = `-march=x86-64${level === 1 ? "" : `-v${level}`}`;
    const out = execFileSync("gcc", [arch, "-dM", "-E", "-x", "c", "/dev/null"], { encoding: "utf8" });
    const ours = new Set(featuresOfLevel(level));
    for (const [feature, macro] of Object.entries(MACROS))
      expect(out.includes(`#define __${macro}__ 1\n`), `${feature} in ${arch}`).toBe(ours.has(feature));
  });

  /** A function in LLVM's language for which it uses an instruction of the feature where it may, and that instruction. */
  const LLVM: Readonly<Record<string, readonly [instruction: RegExp, body: string]>> = {
    popcnt: [
      /\tpopcntl/,
      "define i32 @f(i32 %x) { %r = call i32 @llvm.ctpop.i32(i32 %x)\nret i32 %r }\ndeclare i32 @llvm.ctpop.i32(i32)",
    ],
    abm: [
      /\tlzcntl/,
      "define i32 @f(i32 %x) { %r = call i32 @llvm.ctlz.i32(i32 %x, i1 0)\nret i32 %r }\ndeclare i32 @llvm.ctlz.i32(i32, i1)",
    ],
    bmi1: [/\tandnl/, "define i32 @f(i32 %x, i32 %y) { %n = xor i32 %x, -1\n%r = and i32 %n, %y\nret i32 %r }"],
    bmi2: [/\tshlx/, "define i64 @f(i64 %x, i64 %y) { %r = shl i64 %x, %y\nret i64 %r }"],
    movbe: [
      /\tmovbel/,
      "define i32 @f(i32* %p) { %x = load i32, i32* %p\n%r = call i32 @llvm.bswap.i32(i32 %x)\nret i32 %r }\ndeclare i32 @llvm.bswap.i32(i32)",
    ],
    fma: [
      /\tvfmadd/,
      "define double @f(double %x, double %y, double %z) { %r = call double @llvm.fma.f64(double %x, double %y, double %z)\nret double %r }\ndeclare double @llvm.fma.f64(double, double, double)",
    ],
    avx: [
      /ymm/,
      "define <8 x float> @f(<8 x float> %x, <8 x float> %y) { %r = fadd <8 x float> %x, %y\nret <8 x float> %r }",
    ],
    avx2: [
      /\tvpaddd.*ymm/,
      "define <8 x i32> @f(<8 x i32> %x, <8 x i32> %y) { %r = add <8 x i32> %x, %y\nret <8 x i32> %r }",
    ],
    "sse4.1": [
      /\tv?pmulld/,
      "define <4 x i32> @f(<4 x i32> %x, <4 x i32> %y) { %r = mul <4 x i32> %x, %y\nret <4 x i32> %r }",
    ],
    ssse3: [
      /\tv?pabsd/,
      "define <4 x i32> @f(<4 x i32> %x) { %r = call <4 x i32> @llvm.abs.v4i32(<4 x i32> %x, i1 0)\nret <4 x i32> %r }\ndeclare <4 x i32> @llvm.abs.v4i32(<4 x i32>, i1)",
    ],
    cx16: [
      /\tlock\s+cmpxchg16b/,
      "define void @f(i128* %p) { %r = cmpxchg i128* %p, i128 0, i128 1 seq_cst seq_cst\nret void }",
    ],
    avx512f: [
      /zmm/,
      'define <16 x i32> @f(<16 x i32> %x, <16 x i32> %y) "min-legal-vector-width"="512" "prefer-vector-width"="512" { %r = add <16 x i32> %x, %y\nret <16 x i32> %r }',
    ],
    avx512dq: [
      /\tvpmullq/,
      "define <2 x i64> @f(<2 x i64> %x, <2 x i64> %y) { %r = mul <2 x i64> %x, %y\nret <2 x i64> %r }",
    ],
    avx512cd: [
      /\tvplzcntd/,
      "define <4 x i32> @f(<4 x i32> %x) { %r = call <4 x i32> @llvm.ctlz.v4i32(<4 x i32> %x, i1 0)\nret <4 x i32> %r }\ndeclare <4 x i32> @llvm.ctlz.v4i32(<4 x i32>, i1)",
    ],
  };

  it.runIf(llc).each([1, 2, 3, 4])("make LLVM use exactly the instructions of level %i", (level) => {
    const ours = new Set(featuresOfLevel(level));
    for (const [feature, [instruction, body]] of Object.entries(LLVM)) {
      const cpu = `-mcpu=x86-64${level === 1 ? "" : `-v${level}`}`;
      const { stdout, status } = spawnSync("llc", ["-mtriple=x86_64", cpu, "-o", "-"], {
        input: body,
        encoding: "utf8",
      });
      expect(status, `${feature}: llc`).toBe(0);
      expect(instruction.test(stdout), `${feature} with ${cpu}`).toBe(ours.has(feature));
    }
  });
});
