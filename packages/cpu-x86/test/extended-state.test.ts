import { describe, expect, test } from "vitest";
import { CPU_MODELS, S, cpuid } from "../src/index.js";
import { OSFXSR, SimdMachine } from "./support/simd-machine.js";
import { ABSENT, READ_ONLY } from "./support/x87-machine.js";

const UD = 6;
const NM = 7;
const GP = 13;
const PF = 14;
const TS = 8;
const OSXSAVE = 1 << 18;
const AREA = 0x2000;
const HEADER = AREA + 512;
const ALL = ["xsave", "avx", "xsaveopt", "xsavec", "xgetbv1", "xsaves"];

/** A system that has switched on x87, SSE and AVX state; XMM and YMM halves are numbered, x87 state is as after FNINIT. */
function machine(mode: 32 | 64 = 64, features: readonly string[] = ALL): SimdMachine {
  const m = new SimdMachine(mode, features);
  m.setCr4(OSFXSR | OSXSAVE);
  m.cpu.set64(S.xcr0, 7, 0);
  m.cpu.refresh();
  for (let i = 0; i < 16; i++) {
    m.setXmm(i, `${i.toString(16)}${"5".repeat(31)}`);
    m.setUpper(i, `${i.toString(16)}${"a".repeat(31)}`);
  }
  m.setMemory(AREA, "cc".repeat(896));
  m.setMemory(HEADER, "00".repeat(64));
  return m;
}

/** Executes with a requested-feature bitmap in EDX:EAX. */
function masked(m: SimdMachine, mask: number, text: string): number | string {
  m.setGpr(0, BigInt(mask));
  m.setGpr(2, 0n);
  return m.asm(text);
}

const save = (m: SimdMachine, mask = 7): number | string => masked(m, mask, `xsave [${AREA}]`);
const restore = (m: SimdMachine, mask = 7): number | string => masked(m, mask, `xrstor [${AREA}]`);

describe("XSAVE (SDM vol. 1, 13.7)", () => {
  test("has the legacy region, the header and the upper halves", () => {
    const m = machine();
    m.mxcsr = 0x9fa1;
    expect(save(m)).toBe("done");
    expect(m.u32(AREA + 24)).toBe(0x9fa1);
    expect(m.u32(AREA + 28)).toBe(0xffff);
    expect(m.memory(AREA + 160 + 240, 16)).toBe(m.xmm(15));
    expect(m.memory(AREA + 576, 16)).toBe(m.upper(0));
    expect(m.memory(AREA + 576 + 240, 16)).toBe(m.upper(15));
    // x87 is in its initial configuration: written, and not said to be in use.
    expect(m.u16(AREA)).toBe(0x37f);
    expect(m.memory(HEADER, 16)).toBe(`${"0".repeat(16)}0000000000000006`);
    expect(m.memory(AREA + 832, 64)).toBe("cc".repeat(64));
  });

  test("leaves what is not asked for, in the header too", () => {
    const m = machine();
    m.setMemory(HEADER, "0000000000000001");
    expect(save(m, 4)).toBe("done");
    expect(m.memory(HEADER, 8)).toBe("0000000000000005");
    expect(m.memory(AREA, 24)).toBe("cc".repeat(24));
    expect(m.memory(AREA + 160, 16)).toBe("cc".repeat(16));
    // MXCSR belongs to AVX state too.
    expect(m.u32(AREA + 24)).toBe(0x1f80);
    expect(m.memory(AREA + 576, 16)).toBe(m.upper(0));
  });

  test("has eight registers outside 64-bit mode", () => {
    const m = machine(32);
    expect(save(m)).toBe("done");
    expect(m.memory(AREA + 576 + 112, 16)).toBe(m.upper(7));
    expect(m.memory(AREA + 576 + 128, 16)).toBe("cc".repeat(16));
  });

  test.each(["xsave", "xsaveopt", "xsavec", "xsaves", "xrstor", "xrstors"])("%s: #UD, #NM, #GP, #PF", (name) => {
    const at = (address: number): string => `${name} [${address}]`;
    const off = machine();
    off.setCr4(OSFXSR);
    expect(off.asm(at(AREA))).toBe(UD);
    const switched = machine();
    switched.setCr0(TS);
    expect(switched.asm(at(AREA))).toBe(NM);
    expect(machine().asm(at(AREA + 16))).toBe(GP);
    expect(masked(machine(), 7, at(ABSENT))).toBe(PF);
    expect(masked(machine(), 7, at(ABSENT - 64))).toBe(PF);
    if (name.startsWith("xsave")) expect(masked(machine(), 7, at(READ_ONLY))).toBe(PF);
  });

  test.each(["xsaves", "xrstors"])("%s is for CPL 0", (name) => {
    const m = machine();
    m.cpu.set32(S.cpl, 3);
    expect(m.asm(`${name} [${AREA}]`)).toBe(GP);
  });
});

describe("XSAVEOPT and XSAVEC (SDM vol. 1, 13.9 and 13.10)", () => {
  test("do not write what is in its initial configuration", () => {
    for (const name of ["xsaveopt", "xsavec"]) {
      const m = machine();
      for (let i = 0; i < 16; i++) m.setUpper(i, "0");
      expect(masked(m, 7, `${name} [${AREA}]`)).toBe("done");
      expect(m.memory(HEADER, 8)).toBe("0000000000000002");
      expect(m.memory(AREA, 24)).toBe("cc".repeat(24));
      expect(m.memory(AREA + 576, 16)).toBe("cc".repeat(16));
    }
  });

  test("XSAVEC says which components the area has", () => {
    const m = machine();
    expect(masked(m, 6, `xsavec [${AREA}]`)).toBe("done");
    expect(m.memory(HEADER, 16)).toBe("80000000000000060000000000000006");
  });

  test("XSAVEC takes MXCSR for SSE state: in use if it is not 1F80H, not written for AVX state", () => {
    const m = machine();
    for (let i = 0; i < 16; i++) m.setXmm(i, "0");
    masked(m, 6, `xsavec [${AREA}]`);
    expect(m.memory(HEADER, 8)).toBe("0000000000000004");
    expect(m.memory(AREA + 24, 4)).toBe("cccccccc");
    m.mxcsr = 0x1fa0;
    masked(m, 6, `xsavec [${AREA}]`);
    expect(m.memory(HEADER, 8)).toBe("0000000000000006");
    expect(m.u32(AREA + 24)).toBe(0x1fa0);
  });
});

describe("XRSTOR (SDM vol. 1, 13.8)", () => {
  test.each(["xsave", "xsavec"])("brings back what %s saved", (name) => {
    const m = machine();
    m.runAll([0xd9, 0xe8]); // FLD1
    m.mxcsr = 0x9fa1;
    masked(m, 7, `${name} [${AREA}]`);
    const before = [m.xmm(9), m.upper(9), m.upper(15)];
    m.runAll([0xdb, 0xe3]);
    for (let i = 0; i < 16; i++) {
      m.setXmm(i, "1");
      m.setUpper(i, "2");
    }
    m.mxcsr = 0x1f80;
    expect(restore(m)).toBe("done");
    expect([m.xmm(9), m.upper(9), m.upper(15)]).toEqual(before);
    expect(m.mxcsr).toBe(0x9fa1);
    expect(m.status >> 11).toBe(7);
  });

  test("gives what is asked for and not there its initial configuration, but MXCSR", () => {
    const m = machine();
    save(m);
    m.setMemory(HEADER, "0000000000000000");
    m.setMemory(AREA + 24, "00009fa1");
    m.setControl(0x27f);
    expect(restore(m)).toBe("done");
    expect(m.control).toBe(0x37f);
    expect(m.xmm(3)).toBe("0".repeat(32));
    expect(m.upper(3)).toBe("0".repeat(32));
    expect(m.mxcsr).toBe(0x9fa1);
  });

  test("the compacted form initialises MXCSR with SSE state", () => {
    const m = machine();
    masked(m, 7, `xsavec [${AREA}]`);
    m.setMemory(HEADER, "0000000000000000");
    m.mxcsr = 0x9fa1;
    expect(restore(m)).toBe("done");
    expect(m.mxcsr).toBe(0x1f80);
  });

  test("leaves what is not asked for", () => {
    const m = machine();
    save(m);
    m.setXmm(1, "1");
    m.setUpper(1, "2");
    expect(restore(m, 4)).toBe("done");
    expect(m.xmm(1)).toBe("1".padStart(32, "0"));
    expect(m.upper(1)).toBe(`1${"a".repeat(31)}`);
  });

  const header = (m: SimdMachine, at: number, hex: string): number | string => {
    save(m);
    m.setMemory(HEADER + at, hex);
    return restore(m);
  };
  test("#GP for what XCR0 does not have, for reserved bytes and bits", () => {
    expect(header(machine(), 0, "0000000000000008")).toBe(GP);
    expect(header(machine(), 0, "0000000100000000")).toBe(GP);
    expect(header(machine(), 8, "0000000000000001")).toBe(GP);
    expect(header(machine(), 16, "01")).toBe(GP);
    // The standard form does not look at the rest.
    expect(header(machine(), 24, "01")).toBe("done");
    expect(header(machine(), 8, "8000000000000008")).toBe(GP);
    expect(header(machine(), 8, "8000000000000003")).toBe(GP);
    expect(header(machine(), 8, "8000000000000007")).toBe("done");
    expect(header(machine(64, ["xsave", "avx"]), 8, "8000000000000007")).toBe(GP);
    const odd = machine();
    save(odd);
    odd.setMemory(AREA + 24, "00010000");
    expect(restore(odd)).toBe(GP);
  });

  test("XRSTORS wants the compacted form", () => {
    const m = machine();
    save(m);
    expect(masked(m, 7, `xrstors [${AREA}]`)).toBe(GP);
    masked(m, 7, `xsaves [${AREA}]`);
    expect(masked(m, 7, `xrstors [${AREA}]`)).toBe("done");
  });
});

describe("XGETBV and XSETBV (SDM vol. 2)", () => {
  const write = (m: SimdMachine, index: number, value: number): number | string => {
    m.setGpr(1, BigInt(index));
    return masked(m, value, "xsetbv");
  };

  test("XCR0 has bit 0, and bit 2 only with bit 1", () => {
    const m = machine();
    expect(write(m, 0, 3)).toBe("done");
    m.setGpr(1, 0n);
    expect(m.asm("xgetbv")).toBe("done");
    expect([m.gpr(0), m.gpr(2)]).toEqual([3n, 0n]);
    for (const value of [0, 2, 5, 6, 15, 0x207]) expect(write(m, 0, value)).toBe(GP);
    expect(write(m, 1, 7)).toBe(GP);
    expect(write(machine(64, ["xsave"]), 0, 7)).toBe(GP);
    m.cpu.set32(S.cpl, 3);
    expect(write(m, 0, 7)).toBe(GP);
    m.setCr4(OSFXSR);
    expect(write(m, 0, 7)).toBe(UD);
    expect(m.asm("xgetbv")).toBe(UD);
  });

  test("ECX = 1 tells what is in use", () => {
    const m = machine();
    m.setGpr(1, 1n);
    expect(m.asm("xgetbv")).toBe("done");
    expect(m.gpr(0)).toBe(6n);
    m.setGpr(1, 2n);
    expect(m.asm("xgetbv")).toBe(GP);
    const old = machine(64, ["xsave", "avx"]);
    old.setGpr(1, 1n);
    expect(old.asm("xgetbv")).toBe(GP);
  });
});

describe("VEX-encoded vector instructions (SDM vol. 2A, 2.4)", () => {
  const INSTRUCTIONS = ["vaddps ymm0, ymm1, ymm2", "vpaddb xmm0, xmm1, xmm2", "vzeroupper", "vmovd eax, xmm0"];

  test.each(INSTRUCTIONS)("%s needs CR4.OSXSAVE, XCR0[2:1] = 11b, and CR0.TS clear, not CR4.OSFXSR", (text) => {
    expect(machine().asm(text)).toBe("done");
    for (const xcr0 of [1, 3]) {
      const m = machine();
      m.cpu.set64(S.xcr0, xcr0, 0);
      m.cpu.refresh();
      expect(m.asm(text)).toBe(UD);
    }
    const off = machine();
    off.setCr4(OSFXSR);
    expect(off.asm(text)).toBe(UD);
    const switched = machine();
    switched.setCr0(TS);
    expect(switched.asm(text)).toBe(NM);
    const bare = machine();
    bare.setCr4(OSXSAVE);
    expect(bare.asm(text)).toBe("done");
  });

  test("XSETBV switches them on at once", () => {
    const m = machine();
    m.cpu.set64(S.xcr0, 1, 0);
    m.cpu.refresh();
    expect(m.asm("vzeroupper")).toBe(UD);
    m.setGpr(1, 0n);
    expect(masked(m, 7, "xsetbv")).toBe("done");
    expect(m.asm("vzeroupper")).toBe("done");
  });

  test("of 128 bits they zero the upper half, legacy SSE keeps it", () => {
    const m = machine();
    m.asm("paddb xmm1, xmm2");
    expect(m.upper(1)).toBe(`1${"a".repeat(31)}`);
    m.asm("vpaddb xmm1, xmm2, xmm3");
    expect(m.upper(1)).toBe("0".repeat(32));
    m.asm("vaddss xmm2, xmm2, xmm3");
    expect(m.upper(2)).toBe("0".repeat(32));
  });

  test("a store of 32 bytes that faults writes nothing", () => {
    const m = machine();
    m.setMemory(ABSENT - 16, "cc".repeat(16));
    expect(m.asm(`vmovups [${ABSENT - 16}], ymm1`)).toBe(PF);
    expect(m.memory(ABSENT - 16, 16)).toBe("cc".repeat(16));
    expect(m.asm(`vmovaps [${AREA + 16}], ymm1`)).toBe(GP);
    expect(m.asm(`vmovaps [${AREA + 32}], ymm1`)).toBe("done");
    expect(m.memory(AREA + 48, 16)).toBe(m.upper(1));
  });

  test("outside 64-bit mode an operand of 32 bytes does not wrap", () => {
    const m = machine(32);
    m.setGpr(3, 0xfffffff0n);
    expect(m.asm("vmovups ymm0, [ebx]")).toBe(GP);
    expect(m.asm("vmovups [ebx], ymm0")).toBe(GP);
  });

  /** VPGATHERDD XMM1, [RBX + XMM2], XMM4. */
  const GATHER = [0xc4, 0xe2, 0x59, 0x90, 0x0c, 0x13] as const;

  test("a gather that faults keeps the elements it has", () => {
    const m = machine();
    m.setMemory(AREA, "44444444333333332222222211111111");
    m.setGpr(3, BigInt(AREA));
    // Elements 0 and 1 lie in memory, element 2 on an absent page; the mask of element 3 is clear.
    m.setXmm(2, `00000000${(ABSENT - AREA).toString(16).padStart(8, "0")}0000000400000000`);
    m.setXmm(4, "00000000800000008000000080000000");
    m.setXmm(1, "f".repeat(32));
    expect(m.run(...GATHER)).toBe(PF);
    expect(m.xmm(1)).toBe("ffffffffffffffff2222222211111111");
    expect(m.xmm(4)).toBe("00000000800000000000000000000000");
    m.setXmm(2, "00000000000000080000000400000000");
    expect(m.run(...GATHER)).toBe("done");
    expect(m.xmm(1)).toBe("ffffffff333333332222222211111111");
    expect(m.xmm(4)).toBe("0".repeat(32));
  });
});

describe("CPUID leaf 0DH (SDM vol. 2A)", () => {
  const leaf = (features: readonly string[], subleaf: number, xcr0: number): number[] => {
    const out = new Int32Array(4);
    const model = CPU_MODELS["x86-64"]!;
    const inputs = { apicId: 0, cpus: 1, osxsave: true, ospke: false, xcr0, apicEnabled: true };
    cpuid({ ...model, features: [...model.features, ...features] }, 0xd, subleaf, inputs, out);
    return [...out];
  };

  test("tells sizes and places", () => {
    expect(leaf(ALL, 0, 7)).toEqual([7, 832, 832, 0]);
    expect(leaf(ALL, 0, 1)).toEqual([7, 576, 832, 0]);
    expect(leaf(ALL, 1, 7)).toEqual([15, 832, 0, 0]);
    expect(leaf(ALL, 2, 7)).toEqual([256, 576, 0, 0]);
    expect(leaf(ALL, 3, 7)).toEqual([0, 0, 0, 0]);
    expect(leaf(["xsave"], 0, 3)).toEqual([3, 576, 576, 0]);
    expect(leaf([], 0, 1)).toEqual([0, 0, 0, 0]);
  });
});
