import { ring3 } from "./exceptions-32.js";
import type { Case } from "../support/program.js";

/** Busy bits, registers and flags of both tasks as before the first switch; the second one begins at `.t`. */
const BEGIN = `
mov dword [gate_hook], .t
mov dword [tss2], 0
mov dword [tss2 + 0x20], gate_target
mov dword [tss2 + 0x24], 2
mov dword [tss2 + 0x28], 0x12345678
mov dword [tss2 + 0x38], TSTACK
mov dword [tss2 + 0x4c], CODE32
mov dword [tss2 + 0x50], DATA0
mov dword [tss2 + 0x54], DATA0
mov dword [tss2 + 0x60], LDT
mov dword [tss2 + 0x64], 0x680000
mov byte [gdt_start + TSS2 + 5], 0x89
`;
/** Back to the first task, whatever runs. */
const AFTER = `
mov byte [gdt_start + TSS + 5], 0x89
mov eax, TSS
ltr ax
mov eax, LDT
lldt ax
clts`;

const make = (name: string, code: string, after: string = ""): Case => ({
  name,
  code: `${BEGIN}${code}`,
  after: `${AFTER}\n${after}`,
});
/** What a task sees of where it comes from: link, flags, saved pc of the other one, its own register. */
const LOOK = ".t:\nmov ebx, [tss2]\npushfd\npop ecx\nmov edx, [tss + 0x20]\nsub edx, .back\n";
const taskGate = (vector: number): string =>
  `mov dword [idt_start + ${vector * 8}], TSS2 << 16\nmov dword [idt_start + ${vector * 8} + 4], 0xe500\n`;
const interruptGate = (vector: number, access: number): string =>
  `mov dword [idt_start + ${vector * 8}], (CODE32 << 16) | (stub${vector} & 0xffff)\nmov dword [idt_start + ${vector * 8} + 4], (stub${vector} & 0xffff0000) | ${access}`;
const field = (name: string, offset: number, value: string): Case =>
  make(name, `mov dword [tss2 + ${offset}], ${value}\njmp TSS2:0\n.back:\n.t:\nnop`);

/**
 * Hardware task switches (SDM vol. 3A, chapter 8). A task without a usable code or stack segment, or LDT, is no case: what it raises can be delivered
 * through a task gate only.
 */
export const TASKS_32: readonly Case[] = [
  make("jmp to a task", `jmp TSS2:0\n.back:\nnop\n${LOOK}`),
  make("call of a task", `call TSS2:0\n.back:\nnop\n${LOOK}`),
  make("jmp through a task gate", `jmp TASKGATE:0\n.back:\nnop\n${LOOK}`),
  make(
    "call through a task gate, and back",
    `call TASKGATE:0\n.back:\nstr cx\nmov bl, [gdt_start + TSS2 + 5]\nmov edx, [tss2 + 0x20]\nsub edx, .next\njmp .e\n.t:\nmov dword [tss + 0x28], 0x99\niretd\n.next:\nnop\n.e:`,
  ),
  make("int through a task gate", `${taskGate(0x43)}int 0x43\n.back:\nnop\n${LOOK}`, interruptGate(0x43, 0xee00)),
  make("fault through a task gate", `${taskGate(6)}.back:\nud2\n${LOOK}`, interruptGate(6, 0x8e00)),
  make(
    "fault with an error code through a task gate",
    `${taskGate(13)}xor eax, eax\nmov ds, eax\n.back:\nmov eax, [ds:0x10]\n${LOOK}pop eax`.replace(
      "mov eax, [ds:0x10]",
      "mov ax, 0xfff8\nmov fs, ax",
    ),
    interruptGate(13, 0x8e00),
  ),
  make("busy", "mov byte [gdt_start + TSS2 + 5], 0x8b\njmp TSS2:0\n.back:\n.t:\nnop"),
  make("not there", "mov byte [gdt_start + TSS2 + 5], 0x09\njmp TSS2:0\n.back:\n.t:\nnop"),
  make("too short", "jmp SHORTTSS:0\n.back:\n.t:\nnop"),
  make("from ring 3", `${ring3()}jmp TSS2:0\n.back:\n.t:\nnop`),
  make(
    "from ring 3 through a task gate",
    `${ring3()}jmp TASKGATE:0\n.back:\n.t:\nmov ebx, [tss + 0x4c]\nmov ecx, [tss + 0x50]\nmov edx, [tss + 0x38]`,
  ),
  make(
    "marks busy and not busy",
    "jmp TSS2:0\n.back:\n.t:\nmovzx ebx, byte [gdt_start + TSS + 5]\nmovzx ecx, byte [gdt_start + TSS2 + 5]\nstr dx",
  ),
  field("data segment beyond the table", 0x54, "0xfff8"),
  field("data segment that is not there", 0x54, "ABSENTDATA"),
  field("data segment that cannot be read", 0x54, "EXECONLY"),
  field("null LDT", 0x60, "0"),
  field("pc beyond its segment", 0x4c, "SMALLCODE"),
  make("iret with NT and a null link", "mov dword [tss], 0\npush dword 0x4002\npopfd\niretd\n.back:\n.t:\nnop"),
  make(
    "iret with NT to a task that is not busy",
    "mov dword [tss], TSS2\npush dword 0x4002\npopfd\niretd\n.back:\n.t:\nnop",
    "mov dword [tss], 0",
  ),
  make("sets TS", "jmp TSS2:0\n.back:\n.t:\nmov ebx, cr0"),
  make("ends local breakpoints", "mov eax, 0x755\nmov dr7, eax\njmp TSS2:0\n.back:\n.t:\nmov ebx, dr7"),
  make(
    "debug trap of a task",
    "xor eax, eax\nmov dr6, eax\nmov dword [tss2 + 0x64], 0x680001\njmp TSS2:0\n.back:\n.t:\nnop",
  ),
  make("single step into a task", "push dword 0x102\npopfd\njmp TSS2:0\n.back:\n.t:\nnop"),
];
