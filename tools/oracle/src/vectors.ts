import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { Batch, mergeRanges, Window } from "./batch.js";
import { Comparer, describeFault, normalise } from "./compare.js";
import type { Difference } from "./difference.js";
import { type Executor, FinalState, TestCase } from "./executor.js";
import { type Form, parseForms } from "./forms.js";
import { expandNoise, Generator, noiseSeed } from "./generate/generator.js";
import { Host, type HostInfo } from "./host.js";
import { AT_FORM, AT_INDEX, AT_SEED, VECTOR_UNSUPPORTED } from "./layout.js";
import { Rng } from "./rng.js";
import type { FormResult } from "./run.js";
import { MachineState } from "./state.js";

/**
 * Recorded results of a host CPU, for machines without one. Each case is kept as what differs from noise made of its seed, and its
 * result as what differs from the case; so the file depends on `expandNoise`, `noiseSeed` and the record layout, but on nothing else of the generator.
 */
const MAGIC = 0x4f475349;
const VERSION = 1;

/** What a file of vectors tells of itself. */
export interface VectorHeader {
  readonly cpu: HostInfo;
  /** When they were recorded, as in ISO 8601. */
  readonly date: string;
  readonly mode: 64 | 32;
  readonly isa: string;
  readonly seed: number;
  /** The forms as `native/forms.c` prints them. */
  readonly forms: string;
  readonly cases: number;
}

class Writer {
  bytes: Uint8Array = new Uint8Array(1 << 20);
  length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = value;
  }

  /** Seven bits a byte, low ones first. */
  varint(value: number): void {
    for (; value > 127; value = Math.floor(value / 128)) this.byte((value & 127) | 128);
    this.byte(value);
  }

  word(value: number): void {
    for (let i = 0; i < 32; i += 8) this.byte((value >>> i) & 255);
  }

  data(bytes: Uint8Array): void {
    for (const byte of bytes) this.byte(byte);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  byte(): number {
    if (this.#at >= this.#end) throw new Error(`recorded vectors: a stream ends early, at byte ${this.#at}`);
    return this.#bytes[this.#at++]!;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  word(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  data(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.byte();
    return bytes;
  }
}

// Streams of like content compress better apart: structure, words that the case sets, words that the result changes, memory.
const STREAMS = 4;

function writeWords(structure: Writer, values: Writer, from: Uint32Array, to: Uint32Array): void {
  let last = 0;
  let count = 0;
  for (let i = 0; i < to.length; i++) if (from[i] !== to[i]) count++;
  structure.varint(count);
  for (let i = 0; i < to.length; i++) {
    if (from[i] === to[i]) continue;
    structure.varint(i - last);
    last = i;
    values.word(to[i]!);
  }
}

function readWords(structure: Reader, values: Reader, words: Uint32Array): void {
  let at = 0;
  for (let count = structure.varint(); count > 0; count--) {
    at += structure.varint();
    if (at >= words.length) throw new Error(`recorded vectors: word ${at} of a record of ${words.length}`);
    words[at] = values.word();
  }
}

function writePieces(structure: Writer, data: Writer, batch: Batch, i: number): void {
  const touched: number[] = [];
  const memory = new Uint8Array(0x4000);
  batch.loadMemory(i, memory, touched);
  const ranges = mergeRanges(touched);
  structure.varint(ranges.length >> 1);
  for (let at = 0; at < ranges.length; at += 2) {
    structure.varint(ranges[at]!);
    structure.varint(ranges[at + 1]!);
    data.data(memory.subarray(ranges[at], ranges[at]! + ranges[at + 1]!));
  }
}

/** Runs some cases of each form on the host and packs them with their results. */
export async function recordVectors(
  forms: readonly Form[],
  formsText: string,
  options: {
    readonly mode: 64 | 32;
    readonly isa: string;
    readonly seed: number;
    readonly indices: readonly number[];
    readonly info: HostInfo;
    readonly date: string;
  },
): Promise<Uint8Array> {
  const generator = new Generator({ mode: options.mode, seed: options.seed, segmentBases: options.info.fsgsbase });
  const host = new Host();
  const streams = Array.from({ length: STREAMS }, () => new Writer());
  const [structure, inputs, outputs, memory] = streams as [Writer, Writer, Writer, Writer];
  const rng = new Rng();
  const noise = new MachineState();
  const state = new MachineState();
  const final = new MachineState();
  const start = new MachineState();
  let cases = 0;
  try {
    for (const [number, form] of forms.entries()) {
      const batch = new Batch();
      for (const index of options.indices) batch.addDraft(generator.make(form, number, index));
      const answer = await host.run(batch);
      for (let i = 0; i < batch.count; i++) {
        batch.loadState(i, state);
        answer.loadState(i, final);
        normalise(final);
        const seed = state.words[AT_SEED >> 2]!;
        const index = state.words[AT_INDEX >> 2]!;
        let attempt = 0;
        while (noiseSeed(form, options.seed, index, attempt) !== seed) attempt++;
        structure.varint(index);
        structure.varint(attempt);
        expandNoise(rng, seed, noise);
        noise.words[AT_INDEX >> 2] = index;
        noise.words[AT_SEED >> 2] = seed;
        noise.words[AT_FORM >> 2] = number;
        noise.mode = options.mode;
        writeWords(structure, inputs, noise.words, state.words);
        writePieces(structure, memory, batch, i);
        start.setAfter(state);
        normalise(start);
        writeWords(structure, outputs, start.words, final.words);
        writePieces(structure, memory, answer, i);
        cases++;
      }
    }
  } finally {
    host.close();
  }
  const header: VectorHeader = {
    cpu: options.info,
    date: options.date,
    mode: options.mode,
    isa: options.isa,
    seed: options.seed,
    forms: formsText,
    cases,
  };
  return pack(header, options.indices.length, streams);
}

function pack(header: VectorHeader, perForm: number, streams: readonly Writer[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const all = new Writer();
  for (const value of [MAGIC, VERSION, perForm, text.length, ...streams.map((stream) => stream.length)])
    all.word(value);
  all.data(text);
  for (const stream of streams) all.data(stream.bytes.subarray(0, stream.length));
  return brotliCompressSync(all.bytes.subarray(0, all.length), {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: all.length,
    },
  });
}

/** One recorded case; the objects are reused from case to case. */
export interface RecordedCase {
  readonly form: Form;
  readonly test: TestCase;
  readonly expected: FinalState;
}

/** A file of recorded vectors. */
export class VectorFile {
  readonly header: VectorHeader;
  readonly forms: readonly Form[];
  readonly #bytes: Uint8Array;
  readonly #streams: [number, number][] = [];
  readonly #perForm: number;

  /** @throws Error if the content is not such a file */
  constructor(content: Uint8Array) {
    this.#bytes = brotliDecompressSync(content);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    if (this.#bytes.length < 32 || view.getUint32(0, true) !== MAGIC)
      throw new Error("recorded vectors: no ISGO at offset 0");
    if (view.getUint32(4, true) !== VERSION)
      throw new Error(`recorded vectors: version ${view.getUint32(4, true)}, this program reads ${VERSION}`);
    this.#perForm = view.getUint32(8, true);
    const headerLength = view.getUint32(12, true);
    const headerAt = 16 + STREAMS * 4;
    this.header = JSON.parse(
      new TextDecoder().decode(this.#bytes.subarray(headerAt, headerAt + headerLength)),
    ) as VectorHeader;
    this.forms = parseForms(this.header.forms, this.header.mode);
    let at = headerAt + headerLength;
    for (let i = 0; i < STREAMS; i++) {
      const length = view.getUint32(16 + 4 * i, true);
      this.#streams.push([at, at + length]);
      at += length;
    }
    if (at !== this.#bytes.length)
      throw new Error(`recorded vectors: streams end at ${at}, the file at ${this.#bytes.length}`);
  }

  /** Unpacks the cases one by one. */
  *cases(): globalThis.Generator<RecordedCase, void, void> {
    const [structure, inputs, outputs, memory] = this.#streams.map(
      ([from, to]) => new Reader(this.#bytes, from, to),
    ) as [Reader, Reader, Reader, Reader];
    const rng = new Rng();
    const test = new TestCase();
    const expected = new FinalState();
    const window = new Window();
    const readPieces = (target: Uint8Array): void => {
      for (let count = structure.varint(); count > 0; count--) {
        const offset = structure.varint();
        target.set(memory.data(structure.varint()), offset);
      }
    };
    for (const [number, form] of this.forms.entries())
      for (let i = 0; i < this.#perForm; i++) {
        const index = structure.varint();
        const seed = noiseSeed(form, this.header.seed, index, structure.varint());
        expandNoise(rng, seed, test.state);
        test.state.words[AT_INDEX >> 2] = index;
        test.state.words[AT_SEED >> 2] = seed;
        test.state.words[AT_FORM >> 2] = number;
        test.state.mode = this.header.mode;
        readWords(structure, inputs, test.state.words);
        test.memory.set(window.memory);
        readPieces(test.memory);
        expected.state.setAfter(test.state);
        normalise(expected.state);
        readWords(structure, outputs, expected.state.words);
        expected.memory.set(test.memory);
        readPieces(expected.memory);
        yield { form, test, expected };
      }
  }
}

/** Holds an executor against recorded vectors and returns a result per form. */
export function replayVectors(file: VectorFile, executor: Executor): FormResult[] {
  const comparer = new Comparer(file.header.cpu.vendor);
  const results = new Map<string, FormResult>();
  const got = new FinalState();
  const differences: Difference[] = [];
  for (const { form, test, expected } of file.cases()) {
    let result = results.get(form.id);
    if (result === undefined) {
      result = { form: form.id, states: 0, equal: 0, undefined: 0, explained: 0, different: 0, unsupported: 0 };
      results.set(form.id, result);
    }
    result.states++;
    got.state.setAfter(test.state);
    got.memory.set(test.memory);
    executor.run(test, got);
    if (got.state.vector === VECTOR_UNSUPPORTED) {
      result.unsupported++;
      continue;
    }
    normalise(got.state);
    const verdict = comparer.judge(
      form,
      test.state,
      expected.state,
      expected.memory,
      got.state,
      got.memory,
      differences,
    );
    result[verdict]++;
    if (verdict === "different" && result.first === undefined) {
      const code = [...test.state.code].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      result.first = {
        index: test.state.words[AT_INDEX >> 2]!,
        code,
        expectedFault: describeFault(expected.state),
        differences: [...differences],
      };
    }
  }
  return [...results.values()];
}
