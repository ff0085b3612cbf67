import { readFileSync } from "node:fs";
import { assemble } from "@isinglass/isa-x86";

/** The sources, in the order in which they lie in memory: the Multiboot header comes first. */
const SOURCES = ["boot", "console", "interrupts", "user", "monitor", "commands"] as const;

/** Where the image lies in guest-physical memory, and where it is linked to. */
const BASE = 0x100000n;
/** 32 exceptions and the PICs' 16 lines. */
const VECTORS = 48;
/** Exceptions for which the CPU pushes an error code (SDM vol. 3A, table 6-1). */
const WITH_ERROR_CODE = new Set([8, 10, 11, 12, 13, 14, 17, 21, 29, 30]);
const DOUBLE_FAULT = 8;

/** A stub for each vector: what the CPU does not push, and the vector. */
function stubs(): string {
  const lines: string[] = [];
  for (let vector = 0; vector < VECTORS; vector++) {
    lines.push(`stub_${vector}:`);
    if (!WITH_ERROR_CODE.has(vector)) lines.push("push 0");
    lines.push(`push ${vector}`, "jmp interrupt_common");
  }
  return lines.join("\n");
}

/** Interrupt gates of privilege 0 (SDM vol. 3A, 6.14.1); the double fault on a stack of its own. */
function gates(): string {
  const lines = ["align 16", "idt:"];
  for (let vector = 0; vector < VECTORS; vector++) {
    const stack = vector === DOUBLE_FAULT ? 1 : 0;
    lines.push(`dw stub_${vector} & 0xffff, 0x08`, `db ${stack}, 0x8e`, `dw stub_${vector} >> 16`, "dd 0, 0");
  }
  lines.push("idtr:", `dw ${VECTORS * 16 - 1}`, "dq idt");
  return lines.join("\n");
}

/** What the image does not hold: the guest clears it. Pages first, so that they are aligned. */
function uninitialised(): string {
  const pages: readonly (readonly [name: string, bytes: string])[] = [
    ["pml4", "4096"],
    ["pdpt", "4096"],
    ["pd_low", "4096"],
    ["pd_user", "4096"],
    ["pd_high", "4096"],
    ["pt_user", "4096"],
    ["user_code_page", "4096"],
    ["user_stack_page", "4096"],
    ["demand_frames", "DEMAND_PAGES * 4096"],
    ["kernel_stack", "8192"],
    ["kernel_stack_top", "0"],
    ["interrupt_stack", "8192"],
    ["interrupt_stack_top", "0"],
    ["syscall_stack", "8192"],
    ["syscall_stack_top", "0"],
    ["fault_stack", "4096"],
    ["fault_stack_top", "0"],
    ["count_vector", `${VECTORS * 8}`],
    ["count_in", "8"],
    ["count_out", "8"],
    ["count_hlt", "8"],
    ["count_cpuid", "8"],
    ["count_msr", "8"],
    ["count_mmio", "8"],
    ["count_syscall", "8"],
    ["count_demand", "8"],
    ["ticks", "8"],
    ["user_rsp", "8"],
    ["saved_rsp", "8"],
    ["demand_next", "8"],
    ["input_ring", "256"],
    ["line", "LINE_LENGTH"],
    ["text_buffer", "64"],
  ];
  const lines = [`VECTORS equ ${VECTORS}`, "LINE_LENGTH equ 120", "align 4096", "image_end:"];
  let previous = "image_end";
  for (const [name, bytes] of pages) {
    lines.push(`${name} equ ${previous}`, `after_${name} equ ${name} + ${bytes}`);
    previous = `after_${name}`;
  }
  lines.push(`bss_end equ ${previous}`);
  return lines.join("\n");
}

let image: Uint8Array | undefined;

/** The built-in guest: a Multiboot kernel, assembled from the sources beside this file on first use. */
export function builtinGuest(): Uint8Array {
  if (image !== undefined) return image;
  // Both src/builtin and dist/builtin are two folders below the package's root.
  const read = (name: string): string =>
    readFileSync(new URL(`../../src/builtin/${name}.asm`, import.meta.url), "utf8");
  const text = [...SOURCES.map(read), stubs(), gates(), uninitialised()].join("\n");
  image = assemble(text, { mode: 32, origin: BASE }).bytes;
  return image;
}
