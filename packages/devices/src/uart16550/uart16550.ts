import type {
  Bus,
  BusMapping,
  Clock,
  Device,
  InterruptLine,
  PortHandler,
  PortSize,
  SnapshotValue,
  Timer,
} from "@isinglass/interface";
import { assignFields, loadFields, saveFields } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";
import {
  IER_RECEIVED,
  IER_THR_EMPTY,
  IER_LINE_STATUS,
  IER_MODEM_STATUS,
  IIR_LINE_STATUS,
  IIR_RECEIVED,
  IIR_TIMEOUT,
  IIR_THR_EMPTY,
  IIR_MODEM_STATUS,
  IIR_NONE,
  IIR_FIFOS_ON,
  FCR_ENABLE,
  FCR_CLEAR_RECEIVER,
  FCR_CLEAR_TRANSMITTER,
  TRIGGER_LEVELS,
  LCR_DLAB,
  MCR_DTR,
  MCR_RTS,
  MCR_OUT1,
  MCR_OUT2,
  MCR_LOOP,
  LSR_BREAK,
  LSR_THR_EMPTY,
  LSR_TRANSMITTER_EMPTY,
  MSR_CTS,
  MSR_DSR,
  MSR_RI,
  MSR_DCD,
  FIFO_LENGTH,
} from "./registers.js";
import { type QueueState, Receiver } from "./receiver.js";
import { SHAPE, powerOn } from "./state.js";
import type { State } from "./state.js";

export interface Uart16550Options {
  readonly clock: Clock;
  /** INTRPT, gated by MCR's OUT2 as on a PC's board. */
  readonly line: InterruptLine;
  /** Called with each byte as the guest writes it. Must not call back into the device. */
  readonly onTransmit?: (byte: number) => void;
  /** First of the eight ports; 0x3f8 (COM1) by default. */
  readonly base?: number;
  /**
   * Nanoseconds that one byte takes in either direction, whatever the divisor says; 100 by default. It keeps THRE low for a moment after a
   * write, so that a driver's interrupt handler ends before the next interrupt. 0: no time at all. At 115,200 baud it would be 86,806.
   */
  readonly byteTime?: number;
  /** Bytes that {@link Uart16550.receive} holds for the guest beyond the FIFO; 4,096 by default. */
  readonly queueLength?: number;
  readonly component?: string;
}

/**
 * The serial port of a PC: a PC16550D with 16-byte FIFOs. Bytes leave at once through `onTransmit`; the transmitter is busy for `byteTime`
 * each. Bytes for the guest wait in a bounded queue, so that the receiver overruns only in loopback.
 *
 * @example
 * const uart = new Uart16550({ clock, line: pic.line(4), onTransmit: (byte) => out.push(byte) });
 * uart.mapOn(bus);
 * uart.receive(new TextEncoder().encode("ls\n"));
 */
export class Uart16550 implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly base: number;
  readonly #clock: Clock;
  readonly #line: InterruptLine;
  readonly #onTransmit: ((byte: number) => void) | undefined;
  readonly #byteTime: number;
  readonly #state: State = powerOn();
  readonly #receiver: Receiver;
  #timer: Timer | null = null;
  #timerAt = -1;
  readonly #onTimer = (): void => {
    this.#timer = null;
    this.#settle();
    this.#update();
  };

  constructor(options: Uart16550Options) {
    this.component = options.component ?? "uart16550.0";
    this.base = options.base ?? 0x3f8;
    this.#clock = options.clock;
    this.#line = options.line;
    this.#onTransmit = options.onTransmit;
    this.#byteTime = options.byteTime ?? 100;
    this.#receiver = new Receiver(this.#state, options.clock, this.#byteTime, options.queueLength ?? 4096);
  }

  /** Claims the eight ports. */
  mapOn(bus: Bus): BusMapping[] {
    return [bus.mapPorts(this.base, 8, this, this.component)];
  }

  readPort(port: number, size: PortSize): number {
    return size === 1 ? this.read(port - this.base) : readAsBytes(this, port, size);
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size === 1) this.write(port - this.base, value);
    else writeAsBytes(this, port, size, value);
  }

  /** Offers input from the host; returns how many bytes were taken. Offer the rest later: the queue is bounded. */
  receive(input: Uint8Array): number {
    const taken = this.#receiver.offer(input);
    this.#settle();
    // Where a refill is due already, the receiver is in the pause between two bytes.
    if (this.#state.refillAt < 0) this.#receiver.refill();
    this.#update();
    return taken;
  }

  /** Bytes that {@link receive} would take now. */
  get room(): number {
    return this.#receiver.room;
  }

  /** Bytes in the receiver that the guest has not read. */
  get waiting(): number {
    return this.#state.receivedCount;
  }

  /** The other end sends a break: a zero byte with LSR's break bit. Linux takes it for SysRq. */
  receiveBreak(): void {
    this.#settle();
    this.#receiver.push(0, LSR_BREAK);
    this.#update();
  }

  /** Sets the modem's wires: MSR bits 7-4 (DCD, RI, DSR, CTS); DCD, DSR and CTS are up at reset. */
  setModemInputs(bits: number): void {
    const before = this.#modemLevels();
    this.#state.inputs = bits & 0xf0;
    this.#noteModemChange(before);
    this.#update();
  }

  reset(): void {
    this.#receiver.clearQueue();
    const asserted = this.#state.asserted;
    assignFields(this.#state, powerOn());
    this.#state.asserted = asserted;
    this.#update();
  }

  save(): SnapshotValue {
    return { ...saveFields(this.#state), ...this.#receiver.saveQueue() };
  }

  load(state: SnapshotValue, version: number): void {
    const shape = { ...SHAPE, ...this.#receiver.queueShape };
    const loaded = loadFields<State & QueueState>(this, shape, state, version);
    assignFields(this.#state, loaded);
    this.#receiver.loadQueue(loaded);
    this.#arm();
  }

  /** Reads the register at `offset` 0-7 (8.0, table II). */
  read(offset: number): number {
    const state = this.#state;
    const latch = (state.lcr & LCR_DLAB) !== 0;
    switch (offset) {
      case 0:
        return latch ? state.divisor & 0xff : this.#readReceiver();
      case 1:
        return latch ? state.divisor >> 8 : state.ier;
      case 2:
        return this.#readIir();
      case 3:
        return state.lcr;
      case 4:
        return state.mcr;
      case 5:
        return this.#readLsr();
      case 6:
        return this.#readMsr();
      case 7:
        return state.scratch;
      default:
        return 0xff;
    }
  }

  /** Writes the register at `offset` 0-7. LSR and MSR ignore writes: the datasheet reserves them for factory tests. */
  write(offset: number, value: number): void {
    const state = this.#state;
    const latch = (state.lcr & LCR_DLAB) !== 0;
    switch (offset) {
      case 0:
        if (latch) state.divisor = (state.divisor & 0xff00) | value;
        else this.#transmit(value);
        break;
      case 1:
        if (latch) state.divisor = (state.divisor & 0x00ff) | (value << 8);
        else this.#writeIer(value);
        break;
      case 2:
        this.#writeFcr(value);
        break;
      case 3:
        state.lcr = value;
        break;
      case 4:
        this.#writeMcr(value);
        break;
      case 7:
        state.scratch = value;
        break;
    }
  }

  #readReceiver(): number {
    this.#settle();
    if (this.#state.receivedCount === 0) return 0;
    const value = this.#receiver.take();
    this.#update();
    return value;
  }

  #readIir(): number {
    this.#settle();
    const source = this.#source();
    if (source === IIR_THR_EMPTY) {
      this.#state.thrPending = false;
      this.#update();
    }
    return source | ((this.#state.fcr & FCR_ENABLE) !== 0 ? IIR_FIFOS_ON : 0);
  }

  #readLsr(): number {
    const state = this.#state;
    this.#settle();
    let lsr = state.errors | this.#receiver.lineStatus();
    if (!state.sending) lsr |= LSR_THR_EMPTY | LSR_TRANSMITTER_EMPTY;
    state.errors = 0;
    this.#update();
    return lsr;
  }

  #readMsr(): number {
    const value = this.#modemLevels() | this.#state.deltas;
    this.#state.deltas = 0;
    this.#update();
    return value;
  }

  #transmit(value: number): void {
    const state = this.#state;
    this.#settle();
    state.thrPending = false;
    if (this.#byteTime === 0) {
      state.thrPending = true;
    } else {
      const now = this.#clock.now();
      // A guest that never looks at LSR cannot push the end of the transmission further away than a full FIFO takes.
      state.sentAt = Math.min(
        (state.sending ? state.sentAt : now) + this.#byteTime,
        now + FIFO_LENGTH * this.#byteTime,
      );
      state.sending = true;
    }
    if ((state.mcr & MCR_LOOP) !== 0) this.#receiver.push(value, 0);
    else this.#onTransmit?.(value);
    this.#update();
  }

  #writeIer(value: number): void {
    const state = this.#state;
    this.#settle();
    const rising = value & ~state.ier;
    state.ier = value & 0x0f;
    // Enabling the interrupt while THR is empty raises it; Linux probes for chips that do not (8250_port.c, UART_BUG_THRE).
    if ((rising & IER_THR_EMPTY) !== 0 && !state.sending) state.thrPending = true;
    this.#update();
  }

  #writeFcr(value: number): void {
    const state = this.#state;
    this.#settle();
    const toggled = ((value ^ state.fcr) & FCR_ENABLE) !== 0;
    const on = (value & FCR_ENABLE) !== 0;
    // Changing bit 0 clears both FIFOs; the other bits count only where bit 0 is written as 1 (8.4).
    if (toggled || (on && (value & FCR_CLEAR_RECEIVER) !== 0)) this.#receiver.clear();
    // Clearing the transmitter's FIFO makes THR empty anew, also where it was empty: QEMU's and most drivers' reading of 8.4.
    if (toggled || (on && (value & FCR_CLEAR_TRANSMITTER) !== 0)) {
      state.sending = false;
      state.thrPending = true;
    }
    state.fcr = on ? value & 0xc9 : 0;
    this.#receiver.refillSoon();
    this.#update();
  }

  #writeMcr(value: number): void {
    const state = this.#state;
    this.#settle();
    const before = this.#modemLevels();
    state.mcr = value & 0x1f;
    this.#noteModemChange(before);
    this.#receiver.refillSoon();
    this.#update();
  }

  /** MSR bits 7-4: the wires, or in loopback the four outputs of MCR (8.7). */
  #modemLevels(): number {
    const { mcr, inputs } = this.#state;
    if ((mcr & MCR_LOOP) === 0) return inputs;
    return (
      ((mcr & MCR_RTS) !== 0 ? MSR_CTS : 0) |
      ((mcr & MCR_DTR) !== 0 ? MSR_DSR : 0) |
      ((mcr & MCR_OUT1) !== 0 ? MSR_RI : 0) |
      ((mcr & MCR_OUT2) !== 0 ? MSR_DCD : 0)
    );
  }

  #noteModemChange(before: number): void {
    const after = this.#modemLevels();
    let changed = before ^ after;
    // For RI only the trailing edge counts (8.8, TERI).
    if ((after & MSR_RI) !== 0) changed &= ~MSR_RI;
    this.#state.deltas |= changed >> 4;
  }

  /** Brings the state up to the clock; every access starts with it, so that it does not matter when the timer fires. */
  #settle(): void {
    const state = this.#state;
    if (!state.sending && state.refillAt < 0) return;
    const now = this.#clock.now();
    if (state.sending && now >= state.sentAt) {
      state.sending = false;
      state.thrPending = true;
    }
    if (state.refillAt >= 0 && now >= state.refillAt) this.#receiver.refill();
  }

  /** The pending interrupt of highest priority, as IIR bits 3-0. */
  #source(): number {
    const { ier, errors, receivedCount, fcr, timeoutAt, thrPending, deltas } = this.#state;
    if ((ier & IER_LINE_STATUS) !== 0 && errors !== 0) return IIR_LINE_STATUS;
    if ((ier & IER_RECEIVED) !== 0 && receivedCount > 0) {
      if ((fcr & FCR_ENABLE) === 0 || receivedCount >= TRIGGER_LEVELS[(fcr >> 6) as 0 | 1 | 2 | 3]) return IIR_RECEIVED;
      if (timeoutAt >= 0 && this.#clock.now() >= timeoutAt) return IIR_TIMEOUT;
    }
    if ((ier & IER_THR_EMPTY) !== 0 && thrPending) return IIR_THR_EMPTY;
    if ((ier & IER_MODEM_STATUS) !== 0 && deltas !== 0) return IIR_MODEM_STATUS;
    return IIR_NONE;
  }

  #update(): void {
    const state = this.#state;
    // In loopback the pin of OUT2 is inactive (8.7), which opens the interrupt gate.
    const gated = (state.mcr & (MCR_OUT2 | MCR_LOOP)) === MCR_OUT2;
    const asserted = gated && this.#source() !== IIR_NONE;
    if (asserted !== state.asserted) {
      state.asserted = asserted;
      this.#line.setLevel(asserted);
    }
    this.#arm();
  }

  /** Arms the timer for the next moment that the guest could notice without an access of its own. */
  #arm(): void {
    const { ier, sending, sentAt, receivedCount, fcr, timeoutAt, refillAt } = this.#state;
    let at = refillAt;
    if (sending && (ier & IER_THR_EMPTY) !== 0 && (at < 0 || sentAt < at)) at = sentAt;
    if ((ier & IER_RECEIVED) !== 0 && receivedCount > 0 && (fcr & FCR_ENABLE) !== 0 && (at < 0 || timeoutAt < at)) {
      if (this.#clock.now() < timeoutAt) at = timeoutAt;
    }
    if (this.#timer !== null) {
      // An early timer costs one callback, which arms again; re-arming for each byte of a burst would cost more.
      if (at >= 0 && this.#timerAt <= at) return;
      this.#timer.cancel();
      this.#timer = null;
    }
    if (at < 0) return;
    this.#timerAt = at;
    this.#timer = this.#clock.schedule(at, this.#onTimer);
  }
}
