import { describe, expect, it } from "vitest";
import { AcpiPm } from "../src/acpi-pm.js";
import { InterruptBus } from "../src/apic/interrupt-bus.js";
import { IoApic } from "../src/apic/ioapic.js";
import { SystemBus } from "../src/bus/system-bus.js";
import { Hpet } from "../src/hpet.js";
import { I8042 } from "../src/i8042/i8042.js";
import { Keyboard } from "../src/i8042/keyboard.js";
import { Mouse } from "../src/i8042/mouse.js";
import { NO_LINE } from "../src/line.js";
import { Dma8237 } from "../src/misc/dma8237.js";
import { FloppyController } from "../src/floppy/floppy-controller.js";
import { PciHost } from "../src/pci/host.js";
import { PirqRouter, addPiixChipset } from "../src/pci/piix.js";
import { Pic8259Pair } from "../src/pic8259.js";
import { Rtc } from "../src/rtc/mc146818.js";
import { Uart16550 } from "../src/uart16550/uart16550.js";
import { annotate, askOurs, askQemu, findQemuPic, hasQemu, inb, outb } from "./qemu.js";
import type { Action, Target } from "./qemu.js";
import { Random } from "@isinglass/testkit";
import { TestClock } from "./support.js";

const SEED = Number(process.env["ISG_FUZZ_SEED"] ?? 0x0bad_cafe);

type Build = (bus: SystemBus, clock: TestClock) => Partial<Target> | void;

function compare(script: readonly Action[], build: Build, extra: readonly string[] = []): void {
  const bus = new SystemBus();
  const clock = new TestClock();
  const more = build(bus, clock) ?? {};
  const target: Target = {
    readPort: (port, size) => bus.readPort(port, size),
    writePort: (port, size, value) => bus.writePort(port, size, value),
    readMmio: (gpa, size) => bus.readMmio(gpa, size),
    writeMmio: (gpa, size, value) => bus.writeMmio(gpa, size, value),
    ...more,
  };
  const ours = askOurs(script, target);
  expect(annotate(script, ours)).toEqual(annotate(script, askQemu(script, extra)));
}

describe.runIf(hasQemu)(`QEMU's devices answer the same (ISG_FUZZ_SEED=${SEED})`, () => {
  it("16550A: random register accesses in loopback", () => {
    const random = new Random(SEED);
    const script: Action[] = [];
    const probe = new Uart16550({ clock: new TestClock(), line: NO_LINE, byteTime: 0 });
    const push = (action: Action): void => {
      script.push(action);
      if (action.do === "in") probe.readPort(action.port, 1);
      else if (action.do === "out") probe.writePort(action.port, 1, action.value);
    };
    push(outb(0x3fc, 0x10));
    for (let i = 0; i < 4000; i++) {
      const what = random.below(14);
      if (what < 4) push(outb(0x3f8, random.below(256)));
      // QEMU does not note changes of MSR in loopback, which the datasheet says work there: neither its interrupt nor its low half are compared.
      else if (what === 4) push(outb(0x3f9, random.below(8)));
      // The trigger is one byte: time-outs need a clock. Bits of FCR without bit 0 count in QEMU, and not in the datasheet.
      else if (what === 5) push(outb(0x3fa, random.pick([0x00, 0x01, 0x03, 0x05, 0x07, 0x0f])));
      else if (what === 6) push(outb(0x3fb, random.pick([0x03, 0x03, 0x83])));
      else if (what === 7) push(outb(0x3fc, 0x10 | random.below(16)));
      else if (what === 8) push(inb(0x3fe, 0x0f));
      // Reading an empty receiver gives anything.
      else if (what > 9 || probe.waiting > 0)
        push(inb(0x3f8 + random.pick(probe.waiting > 0 ? [0, 0, 1, 2, 5] : [2, 3, 4, 5, 7])));
    }
    const build = (bus: SystemBus, clock: TestClock): void => {
      new Uart16550({ clock, line: NO_LINE, byteTime: 0 }).mapOn(bus);
    };
    compare(script, build, ["-serial", "null"]);
  });

  it("i8042: random commands to controller, keyboard and mouse", () => {
    const random = new Random(SEED ^ 1);
    const script: Action[] = [];
    const drain = (): void => {
      // QEMU never says that the last write was data (status bit 3).
      for (let i = 0; i < 6; i++) script.push(inb(0x64, 0x08), inb(0x60));
    };
    // QEMU's mouse has its defaults only after a reset command.
    script.push(outb(0x64, 0xd4), outb(0x60, 0xff));
    drain();
    // And its system flag does not follow the command byte: here it stays set.
    script.push(outb(0x64, 0xaa), outb(0x64, 0x60), outb(0x60, 0x47));
    drain();
    for (let i = 0; i < 400; i++) {
      const what = random.below(4);
      if (what === 0) {
        const command = random.pick([0x20, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xad, 0xae, 0xdf, 0xc0]);
        script.push(outb(0x64, command));
      } else if (what === 1) {
        const [command, argument] = random.pick([
          [0x60, random.below(256) | 0x04],
          [0xd2, random.below(256)],
          [0xd3, random.below(256)],
        ] as const);
        script.push(outb(0x64, command), outb(0x60, argument));
      } else if (what === 2) {
        for (const value of random.pick([
          [0xee],
          [0xf2],
          [0xed, random.below(8)],
          [0xf3, random.below(128)],
          [0xf4],
          [0xf5],
          [0xf6],
          [0xff],
        ])) {
          script.push(outb(0x60, value));
          drain();
        }
      } else {
        for (const value of random.pick([
          [0xe9],
          [0xf2],
          [0xf3, 100],
          [0xe8, 2],
          [0xf5],
          [0xf6],
          [0xff],
          [0xe6],
          [0xe7],
        ])) {
          script.push(outb(0x64, 0xd4), outb(0x60, value));
          drain();
        }
      }
      drain();
    }
    const build = (bus: SystemBus): void => {
      new I8042({ keyboard: new Keyboard(), mouse: new Mouse(), commandByte: 0x03 }).mapOn(bus);
    };
    compare(script, build);
  });

  it("RTC: time and date in all formats, setting included", () => {
    const random = new Random(SEED ^ 2);
    const script: Action[] = [outb(0x70, 0x0b), outb(0x71, 0x02)];
    for (let i = 0; i < 300; i++) {
      if (random.below(2) === 0) {
        script.push(outb(0x70, 0x0b), outb(0x71, random.pick([0x00, 0x02, 0x04, 0x06])));
      } else {
        const b = random.pick([0x02, 0x06]);
        const bcd = (v: number): number => (b === 0x06 ? v : ((v / 10) << 4) | (v % 10));
        script.push(outb(0x70, 0x0b), outb(0x71, 0x80 | b));
        const fields = [
          random.below(60),
          random.below(60),
          random.below(24),
          1 + random.below(28),
          1 + random.below(12),
          random.below(100),
          20 + random.below(2),
        ];
        [0, 2, 4, 7, 8, 9, 0x32].forEach((index, k) => script.push(outb(0x70, index), outb(0x71, bcd(fields[k]!))));
        script.push(outb(0x70, 0x0b), outb(0x71, b));
      }
      for (const index of [0, 2, 4, 6, 7, 8, 9, 0x0b, 0x0d, 0x32]) script.push(outb(0x70, index), inb(0x71));
    }
    const build = (bus: SystemBus, clock: TestClock): void => {
      new Rtc({ clock, startSeconds: Date.UTC(2024, 1, 29, 23, 59, 58) / 1000 }).mapOn(bus);
    };
    compare(script, build, ["-rtc", "base=2024-02-29T23:59:58,clock=vm"]);
  });

  it("8259A: random commands and requests, acknowledged by polling", () => {
    expect(findQemuPic()).toBe(true);
    const random = new Random(SEED ^ 5);
    const script: Action[] = [];
    const lines = (pic: Pic8259Pair) => (irq: number, level: boolean) => pic.line(irq).setLevel(level);
    const probe = new Pic8259Pair({ intr: NO_LINE });
    const push = (action: Action): void => {
      script.push(action);
      if (action.do === "in") probe.readPort(action.port, 1);
      else if (action.do === "out") probe.writePort(action.port, 1, action.value);
      else if (action.do === "irq") lines(probe)(action.irq, action.level);
    };
    const irqs = [3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15];
    // The cascade stays masked: QEMU's first chip remembers requests of the second that are gone.
    const mask = (port: number): void =>
      push(outb(port + 1, (random.below(256) & random.below(256)) | (port === 0x20 ? 0x07 : 0x01)));
    push(outb(0x4d0, 0xa0));
    push(outb(0x4d1, 0x0e));
    const special = { 0x20: false, 0xa0: false };
    for (let i = 0; i < 5000; i++) {
      const port = random.pick([0x20, 0xa0] as const);
      const what = i % 400 === 0 ? 0 : 1 + random.below(9);
      if (what === 0) {
        for (const irq of irqs) push({ do: "irq", irq, level: false });
        for (const p of [0x20, 0xa0] as const) {
          special[p] = false;
          push(outb(p, 0x11));
          for (const value of [0x30, p === 0x20 ? 4 : 2, 0x01 | random.pick([0, 0, 2, 0x10])]) push(outb(p + 1, value));
          mask(p);
        }
      } else if (what === 1) mask(port);
      else if (what === 2) {
        special[port] = random.below(2) === 1;
        push(outb(port, special[port] ? 0x68 : 0x48));
      } else if (what === 3) {
        // In special mask mode QEMU ends masked levels with a non-specific EOI, which the datasheet excludes.
        const command = random.pick(
          special[port] ? [0x00, 0x60, 0x80, 0xc0, 0xe0] : [0x00, 0x20, 0x20, 0x60, 0x80, 0xa0, 0xc0, 0xe0],
        );
        push(outb(port, command | random.below(8)));
      } else if (what === 4) {
        push(outb(port, 0x0c));
        push(inb(port));
      } else if (what < 8) {
        const irq = random.pick(irqs);
        const level = random.below(2) === 1;
        // QEMU keeps an edge whose level has gone, the datasheet does not.
        if (level || !probe.isEdgePending(irq)) push({ do: "irq", irq, level });
      } else {
        push(outb(port, random.pick([0x0a, 0x0b])));
        push(inb(port, port === 0x20 ? 0x07 : 0x01));
        push(inb(port + 1));
      }
    }
    compare(script, (bus) => {
      const pic = new Pic8259Pair({ intr: NO_LINE });
      pic.mapOn(bus);
      return { setIrq: lines(pic) };
    });
  });

  it("PCI: identity, class, header and what can be written of the chipset's functions", () => {
    const script: Action[] = [];
    const address = (device: number, func: number, offset: number): Action => ({
      do: "out",
      port: 0xcf8,
      size: 4,
      value: (0x8000_0000 | (device << 11) | (func << 8) | offset) >>> 0,
    });
    const read = (ignore = 0): Action => ({ do: "in", port: 0xcfc, size: 4, ignore });
    for (const [device, func] of [
      [0, 0],
      [1, 0],
      [1, 3],
    ] as const) {
      for (let offset = 0; offset < 0x40; offset += 4) {
        script.push(address(device, func, offset));
        if (offset >= 0x10 && offset < 0x28) script.push({ do: "out", port: 0xcfc, size: 4, value: 0xffff_ffff });
        // Command is as firmware leaves it, so is the interrupt line.
        script.push(read(offset === 0x04 ? 0xffff : offset === 0x3c ? 0xff : 0));
      }
    }
    for (let wire = 0; wire < 4; wire++) script.push(address(1, 0, 0x60), { do: "in", port: 0xcfc + wire, size: 1 });
    for (const device of [2, 31]) script.push(address(device, 0, 0), read());
    script.push({ do: "out", port: 0xcf8, size: 4, value: 0 }, read(), { do: "in", port: 0xcf8, size: 4 });
    compare(script, (bus, clock) => {
      const host = new PciHost();
      host.mapOn(bus);
      addPiixChipset({ host, router: new PirqRouter(() => NO_LINE), pm: new AcpiPm({ clock }) });
    });
  });

  it("PIIX3: PIRQ routes, IDE's configuration space and bus master registers, random writes", () => {
    const random = new Random(SEED ^ 6);
    const script: Action[] = [];
    const select = (func: number, offset: number): void => {
      script.push({ do: "out", port: 0xcf8, size: 4, value: (0x8000_0800 | (func << 8) | offset) >>> 0 });
    };
    select(1, 0x20);
    script.push({ do: "out", port: 0xcfc, size: 4, value: 0xc001 });
    select(1, 0x04);
    script.push({ do: "out", port: 0xcfc, size: 2, value: 0x0001 });
    for (let i = 0; i < 1000; i++) {
      const what = random.below(3);
      if (what === 0) {
        // A PIRQ line that is on, and routed to an interrupt that exists; QEMU keeps bits 6-4, which the datasheet reserves.
        const route = random.pick([0x80, 5, 10, 11, 9, 15]);
        select(0, 0x60);
        const port = 0xcfc + random.below(4);
        script.push(outb(port, route), inb(port), { do: "in", port: 0xcfc, size: 4 });
      } else if (what === 1) {
        // Identity and header; of the rest QEMU has the whole words as storage.
        const offset = random.pick([0x00, 0x08, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30, 0x40]);
        select(1, offset);
        if (offset === 0x40)
          script.push({ do: "out", port: 0xcfc, size: 4, value: (random.u32() & 0xf3ff_f3ff) >>> 0 });
        script.push({ do: "in", port: 0xcfc, size: 4 });
      } else {
        const channel = 8 * random.below(2);
        script.push({ do: "out", port: 0xc004 + channel, size: 4, value: random.u32() });
        script.push({ do: "in", port: 0xc004 + channel, size: 4 });
        // Storage bits and write-one-to-clear bits; started transfers wait in ours and end at once in QEMU.
        script.push(outb(0xc002 + channel, random.below(256)), inb(0xc002 + channel));
        script.push(outb(0xc000 + channel, random.pick([0x00, 0x08])), inb(0xc000 + channel));
      }
    }
    compare(script, (bus, clock) => {
      const host = new PciHost();
      host.mapOn(bus);
      addPiixChipset({ host, router: new PirqRouter(() => NO_LINE), pm: new AcpiPm({ clock }), bus });
    });
  });

  it("HPET: random registers while the counter stands still", () => {
    const random = new Random(SEED ^ 7);
    const script: Action[] = [];
    const base = 0xfed0_0000;
    for (let i = 0; i < 2000; i++) {
      const timer = 0x100 + 0x20 * random.below(3);
      const offset = random.pick([0x00, 0x04, 0x10, 0x20, 0xf0, 0xf4, timer, timer, timer + 4, timer + 8, timer + 12]);
      if (random.below(2) === 0 && offset >= 0x20) {
        // Enables of interrupts and routes; the timers stay 64 bits wide and are not periodic, in which QEMU is not the specification.
        const value = offset === timer ? random.u32() & 0x3e06 : random.u32();
        script.push({ do: "store", gpa: base + offset, value });
      }
      script.push({ do: "load", gpa: base + offset });
    }
    compare(script, (bus, clock) => void new Hpet({ clock, line0: NO_LINE, line8: NO_LINE }).mapOn(bus));
  });

  // Not DSKCHG: QEMU's controller has a drive without a disk, which asserts it, though its ACPI tables say that there is none.
  it("floppy controller: commands that need no drive, resets and interrupt status", () => {
    const random = new Random(SEED ^ 8);
    const script: Action[] = [];
    const command = (bytes: readonly number[], results: number): void => {
      for (const byte of bytes) script.push(inb(0x3f4), outb(0x3f5, byte));
      for (let i = 0; i < results; i++) script.push(inb(0x3f4), inb(0x3f5));
      script.push(inb(0x3f4));
    };
    for (let i = 0; i < 300; i++) {
      const what = random.below(6);
      if (what === 0) {
        script.push(outb(0x3f2, 0x08), outb(0x3f2, 0x0c), inb(0x3f2));
        for (let drive = 0; drive < 4; drive++) command([0x08], 2);
        command([0x08], 1);
      } else if (what === 1) command([0x10], 1);
      else if (what === 2) command([0x03, random.below(256), random.below(128) << 1], 0);
      else if (what === 3) command([random.pick([0x94, 0x14])], 1);
      else if (what === 4) command([random.pick([0x00, 0x01, 0x0b, 0x1f])], 1);
      else command([0x13, 0x00, random.below(16), random.below(256)], 0);
    }
    compare(script, (bus) => void new FloppyController().mapOn(bus));
  });

  it("8237: random registers", () => {
    const random = new Random(SEED ^ 3);
    const script: Action[] = [outb(0x0d, 0), outb(0xda, 0)];
    for (let i = 0; i < 2000; i++) {
      const second = random.below(2) === 1;
      const register = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 10, 12, 13, 14, 15]);
      const port = second ? 0xc0 + 2 * register : register;
      const page = random.pick([0x81, 0x82, 0x83, 0x87, 0x89, 0x8a, 0x8b, 0x8f]);
      const what = random.below(4);
      if (what === 0) script.push(outb(page, random.below(256)), inb(page));
      else if (register >= 8) script.push(outb(port, random.below(256)));
      else {
        // QEMU's registers change with the second byte only.
        script.push(outb(second ? 0xd8 : 0x0c, 0));
        if (what > 1) script.push(outb(port, random.below(256)), outb(port, random.below(256)));
        script.push(inb(port), inb(port));
      }
    }
    compare(script, (bus) => void new Dma8237().mapOn(bus));
  });

  it("IOAPIC: random registers", () => {
    const random = new Random(SEED ^ 4);
    const script: Action[] = [];
    for (let i = 0; i < 2000; i++) {
      const index = random.pick([0, 1, 2, 0x10 + random.below(48), random.below(256)]);
      script.push({ do: "store", gpa: 0xfec0_0000, value: index });
      // Masked, as a message would go to processors that are not there, and without reserved bits, which QEMU keeps.
      const entry = (index & 1) === 0 ? (random.u32() & 0xffff) | 0x1_0000 : random.u32() & 0xff00_0000;
      if (random.below(2) === 0)
        script.push({ do: "store", gpa: 0xfec0_0010, value: index < 0x10 ? random.u32() : entry >>> 0 });
      script.push({ do: "load", gpa: 0xfec0_0010 }, { do: "load", gpa: 0xfec0_0000 });
    }
    compare(script, (bus) => void new IoApic({ bus: new InterruptBus() }).mapOn(bus));
  });
});
