/**
 * Addresses and record layout that the harness (`native/harness.c`), the generator and the executors share.
 *
 * Data window, one 4 KiB page each: not present, `D0` writable, `D1` writable, `RO` read-only, `D2` writable, not present. So an
 * operand can cross from any kind of page into any other. All are user pages and, as Linux maps them, not executable.
 */
export const PAGE_SIZE = 0x1000;
export const DATA_BASE = 0x2000_1000;
export const DATA_SIZE = 0x4000;
/** Offset of the read-only page in the data window. */
export const READ_ONLY_OFFSET = 0x2000;
export const CODE_BASE = 0x1000_0000;
/** Two executable pages; the pages before and after are not present. */
export const CODE_SIZE = 0x2000;

/** Selectors while a case runs: Linux' flat segments. DS, ES, FS and GS are null in 64-bit mode, DS and ES are SS' in 32-bit mode. */
export const SELECTORS: Readonly<{ cs64: number; cs32: number; ss: number }> = { cs64: 0x33, cs32: 0x23, ss: 0x2b };

/** Bytes of one state record, before the patches of the data window. */
export const RECORD_SIZE = 1024;

// Byte offsets into a state record.
export const AT_GPR = 0;
export const AT_RIP = 128;
export const AT_RFLAGS = 136;
export const AT_FS_BASE = 144;
export const AT_GS_BASE = 152;
export const AT_VECTOR = 160;
export const AT_ERROR = 164;
export const AT_CR2 = 168;
/** FXSAVE64 image (SDM vol. 1, 10.5.1): FCW 0, FSW 2, abridged FTW 4, MXCSR 24, ST 32, XMM 160. */
export const AT_FX = 192;
export const AT_ST: number = AT_FX + 32;
export const AT_XMM: number = AT_FX + 160;
export const AT_MXCSR: number = AT_FX + 24;
export const AT_YMM_HIGH = 704;
export const AT_CODE = 960;
export const AT_CODE_LENGTH = 975;
export const AT_CODE_ADDRESS = 976;
export const AT_MODE = 980;
export const AT_FLAGS = 984;
// What the generator knows of a case and the comparison needs; the harness passes it through.
export const AT_FORM = 988;
export const AT_INDEX = 992;
export const AT_SEED = 996;
/** Linear address of the explicit memory operand, low half; 0 without one. */
export const AT_OPERAND = 1000;
/** ModRM.reg in byte 0 and ModRM.rm in byte 1 as register numbers with REX, 0xff for memory. */
export const AT_REGISTERS = 1004;
/** First immediate, low 32 bits. */
export const AT_IMMEDIATE = 1008;
/** Last byte of the record that is state and not description: the comparison reads up to here. */
export const STATE_SIZE = 960;

/** The case carries YMM state. */
export const FLAG_YMM = 1;

/** Value of the vector field when the instruction ended without an exception. */
export const NO_VECTOR = 0xffff_ffff;
/** The instruction did not end within a second or two. */
export const VECTOR_TIMEOUT = 0x100;
/** The executor says that it does not implement the instruction. */
export const VECTOR_UNSUPPORTED = 0x101;

/** Content of the data window before a case patches it: never constant, so that a wrong address shows. */
export const BACKGROUND: Uint8Array = Uint8Array.from(
  { length: DATA_SIZE },
  (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24,
);
