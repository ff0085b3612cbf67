import { avoidedCombinations } from "../features.js";
import type { Form, Operand } from "../forms.js";
import { AT_FLAGS, AT_SEED, CODE_BASE, CODE_SIZE, FLAG_YMM } from "../layout.js";
import { hashName, type Rng } from "../rng.js";
import type { MachineState } from "../state.js";
import { addressAnywhere, addressGather, addressOperand, chooseTarget, harmlessTarget } from "./addressing.js";
import { relativeTarget } from "./branches.js";
import { Draft } from "./draft.js";
import { alignedArea, hasExtendedArea, operandBytes, prepareExtendedState } from "./extended-state.js";
import { randomWindow } from "./floats.js";
import { prepareFpu, usesX87 } from "./fpu.js";
import { randomInteger } from "./integers.js";
import { specialFor } from "./specials.js";
import { prepareString } from "./strings.js";
import { equalSources, fillMemory, fillRegisters, setStack } from "./values.js";

const RBX = 3;
const RSP = 4;
const RBP = 5;
const RDI = 7;

/** Fills a state with noise from a seed. The recorded vectors are differences from this: it must not change. */
export function expandNoise(rng: Rng, seed: number, state: MachineState): void {
  rng.seed(seed, 0x6f7261, 0x636c65);
  state.bytes.fill(0);
  for (let i = 0; i < 32; i++) state.gpr[i] = rng.next();
  for (let i = 0; i < 64; i++) state.xmm[i] = rng.next();
  const st = state.st.byteOffset - state.bytes.byteOffset;
  for (let i = 0; i < 8; i++) {
    state.view.setUint32(st + 16 * i, rng.next(), true);
    state.view.setUint32(st + 16 * i + 4, rng.next(), true);
    state.view.setUint16(st + 16 * i + 8, rng.next() & 0xffff, true);
  }
  // Status flags and DF; IF and bit 1 are set in user code.
  state.rflags = (rng.next() & 0xcd5) | 0x202;
}

/** The seed of a case's noise. The recorded vectors depend on it: it must not change. */
export function noiseSeed(form: Form, seed: number, index: number, attempt: number): number {
  return (hashName(form.line) ^ Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1 + (attempt << 24), 0x85ebca6b)) >>> 0;
}

/** What of the case's machine the generator must know. */
export interface GeneratorOptions {
  readonly mode: 64 | 32;
  readonly seed: number;
  /** Whether FS and GS bases can be set. */
  readonly segmentBases: boolean;
}

/** Makes the cases of a form, each from the seed, the form's name and the case's number alone. */
export class Generator {
  readonly draft: Draft = new Draft();
  readonly #options: GeneratorOptions;

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.draft.segmentBases = options.segmentBases;
  }

  /** Makes case `index` of a form in `draft`: its record in `draft.state`, its memory in `draft.image` and `draft.touched`. */
  make(form: Form, formNumber: number, index: number): Draft {
    for (let attempt = 0; !this.#attempt(form, formNumber, index, attempt); attempt++);
    return this.draft;
  }

  #attempt(form: Form, formNumber: number, index: number, attempt: number): boolean {
    const { draft } = this;
    const { rng, state } = draft;
    const noise = noiseSeed(form, this.#options.seed, index, attempt);
    expandNoise(rng, noise, state);
    rng.seed(noise, this.#options.seed, index);
    state.mode = this.#options.mode;
    draft.begin(form, index, index % 5 === 4 ? Math.floor(index / 5) : -1);
    state.words[AT_SEED >> 2] = noise;
    // One case in a hundred runs over the end of the code: the fetch of its rest faults.
    const crosses = attempt === 0 && index % 100 === 57;
    state.codeAddress = CODE_BASE + (crosses ? CODE_SIZE - rng.between(1, 6) : rng.between(0x100, 0x1e00));
    state.gpr64[RSP] = state.gpr64[RSP]! & ~7n;
    if (state.mode === 32) {
      for (let i = 0; i < 32; i++) if (i >= 16 || (i & 1) !== 0) state.gpr[i] = 0;
      state.xmm.fill(0, 32);
    }
    const extended = form.isaSet.startsWith("XSAVE");
    if (form.vex || extended) {
      state.words[AT_FLAGS >> 2] = FLAG_YMM;
      for (let i = 0; i < 64; i++) state.ymmHigh[i] = rng.next();
    }
    prepareFpu(draft);
    if (extended) prepareExtendedState(draft, form);
    const window = randomWindow(rng);
    chooseEncoding(draft, form);
    const explicit = form.operands.find(
      (operand) => (operand.type === "mem" || operand.type === "vsib") && operand.encoding !== "fixed",
    );
    const victims = (explicit === undefined ? 0 : 1) + (hiddenMemory(form) === undefined ? 0 : 1);
    const victim = victims === 0 || draft.fault < 0 ? -1 : draft.fault % victims;
    if (victims > 1 && draft.fault >= 0) draft.fault = Math.floor(draft.fault / victims);
    if (form.category === "STRINGOP" || form.category === "IOSTRINGOP") prepareString(draft, form);
    else placeHidden(draft, form, victim === (explicit === undefined ? 0 : 1));
    if (explicit !== undefined) placeExplicit(draft, form, explicit, victim === 0);
    else if (form.modrm === "mem") addressAnywhere(draft);
    if (form.category !== "STRINGOP" && !extended) fillRegisters(draft, form, window);
    if (usesX87(form))
      for (let i = 0; i < 8; i++) if (i < 2 || i === (draft.rm & 7) || rng.chance(25)) setStack(draft, i, window);
    if (explicit !== undefined && draft.operandAddress >= 0n && !extended)
      fillMemory(draft, explicit, draft.operandAddress, window);
    fillImmediates(draft, form);
    if (form.category !== "STRINGOP" && rng.chance(8)) equalSources(draft, form, draft.operandAddress);
    specialFor(form)?.(draft, form, draft.operandAddress, window);
    if (!draft.finish(formNumber)) return false;
    return !crosses || state.codeAddress + state.codeLength > CODE_BASE + CODE_SIZE;
  }
}

function chooseEncoding(draft: Draft, form: Form): void {
  const { rng } = draft;
  const allowed = form.combinations & ~avoidedCombinations(form);
  const list: number[] = [];
  for (let i = 0; i < 16; i++) if (((allowed >> i) & 1) !== 0) list.push(i);
  list.sort((a, b) => prefixCount(a) - prefixCount(b));
  draft.combination = form.vex ? rng.pick(list) : rng.chance(85) ? list[0]! : rng.pick(list);
  draft.forceRex = draft.mode === 64 && !form.vex && rng.chance(15);
  const registers = draft.registers;
  const limit = (what: string): number =>
    what === "st" ? 8 : what === "mm" ? (rng.chance(10) ? registers : 8) : registers;
  const encoded = (encoding: string): Operand | undefined =>
    form.operands.find((operand) => operand.encoding === encoding);
  const masked = (mask: number): number => {
    const choices: number[] = [];
    for (let i = 0; i < 8; i++) if (((mask >> i) & 1) !== 0) choices.push(i);
    return rng.pick(choices);
  };
  const reg = encoded("reg");
  if (reg !== undefined && form.regMask === 0xff && !["sreg", "cr", "dr"].includes(reg.what))
    draft.reg = rng.below(limit(reg.what));
  else if (form.modrm !== "none") draft.reg = masked(form.regMask);
  const rm = encoded("rm");
  const opcode = encoded("opcode");
  if (opcode !== undefined) draft.rm = rng.below(registers);
  else if (form.modrm === "reg")
    draft.rm = rm !== undefined && form.rmMask === 0xff ? rng.below(limit(rm.what)) : masked(form.rmMask);
  if (encoded("vvvv") !== undefined) draft.vvvv = rng.below(registers);
  if (encoded("is4") !== undefined) draft.is4 = rng.below(registers);
}

// REX.W, F2/F3 and 66: the combination with the fewest prefixes is the usual one.
const prefixCount = (combination: number): number =>
  (combination >= 6 ? 1 : 0) + ((combination >> 1) % 3 === 0 ? 0 : 1) + (combination & 1);

const hiddenMemory = (form: Form): Operand | undefined =>
  form.operands.find((operand) => operand.type === "mem" && operand.encoding === "fixed");

// Memory at a fixed register: the stack, XLAT's table, MASKMOV's target, the frame of LEAVE.
function placeHidden(draft: Draft, form: Form, faults: boolean): void {
  const { rng } = draft;
  const operand = hiddenMemory(form);
  if (operand === undefined) return;
  const size = operand.size >> 3;
  const base = operand.what.split("+")[0]!.slice(1);
  const target = chooseTarget(draft, size, !operand.writes, faults && draft.fault >= 0);
  if (base === "sp") {
    // A push stores below RSP.
    draft.pin(RSP, operand.writes ? target + BigInt(size) : target);
    if (form.mnemonic === "enter") draft.pin(RBP, chooseTarget(draft, 64, true, false) + 32n * BigInt(rng.below(3)));
    return;
  }
  const register = base === "di" ? RDI : base === "bx" ? RBX : RBP;
  const junk = draft.addressPrefix ? rng.next64() & 0xffff_ffff_0000_0000n : 0n;
  draft.pin(register, (draft.addressPrefix ? target & 0xffff_ffffn : target) | junk);
}

function placeExplicit(draft: Draft, form: Form, operand: Operand, faults: boolean): void {
  const { rng } = draft;
  const anywhere = form.category === "WIDENOP" || form.mnemonic.startsWith("prefetch");
  const chosen = chooseTarget(draft, operandBytes(form, operand.size), !operand.writes, faults && draft.fault >= 0);
  const target = hasExtendedArea(form) ? alignedArea(draft, chosen) : chosen;
  if (operand.encoding === "disp") {
    draft.displacementBytes = form.displacement >> 3;
    draft.operandAddress = target;
    const segmented = rng.chance(30) && draft.mode === 64 && draft.segmentBases;
    draft.segment = segmented ? (rng.chance(50) ? 0x64 : 0x65) : 0;
    draft.displacement = segmented ? throughMoffs(draft, target) : target;
    return;
  }
  if (anywhere && rng.chance(60)) {
    addressAnywhere(draft);
    return;
  }
  if (operand.type === "vsib") {
    const elements = harmlessTarget(draft, 0x400, true);
    addressGather(draft, faults && draft.fault >= 0 ? target : elements, form.mnemonic.includes("gatherd") ? 4 : 8);
    return;
  }
  draft.operandAddress = target;
  let effective = target;
  if (/^bt[src]?$/.test(form.mnemonic) && form.immediates[0] === 0) effective = target - bitOffset(draft, operand.size);
  if (form.mnemonic === "pop" && !draft.isPinned(RSP)) throw new Error(`${form.id}: POP without a stack`);
  // POP computes its address with RSP already moved (SDM vol. 2, POP).
  const moved = form.mnemonic === "pop" ? BigInt(hiddenMemory(form)!.size >> 3) : 0n;
  draft.state.gpr64[RSP]! += moved;
  addressOperand(draft, effective);
  draft.state.gpr64[RSP]! -= moved;
}

// MOV moffs takes its whole address from the encoding; the segment base makes up the rest.
function throughMoffs(draft: Draft, target: bigint): bigint {
  const distance = BigInt(draft.rng.below(0x1000_0000));
  const at = draft.segment === 0x64 ? draft.state.fsBase : draft.state.gsBase;
  at[0] = Number(distance);
  at[1] = 0;
  return BigInt.asUintN(draft.addressPrefix ? 32 : 64, target - distance);
}

/** Chooses the bit offset of BT and its kin and returns how many bytes it moves the operand (SDM vol. 2, BT). */
function bitOffset(draft: Draft, size: number): bigint {
  const { rng, state } = draft;
  const register = draft.reg;
  if (draft.isPinned(register)) return 0n;
  const kind = rng.below(100);
  let offset =
    kind < 30 ? rng.between(0, size - 1) : kind < 70 ? rng.between(-1000, 1000) : rng.between(-0x8000, 0x7fff);
  if (kind > 92 && size > 16) offset = rng.between(-0x4000_0000, 0x3fff_ffff);
  const value = (state.gpr64[register]! & ~((1n << BigInt(size)) - 1n)) | BigInt.asUintN(size, BigInt(offset));
  draft.pin(register, value);
  return BigInt(Math.floor(offset / size) * (size >> 3));
}

function fillImmediates(draft: Draft, form: Form): void {
  const { rng } = draft;
  for (const i of [0, 1] as const) {
    const bits = form.immediates[i];
    if (bits !== 0) draft.immediates[i] = randomInteger(rng, bits);
  }
  if (form.operands.some((operand) => operand.encoding === "is4"))
    draft.immediates[0] = BigInt((draft.is4 << 4) | rng.below(16));
  if (form.operands.some((operand) => operand.type === "rel") && !rng.chance(4))
    draft.relativeTarget = relativeTarget(draft, form);
  else if (form.branch !== 0 && form.operands.some((operand) => operand.type === "rel")) draft.immediates[0] = 0n;
}
