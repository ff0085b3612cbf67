import { describe, expect, test } from "vitest";
import { OSFXSR, SimdMachine } from "./support/simd-machine.js";
import { ABSENT, READ_ONLY } from "./support/x87-machine.js";

const GP = 13;
const PF = 14;
const NM = 7;
const AREA = 0x2000;
const ONES = "f".repeat(32);

/** ST(0) = 1 and two more registers in use, XMM0 to XMM15 numbered, memory full of 0xcc. */
function machine(mode: 32 | 64 = 64): SimdMachine {
  const m = new SimdMachine(mode);
  m.runAll([0xd9, 0xee], [0xd9, 0xeb], [0xd9, 0xe8]); // FLDZ, FLDPI, FLD1
  for (let i = 0; i < 16; i++) m.setXmm(i, `${i.toString(16)}${"5".repeat(31)}`);
  m.mxcsr = 0x9fa1;
  m.setMemory(AREA, "cc".repeat(512));
  return m;
}

const fxsave = (at: number): string => `fxsave [${at}]`;
const fxrstor = (at: number): string => `fxrstor [${at}]`;

describe("FXSAVE (SDM vol. 1, 10.5.1)", () => {
  test("lays out the state", () => {
    const m = machine();
    expect(m.asm(fxsave(AREA))).toBe("done");
    expect(m.u16(AREA)).toBe(m.control);
    expect(m.u16(AREA + 2) >> 11).toBe(5);
    expect(m.bytes(AREA + 4, 2)).toEqual([0b1110_0000, 0]);
    expect(m.u32(AREA + 24)).toBe(0x9fa1);
    expect(m.u32(AREA + 28)).toBe(0xffff);
    // Stack order: ST(0), padded with zeros.
    expect(m.memory(AREA + 32, 16)).toBe("0000000000003fff8000000000000000");
    expect(m.memory(AREA + 48, 16)).toBe("0000000000004000c90fdaa22168c235");
    expect(m.memory(AREA + 160, 16)).toBe(m.xmm(0));
    expect(m.memory(AREA + 160 + 240, 16)).toBe(m.xmm(15));
  });

  test("leaves the last 96 bytes alone", () => {
    const m = machine();
    m.asm(fxsave(AREA));
    expect(m.memory(AREA + 416, 96)).toBe("cc".repeat(96));
  });

  test("has eight vector registers outside 64-bit mode, none without CR4.OSFXSR", () => {
    const m = machine(32);
    m.asm(fxsave(AREA));
    expect(m.memory(AREA + 160 + 112, 16)).toBe(m.xmm(7));
    expect(m.memory(AREA + 160 + 128, 16)).toBe("cc".repeat(16));
    const none = machine();
    none.setCr4(0);
    expect(none.asm(fxsave(AREA))).toBe("done");
    expect(none.memory(AREA + 160, 16)).toBe("cc".repeat(16));
  });

  test("the REX.W form has 64-bit pointers in place of selectors", () => {
    const m = machine();
    m.asm(`fxsave64 [${AREA}]`);
    expect(m.u32(AREA + 12)).toBe(0);
    m.asm(fxsave(AREA));
    expect(m.u32(AREA + 12)).toBe(8);
  });

  test("writes nothing where its second page faults", () => {
    const m = machine();
    m.setMemory(ABSENT - 256, "ab".repeat(256));
    expect(m.asm(fxsave(ABSENT - 256))).toBe(PF);
    expect(m.memory(ABSENT - 256, 256)).toBe("ab".repeat(256));
    expect(m.asm(fxsave(READ_ONLY))).toBe(PF);
  });
});

describe("FXRSTOR", () => {
  test("undoes FXSAVE", () => {
    const m = machine();
    const unit = m.unit();
    const vectors = Array.from({ length: 16 }, (_, i) => m.xmm(i));
    m.asm(fxsave(AREA));
    m.runAll([0xdb, 0xe3], [0xd9, 0xeb]);
    for (let i = 0; i < 16; i++) m.setXmm(i, ONES);
    m.mxcsr = 0x1f80;
    expect(m.asm(fxrstor(AREA))).toBe("done");
    expect(m.unit()).toBe(unit);
    expect(Array.from({ length: 16 }, (_, i) => m.xmm(i))).toEqual(vectors);
    expect(m.mxcsr).toBe(0x9fa1);
  });

  test("a reserved bit of MXCSR raises #GP(0) and changes nothing", () => {
    const m = machine();
    m.asm(fxsave(AREA));
    m.setU32(AREA + 24, 0x1_0000);
    m.setXmm(0, ONES);
    m.runAll([0xdb, 0xe3]);
    const unit = m.unit();
    expect(m.asm(fxrstor(AREA))).toBe(GP);
    expect(m.xmm(0)).toBe(ONES);
    expect(m.unit()).toBe(unit);
    // Without OSFXSR there is no MXCSR to be loaded.
    m.setCr4(0);
    expect(m.asm(fxrstor(AREA))).toBe("done");
    expect(m.xmm(0)).toBe(ONES);
  });

  test("an unmasked exception in the image is pending afterwards", () => {
    const m = machine();
    m.asm(fxsave(AREA));
    m.setU16(AREA, 0x37b);
    m.setU16(AREA + 2, 0x0004);
    expect(m.asm(fxrstor(AREA))).toBe("done");
    expect(m.run(0x9b)).toBe(16);
  });
});

test.each([fxsave, fxrstor])("both want 16-byte alignment, and CR0.TS and CR0.EM clear", (text) => {
  const m = machine();
  expect(m.asm(text(AREA + 8))).toBe(GP);
  for (const bit of [4, 8]) {
    const off = machine();
    off.setCr4(OSFXSR);
    off.setCr0(bit);
    expect(off.asm(text(AREA))).toBe(NM);
  }
});
