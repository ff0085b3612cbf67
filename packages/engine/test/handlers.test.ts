import { X86Isa } from "@isinglass/cpu-x86";
import { OP } from "@isinglass/uops";
import { Wasm } from "@isinglass/wasm";
import { describe, expect, it } from "vitest";
import { buildInterpreter } from "../src/interpreter-module.js";
import { layOutHoles } from "../src/record.js";
import { CODE, DATA, Guest, type GuestOptions, asm, differences, formsOf, isaWith } from "./support/guest.js";

const MODE_LONG = 2 | 8;

/** Numbers from a seed: a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

const NAMES64 = ["rax", "rcx", "rdx", "rbx", "rbp", "rsi", "r8", "r15"];
const NAMES32 = ["eax", "ecx", "edx", "ebx", "ebp", "esi", "r8d", "r15d"];
const NAMES8 = ["al", "cl", "dl", "bl", "r8b", "r15b"];

/** Straight-line code over registers and 128 bytes at RDI, some of it across a page boundary. */
function program(seed: number, length: number): string {
  const pick = random(seed);
  const one = <T>(list: readonly T[]): T => list[pick(list.length)]!;
  const at = (): string => `[rdi + ${pick(120)}]`;
  const lines: string[] = [];
  for (let i = 0; i < length; i += 1) {
    const names = one([NAMES64, NAMES32, NAMES8]);
    const wide = one([NAMES64, NAMES32]);
    lines.push(
      one([
        () => `${one(["add", "sub", "adc", "sbb", "and", "or", "xor", "cmp", "test"])} ${one(names)}, ${one(names)}`,
        () => `${one(["add", "sub", "adc", "sbb", "and", "or", "xor", "cmp"])} ${one(names)}, ${at()}`,
        () => `${one(["add", "sub", "adc", "sbb", "and", "or", "xor", "cmp"])} ${at()}, ${one(names)}`,
        () => `${one(["add", "sub", "and", "or", "xor", "cmp"])} ${one(wide)}, ${pick(0x7fffffff)}`,
        () => `${one(["inc", "dec", "neg", "not"])} ${one(names)}`,
        () => `${one(["shl", "shr", "sar", "rol", "ror", "rcl", "rcr"])} ${one(names)}, ${pick(70)}`,
        () => `${one(["shl", "shr", "sar"])} ${one(wide)}, cl`,
        () => `mov ${one(names)}, ${at()}`,
        () => `mov ${at()}, ${one(names)}`,
        () => `movzx ${one(wide)}, byte ${at()}`,
        () => `lea ${one(wide)}, [rdi + rax * 4 + ${pick(1000)}]`,
        () => `imul ${one(NAMES64)}, ${one(NAMES64)}`,
        () => `mul ${one(NAMES32)}`,
        () => `${one(["setc", "setz", "sets", "setp", "setg"])} ${one(NAMES8)}`,
        () => `${one(["cmovz", "cmovb", "cmovl"])} ${one(NAMES64)}, ${one(NAMES64)}`,
        () => `bt ${one(NAMES64)}, ${one(NAMES64)}`,
        () => `xchg ${at()}, ${one(NAMES32)}`,
        () => `push ${one(NAMES64)}\npop ${one(NAMES64)}`,
      ])(),
    );
  }
  return lines.join("\n");
}

function outcome(code: Uint8Array, seed: number, options: GuestOptions): { state: Uint8Array; memory: Uint8Array } {
  const guest = new Guest(options).write(CODE, code);
  const pick = random(seed + 1);
  for (const register of [0, 1, 2, 3, 5, 6, 8, 15]) {
    guest.setRegister(register, (BigInt(pick(0x1_0000_0000)) << 32n) | BigInt(pick(0x1_0000_0000)));
  }
  guest.setRegister(7, BigInt(DATA + 0xfa0));
  for (let i = 0; i < 16; i += 1) guest.poke64(DATA + 0xfa0 + i * 8, BigInt(pick(0x1_0000_0000)) * 0x1_0000_0001n);
  expect(guest.run()).toBe("halt");
  return { state: guest.state(), memory: guest.memory() };
}

describe("handlers", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "inline, in batches and made on first use do what the reference does, program %i",
    (seed) => {
      const code = asm(`${program(seed, 200)}\nhlt`);
      const base = new X86Isa();
      const expected = outcome(code, seed, { executor: "reference", isa: base });
      const inline = formsOf(base, code, MODE_LONG);
      expect(inline.length).toBeGreaterThan(60);
      for (const isa of [isaWith(base, []), isaWith(base, inline), isaWith(base, [], inline)]) {
        const result = outcome(code, seed, { isa });
        expect(differences(result.state, expected.state)).toEqual([]);
        expect(differences(result.memory, expected.memory)).toEqual([]);
      }
    },
  );

  it("are made on first use, and none for what is inline", () => {
    const code = asm("add rax, rcx\nimul rax, rcx\nadd rbx, rax\nhlt");
    const base = new X86Isa();
    const forms = formsOf(base, code, MODE_LONG);
    expect(forms).toHaveLength(3);
    const cold = new Guest({ isa: isaWith(base, []) }).write(CODE, code);
    expect(cold.interpreter.forms.cold).toEqual([]);
    cold.run();
    expect(cold.interpreter.forms.cold).toEqual(expect.arrayContaining(forms));
    const hot = new Guest({ isa: isaWith(base, forms) }).write(CODE, code);
    hot.run();
    for (const form of forms) expect(hot.interpreter.forms.cold).not.toContain(form);
  });

  it("are made for what is executed again and again only; until then the micro-ops are evaluated", () => {
    const code = asm("mov ecx, 5\nimul rax, rcx\ndec ecx\njnz -8\nhlt".replace("-8", `0x${(CODE + 5).toString(16)}`));
    const base = new X86Isa();
    const expected = outcome(code, 3, { executor: "reference", isa: base });
    for (const evaluations of [2, 100]) {
      const isa = isaWith(base, []);
      const result = outcome(code, 3, { isa, evaluations });
      expect(differences(result.state, expected.state)).toEqual([]);
      expect(differences(result.memory, expected.memory)).toEqual([]);
      const guest = new Guest({ isa: isaWith(base, []), evaluations }).write(CODE, code);
      guest.run();
      // The loop runs five times: with two evaluations its instructions have been compiled, with a hundred nothing has.
      expect(guest.interpreter.forms.cold.length).toBe(evaluations === 2 ? 3 : 0);
    }
  });

  it("are kept in a bounded number, and executed right after they were dropped", () => {
    const ops = ["add", "sub", "and", "or", "xor", "adc", "sbb", "cmp", "test", "mov"];
    const operands = [
      "al, cl",
      "ax, cx",
      "eax, ecx",
      "rax, rcx",
      "byte [rdi], cl",
      "word [rdi], cx",
      "dword [rdi], ecx",
    ];
    const lines = ops.flatMap((op) => operands.map((pair) => `${op} ${pair}`));
    const code = asm(`${lines.join("\n")}\nmov rsi, 1\n${lines.join("\n")}\nhlt`);
    const base = new X86Isa();
    expect(formsOf(base, code, MODE_LONG).length).toBe(lines.length + 2);
    const expected = outcome(code, 9, { executor: "reference", isa: base });
    const result = outcome(code, 9, { isa: isaWith(base, []), coldForms: 64 });
    expect(differences(result.state, expected.state)).toEqual([]);
    expect(differences(result.memory, expected.memory)).toEqual([]);
    const guest = new Guest({ isa: isaWith(base, []), coldForms: 64 }).write(CODE, code);
    guest.setRegister(7, BigInt(DATA));
    expect(guest.run()).toBe("halt");
    expect(guest.interpreter.forms.cold.length).toBeLessThanOrEqual(64);
    expect(guest.interpreter.code.stats.drops).toBeGreaterThan(0);
  });

  it("take a device's request to leave after the instruction, inline or not", () => {
    const code = asm("mov dword [rdi], 1\nmov ebx, 2\nhlt");
    const base = new X86Isa();
    for (const hot of [[], formsOf(base, code, MODE_LONG)]) {
      const guest = new Guest({ isa: isaWith(base, hot) }).write(CODE, code);
      const device = 0x90000;
      guest.leaveOnStore(device);
      guest.setRegister(7, BigInt(device));
      expect(guest.run(50)).toBe("fuel");
      expect(guest.left).toBe(49);
      expect(guest.register(3)).toBe(0n);
      expect(guest.run(50)).toBe("halt");
      expect(guest.register(3)).toBe(2n);
    }
  });
});

describe("the dispatch loop of the committed profile", () => {
  const isa = new X86Isa();
  const hot = isa.hotForms().map((id) => {
    const { ir } = isa.form(id);
    return { ir, layout: layOutHoles(ir) };
  });

  // Above that size the optimising compiler of V8 takes seconds for it, on some versions for ever (see the design's figures).
  it("has at most 400 handlers and 50 KB", () => {
    expect(hot.length).toBeGreaterThan(100);
    expect(hot.length).toBeLessThanOrEqual(400);
    // The functions that instructions call are in the module too, but are compiled one by one.
    const bytes = buildInterpreter(isa, hot);
    const loop = bytes.length - buildInterpreter(isa, []).length;
    expect(loop).toBeGreaterThan(10_000);
    expect(loop).toBeLessThanOrEqual(50_000);
    expect(() => new Wasm.Module(bytes)).not.toThrow();
  });

  it("has no form twice and none that is not implemented", () => {
    expect(new Set(isa.hotForms()).size).toBe(hot.length);
    for (const { ir } of hot) {
      for (let i = 0; i < ir.count; i += 1) expect(ir.op[i] === OP.assist && ir.x[i] === 0).toBe(false);
    }
  });
});
