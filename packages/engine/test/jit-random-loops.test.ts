import { expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { CODE, DATA, asm } from "./support/guest.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";
import { Random } from "./support/random-program.js";

/** `ISG_SEED` repeats one program; `ISG_FUZZ` is the number of programs of each kind. */
const programs = Number(process.env["ISG_FUZZ"] ?? 40);
const fixed = process.env["ISG_SEED"];
const first = fixed === undefined ? Date.now() % 1_000_000_000 : Number(fixed);
const count = fixed === undefined ? programs : 1;

const PAGES = 4;
const GIB = 0x4000_0000;

/** An access near one of the bases. */
function access(random: Random, bases: readonly string[], r: string): string {
  const displacement = random.chance(80) ? random.below(80) - 40 : random.below(600) - 300;
  const base = random.pick(bases);
  const m = `[${random.chance(85) ? base : `e${base.slice(1)}`} ${displacement < 0 ? "-" : "+"} ${Math.abs(displacement)}]`;
  return random.pick([
    `mov ${r}ax, ${m}`,
    `mov ${m}, ${r}ax`,
    `add ${r}dx, ${m}`,
    `add ${m}, ${r}dx`,
    `inc dword ${m}`,
    `mov ${m}, dl`,
    `movzx eax, word ${m}`,
    `movups xmm1, ${m}`,
    `movups ${m}, xmm1`,
    `xadd ${m}, eax`,
    `push ${r}ax`,
    `pop ${r}dx`,
  ]);
}

/** Two loops, one in the other, of accesses around bases that change rarely. */
function loops(random: Random, mode: 32 | 64): string {
  const r = mode === 64 ? "r" : "e";
  const bases = [`${r}bx`, `${r}si`, `${r}bp`];
  const near = (): string => access(random, bases, r);
  const change = (): string =>
    random.pick([
      `xor ${random.pick(bases)}, 0x1000`,
      `add ${random.pick(bases)}, ${random.below(64)}`,
      `lea ${bases[0]}, [${bases[1]} + ${random.below(30)}]`,
      `xchg ${bases[0]}, ${bases[2]}`,
    ]);
  const some = (most: number): string[] =>
    Array.from({ length: random.below(most) }, () => (random.chance(50) ? change() : near()));
  const inner = Array.from({ length: 1 + random.below(7) }, (_, i) =>
    random.chance(16)
      ? `test al, ${1 << random.below(4)}\njz past${i}\n${random.chance(80) ? near() : change()}\npast${i}:`
      : near(),
  );
  return [
    `mov edi, ${3 + random.below(60)}`,
    "outer:",
    ...some(3),
    `mov ecx, ${2 + random.below(40)}`,
    "again:",
    ...inner,
    ...(random.chance(25) ? [change()] : []),
    "dec ecx\njnz again",
    ...some(3),
    "dec edi\njnz outer\nhlt",
  ].join("\n");
}

it.each([64, 32] as const)(
  `random loops around bases in %i-bit code go where they should, ISG_SEED=${first}`,
  (mode) => {
    for (let n = 0; n < count; n += 1) {
      const random = new Random(first + n);
      const text = loops(random, mode);
      const pair = new Pair(random.pick([EAGER_POLICY, HURRIED_POLICY]), { mode });
      // Pages that are absent, read-only, or where another one is.
      const pages = Array.from({ length: PAGES }, (_, page) =>
        random.chance(75) ? page : random.pick([-1, -2, 2, 4] as const),
      );
      const high = random.chance(50) ? GIB : 0;
      const places = [3, 6, 5].map((register) => {
        const inPage = random.pick([0, 4, 20, 0x20, 0x800, 0xfe8, 0xff0, 0xffc]);
        return [register, BigInt(high + DATA + 0x1000 * (1 + random.below(2)) + inPage)] as const;
      });
      pair.both((guest) => {
        guest.load(text);
        // The second GiB is the first once more.
        guest.poke64(0xf1008, 0xf2003n);
        pages.forEach((page, i) => {
          if (page === -1) guest.map(DATA + i * 0x1000, -1);
          else guest.map(DATA + i * 0x1000, DATA + (page === -2 ? i : page) * 0x1000, page !== -2);
        });
        for (const [register, place] of places) guest.setRegister(register, place);
      });
      for (const budget of [1 + random.below(400), 1 + random.below(400), 12_000, 12_000]) {
        const { outcome, wrong } = pair.run(budget);
        const found = [...wrong, ...pair.compareMemory(CODE, 0x1000), ...pair.compareMemory(DATA, 0x8000)];
        expect(found, `ISG_SEED=${first + n}\n${text}`).toEqual([]);
        if (outcome !== "fuel") break;
      }
    }
  },
);

const GROWING = { ...HURRIED_POLICY, instructions: 8, pages: 1, growth: 256 };
const OPERATIONS = [
  "adc rax, 3",
  "sbb rdx, rax",
  "setc r11b",
  "setl r11b",
  "inc rdx",
  "dec eax",
  "sub edx, eax",
  "cmp rax, rdx",
  "test eax, 5",
  "shl rax, 3",
  "rol rdx, 5",
  "imul rax, rdx",
  "cmovs rax, rdx",
  "cmovc rdx, rax",
  "xor edx, 77",
  "mov [rdi + 8], rax",
  "add [rdi + 16], rdx",
  "stc",
  "cmc",
  "pushfq\npop r12",
  "bt rax, 7",
  "xadd [rdi + 24], rax",
  "xor rdi, 0x1000",
];

/** A handler of a bytecode interpreter: some operations, perhaps a branch or a call, then the jump to the next one. */
function handler(random: Random): string {
  const lines = Array.from({ length: 1 + random.below(6) }, (_, i) =>
    random.chance(16)
      ? `${random.pick(["jc", "jz", "js", "jle", "ja"])} past${i}\n${random.pick(OPERATIONS)}\npast${i}:`
      : random.pick(OPERATIONS),
  );
  if (random.chance(25)) lines.push(`call inner\njmp outer\ninner:\n${random.pick(OPERATIONS)}\nret\nouter:`);
  return `${lines.join("\n")}
    movzx r10d, byte [r9 + ${DATA}]
    lea r9d, [r9 + 1]
    movzx r9d, r9b
    lea rcx, [rcx - 1]
    jrcxz done
    ${random.pick(["jmp [rbx + r10 * 8]", "mov r13, [rbx + r10 * 8]\njmp r13"])}
    done: hlt`;
}

it(`random bytecode interpreters end as on the interpreter when their regions grow, ISG_SEED=${first}`, () => {
  let grown = 0;
  for (let n = 0; n < Math.ceil(count / 8); n += 1) {
    const random = new Random(first + n);
    const handlers = 3 + random.below(6);
    const spacing = random.pick([0x200, 0x5c0, 0x1020, 0x2fd8]);
    const code = Array.from({ length: handlers }, (_, i) => asm(handler(random), CODE + 64 + i * spacing));
    const bytecode = Uint8Array.from({ length: 256 }, () => random.below(random.chance(66) ? handlers : 2));
    const pair = new Pair(GROWING);
    pair.compiled.jit.observer = {
      compiled: ({ growth }) => {
        if (growth !== undefined) grown += 1;
      },
      refused: () => undefined,
      dropped: () => undefined,
    };
    pair.both((guest) => {
      guest.load(`jmp ${CODE + 64}`);
      guest.write(DATA, bytecode);
      code.forEach((bytes, i) => {
        const at = CODE + 64 + i * spacing;
        guest.write(at, bytes);
        guest.write(DATA + 0x2000 + 8 * i, Uint8Array.of(at, at >> 8, at >> 16, 0, 0, 0, 0, 0));
      });
      guest.setRegister(1, 10_000_000n);
      guest.setRegister(3, BigInt(DATA + 0x2000));
      guest.setRegister(7, BigInt(DATA + 0x4010));
    });
    for (let part = 0; part < 40; part += 1) {
      const budget = part === 0 ? 1_500_000 : 1 + random.below(part < 20 ? 40 : 20_000);
      const { wrong } = pair.run(budget);
      expect([...wrong, ...pair.compareMemory(DATA, 0x8000)], `ISG_SEED=${first + n}`).toEqual([]);
    }
  }
  if (fixed === undefined) expect(grown).toBeGreaterThan(0);
});
