import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { NativeOracle } from "./support/oracle.js";
import { Random, seedOf } from "./support/random.js";
import { INPUT_SIZE, OUTPUT_SIZE, makeSseCases, runSseCases, sseOperations } from "./support/sse-operations.js";

const seed = Number(process.env["ISG_SOFTFLOAT_SEED"] ?? Date.now() % 1_000_000_007);
const cases = Number(process.env["ISG_SOFTFLOAT_CASES"] ?? 12_000);
const available = requireOracle("gcc on an x86-64 host", process.arch === "x64" && hasCommand("gcc"));
const oracle = available ? new NativeOracle("sse.c") : undefined;

afterAll(() => oracle?.dispose());

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.toReversed()).toString("hex");
}

describe(`SSE against the host CPU, seed ${seed}, ${cases} cases for each operation`, () => {
  for (const [name, operation] of Object.entries(sseOperations)) {
    it.runIf(oracle?.operations.includes(name))(`${name}: result and flags`, { timeout: 600_000 }, () => {
      const input = makeSseCases(new Random(seedOf(seed, name)), operation, cases);
      const wanted = oracle!.run(name, input);
      const got = runSseCases(operation, input);
      const differences: string[] = [];
      let count = 0;
      for (let i = 0; i < cases; i++) {
        const at = i * OUTPUT_SIZE;
        const same = (from: number, to: number): boolean =>
          Buffer.compare(got.subarray(at + from, at + to), wanted.subarray(at + from, at + to)) === 0;
        if (same(0, operation.bytes) && same(16, 24)) continue;
        if (count++ >= 10) continue;
        const record = input.subarray(i * INPUT_SIZE, (i + 1) * INPUT_SIZE);
        const operands = [16, 32, 48].map((o) => hex(record.subarray(o, o + 16)).replace(/^0+(?=.)/, ""));
        const show = (out: Uint8Array): string =>
          `${hex(out.subarray(at, at + operation.bytes))} flags ${out[at + 16]} trapped ${out[at + 20]}`;
        const [mxcsr, imm] = [hex(record.subarray(0, 4)), record[4]];
        differences.push(
          `mxcsr ${mxcsr} imm ${imm} operands ${operands.join(" ")}: CPU ${show(wanted)}, ours ${show(got)}`,
        );
      }
      expect(differences, `${count} of ${cases} differ`).toEqual([]);
    });
  }
});
