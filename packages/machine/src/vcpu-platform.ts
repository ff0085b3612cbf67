import { type ControlRegisterMasks, type CpuPlatform, S, WATCH_LEAVE, type X86Cpu } from "@isinglass/cpu-x86";
import type { DeviceAccess } from "@isinglass/engine";
import { type BusAccess, EXIT_IO, EXIT_MMIO, type ExitStatistics, type InterceptControls } from "@isinglass/hypervisor";
import type { Gpa, MmioSize, PortSize, VmExit } from "@isinglass/interface";
import type { PhysicalMap } from "@isinglass/mmu";
import { STORE_DONE, STORE_FAILED, STORE_LEAVE } from "@isinglass/uops";
import type { ExitInFlight } from "./exit-in-flight.js";

/** A bus that can say whether somebody answers. */
export interface VcpuBus extends BusAccess {
  decodePort(port: number): object | null;
  decodeMmio(gpa: Gpa): object | null;
}

/** What of a local APIC the CPU's own instructions reach: CR8 and MSRs. */
export interface ApicAccess {
  cr8: number;
  readonly msrLow: number;
  readonly msrHigh: number;
  readMsr(index: number): boolean;
  writeMsr(index: number, low: number, high: number): boolean;
  /** INIT has reached the processor. */
  init(): void;
  tscMoved?(): void;
}

/** Deterministic time that accesses to devices take. */
export interface AccessTime {
  /** Lets it pass; where the run in hand would be too long then, it is asked to end. */
  spend(nanoseconds: number): void;
  /** Whether so much can pass without that. */
  canSpend(nanoseconds: number): boolean;
}

export interface PlatformOptions {
  readonly physical: PhysicalMap;
  readonly controls: InterceptControls;
  readonly statistics: ExitStatistics;
  readonly bus: VcpuBus;
  readonly now: () => number;
  readonly exitOnUnclaimed: boolean;
  readonly accessTime?: AccessTime;
}

/**
 * What an access takes in deterministic time. A cycle of the ISA bus is about a microsecond long, one to a device beyond the chipset half of that; a guest
 * that measures its clocks, or waits by counting such accesses, does so as long as on a PC and not two hundred times.
 */
const PORT_NANOSECONDS = 1000;
const MMIO_NANOSECONDS = 500;
/** No instruction takes longer: one of 64 bytes, each of which is another access. */
const MOST_NANOSECONDS = 64 * MMIO_NANOSECONDS;
const APIC_BASE_MSR = 0x1b;
/** Reserved in IA32_APIC_BASE, low half: bits 7:0, 9, and 10 without x2APIC (SDM vol. 3A, figure 11-5). */
const APIC_BASE_RESERVED = 0x6ff;
/** No local APIC: its base register is the CPU's all the same. */
const NO_APIC: ApicAccess = {
  cr8: 0,
  msrLow: 0,
  msrHigh: 0,
  readMsr: () => false,
  writeMsr: (index, low) => index === APIC_BASE_MSR && (low & APIC_BASE_RESERVED) === 0,
  init: () => undefined,
};

/** What the CPU asks of the machine: ports, device memory, time, the APIC, and whether the host wants to be asked first. */
export class Platform implements CpuPlatform {
  intercepts: number = 0;
  apic: ApicAccess = NO_APIC;
  cpu!: X86Cpu;
  /** Intercepts are off, as while an event is delivered that the host has seen. */
  bypass: boolean = false;
  readonly controlRegisters: ControlRegisterMasks;
  readonly pages: PhysicalMap;
  readonly #o: PlatformOptions;
  readonly #inFlight: ExitInFlight;
  readonly #hasEvent: () => boolean;
  readonly #pause: () => void;
  readonly #instructions: () => number;
  /** The instruction that read from a device last. */
  #reading = -1;

  constructor(
    options: PlatformOptions,
    inFlight: ExitInFlight,
    hasEvent: () => boolean,
    pause: () => void,
    instructions: () => number,
  ) {
    this.#o = options;
    this.#inFlight = inFlight;
    this.#hasEvent = hasEvent;
    this.#pause = pause;
    this.#instructions = instructions;
    this.controlRegisters = options.controls;
    this.pages = options.physical;
  }

  hasEvent(): boolean {
    return this.#hasEvent();
  }

  pause(): void {
    this.#pause();
  }

  /** What an access gave, after the time that it took. */
  #spent<T>(nanoseconds: number, result: T): T {
    this.#o.accessTime?.spend(nanoseconds);
    return result;
  }

  portRead(port: number, size: PortSize): number {
    const { bus, controls, statistics, exitOnUnclaimed } = this.#o;
    const answer = this.#inFlight.next();
    if (typeof answer === "number")
      return this.#spent(PORT_NANOSECONDS, size === 4 ? answer : answer & (size === 2 ? 0xffff : 0xff));
    if (
      answer === undefined &&
      (controls.interceptsPort(port, size) || (exitOnUnclaimed && bus.decodePort(port) === null))
    )
      return Number.NaN;
    const begun = statistics.begin();
    const value = bus.readPort(port, size);
    statistics.end(EXIT_IO, begun);
    return this.#spent(PORT_NANOSECONDS, value);
  }

  portWrite(port: number, size: PortSize, value: number): boolean {
    const { bus, controls, statistics, exitOnUnclaimed } = this.#o;
    const answer = this.#inFlight.next();
    if (typeof answer === "number") return this.#spent(PORT_NANOSECONDS, true);
    if (
      answer === undefined &&
      (controls.interceptsPort(port, size) || (exitOnUnclaimed && bus.decodePort(port) === null))
    )
      return false;
    const begun = statistics.begin();
    bus.writePort(port, size, value);
    statistics.end(EXIT_IO, begun);
    return this.#spent(PORT_NANOSECONDS, true);
  }

  readTsc(out: Int32Array): void {
    const now = this.#o.now();
    out[0] = now | 0;
    out[1] = Math.floor(now / 0x1_0000_0000);
  }

  tscMoved(): void {
    this.apic.tscMoved?.();
  }

  /** Machine time in ns at which the guest's time-stamp counter reads that: from how far it is away, since neither has to fit a number. */
  timeOfTsc(low: number, high: number): number {
    const { cpu } = this;
    const now = this.#o.now();
    const counterLow = (now % 0x1_0000_0000) + (cpu.get32(S.tscOffset) >>> 0);
    const counterHigh = Math.floor(now / 0x1_0000_0000) + cpu.getHi(S.tscOffset) + (counterLow > 0xffffffff ? 1 : 0);
    return now + (high - (counterHigh >>> 0)) * 0x1_0000_0000 + (low - (counterLow >>> 0));
  }

  writeTpr(value: number): void {
    this.apic.cr8 = value >> 4;
  }

  readTpr(): number {
    return this.apic.cr8 << 4;
  }

  apicBaseChanged(lo: number, hi: number): boolean {
    return this.apic.writeMsr(APIC_BASE_MSR, lo, hi);
  }

  readMsr(index: number, cpu: X86Cpu): boolean {
    const { apic } = this;
    if (!apic.readMsr(index)) return false;
    cpu.msrLo = apic.msrLow;
    cpu.msrHi = apic.msrHigh;
    return true;
  }

  writeMsr(index: number, cpu: X86Cpu): boolean {
    return this.apic.writeMsr(index, cpu.msrLo, cpu.msrHi);
  }

  intercept(exit: VmExit): boolean {
    if (this.bypass || this.#inFlight.bypasses) return false;
    const { controls } = this.#o;
    switch (exit.reason) {
      case "rdmsr":
      case "wrmsr":
        return controls.interceptsMsr(exit.index, exit.reason === "wrmsr");
      case "exception":
        return controls.interceptsException(exit.vector, exit.errorCode ?? -1);
      case "cr-access":
        if (exit.register === 3) return exit.direction === "read" ? controls.cr3Store : controls.cr3Load;
        if (exit.register === 8) return exit.direction === "read" ? controls.cr8Store : controls.cr8Load;
        return true;
      default:
        return true;
    }
  }

  /**
   * A load cannot end a run that the time it takes makes too long: then its instruction is executed alone. What has read a part already goes on,
   * since devices notice what is read twice; so the instruction is alone as well where it may touch a breakpoint afterwards.
   */
  #mustStep(): boolean {
    const { accessTime } = this.#o;
    if (this.cpu.watch !== WATCH_LEAVE) return false;
    if (this.cpu.breakpoints.data !== 0) return !this.cpu.leaveToStep();
    if (accessTime === undefined) return false;
    const at = this.#instructions();
    if (at === this.#reading) return false;
    if (!accessTime.canSpend(MOST_NANOSECONDS)) return !this.cpu.leaveToStep();
    this.#reading = at;
    return false;
  }

  #storeSpent(): number {
    this.#o.accessTime?.spend(MMIO_NANOSECONDS);
    return this.#hasEvent() ? STORE_LEAVE : STORE_DONE;
  }

  /** Accesses to guest-physical addresses without memory. */
  readonly devices: DeviceAccess = {
    read: (gpa, size) => {
      if (this.#mustStep()) return Number.NaN;
      const { bus, statistics, exitOnUnclaimed } = this.#o;
      const answer = this.#inFlight.next();
      if (typeof answer === "number") return this.#spent(MMIO_NANOSECONDS, answer);
      if (answer === undefined && exitOnUnclaimed && bus.decodeMmio(gpa) === null) {
        this.cpu.leaveWith({ reason: "mmio", direction: "read", gpa, size });
        return Number.NaN;
      }
      const begun = statistics.begin();
      const value = bus.readMmio(gpa, size);
      statistics.end(EXIT_MMIO, begun);
      return this.#spent(MMIO_NANOSECONDS, value);
    },
    write: (gpa, size: MmioSize, value) => {
      if (this.cpu.breakpoints.data !== 0 && this.#mustStep()) return STORE_FAILED;
      const { bus, statistics, exitOnUnclaimed } = this.#o;
      const answer = this.#inFlight.next();
      if (typeof answer === "number") return this.#storeSpent();
      if (answer === undefined && exitOnUnclaimed && bus.decodeMmio(gpa) === null) {
        this.cpu.leaveWith({ reason: "mmio", direction: "write", gpa, size, value });
        return STORE_FAILED;
      }
      const begun = statistics.begin();
      bus.writeMmio(gpa, size, value);
      statistics.end(EXIT_MMIO, begun);
      return this.#storeSpent();
    },
    fetch: (gpa) => {
      this.cpu.leaveWith({ reason: "second-stage-fault", gpa, access: "fetch" });
    },
  };
}
