import { Dma } from "@isinglass/mmu";
import { describe, expect, it } from "vitest";
import { EAGER_POLICY } from "../src/index.js";
import { CODE, DATA, Guest, type GuestOptions, STACK, asm, differences, entryAt } from "./support/guest.js";
import { HURRIED_POLICY } from "./support/pair.js";

const RCX = 1;
const RBX = 3;
const RSI = 6;
const NEXT_PAGE = CODE + 0x1000;
const PRESENT_WRITABLE = 3;

/** What a test does to a guest; it gives what the guest ended with. */
type Scenario = (guest: Guest) => void;

/** Executors that must agree: regions before the first execution, regions of loops, none, and no engine at all. */
const OTHERS: readonly GuestOptions[] = [{}, { executor: "reference" }];

/** Runs a scenario, which says what is right, everywhere, and compares all state and memory with the interpreter's. */
function everywhere(options: GuestOptions, scenario: Scenario): Guest {
  const guest = new Guest(options);
  scenario(guest);
  expect(guest.jit.stats.regions).toBeGreaterThan(0);
  for (const other of OTHERS) {
    const plain = new Guest(other);
    scenario(plain);
    expect(differences(guest.state(), plain.state())).toEqual([]);
    expect(differences(guest.memory(), plain.memory())).toEqual([]);
  }
  return guest;
}

/** Times that a loop runs: enough for it to be compiled, in which the changed code is not where it begins. */
const ROUNDS = 1200;

describe.each([
  ["compiled before their first execution", { policy: EAGER_POLICY }],
  ["compiled in their loops", { policy: HURRIED_POLICY }],
] as const)("regions %s", (_, options) => {
  it("run an instruction of their own page as the guest has just written it", () => {
    const guest = everywhere(options, (g) => {
      g.load(`
        mov ecx, ${ROUNDS}
        xor ebx, ebx
      again:
      patched: mov eax, 1
        add ebx, eax
        cmp ecx, 100
        jne skip
        mov dword [rel patched + 1], 1000
      skip:
        dec ecx
        jnz again
        hlt`);
      expect(g.run()).toBe("halt");
      // 1101 rounds with ECX from 1200 down to 100 add 1, 99 add 1000.
      expect(g.register(RBX)).toBe(1101n + 99n * 1000n);
      expect(g.left).toBe(1_000_000 - (2 + ROUNDS * 6 + 1 + 1));
    });
    expect(guest.jit.stats.dropped).toBeGreaterThan(0);
  });

  /**
   * Each 256th round what is stored goes over the instruction after the store, else to where there is no code: the loop is compiled,
   * store and patched instruction in one block, before it happens.
   */
  const AIM = `
        mov r8d, ecx
        shr r8d, 8
        lea rsi, [rel patched + 1]
        mov edi, ${DATA}
        test cl, cl
        cmovz rdi, rsi`;

  it.each([
    ["a store", `${AIM}\nmov [rdi], r8b`],
    ["a read-modify-write", `${AIM}\nadd [rdi], r8b`],
    ["an exchange", `${AIM}\nxchg [rdi], r8b`],
    ["a vector store", `${AIM}\nshl r8d, 8\nor r8d, 0x909000b0\nmovd xmm0, r8d\nmovd [rdi - 1], xmm0`],
    ["a push", `${AIM}\nshl r8, 8\nmov rax, 0x90909090909000b0\nor r8, rax\nlea rsp, [rdi + 7]\npush r8`],
  ])("are left at the next instruction when %s overwrites it", (kind, store) => {
    everywhere(options, (g) => {
      const size = kind === "a push" ? 6 : kind === "a vector store" ? 2 : 0;
      g.load(`
        mov ecx, ${ROUNDS}
        xor ebx, ebx
      again:${store}
      patched: mov al, 0
        ${"nop\n".repeat(size)}
        movzx eax, al
        add ebx, eax
        dec ecx
        jnz again
        hlt`);
      g.setRegister(4, BigInt(STACK));
      expect(g.run()).toBe("halt");
      // The instruction becomes MOV AL, n at ECX = 256 * n, n from 4 down to 1: 256 rounds each, and with ADD what was there counts too.
      const steps = kind === "a read-modify-write" ? [4, 4 + 3, 4 + 3 + 2, 4 + 3 + 2 + 1] : [4, 3, 2, 1];
      expect(g.register(RBX)).toBe(BigInt(256 * steps.reduce((sum, n) => sum + n)));
    });
  });

  it("see what their loop writes to a function on another page that they call", () => {
    everywhere(options, (g) => {
      g.load(`
        mov ecx, ${ROUNDS}
        xor ebx, ebx
      again:
        test ecx, 255
        jnz over
        mov dword [${NEXT_PAGE + 1}], ecx
      over:
        call ${NEXT_PAGE}
        add ebx, eax
        dec ecx
        jnz again
        hlt`).load("mov eax, 0\nret", NEXT_PAGE);
      expect(g.run()).toBe("halt");
      expect(g.register(RBX)).toBe(256n * (1024n + 768n + 512n + 256n));
    });
  });

  it("see a write through a second mapping of their page", () => {
    const alias = 0x80000;
    everywhere(options, (g) => {
      g.load(`
        mov ecx, ${ROUNDS}
        xor ebx, ebx
        xor esi, esi
      again:
        test ecx, 255
        jnz patched
        inc esi
        mov byte [${alias} + patched - ${CODE} + 1], sil
      patched: mov al, 0
        movzx eax, al
        add ebx, eax
        dec ecx
        jnz again
        hlt`);
      g.map(alias, CODE);
      expect(g.run()).toBe("halt");
      // The byte becomes 1 to 4 at ECX = 1024, 768, 512 and 256, for 256 rounds each.
      expect(g.register(RBX)).toBe(256n * (1n + 2n + 3n + 4n));
      expect(g.register(RSI)).toBe(4n);
    });
  });

  it("are dropped when a device writes to their page, between runs", () => {
    const guest = everywhere(options, (g) => {
      g.load(`
        xor ebx, ebx
        mov ecx, 1000000
      again:
        mov eax, 1
        add ebx, eax
        dec ecx
        jnz again
        hlt`);
      // XOR 2, MOV 5, then rounds of MOV 5, ADD 2, DEC 2, JNZ 2 bytes.
      const immediate = CODE + 2 + 5 + 1;
      expect(g.run(2 + 4 * 300)).toBe("fuel");
      expect(g.register(RBX)).toBe(300n);
      new Dma(g.physical).write(0, immediate, Uint8Array.of(10));
      expect(g.run(4 * 200)).toBe("fuel");
      expect(g.register(RBX)).toBe(300n + 2000n);
      // As a debugger does, or the machine's API.
      g.write(immediate, Uint8Array.of(3));
      expect(g.run(4 * 100)).toBe("fuel");
      expect(g.register(RBX)).toBe(2300n + 300n);
      expect(g.register(RCX)).toBe(1_000_000n - 600n);
      expect(g.pc).toBe(CODE + 7);
    });
    expect(guest.jit.stats.dropped).toBeGreaterThanOrEqual(2);
  });

  it("see what a device writes from inside an instruction of their loop", () => {
    everywhere({ ...options }, (g) => {
      g.load(`
        xor ebx, ebx
        mov ecx, ${ROUNDS}
      again:
        mov eax, 1
        add ebx, eax
        test ecx, 255
        jnz over
        out 0x80, al
      over:
        dec ecx
        jnz again
        hlt`);
      // The device doubles the number in MOV EAX.
      g.onOut = () => void g.write(CODE + 8, Uint8Array.of(g.peek(CODE + 8) * 2));
      expect(g.run()).toBe("halt");
      // ECX is 1200 to 1024: 177 rounds of 1; 256 each of 2, 4 and 8; the rest, 255, of 16.
      expect(g.register(RBX)).toBe(177n + 256n * (2n + 4n + 8n) + 16n * 255n);
    });
  });

  it("see a write to what they hold and nobody has executed yet", () => {
    everywhere(options, (g) => {
      const cold = 190;
      g.load(`
      again:
        dec ecx
        test ecx, 255
        jnz over
        ${"add ebx, 1\n".repeat(cold)}
      over:
        test ecx, ecx
        jnz again
        hlt`);
      g.setRegister(RCX, 500n);
      // 499 down to 256 and no further: no round has gone through the additions.
      expect(g.run(243 * 5)).toBe("fuel");
      expect(g.register(RBX)).toBe(0n);
      // The 120th is beyond what is decoded at once, in a piece of 128 bytes with nothing that has been executed. DEC 2, TEST 6, JNZ 6
      // bytes, ADD 3 each, its immediate last.
      g.write(CODE + 2 + 6 + 6 + 3 * 120 - 1, Uint8Array.of(51));
      expect(g.run()).toBe("halt");
      expect(g.register(RBX)).toBe(2n * (BigInt(cold) + 50n));
    });
  });

  /** A loop that goes over to the next page and back: ADD on this page, ADD on the next. */
  const onTwoPages = (first: number, second: number): Uint8Array => {
    const start = NEXT_PAGE - 32;
    return asm(
      `again:
        add ebx, ${first}
        jmp over
        align 32
      over:
        add ebx, ${second}
        dec ecx
        jnz again
        hlt`,
      start,
    );
  };
  const START = NEXT_PAGE - 32;

  it("on two pages are dropped when the second is written", () => {
    const guest = everywhere(options, (g) => {
      g.write(START, onTwoPages(1, 100));
      g.setRegister(RCX, 1000n);
      g.setPc(START);
      expect(g.run(5 * 400)).toBe("fuel");
      expect(g.register(RBX)).toBe(400n * 101n);
      g.write(NEXT_PAGE + 2, Uint8Array.of(7));
      expect(g.run(5 * 100)).toBe("fuel");
      expect(g.register(RBX)).toBe(400n * 101n + 100n * 8n);
    });
    expect(guest.jit.stats.dropped).toBeGreaterThan(0);
  });

  it("on two pages are dropped when the guest writes to the second, and it is another region's first", () => {
    everywhere(options, (g) => {
      g.write(START, onTwoPages(1, 100));
      g.load(`
        mov ecx, 400
        call ${START}
        hlt`);
      const program = asm(
        `
        mov esi, 4
      round:
        mov ecx, 300
        mov byte [${NEXT_PAGE + 2}], sil
        jmp ${START}`,
        CODE,
      );
      g.write(CODE, program);
      const back = asm(`dec esi\njnz ${CODE + 5}\nhlt`, NEXT_PAGE + 7);
      g.write(NEXT_PAGE + 7, back);
      expect(g.run()).toBe("halt");
      expect(g.register(RBX)).toBe(300n * (1n + 4n) + 300n * (1n + 3n) + 300n * (1n + 2n) + 300n * (1n + 1n));
    });
  });

  const other = 0x81000;

  it("on two pages do not run the old second page when that is mapped elsewhere", () => {
    everywhere(options, (g) => {
      g.write(START, onTwoPages(1, 100));
      g.write(other, onTwoPages(1, 9).subarray(32));
      g.setRegister(RCX, 1000n);
      g.setPc(START);
      expect(g.run(5 * 400)).toBe("fuel");
      g.map(NEXT_PAGE, other);
      expect(g.run(5 * 100)).toBe("fuel");
      expect(g.register(RBX)).toBe(400n * 101n + 100n * 10n);
      g.map(NEXT_PAGE, NEXT_PAGE);
      expect(g.run(5 * 100)).toBe("fuel");
      expect(g.register(RBX)).toBe(400n * 101n + 100n * 10n + 100n * 101n);
    });
  });

  it.each(["invlpg", "cr3"])("see a mapping that the guest changes and flushes in their loop, with %s", (how) => {
    const flush = how === "invlpg" ? `invlpg [${NEXT_PAGE}]` : "mov rax, cr3\nmov cr3, rax";
    const instructions = how === "invlpg" ? 1 : 2;
    everywhere(options, (g) => {
      g.load(`
        mov ecx, ${ROUNDS}
        mov rdi, ${entryAt(NEXT_PAGE)}
      again:
        jmp ${NEXT_PAGE}
      back:
        test ecx, 255
        jnz over
        xor qword [rdi], ${NEXT_PAGE ^ other}
        ${flush}
      over:
        dec ecx
        jnz again
        hlt`);
      const at = CODE + asm(`mov ecx, 1\nmov rdi, ${entryAt(NEXT_PAGE)}\njmp ${NEXT_PAGE}`, CODE).length;
      g.load(`add ebx, 1\njmp ${at}`, NEXT_PAGE);
      g.write(other, asm(`add ebx, 1000\njmp ${at}`, NEXT_PAGE));
      g.window(entryAt(NEXT_PAGE), 1)[0] = PRESENT_WRITABLE;
      expect(g.run()).toBe("halt");
      // Turned over in the rounds 1024, 768, 512 and 256: 177 rounds of 1, then 256 of 1000, of 1, of 1000, and 255 of 1.
      const turns = 4;
      expect(g.register(RBX)).toBe(177n + 256n * (1000n + 1n + 1000n) + 255n);
      expect(g.left).toBe(1_000_000 - (2 + ROUNDS * 7 + turns * (1 + instructions) + 1));
    });
  });

  it("do not outlive their page: what is loaded there next is what runs", () => {
    everywhere(options, (g) => {
      const program = (n: number): string => `
        mov ecx, ${ROUNDS}
        xor ebx, ebx
      again:
        add ebx, ${n}
        dec ecx
        jnz again
        hlt`;
      for (const n of [1, 2, 3]) {
        g.load(program(n));
        g.setPc(CODE);
        expect(g.run()).toBe("halt");
        expect(g.register(RBX)).toBe(BigInt(n * ROUNDS));
      }
    });
  });
});
