import { S, X86Isa } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { type Encoding, everyEncoding, fallsThrough } from "./support/encodings.js";
import { CODE, DATA, type Guest, READ_ONLY } from "./support/guest.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";
import { POINTERS, Random, randomProgram } from "./support/random-program.js";

/** `ISG_SEED` repeats one program; `ISG_FUZZ` is the number of programs of each kind. */
const programs = Number(process.env["ISG_FUZZ"] ?? 60);
const fixed = process.env["ISG_SEED"];
const first = fixed === undefined ? Date.now() % 1_000_000_000 : Number(fixed);
const count = fixed === undefined ? programs : 1;

/** Where pointers lie: pages from here on. The last is read-only, what follows READ_ONLY is not. */
const WINDOW = DATA;
const WINDOW_BYTES = READ_ONLY + 2 * 4096 - DATA;
const NOISE = Uint8Array.from({ length: WINDOW_BYTES }, (_, i) => Math.imul(i + 7, 0x85ebca6b) >>> 24);

function fill(guest: Guest, random: Random, mode: 32 | 64): void {
  guest.window(WINDOW, WINDOW_BYTES).set(NOISE);
  const { cpu } = guest;
  for (let register = 0; register < (mode === 64 ? 16 : 8); register += 1) {
    const small = BigInt(random.below(40));
    const any = (BigInt(random.next()) << 32n) | BigInt(random.next());
    const value = random.chance(40) ? small : mode === 64 ? any : any & 0xffffffffn;
    // At the borders of pages as often as not: displacements reach over them.
    const place = random.chance(50) ? 0x1000 * (1 + random.below(8)) - random.below(300) : 0x400 + random.below(0x8000);
    guest.setRegister(register, POINTERS.includes(register) ? BigInt(WINDOW + place) : value);
  }
  if (random.chance(85)) guest.setRegister(4, BigInt(WINDOW + 0x4000 + 8 * random.below(0x200)));
  for (let at = 0; at < 16 * 64; at += 4) cpu.set32(S.vector + at, random.next());
  // Numbers that floating-point arithmetic stays normal with.
  for (let i = 0; i < 16; i += 2) cpu.set32(S.vector + 64 * i + 4, 0x40000000 + random.below(0x100000));
  cpu.set64(S.ccB, random.next() & 0x8d5, 0);
}

/** Forms for a program, few so that they meet: mostly integer instructions, half of them frequent ones. */
function choose(random: Random, encodings: readonly Encoding[]): Encoding[] {
  const integer = encodings.filter(({ text }) => !/mm|^f/.test(text));
  const frequent = integer.filter(({ text }) =>
    /^(mov|add|sub|and|or|xor|cmp|test|inc|dec|sh[lr]|lea|imul|adc|sbb) ?/.test(text),
  );
  return Array.from({ length: 10 }, () =>
    random.pick(random.chance(40) ? frequent : random.chance(50) ? integer : encodings),
  );
}

describe.each([64, 32] as const)("random programs of %i-bit code", (mode) => {
  const isa = new X86Isa();
  let encodings: Encoding[] | undefined;

  it.each([
    ["compiled before their first execution", EAGER_POLICY, [1, 1, 2, 3, 5, 40, 400]],
    ["compiled in their loops", HURRIED_POLICY, [150, 1, 700, 3, 4000]],
  ] as const)(`end as on the interpreter, %s, ISG_SEED=${first}`, (_, policy, budgets) => {
    const pair = new Pair(policy, { mode });
    encodings ??= everyEncoding(isa, mode, pair.compiled.cpu.get32(S.mode)).filter(({ form }) =>
      fallsThrough(isa, form),
    );
    const starts = [pair.compiled, pair.interpreted].map((guest) => guest.saveState());
    let executed = 0;
    for (let seed = first; seed < first + count; seed += 1) {
      const random = new Random(seed);
      // Now and then the program lies on two pages.
      const at = random.chance(30) ? CODE + 0xfff - random.below(60) : CODE + random.below(64);
      const some = choose(random, encodings);
      const { bytes, text } = randomProgram(random, { encodings: some, mode, at });
      const filling = random.next();
      [pair.compiled, pair.interpreted].forEach((guest, i) => {
        guest.restoreState(starts[i]!);
        fill(guest, new Random(filling), mode);
        guest.write(at, bytes);
        guest.setPc(at);
      });
      for (const budget of budgets) {
        const { outcome, wrong } = pair.run(budget);
        const all = [...wrong, ...pair.compareMemory(WINDOW, WINDOW_BYTES)];
        expect(all, `ISG_SEED=${seed}, after a run of ${budget}\n${text}`).toEqual([]);
        executed += budget - pair.interpreted.left;
        if (outcome !== "fuel") break;
      }
    }
    console.log(
      `${executed} instructions, ${pair.compiled.jit.stats.regions} regions, seeds ${first} to ${first + count - 1}`,
    );
    if (fixed === undefined) expect(pair.compiled.jit.stats.regions).toBeGreaterThan(count / 10);
  });
});
