import { describe, expect, it } from "vitest";
import { Uart16550 } from "../src/uart16550/uart16550.js";
import { TestClock, TestLine } from "./support.js";

const RBR = 0;
const THR = 0;
const IER = 1;
const IIR = 2;
const FCR = 2;
const LCR = 3;
const MCR = 4;
const LSR = 5;
const MSR = 6;
const SCR = 7;

function setUp(options: { byteTime?: number; queueLength?: number } = {}) {
  const clock = new TestClock();
  const line = new TestLine();
  const sent: number[] = [];
  const uart = new Uart16550({ clock, line, onTransmit: (byte) => sent.push(byte), ...options });
  const read = (register: number): number => uart.readPort(0x3f8 + register, 1);
  const write = (register: number, value: number): void => uart.writePort(0x3f8 + register, 1, value);
  return { clock, line, sent, uart, read, write };
}

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

describe("16550A registers", () => {
  it("has the datasheet's reset values (table III)", () => {
    const { read } = setUp();
    expect([IER, IIR, LCR, MCR, LSR].map(read)).toEqual([0, 0x01, 0, 0, 0x60]);
  });

  it("keeps four bits of IER, five of MCR, all of SCR and LCR", () => {
    const { read, write } = setUp();
    for (const [register, kept] of [
      [IER, 0x0f],
      [MCR, 0x1f],
      [SCR, 0xff],
      [LCR, 0xff],
    ] as const) {
      write(register, 0xff);
      expect(read(register)).toBe(kept);
      write(register, 0);
      expect(read(register)).toBe(0);
    }
  });

  it("shows the divisor latch while DLAB is set and leaves IER alone", () => {
    const { read, write } = setUp();
    write(IER, 0x05);
    write(LCR, 0x83);
    write(0, 0x34);
    write(1, 0x12);
    expect([read(0), read(1)]).toEqual([0x34, 0x12]);
    write(LCR, 0x03);
    expect(read(IER)).toBe(0x05);
  });

  it("answers a wide access byte by byte", () => {
    const { uart } = setUp();
    uart.writePort(0x3f8 + 3, 2, 0x0b03);
    expect(uart.readPort(0x3f8 + 3, 2)).toBe(0x0b03);
  });
});

describe("what Linux's 8250 driver probes (8250_port.c)", () => {
  it("autoconfig: IER can be cleared and set, loopback shows RTS and OUT2 in MSR", () => {
    const { read, write } = setUp();
    write(IER, 0);
    expect(read(IER) & 0x0f).toBe(0);
    write(IER, 0x0f);
    expect(read(IER) & 0x0f).toBe(0x0f);
    write(IER, 0);
    write(MCR, 0x10 | 0x0a);
    expect(read(MSR) & 0xf0).toBe(0x90);
  });

  it("autoconfig_16550a: FIFOs but no 64-byte FIFO, no EFR and no UUE bit, so that the type is 16550A", () => {
    const { read, write } = setUp();
    write(LCR, 0xbf);
    write(FCR, 0);
    write(LCR, 0);
    write(FCR, 0x01);
    expect(read(IIR) >> 6).toBe(3);
    write(LCR, 0x80);
    expect(read(2)).not.toBe(0);
    write(LCR, 0xbf);
    expect(read(2)).not.toBe(0);
    write(LCR, 0);
    write(FCR, 0x01 | 0x20);
    expect(read(IIR) >> 5).toBe(6);
    write(LCR, 0x80);
    write(FCR, 0x01 | 0x20);
    expect(read(IIR) >> 5).toBe(6);
    write(LCR, 0);
    write(IER, 0x40);
    expect(read(IER) & 0x40).toBe(0);
  });

  it("THRE test: enabling the interrupt with THR empty raises it each time", () => {
    const { read, write } = setUp();
    write(IER, 0x02);
    const first = read(IIR);
    write(IER, 0);
    write(IER, 0x02);
    const second = read(IIR);
    write(IER, 0);
    expect([first & 1, second & 1]).toEqual([0, 0]);
  });

  it("TXEN test: TEMT and a pending interrupt together", () => {
    const { read, write } = setUp();
    write(IER, 0x02);
    expect(read(LSR) & 0x40).toBe(0x40);
    expect(read(IIR) & 1).toBe(0);
  });
});

describe("transmitter", () => {
  it("passes bytes on at once and is busy for a byte's time", () => {
    const { clock, read, write, sent } = setUp({ byteTime: 100 });
    write(THR, 0x41);
    expect(sent).toEqual([0x41]);
    expect(read(LSR) & 0x60).toBe(0);
    clock.advance(99);
    expect(read(LSR) & 0x60).toBe(0);
    clock.advance(1);
    expect(read(LSR) & 0x60).toBe(0x60);
  });

  it("interrupts when THR becomes empty; reading IIR or writing THR clears that, reading LSR does not", () => {
    const { clock, line, read, write } = setUp({ byteTime: 100 });
    write(MCR, 0x08);
    write(IER, 0x02);
    expect(line.level).toBe(true);
    expect(read(LSR) & 0x20).toBe(0x20);
    expect(line.level).toBe(true);
    expect(read(IIR)).toBe(0x02);
    expect(line.level).toBe(false);
    expect(read(IIR)).toBe(0x01);
    write(THR, 1);
    expect(line.level).toBe(false);
    clock.advance(100);
    expect(line.level).toBe(true);
    write(THR, 2);
    expect(line.level).toBe(false);
    clock.advance(100);
    expect(read(IIR)).toBe(0x02);
  });

  it("interrupts once after a burst of sixteen bytes", () => {
    const { clock, line, write } = setUp({ byteTime: 100 });
    write(MCR, 0x08);
    write(FCR, 0x01);
    write(IER, 0x02);
    for (let i = 0; i < 16; i++) write(THR, i);
    const rises = line.rises;
    clock.advance(1599);
    expect(line.rises).toBe(rises);
    clock.advance(1);
    expect(line.rises).toBe(rises + 1);
  });

  it("never falls further behind than a full FIFO, however much is written without looking", () => {
    const { clock, read, write } = setUp({ byteTime: 100 });
    for (let i = 0; i < 1000; i++) write(THR, i & 0xff);
    clock.advance(1600);
    expect(read(LSR) & 0x60).toBe(0x60);
  });

  it("polled output arms no timer", () => {
    const { clock, write } = setUp();
    write(THR, 1);
    expect(clock.armed).toBe(0);
  });
});

describe("receiver", () => {
  it("without FIFOs shows one byte at a time and loses none", () => {
    const { clock, uart, read } = setUp({ byteTime: 100 });
    expect(uart.receive(text("abc"))).toBe(3);
    const got: string[] = [];
    for (let i = 0; i < 3; i++) {
      expect(read(LSR) & 0x01).toBe(1);
      got.push(String.fromCharCode(read(RBR)));
      expect(read(LSR) & 0x01).toBe(0);
      clock.advance(100);
    }
    expect(got.join("")).toBe("abc");
    expect(read(LSR) & 0x1f).toBe(0);
  });

  it.each([
    [0x01, 1],
    [0x41, 4],
    [0x81, 8],
    [0xc1, 14],
  ])("FCR %i: received-data interrupt from %i bytes on", (fcr, trigger) => {
    const { uart, line, read, write } = setUp();
    write(FCR, fcr);
    write(MCR, 0x08);
    write(IER, 0x01);
    for (let i = 1; i < trigger; i++) {
      uart.receive(Uint8Array.of(i));
      expect(line.level).toBe(false);
    }
    uart.receive(Uint8Array.of(0x55));
    expect(line.level).toBe(true);
    expect(read(IIR)).toBe(0xc4);
    read(RBR);
    expect(line.level).toBe(false);
  });

  it("character time-out: four characters after the last byte, cleared by reading, again while bytes remain", () => {
    const { clock, uart, line, read, write } = setUp({ byteTime: 100 });
    write(FCR, 0x81);
    write(MCR, 0x08);
    write(IER, 0x01);
    uart.receive(text("xy"));
    clock.advance(399);
    expect(read(IIR)).toBe(0xc1);
    clock.advance(1);
    expect(line.level).toBe(true);
    expect(read(IIR)).toBe(0xcc);
    expect(read(RBR)).toBe(0x78);
    expect(line.level).toBe(false);
    clock.advance(400);
    expect(read(IIR)).toBe(0xcc);
    read(RBR);
    clock.advance(1000);
    expect(read(IIR)).toBe(0xc1);
  });

  it("takes no more than its queue holds and says how much", () => {
    const { uart } = setUp({ queueLength: 8 });
    expect(uart.receive(new Uint8Array(100))).toBe(8);
    // One byte moved on into the receiver, so that there is room for one.
    expect(uart.room).toBe(1);
  });

  it("a guest that reads until LSR says empty sees an end, and the rest a byte time later", () => {
    const { clock, uart, read, write } = setUp({ byteTime: 100 });
    write(FCR, 0x01);
    uart.receive(new Uint8Array(40));
    const drain = (): number => {
      let n = 0;
      while ((read(LSR) & 1) !== 0) {
        read(RBR);
        n++;
      }
      return n;
    };
    expect(drain()).toBe(16);
    clock.advance(100);
    expect(drain()).toBe(16);
    clock.advance(100);
    expect(drain()).toBe(8);
  });

  it("a break is a zero byte with LSR's break bit, shown with its byte and cleared by reading LSR", () => {
    const { uart, read, write } = setUp();
    write(FCR, 0x01);
    uart.receive(text("a"));
    uart.receiveBreak();
    expect(read(LSR) & 0x91).toBe(0x81);
    read(RBR);
    expect(read(LSR) & 0x11).toBe(0x11);
    expect(read(LSR) & 0x91).toBe(0x01);
    expect(read(RBR)).toBe(0);
  });
});

describe("interrupt identification", () => {
  it("reports by priority: line status, received data, THR empty, modem status; each with its own way to clear", () => {
    const { uart, line, read, write } = setUp({ byteTime: 100 });
    write(MCR, 0x08);
    uart.receiveBreak();
    uart.setModemInputs(0x80);
    write(IER, 0x0f);
    expect(read(IIR)).toBe(0x06);
    expect(read(LSR) & 0x10).toBe(0x10);
    expect(read(IIR)).toBe(0x04);
    read(RBR);
    expect(read(IIR)).toBe(0x02);
    expect(read(IIR)).toBe(0x00);
    expect(line.level).toBe(true);
    expect(read(MSR)).toBe(0x83);
    expect(read(IIR)).toBe(0x01);
    expect(line.level).toBe(false);
  });

  it("reaches the wire only through OUT2, and not in loopback", () => {
    const { line, write } = setUp();
    write(IER, 0x02);
    expect(line.level).toBe(false);
    write(MCR, 0x08);
    expect(line.level).toBe(true);
    write(MCR, 0x18);
    expect(line.level).toBe(false);
  });
});

describe("loopback", () => {
  it("receives what it sends and sends nothing out", () => {
    const { read, write, sent } = setUp();
    write(MCR, 0x10);
    write(THR, 0x5a);
    expect(read(LSR) & 1).toBe(1);
    expect(read(RBR)).toBe(0x5a);
    expect(sent).toEqual([]);
  });

  it("connects DTR, RTS, OUT1, OUT2 to DSR, CTS, RI, DCD", () => {
    const { read, write } = setUp();
    for (const [mcr, msr] of [
      [0x01, 0x20],
      [0x02, 0x10],
      [0x04, 0x40],
      [0x08, 0x80],
    ] as const) {
      write(MCR, 0x10 | mcr);
      expect(read(MSR) & 0xf0).toBe(msr);
    }
  });

  it("an overrun keeps the FIFO and loses the newcomer; without FIFOs the old byte is lost", () => {
    const { read, write } = setUp();
    write(MCR, 0x10);
    write(THR, 1);
    write(THR, 2);
    expect(read(LSR) & 0x03).toBe(0x03);
    expect(read(RBR)).toBe(2);
    write(FCR, 0x01);
    for (let i = 0; i < 17; i++) write(THR, i);
    expect(read(LSR) & 0x02).toBe(0x02);
    for (let i = 0; i < 16; i++) expect(read(RBR)).toBe(i);
    expect(read(LSR) & 0x01).toBe(0);
  });
});
