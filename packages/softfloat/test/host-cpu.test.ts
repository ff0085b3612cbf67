import { afterAll, describe, expect, it } from "vitest";
import { differences, families } from "./support/families.js";
import { NativeOracle } from "./support/oracle.js";
import { cases, native, seed } from "./support/settings.js";

for (const family of families) {
  describe(`${family.title} against the host CPU, seed ${seed}, ${cases} cases for each operation`, () => {
    const oracle = native ? new NativeOracle(family.source) : undefined;
    afterAll(() => oracle?.dispose());
    for (const name of family.names) {
      it.runIf(oracle?.operations.includes(name))(`${name}: results and flags`, { timeout: 600_000 }, () => {
        const input = family.inputs(seed, name, cases);
        const wanted = oracle!.run(name, input);
        family.blank(name, input, wanted);
        expect(differences(family, input, wanted, family.ours(name, input))).toEqual([]);
      });
    }
  });
}
