import { describe, expect, it } from "vitest";
import { SystemBus } from "../src/bus/system-bus.js";
import { FloppyController } from "../src/floppy/floppy-controller.js";
import { TestLine } from "./support.js";

// Values from Intel's 82077AA datasheet: registers 2.1, commands 5 (table 5-1), status registers 6.

const DOR = 0x3f2;
const STATUS = 0x3f4;
const FIFO = 0x3f5;

function setUp() {
  const bus = new SystemBus();
  const line = new TestLine();
  const floppy = new FloppyController({ line });
  floppy.mapOn(bus);
  const status = (): number => bus.readPort(STATUS, 1);
  /** Writes a command as a driver does, waiting for RQM before each byte, and gives its result. */
  const command = (...values: number[]): number[] => {
    for (const value of values) {
      expect(status() & 0xc0).toBe(0x80);
      bus.writePort(FIFO, 1, value);
    }
    const result: number[] = [];
    while ((status() & 0xd0) === 0xd0) result.push(bus.readPort(FIFO, 1));
    return result;
  };
  const reset = (): void => {
    bus.writePort(DOR, 1, 0x08);
    bus.writePort(DOR, 1, 0x0c);
  };
  return { bus, line, floppy, status, command, reset };
}

const SENSE_INTERRUPT = 0x08;
const DUMP = 0x0e;

describe("floppy controller", () => {
  it("is told from its predecessors by DUMPREG and VERSION", () => {
    const { command } = setUp();
    expect(command(0x10)).toEqual([0x90]);
    expect(command(DUMP)).toHaveLength(10);
  });

  it("interrupts after a reset, which four SENSE INTERRUPTs explain: ready changed, drives 0 to 3", () => {
    const { line, command, reset } = setUp();
    reset();
    expect([line.level, line.rises]).toEqual([true, 1]);
    expect(command(SENSE_INTERRUPT)).toEqual([0xc0, 0]);
    expect(line.level).toBe(false);
    expect([1, 2, 3].map(() => command(SENSE_INTERRUPT))).toEqual([
      [0xc1, 0],
      [0xc2, 0],
      [0xc3, 0],
    ]);
    expect(command(SENSE_INTERRUPT)).toEqual([0x80]);
  });

  it("keeps the interrupt in while the DMA gate is shut", () => {
    const { bus, line } = setUp();
    bus.writePort(DOR, 1, 0x00);
    bus.writePort(DOR, 1, 0x04);
    expect(line.level).toBe(false);
    bus.writePort(DOR, 1, 0x0c);
    expect(line.level).toBe(true);
  });

  it("answers nothing while it is held in reset", () => {
    const { bus, status } = setUp();
    bus.writePort(DOR, 1, 0x08);
    expect(status()).toBe(0);
    bus.writePort(FIFO, 1, 0x10);
    expect(bus.readPort(FIFO, 1)).toBe(0);
  });

  it("the data rate register resets and lets go by itself", () => {
    const { bus, line, status } = setUp();
    bus.writePort(STATUS, 1, 0x80);
    expect([line.level, status()]).toEqual([true, 0x80]);
  });

  it("without polling a reset makes no interrupt", () => {
    const { bus, line, command } = setUp();
    command(0x14 | 0x80);
    command(0x13, 0x00, 0x10, 0x00);
    // LOCK does not keep POLL: the reset brings it back.
    bus.writePort(STATUS, 1, 0x80);
    expect(line.rises).toBe(1);
  });

  it("does not find track 0: abnormal end, seek end, equipment check", () => {
    const { line, command } = setUp();
    expect(command(0x07, 0x01)).toEqual([]);
    expect(line.level).toBe(true);
    expect(command(SENSE_INTERRUPT)).toEqual([0x71, 0]);
    expect(line.level).toBe(false);
    // SENSE DRIVE STATUS: not write-protected, not at track 0, head and drive as asked.
    expect(command(0x04, 0x05)).toEqual([0x2d]);
  });

  it("seeks, there and by steps", () => {
    const { command } = setUp();
    command(0x0f, 0x02, 40);
    expect(command(SENSE_INTERRUPT)).toEqual([0x22, 40]);
    command(0xcf, 0x02, 5);
    expect(command(SENSE_INTERRUPT)).toEqual([0x22, 45]);
    command(0x8f, 0x02, 15);
    expect(command(SENSE_INTERRUPT)).toEqual([0x22, 30]);
  });

  it("DUMPREG shows what was set; LOCK keeps the FIFO's settings through a soft reset", () => {
    const { bus, command } = setUp();
    command(0x03, 0xdf, 0x02);
    command(0x13, 0x00, 0x57, 0x21);
    command(0x12, 0x86);
    expect(command(0x94)).toEqual([0x10]);
    expect(command(DUMP)).toEqual([0, 0, 0, 0, 0xdf, 0x02, 0, 0x86, 0x57, 0x21]);
    bus.writePort(STATUS, 1, 0x80);
    // EIS and POLL are gone, EFIFO, threshold and precompensation stay; so do SPECIFY's values. GAP and WGATE are cleared.
    expect(command(DUMP)).toEqual([0, 0, 0, 0, 0xdf, 0x02, 0, 0x84, 0x07, 0x21]);
    expect(command(0x14)).toEqual([0]);
    bus.writePort(STATUS, 1, 0x80);
    expect(command(DUMP).slice(7)).toEqual([0x04, 0x20, 0]);
  });

  it.each([
    [0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff],
    [0x45, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff],
    [0x4d, 0x00, 2, 18, 0x54, 0xf6],
    [0x4a, 0x00],
  ])("a command that touches the disk waits for an index pulse, until a reset (%#x)", (...bytes) => {
    const { bus, line, status, command, reset } = setUp();
    command(...bytes);
    expect([status(), line.level]).toEqual([0x10, false]);
    bus.writePort(FIFO, 1, 0x10);
    expect([status(), bus.readPort(FIFO, 1)]).toEqual([0x10, 0]);
    reset();
    expect(status()).toBe(0x80);
    expect(command(SENSE_INTERRUPT)).toEqual([0xc0, 0]);
  });

  it.each([0x00, 0x01, 0x0b, 0x15, 0x1f, 0x90, 0xa8])("there is no command %#x", (opcode) => {
    expect(setUp().command(opcode)).toEqual([0x80]);
  });

  it("no drive asserts DSKCHG, and the port of the hard disk's control block is not taken", () => {
    const { bus } = setUp();
    expect(bus.readPort(0x3f7, 1) & 0x80).toBe(0);
    expect(bus.decodePort(0x3f6)).toBeNull();
    bus.writePort(0x3f3, 1, 0xff);
    expect(bus.readPort(0x3f3, 1) & 3).toBe(3);
  });
});
