import type {
  Bus,
  BusMapping,
  MmioHandler,
  MmioSize,
  PortHandler,
  PortSize,
  SnapshotValue,
} from "@isinglass/interface";
import { assignFields, int, loadFields, part, saveFields, word } from "../state.js";
import type { Shape } from "../state.js";
import { COMMAND_IO, COMMAND_MASTER, PCI_COMMAND, PCI_STATUS, PciFunction } from "./function.js";
import type { PciPart } from "./function.js";

// 82371SB (PIIX3), function 1: registers of sections 2.3 (configuration) and 2.7 (bus master) of Intel's datasheet 290550.

/** Ports of the primary and secondary channel in compatibility mode: command block of 8, control block of 1. */
const COMMAND_BLOCKS = [0x1f0, 0x170] as const;
const CONTROL_BLOCKS = [0x3f6, 0x376] as const;
/** IDETIM, one word a channel, of which bit 15 lets the channel's ports be decoded; and SIDETIM, the timing of second drives. */
export const IDE_TIMING = 0x40;
export const IDE_DECODE = 0x8000;
const IDE_TIMING_WRITABLE = 0xf3ff;
const SLAVE_TIMING = 0x44;

/** Bus master registers of a channel, 8 bytes for each: command, status, address of the descriptor table. */
const BM_LENGTH = 16;
const BM_COMMAND = 0;
const BM_STATUS = 2;
const BM_TABLE = 4;
/** Start, and direction in bit 3. */
const COMMAND_START = 0x01;
const COMMAND_BITS = 0x09;
const STATUS_ACTIVE = 0x01;
/** "Drive 0/1 DMA capable": storage for the firmware's use. The error and interrupt bits (1 and 2) never come without a drive. */
const STATUS_STORAGE = 0x60;

/**
 * A cable without drives: its lines are pulled up but for DD7, which the host pulls down, so that a drive that is not there does not look busy (ATA/ATAPI-6,
 * on the resistor at DD7).
 */
const EMPTY_CABLE: PortHandler = {
  readPort: (_port: number, size: PortSize): number => (size === 1 ? 0x7f : size === 2 ? 0xff7f : 0xff7f_ff7f),
  writePort(): void {},
};

interface ChannelState {
  command: number;
  status: number;
  table: number;
}

const SHAPE: Shape<ChannelState> = { command: int(0, COMMAND_BITS), status: int(0, 0x7f), table: word };

function powerOn(): ChannelState {
  return { command: 0, status: 0, table: 0 };
}

/**
 * The IDE controller of the PIIX3 with nothing on its two cables. Its ports answer as a cable without drives does, so that a driver's search ends at once; a bus master
 * transfer that is started waits for a drive's request and never moves a byte. Timing registers are storage. There is no way to attach a drive.
 */
class PiixIde implements PciPart, MmioHandler {
  readonly function: PciFunction;
  readonly #bus: Bus;
  readonly #channels: readonly [ChannelState, ChannelState] = [powerOn(), powerOn()];
  #mappings: BusMapping[] = [];

  constructor(bus: Bus) {
    this.#bus = bus;
    const f = new PciFunction({
      name: "piix3-ide",
      vendorId: 0x8086,
      deviceId: 0x7010,
      // Both channels in compatibility mode; bus master.
      classCode: 0x01_0180,
      subsystemVendorId: 0x1af4,
      subsystemId: 0x1100,
      bars: [{ index: 4, kind: "io", size: BM_LENGTH, handler: this }],
    });
    f.define(PCI_COMMAND, 2, 0, COMMAND_IO | COMMAND_MASTER);
    // Fast back-to-back, DEVSEL# timing "medium".
    f.define(PCI_STATUS, 2, 0x0280);
    // No cache line size; of the latency timer the upper half exists.
    f.define(0x0c, 2, 0, 0xf000);
    // There is no interrupt line register: IRQ 14 and 15 are wired.
    f.define(0x3c, 1, 0, 0);
    f.define(IDE_TIMING, 4, 0, IDE_TIMING_WRITABLE * 0x1_0001);
    f.define(SLAVE_TIMING, 1, 0, 0xff);
    f.addPart("channels", this);
    this.function = f;
  }

  readMmio(offset: number, size: MmioSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.#read(offset + i) << (8 * i);
    return value >>> 0;
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    for (let i = 0; i < size; i++) this.#write(offset + i, (value >>> (8 * i)) & 0xff);
  }

  configWritten(offset: number, size: number): void {
    const command = offset <= PCI_COMMAND && offset + size > PCI_COMMAND;
    if (command || (offset < IDE_TIMING + 4 && offset + size > IDE_TIMING)) this.#remap();
  }

  reset(): void {
    for (const channel of this.#channels) assignFields(channel, powerOn());
    this.#remap();
  }

  save(): SnapshotValue {
    return { primary: saveFields(this.#channels[0]), secondary: saveFields(this.#channels[1]) };
  }

  load(state: SnapshotValue, version: number): void {
    const owner = { component: this.function.component, version: this.function.version };
    const loaded = ["primary", "secondary"].map((name) =>
      loadFields(owner, SHAPE, part(owner.component, state, name), version),
    );
    this.#channels.forEach((channel, i) => assignFields(channel, loaded[i]!));
  }

  configRestored(): void {
    this.#remap();
  }

  #read(offset: number): number {
    const { command, status, table } = this.#channels[offset >> 3]!;
    const register = offset & 7;
    if (register === BM_COMMAND) return command;
    if (register === BM_STATUS) return status;
    return register < BM_TABLE ? 0 : (table >>> (8 * (register - BM_TABLE))) & 0xff;
  }

  #write(offset: number, value: number): void {
    const channel = this.#channels[offset >> 3]!;
    const register = offset & 7;
    if (register === BM_COMMAND) {
      channel.command = value & COMMAND_BITS;
      channel.status = (channel.status & ~STATUS_ACTIVE) | ((value & COMMAND_START) !== 0 ? STATUS_ACTIVE : 0);
    } else if (register === BM_STATUS) {
      channel.status = (channel.status & ~STATUS_STORAGE) | (value & STATUS_STORAGE);
    } else if (register >= BM_TABLE) {
      const shift = 8 * (register - BM_TABLE);
      // Bits 1-0 do not exist.
      channel.table = (((channel.table & ~(0xff << shift)) | (value << shift)) & ~3) >>> 0;
    }
  }

  /** Claims the ports of the channels that are decoded. */
  #remap(): void {
    for (const mapping of this.#mappings) mapping.remove();
    this.#mappings = [];
    const f = this.function;
    if ((f.command & COMMAND_IO) === 0) return;
    for (const channel of [0, 1] as const) {
      if ((f.readConfig(IDE_TIMING + 2 * channel, 2) & IDE_DECODE) === 0) continue;
      this.#claim(COMMAND_BLOCKS[channel], 8, channel);
      this.#claim(CONTROL_BLOCKS[channel], 1, channel);
    }
  }

  #claim(port: number, count: number, channel: number): void {
    try {
      this.#mappings.push(
        this.#bus.mapPorts(port, count, EMPTY_CABLE, `${this.function.component} channel ${channel}`),
      );
    } catch {
      // A guest has put a BAR there before. On a real bus both would answer; here the newcomer stays silent.
    }
  }
}

/** 82371SB IDE: 8086:7010, device 1 function 1. It claims its ports on `bus` while they are decoded. */
export function createIde(bus: Bus): PciFunction {
  return new PiixIde(bus).function;
}
