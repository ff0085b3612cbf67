import { PhysicalMap, PhysicalWalkMemory, SoftTlb, TLB_VIEW_BYTES } from "@isinglass/mmu";
import {
  DecodedForm,
  type EvaluationEnvironment,
  type HoleKind,
  MEM_FOR_WRITE,
  MEM_SIZE_MASK,
  evaluate,
} from "@isinglass/uops";
import {
  CPU_MODELS,
  CS,
  type CpuPlatform,
  DEFAULT_CPU_MODEL,
  DS,
  ES,
  type LinearMemory,
  S,
  SEG_ATTRIBUTES,
  SS,
  STATE_BYTES,
  TLB_VIEWS,
  X86Cpu,
  X86Isa,
  performAssist,
  resetCpu,
  segmentOffset,
  setSegment,
} from "../../src/index.js";

const isa = new X86Isa();

const STATE = 65536;
const TLB = 5 * 65536;
/** Host address of linear address 0; linear addresses are below 64 KiB. */
const MEMORY = 3 * 65536;
const CODE = 0x1000;

/** A page that is not present, and one that can only be read. */
export const ABSENT = 0x5000;
export const READ_ONLY = 0x7000;

/** How an instruction ended: `done`, or the vector of its exception, or the reason of an exit. */
export type Outcome = number | string;

/** Runs single instructions with the reference evaluator on 64 KiB of flat memory, without paging. */
export class X87Machine implements LinearMemory {
  readonly cpu: X86Cpu;
  readonly #view: DataView;
  readonly #u8: Uint8Array;
  readonly #decoded = new DecodedForm();
  #kinds: readonly HoleKind[] = [];
  /** Assists performed so far. */
  assists = 0;

  /** @param mode code size; 16 is real mode
   *  @param features of CPUID beside those of the default model */
  constructor(mode: 16 | 32 | 64, features: readonly string[] = []) {
    const buffer = new ArrayBuffer(TLB + TLB_VIEWS * TLB_VIEW_BYTES);
    const map = new PhysicalMap(buffer);
    const tlb = new SoftTlb(buffer, TLB, TLB_VIEWS);
    const platform = { intercepts: 0, hasEvent: () => false, intercept: () => false } as unknown as CpuPlatform;
    const base = CPU_MODELS[DEFAULT_CPU_MODEL]!;
    const model = { ...base, features: [...base.features, ...features] };
    this.cpu = new X86Cpu(buffer, STATE, model, new PhysicalWalkMemory(map), tlb, platform);
    this.cpu.memory = this;
    this.#view = new DataView(buffer);
    this.#u8 = new Uint8Array(buffer);
    const { cpu } = this;
    resetCpu(cpu);
    // PE, MP, ET, NE.
    cpu.set64(S.cr0, mode === 16 ? 0x32 : 0x33, 0);
    if (mode === 64) cpu.set64(S.efer, 0x500, 0);
    const code = mode === 64 ? 0xa09b : mode === 32 ? 0xc09b : 0x9b;
    const limit = mode === 16 ? 0xffff : 0xffffffff;
    setSegment(cpu, CS, 8, code, mode === 16 ? 0x80 : 0, 0, limit);
    for (const segment of [SS, DS, ES])
      setSegment(cpu, segment, 16, mode === 16 ? 0x93 : 0xc093, mode === 16 ? 0x100 : 0, 0, limit);
    cpu.refresh();
    this.run(0xdb, 0xe3);
  }

  load(lo: number, hi: number, descriptor: number): number {
    return this.#access(lo, hi, descriptor, (descriptor & MEM_FOR_WRITE) !== 0);
  }

  store(lo: number, hi: number, descriptor: number): number {
    const at = this.#access(lo, hi, descriptor, true);
    if (at === 0) return 1;
    this.#u8.copyWithin(at, STATE + S.memoryScratch, STATE + S.memoryScratch + (1 << (descriptor & MEM_SIZE_MASK)));
    return 0;
  }

  #access(lo: number, hi: number, descriptor: number, write: boolean): number {
    const size = 1 << (descriptor & MEM_SIZE_MASK);
    for (let i = 0; i < size; i++) {
      const page = (lo + i) & ~0xfff;
      if (hi === 0 && lo >= 0 && lo + i < 65536 && page !== ABSENT && !(write && page === READ_ONLY)) continue;
      this.cpu.set64(S.faultAddress, lo + i, hi);
      this.cpu.recordFault(14, write ? 2 : 0);
      return 0;
    }
    return MEMORY + lo;
  }

  /** Executes one instruction. */
  run(...bytes: readonly number[]): Outcome {
    const { cpu } = this;
    const code = Uint8Array.from(bytes);
    const length = isa.decode(code, 0, code.length, cpu.get32(S.mode), this.#decoded);
    if (length !== code.length) throw new Error(`${length} of ${code.length} bytes decoded`);
    cpu.set64(S.rip, CODE, 0);
    cpu.set64(S.nextRip, CODE + length, 0);
    const { ir } = isa.form(this.#decoded.form);
    this.#kinds = ir.holes;
    const { ending } = evaluate(ir, [], this.#environment());
    if (ending.kind === "next") return "done";
    if (ending.kind === "fault") return ending.vector;
    const { exit } = cpu;
    cpu.exit = undefined;
    return exit === undefined ? cpu.get32(S.faultVector) : exit.reason;
  }

  #environment(): EvaluationEnvironment {
    const { cpu } = this;
    const { lo, hi } = this.#decoded;
    return {
      holeI32: (hole) => (this.#kinds[hole] === "i8" ? (lo[hole]! << 24) >> 24 : lo[hole]!),
      holeI64: (hole) => {
        if (this.#kinds[hole] === "i8") return BigInt((lo[hole]! << 24) >> 24);
        if (this.#kinds[hole] === "i32") return BigInt(lo[hole]!);
        return (BigInt(hi[hole]!) << 32n) | BigInt(lo[hole]! >>> 0);
      },
      holeState: (hole) => lo[hole]!,
      pc: () => BigInt(CODE),
      nextPc: () => BigInt(cpu.get32(S.nextRip)),
      state: new DataView(cpu.u8.buffer, STATE, STATE_BYTES),
      guestLoad: (at64, descriptor, into) => {
        const at = this.load(Number(BigInt.asIntN(32, at64)), Number(BigInt.asIntN(32, at64 >> 32n)), descriptor);
        if (at !== 0) into.set(this.#u8.subarray(at, at + into.length));
        return at !== 0;
      },
      guestStore: (at64, descriptor, bytes) => {
        this.#u8.set(bytes, STATE + S.memoryScratch);
        return this.store(Number(BigInt.asIntN(32, at64)), Number(BigInt.asIntN(32, at64 >> 32n)), descriptor) === 0;
      },
      assist: (id, a, b) => {
        this.assists += 1;
        return performAssist(cpu, id, a, b);
      },
      functions: isa.functions,
    };
  }

  /** Executes instructions that all end well. */
  runAll(...instructions: readonly (readonly number[])[]): void {
    for (const bytes of instructions) {
      const outcome = this.run(...bytes);
      if (outcome !== "done") throw new Error(`${bytes.map((b) => b.toString(16)).join(" ")} ended with ${outcome}`);
    }
  }

  // Little-endian fields of memory.

  u16(at: number): number {
    return this.#view.getUint16(MEMORY + at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(MEMORY + at, true);
  }

  i32(at: number): number {
    return this.#view.getInt32(MEMORY + at, true);
  }

  f64(at: number): number {
    return this.#view.getFloat64(MEMORY + at, true);
  }

  setU16(at: number, value: number): void {
    this.#view.setUint16(MEMORY + at, value, true);
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(MEMORY + at, value, true);
  }

  setF32(at: number, value: number): void {
    this.#view.setFloat32(MEMORY + at, value, true);
  }

  setF64(at: number, value: number): void {
    this.#view.setFloat64(MEMORY + at, value, true);
  }

  setBytes(at: number, bytes: readonly number[]): void {
    this.#u8.set(bytes, MEMORY + at);
  }

  bytes(at: number, count: number): number[] {
    return [...this.#u8.subarray(MEMORY + at, MEMORY + at + count)];
  }

  // The x87 unit as FNSTSW, FNSTCW and FXSAVE show it.

  get status(): number {
    return (this.cpu.get32(S.fsw) & 0xc7ff) | (this.cpu.get32(S.fpuTop) << 11);
  }

  get control(): number {
    return this.cpu.get32(S.fcw);
  }

  get top(): number {
    return this.cpu.get32(S.fpuTop);
  }

  /** Bit i: physical register i is in use. */
  get inUse(): number {
    let bits = 0;
    for (let i = 0; i < 8; i++) if (this.#u8[STATE + S.fpuEmpty + i] === 0) bits |= 1 << i;
    return bits;
  }

  /** ST(i) as `sign and exponent:significand`. */
  st(i: number): string {
    const at = STATE + S.fpr + ((this.top + i) & 7) * 16;
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
    return `${hex(this.#view.getUint16(at + 8, true), 4)}:${hex(this.#view.getUint32(at + 4, true), 8)}${hex(this.#view.getUint32(at, true), 8)}`;
  }

  /** All that an x87 instruction may change in the unit. */
  unit(): string {
    const registers = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => this.st(i));
    return [this.control, this.status, this.inUse, this.cpu.get32(S.fpuPending), ...registers].join(" ");
  }

  setControl(value: number): void {
    this.setU16(0x4ff0, value);
    this.runAll(address(0xd9, 5, 0x4ff0, this));
  }

  get mode(): 16 | 32 | 64 {
    const attributes = this.cpu.get32(segmentOffset(CS) + SEG_ATTRIBUTES);
    return (attributes & 0x2000) !== 0 ? 64 : (attributes & 0x4000) !== 0 ? 32 : 16;
  }
}

/** Bytes of an instruction with opcode, ModRM.reg and an absolute address (an offset in DS). */
export function address(opcode: number, reg: number, at: number, machine: X87Machine): number[] {
  const low = [at & 0xff, (at >> 8) & 0xff];
  if (machine.mode === 16) return [opcode, (reg << 3) | 6, ...low];
  if (machine.mode === 32) return [opcode, (reg << 3) | 5, ...low, 0, 0];
  return [opcode, (reg << 3) | 4, 0x25, ...low, 0, 0];
}
