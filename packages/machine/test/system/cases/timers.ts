import type { Case } from "../support/program.js";

/** Registers of the local APIC (SDM vol. 3A, table 11-1), of the IOAPIC (82093AA, 3.0), and ports of timer and interrupt controllers (82371SB, 4.0). */
const SET_UP = `
  mov dword [0xfee000f0], 0x14f
  mov dword [0xfee00080], 0
  mov dword [0xfee00350], 0x10000
  mov dword [0xfee003e0], 0xb
`;
/** A handler of the case's own, or the usual one again. */
const gate = (vector: number, label: string): string =>
  `mov dword [idt_start + ${vector * 8}], (CODE32 << 16) | (${label} & 0xffff)\n`;
const VECTORS = [0x20, 0x35, 0x45, 0x46];
/** Nothing comes any more, what is in service ends, what waits is let in, and counter 0 waits for a count with its output low. */
const QUIET = `
  mov al, 0x30
  out 0x43, al
  mov dword [0xfee00320], 0x10000
  mov dword [0xfee00350], 0x10000
  mov dword [0xfee00080], 0
  mov dword [0xfec00000], 0x14
  mov dword [0xfec00010], 0x10000
  mov al, 0xff
  out 0x21, al
  mov al, 0x20
  out 0x20, al
  mov dword [0xfee000b0], 0
  mov dword [0xfee000b0], 0
  ${VECTORS.map((vector) => gate(vector, ".late")).join("  ")}
  sti
  nop
  nop
  cli
  ${VECTORS.map((vector) => gate(vector, `stub${vector}`)).join("  ")}
  jmp .quiet
.late:
  mov dword [0xfee000b0], 0
  iretd
.quiet:
`;
/** Both controllers at 20H and 28H, IRQ 0 alone let through. */
const PIC = `
  mov al, 0x11
  out 0x20, al
  out 0xa0, al
  mov al, 0x20
  out 0x21, al
  mov al, 0x28
  out 0xa1, al
  mov al, 4
  out 0x21, al
  mov al, 2
  out 0xa1, al
  mov al, 1
  out 0x21, al
  out 0xa1, al
  mov al, 0xff
  out 0xa1, al
  mov al, 0xfe
  out 0x21, al
`;
const COUNTER_0 = (mode: number): string => `
  mov al, ${0x30 | (mode << 1)}
  out 0x43, al
  mov al, 8
  out 0x40, al
  mov al, 0
  out 0x40, al
`;
const counter2 = (mode: number, count: number): string => `
  mov al, ${0xb0 | (mode << 1)}
  out 0x43, al
  mov al, ${count & 0xff}
  out 0x42, al
  mov al, ${count >> 8}
  out 0x42, al
`;
/** Counter 2 with its gate open, from a count of 1,000; its output is bit 5 of port 61H. */
const COUNTER_2 = (mode: number): string => `
  in al, 0x61
  and al, 0xfc
  or al, 1
  out 0x61, al
${counter2(mode, 1000)}`;
/** What counter 2 holds, in EAX. */
const READ_2 = `
  mov al, 0x80
  out 0x43, al
  in al, 0x42
  mov ah, al
  in al, 0x42
  xchg al, ah
  movzx eax, ax
`;
/** The output of counter 2, behind the bits in EBX. */
const OUT_2 = `
  in al, 0x61
  shr eax, 5
  and eax, 1
  shl ebx, 1
  or ebx, eax
`;
const CLEAR = "xor eax, eax\nxor ebx, ebx\nxor ecx, ecx\nxor edx, edx\n";
/** What the APIC timer counts down in 1,000 instructions, in EAX. */
const measure = (divider: number, label: string): string => `
  mov dword [0xfee003e0], ${divider}
  mov dword [0xfee00320], 0x10045
  mov dword [0xfee00380], 0x7fffffff
  mov ecx, 500
${label}:
  dec ecx
  jnz ${label}
  mov eax, 0x7fffffff
  sub eax, [0xfee00390]
`;

/** Timers and interrupt controllers. What depends on time is told as an order, a ratio or a bound. */
export const TIMERS: readonly Case[] = [
  {
    name: "apic timer, one shot",
    code: `${SET_UP}mov dword [0xfee00320], 0x45\nmov dword [0xfee00380], 4000\nsti\n.l: jmp .l`,
    after: QUIET,
  },
  {
    name: "apic timer, one shot, counts no further",
    code: `${SET_UP}${CLEAR}${gate(0x45, ".h")}mov dword [0xfee00320], 0x45\nmov dword [0xfee00380], 4000\nsti\n.l: cmp ebx, 1\njne .l\nmov ecx, 1500\n.w: dec ecx\njnz .w\ncli\nmov edx, [0xfee00390]\njmp .e\n.h: inc ebx\nmov dword [0xfee000b0], 0\niretd\n.e: xor eax, eax`,
    after: QUIET,
  },
  {
    name: "apic timer, periodic",
    code: `${SET_UP}${CLEAR}${gate(0x45, ".h")}mov dword [0xfee00320], 0x20045\nmov dword [0xfee00380], 4000\nsti\n.l: cmp ebx, 3\njb .l\ncli\njmp .e\n.h: inc ebx\nmov dword [0xfee000b0], 0\niretd\n.e: xor eax, eax`,
    after: QUIET,
  },
  {
    name: "apic timer, periodic, masked at last: no more",
    code: `${SET_UP}${CLEAR}${gate(0x45, ".h")}mov dword [0xfee00320], 0x20045\nmov dword [0xfee00380], 4000\nsti\n.l: cmp ebx, 2\njb .l\ncli\nmov dword [0xfee00320], 0x30045\nmov dword [0xfee000b0], 0\nmov ecx, 1500\n.w: dec ecx\njnz .w\nsti\nnop\nnop\ncli\njmp .e\n.h: inc ebx\nmov dword [0xfee000b0], 0\niretd\n.e: cmp ebx, 4\nsetb al\nxor ebx, ebx`,
    after: QUIET,
  },
  {
    name: "apic timer, masked from the beginning: nothing requested",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00320], 0x10045\nmov dword [0xfee00380], 1000\n.l: cmp dword [0xfee00390], 0\njne .l\nsti\nnop\ncli\nmov eax, [0xfee00220]`,
    after: QUIET,
  },
  {
    name: "apic timer, a count of 0 stops it",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00320], 0x20045\nmov dword [0xfee00380], 8000\nmov dword [0xfee00380], 0\nmov ecx, 1500\n.l: dec ecx\njnz .l\nsti\nnop\ncli\nmov eax, [0xfee00220]\nmov edx, [0xfee00390]`,
    after: QUIET,
  },
  {
    name: "apic timer, divided by 16: a sixteenth",
    code: `${SET_UP}${CLEAR}${measure(0xb, ".a")}mov ebx, eax\n${measure(3, ".b")}shl eax, 4\nsub eax, ebx\njns .p\nneg eax\n.p: shl eax, 2\ncmp eax, ebx\nsetb al\nand eax, 1\nxor ebx, ebx`,
    after: QUIET,
  },
  {
    name: "apic timer, divided by 128, 2, and 1: in that order",
    code: `${SET_UP}${CLEAR}${measure(0xa, ".a")}mov ebx, eax\n${measure(0, ".b")}mov edx, eax\n${measure(0xb, ".c")}cmp ebx, edx\nsetb bl\ncmp edx, eax\nsetb al\nand eax, 1\nmovzx ebx, bl\nxor edx, edx`,
    after: QUIET,
  },
  {
    name: "priority: what TPR holds off waits",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00080], 0x40\nmov dword [0xfee00300], 0x44045\nsti\nnop\nmov ebx, [0xfee00220]\nmov edx, [0xfee000a0]\nmov dword [0xfee00080], 0x30\nnop\nnop\ncli`,
    after: QUIET,
  },
  {
    name: "priority: PPR in a handler, and below it nothing comes",
    code: `${SET_UP}${CLEAR}${gate(0x45, ".h")}mov dword [0xfee00300], 0x44045\nsti\nnop\nnop\ncli\njmp .e\n.h: mov ebx, [0xfee000a0]\nmov edx, [0xfee00120]\nmov dword [0xfee00300], 0x44046\nsti\nnop\nnop\ncli\nmov ecx, [0xfee00220]\nmov dword [0xfee000b0], 0\niretd\n.e: xor eax, eax`,
    after: QUIET,
  },
  {
    name: "priority: the higher first, the other at the end of it",
    code: `${SET_UP}${CLEAR}${gate(0x45, ".h")}${gate(0x35, ".i")}mov dword [0xfee00300], 0x44035\nmov dword [0xfee00300], 0x44045\nsti\nnop\nnop\nnop\ncli\njmp .e\n.h: shl ebx, 4\nor ebx, 1\nmov edx, [0xfee00210]\nmov dword [0xfee000b0], 0\niretd\n.i: shl ebx, 4\nor ebx, 2\nmov dword [0xfee000b0], 0\niretd\n.e: xor eax, eax`,
    after: QUIET,
  },
  {
    name: "irq 0 through the PIC",
    code: `${SET_UP}${PIC}mov dword [0xfee00350], 0x700\n${COUNTER_0(2)}sti\n.l: jmp .l`,
    after: QUIET,
  },
  {
    name: "irq 0 through the PIC, masked there",
    code: `${SET_UP}${PIC}mov al, 0xff\nout 0x21, al\nmov dword [0xfee00350], 0x700\n${COUNTER_0(2)}sti\nmov ecx, 1500\n.l: dec ecx\njnz .l\ncli\nmov al, 0xa\nout 0x20, al\nin al, 0x20\nand eax, 1`,
    after: QUIET,
  },
  {
    name: "irq 0 through the PIC, once until the end of the interrupt",
    code: `${SET_UP}${PIC}${CLEAR}mov dword [0xfee00350], 0x700\n${gate(0x20, ".h")}${COUNTER_0(2)}sti\nmov ecx, 1500\n.l: dec ecx\njnz .l\ncli\nmov al, 0xb\nout 0x20, al\nin al, 0x20\nand eax, 0xff\njmp .e\n.h: inc ebx\niretd\n.e: nop`,
    after: QUIET,
  },
  {
    name: "irq 0 through the IOAPIC, again and again",
    code: `${SET_UP}${CLEAR}mov al, 0xff\nout 0x21, al\nmov dword [0xfec00000], 0x15\nmov dword [0xfec00010], 0\nmov dword [0xfec00000], 0x14\nmov dword [0xfec00010], 0x46\n${gate(0x46, ".h")}${COUNTER_0(2)}sti\n.l: cmp ebx, 3\njb .l\ncli\nmov ebx, 3\njmp .e\n.h: inc ebx\nmov dword [0xfee000b0], 0\niretd\n.e: xor eax, eax`,
    after: QUIET,
  },
  {
    name: "irq 0 through the IOAPIC",
    code: `${SET_UP}mov al, 0xff\nout 0x21, al\nmov dword [0xfec00000], 0x15\nmov dword [0xfec00010], 0\nmov dword [0xfec00000], 0x14\nmov dword [0xfec00010], 0x46\n${COUNTER_0(2)}sti\n.l: jmp .l`,
    after: QUIET,
  },
  {
    name: "irq 0 of mode 0: once",
    code: `${SET_UP}${CLEAR}mov dword [0xfec00000], 0x15\nmov dword [0xfec00010], 0\nmov dword [0xfec00000], 0x14\nmov dword [0xfec00010], 0x46\n${gate(0x46, ".h")}${COUNTER_0(0)}sti\nmov ecx, 1500\n.l: dec ecx\njnz .l\ncli\njmp .e\n.h: inc ebx\nmov dword [0xfee000b0], 0\niretd\n.e: xor eax, eax`,
    after: QUIET,
  },
  ...[0, 2, 3].map((mode) => ({
    name: `pit mode ${mode}: status by read-back`,
    code: `${CLEAR}${COUNTER_2(mode)}mov ecx, 500\n.l: dec ecx\njnz .l\nmov al, 0xe8\nout 0x43, al\nin al, 0x42\nmov ebx, eax\nand ebx, 0xff\nin al, 0x61\nshr eax, 5\nand eax, 1`,
  })),
  {
    name: "pit mode 0: the output rises at the end",
    code: `${CLEAR}${COUNTER_2(0)}.l: in al, 0x61\ntest al, 0x20\njz .l\nmov al, 0xe8\nout 0x43, al\nin al, 0x42\nand eax, 0xff`,
  },
  {
    name: "pit mode 2: a latched count stands still, the counter does not",
    code: `${CLEAR}${COUNTER_2(2)}mov al, 0x80\nout 0x43, al\nmov ecx, 500\n.l: dec ecx\njnz .l\nmov al, 0x80\nout 0x43, al\nin al, 0x42\nmov bl, al\nin al, 0x42\nmov bh, al\nmov al, 0x80\nout 0x43, al\nin al, 0x42\nmov dl, al\nin al, 0x42\nmov dh, al\ncmp ebx, edx\nsetne al\nand eax, 1\ncmp ebx, 1001\nsetb bl\nmovzx ebx, bl\nxor edx, edx`,
  },
  {
    name: "pit mode 3: counts by twos",
    code: `${CLEAR}${COUNTER_2(3)}mov ecx, 500\n.l: dec ecx\njnz .l\nmov al, 0x80\nout 0x43, al\nin al, 0x42\nand eax, 1\nmov ebx, eax\nin al, 0x42\nxor eax, eax`,
  },
  {
    name: "pit: counts and status latched by one read-back",
    code: `${CLEAR}${COUNTER_2(2)}mov al, 0xc8\nout 0x43, al\nin al, 0x42\nand eax, 0xff\nmov ebx, eax\nin al, 0x42\nmov dl, al\nin al, 0x42\nmov dh, al\ncmp edx, 1001\nsetb al\nand eax, 1\nxor edx, edx`,
  },
  {
    name: "apic timer, the count falls from where it was set",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00320], 0x10045\nmov dword [0xfee00380], 1000000\nmov eax, [0xfee00390]\nmov ecx, 100\n.l: dec ecx\njnz .l\nmov edx, [0xfee00390]\ncmp eax, 1000001\nsetb bl\ncmp edx, eax\nsetb bh\nmov ecx, [0xfee00380]\nxor eax, eax\nxor edx, edx`,
    after: QUIET,
  },
  {
    name: "apic timer, a new count begins at once",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00320], 0x10045\nmov dword [0xfee00380], 1000000\nmov dword [0xfee00380], 50000000\nmov edx, [0xfee00390]\ncmp edx, 49000000\nseta bl\nxor edx, edx`,
    after: QUIET,
  },
  {
    name: "apic timer, one shot after periodic",
    code: `${SET_UP}${CLEAR}${gate(0x45, ".h")}mov dword [0xfee00320], 0x20045\nmov dword [0xfee00380], 4000\nsti\n.l: cmp ebx, 1\njb .l\ncli\nmov dword [0xfee00320], 0x45\nmov dword [0xfee000b0], 0\nmov ebx, 0\nmov dword [0xfee00380], 4000\nsti\nmov ecx, 1500\n.w: dec ecx\njnz .w\ncli\nmov edx, [0xfee00390]\ncmp ebx, 3\nsetb al\nand eax, 1\nxor ebx, ebx\njmp .e\n.h: inc ebx\nmov dword [0xfee000b0], 0\niretd\n.e: nop`,
    after: QUIET,
  },
  {
    name: "apic timer wakes a halted CPU",
    code: `${SET_UP}mov dword [0xfee00320], 0x45\nmov dword [0xfee00380], 4000\nsti\nhlt\n.l: jmp .l`,
    after: QUIET,
  },
  {
    name: "apic timer, masked: what was requested before stays requested",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00320], 0x45\nmov dword [0xfee00380], 1000\n.l: cmp dword [0xfee00390], 0\njne .l\nmov dword [0xfee00320], 0x10045\nmov edx, [0xfee00220]\nsti\nnop\nnop`,
    after: QUIET,
  },
  {
    name: "apic, disabled by software: every local vector is masked",
    code: `${SET_UP}${CLEAR}mov dword [0xfee00320], 0x45\nmov dword [0xfee000f0], 0x4f\nmov ebx, [0xfee00320]\nmov dword [0xfee00320], 0x45\nmov ecx, [0xfee00320]\nmov dword [0xfee000f0], 0x14f\nmov edx, [0xfee00320]`,
    after: QUIET,
  },
  {
    name: "pit mode 1: low from the trigger to the end",
    code: `${CLEAR}in al, 0x61\nand al, 0xfc\nout 0x61, al\n${counter2(1, 20)}${OUT_2}in al, 0x61\nor al, 1\nout 0x61, al\nmov ecx, 300\n.t: dec ecx\njnz .t\n${OUT_2}mov ecx, 2500\n.w: dec ecx\njnz .w\n${OUT_2}xor eax, eax`,
    after: QUIET,
  },
  {
    name: "pit mode 0: a closed gate stops the counter",
    code: `${CLEAR}${COUNTER_2(0)}in al, 0x61\nand al, 0xfc\nout 0x61, al\n${READ_2}mov edx, eax\nmov ecx, 300\n.l: dec ecx\njnz .l\n${READ_2}cmp eax, edx\nsete bl\nin al, 0x61\nor al, 1\nout 0x61, al\nmov ecx, 300\n.m: dec ecx\njnz .m\n${READ_2}cmp eax, edx\nsetb bh\nxor eax, eax\nxor edx, edx`,
  },
  {
    name: "pit: the low byte alone",
    code: `${CLEAR}in al, 0x61\nand al, 0xfc\nor al, 1\nout 0x61, al\nmov al, 0x94\nout 0x43, al\nmov al, 200\nout 0x42, al\nmov ecx, 500\n.l: dec ecx\njnz .l\nin al, 0x42\nmov bl, al\nin al, 0x42\ncmp bl, 201\nsetb bl\ncmp al, 201\nsetb bh\nxor eax, eax`,
  },
  {
    name: "pit: the high byte alone",
    code: `${CLEAR}in al, 0x61\nand al, 0xfc\nor al, 1\nout 0x61, al\nmov al, 0xa4\nout 0x43, al\nmov al, 0x80\nout 0x42, al\nmov ecx, 500\n.l: dec ecx\njnz .l\nin al, 0x42\nmov bl, al\nin al, 0x42\nmov bh, al\nxor eax, eax`,
  },
  {
    name: "pit: decimal digits",
    code: `${CLEAR}in al, 0x61\nand al, 0xfc\nor al, 1\nout 0x61, al\nmov al, 0xb1\nout 0x43, al\nmov al, 0\nout 0x42, al\nmov al, 0x10\nout 0x42, al\nmov ecx, 500\n.l: dec ecx\njnz .l\n${READ_2}mov bh, ah\nmov ecx, eax\nand ecx, 0xf0\ncmp ecx, 0xa0\nsetb bl\nand eax, 15\ncmp eax, 10\nsetb dl\nxor eax, eax\nxor ecx, ecx`,
  },
  {
    name: "pit: of two latch commands the first counts",
    code: `${CLEAR}${COUNTER_2(0)}mov ecx, 500\n.l: dec ecx\njnz .l\nmov al, 0x80\nout 0x43, al\nmov ecx, 300\n.m: dec ecx\njnz .m\nmov al, 0x80\nout 0x43, al\nin al, 0x42\nmov bl, al\nin al, 0x42\nmov bh, al\n${READ_2}add eax, 15\ncmp eax, ebx\nsetb al\nand eax, 1\nxor ebx, ebx`,
  },
  {
    name: "pit mode 2: a new count waits for the end of the old one",
    code: `${CLEAR}${COUNTER_2(2)}mov ecx, 500\n.l: dec ecx\njnz .l\nmov al, 0x70\nout 0x42, al\nmov al, 0x17\nout 0x42, al\n${READ_2}cmp eax, 1001\nsetb bl\nmov al, 0xe8\nout 0x43, al\nin al, 0x42\nand al, 0x40\nmov bh, al\nxor eax, eax`,
  },
];
