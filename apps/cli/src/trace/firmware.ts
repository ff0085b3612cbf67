import type { BootState } from "@isinglass/boot";
import type { PhysicalMemory } from "@isinglass/interface";
import { assemble } from "@isinglass/isa-x86";

/** Where the image lies in guest-physical memory: the last 128 KiB below 1 MiB, and once more below 4 GiB. */
export const FIRMWARE: number = 0xe0000;
export const FIRMWARE_BYTES: number = 0x20000;
const STUB = 0xfe000;
/** Real-mode segment of the stub; an address less this is an offset in it. */
const SEGMENT = 0xf0000;
/** The CPU begins here after reset (SDM vol. 3A, 10.1.4). */
const RESET_VECTOR = 0xffff0;
/** An entry of the loader's GDT that nothing uses, for the stub's own 32-bit code. */
const SPARE_SELECTOR = 0x28;
const FLAT_CODE_32 = Uint8Array.of(0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0);
const LMA = 0x400n;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** A far jump in 16- or 32-bit code, to a 32-bit offset. */
const farJump = (prefix: string, selector: number, offset: string): string =>
  `db ${prefix}0xea\ndd ${offset}\ndw ${hex(selector)}`;

function setPci(address: number, value: number): string {
  return `mov dx, 0xcf8\nmov eax, ${hex(address)}\nout dx, eax\nmov dx, 0xcfc\nmov eax, ${hex(value)}\nout dx, eax`;
}

/** What firmware would do to PIIX4: power management at port 600H, PCI interrupts on lines 10 and 11. */
const CHIPSET = [
  setPci(0x8000_0b40, 0x601), // 00:01.3 PMBASE
  setPci(0x8000_0b80, 1), // PMREGMISC: enable
  setPci(0x8000_0860, 0x0b0b_0a0a), // 00:01.0 PIRQA to PIRQD
].join("\n");

/** Long mode: paging goes on in 32-bit code, the far jump after it enters 64-bit code (SDM vol. 3A, 10.8.5). */
function longMode(state: BootState): string {
  return [
    `mov eax, ${hex(state.cr4)}\nmov cr4, eax`,
    `mov eax, ${hex(state.cr3)}\nmov cr3, eax`,
    `mov ecx, 0xc0000080\nxor edx, edx\nmov eax, ${hex(state.efer & ~LMA)}\nwrmsr`,
  ].join("\n");
}

function source(state: BootState): string {
  const { gdtr, idtr, segments, registers } = state;
  const offset = (label: string): string => `[cs:${label} - ${hex(SEGMENT)}]`;
  return [
    "bits 16\nstart:\ncli\nfninit",
    CHIPSET,
    `lidt ${offset("idtr")}\nlgdt ${offset("gdtr")}`,
    "mov eax, cr0\nor al, 1\nmov cr0, eax",
    farJump("0x66, ", SPARE_SELECTOR, "flat"),
    "bits 32\nflat:",
    `mov eax, ${hex(segments.ds.selector)}`,
    ...["ds", "es", "ss", "fs", "gs"].map((name) => `mov ${name}, ax`),
    state.mode === "long" ? longMode(state) : `mov eax, ${hex(state.cr4)}\nmov cr4, eax`,
    `mov eax, ${hex(state.cr0)}\nmov cr0, eax`,
    farJump("", segments.cs.selector, hex(registers.rip)),
    `gdtr: dw ${hex(gdtr.limit)}\ndd ${hex(gdtr.base)}`,
    `idtr: dw ${hex(idtr.limit)}\ndd ${hex(idtr.base)}`,
  ].join("\n");
}

/** Real mode: data segments of base 0, and off to offset `entry` of segment 0. */
function realSource(entry: number): string {
  return [
    "bits 16\nstart:\ncli\nfninit\nxor ax, ax",
    ...["ds", "es", "ss", "fs", "gs"].map((name) => `mov ${name}, ax`),
    // SSE is to work in both: OSFXSR and OSXMMEXCPT.
    "mov eax, 0x600\nmov cr4, eax",
    "xor eax, eax",
    `db 0xea\ndw ${hex(entry)}, 0`,
  ].join("\n");
}

/**
 * A 128-KiB firmware image whose only work is to bring a CPU from reset into a state in which a boot loader leaves it: real mode to
 * protected mode with the loader's own GDT, long mode where asked, a jump to the entry. General registers are left to the debugger. What
 * memory holds there (tables for the kernel) is kept. Writes the one GDT entry that it needs to memory.
 *
 * @param state what to enter; a number: real mode, at this offset of segment 0
 */
export function firmware(state: BootState | number, memory: PhysicalMemory): Uint8Array {
  const image = new Uint8Array(FIRMWARE_BYTES);
  memory.read(FIRMWARE, image.subarray(0, STUB - FIRMWARE));
  if (typeof state !== "number") memory.write(Number(state.gdtr.base) + SPARE_SELECTOR, FLAT_CODE_32);
  const stub = typeof state === "number" ? realSource(state) : source(state);
  image.set(assemble(stub, { mode: 16, origin: BigInt(STUB) }).bytes, STUB - FIRMWARE);
  const jump = assemble(`db 0xe9\ndw ${hex(STUB)} - ${hex(RESET_VECTOR + 3)} & 0xffff`, { mode: 16 }).bytes;
  image.set(jump, RESET_VECTOR - FIRMWARE);
  return image;
}
