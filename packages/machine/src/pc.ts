import { type BootState, installAcpi, installSmbios, loadKernel } from '@isinglass/boot';
import { CPU_MODELS, DEFAULT_CPU_MODEL, S, type X86Cpu, programMtrrs, setSegment } from '@isinglass/cpu-x86';
import {
  AcpiPm,
  Dma8237,
  I8042,
  InterruptBus,
  IoApic,
  Keyboard,
  LineFork,
  LocalApic,
  PciHost,
  Pic8259Pair,
  PirqRouter,
  Pit8254,
  Port92,
  PostCode,
  Rtc,
  SystemBus,
  Uart16550,
  addPiixChipset,
  assignPciResources,
} from '@isinglass/devices';
import { InstructionTime, VirtualClock } from '@isinglass/hypervisor';
import { type Device, type InterruptLine, IsinglassError, type VmExit } from '@isinglass/interface';
import { PhysicalMap } from '@isinglass/mmu';
import { STORE_DONE, STORE_LEAVE } from '@isinglass/uops';
import { Wasm } from '@isinglass/wasm';
import { EngineVcpu } from './engine-vcpu.js';

export interface PcOptions {
  /** Bytes of RAM, a multiple of 1 MiB. */
  readonly memory: number;
  readonly cpu?: string;
  readonly onSerial?: (byte: number) => void;
  /** RTC at machine start, seconds since 1970. */
  readonly startSeconds?: number;
  readonly nanosecondsPerInstruction?: number;
}

const MIB = 1 << 20;
const CODE_BYTES = 96 * MIB;
const VCPU_BASE = 65536;

/** A PC-compatible board: the devices that an operating system expects, wired as on QEMU's `pc`. */
export class Pc {
  readonly physical: PhysicalMap;
  readonly bus: SystemBus = new SystemBus();
  readonly vcpu: EngineVcpu;
  readonly clock: VirtualClock;
  readonly time: InstructionTime;
  readonly uart: Uart16550;
  readonly pci: PciHost;
  readonly devices: Device[] = [];
  /** Why the guest stopped the machine. */
  stopped: 'poweroff' | 'reset' | undefined;

  constructor(options: PcOptions) {
    const model = CPU_MODELS[options.cpu ?? DEFAULT_CPU_MODEL];
    if (model === undefined) {
      throw new IsinglassError('ISG_CPU_UNKNOWN_MODEL', `cpu: no model "${options.cpu}"; there are ${Object.keys(CPU_MODELS).join(', ')}`);
    }
    const { memory: ram } = options;
    if (ram < 2 * MIB || ram > 3072 * MIB || ram % MIB !== 0) {
      throw new IsinglassError('ISG_MACHINE_MEMORY', `memory: ${ram} bytes; a PC wants 2 MiB to 3 GiB in whole MiB`, { memory: ram });
    }
    const ramBase = Math.ceil((VCPU_BASE + EngineVcpu.bytes(CODE_BYTES)) / 65536) * 65536;
    const pages = (ramBase + ram) / 65536;
    const memory = new Wasm.Memory({ initial: pages, maximum: pages });
    this.physical = new PhysicalMap(memory.buffer);
    this.physical.addRam(0, 0xa0000, ramBase, 'low memory');
    this.physical.addRam(0xe0000, 0x20000, ramBase + 0xe0000, 'firmware tables');
    this.physical.addRam(MIB, ram - MIB, ramBase + MIB, 'memory');
    const { bus } = this;
    let lapic: LocalApic;
    this.vcpu = new EngineVcpu({
      memory,
      base: VCPU_BASE,
      codeBytes: CODE_BYTES,
      physical: this.physical,
      model,
      platform: {
        intercepts: 0,
        portRead: (port, size) => bus.readPort(port, size),
        portWrite: (port, size, value) => {
          bus.writePort(port, size, value);
          return true;
        },
        readTsc: (out) => {
          const now = this.time.now();
          out[0] = now | 0;
          out[1] = Math.floor(now / 0x1_0000_0000);
        },
        writeTpr: (value) => {
          lapic.cr8 = value >> 4;
        },
        readTpr: () => lapic.cr8 << 4,
        apicBaseChanged: (lo, hi) => {
          lapic.writeMsr(0x1b, lo, hi);
        },
        readMsr: (index, cpu) => {
          if (!lapic.readMsr(index)) return false;
          cpu.msrLo = lapic.msrLow;
          cpu.msrHi = lapic.msrHigh;
          return true;
        },
        writeMsr: (index, cpu) => lapic.writeMsr(index, cpu.msrLo, cpu.msrHi),
        plainMemory: (gpa, write) => {
          const host = this.physical.hostOffset(gpa);
          return host >= 0 && write && this.physical.pageFlags(host >>> 12) !== 0 ? -1 : host;
        },
        hasEvent: () => this.vcpu.hasEvent(),
        intercept: () => false,
      },
      devices: {
        read: (gpa, size) => bus.readMmio(gpa, size),
        write: (gpa, size, value) => {
          bus.writeMmio(gpa, size, value);
          return this.vcpu.hasEvent() ? STORE_LEAVE : STORE_DONE;
        },
        fetch: (gpa) => {
          this.vcpu.cpu.leaveWith({ reason: 'second-stage-fault', gpa, access: 'fetch' });
        },
      },
    });
    this.time = new InstructionTime(() => this.vcpu.instructions, options.nanosecondsPerInstruction ?? 4);
    this.clock = new VirtualClock(this.time);
    const { clock } = this;
    clock.onEarlier = () => this.vcpu.requestExit();
    const interrupts = new InterruptBus();
    lapic = new LocalApic({
      clock,
      bus: interrupts,
      x2apic: false,
      cpu: { onChange: () => this.vcpu.interruptsChanged(), onNmi: () => undefined },
    });
    const pic = new Pic8259Pair({ intr: lapic.lint0 });
    lapic.connectPic(pic);
    this.vcpu.interrupts = lapic;
    const ioapic = new IoApic({ bus: interrupts });
    const irq = (n: number): InterruptLine => new LineFork([pic.line(n), ioapic.line(n === 0 ? 2 : n)]);
    const pit = new Pit8254({ clock, line: irq(0) });
    const rtc = new Rtc({ clock, line: irq(8), startSeconds: options.startSeconds ?? 1_700_000_000, memory: ram });
    const reset = (): void => this.#stop('reset');
    const i8042 = new I8042({ line: irq(1), auxLine: irq(12), keyboard: new Keyboard(), onReset: reset });
    const port92 = new Port92({ onReset: reset });
    const pm = new AcpiPm({ clock, line: irq(9), onPowerOff: () => this.#stop('poweroff') });
    this.uart = new Uart16550({ clock, line: irq(4), ...(options.onSerial ? { onTransmit: options.onSerial } : {}) });
    const router = new PirqRouter(irq);
    this.pci = new PciHost({
      windows: [{ first: 0xe0000000, end: 0xfec00000 }],
      onPin: (device, pin, on) => router.setPin(device, pin, on),
      onReset: reset,
    });
    addPiixChipset({ host: this.pci, router, pm });
    for (const device of [lapic, pic, ioapic, pit, rtc, i8042, port92, pm, this.uart, this.pci, new Dma8237(), new PostCode()]) {
      device.mapOn(bus);
      this.devices.push(device);
    }
    assignPciResources(this.pci, { bus });
    this.vcpu.interruptsChanged();
  }

  #stop(why: 'poweroff' | 'reset'): void {
    this.stopped = why;
    this.vcpu.requestExit();
  }

  /** Loads a kernel and puts the vCPU at its entry. */
  loadKernel(kernel: Uint8Array, initrd: Uint8Array | undefined, commandLine: string): void {
    const memory = this.physical;
    const acpi = installAcpi(memory, { pci: { window32: { gpa: 0xe0000000, length: 0x1ec00000 } } });
    const smbios = installSmbios(memory, { memorySize: memory.regions().reduce((sum, r) => sum + r.length, 0) });
    const loaded = loadKernel({
      memory,
      kernel,
      ...(initrd ? { initrd } : {}),
      commandLine,
      rsdp: acpi.rsdp,
      reserved: [...acpi.reserved, ...smbios.reserved],
    });
    applyBootState(this.vcpu.cpu, loaded.state);
  }

  /** Runs for at most `instructions`; gives the exit that the board does not handle itself. */
  run(instructions: number): VmExit {
    const end = this.vcpu.instructions + instructions;
    for (;;) {
      this.clock.fire();
      if (this.stopped !== undefined) return { reason: 'shutdown' };
      const left = end - this.vcpu.instructions;
      if (left <= 0) return { reason: 'budget' };
      const next = this.clock.next();
      const budget = Math.min(left, next === Infinity ? left : this.time.instructionsUntil(next));
      const exit = this.vcpu.run(budget);
      if (exit.reason === 'budget' || exit.reason === 'paused') continue;
      if (exit.reason !== 'hlt') return exit;
      const wake = this.clock.next();
      if (wake === Infinity) return exit;
      this.time.skipTo(wake);
    }
  }
}

/** Puts the registers of a loaded kernel into a CPU. */
export function applyBootState(cpu: X86Cpu, state: BootState): void {
  const order = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const;
  order.forEach((name, i) => cpu.setBig(S.gpr + i * 8, state.registers[name]));
  cpu.setBig(S.cr0, state.cr0);
  cpu.setBig(S.cr3, state.cr3);
  cpu.setBig(S.cr4, state.cr4);
  cpu.setBig(S.efer, state.efer);
  (['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const).forEach((name, i) => {
    const { selector, base, limit, attributes } = state.segments[name];
    setSegment(cpu, i, selector, attributes, Number(base & 0xffffffffn) | 0, Number(base >> 32n) | 0, limit);
  });
  programMtrrs(cpu, 0xe0000000);
  cpu.setBig(S.gdtBase, state.gdtr.base);
  cpu.set32(S.gdtLimit, state.gdtr.limit);
  cpu.setBig(S.idtBase, state.idtr.base);
  cpu.set32(S.idtLimit, state.idtr.limit);
  cpu.set32(S.flagsRest, Number(state.registers.rflags & 0xfffff72an) & ~0x8d5);
  cpu.set32(S.cpl, 0);
  cpu.refresh();
  const csBase = state.mode === 'long' ? 0n : state.segments.cs.base;
  cpu.setBig(S.rip, state.registers.rip + csBase);
}
