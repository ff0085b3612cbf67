import { assemble } from "@isinglass/isa-x86";
import { DATA, IMAGE, PAGE_TABLES, STACKS, gdt, idt, stubs } from "./tables.js";
import type { SystemEntry } from "./tables.js";

/** One observation: code that ends in an exception or runs to its end, where `int 0x40` reports the registers. */
export interface Case {
  readonly name: string;
  readonly code: string;
  /** Puts right what the case changed beside registers; runs in ring 0. */
  readonly after?: string;
}

export interface Program {
  readonly image: Uint8Array;
  /** Where the code of each case begins. */
  readonly starts: readonly number[];
}

/** What a program runs in. */
export interface Environment {
  readonly name: string;
  readonly bits: 32 | 64;
  readonly paging: "none" | "32" | "pae" | "4";
  readonly cr0?: number;
  readonly cr4?: number;
  readonly efer?: number;
  /** There is a second task-state segment, and a task gate. */
  readonly tasks?: boolean;
  /** The machine has timers and interrupt controllers. */
  readonly board?: boolean;
}

/** Writes the accumulator to the log, lowest byte first. */
const PUT = `
put:
  mov ecx, BYTES
.next:
  out 0xe9, al
  ror RAX, 8
  dec ecx
  jnz .next
  ret
`;

const SYSTEM = (bits: 32 | 64, tasks: boolean): SystemEntry[] => [
  { name: "TSS", access: 0x89, segment: { label: "tss", limit: 0x88 + 32 } },
  { name: "LDT", access: 0x82, segment: { label: "ldt", limit: 31 } },
  { name: "ABSENTTSS", access: 0x09, segment: { label: "tss", limit: 0x67 } },
  { name: "ABSENTLDT", access: 0x02, segment: { label: "ldt", limit: 31 } },
  { name: "BUSYTSS", access: 0x8b, segment: { label: "tss", limit: 0x67 } },
  { name: "SHORTTSS", access: 0x89, segment: { label: "tss", limit: 7 } },
  {
    name: "GATE0",
    access: 0xec,
    gate: { selector: bits === 64 ? "CODE64" : "CODE32", label: "gate_target", count: 0 },
  },
  {
    name: "GATE2",
    access: 0xec,
    gate: { selector: bits === 64 ? "CODE64" : "CODE32", label: "gate_target", count: 2 },
  },
  {
    name: "GATEDPL0",
    access: 0x8c,
    gate: { selector: bits === 64 ? "CODE64" : "CODE32", label: "gate_target", count: 0 },
  },
  {
    name: "GATEABSENT",
    access: 0x6c,
    gate: { selector: bits === 64 ? "CODE64" : "CODE32", label: "gate_target", count: 0 },
  },
  { name: "GATENULL", access: 0xec, gate: { selector: "0", label: "gate_target", count: 0 } },
  { name: "GATEDATA", access: 0xec, gate: { selector: "DATA0", label: "gate_target", count: 0 } },
  {
    name: "GATEABSENTCODE",
    access: 0xec,
    gate: { selector: bits === 64 ? "ABSENTCODE64" : "ABSENTCODE", label: "gate_target", count: 0 },
  },
  {
    name: "GATECONFORM",
    access: 0xec,
    gate: { selector: bits === 64 ? "CONFORM64" : "CONFORM0", label: "gate_target", count: 2 },
  },
  { name: "GATE16", access: 0xe4, gate: { selector: "CODE16", label: "(gate_target16 - 0x10000)", count: 2 } },
  ...(!tasks
    ? []
    : [
        { name: "TSS2", access: 0x89, segment: { label: "tss2", limit: 0x67 } },
        { name: "TASKGATE", access: 0xe5, gate: { selector: "TSS2", label: "0", count: 0 } },
      ]),
];

/** Page tables of the first 4 MiB, written by the program: identity, user, writable; pages of DATA are the cases' own. */
function paging(e: Environment): string {
  const t = PAGE_TABLES;
  const fill = (table: number, first: string, wide: boolean, count: number): string => `
  mov edi, ${table}
  mov eax, ${first}
  mov ecx, ${count}
fill${table}:
  mov [edi], eax
  ${wide ? "mov dword [edi+4], 0\n  add edi, 8" : "add edi, 4"}
  add eax, 0x1000
  dec ecx
  jnz fill${table}`;
  const clear = `
  mov edi, ${t}
  mov ecx, 0x2000
  xor eax, eax
  cld
  rep stosd`;
  switch (e.paging) {
    case "none":
      return "";
    case "32":
      return `${clear}${fill(t + 0x1000, "7", false, 1024)}
  mov dword [${t}], ${t + 0x1007}
  mov dword [${t + 0xfec}], 0xfec00083 | 16`;
    case "pae":
      return `${clear}${fill(t + 0x2000, "7", true, 512)}${fill(t + 0x3000, "0x200007", true, 512)}
  mov dword [${t}], ${t + 0x1001}
  mov dword [${t + 24}], ${t + 0x4001}
  mov dword [${t + 0x1000}], ${t + 0x2007}
  mov dword [${t + 0x1008}], ${t + 0x3007}
  mov dword [${t + 0x4000 + 0xfb8}], 0xfee00083 | 16`;
    default:
      return `${clear}${fill(t + 0x2000, "7", true, 512)}${fill(t + 0x3000, "0x200007", true, 512)}
  mov dword [${t + 0x5000}], ${t + 0x6007}
  mov dword [${t + 0x6000}], ${t + 0x1007}
  mov dword [${t + 0x6018}], ${t + 0x4007}
  mov dword [${t + 0x1000}], ${t + 0x2007}
  mov dword [${t + 0x1008}], ${t + 0x3007}
  mov dword [${t + 0x4000 + 0xfb8}], 0xfee00083 | 16`;
  }
}

/** Address of the page-table entry of the first page of DATA, by kind of paging, for the cases. */
const PTE: Readonly<Record<Environment["paging"], number>> = {
  none: PAGE_TABLES,
  "32": PAGE_TABLES + 0x1000 + (DATA >> 12) * 4,
  pae: PAGE_TABLES + 0x3000,
  "4": PAGE_TABLES + 0x3000,
};

/** CR0 that a case begins with. */
export function initialCr0(e: Environment): number {
  return ((e.paging === "none" ? 0x11 : 0x80000011) | (e.cr0 ?? 0)) >>> 0;
}

/** From the real-mode entry to the first case. */
function entry(e: Environment): string {
  const cr0 = initialCr0(e);
  const pae = e.paging === "pae" || e.paging === "4" ? 0x20 : e.paging === "32" ? 0x10 : 0;
  const cr4 = pae | (e.cr4 ?? 0);
  return `
INIT_CR0 equ ${cr0}
INIT_CR4 equ ${cr4}
INIT_CR3 equ ${e.paging === "4" ? PAGE_TABLES + 0x5000 : PAGE_TABLES}
INIT_EFER equ ${e.efer ?? 0}
PTE equ ${PTE[e.paging]}
DATA equ ${DATA}
${Object.entries(STACKS)
  .map(([name, at]) => `${name} equ ${at}`)
  .join("\n")}
bits 16
start:
  cli
  mov ax, cs
  mov ds, ax
  db 0x66
  lgdt [gdtr - ${IMAGE}]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  db 0x66, 0xea
  dd protected
  dw CODE32
bits 32
protected:
  mov eax, DATA0
  mov ds, eax
  mov es, eax
  mov fs, eax
  mov gs, eax
  mov ss, eax
  mov esp, KSTACK
${paging(e)}
  mov eax, INIT_CR4
  mov cr4, eax
  mov eax, INIT_CR3
  mov cr3, eax
  mov ecx, 0xc0000080
  mov eax, INIT_EFER
  xor edx, edx
  wrmsr
  mov eax, INIT_CR0
  mov cr0, eax
  ${e.bits === 64 ? "db 0xea\n  dd long\n  dw CODE64\nbits 64\nlong:\n  mov rsp, KSTACK" : ""}
  lidt [idtr]
  lldt [ldt_selector]
  ltr [tss_selector]
  mov eax, 0xfee000f0
  mov dword [${e.bits === 64 ? "rax" : "eax"}], 0x1ff
  jmp case0
`;
}

const COMMON32 = `
; On the stack: vector, error code, EIP, CS, EFLAGS, and ESP, SS after a change of ring (then ES, DS, FS, GS from V86).
common:
  pushad
  push ds
  mov eax, DATA0
  mov ds, eax
  mov es, eax
  mov eax, cr0
  push eax
  mov eax, INIT_CR0
  mov cr0, eax
  mov eax, [case_number]
  call put
  mov eax, [esp+40]
  call put
  mov eax, [esp+44]
  call put
  mov eax, [esp+48]
  call put
  mov eax, [esp+52]
  call put
  mov eax, [esp+56]
  and eax, ~0x10000
  call put
  lea eax, [esp+44]
  call put
  mov eax, ss
  call put
  mov eax, [esp+36]
  call put
  mov eax, [esp+24]
  call put
  mov eax, [esp+32]
  call put
  mov eax, [esp+28]
  call put
  mov eax, cr2
  call put
  mov eax, [esp]
  call put
  mov eax, [esp+4]
  call put
  mov eax, fs
  call put
  xor eax, eax
  xor ebx, ebx
  test byte [esp+52], 3
  jnz .outer
  test byte [esp+58], 2
  jz .inner
.outer:
  mov eax, [esp+60]
  mov ebx, [esp+64]
.inner:
  call put
  mov eax, ebx
  call put
  mov esp, KSTACK
  mov eax, DATA0
  mov ss, eax
  mov ds, eax
  mov es, eax
  mov fs, eax
  mov gs, eax
  mov eax, INIT_CR4
  mov cr4, eax
  mov eax, cr3
  mov cr3, eax
  xor eax, eax
  mov cr2, eax
  mov dr7, eax
  push dword 2
  popfd
  jmp dword [case_after]
`;

const COMMON64 = `
; On the stack: vector, error code, RIP, CS, RFLAGS, RSP, SS.
common:
  push rax
  push rbx
  push rcx
  push rdx
  push rbp
  mov rax, cr0
  push rax
  mov eax, INIT_CR0
  mov cr0, rax
  mov eax, [case_number]
  call put
  mov rax, [rsp+48]
  call put
  mov rax, [rsp+56]
  call put
  mov rax, [rsp+64]
  call put
  mov rax, [rsp+72]
  call put
  mov rax, [rsp+80]
  and rax, ~0x10000
  call put
  lea rax, [rsp+56]
  call put
  mov eax, ss
  call put
  mov rax, [rsp+40]
  call put
  mov rax, [rsp+32]
  call put
  mov rax, [rsp+24]
  call put
  mov rax, [rsp+16]
  call put
  mov rax, cr2
  call put
  mov rax, [rsp]
  call put
  mov rax, [rsp+88]
  call put
  mov rax, [rsp+96]
  call put
  mov eax, ds
  call put
  mov eax, fs
  call put
  mov rsp, KSTACK
  mov eax, DATA0
  mov ss, eax
  mov ds, eax
  mov es, eax
  mov fs, eax
  mov gs, eax
  mov eax, INIT_CR4
  mov cr4, rax
  mov rax, cr3
  mov cr3, rax
  xor eax, eax
  mov cr2, rax
  mov dr7, rax
  push 2
  popfq
  mov eax, [case_after]
  jmp rax
`;

const REGISTERS: readonly (readonly [string, number])[] = [
  ["ax", 0x11111111],
  ["bx", 0x22222222],
  ["cx", 0x33333333],
  ["dx", 0x44444444],
  ["si", 0x55555555],
  ["di", 0x66666666],
  ["bp", 0x77777777],
];

function caseText(c: Case, number: number, bits: 32 | 64): string {
  return `
bits ${bits}
case${number}:
  mov dword [case_number], ${number}
  mov dword [gate_hook], 0
  push ${bits === 64 ? 2 : "dword 2"}
  popf${bits === 64 ? "q" : "d"}
  mov dword [case_after], case${number}_after
${REGISTERS.map(([name, value]) => `  mov e${name}, ${value}`).join("\n")}
case${number}_body:
${c.code}
case${number}_end:
  int 0x40
bits ${bits}
case${number}_after:
${c.after ?? ""}
`;
}

/** Tables and variables of a program, common to all. */
function data(e: Environment): string {
  const tss =
    e.bits === 64
      ? "dd 0\ndq KSTACK, STACK1, STACK2, 0, ISTACK1, ISTACK2, 0, 0, 0, 0, 0, 0\ndw 0, 0x68"
      : "dd 0\ndd KSTACK, DATA0, STACK1, DATA1 + 1, STACK2, DATA2 + 2\nresb 74\ndw 0x68";
  return `
align 16
tss:
${tss}
iomap:
resb 32
db 0xff, 0xff, 0xff, 0xff
${e.tasks === true ? "align 16\ntss2:\nresb 104\n" : ""}align 16
ldt:
dq 0
dd 0x0000ffff, 0x00cf9300, 0x0000ffff, 0x00cff300, 0x0000ffff, 0x00cf9b00
ldt_selector: dw LDT
tss_selector: dw TSS
align 8
case_number: dd 0
case_after: dd 0
gate_hook: dq 0
${gdt(SYSTEM(e.bits, e.tasks === true))}
${idt(e.bits, e.bits === 64 ? { 2: 1, 8: 2, 18: 1 } : {})}
`;
}

/** The program of an environment: each case in turn, at last a triple fault. */
export function program(e: Environment, cases: readonly Case[]): Program {
  const put = PUT.replaceAll("BYTES", e.bits === 64 ? "8" : "4").replaceAll("RAX", e.bits === 64 ? "rax" : "eax");
  const tables = data(e).split("\n");
  const isConstant = (line: string): boolean => / equ /.test(line);
  const text = [
    // Constants first: in its first pass the assembler knows nothing that stands further down.
    ...tables.filter(isConstant),
    "bits 16",
    "jmp start",
    ...tables.filter((line) => !isConstant(line)),
    entry(e),
    ...cases.map((c, i) => caseText(c, i, e.bits)),
    `bits ${e.bits}`,
    `case${cases.length}:`,
    "lidt [no_idt]",
    "int3",
    "mov al, 88",
    "out 0xe9, al",
    "out 0xf4, al",
    "hlt",
    "no_idt: dw 0",
    "dd 0, 0",
    // Where a call gate leads: on to the case's own code where it left an address.
    "gate_target:",
    "cmp dword [gate_hook], 0",
    "jz .none",
    e.bits === 64 ? "jmp qword [gate_hook]" : "jmp dword [gate_hook]",
    ".none:",
    "int 0x41",
    "bits 16",
    "gate_target16:",
    "int 0x41",
    `bits ${e.bits}`,
    e.bits === 64 ? COMMON64 : COMMON32,
    put,
    stubs(e.bits === 64 ? "qword" : "dword"),
  ].join("\n");
  try {
    const { bytes, symbols } = assemble(text, { mode: 16, origin: BigInt(IMAGE) });
    return { image: bytes, starts: cases.map((_, i) => Number(symbols.get(`case${i}_body`))) };
  } catch (error) {
    const line = Number(/line (\d+)/.exec(String(error))?.[1] ?? 0);
    throw new Error(`${String(error)}\n  ${text.split("\n")[line - 1] ?? ""}`, { cause: error });
  }
}
