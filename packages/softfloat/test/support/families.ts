import { Random } from "@isinglass/testkit";
import { seedOf } from "./seed-of.js";
import { INPUT_SIZE, OUTPUT_SIZE, blankSse, makeSseCases, runSseCases, sseOperations } from "./sse-operations.js";
import {
  X87_INPUT_SIZE,
  X87_OUTPUT_SIZE,
  blankX87,
  makeX87Cases,
  runX87Cases,
  x87Operations,
} from "./x87-operations.js";

/** A set of operations that one native program runs, all of which must agree with the CPU bit by bit. */
export interface Family {
  readonly title: string;
  /** The file under native/. */
  readonly source: string;
  readonly names: readonly string[];
  readonly inputSize: number;
  readonly outputSize: number;
  /** Input records: the same for the same seed, name and count. */
  readonly inputs: (seed: number, name: string, count: number) => Uint8Array;
  /** Output records of this package. */
  readonly ours: (name: string, input: Uint8Array) => Uint8Array;
  /** Clears what is not compared in the output records of the CPU. */
  readonly blank: (name: string, input: Uint8Array, output: Uint8Array) => void;
}

export const families: readonly Family[] = [
  {
    title: "SSE, AVX, FMA and F16C",
    source: "sse.c",
    names: Object.keys(sseOperations),
    inputSize: INPUT_SIZE,
    outputSize: OUTPUT_SIZE,
    inputs: (seed, name, count) => makeSseCases(new Random(seedOf(seed, name)), sseOperations[name]!, count),
    ours: (name, input) => runSseCases(sseOperations[name]!, input),
    blank: (name, _input, output) => blankSse(sseOperations[name]!, output),
  },
  {
    title: "x87",
    source: "x87.c",
    names: Object.keys(x87Operations),
    inputSize: X87_INPUT_SIZE,
    outputSize: X87_OUTPUT_SIZE,
    inputs: (seed, name, count) => makeX87Cases(new Random(seedOf(seed, name)), x87Operations[name]!, count),
    ours: (name, input) => runX87Cases(x87Operations[name]!, input),
    blank: (name, input, output) => blankX87(x87Operations[name]!, input, output),
  },
];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.toReversed()).toString("hex");
}

/** The differing records, at most eight of them in words. */
export function differences(family: Family, input: Uint8Array, wanted: Uint8Array, got: Uint8Array): string[] {
  const lines: string[] = [];
  let count = 0;
  const size = family.outputSize;
  for (let i = 0; i * size < wanted.length; i++) {
    const theirs = wanted.subarray(i * size, (i + 1) * size);
    const mine = got.subarray(i * size, (i + 1) * size);
    if (Buffer.compare(theirs, mine) === 0) continue;
    count++;
    if (lines.length === 8) continue;
    const record = input.subarray(i * family.inputSize, (i + 1) * family.inputSize);
    const control = `control ${hex(record.subarray(0, 4))} immediate ${record[4]}`;
    const operands = [16, 32, 48].map((at) => hex(record.subarray(at, at + 16)).replace(/^0+(?=.)/, ""));
    const words = (out: Uint8Array): string => {
      const parts: string[] = [];
      for (let at = 0; at < size; at += 16) parts.push(hex(out.subarray(at, at + 16)));
      return parts.join(" ");
    };
    lines.push(`${control}, operands ${operands.join(" ")}:\n  CPU  ${words(theirs)}\n  ours ${words(mine)}`);
  }
  if (count > 0) lines.push(`${count} records differ`);
  return lines;
}
