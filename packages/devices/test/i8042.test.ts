import { describe, expect, it } from "vitest";
import { I8042 } from "../src/i8042/i8042.js";
import { Keyboard } from "../src/i8042/keyboard.js";
import { Mouse } from "../src/i8042/mouse.js";
import { Port92 } from "../src/i8042/port92.js";
import { TestLine } from "./support.js";

function setUp(options: { mouse?: boolean } = {}) {
  const line = new TestLine();
  const auxLine = new TestLine();
  const events: string[] = [];
  const keyboard = new Keyboard();
  const mouse = new Mouse();
  const i8042 = new I8042({
    line,
    auxLine,
    keyboard,
    ...(options.mouse === true ? { mouse } : {}),
    onReset: () => events.push("reset"),
    onA20: (on) => events.push(`a20 ${on}`),
  });
  const status = (): number => i8042.readPort(0x64, 1);
  const data = (): number => i8042.readPort(0x60, 1);
  const command = (value: number, argument?: number): void => {
    i8042.writePort(0x64, 1, value);
    if (argument !== undefined) i8042.writePort(0x60, 1, argument);
  };
  const toKeyboard = (value: number): void => i8042.writePort(0x60, 1, value);
  const toMouse = (value: number): void => command(0xd4, value);
  /** Everything that comes, bytes from the mouse marked. */
  const drain = (): (number | string)[] => {
    const all: (number | string)[] = [];
    while ((status() & 1) !== 0) {
      const aux = (status() & 0x20) !== 0;
      const value = data();
      all.push(aux ? `m${value.toString(16)}` : value);
    }
    return all;
  };
  return { line, auxLine, events, keyboard, mouse, i8042, status, data, command, toKeyboard, toMouse, drain };
}

describe("controller", () => {
  it("starts as firmware leaves it: self-tested, unlocked, translating, keyboard interrupt on", () => {
    const { status, command, data } = setUp();
    expect(status() & 0x95).toBe(0x14);
    command(0x20);
    expect(data()).toBe(0x65);
  });

  it("what Linux's i8042 driver probes (i8042.c): self test, command byte, AUX loopback, AUX off and on", () => {
    const { status, command, data } = setUp();
    command(0xaa);
    expect(status() & 1).toBe(1);
    expect(data()).toBe(0x55);
    command(0x60, 0x74);
    command(0x20);
    expect(data()).toBe(0x74);
    command(0xd3, 0x5a);
    expect(status() & 0x21).toBe(0x21);
    expect(data()).toBe(0x5a);
    command(0xa7);
    command(0x20);
    expect(data() & 0x20).toBe(0x20);
    command(0xa8);
    command(0x20);
    expect(data() & 0x20).toBe(0);
    command(0xab);
    expect(data()).toBe(0);
  });

  it("AUX interrupt test of the same driver: a looped byte raises IRQ 12", () => {
    const { auxLine, line, command, data } = setUp();
    command(0x60, 0x47);
    command(0xd3, 0xa5);
    expect(auxLine.level).toBe(true);
    expect(line.level).toBe(false);
    expect(data()).toBe(0xa5);
    expect(auxLine.level).toBe(false);
  });

  it("status tells a command from data", () => {
    const { status, command, toKeyboard } = setUp();
    command(0x20);
    expect(status() & 0x08).toBe(0x08);
    toKeyboard(0xee);
    expect(status() & 0x08).toBe(0);
  });

  it("keeps its RAM and reads the ports", () => {
    const { command, data } = setUp();
    command(0x77, 0x99);
    command(0x37);
    expect(data()).toBe(0x99);
    command(0xc0);
    expect(data() & 0x80).toBe(0x80);
    command(0xd0);
    expect(data() & 0x03).toBe(0x03);
  });

  it("resets by pulse and by output port, switches A20", () => {
    const { command, events } = setUp();
    command(0xfe);
    command(0xff);
    command(0xd1, 0x01);
    command(0xd1, 0x03);
    command(0xdd);
    command(0xdf);
    command(0xd1, 0x02);
    expect(events).toEqual(["reset", "a20 false", "a20 true", "a20 false", "a20 true", "reset"]);
  });

  it("without a mouse the port answers with a time-out", () => {
    const { toMouse, status, data } = setUp();
    toMouse(0xf2);
    expect(status() & 0x61).toBe(0x61);
    expect(data()).toBe(0xfe);
    expect(status() & 0x41).toBe(0);
  });
});

describe("keyboard", () => {
  it("answers Linux's atkbd probe: ID, LEDs, reset", () => {
    const { toKeyboard, drain, keyboard } = setUp();
    toKeyboard(0xf2);
    // Translated: 0x83 becomes 0x41.
    expect(drain()).toEqual([0xfa, 0xab, 0x41]);
    toKeyboard(0xed);
    toKeyboard(0x02);
    expect(drain()).toEqual([0xfa, 0xfa]);
    expect(keyboard.leds).toBe(2);
    toKeyboard(0xff);
    expect(drain()).toEqual([0xfa, 0xaa]);
    toKeyboard(0xee);
    expect(drain()).toEqual([0xee]);
    toKeyboard(0xf0);
    toKeyboard(0x00);
    expect(drain()).toEqual([0xfa, 0xfa, 0x41]);
  });

  it("translates set 2 to set 1, releases and extended keys too", () => {
    const { keyboard, drain } = setUp();
    // A down and up; right control down and up.
    keyboard.send(Uint8Array.of(0x1c, 0xf0, 0x1c));
    keyboard.send(Uint8Array.of(0xe0, 0x14, 0xe0, 0xf0, 0x14));
    expect(drain()).toEqual([0x1e, 0x9e, 0xe0, 0x1d, 0xe0, 0x9d]);
  });

  it("sends set 2 itself where translation is off", () => {
    const { keyboard, command, drain } = setUp();
    command(0x60, 0x25);
    keyboard.send(Uint8Array.of(0x1c, 0xf0, 0x1c));
    expect(drain()).toEqual([0x1c, 0xf0, 0x1c]);
  });

  it("raises IRQ 1 for each byte, and only where the command byte lets it", () => {
    const { keyboard, line, data, command } = setUp();
    keyboard.send(Uint8Array.of(0x1c, 0x1b));
    expect(line.rises).toBe(1);
    data();
    expect(line).toMatchObject({ rises: 2, level: true });
    data();
    expect(line.level).toBe(false);
    command(0x60, 0x44);
    keyboard.send(Uint8Array.of(0x1c));
    expect(line.level).toBe(false);
  });

  it("waits while its interface is off", () => {
    const { keyboard, command, status, drain } = setUp();
    command(0xad);
    keyboard.send(Uint8Array.of(0x1c));
    expect(status() & 1).toBe(0);
    command(0xae);
    expect(drain()).toEqual([0x1e]);
  });

  it("takes no more than its buffer holds, and nothing while scanning is off", () => {
    const { keyboard, toKeyboard, drain } = setUp();
    expect(keyboard.send(new Uint8Array(17).fill(0x1c))).toBe(false);
    expect(keyboard.send(new Uint8Array(16).fill(0x1c))).toBe(true);
    drain();
    toKeyboard(0xf5);
    drain();
    expect(keyboard.send(Uint8Array.of(0x1c))).toBe(false);
    toKeyboard(0xf4);
    drain();
    expect(keyboard.send(Uint8Array.of(0x1c))).toBe(true);
  });

  it("refuses what it does not know and sends again what it is asked to", () => {
    const { toKeyboard, drain } = setUp();
    toKeyboard(0x00);
    expect(drain()).toEqual([0xfe]);
    toKeyboard(0xee);
    drain();
    toKeyboard(0xfe);
    expect(drain()).toEqual([0xee]);
  });
});

describe("mouse", () => {
  const withMouse = (): ReturnType<typeof setUp> => {
    const rig = setUp({ mouse: true });
    rig.command(0x60, 0x47);
    return rig;
  };

  it("resets, identifies itself and reports its status", () => {
    const { toMouse, drain, auxLine } = withMouse();
    toMouse(0xff);
    expect(auxLine.level).toBe(true);
    expect(drain()).toEqual(["mfa", "maa", "m0"]);
    toMouse(0xf2);
    expect(drain()).toEqual(["mfa", "m0"]);
    toMouse(0xe8);
    toMouse(0x03);
    toMouse(0xf3);
    toMouse(60);
    drain();
    toMouse(0xe9);
    expect(drain()).toEqual(["mfa", "m0", "m3", "m3c"]);
  });

  it("turns its wheel on after the rates 200, 100, 80", () => {
    const { toMouse, drain, mouse } = withMouse();
    for (const rate of [200, 100, 80]) {
      toMouse(0xf3);
      toMouse(rate);
    }
    drain();
    toMouse(0xf2);
    expect(drain()).toEqual(["mfa", "m3"]);
    toMouse(0xf4);
    drain();
    mouse.move(0, 0, -1, 0);
    expect(drain()).toEqual(["m8", "m0", "m0", "mff"]);
  });

  it("sends packets with signs and buttons once it is enabled, and adds up what does not fit", () => {
    const { toMouse, drain, mouse } = withMouse();
    mouse.move(1000, 0, 0, 0);
    expect(drain()).toEqual([]);
    toMouse(0xf4);
    drain();
    mouse.move(-300, -2, 0, 1);
    expect(drain()).toEqual(["m39", `m${((255 - 300) & 0xff).toString(16)}`, "mfe"]);
  });
});

describe("port 0x92", () => {
  it("switches A20 and resets on the rising bit", () => {
    const events: string[] = [];
    const port = new Port92({ onReset: () => events.push("reset"), onA20: (on) => events.push(`a20 ${on}`) });
    expect(port.readPort(0x92, 1)).toBe(2);
    port.writePort(0x92, 1, 0);
    port.writePort(0x92, 1, 3);
    port.writePort(0x92, 1, 3);
    expect(events).toEqual(["a20 false", "a20 true", "reset"]);
  });
});
