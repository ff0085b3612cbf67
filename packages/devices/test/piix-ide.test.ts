import { describe, expect, it } from "vitest";
import { SystemBus } from "../src/bus/system-bus.js";
import { assignPciResources } from "../src/pci/firmware.js";
import { PciHost } from "../src/pci/host.js";
import { createIde } from "../src/pci/piix-ide.js";

function setUp() {
  const bus = new SystemBus();
  const host = new PciHost();
  host.mapOn(bus);
  const ide = createIde(bus);
  host.add(1, 1, ide);
  return { bus, host, ide };
}

const owner = (bus: SystemBus, port: number): string | undefined => bus.decodePort(port)?.name;
const CHANNEL_PORTS = [0x1f0, 0x1f7, 0x3f6, 0x170, 0x177, 0x376];

describe("PIIX3 IDE controller", () => {
  it("has the configuration space of the datasheet after reset (82371SB, section 2.3)", () => {
    const { ide } = setUp();
    expect(ide.readConfig(0x00, 4)).toBe(0x7010_8086);
    // PCICMD 0000h, PCISTS 0280h, class code 010180h, BMIBA 00000001h, IDETIM 0000h, SIDETIM 00h.
    expect(ide.readConfig(0x04, 4)).toBe(0x0280_0000);
    expect(ide.readConfig(0x08, 4) >>> 8).toBe(0x01_0180);
    expect(ide.readConfig(0x20, 4)).toBe(1);
    expect([ide.readConfig(0x40, 4), ide.readConfig(0x44, 1)]).toEqual([0, 0]);
  });

  it("lets only the bits be written that exist", () => {
    const { ide } = setUp();
    for (let offset = 0; offset < 0x48; offset += 4) ide.writeConfig(offset, 4, 0xffff_ffff);
    // I/O space and bus master enable; latency timer's upper half; sixteen ports of bus master registers.
    expect(ide.readConfig(0x04, 2)).toBe(0x0005);
    expect(ide.readConfig(0x0c, 2)).toBe(0xf000);
    expect(ide.readConfig(0x20, 4)).toBe(0xffff_fff1);
    // IDETIM bits 11-10 are reserved.
    expect(ide.readConfig(0x40, 4)).toBe(0xf3ff_f3ff);
    expect(ide.readConfig(0x44, 4)).toBe(0xff);
  });

  it("decodes a channel's ports with I/O space and the channel's decode bit, not with one of them", () => {
    const { bus, ide } = setUp();
    const decoded = (): boolean[] => CHANNEL_PORTS.map((port) => owner(bus, port) !== undefined);
    ide.writeConfig(0x40, 2, 0x8000);
    expect(decoded()).toEqual([false, false, false, false, false, false]);
    ide.writeConfig(0x04, 2, 1);
    expect(decoded()).toEqual([true, true, true, false, false, false]);
    ide.writeConfig(0x40, 4, 0x8000_0000);
    expect(decoded()).toEqual([false, false, false, true, true, true]);
    ide.writeConfig(0x43, 1, 0);
    expect(decoded()).toEqual([false, false, false, false, false, false]);
    expect([owner(bus, 0x3f7), owner(bus, 0x377)]).toEqual([undefined, undefined]);
  });

  it("answers for a cable without drives: not busy, and nothing that is written comes back", () => {
    const { bus, host } = setUp();
    assignPciResources(host, { bus });
    // The presence check of Linux's libata (ata_devchk): two patterns to sector count and LBA low.
    for (const base of [0x1f0, 0x170]) {
      for (const drive of [0xa0, 0xb0]) {
        bus.writePort(base + 6, 1, drive);
        bus.writePort(base + 2, 1, 0x55);
        bus.writePort(base + 3, 1, 0xaa);
        expect([bus.readPort(base + 2, 1), bus.readPort(base + 3, 1)]).toEqual([0x7f, 0x7f]);
      }
      // BSY is bit 7 of status and alternate status.
      expect([bus.readPort(base + 7, 1), bus.readPort(base + 0x206, 1)]).toEqual([0x7f, 0x7f]);
      expect(bus.readPort(base, 2)).toBe(0xff7f);
    }
  });

  it("is set up by the firmware: bus master registers at the first I/O range, both channels on", () => {
    const { bus, host, ide } = setUp();
    assignPciResources(host, { bus });
    expect(ide.readConfig(0x20, 4)).toBe(0xc001);
    expect(ide.readConfig(0x40, 4)).toBe(0x8000_8000);
    expect(CHANNEL_PORTS.map((port) => owner(bus, port))).toEqual([
      ...Array<string>(3).fill("piix3-ide channel 0"),
      ...Array<string>(3).fill("piix3-ide channel 1"),
    ]);
  });

  it("bus master registers: a transfer that is started stays active until it is stopped (section 2.7)", () => {
    const { bus, host } = setUp();
    assignPciResources(host, { bus });
    for (const base of [0xc000, 0xc008]) {
      bus.writePort(base + 4, 4, 0x0123_4567);
      expect(bus.readPort(base + 4, 4)).toBe(0x0123_4564);
      bus.writePort(base, 1, 0xff);
      expect(bus.readPort(base, 1)).toBe(0x09);
      expect(bus.readPort(base + 2, 1)).toBe(0x01);
      // "Drive capable" bits are storage, the others are not written.
      bus.writePort(base + 2, 1, 0xff);
      expect(bus.readPort(base + 2, 1)).toBe(0x61);
      bus.writePort(base, 1, 0x08);
      expect(bus.readPort(base + 2, 1)).toBe(0x60);
    }
  });

  it("gives way where another device is", () => {
    const { bus, ide } = setUp();
    const other = { readPort: (): number => 0x42, writePort: (): void => {} };
    bus.mapPorts(0x1f4, 2, other, "other");
    ide.writeConfig(0x04, 2, 1);
    ide.writeConfig(0x40, 2, 0x8000);
    expect([owner(bus, 0x1f0), owner(bus, 0x1f4), owner(bus, 0x3f6)]).toEqual([
      undefined,
      "other",
      "piix3-ide channel 0",
    ]);
  });

  it("comes back from a snapshot with its ports, and leaves them at reset", () => {
    const first = setUp();
    assignPciResources(first.host, { bus: first.bus });
    first.bus.writePort(0xc008, 1, 1);
    const second = setUp();
    second.ide.load(first.ide.save(), first.ide.version);
    expect(CHANNEL_PORTS.every((port) => owner(second.bus, port) !== undefined)).toBe(true);
    expect(second.bus.readPort(0xc00a, 1)).toBe(1);
    second.ide.reset();
    expect(second.bus.describe().ports.map(({ name }) => name)).toEqual(["pci-host"]);
    expect(second.ide.save()).toEqual(setUp().ide.save());
  });
});
