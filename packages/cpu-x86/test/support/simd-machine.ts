import { assemble } from "@isinglass/isa-x86";
import { S, UPPER_HALF, gprOffset, vectorOffset } from "../../src/index.js";
import { type Outcome, X87Machine } from "./x87-machine.js";

/** CR4.OSFXSR and CR4.OSXMMEXCPT. */
export const OSFXSR = 0x200;
export const OSXMMEXCPT = 0x400;

/** All exceptions masked, nearest: MXCSR after reset. */
export const MXCSR_RESET = 0x1f80;

const encoded = new Map<string, readonly number[]>();

function encode(text: string, mode: 16 | 32 | 64): readonly number[] {
  const key = `${mode} ${text}`;
  let bytes = encoded.get(key);
  if (bytes === undefined) {
    bytes = [...assemble(text, { mode }).bytes];
    encoded.set(key, bytes);
  }
  return bytes;
}

/** A machine whose system supports SSE. Vectors are hexadecimal, most significant digit first. */
export class SimdMachine extends X87Machine {
  constructor(mode: 32 | 64 = 64, features: readonly string[] = []) {
    super(mode, features);
    this.setCr4(OSFXSR | OSXMMEXCPT);
  }

  setCr4(value: number): void {
    this.cpu.set64(S.cr4, value, 0);
    this.cpu.refresh();
  }

  setCr0(set: number, clear = 0): void {
    this.cpu.set64(S.cr0, (this.cpu.get32(S.cr0) & ~clear) | set, 0);
    this.cpu.refresh();
  }

  /** Executes one instruction in Intel syntax. */
  asm(text: string): Outcome {
    return this.run(...encode(text, this.mode));
  }

  get mxcsr(): number {
    return this.cpu.get32(S.mxcsr);
  }

  set mxcsr(value: number) {
    this.cpu.set32(S.mxcsr, value);
  }

  xmm(i: number): string {
    return this.#hex(vectorOffset(i), 16);
  }

  setXmm(i: number, value: string): void {
    this.#setHex(vectorOffset(i), value.padStart(32, "0"));
  }

  /** Bits 255:128 of a YMM register. */
  upper(i: number): string {
    return this.#hex(vectorOffset(i) + UPPER_HALF, 16);
  }

  setUpper(i: number, value: string): void {
    this.#setHex(vectorOffset(i) + UPPER_HALF, value.padStart(32, "0"));
  }

  mm(i: number): string {
    return this.#hex(S.fpr + i * 16, 8);
  }

  setMm(i: number, value: string): void {
    this.#setHex(S.fpr + i * 16, value.padStart(16, "0"));
  }

  gpr(i: number): bigint {
    return this.cpu.getBig(gprOffset(i));
  }

  setGpr(i: number, value: bigint): void {
    this.cpu.setBig(gprOffset(i), BigInt.asUintN(64, value));
  }

  setMemory(at: number, hex: string): void {
    this.setBytes(at, bytesOf(hex));
  }

  memory(at: number, count: number): string {
    return hexOf(this.bytes(at, count));
  }

  #hex(offset: number, count: number): string {
    const at = this.cpu.base + offset;
    return hexOf([...this.cpu.u8.subarray(at, at + count)]);
  }

  #setHex(offset: number, hex: string): void {
    this.cpu.u8.set(bytesOf(hex), this.cpu.base + offset);
  }
}

function bytesOf(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16)).toReversed();
}

function hexOf(bytes: readonly number[]): string {
  return bytes
    .toReversed()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);
const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** Bits of a binary64 number, 16 digits. */
export function double(value: number): string {
  f64[0] = value;
  return u64[0]!.toString(16).padStart(16, "0");
}

/** Bits of a binary32 number, 8 digits. */
export function single(value: number): string {
  f32[0] = value;
  return u32[0]!.toString(16).padStart(8, "0");
}
