import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { NativeOracle } from "./support/oracle.js";
import { Random, seedOf } from "./support/random.js";
import {
  X87_INPUT_SIZE,
  X87_OUTPUT_SIZE,
  blankX87,
  makeX87Cases,
  runX87Cases,
  x87Operations,
} from "./support/x87-operations.js";

const seed = Number(process.env["ISG_SOFTFLOAT_SEED"] ?? Date.now() % 1_000_000_007);
const cases = Number(process.env["ISG_SOFTFLOAT_CASES"] ?? 12_000);
const available = requireOracle("gcc on an x86-64 host", process.arch === "x64" && hasCommand("gcc"));
const oracle = available ? new NativeOracle("x87.c") : undefined;

afterAll(() => oracle?.dispose());

/** Ten bytes as sign and exponent, and significand. */
function f80(bytes: Uint8Array, at: number): string {
  const hex = Buffer.from(bytes.subarray(at, at + 10).toReversed()).toString("hex");
  return `${hex.slice(0, 4)}:${hex.slice(4)}`;
}

describe(`x87 against the host CPU, seed ${seed}, ${cases} cases for each operation`, () => {
  for (const [name, operation] of Object.entries(x87Operations)) {
    it.runIf(oracle !== undefined)(`${name}: result and status`, { timeout: 600_000 }, () => {
      const input = makeX87Cases(new Random(seedOf(seed, name)), operation, cases);
      const wanted = oracle!.run(name, input);
      blankX87(operation, input, wanted);
      const got = runX87Cases(operation, input);
      const differences: string[] = [];
      let count = 0;
      for (let i = 0; i < cases; i++) {
        const at = i * X87_OUTPUT_SIZE;
        if (Buffer.compare(got.subarray(at, at + 52), wanted.subarray(at, at + 52)) === 0) continue;
        if (count++ >= 10) continue;
        const record = input.subarray(i * X87_INPUT_SIZE, (i + 1) * X87_INPUT_SIZE);
        const show = (out: Uint8Array): string => {
          const status = (out[at + 48]! | (out[at + 49]! << 8)).toString(16);
          return `${f80(out, at)} ${f80(out, at + 16)} mem ${f80(out, at + 32)} status ${status}`;
        };
        const cw = (record[0]! | (record[1]! << 8)).toString(16);
        differences.push(`cw ${cw} a ${f80(record, 16)} b ${f80(record, 32)}: CPU ${show(wanted)}, ours ${show(got)}`);
      }
      expect(differences, `${count} of ${cases} differ`).toEqual([]);
    });
  }
});
