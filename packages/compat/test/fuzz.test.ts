import { existsSync, readFileSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { fuzzSeed, Random } from "@isinglass/testkit";
import { expect, it } from "vitest";
import {
  checkEntries,
  checkVulnerabilities,
  Image,
  modelNamed,
  needsOf,
  readCpu,
  readElf,
  usedBy,
  verdictOn,
} from "../src/index.js";
import { probeProgram } from "../src/matrix/probe-program.js";

/** Inputs of each kind; a command of its own makes more: ISG_FUZZ=1000000. */
const RUNS = Number(process.env["ISG_FUZZ"] ?? "2000");

const SAMPLES = [
  "CPU 0:\n   0x00000000 0x00: eax=0x00000010 ebx=0x68747541 ecx=0x444d4163 edx=0x69746e65\n   0x00000007 0x00: eax=0x00000000 ebx=0x219c91a9 ecx=0x00400004 edx=0x00000000\n",
  "CPUID 00000000: 00000016-756E6547-6C65746E-49656E69 [GenuineIntel]\nCPUID 00000007: 00000000-029C6FBF-00000000-9C000400 [SL 00]\n",
  "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 7\nflags\t\t: fpu lm sse4_1 avx\n",
  "<cpudata arch='x86'><cpuid eax_in='0x00000001' ecx_in='0x00' eax='0x00870f10' ebx='0x00000000' ecx='0x7ed8320b' edx='0x178bfbff'/><msr index='0x10a' edx='0x00000000' eax='0x00000069'/></cpudata>",
  "<cpu><arch>x86_64</arch><model>Haswell</model><vendor>Intel</vendor><feature policy='disable' name='avx2'/></cpu>",
  '{"return":{"model":{"name":"base","props":{"avx2":true,"vendor":"GenuineIntel","family":6}}}}',
  '{"guest_cpu_config":{"cpuid_modifiers":[{"leaf":"0x1","subleaf":"0x0","flags":0,"modifiers":[{"register":"ecx","bitmap":"0b1110"}]}],"msr_modifiers":[{"addr":"0x10a","bitmap":"0b1"}]}}',
].map((text) => new TextEncoder().encode(text));

function mutated(random: Random, sample: Uint8Array): Uint8Array {
  const out = sample.slice(0, random.oneIn(3) ? random.below(sample.length + 1) : sample.length);
  for (let n = 1 + random.below(8); n > 0 && out.length > 0; n -= 1) {
    const at = random.below(out.length);
    if (random.oneIn(3)) out[at] = random.below(256);
    else if (random.oneIn(2)) out[at] = sample[random.below(sample.length)]!;
    else out.copyWithin(at, random.below(out.length), random.below(out.length));
  }
  return out;
}

/** What is not understood is an IsinglassError of one line. */
function oneLine(problem: unknown, input: Uint8Array): void {
  // Putting a stack into words for each of a million inputs takes longer than all the rest.
  const { message } = problem as Error;
  if (problem instanceof IsinglassError && !message.includes("\n") && message.length < 400) return;
  const hex = Buffer.from(input.subarray(0, 200)).toString("hex");
  expect(problem, `${String((problem as Error).stack)} for ${hex}`).toBeInstanceOf(IsinglassError);
  expect((problem as Error).message, `for ${hex}`).not.toMatch(/\n/);
  expect((problem as Error).message.length, `for ${hex}`).toBeLessThan(400);
}

/** What a long run comes to. */
function report(what: string, refused: number): void {
  if (RUNS >= 100_000) console.log(`${RUNS} ${what}: ${refused} refused in one line, the others read to the end`);
}

it("broken dumps give a CPU or one clear line", { timeout: 3_600_000 }, () => {
  const random = new Random(fuzzSeed("compat dumps"));
  let refused = 0;
  for (let i = 0; i < RUNS; i += 1) {
    const input = mutated(random, random.pick(SAMPLES));
    try {
      const cpu = readCpu(input, "dump");
      checkVulnerabilities(cpu);
      checkEntries(cpu);
    } catch (problem) {
      refused += 1;
      oneLine(problem, input);
    }
  }
  expect(refused).toBeGreaterThan(RUNS / 10);
  report("dumps", refused);
});

it("broken ELF files give a result or one clear line", { timeout: 3_600_000 }, () => {
  const random = new Random(fuzzSeed("compat ELF"));
  const node = new Uint8Array(readFileSync(process.execPath).subarray(0, 4096));
  // A whole program: what is left of it after a change is followed from its entry point too.
  const small = probeProgram("avx2", 3)!;
  // And where there is one, a program with libraries, symbols and relocations.
  const linked = existsSync("/bin/true") ? new Uint8Array(readFileSync("/bin/true")) : small;
  const haswell = modelNamed("Haswell");
  let refused = 0;
  for (let i = 0; i < RUNS; i += 1) {
    const whole = random.pick([node, small, small, ...(i % 20 === 0 ? [linked] : [])]);
    const input = mutated(random, whole);
    // The header and the program headers are what everything hangs on: most changes go there.
    for (let n = random.below(4); n > 0 && input.length > 0; n -= 1)
      input[random.below(Math.min(input.length, 900))] = random.below(256);
    try {
      const elf = readElf(input, "file");
      usedBy(elf);
      if (elf.bits === 64)
        verdictOn(needsOf({ images: [new Image(elf, "file")], missing: [] }, random.oneIn(2)), haswell);
    } catch (problem) {
      refused += 1;
      oneLine(problem, input);
    }
  }
  expect(refused).toBeGreaterThan(RUNS / 10);
  report("ELF files", refused);
});
