import { byte, bytes, flag, int, time } from "../state.js";
import type { Shape } from "../state.js";
import { LSR_ERRORS, MSR_CTS, MSR_DSR, MSR_DCD, FIFO_LENGTH, POWER_ON_DIVISOR } from "./registers.js";

/** Everything that a 16550A remembers. */
export interface State {
  ier: number;
  lcr: number;
  mcr: number;
  fcr: number;
  scratch: number;
  divisor: number;
  /** Error bits of LSR that are latched until it is read. */
  errors: number;
  /** Levels of the modem's wires, as MSR bits 7-4. */
  inputs: number;
  /** MSR bits 3-0. */
  deltas: number;
  /** The transmitter has bytes that it has not passed on yet: LSR shows neither THRE nor TEMT. */
  sending: boolean;
  sentAt: number;
  /** THR became empty and neither IIR was read nor THR written since (8.5, "reset control"). */
  thrPending: boolean;
  received: Uint8Array;
  /** LSR error bits that belong to the byte at the same place of `received`. */
  receivedErrors: Uint8Array;
  receivedHead: number;
  receivedCount: number;
  /** When the oldest byte becomes overdue; -1 where nothing waits. */
  timeoutAt: number;
  /** When the receiver takes more bytes from the host's queue; -1 where it need not. */
  refillAt: number;
  /** Last level driven on the interrupt wire. */
  asserted: boolean;
}

/** What a snapshot of it may hold. */
export const SHAPE: Shape<State> = {
  ier: int(0, 0x0f),
  lcr: byte,
  mcr: int(0, 0x1f),
  fcr: byte,
  scratch: byte,
  divisor: int(0, 0xffff),
  errors: int(0, LSR_ERRORS),
  inputs: int(0, 0xf0),
  deltas: int(0, 0x0f),
  sending: flag,
  sentAt: time,
  thrPending: flag,
  received: bytes(FIFO_LENGTH),
  receivedErrors: bytes(FIFO_LENGTH),
  receivedHead: int(0, FIFO_LENGTH - 1),
  receivedCount: int(0, FIFO_LENGTH),
  timeoutAt: time,
  refillAt: time,
  asserted: flag,
};

/** The state after power-on (table III). */
export function powerOn(): State {
  return {
    ier: 0,
    lcr: 0,
    mcr: 0,
    fcr: 0,
    scratch: 0,
    divisor: POWER_ON_DIVISOR,
    errors: 0,
    inputs: MSR_CTS | MSR_DSR | MSR_DCD,
    deltas: 0,
    sending: false,
    sentAt: -1,
    thrPending: false,
    received: new Uint8Array(FIFO_LENGTH),
    receivedErrors: new Uint8Array(FIFO_LENGTH),
    receivedHead: 0,
    receivedCount: 0,
    timeoutAt: -1,
    refillAt: -1,
    asserted: false,
  };
}
