import { beforeEach, describe, expect, it } from "vitest";
import { Pic8259Pair } from "../src/pic8259.js";
import { TestLine } from "./support.js";

let intr: TestLine;
let pic: Pic8259Pair;

const out = (port: number, value: number): void => pic.writePort(port, 1, value);
const inb = (port: number): number => pic.readPort(port, 1);
const raise = (irq: number): void => pic.line(irq).setLevel(true);
const lower = (irq: number): void => pic.line(irq).setLevel(false);
const pulse = (irq: number): void => {
  lower(irq);
  raise(irq);
};

/** As Linux's init_8259A: vectors 0x30 and 0x38, normal EOI, everything unmasked. */
function initialize(icw4 = 0x01): void {
  out(0x20, 0x11);
  out(0x21, 0x30);
  out(0x21, 0x04);
  out(0x21, icw4);
  out(0xa0, 0x11);
  out(0xa1, 0x38);
  out(0xa1, 0x02);
  out(0xa1, 0x01);
  out(0x21, 0);
  out(0xa1, 0);
}

beforeEach(() => {
  intr = new TestLine();
  pic = new Pic8259Pair({ intr });
  initialize();
});

describe("initialization", () => {
  it("ICW1 clears the mask, forgets edges, selects IRR and restores the priorities", () => {
    out(0x21, 0xff);
    raise(3);
    out(0x20, 0xc5);
    out(0x20, 0x0b);
    initialize();
    expect(inb(0x21)).toBe(0);
    expect(inb(0x20)).toBe(0);
    expect(pic.pendingVector()).toBe(-1);
    pulse(3);
    expect(inb(0x20)).toBe(0x08);
  });

  it("without ICW4 a data byte after ICW3 is the mask", () => {
    out(0x20, 0x10);
    out(0x21, 0x40);
    out(0x21, 0x04);
    out(0x21, 0xaa);
    expect(inb(0x21)).toBe(0xaa);
    pulse(0);
    expect(pic.acknowledge()).toBe(0x40);
  });

  it("a single chip wants no ICW3", () => {
    out(0x20, 0x12);
    out(0x21, 0x40);
    out(0x21, 0x55);
    expect(inb(0x21)).toBe(0x55);
  });

  it("keeps the probe value that Linux writes to the mask (probe_8259A)", () => {
    out(0xa1, 0xff);
    out(0x21, 0xfb);
    expect(inb(0x21)).toBe(0xfb);
  });
});

describe("requests and priority", () => {
  it.each(Array.from({ length: 16 }, (_, irq) => irq).filter((irq) => irq !== 2))(
    "IRQ %i has its own vector",
    (irq) => {
      raise(irq);
      expect(intr.level).toBe(true);
      expect(pic.pendingVector()).toBe(irq < 8 ? 0x30 + irq : 0x38 + irq - 8);
      expect(pic.acknowledge()).toBe(irq < 8 ? 0x30 + irq : 0x38 + irq - 8);
      expect(intr.level).toBe(false);
    },
  );

  it("fully nested: 0, 1, 8-15, 3-7 in that order, whatever the order of arrival", () => {
    for (const irq of [7, 15, 3, 8, 1, 0, 12]) raise(irq);
    const order: number[] = [];
    while (intr.level) {
      const vector = pic.acknowledge();
      order.push(vector);
      if (vector >= 0x38) out(0xa0, 0x20);
      out(0x20, 0x20);
    }
    expect(order).toEqual([0x30, 0x31, 0x38, 0x3c, 0x3f, 0x33, 0x37]);
  });

  it("a request waits while a higher or equal one is in service; a higher one interrupts", () => {
    raise(4);
    expect(pic.acknowledge()).toBe(0x34);
    raise(5);
    expect(intr.level).toBe(false);
    raise(1);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x31);
    out(0x20, 0x0b);
    expect(inb(0x20)).toBe(0x12);
    out(0x20, 0x20);
    expect(inb(0x20)).toBe(0x10);
    expect(intr.level).toBe(false);
    out(0x20, 0x20);
    expect(pic.pendingVector()).toBe(0x35);
  });

  it("a masked request stays in IRR and comes when it is unmasked", () => {
    out(0x21, 0x10);
    raise(4);
    expect(intr.level).toBe(false);
    expect(inb(0x20)).toBe(0x10);
    out(0x21, 0);
    expect(pic.pendingVector()).toBe(0x34);
  });

  it("a specific EOI ends its own level only", () => {
    raise(6);
    pic.acknowledge();
    raise(2 + 1);
    pic.acknowledge();
    out(0x20, 0x66);
    out(0x20, 0x0b);
    expect(inb(0x20)).toBe(0x08);
  });

  it("rejects wires that do not exist", () => {
    expect(() => pic.line(2)).toThrow("no input for IRQ 2");
    expect(() => pic.line(16)).toThrow("no input for IRQ 16");
  });
});

describe("edge and level", () => {
  it("an edge counts once; the same level does not interrupt again", () => {
    raise(4);
    pic.acknowledge();
    out(0x20, 0x20);
    expect(intr.level).toBe(false);
    pulse(4);
    expect(intr.level).toBe(true);
  });

  it("a level that is still there after EOI interrupts again", () => {
    out(0x4d1, 0x0c);
    expect([inb(0x4d0), inb(0x4d1)]).toEqual([0, 0x0c]);
    raise(10);
    expect(pic.acknowledge()).toBe(0x3a);
    out(0xa0, 0x20);
    out(0x20, 0x20);
    expect(pic.pendingVector()).toBe(0x3a);
    lower(10);
    expect(intr.level).toBe(false);
  });

  it("ELCR cannot make IRQ 0, 1, 2, 8 or 13 level-triggered", () => {
    out(0x4d0, 0xff);
    out(0x4d1, 0xff);
    expect([inb(0x4d0), inb(0x4d1)]).toEqual([0xf8, 0xde]);
  });

  it("a request that is gone at INTA gives IRQ 7 with nothing in service", () => {
    raise(4);
    lower(4);
    expect(intr.level).toBe(false);
    expect(pic.acknowledge()).toBe(0x37);
    out(0x20, 0x0b);
    expect(inb(0x20)).toBe(0);
  });

  it("on the second chip it gives IRQ 15, and the first has IR2 in service", () => {
    raise(9);
    // The processor has seen INTR; the request goes while the first chip's IR2 edge is being taken.
    out(0xa1, 0xff);
    expect(intr.level).toBe(false);
    out(0xa1, 0);
    expect(pic.acknowledge()).toBe(0x39);
    out(0xa0, 0x20);
    out(0x20, 0x20);
    expect(pic.acknowledge()).toBe(0x37);
  });
});

describe("rotation", () => {
  /** Sequence of levels in which all eight requests of the second chip are served. */
  const serveSlave = (eoi: (level: number) => number): number[] => {
    const order: number[] = [];
    for (let i = 0; i < 8; i++) {
      const level = pic.acknowledge() - 0x38;
      order.push(level);
      out(0xa0, eoi(level));
      out(0x20, 0x20);
    }
    return order;
  };
  const raiseAll = (): void => {
    for (let irq = 8; irq < 16; irq++) pulse(irq);
  };

  it("rotate on non-specific EOI puts the level just served last", () => {
    raiseAll();
    expect(pic.acknowledge()).toBe(0x38);
    out(0xa0, 0xa0);
    out(0x20, 0x20);
    pulse(8);
    expect(serveSlave(() => 0x20)).toEqual([1, 2, 3, 4, 5, 6, 7, 0]);
  });

  it("set priority: the level given becomes the lowest", () => {
    out(0xa0, 0xc0 | 4);
    raiseAll();
    expect(serveSlave(() => 0x20)).toEqual([5, 6, 7, 0, 1, 2, 3, 4]);
  });

  it("rotate on specific EOI ends the level and makes it the lowest", () => {
    raiseAll();
    expect(pic.acknowledge()).toBe(0x38);
    out(0xa0, 0xe0);
    out(0x20, 0x20);
    pulse(8);
    expect(serveSlave((level) => 0x60 | level)).toEqual([1, 2, 3, 4, 5, 6, 7, 0]);
  });

  it("rotate in automatic EOI mode rotates at each acknowledge", () => {
    initialize(0x03);
    out(0x20, 0x80);
    pulse(0);
    pulse(1);
    expect(pic.acknowledge()).toBe(0x30);
    pulse(0);
    expect(pic.acknowledge()).toBe(0x31);
    expect(pic.acknowledge()).toBe(0x30);
    out(0x20, 0x00);
  });
});

describe("modes", () => {
  it("automatic EOI leaves nothing in service", () => {
    initialize(0x03);
    raise(3);
    expect(pic.acknowledge()).toBe(0x33);
    out(0x20, 0x0b);
    expect(inb(0x20)).toBe(0);
    raise(5);
    expect(intr.level).toBe(true);
  });

  it("special mask mode lets lower levels through while a masked one is in service, and keeps it from a non-specific EOI", () => {
    raise(3);
    pic.acknowledge();
    out(0x21, 0x08);
    raise(6);
    expect(intr.level).toBe(false);
    out(0x20, 0x68);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x36);
    out(0x20, 0x20);
    out(0x20, 0x0b);
    expect(inb(0x20)).toBe(0x08);
    out(0x20, 0x48);
    raise(7);
    expect(intr.level).toBe(false);
  });

  it("special fully nested mode: the second chip in service does not hold back a higher request of its own", () => {
    initialize(0x11);
    raise(12);
    expect(pic.acknowledge()).toBe(0x3c);
    raise(9);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x39);
  });

  it("without it, it does", () => {
    raise(12);
    pic.acknowledge();
    raise(9);
    expect(intr.level).toBe(false);
  });

  it("poll: the next read acknowledges and names the level; without a request bit 7 is clear", () => {
    raise(5);
    out(0x20, 0x0c);
    expect(inb(0x20)).toBe(0x85);
    expect(intr.level).toBe(false);
    out(0x20, 0x0b);
    expect(inb(0x20)).toBe(0x20);
    out(0x20, 0x0c);
    expect(inb(0x20) & 0x80).toBe(0);
    expect(inb(0x20)).toBe(0x20);
  });

  it("reading IRR or ISR stays selected until the other is", () => {
    raise(1);
    out(0x20, 0x0a);
    expect([inb(0x20), inb(0x20)]).toEqual([2, 2]);
    pic.acknowledge();
    out(0x20, 0x0b);
    expect([inb(0x20), inb(0x20)]).toEqual([2, 2]);
    out(0x20, 0x20);
    expect(inb(0x20)).toBe(0);
  });
});
