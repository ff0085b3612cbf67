import type { VmExit } from '@isinglass/interface';
import {
  EVENT_EXTERNAL,
  EVENT_FAULT,
  FLAG_IF,
  FLAG_TF,
  S,
  STATE_BYTES,
  TLB_VIEWS,
  X86Cpu,
  type CpuModel,
  type CpuPlatform,
  deliverEvent,
  isaOf,
  performAssist,
  resetCpu,
} from '@isinglass/cpu-x86';
import { type EngineExecutor, Interpreter, type InterpreterOptions, ReferenceExecutor } from '@isinglass/engine';
import { type PhysicalMap, PhysicalWalkMemory, SoftTlb, TLB_VIEW_BYTES } from '@isinglass/mmu';
import { EXIT_BUDGET, EXIT_FAULT, EXIT_HOST } from '@isinglass/uops';
import type { WasmMemory } from '@isinglass/wasm';

/** Where a vCPU's interrupts come from: a local APIC, or a PIC alone. */
export interface InterruptSource {
  hasInterrupt(): boolean;
  acknowledge(): number;
}

const NO_INTERRUPTS: InterruptSource = { hasInterrupt: () => false, acknowledge: () => 0 };

export interface EngineVcpuOptions {
  readonly memory: WasmMemory;
  /** Where the vCPU's state, soft TLB and decoded code lie in the memory; {@link EngineVcpu.bytes} are needed. */
  readonly base: number;
  readonly codeBytes: number;
  readonly physical: PhysicalMap;
  readonly model: CpuModel;
  readonly platform: CpuPlatform;
  readonly devices: InterpreterOptions['devices'];
  /** The interpreter unless told; the reference is some thousand times slower and there to be compared with. */
  readonly executor?: 'interpreter' | 'reference';
}

/** An x86 vCPU on our own engine. */
export class EngineVcpu {
  readonly cpu: X86Cpu;
  readonly executor: EngineExecutor;
  readonly tlb: SoftTlb;
  interrupts: InterruptSource = NO_INTERRUPTS;
  #completed = 0;
  #fuelGiven = 0;
  #leave = false;
  /** Interrupts and exceptions delivered, by vector. */
  readonly delivered: Float64Array = new Float64Array(256);

  static bytes(codeBytes: number): number {
    return STATE_BYTES + TLB_VIEWS * TLB_VIEW_BYTES + codeBytes;
  }

  constructor(options: EngineVcpuOptions) {
    const { memory, base, physical } = options;
    const { buffer } = memory;
    const isa = isaOf(options.model);
    this.tlb = new SoftTlb(buffer, base + STATE_BYTES, TLB_VIEWS);
    this.cpu = new X86Cpu(buffer, base, options.model, new PhysicalWalkMemory(physical), this.tlb, options.platform);
    const parts: InterpreterOptions = {
      memory,
      vcpu: base,
      arena: base + STATE_BYTES + TLB_VIEWS * TLB_VIEW_BYTES,
      arenaBytes: options.codeBytes,
      isa,
      physical,
      tlb: this.tlb,
      translator: this.cpu,
      devices: options.devices,
      assist: (id, a, b) => performAssist(this.cpu, id, a, b),
    };
    this.executor = options.executor === 'reference' ? new ReferenceExecutor(parts) : new Interpreter(parts);
    this.cpu.memory = this.executor.memoryPath;
    resetCpu(this.cpu);
  }

  /** The interpreter with its code cache and statistics, unless the vCPU runs on the reference executor. */
  get interpreter(): Interpreter | undefined {
    return this.executor instanceof Interpreter ? this.executor : undefined;
  }

  /** Instructions completed; inside a device call the one in flight counts. */
  get instructions(): number {
    return this.#completed + (this.#fuelGiven === 0 ? 0 : this.#fuelGiven - this.cpu.get32(S.fuel));
  }

  /** Leave at the next instruction boundary; for device code. */
  requestExit(): void {
    this.#leave = true;
  }

  /** The interrupt source's answer may have changed. */
  interruptsChanged(): void {
    this.cpu.set32(S.eventPending, this.interrupts.hasInterrupt() ? 1 : 0);
  }

  /** Whether a device call should make the executor leave. */
  hasEvent(): boolean {
    return this.#leave || (this.cpu.get32(S.eventPending) !== 0 && (this.cpu.get32(S.flagsRest) & FLAG_IF) !== 0);
  }

  /** Runs until an exit, for at most `budget` instructions. */
  run(budget: number): VmExit {
    const { cpu } = this;
    const end = this.#completed + budget;
    this.#leave = false;
    for (;;) {
      let inhibited = false;
      const shadow = cpu.get32(S.interruptShadow);
      if (shadow !== 0) {
        inhibited = shadow === cpu.get32(S.rip);
        cpu.set32(S.interruptShadow, 0);
      }
      const open = (cpu.get32(S.flagsRest) & FLAG_IF) !== 0;
      const waiting = cpu.get32(S.eventPending) !== 0;
      if (waiting && open && !inhibited) {
        cpu.set32(S.activity, 0);
        const vector = this.interrupts.acknowledge();
        this.interruptsChanged();
        this.delivered[vector]! += 1;
        if (!deliverEvent(cpu, vector, EVENT_EXTERNAL, -1)) return { reason: 'shutdown' };
      }
      if (cpu.get32(S.activity) !== 0) return { reason: 'hlt' };
      if (this.#completed >= end) return { reason: 'budget' };
      const trap = (cpu.get32(S.flagsRest) & FLAG_TF) !== 0;
      const fuel = trap || (inhibited && waiting) ? 1 : Math.min(end - this.#completed, 0x40000000);
      this.#fuelGiven = fuel;
      cpu.set32(S.fuel, fuel);
      const code = this.executor.run(fuel);
      this.#completed += fuel - cpu.get32(S.fuel);
      this.#fuelGiven = 0;
      if (code === EXIT_FAULT) {
        const vector = cpu.get32(S.faultVector);
        this.delivered[vector]! += 1;
        if (!deliverEvent(cpu, vector, EVENT_FAULT, cpu.get32(S.faultError))) return { reason: 'shutdown' };
      } else if (code === EXIT_HOST) {
        const exit = cpu.exit;
        cpu.exit = undefined;
        if (exit === undefined) throw new Error('vcpu: an exit without a reason');
        return exit;
      } else if (trap && code === EXIT_BUDGET) {
        // Single step: BS in DR6, then #DB as a trap (SDM vol. 3B, 17.3.1.4).
        cpu.set32(S.dr + 48, cpu.get32(S.dr + 48) | 0x4000);
        if (!deliverEvent(cpu, 1, EVENT_FAULT, -1)) return { reason: 'shutdown' };
      }
      if (this.#leave) return { reason: 'paused' };
    }
  }
}
