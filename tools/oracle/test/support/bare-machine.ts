import type { VmExit } from "@isinglass/interface";
import {
  CPU_MODELS,
  CS,
  DEFAULT_CPU_MODEL,
  DS,
  ES,
  FS,
  GS,
  S,
  SS,
  STATE_BYTES,
  TLB_VIEWS,
  TR,
  X86Cpu,
  type X86Isa,
  performAssist,
  resetCpu,
  setSegment,
} from "@isinglass/cpu-x86";
import type { EngineExecutor, InterpreterOptions } from "@isinglass/engine";
import { PhysicalMap, PhysicalWalkMemory, SoftTlb, TLB_VIEW_BYTES } from "@isinglass/mmu";
import { EXIT_BUDGET, EXIT_FAULT } from "@isinglass/uops";
import { Wasm } from "@isinglass/wasm";

const VCPU = 65536;
const ARENA = VCPU + STATE_BYTES + TLB_VIEWS * TLB_VIEW_BYTES;
const ARENA_BYTES = 1 << 20;
const RAM = Math.ceil((ARENA + ARENA_BYTES) / 65536) * 65536;
const RAM_BYTES = 0x20000;

/** Guest-physical and linear addresses: all are the same. */
export const CODE = 0x8000;
const DATA = 0x1000;
const STACK = 0x7000;
const TABLES = 0x10000;
const GDT = 0x14000;
const TSS = 0x14800;
const IDT = 0x15000;
const FLAT = 0xffffffff;
/** CPL 0, all segments flat. CR0.NE, ET, PE. */
const CR0_PROTECTED = 0x31;

/** What an instruction led to: `done`, `fault N`, or why the vCPU left. */
export interface Outcome {
  readonly end: string;
  readonly exit: VmExit | undefined;
}

/** A CPU at CPL 0 with 128 KiB of memory: real mode, protected mode without paging, or 64-bit mode. */
export class BareMachine {
  readonly cpu: X86Cpu;
  readonly physical: PhysicalMap;
  readonly executor: EngineExecutor;
  readonly #memory = new Uint8Array(RAM_BYTES);
  readonly #view = new DataView(this.#memory.buffer);

  constructor(isa: X86Isa, create: (options: InterpreterOptions) => EngineExecutor) {
    const pages = (RAM + RAM_BYTES) / 65536;
    const memory = new Wasm.Memory({ initial: pages, maximum: pages });
    this.physical = new PhysicalMap(memory.buffer);
    this.physical.addRam(0, RAM_BYTES, RAM, "memory");
    const tlb = new SoftTlb(memory.buffer, VCPU + STATE_BYTES, TLB_VIEWS);
    this.cpu = new X86Cpu(
      memory.buffer,
      VCPU,
      CPU_MODELS[DEFAULT_CPU_MODEL]!,
      new PhysicalWalkMemory(this.physical),
      tlb,
      {
        intercepts: 0,
        portRead: (port) => port & 0xff,
        portWrite: () => true,
        readTsc: (out) => out.set([0x12345678, 1]),
        writeTpr: () => undefined,
        readTpr: () => 0,
        apicBaseChanged: () => true,
        readMsr: () => false,
        writeMsr: () => false,
        pages: this.physical,
        hasEvent: () => false,
        intercept: () => false,
      },
    );
    this.executor = create({
      memory,
      vcpu: VCPU,
      arena: ARENA,
      arenaBytes: ARENA_BYTES,
      isa,
      physical: this.physical,
      tlb,
      translator: this.cpu,
      devices: {
        read: () => 0xff,
        write: () => 0,
        fetch: (gpa) => {
          this.cpu.leaveWith({ reason: "second-stage-fault", gpa, access: "fetch" });
        },
      },
      assist: (id, a, b) => performAssist(this.cpu, id, a, b),
    });
    this.cpu.memory = this.executor.memoryPath;
    this.#fill();
  }

  #fill(): void {
    const set64 = (at: number, lo: number, hi: number): void => {
      this.#view.setInt32(at, lo, true);
      this.#view.setInt32(at + 4, hi, true);
    };
    for (let i = 0; i < TABLES; i++) this.#memory[i] = Math.imul(i + 1, 0x9e3779b1) >>> 24;
    // PML4, PDPT and a directory whose first entry maps 2 MiB: present, writable, user.
    set64(TABLES, (TABLES + 0x1000) | 7, 0);
    set64(TABLES + 0x1000, (TABLES + 0x2000) | 7, 0);
    set64(TABLES + 0x2000, 0x87, 0);
    set64(GDT + 8, 0x0000ffff, 0x00af9b00);
    set64(GDT + 16, 0x0000ffff, 0x00cf9300);
    set64(GDT + 24, 0x0000ffff, 0x00cf9b00);
    set64(GDT + 32, 0x0000ffff, 0x008f9b00);
    for (let vector = 0; vector < 256; vector++) {
      const target = CODE + 0x1000 + vector * 8;
      set64(IDT + vector * 16, (8 << 16) | target, 0x8e00);
      set64(IDT + vector * 16 + 8, 0, 0);
    }
  }

  /** Puts memory and the CPU into the state in which an instruction of a code size starts; `seed` fills the registers. */
  load(mode: 16 | 32 | 64, code: Uint8Array, seed: number): void {
    const { cpu } = this;
    this.physical.write(0, this.#memory);
    this.physical.write(CODE, code);
    resetCpu(cpu);
    cpu.exit = undefined;
    let noise = seed;
    const next = (): number => (noise = (Math.imul(noise, 1664525) + 1013904223) | 0);
    for (let i = 0; i < 16; i++) {
      // Small numbers, data addresses, anything.
      const kind = (next() >>> 20) & 3;
      const lo = kind === 0 ? (next() >>> 28) & 15 : kind < 3 ? DATA + ((next() >>> 16) & 0xfff) : next();
      cpu.set64(S.gpr + i * 8, lo, kind === 3 && mode === 64 ? next() >> 20 : 0);
    }
    cpu.set64(S.gpr + 32, STACK, 0);
    for (let at = S.vector; at < S.vector + 16 * 64; at += 4) cpu.set32(at, next());
    for (let i = 0; i < 8; i++) {
      cpu.set64(S.fpr + i * 16, next(), next() | (0x80000000 | 0));
      cpu.set64(S.fpr + i * 16 + 8, 0x3fff + (i & 3), 0);
      cpu.u8[cpu.base + S.fpuEmpty + i] = i < 4 ? 0 : 1;
    }
    cpu.set32(S.fcw, 0x37f);
    cpu.set32(S.flagsRest, (next() & 0x400) | 0x3002);
    cpu.set64(S.ccB, next() & 0x8d5, 0);
    cpu.set64(S.gdtBase, GDT, 0);
    cpu.set32(S.gdtLimit, 0x27);
    cpu.set32(S.idtLimit, 0xfff);
    cpu.set64(S.cr4, 0x40600, 0);
    cpu.set64(S.xcr0, 7, 0);
    if (mode === 16) this.#realMode();
    else this.#protectedMode(mode);
    cpu.set64(S.rip, CODE, 0);
    cpu.refresh();
  }

  #realMode(): void {
    for (const segment of [CS, SS, DS, ES, FS, GS]) setSegment(this.cpu, segment, 0, 0x93, 0, 0, 0xffff);
  }

  #protectedMode(mode: 32 | 64): void {
    const { cpu } = this;
    cpu.set64(S.idtBase, IDT, 0);
    setSegment(cpu, CS, mode === 64 ? 8 : 24, mode === 64 ? 0xa09b : 0xc09b, 0, 0, FLAT);
    for (const segment of [SS, DS, ES, FS, GS]) setSegment(cpu, segment, 16, 0xc093, 0, 0, FLAT);
    setSegment(cpu, TR, 0x20, 0x8b, TSS, 0, 0x67);
    cpu.set64(S.cr0, CR0_PROTECTED, 0);
    if (mode === 32) return;
    cpu.set64(S.cr0, CR0_PROTECTED | (0x80000000 | 0), 0);
    cpu.set64(S.cr3, TABLES, 0);
    cpu.set64(S.cr4, 0x40620, 0);
    cpu.set64(S.efer, 0x501, 0);
  }

  /**
   * Runs one instruction. Where it goes to is fetched too: the interpreter finds out at the end of a branch that its target cannot
   * be, the reference at the start of the next run.
   */
  step(): Outcome {
    const { cpu } = this;
    let code = this.executor.run(1);
    if (code === EXIT_BUDGET && this.executor.memoryPath.fetchPage(cpu.get32(S.rip), cpu.getHi(S.rip)) < 0)
      code = cpu.get32(S.exitCode);
    if (code === EXIT_BUDGET) return { end: "done", exit: undefined };
    if (code === EXIT_FAULT) return { end: `fault ${cpu.get32(S.faultVector)}`, exit: undefined };
    return { end: cpu.exit?.reason ?? "an exit without a reason", exit: cpu.exit };
  }

  /** The architectural state: all of it but what an executor uses on its way. */
  state(): Uint8Array {
    const { cpu } = this;
    const bytes = cpu.u8.slice(cpu.base, cpu.base + STATE_BYTES);
    for (const [field, length] of TRANSIENT) bytes.fill(0, S[field], S[field] + length);
    return bytes;
  }

  memory(): Uint8Array {
    const bytes = new Uint8Array(RAM_BYTES);
    this.physical.read(0, bytes);
    return bytes;
  }
}

const TRANSIENT = [
  ["scratch", 64],
  ["memoryScratch", 64],
  ["nextRip", 8],
  ["exitCode", 4],
  ["fuel", 4],
] as const;
