import { describe, expect, test } from "vitest";
import { S } from "../src/index.js";
import { OSFXSR, SimdMachine } from "./support/simd-machine.js";

const UD = 6;
const NM = 7;
const MF = 16;
const XM = 19;
const EM = 4;
const TS = 8;

const SSE = [
  "paddb xmm0, xmm1",
  "movaps xmm0, xmm1",
  "movd eax, xmm0",
  "addsd xmm0, xmm1",
  "ldmxcsr dword ptr [0x2000]",
  "ucomiss xmm0, xmm1",
];
const MMX = ["paddb mm0, mm1", "movd eax, mm0", "emms", "pshufw mm0, mm1, 0", "movq qword ptr [0x2000], mm0"];
const BOTH = ["cvtpi2ps xmm0, mm0", "movq2dq xmm0, mm0", "cvttpd2pi mm0, xmm0"];

function machine(cr0: number, cr4: number): SimdMachine {
  const m = new SimdMachine();
  m.setU32(0x2000, 0x1f80);
  m.setCr4(cr4);
  m.setCr0(cr0);
  return m;
}

/** A machine in which 1 / 0 waits as an unmasked x87 exception. */
function pending(): SimdMachine {
  const m = machine(0, OSFXSR);
  m.setControl(0x37b);
  m.runAll([0xd9, 0xe8], [0xd9, 0xee], [0xd8, 0xf9]);
  return m;
}

describe("SSE (SDM vol. 3A, 14.1 and table 14-2)", () => {
  test.each([...SSE, ...BOTH])("%s needs CR4.OSFXSR, CR0.EM clear and CR0.TS clear", (text) => {
    expect(machine(0, OSFXSR).asm(text)).toBe("done");
    expect(machine(0, 0).asm(text)).toBe(UD);
    expect(machine(EM, OSFXSR).asm(text)).toBe(UD);
    expect(machine(TS, OSFXSR).asm(text)).toBe(NM);
    expect(machine(TS | EM, OSFXSR).asm(text)).toBe(UD);
  });

  test("CLTS lets it go on", () => {
    const m = machine(TS, OSFXSR);
    expect(m.asm("paddb xmm0, xmm1")).toBe(NM);
    m.asm("clts");
    expect(m.asm("paddb xmm0, xmm1")).toBe("done");
  });

  test("an x87 exception that waits does not concern it", () => {
    for (const text of SSE) expect(pending().asm(text)).toBe("done");
  });

  test("MOVNTI, PAUSE and the fences are not among them", () => {
    for (const text of ["movnti dword ptr [0x2000], eax", "pause", "sfence"])
      expect(machine(EM | TS, 0).asm(text)).toBe("done");
  });
});

describe("MMX (SDM vol. 3A, 13.1 and 13.5)", () => {
  test.each(MMX)("%s needs CR0.EM and CR0.TS clear, and no OSFXSR", (text) => {
    expect(machine(0, 0).asm(text)).toBe("done");
    expect(machine(EM, OSFXSR).asm(text)).toBe(UD);
    expect(machine(TS, OSFXSR).asm(text)).toBe(NM);
  });

  test.each([...MMX, ...BOTH])("%s raises a waiting x87 exception", (text) => {
    const m = pending();
    const before = m.unit();
    expect(m.asm(text)).toBe(MF);
    expect(m.unit()).toBe(before);
  });
});

describe("unmasked SIMD exceptions (SDM vol. 1, 11.5.4)", () => {
  test.each([
    ["with OSXMMEXCPT", 0x600, XM],
    ["without OSXMMEXCPT", OSFXSR, UD],
  ])("%s", (_, cr4, vector) => {
    const m = machine(0, cr4);
    m.mxcsr = 0x1d80; // ZE unmasked
    m.setXmm(0, "3ff0000000000000");
    m.setXmm(1, "0");
    const before = m.xmm(0);
    expect(m.asm("divsd xmm0, xmm1")).toBe(vector);
    expect(m.xmm(0)).toBe(before);
    expect(m.mxcsr).toBe(0x1d84);
  });
});

test("the derived fields follow CR0 and CR4", () => {
  const m = new SimdMachine();
  const ready = (): [number, number] => [m.cpu.get32(S.simdReady), m.cpu.get32(S.mmxReady)];
  expect(ready()).toEqual([1, 1]);
  m.setCr4(0);
  expect(ready()).toEqual([0, 1]);
  m.setCr0(TS);
  expect(ready()).toEqual([0, 0]);
});
