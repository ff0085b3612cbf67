import { describe, expect, test } from "vitest";
import { S } from "../src/index.js";
import { ABSENT, READ_ONLY, X87Machine, address } from "./support/x87-machine.js";

const FLD1 = [0xd9, 0xe8];
const FLDZ = [0xd9, 0xee];
const FWAIT = [0x9b];
const NM = 7;
const PF = 14;
const MF = 16;
const ES_AND_B = 0x8080;
const CR0_MP = 2;
const CR0_EM = 4;
const CR0_TS = 8;
const CR0_NE = 32;

function setCr0(m: X87Machine, clear: number, set: number): void {
  m.cpu.set64(S.cr0, (m.cpu.get32(S.cr0) & ~clear) | set, 0);
}

/** 1 / 0 with ZE unmasked. */
function divided(): X87Machine {
  const m = new X87Machine(64);
  m.setControl(0x37b);
  m.runAll(FLD1, FLDZ, [0xd8, 0xf9]);
  return m;
}

describe("#MF (SDM vol. 1, 8.7)", () => {
  test("an unmasked exception sets ES and B and changes no register", () => {
    const m = divided();
    expect(m.status & 0xffff & ~0x7f40).toBe(ES_AND_B | 4);
    expect(m.st(0)).toBe("0000:0000000000000000");
  });

  test.each([
    ["FWAIT", FWAIT],
    ["FLD1", FLD1],
    ["FNOP", [0xd9, 0xd0]],
    ["FLD m64", [0xdd, 0x04, 0x25, 0, 0x20, 0, 0]],
    ["FLD m64 from an absent page", [0xdd, 0x04, 0x25, 0, ABSENT >> 8, 0, 0]],
    ["FLDCW", [0xd9, 0x2c, 0x25, 0, 0x20, 0, 0]],
    ["FLDENV", [0xd9, 0x24, 0x25, 0, 0x20, 0, 0]],
    ["FRSTOR", [0xdd, 0x24, 0x25, 0, 0x20, 0, 0]],
  ])("%s waits: it raises the exception and changes nothing", (_, bytes) => {
    const m = divided();
    const before = m.unit();
    expect(m.run(...bytes)).toBe(MF);
    expect(m.unit()).toBe(before);
    expect(m.run(...bytes)).toBe(MF);
  });

  test.each([
    ["FNSTSW AX", [0xdf, 0xe0]],
    ["FNSTCW", [0xd9, 0x3c, 0x25, 0, 0x20, 0, 0]],
    ["FNSTENV", [0xd9, 0x34, 0x25, 0, 0x20, 0, 0]],
    ["FNSAVE", [0xdd, 0x34, 0x25, 0, 0x20, 0, 0]],
    ["FNCLEX", [0xdb, 0xe2]],
    ["FNINIT", [0xdb, 0xe3]],
  ])("%s does not wait", (_, bytes) => {
    expect(divided().run(...bytes)).toBe("done");
  });

  test("FNCLEX clears the exceptions, FNSTENV masks them", () => {
    const m = divided();
    m.runAll([0xdb, 0xe2], FWAIT);
    expect(m.status & 0x80ff).toBe(0);
    const masked = divided();
    masked.runAll(address(0xd9, 6, 0x2000, masked), FWAIT);
    expect(masked.control).toBe(0x37f);
    expect(masked.status & 0x80ff).toBe(4);
  });

  test("unmasking a flag that is set makes it pending, masking it takes that back", () => {
    const m = new X87Machine(64);
    m.runAll(FLD1, FLDZ, [0xd8, 0xf9], FWAIT);
    m.setControl(0x37b);
    expect(m.status & ES_AND_B).toBe(ES_AND_B);
    expect(m.run(...FWAIT)).toBe(MF);
    m.cpu.set32(S.fpuPending, 0);
    m.setControl(0x37f);
    expect(m.status & ES_AND_B).toBe(0);
    expect(m.run(...FWAIT)).toBe("done");
  });

  test("with CR0.NE clear it would go to FERR#, which is said", () => {
    const m = divided();
    setCr0(m, CR0_NE, 0);
    expect(m.run(...FLD1)).toBe("not-implemented");
  });
});

describe("#NM (SDM vol. 3A, 2.5)", () => {
  test.each([
    ["FLD1", FLD1],
    ["FNINIT", [0xdb, 0xe3]],
    ["FNSTSW AX", [0xdf, 0xe0]],
    ["FNSTENV to an absent page", [0xd9, 0x34, 0x25, 0, ABSENT >> 8, 0, 0]],
    ["FLD m64 from an absent page", [0xdd, 0x04, 0x25, 0, ABSENT >> 8, 0, 0]],
  ])("%s faults with TS, and with EM", (_, bytes) => {
    for (const bit of [CR0_TS, CR0_EM]) {
      const m = divided();
      setCr0(m, CR0_MP, bit);
      expect(m.run(...bytes)).toBe(NM);
    }
  });

  test.each([
    [0, "done"],
    [CR0_EM, "done"],
    [CR0_TS, "done"],
    [CR0_MP | CR0_EM, "done"],
    [CR0_MP | CR0_TS, NM],
  ])("FWAIT with CR0 bits %i: %s", (bits, outcome) => {
    const m = new X87Machine(64);
    setCr0(m, CR0_MP | CR0_EM | CR0_TS, bits);
    expect(m.run(...FWAIT)).toBe(outcome);
  });

  test("FWAIT with MP and TS faults even where an exception waits", () => {
    const m = divided();
    expect(m.run(...FWAIT)).toBe(MF);
    setCr0(m, 0, CR0_MP | CR0_TS);
    expect(m.run(...FWAIT)).toBe(NM);
  });
});

describe("memory faults leave the unit as it was", () => {
  const loads = [
    ["FLD m80", 0xdb, 5, 10],
    ["FILD m64", 0xdf, 5, 8],
    ["FADD m32", 0xd8, 0, 4],
    ["FLDCW", 0xd9, 5, 2],
    ["FLDENV", 0xd9, 4, 28],
    ["FRSTOR", 0xdd, 4, 108],
  ] as const;
  test.each(loads)("%s", (_, opcode, reg, size) => {
    for (let inside = 0; inside < size; inside++) {
      const m = new X87Machine(64);
      m.runAll(FLD1);
      const before = m.unit();
      expect(m.run(...address(opcode, reg, ABSENT - inside, m))).toBe(PF);
      expect(m.unit()).toBe(before);
    }
  });

  const stores = [
    ["FSTP m80", 0xdb, 7, 10],
    ["FISTP m64", 0xdf, 7, 8],
    ["FST m32", 0xd9, 2, 4],
    ["FBSTP", 0xdf, 6, 10],
    ["FNSTENV", 0xd9, 6, 28],
    ["FNSAVE", 0xdd, 6, 108],
    ["FNSTSW", 0xdd, 7, 2],
  ] as const;
  test.each(stores)("%s, which also writes nothing", (_, opcode, reg, size) => {
    for (let inside = 0; inside < size; inside++) {
      const m = new X87Machine(64);
      m.runAll(FLD1);
      const before = m.unit();
      const at = READ_ONLY - inside;
      expect(m.run(...address(opcode, reg, at, m))).toBe(PF);
      expect(m.unit()).toBe(before);
      expect(m.bytes(at, size)).toEqual(Array.from({ length: size }, () => 0));
    }
  });
});
