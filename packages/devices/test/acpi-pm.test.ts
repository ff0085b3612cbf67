import { describe, expect, it } from "vitest";
import { AcpiPm } from "../src/acpi-pm.js";
import { SystemBus } from "../src/bus/system-bus.js";
import { TestClock, TestLine } from "./support.js";

function setUp(options: { timerBits?: 24 | 32; s5?: number } = {}) {
  const clock = new TestClock();
  const line = new TestLine();
  const events: string[] = [];
  const pm = new AcpiPm({
    clock,
    line,
    onPowerOff: () => events.push("off"),
    onSleep: (type) => events.push(`sleep ${type}`),
    ...options,
  });
  const bus = new SystemBus();
  pm.mapOn(bus);
  return { clock, line, events, pm, bus };
}

describe("ACPI power management", () => {
  it("is taken over through the SMI command port", () => {
    const { bus } = setUp();
    expect(bus.readPort(0x604, 2)).toBe(0);
    bus.writePort(0xb2, 1, 0xf1);
    expect(bus.readPort(0x604, 2)).toBe(1);
    bus.writePort(0xb2, 1, 0xf0);
    expect(bus.readPort(0x604, 2)).toBe(0);
    bus.writePort(0xb3, 1, 0x5a);
    expect(bus.readPort(0xb2, 2)).toBe(0x5af0);
  });

  it.each([
    [24, 0xff_ffff],
    [32, 0xffff_ffff],
  ] as const)("timer: 3.579545 MHz, %i bits", (timerBits, last) => {
    const { clock, bus } = setUp({ timerBits });
    clock.advance(1_000_000_000);
    expect(bus.readPort(0x608, 4)).toBe(3_579_545);
    clock.advanceTo(Math.ceil(((last + 1) * 1e9) / 3_579_545) - 1);
    expect(bus.readPort(0x608, 4)).toBe(last);
    clock.advance(1);
    expect(bus.readPort(0x608, 4)).toBe(0);
  });

  it("timer status: set when the highest bit changes; interrupts where enabled; cleared by writing one", () => {
    const { clock, line, bus } = setUp();
    bus.writePort(0xb2, 1, 0xf1);
    bus.writePort(0x602, 2, 0x0001);
    clock.advanceTo(Math.ceil((2 ** 23 * 1e9) / 3_579_545) - 1);
    expect(bus.readPort(0x600, 2)).toBe(0);
    clock.advance(1);
    expect(line.level).toBe(true);
    expect(bus.readPort(0x600, 4)).toBe(0x0001_0001);
    bus.writePort(0x600, 2, 0x0001);
    expect(line.level).toBe(false);
    clock.advanceTo(Math.ceil((2 ** 24 * 1e9) / 3_579_545));
    expect(line.rises).toBe(2);
  });

  it("power button: SCI while it is enabled and SCI_EN is set", () => {
    const { line, pm, bus } = setUp();
    pm.pressPowerButton();
    bus.writePort(0x602, 2, 0x0100);
    expect(line.level).toBe(false);
    bus.writePort(0xb2, 1, 0xf1);
    expect(line.level).toBe(true);
    bus.writePort(0x601, 1, 0x01);
    expect(line.level).toBe(false);
  });

  it("RTC_STS: set when the RTC's interrupt rises, cleared by writing one, SCI where RTC_EN is set (4.8.3.1)", () => {
    const { line, pm, bus } = setUp();
    bus.writePort(0xb2, 1, 0xf1);
    pm.rtcInput.setLevel(true);
    expect([bus.readPort(0x600, 2), line.level]).toEqual([0x0400, false]);
    bus.writePort(0x602, 2, 0x0400);
    expect(line.level).toBe(true);
    // An interrupt of the RTC that stays asserted is one event.
    bus.writePort(0x600, 2, 0x0400);
    expect([bus.readPort(0x600, 2), line.level]).toEqual([0, false]);
    pm.rtcInput.setLevel(false);
    expect(bus.readPort(0x600, 2)).toBe(0);
    pm.rtcInput.setLevel(true);
    expect(line.level).toBe(true);
  });

  it("general-purpose events: status low half, enable high half of the block", () => {
    const { line, pm, bus } = setUp();
    bus.writePort(0xb2, 1, 0xf1);
    bus.writePort(0xafe2, 2, 0x0002);
    pm.raiseGpe(1);
    expect(line.level).toBe(true);
    expect(bus.readPort(0xafe0, 4)).toBe(0x0002_0002);
    bus.writePort(0xafe0, 1, 0x02);
    expect(line.level).toBe(false);
  });

  it("S5: SLP_EN with its SLP_TYP powers off, others sleep; SLP_EN does not read back", () => {
    const { events, bus } = setUp({ s5: 5 });
    bus.writePort(0x604, 2, (5 << 10) | 1);
    expect(events).toEqual([]);
    bus.writePort(0x604, 2, (5 << 10) | 0x2001);
    expect(bus.readPort(0x604, 2)).toBe((5 << 10) | 1);
    bus.writePort(0x604, 2, (1 << 10) | 0x2001);
    expect(events).toEqual(["off", "sleep 1"]);
  });

  it("moves, goes away, and stays silent where another device is", () => {
    const { pm, bus } = setUp();
    pm.moveTo(0xb000);
    expect(bus.decodePort(0x608)).toBe(null);
    expect(bus.decodePort(0xb008)?.name).toBe("acpi-pm");
    pm.moveTo(-1);
    expect(bus.decodePort(0xb008)).toBe(null);
    pm.moveTo(0xafc0);
    expect(bus.decodePort(0xafe0)?.name).toBe("acpi-pm gpe0");
    pm.reset();
    expect(bus.decodePort(0x600)?.name).toBe("acpi-pm");
  });
});
