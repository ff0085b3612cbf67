import { describe, expect, test } from "vitest";
import { MXCSR_RESET, SimdMachine, double, single } from "./support/simd-machine.js";

const XM = 19;
const PE = 0x20;
const IE = 1;
const DE = 2;
const ZE = 4;
const OE = 8;
const UE = 16;

const m = new SimdMachine();

/** Numbers at which native floating point might not do: zeros, denormals, the smallest and largest normals, NaNs, ties. */
const DOUBLES = [
  ...[
    0,
    -0,
    1,
    -1.5,
    3,
    0.1,
    -0.3,
    1e300,
    -1e300,
    1e-300,
    1e-160,
    -1e160,
    2 ** 52,
    2 ** 53 + 2,
    Infinity,
    -Infinity,
  ].map(double),
  "0010000000000000", // smallest normal
  "0010000000000001",
  "001fffffffffffff",
  "0020000000000000",
  "000fffffffffffff", // largest denormal
  "8000000000000001",
  "0000000100000000", // denormals with a bit on either side of the middle
  "8000000080000000",
  "7fefffffffffffff", // largest normal
  "3fefffffffffffff",
  "3ff0000000000001",
  "7ff8000000001234", // quiet NaN
  "7ff0000000000001", // signaling NaN
];
const SINGLES = [
  ...[0, -0, 1, -1.5, 3, 0.1, -0.3, 1e30, -1e30, 1e-30, 1e-20, 16777215, 16777218, Infinity, -Infinity].map(single),
  "00800000",
  "00800001",
  "00ffffff",
  "01000000",
  "007fffff",
  "80000001",
  "7f7fffff",
  "3f7fffff",
  "3f800001",
  "7fc01234",
  "7f800001",
];

/**
 * With PE set, what is inexact may run natively; with PE clear everything inexact is computed by the soft-float functions,
 * which the host's CPU has been asked about. Both must agree, flags included.
 */
function compareWays(text: string, a: string, b: string): void {
  m.setXmm(0, a);
  m.setXmm(1, b);
  m.mxcsr = MXCSR_RESET;
  const slow = m.asm(text);
  const result = m.xmm(0);
  const flags = m.mxcsr;
  m.setXmm(0, a);
  m.mxcsr = MXCSR_RESET | PE;
  const fast = m.asm(text);
  expect({ text, a, b, end: fast, result: m.xmm(0), flags: m.mxcsr }).toEqual({
    text,
    a,
    b,
    end: slow,
    result,
    flags: flags | PE,
  });
}

const ARITHMETIC = ["add", "sub", "mul", "div", "sqrt"];

describe("the native way agrees with soft float", () => {
  test.each([...ARITHMETIC.map((name) => `${name}sd`), "cvtsd2ss"])("%s", (name) => {
    for (const a of DOUBLES) for (const b of DOUBLES) compareWays(`${name} xmm0, xmm1`, `0123456789abcdef${a}`, b);
  });

  test.each([...ARITHMETIC.map((name) => `${name}ss`), "cvtss2sd"])("%s", (name) => {
    for (const a of SINGLES)
      for (const b of SINGLES) compareWays(`${name} xmm0, xmm1`, `0123456789abcdef89abcdef${a}`, b);
  });

  test.each([
    ...ARITHMETIC.map((name) => `${name}pd`),
    "addsubpd",
    "haddpd",
    "hsubpd",
    "cvtpd2ps",
    "cvtpd2dq",
    "cvttpd2dq",
  ])("%s", (name) => {
    for (const a of DOUBLES) {
      for (const b of DOUBLES) {
        compareWays(`${name} xmm0, xmm1`, double(2.5) + a, double(1.25) + b);
        compareWays(`${name} xmm0, xmm1`, a + double(2.5), b + double(1.25));
      }
    }
  });

  test.each([
    ...ARITHMETIC.map((name) => `${name}ps`),
    "addsubps",
    "haddps",
    "hsubps",
    "cvtps2pd",
    "cvtps2dq",
    "cvttps2dq",
  ])("%s", (name) => {
    const rest = [2.5, -7, 1e10].map(single).join("");
    for (const a of SINGLES) for (const b of SINGLES) compareWays(`${name} xmm0, xmm1`, rest + a, rest + b);
  });

  test.each(["cvtsi2ss xmm0, eax", "cvtsi2ss xmm0, rax", "cvtsi2sd xmm0, eax", "cvtsi2sd xmm0, rax"])("%s", (text) => {
    for (const value of [
      0n,
      1n,
      -1n,
      0x7fff_ffffn,
      -0x8000_0000n,
      0x1ff_ffffn,
      0x3f_ffff_ffff_ffffn,
      -0x8000_0000_0000_0000n,
      0x7fff_ffff_ffff_ffffn,
    ]) {
      m.setGpr(0, value);
      compareWays(text, "0", "0");
    }
  });
});

describe("flags (SDM vol. 1, 4.9.1)", () => {
  test.each([
    ["addsd xmm0, xmm1", 1, 2, 0, double(3)],
    ["divsd xmm0, xmm1", 1, 3, PE, "3fd5555555555555"],
    ["divsd xmm0, xmm1", -1, 0, ZE, double(-Infinity)],
    ["divsd xmm0, xmm1", 0, 0, IE, "fff8000000000000"],
    ["mulsd xmm0, xmm1", 1e300, 1e300, OE | PE, double(Infinity)],
    ["mulsd xmm0, xmm1", 1e-300, 1e-300, UE | PE, "0000000000000000"],
    ["addsd xmm0, xmm1", 5e-324, 1, DE | PE, double(1)],
    ["sqrtsd xmm0, xmm1", 0, -1, IE, "fff8000000000000"],
    ["sqrtsd xmm0, xmm1", 0, -0, 0, "8000000000000000"],
    ["minsd xmm0, xmm1", -0, 0, 0, "0000000000000000"],
    ["maxsd xmm0, xmm1", NaN, 4, IE, double(4)],
    ["subsd xmm0, xmm1", Infinity, Infinity, IE, "fff8000000000000"],
  ])("%s of %f and %f", (text, a, b, flags, result) => {
    m.setXmm(0, double(a));
    m.setXmm(1, double(b));
    m.mxcsr = MXCSR_RESET;
    expect(m.asm(text)).toBe("done");
    expect(m.xmm(0).slice(16)).toBe(result);
    expect(m.mxcsr).toBe(MXCSR_RESET | flags);
  });

  test("the rounding mode counts although PE is set", () => {
    for (const [rounding, result] of [
      [0, "3fd5555555555555"],
      [0x4000, "3fd5555555555556"],
      [0x2000, "3fd5555555555555"],
    ] as const) {
      m.setXmm(0, double(1));
      m.setXmm(1, double(3));
      m.mxcsr = MXCSR_RESET | PE | rounding;
      m.asm("divsd xmm0, xmm1");
      expect(m.xmm(0).slice(16)).toBe(result);
    }
  });

  test("DAZ reads denormals as zeros, FTZ writes them so", () => {
    m.setXmm(0, "000fffffffffffff");
    m.setXmm(1, double(2));
    m.mxcsr = MXCSR_RESET | 0x40;
    m.asm("mulsd xmm0, xmm1");
    expect(m.xmm(0)).toBe("0".repeat(32));
    expect(m.mxcsr).toBe(MXCSR_RESET | 0x40);
    m.setXmm(0, "0010000000000001");
    m.mxcsr = MXCSR_RESET | 0x8000;
    m.asm("divsd xmm0, xmm1");
    expect(m.xmm(0)).toBe("0".repeat(32));
    expect(m.mxcsr).toBe(MXCSR_RESET | 0x8000 | UE | PE);
  });

  test("an unmasked exception sets its flag and changes no register", () => {
    m.setXmm(0, double(1));
    m.setXmm(1, double(3));
    m.mxcsr = 0xf80;
    expect(m.asm("divpd xmm0, xmm1")).toBe(XM);
    expect(m.xmm(0).slice(16)).toBe(double(1));
    // The upper lanes are 0 / 0: invalid is masked, so precision is what is raised.
    expect(m.mxcsr).toBe(0xf80 | PE | IE);
  });
});

describe("comparisons", () => {
  const RELATIONS: readonly (readonly [string, string, number])[] = [
    [double(1), double(2), 1],
    [double(2), double(1), 0],
    [double(-0), double(0), 0x40],
    [double(NaN), double(0), 0x45],
  ];

  test.each(["comisd", "ucomisd"])("%s sets ZF, PF, CF and clears the others (SDM vol. 2A, COMISD)", (name) => {
    for (const [a, b, flags] of RELATIONS) {
      m.mxcsr = MXCSR_RESET;
      m.setXmm(0, a);
      m.setXmm(1, b);
      m.setGpr(4, 0x3000n);
      m.asm(`${name} xmm0, xmm1`);
      m.asm("pushfq");
      expect(m.u32(Number(m.gpr(4))) & 0x8d5).toBe(flags);
      expect(m.mxcsr & 0x3f).toBe(flags === 0x45 && name === "comisd" ? IE : 0);
    }
  });

  /** Which predicates hold for less, equal, greater, unordered (SDM vol. 2A, table 3-1). */
  const HOLDS = [0b0010, 0b0001, 0b0011, 0b1000, 0b1101, 0b1110, 0b1100, 0b0111];

  test.each([0, 1, 2, 3, 4, 5, 6, 7])("predicate %i", (predicate) => {
    const cases = [
      [1, 2, 1],
      [1, 1, 2],
      [2, 1, 4],
      [NaN, 1, 8],
    ] as const;
    for (const [a, b, relation] of cases) {
      const holds = (HOLDS[predicate]! & relation) !== 0;
      m.setXmm(0, `00000000000000ff${double(a)}`);
      m.setXmm(1, double(b));
      m.asm(`cmpsd xmm0, xmm1, ${predicate}`);
      expect(m.xmm(0)).toBe(`00000000000000ff${(holds ? "f" : "0").repeat(16)}`);
      m.setXmm(0, single(a).repeat(4));
      m.setXmm(1, single(b).repeat(4));
      m.asm(`cmpps xmm0, xmm1, ${predicate}`);
      expect(m.xmm(0)).toBe((holds ? "f" : "0").repeat(32));
    }
  });
});

describe("conversions to integers (SDM vol. 1, 4.8.3.7 and table 4-1)", () => {
  test.each([
    [2.5, "cvtsd2si eax", 2n, PE],
    [3.5, "cvtsd2si eax", 4n, PE],
    [-2.75, "cvttsd2si eax", 0xffff_fffen, PE],
    [7, "cvttsd2si rax", 7n, 0],
    [2147483647, "cvttsd2si eax", 0x7fff_ffffn, 0],
    [2147483648, "cvttsd2si eax", 0x8000_0000n, IE],
    [-2147483648, "cvttsd2si eax", 0x8000_0000n, 0],
    [2147483647.5, "cvtsd2si eax", 0x8000_0000n, IE],
    [9.3e18, "cvttsd2si rax", 0x8000_0000_0000_0000n, IE],
    [-(2 ** 63), "cvtsd2si rax", 0x8000_0000_0000_0000n, 0],
    [NaN, "cvttsd2si eax", 0x8000_0000n, IE],
    [5e-324, "cvttsd2si eax", 0n, PE],
  ])("%f by %s", (value, name, result, flags) => {
    for (const before of [MXCSR_RESET, MXCSR_RESET | PE]) {
      m.setXmm(0, double(value));
      m.setGpr(0, -1n);
      m.mxcsr = before;
      expect(m.asm(`${name}, xmm0`)).toBe("done");
      expect(m.gpr(0)).toBe(result);
      expect(m.mxcsr).toBe(before | flags);
    }
  });

  test("packed: two doubles, zeros above them", () => {
    m.setXmm(1, double(-1.5) + double(1e10));
    m.mxcsr = MXCSR_RESET | PE;
    m.asm("cvtpd2dq xmm0, xmm1");
    expect(m.xmm(0)).toBe("0000000000000000fffffffe80000000");
  });
});

describe("approximations", () => {
  test.each(["rcpss", "rsqrtss"])("%s is within 1.5 * 2^-12 (SDM vol. 2B)", (name) => {
    const float = new Float32Array(1);
    const word = new Uint32Array(float.buffer);
    for (let i = 1; i < 200; i++) {
      const value = Math.fround(i * 1.37 * 2 ** ((i % 40) - 20));
      m.setXmm(1, single(value));
      m.asm(`${name} xmm0, xmm1`);
      word[0] = Number.parseInt(m.xmm(0).slice(24), 16);
      const exact = name === "rcpss" ? 1 / value : 1 / Math.sqrt(value);
      expect(Math.abs(float[0]! / exact - 1)).toBeLessThan(1.5 / 4096);
    }
  });

  test.each([
    ["rcpss", "00000001", "7f800000"],
    ["rcpss", "80000000", "ff800000"],
    ["rcpss", "ff800000", "80000000"],
    ["rcpss", "7f7fffff", "00000000"],
    ["rcpss", "7f800001", "7fc00001"],
    ["rsqrtss", "bf800000", "ffc00000"],
    ["rsqrtss", "80000000", "ff800000"],
    ["rsqrtss", "7f800000", "00000000"],
  ])("%s of %s raises no exception", (name, operand, result) => {
    m.mxcsr = 0;
    m.setXmm(1, operand);
    expect(m.asm(`${name} xmm0, xmm1`)).toBe("done");
    expect(m.xmm(0).slice(24)).toBe(result);
    expect(m.mxcsr).toBe(0);
  });
});
