import type { Form, Operand } from "../forms.js";
import {
  AT_CODE,
  AT_FORM,
  AT_IMMEDIATE,
  AT_INDEX,
  AT_OPERAND,
  AT_REGISTERS,
  BACKGROUND,
  DATA_BASE,
  DATA_SIZE,
} from "../layout.js";
import { Rng } from "../rng.js";
import { MachineState } from "../state.js";

export const MASK_64 = 0xffff_ffff_ffff_ffffn;

/** A case under construction: the state, the memory and the fields of the encoding. One object is reused for all cases. */
export class Draft {
  readonly rng: Rng = new Rng();
  readonly state: MachineState = new MachineState();
  /** The data window: background, and what this case has written over it. */
  readonly image: Uint8Array = BACKGROUND.slice();
  /** Whether FS and GS can have a base other than 0. */
  segmentBases = true;
  /** Offset and length of each piece of the window that this case has written. */
  readonly touched: number[] = [];
  form!: Form;
  index = 0;
  /** Number of the planned fault, or -1: the operands are where they should be. */
  fault = -1;

  /** General registers whose value an address depends on: bit per register. */
  pinned = 0;

  combination = 0;
  segment = 0;
  /** The 67 prefix: 32-bit addresses in 64-bit mode. */
  addressPrefix = false;
  forceRex = false;
  reg = 0;
  rm = 0;
  vvvv = 0;
  is4 = 0;
  mod = 3;
  base = -1;
  sibIndex = -1;
  scale = 0;
  hasSib = false;
  displacementBytes = 0;
  displacement = 0n;
  /** EA that RIP-relative addressing must give, if it is used. */
  ripTarget = -1n;
  /** Where a relative branch goes; -1 for to the next instruction. */
  relativeTarget = -1n;
  readonly immediates: [bigint, bigint] = [0n, 0n];
  /** Linear address of the explicit memory operand, -1 without one. */
  operandAddress = -1n;

  begin(form: Form, index: number, fault: number): void {
    this.form = form;
    this.index = index;
    this.fault = fault;
    this.pinned = 0;
    this.segment = 0;
    this.addressPrefix = form.addressSize !== 0 && form.addressSize !== this.state.mode;
    if (form.displacement !== 0) this.addressPrefix = form.displacement !== this.state.mode;
    this.forceRex = false;
    this.reg = this.rm = this.vvvv = this.is4 = 0;
    this.mod = 3;
    this.base = this.sibIndex = -1;
    this.scale = 0;
    this.hasSib = false;
    this.displacementBytes = 0;
    this.displacement = 0n;
    this.ripTarget = -1n;
    this.relativeTarget = -1n;
    this.immediates[0] = this.immediates[1] = 0n;
    this.operandAddress = -1n;
    for (let i = 0; i < this.touched.length; i += 2) {
      const from = this.touched[i]!;
      this.image.set(BACKGROUND.subarray(from, from + this.touched[i + 1]!), from);
    }
    this.touched.length = 0;
  }

  get mode(): number {
    return this.state.mode;
  }
  get registers(): number {
    return this.state.mode === 64 ? 16 : 8;
  }
  get rexW(): boolean {
    return this.form.vex ? this.combination >= 8 : this.combination >= 6;
  }

  /** Whether the encoding has a REX prefix, which decides between AH-BH and SPL-DIL. Valid once the registers are chosen. */
  get hasRex(): boolean {
    if (this.form.vex || this.mode !== 64) return false;
    return this.rexW || this.forceRex || this.reg > 7 || this.rm > 7 || this.base > 7 || this.sibIndex > 7;
  }

  isPinned(register: number): boolean {
    return ((this.pinned >> register) & 1) !== 0;
  }

  pin(register: number, value: bigint): void {
    this.state.gpr64[register] = value & MASK_64;
    this.pinned |= 1 << register;
  }

  /** Writes initial content of the data window; what lies outside of it is dropped. */
  writeMemory(address: bigint, bytes: Uint8Array): void {
    const offset = Number(BigInt.asIntN(64, address - BigInt(DATA_BASE)));
    const from = Math.max(0, offset);
    const to = Math.min(DATA_SIZE, offset + bytes.length);
    if (from >= to) return;
    this.image.set(bytes.subarray(from - offset, to - offset), from);
    this.touched.push(from, to - from);
  }

  /** Reads the data window as it stands; what lies outside of it reads as 0. */
  readMemory(address: bigint, bytes: Uint8Array): void {
    const offset = Number(BigInt.asIntN(64, address - BigInt(DATA_BASE)));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.image[offset + i] ?? 0;
  }

  /** Writes an integer of up to 64 bits to the data window, little-endian. */
  writeInteger(address: bigint, value: bigint, size: number): void {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
    this.writeMemory(address, bytes);
  }

  /** The register that an operand names, or -1 for one that the encoding does not choose. */
  registerOf(operand: Operand): number {
    switch (operand.encoding) {
      case "reg":
        return this.reg;
      case "rm":
      case "opcode":
        return this.rm;
      case "vvvv":
        return this.vvvv;
      case "is4":
        return this.is4;
      default:
        return -1;
    }
  }

  /**
   * Writes the instruction and the description of the case into the record.
   *
   * @returns whether the instruction fits in 15 bytes, with all the prefixes that it happens to have
   */
  finish(formNumber: number): boolean {
    const length = encode(this);
    if (length > 15) return false;
    const { state } = this;
    state.codeLength = length;
    state.words[AT_FORM >> 2] = formNumber;
    state.words[AT_INDEX >> 2] = this.index;
    state.words[AT_OPERAND >> 2] = this.operandAddress < 0n ? 0 : Number(this.operandAddress & 0xffff_ffffn);
    const memory = this.form.modrm === "mem";
    state.words[AT_REGISTERS >> 2] = this.reg | ((memory ? 0xff : this.rm) << 8);
    state.words[AT_IMMEDIATE >> 2] = Number(this.immediates[0] & 0xffff_ffffn);
    return true;
  }
}

const repPrefixes = [0, 0xf2, 0xf3] as const;

function encode(draft: Draft): number {
  const { form, state, rng } = draft;
  const out = state.bytes.subarray(AT_CODE, AT_CODE + 15);
  out.fill(0);
  let n = 0;
  const prefixes: number[] = [];
  if (form.lock) prefixes.push(0xf0);
  if (draft.segment !== 0) prefixes.push(draft.segment);
  if (draft.addressPrefix) prefixes.push(0x67);
  const rexR = draft.reg >> 3;
  const rexX = draft.sibIndex > 7 ? 1 : 0;
  const rexB = draft.mod === 3 || form.modrm !== "mem" ? draft.rm >> 3 : draft.base > 7 ? 1 : 0;
  let vexAt = -1;
  if (form.vex) {
    for (const prefix of prefixes) out[n++] = prefix;
    const w = draft.combination >> 3;
    const low = ((~draft.vvvv & 15) << 3) | (draft.combination & 7);
    if (form.map === 1 && w === 0 && rexX === 0 && rexB === 0 && rng.chance(60)) {
      out[n++] = 0xc5;
      out[n++] = ((rexR ^ 1) << 7) | low;
    } else {
      vexAt = n;
      out[n++] = 0xc4;
      out[n++] = ((rexR ^ 1) << 7) | ((rexX ^ 1) << 6) | ((rexB ^ 1) << 5) | form.map;
      out[n++] = (w << 7) | low;
    }
  } else {
    if ((draft.combination & 1) !== 0) prefixes.push(0x66);
    const rep = repPrefixes[(draft.combination >> 1) % 3]!;
    if (rep !== 0) prefixes.push(rep);
    if (prefixes.length > 1 && rng.chance(30)) prefixes.push(prefixes.shift()!);
    for (const prefix of prefixes) out[n++] = prefix;
    if (draft.hasRex) out[n++] = 0x40 | (draft.rexW ? 8 : 0) | (rexR << 2) | (rexX << 1) | rexB;
    if (form.map > 0) out[n++] = 0x0f;
    if (form.map > 1) out[n++] = form.map === 2 ? 0x38 : 0x3a;
  }
  out[n++] = form.operands.some((operand) => operand.encoding === "opcode")
    ? form.opcode | (draft.rm & 7)
    : form.opcode;
  if (form.modrm !== "none") {
    const rm = form.modrm === "reg" ? draft.rm & 7 : draft.hasSib ? 4 : draft.base < 0 ? 5 : draft.base & 7;
    out[n++] = (draft.mod << 6) | ((draft.reg & 7) << 3) | rm;
    if (form.modrm === "mem" && draft.hasSib) {
      const index = draft.sibIndex < 0 ? 4 : draft.sibIndex & 7;
      out[n++] = (draft.scale << 6) | (index << 3) | (draft.base < 0 ? 5 : draft.base & 7);
    }
  }
  const displacementAt = n;
  for (let i = 0; i < draft.displacementBytes; i++) out[n++] = Number((draft.displacement >> BigInt(8 * i)) & 0xffn);
  const immediateAt = n;
  for (const i of [0, 1] as const)
    for (let bit = 0; bit < form.immediates[i]; bit += 8)
      out[n++] = Number((draft.immediates[i] >> BigInt(bit)) & 0xffn);
  // These count from the end of the instruction, which is known only now.
  if (draft.ripTarget >= 0n) putRelative(out, displacementAt, 4, draft.ripTarget - BigInt(state.codeAddress + n));
  if (draft.relativeTarget >= 0n) {
    draft.immediates[0] = draft.relativeTarget - BigInt(state.codeAddress + n);
    putRelative(out, immediateAt, form.immediates[0] >> 3, draft.immediates[0]);
  }
  if (form.vex && draft.mode === 32) setIgnoredBits(draft, out, vexAt, immediateAt);
  return n;
}

/**
 * Outside 64-bit mode VEX.B is ignored, and so is the highest bit of a register in VEX.vvvv of the longer prefix and in an immediate (SDM vol. 2A, 2.3.5.4
 * and 2.3.5.6; vol. 2, VBLENDVPS).
 */
function setIgnoredBits(draft: Draft, out: Uint8Array, vexAt: number, immediateAt: number): void {
  const { form, rng } = draft;
  const names = (encoding: string): boolean => form.operands.some((operand) => operand.encoding === encoding);
  if (vexAt >= 0 && rng.chance(20)) out[vexAt + 1]! ^= 0x20;
  if (vexAt >= 0 && rng.chance(20) && names("vvvv")) out[vexAt + 2]! ^= 0x40;
  if (rng.chance(30) && names("is4")) out[immediateAt]! ^= 0x80;
}

function putRelative(out: Uint8Array, at: number, size: number, value: bigint): void {
  for (let i = 0; i < size; i++) out[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}
