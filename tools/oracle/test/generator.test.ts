import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { requireOracle } from "@isinglass/testkit";
import { type Form, Generator, layout, listForms, selectForms, VectorFile, zydisIsUsable } from "../src/index.js";
import { buildForms } from "../src/native.js";

// The recorded file carries the form table, so these tests need no Zydis.
const { forms } = new VectorFile(readFileSync(fileURLToPath(new URL("../vectors/baseline-64.bin", import.meta.url))));
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
