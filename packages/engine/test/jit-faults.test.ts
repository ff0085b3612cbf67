import { S, X86Isa } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { type Encoding, accessesMemory, everyEncoding, fallsThrough } from "./support/encodings.js";
import { CODE, type Guest, STACK, asm } from "./support/guest.js";
import { Pair } from "./support/pair.js";

const PAGE = 4096;
const PAGE_FAULT = 14;
/** Pages: writable, not present, writable, read-only, writable. So an operand meets each kind of border from both sides. */
const WINDOW = 0x40000;
const NOT_PRESENT = WINDOW + PAGE;
const READ_ONLY = WINDOW + 3 * PAGE;
const WINDOW_BYTES = 5 * PAGE;
const BORDERS = [1, 2, 3, 4].map((n) => WINDOW + n * PAGE);
/** Where pointers lie that are not the one being tried. */
const HARMLESS = WINDOW + 0x800;

/** Bytes of an operand by its name; x87 environments, x87 and SSE images have none. */
const BYTES: Readonly<Record<string, number>> = {
  BYTE: 1,
  WORD: 2,
  DWORD: 4,
  FWORD: 6,
  QWORD: 8,
  TBYTE: 10,
  XMMWORD: 16,
};
const upTo = (length: number): number[] => Array.from({ length: length + 1 }, (_, k) => k);
/** The stack pointer lies above what is pushed and below what is popped. */
const BELOW_STACK = upTo(16).map((k) => k - 8);
const IMAGES = [...upTo(8), 16, 27, 28, 50, 94, 107, 108, 256, 511, 512];

/** How far below a border an operand is to begin: none of its bytes above, each in turn, all of them. */
function distances({ text }: Encoding): readonly number[] {
  const bytes = BYTES[/([A-Z]+) PTR/.exec(text)?.[1] ?? ""];
  return bytes === undefined ? IMAGES : upTo(bytes);
}

const RBX = 3;
const RSP = 4;
const POINTERS = [RBX, RSP, 5, 6, 7];

/** Changes general registers, a vector register and the flags before the instruction that may fault; all is in one region. */
const BEFORE = `
  mov ecx, 2
  add edx, 0x7ff12345
  paddb xmm0, xmm1
  sub eax, 0x1b`;

function prepare(guest: Guest): void {
  guest.map(NOT_PRESENT, -1);
  guest.map(READ_ONLY, READ_ONLY, false);
  for (const pointer of POINTERS) guest.setRegister(pointer, BigInt(HARMLESS));
  guest.setRegister(RSP, BigInt(STACK));
  guest.setRegister(0, 0x20n);
  const { cpu } = guest;
  for (let i = 0; i < 64; i += 1) cpu.set32(S.vector + 4 * i, Math.imul(i + 1, 0x9e3779b1));
}

/** One encoding, tried with each pointer that it uses at each border. */
class Trial {
  readonly pair: Pair;
  readonly wrong: string[] = [];
  readonly cr2 = new Set<number>();
  faults = 0;
  runs = 0;
  readonly #start: readonly Uint8Array[];
  readonly #image: Uint8Array;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;

  readonly #isa: X86Isa;

  constructor(isa: X86Isa, mode: 32 | 64) {
    this.#isa = isa;
    this.pair = new Pair(EAGER_POLICY, { mode });
    this.pair.both(prepare);
    const guests = [this.pair.compiled, this.pair.interpreted];
    this.#start = guests.map((guest) => guest.saveState());
    this.#image = Uint8Array.from({ length: WINDOW_BYTES }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    this.#before = asm(BEFORE, CODE, mode);
    this.#after = asm("add edx, 1\nhlt", CODE, mode);
  }

  try(encoding: Encoding): number {
    const program = Uint8Array.of(...this.#before, ...encoding.bytes, ...this.#after);
    this.pair.both((guest) => void guest.write(CODE, program));
    const { faults } = this;
    for (const pointer of POINTERS) {
      this.#run(encoding, pointer, NOT_PRESENT + 0x800);
      if (this.faults === faults && pointer !== RSP) continue;
      for (const border of BORDERS)
        for (const below of pointer === RSP ? BELOW_STACK : distances(encoding))
          this.#run(encoding, pointer, border - below);
    }
    return this.faults - faults;
  }

  #run(encoding: Encoding, pointer: number, address: number): void {
    const { pair } = this;
    [pair.compiled, pair.interpreted].forEach((guest, i) => {
      guest.restoreState(this.#start[i]!);
      guest.setRegister(pointer, BigInt(address));
      guest.window(WINDOW, WINDOW_BYTES).set(this.#image);
    });
    // A return takes whatever it finds for an address: it is not followed.
    const goesOn = fallsThrough(this.#isa, encoding.form);
    const { outcome, wrong } = pair.run(goesOn ? 40 : 5);
    this.runs += 1;
    const all = [...wrong, ...pair.compareMemory(WINDOW, WINDOW_BYTES)];
    if (outcome === PAGE_FAULT) {
      this.faults += 1;
      if (goesOn) all.push(...this.#judge());
    }
    if (all.length > 0 && this.wrong.length < 20)
      this.wrong.push(`${encoding.text}, register ${pointer} = 0x${address.toString(16)}: ${all.join("; ")}`);
  }

  /** What any page fault here must look like: SDM vol. 3A, 4.7. */
  #judge(): string[] {
    const { cpu, left } = this.pair.compiled;
    const address = Number(cpu.getBig(S.faultAddress));
    const error = cpu.get32(S.faultError);
    const page = address & -PAGE;
    this.cr2.add(address);
    if (page === NOT_PRESENT && (error === 0 || error === 2) && left >= 34) return [];
    if (page === READ_ONLY && error === 3 && left >= 34) return [];
    return [`#PF at 0x${address.toString(16)} with error code ${error}, ${left} left`];
  }
}

describe.each([64, 32] as const)("a page fault in a region of %i-bit code", (mode) => {
  it("leaves what the interpreter leaves, whichever byte of whichever instruction's operand it hits", () => {
    const isa = new X86Isa();
    const trial = new Trial(isa, mode);
    const { cpu, jit } = trial.pair.compiled;
    // Vector registers know no difference between the two: once is enough.
    const encodings = everyEncoding(isa, mode, cpu.get32(S.mode)).filter(
      ({ form, text }) => accessesMemory(isa, form) && !/[er]ip/.test(text) && (mode === 64 || !/mm/.test(text)),
    );
    let faulting = 0;
    const without: string[] = [];
    const uncompiled: string[] = [];
    for (const encoding of encodings) {
      const had = jit.stats.instructions;
      const faults = trial.try(encoding);
      // The four instructions before it are in a region, whether it is or not.
      if (jit.stats.instructions - had < 4) uncompiled.push(encoding.text);
      if (faults > 0) faulting += 1;
      else if (encoding.hasMemory) without.push(encoding.text);
    }
    expect(trial.wrong).toEqual([]);
    expect(uncompiled).toEqual([]);
    // Of those with an operand in memory, only what does not access it cannot fault: LEA, NOP, PREFETCH.
    expect(without.filter((text) => !/^(lea|nop|prefetch|data16|rep|bnd|notrack|cs|ds)/.test(text))).toEqual([]);
    expect(faulting).toBeGreaterThan(mode === 64 ? 700 : 300);
    expect(trial.cr2.size).toBeGreaterThan(40);
  }, 240_000);
});
