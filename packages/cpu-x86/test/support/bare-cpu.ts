import {
  PhysicalMap,
  PhysicalWalkMemory,
  SoftTlb,
  TLB_ENTRIES,
  TLB_ENTRY_BYTES,
  TLB_READ,
  TLB_VIEW_BYTES,
} from "@isinglass/mmu";
import {
  CPU_MODELS,
  type CpuModel,
  type CpuPlatform,
  DEFAULT_CPU_MODEL,
  GuestFault,
  STATE_BYTES,
  TLB_VIEWS,
  X86Cpu,
  assistId,
  performAssist,
  resetCpu,
  S,
} from "../../src/index.js";

const STATE = 4096;
const TLB = STATE + STATE_BYTES;
const RAM = TLB + TLB_VIEWS * TLB_VIEW_BYTES;
const RAM_BYTES = 0x10000;

/** A CPU of its own model with 64 KiB of RAM and no executor: for assists one by one. */
export class BareCpu {
  readonly cpu: X86Cpu;
  readonly tlb: SoftTlb;
  readonly map: PhysicalMap;

  constructor(features: readonly string[] = [], platform: Partial<CpuPlatform> = {}) {
    const buffer = new ArrayBuffer(RAM + RAM_BYTES);
    this.map = new PhysicalMap(buffer);
    this.map.addRam(0, RAM_BYTES, RAM, "ram");
    this.tlb = new SoftTlb(buffer, TLB, TLB_VIEWS);
    const base = CPU_MODELS[DEFAULT_CPU_MODEL]!;
    const model: CpuModel = { ...base, features: [...base.features, ...features] };
    const none = { intercepts: 0, hasEvent: () => false, intercept: () => false, ...platform };
    this.cpu = new X86Cpu(
      buffer,
      STATE,
      model,
      new PhysicalWalkMemory(this.map),
      this.tlb,
      none as unknown as CpuPlatform,
    );
    resetCpu(this.cpu);
  }

  /** Vector of the exception that `action` raises; "none" where it raises none. */
  vectorOf(action: () => void): number | "none" {
    try {
      action();
      return "none";
    } catch (problem) {
      if (problem instanceof GuestFault) return problem.vector;
      throw problem;
    }
  }

  /** Performs an assist; gives the vector of its exception. */
  assist(name: string, a: number = 0, b: number = 0): number | "none" {
    this.cpu.set32(S.faultVector, -1);
    performAssist(this.cpu, assistId(name), a, b);
    const vector = this.cpu.get32(S.faultVector);
    return vector === -1 ? "none" : vector;
  }

  /** Whether a data read of the page at `va` needs no walk. */
  isCached(va: number): boolean {
    const at = (this.tlb.viewBase(0) + ((va >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY_BYTES + TLB_READ) >>> 2;
    return this.cpu.i32[at] === va && this.cpu.i32[at + 1] === 0;
  }
}

export const RAM_AT: number = RAM;
