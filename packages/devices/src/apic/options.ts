import type { Clock } from "@isinglass/interface";
import type { InterruptBus } from "./interrupt-bus.js";

/** The processor behind a local APIC, as far as interrupts go. All calls come from device code: note it down and return. */
export interface ApicCpu {
  /** What {@link LocalApic.hasInterrupt} says has changed. */
  onChange(): void;
  onNmi(): void;
  onSmi?(): void;
  /** INIT: the processor is reset and waits for a start-up message. Call {@link LocalApic.init} when it is done. */
  onInit?(): void;
  /** Start-up: begin at `vector` << 12, if waiting. */
  onStartup?(vector: number): void;
}

/** The 8259A pair as a local APIC sees it. */
export interface ExternalInterrupts {
  acknowledge(): number;
}

export interface LocalApicOptions {
  readonly clock: Clock;
  readonly bus: InterruptBus;
  readonly cpu: ApicCpu;
  /** Initial APIC ID; 0 by default. */
  readonly id?: number;
  /**
   * The boot processor (APIC ID 0 by default) starts as firmware leaves it, in virtual wire mode (MP specification 1.4, 3.6.2.2): software-enabled,
   * LINT0 ExtINT, LINT1 NMI. Others start as the SDM says, disabled with everything masked.
   */
  readonly bootProcessor?: boolean;
  /** Ticks a second of the timer before its divider; 1 GHz by default, as QEMU's. */
  readonly busHz?: number;
  /** Machine time in ns at which the halves of the processor's time-stamp counter read that; without it TSC deadlines never come. */
  readonly timeOfTsc?: (low: number, high: number) => number;
  /** CPUID offers x2APIC; true by default. Without it setting IA32_APIC_BASE.EXTD faults. */
  readonly x2apic?: boolean;
  readonly version?: number;
  readonly component?: string;
}
