import type { Case } from "../support/program.js";

/** To ring 3 with IRET, the rest of the case runs there. */
export const ring3 = (flags: string = "2", label: string = "u"): string => `
  push dword UDATA + 3
  push dword USTACK
  push dword ${flags}
  push dword UCODE32 + 3
  push dword .${label}
  iretd
.${label}:
  mov eax, UDATA + 3
  mov ds, eax
  mov es, eax
`;

const loads = (name: string, code: (selector: string) => string, selectors: readonly string[]): Case[] =>
  selectors.map((selector) => ({ name: `${name} ${selector}`, code: code(selector) }));

const SELECTORS = [
  "0",
  "3",
  "CODE32",
  "CODE32 + 3",
  "DATA0",
  "DATA0 + 3",
  "UDATA",
  "UDATA + 3",
  "ABSENTDATA",
  "ABSENTCODE",
  "READONLY",
  "EXECONLY",
  "CONFORM0",
  "CONFORM0 + 3",
  "DATA1",
  "DATA1 + 1",
  "DATA2 + 2",
  "TSS",
  "LDT",
  "GATE0",
  "0xfff8",
  "4",
  "12",
  "20 + 3",
  "0x24",
  "SMALL",
  "DOWN",
];
const CODES = [
  "0",
  "3",
  "CODE32",
  "CODE32 + 3",
  "UCODE32",
  "UCODE32 + 3",
  "DATA0",
  "ABSENTCODE",
  "EXECONLY",
  "CONFORM0",
  "CONFORM0 + 3",
  "CONFORM3",
  "CODE1",
  "CODE1 + 1",
  "LDT",
  "0xfff8",
  "28",
  "0x24",
  "BADLONG",
];

const GATES = [
  "GATE0",
  "GATE0 + 3",
  "GATE2",
  "GATEDPL0",
  "GATEDPL0 + 3",
  "GATEABSENT",
  "GATENULL",
  "GATEDATA",
  "GATEABSENTCODE",
  "GATECONFORM",
  "BUSYTSS",
];

const flow: Case[] = [
  { name: "end", code: "" },
  { name: "divide by zero", code: "xor ecx, ecx\ndiv ecx" },
  { name: "divide overflow", code: "mov ecx, 1\ndiv ecx" },
  { name: "idiv byte overflow", code: "mov ax, 0x8000\nmov cl, 0xff\nidiv cl" },
  { name: "aam 0", code: "aam 0" },
  { name: "int1", code: "db 0xf1" },
  { name: "int3", code: "int3" },
  { name: "int 3 two bytes", code: "db 0xcd, 3" },
  { name: "into", code: "mov al, 0x7f\nadd al, 1\ninto" },
  { name: "into without overflow", code: "xor eax, eax\ninto\nmov eax, 5" },
  { name: "bound outside", code: "mov dword [DATA], 3\nmov dword [DATA+4], 5\nmov eax, 6\nbound eax, [DATA]" },
  { name: "bound inside", code: "mov dword [DATA], 3\nmov dword [DATA+4], 5\nmov eax, 5\nbound eax, [DATA]" },
  { name: "ud2", code: "ud2" },
  { name: "lock on register form", code: "db 0xf0, 0x01, 0xc0" },
  { name: "lock on mov", code: "db 0xf0, 0x89, 0x05\ndd DATA" },
  { name: "mov to cs", code: "db 0x8e, 0xc8" },
  { name: "lea register", code: "db 0x8d, 0xc0" },
  {
    name: "sixteen bytes",
    code: "db 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90",
  },
  { name: "x87 with EM", code: "mov eax, INIT_CR0 | 4\nmov cr0, eax\nfld1" },
  { name: "x87 with TS", code: "mov eax, INIT_CR0 | 8\nmov cr0, eax\nfld1" },
  { name: "wait with TS", code: "mov eax, INIT_CR0 | 8\nmov cr0, eax\nwait" },
  { name: "wait with TS and MP", code: "mov eax, INIT_CR0 | 10\nmov cr0, eax\nwait" },
  { name: "wait with EM", code: "mov eax, INIT_CR0 | 4\nmov cr0, eax\nwait" },
  { name: "clts", code: "mov eax, INIT_CR0 | 8\nmov cr0, eax\nclts\nmov eax, cr0" },
  { name: "mmx with EM", code: "mov eax, INIT_CR0 | 4\nmov cr0, eax\nmovq mm0, mm1" },
  { name: "mmx with TS", code: "mov eax, INIT_CR0 | 8\nmov cr0, eax\nmovq mm0, mm1" },
  { name: "sse without OSFXSR", code: "xorps xmm0, xmm0" },
  {
    name: "sse with TS",
    code: "mov eax, INIT_CR4 | 0x200\nmov cr4, eax\nmov eax, INIT_CR0 | 8\nmov cr0, eax\nxorps xmm0, xmm0",
  },
  {
    name: "sse with EM and TS",
    code: "mov eax, INIT_CR4 | 0x200\nmov cr4, eax\nmov eax, INIT_CR0 | 12\nmov cr0, eax\nxorps xmm0, xmm0",
  },
  { name: "movaps unaligned", code: "mov eax, INIT_CR4 | 0x200\nmov cr4, eax\nmovaps xmm0, [DATA + 4]" },
  { name: "fxsave unaligned", code: "mov eax, INIT_CR4 | 0x200\nmov cr4, eax\nfxsave [DATA + 4]" },
  {
    name: "ldmxcsr reserved",
    code: "mov eax, INIT_CR4 | 0x200\nmov cr4, eax\nmov dword [DATA], 0x80000000\nldmxcsr dword [DATA]",
  },
  {
    name: "mf",
    code: "mov eax, INIT_CR0 | 0x20\nmov cr0, eax\nfninit\nmov word [DATA], 0x37b\nfldcw word [DATA]\nfldz\nfld1\nfdiv st0, st1\nwait",
    after: "fninit",
  },
  {
    name: "mf by fninit",
    code: "mov eax, INIT_CR0 | 0x20\nmov cr0, eax\nfninit\nmov word [DATA], 0x37b\nfldcw word [DATA]\nfldz\nfld1\nfdiv st0, st1\nfninit",
    after: "fninit",
  },
  { name: "int 40h", code: "int 0x40" },
  { name: "int of a gate beyond the limit", code: "int 0x50" },
  { name: "int of a vector with an error code", code: "int 13\n" },
  { name: "tf over mov", code: "push dword 0x102\npopfd\nmov eax, 5\nmov ebx, 6" },
  { name: "tf over int", code: "push dword 0x102\npopfd\nint 0x42" },
  { name: "tf over rep", code: "mov edi, DATA\nmov ecx, 5\npush dword 0x102\npopfd\nrep stosb\nmov ebx, 1" },
  { name: "tf over pop ss", code: "push dword DATA0\npush dword 0x102\npopfd\npop ss\nmov eax, 7\nmov eax, 8" },
  { name: "tf over pushf", code: "push dword 0x102\npopfd\npushfd\nmov ebx, 2" },
  {
    name: "tf dr6",
    code: "mov dword [idt_start + 8], (CODE32 << 16) | (.h & 0xffff)\nmov eax, (.h & 0xffff0000) | 0x8e00\nmov [idt_start + 12], eax\nxor eax, eax\nmov dr6, eax\npush dword 0x102\npopfd\nnop\nnop\n.h:\nmov eax, dr6\nmov ebx, [esp+8]",
    after:
      "mov dword [idt_start + 8], (CODE32 << 16) | (stub1 & 0xffff)\nmov eax, (stub1 & 0xffff0000) | 0x8e00\nmov [idt_start + 12], eax",
  },
];

const userFlow: Case[] = [
  { name: "end", code: "" },
  { name: "int 0x30 of DPL 0", code: "int 0x30" },
  { name: "int 3", code: "int3" },
  { name: "int1", code: "db 0xf1" },
  { name: "into", code: "mov al, 0x7f\nadd al, 1\ninto" },
  { name: "ud2", code: "ud2" },
  { name: "hlt", code: "hlt" },
  { name: "cli", code: "cli" },
  { name: "sti", code: "sti" },
  { name: "in", code: "in al, 0x80" },
  { name: "mov cr0", code: "mov eax, cr0" },
  { name: "mov to cr0", code: "mov cr0, eax" },
  { name: "mov dr0", code: "mov eax, dr0" },
  { name: "lgdt", code: "lgdt [gdtr]" },
  { name: "sgdt", code: "sgdt [DATA]\nmov eax, [DATA]\nmovzx eax, ax" },
  { name: "smsw", code: "smsw eax" },
  { name: "sldt", code: "sldt eax" },
  { name: "str", code: "str eax" },
  { name: "lldt", code: "lldt ax" },
  { name: "ltr", code: "ltr ax" },
  { name: "lmsw", code: "lmsw ax" },
  { name: "clts", code: "clts" },
  { name: "invd", code: "invd" },
  { name: "wbinvd", code: "wbinvd" },
  { name: "invlpg", code: "invlpg [DATA]" },
  { name: "rdmsr", code: "rdmsr" },
  { name: "wrmsr", code: "wrmsr" },
  { name: "rdpmc", code: "rdpmc" },
  { name: "rdtsc", code: "rdtsc\nxor eax, eax\nxor edx, edx" },
  { name: "sysexit", code: "sysexit" },
  { name: "sysret", code: "sysret" },
  { name: "popf of if and iopl", code: "push dword 0x3202\npopfd" },
  { name: "popf of ac and id", code: "push dword 0x240002\npopfd" },
  { name: "popf of nt", code: "push dword 0x4002\npopfd\npushfd\npop eax\npush dword 2\npopfd" },
  { name: "popf of df and vm", code: "push dword 0x20402\npopfd" },
  { name: "iret to ring 3", code: "push dword 0x3247\npush dword UCODE32 + 3\npush dword .x\niretd\n.x:" },
  { name: "iret to ring 0", code: "push dword 2\npush dword CODE32\npush dword .x\niretd\n.x:" },
  { name: "retf to ring 0", code: "push dword CODE32\npush dword .x\nretfd\n.x:" },
  { name: "jmp to ring 0", code: "db 0xea\ndd .x\ndw CODE32\n.x:" },
  { name: "jmp to conforming", code: "db 0xea\ndd .x\ndw CONFORM0\n.x:\nmov eax, cs" },
  { name: "mov ss of ring 0", code: "mov eax, DATA0\nmov ss, eax" },
  { name: "mov ss null", code: "xor eax, eax\nmov ss, eax" },
];

export const FLOW_32: readonly Case[] = [
  ...flow,
  ...userFlow.map((c) => ({ ...c, name: `ring 3: ${c.name}`, code: ring3() + c.code })),
  ...userFlow.slice(7, 10).map((c) => ({ ...c, name: `ring 3, IOPL 3: ${c.name}`, code: ring3("0x3002") + c.code })),
  { name: "ring 3, IOPL 3: popf of if and iopl", code: `${ring3("0x3002")}push dword 0x1202\npopfd` },
  { name: "ring 3, TSD: rdtsc", code: `mov eax, INIT_CR4 | 4\nmov cr4, eax\n${ring3()}rdtsc` },
  { name: "ring 3, UMIP: sgdt", code: `mov eax, INIT_CR4 | 0x800\nmov cr4, eax\n${ring3()}sgdt [DATA]` },
  { name: "ring 3, UMIP: smsw", code: `mov eax, INIT_CR4 | 0x800\nmov cr4, eax\n${ring3()}smsw eax` },
  { name: "ring 3, TF set by iret", code: ring3("0x102") },
  { name: "ring 3, TF over int", code: `${ring3()}push dword 0x102\npopfd\nint 0x42` },
  { name: "ring 3, TF over syscall-like fault", code: `${ring3()}push dword 0x102\npopfd\nud2` },
];

/** Loads of segment registers with every kind of descriptor, and what LAR, LSL, VERR, VERW say of them. */
export const SEGMENTS_32: readonly Case[] = [
  ...loads("mov ds,", (s) => `mov eax, ${s}\nmov ds, eax\nmov edx, ds`, SELECTORS),
  ...loads(
    "mov ss,",
    (s) => `mov eax, ${s}\nmov ss, eax\nmov edx, ss`,
    SELECTORS.filter((s) => s !== "SMALL" && s !== "DOWN"),
  ),
  ...loads("ring 3: mov ds,", (s) => `${ring3()}mov eax, ${s}\nmov ds, eax\nmov edx, ds`, SELECTORS),
  ...loads("ring 3: mov ss,", (s) => `${ring3()}mov eax, ${s}\nmov ss, eax\nmov edx, ss`, [
    "UDATA + 3",
    "UDATA",
    "ABSENTSTACK3 + 3",
    "UCODE32 + 3",
    "READONLY + 3",
  ]),
  ...loads("pop fs,", (s) => `push dword ${s}\npop fs\nmov edx, fs\nmov ecx, esp`, ["0", "ABSENTDATA", "UDATA", "TSS"]),
  ...loads("lfs", (s) => `mov dword [DATA], 9\nmov word [DATA+4], ${s}\nlfs eax, [DATA]`, [
    "0",
    "ABSENTDATA",
    "UDATA",
    "TSS",
  ]),
  ...["lar", "lsl"].flatMap((insn) =>
    loads(insn, (s) => `mov ecx, ${s}\nmov eax, 0x99\n${insn} eax, ecx`, [
      ...SELECTORS,
      "CODE1",
      "GATE16",
      "ABSENTTSS",
      "BUSYTSS",
      "BADLONG",
    ]),
  ),
  ...["lar", "lsl"].flatMap((insn) =>
    loads(`ring 3: ${insn}`, (s) => `${ring3()}mov ecx, ${s}\nmov eax, 0x99\n${insn} eax, ecx`, [
      ...SELECTORS,
      "GATEDPL0",
    ]),
  ),
  ...["verr", "verw"].flatMap((insn) => loads(insn, (s) => `mov ecx, ${s}\n${insn} cx`, SELECTORS)),
  ...["verr", "verw"].flatMap((insn) =>
    loads(`ring 3: ${insn}`, (s) => `${ring3()}mov ecx, ${s}\n${insn} cx`, SELECTORS),
  ),
  { name: "arpl raises", code: "mov eax, 0x10\nmov ecx, 3\narpl ax, cx" },
  { name: "arpl keeps", code: "mov eax, 0x13\nmov ecx, 1\narpl ax, cx" },
];

/** Far transfers, same ring and others. */
export const TRANSFERS_32: readonly Case[] = [
  { name: "lss", code: "mov dword [DATA], 0x81000\nmov dword [DATA+4], DATA0\nlss esp, [DATA]\nmov eax, esp" },
  {
    name: "lss over TF",
    code: "mov dword [DATA], 0x81000\nmov dword [DATA+4], DATA0\npush dword 0x102\npopfd\nlss esp, [DATA]\nmov eax, esp",
  },
  ...loads("jmp far", (s) => `db 0xea\ndd .x\ndw ${s}\n.x:\nmov eax, cs`, CODES),
  ...loads("ring 3: jmp far", (s) => `${ring3()}db 0xea\ndd .x\ndw ${s}\n.x:\nmov eax, cs`, CODES),
  ...loads("call far", (s) => `db 0x9a\ndd .x\ndw ${s}\n.x:\nmov eax, cs\nmov ebx, [esp+4]\nmov ecx, esp`, CODES),
  ...loads("jmp gate", (s) => `db 0xea\ndd .x\ndw ${s}\n.x:\nmov eax, cs`, GATES),
  ...loads("call gate", (s) => `push dword 5\npush dword 6\ndb 0x9a\ndd .x\ndw ${s}\n.x:\nmov eax, cs`, GATES),
  ...loads("ring 3: jmp gate", (s) => `${ring3()}db 0xea\ndd .x\ndw ${s}\n.x:\nmov eax, cs`, GATES),
  ...loads(
    "ring 3: call gate",
    (s) => `${ring3()}push dword 5\npush dword 6\ndb 0x9a\ndd .x\ndw ${s}\n.x:\nmov eax, cs`,
    GATES,
  ),
  {
    name: "ring 3: call gate copies",
    code: `${ring3()}push dword 5\npush dword 6\nmov dword [gate_hook], .g\ndb 0x9a\ndd 0\ndw GATE2\n.g:\npop eax\npop ebx\npop ecx\npop edx\nxor eax, eax`,
  },
  {
    name: "ring 3: call gate and retf",
    code: `${ring3()}push dword 5\npush dword 6\nmov dword [gate_hook], .g\ndb 0x9a\ndd 0\ndw GATE2\nmov eax, esp\nmov ebx, cs\nint 0x40\n.g:\ndb 0xca, 8, 0`,
  },
  ...loads("retf", (s) => `push dword ${s}\npush dword .x\nretfd\n.x:\nmov eax, cs\nmov ecx, esp`, CODES),
  ...loads(
    "retf to outer with ss",
    (s) =>
      `push dword ${s}\npush dword USTACK\npush dword UCODE32 + 3\npush dword .x\nretfd\n.x:\nmov eax, cs\nmov ecx, esp\nmov edx, ss`,
    ["UDATA + 3", "UDATA", "0", "3", "DATA0", "READONLY + 3", "ABSENTSTACK3 + 3", "0xfffb"],
  ),
  {
    name: "retf n to outer",
    code: "push dword UDATA + 3\npush dword USTACK\npush dword 1\npush dword 2\npush dword UCODE32 + 3\npush dword .x\ndb 0xca, 8, 0\n.x:\nmov ecx, esp\nmov edx, ss",
  },
  {
    name: "retf to outer drops ds",
    code: "push dword UDATA + 3\npush dword USTACK\npush dword UCODE32 + 3\npush dword .x\nretfd\n.x:\nmov eax, ds\nmov ebx, es\nmov ecx, [DATA]",
  },
  {
    name: "retf 16",
    code: "db 0x66, 0x68\ndw CODE16\ndb 0x66, 0x68\ndw .x - 0x10000\nretfw\nbits 16\n.x:\nmov ecx, esp\nmov ax, cs\nbits 32",
  },
  ...loads(
    "iret",
    (s) => `push dword 0x202\npush dword ${s}\npush dword .x\niretd\n.x:\nmov eax, cs\nmov ecx, esp\ncli`,
    CODES,
  ),
  ...loads(
    "iret to outer with ss",
    (s) =>
      `push dword ${s}\npush dword USTACK\npush dword 0x3293\npush dword UCODE32 + 3\npush dword .x\niretd\n.x:\nmov eax, cs\nmov ecx, esp\nmov edx, ss`,
    ["UDATA + 3", "UDATA", "0", "3", "DATA0", "READONLY + 3", "ABSENTSTACK3 + 3", "0xfffb"],
  ),
  {
    name: "iret 16 to ring 0",
    code: "db 0x66, 0x68, 0x93, 0x32, 0x66, 0x68\ndw CODE16\ndb 0x66, 0x68\ndw .x - 0x10000\niretw\nbits 16\n.x:\nmov ecx, esp\nmov ax, cs\ncli\nbits 32",
  },
  {
    name: "iret 16 to ring 3",
    code: "db 0x66, 0x68\ndw UDATA + 3\ndb 0x66, 0x68, 0, 0x40, 0x66, 0x68, 0x93, 0x32, 0x66, 0x68\ndw UCODE16 + 3\ndb 0x66, 0x68, 0, 0x50\nmov word [0x5000], 0x9090\nmov dword [0x5002], 0xd98940cd\niretw",
  },
];

/** System segments and gates of the IDT. */
export const SYSTEM_32: readonly Case[] = [
  ...loads("lldt", (s) => `mov eax, ${s}\nlldt ax\nsldt ecx`, [
    "0",
    "3",
    "LDT",
    "LDT + 3",
    "ABSENTLDT",
    "TSS",
    "DATA0",
    "0xfff8",
    "4",
  ]).map((c) => ({ ...c, after: "lldt [ldt_selector]" })),
  ...loads("ltr", (s) => `mov eax, ${s}\nltr ax\nstr ecx`, [
    "0",
    "3",
    "LDT",
    "ABSENTTSS",
    "BUSYTSS",
    "TSS",
    "DATA0",
    "0xfff8",
    "4",
    "SHORTTSS",
  ]).map((c) => ({
    ...c,
    after: "and byte [gdt_start + TSS + 5], 0xfd\nand byte [gdt_start + SHORTTSS + 5], 0xfd\nltr [tss_selector]",
  })),
  {
    name: "ltr marks busy",
    code: "and byte [gdt_start + TSS + 5], 0xfd\nltr [tss_selector]\nmov eax, [gdt_start + TSS + 4]\nand eax, 0xff00",
  },
  // A stack of ring 1 that cannot be used: the fault itself is handled in ring 0.
  ...loads(
    "tss with ss1",
    (s) => `mov word [tss + 16], ${s}\nmov word [idt_start + 0x42 * 8 + 2], CODE1\n${ring3()}int 0x42`,
    ["0", "DATA1", "DATA1 + 2", "DATA0 + 1", "UDATA + 1", "ABSENTDATA + 1", "ABSENTSTACK1 + 1", "CODE1 + 1", "0xfff9"],
  ).map((c) => ({
    ...c,
    after: "mov word [tss + 16], DATA1 + 1\nmov word [idt_start + 0x42 * 8 + 2], CODE32",
  })),
  {
    name: "int to ring 1",
    code: `mov word [idt_start + 0x42 * 8 + 2], CODE1\nmov dword [idt_start + 0x42 * 8], (CODE1 << 16) | (.h & 0xffff)\n${ring3()}int 0x42\n.h:\nmov eax, ss\nmov ebx, esp\nmov ecx, cs\nmov edx, ds`,
    after: "mov dword [idt_start + 0x42 * 8], (CODE32 << 16) | (stub66 & 0xffff)",
  },
  {
    name: "load sets accessed",
    code: "and byte [gdt_start + UNACCESSED + 5], 0xfe\nmov eax, UNACCESSED\nmov fs, eax\nmov eax, [gdt_start + UNACCESSED + 4]",
  },
  {
    name: "gate absent",
    code: "and byte [idt_start + 0x42 * 8 + 5], 0x7f\nint 0x42",
    after: "or byte [idt_start + 0x42 * 8 + 5], 0x80",
  },
  {
    name: "gate of a wrong type",
    code: "mov byte [idt_start + 0x42 * 8 + 5], 0xec\nint 0x42",
    after: "mov byte [idt_start + 0x42 * 8 + 5], 0xee",
  },
  ...loads("gate selector", (s) => `mov word [idt_start + 0x42 * 8 + 2], ${s}\nint 0x42`, [
    "0",
    "DATA0",
    "ABSENTCODE",
    "UCODE32",
    "CONFORM0",
    "0xfff8",
    "CONFORM3",
  ]).map((c) => ({ ...c, after: "mov word [idt_start + 0x42 * 8 + 2], CODE32" })),
  ...loads("gate selector for a fault", (s) => `mov word [idt_start + 6 * 8 + 2], ${s}\nud2`, [
    "0",
    "DATA0",
    "ABSENTCODE",
    "UCODE32",
    "0xfff8",
  ]).map((c) => ({ ...c, after: "mov word [idt_start + 6 * 8 + 2], CODE32" })),
  ...loads(
    "double fault by gate selector",
    (s) => `mov word [idt_start + 13 * 8 + 2], ${s}\nmov eax, TSS\nmov ds, eax`,
    ["0", "DATA0", "ABSENTCODE"],
  ).map((c) => ({ ...c, after: "mov word [idt_start + 13 * 8 + 2], CODE32" })),
  {
    name: "trap gate keeps IF",
    code: "mov byte [idt_start + 0x42 * 8 + 5], 0xef\nmov dword [idt_start + 0x42 * 8], (CODE32 << 16) | (.h & 0xffff)\nsti\nint 0x42\n.h:\npushfd\npop eax\ncli",
    after:
      "mov byte [idt_start + 0x42 * 8 + 5], 0xee\nmov dword [idt_start + 0x42 * 8], (CODE32 << 16) | (stub66 & 0xffff)",
  },
  {
    name: "16-bit gate",
    code: "mov byte [idt_start + 0x42 * 8 + 5], 0xe6\nmov dword [idt_start + 0x42 * 8 + 4], 0xe600\nmov dword [idt_start + 0x42 * 8], (CODE16 << 16) | ((.h - 0x10000) & 0xffff)\nint 0x42\nbits 16\n.h:\nmov ecx, esp\npop ax\npop bx\npop dx\nbits 32",
    after:
      "mov dword [idt_start + 0x42 * 8 + 4], (stub66 & 0xffff0000) | 0xee00\nmov dword [idt_start + 0x42 * 8], (CODE32 << 16) | (stub66 & 0xffff)",
  },
];
