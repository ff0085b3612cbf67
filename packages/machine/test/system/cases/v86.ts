import type { Case } from "../support/program.js";

/**
 * To virtual-8086 mode with IRET (SDM vol. 3B, 21.2): CS is the image's, so that the rest of the case runs there; DS is 9000H, the stack
 * ends where that of ring 3 does.
 */
const v86 = (iopl: 0 | 3, flags = 0): string => `
  push dword 0
  push dword 0
  push dword 0x9000
  push dword 0x9100
  push dword 0x8300
  push dword 0x1000
  push dword ${0x20002 | (iopl << 12) | flags}
  push dword 0x1000
  push dword .v - 0x10000
  iretd
bits 16
.v:
`;

/** Instructions that IOPL decides about, and others that are privileged or not there. */
const SENSITIVE = [
  "int 0x42",
  "int3",
  "cli",
  "sti",
  "pushf\npop ax",
  "pushfd\npop eax",
  "push word 0x3246\npopf",
  "db 0x66, 0x68\ndd 0x247246\npopfd",
  "push word 0x0202\npush word 0x1000\npush word .x - 0x10000\niret\n.x:",
  "db 0x66, 0x68\ndd 0x20202\ndb 0x66, 0x68\ndd 0x1000\ndb 0x66, 0x68\ndd .x - 0x10000\niretd\n.x:",
  "in al, 0x80\nmov al, 0",
  "out 0x80, al",
];

const OTHERS = [
  "hlt",
  "mov eax, cr0",
  "mov cr0, eax",
  "mov eax, dr0",
  "lgdt [0]",
  "lidt [0]",
  "sgdt [0]\nmov ax, [0]",
  "smsw ax",
  "lmsw ax",
  "clts",
  "invlpg [0]",
  "rdmsr",
  "wrmsr",
  "wbinvd",
  "rdtsc\nxor eax, eax\nxor edx, edx",
  "sldt ax",
  "str ax",
  "lldt ax",
  "ltr ax",
  "lar ax, bx",
  "lsl ax, bx",
  "verr ax",
  "verw ax",
  "db 0x63, 0xc0",
  "ud2",
  "sysexit",
  "xor cx, cx\ndiv cx",
  "mov al, 0x7f\nadd al, 1\ninto",
  "db 0x8e, 0xc8",
  "mov ax, 0x1234\nmov fs, ax\nmov bx, fs",
];

/** Limits: every segment ends at FFFFH, and there is no wrap within an access. */
const EDGES = [
  "mov al, [0xffff]",
  "mov ax, [0xffff]",
  "mov eax, [0xfffd]",
  "mov eax, [0xfffc]",
  "mov [0xffff], ax",
  "mov ax, ss:[0xffff]",
  "mov bp, 0xffff\nmov ax, [bp]",
  "mov bx, 0xfff0\nmov ax, [bx + 0x20]",
  "mov ebx, 0x10000\nmov al, [ebx]",
  "mov ebx, 0xffffffff\nmov al, [ebx + 1]",
  "mov ebp, 0x10000\nmov al, [ebp]",
  "mov sp, 1\npush ax",
  "mov sp, 0\npush ax\nmov ax, sp",
  "mov sp, 2\npush eax",
  "mov sp, 0xffff\npop ax",
  "mov sp, 0xfffe\npop ax\nmov bx, sp",
  "mov sp, 6\nenter 0, 3",
  "mov byte [0xffff], 9\nmov si, 0xffff\nlodsb\nmov bx, si",
  "mov si, 0xffff\nlodsw",
  "mov si, 0xffff\ndb 0x36\nlodsw",
  "mov di, 0xffff\nstosw",
  "mov di, 0xfffe\nmov cx, 3\nrep stosw",
  "mov di, 0xfffd\nmov cx, 3\nrep stosw",
  "mov si, 0xfff0\nmov di, 0\nmov cx, 40\nrep movsb\nmov ax, si",
  "mov bx, 0xffff\nmov al, 1\nxlatb",
  "db 0xea\ndw .x - 0x10000, 0x1000\n.x:",
  "db 0x66, 0xea\ndd .x - 0x10000\ndw 0x1000\n.x:",
  "db 0x66, 0xea\ndd 0x10000\ndw 0x1000",
  "db 0x66, 0x9a\ndd 0x10000\ndw 0x1000",
  "db 0x9a\ndw .x - 0x10000, 0x1000\n.x:\npop ax\npop bx",
  "push word 0x1000\npush word .x - 0x10000\nretf\n.x:\nmov ax, cs",
  "db 0x66, 0x68\ndd 0x10000\ndb 0x66\nret",
  "db 0x66, 0x68\ndd 0x3202\ndb 0x66, 0x68\ndd 0x1000\ndb 0x66, 0x68\ndd 0x10000\niretd",
  "db 0x66, 0x68\ndd 0x1000\ndb 0x66, 0x68\ndd 0x10000\nretfd",
  "mov eax, 0x10000\njmp eax",
  "mov sp, 1\ndb 0x9a\ndw .x - 0x10000, 0x1000\n.x:",
  "mov sp, 3\ndb 0x9a\ndw .x - 0x10000, 0x1000\n.x:",
  "mov sp, 2\ndb 0x9a\ndw .x - 0x10000, 0x1000\n.x:\nmov bx, sp",
  "mov sp, 0xffff\nretf",
  "mov sp, 0xfffb\niret",
  "mov sp, 1\nenter 0, 0",
];

const named = (prefix: string, list: readonly string[], make: (code: string) => Case): Case[] =>
  list.map((code) => ({ ...make(code), name: `${prefix} ${code.replaceAll("\n", "; ").replaceAll(":", "")}` }));

const restore42 = "mov word [idt_start + 0x42 * 8 + 2], CODE32";

export const V86: readonly Case[] = [
  { name: "end", code: v86(3) },
  { name: "end with iopl 0", code: v86(0) },
  ...named("iopl 3", SENSITIVE, (code) => ({ name: "", code: `${v86(3)}${code}` })),
  ...named("iopl 0", SENSITIVE, (code) => ({ name: "", code: `${v86(0)}${code}` })),
  ...named("any", OTHERS, (code) => ({ name: "", code: `${v86(3)}${code}` })),
  ...named("edge", EDGES, (code) => ({ name: "", code: `${v86(3)}${code}` })),
  {
    name: "port that the bitmap forbids",
    code: `mov byte [iomap + 0x10], 1\n${v86(3)}in al, 0x80`,
    after: "mov byte [iomap + 0x10], 0",
  },
  {
    name: "word port half forbidden",
    code: `mov byte [iomap + 0x10], 2\n${v86(3)}in ax, 0x80`,
    after: "mov byte [iomap + 0x10], 0",
  },
  { name: "port beyond the bitmap", code: `${v86(3)}mov dx, 0x3f8\nin al, dx` },
  { name: "tf", code: `${v86(3, 0x100)}nop\nnop` },
  { name: "tf over mov ss", code: `${v86(3, 0x100)}mov ss, ax\nnop\nnop` },
  { name: "tf set by popf", code: `${v86(3)}push word 0x0102\npopf\nnop\nnop` },
  ...["0", "CODE1", "UCODE32", "DATA0", "CONFORM0", "ABSENTCODE", "0xfff8"].map((s) => ({
    name: `gate selector ${s}`,
    code: `mov word [idt_start + 0x42 * 8 + 2], ${s}\n${v86(3)}int 0x42`,
    after: restore42,
  })),
  {
    name: "gate selector for a fault CODE1",
    code: `mov word [idt_start + 6 * 8 + 2], CODE1\n${v86(3)}ud2`,
    after: "mov word [idt_start + 6 * 8 + 2], CODE32",
  },
  {
    name: "pending interrupt, then popf of if",
    code: `mov dword [0xfee00300], 0x44045\n${v86(3)}push word 0x0202\npopf\nnop\nnop`,
    after: "mov dword [0xfee000b0], 0",
  },
  {
    name: "pending interrupt, then sti",
    code: `mov dword [0xfee00300], 0x44045\n${v86(3)}sti\nnop\nnop`,
    after: "mov dword [0xfee000b0], 0",
  },
  {
    name: "iret from a handler goes back",
    code: `mov dword [idt_start + 0x42 * 8], (CODE32 << 16) | (.h & 0xffff)\nmov eax, (.h & 0xffff0000) | 0xee00\nmov [idt_start + 0x42 * 8 + 4], eax\n${v86(3)}int 0x42\nmov ax, ds\nmov bx, es\njmp .e\nbits 32\n.h:\nmov ecx, [esp + 20]\nmov edx, [esp + 24]\niretd\nbits 16\n.e:`,
    after:
      "mov dword [idt_start + 0x42 * 8], (CODE32 << 16) | (stub66 & 0xffff)\nmov eax, (stub66 & 0xffff0000) | 0xee00\nmov [idt_start + 0x42 * 8 + 4], eax",
  },
  {
    name: "iret of ring 0 to a V86 stack of 32 bits",
    code: "push dword 0\npush dword 0\npush dword 0x9000\npush dword 0x9100\npush dword 0x8300\npush dword 0x12341000\npush dword 0x23002\npush dword 0x1000\npush dword .v - 0x10000\niretd\nbits 16\n.v:\nmov eax, esp",
  },
  {
    name: "iret of ring 0 to an EIP above FFFFH",
    code: "push dword 0\npush dword 0\npush dword 0x9000\npush dword 0x9100\npush dword 0x8300\npush dword 0x1000\npush dword 0x23002\npush dword 0x1000\npush dword .v\niretd\nbits 16\n.v:",
  },
];
