import { describe, expect, it } from "vitest";
import { InterruptBus } from "../src/apic/interrupt-bus.js";
import { IoApic } from "../src/apic/ioapic.js";
import { LocalApic } from "../src/apic/local-apic.js";
import { SystemBus } from "../src/bus/system-bus.js";
import { Pic8259Pair } from "../src/pic8259.js";
import { TestClock } from "./support.js";

const ID = 0x20;
const VERSION = 0x30;
const TPR = 0x80;
const PPR = 0xa0;
const EOI = 0xb0;
const LDR = 0xd0;
const DFR = 0xe0;
const SVR = 0xf0;
const ISR = 0x100;
const TMR = 0x180;
const ESR = 0x280;
const ICR_LOW = 0x300;
const ICR_HIGH = 0x310;
const LVT_TIMER = 0x320;
const LVT_LINT0 = 0x350;
const LVT_LINT1 = 0x360;
const LVT_ERROR = 0x370;
const INITIAL = 0x380;
const CURRENT = 0x390;
const DIVIDE = 0x3e0;

interface Options {
  cpus?: number;
  busHz?: number;
  timeOfTsc?: (tsc: number) => number;
  apicVersion?: number;
}

function setUp(options: Options = {}) {
  const clock = new TestClock();
  const interrupts = new InterruptBus();
  const events: string[] = [];
  let changes = 0;
  const lapics = Array.from({ length: options.cpus ?? 1 }, (_, id) => {
    return new LocalApic({
      clock,
      bus: interrupts,
      id,
      cpu: {
        onChange: () => changes++,
        onNmi: () => events.push(`nmi ${id}`),
        onSmi: () => events.push(`smi ${id}`),
        onInit: () => events.push(`init ${id}`),
        onStartup: (vector) => events.push(`startup ${id} ${vector}`),
      },
      ...(options.busHz === undefined ? {} : { busHz: options.busHz }),
      ...(options.apicVersion === undefined ? {} : { version: options.apicVersion }),
      ...(options.timeOfTsc === undefined ? {} : { timeOfTsc: options.timeOfTsc }),
    });
  });
  const lapic = lapics[0]!;
  const read = (offset: number, cpu = 0): number => lapics[cpu]!.readMmio(offset, 4);
  const write = (offset: number, value: number, cpu = 0): void => lapics[cpu]!.writeMmio(offset, 4, value);
  for (let i = 1; i < lapics.length; i++) write(SVR, 0x1ff, i);
  /** Sends a fixed, physical message to CPU 0. */
  const fixed = (vector: number, level = false): void => {
    interrupts.deliver(0, false, 0, vector, level);
  };
  return { clock, interrupts, events, lapics, lapic, read, write, fixed, changes: () => changes };
}

describe("local APIC registers", () => {
  it("has the SDM's reset values, and virtual wire mode on the boot processor", () => {
    const { read } = setUp({ cpus: 2 });
    expect(read(ID, 1)).toBe(0x0100_0000);
    expect(read(VERSION)).toBe(0x0005_0014);
    expect([TPR, PPR, LDR, DFR, ESR, ICR_LOW, ICR_HIGH, INITIAL, CURRENT, DIVIDE].map((r) => read(r))).toEqual([
      0, 0, 0, 0xffff_ffff, 0, 0, 0, 0, 0, 0,
    ]);
    expect([SVR, LVT_TIMER, LVT_LINT0, LVT_LINT1, LVT_ERROR].map((r) => read(r))).toEqual([
      0x1ff, 0x1_0000, 0x8700, 0x8400, 0x1_0000,
    ]);
    expect([LVT_LINT0, LVT_LINT1].map((r) => read(r, 1))).toEqual([0x1_0000, 0x1_0000]);
  });

  it("keeps only writable bits", () => {
    const { read, write } = setUp();
    for (const [register, kept] of [
      [TPR, 0xff],
      [LDR, 0xff00_0000],
      [DFR, 0xffff_ffff],
      // Suppressing EOI broadcasts is for APICs whose version says so (11.8.5).
      [SVR, 0x01ff],
      [ICR_HIGH, 0xff00_0000],
      [0x330, 0x1_07ff],
      [LVT_ERROR, 0x1_00ff],
      [LVT_TIMER, 0x7_00ff],
      [DIVIDE, 0x0b],
      [INITIAL, 0xffff_ffff],
    ] as const) {
      write(register, 0xffff_ffff);
      expect([register, read(register)]).toEqual([register, kept]);
    }
    write(DFR, 0);
    expect(read(DFR)).toBe(0x0fff_ffff);
  });

  it("masks all of the LVT while it is disabled by software", () => {
    const { read, write, lapic, fixed } = setUp();
    write(LVT_TIMER, 0x40);
    write(SVR, 0xff);
    expect(read(LVT_TIMER)).toBe(0x1_0040);
    write(LVT_TIMER, 0x40);
    expect(read(LVT_TIMER)).toBe(0x1_0040);
    fixed(0x50);
    expect(lapic.hasInterrupt()).toBe(false);
  });

  it("answers wide and narrow accesses as the SDM allows", () => {
    const { lapic } = setUp();
    expect(lapic.readMmio(VERSION + 2, 1)).toBe(5);
    expect(lapic.readMmio(VERSION + 4, 4)).toBe(0);
    lapic.writeMmio(TPR, 1, 0xff);
    expect(lapic.readMmio(TPR, 4)).toBe(0);
  });
});

describe("priorities", () => {
  it("delivers the highest vector first and holds back its own and lower classes until EOI", () => {
    const { lapic, read, write, fixed } = setUp();
    fixed(0x41);
    fixed(0x62);
    fixed(0x63);
    expect(lapic.acknowledge()).toBe(0x63);
    expect(read(ISR + 0x30)).toBe(1 << 3);
    expect(read(PPR)).toBe(0x60);
    expect(lapic.hasInterrupt()).toBe(false);
    fixed(0x70);
    expect(lapic.acknowledge()).toBe(0x70);
    write(EOI, 0);
    expect(lapic.hasInterrupt()).toBe(false);
    write(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x62);
    write(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x41);
  });

  // SDM 3A 11.8.3.1: PPR class is the higher of TPR's and the highest in service; the low half is TPR's only where TPR wins.
  it.each([
    [0x00, 0x00, 0x00],
    [0x35, 0x00, 0x35],
    [0x35, 0x42, 0x40],
    [0x45, 0x42, 0x45],
    [0x55, 0x42, 0x55],
  ])("TPR %i with %i in service gives PPR %i", (tpr, inService, ppr) => {
    const { lapic, read, write, fixed } = setUp();
    if (inService !== 0) {
      fixed(inService);
      lapic.acknowledge();
    }
    write(TPR, tpr);
    expect(read(PPR)).toBe(ppr);
  });

  it("TPR and CR8 are one register and mask classes at or below theirs", () => {
    const { lapic, read, fixed } = setUp();
    lapic.cr8 = 5;
    expect(read(TPR)).toBe(0x50);
    fixed(0x5f);
    expect(lapic.hasInterrupt()).toBe(false);
    fixed(0x60);
    expect(lapic.hasInterrupt()).toBe(true);
    lapic.acknowledge();
    lapic.cr8 = 4;
    expect(lapic.cr8).toBe(4);
    expect(lapic.hasInterrupt()).toBe(false);
  });

  it("gives the spurious vector where nothing is left to acknowledge", () => {
    const { lapic, read, write, fixed } = setUp();
    fixed(0x40);
    lapic.cr8 = 15;
    expect(lapic.acknowledge()).toBe(0xff);
    expect(read(ISR + 0x20)).toBe(0);
    write(SVR, 0x1ef);
    expect(lapic.acknowledge()).toBe(0xef);
  });

  it("tells the processor when what it should see has changed, and only then", () => {
    const { lapic, write, fixed, changes } = setUp();
    fixed(0x40);
    expect(changes()).toBe(1);
    fixed(0x40);
    fixed(0x31);
    expect(changes()).toBe(1);
    lapic.acknowledge();
    expect(changes()).toBe(2);
    write(EOI, 0);
    expect(changes()).toBe(3);
  });
});

describe("errors", () => {
  it("a vector below 16 is an error, shown by ESR after a write to it, and interrupts through the error LVT", () => {
    const { lapic, read, write, fixed } = setUp();
    write(LVT_ERROR, 0xfe);
    fixed(0x0f);
    expect(lapic.acknowledge()).toBe(0xfe);
    expect(read(ESR)).toBe(0);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x40);
    write(ESR, 0);
    expect(read(ESR)).toBe(0);
    write(ICR_LOW, 0x4_0005);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x20);
    write(0x40, 1);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x80);
  });

  it.each([
    ["a read of a reserved register", 0x3a0, false, 0x80],
    ["a read of a register that there is", PPR, false, 0],
    ["a write of a reserved register", 0x2e0, true, 0x80],
    ["a write of a register that is read-only", VERSION, true, 0],
  ])("%s (11.5.3, illegal register address)", (_, register, writes, expected) => {
    const { read, write } = setUp();
    if (writes) write(register, 0);
    else read(register);
    write(ESR, 0);
    expect(read(ESR)).toBe(expected);
  });
});

describe("interprocessor interrupts", () => {
  it.each([
    ["physical", 0x0000_0041, 2 << 24, [2]],
    ["physical broadcast", 0x0000_0041, 0xff00_0000, [0, 1, 2, 3]],
    ["self", 0x0004_0041, 0, [0]],
    ["all including self", 0x0008_0041, 0, [0, 1, 2, 3]],
    ["all excluding self", 0x000c_0041, 0, [1, 2, 3]],
    ["logical flat", 0x0000_0841, 0x0a00_0000, [1, 3]],
    ["lowest priority", 0x0000_0941, 0x0e00_0000, [1]],
  ])("%s", (_name, low, high, expected) => {
    const { lapics, write } = setUp({ cpus: 4 });
    lapics.forEach((_, i) => write(LDR, (1 << (24 + i)) >>> 0, i));
    write(ICR_HIGH, high >>> 0);
    write(ICR_LOW, low);
    expect(lapics.flatMap((l, i) => (l.hasInterrupt() ? [i] : []))).toEqual(expected);
  });

  it("lowest priority goes to whoever has the lowest processor priority", () => {
    const { lapics, write } = setUp({ cpus: 3 });
    lapics.forEach((l, i) => {
      write(LDR, (1 << (24 + i)) >>> 0, i);
      l.cr8 = [7, 5, 6][i]!;
    });
    write(ICR_HIGH, 0x0700_0000);
    write(ICR_LOW, 0x0991);
    expect(lapics.flatMap((l, i) => (l.hasInterrupt() ? [i] : []))).toEqual([1]);
  });

  it("logical cluster model: the cluster's number and a bit in it", () => {
    const { lapics, write } = setUp({ cpus: 3 });
    [0x11, 0x12, 0x22].forEach((id, i) => {
      write(DFR, 0x0fff_ffff, i);
      write(LDR, (id << 24) >>> 0, i);
    });
    write(ICR_HIGH, 0x1200_0000);
    write(ICR_LOW, 0x0841);
    expect(lapics.flatMap((l, i) => (l.hasInterrupt() ? [i] : []))).toEqual([1]);
  });

  it("INIT, start-up, NMI and SMI reach the processor; INIT de-assert does not", () => {
    const { write, events } = setUp({ cpus: 2 });
    write(ICR_HIGH, 0x0100_0000);
    write(ICR_LOW, 0xc500);
    write(ICR_LOW, 0x8500);
    write(ICR_LOW, 0x0699);
    write(ICR_LOW, 0x0400);
    write(ICR_LOW, 0x0200);
    expect(events).toEqual(["init 1", "startup 1 153", "nmi 1", "smi 1"]);
  });

  it("INIT keeps base and ID and resets the rest", () => {
    const { lapics, read, write } = setUp({ cpus: 2 });
    write(TPR, 0x40, 1);
    write(ID, 0x0700_0000, 1);
    lapics[1]!.init();
    expect([read(ID, 1), read(TPR, 1), read(SVR, 1)]).toEqual([0x0700_0000, 0, 0xff]);
  });
});

describe("timer", () => {
  // Figure 11-10.
  it.each([
    [0x0, 2],
    [0x1, 4],
    [0x2, 8],
    [0x3, 16],
    [0x8, 32],
    [0x9, 64],
    [0xa, 128],
    [0xb, 1],
  ])("divide configuration %i divides by %i", (code, divisor) => {
    const { clock, read, write } = setUp({ busHz: 100_000_000 });
    write(DIVIDE, code);
    write(INITIAL, 1000);
    clock.advance(10 * divisor * 7);
    expect(read(CURRENT)).toBe(993);
  });

  it("one-shot: counts down to zero once", () => {
    const { clock, lapic, read, write } = setUp({ busHz: 100_000_000 });
    write(DIVIDE, 0xb);
    write(LVT_TIMER, 0x40);
    write(INITIAL, 100);
    clock.advance(999);
    expect(read(CURRENT)).toBe(1);
    expect(lapic.hasInterrupt()).toBe(false);
    clock.advance(1);
    expect(read(CURRENT)).toBe(0);
    expect(lapic.acknowledge()).toBe(0x40);
    write(EOI, 0);
    clock.advance(1_000_000);
    expect(lapic.hasInterrupt()).toBe(false);
    expect(clock.armed).toBe(0);
  });

  it("periodic: reloads, without drift", () => {
    const { clock, lapic, write } = setUp({ busHz: 62_500_000 });
    write(DIVIDE, 0xb);
    write(LVT_TIMER, 0x2_0040);
    write(INITIAL, 62_500);
    let count = 0;
    for (let i = 0; i < 1000; i++) {
      clock.advance(1_000_000);
      if (lapic.hasInterrupt()) {
        expect(lapic.acknowledge()).toBe(0x40);
        write(EOI, 0);
        count++;
      }
    }
    expect(count).toBe(1000);
  });

  it("periodic: asks for nothing more while its interrupt waits, so that a tiny period costs a hostile guest's host nothing", () => {
    const { clock, write } = setUp();
    write(DIVIDE, 0xb);
    write(LVT_TIMER, 0x2_0040);
    write(INITIAL, 1);
    clock.advance(1_000_000);
    expect(clock.fired).toBe(1);
  });

  it("masked it counts without a callback; unmasked in time it interrupts, too late it does not", () => {
    const { clock, lapic, read, write } = setUp({ busHz: 1_000_000_000 });
    write(DIVIDE, 0xb);
    write(LVT_TIMER, 0x1_0040);
    write(INITIAL, 1000);
    expect(clock.armed).toBe(0);
    clock.advance(500);
    expect(read(CURRENT)).toBe(500);
    write(LVT_TIMER, 0x40);
    clock.advance(500);
    expect(lapic.hasInterrupt()).toBe(true);
    lapic.acknowledge();
    write(EOI, 0);
    write(LVT_TIMER, 0x1_0040);
    write(INITIAL, 1000);
    clock.advance(1500);
    write(LVT_TIMER, 0x40);
    clock.advance(1000);
    expect(lapic.hasInterrupt()).toBe(false);
  });

  it("a new divisor goes on from the current count; zero stops", () => {
    const { clock, read, write } = setUp({ busHz: 1_000_000_000 });
    write(DIVIDE, 0xb);
    write(INITIAL, 1000);
    clock.advance(400);
    write(DIVIDE, 0x0);
    clock.advance(200);
    expect(read(CURRENT)).toBe(500);
    write(INITIAL, 0);
    expect(read(CURRENT)).toBe(0);
  });

  it("TSC deadline: fires at its time, then reads zero; the count registers are dead", () => {
    const { clock, lapic, read, write } = setUp({ timeOfTsc: (tsc) => Math.ceil(tsc / 2) });
    write(LVT_TIMER, 0x4_0040);
    expect(lapic.writeMsr(0x6e0, 5000, 0)).toBe(true);
    write(INITIAL, 77);
    expect([read(INITIAL), read(CURRENT)]).toEqual([0, 0]);
    lapic.readMsr(0x6e0);
    expect(lapic.msrLow).toBe(5000);
    clock.advance(2499);
    expect(lapic.hasInterrupt()).toBe(false);
    clock.advance(1);
    expect(lapic.acknowledge()).toBe(0x40);
    lapic.readMsr(0x6e0);
    expect(lapic.msrLow).toBe(0);
    write(EOI, 0);
    // A deadline that has passed comes at once.
    lapic.writeMsr(0x6e0, 1, 0);
    clock.advance(0);
    expect(lapic.acknowledge()).toBe(0x40);
  });

  it("in other modes the deadline is ignored; leaving the mode disarms", () => {
    const { clock, lapic, write } = setUp({ timeOfTsc: (tsc) => tsc });
    lapic.writeMsr(0x6e0, 100, 0);
    lapic.readMsr(0x6e0);
    expect(lapic.msrLow).toBe(0);
    write(LVT_TIMER, 0x4_0040);
    lapic.writeMsr(0x6e0, 100, 0);
    write(LVT_TIMER, 0x40);
    clock.advance(1000);
    expect(lapic.hasInterrupt()).toBe(false);
  });
});

describe("local pins", () => {
  it("ExtINT through LINT0: the 8259A pair gives the vector", () => {
    const { lapic, write } = setUp();
    const pic = new Pic8259Pair({ intr: lapic.lint0 });
    lapic.connectPic(pic);
    for (const [port, value] of [
      [0x20, 0x11],
      [0x21, 0x30],
      [0x21, 4],
      [0x21, 1],
    ] as const) {
      pic.writePort(port, 1, value);
    }
    pic.line(4).setLevel(true);
    expect(lapic.hasInterrupt()).toBe(true);
    write(LVT_LINT0, 0x1_0700);
    expect(lapic.hasInterrupt()).toBe(false);
    write(LVT_LINT0, 0x700);
    expect(lapic.acknowledge()).toBe(0x34);
    expect(lapic.hasInterrupt()).toBe(false);
    // Switched off altogether, the pin is the processor's INTR.
    pic.writePort(0x20, 1, 0x20);
    lapic.writeMsr(0x1b, 0xfee0_0100, 0);
    pic.line(5).setLevel(true);
    expect(lapic.acknowledge()).toBe(0x35);
  });

  it("NMI through LINT1, on its rising edge, where it is not masked", () => {
    const { lapic, write, events } = setUp();
    lapic.lint1.setLevel(true);
    lapic.lint1.setLevel(true);
    lapic.lint1.setLevel(false);
    write(LVT_LINT1, 0x1_0400);
    lapic.lint1.setLevel(true);
    expect(events).toEqual(["nmi 0"]);
  });

  it("fixed, level-triggered: again after EOI while the level stays", () => {
    const { lapic, read, write } = setUp();
    write(LVT_LINT1, 0x8045);
    lapic.lint1.setLevel(true);
    expect(read(LVT_LINT1)).toBe(0xc045);
    expect(lapic.acknowledge()).toBe(0x45);
    write(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x45);
    lapic.lint1.setLevel(false);
    write(EOI, 0);
    expect(lapic.hasInterrupt()).toBe(false);
    expect(read(LVT_LINT1)).toBe(0x8045);
  });
});

describe("IA32_APIC_BASE and x2APIC", () => {
  it("goes from xAPIC to x2APIC and back through off only", () => {
    const { lapic } = setUp();
    lapic.readMsr(0x1b);
    expect(lapic.msrLow).toBe(0xfee0_0900);
    expect(lapic.writeMsr(0x1b, 0xfee0_0901, 0)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee0_0500, 0)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee0_0d00, 0)).toBe(true);
    expect(lapic.writeMsr(0x1b, 0xfee0_0900, 0)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee0_0100, 0)).toBe(true);
    expect(lapic.writeMsr(0x1b, 0xfee0_0d00, 0)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee0_0900, 0)).toBe(true);
  });

  it("x2APIC: registers are MSRs, the ID has 32 bits, LDR is made of it, the ICR is one register", () => {
    const { lapics, lapic, write } = setUp({ cpus: 20 });
    const last = lapics[19]!;
    expect(lapic.readMsr(0x802)).toBe(false);
    for (const l of [lapic, last]) expect(l.writeMsr(0x1b, 0xfee0_0c00, 0)).toBe(true);
    last.readMsr(0x802);
    expect(last.msrLow).toBe(19);
    last.readMsr(0x80d);
    expect(last.msrLow).toBe(0x0001_0008);
    last.writeMsr(0x80f, 0x1ff, 0);
    expect(lapic.writeMsr(0x830, 0x41, 19)).toBe(true);
    expect(last.acknowledge()).toBe(0x41);
    expect(last.writeMsr(0x80b, 1, 0)).toBe(false);
    expect(last.writeMsr(0x80b, 0, 0)).toBe(true);
    expect(lapic.writeMsr(0x830, 0x0842, 0x0001_0008)).toBe(true);
    expect(last.acknowledge()).toBe(0x42);
    expect(last.writeMsr(0x83f, 0x77, 0)).toBe(true);
    expect(last.hasInterrupt()).toBe(true);
    expect(last.readMsr(0x831)).toBe(false);
    expect(last.writeMsr(0x802, 1, 0)).toBe(false);
    write(TPR, 0xff);
    expect(lapic.cr8).toBe(0);
  });

  it.each([
    ["physical, all ones", 0x0041, 0xffff_ffff, 20],
    ["physical, FFH, which is an ID", 0x0041, 0xff, 0],
    ["logical, FFH: the first eight of the first cluster", 0x0841, 0xff, 8],
    ["all including self", 0x8_0041, 0, 20],
  ])("x2APIC: destinations have 32 bits (11.12.9, 11.12.10): %s", (_, low, destination, reached) => {
    const { lapics } = setUp({ cpus: 20 });
    for (const each of lapics) each.writeMsr(0x1b, 0xfee0_0c00, 0);
    lapics[19]!.writeMsr(0x830, low, destination);
    expect(lapics.map((each) => each.hasInterrupt())).toEqual(lapics.map((_each, i) => i < reached));
  });

  it("x2APIC: messages of I/O APIC and devices have destinations of 8 bits, all ones of which is everybody", () => {
    const { lapics, interrupts } = setUp({ cpus: 20 });
    for (const each of lapics) each.writeMsr(0x1b, 0xfee0_0c00, 0);
    interrupts.sendMessage(0xfeef_f000, 0x41);
    expect(lapics.every((each) => each.hasInterrupt())).toBe(true);
  });

  it("x2APIC: the ID is the processor's own, whatever was written over it in xAPIC mode (11.12.5.1)", () => {
    const { lapics, lapic, write } = setUp({ cpus: 2 });
    write(ID, 0x0500_0000, 1);
    expect(lapics[1]!.writeMsr(0x1b, 0xfee0_0c00, 0)).toBe(true);
    expect(lapics[1]!.readMsr(0x802)).toBe(true);
    expect(lapics[1]!.msrLow).toBe(1);
    expect(lapic.id).toBe(0);
  });

  it("moves its page with the base, and takes it away", () => {
    const { lapic } = setUp();
    const bus = new SystemBus();
    lapic.mapOn(bus);
    expect(bus.decodeMmio(0xfee0_0030)?.name).toBe("lapic.0");
    lapic.writeMsr(0x1b, 0xfed0_0900, 0);
    expect(bus.decodeMmio(0xfee0_0030)).toBe(null);
    expect(bus.readMmio(0xfed0_0030, 4)).toBe(0x0005_0014);
    lapic.writeMsr(0x1b, 0xfed0_0100, 0);
    expect(bus.decodeMmio(0xfed0_0030)).toBe(null);
  });
});

describe("IOAPIC", () => {
  function withIoApic({ version, ...options }: Options & { version?: number } = {}) {
    const rig = setUp(options);
    const ioapic = new IoApic({ bus: rig.interrupts, ...(version === undefined ? {} : { version }) });
    const get = (index: number): number => {
      ioapic.writeMmio(0, 4, index);
      return ioapic.readMmio(0x10, 4);
    };
    const set = (index: number, value: number): void => {
      ioapic.writeMmio(0, 4, index);
      ioapic.writeMmio(0x10, 4, value);
    };
    const redirect = (pin: number, low: number, high = 0): void => {
      set(0x10 + 2 * pin + 1, high);
      set(0x10 + 2 * pin, low);
    };
    return { ...rig, ioapic, get, set, redirect };
  }

  it("ID, version with 24 entries, entries masked at reset", () => {
    const { get, set } = withIoApic();
    expect(get(1)).toBe(0x0017_0020);
    set(0, 0xff00_0000);
    expect([get(0), get(2)]).toEqual([0x0f00_0000, 0x0f00_0000]);
    expect([get(0x10), get(0x11), get(0x3e), get(0x40)]).toEqual([0x1_0000, 0, 0x1_0000, 0]);
    expect(withIoApic({ version: 0x11 }).get(1)).toBe(0x0017_0011);
  });

  it("keeps its read-only bits", () => {
    const { get, set } = withIoApic();
    set(0x10, 0xffff_ffff);
    set(0x11, 0xffff_ffff);
    expect([get(0x10), get(0x11)]).toEqual([0x1_afff, 0xff00_0000]);
  });

  it("edge: one message for a rising wire; one on a masked pin is lost", () => {
    const { lapic, ioapic, redirect, write } = withIoApic();
    redirect(4, 0x44);
    ioapic.line(4).setLevel(true);
    ioapic.line(4).setLevel(true);
    expect(lapic.acknowledge()).toBe(0x44);
    write(EOI, 0);
    expect(lapic.hasInterrupt()).toBe(false);
    ioapic.line(4).setLevel(false);
    redirect(4, 0x1_0044);
    ioapic.line(4).setLevel(true);
    redirect(4, 0x44);
    expect(lapic.hasInterrupt()).toBe(false);
  });

  it("level: remote IRR holds it back until EOI, then it comes again while the level stays", () => {
    const { lapic, ioapic, get, redirect, read, write } = withIoApic();
    redirect(10, 0x805a);
    ioapic.line(10).setLevel(true);
    expect(get(0x24)).toBe(0xc05a);
    expect(read(TMR + 0x20)).toBe(1 << 26);
    ioapic.line(10).setLevel(false);
    ioapic.line(10).setLevel(true);
    expect(lapic.acknowledge()).toBe(0x5a);
    expect(lapic.hasInterrupt()).toBe(false);
    write(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x5a);
    ioapic.line(10).setLevel(false);
    write(EOI, 0);
    expect(lapic.hasInterrupt()).toBe(false);
    expect(get(0x24)).toBe(0x805a);
  });

  it("level: what no processor accepts has no remote IRR, and comes when one is switched on (82093AA, 3.2.4)", () => {
    const { lapics, ioapic, get, redirect, write } = withIoApic({ cpus: 2 });
    write(SVR, 0xff, 1);
    redirect(10, 0x805a, 0x0100_0000);
    ioapic.line(10).setLevel(true);
    expect(get(0x24)).toBe(0x805a);
    write(SVR, 0x1ff, 1);
    expect(get(0x24)).toBe(0xc05a);
    expect(lapics[1]!.acknowledge()).toBe(0x5a);
  });

  it("level: what no processor accepts comes to the one that the entry is turned to", () => {
    const { lapic, ioapic, redirect } = withIoApic();
    redirect(10, 0x805a, 0x0700_0000);
    ioapic.line(10).setLevel(true);
    redirect(10, 0x805a);
    expect(lapic.acknowledge()).toBe(0x5a);
  });

  it("level on a masked pin comes when it is unmasked", () => {
    const { lapic, ioapic, redirect } = withIoApic();
    redirect(10, 0x1_805a);
    ioapic.line(10).setLevel(true);
    expect(lapic.hasInterrupt()).toBe(false);
    redirect(10, 0x805a);
    expect(lapic.hasInterrupt()).toBe(true);
  });

  it("directed EOI: the EOI register ends it where there is one", () => {
    const { lapic, ioapic, get, redirect, write } = withIoApic({ apicVersion: 0x0105_0014 });
    write(SVR, 0x11ff);
    redirect(10, 0x805a);
    ioapic.line(10).setLevel(true);
    lapic.acknowledge();
    ioapic.line(10).setLevel(false);
    write(EOI, 0);
    expect(get(0x24)).toBe(0xc05a);
    ioapic.writeMmio(0x40, 4, 0x5a);
    expect(get(0x24)).toBe(0x805a);
    const old = withIoApic({ version: 0x11 });
    old.redirect(10, 0x805a);
    old.ioapic.line(10).setLevel(true);
    old.ioapic.writeMmio(0x40, 4, 0x5a);
    expect(old.get(0x24)).toBe(0xc05a);
  });

  it("switching to edge and back clears a stuck remote IRR, as Linux does on old chips", () => {
    const { ioapic, get, redirect } = withIoApic({ version: 0x11 });
    redirect(10, 0x805a);
    ioapic.line(10).setLevel(true);
    ioapic.line(10).setLevel(false);
    redirect(10, 0x1_005a);
    redirect(10, 0x805a);
    expect(get(0x24)).toBe(0x805a);
  });

  it("delivers NMI and logical messages", () => {
    const { lapic, ioapic, redirect, events, write } = withIoApic();
    redirect(1, 0x0400);
    ioapic.line(1).setLevel(true);
    expect(events).toEqual(["nmi 0"]);
    write(LDR, 0x0100_0000);
    redirect(3, 0x0871, 0x0200_0000);
    ioapic.line(3).setLevel(true);
    expect(lapic.hasInterrupt()).toBe(false);
    redirect(5, 0x0972, 0x0300_0000);
    ioapic.line(5).setLevel(true);
    expect(lapic.acknowledge()).toBe(0x72);
  });

  it("has no pin 24", () => {
    const { ioapic } = withIoApic();
    expect(() => ioapic.line(24)).toThrow("no pin 24");
  });
});

describe("message-signalled interrupts", () => {
  it("decodes address and data; other addresses are not interrupts", () => {
    const { interrupts, lapics, write } = setUp({ cpus: 2 });
    interrupts.sendMessage(0xfee0_1000, 0x0051);
    expect(lapics.map((l) => l.hasInterrupt())).toEqual([false, true]);
    interrupts.sendMessage(0x1_fee0_0000, 0x0052);
    interrupts.sendMessage(0x1000, 0x0052);
    expect(lapics[0]!.hasInterrupt()).toBe(false);
    write(LDR, 0x0100_0000);
    interrupts.sendMessage(0xfee0_100c, 0x0153);
    expect(lapics[0]!.acknowledge()).toBe(0x53);
  });
});
