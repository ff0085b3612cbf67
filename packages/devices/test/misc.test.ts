import { describe, expect, it } from "vitest";
import { SystemBus } from "../src/bus/system-bus.js";
import { DebugConsole, DebugExit } from "../src/misc/debug-ports.js";
import { Dma8237 } from "../src/misc/dma8237.js";
import { PostCode } from "../src/misc/post-code.js";

describe("port 0x80", () => {
  it("keeps the last code and a log of 64", () => {
    const seen: number[] = [];
    const post = new PostCode({ onCode: (code) => seen.push(code) });
    for (let i = 0; i < 100; i++) post.writePort(0x80, 1, i);
    expect(post.readPort(0x80, 1)).toBe(99);
    expect(post.codes()).toEqual(Array.from({ length: 64 }, (_, i) => 36 + i));
    expect(seen.length).toBe(100);
  });
});

describe("8237", () => {
  it("addresses and counts go byte by byte through the flip-flop", () => {
    const bus = new SystemBus();
    new Dma8237().mapOn(bus);
    bus.writePort(0x0c, 1, 0);
    bus.writePort(0x02, 1, 0x34);
    bus.writePort(0x02, 1, 0x12);
    bus.writePort(0x0c, 1, 0);
    expect([bus.readPort(0x02, 1), bus.readPort(0x02, 1)]).toEqual([0x34, 0x12]);
    bus.writePort(0xd8, 1, 0);
    bus.writePort(0xc6, 1, 0x78);
    bus.writePort(0xc6, 1, 0x56);
    expect([bus.readPort(0xc6, 1), bus.readPort(0xc6, 1)]).toEqual([0x78, 0x56]);
  });

  it("masks, requests and master clear", () => {
    const dma = new Dma8237();
    expect(dma.readPort(0x0f, 1) & 15).toBe(15);
    dma.writePort(0x0a, 1, 2);
    expect(dma.readPort(0x0f, 1) & 15).toBe(0b1011);
    dma.writePort(0x09, 1, 5);
    expect(dma.readPort(0x08, 1)).toBe(0x20);
    dma.writePort(0x0d, 1, 0);
    expect([dma.readPort(0x0f, 1) & 15, dma.readPort(0x08, 1)]).toEqual([15, 0]);
    dma.writePort(0x0e, 1, 0);
    expect(dma.readPort(0x0f, 1) & 15).toBe(0);
  });

  it("page registers are storage, beside port 0x80 and not on it", () => {
    const bus = new SystemBus();
    new Dma8237().mapOn(bus);
    new PostCode().mapOn(bus);
    bus.writePort(0x87, 1, 0xab);
    expect(bus.readPort(0x87, 1)).toBe(0xab);
  });
});

describe("debug ports", () => {
  it("pass text on and say that they are there", () => {
    const text: number[] = [];
    const bus = new SystemBus();
    new DebugConsole({ port: 0x402, onTransmit: (byte) => text.push(byte) }).mapOn(bus);
    bus.writePort(0x402, 1, 0x41);
    expect(bus.readPort(0x402, 1)).toBe(0xe9);
    expect(text).toEqual([0x41]);
  });

  it("end the machine with QEMU's code", () => {
    const codes: number[] = [];
    const bus = new SystemBus();
    new DebugExit({ onExit: (code) => codes.push(code) }).mapOn(bus);
    bus.writePort(0xf4, 4, 0x10);
    bus.writePort(0xf4, 1, 0);
    expect(codes).toEqual([0x21, 1]);
    expect(() => new DebugExit({ port: 0x501, onExit: () => {} })).toThrow(/multiple of 4/);
  });
});
