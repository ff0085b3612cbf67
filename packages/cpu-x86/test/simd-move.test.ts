import { describe, expect, test } from "vitest";
import { SimdMachine } from "./support/simd-machine.js";
import { ABSENT, READ_ONLY } from "./support/x87-machine.js";

const GP = 13;
const PF = 14;
const A = "0f0e0d0c0b0a09080706050403020100";
const B = "1f1e1d1c1b1a19181716151413121110";

function machine(): SimdMachine {
  const m = new SimdMachine();
  m.setXmm(0, A);
  m.setXmm(1, B);
  m.setMemory(0x2000, B);
  return m;
}

const high = (hex: string): string => hex.slice(0, 16);
const low = (hex: string): string => hex.slice(16);
const ZERO = "0000000000000000";

describe("alignment (SDM vol. 1, 11.4.1)", () => {
  test.each([
    "movaps xmm0, xmmword ptr [0x2001]",
    "movdqa xmmword ptr [0x2008], xmm0",
    "paddb xmm0, xmmword ptr [0x200f]",
    "addps xmm0, xmmword ptr [0x2004]",
    "movntdq xmmword ptr [0x2001], xmm0",
    "pshufd xmm0, xmmword ptr [0x2001], 0",
  ])("%s raises #GP(0)", (text) => {
    const m = machine();
    expect(m.asm(text)).toBe(GP);
    expect(m.xmm(0)).toBe(A);
  });

  test.each([
    "movups xmm0, xmmword ptr [0x2001]",
    "movdqu xmmword ptr [0x2007], xmm0",
    "lddqu xmm0, xmmword ptr [0x2003]",
    "movsd xmm0, qword ptr [0x2001]",
    "paddb mm0, qword ptr [0x2001]",
    "cvtps2pd xmm0, qword ptr [0x2001]",
  ])("%s needs none", (text) => expect(machine().asm(text)).toBe("done"));
});

describe("moves", () => {
  test.each([
    ["movss xmm0, xmm1", `${high(A)}0706050413121110`],
    ["movsd xmm0, xmm1", high(A) + low(B)],
    ["movss xmm0, dword ptr [0x2000]", ZERO + "0000000013121110"],
    ["movsd xmm0, qword ptr [0x2000]", ZERO + low(B)],
    ["movq xmm0, xmm1", ZERO + low(B)],
    ["movlps xmm0, qword ptr [0x2000]", high(A) + low(B)],
    ["movhpd xmm0, qword ptr [0x2000]", low(B) + low(A)],
    ["movhlps xmm0, xmm1", high(A) + high(B)],
    ["movlhps xmm0, xmm1", low(B) + low(A)],
    ["movddup xmm0, xmm1", low(B) + low(B)],
    ["movddup xmm0, qword ptr [0x2008]", high(B) + high(B)],
    ["movsldup xmm0, xmm1", "1b1a19181b1a19181312111013121110"],
    ["movshdup xmm0, xmm1", "1f1e1d1c1f1e1d1c1716151417161514"],
    ["movdqa xmm0, xmmword ptr [0x2000]", B],
  ])("%s", (text, expected) => {
    const m = machine();
    expect(m.asm(text)).toBe("done");
    expect(m.xmm(0)).toBe(expected);
  });

  test("to and from general registers, zero-extended", () => {
    const m = machine();
    m.setGpr(0, 0x1234_5678_9abc_def0n);
    m.asm("movd xmm0, eax");
    expect(m.xmm(0)).toBe(ZERO + "000000009abcdef0");
    m.asm("movq xmm0, rax");
    expect(m.xmm(0)).toBe(ZERO + "123456789abcdef0");
    m.setGpr(3, -1n);
    m.asm("movd ebx, xmm1");
    expect(m.gpr(3)).toBe(0x13121110n);
    m.asm("movq rbx, xmm1");
    expect(m.gpr(3)).toBe(0x1716151413121110n);
  });

  test.each([
    ["movmskps eax, xmm2", 0b1010n],
    ["movmskpd eax, xmm2", 0b11n],
    ["pmovmskb eax, xmm2", 0b1000_0000_1000_0100n],
  ])("%s gathers sign bits and clears the rest", (text, expected) => {
    const m = machine();
    m.setXmm(2, "8000000070000000f000000000800000");
    m.setGpr(0, -1n);
    m.asm(text);
    expect(m.gpr(0)).toBe(expected);
  });
});

describe("masked stores", () => {
  test("MASKMOVDQU writes the bytes whose mask has bit 7", () => {
    const m = machine();
    m.setGpr(7, 0x2003n);
    m.setMemory(0x2003, "ffffffffffffffffffffffffffffffff");
    m.setXmm(2, "80000000000000ff7f00000000008081");
    expect(m.asm("maskmovdqu xmm0, xmm2")).toBe("done");
    expect(m.memory(0x2003, 16)).toBe("0fffffffffffff08ffffffffffff0100");
  });

  test("MASKMOVQ writes eight", () => {
    const m = machine();
    m.setGpr(7, 0x2000n);
    m.setMm(0, "8877665544332211");
    m.setMm(1, "80008000800080ff");
    m.asm("maskmovq mm0, mm1");
    expect(m.memory(0x2000, 8)).toBe("8816661444122211");
  });

  test("they fault where they may not write", () => {
    const m = machine();
    m.setXmm(2, B);
    m.setGpr(7, BigInt(READ_ONLY - 4));
    expect(m.asm("maskmovdqu xmm0, xmm2")).toBe(PF);
  });
});

describe("MXCSR", () => {
  test("LDMXCSR raises #GP(0) for a reserved bit and keeps the old value", () => {
    const m = machine();
    m.setU32(0x2000, 0x1_1f80);
    expect(m.asm("ldmxcsr dword ptr [0x2000]")).toBe(GP);
    expect(m.mxcsr).toBe(0x1f80);
    m.setU32(0x2000, 0xffff);
    expect(m.asm("ldmxcsr dword ptr [0x2000]")).toBe("done");
    expect(m.mxcsr).toBe(0xffff);
    m.asm("stmxcsr dword ptr [0x2010]");
    expect(m.u32(0x2010)).toBe(0xffff);
  });

  test("flags that are set and then unmasked raise nothing", () => {
    const m = machine();
    m.setU32(0x2000, 0x3f);
    expect(m.asm("ldmxcsr dword ptr [0x2000]")).toBe("done");
  });
});

test("a store that faults in its second page writes nothing", () => {
  const m = machine();
  m.setMemory(ABSENT - 8, "aaaaaaaaaaaaaaaa");
  expect(m.asm(`movups xmmword ptr [${ABSENT - 8}], xmm0`)).toBe(PF);
  expect(m.memory(ABSENT - 8, 8)).toBe("aaaaaaaaaaaaaaaa");
});
