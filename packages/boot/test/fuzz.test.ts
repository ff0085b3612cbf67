import { IsinglassError } from "@isinglass/interface";
import { describe, expect, it } from "vitest";
import { debMember, loadKernel, readAr, readTar } from "../src/index.js";
import { FlatMemory } from "./support/flat-memory.js";
import { bzImage, elf, multibootHeader } from "./support/kernels.js";
import { fuzzSeed, random } from "@isinglass/testkit";
import { tarMember, withTarChecksum } from "./support/archives.js";

const RUNS = 3000;

/** Values that break parsers more often than random ones. */
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

function mutate(bytes: Uint8Array, below: (n: number) => number, span: number): Uint8Array {
  const out = Uint8Array.from(bytes).slice(0, below(4) === 0 ? below(bytes.length + 1) : bytes.length);
  for (let n = 1 + below(8); n > 0 && out.length > 0; n--) {
    out[below(Math.min(out.length, span))] = below(2) === 0 ? below(256) : INTERESTING[below(INTERESTING.length)]!;
  }
  return out;
}

/**
 * Runs `parse` over mutations of `good`; everything it throws must be an IsinglassError. Says whether some runs were accepted and some refused: where only one
 * happens, the mutations are no test.
 */
function fuzz(name: string, good: Uint8Array, span: number, parse: (bytes: Uint8Array) => unknown): boolean {
  const seed = fuzzSeed(name);
  const below = random(seed);
  let accepted = 0;
  for (let i = 0; i < RUNS; i++) {
    const bytes = mutate(good, below, span);
    try {
      parse(bytes);
      accepted++;
    } catch (error) {
      if (!(error instanceof IsinglassError)) throw new Error(`run ${i}, ISG_SEED=${seed}`, { cause: error });
    }
  }
  return accepted > 0 && accepted < RUNS;
}

describe("hostile files throw IsinglassError and nothing else", () => {
  const memory = FlatMemory.ofMiB(32);
  const initrd = new Uint8Array(100);
  const load = (kernel: Uint8Array): unknown =>
    loadKernel({ memory, kernel, initrd, commandLine: "x", entry: kernel[9]! % 2 === 0 ? 32 : 64 });

  const file = new Uint8Array(0x400);
  file.set(multibootHeader(0x1_0000, [0x10_0010, 0x10_0000, 0x10_01f0, 0x10_1000, 0x10_0030]), 0x10);
  // The checksum guards only the first fields: mutate the addresses.
  const loadMultiboot = (bytes: Uint8Array): unknown => {
    bytes.set(file.subarray(0x10, Math.max(0x10, Math.min(0x1c, bytes.length))), Math.min(0x10, bytes.length));
    return load(bytes);
  };
  const header = (name: string, size: string): string => `${name.padEnd(16)}${"0".padEnd(32)}${size.padEnd(10)}\`\n`;
  const ar = Buffer.from(`!<arch>\n${header("debian-binary", "4")}2.0\n${header("data.tar", "6")}abcdef`);

  it.each<[string, Uint8Array, number, (bytes: Uint8Array) => unknown]>([
    ["bzImage", bzImage(), 0x280, load],
    ["ELF64", elf(), 0x180, load],
    ["ELF64 notes", elf(), 0x1000, load],
    ["ELF32", elf({ bits: 32 }), 0x160, load],
    ["Multiboot", file, 0x30, loadMultiboot],
    ["tar", tarMember("file", "0", new Uint8Array(700)), 600, (bytes) => readTar(withTarChecksum(bytes))],
    ["ar", ar, ar.length, readAr],
    ["deb", ar, ar.length, (bytes) => debMember(bytes, "data")],
  ])("%s", (name, good, span, parse) => {
    expect(fuzz(name, good, span, parse)).toBe(true);
  });
});
