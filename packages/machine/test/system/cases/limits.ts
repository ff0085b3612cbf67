import { ring3 } from "./exceptions-32.js";
import type { Case } from "../support/program.js";

/** Bytes that the small stack has, from DATA on. */
const RIGHTS = "[gdt_start + SMALL + 5]";
const restore = `mov byte ${RIGHTS}, 0x93`;

/** On in an outer ring, whose stack is the segment SMALL: 1000H bytes from DATA on. */
const onSmall = (ring: 1 | 3, esp: string): string => `
  mov byte ${RIGHTS}, ${ring === 3 ? 0xf3 : 0xb3}
  push dword SMALL + ${ring}
  push dword ${esp}
  push dword 2
  push dword ${ring === 3 ? "UCODE32 + 3" : "CODE1 + 1"}
  push dword .s
  iretd
.s:
  mov eax, UDATA + 3
  mov ds, eax
`;

const small = (name: string, ring: 1 | 3, esp: string, code: string, before = "", after = ""): Case => ({
  name: `ring ${ring}, ESP ${esp}: ${name}`,
  code: `${before}${onSmall(ring, esp)}${code}`,
  after: `${restore}\n${after}`,
});

const FAR_CALL = "db 0x9a\ndd .x\ndw UCODE32 + 3\n.x:\nmov ecx, esp";
const toRing1 = (vector: number): string => `mov word [idt_start + ${vector * 8 + 2}], CODE1\n`;
const fromRing1 = (vector: number): string => `mov word [idt_start + ${vector * 8 + 2}], CODE32\n`;

/** The stack of ring 1 is the segment SMALL; what is said of ring 0 stays, so that the fault itself can be handled. */
const inner = (name: string, esp: string, code: string, vector: number): Case => ({
  name: `stack of ring 1 at ${esp}: ${name}`,
  code: `mov byte ${RIGHTS}, 0xb3\nmov dword [tss + 12], ${esp}\nmov word [tss + 16], SMALL + 1\n${toRing1(vector)}${ring3()}${code}`,
  after: `${restore}\nmov dword [tss + 12], STACK1\nmov word [tss + 16], DATA1 + 1\n${fromRing1(vector)}`,
});

const gate = (name: string, esp: string, gateName: string): Case => ({
  name: `stack of ring 1 at ${esp}: ${name}`,
  code: `mov byte ${RIGHTS}, 0xb3\nmov dword [tss + 12], ${esp}\nmov word [tss + 16], SMALL + 1\nmov word [gdt_start + ${gateName} + 2], CODE1\n${ring3()}push dword 5\npush dword 6\ndb 0x9a\ndd 0\ndw ${gateName}`,
  after: `${restore}\nmov dword [tss + 12], STACK1\nmov word [tss + 16], DATA1 + 1\nmov word [gdt_start + ${gateName} + 2], CODE32`,
});

/** A task-state segment that ends behind the stack of ring 0: that of ring 1 is not there. */
const shortTss = (name: string, code: string, vector: number): Case => ({
  name: `stack of ring 1 beyond the TSS: ${name}`,
  code: `mov word [gdt_start + TSS], 11\nmov byte [gdt_start + TSS + 5], 0x89\nltr [tss_selector]\n${toRing1(vector)}${ring3()}${code}`,
  after: `mov word [gdt_start + TSS], 0x88 + 32\nmov byte [gdt_start + TSS + 5], 0x89\nltr [tss_selector]\n${fromRing1(vector)}`,
});

/** A 16-bit task-state segment over the other one: SP and SS of ring 0 where that has parts of them. */
const NARROW_TSS =
  "mov word [tss + 2], 0x7000\nmov word [tss + 4], DATA0\nmov byte [gdt_start + TSS + 5], 0x81\nltr [tss_selector]\n";
const WIDE_TSS =
  "mov dword [tss], 0\nmov dword [tss + 4], KSTACK\nmov byte [gdt_start + TSS + 5], 0x89\nltr [tss_selector]";

/**
 * What transfers push and pop is held against the stack's limit as what PUSH and POP do (SDM vol. 3A, 5.3 and table 6-8; vol. 2, CALL, RET, IRET, INT n,
 * ENTER): #SS(0), and #SS(selector) where the stack is a new one.
 */
export const LIMITS_32: readonly Case[] = [
  small("near call", 3, "0x1008", "call .x\n.x:"),
  small("far call", 3, "0x1008", FAR_CALL),
  small("far call", 3, "0x1001", FAR_CALL),
  small("far call", 3, "0x1000", FAR_CALL),
  small("far call", 3, "4", FAR_CALL),
  small("far call", 3, "8", FAR_CALL),
  small("far return", 3, "0xffc", "retfd\n.x:", "mov dword [DATA + 0xffc], .x\n"),
  small(
    "far return",
    3,
    "0xff8",
    "retfd\n.x:\nmov ecx, esp",
    "mov dword [DATA + 0xff8], .x\nmov dword [DATA + 0xffc], UCODE32 + 3\n",
  ),
  small("iret", 3, "0xff8", "iretd\n.x:", "mov dword [DATA + 0xff8], .x\nmov dword [DATA + 0xffc], UCODE32 + 3\n"),
  small(
    "iret",
    3,
    "0xff4",
    "iretd\n.x:\nmov ecx, esp",
    "mov dword [DATA + 0xff4], .x\nmov dword [DATA + 0xff8], UCODE32 + 3\nmov dword [DATA + 0xffc], 2\n",
  ),
  small("enter", 3, "0x1008", "enter 0, 0"),
  small("enter", 3, "0x1000", "enter 0, 0\nmov ecx, esp"),
  small("enter of a new top below zero", 3, "0x100", "enter 0x200, 0"),
  small("enter of two levels, frames beyond the limit", 3, "0x800", "mov ebp, 0x1008\nenter 0, 2"),
  small("parameters of a call gate", 3, "0xffc", "db 0x9a\ndd 0\ndw GATE2"),
  small("parameters of a call gate", 3, "0xff8", "db 0x9a\ndd 0\ndw GATE2"),
  small(
    "return to an outer ring",
    1,
    "0xff8",
    "retfd\n.x:",
    "mov dword [DATA + 0xff8], .x\nmov dword [DATA + 0xffc], UCODE32 + 3\n",
  ),
  small("int in the same ring", 1, "8", "int 0x42", toRing1(0x42), fromRing1(0x42)),
  small("int in the same ring", 1, "0x1004", "int 0x42", toRing1(0x42), fromRing1(0x42)),
  small("fault in the same ring", 1, "8", "ud2", toRing1(6), fromRing1(6)),
  {
    name: "far call below an expand-down segment",
    code: `mov byte [gdt_start + DOWN + 5], 0xf7\npush dword DOWN + 3\npush dword 0x1004\npush dword 2\npush dword UCODE32 + 3\npush dword .s\niretd\n.s:\n${FAR_CALL}`,
    after: "mov byte [gdt_start + DOWN + 5], 0x97",
  },
  inner("int", "0x1004", "int 0x42", 0x42),
  inner("int", "16", "int 0x42", 0x42),
  inner("fault", "16", "ud2", 6),
  gate("call gate", "12", "GATE0"),
  gate("call gate with parameters", "20", "GATE2"),
  shortTss("int", "int 0x42", 0x42),
  shortTss("fault", "ud2", 6),
  {
    name: "ports, with a TSS of 16 bits",
    code: `${NARROW_TSS}${ring3()}out 0x80, al`,
    after: WIDE_TSS,
  },
  {
    name: "ports, with IOPL 3 and a TSS of 16 bits",
    code: `${NARROW_TSS}${ring3("0x3002")}out 0x80, al`,
    after: WIDE_TSS,
  },
  { name: "virtual-8086 extensions that CPUID has not", code: "mov eax, INIT_CR4 | 1\nmov cr4, eax" },
  { name: "virtual interrupts of protected mode that CPUID has not", code: "mov eax, INIT_CR4 | 2\nmov cr4, eax" },
];
