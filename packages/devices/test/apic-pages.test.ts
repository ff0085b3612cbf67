import { describe, expect, it } from "vitest";
import { ApicPages, InterruptBus, LocalApic, SystemBus } from "../src/index.js";
import { TestClock } from "./support.js";

const BASE_MSR = 0x1b;
const ENABLED = 0x800;
const PAGE = 0xfee0_0000;
const MOVED = 0xfed8_0000;
const ID = 0x20;
const TPR = 0x80;

function several(count: number): { bus: SystemBus; lapics: LocalApic[]; by: (processor: number) => void } {
  const bus = new SystemBus();
  const clock = new TestClock();
  const interrupts = new InterruptBus();
  let accessing = 0;
  const pages = new ApicPages(bus, () => accessing);
  const lapics = Array.from({ length: count }, (_, id) => {
    const lapic = new LocalApic({
      clock,
      bus: interrupts,
      id,
      cpu: { onChange: () => undefined, onNmi: () => undefined },
    });
    lapic.mapOn(pages.busOf(id));
    return lapic;
  });
  return { bus, lapics, by: (processor) => (accessing = processor) };
}

describe("local APICs at one address", () => {
  it("answer the processor that each belongs to", () => {
    const { bus, by } = several(3);
    for (const processor of [0, 1, 2]) {
      by(processor);
      expect(bus.readMmio(PAGE + ID, 4) >>> 24).toBe(processor);
      bus.writeMmio(PAGE + TPR, 4, 0x10 * processor);
    }
    for (const processor of [2, 1, 0]) {
      by(processor);
      expect(bus.readMmio(PAGE + TPR, 4)).toBe(0x10 * processor);
    }
  });

  it("are moved and switched off one by one", () => {
    const { bus, lapics, by } = several(2);
    expect(lapics[1]!.writeMsr(BASE_MSR, MOVED | ENABLED, 0)).toBe(true);
    by(1);
    expect(bus.readMmio(MOVED + ID, 4) >>> 24).toBe(1);
    expect(bus.readMmio(PAGE + ID, 4)).toBe(0xffff_ffff);
    by(0);
    expect(bus.readMmio(PAGE + ID, 4)).toBe(0);
    expect(bus.readMmio(MOVED + ID, 4)).toBe(0xffff_ffff);
    for (const lapic of lapics) expect(lapic.writeMsr(BASE_MSR, PAGE, 0)).toBe(true);
    expect(bus.decodeMmio(PAGE)).toBeNull();
    expect(bus.decodeMmio(MOVED)).toBeNull();
    expect(lapics[1]!.writeMsr(BASE_MSR, PAGE | ENABLED, 0)).toBe(true);
    by(1);
    expect(bus.readMmio(PAGE + ID, 4) >>> 24).toBe(1);
  });
});
