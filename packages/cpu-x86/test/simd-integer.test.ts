import { describe, expect, test } from "vitest";
import { SimdMachine } from "./support/simd-machine.js";

/*
 * A second description of the packed integer instructions: element by element on arrays of numbers, as the pseudo-code of SDM
 * vol. 2 has them. Both register files are tested, with values at which sign, carry and saturation matter.
 */

type Lanes = number[];

const split = (hex: string, size: number, signed: boolean): Lanes => {
  const lanes = (hex.match(new RegExp(`.{${size * 2}}`, "g")) ?? [])
    .toReversed()
    .map((digits) => Number.parseInt(digits, 16));
  return signed ? lanes.map((x) => (x >= 2 ** (size * 8 - 1) ? x - 2 ** (size * 8) : x)) : lanes;
};

const join = (lanes: Lanes, size: number): string =>
  lanes
    .map((x) =>
      BigInt.asUintN(size * 8, BigInt(x))
        .toString(16)
        .padStart(size * 2, "0"),
    )
    .toReversed()
    .join("");

const clamp = (x: number, least: number, most: number): number => Math.min(Math.max(x, least), most);

interface Rule {
  readonly size: number;
  readonly signed?: boolean;
  /** Size of the result's elements, if another. */
  readonly to?: number;
  readonly f: (a: Lanes, b: Lanes) => Lanes;
}

const each = (size: number, signed: boolean, f: (x: number, y: number) => number): Rule => ({
  size,
  signed,
  f: (a, b) => a.map((x, i) => f(x, b[i]!)),
});

const mask = (condition: boolean): number => (condition ? -1 : 0);

const narrow =
  (least: number, most: number) =>
  (a: Lanes, b: Lanes): Lanes =>
    [...a, ...b].map((x) => clamp(x, least, most));

const interleave =
  (high: boolean) =>
  (a: Lanes, b: Lanes): Lanes => {
    const half = a.length / 2;
    const from = high ? half : 0;
    return a.slice(from, from + half).flatMap((x, i) => [x, b[from + i]!]);
  };

const pairs =
  (f: (x: number, y: number) => number) =>
  (a: Lanes, b: Lanes): Lanes => {
    const all = [...a, ...b];
    return a.map((_, i) => f(all[2 * i]!, all[2 * i + 1]!));
  };

const s16 = (x: number): number => clamp(x, -32768, 32767);

const MMX_AND_SSE: Readonly<Record<string, Rule>> = {
  paddb: each(1, false, (x, y) => x + y),
  paddw: each(2, false, (x, y) => x + y),
  paddd: each(4, false, (x, y) => x + y),
  psubb: each(1, false, (x, y) => x - y),
  psubw: each(2, false, (x, y) => x - y),
  psubd: each(4, false, (x, y) => x - y),
  paddsb: each(1, true, (x, y) => clamp(x + y, -128, 127)),
  paddsw: each(2, true, (x, y) => s16(x + y)),
  paddusb: each(1, false, (x, y) => clamp(x + y, 0, 255)),
  paddusw: each(2, false, (x, y) => clamp(x + y, 0, 65535)),
  psubsb: each(1, true, (x, y) => clamp(x - y, -128, 127)),
  psubsw: each(2, true, (x, y) => s16(x - y)),
  psubusb: each(1, false, (x, y) => clamp(x - y, 0, 255)),
  psubusw: each(2, false, (x, y) => clamp(x - y, 0, 65535)),
  pcmpeqb: each(1, false, (x, y) => mask(x === y)),
  pcmpeqw: each(2, false, (x, y) => mask(x === y)),
  pcmpeqd: each(4, false, (x, y) => mask(x === y)),
  pcmpgtb: each(1, true, (x, y) => mask(x > y)),
  pcmpgtw: each(2, true, (x, y) => mask(x > y)),
  pcmpgtd: each(4, true, (x, y) => mask(x > y)),
  pmullw: each(2, true, (x, y) => x * y),
  pmulhw: each(2, true, (x, y) => Math.floor((x * y) / 65536)),
  pmulhuw: each(2, false, (x, y) => Math.floor((x * y) / 65536)),
  pmulhrsw: each(2, true, (x, y) => Math.floor((Math.floor((x * y) / 16384) + 1) / 2)),
  pavgb: each(1, false, (x, y) => (x + y + 1) >> 1),
  pavgw: each(2, false, (x, y) => (x + y + 1) >> 1),
  pminub: each(1, false, Math.min),
  pminsw: each(2, true, Math.min),
  pmaxub: each(1, false, Math.max),
  pmaxsw: each(2, true, Math.max),
  psignb: each(1, true, (x, y) => x * Math.sign(y)),
  psignw: each(2, true, (x, y) => x * Math.sign(y)),
  psignd: each(4, true, (x, y) => x * Math.sign(y)),
  pabsb: each(1, true, (_, y) => Math.abs(y)),
  pabsw: each(2, true, (_, y) => Math.abs(y)),
  pabsd: each(4, true, (_, y) => Math.abs(y)),
  packsswb: { size: 2, signed: true, to: 1, f: narrow(-128, 127) },
  packuswb: { size: 2, signed: true, to: 1, f: narrow(0, 255) },
  packssdw: { size: 4, signed: true, to: 2, f: narrow(-32768, 32767) },
  punpcklbw: { size: 1, f: interleave(false) },
  punpcklwd: { size: 2, f: interleave(false) },
  punpckldq: { size: 4, f: interleave(false) },
  punpckhbw: { size: 1, f: interleave(true) },
  punpckhwd: { size: 2, f: interleave(true) },
  punpckhdq: { size: 4, f: interleave(true) },
  phaddw: { size: 2, signed: true, f: pairs((x, y) => x + y) },
  phaddd: { size: 4, signed: true, f: pairs((x, y) => x + y) },
  phaddsw: { size: 2, signed: true, f: pairs((x, y) => s16(x + y)) },
  phsubw: { size: 2, signed: true, f: pairs((x, y) => x - y) },
  phsubd: { size: 4, signed: true, f: pairs((x, y) => x - y) },
  phsubsw: { size: 2, signed: true, f: pairs((x, y) => s16(x - y)) },
  pshufb: { size: 1, f: (a, b) => b.map((y) => (y >= 128 ? 0 : a[y & (a.length - 1)]!)) },
  psadbw: {
    size: 1,
    to: 8,
    f: (a, b) =>
      Array.from({ length: a.length / 8 }, (_, k) =>
        a.slice(8 * k, 8 * k + 8).reduce((sum, x, i) => sum + Math.abs(x - b[8 * k + i]!), 0),
      ),
  },
  pmaddwd: {
    size: 2,
    signed: true,
    to: 4,
    f: (a, b) => Array.from({ length: a.length / 2 }, (_, i) => a[2 * i]! * b[2 * i]! + a[2 * i + 1]! * b[2 * i + 1]!),
  },
};

const SSE_ONLY: Readonly<Record<string, Rule>> = {
  pminsb: each(1, true, Math.min),
  pminuw: each(2, false, Math.min),
  pminsd: each(4, true, Math.min),
  pminud: each(4, false, Math.min),
  pmaxsb: each(1, true, Math.max),
  pmaxuw: each(2, false, Math.max),
  pmaxsd: each(4, true, Math.max),
  pmaxud: each(4, false, Math.max),
  packusdw: { size: 4, signed: true, to: 2, f: narrow(0, 65535) },
  pmovsxbw: { size: 1, signed: true, to: 2, f: (_, b) => b.slice(0, 8) },
  pmovzxbd: { size: 1, to: 4, f: (_, b) => b.slice(0, 4) },
  pmovsxwq: { size: 2, signed: true, to: 8, f: (_, b) => b.slice(0, 2) },
  pmovzxdq: { size: 4, to: 8, f: (_, b) => b.slice(0, 2) },
  phminposuw: { size: 2, f: (_, b) => [Math.min(...b), b.indexOf(Math.min(...b)), 0, 0, 0, 0, 0, 0] },
};

const VECTORS: readonly (readonly [string, string])[] = [
  ["00017ffe7fff80008001fffffffe0000", "ffff0001000100018000ffff00028001"],
  ["8000000080000000800080008000ffff", "800000007fffffff800080007fff0001"],
  ["ff7f80008101fe020304050607090a0b", "80ff7f010f8007fe0f0e0d0c0b0a0908"],
  ["000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f"],
  ["ffffffffffffffffffffffffffffffff", "00000000000000000000000000000001"],
];

function expected(rule: Rule, a: string, b: string): string {
  const lanes = rule.f(split(a, rule.size, rule.signed === true), split(b, rule.size, rule.signed === true));
  return join(lanes, rule.to ?? rule.size);
}

const m = new SimdMachine();

test.each(Object.entries({ ...MMX_AND_SSE, ...SSE_ONLY }))("%s on XMM registers", (name, rule) => {
  for (const [a, b] of VECTORS) {
    m.setXmm(3, a);
    m.setXmm(9, b);
    expect(m.asm(`${name} xmm3, xmm9`)).toBe("done");
    expect(m.xmm(3)).toBe(expected(rule, a, b));
  }
});

test.each(Object.entries(MMX_AND_SSE))("%s on MMX registers", (name, rule) => {
  for (const [a, b] of VECTORS) {
    for (const half of [0, 16]) {
      const [x, y] = [a.slice(half, half + 16), b.slice(half, half + 16)];
      m.setMm(2, x);
      m.setMm(5, y);
      expect(m.asm(`${name} mm2, mm5`)).toBe("done");
      expect(m.mm(2)).toBe(expected(rule, x, y));
    }
  }
});

describe("shifts", () => {
  const V = "8001000280010002ffff000100018000";
  test.each([
    ["psrlw", 1, "40000001400000017fff000000004000"],
    ["psrlw", 16, "0"],
    ["psraw", 15, "ffff0000ffff0000ffff00000000ffff"],
    ["psraw", 200, "ffff0000ffff0000ffff00000000ffff"],
    ["psllw", 15, "80000000800000008000800080000000"],
    ["pslld", 4, "0010002000100020fff0001000180000"],
    ["psrld", 32, "0"],
    ["psrad", 31, "ffffffffffffffffffffffff00000000"],
    ["psllq", 63, "00000000000000000000000000000000"],
    ["psrlq", 60, "0000000000000008000000000000000f"],
    ["psrlq", 64, "0"],
    ["pslldq", 3, "0280010002ffff000100018000000000"],
    ["pslldq", 255, "0"],
    ["psrldq", 15, "80"],
    ["psrldq", 16, "0"],
  ])("%s by %i", (name, count, result) => {
    const wanted = result.padStart(32, "0");
    m.setXmm(0, V);
    expect(m.asm(`${name} xmm0, ${count}`)).toBe("done");
    expect(m.xmm(0)).toBe(wanted);
    if (name.endsWith("dq")) return;
    m.setXmm(0, V);
    m.setXmm(1, `ffffffffffffffff${count.toString(16).padStart(16, "0")}`);
    m.asm(`${name} xmm0, xmm1`);
    expect(m.xmm(0)).toBe(wanted);
  });

  test("the whole low quadword of a register is the count", () => {
    m.setXmm(0, V);
    m.setXmm(1, "00000000000000000000000100000001");
    m.asm("psrlw xmm0, xmm1");
    expect(m.xmm(0)).toBe("0".repeat(32));
    m.setMm(0, "8001000280010002");
    m.setMm(1, "0000000100000001");
    m.asm("psraw mm0, mm1");
    expect(m.mm(0)).toBe("ffff0000ffff0000");
  });
});

describe("shuffles by an immediate", () => {
  const A = "0f0e0d0c0b0a09080706050403020100";
  const B = "1f1e1d1c1b1a19181716151413121110";
  test.each([
    ["pshufd xmm0, xmm1, 0x1b", "13121110171615141b1a19181f1e1d1c"],
    ["pshuflw xmm0, xmm1, 0x4e", "1f1e1d1c1b1a19181312111017161514"],
    ["pshufhw xmm0, xmm1, 0xb1", "1d1c1f1e19181b1a1716151413121110"],
    ["shufps xmm0, xmm1, 0x8d", "1b1a1918131211100f0e0d0c07060504"],
    ["shufpd xmm0, xmm1, 1", "17161514131211100f0e0d0c0b0a0908"],
    ["shufpd xmm0, xmm1, 2", "1f1e1d1c1b1a19180706050403020100"],
    ["palignr xmm0, xmm1, 3", "0201001f1e1d1c1b1a19181716151413"],
    ["palignr xmm0, xmm1, 18", "00000f0e0d0c0b0a0908070605040302"],
    ["palignr xmm0, xmm1, 32", "00000000000000000000000000000000"],
    ["pinsrw xmm0, eax, 13", "0f0e0d0c5aa509080706050403020100"],
    ["pinsrb xmm0, eax, 7", "0f0e0d0c0b0a0908a506050403020100"],
    ["pinsrq xmm0, rax, 1", "123456789abc5aa50706050403020100"],
    ["insertps xmm0, xmm1, 0x92", "0f0e0d0c0b0a09080000000003020100"],
    ["blendps xmm0, xmm1, 5", "0f0e0d0c1b1a19180706050413121110"],
    ["pblendw xmm0, xmm1, 0x81", "1f1e0d0c0b0a09080706050403021110"],
  ])("%s", (text, result) => {
    m.setXmm(0, A);
    m.setXmm(1, B);
    m.setGpr(0, 0x1234_5678_9abc_5aa5n);
    expect(m.asm(text)).toBe("done");
    expect(m.xmm(0)).toBe(result);
  });

  test.each([
    ["pextrw eax, xmm1, 0xa", 0x1514n],
    ["pextrb eax, xmm1, 15", 0x1fn],
    ["pextrd eax, xmm1, 2", 0x1b1a1918n],
    ["pextrq rax, xmm1, 1", 0x1f1e1d1c1b1a1918n],
  ])("%s", (text, result) => {
    m.setXmm(1, B);
    m.setGpr(0, -1n);
    m.asm(text);
    expect(m.gpr(0)).toBe(result);
  });

  test("PSHUFW, PINSRW and PEXTRW on MMX registers", () => {
    m.setMm(1, "3333222211110000");
    m.asm("pshufw mm0, mm1, 0x2d");
    expect(m.mm(0)).toBe("0000222233331111");
    m.setGpr(0, 0xabcd_1234n);
    m.asm("pinsrw mm0, eax, 6");
    expect(m.mm(0)).toBe("0000123433331111");
    m.asm("pextrw eax, mm0, 5");
    expect(m.gpr(0)).toBe(0x3333n);
  });
});

test.each([
  ["pmuludq", "fffffffe0000000100000001fffffffc"],
  ["pmuldq", "0000000000000001fffffffffffffffc"],
])("%s multiplies the even doublewords", (name, result) => {
  m.setXmm(0, "00000005ffffffff00000005fffffffe");
  m.setXmm(1, "00000007ffffffff0000000700000002");
  m.asm(`${name} xmm0, xmm1`);
  expect(m.xmm(0)).toBe(result);
});

describe("PTEST", () => {
  test.each([
    ["0f", "f0", 0x40],
    ["ff", "0f", 1],
    ["0f", "ff", 0],
    ["00", "00", 0x41],
  ])("%s and %s", (a, b, flags) => {
    m.setXmm(0, a.repeat(16));
    m.setXmm(1, b.repeat(16));
    m.asm("ptest xmm0, xmm1");
    m.setGpr(4, 0x3000n);
    expect(m.asm("pushfq")).toBe("done");
    expect(m.u32(Number(m.gpr(4))) & 0x8d5).toBe(flags);
  });
});

test("CRC32 of the digits gives the check value of CRC-32C (RFC 3720, 12.1)", () => {
  m.setGpr(0, 0xffff_ffffn);
  for (const digit of "123456789") {
    m.setGpr(3, BigInt(digit.codePointAt(0)!));
    m.asm("crc32 eax, bl");
  }
  expect(m.gpr(0) ^ 0xffff_ffffn).toBe(0xe306_9283n);
});
