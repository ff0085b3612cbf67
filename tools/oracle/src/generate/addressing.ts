import { AT_FS_BASE, CODE_BASE, DATA_BASE, DATA_SIZE, PAGE_SIZE, READ_ONLY_OFFSET } from "../layout.js";
import { type Draft, MASK_64 } from "./draft.js";

const RSP = 4;
const RBP = 5;
const D2_OFFSET: number = READ_ONLY_OFFSET + PAGE_SIZE;
// Page borders at which an operand meets another kind of page, as offsets into the data window.
const borders = [0, READ_ONLY_OFFSET, D2_OFFSET, DATA_SIZE] as const;

const align = (offset: number, to: number): number => offset - (offset % to);

/** Where an operand goes that should not fault, unless it wants alignment. `size` in bytes. */
export function harmlessTarget(draft: Draft, size: number, readOnly: boolean): bigint {
  const { rng } = draft;
  const kind = rng.below(100);
  const natural = size >= 16 ? 16 : (size & (size - 1)) === 0 ? size : 1;
  const room = (from: number, to: number): number => from + rng.below(Math.max(1, to - size - from));
  let offset: number;
  if (kind < 12 && size > 1) {
    offset = PAGE_SIZE - 1 - rng.below(Math.min(size, PAGE_SIZE) - 1);
    if (size >= 32 && rng.chance(50)) offset = align(offset, natural);
  } else {
    offset = kind < 75 ? room(0, READ_ONLY_OFFSET) : room(D2_OFFSET, DATA_SIZE);
    if (readOnly && kind > 94) offset = room(READ_ONLY_OFFSET, D2_OFFSET);
    if (kind < 62 || kind > 84) offset = align(offset, natural);
  }
  return BigInt(DATA_BASE + offset);
}

/**
 * Where an operand goes that meets a page it may not use. Successive fault numbers put each byte of it at each kind of border, and
 * now and then all of it on such a page or at an address that is not canonical.
 */
export function faultTarget(draft: Draft, size: number): bigint {
  const { rng, fault } = draft;
  const whole = size === 1 || fault % 8 === 7 || (size >= 16 && fault % 2 === 1);
  if (whole) {
    const kind = (size === 1 || size >= 16 ? fault : fault >> 3) % 9;
    // Not canonical: the general-protection or, through RSP and RBP, the stack exception.
    if (kind === 8 && draft.mode === 64)
      return (
        rng.pick([0x8000_0000_0000n, 0xffff_7fff_ffff_fff0n, 0x7fff_ffff_ffff_f000n, 0x1234_5678_9abc_def0n]) +
        BigInt(rng.below(2) * 16)
      );
    const page = [READ_ONLY_OFFSET, -PAGE_SIZE, DATA_SIZE, READ_ONLY_OFFSET][kind % 4]!;
    let offset = page + rng.below(PAGE_SIZE - Math.min(size, PAGE_SIZE - 16));
    if (size > 1 && rng.chance(70)) offset -= ((offset % 16) + 16) % 16;
    return BigInt(DATA_BASE + offset);
  }
  const step = fault - (fault >> 3);
  const below = size > 64 ? 1 + rng.below(size - 1) : 1 + (step % (size - 1));
  const border = borders[(step + Math.floor(step / (size - 1))) % 4]!;
  return BigInt(DATA_BASE + border - below);
}

/** A target for an operand of the case, faulting if the case is to fault through this operand. */
export function chooseTarget(draft: Draft, size: number, readOnly: boolean, faults: boolean): bigint {
  return faults ? faultTarget(draft, size) : harmlessTarget(draft, size, readOnly);
}

const signed32 = (value: bigint): boolean => value >= -0x8000_0000n && value < 0x8000_0000n;

/** Sets a segment base; its register is chosen by the prefix. */
function setBase(draft: Draft, value: bigint): void {
  const at = draft.segment === 0x64 ? AT_FS_BASE : AT_FS_BASE + 8;
  draft.state.view.setBigUint64(at, value & MASK_64, true);
}

const isCanonical = (value: bigint): boolean => {
  const signed = BigInt.asIntN(64, value);
  return signed >= -0x8000_0000_0000n && signed < 0x8000_0000_0000n;
};

/**
 * Chooses a segment prefix for an operand at a linear address and returns the effective address that the rest of the addressing
 * must give.
 */
export function throughSegment(draft: Draft, linear: bigint): bigint {
  const { rng } = draft;
  if (draft.segment === 0) {
    const kind = rng.below(100);
    if (kind >= 20) return linear;
    if (draft.mode === 32 || kind >= 13 || !draft.segmentBases) {
      // CS, DS, ES and SS are ignored in 64-bit mode and flat in ours of 32 bits; there writes through CS fault, and all through FS and GS, which are null.
      draft.segment = rng.pick(
        draft.mode === 64 ? [0x26, 0x2e, 0x36, 0x3e] : rng.chance(85) ? [0x26, 0x36, 0x3e] : [0x2e, 0x2e, 0x64, 0x65],
      );
      return linear;
    }
    draft.segment = kind < 7 ? 0x64 : 0x65;
  }
  if (draft.mode === 32 || (draft.segment !== 0x64 && draft.segment !== 0x65)) return linear;
  const ea = draft.addressPrefix
    ? BigInt(rng.next())
    : rng.chance(50)
      ? linear - BigInt(rng.below(0x10000))
      : BigInt.asUintN(46, rng.next64());
  const base = (linear - ea) & MASK_64;
  if (!isCanonical(base)) {
    setBase(draft, 0n);
    return linear;
  }
  setBase(draft, base);
  return ea & MASK_64;
}

/** Encodes a memory operand of ModRM so that its linear address is `linear`, and gives the registers it uses their values. */
export function addressOperand(draft: Draft, linear: bigint): void {
  const { rng } = draft;
  const canonical = isCanonical(linear);
  if (draft.form.addressSize === 0 && canonical && draft.mode === 64 && rng.chance(12)) draft.addressPrefix = true;
  const ea = canonical ? throughSegment(draft, linear) : linear;
  const bits = draft.addressPrefix || draft.mode === 32 ? 32 : 64;
  const target = BigInt.asUintN(bits, ea);
  for (let tries = 0; tries < 12; tries++) if (tryRegisters(draft, target, bits)) return;
  if (signed32(BigInt.asIntN(64, ea)) || bits === 32) {
    useAbsolute(draft, BigInt.asIntN(32, ea));
    return;
  }
  // Both registers hold something else and the target is far: an unused base reaches everything.
  for (let base = 0; base < draft.registers; base++) {
    if (draft.isPinned(base)) continue;
    useBase(draft, base, 0n, 0);
    draft.pin(base, ea);
    return;
  }
}

function useAbsolute(draft: Draft, displacement: bigint): void {
  draft.base = draft.sibIndex = -1;
  draft.mod = 0;
  draft.displacementBytes = 4;
  draft.displacement = displacement;
  // Without SIB this is RIP-relative in 64-bit mode.
  draft.hasSib = draft.mode === 64 || draft.rng.chance(20);
  draft.scale = draft.rng.below(4);
}

function useBase(draft: Draft, base: number, displacement: bigint, bytes: number): void {
  draft.base = base;
  draft.displacement = displacement;
  // [RBP] and [R13] need a displacement (SDM vol. 2, table 2-5).
  draft.displacementBytes = bytes === 0 && (base & 7) === RBP ? 1 : bytes;
  draft.mod = draft.displacementBytes === 0 ? 0 : draft.displacementBytes === 1 ? 1 : 2;
  draft.hasSib = draft.sibIndex >= 0 || (base & 7) === RSP || draft.rng.chance(10);
}

/** Random displacement of 0, 1 or 4 bytes. */
function chooseDisplacement(draft: Draft): [number, bigint] {
  const { rng } = draft;
  const kind = rng.below(100);
  if (kind < 25) return [0, 0n];
  if (kind < 60) return [1, BigInt(rng.between(-128, 127))];
  return [
    4,
    BigInt.asIntN(32, rng.chance(30) ? rng.pick([0x7fff_ffffn, -0x8000_0000n, -1n, 128n, -129n]) : BigInt(rng.next())),
  ];
}

function tryRegisters(draft: Draft, target: bigint, bits: number): boolean {
  const { rng } = draft;
  const kind = rng.below(100);
  if (kind < 8) {
    const value = BigInt.asIntN(bits, target);
    if (!signed32(value)) return false;
    useAbsolute(draft, value);
    return true;
  }
  if (kind < 16 && draft.mode === 64) {
    const distance = target - BigInt(CODE_BASE);
    if (bits === 64 && !signed32(distance + 0x4000n)) return false;
    useAbsolute(draft, 0n);
    draft.hasSib = false;
    draft.ripTarget = target;
    return true;
  }
  let [bytes, displacement] = chooseDisplacement(draft);
  const withBase = kind < 90;
  const withIndex = !withBase || rng.chance(40);
  const base = withBase ? rng.below(draft.registers) : -1;
  let index = withIndex ? rng.below(draft.registers) : -1;
  if (index === RSP) index = -1;
  if (!withBase && index < 0) return false;
  let scale = rng.below(4);
  if (!withBase) bytes = 4;
  const baseFixed = base < 0 || draft.isPinned(base);
  const indexFixed = index < 0 || draft.isPinned(index);
  const read = (register: number): bigint => (register < 0 ? 0n : draft.state.gpr64[register]!);
  const junk = bits === 32 && draft.mode === 64 ? rng.next64() & 0xffff_ffff_0000_0000n : 0n;
  const rest = (): bigint => target - displacement;
  if (base === index && !baseFixed) {
    // One register twice: 2, 3, 5 or 9 times its value; the odd factors can be divided by, modulo 2^64.
    if (scale === 0) scale = 1;
    const inverse = [0n, 0xaaaa_aaaa_aaaa_aaabn, 0xcccc_cccc_cccc_cccdn, 0x8e38_e38e_38e3_8e39n][scale]!;
    draft.pin(base, BigInt.asUintN(bits, rest() * inverse) | junk);
  } else if (!baseFixed) {
    if (index >= 0 && !indexFixed) draft.pin(index, rng.chance(50) ? BigInt(rng.below(64)) : read(index));
    draft.pin(base, BigInt.asUintN(bits, rest() - (read(index) << BigInt(scale))) | junk);
  } else if (!indexFixed) {
    const left = BigInt.asUintN(bits, rest() - read(base));
    while (scale > 0 && left % (1n << BigInt(scale)) !== 0n) scale--;
    // The scale multiplies away high bits: any will do there.
    const high = bits === 64 && scale > 0 ? (rng.next64() << BigInt(64 - scale)) & MASK_64 : 0n;
    draft.pin(index, (left >> BigInt(scale)) | (bits === 64 ? high : junk));
  } else {
    const left = BigInt.asIntN(bits, target - read(base) - (index < 0 ? 0n : read(index) << BigInt(scale)));
    if (!signed32(left)) return false;
    displacement = left;
    bytes = left >= -128n && left < 128n && rng.chance(70) && withBase ? 1 : 4;
  }
  draft.sibIndex = index;
  draft.scale = index < 0 ? rng.below(4) : scale;
  if (withBase) {
    useBase(draft, base, displacement, bytes);
    if (bytes === 0 && draft.displacementBytes === 1) draft.displacement = 0n;
    if (base >= 0) draft.pinned |= 1 << base;
  } else {
    draft.base = -1;
    draft.mod = 0;
    draft.hasSib = true;
    draft.displacementBytes = 4;
    draft.displacement = displacement;
  }
  if (index >= 0) draft.pinned |= 1 << index;
  return true;
}

/** Encodes some memory operand without caring where it points: for LEA, NOP and prefetches. */
export function addressAnywhere(draft: Draft): void {
  const { rng } = draft;
  if (draft.mode === 64 && rng.chance(20)) draft.addressPrefix = true;
  if (rng.chance(15)) draft.segment = rng.pick([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]);
  const kind = rng.below(100);
  if (kind < 15) {
    useAbsolute(draft, BigInt.asIntN(32, BigInt(rng.next())));
    if (draft.mode === 64 && rng.chance(50)) draft.hasSib = false;
    return;
  }
  const [bytes, displacement] = chooseDisplacement(draft);
  const index = rng.chance(50) ? rng.below(draft.registers) : -1;
  draft.sibIndex = index === RSP ? -1 : index;
  draft.scale = rng.below(4);
  if (kind < 90) {
    useBase(draft, rng.below(draft.registers), displacement, bytes);
    return;
  }
  draft.base = -1;
  draft.mod = 0;
  draft.hasSib = true;
  draft.displacementBytes = 4;
  draft.displacement = displacement;
}

/**
 * Encodes the operand of a gather: a base at `linear` and a vector of small indices. Index, destination and mask must be three
 * registers (SDM vol. 2, VGATHERDPS); now and then they are not.
 */
export function addressGather(draft: Draft, linear: bigint, indexBytes: number): void {
  const { rng, state, registers } = draft;
  if (rng.chance(95)) {
    draft.vvvv = (draft.reg + rng.between(1, registers / 2 - 1)) % registers;
    draft.sibIndex = (draft.reg + rng.between(registers / 2, registers - 1)) % registers;
  } else {
    draft.sibIndex = rng.below(registers);
  }
  const index = draft.sibIndex;
  draft.scale = rng.below(4);
  const [bytes, displacement] = chooseDisplacement(draft);
  if (draft.mode === 64 && rng.chance(12)) draft.addressPrefix = true;
  const bits = draft.addressPrefix || draft.mode === 32 ? 32 : 64;
  const junk = bits < draft.mode ? rng.next64() & 0xffff_ffff_0000_0000n : 0n;
  const base = rng.below(registers);
  useBase(draft, base, displacement, bytes);
  draft.hasSib = true;
  draft.pin(base, BigInt.asUintN(bits, throughSegment(draft, linear) - draft.displacement) | junk);
  for (const half of [state.xmm, state.ymmHigh]) {
    const view = new DataView(half.buffer, half.byteOffset + 16 * index, 16);
    for (let at = 0; at < 16; at += indexBytes) {
      const value = BigInt(rng.between(-0x300, 0x300) >> draft.scale);
      if (indexBytes === 4) view.setInt32(at, Number(value), true);
      else {
        view.setBigInt64(at, value, true);
        // An address of 32 bits takes the low half of the index.
        if (bits === 32 && rng.chance(30)) view.setUint32(at + 4, rng.next(), true);
      }
    }
  }
}
