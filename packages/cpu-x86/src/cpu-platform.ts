import type { VmExit } from "@isinglass/interface";
import type { HostPages } from "@isinglass/mmu";

/** Loads and stores by linear address, as the executor's slow path does them. */
export interface LinearMemory {
  /** Host address of the bytes, or 0 with a fault recorded in the state. */
  load(lo: number, hi: number, descriptor: number): number;
  /** Stores the bytes of the scratch buffer; a STORE_* status. */
  store(lo: number, hi: number, descriptor: number): number;
}

/** Low and high half of an MSR that is read or written. */
export interface MsrValue {
  msrLo: number;
  msrHi: number;
}

/** What a CPU asks of the machine around it. All calls are synchronous. */
export interface CpuPlatform {
  /** A value, or NaN: an exit was recorded, the instruction is executed again after it. */
  portRead(port: number, size: 1 | 2 | 4): number;
  /** False: an exit was recorded and the instruction is to be executed again. */
  portWrite(port: number, size: 1 | 2 | 4, value: number): boolean;
  /** Time-stamp counter, before the guest's offset: low and high half go into `out`. */
  readTsc(out: Int32Array): void;
  /** The guest's time-stamp counter has jumped: deadlines are at other times now. */
  tscMoved?(): void;
  /** CR8 or an APIC base write reached the local APIC. */
  writeTpr(value: number): void;
  readTpr(): number;
  /** WRMSR to IA32_APIC_BASE; false: the local APIC refuses the value (#GP), nothing has changed. */
  apicBaseChanged(lo: number, hi: number): boolean;
  /** An MSR that the CPU itself does not have; false: it does not exist (#GP). Values in `cpu.msrLo/msrHi`. */
  readMsr(index: number, cpu: MsrValue): boolean;
  writeMsr(index: number, cpu: MsrValue): boolean;
  /** The guest-physical map, for assists that work on memory itself. */
  readonly pages: HostPages;
  /** PAUSE, where the state's `yields` is set: the executor leaves behind it. */
  pause?(): void;
  /** Something wants to be looked at at the next instruction boundary where interrupts are open. */
  hasEvent(): boolean;
  /** Asked before an intercepted operation; true: an exit was recorded. */
  intercept(exit: VmExit): boolean;
  /** Which operations to ask about, INTERCEPT_* bits; asked often, must be cheap. */
  readonly intercepts: number;
  /** Who owns which bits of CR0 and CR4; looked at where `intercepts` has INTERCEPT_CR. */
  readonly controlRegisters?: ControlRegisterMasks;
}

/** CR0 and CR4 guest/host masks and read shadows (SDM vol. 3C, 25.6.6): low halves. */
export interface ControlRegisterMasks {
  readonly cr0Mask: number;
  readonly cr0Shadow: number;
  readonly cr4Mask: number;
  readonly cr4Shadow: number;
}

export const INTERCEPT_CPUID: number = 1;
export const INTERCEPT_MSR: number = 2;
export const INTERCEPT_CR: number = 4;
export const INTERCEPT_HLT: number = 8;
export const INTERCEPT_EXCEPTION: number = 16;
export const INTERCEPT_HYPERCALL: number = 32;
