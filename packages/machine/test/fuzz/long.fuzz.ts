import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { seed } from "@isinglass/testkit";
import { expect, it } from "vitest";
import { addTo, newTotals, runTrial, trial } from "./campaign.js";
import { Watchdog } from "./watchdog.js";

/** 10^7 actions unless told otherwise. */
const ACTIONS = Number(process.env["ISG_FUZZ_ACTIONS"] ?? "10000000");
/** Episodes after which the first look at the host's memory is taken: forms are translated and handlers compiled once, on first use. */
const WARM = 100;
/** What may be alive more at the end than then, in JavaScript's heap, arrays and WebAssembly memories. */
const MOST_GROWTH = 64 * 2 ** 20;
const MOST_RSS = 2 ** 30;
/** Collections before memory counts as in use: after one, up to 90 MiB of machines that are gone are still counted, after five none. */
const ROUNDS = 20;
/** Episodes between looks at what is in use. */
const LOOKS = 500;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that are still in use when everything has been given back: of WebAssembly memories, some turns of the event loop after a collection. */
async function alive(): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    collectGarbage();
    least = Math.min(least, getHeapStatistics().used_heap_size + process.memoryUsage().external);
    await new Promise((done) => setTimeout(done, 20));
  }
  return least;
}

it(`${ACTIONS} actions, ISG_SEED=${seed}`, { timeout: 0 }, async () => {
  const totals = newTotals();
  const watchdog = new Watchdog(seed);
  let before = 0;
  let most = 0;
  for (let index = 0; totals.actions < ACTIONS; index += 1) {
    const next = trial(seed, index);
    addTo(
      totals,
      next,
      runTrial(next, () => watchdog.step()),
    );
    if (index === WARM) before = await alive();
    most = Math.max(most, process.memoryUsage().rss);
    if (index % 50 === 49)
      process.stdout.write(`${totals.actions} actions, ISG_SEED=${seed}, ${Math.round(most / 2 ** 20)} MiB\n`);
    if (index % LOOKS === LOOKS - 1)
      process.stdout.write(
        `${Math.round(((await alive()) - before) / 2 ** 20)} MiB more than after ${WARM} episodes\n`,
      );
    // The event loop turns, so that a stopped run says so.
    await new Promise((done) => setImmediate(done));
  }
  await watchdog.stop();
  const growth = before === 0 ? 0 : (await alive()) - before;
  const memory = { growth: Math.round(growth / 2 ** 20), rss: Math.round(most / 2 ** 20) };
  process.stdout.write(`${JSON.stringify({ seed, ...totals, memory })}\n`);
  expect(growth).toBeLessThan(MOST_GROWTH);
  expect(most).toBeLessThan(MOST_RSS);
});
