import {
  CPU_MODELS,
  CS,
  type CpuPlatform,
  DEFAULT_CPU_MODEL,
  DS,
  ES,
  S,
  SS,
  STATE_BYTES,
  TLB_VIEWS,
  X86Cpu,
  X86Isa,
  performAssist,
  resetCpu,
  setSegment,
} from "@isinglass/cpu-x86";
import { assemble } from "@isinglass/isa-x86";
import { PAGE_ROM, PhysicalMap, PhysicalWalkMemory, SoftTlb, TLB_VIEW_BYTES } from "@isinglass/mmu";
import { DecodedForm, EXIT_FAULT, type GuestIsa, STORE_LEAVE } from "@isinglass/uops";
import { Wasm } from "@isinglass/wasm";
import { type EngineExecutor, Interpreter, type Jit, ReferenceExecutor, type TierPolicy } from "../../src/index.js";

const VCPU = 65536;
const TLB = 2 * 65536;
const ARENA = TLB + TLB_VIEWS * TLB_VIEW_BYTES;
const ARENA_BYTES = 8 * 65536;
const RAM = ARENA + ARENA_BYTES;
const RAM_BYTES = 0x100000;
/** Page tables: PML4, PDPT, PD and one page table that maps the first 2 MiB. */
const TABLES = 0xf0000;

/** Where programs begin, where data lies. Linear and physical addresses are the same until a test remaps a page. */
export const CODE = 0x10000;
export const DATA = 0x40000;
export const STACK = 0x60000;
/** A page that is not present, and one that can only be read. */
export const ABSENT = 0x50000;
export const READ_ONLY = 0x52000;

/** Address of the page-table entry of a linear page; the tables are mapped like all memory. */
export const entryAt = (linear: number): number => TABLES + 0x3000 + (linear >> 12) * 8;

const PRESENT = 1;
const WRITABLE = 2;

/** How a run ended: `fuel`, `halt`, or the vector of an exception. */
export type Outcome = "fuel" | "halt" | number;

/** The x86 ISA, with a choice of what the dispatch loop has inline and what is compiled together with it. */
export function isaWith(base: X86Isa, hot: readonly number[], warm: readonly number[] = []): GuestIsa {
  return {
    functions: base.functions,
    state: base.state,
    maxLength: base.maxLength,
    decode: (bytes, offset, end, mode, out) => base.decode(bytes, offset, end, mode, out),
    form: (id) => base.form(id),
    isLeavingAssist: (id) => base.isLeavingAssist(id),
    hotForms: () => hot,
    warmForms: () => warm,
  };
}

/** The forms of straight-line code, for {@link isaWith}. */
export function formsOf(isa: GuestIsa, code: Uint8Array, mode: number): number[] {
  const forms = new Set<number>();
  const out = new DecodedForm();
  for (let at = 0; at < code.length;) {
    at += isa.decode(code, at, code.length, mode, out);
    forms.add(out.form);
  }
  return [...forms];
}

export function asm(text: string, origin = CODE, mode: 32 | 64 = 64): Uint8Array {
  return assemble(text, { mode, origin: BigInt(origin) }).bytes;
}

const shared = new X86Isa();

export interface GuestOptions {
  readonly executor?: "interpreter" | "reference";
  readonly isa?: GuestIsa;
  readonly arenaBytes?: number;
  readonly coldForms?: number;
  /** Evaluations of a form before it gets a handler: none unless told, so that handlers are what is tested. */
  readonly evaluations?: number;
  /** When the interpreter's code is compiled; undefined: never. */
  readonly policy?: TierPolicy;
  /** The compiler's clock in milliseconds; one that stands still unless told. */
  readonly now?: () => number;
  /** 32: compatibility mode under the same page tables. */
  readonly mode?: 32 | 64;
  /** Called on OUT. */
  readonly onOut?: (port: number, value: number) => void;
}

/** A vCPU in 64-bit mode with paging on, 1 MiB of RAM and no devices: what an executor needs and no more. */
export class Guest {
  readonly cpu: X86Cpu;
  readonly physical: PhysicalMap;
  readonly tlb: SoftTlb;
  readonly executor: EngineExecutor;
  /** Called on OUT. */
  onOut: (port: number, value: number) => void;
  /** Whether something waits that an executor should be left for; asked after IN, OUT and WRMSR. */
  hasEvent: () => boolean = () => false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #mode: 32 | 64;

  constructor(options: GuestOptions = {}) {
    this.onOut = options.onOut ?? ((): void => undefined);
    const memory = new Wasm.Memory({ initial: (RAM + RAM_BYTES) / 65536 });
    const { buffer } = memory;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.physical = new PhysicalMap(buffer);
    this.physical.addRam(0, RAM_BYTES, RAM, "ram");
    this.tlb = new SoftTlb(buffer, TLB, TLB_VIEWS);
    const platform = {
      intercepts: 0,
      hasEvent: () => this.hasEvent(),
      intercept: () => false,
      pages: this.physical,
      portRead: () => 0x5a,
      readMsr: () => false,
      writeMsr: () => false,
      readTsc: (out: Int32Array) => out.fill(7),
      readTpr: () => 0,
      writeTpr: () => undefined,
      portWrite: (port: number, _size: number, value: number) => {
        this.onOut(port, value);
        return true;
      },
    } as unknown as CpuPlatform;
    const model = CPU_MODELS[DEFAULT_CPU_MODEL]!;
    this.cpu = new X86Cpu(buffer, VCPU, model, new PhysicalWalkMemory(this.physical), this.tlb, platform);
    const parts = {
      memory,
      vcpu: VCPU,
      arena: ARENA,
      arenaBytes: options.arenaBytes ?? ARENA_BYTES,
      evaluations: options.evaluations ?? 0,
      ...(options.coldForms === undefined ? {} : { coldForms: options.coldForms }),
      ...(options.policy === undefined ? {} : { policy: options.policy }),
      ...(options.now === undefined ? {} : { now: options.now }),
      isa: options.isa ?? shared,
      physical: this.physical,
      tlb: this.tlb,
      translator: this.cpu,
      devices: { read: () => 0, write: () => STORE_LEAVE, fetch: () => undefined },
      assist: (id: number, a: number, b: number) => performAssist(this.cpu, id, a, b),
    };
    this.executor = options.executor === "reference" ? new ReferenceExecutor(parts) : new Interpreter(parts);
    this.cpu.memory = this.executor.memoryPath;
    this.#mode = options.mode ?? 64;
    this.#power();
  }

  /** CR0.PG, PE, WP; CR4.PAE, OSFXSR; EFER.LME and LMA. */
  #power(): void {
    const { cpu } = this;
    resetCpu(cpu);
    [TABLES + 0x1000, TABLES + 0x2000, TABLES + 0x3000].forEach((next, level) => {
      this.poke64(TABLES + level * 0x1000, BigInt(next | PRESENT | WRITABLE));
    });
    for (let page = 0; page < RAM_BYTES; page += 4096) this.map(page, page);
    this.map(ABSENT, -1);
    this.map(READ_ONLY, READ_ONLY, false);
    cpu.set64(S.cr0, 0x80010033 | 0, 0);
    cpu.set64(S.cr3, TABLES, 0);
    cpu.set64(S.cr4, 0x220, 0);
    cpu.set64(S.efer, 0x500, 0);
    setSegment(cpu, CS, 8, this.#mode === 64 ? 0xa09b : 0xc09b, 0, 0, 0xffffffff);
    for (const segment of [SS, DS, ES]) setSegment(cpu, segment, 16, 0xc093, 0, 0, 0xffffffff);
    cpu.refresh();
    this.setRegister(4, BigInt(STACK));
    this.setPc(CODE);
  }

  /** Maps a linear page; -1 for `physical`: not present. Flushes it, as INVLPG would. */
  map(linear: number, physical: number, writable = true): void {
    const entry = physical < 0 ? 0 : physical | PRESENT | (writable ? WRITABLE : 0);
    this.poke64(entryAt(linear), BigInt(entry));
    this.tlb.flushPage(linear, 0);
  }

  /** Turns a page of memory into ROM, as a chipset may. */
  protect(at: number): void {
    this.physical.setPageFlags((RAM + at) >> 12, PAGE_ROM);
    this.tlb.dropWriteTags(RAM + at);
  }

  /** Maps a linear page to where there is no memory: stores go to a device that asks the executor to leave. */
  leaveOnStore(linear: number): void {
    this.map(linear, RAM_BYTES);
  }

  get interpreter(): Interpreter {
    if (this.executor instanceof Interpreter) return this.executor;
    throw new Error("this guest runs on the reference executor");
  }

  /** The compiler; for guests with a policy. */
  get jit(): Jit {
    const { jit } = this.interpreter;
    if (jit === undefined) throw new Error("this guest has no policy");
    return jit;
  }

  /** Puts code or data into memory, as a loader or a device does. */
  write(at: number, bytes: Uint8Array): this {
    this.physical.write(at, bytes);
    return this;
  }

  load(text: string, at = CODE): this {
    return this.write(at, asm(text, at, this.#mode));
  }

  /** Executes at most so many instructions. */
  run(fuel = 1_000_000): Outcome {
    const { cpu } = this;
    cpu.exit = undefined;
    const code = this.executor.run(fuel);
    if (code === EXIT_FAULT) return cpu.get32(S.faultVector);
    return code === 0 ? "fuel" : "halt";
  }

  /** Fuel that the last run left. */
  get left(): number {
    return this.cpu.get32(S.fuel);
  }

  get pc(): number {
    return Number(this.cpu.getBig(S.rip));
  }

  setPc(at: number): void {
    this.cpu.set64(S.rip, at, 0);
  }

  /** General register n, in the order of their encoding. */
  register(n: number): bigint {
    return BigInt.asUintN(64, this.cpu.getBig(S.gpr + n * 8));
  }

  setRegister(n: number, value: bigint): void {
    this.#view.setBigUint64(VCPU + S.gpr + n * 8, BigInt.asUintN(64, value), true);
  }

  peek(at: number): number {
    return this.#bytes[RAM + at]!;
  }

  peek64(at: number): bigint {
    return this.#view.getBigUint64(RAM + at, true);
  }

  /** Writes around everything that watches writes. */
  poke64(at: number, value: bigint): void {
    this.#view.setBigUint64(RAM + at, value, true);
  }

  /** Registers, lazy flags, segments, control registers, vectors: all that an instruction may change but memory. */
  state(): Uint8Array {
    const state = this.#bytes.slice(VCPU, VCPU + STATE_BYTES);
    // Not the guest's: where helpers and the slow memory path assemble things, and what the executors leave behind.
    for (const [field, length] of [
      [S.nextRip, 8],
      [S.exitCode, 4],
      [S.scratch, 64],
      [S.memoryScratch, 64],
      [S.tlbView, 4],
    ] as const)
      state.fill(0, field, field + length);
    return state;
  }

  memory(): Uint8Array {
    return this.#bytes.slice(RAM, RAM + TABLES);
  }

  /** All of the vCPU's state as it is, to go back to. */
  saveState(): Uint8Array {
    return this.#bytes.slice(VCPU, VCPU + STATE_BYTES);
  }

  restoreState(state: Uint8Array): void {
    this.#bytes.set(state, VCPU);
  }

  /** A part of memory that no code lies in, to be read or put back around everything that watches. */
  window(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(RAM + at, RAM + at + length);
  }
}

/** Offsets at which two images differ, the first few. Vitest's own comparison takes seconds for a megabyte. */
export function differences(a: Uint8Array, b: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < Math.max(a.length, b.length) && found.length < 8; i += 1) if (a[i] !== b[i]) found.push(i);
  return found;
}
