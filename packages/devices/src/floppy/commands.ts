// The commands of the 82077AA: Intel's datasheet 290166, table 5-1.

const READ_TRACK = 0x02;
export const SPECIFY = 0x03;
export const SENSE_DRIVE = 0x04;
const WRITE = 0x05;
const READ = 0x06;
export const RECALIBRATE = 0x07;
export const SENSE_INTERRUPT = 0x08;
const WRITE_DELETED = 0x09;
export const READ_ID = 0x0a;
const READ_DELETED = 0x0c;
export const FORMAT = 0x0d;
export const DUMP_REGISTERS = 0x0e;
export const SEEK = 0x0f;
export const VERSION = 0x10;
const SCAN_EQUAL = 0x11;
export const PERPENDICULAR = 0x12;
export const CONFIGURE = 0x13;
export const LOCK = 0x14;
const VERIFY = 0x16;
const SCAN_LOW = 0x19;
const SCAN_HIGH = 0x1d;

/**
 * For each command by the opcode's low five bits: its bytes with the opcode, 0 where there is no such command, and which of bits 7 to 5 (MT, MFM, SK; of SEEK relative
 * and inward, of LOCK on) it may have (table 5-1).
 */
export const COMMAND_LENGTHS: Uint8Array = new Uint8Array(32);
export const COMMAND_FLAGS: Uint8Array = new Uint8Array(32);
for (const [opcode, length, flags] of [
  [READ_TRACK, 9, 0x60],
  [SPECIFY, 3, 0],
  [SENSE_DRIVE, 2, 0],
  [WRITE, 9, 0xc0],
  [READ, 9, 0xe0],
  [RECALIBRATE, 2, 0],
  [SENSE_INTERRUPT, 1, 0],
  [WRITE_DELETED, 9, 0xc0],
  [READ_ID, 2, 0x40],
  [READ_DELETED, 9, 0xe0],
  [FORMAT, 6, 0x40],
  [DUMP_REGISTERS, 1, 0],
  [SEEK, 3, 0xc0],
  [VERSION, 1, 0],
  [SCAN_EQUAL, 9, 0xe0],
  [PERPENDICULAR, 2, 0],
  [CONFIGURE, 4, 0],
  [LOCK, 1, 0x80],
  [VERIFY, 9, 0xe0],
  [SCAN_LOW, 9, 0xe0],
  [SCAN_HIGH, 9, 0xe0],
] as const) {
  COMMAND_LENGTHS[opcode] = length;
  COMMAND_FLAGS[opcode] = flags;
}
