import type { SystemBus } from "@isinglass/devices";

/** Initialisation words of the 8259A pair as a PC's firmware gives them: vectors 08H and 70H, cascade on line 2 (Intel 8259A, ICW1 to ICW4). */
const PICS = [
  { command: 0x20, words: [0x08, 0x04, 0x01] },
  { command: 0xa0, words: [0x70, 0x02, 0x01] },
] as const;

/**
 * Leaves the interrupt controllers as firmware does, but for the lines that only its own handlers could serve: all are masked. A program that enables
 * interrupts before it has a table of its own is not interrupted.
 */
export function programPics(bus: SystemBus): void {
  for (const { command, words } of PICS) {
    bus.writePort(command, 1, 0x11);
    for (const word of words) bus.writePort(command + 1, 1, word);
    bus.writePort(command + 1, 1, 0xff);
  }
}
