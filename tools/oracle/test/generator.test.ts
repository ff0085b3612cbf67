import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { requireOracle } from "@isinglass/testkit";
import { type Form, Generator, layout, listForms, selectForms, VectorFile, zydisIsUsable } from "../src/index.js";
import { buildForms } from "../src/native.js";

// The recorded file carries the form table, so these tests need no Zydis.
const recordedForms = (name: string): readonly Form[] =>
  new VectorFile(readFileSync(fileURLToPath(new URL(`../vectors/${name}.bin`, import.meta.url)))).forms;
const forms = recordedForms("baseline-64");
const options = { mode: 64, seed: 7, segmentBases: true } as const;
const formCalled = (id: string): Form => {
  const form = forms.find((candidate) => candidate.id === id);
  if (form === undefined) throw new Error(`no form ${id}`);
  return form;
};

describe("the generator", () => {
  it("makes a case from the seed, the form and the number alone", () => {
    const form = formCalled("add m32, r32 (01)");
    const alone = new Generator(options).make(form, 3, 17);
    const [state, image] = [alone.state.bytes.slice(), alone.image.slice()];
    const other = new Generator(options);
    for (let i = 0; i < 17; i++) other.make(forms[i]!, i, i);
    const later = other.make(form, 3, 17);
    expect(later.state.bytes).toEqual(state);
    expect(later.image).toEqual(image);
    expect(new Generator({ ...options, seed: 8 }).make(form, 3, 17).state.bytes).not.toEqual(state);
  });

  it.each([
    ["mov m16, r16 (89)", 2],
    ["add m32, r32 (01)", 4],
    ["mov r64, m64 (8b)", 8],
    ["fld m80 (db/5)", 10],
    ["movups xmm, m128 (0f10)", 16],
  ])("puts a fault at each byte of the operand of %s in 200 states", (id, size) => {
    const form = formCalled(id);
    const generator = new Generator(options);
    const borders = [0, 0x2000, 0x3000, 0x4000].map((offset) => layout.DATA_BASE + offset);
    const seen = new Set<number>();
    for (let index = 0; index < 200; index++) {
      const { state } = generator.make(form, 0, index);
      const address = state.words[layout.AT_OPERAND >> 2]!;
      for (const border of borders) if (address < border && address + size > border) seen.add(border - address);
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual(Array.from({ length: size - 1 }, (_, i) => i + 1));
  });

  it("sets every rounding mode, FTZ, DAZ, unmasked exceptions and sticky flags", () => {
    const form = formCalled("addps xmm, xmm (0f58)");
    const generator = new Generator(options);
    let ones = 0;
    let zeros = 0;
    const modes = new Set<number>();
    const x87Modes = new Set<number>();
    for (let index = 0; index < 200; index++) {
      const { state } = generator.make(form, 0, index);
      ones |= state.mxcsr;
      zeros |= ~state.mxcsr;
      modes.add((state.mxcsr >> 13) & 3);
      x87Modes.add((state.fcw >> 8) & 15);
      expect(state.mxcsr & ~0xffff).toBe(0);
    }
    expect(ones & 0xffff).toBe(0xffff);
    expect(zeros & 0xffff).toBe(0xffff);
    expect(modes.size).toBe(4);
    // Three precisions by four rounding modes.
    expect(x87Modes.size).toBe(12);
  });

  it("repeats string instructions forwards and backwards, not at all and many times", () => {
    const form = formCalled("rep movsd (a5)");
    const generator = new Generator(options);
    const counts = new Set<number>();
    const directions = new Set<number>();
    for (let index = 0; index < 200; index++) {
      const { state } = generator.make(form, 0, index);
      counts.add(state.gpr[2]!);
      directions.add(state.rflags & 0x400);
    }
    expect(counts.has(0)).toBe(true);
    expect(Math.max(...counts)).toBeGreaterThan(40);
    expect(directions.size).toBe(2);
  });

  const zydis = requireOracle("Zydis (libzydis-dev), to list instruction forms", zydisIsUsable());
  it.each([
    ["baseline", () => recordedForms("baseline-32")],
    ["extensions", () => recordedForms("extensions-32")],
    ...(zydis ? [["vectors", () => selectForms(listForms(32), ["vectors"]).forms] as const] : []),
  ] as const)("gives 32-bit code eight registers of 32 bits: %s", (_, list) => {
    const generator = new Generator({ ...options, mode: 32 });
    for (const [number, form] of list().entries())
      for (let index = 0; index < 6; index++) {
        const { reg, rm, vvvv, is4, base, sibIndex, state } = generator.make(form, number, index);
        const beyond = state.gpr.filter((_word, i) => i % 2 === 1 || i >= 16);
        expect({
          case: `${form.id} ${index}`,
          named: Math.max(reg, rm, vvvv, is4, base, sibIndex) < 8,
          state: beyond.every((word) => word === 0) && state.xmm.subarray(32).every((word) => word === 0),
        }).toEqual({ case: `${form.id} ${index}`, named: true, state: true });
      }
  });

  it("gives the count of 32-bit loops with 16-bit addresses zero in its low half alone", () => {
    const form = recordedForms("baseline-32").find(({ id }) => id === "jcxz rel8 (e3 a16)")!;
    const generator = new Generator({ ...options, mode: 32 });
    const counts = Array.from({ length: 200 }, (_, index) => generator.make(form, 0, index).state.gpr[2]!);
    expect(counts.some((count) => (count & 0xffff) === 0 && count !== 0)).toBe(true);
  });

  it.runIf(zydis)(
    "sets what 32-bit code ignores of a VEX prefix and of a register in an immediate, and now and then a bad segment",
    () => {
      const form = selectForms(listForms(32), ["avx"]).forms.find(({ id }) =>
        id.startsWith("vblendvps xmm, xmm, m128, xmm"),
      )!;
      const generator = new Generator({ ...options, mode: 32 });
      const cases = Array.from({ length: 500 }, (_, index) => {
        const { state } = generator.make(form, 0, index);
        const { code } = state;
        const at = code.indexOf(0xc4);
        return { b: code[at + 1]! >> 5, vvvv: (code[at + 2]! >> 6) & 1, is4: code.at(-1)! >> 7, segment: code[0]! };
      });
      const seen = (of: (one: (typeof cases)[number]) => number): number[] =>
        [...new Set(cases.map(of))].toSorted((a, b) => a - b);
      // R and X are inverted and must be 0.
      expect(seen(({ b }) => b)).toEqual([6, 7]);
      expect(seen(({ vvvv }) => vvvv)).toEqual([0, 1]);
      expect(seen(({ is4 }) => is4)).toEqual([0, 1]);
      expect(seen(({ segment }) => segment)).toEqual([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xc4]);
    },
  );

  it.runIf(zydis).each([
    ["baseline", 64],
    ["baseline", 32],
    ["v2", 32],
    ["vectors", 64],
    ["vectors", 32],
  ] as const)("encodes what Zydis decodes as that form's mnemonic and length: %s, %d bits", (isa, mode) => {
    const chosen = selectForms(listForms(mode), [isa]).forms;
    const generator = new Generator({ ...options, mode });
    const lines: string[] = [];
    const expected: string[] = [];
    for (const [number, form] of chosen.entries())
      for (let index = 0; index < 12; index++) {
        const { state } = generator.make(form, number, index);
        const code = [...state.code].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        lines.push(code);
        // 90 with register 0 is NOP, whatever its size, and with F3 it is PAUSE, whatever its register.
        const isNop =
          form.mnemonic === "xchg" &&
          /^([0-9a-f]{2})*?(48|4[0-9a-f])?90$/.test(code) &&
          (state.bytes[layout.AT_REGISTERS + 1] === 0 || /^(66|67)*f3/.test(code));
        expected.push(`${isNop || form.mnemonic === "pause" ? "nop" : form.mnemonic} ${state.codeLength}`);
      }
    const output = execFileSync(buildForms(), ["check", String(mode)], {
      input: `${lines.join("\n")}\n`,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    // CLDEMOTE and RDSSP are among the NOPs of 0F 1C and 0F 1E, told apart by a prefix that the form may have or not.
    const decoded = output
      .trimEnd()
      .replaceAll(/cldemote|pause|rdssp[dq]/g, "nop")
      .split("\n");
    const wrong = decoded
      .map((text, i) => `${lines[i]}: ${text}, wanted ${expected[i]}`)
      // Zydis refuses gathers that name one register twice, which are drawn on purpose.
      .filter((_, i) => decoded[i] !== expected[i] && !(decoded[i] === "bad 0" && expected[i]!.includes("gather")));
    expect(wrong).toEqual([]);
    expect(decoded.length).toBe(chosen.length * 12);
  });
});
