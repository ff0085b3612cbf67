/**
 * Descriptor tables of the test programs, and where their parts lie in memory. Addresses that the programs report are fixed here,
 * so that a recorded output does not change when a program grows.
 */

/** The program itself: origin of the assembly, at 1000:0000 in real mode. */
export const IMAGE: number = 0x10000;
export const PAGE_TABLES: number = 0x70000;
/** Tops of stacks: kernel (also of the TSS), user, IST 1, IST 2, and those of rings 1 and 2. */
export const STACKS: Readonly<Record<string, number>> = {
  KSTACK: 0x80000,
  TSTACK: 0x82000,
  USTACK: 0x84000,
  ISTACK1: 0x86000,
  ISTACK2: 0x88000,
  STACK1: 0x8a000,
  STACK2: 0x8c000,
};
/** Memory for the cases to play with. */
export const DATA: number = 0x200000;

export interface Descriptor {
  readonly base?: number;
  readonly limit: number;
  /** Access byte: P, DPL, S, type (SDM vol. 3A, 3.4.5). */
  readonly access: number;
  /** G, D/B, L, AVL as the upper four bits of a byte. */
  readonly flags: number;
}

const FLAT = 0xfffff;

/** Segments by name; each name is an assembler constant that is the selector. Order fixes the selectors. */
const SEGMENTS: readonly (readonly [string, Descriptor])[] = [
  ["CODE32", { limit: FLAT, access: 0x9b, flags: 0xc }],
  ["DATA0", { limit: FLAT, access: 0x93, flags: 0xc }],
  ["CODE64", { limit: FLAT, access: 0x9b, flags: 0xa }],
  ["UCODE32", { limit: FLAT, access: 0xfb, flags: 0xc }],
  ["UDATA", { limit: FLAT, access: 0xf3, flags: 0xc }],
  ["UCODE64", { limit: FLAT, access: 0xfb, flags: 0xa }],
  ["CODE16", { base: IMAGE, limit: 0xffff, access: 0x9b, flags: 0 }],
  ["CODE16F", { limit: FLAT, access: 0x9b, flags: 8 }],
  ["UCODE16", { limit: FLAT, access: 0xfb, flags: 8 }],
  ["DATA16", { base: 0x80000, limit: 0xffff, access: 0x93, flags: 0 }],
  ["UDATA16", { base: 0x80000, limit: 0xffff, access: 0xf3, flags: 0 }],
  ["ABSENTDATA", { limit: FLAT, access: 0x13, flags: 0xc }],
  ["ABSENTCODE", { limit: FLAT, access: 0x1b, flags: 0xc }],
  ["ABSENTCODE64", { limit: FLAT, access: 0x1b, flags: 0xa }],
  ["DOWN", { base: DATA, limit: 0xfff, access: 0x97, flags: 4 }],
  ["DOWN16", { base: DATA, limit: 0xfff, access: 0x97, flags: 0 }],
  ["SMALL", { base: DATA, limit: 0xfff, access: 0x93, flags: 4 }],
  ["READONLY", { limit: FLAT, access: 0x91, flags: 0xc }],
  ["EXECONLY", { limit: FLAT, access: 0x99, flags: 0xc }],
  ["CONFORM0", { limit: FLAT, access: 0x9f, flags: 0xc }],
  ["CONFORM3", { limit: FLAT, access: 0xff, flags: 0xc }],
  ["CONFORM64", { limit: FLAT, access: 0x9f, flags: 0xa }],
  ["CODE1", { limit: FLAT, access: 0xbb, flags: 0xc }],
  ["DATA1", { limit: FLAT, access: 0xb3, flags: 0xc }],
  ["DATA2", { limit: FLAT, access: 0xd3, flags: 0xc }],
  ["BADLONG", { limit: FLAT, access: 0x9b, flags: 0xe }],
  ["UNACCESSED", { limit: FLAT, access: 0x92, flags: 0xc }],
  ["SMALLCODE", { base: IMAGE, limit: 0xff, access: 0x9b, flags: 4 }],
  ["ABSENTSTACK1", { limit: FLAT, access: 0x33, flags: 0xc }],
  ["ABSENTSTACK3", { limit: FLAT, access: 0x73, flags: 0xc }],
];

const descriptor = (d: Descriptor): string => {
  const base = d.base ?? 0;
  const low = (((base & 0xffff) << 16) | (d.limit & 0xffff)) >>> 0;
  const high =
    ((base & 0xff000000) | (d.flags << 20) | (d.limit & 0xf0000) | (d.access << 8) | ((base >> 16) & 0xff)) >>> 0;
  return `dd ${low}, ${high}`;
};

/** Gates and system descriptors as text, since they name labels: two quadwords each, so that they serve long mode as well. */
export interface SystemEntry {
  readonly name: string;
  readonly access: number;
  /** System segments: a label and a limit. */
  readonly segment?: { readonly label: string; readonly limit: number; readonly flags?: number };
  /** Call gates: a selector, a label and a parameter count. */
  readonly gate?: { readonly selector: string; readonly label: string; readonly count: number };
}

/** The GDT as assembly, and `NAME equ selector` for each entry. */
export function gdt(system: readonly SystemEntry[]): string {
  const lines = ["align 16", "gdt_start:", "dq 0"];
  let selector = 8;
  for (const [name, d] of SEGMENTS) {
    lines.push(`${name} equ ${selector}`, descriptor(d));
    selector += 8;
  }
  for (const { name, access, segment, gate } of system) {
    lines.push(`${name} equ ${selector}`);
    if (segment !== undefined) {
      const { label, limit, flags = 0 } = segment;
      const high = `((${label} >> 16) & 0xff) | (${label} & 0xff000000) | ${((access << 8) | (flags << 20) | (limit & 0xf0000)) >>> 0}`;
      lines.push(`dd ((${label} & 0xffff) << 16) | ${limit & 0xffff}, ${high}, 0, 0`);
    } else if (gate !== undefined) {
      const { label, count } = gate;
      lines.push(
        `dd (${gate.selector} << 16) | (${label} & 0xffff), (${label} & 0xffff0000) | ${(access << 8) | count}, 0, 0`,
      );
    }
    selector += 16;
  }
  lines.push("gdt_end:", "gdtr: dw gdt_end - gdt_start - 1", "dd gdt_start, 0");
  return lines.join("\n");
}

/** Vectors that push an error code (SDM vol. 3A, table 6-1). */
const WITH_ERROR = new Set([8, 10, 11, 12, 13, 14, 17]);
const VECTORS = 0x50;

/** Entry stubs: without an error code of the CPU's, 0xBAD stands for it; then the vector. */
export function stubs(push: "dword" | "qword" | "word"): string {
  const lines: string[] = [];
  for (let v = 0; v < VECTORS; v += 1) {
    lines.push(`stub${v}:`);
    if (!WITH_ERROR.has(v)) lines.push(push === "word" ? "push 0xbad" : `push ${push} 0xbad`);
    lines.push(push === "word" ? `push ${v}` : `push ${push} ${v}`, "jmp common");
  }
  return lines.join("\n");
}

/** An IDT of interrupt gates, DPL 3 for #BP, #OF and from vector 40h on; `ist` says which vectors have a stack of their own. */
export function idt(bits: 32 | 64, ist: Readonly<Record<number, number>> = {}): string {
  const lines = ["align 16", "idt_start:"];
  const selector = bits === 64 ? "CODE64" : "CODE32";
  for (let v = 0; v < VECTORS; v += 1) {
    const access = v === 3 || v === 4 || v >= 0x40 ? 0xee00 : 0x8e00;
    lines.push(`dd (${selector} << 16) | (stub${v} & 0xffff), (stub${v} & 0xffff0000) | ${access | (ist[v] ?? 0)}`);
    if (bits === 64) lines.push("dd 0, 0");
  }
  lines.push("idt_end:", "idtr: dw idt_end - idt_start - 1", "dd idt_start, 0");
  return lines.join("\n");
}
