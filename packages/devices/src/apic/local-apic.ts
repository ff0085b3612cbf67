import type {
  Bus,
  BusMapping,
  Device,
  InterruptLine,
  MmioHandler,
  MmioSize,
  SnapshotValue,
} from "@isinglass/interface";
import { assignFields, loadFields, part, saveFields } from "../state.js";
import { ApicTimer, TIMER_SHAPE } from "./apic-timer.js";
import type { InterruptBus, InterruptReceiver } from "./interrupt-bus.js";
import { sendIpi } from "./ipi.js";
import type { ApicCpu, ExternalInterrupts, LocalApicOptions } from "./options.js";
import { LocalVectors } from "./local-vectors.js";
import { deliverable, isDestination, processorPriority, wideDestination } from "./priority.js";
import { isRegister, readRegister } from "./register-read.js";
import * as R from "./registers.js";
import { SHAPE, powerOn } from "./state.js";
import type { State } from "./state.js";
import { clearVector, hasVector, highestVector, setVector } from "./vectors.js";
import { isX2Readable, isX2Writable, mayWriteBase } from "./x2apic.js";

// Section numbers are those of the Intel SDM, volume 3A, chapter 11.

/** Version 0x14 (integrated), six LVT entries (11.4.8). */
const DEFAULT_VERSION = 0x0005_0014;
const DEFAULT_BUS_HZ = 1_000_000_000;
const NONE = -1;

/**
 * A local APIC: xAPIC registers in a page of memory, x2APIC registers through {@link readMsr} and {@link writeMsr}, with timer, local vector
 * table and interprocessor interrupts.
 *
 * The processor asks {@link hasInterrupt} when `onChange` told it to, and takes the vector with {@link acknowledge}. Both include the 8259A
 * pair behind LINT0.
 *
 * @example
 * const lapic = new LocalApic({ clock, bus: interrupts, cpu });
 * const pic = new Pic8259Pair({ intr: lapic.lint0 });
 * lapic.connectPic(pic);
 * lapic.mapOn(bus);
 * if (interruptsEnabled && lapic.hasInterrupt()) deliver(lapic.acknowledge());
 */
export class LocalApic implements Device, MmioHandler, InterruptReceiver {
  readonly component: string;
  readonly version = 1;
  /** The two local interrupt pins. LINT0 is the PIC's INTR, LINT1 NMI. */
  readonly lint0: InterruptLine;
  readonly lint1: InterruptLine;
  /** Upper half of the last {@link readMsr}. */
  msrHigh = 0;
  /** Lower half of the last {@link readMsr}. */
  msrLow = 0;
  readonly #options: LocalApicOptions;
  readonly #cpu: ApicCpu;
  readonly #bus: InterruptBus;
  readonly #versionRegister: number;
  readonly #state: State;
  readonly #timer: ApicTimer;
  readonly #vectors: LocalVectors;
  /** Highest vector that may be delivered now, or -1. */
  #pending = NONE;
  #external = false;
  #pic: ExternalInterrupts | null = null;
  #systemBus: Bus | null = null;
  #mapping: BusMapping | null = null;

  constructor(options: LocalApicOptions) {
    this.component = options.component ?? `lapic.${options.id ?? 0}`;
    this.#options = options;
    this.#cpu = options.cpu;
    this.#bus = options.bus;
    this.#versionRegister = options.version ?? DEFAULT_VERSION;
    this.#timer = new ApicTimer(
      options.clock,
      options.busHz ?? DEFAULT_BUS_HZ,
      options.timeOfTsc,
      () => this.#vectors.deliver(R.LVT_TIMER),
      () => hasVector(this.#state.irr, this.#state.lvt[R.LVT_TIMER]! & 0xff),
    );
    this.#state = this.#powerOn();
    this.#vectors = new LocalVectors(this.#state, {
      isEnabled: () => this.isEnabled,
      isGloballyEnabled: () => this.isGloballyEnabled,
      accept: (vector, level) => this.#accept(vector, level),
      receive: (mode, vector, level) => this.receive(mode, vector, level),
      nmi: () => this.#cpu.onNmi(),
    });
    this.#syncTimer();
    this.lint0 = { setLevel: (asserted: boolean): void => this.#setPin(R.LVT_LINT0, asserted) };
    this.lint1 = { setLevel: (asserted: boolean): void => this.#setPin(R.LVT_LINT1, asserted) };
    this.#bus.attach(this);
  }

  /** Maps the register page and moves it when the guest writes IA32_APIC_BASE. With several processors map one handler that asks who accesses. */
  mapOn(bus: Bus): BusMapping[] {
    this.#systemBus = bus;
    this.#remap();
    return [{ remove: (): void => this.#mapping?.remove() }];
  }

  /** Says who gives the vector while LINT0 is ExtINT: the 8259A pair whose INTR is {@link lint0}. */
  connectPic(pic: ExternalInterrupts): void {
    this.#pic = pic;
    this.#refresh();
  }

  get id(): number {
    return this.#state.id;
  }

  /** IA32_APIC_BASE bit 11: the APIC exists for the processor (CPUID.1:EDX[9] follows it). */
  get isGloballyEnabled(): boolean {
    return (this.#state.base & R.BASE_ENABLE) !== 0;
  }

  /** The software enable of SVR. */
  get isEnabled(): boolean {
    return this.isGloballyEnabled && (this.#state.svr & R.SVR_ENABLE) !== 0;
  }

  get isX2Apic(): boolean {
    return (this.#state.base & R.BASE_X2APIC) !== 0;
  }

  /** CR8: the upper half of TPR (11.8.6). */
  get cr8(): number {
    return this.#state.tpr >> 4;
  }

  set cr8(value: number) {
    this.#state.tpr = (value & 0x0f) << 4;
    this.#refresh();
  }

  /** Something waits for a processor that takes interrupts: from this APIC, or from the 8259A pair through LINT0. */
  hasInterrupt(): boolean {
    return this.#pending !== NONE || this.#external;
  }

  /** Takes the interrupt of highest priority into service and returns its vector; the spurious vector where none is left (11.9). */
  acknowledge(): number {
    if (this.#external && this.#pic !== null) return this.#pic.acknowledge();
    const state = this.#state;
    const vector = this.#pending;
    if (vector === NONE) return state.svr & 0xff;
    clearVector(state.irr, vector);
    setVector(state.isr, vector);
    this.#refresh();
    if (vector === (state.lvt[R.LVT_TIMER]! & 0xff)) this.#timer.arm();
    return vector;
  }

  get arbitrationPriority(): number {
    return processorPriority(this.#state);
  }

  matches(destination: number, logical: boolean): boolean {
    if (!this.isGloballyEnabled) return false;
    return isDestination(this.#state, this.isX2Apic, destination, logical);
  }

  receive(mode: number, vector: number, level: boolean): void {
    switch (mode) {
      case R.DELIVER_FIXED:
      case R.DELIVER_LOWEST_PRIORITY:
        this.#accept(vector, level);
        break;
      case R.DELIVER_SMI:
        this.#cpu.onSmi?.();
        break;
      case R.DELIVER_NMI:
        this.#cpu.onNmi();
        break;
      case R.DELIVER_INIT:
        this.#cpu.onInit?.();
        break;
      case R.DELIVER_STARTUP:
        this.#cpu.onStartup?.(vector);
        break;
    }
  }

  readMmio(offset: number, size: MmioSize): number {
    // Registers are 32 bits on 16-byte boundaries; what lies between reads zero (11.4.1).
    if ((offset & 0x0f) > 3 || offset >= 0x400 || this.isX2Apic) return 0;
    const value = this.#read(offset & 0xff0);
    return size === 4 ? value : (value >>> (8 * (offset & 3))) & (size === 1 ? 0xff : 0xffff);
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    if (size !== 4 || (offset & 0x0f) !== 0 || offset >= 0x400 || this.isX2Apic) return;
    this.#write(offset, value >>> 0);
  }

  /**
   * RDMSR of IA32_APIC_BASE (0x1b), IA32_TSC_DEADLINE (0x6e0) or an x2APIC register (0x800-0x8ff); the value is then in `msrLow` and `msrHigh`.
   *
   * @returns false where the processor must fault (#GP)
   */
  readMsr(index: number): boolean {
    const state = this.#state;
    this.msrHigh = 0;
    if (index === R.MSR_APIC_BASE) {
      this.msrLow = state.base;
      this.msrHigh = state.baseHigh;
      return true;
    }
    if (index === R.MSR_TSC_DEADLINE) {
      this.msrLow = this.#timer.state.deadlineLow;
      this.msrHigh = this.#timer.state.deadlineHigh;
      return true;
    }
    const offset = (index - R.MSR_X2APIC) * 16;
    if (!this.isX2Apic || !isX2Readable(offset)) return false;
    if (offset === R.REG_ICR_LOW) this.msrHigh = state.icrHigh;
    this.msrLow = this.#read(offset);
    return true;
  }

  /** WRMSR of the same registers; false where the processor must fault (#GP). */
  writeMsr(index: number, low: number, high: number): boolean {
    if (index === R.MSR_APIC_BASE) return this.#writeBase(low >>> 0, high >>> 0);
    if (index === R.MSR_TSC_DEADLINE) {
      this.#timer.setDeadline(low >>> 0, high >>> 0);
      return true;
    }
    const offset = (index - R.MSR_X2APIC) * 16;
    if (!this.isX2Apic || !isX2Writable(offset, low, high)) return false;
    if (offset === R.REG_ICR_LOW) this.#state.icrHigh = high >>> 0;
    if (offset === R.REG_SELF_IPI) this.#accept(low & 0xff, false);
    else this.#write(offset, low >>> 0);
    return true;
  }

  /** What `timeOfTsc` answers has changed. */
  tscMoved(): void {
    this.#timer.arm();
  }

  /** The state after INIT (11.4.7.3): as after reset, but IA32_APIC_BASE and the ID stay. */
  init(): void {
    const { base, baseHigh, id, lint0, lint1 } = this.#state;
    assignFields(this.#state, { ...this.#powerOn(), base, baseHigh, id, lint0, lint1 });
    this.#timer.reset();
    this.#syncTimer();
    this.#refresh();
  }

  reset(): void {
    const { lint0, lint1 } = this.#state;
    assignFields(this.#state, { ...this.#powerOn(), lint0, lint1 });
    this.#timer.reset();
    this.#syncTimer();
    this.#remap();
    this.#refresh();
  }

  save(): SnapshotValue {
    return { registers: saveFields(this.#state), timer: saveFields(this.#timer.state) };
  }

  load(state: SnapshotValue, version: number): void {
    const registers = loadFields(this, SHAPE, part(this.component, state, "registers"), version);
    const timer = loadFields(this, TIMER_SHAPE, part(this.component, state, "timer"), version);
    assignFields(this.#state, registers);
    assignFields(this.#timer.state, timer);
    this.#timer.arm();
    this.#remap();
    this.#refresh();
  }

  #powerOn(): State {
    const { id = 0, bootProcessor = id === 0 } = this.#options;
    return powerOn(id, bootProcessor);
  }

  #read(offset: number): number {
    // Of the MSRs, those that are reserved fault.
    if (!this.isX2Apic && !isRegister(offset)) this.#error(R.ESR_ILLEGAL_REGISTER);
    return readRegister(this.#state, this.#timer, this.isX2Apic, this.#versionRegister, offset);
  }

  #write(offset: number, value: number): void {
    const state = this.#state;
    switch (offset) {
      case R.REG_ID:
        state.id = value >>> 24;
        break;
      case R.REG_TPR:
        state.tpr = value & 0xff;
        break;
      case R.REG_EOI:
        this.#endOfInterrupt();
        break;
      case R.REG_LDR:
        state.ldr = (value & 0xff00_0000) >>> 0;
        break;
      case R.REG_DFR:
        state.dfr = (value | 0x0fff_ffff) >>> 0;
        break;
      case R.REG_SVR:
        this.#writeSvr(value);
        break;
      case R.REG_ESR:
        // A write shows what has happened since the one before (11.5.3).
        state.esr = state.errors;
        state.errors = 0;
        break;
      case R.REG_ICR_LOW:
        // Delivery status (bit 12) is always "idle": messages take no time.
        state.icrLow = value & 0xc_cfff;
        this.#sendIpi();
        break;
      case R.REG_ICR_HIGH:
        state.icrHigh = (value & 0xff00_0000) >>> 0;
        break;
      case R.REG_INITIAL_COUNT:
        this.#timer.setInitial(value);
        break;
      case R.REG_DIVIDE:
        this.#timer.setDivide(value);
        break;
      default:
        if (offset >= R.REG_LVT_TIMER && offset <= R.REG_LVT_ERROR)
          this.#writeLvt((offset - R.REG_LVT_TIMER) >> 4, value);
        else if (!isRegister(offset)) this.#error(R.ESR_ILLEGAL_REGISTER);
    }
    this.#refresh();
  }

  #writeBase(low: number, high: number): boolean {
    const state = this.#state;
    if (!mayWriteBase(state.base, low, high, this.#options.x2apic !== false)) return false;
    const wasEnabled = this.isGloballyEnabled;
    // What was written over the ID in xAPIC mode goes (11.12.5.1).
    if (!this.isX2Apic && (low & R.BASE_X2APIC) !== 0) state.id = this.#options.id ?? 0;
    state.base = low;
    state.baseHigh = high;
    if (wasEnabled && !this.isGloballyEnabled) this.init();
    this.#remap();
    this.#refresh();
    return true;
  }

  #writeSvr(value: number): void {
    const state = this.#state;
    const wasEnabled = this.isEnabled;
    const suppress = (this.#versionRegister & R.VERSION_SUPPRESS_EOI) === 0 ? 0 : R.SVR_SUPPRESS_EOI;
    state.svr = value & (0xff | R.SVR_ENABLE | suppress);
    if ((value & R.SVR_ENABLE) !== 0) {
      if (!wasEnabled) this.#bus.broadcastEnabled();
      return;
    }
    this.#vectors.maskAll();
    this.#syncTimer();
  }

  #writeLvt(index: number, value: number): void {
    this.#vectors.write(index, value);
    if (index === R.LVT_TIMER) this.#syncTimer();
  }

  #syncTimer(): void {
    const lvt = this.#state.lvt[R.LVT_TIMER]!;
    this.#timer.configure((lvt >> R.LVT_TIMER_MODE_SHIFT) & 3, (lvt & R.LVT_MASKED) !== 0);
  }

  #setPin(index: number, asserted: boolean): void {
    if (this.#vectors.setPin(index, asserted)) this.#refresh();
  }

  #accept(vector: number, level: boolean): void {
    const state = this.#state;
    if (!this.isEnabled) return;
    if (vector < 16) {
      this.#error(R.ESR_RECEIVE_ILLEGAL_VECTOR);
      return;
    }
    setVector(state.irr, vector);
    if (level) setVector(state.tmr, vector);
    else clearVector(state.tmr, vector);
    this.#refresh();
  }

  #endOfInterrupt(): void {
    const state = this.#state;
    const vector = highestVector(state.isr);
    if (vector === NONE) return;
    clearVector(state.isr, vector);
    if (!hasVector(state.tmr, vector)) return;
    this.#vectors.ended(vector);
    if ((state.svr & R.SVR_SUPPRESS_EOI) === 0) this.#bus.broadcastEoi(vector);
  }

  #sendIpi(): void {
    const { icrLow, icrHigh } = this.#state;
    const destination = this.isX2Apic ? icrHigh : wideDestination(icrHigh >>> 24);
    if (!sendIpi(this.#bus, this, icrLow, destination)) this.#error(R.ESR_SEND_ILLEGAL_VECTOR);
  }

  #error(bit: number): void {
    const state = this.#state;
    const isNew = (state.errors & bit) === 0;
    state.errors |= bit;
    const lvt = state.lvt[R.LVT_ERROR]!;
    // A vector below 16 in the error entry itself would only say the same again.
    if (isNew && (lvt & 0xff) >= 16) this.#vectors.deliver(R.LVT_ERROR);
  }

  /** Finds out anew what the processor should see, and tells it if that has changed. */
  #refresh(): void {
    const state = this.#state;
    const pending = this.isEnabled ? deliverable(state) : NONE;
    const lvt = state.lvt[R.LVT_LINT0]!;
    const wired = !this.isGloballyEnabled || ((lvt & R.LVT_MASKED) === 0 && ((lvt >> 8) & 7) === R.DELIVER_EXTINT);
    const external = state.lint0 && wired && this.#pic !== null;
    if (pending === this.#pending && external === this.#external) return;
    this.#pending = pending;
    this.#external = external;
    this.#cpu.onChange();
  }

  #remap(): void {
    this.#mapping?.remove();
    this.#mapping = null;
    if (this.#systemBus === null || !this.isGloballyEnabled || this.isX2Apic) return;
    const gpa = this.#state.baseHigh * 0x1_0000_0000 + ((this.#state.base & R.BASE_ADDRESS) >>> 0);
    try {
      this.#mapping = this.#systemBus.mapMmio(gpa, 4096, this, this.component);
    } catch {
      // The guest moved the page onto another device, which keeps its addresses.
    }
  }
}
