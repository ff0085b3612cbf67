import { MEM_SUPERVISOR } from "@isinglass/uops";
import { ATTR_BIG, ATTR_LONG, ATTR_UNUSABLE } from "./control-bits.js";
import { type X86Cpu } from "./cpu.js";
import { addAddress, sum } from "./address.js";
import {
  CS,
  FS,
  LDTR,
  S,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_FIRST,
  SEG_LAST_READ,
  SEG_LAST_WRITE,
  SEG_LIMIT,
  SEG_SELECTOR,
  SS,
  segmentOffset,
} from "./state.js";

/** A descriptor read from a table (SDM vol. 3A, 3.4.5); reused. */
export class Descriptor {
  lo: number = 0;
  hi: number = 0;
  /** Upper half of a 16-byte system descriptor's base. */
  upper: number = 0;
  /** Fourth doubleword of a 16-byte descriptor. */
  type2: number = 0;

  /** Access rights as in a segment record. */
  get attributes(): number {
    return (this.hi >>> 8) & 0xf0ff;
  }

  get present(): boolean {
    return (this.hi & 0x8000) !== 0;
  }

  get dpl(): number {
    return (this.hi >>> 13) & 3;
  }

  /** Code or data, not system. */
  get ordinary(): boolean {
    return (this.hi & 0x1000) !== 0;
  }

  get type(): number {
    return (this.hi >>> 8) & 15;
  }

  get isCode(): boolean {
    return this.ordinary && (this.type & 8) !== 0;
  }

  get conforming(): boolean {
    return (this.type & 4) !== 0;
  }

  /** Readable code or any data. */
  get isReadable(): boolean {
    return this.ordinary && ((this.type & 8) === 0 || (this.type & 2) !== 0);
  }

  get isWritableData(): boolean {
    return this.ordinary && (this.type & 10) === 2;
  }

  get base(): number {
    return (this.lo >>> 16) | ((this.hi & 0xff) << 16) | (this.hi & 0xff000000);
  }

  /** Limit in bytes, unsigned. */
  get limit(): number {
    const raw = (this.lo & 0xffff) | (this.hi & 0xf0000);
    return (this.hi & 0x800000) !== 0 ? ((raw << 12) | 0xfff) >>> 0 : raw;
  }
}

/**
 * Reads the descriptor of `selector` from GDT or LDT.
 *
 * @returns false if it lies beyond the table's limit (nothing is read)
 */
export function readDescriptor(cpu: X86Cpu, selector: number, out: Descriptor): boolean {
  const offset = selector & 0xfff8;
  if ((selector & 4) !== 0) {
    const ldt = segmentOffset(LDTR);
    if ((cpu.get32(ldt + SEG_ATTRIBUTES) & ATTR_UNUSABLE) !== 0) return false;
    if (offset + 7 > cpu.get32(ldt + SEG_LIMIT) >>> 0) return false;
    addAddress(cpu.get32(ldt + SEG_BASE), cpu.getHi(ldt + SEG_BASE), offset);
  } else {
    if (offset + 7 > cpu.get32(S.gdtLimit)) return false;
    addAddress(cpu.get32(S.gdtBase), cpu.getHi(S.gdtBase), offset);
  }
  const at = cpu.loadAt(sum.lo, sum.hi, 3 | MEM_SUPERVISOR);
  out.lo = cpu.view64.getInt32(at, true);
  out.hi = cpu.view64.getInt32(at + 4, true);
  return true;
}

/** Reads the upper half of a 16-byte descriptor of the GDT or LDT; #GP where it lies beyond the limit. */
export function readUpper(cpu: X86Cpu, selector: number, out: Descriptor): void {
  const { lo, hi } = out;
  if (!readDescriptor(cpu, selector + 8, out)) cpu.fault(13, selector & 0xfffc);
  out.upper = out.lo;
  out.type2 = out.hi;
  out.lo = lo;
  out.hi = hi;
}

/** Sets the accessed bit of a code or data descriptor in its table. */
export function markAccessed(cpu: X86Cpu, selector: number, descriptor: Descriptor): void {
  if ((descriptor.hi & 0x100) !== 0) return;
  descriptor.hi |= 0x100;
  setTypeByte(cpu, selector, descriptor);
}

/** Writes the access byte of a descriptor back to its table. */
export function setTypeByte(cpu: X86Cpu, selector: number, descriptor: Descriptor): void {
  const ldt = segmentOffset(LDTR);
  if ((selector & 4) !== 0) addAddress(cpu.get32(ldt + SEG_BASE), cpu.getHi(ldt + SEG_BASE), (selector & 0xfff8) + 5);
  else addAddress(cpu.get32(S.gdtBase), cpu.getHi(S.gdtBase), (selector & 0xfff8) + 5);
  cpu.write(sum.lo, sum.hi, 0, (descriptor.hi >>> 8) & 0xff, 0, MEM_SUPERVISOR);
}

/**
 * Writes a segment record: what a limit check compares with follows from limit and type.
 *
 * @returns whether it is another one than before
 */
export function setSegment(
  cpu: X86Cpu,
  segment: number,
  selector: number,
  attributes: number,
  baseLo: number,
  baseHi: number,
  limit: number,
): boolean {
  const at = segmentOffset(segment);
  // 32 bits, whose value may have a sign: the limits of flat segments are no small integers of the host's.
  const limitLo = limit | 0;
  // Systems load the same segments at each system call. A record of zeros was never written.
  if (
    cpu.get32(at + SEG_ATTRIBUTES) === attributes &&
    attributes !== 0 &&
    cpu.get32(at + SEG_SELECTOR) === (selector & 0xffff) &&
    cpu.get32(at + SEG_BASE) === baseLo &&
    cpu.getHi(at + SEG_BASE) === baseHi &&
    cpu.get32(at + SEG_LIMIT) === limitLo
  )
    return false;
  cpu.set32(at + SEG_SELECTOR, selector & 0xffff);
  cpu.set32(at + SEG_ATTRIBUTES, attributes);
  cpu.set64(at + SEG_BASE, baseLo, baseHi);
  cpu.set64(at + SEG_LIMIT, limitLo, 0);
  const isData = (attributes & 0x18) === 0x10;
  const isCode = (attributes & 0x18) === 0x18;
  const unusable = (attributes & ATTR_UNUSABLE) !== 0;
  const readable = !unusable && (!isCode || (attributes & 2) !== 0 || segment === CS);
  const writable = !unusable && isData && (attributes & 2) !== 0;
  const expandsDown = isData && (attributes & 4) !== 0;
  // Expand-down: offsets above the limit (SDM vol. 3A, 5.3).
  if (expandsDown) cpu.set64(at + SEG_FIRST, (limitLo + 1) | 0, limitLo === -1 ? 1 : 0);
  else cpu.set64(at + SEG_FIRST, 0, 0);
  const last = !expandsDown ? limitLo : (attributes & ATTR_BIG) !== 0 ? -1 : 0xffff;
  setLast(cpu, at + SEG_LAST_READ, readable, last);
  setLast(cpu, at + SEG_LAST_WRITE, writable, last);
  return true;
}

/** The last offset, unsigned, that may be accessed; -1 in 64 bits where none may. */
function setLast(cpu: X86Cpu, offset: number, allowed: boolean, last: number): void {
  if (allowed) cpu.set64(offset, last, 0);
  else cpu.set64(offset, -1, -1);
}

/** A segment as loaded in real and virtual-8086 mode: base = selector * 16 (SDM vol. 3B, 21.1). */
export function setRealSegment(cpu: X86Cpu, segment: number, selector: number): void {
  if (cpu.v86) setSegment(cpu, segment, selector, 0xf3, (selector & 0xffff) << 4, 0, 0xffff);
  else {
    // Real mode changes selector and base only: limit and rights stay (unreal mode).
    const at = segmentOffset(segment);
    const attributes = segment === CS ? 0x93 : cpu.get32(at + SEG_ATTRIBUTES);
    const limit = cpu.get32(at + SEG_LIMIT) >>> 0;
    setSegment(cpu, segment, selector, attributes & ~ATTR_UNUSABLE, (selector & 0xffff) << 4, 0, limit);
  }
}

/** Loads a segment record from a descriptor. @returns whether it is another one than before */
export function setFromDescriptor(cpu: X86Cpu, segment: number, selector: number, d: Descriptor): boolean {
  return setSegment(cpu, segment, selector, d.attributes, d.base, 0, d.limit);
}

export function setNull(cpu: X86Cpu, segment: number, selector: number): void {
  const at = segmentOffset(segment);
  // In 64-bit mode a null selector leaves FS and GS with a base of zero, usable (SDM vol. 3A, 3.4.4); in others unusable.
  const dpl = segment === SS ? (selector & 3) << 5 : 0;
  setSegment(cpu, segment, selector, ATTR_UNUSABLE | dpl, 0, 0, 0);
  if (cpu.is64) cpu.set32(at + SEG_ATTRIBUTES, ATTR_UNUSABLE | dpl);
}

const scratch = new Descriptor();

/** MOV or POP to ES, SS, DS, FS, GS in any mode (SDM vol. 2B, MOV). */
export function loadSegment(cpu: X86Cpu, segment: number, selector: number): void {
  if (segment === CS) cpu.fault(6);
  if (!cpu.protectedMode || cpu.v86) {
    setRealSegment(cpu, segment, selector);
    cpu.updateMode();
    return;
  }
  const error = selector & 0xfffc;
  const { cpl } = cpu;
  if (error === 0) {
    if (segment === SS && (!cpu.is64 || cpl === 3 || (selector & 3) !== cpl)) cpu.fault(13, 0);
    setNull(cpu, segment, selector);
    cpu.updateMode();
    return;
  }
  const d = scratch;
  if (!readDescriptor(cpu, selector, d)) cpu.fault(13, error);
  if (segment === SS) {
    if ((selector & 3) !== cpl || !d.isWritableData || d.dpl !== cpl) cpu.fault(13, error);
    if (!d.present) cpu.fault(12, error);
  } else {
    if (!d.isReadable) cpu.fault(13, error);
    if (!(d.isCode && d.conforming) && ((selector & 3) > d.dpl || cpl > d.dpl)) cpu.fault(13, error);
    if (!d.present) cpu.fault(11, error);
  }
  markAccessed(cpu, selector, d);
  const isNew = setFromDescriptor(cpu, segment, selector, d);
  // The mode of code does not depend on FS and GS.
  if (isNew && segment < FS) cpu.updateMode();
}

/** Installs a code segment: CPL follows the caller, mode and view are derived. */
export function setCode(cpu: X86Cpu, selector: number, d: Descriptor, cpl: number): void {
  markAccessed(cpu, selector, d);
  setFromDescriptor(cpu, CS, (selector & 0xfffc) | cpl, d);
  cpu.set32(S.cpl, cpl);
  cpu.updateMode();
}

/** Flat 64-bit or 32-bit code descriptor checks shared by far transfers: L and D both set is invalid (SDM vol. 3A, 5.2.1). */
export function isBadLong(cpu: X86Cpu, d: Descriptor): boolean {
  return cpu.longMode && (d.attributes & (ATTR_LONG | ATTR_BIG)) === (ATTR_LONG | ATTR_BIG);
}

/** Drops the data segments that a less privileged level may not use (return to an outer level, SDM vol. 2B, RET). */
export function dropPrivilegedSegments(cpu: X86Cpu): void {
  const { cpl } = cpu;
  for (const segment of [0, 3, 4, 5]) {
    const attributes = cpu.get32(segmentOffset(segment) + SEG_ATTRIBUTES);
    if ((attributes & ATTR_UNUSABLE) !== 0) continue;
    const conforming = (attributes & 0x1c) === 0x1c;
    if (conforming || ((attributes >> 5) & 3) >= cpl) continue;
    // The base stays, and 64-bit code goes on using those of FS and GS.
    const at = segmentOffset(segment);
    const baseLo = cpu.get32(at + SEG_BASE);
    const baseHi = cpu.getHi(at + SEG_BASE);
    setNull(cpu, segment, 0);
    cpu.set64(at + SEG_BASE, baseLo, baseHi);
  }
  cpu.updateMode();
}

/**
 * #GP(0) where the target of a far transfer lies beyond the limit of its code segment, or is not canonical in 64-bit code (SDM vol. 2, JMP,
 * CALL, RET, IRET; INT n, where `error` has the EXT bit). To be asked before anything changes.
 */
export function checkCodeOffset(cpu: X86Cpu, d: Descriptor, lo: number, hi: number, size: number, error = 0): void {
  const isBeyond =
    cpu.longMode && (d.attributes & ATTR_LONG) !== 0
      ? !cpu.isCanonical(hi)
      : (size === 16 ? lo & 0xffff : lo >>> 0) > d.limit;
  if (isBeyond) cpu.fault(13, error);
}

/** The same in real mode, where the limit of CS stays, and in virtual-8086 mode. */
export function checkRealOffset(cpu: X86Cpu, lo: number, size: number): void {
  const limit = cpu.v86 ? 0xffff : cpu.get32(segmentOffset(CS) + SEG_LIMIT) >>> 0;
  if ((size === 16 ? lo & 0xffff : lo >>> 0) > limit) cpu.fault(13, 0);
}
