import {
  AT_CODE,
  AT_CODE_ADDRESS,
  AT_CODE_LENGTH,
  AT_CR2,
  AT_ERROR,
  AT_FS_BASE,
  AT_FX,
  AT_GPR,
  AT_GS_BASE,
  AT_MODE,
  AT_MXCSR,
  AT_RFLAGS,
  AT_RIP,
  AT_ST,
  AT_VECTOR,
  AT_XMM,
  AT_YMM_HIGH,
  NO_VECTOR,
  RECORD_SIZE,
} from "./layout.js";

/**
 * User-visible state of an x86 CPU as views of one buffer. 64-bit values are pairs of 32-bit words, low word first.
 *
 * The buffer has the layout of `layout.ts`, so that a whole state is copied, sent and compared as bytes.
 */
export class MachineState {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** The general registers in encoding order (RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8-R15), two words each. */
  readonly gpr: Uint32Array;
  readonly rip: Uint32Array;
  readonly fsBase: Uint32Array;
  readonly gsBase: Uint32Array;
  readonly cr2: Uint32Array;
  /** The FXSAVE64 image: FCW, FSW, abridged tags, MXCSR, ST0-7, XMM0-15 (SDM vol. 1, 10.5.1). FOP, FIP and FDP are not compared. */
  readonly fx: Uint8Array;
  /** ST(0) to ST(7), 16 bytes each, of which 10 count. Stack order, as in FXSAVE: ST(i) is physical register TOP + i; an MMX
   *  register is the low 8 bytes of a physical register. The contents of empty registers are compared too. */
  readonly st: Uint8Array;
  /** XMM0-XMM15, four words each. */
  readonly xmm: Uint32Array;
  /** Bits 255:128 of YMM0-YMM15, four words each; zero unless the case asks for YMM state. */
  readonly ymmHigh: Uint32Array;
  /** The general registers and the pairs above as 64-bit integers, for code that is not in a hurry. */
  readonly gpr64: BigUint64Array;
  readonly view: DataView;

  constructor(buffer: ArrayBuffer = new ArrayBuffer(RECORD_SIZE), offset = 0) {
    this.bytes = new Uint8Array(buffer, offset, RECORD_SIZE);
    this.words = new Uint32Array(buffer, offset, RECORD_SIZE / 4);
    this.gpr = new Uint32Array(buffer, offset + AT_GPR, 32);
    this.gpr64 = new BigUint64Array(buffer, offset + AT_GPR, 16);
    this.rip = new Uint32Array(buffer, offset + AT_RIP, 2);
    this.fsBase = new Uint32Array(buffer, offset + AT_FS_BASE, 2);
    this.gsBase = new Uint32Array(buffer, offset + AT_GS_BASE, 2);
    this.cr2 = new Uint32Array(buffer, offset + AT_CR2, 2);
    this.fx = new Uint8Array(buffer, offset + AT_FX, 512);
    this.st = new Uint8Array(buffer, offset + AT_ST, 128);
    this.xmm = new Uint32Array(buffer, offset + AT_XMM, 64);
    this.ymmHigh = new Uint32Array(buffer, offset + AT_YMM_HIGH, 64);
    this.view = new DataView(buffer, offset, RECORD_SIZE);
  }

  get rflags(): number {
    return this.words[AT_RFLAGS >> 2]!;
  }
  set rflags(value: number) {
    this.words[AT_RFLAGS >> 2] = value;
  }

  get mxcsr(): number {
    return this.words[AT_MXCSR >> 2]!;
  }
  set mxcsr(value: number) {
    this.words[AT_MXCSR >> 2] = value;
  }

  get fcw(): number {
    return this.view.getUint16(AT_FX, true);
  }
  set fcw(value: number) {
    this.view.setUint16(AT_FX, value, true);
  }

  get fsw(): number {
    return this.view.getUint16(AT_FX + 2, true);
  }
  set fsw(value: number) {
    this.view.setUint16(AT_FX + 2, value, true);
  }

  /** Abridged tag word: bit i is set if physical register i is not empty (SDM vol. 1, 10.5.1.1). */
  get ftw(): number {
    return this.bytes[AT_FX + 4]!;
  }
  set ftw(value: number) {
    this.bytes[AT_FX + 4] = value;
  }

  /** Vector of the exception that ended the instruction, or {@link NO_VECTOR}. */
  get vector(): number {
    return this.words[AT_VECTOR >> 2]!;
  }
  set vector(value: number) {
    this.words[AT_VECTOR >> 2] = value;
  }

  /** Error code of that exception; 0 where it has none. */
  get error(): number {
    return this.words[AT_ERROR >> 2]!;
  }
  set error(value: number) {
    this.words[AT_ERROR >> 2] = value;
  }

  /** The instruction's bytes; only the first `codeLength` count. */
  get code(): Uint8Array {
    return this.bytes.subarray(AT_CODE, AT_CODE + this.codeLength);
  }
  get codeLength(): number {
    return this.bytes[AT_CODE_LENGTH]!;
  }
  set codeLength(value: number) {
    this.bytes[AT_CODE_LENGTH] = value;
  }

  get codeAddress(): number {
    return this.words[AT_CODE_ADDRESS >> 2]!;
  }
  set codeAddress(value: number) {
    this.words[AT_CODE_ADDRESS >> 2] = value;
  }

  /** 64 or 32. */
  get mode(): number {
    return this.words[AT_MODE >> 2]!;
  }
  set mode(value: number) {
    this.words[AT_MODE >> 2] = value;
  }

  /** Makes this the state in which the instruction has just ended without doing anything. */
  setAfter(before: MachineState): void {
    this.bytes.set(before.bytes);
    this.rip[0] = before.codeAddress + before.codeLength;
    this.rip[1] = 0;
    this.vector = NO_VECTOR;
    this.error = 0;
    this.cr2.fill(0);
  }
}
