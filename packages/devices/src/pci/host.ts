import { IsinglassError } from "@isinglass/interface";
import type {
  Bus,
  BusMapping,
  Device,
  Gpa,
  MmioHandler,
  MmioSize,
  PortHandler,
  PortSize,
  SnapshotValue,
} from "@isinglass/interface";
import { badState, int, loadFields, part, word } from "../state.js";
import { readAsBytes, writeAsBytes } from "../wide.js";
import type { Bar } from "./bar.js";
import type { PciFunction, PciSlot } from "./function.js";

// Configuration mechanism #1: PCI Local Bus Specification 3.0, section 3.2.2.3.2. Reset control: 82371SB datasheet, section 2.5.7.

const PORT_ADDRESS = 0xcf8;
const PORT_RESET = 0xcf9;
const PORT_DATA = 0xcfc;
const ADDRESS_ENABLE = 0x8000_0000;
/** Bits 30-24 and 1-0 do not exist. */
const ADDRESS_WRITABLE = 0x80ff_fffc;
/** 0xcf9: bit 1 says "hard", the rising bit 2 resets. */
const RESET_WRITABLE = 0x06;
const RESET_CPU = 0x04;
/** ECAM: a page of 4096 bytes for each function (PCI Express 3.0, section 7.2.2). */
const ECAM_BUS_BYTES = 0x10_0000;

/** A range of guest-physical addresses that the host bridge forwards to PCI; `end` is exclusive. */
export interface PciWindow {
  readonly first: number;
  readonly end: number;
}

export interface PciHostOptions {
  /** Where memory BARs may answer: below 4 GiB from the end of RAM to the IOAPIC by default (give yours where RAM ends elsewhere). */
  readonly windows?: readonly PciWindow[];
  /** The function at `device` drives INTx `pin` (1 to 4): the board's routing. */
  readonly onPin?: (device: number, pin: number, asserted: boolean) => void;
  /** A reset through port 0xcf9. */
  readonly onReset?: () => void;
  readonly component?: string;
}

/**
 * A PCI host bridge with one bus: configuration through ports 0xcf8 and 0xcfc, byte, word or dword, and the reset control register
 * at 0xcf9 between them. {@link PciHost.ecam} serves the same registers from memory.
 *
 * Two ranges that a guest puts over each other would both answer on a real bus. Here one does: what is no BAR goes before BARs, and among these goes the one of
 * the lower device, then function, then index; the other is silent as a whole, for as long as that is so. Who answers thus follows from the registers, and not from the
 * order in which they were written or restored.
 *
 * @example
 * const host = new PciHost({ onPin: (device, pin, on) => router.setPin(device, pin, on) });
 * host.mapOn(bus);
 * host.add(3, 0, nic);
 */
export class PciHost implements Device, PortHandler {
  readonly component: string;
  readonly version = 1;
  readonly #functions: (PciFunction | null)[] = new Array<PciFunction | null>(256).fill(null);
  readonly #windows: readonly PciWindow[];
  readonly #onPin: (device: number, pin: number, asserted: boolean) => void;
  readonly #onReset: () => void;
  #bus: Bus | null = null;
  /** All BARs, in the order in which they get what they ask for. */
  #bars: Bar[] = [];
  #address = 0;
  #resetControl = 0;

  constructor(options: PciHostOptions = {}) {
    this.component = options.component ?? "pci-host";
    this.#windows = options.windows ?? [{ first: 0xc000_0000, end: 0xfec0_0000 }];
    this.#onPin = options.onPin ?? ((): void => {});
    this.#onReset = options.onReset ?? ((): void => {});
  }

  /** Claims the ports; functions that were added, or will be, map their BARs on `bus`. */
  mapOn(bus: Bus): BusMapping[] {
    this.#bus = bus;
    const mapping = bus.mapPorts(PORT_ADDRESS, 8, this, this.component);
    this.#functions.forEach((f, devfn) => f !== null && this.#attach(devfn, f));
    return [mapping];
  }

  /**
   * Plugs a function in.
   *
   * @throws ISG_PCI_SLOT where the numbers are no slot (0-31, 0-7) or the slot is taken
   */
  add(device: number, func: number, f: PciFunction): void {
    const devfn = (device << 3) | func;
    if (device < 0 || device > 31 || func < 0 || func > 7 || this.#functions[devfn] !== null) {
      const why =
        device > 31 || func > 7 || device < 0 || func < 0
          ? "there are devices 0-31, functions 0-7"
          : "the slot is taken";
      throw new IsinglassError("ISG_PCI_SLOT", `${f.component}: no slot ${device}.${func}: ${why}`, {
        device,
        function: func,
      });
    }
    this.#functions[devfn] = f;
    this.#bars = this.#functions.flatMap((plugged) => plugged?.bars ?? []);
    if (this.#bus !== null) this.#attach(devfn, f);
  }

  /** The function in a slot, or null. */
  at(device: number, func: number): PciFunction | null {
    return this.#functions[(device << 3) | func] ?? null;
  }

  /** All functions in order of their slots. */
  functions(): { readonly device: number; readonly func: number; readonly f: PciFunction }[] {
    return this.#functions.flatMap((f, devfn) => (f === null ? [] : [{ device: devfn >> 3, func: devfn & 7, f }]));
  }

  /** The memory-mapped form of the configuration space (ECAM): map it with a length of 1 MiB a bus. Only bus 0 answers. */
  readonly ecam: MmioHandler = {
    readMmio: (offset: number, size: MmioSize): number => {
      const f = offset < ECAM_BUS_BYTES ? this.#functions[offset >> 12]! : null;
      if (f === null) return ones(size);
      // There are no extended capabilities: a zero header says so.
      return (offset & 0xfff) < 256 ? f.guestReadConfig(offset & 0xff, size) : 0;
    },
    writeMmio: (offset: number, size: MmioSize, value: number): void => {
      const f = offset < ECAM_BUS_BYTES ? this.#functions[offset >> 12]! : null;
      if (f !== null && (offset & 0xfff) < 256) f.writeConfig(offset & 0xff, size, value);
    },
  };

  readPort(port: number, size: PortSize): number {
    if (port < PORT_DATA) {
      if (port === PORT_ADDRESS && size === 4) return this.#address;
      if (port === PORT_RESET && size === 1) return this.#resetControl;
      return ones(size);
    }
    const offset = port - PORT_DATA;
    if (offset % size !== 0) return readAsBytes(this, port, size);
    const f = this.#selected();
    return f === null ? ones(size) : f.guestReadConfig((this.#address & 0xfc) + offset, size);
  }

  writePort(port: number, size: PortSize, value: number): void {
    if (port < PORT_DATA) {
      // Only a dword reaches the address register; Linux tries a byte first and expects that nothing happens.
      if (port === PORT_ADDRESS && size === 4) this.#address = (value & ADDRESS_WRITABLE) >>> 0;
      else if (port === PORT_RESET && size === 1) this.#writeReset(value);
      return;
    }
    const offset = port - PORT_DATA;
    if (offset % size !== 0) return writeAsBytes(this, port, size, value);
    this.#selected()?.writeConfig((this.#address & 0xfc) + offset, size, value);
  }

  reset(): void {
    this.#address = 0;
    this.#resetControl = 0;
    for (const f of this.#functions) f?.reset();
  }

  save(): SnapshotValue {
    const functions: Record<string, SnapshotValue> = {};
    for (const { device, func, f } of this.functions())
      functions[`${device}.${func}`] = { name: f.component, state: f.save() };
    return { registers: { address: this.#address, resetControl: this.#resetControl }, functions };
  }

  load(state: SnapshotValue, version: number): void {
    const registers = loadFields<{ address: number; resetControl: number }>(
      this,
      { address: word, resetControl: int(0, RESET_WRITABLE) },
      part(this.component, state, "registers"),
      version,
    );
    const saved = part(this.component, state, "functions") as { readonly [slot: string]: SnapshotValue };
    const plugged = this.functions();
    for (const { device, func, f } of plugged) {
      const entry = part(this.component, saved, `${device}.${func}`);
      if (part(this.component, entry, "name") !== f.component)
        throw badState(this.component, `slot ${device}.${func} is not ${f.component}`);
      part(this.component, entry, "state");
    }
    if (Object.keys(saved).length !== plugged.length)
      throw badState(this.component, `the snapshot has not ${plugged.length} functions`);
    const before = plugged.map(({ f }) => f.save());
    try {
      for (const { device, func, f } of plugged)
        f.load(part(this.component, saved[`${device}.${func}`]!, "state"), version);
    } catch (error) {
      plugged.forEach(({ f }, i) => f.load(before[i]!, version));
      throw error;
    }
    this.#address = registers.address;
    this.#resetControl = registers.resetControl;
  }

  #attach(devfn: number, f: PciFunction): void {
    const slot: PciSlot = {
      arrange: () => this.#arrange(),
      setPin: (pin, asserted) => this.#onPin(devfn >> 3, pin, asserted),
    };
    f.attach(slot);
  }

  /** Lets a device that is no BAR come, move or go where BARs may be, and then these have what is left. */
  rearrange(change: () => void): void {
    for (const bar of this.#bars) bar.release();
    try {
      change();
    } finally {
      this.#arrange();
    }
  }

  /** A bus for devices that are no BARs and come, move and go where BARs may be: these yield to them, see {@link rearrange}. */
  before(bus: Bus): Bus {
    return {
      mapPorts: (first: number, count: number, handler: PortHandler, name: string) =>
        bus.mapPorts(first, count, handler, name),
      mapMmio: (gpa: Gpa, length: number, handler: MmioHandler, name: string) => {
        let mapping: BusMapping | undefined;
        this.rearrange(() => (mapping = bus.mapMmio(gpa, length, handler, name)));
        return { remove: () => this.rearrange(() => mapping?.remove()) };
      },
    };
  }

  readonly #forwards = (first: number, length: number): boolean =>
    this.#windows.some((w) => first >= w.first && first + length <= w.end);

  /** Claims what the registers ask for and nobody with precedence has; ranges that stay are not touched. */
  #arrange(): void {
    const bus = this.#bus;
    if (bus === null) return;
    this.#bars.forEach((bar, i) => {
      if (!bar.wants(this.#forwards)) return;
      for (let later = i + 1; later < this.#bars.length; later++)
        if (this.#bars[later]!.overlaps(bar)) this.#bars[later]!.release();
      bar.claim(bus);
    });
  }

  #selected(): PciFunction | null {
    const address = this.#address;
    if (address < ADDRESS_ENABLE || (address & 0x00ff_0000) !== 0) return null;
    return this.#functions[(address >> 8) & 0xff]!;
  }

  #writeReset(value: number): void {
    const rising = (value & RESET_CPU) !== 0 && (this.#resetControl & RESET_CPU) === 0;
    this.#resetControl = value & RESET_WRITABLE;
    if (rising) this.#onReset();
  }
}

function ones(size: 1 | 2 | 4): number {
  return size === 1 ? 0xff : size === 2 ? 0xffff : 0xffff_ffff;
}
