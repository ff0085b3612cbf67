import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { IsinglassError, type SnapshotValue } from "@isinglass/interface";
import { decodeState, encodeState, sha256, toHex } from "../src/index.js";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("SHA-256", () => {
  // FIPS 180-2, appendix B, and the empty message of NIST's CAVP.
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
  ])("of %j is the published one", (text, hash) => {
    expect(toHex(sha256(ascii(text)))).toBe(hash);
  });

  it("agrees with the host's for every length up to three blocks, however the bytes are cut", () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 73 + 5) & 0xff);
    for (let length = 0; length <= 200; length += 1) {
      const expected = createHash("sha256").update(bytes.subarray(0, length)).digest("hex");
      const cut = (length * 7) % (length + 1);
      expect(toHex(sha256(bytes.subarray(0, cut), bytes.subarray(cut, length)))).toBe(expected);
    }
  });
});

describe("the encoding of states", () => {
  const value: SnapshotValue = {
    b: [1, -0.5, 2 ** 53 - 1, true, false, null],
    a: { text: "ä\ud800€", bytes: Uint8Array.of(0, 255), nested: [[], {}] },
  };

  it("gives back what went in", () => {
    expect(decodeState(encodeState(value))).toEqual(value);
  });

  it("does not depend on the order of fields", () => {
    expect(toHex(encodeState({ a: 1, b: 2 }))).toBe(toHex(encodeState({ b: 2, a: 1 })));
  });

  it("refuses everything else without harm", () => {
    const good = encodeState(value);
    for (let length = 0; length < good.length; length += 1)
      expect(() => decodeState(good.subarray(0, length))).toThrow(IsinglassError);
    expect(() => decodeState(Uint8Array.of(9))).toThrow(/unknown tag/);
    expect(() => decodeState(Uint8Array.of(0, 0))).toThrow(/too many/);
    // A list of 2^32 - 1 elements, and lists in lists.
    expect(() => decodeState(Uint8Array.of(6, 255, 255, 255, 255))).toThrow(IsinglassError);
    const deep = new Uint8Array(5 * 1000);
    for (let i = 0; i < deep.length; i += 5) deep.set([6, 1, 0, 0, 0], i);
    expect(() => decodeState(deep)).toThrow(/nested/);
    let state = 1;
    for (let i = 0; i < 5000; i += 1) {
      const bytes = good.slice();
      for (let n = 0; n < 3; n += 1) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        bytes[(state >> 8) % bytes.length] = state & 0xff;
      }
      try {
        decodeState(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(IsinglassError);
      }
    }
  });
});
