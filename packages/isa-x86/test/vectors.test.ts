import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DECODE_INVALID, DECODE_TOO_LONG, DECODE_TRUNCATED, decode, formatIntel, Instruction } from "../src/index.js";

interface Vector {
  readonly mode: 16 | 32 | 64;
  readonly bytes: Uint8Array;
  readonly expected: string;
  readonly name: string;
}

function readVectors(file: string): Vector[] {
  const text = readFileSync(new URL(`vectors/${file}`, import.meta.url), "utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [mode = "", hex = "", expected = ""] = line.split("|").map((cell) => cell.trim());
      const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
      return { mode: Number(mode) as 16 | 32 | 64, bytes, expected, name: `${mode}-bit ${hex || "nothing"}` };
    });
}

const REFUSED: Readonly<Record<string, number>> = {
  invalid: DECODE_INVALID,
  truncated: DECODE_TRUNCATED,
  "too-long": DECODE_TOO_LONG,
};

const insn = new Instruction();

describe.for(["prefixes.txt", "modrm.txt", "instructions.txt"])("%s", (file) => {
  it.for(readVectors(file).map((v): [string, Vector] => [`${v.name}: ${v.expected}`, v]))("%s", ([, v]) => {
    expect(decode(v.bytes, 0, v.bytes.length, v.mode, insn)).toBe(v.bytes.length);
    expect(insn.length).toBe(v.bytes.length);
    expect(formatIntel(insn, 0x1000n)).toBe(v.expected);
  });

  it("is truncated at every shorter length", () => {
    const wrong: string[] = [];
    for (const v of readVectors(file))
      for (let n = 0; n < v.bytes.length; n++) {
        const r = decode(v.bytes, 0, n, v.mode, insn);
        if (r !== DECODE_TRUNCATED) wrong.push(`${v.name} cut to ${n}: ${r}`);
      }
    expect(wrong).toEqual([]);
  });
});

describe("refused.txt", () => {
  it.for(readVectors("refused.txt").map((v): [string, Vector] => [`${v.name} is ${v.expected}`, v]))("%s", ([, v]) => {
    expect(decode(v.bytes, 0, v.bytes.length, v.mode, insn)).toBe(REFUSED[v.expected]);
  });
});
