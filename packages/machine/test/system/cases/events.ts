import type { Case } from "../support/program.js";

/** NMI in 32- and 64-bit code. QEMU 7.2 raises no #XM: that is tested in simd-exceptions.test.ts. */
export function eventCases(bits: 32 | 64): Case[] {
  const gate = bits === 64 ? 16 : 8;
  const code = bits === 64 ? "CODE64" : "CODE32";
  const ring3 =
    bits === 64
      ? "push UDATA + 3\npush USTACK\npush 2\npush UCODE64 + 3\npush .u\niretq\n.u:\n"
      : "push dword UDATA + 3\npush dword USTACK\npush dword 2\npush dword UCODE32 + 3\npush dword .u\niretd\n.u:\nmov eax, UDATA + 3\nmov ds, eax\nmov es, eax\n";
  const cases: Case[] = [{ name: "end", code: "" }];
  // NMI, from the APIC to itself. A repeated instruction, so that the store is the last thing before a boundary in any implementation.
  const nmi = `mov eax, 0x4400\nmov edi, 0xfee00300\nmov ecx, 1\nrep stosd\n`;
  const frame =
    bits === 64
      ? "push DATA0\npush KSTACK\npush 2\npush CODE64\npush .un\niretq\n.un:"
      : "push dword 2\npush dword CODE32\npush dword .un\niretd\n.un:";
  cases.push(
    { name: "nmi", code: `${nmi}nop`, after: frame },
    { name: "nmi, ring 3", code: `${ring3}${nmi}nop`, after: frame },
    {
      name: "nmi through an absent gate",
      code: `mov byte [idt_start + 2 * ${gate} + 5], 0x0e\n${nmi}nop`,
      after: `mov byte [idt_start + 2 * ${gate} + 5], 0x8e\n${frame}`,
    },
    {
      name: "nmi in an nmi waits for iret",
      code: `xor ebx, ebx\nmov dword [idt_start + 2 * ${gate}], (${code} << 16) | (.h & 0xffff)\nmov byte [idt_start + 2 * ${gate} + 4], 0\n${nmi}.r:\nnop\njmp .e\n.h:\ninc ebx\ncmp ebx, 2\nje .two\n${nmi}nop\nmov edx, ebx\niret${bits === 64 ? "q" : "d"}\n.two:\nmov eax, [${bits === 64 ? "rsp" : "esp"}]\nsub eax, .r\n.e:`,
      after: `mov dword [idt_start + 2 * ${gate}], (${code} << 16) | (stub2 & 0xffff)\nmov byte [idt_start + 2 * ${gate} + 4], ${bits === 64 ? 1 : 0}\n${frame}`,
    },
  );
  return cases;
}

const IST = (n: number): string => `mov byte [idt_start + 0x42 * 16 + 4], ${n}\n`;
const NO_IST = "mov byte [idt_start + 0x42 * 16 + 4], 0";
const RING3 = "push UDATA + 3\npush USTACK\npush 2\npush UCODE64 + 3\npush .u\niretq\n.u:\n";

/** SS and RSP of interrupts in 64-bit mode, with and without a change of ring and a stack of the interrupt's own (SDM vol. 3A, 6.14). */
export const STACKS_64: readonly Case[] = [
  { name: "same ring", code: "int 0x42" },
  { name: "same ring, stack of its own", code: `${IST(1)}int 0x42`, after: NO_IST },
  { name: "same ring, null SS", code: `xor eax, eax\nmov ss, eax\nint 0x42` },
  { name: "same ring, null SS, stack of its own", code: `${IST(1)}xor eax, eax\nmov ss, eax\nint 0x42`, after: NO_IST },
  { name: "inner ring", code: `${RING3}int 0x42` },
  { name: "inner ring, stack of its own", code: `${IST(2)}${RING3}int 0x42`, after: NO_IST },
  { name: "stack of its own that is not there", code: `${IST(3)}int 0x42`, after: NO_IST },
  {
    name: "back from a stack of its own",
    code: `mov dword [idt_start + 0x42 * 16], (CODE64 << 16) | (.h & 0xffff)\n${IST(1)}int 0x42\nmov eax, ss\nmov rbx, rsp\njmp .e\n.h:\nmov ecx, ss\nmov rdx, rsp\niretq\n.e:`,
    after: `mov dword [idt_start + 0x42 * 16], (CODE64 << 16) | (stub66 & 0xffff)\n${NO_IST}`,
  },
  { name: "misaligned, same ring", code: "mov rsp, KSTACK - 9\nint 0x42" },
  {
    name: "misaligned, compatibility mode",
    code: "push CODE32\npush .c\nretfq\nbits 32\n.c:\nmov esp, KSTACK - 9\nint 0x42\nbits 64",
  },
  {
    name: "fault with an error code, same ring, stack of its own",
    code: "mov byte [idt_start + 13 * 16 + 4], 1\nmov rax, 0x800000000000\nmov rbx, [rax]",
    after: "mov byte [idt_start + 13 * 16 + 4], 0",
  },
];
