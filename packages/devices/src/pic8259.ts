import type {
  Bus,
  BusMapping,
  Device,
  InterruptLine,
  PortHandler,
  PortSize,
  SnapshotValue,
} from "@isinglass/interface";
import { IsinglassError } from "@isinglass/interface";
import { assignFields, byte, flag, int, loadFields, part, saveFields } from "./state.js";
import type { Shape } from "./state.js";
import { readAsBytes, writeAsBytes } from "./wide.js";

// Names and page titles follow Intel's 8259A datasheet (231468); ELCR follows the 82371SB (PIIX3) datasheet, section 2.5.2.

/** Initialization command words. ICW1 is a write to A0 = 0 with bit 4 set. */
const ICW1 = 0x10;
const ICW1_NEEDS_ICW4 = 0x01;
const ICW1_SINGLE = 0x02;
const ICW4_AUTO_EOI = 0x02;
const ICW4_FULLY_NESTED = 0x10;

/** Operation command words: OCW3 has bit 3 set, OCW2 has not. */
const OCW3 = 0x08;
const OCW3_READ = 0x02;
const OCW3_READ_ISR = 0x01;
const OCW3_POLL = 0x04;
const OCW3_SPECIAL_MASK = 0x40;
const OCW3_SPECIAL_MASK_VALUE = 0x20;

const CASCADE = 2;
const NONE = -1;

/** Which command word the next write to A0 = 1 is: OCW1 (the mask), or one of a running initialization. */
const EXPECT_OCW1 = 0;
const EXPECT_ICW2 = 2;
const EXPECT_ICW3 = 3;
const EXPECT_ICW4 = 4;

interface ChipState {
  /** Edges that came in and were not acknowledged; level-triggered inputs are taken from `lines`. */
  edges: number;
  lines: number;
  imr: number;
  isr: number;
  elcr: number;
  /** ICW2: vector of IR0. */
  vectorBase: number;
  /** The level that has the highest priority now; rotation changes it. */
  top: number;
  autoEoi: boolean;
  rotateOnAutoEoi: boolean;
  specialMask: boolean;
  fullyNested: boolean;
  readIsr: boolean;
  poll: boolean;
  expect: number;
  needsIcw4: boolean;
  single: boolean;
}

const SHAPE: Shape<ChipState> = {
  edges: byte,
  lines: byte,
  imr: byte,
  isr: byte,
  elcr: byte,
  vectorBase: int(0, 0xf8),
  top: int(0, 7),
  autoEoi: flag,
  rotateOnAutoEoi: flag,
  specialMask: flag,
  fullyNested: flag,
  readIsr: flag,
  poll: flag,
  expect: int(0, 4),
  needsIcw4: flag,
  single: flag,
};

function powerOn(): ChipState {
  return {
    edges: 0,
    lines: 0,
    imr: 0,
    isr: 0,
    elcr: 0,
    vectorBase: 0,
    top: 0,
    autoEoi: false,
    rotateOnAutoEoi: false,
    specialMask: false,
    fullyNested: false,
    readIsr: false,
    poll: false,
    expect: EXPECT_OCW1,
    needsIcw4: false,
    single: false,
  };
}

/** One 8259A. The pair below owns two and connects them. */
class Chip {
  readonly state: ChipState = powerOn();
  readonly #isMaster: boolean;
  /** Bits of ELCR that exist: IRQ 0, 1, 2, 8 and 13 are always edge-triggered. */
  readonly #elcrMask: number;

  constructor(isMaster: boolean, elcrMask: number) {
    this.#isMaster = isMaster;
    this.#elcrMask = elcrMask;
  }

  setInput(level: number, asserted: boolean): void {
    const state = this.state;
    const bit = 1 << level;
    if (asserted) {
      if ((state.lines & bit) === 0) state.edges |= bit;
      state.lines |= bit;
    } else {
      // An input that goes away before it is acknowledged leaves nothing ("IR inputs must remain high until after the falling
      // edge of the first INTA"); the processor then gets the default IR7.
      state.edges &= ~bit;
      state.lines &= ~bit;
    }
  }

  /** Interrupt request register. */
  get irr(): number {
    const { edges, lines, elcr } = this.state;
    return (edges & ~elcr) | (lines & elcr);
  }

  /** The request that INT stands for, or -1. */
  pending(): number {
    const state = this.state;
    const requests = this.irr & ~state.imr;
    if (requests === 0) return NONE;
    let inService = state.isr;
    if (state.specialMask) inService &= ~state.imr;
    // Special fully nested mode: a slave in service does not hold back its own further requests.
    if (state.fullyNested && this.#isMaster) inService &= ~(1 << CASCADE);
    for (let i = 0; i < 8; i++) {
      const level = (state.top + i) & 7;
      const bit = 1 << level;
      if ((inService & bit) !== 0) return NONE;
      if ((requests & bit) !== 0) return level;
    }
    return NONE;
  }

  /** INTA: takes the pending request into service. Returns its level, or 7 with nothing in service: the default, "spurious" IR7. */
  acknowledge(): number {
    const level = this.pending();
    if (level === NONE) return 7;
    const state = this.state;
    state.edges &= ~(1 << level);
    if (!state.autoEoi) state.isr |= 1 << level;
    else if (state.rotateOnAutoEoi) state.top = (level + 1) & 7;
    return level;
  }

  read(a0: number): number {
    const state = this.state;
    if (state.poll) {
      state.poll = false;
      const pending = this.pending();
      return pending === NONE ? 0 : 0x80 | this.acknowledge();
    }
    if (a0 === 1) return state.imr;
    return state.readIsr ? state.isr : this.irr;
  }

  write(a0: number, value: number): void {
    if (a0 === 1) this.#writeData(value);
    else if ((value & ICW1) !== 0) this.#writeIcw1(value);
    else if ((value & OCW3) !== 0) this.#writeOcw3(value);
    else this.#writeOcw2(value);
  }

  writeElcr(value: number): void {
    this.state.elcr = value & this.#elcrMask;
  }

  #writeIcw1(value: number): void {
    const { lines, elcr, vectorBase } = this.state;
    // LTIM (bit 3) does nothing in a PIIX: ELCR decides for each input.
    assignFields(this.state, { ...powerOn(), lines, elcr, vectorBase });
    this.state.needsIcw4 = (value & ICW1_NEEDS_ICW4) !== 0;
    this.state.single = (value & ICW1_SINGLE) !== 0;
    this.state.expect = EXPECT_ICW2;
  }

  #writeData(value: number): void {
    const state = this.state;
    switch (state.expect) {
      case EXPECT_ICW2:
        state.vectorBase = value & 0xf8;
        state.expect = state.single ? (state.needsIcw4 ? EXPECT_ICW4 : EXPECT_OCW1) : EXPECT_ICW3;
        break;
      case EXPECT_ICW3:
        // How the chips are connected is soldered.
        state.expect = state.needsIcw4 ? EXPECT_ICW4 : EXPECT_OCW1;
        break;
      case EXPECT_ICW4:
        state.autoEoi = (value & ICW4_AUTO_EOI) !== 0;
        state.fullyNested = (value & ICW4_FULLY_NESTED) !== 0;
        state.expect = EXPECT_OCW1;
        break;
      default:
        state.imr = value;
    }
  }

  #writeOcw3(value: number): void {
    const state = this.state;
    state.poll = (value & OCW3_POLL) !== 0;
    if ((value & OCW3_READ) !== 0) state.readIsr = (value & OCW3_READ_ISR) !== 0;
    if ((value & OCW3_SPECIAL_MASK) !== 0) state.specialMask = (value & OCW3_SPECIAL_MASK_VALUE) !== 0;
  }

  /** OCW2: bits 7-5 are R, SL and EOI, bits 2-0 the level that SL makes valid. */
  #writeOcw2(value: number): void {
    const state = this.state;
    const level = value & 7;
    switch (value >> 5) {
      case 0b000:
        state.rotateOnAutoEoi = false;
        break;
      case 0b100:
        state.rotateOnAutoEoi = true;
        break;
      case 0b001:
        this.#endHighest(false);
        break;
      case 0b101:
        this.#endHighest(true);
        break;
      case 0b011:
        state.isr &= ~(1 << level);
        break;
      case 0b111:
        state.isr &= ~(1 << level);
        state.top = (level + 1) & 7;
        break;
      case 0b110:
        state.top = (level + 1) & 7;
        break;
    }
  }

  #endHighest(rotate: boolean): void {
    const state = this.state;
    // In special mask mode a masked level is not ended by a non-specific EOI.
    const endable = state.specialMask ? state.isr & ~state.imr : state.isr;
    for (let i = 0; i < 8; i++) {
      const level = (state.top + i) & 7;
      if ((endable & (1 << level)) === 0) continue;
      state.isr &= ~(1 << level);
      if (rotate) state.top = (level + 1) & 7;
      return;
    }
  }
}

export interface Pic8259PairOptions {
  /** INTR, to the processor or to a local APIC's LINT0. */
  readonly intr: InterruptLine;
  readonly component?: string;
}

/**
 * The two 8259A interrupt controllers of a PC, the second on the first one's IR2, with the edge/level control registers of the PIIX3:
 * ports 0x20-0x21, 0xa0-0xa1, 0x4d0-0x4d1.
 *
 * @example
 * const pic = new Pic8259Pair({ intr: lapic.lint0 });
 * const com1 = pic.line(4);
 * if (pic.pendingVector() >= 0) deliver(pic.acknowledge());
 */
export class Pic8259Pair implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #intr: InterruptLine;
  readonly #master = new Chip(true, 0xf8);
  readonly #slave = new Chip(false, 0xde);
  readonly #lines: InterruptLine[] = [];
  #asserted = false;

  constructor(options: Pic8259PairOptions) {
    this.component = options.component ?? "pic8259";
    this.#intr = options.intr;
    for (let irq = 0; irq < 16; irq++) {
      const chip = irq < 8 ? this.#master : this.#slave;
      this.#lines.push({
        setLevel: (asserted: boolean): void => {
          chip.setInput(irq & 7, asserted);
          this.#update();
        },
      });
    }
  }

  mapOn(bus: Bus): BusMapping[] {
    return [
      bus.mapPorts(0x20, 2, this, `${this.component} master`),
      bus.mapPorts(0xa0, 2, this, `${this.component} slave`),
      bus.mapPorts(0x4d0, 2, this, `${this.component} elcr`),
    ];
  }

  /**
   * The wire of ISA interrupt `irq`, 0 to 15.
   *
   * @throws ISG_PIC_BAD_IRQ on another number, and on 2, where the second chip sits
   */
  line(irq: number): InterruptLine {
    const line = irq === CASCADE ? undefined : this.#lines[irq];
    if (line === undefined) {
      throw new IsinglassError(
        "ISG_PIC_BAD_IRQ",
        `${this.component}: no input for IRQ ${irq}; there are 0, 1 and 3 to 15`,
        { irq },
      );
    }
    return line;
  }

  /** Whether an edge on `irq` waits to be acknowledged. */
  isEdgePending(irq: number): boolean {
    const { edges, elcr } = (irq < 8 ? this.#master : this.#slave).state;
    return (edges & ~elcr & (1 << (irq & 7))) !== 0;
  }

  /** The level of INTR. */
  get asserted(): boolean {
    return this.#asserted;
  }

  /** The vector that {@link acknowledge} would return, without changing anything; -1 where nothing is pending. */
  pendingVector(): number {
    const level = this.#master.pending();
    if (level === NONE) return NONE;
    if (level !== CASCADE) return this.#master.state.vectorBase | level;
    const slave = this.#slave.pending();
    return this.#slave.state.vectorBase | (slave === NONE ? 7 : slave);
  }

  /** The processor's interrupt acknowledge cycle. Where the request is gone by now, the vector of IRQ 7 or 15 with nothing in service. */
  acknowledge(): number {
    const level = this.#master.acknowledge();
    let vector = this.#master.state.vectorBase | level;
    if (level === CASCADE) {
      vector = this.#slave.state.vectorBase | this.#slave.acknowledge();
      // INT drops during INTA, so that a further request of the second chip is a new edge.
      this.#master.setInput(CASCADE, false);
    }
    this.#update();
    return vector;
  }

  readPort(port: number, size: PortSize): number {
    if (size !== 1) return readAsBytes(this, port, size);
    switch (port) {
      case 0x4d0:
        return this.#master.state.elcr;
      case 0x4d1:
        return this.#slave.state.elcr;
    }
    const chip = (port & 0x80) === 0 ? this.#master : this.#slave;
    if (!chip.state.poll) return chip.read(port & 1);
    // A read after the poll command acknowledges like INTA.
    const value = chip.read(port & 1);
    if (chip === this.#slave && value !== 0) this.#master.setInput(CASCADE, false);
    this.#update();
    return value;
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (size !== 1) return writeAsBytes(this, port, size, value);
    if (port === 0x4d0) this.#master.writeElcr(value);
    else if (port === 0x4d1) this.#slave.writeElcr(value);
    else if ((port & 0x80) === 0) this.#master.write(port & 1, value);
    else this.#slave.write(port & 1, value);
    this.#update();
  }

  reset(): void {
    for (const { state } of [this.#master, this.#slave]) {
      const { lines } = state;
      assignFields(state, { ...powerOn(), lines });
    }
    this.#update();
  }

  save(): SnapshotValue {
    return { master: saveFields(this.#master.state), slave: saveFields(this.#slave.state), asserted: this.#asserted };
  }

  load(state: SnapshotValue, version: number): void {
    const master = loadFields(this, SHAPE, part(this.component, state, "master"), version);
    const slave = loadFields(this, SHAPE, part(this.component, state, "slave"), version);
    const { asserted } = loadFields<{ asserted: boolean }>(
      this,
      { asserted: flag },
      { asserted: part(this.component, state, "asserted") },
      version,
    );
    assignFields(this.#master.state, master);
    assignFields(this.#slave.state, slave);
    this.#asserted = asserted;
  }

  #update(): void {
    // The slave's INT is an input of the master like any other.
    this.#master.setInput(CASCADE, this.#slave.pending() !== NONE);
    const asserted = this.#master.pending() !== NONE;
    if (asserted === this.#asserted) return;
    this.#asserted = asserted;
    this.#intr.setLevel(asserted);
  }
}
