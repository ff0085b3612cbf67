import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { IsinglassError } from "@isinglass/interface";
import { Random, seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { type Parser, makeParsers } from "./support/fuzz-parsers.js";

const INPUTS = Number(process.env["ISG_ENCLAVE_INPUTS"] ?? "2000");
/** What one input may make a parser allocate in arrays, and what may be left of all of them when they are done. */
const MOST_AT_ONCE = 64 * 2 ** 20;
const MOST_LEFT = 32 * 2 ** 20;
const LONGEST_MS = 2000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const NUMBERS = [
  [0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0],
  [0, 0, 0, 0x80],
] as const;
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** Where the next change falls: seven times in eight in the structure, where that is known. */
function place(random: Random, parser: Parser, length: number): number {
  const { structure } = parser;
  if (structure === undefined || random.oneIn(8)) return random.below(Math.max(1, length));
  const [from, to] = random.pick(structure);
  return Math.min(from + random.below(to - from), Math.max(0, length - 1));
}

/** A document with up to eight changes: bits, bytes, numbers, pieces moved, an end cut off. */
function mutate(random: Random, parser: Parser): Uint8Array {
  let bytes = random.pick(parser.documents).slice();
  for (let i = random.below(8); i >= 0; i -= 1) {
    const at = place(random, parser, bytes.length);
    const kind = random.below(6);
    if (kind === 0) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 1) bytes[at] = random.u32();
    else if (kind === 2) {
      const number = random.pick(NUMBERS);
      for (let j = 0; j < 4 && at + j < bytes.length; j += 1) bytes[at + j] = number[j]!;
    } else if (kind === 3) bytes.copyWithin(at, place(random, parser, bytes.length), bytes.length);
    else if (kind === 4 && random.oneIn(4)) bytes = bytes.slice(0, at);
    else bytes[at] = random.pick(EDGES);
  }
  return bytes;
}

/** Reads an input. @returns whether it was refused with a clear error */
function isRefused(parser: Parser, input: Uint8Array): boolean {
  try {
    parser.read(input);
    return false;
  } catch (problem) {
    if (!(problem instanceof IsinglassError)) throw problem;
    return true;
  }
}

/** Bytes of arrays and objects that are alive, all garbage gone: arrays are counted until another thread has freed them, after the collection. */
function alive(): number {
  let least = Infinity;
  for (;;) {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed + external >= least) return least;
    least = heapUsed + external;
  }
}

describe("parsers of what anybody may have written", () => {
  it.each(makeParsers())(
    `$name: ${INPUTS} mutated documents end in a result or a clear error, in time and in bounded memory, seed ${seed}`,
    (parser) => {
      for (const document of parser.documents) expect(() => parser.read(document)).not.toThrow();
      const random = new Random(seed);
      const before = alive();
      let [refused, mostAtOnce, longest] = [0, 0, 0];
      // A stack trace costs more than most of these parsers.
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      const begun = performance.now();
      try {
        let arrays = getHeapStatistics().external_memory;
        for (let i = 0; i < INPUTS; i += 1) {
          const input = mutate(random, parser);
          const now = performance.now();
          if (isRefused(parser, input)) refused += 1;
          let time = performance.now() - now;
          if (time > LONGEST_MS / 10) {
            // Perhaps something else had the processor: what takes long takes long again.
            const again = process.cpuUsage();
            isRefused(parser, input);
            const { user, system } = process.cpuUsage(again);
            time = Math.min(time, (user + system) / 1000);
          }
          longest = Math.max(longest, time);
          // Arrays count from when they are made, whether they are written or not, until garbage is collected.
          const next = getHeapStatistics().external_memory;
          mostAtOnce = Math.max(mostAtOnce, next - arrays);
          arrays = next;
        }
      } finally {
        Error.stackTraceLimit = stackTraceLimit;
      }
      const seconds = (performance.now() - begun) / 1000;
      const left = alive() - before;
      if (INPUTS > 100_000)
        console.log(
          `${parser.name}: ${INPUTS} inputs, seed ${seed}, ${Math.round(INPUTS / seconds)} a second, ${refused} refused, longest ${longest.toFixed(0)} ms, most at once ${(mostAtOnce / 2 ** 20).toFixed(1)} MiB, ${(left / 2 ** 20).toFixed(1)} MiB left`,
        );
      expect(refused).toBeGreaterThan(parser.changes === true ? 0 : INPUTS / 10);
      expect(longest).toBeLessThan(LONGEST_MS);
      expect(mostAtOnce).toBeLessThan(MOST_AT_ONCE);
      expect(left).toBeLessThan(MOST_LEFT);
    },
    10_800_000,
  );
});
