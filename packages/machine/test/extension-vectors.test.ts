import { describe, expect, it } from "vitest";
import { execute } from "../src/index.js";
import { code } from "./support.js";

/*
 * Instructions that ciphers and checksums are made of, held against published values and their definition. tools/oracle holds each of them against the host's CPU.
 */

const DATA = 0x10000;

/** Runs lines of assembler on the CPU model `max` with registers given, and memory at {@link DATA} as 32-bit words. */
function run(lines: readonly string[], registers: Readonly<Record<string, string>>, words: readonly number[] = [0]) {
  const bytes = Buffer.from(Uint32Array.from(words).buffer).toString("hex");
  const text = code([...lines, "hlt"].join("\n"), 64, 0x400000n);
  const memory = [{ address: DATA, bytes, length: 0x1000 }];
  const result = execute({ code: Buffer.from(text).toString("hex"), mode: 64, cpu: "max", registers, memory });
  expect(result.stop).toBe("hlt");
  return (name: string): string => BigInt(result.registers[name]!).toString(16).padStart(32, "0");
}

/** A vector from four words, the lowest first. */
const vector = (...words: readonly number[]): string =>
  `0x${words
    .map((word) => (word >>> 0).toString(16).padStart(8, "0"))
    .toReversed()
    .join("")}`;
/** The four words of a vector, the highest first. */
const words = (vectorHex: string): number[] =>
  (vectorHex.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16));
const add = (a: readonly number[], b: readonly number[]): string =>
  a.map((word, i) => ((word + b[i]!) >>> 0).toString(16).padStart(8, "0")).join("");
const reversed = (hex: string): string => Buffer.from(hex, "hex").reverse().toString("hex");

describe("AES (FIPS 197, C.1)", () => {
  const plain = `0x${reversed("00112233445566778899aabbccddeeff")}`;
  const key = `0x${reversed("000102030405060708090a0b0c0d0e0f")}`;
  const schedule = [1, 2, 4, 8, 16, 32, 64, 128, 27, 54].flatMap((constant, round) => [
    `aeskeygenassist xmm2, xmm1, ${constant}`,
    "pshufd xmm2, xmm2, 0xff",
    ...["pslldq xmm3, 4", "pslldq xmm3, 4", "pslldq xmm3, 4"].flatMap((shift, i) => [
      ...(i === 0 ? ["movdqa xmm3, xmm1"] : []),
      shift,
      "pxor xmm1, xmm3",
    ]),
    "pxor xmm1, xmm2",
    `movdqa [rbx + ${16 * (round + 1)}], xmm1`,
  ]);
  const encryption = [
    "movdqa [rbx], xmm1",
    "pxor xmm0, xmm1",
    ...schedule,
    ...Array.from({ length: 9 }, (_, i) => `aesenc xmm0, [rbx + ${16 * (i + 1)}]`),
    "aesenclast xmm0, [rbx + 160]",
  ];
  const registers = { xmm0: plain, xmm1: key, rbx: `0x${DATA.toString(16)}` };

  it("is encrypted as there", () => {
    expect(reversed(run(encryption, registers)("xmm0"))).toBe("69c4e0d86a7b0430d8cdb78070b4c55a");
  });

  it("is decrypted to what it was", () => {
    const decryption = [
      "pxor xmm0, [rbx + 160]",
      ...Array.from({ length: 9 }, (_, i) => [`aesimc xmm1, [rbx + ${16 * (9 - i)}]`, "aesdec xmm0, xmm1"]).flat(),
      "aesdeclast xmm0, [rbx]",
    ];
    expect(`0x${run([...encryption, ...decryption], registers)("xmm0")}`).toBe(plain);
  });
});

/** A product without carries, bit by bit. */
function carryless(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let i = 0n; i < 64n; i += 1n) if (((b >> i) & 1n) !== 0n) product ^= a << i;
  return product;
}

it.each([0x00, 0x01, 0x10, 0x11, 0xee])("PCLMULQDQ with %i", (imm) => {
  const [a, b] = [0xfb5b54657374566563746f725d53475dn, 0xc8692853686179295b477565726f6e5dn];
  const half = (v: bigint, high: boolean): bigint => BigInt.asUintN(64, high ? v >> 64n : v);
  const product = carryless(half(a, (imm & 1) !== 0), half(b, (imm & 16) !== 0));
  const factors = { xmm1: `0x${a.toString(16)}`, xmm2: `0x${b.toString(16)}` };
  expect(run([`pclmulqdq xmm1, xmm2, ${imm}`], factors)("xmm1")).toBe(product.toString(16).padStart(32, "0"));
});

it("CRC32 of 123456789 (RFC 3720, the check value of CRC-32C)", () => {
  const text = { rax: "0xffffffff", rbx: "0x3837363534333231", rcx: "0x39" };
  expect(run(["crc32 rax, rbx", "crc32 eax, cl", "not eax"], text)("rax").slice(24)).toBe("e3069283");
});

/** "abc" padded to a block (FIPS 180-4, 5.1.1). */
const BLOCK = [0x61626380, ...Array.from({ length: 14 }, () => 0), 24];

it("SHA-256 of abc (FIPS 180-2, B.1)", () => {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const constants = primes.map((p) => Math.floor((Math.cbrt(p) % 1) * 2 ** 32));
  const [a, b, c, d, e, f, g, h] = primes.slice(0, 8).map((p) => Math.floor((Math.sqrt(p) % 1) * 2 ** 32)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const lines: string[] = [];
  const message = (group: number): string => `[rbx + ${16 * group}]`;
  for (let group = 0; group < 16; group += 1) {
    if (group >= 4) {
      lines.push(`movdqa xmm3, ${message(group - 4)}`, `sha256msg1 xmm3, ${message(group - 3)}`);
      lines.push(`movdqa xmm4, ${message(group - 1)}`, `palignr xmm4, ${message(group - 2)}, 4`, "paddd xmm3, xmm4");
      lines.push(`sha256msg2 xmm3, ${message(group - 1)}`, `movdqa ${message(group)}, xmm3`);
    }
    lines.push(`movdqa xmm0, ${message(group)}`, `paddd xmm0, [rbx + ${256 + 16 * group}]`);
    lines.push("sha256rnds2 xmm2, xmm1, xmm0", "pshufd xmm0, xmm0, 0x0e", "sha256rnds2 xmm1, xmm2, xmm0");
  }
  const data = [...BLOCK, ...Array.from({ length: 48 }, () => 0), ...constants];
  const start = { xmm1: vector(f, e, b, a), xmm2: vector(h, g, d, c), rbx: `0x${DATA.toString(16)}` };
  const end = run(lines, start, data);
  const [abef, cdgh] = [add(words(end("xmm1")), [a, b, e, f]), add(words(end("xmm2")), [c, d, g, h])];
  const digest = abef.slice(0, 16) + cdgh.slice(0, 16) + abef.slice(16) + cdgh.slice(16);
  expect(digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

it("SHA-1 of abc (FIPS 180-2, A.1)", () => {
  const [a, b, c, d, e] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const;
  // Words stand from the highest element down.
  const data = [0, 4, 8, 12].flatMap((at) => BLOCK.slice(at, at + 4).toReversed());
  const message = (group: number): string => `[rbx + ${16 * group}]`;
  const lines: string[] = [];
  for (let group = 0; group < 20; group += 1) {
    if (group >= 4) {
      lines.push(`movdqa xmm3, ${message(group - 4)}`, `sha1msg1 xmm3, ${message(group - 3)}`);
      lines.push(`pxor xmm3, ${message(group - 2)}`, `sha1msg2 xmm3, ${message(group - 1)}`);
      lines.push(`movdqa ${message(group)}, xmm3`);
    }
    // xmm2 is the state four rounds ago, of which E comes; at first it is E itself.
    lines.push(group === 0 ? `paddd xmm2, ${message(0)}` : `sha1nexte xmm2, ${message(group)}`);
    lines.push("movdqa xmm4, xmm1", `sha1rnds4 xmm1, xmm2, ${Math.floor(group / 5)}`, "movdqa xmm2, xmm4");
  }
  lines.push("sha1nexte xmm2, xmm5");
  const start = { xmm1: vector(d, c, b, a), xmm2: vector(0, 0, 0, e), xmm5: vector(0, 0, 0, e) };
  const end = run(lines, { ...start, rbx: `0x${DATA.toString(16)}` }, data);
  const digest = add(words(end("xmm1")), [a, b, c, d]) + end("xmm2").slice(0, 8);
  expect(digest).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
});
