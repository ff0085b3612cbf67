import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { families } from "./support/families.js";
import { NativeOracle } from "./support/oracle.js";
import { digest, packSample, recordingFile, type Recording } from "./support/recording.js";
import { makeTranscendentalCases, transcendentals } from "./support/transcendental.js";
import { Random } from "@isinglass/testkit";
import { seedOf } from "./support/seed-of.js";

const SEED = 20261122;
const CASES = 10_000;
const SAMPLES = 24;
const TRANSCENDENTAL_CASES = 160;

it("records what this CPU answers", { timeout: 600_000 }, () => {
  const recording: Recording = {
    cpu: /^model name\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown",
    family: ["cpu family", "model", "stepping"]
      .map((field) => new RegExp(`^${field}\\s*: (.*)$`, "m").exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1])
      .join("/"),
    date: new Date().toISOString().slice(0, 10),
    seed: SEED,
    cases: CASES,
    operations: {},
    transcendentals: {},
  };
  for (const family of families) {
    const oracle = new NativeOracle(family.source);
    for (const name of family.names) {
      if (!oracle.operations.includes(name)) continue;
      const input = family.inputs(SEED, name, CASES);
      const output = oracle.run(name, input);
      family.blank(name, input, output);
      recording.operations[name] = {
        inputs: digest(input),
        outputs: digest(output),
        sample: packSample(output.subarray(0, SAMPLES * family.outputSize)),
      };
    }
    oracle.dispose();
  }
  const oracle = new NativeOracle("x87.c");
  for (const [name, operation] of Object.entries(transcendentals)) {
    const input = makeTranscendentalCases(new Random(seedOf(SEED, name)), operation, TRANSCENDENTAL_CASES);
    const output = oracle.run(name, input);
    recording.transcendentals[name] = { inputs: digest(input), sample: packSample(output) };
  }
  oracle.dispose();
  writeFileSync(recordingFile, `${JSON.stringify(recording, undefined, 2)}\n`);
  expect(Object.keys(recording.operations).length).toBeGreaterThan(100);
});
