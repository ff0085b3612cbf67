import type { Case } from "../support/program.js";

/** To ring 3 with IRETQ, the rest of the case runs there. */
const ring3 = (flags: string = "2"): string =>
  `push UDATA + 3\npush USTACK\npush ${flags}\npush UCODE64 + 3\npush .u\niretq\n.u:\n`;

/** On in the 32-bit code segment. */
const compat = "push CODE32\npush .c\nretfq\nbits 32\n.c:\n";

const SELECTORS = [
  "0",
  "3",
  "CODE64",
  "DATA0",
  "DATA0 + 3",
  "UDATA + 3",
  "ABSENTDATA",
  "EXECONLY",
  "TSS",
  "0xfff8",
  "12",
];
const CODES = [
  "0",
  "CODE64",
  "CODE64 + 3",
  "CODE32",
  "UCODE64 + 3",
  "DATA0",
  "ABSENTCODE64",
  "CONFORM64",
  "BADLONG",
  "TSS",
  "LDT",
  "0xfff8",
  "CODE16F",
];
const GATES = [
  "GATE0",
  "GATE0 + 3",
  "GATE2",
  "GATEDPL0",
  "GATEABSENT",
  "GATENULL",
  "GATEDATA",
  "GATEABSENTCODE",
  "GATECONFORM",
  "GATE16",
  "TSS",
  "BUSYTSS",
];
const each = (name: string, list: readonly string[], code: (s: string) => string, after?: string): Case[] =>
  list.map((s) => ({ name: `${name} ${s}`, code: code(s), ...(after === undefined ? {} : { after }) }));

const BAD = "mov rax, 0x800000000000\n";

export const LONG: readonly Case[] = [
  { name: "end", code: "" },
  { name: "divide by zero", code: "xor ecx, ecx\ndiv rcx" },
  { name: "push es", code: "db 0x06" },
  { name: "far jump with immediate", code: "db 0xea, 0, 0, 0, 0, 8, 0" },
  { name: "sysenter in 64-bit code of AMD", code: "sysenter" },
  { name: "load non-canonical", code: `${BAD}mov rbx, [rax]` },
  { name: "store non-canonical", code: `${BAD}mov [rax], rbx` },
  { name: "load across the canonical edge", code: "mov rax, 0x7ffffffffffc\nmov rbx, [rax]" },
  { name: "stack non-canonical", code: `${BAD}mov rsp, rax\npush rbx` },
  { name: "rbp non-canonical", code: `${BAD}mov rbp, rax\nmov rbx, [rbp]` },
  { name: "jump to non-canonical", code: `${BAD}jmp rax` },
  { name: "ret to non-canonical", code: `${BAD}push rax\nret` },
  { name: "iret to non-canonical", code: `${BAD}push DATA0\npush KSTACK\npush 2\npush CODE64\npush rax\niretq` },
  { name: "rdmsr of efer", code: "mov ecx, 0xc0000080\nrdmsr" },
  { name: "mov cr8 reserved", code: "mov eax, 16\nmov cr8, rax" },
  { name: "mov cr8", code: "mov eax, 5\nmov cr8, rax\nmov rbx, cr8\nxor eax, eax\nmov cr8, rax" },
  { name: "mov dr7 high", code: "mov rax, 0x100000000\nmov dr7, rax" },
  { name: "mov dr4", code: "mov rax, dr4" },
  { name: "mov dr4 with DE", code: "mov rax, cr4\nor al, 8\nmov cr4, rax\nmov rax, dr4" },
  { name: "smsw", code: "smsw rax" },
  { name: "lmsw keeps pe", code: "xor eax, eax\nlmsw ax\nmov rax, cr0" },
  { name: "sgdt", code: "sgdt [DATA]\nmovzx eax, word [DATA]" },
  { name: "swapgs", code: "swapgs\nswapgs" },
  { name: "lahf", code: "lahf" },
  ...each("mov ds,", SELECTORS, (s) => `mov eax, ${s}\nmov ds, eax`),
  ...each("mov ss,", SELECTORS, (s) => `mov eax, ${s}\nmov ss, eax`),
  ...each("ring 3: mov ss,", SELECTORS, (s) => `${ring3()}mov eax, ${s}\nmov ss, eax`),
  ...each(
    "call far",
    [...CODES, ...GATES],
    (s) => `mov dword [DATA], .x\nmov dword [DATA + 4], ${s}\ncall far dword [DATA]\n.x:\nmov rax, [rsp]\nxor eax, eax`,
  ),
  ...each(
    "ring 3: call far",
    [...CODES, ...GATES],
    (s) => `${ring3()}mov dword [DATA], .x\nmov dword [DATA + 4], ${s}\ncall far dword [DATA]\n.x:`,
  ),
  ...each(
    "jmp far",
    [...CODES, ...GATES],
    (s) => `mov dword [DATA], .x\nmov dword [DATA + 4], ${s}\njmp far dword [DATA]\n.x:`,
  ),
  ...each("retf", CODES, (s) => `push ${s}\npush .x\nretfq\n.x:`),
  ...each("iret", CODES, (s) => `push DATA0\npush KSTACK\npush 0x3093\npush ${s}\npush .x\niretq\n.x:`),
  ...each(
    "iret with ss",
    ["0", "3", "DATA0", "UDATA + 3", "READONLY", "ABSENTDATA", "0xfff8"],
    (s) => `push ${s}\npush KSTACK\npush 2\npush CODE64\npush .x\niretq\n.x:`,
  ),
  ...each(
    "iret to ring 3 with ss",
    ["0", "3", "DATA0", "UDATA + 3", "ABSENTSTACK3 + 3", "0xfffb"],
    (s) => `push ${s}\npush USTACK\npush 0x3202\npush UCODE64 + 3\npush .x\niretq\n.x:`,
  ),
  { name: "iret with nt", code: "push 0x4002\npopfq\niretq" },
  {
    name: "iret to 32-bit ring 3",
    code: "push UDATA + 3\npush USTACK\npush 2\npush UCODE32 + 3\npush .x\niretq\nbits 32\n.x:\nmov ebx, esp\nint 0x40\nbits 64",
  },
  { name: "compatibility: div", code: `${compat}xor ecx, ecx\ndiv ecx\nbits 64` },
  {
    name: "compatibility: syscall",
    code: `mov ecx, 0xc0000083\nmov eax, .s\nxor edx, edx\nwrmsr\nmov ecx, 0xc0000081\nmov edx, (UDATA << 16) | CODE64\nxor eax, eax\nwrmsr\n${compat}syscall\nbits 64\n.s:\nmov eax, cs\nsub rcx, .c`,
  },
  {
    name: "syscall",
    code: "mov ecx, 0xc0000082\nmov eax, .s\nxor edx, edx\nwrmsr\nmov ecx, 0xc0000084\nmov eax, 0x200\nwrmsr\nmov ecx, 0xc0000081\nmov edx, (UDATA << 16) | CODE64\nxor eax, eax\nwrmsr\npush 0x3293\npopfq\nsyscall\n.s:\nmov eax, cs\nmov rbx, r11\nxor ecx, ecx",
  },
  {
    name: "syscall without sce",
    code: "mov ecx, 0xc0000080\nmov eax, 0x900\nxor edx, edx\nwrmsr\nsyscall",
    after: "mov ecx, 0xc0000080\nmov eax, 0x901\nxor edx, edx\nwrmsr",
  },
  {
    name: "sysret to 64-bit",
    code: "mov ecx, 0xc0000081\nmov edx, (UDATA << 16) | CODE64\nxor eax, eax\nwrmsr\nmov rcx, .s\nmov r11d, 0x3293\nsysretq\n.s:\nmov eax, ss\nxor ecx, ecx",
  },
  {
    name: "sysret to 32-bit",
    code: "mov ecx, 0xc0000081\nmov edx, (UDATA << 16) | CODE64\nxor eax, eax\nwrmsr\nmov rcx, .s\nmov r11d, 0x3293\nsysretd\nbits 32\n.s:\nmov eax, ss\nxor ecx, ecx\nint 0x40\nbits 64",
  },
  {
    name: "sysret with tf",
    code: "mov ecx, 0xc0000081\nmov edx, (UDATA << 16) | CODE64\nxor eax, eax\nwrmsr\nmov rcx, .s\nmov r11d, 0x102\nsysretq\n.s:\nxor ecx, ecx\nnop",
  },
  { name: "ring 3: sysret", code: `${ring3()}sysretq` },
  { name: "ring 3: swapgs", code: `${ring3()}swapgs` },
  { name: "ring 3: hlt", code: `${ring3()}hlt` },
  { name: "ring 3: out", code: `${ring3()}out 0x80, al` },
  {
    name: "ring 3: out allowed by the bitmap",
    code: `mov byte [iomap + 0x10], 0xfe\n${ring3()}out 0x80, al`,
    after: "mov byte [iomap + 0x10], 0",
  },
  { name: "ring 3: out beyond the bitmap", code: `${ring3()}mov dx, 0x3f8\nout dx, al` },
  {
    name: "ring 3: word out half allowed",
    code: `mov byte [iomap + 0x10], 0x02\n${ring3()}out 0x80, ax`,
    after: "mov byte [iomap + 0x10], 0",
  },
  { name: "ring 3: tf", code: `${ring3("0x102")}nop\nnop` },
  {
    name: "tf over syscall masked",
    code: "mov ecx, 0xc0000082\nmov eax, .s\nxor edx, edx\nwrmsr\nmov ecx, 0xc0000084\nmov eax, 0x100\nwrmsr\nmov ecx, 0xc0000081\nmov edx, (UDATA << 16) | CODE64\nxor eax, eax\nwrmsr\npush 0x102\npopfq\nsyscall\n.s:\nxor ecx, ecx",
  },
  // System descriptors that long mode has not, and one whose upper half is beyond the table.
  ...each(
    "lsl of a system segment of type",
    ["1", "2", "3", "9", "11"],
    (s) => `mov byte [gdt_start + SMALL + 5], 0x80 + ${s}\nmov ecx, SMALL\nmov eax, 0x99\nlsl eax, ecx`,
    "mov byte [gdt_start + SMALL + 5], 0x93",
  ),
  ...["ltr", "lldt"].map((insn) => ({
    name: `${insn} of a descriptor that the table ends in`,
    code: `mov word [DATA + 0x40], ${insn === "ltr" ? "TSS" : "LDT"} + 7\nmov rax, gdt_start\nmov [DATA + 0x42], rax\nlgdt [DATA + 0x40]\nand byte [gdt_start + TSS + 5], 0xfd\nmov eax, ${insn === "ltr" ? "TSS" : "LDT"}\n${insn} ax`,
    after: "lgdt [gdtr]\nlldt [ldt_selector]\nand byte [gdt_start + TSS + 5], 0xfd\nltr [tss_selector]",
  })),
  // Paging: rights, present, reserved bits, accessed and dirty.
  {
    name: "page not present, read",
    code: "mov dword [PTE], 0\ninvlpg [DATA]\nmov eax, [DATA + 8]",
    after: "mov dword [PTE], DATA + 7",
  },
  {
    name: "page not present, write",
    code: "mov dword [PTE], 0\ninvlpg [DATA]\nmov [DATA + 8], eax",
    after: "mov dword [PTE], DATA + 7",
  },
  {
    name: "read-only page, write without WP",
    code: "mov dword [PTE], DATA + 5\ninvlpg [DATA]\nmov [DATA + 8], eax",
    after: "mov dword [PTE], DATA + 7",
  },
  {
    name: "read-only page, write with WP",
    code: "mov rax, cr0\nbts eax, 16\nmov cr0, rax\nmov dword [PTE], DATA + 5\ninvlpg [DATA]\nmov [DATA + 8], eax",
    after: "mov dword [PTE], DATA + 7",
  },
  {
    name: "ring 3: supervisor page",
    code: `mov dword [PTE], DATA + 3\ninvlpg [DATA]\n${ring3()}mov eax, [DATA]`,
    after: "mov dword [PTE], DATA + 7",
  },
  {
    name: "ring 3: read-only page, write",
    code: `mov dword [PTE], DATA + 5\ninvlpg [DATA]\n${ring3()}mov [DATA], eax`,
    after: "mov dword [PTE], DATA + 7",
  },
  {
    name: "reserved bit",
    code: "mov dword [PTE + 4], 0x80000\ninvlpg [DATA]\nmov eax, [DATA]",
    after: "mov dword [PTE + 4], 0",
  },
  {
    name: "nx without nxe",
    code: "mov dword [PTE + 4], 0x80000000\ninvlpg [DATA]\nmov eax, [DATA]",
    after: "mov dword [PTE + 4], 0",
  },
  {
    name: "nx fetch",
    code: "mov ecx, 0xc0000080\nmov eax, 0x901 | 0x800\nxor edx, edx\nwrmsr\nmov dword [PTE + 4], 0x80000000\ninvlpg [DATA]\nmov eax, DATA\njmp rax",
    after: "mov dword [PTE + 4], 0\nmov ecx, 0xc0000080\nmov eax, 0x901\nxor edx, edx\nwrmsr",
  },
  {
    name: "accessed and dirty",
    code: "mov dword [PTE], DATA + 7\ninvlpg [DATA]\nmov eax, [DATA]\nmov eax, [PTE]\nmov [DATA], ebx\nmov ebx, [PTE]",
  },
  {
    name: "write across into an absent page",
    code: "mov qword [DATA + 0xff8], 0\nmov dword [PTE + 8], 0\ninvlpg [DATA + 0x1000]\nmov [DATA + 0xffc], rax",
    after: "mov dword [PTE + 8], DATA + 0x1007",
  },
  { name: "nothing was written", code: "mov rax, [DATA + 0xff8]" },
  {
    name: "rep stosb into an absent page",
    code: "mov dword [PTE + 8], 0\ninvlpg [DATA + 0x1000]\nmov edi, DATA + 0xff0\nmov ecx, 100\nrep stosb",
    after: "mov dword [PTE + 8], DATA + 0x1007",
  },
  {
    name: "rep movsb from an absent page",
    code: "mov dword [PTE + 8], 0\ninvlpg [DATA + 0x1000]\nmov esi, DATA + 0xff0\nmov edi, DATA\nmov ecx, 100\nrep movsb",
    after: "mov dword [PTE + 8], DATA + 0x1007",
  },
  {
    name: "push into an absent page",
    code: "mov dword [PTE], 0\ninvlpg [DATA]\nmov rsp, DATA + 4\npush rax",
    after: "mov dword [PTE], DATA + 7",
  },
  { name: "self-modifying", code: "mov byte [.m + 1], 7\n.m:\nmov al, 3" },
  // Interrupts, from the APIC to itself.
  ...each(
    "pending interrupt, then",
    [
      "sti\nnop\nnop",
      "sti\nmov eax, DATA0\nmov ss, eax\nnop",
      "sti\nhlt\nnop",
      "push 0x202\npopfq\nnop",
      "sti\nsti\nnop",
      "sti\ncli\nnop",
      "push DATA0\npush KSTACK\npush 0x202\npush CODE64\npush .i\niretq\n.i:\nnop\nnop",
    ],
    (s) => `mov eax, 0xfee00300\nmov dword [rax], 0x44045\n${s}`,
    "mov eax, 0xfee000b0\nmov dword [rax], 0",
  ).map((c, i) => ({ ...c, name: `pending interrupt ${i}` })),
  {
    name: "gate of 32 bits",
    code: "mov byte [idt_start + 0x42 * 16 + 5], 0xe6\nint 0x42",
    after: "mov byte [idt_start + 0x42 * 16 + 5], 0xee",
  },
  ...each(
    "gate selector",
    ["0", "CODE32", "DATA0", "ABSENTCODE64", "UCODE64"],
    (s) => `mov word [idt_start + 0x42 * 16 + 2], ${s}\nint 0x42`,
    "mov word [idt_start + 0x42 * 16 + 2], CODE64",
  ),
  {
    name: "ist",
    code: "mov byte [idt_start + 0x42 * 16 + 4], 1\nint 0x42",
    after: "mov byte [idt_start + 0x42 * 16 + 4], 0",
  },
  { name: "frame is aligned", code: "mov rsp, KSTACK - 3\nint 0x42" },
  {
    name: "fs address whose offset is not canonical",
    code: "mov ecx, 0xc0000100\nmov edx, 0xffff8000\nxor eax, eax\nwrmsr\nmov rax, 0x800000001000\nmov rbx, fs:[rax]",
    after: "mov ecx, 0xc0000100\nxor edx, edx\nxor eax, eax\nwrmsr",
  },
];
