import type { Case } from "../support/program.js";

/**
 * Debug registers in 32- and 64-bit code (SDM vol. 3B, 18.2 and 18.3). The handler of #DB counts in EBX, leaves DR6 in EDX and where it was taken,
 * relative to `.t`, in EBP (which the report shows as CX), and goes on with RF set.
 */
export function debugCases(bits: 32 | 64): Case[] {
  const wide = bits === 64;
  const r = wide ? "r" : "e";
  const gate = wide ? 16 : 8;
  const code = wide ? "CODE64" : "CODE32";
  const word = wide ? "qword" : "dword";
  const step = bits / 8;
  const begin = `
xor ebx, ebx
xor ebp, ebp
xor eax, eax
mov dr6, ${r}ax
mov dword [idt_start + ${gate}], (${code} << 16) | (.h & 0xffff)
jmp .b
.h:
mov ${r}dx, dr6
mov ${r}bp, [${r}sp]
sub ${r}bp, .t
inc ebx
or dword [${r}sp + ${2 * step}], 0x10000
iret${wide ? "q" : "d"}
.b:
`;
  const after = `mov dword [idt_start + ${gate}], (${code} << 16) | (stub1 & 0xffff)\nxor eax, eax\nmov cr2, ${r}ax\nmov dr7, ${r}ax`;
  const at = (n: number, address: string): string => `mov ${r}ax, ${address}\nmov dr${n}, ${r}ax\n`;
  const enable = (dr7: number): string => `mov eax, ${dr7}\nmov dr7, ${r}ax\n`;
  const off = `xor eax, eax\nmov dr7, ${r}ax\n`;
  const make = (name: string, text: string): Case => ({
    name,
    code: `${begin}${text}\n${off}mov ${r}cx, ${r}bp\nmov eax, 7`,
    after,
  });
  /** A breakpoint of one, two, four or eight bytes (LEN 0, 1, 3, 2) on DATA plus 16, which matches writes (1) or both (3). */
  const data = (length: number, kind: number): string =>
    `${at(0, "DATA + 16")}${enable(0x402 | (kind << 16) | (length << 18))}`;
  const setTrap = `pushf${wide ? "q" : "d"}\nor ${word} [${r}sp], 0x100\npopf${wide ? "q" : "d"}\n`;
  const clearTrap = `pushf${wide ? "q" : "d"}\nand ${word} [${r}sp], ~0x100\npopf${wide ? "q" : "d"}\n`;
  return [
    make("execution", `${at(0, ".t")}${enable(0x402)}nop\n.t:\nnop`),
    make("execution, local enable, DR3", `${at(3, ".t")}${enable(0x440)}nop\n.t:\nnop`),
    make("execution, not enabled", `${at(0, ".t")}${enable(0x408)}nop\n.t:\nnop`),
    make("execution, two at one place", `${at(0, ".t")}${at(2, ".t")}${enable(0x422)}.t:\nnop`),
    make("execution, in the middle of an instruction", `${at(0, ".t + 1")}${enable(0x402)}.t:\nmov esi, 1`),
    make("execution, of a jump to itself", `${at(0, ".t")}${enable(0x402)}mov esi, 3\n.t:\ndec esi\njnz .t`),
    make(
      "execution, of a repeated instruction",
      `${at(0, ".t")}${enable(0x402)}mov edi, DATA\nmov ecx, 5\ncld\n.t:\nrep stosb`,
    ),
    make("execution, behind an instruction that faults", `${at(0, ".t")}${enable(0x402)}ud2\n.t:\nnop`),
    make("write of a byte", `${data(0, 1)}mov byte [DATA + 16], 1\n.t:\nnop`),
    make("write of a byte beside it", `${data(0, 1)}mov byte [DATA + 15], 1\nmov byte [DATA + 17], 1\n.t:\nnop`),
    make("write of more around it", `${data(0, 1)}mov dword [DATA + 13], 1\n.t:\nnop`),
    make("write, read", `${data(3, 1)}mov esi, [DATA + 16]\n.t:\nnop`),
    make("read or write, read", `${data(3, 3)}mov esi, [DATA + 16]\n.t:\nnop`),
    make("read or write, two bytes of four", `${data(3, 3)}mov si, [DATA + 18]\n.t:\nnop`),
    make(
      "two bytes, misaligned register",
      `${at(0, "DATA + 17")}${enable(0x402 | (5 << 16))}mov byte [DATA + 16], 1\n.t:\nnop`,
    ),
    make("eight bytes", `${data(2, 1)}mov byte [DATA + 23], 1\n.t:\nnop`),
    make("read-modify-write", `${data(3, 1)}add dword [DATA + 16], 1\n.t:\nnop`),
    make(
      "push",
      `${at(0, "KSTACK - 8")}${enable(0x402 | (0xd << 16))}mov ${r}sp, KSTACK\npush ${r}si\n${wide ? "" : "push esi\n"}.t:\nnop`,
    ),
    make("across a page", `${at(0, "DATA + 0x1000")}${enable(0x402 | (1 << 16))}mov dword [DATA + 0xffe], 1\n.t:\nnop`),
    make(
      "before a page's end, from the next",
      `${at(0, "DATA + 0xffc")}${enable(0x402 | (0xd << 16))}mov dword [DATA + 0x1000], 1\n.t:\nnop`,
    ),
    make("string, once in a run", `${data(0, 1)}mov edi, DATA + 10\nmov ecx, 12\nmov eax, 0\ncld\nrep stosb\n.t:\nnop`),
    make(
      "two, read and write",
      `${at(0, "DATA + 16")}${at(1, "DATA + 32")}${enable(0x40a | (0xf << 16) | (0xd << 20))}mov esi, DATA + 16\nmov edi, DATA + 32\nmovsd\n.t:\nnop`,
    ),
    make(
      "watched page, other bytes",
      `${data(3, 3)}mov dword [DATA + 64], 5\nadd dword [DATA + 64], 6\nmov esi, [DATA + 64]\n.t:\nnop`,
    ),
    make("single step", `${setTrap}.t:\nnop\n${clearTrap}`),
    make("single step and write", `${data(0, 1)}${setTrap}mov byte [DATA + 16], 1\n.t:\n${clearTrap}`),
    // The trap behind the move into ESI changes DR6 again, but not what has been moved.
    make(
      "single step and write, DR6 behind the write",
      `${data(0, 1)}${setTrap}mov byte [DATA + 16], 1\n.t:\nmov esi, edx\n${clearTrap}mov edx, esi`,
    ),
    make(
      "port",
      `mov ${r}ax, cr4\nor eax, 8\nmov cr4, ${r}ax\n${at(0, "0x80")}${enable(0x402 | (2 << 16))}out 0x80, al\n.t:\nnop`,
    ),
    make("port, without DE", `${at(0, "0x80")}${enable(0x402 | (2 << 16))}out 0x80, al\n.t:\nnop`),
    make(
      "port, in, wider",
      `mov ${r}ax, cr4\nor eax, 8\nmov cr4, ${r}ax\n${at(0, "0x82")}${enable(0x402 | (2 << 16))}in eax, 0x80\n.t:\nnop`,
    ),
    make("general detect", `${enable(0x2400)}.t:\nmov ${r}si, dr0`),
    make(
      "DR6 keeps what software has set",
      `mov eax, 0xe00f\nmov dr6, ${r}ax\n${data(0, 1)}mov byte [DATA + 16], 1\n.t:\nnop`,
    ),
    make("DR6, all bits", `mov eax, 0xffffffff\nmov dr6, ${r}ax\n.t:\nmov ${r}dx, dr6`),
    make("DR7, all low bits but GD", `mov eax, 0xdfff\nmov dr7, ${r}ax\n.t:\nmov ${r}dx, dr7`),
    make("DR4 is DR6", `mov eax, 0x4000\nmov dr4, ${r}ax\n.t:\nmov ${r}dx, dr6`),
    { name: "DR5 with DE", code: `mov ${r}ax, cr4\nor eax, 8\nmov cr4, ${r}ax\nmov ${r}ax, dr5` },
    ...(wide
      ? [
          { name: "DR7, upper half", code: "mov rax, 0x100000400\nmov dr7, rax" },
          { name: "DR6, upper half", code: "mov rax, 0x100000000\nmov dr6, rax" },
        ]
      : []),
  ];
}
