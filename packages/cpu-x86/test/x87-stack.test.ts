import { readFlags } from "../src/exceptions.js";
import { S } from "../src/index.js";
import { describe, expect, test } from "vitest";
import { X87Machine, address } from "./support/x87-machine.js";

const FLD1 = [0xd9, 0xe8];
const FLDZ = [0xd9, 0xee];
const FLDPI = [0xd9, 0xeb];
const FSTP0 = [0xdd, 0xd8];
const ONE = "3fff:8000000000000000";
const INDEFINITE = "ffff:c000000000000000";
const PI = "4000:c90fdaa22168c235";

// Status word (SDM vol. 1, 8.1.3).
const IE = 1;
const PE = 0x20;
const SF = 0x40;
const ES_AND_B = 0x8080;
const C0 = 0x100;
const C1 = 0x200;
const C2 = 0x400;
const C3 = 0x4000;
const CODES = C0 | C1 | C2 | C3;
const top = (n: number): number => n << 11;

function full(): X87Machine {
  const m = new X87Machine(64);
  for (let i = 0; i < 8; i++) m.runAll(FLD1);
  return m;
}

describe("the register stack (SDM vol. 1, 8.1.2 and 8.5.1.1)", () => {
  test("FNINIT leaves an empty stack, all masked, 64 bits, to nearest", () => {
    const m = new X87Machine(64);
    expect([m.control, m.status, m.inUse]).toEqual([0x37f, 0, 0]);
  });

  test("a push goes down and tags the register", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, FLDPI);
    expect([m.top, m.inUse, m.st(0), m.st(1)]).toEqual([6, 0b1100_0000, PI, ONE]);
  });

  test("a push onto a full stack overflows: IE, SF, C1, and the indefinite where masked", () => {
    const m = full();
    expect(m.run(...FLDPI)).toBe("done");
    expect(m.status).toBe(top(7) | IE | SF | C1);
    expect([m.st(0), m.st(1), m.inUse]).toEqual([INDEFINITE, ONE, 0xff]);
  });

  test("unmasked, an overflow changes only the status word", () => {
    const m = full();
    m.setControl(0x37e);
    expect(m.run(...FLDPI)).toBe("done");
    expect(m.status).toBe(top(0) | IE | SF | C1 | ES_AND_B);
    expect([m.top, m.st(0), m.st(7)]).toEqual([0, ONE, ONE]);
  });

  test.each([
    ["FADD ST, ST(1)", [0xd8, 0xc1]],
    ["FADD m64", [0xdc, 0x04, 0x25, 0, 0x20, 0, 0]],
    ["FSQRT", [0xd9, 0xfa]],
    ["FCHS", [0xd9, 0xe0]],
    ["FSCALE", [0xd9, 0xfd]],
    ["FSIN", [0xd9, 0xfe]],
    ["FCMOVE", [0xda, 0xc9]],
  ])("%s on an empty stack underflows to the indefinite", (_, bytes) => {
    const m = new X87Machine(64);
    expect(m.run(...bytes)).toBe("done");
    expect([m.status & ~C2, m.st(0), m.inUse]).toEqual([IE | SF, INDEFINITE, 1]);
  });

  test.each([
    ["FADD ST, ST(1)", [0xd8, 0xc1]],
    ["FSTP ST(0)", FSTP0],
    ["FCOMPP", [0xde, 0xd9]],
    ["FPATAN", [0xd9, 0xf3]],
  ])("%s on an empty stack changes no register where IE is unmasked", (_, bytes) => {
    const m = new X87Machine(64);
    m.setControl(0x37e);
    expect(m.run(...bytes)).toBe("done");
    expect([m.status & ~CODES, m.top, m.inUse]).toEqual([IE | SF | ES_AND_B, 0, 0]);
  });

  test("an underflow clears C1", () => {
    const m = full();
    m.runAll(FLDPI, [0xdd, 0xc0]);
    expect(m.run(0xd9, 0xfa)).toBe("done");
    expect(m.status & C1).toBe(0);
  });

  test("FINCSTP and FDECSTP move TOP and nothing else", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, [0xd9, 0xf7]);
    expect([m.top, m.inUse]).toEqual([0, 0x80]);
    m.runAll([0xd9, 0xf6], [0xd9, 0xf6]);
    expect([m.top, m.inUse]).toEqual([6, 0x80]);
  });

  test("FXCH with an empty register exchanges with the indefinite", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, [0xd9, 0xc9]);
    expect([m.st(0), m.st(1), m.inUse, m.status & ~top(7)]).toEqual([INDEFINITE, ONE, 0x81, IE | SF]);
  });

  test("FFREE empties without popping, FFREEP pops too", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, FLDPI, [0xdd, 0xc1]);
    expect([m.top, m.inUse]).toEqual([6, 0x40]);
    m.runAll([0xdf, 0xc0]);
    expect([m.top, m.inUse]).toEqual([7, 0]);
  });

  test("FXAM classifies an empty register by its tag, with the sign in C1", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, [0xd9, 0xe0], [0xd9, 0xe5]);
    expect(m.status & CODES).toBe(C2 | C1);
    m.runAll([0xdd, 0xc0], [0xd9, 0xe5]);
    expect(m.status & CODES).toBe(C3 | C0 | C1);
  });
});

describe("stores to memory", () => {
  test.each([
    ["FSTP m32", 0xd9, 3, [0, 0, 0xc0, 0xff]],
    ["FSTP m64", 0xdd, 3, [0, 0, 0, 0, 0, 0, 0xf8, 0xff]],
    ["FSTP m80", 0xdb, 7, [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff]],
    ["FISTP m16", 0xdf, 3, [0, 0x80]],
    ["FISTP m32", 0xdb, 3, [0, 0, 0, 0x80]],
    ["FISTP m64", 0xdf, 7, [0, 0, 0, 0, 0, 0, 0, 0x80]],
    ["FISTTP m32", 0xdb, 1, [0, 0, 0, 0x80]],
    ["FBSTP", 0xdf, 6, [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff]],
  ])("%s of an empty register stores the indefinite and pops, or does nothing", (_, opcode, reg, bytes) => {
    const m = new X87Machine(64);
    m.runAll(address(opcode, reg, 0x2000, m));
    expect(m.bytes(0x2000, bytes.length)).toEqual(bytes);
    expect(m.status).toBe(IE | SF | top(1));

    const unmasked = new X87Machine(64);
    unmasked.setControl(0x37e);
    unmasked.setBytes(
      0x2000,
      bytes.map(() => 0x55),
    );
    unmasked.runAll(address(opcode, reg, 0x2000, unmasked));
    expect(unmasked.bytes(0x2000, bytes.length)).toEqual(bytes.map(() => 0x55));
    expect(unmasked.status).toBe(IE | SF | ES_AND_B);
  });

  test("an unmasked overflow stores nothing and does not pop; an inexact result does both", () => {
    const m = new X87Machine(64);
    m.setF64(0x2000, 1e300);
    m.runAll(address(0xdd, 0, 0x2000, m));
    m.setControl(0x377);
    m.setU32(0x2010, 0x55555555);
    m.runAll(address(0xd9, 3, 0x2010, m));
    expect([m.u32(0x2010), m.top]).toEqual([0x55555555, 7]);
    m.runAll([0xdb, 0xe2]);
    m.setControl(0x35f);
    m.setF64(0x2000, 0.1);
    m.runAll(address(0xdd, 0, 0x2000, m), address(0xd9, 3, 0x2010, m));
    expect([m.u32(0x2010), m.top, m.status & (PE | ES_AND_B)]).toEqual([0x3dcccccd, 7, PE | ES_AND_B]);
  });

  test.each([
    ["to nearest even", 0x37f, [2, -2, 2]],
    ["down", 0x77f, [1, -2, 2]],
    ["up", 0xb7f, [2, -1, 3]],
    ["toward zero", 0xf7f, [1, -1, 2]],
  ])("FISTP rounds %s, FISTTP always toward zero", (_, control, expected) => {
    const m = new X87Machine(64);
    m.setControl(control);
    const values = [1.5, -1.5, 2.5];
    for (const [opcode, reg, results] of [
      [0xdb, 3, expected],
      [0xdb, 1, [1, -1, 2]],
    ] as const) {
      for (const [i, value] of values.entries()) {
        m.setF64(0x2000, value);
        m.runAll(address(0xdd, 0, 0x2000, m), address(opcode, reg, 0x2010, m));
        expect(m.i32(0x2010)).toBe(results[i]);
      }
    }
  });

  test("FBLD and FBSTP carry 18 decimal digits", () => {
    const m = new X87Machine(64);
    const digits = [0x18, 0x90, 0x78, 0x56, 0x34, 0x12, 0x90, 0x78, 0x56, 0x80];
    m.setBytes(0x2000, digits);
    m.runAll(address(0xdf, 4, 0x2000, m), address(0xdf, 6, 0x2010, m));
    expect(m.bytes(0x2010, 10)).toEqual(digits);
  });
});

describe("arithmetic", () => {
  test("the Linux kernel's check for the FDIV bug finds none", () => {
    const m = new X87Machine(64);
    m.setF64(0x2000, 4195835);
    m.setF64(0x2008, 3145727);
    const memory = (opcode: number, reg: number, at: number): number[] => address(opcode, reg, at, m);
    m.runAll(memory(0xdd, 0, 0x2000), memory(0xdc, 6, 0x2008), memory(0xdc, 1, 0x2008), memory(0xdd, 0, 0x2000));
    m.runAll([0xde, 0xe9], memory(0xdb, 3, 0x2010));
    expect(m.i32(0x2010)).toBe(0);
  });

  test.each([
    ["FDIVP ST(1), ST", [0xde, 0xf9], "3ffe:a2f9836e4e44152a"],
    ["FDIVRP ST(1), ST", [0xde, 0xf1], "3fff:c90fdaa22168c235"],
    ["FSUBP ST(1), ST", [0xde, 0xe9], "bfff:921fb54442d1846a"],
    ["FSUBRP ST(1), ST", [0xde, 0xe1], "3fff:921fb54442d1846a"],
  ])("%s takes its operands in the manual's order", (_, bytes, result) => {
    const m = new X87Machine(64);
    // ST(1) = 2, ST(0) = pi.
    m.runAll(FLD1, [0xd8, 0xc0], FLDPI, bytes);
    expect([m.st(0), m.top]).toEqual([result, 7]);
  });

  test("precision control rounds, and C1 says that it rounded up", () => {
    const m = new X87Machine(64);
    m.setControl(0x07f);
    m.runAll(FLD1, FLDPI, [0xde, 0xc9]);
    expect([m.st(0), m.status & (C1 | PE)]).toEqual(["4000:c90fdb0000000000", C1 | PE]);
  });

  test("an unmasked overflow in a register delivers a result scaled by 2^-24576", () => {
    const m = new X87Machine(64);
    // 2^16383, squared: 2^32766.
    m.setBytes(0x2000, [0, 0, 0, 0, 0, 0, 0, 0x80, 0xfe, 0x7f]);
    m.setControl(0x377);
    m.runAll(address(0xdb, 5, 0x2000, m), [0xd8, 0xc8]);
    expect([m.st(0), m.status & 0xbf]).toEqual([`${(16383 + 32766 - 24576).toString(16)}:8000000000000000`, 0x88]);
  });
});

describe("comparisons", () => {
  const FLAGS = 0x8d5;
  test.each([
    ["greater", [FLD1, FLDPI], 0, 0],
    ["less", [FLDPI, FLD1], C0, 1],
    ["equal", [FLD1, FLD1], C3, 0x40],
    ["unordered", [FLD1, FLDZ, FLDZ, [0xde, 0xf9]], C3 | C2 | C0, 0x45],
  ])("FCOM and FCOMI say that ST(0) is %s", (_, loads, codes, flags) => {
    const m = new X87Machine(64);
    m.runAll(...loads, [0xd8, 0xd1]);
    expect(m.status & CODES).toBe(codes);
    m.runAll([0xdb, 0xf1]);
    expect(readFlags(m.cpu) & FLAGS).toBe(flags);
  });

  test("only FCOM finds a quiet NaN invalid", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, FLDZ, FLDZ, [0xde, 0xf9], [0xdb, 0xe2], [0xdd, 0xe1]);
    expect(m.status & IE).toBe(0);
    m.runAll([0xd8, 0xd1]);
    expect(m.status & IE).toBe(IE);
  });

  test("FCMOVB moves by CF", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, FLDPI, [0xf8], [0xda, 0xc1]);
    expect(m.st(0)).toBe(PI);
    m.runAll([0xf9], [0xda, 0xc1]);
    expect(m.st(0)).toBe(ONE);
  });
});

test("MMX registers are the significands of physical registers", () => {
  const m = new X87Machine(64);
  m.runAll(FLDPI);
  expect(m.cpu.get32(S.fpr + 7 * 16)).toBe(0x2168c235);
});
