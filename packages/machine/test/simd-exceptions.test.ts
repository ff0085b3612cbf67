import { describe, expect, it } from "vitest";
import { type BareMachine, MiB, bare } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

const XM = 19;
const UD = 6;
const OSXMMEXCPT = 0x400n;

/**
 * Unmasked SSE exceptions (SDM vol. 1, 11.5): instruction, MXCSR with what is unmasked, operands as binary32 in xmm0 and xmm1, and MXCSR
 * behind it where the exception is found before the computation.
 */
const RAISED: readonly (readonly [name: string, mxcsr: number, a: number, b: number, text: string, after?: number])[] =
  [
    ["invalid", 0x1f00, 0xbf800000, 0xbf800000, "sqrtss xmm0, xmm1", 0x1f01],
    ["denormal", 0x1e80, 0x3f800000, 0x00000001, "addss xmm0, xmm1", 0x1e82],
    ["division by zero", 0x1d80, 0x3f800000, 0, "divss xmm0, xmm1", 0x1d84],
    ["overflow", 0x1b80, 0x7f7fffff, 0x7f7fffff, "mulss xmm0, xmm1"],
    ["underflow", 0x1780, 0x00800000, 0x00800000, "mulss xmm0, xmm1"],
    ["precision", 0x0f80, 0x3f800000, 0x40400000, "divss xmm0, xmm1", 0x0fa0],
    ["conversion out of range", 0x1f00, 0, 0x7f7fffff, "cvttss2si eax, xmm1", 0x1f01],
    ["inexact conversion", 0x0f80, 0, 0x3fc00000, "cvtss2si eax, xmm1", 0x0fa0],
    ["COMISS of a quiet NaN", 0x1f00, 0x3f800000, 0x7fc00000, "comiss xmm0, xmm1", 0x1f01],
    ["UCOMISS of a signalling NaN", 0x1f00, 0x3f800000, 0x7f800001, "ucomiss xmm0, xmm1", 0x1f01],
    ["CMPSS GE of a quiet NaN", 0x1f00, 0x3f800000, 0x7fc00000, "cmpss xmm0, xmm1, 5", 0x1f01],
    ["MAXSS of a quiet NaN", 0x1f00, 0x3f800000, 0x7fc00000, "maxss xmm0, xmm1", 0x1f01],
    ["a denormal that is widened", 0x1e80, 0, 0x00000001, "cvtss2sd xmm0, xmm1", 0x1e82],
  ];
const QUIET: typeof RAISED = [
  ["zero by zero with only ZM clear", 0x1d80, 0, 0, "divss xmm0, xmm1"],
  ["an exact sum with everything unmasked", 0, 0x3f800000, 0x3f800000, "addss xmm0, xmm1"],
  ["a flag from before", 0x1d84, 0x3f800000, 0x3f800000, "addss xmm0, xmm1"],
  ["UCOMISS of a quiet NaN", 0x1f00, 0x3f800000, 0x7fc00000, "ucomiss xmm0, xmm1"],
  ["RCPSS of zero", 0, 0, 0, "rcpss xmm0, xmm1"],
];

function run([, mxcsr, a, b, text]: (typeof RAISED)[number], reported: boolean): [unknown, BareMachine] {
  const machine = bare({ memory: MiB });
  machine.load(CODE_AT, code(`${text}\n hlt`));
  machine.enter({ mode: 64, address: CODE_AT });
  const { registers, vcpu } = machine;
  const cr4 = registers.get("cr4");
  registers.set("cr4", reported ? cr4 | OSXMMEXCPT : cr4 & ~OSXMMEXCPT);
  registers.set("mxcsr", BigInt(mxcsr));
  registers.set("xmm0", BigInt(a));
  registers.set("xmm1", BigInt(b));
  registers.set("rax", 5n);
  vcpu.controls.exceptionBitmap = -1;
  const exit = machine.run(10);
  return [exit.reason === "exception" ? { vector: exit.vector, errorCode: exit.errorCode } : exit.reason, machine];
}

describe("an unmasked SSE exception", () => {
  it.each(RAISED.map((c) => [c[0], c] as const))("leaves the destination as it was: %s", (_, c) => {
    const [outcome, { registers }] = run(c, true);
    expect(outcome).toEqual({ vector: XM, errorCode: null });
    expect([registers.get("xmm0"), registers.get("rax"), registers.get("rip")]).toEqual([
      BigInt(c[2]),
      5n,
      BigInt(CODE_AT),
    ]);
    if (c[5] !== undefined) expect(registers.get("mxcsr")).toBe(BigInt(c[5]));
  });

  it.each(RAISED.map((c) => [c[0], c] as const))("is #UD where CR4.OSXMMEXCPT is clear: %s", (_, c) => {
    expect(run(c, false)[0]).toEqual({ vector: UD, errorCode: null });
  });

  it.each(QUIET.map((c) => [c[0], c] as const))("does not come of %s", (_, c) => {
    expect(run(c, true)[0]).toBe("hlt");
  });
});
