import { describe, expect, it } from "vitest";
import { LineReader, OutputReader, parseTrailer } from "../../src/sdk/agent-response.js";
import { random } from "@isinglass/testkit";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Pushes everything; gives what was output, and how many bytes were taken. */
function read(token: string, input: Uint8Array): { output: string; trailer: string | undefined; taken: number } {
  let output = "";
  const reader = new OutputReader(bytes(token), (piece) => {
    output += String.fromCharCode(...piece);
  });
  let taken = 0;
  for (const byte of input) {
    taken += 1;
    if (reader.push(byte)) break;
  }
  reader.flush();
  return { output, trailer: reader.trailer, taken };
}

describe("the reader of a command's output", () => {
  it.each([
    ["nothing before the token", "", "TOKEN 0 0\n", "", " 0 0"],
    ["text without a newline", "abc", "TOKEN 1 0\n", "abc", " 1 0"],
    ["a token that begins twice", "TOKTOKE", "TOKEN 7 1\n", "TOKTOKE", " 7 1"],
    [
      "a token with a long line after it, which is output",
      `TOKEN${"x".repeat(17)}`,
      "TOKEN 0 0\n",
      `TOKEN${"x".repeat(17)}`,
      " 0 0",
    ],
  ])("gives %s", (_, before, end, output, trailer) => {
    expect(read("TOKEN", bytes(before + end))).toMatchObject({ output, trailer });
  });

  it.each([
    ["the beginning of the token", "abcdef01", "01234567abcdef01", "abcdef01"],
    ["a beginning that begins again", "0101", "01012345", "0101"],
    ["eight digits of it, which the agent wrote", "xyz01234567", "0123456789abcdef", "xyz"],
    ["the token and half a trailer", "xyz01234567 0", "01234567", "xyz"],
  ])("that comes to no end gives all of an output that ends with %s", (_, written, token, output) => {
    let given = "";
    const reader = new OutputReader(bytes(token), (piece) => {
      given += String.fromCharCode(...piece);
    });
    for (const byte of bytes(written)) reader.push(byte);
    reader.end();
    expect(given).toBe(output);
  });

  it("finds the token in whatever comes before it, as a search in the whole does", () => {
    const seed = Date.now() >>> 0;
    const next = random(seed);
    for (let round = 0; round < 3000; round += 1) {
      // Two letters and short tokens: nearly every byte may begin the token.
      const letters = (count: number): string => Array.from({ length: count }, () => "ab"[next(2)]).join("");
      const token = letters(2 + next(7));
      const stream = `${letters(next(60))}${token} 0 0\n`;
      const at = stream.indexOf(token);
      // A match that the line goes on after is no end: keep to streams with one occurrence of the token.
      if (stream.indexOf(token, at + 1) >= 0) continue;
      expect(read(token, bytes(stream)), `seed ${seed}, token ${token}, ${stream}`).toEqual({
        output: stream.slice(0, at),
        trailer: " 0 0",
        taken: stream.length,
      });
    }
  });

  it("loses and adds nothing where there is no token, and keeps next to nothing back", () => {
    const seed = (Date.now() ^ 0x5eed) >>> 0;
    const next = random(seed);
    for (let round = 0; round < 50; round += 1) {
      const token = Array.from({ length: 32 }, () => "0123456789abcdef"[next(16)]).join("");
      const input = Uint8Array.from({ length: next(20_000) }, () => next(256));
      const { output } = read(token, input);
      expect(input.length - output.length, `seed ${seed}`).toBeLessThan(token.length);
      expect(bytes(output), `seed ${seed}`).toEqual(input.subarray(0, output.length));
    }
  });
});

describe("a trailer", () => {
  it.each([
    [" 0 0", { status: 0, outOfMemory: false }],
    [" 255 1", { status: 255, outOfMemory: true }],
  ])("%j is read", (text, result) => {
    expect(parseTrailer(text)).toEqual(result);
  });

  it.each(["", "0 0", " 256 0", " -1 0", " 1 2", " 1 0 ", " 0x1 0", " 1000 0", " 1"])("%j is none", (text) => {
    expect(parseTrailer(text)).toBeUndefined();
  });
});

describe("the reader of lines", () => {
  it("drops lines that are too long, and goes on after them", () => {
    const reader = new LineReader();
    const lines: string[] = [];
    for (const byte of bytes(`one\n${"x".repeat(100_000)}\ntwo\n`)) {
      const line = reader.push(byte);
      if (line !== undefined) lines.push(line);
    }
    expect(lines).toEqual(["one", "two"]);
  });
});
