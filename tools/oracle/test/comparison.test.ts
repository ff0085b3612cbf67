import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { Comparer, normalise } from "../src/compare.js";
import type { Difference } from "../src/difference.js";
import { undefinedFlagsOf } from "../src/rules/undefined.js";
import { FinalState, type Form, Generator, layout, MachineState, VectorFile } from "../src/index.js";

const { forms } = new VectorFile(readFileSync(fileURLToPath(new URL("../vectors/baseline-64.bin", import.meta.url))));
const formCalled = (id: string): Form => forms.find((candidate) => candidate.id === id)!;

let before = new MachineState();
let expected = new FinalState();
let got = new FinalState();
const differences: Difference[] = [];

function start(id: string, change: (state: MachineState) => void = () => {}): Form {
  const form = formCalled(id);
  before = new MachineState();
  before.bytes.set(new Generator({ mode: 64, seed: 1, segmentBases: true }).make(form, 0, 0).state.bytes);
  change(before);
  expected = new FinalState();
  got = new FinalState();
  expected.state.setAfter(before);
  got.state.setAfter(before);
  return form;
}

const judge = (form: Form): string => {
  normalise(expected.state);
  normalise(got.state);
  return new Comparer("AuthenticAMD").judge(
    form,
    before,
    expected.state,
    expected.memory,
    got.state,
    got.memory,
    differences,
  );
};

beforeEach(() => {
  differences.length = 0;
});

describe("the table of undefined flags", () => {
  it("says what Zydis says, but for what the manual says more exactly", () => {
    const known = new Map([
      // Zydis: AF undefined; SDM vol. 2, SBB: set according to the result.
      ["sbb", 0],
      // CF for counts of at least the operand's size; all flags for double shifts beyond it (SDM vol. 2, SAL, SHLD).
      ["shl", 0x811],
      ["shr", 0x811],
      ["shld", 0x8d5],
      ["shrd", 0x8d5],
    ]);
    for (const form of forms)
      expect([form.mnemonic, undefinedFlagsOf(form.mnemonic)]).toEqual([
        form.mnemonic,
        known.get(form.mnemonic) ?? form.flagsUndefined & 0x8d5,
      ]);
  });
});

describe("the comparison", () => {
  it("calls equal states equal and names what differs", () => {
    const form = start("add r32, r32 (01)");
    expect(judge(form)).toBe("equal");
    got.state.gpr[6]! ^= 1;
    got.state.xmm[5]! ^= 0x8000_0000;
    got.memory[0x123]! ^= 1;
    expect(judge(form)).toBe("different");
    expect(differences.map((difference) => [difference.kind, difference.index])).toEqual([
      ["gpr", 3],
      ["xmm", 1],
      ["memory", layout.DATA_BASE + 0x123],
    ]);
  });

  it.each([
    ["and r32, r32 (21)", 0x10, "undefined"],
    ["and r32, r32 (21)", 0x1, "different"],
    ["add r32, r32 (01)", 0x10, "different"],
    ["mul r64 (f7/4)", 0x80 | 0x40 | 0x10 | 0x4, "undefined"],
    ["mul r64 (f7/4)", 0x800, "different"],
    ["bt r32, r32 (0fa3)", 0x40, "different"],
    ["bt r32, r32 (0fa3)", 0x880, "undefined"],
  ])("knows the undefined flags of %s: %i", (id, flags, verdict) => {
    const form = start(id);
    got.state.rflags ^= flags;
    expect(judge(form)).toBe(verdict);
  });

  it.each([
    ["shl r32, cl (d3)", 1, 0x800, "different"],
    ["shl r32, cl (d3)", 2, 0x800, "undefined"],
    ["shl r32, cl (d3)", 33, 0x800, "different"],
    ["shl r32, cl (d3)", 32, 0x10, "different"],
    ["shl r32, cl (d3)", 31, 0x1, "different"],
    ["shl r8, cl (d2)", 8, 0x1, "undefined"],
    ["sar r8, cl (d2/7)", 8, 0x1, "different"],
    ["rol r64, cl (d3/0)", 63, 0x800, "undefined"],
    ["rol r64, cl (d3/0)", 64, 0x800, "different"],
  ])("knows that the undefined flags of %s depend on the count: %i", (id, count, flags, verdict) => {
    const form = start(id, (state) => {
      state.gpr[2] = count;
    });
    got.state.rflags ^= flags;
    expect(judge(form)).toBe(verdict);
  });

  it("leaves no flag undefined when the instruction faulted", () => {
    const form = start("div r64 (f7/6)");
    expected.state.vector = got.state.vector = 0;
    got.state.rflags ^= 1;
    expect(judge(form)).toBe("different");
  });

  it("compares vector, error code and address of a fault", () => {
    for (const change of [
      (state: MachineState): void => {
        state.vector = 13;
      },
      (state: MachineState): void => {
        state.error = 4;
      },
      (state: MachineState): void => {
        state.cr2[0] = 0x2000_5001;
      },
    ]) {
      const form = start("mov m32, r32 (89)");
      for (const state of [expected.state, got.state]) {
        state.vector = 14;
        state.error = 6;
        state.cr2[0] = 0x2000_5000;
      }
      expect(judge(form)).toBe("equal");
      change(got.state);
      expect(judge(form)).toBe("different");
    }
  });

  it("does not compare RF, FIP and FDP", () => {
    const form = start("fadd m32 (d8/0)");
    got.state.rflags |= 0x1_0000;
    got.state.fx[8] = 1;
    got.state.fx[16] = 1;
    expect(judge(form)).toBe("equal");
  });

  it("explains an approximation that is within its bound, and no other", () => {
    const form = start("rcpps xmm, xmm (0f53)");
    const one = 0x3f80_0000;
    expected.state.xmm[0] = one;
    got.state.xmm[0] = one + 0x800;
    expect(judge(form)).toBe("explained");
    got.state.xmm[0] = one + 0x8000;
    expect(judge(form)).toBe("different");
  });

  it("explains a transcendental result that is off by one in the last place, and no more", () => {
    const form = start("fsin (d9/7)");
    expected.state.st[0] = 0x10;
    got.state.st[0] = 0x11;
    expect(judge(form)).toBe("explained");
    got.state.st[0] = 0x13;
    expect(judge(form)).toBe("different");
  });

  it("explains which of a near CALL's two faults comes, and not that of one that has only one", () => {
    const form = start("call r64 (ff/2)");
    [expected.state.vector, got.state.vector] = [12, 13];
    for (const { state } of [expected, got]) state.gpr[9] = 0x8000_0000;
    expect(judge(form)).toBe("explained");
    for (const { state } of [expected, got]) state.gpr[9] = 0x7fff;
    expect(judge(form)).toBe("different");
  });
});
