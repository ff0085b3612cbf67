import { int, flag, time } from "../state.js";
import type { Shape } from "../state.js";

// One counter of an 8254, as Intel's datasheet (231164) describes it. A tick is one CLK pulse of 1193182 Hz; the counting element is
// never decremented: it is computed from the tick at which it was loaded.

/** Bits 5-4 of a control word: which bytes of the count are read and written. */
export const RW_LOW = 1;
export const RW_HIGH = 2;
const RW_BOTH = 3;

export interface CounterState {
  mode: number;
  rw: number;
  bcd: boolean;
  gate: boolean;
  /** The low byte of a count of which the high byte is to come; -1 where none waits. */
  writeLow: number;
  /** The next read of a two-byte counter gives the high byte. */
  readHigh: boolean;
  /** Count latch, as read from the port; -1 where it is not latched. */
  latch: number;
  /** Status latch; -1 where it is not latched. */
  statusLatch: number;
  /** The count register: what will be loaded, 1 to 65536 (10000 in BCD); 0 where everything was loaded. */
  next: number;
  /** The tick at which `next` (or the count again, on a trigger) is loaded; -1 where that waits for a trigger or nothing is due. */
  loadTick: number;
  /** Mode 3: the load begins the low half of the square wave. */
  loadLow: boolean;
  /** The count that was loaded; 0 where none was since the control word. */
  count: number;
  /** The tick at which the counting element held `count`. */
  start: number;
  /** Ticks counted when the gate closed; -1 while counting. */
  frozen: number;
}

export const COUNTER_SHAPE: Shape<CounterState> = {
  mode: int(0, 5),
  rw: int(1, 3),
  bcd: flag,
  gate: flag,
  writeLow: int(-1, 0xff),
  readHigh: flag,
  latch: int(-1, 0xffff),
  statusLatch: int(-1, 0xff),
  next: int(0, 65536),
  loadTick: time,
  loadLow: flag,
  count: int(0, 65536),
  start: int(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  frozen: time,
};

/** The 8254 does not define its state at power-on; this one counts nothing until it is programmed. */
export function newCounter(gate: boolean): CounterState {
  return {
    mode: 3,
    rw: RW_BOTH,
    bcd: false,
    gate,
    writeLow: -1,
    readHigh: false,
    latch: -1,
    statusLatch: -1,
    next: 0,
    loadTick: -1,
    loadLow: false,
    count: 0,
    start: 0,
    frozen: -1,
  };
}

/** Does the load that became due by `tick`. Called before anything looks at a counter. */
export function advance(c: CounterState, tick: number): void {
  if (c.loadTick < 0 || tick < c.loadTick) return;
  if (c.next !== 0) c.count = c.next;
  c.next = 0;
  c.start = c.loadTick;
  if (c.loadLow) c.start -= highTicks(c.count);
  c.loadLow = false;
  c.loadTick = -1;
  // In modes 1 and 5 the gate is a trigger, in the others a closed gate stops the count.
  c.frozen = !c.gate && c.mode !== 1 && c.mode !== 5 ? 0 : -1;
}

/** Programs mode and access (control word, "Control Word Format"): OUT takes its initial level, nothing counts until a count comes. */
export function program(c: CounterState, rw: number, mode: number, bcd: boolean): void {
  c.rw = rw;
  // Modes 6 and 7 are 2 and 3: bit 2 does not count there.
  c.mode = mode > 5 ? mode - 4 : mode;
  c.bcd = bcd;
  c.writeLow = -1;
  c.readHigh = false;
  c.latch = -1;
  c.statusLatch = -1;
  c.next = 0;
  c.loadTick = -1;
  c.loadLow = false;
  c.count = 0;
  c.frozen = -1;
}

/** A byte written to the counter's port. */
export function writeByte(c: CounterState, value: number, tick: number): void {
  if (c.rw === RW_LOW) writeCount(c, value, tick);
  else if (c.rw === RW_HIGH) writeCount(c, value << 8, tick);
  else if (c.writeLow < 0) {
    c.writeLow = value;
    // Mode 0: the first byte stops the count and OUT goes low at once.
    if (c.mode === 0) {
      c.count = 0;
      c.loadTick = -1;
    }
  } else {
    const low = c.writeLow;
    c.writeLow = -1;
    writeCount(c, low | (value << 8), tick);
  }
}

function writeCount(c: CounterState, written: number, tick: number): void {
  const modulus = c.bcd ? 10000 : 65536;
  const decoded = c.bcd ? fromBcd(written) % modulus : written;
  c.next = decoded === 0 ? modulus : decoded;
  switch (c.mode) {
    case 0:
      c.count = 0;
      c.loadTick = tick + 1;
      break;
    case 4:
      c.loadTick = tick + 1;
      break;
    case 2:
    case 3:
      if (c.count === 0) c.loadTick = tick + 1;
      else if (c.frozen < 0 && c.loadTick < 0) {
        // "The current counting sequence is not affected": the new count comes with the next reload.
        c.loadLow = c.mode === 3 && output(c, tick);
        c.loadTick = nextReload(c, tick);
      }
      break;
  }
}

/** The gate's wire changes. Rising is a trigger in modes 1, 2, 3 and 5 ("Gate Pin Operations Summary"). */
export function setGate(c: CounterState, gate: boolean, tick: number): void {
  if (gate === c.gate) return;
  c.gate = gate;
  const triggered = c.mode !== 0 && c.mode !== 4;
  if (gate) {
    if (triggered) {
      if (c.count !== 0 || c.next !== 0) c.loadTick = tick + 1;
      c.loadLow = false;
    } else if (c.frozen >= 0) {
      c.start = tick - c.frozen;
      c.frozen = -1;
    }
  } else if (c.mode !== 1 && c.mode !== 5 && c.count !== 0) {
    c.frozen = elapsed(c, tick);
    // A reload at the end of a cycle that no longer runs waits for the trigger instead.
    if (triggered) {
      c.loadTick = -1;
      c.loadLow = false;
    }
  }
}

/** The level of OUT. */
export function output(c: CounterState, tick: number): boolean {
  const n = c.count;
  if (n === 0) return c.mode !== 0;
  const e = elapsed(c, tick);
  switch (c.mode) {
    case 0:
    case 1:
      return e >= n;
    case 2:
      // A count of 1 is illegal in mode 2; OUT then stays high.
      return !c.gate || n === 1 || e % n !== n - 1;
    case 3:
      return !c.gate || e % n < highTicks(n);
    default:
      return e !== n;
  }
}

/** The next tick after `tick` at which OUT changes if nothing is loaded before; -1 where it does not. */
export function nextEdge(c: CounterState, tick: number): number {
  const n = c.count;
  if (n === 0 || c.frozen >= 0) return -1;
  const e = elapsed(c, tick);
  switch (c.mode) {
    case 0:
    case 1:
      return e < n ? c.start + n : -1;
    case 2: {
      if (n === 1) return -1;
      const phase = e % n;
      return phase < n - 1 ? tick + n - 1 - phase : tick + 1;
    }
    case 3: {
      if (n === 1) return -1;
      const phase = e % n;
      const high = highTicks(n);
      return phase < high ? tick + high - phase : tick + n - phase;
    }
    default:
      return e < n ? c.start + n : e === n ? tick + 1 : -1;
  }
}

/** A byte read from the counter's port: latched status, latched count or the count itself ("Read Operations"). */
export function readByte(c: CounterState, tick: number): number {
  if (c.statusLatch >= 0) {
    const status = c.statusLatch;
    c.statusLatch = -1;
    return status;
  }
  const value = c.latch >= 0 ? c.latch : countingElement(c, tick);
  if (c.rw === RW_BOTH && !c.readHigh) {
    c.readHigh = true;
    return value & 0xff;
  }
  c.readHigh = false;
  c.latch = -1;
  return c.rw === RW_LOW ? value & 0xff : value >> 8;
}

/** Counter latch command; a second one before the count is read is ignored. */
export function latchCount(c: CounterState, tick: number): void {
  if (c.latch < 0) c.latch = countingElement(c, tick);
}

/** Status byte ("Status Byte"): OUT, null count, then the low six bits of the control word. */
export function latchStatus(c: CounterState, tick: number): void {
  if (c.statusLatch >= 0) return;
  const nullCount = c.next !== 0 || c.count === 0;
  c.statusLatch = (output(c, tick) ? 0x80 : 0) | (nullCount ? 0x40 : 0) | (c.rw << 4) | (c.mode << 1) | (c.bcd ? 1 : 0);
}

/**
 * What the counting element holds, as its sixteen bits are read. Between the first count after a control word and the CLK pulse that loads it the datasheet
 * leaves that open; here it is the count to come, as on QEMU. Linux' quick_pit_calibrate reads that early where a port access takes less than a pulse.
 */
function countingElement(c: CounterState, tick: number): number {
  const loaded = c.count !== 0;
  const n = loaded ? c.count : c.next;
  if (n === 0) return 0;
  const e = loaded ? elapsed(c, tick) : 0;
  const modulus = c.bcd ? 10000 : 65536;
  let value: number;
  if (c.mode === 2) value = n - (e % n);
  else if (c.mode === 3) {
    // Counts by two in each half; an odd count begins one lower, and its high half is one tick longer.
    const phase = e % n;
    const high = highTicks(n);
    value = n - (n & 1) - 2 * (phase < high ? phase : phase - high);
  } else {
    // Modes 0, 1, 4 and 5 go on from zero to the highest count.
    value = (n - e) % modulus;
    if (value < 0) value += modulus;
  }
  value %= modulus;
  return c.bcd ? toBcd(value) : value;
}

function elapsed(c: CounterState, tick: number): number {
  return c.frozen >= 0 ? c.frozen : tick - c.start;
}

function highTicks(n: number): number {
  return (n + (n & 1)) / 2;
}

/** The tick of the next reload: the end of the cycle in mode 2, of the half cycle in mode 3. */
function nextReload(c: CounterState, tick: number): number {
  const phase = elapsed(c, tick) % c.count;
  if (c.mode === 3) {
    const high = highTicks(c.count);
    if (phase < high) return tick + high - phase;
  }
  return tick + c.count - phase;
}

function fromBcd(value: number): number {
  return (value & 15) + 10 * ((value >> 4) & 15) + 100 * ((value >> 8) & 15) + 1000 * (value >> 12);
}

function toBcd(value: number): number {
  const d = value % 10;
  const c = Math.floor(value / 10) % 10;
  const b = Math.floor(value / 100) % 10;
  return d | (c << 4) | (b << 8) | (Math.floor(value / 1000) << 12);
}
