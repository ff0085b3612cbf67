import type { PortHandler, PortSize } from "@isinglass/interface";

/**
 * An access of two or four bytes to an eight-bit device: the bus splits it into bytes, lowest port first, as the ISA bridge of a
 * PC does (82371SB datasheet, "I/O data swap logic").
 */
export function readAsBytes(handler: PortHandler, port: number, size: PortSize): number {
  let value = 0;
  for (let i = 0; i < size; i++) value |= handler.readPort(port + i, 1) << (8 * i);
  return value >>> 0;
}

/** The writing half of {@link readAsBytes}. */
export function writeAsBytes(handler: PortHandler, port: number, size: PortSize, value: number): void {
  for (let i = 0; i < size; i++) handler.writePort(port + i, 1, (value >>> (8 * i)) & 0xff);
}
