import { type MemoryMapEntry, installAcpi, installMpTable, installSmbios, loadKernel } from "@isinglass/boot";
import {
  AcpiPm,
  ApicPages,
  Dma8237,
  FloppyController,
  HPET_DEFAULT_BASE,
  Hpet,
  I8042,
  InterruptBus,
  IoApic,
  Keyboard,
  LineFork,
  LocalApic,
  Mouse,
  type PciFunction,
  PciHost,
  Pic8259Pair,
  PirqRouter,
  Pit8254,
  Port92,
  PostCode,
  Rtc,
  Uart16550,
  addPiixChipset,
  assignPciResources,
} from "@isinglass/devices";
import { programMtrrs } from "@isinglass/cpu-x86";
import type { RunAsyncOptions, StopReason, VirtualClock, VirtualMachine } from "@isinglass/hypervisor";
import {
  type Bus,
  type BusMapping,
  type Device,
  type EventSink,
  type InterruptLine,
  type VmExit,
} from "@isinglass/interface";
import { DEVICE_HOLE, applyBootState } from "./boot-state.js";
import { CORE_NAMES, Core, type CoreOptions, checkCoreOptions } from "./core.js";
import { checkBytes, checkFunction, checkNames } from "./sdk/check.js";
import type { EngineVcpu } from "./engine-vcpu.js";
import { programPics } from "./firmware.js";
import { type MachineStats, machineStats } from "./machine-stats.js";
import { MiB, checkPcMemory } from "./pc-memory.js";
import type { Board, MachinePlugin } from "./plugin.js";
import { SerialPort } from "./serial-port.js";

export interface PcOptions extends CoreOptions {
  /** Bytes of RAM: whole MiB, 2 MiB to 3 GiB. */
  readonly memory: number;
  readonly serial?: {
    /** What the guest writes to its first serial port, in pieces. */
    readonly onOutput?: (bytes: Uint8Array) => void;
  };
  /** Real-time clock at machine start, seconds since 1970 UTC. */
  readonly startSeconds?: number;
  /** Hears of what devices have to say. */
  readonly events?: EventSink;
}

export interface LoadKernelOptions {
  /** A bzImage, or an ELF or Multiboot kernel. */
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array | undefined;
  readonly commandLine?: string;
}

const LOW_MEMORY = 0xa0000;
const TABLES = 0xe0000;
/** The guest's clock starts here unless told otherwise: a fixed day, so that machines are repeatable. */
const START_SECONDS = 1_700_000_000;
/** What the host bridge forwards to PCI: below the IOAPIC and above all RAM, as on QEMU's board. */
const PCI_WINDOWS = [
  { first: DEVICE_HOLE, end: 0xfec0_0000 },
  { first: 0x1_0000_0000, end: 0x1_8000_0000 },
] as const;
/**
 * Where nothing may be placed: the ROM below 4 GiB that a PC's firmware has (here nothing answers there), and what processors of AMD's family 15,
 * as the CPU models say they are, keep for HyperTransport (BIOS and kernel developer's guide 32559, "HyperTransport I/O space").
 */
const RESERVED: readonly MemoryMapEntry[] = [
  { gpa: 0xfffc_0000, length: 0x4_0000, type: "reserved" },
  { gpa: 0xfd_0000_0000, length: 0x3_0000_0000, type: "reserved" },
];
/** PCI device numbers that the chipset does not take. */
const FIRST_FREE_SLOT = 2;

/** The interrupt controller of a vCPU, wired to it. */
function localApic(vcpu: EngineVcpu, clock: VirtualClock, bus: InterruptBus): LocalApic {
  const lapic = new LocalApic({
    clock,
    bus,
    x2apic: vcpu.cpu.model.features.includes("x2apic"),
    timeOfTsc: (low, high) => vcpu.platform.timeOfTsc(low, high),
    id: vcpu.index,
    cpu: {
      onChange: () => vcpu.interruptsChanged(),
      onNmi: () => vcpu.raiseNmi(),
      onInit: () => vcpu.initMessage(),
      onStartup: (vector) => vcpu.startMessage(vector),
    },
  });
  vcpu.interrupts = lapic;
  vcpu.platform.apic = lapic;
  return lapic;
}

/** A PC-compatible machine: the devices that an operating system expects, wired as on QEMU's `pc`. Made by {@link pc}. */
export class PcMachine {
  readonly core: Core;
  readonly vm: VirtualMachine;
  readonly vcpu: EngineVcpu;
  readonly uart: Uart16550;
  readonly #serial: SerialPort;

  constructor(options: PcOptions, plugins: readonly MachinePlugin[]) {
    const { memory: ram } = options;
    checkPcMemory(ram);
    this.#serial = new SerialPort(options.serial?.onOutput);
    const piece = (
      gpa: number,
      length: number,
      name: string,
    ): { gpa: number; length: number; offset: number; name: string } => ({ gpa, length, offset: gpa, name });
    this.core = new Core(options, {
      ram: [
        piece(0, LOW_MEMORY, "low memory"),
        piece(TABLES, MiB - TABLES, "firmware tables"),
        piece(MiB, ram - MiB, "memory"),
      ],
      ramBytes: ram,
      exitOnUnclaimed: false,
      onLeave: () => {
        this.#serial.flush();
        this.#serial.offer();
      },
    });
    this.vm = this.core.vm;
    this.vcpu = this.core.vcpu;
    this.uart = this.#assemble(options, plugins);
    this.#serial.uart = this.uart;
  }

  #assemble(options: PcOptions, plugins: readonly MachinePlugin[]): Uart16550 {
    const { core } = this;
    const { bus, clock, vm } = core;
    const interrupts = new InterruptBus();
    const lapics = core.vcpus.map((each) => localApic(each, clock, interrupts));
    const [lapic] = lapics as [LocalApic];
    const pic = new Pic8259Pair({ intr: lapic.lint0 });
    lapic.connectPic(pic);
    const ioapic = new IoApic({ bus: interrupts });
    const irq = (n: number): InterruptLine => new LineFork([pic.line(n), ioapic.line(n === 0 ? 2 : n)]);
    const onReset = (): void => vm.requestStop("reset");
    const pm = new AcpiPm({ clock, line: irq(9), onPowerOff: () => vm.requestStop("poweroff") });
    const uart = new Uart16550({ clock, line: irq(4), onTransmit: (byte) => this.#serial.transmit(byte) });
    const router = new PirqRouter(irq);
    const pci = new PciHost({
      windows: PCI_WINDOWS,
      onPin: (device, pin, on) => router.setPin(device, pin, on),
      onReset,
    });
    addPiixChipset({ host: pci, router, pm, bus });
    const hpet = new Hpet({ clock, line0: irq(0), line8: irq(8) });
    const add = <D extends Device & { mapOn?(b: Bus): readonly BusMapping[] }>(device: D): D => {
      core.addDevice(device);
      device.mapOn?.(bus);
      return device;
    };
    // A guest may move their pages to where a BAR is.
    const apicBus = pci.before(bus);
    const pages = lapics.length === 1 ? undefined : new ApicPages(apicBus, () => core.running.index);
    for (const each of lapics) {
      core.addDevice(each);
      each.mapOn(pages?.busOf(each.id) ?? apicBus);
    }
    add(pic);
    add(ioapic);
    add(hpet);
    add(new Pit8254({ clock, line: hpet.pitInput }));
    const startSeconds = options.startSeconds ?? START_SECONDS;
    const alarm = new LineFork([hpet.rtcInput, pm.rtcInput]);
    add(new Rtc({ clock, line: alarm, startSeconds, memory: options.memory }));
    add(new I8042({ line: irq(1), auxLine: irq(12), keyboard: new Keyboard(), mouse: new Mouse(), onReset }));
    add(new Port92({ onReset }));
    add(pm);
    add(uart);
    add(new Dma8237());
    add(new FloppyController({ line: irq(6) }));
    add(new PostCode());
    let slot = FIRST_FREE_SLOT;
    const board: Board = {
      bus,
      clock,
      memory: core.physical,
      dma: core.dma,
      vm,
      pci,
      interrupts,
      events: options.events ?? { emit: () => undefined },
      irq,
      addDevice: add,
      nextPciSlot: () => slot++,
      addPciFunction: (device: number, f: PciFunction) => pci.add(device, 0, f),
    };
    for (const plugin of plugins) Object.assign(this, plugin.install(board));
    add(pci);
    assignPciResources(pci, { bus });
    for (const each of core.vcpus) each.interruptsChanged();
    return uart;
  }

  /** Puts a kernel into memory and the vCPU at its entry; throws what `loadKernel` of @isinglass/boot throws. */
  loadKernel(options: LoadKernelOptions): ReturnType<typeof loadKernel> {
    checkNames("loadKernel", options, ["kernel", "initrd", "commandLine"]);
    checkBytes("loadKernel: kernel", options.kernel, "the kernel's bytes as a Uint8Array is right");
    if (options.initrd !== undefined)
      checkBytes("loadKernel: initrd", options.initrd, "the initramfs' bytes as a Uint8Array is right");
    const memory = this.core.physical;
    const cpus = this.core.vcpus.length;
    const [low, high] = PCI_WINDOWS;
    const acpi = installAcpi(memory, {
      cpus,
      hpet: { gpa: HPET_DEFAULT_BASE },
      isa: { floppy: true },
      pci: {
        router: "piix3",
        window32: { gpa: low.first, length: low.end - low.first },
        window64: { gpa: high.first, length: high.end - high.first },
      },
      pmTimerReliable: true,
    });
    const memorySize = memory.regions().reduce((sum, r) => sum + r.length, 0);
    const smbios = installSmbios(memory, { memorySize, cpus, version: "2.8" });
    installMpTable(memory, { cpus });
    // As on QEMU's board, the tables' memory is not for the guest to reuse.
    const tables = acpi.reserved.map((entry) => ({ ...entry, type: "reserved" as const }));
    const loaded = loadKernel({
      memory,
      kernel: options.kernel,
      ...(options.initrd === undefined ? {} : { initrd: options.initrd }),
      commandLine: options.commandLine ?? "",
      rsdp: acpi.rsdp,
      reserved: [...tables, ...smbios.reserved, ...RESERVED],
    });
    programPics(this.core.bus);
    applyBootState(this.vcpu.cpu, loaded.state);
    // Firmware programs the MTRRs of all of them alike.
    for (const { cpu } of this.core.vcpus) programMtrrs(cpu, DEVICE_HOLE);
    return loaded;
  }

  /** Instructions executed, by all vCPUs together. */
  get instructions(): number {
    return this.vm.vcpu.instructions;
  }

  /** Why the machine stopped, if it did. */
  get stopReason(): StopReason | undefined {
    return this.vm.stopReason;
  }

  /** Runs at most `limit` instructions, see {@link VirtualMachine.run}. */
  run(limit: number): VmExit {
    return this.vm.run(limit);
  }

  /** Runs until the machine stops, see {@link VirtualMachine.runAsync}. */
  runAsync(options: RunAsyncOptions): Promise<StopReason> {
    return this.vm.runAsync(options);
  }

  /** Types on the first serial port; what does not fit waits. Wakes a sleeping machine. */
  serialInput(bytes: Uint8Array): void {
    checkBytes("serialInput", bytes, "a Uint8Array, such as new TextEncoder().encode(text), is right");
    this.#serial.send(bytes);
    this.vm.wake();
  }

  /** The whole state as a file, see {@link VirtualMachine.save}. */
  save(): Uint8Array {
    return this.vm.save();
  }

  /** Takes over a saved state; the machine must have the same memory and devices. */
  restore(file: Uint8Array): void {
    this.vm.restore(file);
  }

  stateHash(): string {
    return this.vm.stateHash();
  }

  stats(): MachineStats {
    return machineStats(this.core);
  }
}

/** Collects plugins, then makes the machine. */
export class PcBuilder<Added extends object = object> {
  readonly #options: PcOptions;
  readonly #plugins: readonly MachinePlugin[];

  constructor(options: PcOptions, plugins: readonly MachinePlugin[] = []) {
    checkNames("pc", options, [...CORE_NAMES, "memory", "serial", "startSeconds", "events"]);
    checkCoreOptions("pc", options);
    if (options.serial?.onOutput !== undefined) checkFunction("pc: serial.onOutput", options.serial.onOutput);
    this.#options = options;
    this.#plugins = plugins;
  }

  use<More extends object>(plugin: MachinePlugin<More>): PcBuilder<Added & More> {
    checkFunction("use: the plugin's install", (plugin as Partial<MachinePlugin<More>> | undefined)?.install);
    return new PcBuilder<Added & More>(this.#options, [...this.#plugins, plugin]);
  }

  /** @throws IsinglassError `ISG_MACHINE_MEMORY`, `ISG_CPU_UNKNOWN_MODEL`, `ISG_MACHINE_NO_CLOCK`, and what plugins throw */
  build(): PcMachine & Added {
    return new PcMachine(this.#options, this.#plugins) as PcMachine & Added;
  }
}

/**
 * A PC, to be completed by plugins.
 *
 * @example
 * const machine = pc({ memory: 256 * MiB, serial: { onOutput: (bytes) => process.stdout.write(bytes) } })
 *   .use(virtioDisk({ backend }))
 *   .build();
 * machine.loadKernel({ kernel, initrd, commandLine: 'console=ttyS0' });
 * machine.run(1_000_000);
 */
export function pc(options: PcOptions): PcBuilder {
  return new PcBuilder(options);
}
