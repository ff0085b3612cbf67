import { describe, expect, it } from "vitest";
import type { VmExit } from "@isinglass/interface";
import { toyMachine } from "./toy-vcpu.js";

const IN: VmExit = { reason: "io", direction: "in", port: 0x60, size: 1 };
const OUT: VmExit = { reason: "io", direction: "out", port: 0x60, size: 1, value: 7 };

describe("run", () => {
  it("executes no more than it was given", () => {
    const { vm, vcpu } = toyMachine();
    expect(vm.run(1234)).toEqual({ reason: "budget" });
    expect(vcpu.instructions).toBe(1234);
    expect(vm.run(0)).toEqual({ reason: "budget" });
    expect(vcpu.instructions).toBe(1234);
    expect(() => vm.run(-1)).toThrow(/not negative/);
    expect(() => vm.run(Number.NaN)).toThrow(/not negative/);
  });

  it.each([0.5, 1.5, 2 ** 53, "5", null, 5n])("refuses %s instructions, and counts none", async (limit) => {
    const { vm, vcpu } = toyMachine();
    const refused = expect.objectContaining({ code: "ISG_VM_LIMIT", message: expect.stringContaining("whole number") });
    expect(() => vm.run(limit as number)).toThrow(refused);
    expect(() => vm.step(limit as number)).toThrow(refused);
    const host = { yieldToHost: async () => undefined, sleep: async () => undefined };
    await expect(vm.runAsync({ ...host, limit: limit as number })).rejects.toEqual(refused);
    expect(vcpu.instructions).toBe(0);
  });

  it("returns exits that nobody handles", () => {
    const { vm } = toyMachine([{ after: 5, exit: IN }]);
    expect(vm.run(100)).toBe(IN);
    expect(vm.lastExit).toBe(IN);
  });

  it("fires timers at their instruction, in order of time", () => {
    const { vm, clock, vcpu } = toyMachine();
    const seen: string[] = [];
    clock.schedule(500, () => seen.push(`b at ${vcpu.instructions}`));
    clock.schedule(205, () => {
      seen.push(`a at ${vcpu.instructions}`);
      clock.schedule(300, () => seen.push(`c at ${vcpu.instructions}`));
    });
    vm.run(100);
    // 10 ns an instruction: 205 ns have passed at the 21st.
    expect(seen).toEqual(["a at 21", "c at 30", "b at 50"]);
  });

  it("skips the time for which a halted vCPU waits", () => {
    const { vm, clock, vcpu, time } = toyMachine([{ after: 10, exit: { reason: "hlt" } }]);
    clock.schedule(1_000_000, () => (vcpu.halted = false));
    expect(vm.run(100)).toEqual({ reason: "budget" });
    expect(vcpu.instructions).toBe(100);
    expect(time.now()).toBe(1_000_000 + 90 * 10);
  });

  it("skips none where what wakes the vCPU came before it slept", () => {
    const { vm, clock, vcpu, time } = toyMachine([{ after: 10, exit: { reason: "hlt" } }]);
    clock.schedule(1_000_000, () => undefined);
    vcpu.woken = true;
    expect(vm.run(100)).toEqual({ reason: "budget" });
    expect(time.now()).toBe(100 * 10);
  });

  it("says when nothing can wake the vCPU", () => {
    const never = toyMachine([{ after: 10, exit: { reason: "hlt" } }]);
    never.vcpu.interruptsEnabled = false;
    never.clock.schedule(1000, () => undefined);
    expect(never.vm.run(100)).toEqual({ reason: "hlt" });
    expect(never.vm.stopReason).toBe("halted");
    const waiting = toyMachine([{ after: 10, exit: { reason: "hlt" } }]);
    expect(waiting.vm.run(100)).toEqual({ reason: "hlt" });
    expect(waiting.vm.stopReason).toBeUndefined();
  });

  it("hands on what was buffered after the last instruction, whatever it returns", () => {
    const outcomes: readonly (readonly [VmExit, boolean])[] = [
      [{ reason: "hlt" }, false],
      [{ reason: "hlt" }, true],
      [{ reason: "shutdown" }, true],
      [IN, true],
    ];
    for (const [exit, interruptsEnabled] of outcomes) {
      const seen: number[] = [];
      const machine = toyMachine([{ after: 10, exit }], { onLeave: () => seen.push(machine.vcpu.instructions) });
      machine.vcpu.interruptsEnabled = interruptsEnabled;
      expect(machine.vm.run(100).reason).toBe(exit.reason);
      expect([exit.reason, seen.at(-1)]).toEqual([exit.reason, 10]);
    }
  });

  it("gives up its turn where timers fire for ever and wake nobody", () => {
    const { vm, clock } = toyMachine([{ after: 10, exit: { reason: "hlt" } }]);
    let fired = 0;
    const again = (): void => {
      fired += 1;
      clock.schedule(clock.now() + 1, again);
    };
    again();
    expect(vm.run(1000)).toEqual({ reason: "budget" });
    expect(fired).toBeLessThan(100_000);
  });

  it("does not take many short sleeps for a long one", () => {
    const sleeps = 30_000;
    const { vm, vcpu, clock } = toyMachine(
      Array.from({ length: sleeps }, (_, i) => ({ after: i + 1, exit: { reason: "hlt" } as const })),
    );
    const wake = (): void => {
      vcpu.halted = false;
      clock.schedule(clock.now() + 100, wake);
    };
    wake();
    expect(vm.run(sleeps + 10)).toEqual({ reason: "budget" });
    expect(vcpu.instructions).toBe(sleeps + 10);
  });

  it("stops when it is told to, from inside", () => {
    const { vm, clock } = toyMachine();
    clock.schedule(100, () => vm.requestStop("poweroff"));
    expect(vm.run(1000)).toEqual({ reason: "shutdown" });
    expect(vm.stopReason).toBe("poweroff");
  });
});

describe("handlers", () => {
  it("answer with a value, nothing, or not at all", () => {
    const { vm, vcpu } = toyMachine([
      { after: 1, exit: IN },
      { after: 2, exit: OUT },
      { after: 3, exit: { reason: "cpuid", leaf: 1, subleaf: 0 } },
      { after: 4, exit: { reason: "hypercall", number: 9n } },
    ]);
    vm.on("io", (exit) => (exit.direction === "in" ? 42 : "handled"));
    vm.on("cpuid", () => "pass");
    vm.on("hypercall", () => "exit");
    expect(vm.run(100)).toEqual({ reason: "hypercall", number: 9n });
    expect(vcpu.answers).toEqual([42n, "pass"]);
  });

  it("that are registered later are asked first, and can be taken away", () => {
    const { vm, vcpu } = toyMachine([
      { after: 1, exit: IN },
      { after: 2, exit: IN },
    ]);
    vm.on("io", () => 1);
    const remove = vm.on("io", () => {
      remove();
      return 2;
    });
    vm.run(10);
    expect(vcpu.answers).toEqual([2n, 1n]);
  });

  it("are left out of what they pass on to: the bus", () => {
    const { vm, vcpu } = toyMachine(
      [
        { after: 1, exit: IN },
        { after: 2, exit: OUT },
        { after: 3, exit: { reason: "mmio", direction: "read", gpa: 0x1000, size: 4 } },
      ],
      {
        bus: {
          readPort: (port) => port,
          writePort: (port, size, value) => void writes.push([port, size, value]),
          readMmio: (gpa) => gpa + 1,
          writeMmio: () => undefined,
        },
      },
    );
    const writes: number[][] = [];
    vm.run(10);
    expect(vcpu.answers).toEqual([0x60n, 0x1001n]);
    expect(writes).toEqual([[0x60, 1, 7]]);
  });

  it("are counted, with the host's time where there is a clock", () => {
    const { vm } = toyMachine([
      { after: 1, exit: OUT },
      { after: 2, exit: OUT },
      { after: 2, exit: { reason: "cpuid", leaf: 0, subleaf: 0 } },
    ]);
    vm.on("io", () => "handled");
    vm.run(10);
    expect(vm.exitStatistics()).toEqual([
      { reason: "io", count: 2, milliseconds: 0 },
      { reason: "cpuid", count: 1, milliseconds: 0 },
    ]);
  });
});

describe("runAsync", () => {
  const host = { yieldToHost: async (): Promise<void> => undefined, sleep: async (): Promise<void> => undefined };

  it("adapts its slices to the host's clock", async () => {
    const { vm, vcpu } = toyMachine();
    // A host that executes 10,000 instructions in a millisecond.
    const now = (): number => vcpu.instructions / 10_000;
    const slices: number[] = [];
    let last = 0;
    const yieldToHost = async (): Promise<void> => {
      slices.push(now() - last);
      last = now();
      if (slices.length === 10) vm.pause();
    };
    expect(await vm.runAsync({ ...host, now, yieldToHost, sliceMs: 5 })).toBe("paused");
    expect(Math.max(...slices.slice(1))).toBeLessThanOrEqual(5);
    expect(slices.at(-1)).toBeGreaterThan(2);
  });

  it("ends at the limit of instructions, counted from where it began, and goes on from there", async () => {
    const { vm, vcpu } = toyMachine();
    vm.run(123);
    expect(await vm.runAsync({ ...host, limit: 250_000 })).toBe("limit");
    expect(vcpu.instructions).toBe(250_123);
    expect(vm.stopReason).toBeUndefined();
    expect(await vm.runAsync({ ...host, limit: 0 })).toBe("limit");
    expect(await vm.runAsync({ ...host, limit: 1 })).toBe("limit");
    expect(vcpu.instructions).toBe(250_124);
    await expect(vm.runAsync({ ...host, limit: -1 })).rejects.toMatchObject({ code: "ISG_VM_LIMIT" });
    await expect(vm.runAsync({ ...host, limit: Number.NaN })).rejects.toMatchObject({ code: "ISG_VM_LIMIT" });
  });

  it("ends where its signal is aborted", async () => {
    const { vm, vcpu } = toyMachine();
    const aborted = { aborted: false };
    const yieldToHost = async (): Promise<void> => void (aborted.aborted = vcpu.instructions >= 300_000);
    expect(await vm.runAsync({ ...host, yieldToHost, signal: aborted })).toBe("aborted");
    expect(vcpu.instructions).toBe(300_000);
  });

  it("waits for a wake-up, not for ever", async () => {
    const { vm, vcpu } = toyMachine([{ after: 10, exit: { reason: "hlt" } }]);
    let sleeps = 0;
    const sleep = async (): Promise<void> => {
      sleeps += 1;
      if (sleeps === 2) {
        vcpu.halted = false;
        vcpu.script = [{ after: 20, exit: { reason: "shutdown" } }];
      }
    };
    expect(await vm.runAsync({ ...host, sleep })).toBe("shutdown");
    expect(sleeps).toBe(2);
  });
});
