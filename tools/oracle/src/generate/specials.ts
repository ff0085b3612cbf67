import type { Form, Operand } from "../forms.js";
import { branchTarget } from "./branches.js";
import { AT_XMM } from "../layout.js";
import { type Draft, MASK_64 } from "./draft.js";
import { fillRestoredArea, fillSavedArea } from "./extended-state.js";
import { extendedInteger, type ExponentWindow } from "./floats.js";
import { randomFcw, randomMxcsr, withErrorSummary } from "./fpu.js";
import { randomCount, randomInteger } from "./integers.js";
import { fillElements, generalRegister, getGeneral, setGeneral, setStackRaw, vectorBytes } from "./values.js";

const RAX = 0;
const RCX = 1;
const RDX = 2;
const RBX = 3;

/** Adjusts a case after its operands have been filled. `address` is that of the explicit memory operand, or -1. */
type Special = (draft: Draft, form: Form, address: bigint, window: ExponentWindow) => void;

const setLow = (draft: Draft, register: number, size: number, value: bigint): void =>
  setGeneral(draft, { number: register, size, high: false }, BigInt.asUintN(size, value));

function readMemory(draft: Draft, address: bigint, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) {
    const offset = Number(BigInt.asIntN(64, address + BigInt(i))) - 0x2000_1000;
    value = (value << 8n) | BigInt(draft.image[offset] ?? 0);
  }
  return value;
}

function valueOf(draft: Draft, operand: Operand, address: bigint): bigint {
  const register = generalRegister(draft, operand);
  return register === undefined ? readMemory(draft, address, operand.size >> 3) : getGeneral(draft, register);
}

// Random dividends nearly always overflow: most are made from a quotient that fits, or nearly fits.
const divide: Special = (draft, form, address) => {
  const { rng } = draft;
  const operand = form.operands[0]!;
  const bits = BigInt(operand.size);
  const divisor = valueOf(draft, operand, address);
  if (rng.chance(15)) return;
  const signed = form.mnemonic === "idiv";
  const d = signed ? BigInt.asIntN(operand.size, divisor) : divisor;
  const raw = randomInteger(rng, operand.size);
  let quotient = signed ? BigInt.asIntN(operand.size, raw) : raw;
  if (rng.chance(10))
    quotient = rng.pick([
      (1n << bits) - 1n,
      1n << bits,
      (1n << (bits - 1n)) - 1n,
      1n << (bits - 1n),
      -(1n << (bits - 1n)),
      -(1n << (bits - 1n)) - 1n,
    ]);
  const magnitude = d < 0n ? -d : d;
  let remainder = magnitude === 0n ? 0n : randomInteger(rng, operand.size) % magnitude;
  if (rng.chance(20)) remainder = rng.chance(50) ? 0n : magnitude - 1n;
  let dividend = quotient * d + remainder;
  if (signed && quotient * d < 0n) dividend = quotient * d - remainder;
  if (operand.size === 8) {
    setLow(draft, RAX, 16, dividend);
    return;
  }
  setLow(draft, RAX, operand.size, dividend);
  setLow(draft, RDX, operand.size, dividend >> bits);
};

const shift: Special = (draft, form) => {
  const count = BigInt(randomCount(draft.rng, form.operands[0]!.size));
  if (form.immediates[0] !== 0) draft.immediates[0] = count;
  else if (form.operands.some((operand) => operand.what === "cl")) setLow(draft, RCX, 8, count);
};

// The count of a vector shift is the low quadword of its second operand; imm8 forms take any byte.
const vectorShift: Special = (draft, form, address) => {
  if (draft.rng.chance(20)) return;
  const count = BigInt(draft.rng.chance(95) ? draft.rng.below(70) : 255);
  const source = form.operands.findLast((operand) => operand.visibility === "e")!;
  if (source.type === "imm") {
    draft.immediates[0] = count;
    return;
  }
  if (source.type === "mem") {
    draft.writeInteger(address, count, 8);
    return;
  }
  const bytes = vectorBytes(draft, source);
  if (bytes !== undefined) new DataView(bytes.buffer, bytes.byteOffset, 8).setBigUint64(0, count, true);
};

const compareExchange: Special = (draft, form, address) => {
  if (draft.rng.chance(50)) return;
  const size = form.operands[0]!.size;
  setLow(draft, RAX, size, valueOf(draft, form.operands[0]!, address));
};

const compareExchangePair: Special = (draft, form, address) => {
  const half = form.operands[0]!.size >> 1;
  if (address < 0n || draft.rng.chance(40)) return;
  setLow(draft, RAX, half, readMemory(draft, address, half >> 3));
  setLow(draft, RDX, half, readMemory(draft, address + BigInt(half >> 3), half >> 3));
};

// TF would trap behind the instruction, AC fault in the harness, NT upset the kernel's own returns.
const popFlags: Special = (draft, form) => {
  const size = form.operands.find((operand) => operand.type === "mem")!.size >> 3;
  const keep = ~0x44100n;
  draft.writeInteger(draft.state.gpr64[4]!, draft.rng.next64() & keep, size);
};

const enter: Special = (draft) => {
  const { rng } = draft;
  draft.immediates[0] = BigInt(
    rng.chance(80) ? rng.below(64) : rng.chance(50) ? rng.below(0x1000) : rng.below(0x10000),
  );
  draft.immediates[1] = BigInt(rng.chance(60) ? 0 : rng.chance(70) ? rng.between(1, 4) : rng.below(256));
};

// The count register is as wide as addresses are; what the instruction must not look at is not zero.
const counter: Special = (draft) => {
  const { rng, mode, addressPrefix } = draft;
  const width = BigInt(addressPrefix ? mode >> 1 : mode);
  const ones = (1n << width) - 1n;
  const half = 1n << (width >> 1n);
  const above = addressPrefix ? BigInt.asUintN(mode, rng.next64()) & ~ones : 0n;
  if (rng.chance(80)) draft.state.gpr64[RCX] = rng.pick([0n, 1n, 2n, half - 1n, half, half + 1n, ones]) | above;
};

const loadMxcsr: Special = (draft, _form, address) => {
  const { rng } = draft;
  // Bits above 15 are reserved everywhere, 17 (misaligned SSE) is AMD's.
  const bad = rng.chance(8) ? rng.pick([1 << 16, 1 << 18, 1 << 31, 0x8000_0000 | 0x1f80]) : 0;
  draft.writeInteger(address, BigInt((randomMxcsr(draft) | bad) >>> 0), 4);
};

const loadControl: Special = (draft, _form, address) => {
  draft.writeInteger(address, BigInt(randomFcw(draft) | (draft.rng.below(16) << 12)), 2);
};

// FLDENV and FRSTOR: 28 or 14 bytes of environment, then the registers (SDM vol. 1, 8.1.10).
const loadEnvironment: Special = (draft, form, address, window) => {
  const { rng } = draft;
  const operand = form.operands[0]!;
  const wide = operand.size === 224 || operand.size === 864;
  const size = wide ? 4 : 2;
  const fcw = randomFcw(draft);
  let fsw = rng.below(0x8000);
  if (!rng.chance(12)) fsw &= ~0x3f | fcw;
  const words = [fcw, withErrorSummary(fsw, fcw), rng.below(0x10000)];
  for (const [i, word] of words.entries())
    draft.writeInteger(address + BigInt(i * size), BigInt(word | (wide ? rng.below(0x10000) * 0x10000 : 0)), size);
  const header = wide ? 28 : 14;
  const image = new Uint8Array(80);
  for (let i = 0; i < 80; i += 10) fillElements(draft, image.subarray(i, i + 10), "f", 80, window);
  if (operand.size > 224) draft.writeMemory(address + BigInt(header), image);
};

// FXRSTOR: the FXSAVE image (SDM vol. 1, 10.5.1), now and then with reserved bits of MXCSR.
const restoreExtended: Special = (draft, _form, address, window) => {
  const { rng } = draft;
  const fcw = randomFcw(draft);
  let fsw = rng.below(0x8000);
  if (!rng.chance(12)) fsw &= ~0x3f | fcw;
  const image = new Uint8Array(512);
  for (let i = 0; i < 512; i += 4) new DataView(image.buffer).setUint32(i, rng.next(), true);
  for (let i = 32; i < 160; i += 16) fillElements(draft, image.subarray(i, i + 10), "f", 80, window);
  const view = new DataView(image.buffer);
  view.setUint16(0, fcw, true);
  view.setUint16(2, withErrorSummary(fsw, fcw), true);
  const bad = rng.chance(8) ? 1 << rng.between(16, 31) : 0;
  view.setUint32(24, (randomMxcsr(draft) | (bad === 1 << 17 ? 0 : bad)) >>> 0, true);
  draft.writeMemory(address, image);
};

// XLAT reads at RBX + AL.
const translate: Special = (draft) => {
  const al = draft.state.gpr64[RAX]! & 0xffn;
  const mask = draft.addressPrefix ? 0xffff_ffffn : MASK_64;
  const high = draft.state.gpr64[RBX]! & ~mask & MASK_64;
  draft.state.gpr64[RBX] = ((draft.state.gpr64[RBX]! - al) & mask) | high;
};

const integerInSt1: Special = (draft) => {
  if (!draft.rng.chance(60)) return;
  const [signExponent, significand] = extendedInteger(draft.rng);
  setStackRaw(draft, 1, signExponent, significand);
};

// Arguments of F2XM1 lie in -1..1; those of FYL2XP1 within 1 - sqrt(1/2) of 0. Outside the result is undefined.
const smallArgument =
  (maximum: number): Special =>
  (draft) => {
    const { rng, state } = draft;
    const at = state.st.byteOffset - state.bytes.byteOffset;
    const exponent = state.view.getUint16(at + 8, true) & 0x7fff;
    if (exponent <= maximum || exponent === 0x7fff) return;
    setStackRaw(
      draft,
      0,
      (rng.below(2) << 15) | (maximum - rng.below(rng.chance(50) ? 6 : 70)),
      (1n << 63n) | rng.next64(),
    );
  };

const indirect: Special = (draft, form, address) => {
  const operand = form.operands[0]!;
  const target = branchTarget(draft);
  if (operand.type === "mem") draft.writeInteger(address, target, operand.size >> 3);
  else if (draft.rm !== 4) setGeneral(draft, { number: draft.rm, size: 64, high: false }, target);
};

const returns: Special = (draft) => {
  draft.writeInteger(draft.state.gpr64[4]!, branchTarget(draft), draft.mode === 64 ? 8 : 4);
};

// An index within the bounds half of the time.
const bounds: Special = (draft, form, address) => {
  const [index, pair] = [form.operands[0]!, form.operands[1]!];
  if (address < 0n || draft.rng.chance(40)) return;
  const half = pair.size >> 1;
  const low = BigInt.asIntN(half, readMemory(draft, address, half >> 3));
  const high = BigInt.asIntN(half, readMemory(draft, address + BigInt(half >> 3), half >> 3));
  const register = generalRegister(draft, index)!;
  setGeneral(
    draft,
    register,
    BigInt.asUintN(half, draft.rng.pick([low, high, (low + high) >> 1n, low - 1n, high + 1n])),
  );
};

// PCMPISTRI and its kin: random elements never meet; those of a small alphabet do, zeros and both signs among them.
const smallAlphabet: Special = (draft, _form, address) => {
  const { rng, state } = draft;
  if (rng.chance(20)) return;
  const size = (draft.immediates[0] & 1n) === 0n ? 1 : 2;
  const letters = Array.from({ length: rng.between(1, 5) }, () => (rng.chance(60) ? rng.below(6) : rng.below(0x10000)));
  if (rng.chance(70)) letters.push(0);
  const zeroChance = rng.pick([0, 3, 10]);
  const string = (): Uint8Array => {
    const bytes = new Uint8Array(16);
    const repeated = rng.chance(30) ? rng.pick(letters) : -1;
    for (let i = 0; i < 16; i += size) {
      let letter = repeated >= 0 && rng.chance(80) ? repeated : rng.pick(letters);
      if (rng.chance(zeroChance)) letter = 0;
      bytes[i] = letter;
      if (size === 2) bytes[i + 1] = letter >> 8;
    }
    return bytes;
  };
  state.bytes.set(string(), AT_XMM + 16 * draft.reg);
  if (address >= 0n) draft.writeMemory(address, string());
  else if (draft.form.modrm === "reg") state.bytes.set(string(), AT_XMM + 16 * draft.rm);
};

const lengths: Special = (draft, form, address, window) => {
  smallAlphabet(draft, form, address, window);
  for (const register of [RAX, RDX]) {
    const value = draft.rng.chance(70) ? BigInt(draft.rng.between(-18, 18)) : randomInteger(draft.rng, 32);
    setLow(draft, register, draft.rexW && draft.mode === 64 ? 64 : 32, value);
  }
};

const table: Readonly<Record<string, Special>> = {
  div: divide,
  idiv: divide,
  cmpxchg: compareExchange,
  cmpxchg8b: compareExchangePair,
  cmpxchg16b: compareExchangePair,
  popf: popFlags,
  popfd: popFlags,
  popfq: popFlags,
  enter,
  bound: bounds,
  loop: counter,
  loope: counter,
  loopne: counter,
  jrcxz: counter,
  jecxz: counter,
  jcxz: counter,
  ldmxcsr: loadMxcsr,
  vldmxcsr: loadMxcsr,
  fldcw: loadControl,
  fldenv: loadEnvironment,
  frstor: loadEnvironment,
  fxrstor: restoreExtended,
  fxrstor64: restoreExtended,
  xlat: translate,
  fscale: integerInSt1,
  f2xm1: smallArgument(0x3ffe),
  fyl2xp1: smallArgument(0x3ffc),
  ret: returns,
};
for (const name of ["shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd"])
  (table as Record<string, Special>)[name] = shift;

/** The adjustment that a form needs, or undefined. */
export function specialFor(form: Form): Special | undefined {
  if (form.branch !== 0 && (form.mnemonic === "jmp" || form.mnemonic === "call") && form.modrm !== "none")
    return indirect;
  if (/^v?ps(ll|rl|ra)[wdq]q?$/.test(form.mnemonic)) return vectorShift;
  if (/^v?pcmpestr[im]$/.test(form.mnemonic)) return lengths;
  if (form.mnemonic.startsWith("xsave")) return fillSavedArea;
  if (form.mnemonic.startsWith("xrstor")) return fillRestoredArea;
  if (/^v?pcmpistr[im]$/.test(form.mnemonic)) return smallAlphabet;
  return table[form.mnemonic];
}
