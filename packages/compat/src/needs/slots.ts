/** What an ELF file's tables say about its words and functions: relocations, unwind table. */
import type { Elf } from "../elf/elf.js";
import { type ElfSymbol, fileOffset } from "../elf/records.js";

/** What the loader puts into a word. */
export type Slot =
  | { readonly kind: "symbol"; readonly symbol: ElfSymbol; readonly addend: number }
  | { readonly kind: "pointer"; readonly target: number; readonly guess?: boolean }
  | { readonly kind: "resolver"; readonly target: number };

/** Relocation types of x86-64 (psABI, table 4.9). */
const R_64 = 1;
const R_GLOB_DAT = 6;
const R_JUMP_SLOT = 7;
const R_RELATIVE = 8;
const R_IRELATIVE = 37;
const R_COPY = 5;
const PT_GNU_EH_FRAME = 0x6474e550;

/** Words that the loader fills, by address. */
export function makeSlots(elf: Elf): Map<number, Slot> {
  const slots = new Map<number, Slot>();
  for (const r of elf.dynamic.relocations) {
    const symbol = elf.dynamic.symbols[r.symbol];
    if (r.type === R_RELATIVE) slots.set(r.address, { kind: "pointer", target: r.addend });
    else if (r.type === R_IRELATIVE) slots.set(r.address, { kind: "resolver", target: r.addend });
    else if (
      (r.type === R_GLOB_DAT || r.type === R_JUMP_SLOT || r.type === R_64 || r.type === R_COPY) &&
      symbol !== undefined
    )
      slots.set(r.address, { kind: "symbol", symbol, addend: r.type === R_64 ? r.addend : 0 });
  }
  const view = new DataView(elf.data.buffer, elf.data.byteOffset, elf.data.byteLength);
  for (const address of elf.dynamic.relative) {
    const offset = fileOffset(elf.segments, address);
    if (offset < 0 || offset + 8 > elf.data.length) continue;
    slots.set(address, {
      kind: "pointer",
      target: view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
    });
  }
  return slots;
}

/** Function starts of the binary search table of .eh_frame_hdr (LSB Core, "The .eh_frame_hdr section"), in its usual encoding. */
export function unwindStarts(elf: Elf): number[] {
  const header = elf.segments.find((s) => s.type === PT_GNU_EH_FRAME);
  if (header === undefined || header.fileSize < 12 || header.offset + header.fileSize > elf.data.length) return [];
  const view = new DataView(elf.data.buffer, elf.data.byteOffset + header.offset, header.fileSize);
  // Version 1; pointer pc-relative sdata4, count udata4, table data-relative sdata4.
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 0x1b || view.getUint8(2) !== 0x03 || view.getUint8(3) !== 0x3b)
    return [];
  const count = Math.min(view.getUint32(8, true), Math.floor((header.fileSize - 12) / 8));
  return Array.from({ length: count }, (_, i) => header.address + view.getInt32(12 + i * 8, true));
}
