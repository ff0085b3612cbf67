import { afterAll, describe, expect, it } from "vitest";
import { differenceInUlps, exactF128, exactF80 } from "./support/exact.js";
import { NativeOracle } from "./support/oracle.js";
import { Random } from "@isinglass/testkit";
import { seedOf } from "./support/seed-of.js";
import { cases, native, seed } from "./support/settings.js";
import { compareTranscendental, makeTranscendentalCases, transcendentals } from "./support/transcendental.js";

const host = native ? new NativeOracle("x87.c") : undefined;
const truth = native ? new NativeOracle("transcendental.c", ["-lquadmath"]) : undefined;

afterAll(() => {
  host?.dispose();
  truth?.dispose();
});

describe(`x87 transcendental functions, seed ${seed}, ${cases} cases for each`, () => {
  for (const [name, operation] of Object.entries(transcendentals)) {
    it.runIf(native)(`${name}: rounds the true value, with the host CPU's exceptions`, { timeout: 600_000 }, () => {
      const input = makeTranscendentalCases(new Random(seedOf(seed, name)), operation, cases);
      const exact = new DataView(truth!.run(name, input).buffer);
      const problems: string[] = [];
      let count = 0;
      let hostDiffers = 0;
      let hostUlps = 0;
      let worst = 0;
      for (const item of compareTranscendental(operation, input, host!.run(name, input))) {
        if (!item.defined) continue;
        count++;
        let error = 0;
        if (item.hasTruth) {
          const at = item.index * 32 + (item.second ? 16 : 0);
          const value = exact.getBigUint64(at, true) | (exact.getBigUint64(at + 8, true) << 64n);
          error = Math.abs(differenceInUlps(exactF80(item.ours), exactF128(value)));
          worst = Math.max(worst, item.rounding === 0 ? error : error / 2);
          if (item.ulps !== 0) hostDiffers++;
          hostUlps = Math.max(hostUlps, item.ulps);
        }
        // To nearest, half a unit; directed, a whole one. The host need only agree where nothing is rounded.
        const limit = item.rounding === 0 ? 0.50001 : 1.00001;
        if (error <= limit && item.flagsAgree && (item.hasTruth || item.ulps <= (item.scaled ? 1 : 0))) continue;
        if (problems.length === 8) continue;
        const [ours, cpu] = [item.ours.toString(16), item.cpu.toString(16)];
        const flags = item.flagsAgree ? "" : ", exceptions differ";
        problems.push(
          `rounding ${item.rounding}, ${item.operands}: ours ${ours}, CPU ${cpu}, ${error} ulp off${flags}`,
        );
      }
      if (process.env["ISG_SOFTFLOAT_REPORT"] === "1") {
        process.stdout.write(
          `${name}: within ${worst.toFixed(6)} ulp of nearest; host differs in ${hostDiffers} of ${count}, by ${hostUlps} ulp\n`,
        );
      }
      expect(problems).toEqual([]);
    });
  }
});
