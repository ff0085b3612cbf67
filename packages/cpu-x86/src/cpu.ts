import {
  ACCESS_AC,
  ACCESS_FETCH,
  ACCESS_IMPLICIT,
  ACCESS_USER,
  ACCESS_WRITE,
  PAGING_32,
  PAGING_4,
  PAGING_5,
  PAGING_NONE,
  PAGING_PAE,
  PAGE_PRIVATE,
  type SoftTlb,
  TranslationPath,
  type WalkMemory,
  X86Regime,
  X86Walker,
} from "@isinglass/mmu";
import {
  ASSIST_EXIT,
  EXIT_BUDGET,
  EXIT_FAULT,
  EXIT_HOST,
  MEM_SIZE_MASK,
  MEM_STACK,
  MEM_SUPERVISOR,
  MEM_USER,
} from "@isinglass/uops";
import { IsinglassError, type VmExit } from "@isinglass/interface";
import {
  MODE_CODE_16,
  MODE_CODE_32,
  MODE_CODE_64,
  MODE_CODE_LIMITED,
  MODE_FLAT,
  MODE_LONG,
  MODE_STACK_32,
  MODE_STACK_64,
  codeBits,
} from "./mode.js";
import {
  ATTR_BIG,
  ATTR_LONG,
  CR0_EM,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR0_WP,
  CR4_DE,
  CR4_LA57,
  CR4_OSFXSR,
  CR4_OSXSAVE,
  CR4_PAE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_LMA,
  EFER_NXE,
  XCR0_VECTORS,
} from "./control-bits.js";
import { type CpuModel, linearBits } from "./model.js";
import { addAddress, sum } from "./address.js";
import { Breakpoints } from "./breakpoints.js";
import { type CpuPlatform, INTERCEPT_CR, type LinearMemory } from "./cpu-platform.js";
import { SUPERVISOR, SUPERVISOR_AC, TlbViews, USER } from "./tlb-views.js";
import {
  CS,
  DS,
  ES,
  FLAG_AC,
  FLAG_VM,
  S,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_FIRST,
  SEG_LAST_READ,
  SEG_LAST_WRITE,
  SS,
  STATE_ALIGNMENT,
  STATE_BYTES,
  segmentOffset,
} from "./state.js";

/** Thrown inside assists to raise a fault; one object, no stack trace. */
export class GuestFault {
  vector: number = 0;
  error: number = -1;
}

const FAULT = new GuestFault();
/** Thrown where a fault is in the state already. */
export const RECORDED: { readonly recorded: true } = { recorded: true };

/** {@link X86Cpu.stepTrap}: a single-step trap follows if TF was set before the instruction; none follows; one does whatever TF was. */
export const STEP_BY_TF: number = 0;
export const STEP_NONE: number = 1;
export const STEP_NOW: number = 2;
/** MOV SS and POP SS: none follows, and what data breakpoints have found waits for the end of the next instruction (SDM vol. 3A, 6.8.3). */
export const STEP_HELD: number = 3;

/** What becomes of an access to watched data: it is let through, noted, or the instruction is to be executed again alone, to note it. */
export const WATCH_IGNORE: number = 0;
export const WATCH_NOTE: number = 1;
export const WATCH_LEAVE: number = 2;

/** One x86 CPU: architectural registers in the machine's memory, and everything that is not worth micro-ops. */
export class X86Cpu {
  readonly base: number;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly view64: DataView;
  readonly model: CpuModel;
  readonly regime: X86Regime = new X86Regime();
  readonly walker: X86Walker;
  readonly walkMemory: WalkMemory;
  readonly tlb: SoftTlb;
  readonly platform: CpuPlatform;
  readonly #path: TranslationPath;
  /** Wired by whoever builds the executor. */
  memory!: LinearMemory;
  /** Exit recorded by an assist or the platform; taken by the run loop. */
  exit: VmExit | undefined;
  msrLo = 0;
  msrHi = 0;
  /** Whether a single-step trap follows the instruction in flight, STEP_*; set by assists, reset by the run loop. */
  stepTrap: number = STEP_BY_TF;
  /** With {@link STEP_HELD}: low half of the address of the instruction behind which the trap follows. */
  heldAt: number = 0;
  /** What DR7 enables. */
  readonly breakpoints: Breakpoints = new Breakpoints();
  /** WATCH_*: set by the run loop, which executes an instruction that may touch what is watched alone. */
  watch: number = WATCH_IGNORE;
  /** An instruction has to be executed again, alone: what it touches is watched. Set with an exit without a reason; taken by the run loop. */
  wantsStep: boolean = false;
  /** The page of the last translation is watched: its rights stay out of the soft TLB. */
  #withholdsData = false;
  #withholdsCode = false;
  /** Hardware task switches so far. */
  taskSwitches = 0;
  /** Page-table references of all walks. */
  walks = 0;
  walkReferences = 0;
  /** View of the soft TLB in use, see {@link Translator} of the engine. */
  view = 0;
  readonly #linearShift: number;
  readonly #views: TlbViews;

  /** @throws IsinglassError `ISG_CPU_BAD_PLACE` where the state does not fit or is not aligned */
  constructor(
    buffer: ArrayBufferLike,
    base: number,
    model: CpuModel,
    walkMemory: WalkMemory,
    tlb: SoftTlb,
    platform: CpuPlatform,
  ) {
    if (!(base > 0 && base % STATE_ALIGNMENT === 0 && base + STATE_BYTES <= buffer.byteLength)) {
      throw new IsinglassError(
        "ISG_CPU_BAD_PLACE",
        `cpu: the state at offset ${base} of a buffer of ${buffer.byteLength} bytes; a multiple of ${STATE_ALIGNMENT} above 0 with ` +
          `${STATE_BYTES} bytes behind it is right`,
        { base },
      );
    }
    this.base = base;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.view64 = new DataView(buffer);
    this.model = model;
    this.walkMemory = walkMemory;
    this.walker = new X86Walker(walkMemory);
    this.regime.physicalBits = model.physicalBits;
    this.#linearShift = linearBits(model) - 33;
    this.regime.page1g = model.page1g;
    this.tlb = tlb;
    this.#views = new TlbViews(tlb);
    this.platform = platform;
    this.#path = new TranslationPath(tlb, platform.pages, this);
  }

  get32(offset: number): number {
    return this.i32[(this.base + offset) >> 2]!;
  }

  set32(offset: number, value: number): void {
    this.i32[(this.base + offset) >> 2] = value;
  }

  /** High half of a 64-bit field. */
  getHi(offset: number): number {
    return this.i32[(this.base + offset + 4) >> 2]!;
  }

  set64(offset: number, lo: number, hi: number): void {
    const at = (this.base + offset) >> 2;
    this.i32[at] = lo;
    this.i32[at + 1] = hi;
  }

  getBig(offset: number): bigint {
    return this.view64.getBigUint64(this.base + offset, true);
  }

  setBig(offset: number, value: bigint): void {
    this.view64.setBigUint64(this.base + offset, value, true);
  }

  get cpl(): number {
    return this.get32(S.cpl);
  }

  get protectedMode(): boolean {
    return (this.get32(S.cr0) & CR0_PE) !== 0;
  }

  get longMode(): boolean {
    return (this.get32(S.efer) & EFER_LMA) !== 0;
  }

  get v86(): boolean {
    return (this.get32(S.flagsRest) & FLAG_VM) !== 0;
  }

  /** Executing 64-bit code. */
  get is64(): boolean {
    return codeBits(this.get32(S.mode)) === 64;
  }

  // Faults

  /** Raises an exception from an assist; never returns. */
  fault(vector: number, error: number = -1): never {
    FAULT.vector = vector;
    FAULT.error = error;
    throw FAULT;
  }

  recordFault(vector: number, error: number): void {
    this.set32(S.faultVector, vector);
    this.set32(S.faultError, error);
    this.set32(S.exitCode, EXIT_FAULT);
  }

  /** Leaves with an exit; the instruction is executed again unless the pc was moved before. */
  leaveWith(exit: VmExit): number {
    this.exit = exit;
    this.set32(S.exitCode, EXIT_HOST);
    return ASSIST_EXIT;
  }

  /** Asks about a control-register access; 0: goes on, else the status to return. */
  interceptCr(register: 0 | 2 | 3 | 4 | 8, direction: "read" | "write", value: bigint): number {
    const exit: VmExit = { reason: "cr-access", register, direction, value };
    return this.platform.intercept(exit) ? this.leaveWith(exit) : 0;
  }

  /** The bits of CR0 or CR4 that the host owns. */
  hostOwned(register: number): number {
    const masks = (this.platform.intercepts & INTERCEPT_CR) !== 0 ? this.platform.controlRegisters : undefined;
    if (masks === undefined) return 0;
    return register === 0 ? masks.cr0Mask : register === 4 ? masks.cr4Mask : 0;
  }

  /** The low half of CR0 or CR4 as the guest sees it: host-owned bits from the read shadow. */
  visibleCr(register: 0 | 4): number {
    const value = this.get32(register === 0 ? S.cr0 : S.cr4);
    const owned = this.hostOwned(register);
    if (owned === 0) return value;
    const masks = this.platform.controlRegisters!;
    return (value & ~owned) | ((register === 0 ? masks.cr0Shadow : masks.cr4Shadow) & owned);
  }

  /** Completes the instruction: the pc moves to the next one. */
  complete(): void {
    this.set64(S.rip, this.get32(S.nextRip), this.getHi(S.nextRip));
  }

  /** The pc is no longer that of the instruction in flight: it was completed. Compared with where the assist began. */
  moved(): boolean {
    return this.get32(S.rip) === this.get32(S.nextRip) && this.getHi(S.rip) === this.getHi(S.nextRip);
  }

  // Translation

  get readable(): boolean {
    return this.walker.readable && !this.#withholdsData;
  }
  get writable(): boolean {
    return this.walker.writable && !this.#withholdsData;
  }
  get executable(): boolean {
    return this.walker.executable && !this.#withholdsCode;
  }
  get global(): boolean {
    return this.walker.global;
  }
  get pageShift(): number {
    return this.walker.pageShift;
  }

  /** Whether a linear address with this high half has as many bits as paging translates (SDM vol. 1, 3.3.7.1). */
  isCanonical(hi: number): boolean {
    const sign = hi >> (this.regime.paging === PAGING_5 ? 24 : 15);
    return sign === 0 || sign === -1;
  }

  /** The same for what is put into a register: as many bits as the processor can translate, whatever CR4.LA57 is (SDM vol. 3A, 4.5.3). */
  isLinear(hi: number): boolean {
    const sign = hi >> this.#linearShift;
    return sign === 0 || sign === -1;
  }

  /**
   * Implicit accesses to descriptor tables and the like are a supervisor's whatever CPL is, and not of those that AC lets through SMAP (SDM vol. 3A,
   * 4.6): as explicit ones at CPL 0, of a mode that the system has run in. The mode itself does not matter to them.
   */
  viewFor(descriptor: number): number {
    if ((descriptor & MEM_SUPERVISOR) === 0) return -1;
    return this.#views.supervisor(this.view, this.longMode ? MODE_LONG : this.get32(S.mode));
  }

  translate(lo: number, hi: number, access: number, descriptor: number): number {
    const sign = hi >> (this.regime.paging === PAGING_5 ? 24 : 15);
    if (sign !== 0 && sign !== -1 && this.longMode) {
      this.recordFault((descriptor & MEM_STACK) !== 0 ? 12 : 13, 0);
      return -1;
    }
    let how = access;
    if ((descriptor & MEM_SUPERVISOR) !== 0) how |= ACCESS_IMPLICIT;
    else if (this.get32(S.cpl) === 3 || (descriptor & MEM_USER) !== 0) how |= ACCESS_USER;
    else if ((this.get32(S.flagsRest) & FLAG_AC) !== 0) how |= ACCESS_AC;
    const result = this.walker.walk(this.regime, lo, hi, how);
    this.walks += 1;
    this.walkReferences += this.walker.references;
    if (result === 0) {
      const { code, data } = this.breakpoints;
      return (code | data) === 0 || this.#passesWatch(lo, hi, access, descriptor) ? this.walker.gpa : -1;
    }
    this.set64(S.faultAddress, lo, hi);
    this.recordFault(14, result - 1);
    return -1;
  }

  /**
   * Looks at an access while breakpoints on execution or data are armed. The pages that they are on stay out of the soft TLB, so that every access to
   * them comes here, from whatever executes. Implicit accesses, to descriptor tables and stacks of interrupts, match nothing.
   *
   * @returns false: the instruction is to be executed again, alone; an exit without a reason is recorded
   */
  #passesWatch(lo: number, hi: number, access: number, descriptor: number): boolean {
    const { breakpoints } = this;
    this.#withholdsData = breakpoints.dataOnPage(lo, hi);
    this.#withholdsCode = breakpoints.codeOnPage(lo, hi);
    if (this.watch === WATCH_IGNORE || (descriptor & MEM_SUPERVISOR) !== 0) return true;
    if ((access & ACCESS_FETCH) !== 0) return !this.#withholdsCode || this.watch === WATCH_NOTE || this.leaveToStep();
    if (!this.#withholdsData) return true;
    const hits = breakpoints.atData(lo, hi, 1 << (descriptor & MEM_SIZE_MASK), (access & ACCESS_WRITE) !== 0);
    return hits === 0 || this.noteBreakpoints(hits);
  }

  /** Notes breakpoints that the instruction in flight has hit; false: it is to be executed again, alone. */
  noteBreakpoints(hits: number): boolean {
    if (this.watch === WATCH_IGNORE) return true;
    if (this.watch === WATCH_LEAVE) return this.leaveToStep();
    this.set32(S.pendingDebug, this.get32(S.pendingDebug) | hits);
    return true;
  }

  /** The instruction in flight, which has not changed anything yet, is to be executed again, alone: an exit without a reason. */
  leaveToStep(): false {
    this.wantsStep = true;
    this.exit = undefined;
    this.set32(S.exitCode, EXIT_HOST);
    return false;
  }

  /** DR0 to DR3, DR7 or CR4.DE have changed. */
  updateBreakpoints(): void {
    if (!this.breakpoints.update(this, (this.get32(S.cr4) & CR4_DE) !== 0)) return;
    this.#withholdsData = false;
    this.#withholdsCode = false;
    // Pages that are watched now are still in it.
    this.tlb.flushAll();
  }

  /**
   * Host offset of the byte at a linear address, for an assist that works on plain memory by itself to the end of the page; below 0 for a
   * fault (which is recorded), a device, and a page that only single accesses may touch.
   */
  plainMemory(lo: number, hi: number, write: boolean): number {
    if (this.breakpoints.dataOnPage(lo, hi)) return -1;
    const host = this.#path.translate(lo, hi, write ? ACCESS_WRITE : 0, 0, false);
    return host >= 0 && (this.#path.flags & (write ? ~0 : PAGE_PRIVATE)) !== 0 ? -1 : host;
  }

  /** The byte of an instruction that has been fetched; 0 where there is none any more. What is watched does not matter. */
  codeByte(lo: number, hi: number): number {
    const host = this.#path.translate(lo, hi, ACCESS_FETCH, 0, false);
    return host < 0 ? 0 : this.u8[host]!;
  }

  /** Host address of a linear operand of an assist; throws {@link RECORDED} on a fault. */
  loadAt(lo: number, hi: number, descriptor: number): number {
    const at = this.memory.load(lo, hi, descriptor);
    if (at === 0) throw RECORDED;
    return at;
  }

  /** Reads a little-endian value of 1, 2 or 4 bytes (log2 `size`) as unsigned, or the low half of 8. */
  read(lo: number, hi: number, size: number, flags: number = 0): number {
    const at = this.loadAt(lo, hi, size | flags);
    if (size === 0) return this.u8[at]!;
    if (size === 1) return this.u8[at]! | (this.u8[at + 1]! << 8);
    return this.view64.getInt32(at, true);
  }

  /** Writes 1, 2, 4 or 8 bytes. */
  write(lo: number, hi: number, size: number, valueLo: number, valueHi: number, flags: number = 0): void {
    const at = this.base + S.memoryScratch;
    this.view64.setInt32(at, valueLo, true);
    this.view64.setInt32(at + 4, valueHi, true);
    if (this.memory.store(lo, hi, size | flags) === 1) throw RECORDED;
  }

  // Derived state

  /** Recomputes what follows from CR0, CR3, CR4 and EFER. */
  updateRegime(): void {
    const cr0 = this.get32(S.cr0);
    const cr4 = this.get32(S.cr4);
    const efer = this.get32(S.efer);
    const r = this.regime;
    if ((cr0 & CR0_PG) === 0) r.paging = PAGING_NONE;
    else if ((efer & EFER_LMA) !== 0) r.paging = (cr4 & CR4_LA57) !== 0 ? PAGING_5 : PAGING_4;
    else r.paging = (cr4 & CR4_PAE) !== 0 ? PAGING_PAE : PAGING_32;
    const lo = this.get32(S.cr3);
    r.root = (this.getHi(S.cr3) & 0xfffff) * 0x1_0000_0000 + ((lo & ~0xfff) >>> 0);
    r.pse = (cr4 & CR4_PSE) !== 0;
    r.pge = (cr4 & CR4_PGE) !== 0;
    r.nxe = (efer & EFER_NXE) !== 0;
    r.wp = (cr0 & CR0_WP) !== 0;
    r.smep = (cr4 & CR4_SMEP) !== 0;
    r.smap = (cr4 & CR4_SMAP) !== 0;
    r.pke = (cr4 & CR4_PKE) !== 0;
    r.pks = (cr4 & CR4_PKS) !== 0;
    r.pkru = this.get32(S.pkru);
    r.pkrs = this.get32(S.pkrs);
    this.updateSimd();
  }

  /** Writes PKRU: rights that were cached go. */
  setPkru(value: number): void {
    if (this.get32(S.pkru) === value) return;
    this.set32(S.pkru, value);
    this.regime.pkru = value;
    if (this.regime.pke) this.tlb.flushAll();
  }

  /** Writes IA32_PKRS. */
  setPkrs(value: number): void {
    this.set32(S.pkrs, value);
    this.regime.pkrs = value;
    if (this.regime.pks) this.tlb.flushAll();
  }

  /** Recomputes whether SSE, and MMX, may execute (SDM vol. 3A, tables 13-1 and 14-2), from CR0 and CR4. */
  updateSimd(): void {
    const mmx = (this.get32(S.cr0) & (CR0_EM | CR0_TS)) === 0;
    this.set32(S.mmxReady, mmx ? 1 : 0);
    this.set32(S.simdReady, mmx && (this.get32(S.cr4) & CR4_OSFXSR) !== 0 ? 1 : 0);
    this.#updateAvx();
  }

  /** Recomputes whether VEX-encoded vector instructions may execute (SDM vol. 2A, table 2-14; vol. 1, 14.3). */
  #updateAvx(): void {
    const isOn =
      this.protectedMode &&
      !this.v86 &&
      (this.get32(S.cr0) & CR0_TS) === 0 &&
      (this.get32(S.cr4) & CR4_OSXSAVE) !== 0 &&
      (this.get32(S.xcr0) & XCR0_VECTORS) === XCR0_VECTORS;
    this.set32(S.avxReady, isOn ? 1 : 0);
  }

  /** Recomputes mode word and soft-TLB view from CS, SS, CPL, EFLAGS.AC. */
  updateMode(): void {
    const cs = this.get32(segmentOffset(CS) + SEG_ATTRIBUTES);
    const ss = this.get32(segmentOffset(SS) + SEG_ATTRIBUTES);
    let mode: number;
    if (this.longMode && (cs & ATTR_LONG) !== 0) mode = MODE_CODE_64 | MODE_STACK_64;
    else {
      mode = ((cs & ATTR_BIG) !== 0 ? MODE_CODE_32 : MODE_CODE_16) | ((ss & ATTR_BIG) !== 0 ? MODE_STACK_32 : 0);
      const last = segmentOffset(CS) + SEG_LAST_READ;
      if (this.get32(last) !== -1 || this.getHi(last) !== 0) mode |= MODE_CODE_LIMITED;
      if (this.#isFlat()) mode |= MODE_FLAT;
    }
    this.set32(S.mode, mode);
    this.#updateAvx();
    const suspended = this.regime.smap && (this.get32(S.flagsRest) & FLAG_AC) !== 0;
    const privilege = this.get32(S.cpl) === 3 ? USER : suspended ? SUPERVISOR_AC : SUPERVISOR;
    if (this.#views.is(this.view, mode, privilege)) return;
    this.view = this.#views.of(mode, privilege);
    this.set32(S.tlbView, this.tlb.viewBase(this.view));
  }

  /** Whether outside 64-bit mode an offset in CS, DS, ES or SS is a linear address, and none in the last three is beyond a limit. */
  #isFlat(): boolean {
    const code = segmentOffset(CS) + SEG_BASE;
    return (
      (this.get32(code) | this.getHi(code)) === 0 &&
      this.#isFlatData(segmentOffset(SS)) &&
      this.#isFlatData(segmentOffset(DS)) &&
      this.#isFlatData(segmentOffset(ES))
    );
  }

  #isFlatData(at: number): boolean {
    const { i32 } = this;
    const word = (this.base + at) >> 2;
    const base = word + (SEG_BASE >> 2);
    const first = word + (SEG_FIRST >> 2);
    const read = word + (SEG_LAST_READ >> 2);
    const write = word + (SEG_LAST_WRITE >> 2);
    const zeros = i32[base]! | i32[base + 1]! | i32[first]! | i32[first + 1]! | i32[read + 1]! | i32[write + 1]!;
    return zeros === 0 && (i32[read]! & i32[write]!) === -1;
  }

  /** Which mode and privilege each soft-TLB view belongs to, and which is given away next; for snapshots. */
  saveViews(): { keys: number[]; next: number } {
    return this.#views.save();
  }

  /** After {@link refresh}: takes over what {@link saveViews} gave. */
  loadViews(keys: readonly number[], next: number): void {
    this.#views.load(keys, next);
    this.view = -1;
    this.updateMode();
  }

  /** After a state was loaded from outside: everything derived is computed anew and nothing cached survives. */
  refresh(): void {
    this.#views.clear();
    this.view = 0;
    this.tlb.flushAll();
    for (let i = 0; i < 4; i += 1) {
      this.regime.pdpte[i] = this.getHi(S.pdpte + i * 8) * 0x1_0000_0000 + (this.get32(S.pdpte + i * 8) >>> 0);
    }
    this.updateRegime();
    this.updateMode();
    this.updateBreakpoints();
    this.set32(S.tlbView, this.tlb.viewBase(this.view));
  }

  /** Leaves at this boundary: the instruction is complete, its successor's pc is set. */
  leaveAtBoundary(): number {
    this.set32(S.exitCode, EXIT_BUDGET);
    return ASSIST_EXIT;
  }

  /** The bytes of the current instruction, for reports; empty where they cannot be read. */
  instructionBytes(): Uint8Array {
    const length = Math.min(15, (this.get32(S.nextRip) - this.get32(S.rip)) | 0);
    const fault = [this.get32(S.faultVector), this.get32(S.faultError), this.get32(S.exitCode)] as const;
    const bytes: number[] = [];
    for (let i = 0; i < length; i += 1) {
      addAddress(this.get32(S.rip), this.getHi(S.rip), i);
      const at = this.memory.load(sum.lo, sum.hi, MEM_SUPERVISOR);
      if (at === 0) break;
      bytes.push(this.u8[at]!);
    }
    [S.faultVector, S.faultError, S.exitCode].forEach((field, i) => this.set32(field, fault[i]!));
    return Uint8Array.from(bytes);
  }

  /** Mask of the stack pointer's width outside 64-bit mode. */
  stackMask(): number {
    return (this.get32(segmentOffset(SS) + SEG_ATTRIBUTES) & ATTR_BIG) !== 0 ? -1 : 0xffff;
  }

  /** Linear address of the stack pointer plus a small offset, into `sum`. */
  stackAddress(offset: number): void {
    const lo = this.get32(S.gpr + 32);
    if (this.is64) {
      const hi = this.getHi(S.gpr + 32);
      if (offset >= 0) addAddress(lo, hi, offset);
      else addAddress(lo, hi - 1, (0x1_0000_0000 + offset) >>> 0);
      return;
    }
    sum.lo = (this.get32(segmentOffset(SS) + SEG_BASE) + ((lo + offset) & this.stackMask())) | 0;
    sum.hi = 0;
  }

  /** Adds to the stack pointer, within its width. */
  addToStack(bytes: number): void {
    const lo = this.get32(S.gpr + 32);
    if (this.is64) {
      const hi = this.getHi(S.gpr + 32);
      if (bytes >= 0) addAddress(lo, hi, bytes);
      else addAddress(lo, hi - 1, (0x1_0000_0000 + bytes) >>> 0);
      this.set64(S.gpr + 32, sum.lo, sum.hi);
    } else if (this.stackMask() === -1) this.set64(S.gpr + 32, (lo + bytes) | 0, 0);
    else this.u16[(this.base + S.gpr + 32) >> 1] = lo + bytes;
  }

  /** RBP = frame, RSP = RSP - total, for ENTER. */
  setStack(frameLo: number, frameHi: number, total: number, bits: number): void {
    if (bits === 64) this.set64(S.gpr + 40, frameLo, frameHi);
    else if (bits === 32) this.set64(S.gpr + 40, frameLo, 0);
    else this.u16[(this.base + S.gpr + 40) >> 1] = frameLo;
    this.addToStack(-total);
  }

  /** What a `cr-access` exit was answered with: the value to read, or to write. */
  crAnswer: bigint | undefined;
  /** Registers given by whoever answered a `cpuid` exit. */
  cpuidAnswer: Int32Array | undefined;
  /** For CPUID: initial APIC ID, and how many processors the machine has. */
  apicId = 0;
  cpus = 1;

  answeredCpuid(out: Int32Array): boolean {
    if (this.cpuidAnswer === undefined) return false;
    out.set(this.cpuidAnswer);
    this.cpuidAnswer = undefined;
    return true;
  }

  /** Linear address of the current instruction, as an offset in CS. */
  ipLo(): number {
    return this.is64 ? this.get32(S.rip) : (this.get32(S.rip) - this.get32(segmentOffset(CS) + SEG_BASE)) | 0;
  }

  /** Offset in CS of the next instruction (low half). */
  nextIpLo(): number {
    return this.is64 ? this.get32(S.nextRip) : (this.get32(S.nextRip) - this.get32(segmentOffset(CS) + SEG_BASE)) | 0;
  }

  /** Sets the pc from an offset in CS. */
  setIp(lo: number, hi: number): void {
    if (this.is64) this.set64(S.rip, lo, hi);
    else this.set64(S.rip, (lo + this.get32(segmentOffset(CS) + SEG_BASE)) | 0, 0);
  }
}
