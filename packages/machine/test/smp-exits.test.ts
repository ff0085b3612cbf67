import { ACTIVITY_WAITS_FOR_SIPI, S } from "@isinglass/cpu-x86";
import { type InterruptLine, IsinglassError } from "@isinglass/interface";
import type { VcpuGroup } from "@isinglass/hypervisor";
import { describe, expect, it } from "vitest";
import { COUNTS, DATA, VECTOR, several, word } from "./smp-support.js";

/** Interrupts of the legacy controllers off. */
const LEGACY_OFF = "mov al, 0xff\n out 0x21, al\n out 0xa1, al\n";

/** The local APIC's timer periodic (SDM vol. 3A, 11.5.4), and sleep for ever. */
const TICKS = `
  ${LEGACY_OFF}
  mov dword [0xfee003e0], 0xb
  mov dword [0xfee00320], ${0x20000 | VECTOR}
  mov dword [0xfee00380], 100000
  sti
  l: hlt
  jmp l`;

describe.each([1, 2])("%d vCPUs", (cpus) => {
  it("are woken from an intercepted HLT that was passed", () => {
    const machine = several(TICKS, "", { cpus });
    machine.vcpu.controls.hlt = true;
    machine.vm.on("hlt", () => "pass");
    machine.run(300);
    expect(machine.stopReason).toBeUndefined();
    expect(word(machine, COUNTS)).toBeGreaterThan(10);
  });

  it("wake from an interrupt that comes while the run's output is handed on, in host time", async () => {
    let line: InterruptLine | undefined;
    const machine = several(
      `${LEGACY_OFF}
      mov dword [0xfec00000], 0x1b
      mov dword [0xfec00010], 0
      mov dword [0xfec00000], 0x1a
      mov dword [0xfec00010], ${VECTOR}
      sti
      mov edx, 0x3f8
      mov al, 65
      out dx, al
      hlt`,
      "",
      {
        cpus,
        clock: "realtime",
        now: () => performance.now(),
        serial: {
          onOutput: () => {
            line!.setLevel(true);
            line!.setLevel(false);
            machine.vm.wake();
          },
        },
      },
      { name: "line", install: (board) => ({ line: (line = board.irq(5)) }) },
    );
    const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
    const reason = await machine.runAsync({
      now: () => performance.now(),
      yieldToHost: turn,
      sleep: turn,
      signal: AbortSignal.timeout(5000),
    });
    // The program goes on behind its HLT, to one that nothing ends.
    expect(reason).toBe("halted");
    expect(word(machine, COUNTS)).toBe(1);
  });

  it("lose no time in HLT where an interrupt waits already", () => {
    const machine = several(
      `${LEGACY_OFF}
      mov dword [0xfee003e0], 0xb
      mov dword [0xfee00320], ${VECTOR}
      mov dword [0xfee00380], 100000000
      mov dword [icr], self + fixed
      rdtsc
      mov esi, eax
      sti
      hlt
      rdtsc
      sub eax, esi
      mov [data], eax`,
      "",
      { cpus },
    );
    machine.run(1000);
    expect(word(machine, COUNTS)).toBe(1);
    // Some instructions and accesses to the APIC, in nanoseconds; the timer is 100 ms away.
    expect(word(machine, DATA)).toBeLessThan(100_000);
    expect(word(machine, DATA)).toBeGreaterThan(0);
  });

  it("asleep, tell the host that asks for an interrupt window", () => {
    const machine = several(`${LEGACY_OFF}\n sti\n l: hlt\n jmp l`, "", { cpus });
    expect(machine.run(100).reason).toBe("hlt");
    machine.vcpu.controls.interruptWindow = true;
    expect(machine.run(100).reason).toBe("interrupt-window");
  });
});

describe("a vCPU that waits for its start-up message", () => {
  it("takes no injected event", () => {
    const machine = several("l: jmp l", "");
    const second = machine.core.vcpus[1]!;
    expect(() => second.inject(VECTOR)).toThrow(IsinglassError);
    expect(() => second.inject(VECTOR)).toThrow("vcpu.1: inject() while it waits for a start-up message");
    machine.run(100);
    expect(second.cpu.get32(S.activity)).toBe(ACTIVITY_WAITS_FOR_SIPI);
  });
});

describe("the state of a group", () => {
  it("is refused in another version", () => {
    const group = several("l: jmp l", "").vm.vcpu as VcpuGroup;
    expect(() => group.load(group.save(), 2)).toThrow("vcpus: snapshot version 2; this build reads 1");
  });
});

describe("an INIT message behind a run that threw", () => {
  it("is taken at once", () => {
    const machine = several("l: jmp l", "");
    const [, second] = machine.core.vcpus;
    second!.startMessage(8);
    second!.executor.run = () => {
      throw new Error("broken");
    };
    expect(() => second!.run(10)).toThrow("broken");
    second!.initMessage();
    expect(second!.cpu.get32(S.activity)).toBe(ACTIVITY_WAITS_FOR_SIPI);
  });
});
