import { expect, test } from "vitest";
import { SimdMachine } from "./support/simd-machine.js";

const ALL = 0xff;
const PF = 14;
const XM = 19;

/** Three x87 registers in use: TOP is 5. */
function machine(): SimdMachine {
  const m = new SimdMachine();
  m.runAll([0xd9, 0xe8], [0xd9, 0xe8], [0xd9, 0xe8]);
  expect([m.top, m.inUse]).toEqual([5, 0xe0]);
  return m;
}

test("an MMX register is the significand of a physical x87 register; a write sets sign and exponent (SDM vol. 1, 9.5.1)", () => {
  const m = machine();
  m.setMm(3, "1122334455667788");
  m.asm("movq mm6, mm3");
  expect(m.st(6)).toBe("ffff:1122334455667788");
  // What is only read keeps its exponent.
  expect(m.st(7)).toBe("3fff:8000000000000000");
});

test.each([
  "paddb mm0, mm1",
  "movd eax, mm7",
  "movq qword ptr [0x2000], mm1",
  "pmovmskb eax, mm0",
  "movq2dq xmm0, mm1",
  "cvtpi2ps xmm0, mm1",
  "movntq qword ptr [0x2000], mm1",
])("%s makes TOP 0 and all registers in use (SDM vol. 3A, table 13-2)", (text) => {
  const m = machine();
  expect(m.asm(text)).toBe("done");
  expect([m.top, m.inUse]).toEqual([0, ALL]);
});

test("EMMS makes TOP 0 and all registers empty", () => {
  const m = machine();
  m.asm("paddb mm0, mm1");
  m.asm("emms");
  expect([m.top, m.inUse]).toEqual([0, 0]);
});

test("CVTPI2PD from memory leaves the x87 state alone", () => {
  const m = machine();
  m.asm("cvtpi2pd xmm0, qword ptr [0x2000]");
  expect([m.top, m.inUse]).toEqual([5, 0xe0]);
});

test("a memory operand that faults leaves the x87 state alone", () => {
  const m = machine();
  const before = m.unit();
  expect(m.asm("paddb mm0, qword ptr [0x5000]")).toBe(PF);
  expect(m.asm("movq qword ptr [0x5000], mm0")).toBe(PF);
  expect(m.unit()).toBe(before);
});

test("a conversion that raises #XM has entered MMX state and written nothing, as on AMD's CPUs", () => {
  const m = machine();
  m.mxcsr = 0x1f00;
  m.setXmm(0, "7ff80000000000007ff8000000000000");
  m.setMm(1, "123456789abcdef0");
  expect(m.asm("cvtpd2pi mm1, xmm0")).toBe(XM);
  expect(m.mm(1)).toBe("123456789abcdef0");
  expect([m.top, m.inUse]).toEqual([0, ALL]);
});

test("PUNPCKLBW reads 32 bits of memory", () => {
  const m = machine();
  m.setMemory(0x5000 - 4, "44332211");
  m.setMm(0, "ddccbbaa");
  expect(m.asm("punpcklbw mm0, dword ptr [0x4ffc]")).toBe("done");
  expect(m.mm(0)).toBe("44dd33cc22bb11aa");
});
