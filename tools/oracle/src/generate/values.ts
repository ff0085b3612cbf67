import type { Form, Operand } from "../forms.js";
import type { Draft } from "./draft.js";
import { type ExponentWindow, randomDouble, randomExtended, randomSingle } from "./floats.js";
import { integerOrKeep, KEEP } from "./integers.js";

/** A general register by name: its number, bits, and whether it is AH, CH, DH or BH. */
export interface GeneralRegister {
  readonly number: number;
  readonly size: number;
  readonly high: boolean;
}

const generalRegisters = new Map<string, GeneralRegister>();
for (const [number, name] of ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"].entries()) {
  generalRegisters.set(name, { number, size: 16, high: false });
  generalRegisters.set(`e${name}`, { number, size: 32, high: false });
  generalRegisters.set(`r${name}`, { number, size: 64, high: false });
  if (number < 4) {
    generalRegisters.set(`${name[0]}l`, { number, size: 8, high: false });
    generalRegisters.set(`${name[0]}h`, { number, size: 8, high: true });
  }
}
for (let number = 8; number < 16; number++) generalRegisters.set(`r${number}`, { number, size: 64, high: false });

const classSizes: Readonly<Record<string, number>> = { r8: 8, r16: 16, r32: 32, r64: 64 };

/** The general register that an operand is, or undefined. Valid once the registers of the draft are chosen. */
export function generalRegister(draft: Draft, operand: Operand): GeneralRegister | undefined {
  if (operand.type !== "reg") return undefined;
  if (operand.encoding === "fixed") return generalRegisters.get(operand.what);
  const size = classSizes[operand.what];
  if (size === undefined) return undefined;
  const number = draft.registerOf(operand);
  const high = size === 8 && !draft.hasRex && !draft.form.vex && number >= 4 && number < 8;
  return { number: high ? number - 4 : number, size, high };
}

/** Writes part of a general register, unless an address depends on it. */
export function setGeneral(draft: Draft, register: GeneralRegister, value: bigint): void {
  if (draft.isPinned(register.number)) return;
  const shift = register.high ? 8n : 0n;
  const mask = ((1n << BigInt(register.size)) - 1n) << shift;
  const old = draft.state.gpr64[register.number]!;
  draft.state.gpr64[register.number] = BigInt.asUintN(draft.mode, (old & ~mask) | ((value << shift) & mask));
}

export function getGeneral(draft: Draft, register: GeneralRegister): bigint {
  const value = draft.state.gpr64[register.number]! >> (register.high ? 8n : 0n);
  return BigInt.asUintN(register.size, value);
}

const scratch = new Uint8Array(64);
const scratchView = new DataView(scratch.buffer);

/** Fills bytes with elements of an operand's type; now and then it leaves an element as it is. */
export function fillElements(
  draft: Draft,
  to: Uint8Array,
  element: string,
  elementSize: number,
  window: ExponentWindow,
): void {
  const { rng } = draft;
  const step = Math.max(1, Math.min(to.length, elementSize >> 3));
  for (let at = 0; at < to.length; at += step) {
    if (element === "f" && elementSize === 32) scratchView.setUint32(0, randomSingle(rng, window), true);
    else if (element === "f" && elementSize === 64) scratchView.setBigUint64(0, randomDouble(rng, window), true);
    else if (element === "f" && elementSize === 80) {
      const [signExponent, significand] = randomExtended(rng, window);
      scratchView.setBigUint64(0, significand, true);
      scratchView.setUint16(8, signExponent, true);
    } else if (element === "bcd") fillDecimal(draft, scratch);
    else {
      const width = elementSize <= 64 && element !== "struct" ? elementSize : 64;
      const size = Math.min(step, width >> 3, to.length - at);
      for (let i = at; i + size <= Math.min(at + step, to.length); i += size) {
        const value = integerOrKeep(rng, width);
        if (value === KEEP) continue;
        scratchView.setBigUint64(0, value, true);
        to.set(scratch.subarray(0, size), i);
      }
      continue;
    }
    to.set(scratch.subarray(0, Math.min(step, to.length - at, 64)), at);
  }
}

// 18 decimal digits and a sign byte (SDM vol. 1, 4.7); now and then digits above 9, whose result is undefined, are left out.
function fillDecimal(draft: Draft, to: Uint8Array): void {
  const { rng } = draft;
  const digits = rng.pick([0, 1, 2, 17, 18, 18]);
  const nines = rng.chance(20);
  to.fill(0, 0, 10);
  for (let i = 0; i < digits; i++) to[i >> 1]! |= (nines ? 9 : rng.below(10)) << ((i & 1) * 4);
  to[9] = rng.chance(50) ? 0x80 : rng.chance(20) ? rng.below(256) : 0;
}

/** Writes the 80-bit value of ST(i). */
export function setStack(draft: Draft, i: number, window: ExponentWindow): void {
  const [signExponent, significand] = randomExtended(draft.rng, window);
  setStackRaw(draft, i, signExponent, significand);
}

export function setStackRaw(draft: Draft, i: number, signExponent: number, significand: bigint): void {
  const { state } = draft;
  state.view.setBigUint64(state.st.byteOffset - state.bytes.byteOffset + 16 * i, significand, true);
  state.view.setUint16(state.st.byteOffset - state.bytes.byteOffset + 16 * i + 8, signExponent, true);
}

/** Where the bytes of a vector register stand in the state; MMX register i is x87 register i, at stack position i - TOP. */
export function vectorBytes(draft: Draft, operand: Operand): Uint8Array | undefined {
  const { state } = draft;
  let name = operand.what;
  let number = draft.registerOf(operand);
  if (operand.encoding === "fixed") {
    const match = /^([xy]mm)(\d+)$/.exec(operand.what);
    if (match === null) return undefined;
    name = match[1]!;
    number = Number(match[2]);
  }
  if (name === "xmm" || name === "ymm") return new Uint8Array(state.xmm.buffer, state.xmm.byteOffset + 16 * number, 16);
  if (name === "mm") {
    const top = (state.fsw >> 11) & 7;
    return state.st.subarray(16 * ((number - top) & 7), 16 * ((number - top) & 7) + 8);
  }
  return undefined;
}

/** The upper half of a YMM operand. */
export function upperBytes(draft: Draft, operand: Operand): Uint8Array | undefined {
  if (operand.what !== "ymm") return undefined;
  const { state } = draft;
  return new Uint8Array(state.ymmHigh.buffer, state.ymmHigh.byteOffset + 16 * draft.registerOf(operand), 16);
}

/** Gives every register operand a value that suits its type. */
export function fillRegisters(draft: Draft, form: Form, window: ExponentWindow): void {
  for (const operand of form.operands) {
    if (operand.type !== "reg" || !operand.reads) continue;
    const general = generalRegister(draft, operand);
    if (general !== undefined) {
      const value = integerOrKeep(draft.rng, general.size);
      if (value !== KEEP) setGeneral(draft, general, value);
      continue;
    }
    const bytes = vectorBytes(draft, operand);
    if (bytes !== undefined) fillElements(draft, bytes, operand.element, operand.elementSize, window);
    const upper = upperBytes(draft, operand);
    if (upper !== undefined) fillElements(draft, upper, operand.element, operand.elementSize, window);
  }
}

const memoryBytes = new Uint8Array(1024);

/** Gives the memory operand at `address` content that suits its type. */
export function fillMemory(draft: Draft, operand: Operand, address: bigint, window: ExponentWindow): void {
  const bytes = memoryBytes.subarray(0, Math.max(1, operand.size >> 3));
  draft.readMemory(address, bytes);
  const size = operand.element === "struct" && operand.size > 80 ? 64 : operand.elementSize;
  fillElements(draft, bytes, operand.element, size, window);
  draft.writeMemory(address, bytes);
}

/** Makes two sources of the same kind equal, as random values hardly ever are. */
export function equalSources(draft: Draft, form: Form, address: bigint): void {
  const sources = form.operands.filter(
    (operand) => operand.reads && operand.visibility !== "h" && operand.type !== "imm",
  );
  const [first, second] = sources;
  if (first === undefined || second === undefined || first.size !== second.size) return;
  const bytesOf = (operand: Operand): Uint8Array | undefined => {
    const general = generalRegister(draft, operand);
    if (general === undefined) return operand.type === "reg" ? vectorBytes(draft, operand) : undefined;
    const value = new DataView(new ArrayBuffer(8));
    value.setBigUint64(0, getGeneral(draft, general), true);
    return new Uint8Array(value.buffer, 0, general.size >> 3);
  };
  const [register, other] = second.type === "mem" ? [first, second] : [second, first];
  const bytes = bytesOf(register);
  if (bytes === undefined) return;
  if (other.type === "mem" && address >= 0n) {
    draft.writeMemory(address, bytes);
    return;
  }
  const general = generalRegister(draft, other);
  if (general !== undefined) {
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    setGeneral(draft, general, value);
    return;
  }
  vectorBytes(draft, other)?.set(bytes);
}
