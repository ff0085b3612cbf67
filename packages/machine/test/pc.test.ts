import { describe, expect, expectTypeOf, it } from "vitest";
import { IsinglassError, type PortHandler } from "@isinglass/interface";
import { MemoryBlockBackend, SeededEntropy, VirtioConsole } from "@isinglass/virtio";
import {
  type MachinePlugin,
  type PcMachine,
  type PcOptions,
  MiB,
  pc,
  virtioConsole,
  virtioDisk,
  virtioRng,
} from "../src/index.js";
import { CODE_AT, code } from "./support.js";

function withCode<M extends PcMachine>(machine: M, text: string): M {
  machine.core.physical.write(CODE_AT, code(text, 16));
  machine.vcpu.registers.set("cs", 0n);
  machine.vcpu.registers.set("cs.base", 0n);
  machine.vcpu.registers.set("rip", BigInt(CODE_AT));
  return machine;
}

const hosted = {
  yieldToHost: async (): Promise<void> => undefined,
  sleep: async (): Promise<void> => undefined,
};

describe("pc", () => {
  it.each<[string, Partial<PcOptions>, string]>([
    ["too little memory", { memory: MiB }, "ISG_MACHINE_MEMORY"],
    ["memory that is not whole MiB", { memory: 2 * MiB + 4096 }, "ISG_MACHINE_MEMORY"],
    ["more memory than fits", { memory: 4096 * MiB }, "ISG_MACHINE_MEMORY"],
    ["memory that is no number", { memory: Number.NaN }, "ISG_MACHINE_MEMORY"],
    ["an unknown CPU model", { cpu: "z80" }, "ISG_CPU_UNKNOWN_MODEL"],
    ["the name of something else as a CPU model", { cpu: "toString" }, "ISG_CPU_UNKNOWN_MODEL"],
    ["host time without a clock", { clock: "realtime" }, "ISG_MACHINE_NO_CLOCK"],
    ["instructions that take no time", { nanosecondsPerInstruction: 0 }, "ISG_CLOCK_RATE"],
  ])("refuses %s", (_, options, code_) => {
    let problem: unknown;
    try {
      pc({ memory: 2 * MiB, ...options }).build();
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(IsinglassError);
    expect((problem as IsinglassError).code).toBe(code_);
  });

  it("hands on what the guest writes to its serial port, and types on it", async () => {
    let text = "";
    const machine = withCode(
      pc({ memory: 2 * MiB, serial: { onOutput: (bytes) => (text += String.fromCharCode(...bytes)) } }).build(),
      `mov dx, 0x3fd
      wait: in al, dx
      test al, 1
      jz wait
      mov dx, 0x3f8
      in al, dx
      inc al
      out dx, al
      cli
      hlt`,
    );
    expect(machine.run(1000)).toEqual({ reason: "budget" });
    machine.serialInput(Uint8Array.of(0x41));
    expect(await machine.runAsync(hosted)).toBe("halted");
    expect(text).toBe("B");
  });

  it.each([
    ["poweroff", "mov dx, 0x604\n mov ax, 0x2000\n out dx, ax\n jmp $"],
    ["reset", "mov al, 0xfe\n out 0x64, al\n jmp $"],
    ["shutdown", "lidt [0x9000]\n int3"],
    ["halted", "cli\n hlt"],
  ] as const)("stops by %s", async (reason, text) => {
    const machine = withCode(
      pc({ memory: 2 * MiB }).build(),
      text.replace("$", "again").replace("jmp again", "again: jmp again"),
    );
    expect(await machine.runAsync(hosted)).toBe(reason);
    expect(machine.stopReason).toBe(reason);
    expect(machine.run(1).reason).toBe(reason === "halted" ? "hlt" : "shutdown");
  });

  it("ends runAsync for a signal, a pause and an exit that nobody handles", async () => {
    const endless = withCode(pc({ memory: 2 * MiB }).build(), "again: jmp again");
    const signal = { aborted: false };
    let turns = 0;
    const yieldToHost = async (): Promise<void> => {
      turns += 1;
      if (turns === 3) signal.aborted = true;
      if (turns === 5) endless.vm.pause();
    };
    expect(await endless.runAsync({ ...hosted, signal, yieldToHost })).toBe("aborted");
    signal.aborted = false;
    expect(await endless.runAsync({ ...hosted, signal, yieldToHost })).toBe("paused");
    endless.vcpu.controls.exceptionBitmap = 1 << 6;
    endless.core.physical.write(CODE_AT, Uint8Array.of(0x0f, 0x0b));
    expect(await endless.runAsync(hosted)).toBe("exit");
    expect(endless.vm.lastExit).toMatchObject({ reason: "exception", vector: 6 });
  });

  it("sleeps for the next timer with host time, and not at all without", async () => {
    // PIT counter 0 in mode 0, 0x2e9c ticks: 10 ms; IRQ 0 is vector 8 after reset of the PIC with ICW2 = 8.
    const text = `cli
      mov al, 0x11
      out 0x20, al
      mov al, 8
      out 0x21, al
      mov al, 4
      out 0x21, al
      mov al, 1
      out 0x21, al
      mov al, 0xfe
      out 0x21, al
      mov al, 0x30
      out 0x43, al
      mov al, 0x9c
      out 0x40, al
      mov al, 0x2e
      out 0x40, al
      sti
      hlt
      cli
      hlt`;
    for (const clock of ["realtime", "deterministic"] as const) {
      let time = 0;
      const slept: number[] = [];
      const machine = withCode(pc({ memory: 2 * MiB, clock, now: () => time }).build(), text);
      machine.core.physical.write(8 * 4, Uint8Array.of(0x00, 0x30, 0, 0));
      machine.core.physical.write(0x3000, code("iret", 16, 0x3000n));
      const sleep = async (ms: number): Promise<void> => {
        slept.push(ms);
        time += ms + 0.001;
      };
      expect(await machine.runAsync({ ...hosted, sleep })).toBe("halted");
      const total = slept.reduce((sum, ms) => sum + ms, 0);
      if (clock === "realtime") expect(total).toBeCloseTo(10, 0);
      else expect(slept).toEqual([]);
    }
  });

  it("is not kept busy for ever by a guest that sleeps with a timer that wakes nobody", () => {
    // Periodic PIT, everything masked at the PIC, interrupts on.
    const machine = withCode(
      pc({ memory: 2 * MiB }).build(),
      "mov al, 0xff\n out 0x21, al\n mov al, 0x34\n out 0x43, al\n mov al, 0x10\n out 0x40, al\n xor al, al\n out 0x40, al\n sti\n hlt",
    );
    const exit = machine.run(1_000_000);
    expect(["budget", "hlt"]).toContain(exit.reason);
  });

  it("gives statistics that add up", () => {
    const machine = withCode(
      pc({ memory: 2 * MiB }).build(),
      "in al, 0x71\n in al, 0x71\n out 0x80, al\n in al, 0x99\n cli\n hlt",
    );
    machine.run(100);
    const stats = machine.stats();
    expect(stats.instructions).toBe(6);
    const accesses = stats.ports.map(({ name, reads, writes }) => `${name} ${reads} ${writes}`);
    expect(accesses).toContain("rtc 2 0");
    expect(accesses).toContain("post-code 0 1");
    expect(stats.unclaimed.portReads).toBe(1);
    expect(stats.exits).toContainEqual({ reason: "io", count: 4, milliseconds: 0 });
    expect(stats.code.decoded).toBeGreaterThanOrEqual(6);
  });
});

describe("the board", () => {
  it("has the PCI functions of QEMU's pc (its `info pci` with -nodefaults)", () => {
    const { bus } = pc({ memory: 2 * MiB }).build().core;
    const found: string[] = [];
    for (let devfn = 0; devfn < 256; devfn++) {
      bus.writePort(0xcf8, 4, (0x8000_0000 | (devfn << 8)) >>> 0);
      const id = bus.readPort(0xcfc, 4);
      if (id !== 0xffff_ffff) found.push(`${devfn >> 3}.${devfn & 7} ${id.toString(16)}`);
    }
    expect(found).toEqual(["0.0 12378086", "1.0 70008086", "1.1 70108086", "1.3 71138086"]);
  });

  it("the HPET's timer 0 takes the PIT's place at IRQ 0 (legacy replacement)", () => {
    const machine = withCode(pc({ memory: 2 * MiB }).build(), "again: jmp again");
    const { bus } = machine.core;
    const irr = (): number => bus.readPort(0x20, 1);
    // Timer 0: 32 bits, edge, interrupt on; at tick 100, a microsecond.
    bus.writeMmio(0xfed0_0100, 4, 0x0104);
    bus.writeMmio(0xfed0_0108, 4, 100);
    bus.writeMmio(0xfed0_0010, 4, 3);
    machine.run(249);
    expect(irr() & 1).toBe(0);
    machine.run(1);
    expect(irr() & 1).toBe(1);
  });

  it("an interrupt of the RTC is an event of the power management block (RTC_STS)", () => {
    const machine = withCode(
      pc({ memory: 2 * MiB }).build(),
      `mov al, 0x0a
      out 0x70, al
      mov al, 0x23
      out 0x71, al
      mov al, 0x0b
      out 0x70, al
      mov al, 0x42
      out 0x71, al
      mov dx, 0x601
      wait: in al, dx
      test al, 4
      jz wait
      cli
      hlt`,
    );
    // The periodic interrupt comes at 8192 Hz: after 122 us, or 31,000 instructions.
    expect(machine.run(40_000).reason).not.toBe("budget");
  });

  it("comes back from a saved state with the ports that its firmware set up", () => {
    const first = pc({ memory: 2 * MiB }).build();
    first.core.bus.writePort(0xcf8, 4, 0x8000_0940);
    first.core.bus.writePort(0xcfc, 4, 0x8000);
    const second = pc({ memory: 2 * MiB }).build();
    second.restore(first.save());
    const status = [0x1f7, 0x177, 0x3f4].map((port) => second.core.bus.readPort(port, 1));
    // IDE's first channel (no drive), its second, which was switched off, and the floppy controller, which is ready.
    expect(status).toEqual([0x7f, 0xff, 0x80]);
    expect(second.stateHash()).toBe(first.stateHash());
  });
});

describe("plugins", () => {
  const adder = (port: number): MachinePlugin<{ readonly sum: () => number }> => ({
    name: "adder",
    install(board) {
      let sum = 0;
      const handler: PortHandler = { readPort: () => sum & 0xff, writePort: (_, __, value) => void (sum += value) };
      board.bus.mapPorts(port, 1, handler, "adder");
      return { sum: () => sum };
    },
  });

  it("add devices, and their own things to the machine, typed", () => {
    const machine = pc({ memory: 2 * MiB })
      .use(adder(0x5a))
      .use(virtioConsole({ onOutput: () => undefined }))
      .build();
    expectTypeOf(machine.sum).returns.toBeNumber();
    withCode(machine, "mov al, 40\n out 0x5a, al\n mov al, 2\n out 0x5a, al\n cli\n hlt");
    machine.run(100);
    expect(machine.sum()).toBe(42);
    expect(machine.console).toBeInstanceOf(VirtioConsole);
  });

  it("put virtio devices into PCI slots of their own", () => {
    const disk = new MemoryBlockBackend(MiB);
    const machine = pc({ memory: 2 * MiB })
      .use(virtioDisk({ backend: disk }))
      .use(virtioDisk({ backend: disk }))
      .use(virtioRng({ entropy: new SeededEntropy(1) }))
      .build();
    const ids: number[] = [];
    for (let slot = 0; slot < 32; slot += 1) {
      machine.core.bus.writePort(0xcf8, 4, (0x80000000 | (slot << 11)) >>> 0);
      const id = machine.core.bus.readPort(0xcfc, 4);
      if (id !== 0xffffffff && (id & 0xffff) === 0x1af4) ids.push(id >>> 16);
    }
    // Block devices and an entropy source (VIRTIO 1.2, 5.2 and 5.4): 0x1040 plus the type.
    expect(ids).toEqual([0x1042, 0x1042, 0x1044]);
  });

  it("show their registers through the window in the configuration space too (VIRTIO 1.2, 4.1.4.9)", () => {
    const { bus } = pc({ memory: 8 * MiB })
      .use(virtioDisk({ backend: new MemoryBlockBackend(MiB) }))
      .build().core;
    // The first slot that the chipset does not take.
    const at = (offset: number): number => {
      bus.writePort(0xcf8, 4, 0x8000_1000 + (offset & ~3));
      return 0xcfc + (offset & 3);
    };
    const capability = (kind: number): number => {
      let offset = bus.readPort(at(0x34), 1);
      while (offset !== 0 && (bus.readPort(at(offset), 1) !== 9 || bus.readPort(at(offset + 3), 1) !== kind))
        offset = bus.readPort(at(offset + 1), 1);
      return offset;
    };
    const device = bus.readPort(at(capability(4) + 8), 4);
    const window = capability(5);
    bus.writePort(at(window + 4), 1, 0);
    bus.writePort(at(window + 8), 4, device);
    bus.writePort(at(window + 12), 4, 4);
    // `capacity`, in sectors of 512 bytes.
    expect(bus.readPort(at(window + 16), 4)).toBe(MiB / 512);
  });

  it("refuse a writable back end where a read-only disk was asked for", () => {
    expect(() =>
      pc({ memory: 2 * MiB })
        .use(virtioDisk({ backend: new MemoryBlockBackend(MiB), readonly: true }))
        .build(),
    ).toThrow(IsinglassError);
  });

  it("cannot take a name twice", () => {
    const device = { component: "x", version: 1, reset: () => undefined, save: () => null, load: () => undefined };
    const plugin: MachinePlugin = { name: "x", install: (board) => board.addDevice(device) };
    expect(() =>
      pc({ memory: 2 * MiB })
        .use(plugin)
        .use(plugin)
        .build(),
    ).toThrow(/x/);
  });
});
