import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { differences, families } from "./support/families.js";
import { Random } from "@isinglass/testkit";
import { seedOf } from "./support/seed-of.js";
import { digest, recordingFile, unpackSample, type Recording } from "./support/recording.js";
import { compareTranscendental, makeTranscendentalCases, transcendentals } from "./support/transcendental.js";
import { X87_OUTPUT_SIZE } from "./support/x87-operations.js";

// JSON.parse gives any; the file is ours and its digests are checked below.
const recording: Recording = JSON.parse(readFileSync(recordingFile, "utf8"));

describe(`answers of ${recording.cpu} (${recording.family}), recorded on ${recording.date}`, () => {
  for (const family of families) {
    for (const name of family.names) {
      it(`${name}: results and flags`, () => {
        const recorded = recording.operations[name];
        if (recorded === undefined) throw new Error(`${name} is not recorded: run "npm run record" on an x86-64 host`);
        const input = family.inputs(recording.seed, name, recording.cases);
        expect(digest(input), "the operands are no longer those of the recording: record again").toBe(recorded.inputs);
        const output = family.ours(name, input);
        const sample = unpackSample(recorded.sample);
        expect(differences(family, input, sample, output)).toEqual([]);
        expect(digest(output)).toBe(recorded.outputs);
      });
    }
  }

  for (const [name, operation] of Object.entries(transcendentals)) {
    it(`${name}: within one unit in the last place, and the same exceptions`, () => {
      const recorded = recording.transcendentals[name];
      if (recorded === undefined) throw new Error(`${name} is not recorded: run "npm run record" on an x86-64 host`);
      const output = unpackSample(recorded.sample);
      const count = output.length / X87_OUTPUT_SIZE;
      const input = makeTranscendentalCases(new Random(seedOf(recording.seed, name)), operation, count);
      expect(digest(input), "the operands are no longer those of the recording: record again").toBe(recorded.inputs);
      const wrong = compareTranscendental(operation, input, output).filter((c) => !(c.ulps <= 1) || !c.flagsAgree);
      expect(wrong).toEqual([]);
    });
  }
});
