import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { requireOracle } from "@isinglass/testkit";
import {
  createContender,
  type FormResult,
  hostInfo,
  hostIsUsable,
  listForms,
  replayVectors,
  run,
  selectForms,
  VectorFile,
  zydisIsUsable,
} from "../src/index.js";
import { createCompiler, createInterpreter, createProtectedMode } from "../src/executors/isinglass-interpreter.js";
import { createReference } from "../src/executors/isinglass-reference.js";

/** What must be empty: forms that differ from the CPU, and forms that are not implemented. */
function faults(results: readonly FormResult[]): unknown[] {
  return results
    .filter(({ different, unsupported }) => different > 0 || unsupported > 0)
    .map(({ form, different, unsupported, first }) => ({ form, different, unsupported, first }));
}

describe("recorded host vectors", () => {
  it.each([
    ["baseline-64", "interpreter", createInterpreter],
    ["baseline-64", "reference", createReference],
    ["baseline-32", "interpreter", createInterpreter],
    ["baseline-32", "interpreter in legacy protected mode", createProtectedMode],
    ["baseline-32", "reference", createReference],
    ["extensions-64", "interpreter", createInterpreter],
    ["extensions-64", "reference", createReference],
    ["extensions-64", "compiler", createCompiler],
    ["extensions-32", "interpreter", createInterpreter],
    ["extensions-32", "reference", createReference],
    ["extensions-32", "compiler", createCompiler],
    ["vectors-64", "interpreter", createInterpreter],
    ["vectors-64", "reference", createReference],
    ["vectors-64", "compiler", createCompiler],
  ])("%s are what the %s does", (name, _, create) => {
    const path = fileURLToPath(new URL(`../vectors/${name}.bin`, import.meta.url));
    const file = new VectorFile(readFileSync(path));
    const results = replayVectors(file, create());
    expect(results.length).toBeGreaterThan(
      name.startsWith("baseline") ? 1600 : name.startsWith("vectors") ? 1200 : 260,
    );
    expect(faults(results), `recorded on ${file.header.cpu.brand}, ${file.header.date}`).toEqual([]);
  });
});

const usable = requireOracle(
  "gcc and Zydis on x86-64 Linux, to hold execution against the host CPU",
  hostIsUsable() && zydisIsUsable(),
);

/** A few cases of each form with a seed of its own in each run; `ISG_SEED` repeats one. .ci/run does 200 with a fixed one. */
describe.runIf(usable)("live sample on the host CPU", () => {
  const seed = Number(process.env["ISG_SEED"] ?? Date.now() % 1_000_000);
  it.each([64, 32] as const)(`agrees with the executors, %i-bit code, ISG_SEED=${seed}`, async (mode) => {
    const { forms } = selectForms(listForms(mode), ["baseline", "v2", "v3-general", "beyond"]);
    const names = ["isinglass-interpreter", "isinglass-reference", ...(mode === 32 ? ["isinglass-protected"] : [])];
    const contenders = await Promise.all(names.map(createContender));
    const result = await run({ forms, mode, states: 5, seed, info: hostInfo() }, contenders);
    expect(result.timeouts).toEqual([]);
    for (const { name, forms: results } of result.contenders)
      expect(faults(results), `${name}: repeat with ISG_SEED=${seed}`).toEqual([]);
  });

  it.each([64, 32] as const)(`agrees on VEX-encoded vectors, %i-bit code, ISG_SEED=${seed}`, async (mode) => {
    const { forms } = selectForms(listForms(mode), ["vectors"]);
    const contenders = await Promise.all(["isinglass-interpreter", "isinglass-jit"].map(createContender));
    const result = await run({ forms, mode, states: 1, seed, info: hostInfo() }, contenders);
    expect(result.timeouts).toEqual([]);
    for (const { name, forms: results } of result.contenders)
      expect(faults(results), `${name}: repeat with ISG_SEED=${seed}`).toEqual([]);
  });
});
