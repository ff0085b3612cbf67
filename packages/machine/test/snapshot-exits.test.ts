import { describe, expect, it } from "vitest";
import type { VmExit } from "@isinglass/interface";
import { type BareMachine, type CodeMode, MiB, bare } from "../src/index.js";
import { CODE_AT, code, unfinishedModel } from "./support.js";

interface Case {
  readonly name: string;
  readonly text: string;
  readonly mode?: CodeMode;
  readonly cpu?: string;
  /** On every machine, restored ones too: what the host intercepts is no part of the state. */
  readonly set?: (machine: BareMachine) => void;
  /** What the host says to an exit. */
  readonly answer?: (machine: BareMachine, exit: VmExit) => void;
  readonly reason: VmExit["reason"];
}

const GONE = "0x80000000";
const value = (n: bigint) => (machine: BareMachine) => machine.vcpu.complete(n);
const pass = (machine: BareMachine): void => machine.vcpu.pass();
const nothing = (): void => undefined;

const CASES: readonly Case[] = [
  { name: "in", text: "in al, 0x60\n inc ebx\n hlt", answer: value(5n), reason: "io" },
  { name: "in, unanswered", text: "in al, 0x60\n inc ebx\n hlt", reason: "io" },
  { name: "out", text: "out 0x60, al\n inc ebx\n hlt", reason: "io" },
  { name: "out, passed", text: "out 0x60, al\n inc ebx\n hlt", answer: pass, reason: "io" },
  { name: "rep insb", text: "mov edi, 0x2000\n mov ecx, 3\n rep insb\n hlt", answer: value(9n), reason: "io" },
  { name: "rep outsb", text: "mov esi, 0x2000\n mov ecx, 3\n rep outsb\n hlt", reason: "io" },
  { name: "device read", text: `mov ebx, ${GONE}\n add eax, [rbx]\n hlt`, answer: value(77n), reason: "mmio" },
  { name: "device write", text: `mov ebx, ${GONE}\n mov [rbx], ebx\n inc ebx\n hlt`, reason: "mmio" },
  {
    name: "device to device",
    text: `mov esi, ${GONE}\n mov edi, 0x80001000\n movsd\n add dword [rsi], 3\n hlt`,
    answer: (machine, exit) => {
      if (exit.reason === "mmio" && exit.direction === "read") machine.vcpu.complete(0x1234n);
    },
    reason: "mmio",
  },
  {
    name: "read of eight bytes in two parts",
    text: `mov ebx, ${GONE}\n mov rax, [rbx]\n hlt`,
    answer: value(3n),
    reason: "mmio",
  },
  {
    name: "cpuid",
    text: "cpuid\n inc ebx\n hlt",
    set: ({ vcpu }) => (vcpu.controls.cpuid = true),
    answer: value(0x4_0000_0003_0000_0002_0000_0001n),
    reason: "cpuid",
  },
  {
    name: "cpuid, passed",
    text: "cpuid\n inc ebx\n hlt",
    set: ({ vcpu }) => (vcpu.controls.cpuid = true),
    answer: pass,
    reason: "cpuid",
  },
  {
    name: "rdmsr",
    text: "mov ecx, 0x1b\n rdmsr\n inc ebx\n hlt",
    set: ({ vcpu }) => vcpu.controls.interceptMsr(0x1b),
    answer: value(0x1234_5678_9abcn),
    reason: "rdmsr",
  },
  {
    name: "wrmsr",
    text: "mov ecx, 0x1b\n wrmsr\n inc ebx\n hlt",
    set: ({ vcpu }) => vcpu.controls.interceptMsr(0x1b),
    reason: "wrmsr",
  },
  {
    name: "wrmsr, passed",
    text: "mov ecx, 0xc0000103\n mov eax, 7\n wrmsr\n inc ebx\n hlt",
    set: ({ vcpu }) => vcpu.controls.interceptMsr(0xc0000103),
    answer: pass,
    reason: "wrmsr",
  },
  {
    name: "cr3 read",
    text: "mov rax, cr3\n inc ebx\n hlt",
    set: ({ vcpu }) => (vcpu.controls.cr3Store = true),
    answer: value(0x5000n),
    reason: "cr-access",
  },
  {
    name: "cr3 write",
    text: "xor eax, eax\n mov cr3, rax\n inc ebx\n hlt",
    set: ({ vcpu }) => (vcpu.controls.cr3Load = true),
    reason: "cr-access",
  },
  {
    name: "cr3 write, passed",
    text: "mov rax, cr3\n mov cr3, rax\n inc ebx\n hlt",
    set: ({ vcpu }) => (vcpu.controls.cr3Load = true),
    answer: pass,
    reason: "cr-access",
  },
  {
    name: "hypercall",
    text: "vmmcall\n inc ebx\n hlt",
    set: ({ vcpu }) => (vcpu.controls.hypercall = true),
    answer: value(11n),
    reason: "hypercall",
  },
  {
    name: "hlt, intercepted",
    text: "hlt\n inc ebx\n in al, 0x60",
    set: ({ vcpu }) => (vcpu.controls.hlt = true),
    reason: "hlt",
  },
  { name: "hlt", text: "inc ebx\n hlt", reason: "hlt" },
  {
    name: "exception, over again",
    text: "ud2\n hlt",
    set: ({ vcpu }) => (vcpu.controls.exceptionBitmap = 1 << 6),
    reason: "exception",
  },
  {
    name: "exception, passed",
    text: `mov dword [6 * 4], ${CODE_AT + 14}\n ud2\n hlt\n nop\n nop\n inc ebx\n hlt`,
    mode: 16,
    set: ({ vcpu }) => (vcpu.controls.exceptionBitmap = 1 << 6),
    answer: pass,
    reason: "exception",
  },
  {
    name: "interrupt window",
    text: "sti\n inc ebx\n nop\n hlt",
    set: ({ vcpu }) => (vcpu.controls.interruptWindow = true),
    answer: ({ vcpu }) => (vcpu.controls.interruptWindow = false),
    reason: "interrupt-window",
  },
  {
    name: "breakpoint",
    text: "inc ebx\n nop\n inc ebx\n hlt",
    set: ({ vm }) => vm.addBreakpoint(BigInt(CODE_AT + 2)),
    answer: ({ vm }) => vm.removeBreakpoint(BigInt(CODE_AT + 2)),
    reason: "breakpoint",
  },
  { name: "shutdown", text: "lidt [0x3000]\n ud2", reason: "shutdown" },
  {
    name: "not implemented",
    text: "inc ebx\n vmxoff",
    cpu: unfinishedModel(),
    reason: "not-implemented",
  },
  {
    name: "fetch from nowhere",
    text: `mov eax, ${GONE}\n push rax\n inc ebx\n jmp rax`,
    reason: "second-stage-fault",
  },
];

function make({ text, mode = 64, cpu, set = nothing }: Case): BareMachine {
  const machine = bare({ memory: MiB, ...(cpu === undefined ? {} : { cpu }) });
  machine.load(CODE_AT, code(text, mode));
  machine.enter({ mode, address: CODE_AT });
  set(machine);
  return machine;
}

function restored(of: BareMachine, like: Case): BareMachine {
  const machine = make(like);
  machine.vm.restore(of.vm.save());
  return machine;
}

/** Answers and runs until the machine has stopped or has left some times more. */
function goOn(machine: BareMachine, first: VmExit, { answer = nothing }: Case, answered: boolean): unknown[] {
  const seen: unknown[] = [];
  let exit = first;
  if (!answered) answer(machine, exit);
  const ask = exit.reason;
  for (let i = 0; i < 6; i += 1) {
    exit = machine.run(100);
    seen.push(exit, machine.vcpu.instructions);
    if (exit.reason === ask) answer(machine, exit);
  }
  return seen;
}

describe("a machine that was saved after an exit goes on as the one that was not", () => {
  it.each(CASES.map((c) => [c.name, c] as const))("%s", (_, c) => {
    const straight = make(c);
    const exit = straight.run(100);
    expect(exit.reason).toBe(c.reason);
    const before = restored(straight, c);
    expect(before.vm.stateHash()).toBe(straight.vm.stateHash());
    (c.answer ?? nothing)(straight, exit);
    const after = restored(straight, c);
    // Breakpoints and windows are the host's, it sets them on the restored machine too.
    if (c.reason === "breakpoint" || c.reason === "interrupt-window") (c.answer ?? nothing)(after, exit);
    expect(after.vm.stateHash()).toBe(straight.vm.stateHash());
    const expected = goOn(straight, exit, c, true);
    expect(goOn(before, exit, c, false)).toEqual(expected);
    expect(goOn(after, exit, c, true)).toEqual(expected);
    expect(before.vm.stateHash()).toBe(straight.vm.stateHash());
    expect(after.vm.stateHash()).toBe(straight.vm.stateHash());
  });
});
