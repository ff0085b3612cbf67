import { describe, expect, test } from "vitest";
import { X87Machine, address } from "./support/x87-machine.js";

const FLD1 = [0xd9, 0xe8];
const FLDZ = [0xd9, 0xee];
const AT = 0x2000;
/** Offset of the image of real mode's data segment (selector 10H). */
const REAL = 0x100;

/** FLDZ, FLDPI, then FADD m32 at AT + 80H: the last that is noted. Every register kind of tag is there. */
function prepared(mode: 16 | 32 | 64): X87Machine {
  const m = new X87Machine(mode);
  const base = mode === 16 ? REAL : 0;
  // A denormal: special.
  m.setBytes(AT + 0x40 + base, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  m.setF32(AT + 0x80 + base, 2);
  m.runAll(FLDZ, address(0xdb, 5, AT + 0x40, m), FLD1, address(0xd8, 0, AT + 0x80, m));
  return m;
}

// TOP 5: registers 7 zero (01), 6 special (10), 5 valid (00), the others empty (11).
const TAGS = 0b01_10_00_11_11_11_11_11;
const STATUS = 5 << 11;

describe("FNSTENV (SDM vol. 1, figures 8-9 to 8-12)", () => {
  test.each([32, 64] as const)("32-bit protected image, %i-bit code", (mode) => {
    const m = prepared(mode);
    m.runAll(address(0xd9, 6, AT, m));
    const opcode = mode === 64 ? 0x004 : 0x005;
    expect([0, 4, 8, 12, 16, 20, 24].map((i) => m.u32(AT + i))).toEqual([
      0xffff037f,
      0xffff0000 + STATUS,
      0xffff0000 + TAGS,
      0x1000,
      (opcode << 16) | 8,
      AT + 0x80,
      0xffff0010,
    ]);
  });

  test("16-bit protected image", () => {
    const m = prepared(32);
    m.runAll([0x66, ...address(0xd9, 6, AT, m)]);
    expect([0, 2, 4, 6, 8, 10, 12].map((i) => m.u16(AT + i))).toEqual([0x37f, STATUS, TAGS, 0x1000, 8, AT + 0x80, 16]);
    expect(m.u16(AT + 14)).toBe(0);
  });

  test("16-bit real-mode image: linear addresses of 20 bits, split", () => {
    const m = prepared(16);
    m.runAll(address(0xd9, 6, AT, m));
    const data = AT + 0x80 + REAL;
    expect([0, 2, 4, 6, 8, 10, 12].map((i) => m.u16(AT + REAL + i))).toEqual([
      0x37f,
      STATUS,
      TAGS,
      0x1000,
      0x006,
      data & 0xffff,
      0,
    ]);
  });

  test("32-bit real-mode image", () => {
    const m = prepared(16);
    m.runAll([0x66, ...address(0xd9, 6, AT, m)]);
    const data = AT + 0x80 + REAL;
    expect([0, 4, 8, 12, 16, 20, 24].map((i) => m.u32(AT + REAL + i))).toEqual([
      0xffff037f,
      0xffff0000 + STATUS,
      0xffff0000 + TAGS,
      0xffff1000,
      0x006,
      (0xffff0000 | (data & 0xffff)) >>> 0,
      0,
    ]);
  });

  test("control instructions are not noted", () => {
    const m = prepared(64);
    m.runAll([0xdf, 0xe0], [0x9b], address(0xd9, 7, AT + 0x100, m), address(0xd9, 6, AT, m));
    expect(m.u32(AT + 16) >>> 16).toBe(4);
  });
});

describe("FLDENV", () => {
  test.each([
    [64, [], 28],
    [32, [], 28],
    [32, [0x66], 14],
    [16, [], 14],
    [16, [0x66], 28],
  ] as const)("takes back what FNSTENV stored: %i-bit code, prefix %j", (mode, prefix, size) => {
    const m = prepared(mode);
    const base = mode === 16 ? REAL : 0;
    m.runAll([...prefix, ...address(0xd9, 6, AT, m)]);
    const before = m.unit();
    const image = m.bytes(AT + base, size);
    m.runAll([0xdb, 0xe3], [...prefix, ...address(0xd9, 4, AT, m)]);
    expect(m.unit()).toBe(before);
    m.runAll([...prefix, ...address(0xd9, 6, AT + 0x200, m)]);
    expect(m.bytes(AT + 0x200 + base, size)).toEqual(image);
  });

  test("reads only whether a register is empty from the tags; the rest follows from what it holds", () => {
    const m = prepared(64);
    m.runAll(address(0xd9, 6, AT, m));
    // 7, 6, 5 valid; 4, which holds zero since FNINIT, zero; 3 special.
    m.setU32(AT + 8, 0xffff003f);
    m.runAll(address(0xd9, 4, AT, m), address(0xd9, 6, AT + 0x200, m));
    expect(m.inUse).toBe(0b1111_1000);
    expect(m.u16(AT + 0x208)).toBe(0b01_10_00_01_01_11_11_11);
  });

  test("makes an unmasked flag pending", () => {
    const m = prepared(64);
    m.runAll(address(0xd9, 6, AT, m));
    m.setU16(AT, 0x37e);
    m.setU16(AT + 4, STATUS | 1);
    m.runAll(address(0xd9, 4, AT, m));
    expect(m.status).toBe(STATUS | 1 | 0x8080);
    expect(m.run(0x9b)).toBe(16);
  });
});

describe("FNSAVE and FRSTOR", () => {
  test("FNSAVE stores the stack in order and initialises", () => {
    const m = prepared(64);
    m.runAll(address(0xdd, 6, AT, m));
    expect([m.control, m.status, m.inUse]).toEqual([0x37f, 0, 0]);
    // ST(0) = 3, ST(1) = the denormal, ST(2) = 0.
    expect(m.bytes(AT + 28, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0x40]);
    expect(m.bytes(AT + 38, 10)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(m.bytes(AT + 48, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test.each([
    [64, []],
    [32, [0x66]],
    [16, []],
  ] as const)("FRSTOR takes it back: %i-bit code, prefix %j", (mode, prefix) => {
    const m = prepared(mode);
    const before = m.unit();
    m.runAll([...prefix, ...address(0xdd, 6, AT, m)], FLD1, FLD1, [...prefix, ...address(0xdd, 4, AT, m)]);
    expect(m.unit()).toBe(before);
  });
});
