import { ASSIST_NAMES, MODE_LONG, S, X86Isa } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, RegionLog, shapeOfCode, viewRegion } from "../src/index.js";
import { CODE, DATA, type Guest, STACK, asm, entryAt } from "./support/guest.js";
import { HURRIED_POLICY, Pair } from "./support/pair.js";

const RAX = 0;
const RCX = 1;
const RSP = 4;
const EFER = 0xc000_0080;

/** A pair that runs a loop of RCX rounds; and how often its regions were entered. */
function loop(
  text: string,
  rounds: bigint,
  prepare: (guest: Guest) => void = () => undefined,
): ReturnType<Pair["run"]> & { readonly pair: Pair; readonly entries: number; readonly executed: number } {
  const pair = new Pair(HURRIED_POLICY);
  const log = new RegionLog(pair.compiled.jit);
  pair.both((guest) => {
    guest.load(text);
    guest.setRegister(RCX, rounds);
    prepare(guest);
  });
  const result = pair.run(1_000_000);
  log.refresh(pair.compiled.interpreter.code);
  const entries = log.records.reduce((sum, each) => sum + each.use.entries, 0);
  const executed = log.records.reduce((sum, each) => sum + each.use.executed, 0);
  return { pair, ...result, entries, executed };
}

describe("an assist within a region", () => {
  it.each([
    ["RDTSC", "rdtsc\n add rbx, rax"],
    ["POPF", "pushfq\n or dword [rsp], 0x41\n popfq\n adc rbx, 3"],
    ["a segment load", "push fs\n xor eax, eax\n mov fs, ax\n pop fs\n inc rbx"],
    ["SWAPGS", "swapgs\n add rbx, [gs:r8]"],
    ["IN and OUT", "in al, 0x60\n add ebx, eax\n out 0x61, al\n in ax, dx\n add ebx, eax"],
    ["STI and CLI", "sti\n inc rbx\n cli\n lahf"],
    ["RDMSR", "mov rdi, rcx\n mov ecx, 0x10\n rdmsr\n mov rcx, rdi\n add rbx, rax"],
    [
      "instructions around that use what is in locals",
      "add rbx, rcx\n str ax\n adc rbx, rax\n xor r9, rbx\n smsw r10\n rol r9, 3",
    ],
  ])("lets it go on: %s", (_, text) => {
    const { outcome, wrong, entries, executed } = loop(`l: ${text}\n dec ecx\n jnz l\n hlt`, 5000n, (guest) => {
      guest.setRegister(8, BigInt(DATA));
      guest.poke64(DATA, 77n);
    });
    expect({ outcome, wrong }).toEqual({ outcome: "halt", wrong: [] });
    // Entered at most for each slice that the interpreter began with, not for each round.
    expect(entries).toBeLessThan(50);
    expect(executed).toBeGreaterThan(10_000);
  });

  it("ends it where the instruction faults, which has not happened", () => {
    const { pair, outcome, wrong } = loop(
      "l: add rbx, 1\n sub rax, 1\n mov rdx, rax\n shr rdx, 32\n mov fs, dx\n inc r9\n dec ecx\n jnz l\n hlt",
      5000n,
      (guest) => guest.setRegister(RAX, 0x1_0000_0000n * 0x30n + 3000n),
    );
    // A selector of the GDT, which is empty: #GP (SDM vol. 2B, MOV).
    expect({ outcome, wrong }).toEqual({ outcome: 13, wrong: [] });
    expect(pair.compiled.left).toBe(pair.interpreted.left);
    expect(pair.compiled.register(9)).toBe(pair.compiled.register(3) - 1n);
  });

  it("goes where the assist went, with what that changed", () => {
    const { outcome, wrong } = loop("l: mov rax, cr3\n mov cr3, rax\n inc rbx\n dec ecx\n jnz l\n hlt", 5000n);
    expect({ outcome, wrong }).toEqual({ outcome: "halt", wrong: [] });
  });

  it("looks a page up again after a write to EFER", () => {
    // In the last round the page of the code is made not executable; that is seen when NXE, which is set then, flushes the TLB.
    const { pair, outcome, wrong } = loop(
      `l: mov rdi, rcx\n mov ecx, ${EFER}\n rdmsr\n cmp edi, 1\n jne s\n or eax, 0x800\n mov dword [r11+4], 0x80000000\ns: wrmsr\n` +
        " mov rcx, rdi\n dec ecx\n jnz l\n hlt",
      1000n,
      (guest) => guest.setRegister(11, BigInt(entryAt(CODE))),
    );
    expect({ outcome, wrong }).toEqual({ outcome: 14, wrong: [] });
    // WRMSR is the last instruction that was executed.
    expect(pair.compiled.register(RCX)).toBe(BigInt(EFER));
    expect(pair.compiled.cpu.get32(S.efer) & 0x800).toBe(0x800);
  });

  it("can be looked at", () => {
    const shape = shapeOfCode(
      new X86Isa(),
      asm("mov eax, 1\n cpuid\n in al, 0x80\n hlt"),
      MODE_LONG,
      0,
      DEFAULT_POLICY,
    )!;
    const { blocks } = viewRegion(new X86Isa(), shape, { assistName: (id) => ASSIST_NAMES[id] });
    const [, cpuid, port] = blocks[0]!.instructions.map(({ after }) => after.join("; "));
    expect(cpuid).toContain("assist cpuid 0 0");
    expect(port).toMatch(/assist first in 128 1;.*; leave if the assist asked for it/);
  });

  it("ends it after the instruction where something waits", () => {
    let outs = 0;
    const pair = new Pair(HURRIED_POLICY);
    for (const guest of [pair.compiled, pair.interpreted]) {
      guest.load("l: xor eax, eax\n in al, 0x60\n movzx ebx, al\n add r9, rbx\n out 0x61, al\n dec ecx\n jnz l\n hlt");
      guest.setRegister(RCX, 4000n);
      guest.hasEvent = () => (outs += 1) % 7 === 0;
    }
    for (const guest of [pair.compiled, pair.interpreted]) {
      outs = 0;
      let left = 100_000;
      while (guest.run(left) === "fuel") left = guest.left;
    }
    expect(pair.compareStates()).toEqual([]);
    expect(pair.compiled.register(9)).toBe(4000n * 0x5an);
  });

  it("may have made memory read-only that a loop before it wrote", () => {
    const pair = new Pair(HURRIED_POLICY);
    for (const guest of [pair.compiled, pair.interpreted]) {
      let outs = 0;
      guest.load(
        // A loop of its own behind OUT, in the loop of both.
        "o: mov edx, 10\ni: add qword [rbx+8], 1\n add qword [rbx+16], 2\n dec edx\n jnz i\n out 0x61, al\n mov edx, 10\n" +
          "k: add qword [rbx+8], 1\n add qword [rbx+16], 2\n dec edx\n jnz k\n dec r9d\n jnz o\n hlt",
      );
      guest.setRegister(9, 1000n);
      guest.setRegister(3, BigInt(DATA));
      guest.onOut = () => {
        outs += 1;
        if (outs === 900) guest.protect(DATA);
      };
    }
    expect(pair.run(1_000_000)).toEqual({ outcome: "halt", wrong: [] });
    expect([pair.compiled.peek64(DATA + 8), pair.compiled.peek64(DATA + 16)]).toEqual([17_990n, 35_980n]);
    expect(pair.compareMemory(DATA, 32)).toEqual([]);
  });

  it("ends it where the assist has written its code", () => {
    // ENTER pushes RBP, whose bytes are instructions, over the immediate of the ADD after it.
    const text =
      "l: cmp ecx, 500\n cmove rsp, r8\n mov rbp, r12\n enter 0, 0\nx: add rbx, 1\n nop\n nop\n nop\n nop\n mov rsp, r10\n dec ecx\n jnz l\n hlt";
    const pair = new Pair(HURRIED_POLICY);
    const at = CODE + 6 + 4 + 3 + 4;
    pair.both((guest) => {
      guest.load(text);
      guest.setRegister(RCX, 3000n);
      guest.setRegister(RSP, BigInt(STACK));
      guest.setRegister(10, BigInt(STACK));
      // add rbx, 7; nop; nop; nop; nop
      guest.setRegister(12, 0x90909090_07c38348n);
      guest.setRegister(8, BigInt(at + 8));
    });
    pair.both((guest) => expect([...guest.window(at, 4)]).toEqual([0x48, 0x83, 0xc3, 1]));
    expect(pair.run(1_000_000)).toEqual({ outcome: "halt", wrong: [] });
    expect(pair.compiled.register(3)).toBeGreaterThan(3000n);
  });
});
