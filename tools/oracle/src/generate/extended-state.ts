import type { Form } from "../forms.js";
import { AT_FX, AT_XMM, AT_YMM_HIGH } from "../layout.js";
import type { Draft } from "./draft.js";
import { type ExponentWindow } from "./floats.js";
import { randomFcw, randomMxcsr, withErrorSummary } from "./fpu.js";
import { fillElements } from "./values.js";

/*
 * XSAVE and its kin (SDM vol. 1, chapter 13) for x87, SSE and AVX state. The host may have more: the masks ask for no component of AVX-512, nor does an
 * area have one.
 */

const RAX = 0;
const RCX = 1;
/** Opmask, ZMM_Hi256 and Hi16_ZMM. */
const AVX_512 = 0xe0;
const LEGACY_BYTES = 512;
const AREA_BYTES = 832;
const ALIGNMENT = 64n;
const COMPACTED = 1n << 63n;
/** What a component's number in a bitmap is. */
const X87 = 1;
const SSE = 2;
const AVX = 4;

/** Whether a form works on an XSAVE area. */
export function hasExtendedArea(form: Form): boolean {
  return form.isaSet.startsWith("XSAVE") && form.modrm === "mem";
}

/** Bytes that a memory operand has: Zydis tells of an XSAVE area legacy region and header alone. */
export function operandBytes(form: Form, bits: number): number {
  return hasExtendedArea(form) ? AREA_BYTES : Math.max(1, bits >> 3);
}

/** Where an XSAVE area goes that was to go to `target`: it must be a multiple of 64, and now and then is not. */
export function alignedArea(draft: Draft, target: bigint): bigint {
  return draft.rng.chance(88) ? target - (target % ALIGNMENT) : target;
}

/** A bitmap of the components that are there: all, or any. */
const components = (draft: Draft): number => (draft.rng.chance(30) ? X87 | SSE | AVX : draft.rng.below(8));

/** The registers that say what is meant, before an address may be made of them. */
export function prepareExtendedState(draft: Draft, form: Form): void {
  const { rng, state } = draft;
  const upper = draft.mode === 64 ? rng.next64() & 0xffff_ffff_0000_0000n : 0n;
  if (form.mnemonic === "xgetbv") {
    const index = rng.chance(80) ? rng.below(2) : rng.pick([2, 3, 0x100, 0x8000_0000, 0xffff_ffff]);
    draft.pin(RCX, upper | BigInt(index));
  } else {
    const others = rng.chance(50) ? 0 : rng.next() & ~0xff;
    draft.pin(RAX, upper | BigInt(((others | components(draft)) & ~AVX_512) >>> 0));
  }
  const initial = 7 & ~components(draft);
  const { bytes, view } = state;
  if ((initial & X87) !== 0) {
    bytes.fill(0, AT_FX, AT_FX + 24);
    bytes.fill(0, AT_FX + 32, AT_FX + 160);
    state.fcw = 0x37f;
    // One thing alone is not as it was.
    const other = rng.below(6);
    if (other === 0) bytes[AT_FX + 32 + 16 * rng.below(8) + rng.below(10)] = 1 << rng.below(8);
    else if (other === 1) state.fcw = 0x37f ^ 0x400;
    else if (other === 2) state.ftw = 1 << rng.below(8);
    else if (other === 3) state.fsw = 1 << rng.between(8, 14);
  }
  if ((initial & X87) === 0 && rng.chance(50)) {
    view.setUint16(AT_FX + 6, rng.below(0x800), true);
    view.setUint32(AT_FX + 8, rng.next(), true);
    view.setUint32(AT_FX + 16, rng.next(), true);
  }
  const registers = draft.mode === 64 ? 16 : 8;
  for (const [component, at] of [
    [SSE, AT_XMM],
    [AVX, AT_YMM_HIGH],
  ] as const) {
    if (registers === 8) bytes.fill(0, at + 128, at + 256);
    if ((initial & component) === 0) continue;
    bytes.fill(0, at, at + 256);
    if (rng.chance(20)) bytes[at + rng.below(registers * 16)] = 1 << rng.below(8);
  }
  if ((initial & SSE) !== 0 && rng.chance(60)) state.mxcsr = 0x1f80;
}

const chooseComponents = (draft: Draft, among: number): bigint => BigInt(components(draft) & among);

/** A bit that no component has in XCR0 here, nor in the host's. */
const foreignBit = (draft: Draft): bigint => 1n << BigInt(draft.rng.pick([3, 4, 8, 10, 11, 19, 31, 32, 61, 62]));

/** XSTATE_BV that a save finds: what it is not asked for stays. */
export function fillSavedArea(draft: Draft, _form: Form, address: bigint): void {
  const { rng } = draft;
  if (address < 0n) return;
  draft.writeInteger(
    address + BigInt(LEGACY_BYTES),
    rng.chance(70) ? BigInt(components(draft)) : BigInt.asUintN(64, rng.next64()),
    8,
  );
}

/** An area for XRSTOR: standard or compacted, with a header that is right, or wrong in one thing. */
export function fillRestoredArea(draft: Draft, _form: Form, address: bigint, window: ExponentWindow): void {
  const { rng } = draft;
  if (address < 0n) return;
  const image = new Uint8Array(AREA_BYTES);
  const view = new DataView(image.buffer);
  for (let i = 0; i < AREA_BYTES; i += 4) view.setUint32(i, rng.next(), true);
  for (let i = 32; i < 160; i += 16) fillElements(draft, image.subarray(i, i + 10), "f", 80, window);
  const fcw = randomFcw(draft);
  let fsw = rng.below(0x8000);
  if (!rng.chance(12)) fsw &= ~0x3f | fcw;
  view.setUint16(0, fcw, true);
  view.setUint16(2, withErrorSummary(fsw, fcw), true);
  const badMxcsr = rng.chance(6) ? 1 << rng.pick([16, 18, 20, 31]) : 0;
  view.setUint32(24, (randomMxcsr(draft) | badMxcsr) >>> 0, true);
  image.fill(0, LEGACY_BYTES, LEGACY_BYTES + 64);
  const compacted = rng.chance(50);
  let layout = compacted ? COMPACTED | chooseComponents(draft, 7) : 0n;
  let saved = chooseComponents(draft, compacted ? Number(layout & 7n) : 7);
  const wrong = rng.chance(25) ? rng.below(5) : -1;
  if (wrong === 0) saved |= foreignBit(draft);
  if (wrong === 1) saved |= BigInt(rng.below(8));
  if (wrong === 2) layout |= foreignBit(draft);
  if (wrong === 3) layout |= BigInt(rng.below(8));
  view.setBigUint64(LEGACY_BYTES, saved, true);
  view.setBigUint64(LEGACY_BYTES + 8, layout, true);
  if (wrong === 4) image[LEGACY_BYTES + rng.between(16, 63)] = 1 << rng.below(8);
  draft.writeMemory(address, image);
}
