import { concatBytes, StructWriter } from "../bytes.js";
import { buffer } from "./aml.js";
import type { Aml } from "./aml.js";

/** One resource descriptor (ACPI 6.5, 6.4). {@link resourceTemplate} makes a `_CRS` of them. */
export type Resource = Uint8Array;

/** Descriptors with their end tag as a buffer. The end tag's checksum of 0 means "not computed" (6.4.2.9). */
export function resourceTemplate(...resources: readonly Resource[]): Aml {
  return buffer(concatBytes([...resources, Uint8Array.of(0x79, 0x00)]));
}

/** A fixed range of I/O ports, 16-bit decoded (6.4.2.5). */
export function ioPorts(first: number, count: number): Resource {
  return new StructWriter(8).u8(0, 0x47).u8(1, 0x01).u16(2, first).u16(4, first).u8(6, 0x01).u8(7, count).bytes;
}

/** An edge-triggered, active-high ISA interrupt (6.4.2.1, two-byte form). */
export function isaInterrupt(irq: number): Resource {
  return new StructWriter(3).u8(0, 0x22).u16(1, 1 << irq).bytes;
}

/** A level-triggered, active-high interrupt by GSI, or a choice of several; consumed, exclusive or shared (6.4.3.6). */
export function interrupt(
  gsi: number | readonly number[],
  options: { readonly edge?: boolean; readonly shared?: boolean } = {},
): Resource {
  const gsis = typeof gsi === "number" ? [gsi] : gsi;
  const flags = 0x01 | (options.edge === true ? 0x02 : 0) | (options.shared === true ? 0x08 : 0);
  const out = new StructWriter(5 + 4 * gsis.length)
    .u8(0, 0x89)
    .u16(1, 2 + 4 * gsis.length)
    .u8(3, flags);
  out.u8(4, gsis.length);
  gsis.forEach((n, i) => out.u32(5 + 4 * i, n));
  return out.bytes;
}

/** An 8-bit channel of the ISA DMA controller in compatibility mode (6.4.2.2). */
export function isaDma(channel: number): Resource {
  return new StructWriter(3).u8(0, 0x2a).u8(1, 1 << channel).bytes;
}

/** A fixed range of memory below 4 GiB (6.4.3.4). */
export function memory32(gpa: number, length: number, writable = true): Resource {
  return new StructWriter(12)
    .u8(0, 0x86)
    .u16(1, 9)
    .u8(3, writable ? 1 : 0)
    .u32(4, gpa)
    .u32(8, length).bytes;
}

/** Fixed minimum and maximum, positive decode, resource producer (6.4.3.5). */
const WINDOW_FLAGS = 0x0c;

/** Bus numbers that a host bridge forwards (6.4.3.5.3). */
export function busNumbers(first: number, last: number): Resource {
  return addressSpace16(2, 0, first, last);
}

/** I/O ports that a host bridge forwards. */
export function ioWindow(first: number, last: number): Resource {
  return addressSpace16(1, 0x03, first, last); // entire range
}

function addressSpace16(type: number, typeFlags: number, first: number, last: number): Resource {
  return new StructWriter(16)
    .u8(0, 0x88)
    .u16(1, 13)
    .u8(3, type)
    .u8(4, WINDOW_FLAGS)
    .u8(5, typeFlags)
    .u16(8, first)
    .u16(10, last)
    .u16(14, last - first + 1).bytes;
}

/** Memory that a host bridge forwards, not cacheable unless it is a frame buffer. Chooses the 32- or 64-bit descriptor (6.4.3.5.1-2). */
export function memoryWindow(gpa: number, length: number, cacheable = false): Resource {
  const last = gpa + length - 1;
  const flags = 0x01 | (cacheable ? 0x02 : 0); // read-write
  if (last < 2 ** 32) {
    return new StructWriter(26)
      .u8(0, 0x87)
      .u16(1, 23)
      .u8(4, WINDOW_FLAGS)
      .u8(5, flags)
      .u32(10, gpa)
      .u32(14, last)
      .u32(22, length).bytes;
  }
  return new StructWriter(46)
    .u8(0, 0x8a)
    .u16(1, 43)
    .u8(4, WINDOW_FLAGS)
    .u8(5, flags)
    .u64(14, gpa)
    .u64(22, last)
    .u64(38, length).bytes;
}
