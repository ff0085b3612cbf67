import type { Device } from "@isinglass/interface";
import { AcpiPm } from "../src/acpi-pm.js";
import { InterruptBus } from "../src/apic/interrupt-bus.js";
import { IoApic } from "../src/apic/ioapic.js";
import { LocalApic } from "../src/apic/local-apic.js";
import { SystemBus } from "../src/bus/system-bus.js";
import { Hpet } from "../src/hpet.js";
import { I8042 } from "../src/i8042/i8042.js";
import { Keyboard } from "../src/i8042/keyboard.js";
import { Mouse } from "../src/i8042/mouse.js";
import { Port92 } from "../src/i8042/port92.js";
import { LineFork } from "../src/line.js";
import { Dma8237 } from "../src/misc/dma8237.js";
import { FloppyController } from "../src/floppy/floppy-controller.js";
import { PostCode } from "../src/misc/post-code.js";
import { assignPciResources } from "../src/pci/firmware.js";
import { PciFunction } from "../src/pci/function.js";
import { PciHost } from "../src/pci/host.js";
import { Msi } from "../src/pci/msi.js";
import { Msix } from "../src/pci/msix.js";
import { PirqRouter, addPiixChipset } from "../src/pci/piix.js";
import { Pic8259Pair } from "../src/pic8259.js";
import { Pit8254 } from "../src/pit/pit8254.js";
import { Rtc } from "../src/rtc/mc146818.js";
import { Uart16550 } from "../src/uart16550/uart16550.js";
import { TestClock } from "./support.js";

/** All devices wired as on a PC, with one PCI device that has MSI and MSI-X. */
export function buildMachine() {
  const clock = new TestClock();
  const bus = new SystemBus();
  const interrupts = new InterruptBus();
  /** What reached the processor and the host, in order. */
  const events: string[] = [];
  const note = (what: string): void => {
    events.push(`${clock.now()} ${what}`);
  };
  const cpu = { onChange: () => {}, onNmi: () => note("nmi"), onInit: () => note("init"), onSmi: () => note("smi") };
  const lapic = new LocalApic({ clock, bus: interrupts, cpu, timeOfTsc: (tsc) => tsc });
  const ioapic = new IoApic({ bus: interrupts });
  const pic = new Pic8259Pair({ intr: lapic.lint0 });
  lapic.connectPic(pic);
  const irq = (n: number): LineFork => new LineFork([pic.line(n), ioapic.line(n)]);
  const hpet = new Hpet({ clock, line0: new LineFork([pic.line(0), ioapic.line(2)]), line8: irq(8) });
  const pit = new Pit8254({ clock, line: hpet.pitInput });
  const uart = new Uart16550({ clock, line: irq(4), onTransmit: (byte) => note(`tx ${byte}`) });
  const pm = new AcpiPm({ clock, line: irq(9), onPowerOff: () => note("off") });
  const rtc = new Rtc({
    clock,
    line: new LineFork([hpet.rtcInput, pm.rtcInput]),
    startSeconds: 1_700_000_000,
    memory: 64 << 20,
  });
  const keyboard = new Keyboard();
  const mouse = new Mouse();
  const i8042 = new I8042({ line: irq(1), auxLine: irq(12), keyboard, mouse, onReset: () => note("reset") });
  const port92 = new Port92({ onReset: () => note("reset") });
  const router = new PirqRouter((n) => irq(n));
  const host = new PciHost({
    windows: [
      { first: 0xc000_0000, end: 0xfec0_0000 },
      { first: 0x1_0000_0000, end: 0x1_8000_0000 },
    ],
    onPin: (device, pin, on) => router.setPin(device, pin, on),
    onReset: () => note("reset"),
  });
  const msix = new Msix({ target: interrupts, vectors: 3, bar: 1 });
  const nic = new PciFunction({
    name: "nic",
    vendorId: 0x1af4,
    deviceId: 0x1041,
    classCode: 0x02_0000,
    interruptPin: 1,
    bars: [
      { index: 0, kind: "io", size: 32, handler: msix },
      { index: 1, kind: "memory", size: 4096, handler: msix },
      { index: 4, kind: "memory64", size: 16384, handler: msix },
    ],
  });
  msix.addTo(nic);
  const msi = new Msi(nic, { target: interrupts, vectors: 2, maskable: true });
  const post = new PostCode();
  const dma = new Dma8237();
  const floppy = new FloppyController({ line: irq(6) });
  const mapped = [lapic, ioapic, pic, hpet, pit, uart, rtc, i8042, port92, pm, host, post, dma, floppy];
  for (const device of mapped) device.mapOn(bus);
  addPiixChipset({ host, router, pm, bus });
  host.add(3, 0, nic);
  assignPciResources(host, { bus });
  const devices: readonly Device[] = mapped;
  return { clock, bus, devices, lapic, pic, uart, keyboard, mouse, pm, nic, msi, msix, events };
}

export type Machine = ReturnType<typeof buildMachine>;
