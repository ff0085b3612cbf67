import { S } from "@isinglass/cpu-x86";
import type { InterruptLine } from "@isinglass/interface";
import { describe, expect, it } from "vitest";
import { type CoreOptions, type MachinePlugin, type PcMachine, type PcOptions, MiB, pc } from "../src/index.js";
import {
  COUNTS,
  DATA,
  ENOUGH,
  NMI_COUNTS,
  START,
  START_ALL,
  finish,
  pass,
  several,
  until,
  word,
  words,
} from "./smp-support.js";

const EXECUTORS: readonly (readonly [name: string, options: Partial<CoreOptions>])[] = [
  ["interpreted", { tier: "interp" }],
  ["compiled", { tier: "jit" }],
];

describe.each(EXECUTORS)("several processors, %s", (_, executor) => {
  const run = (first: string, second: string, options: Partial<PcOptions> = {}): PcMachine =>
    finish(several(first, second, { ...executor, ...options }));

  it("stand still until INIT and a start-up message come, and take one start-up message", () => {
    const machine = run(
      `${pass(30000)}
        mov eax, [data]
        mov [data + 8], eax
        ${START}
        ${until("data")}
        ${pass(30000)}`,
      `lock inc dword [data]
        mov [data + 4], ebx`,
    );
    expect(words(machine, DATA, 3)).toEqual([1, 1, 0]);
    expect(machine.core.vcpus.map(({ instructions }) => instructions > 0)).toEqual([true, true]);
  });

  it("do not start without the start-up message", () => {
    const machine = run(`mov dword [to], 1 << 24\n mov dword [icr], init\n ${pass(30000)}`, "inc dword [data]");
    expect(word(machine, DATA)).toBe(0);
  });

  it("are woken from HLT by an interrupt of another", () => {
    const machine = run(
      `${START}
        ${until("data")}
        mov dword [icr], fixed
        ${until("data + 4")}`,
      `sti
        inc dword [data]
        hlt
        inc dword [data + 4]`,
    );
    expect(words(machine, COUNTS, 2)).toEqual([0, 1]);
  });

  it("are woken from HLT by an NMI with interrupts off", () => {
    const machine = run(
      `${START}
        ${until("data")}
        mov dword [icr], nmi
        ${until("data + 4")}`,
      `inc dword [data]
        hlt
        inc dword [data + 4]`,
    );
    expect(words(machine, NMI_COUNTS, 2)).toEqual([0, 1]);
  });

  it("count exactly with LOCK XADD, and take turns at it", () => {
    const count = `
      mov ecx, 30000
      again: mov eax, 1
      lock xadd [data], eax
      cmp eax, [data + 8]
      jb low
      inc dword [data + 16 + ebx * 4]
      low: dec ecx
      jnz again
      lock inc dword [data + 4]`;
    const machine = run(
      // What the other finds above this has been counted after the first half.
      `mov dword [data + 8], 30000\n${START}${count}
        ${until("data + 4", 2)}`,
      count,
    );
    expect(word(machine, DATA)).toBe(60000);
    const [first, second] = words(machine, DATA + 16, 2) as [number, number];
    expect(first + second).toBe(30000);
    // One after the other would be all of one's and none of the other's.
    expect(Math.min(first, second)).toBeGreaterThan(5000);
  });

  it("see what another writes to code that they execute", () => {
    const machine = run(
      // The first store comes before the page is anybody's code, the others after: each has to be seen.
      `mov dword [0xc001], 1
        ${START}
        mov ecx, 1
        next: pause
        cmp [data], ecx
        jne next
        inc ecx
        mov [0xc001], ecx
        cmp ecx, 9
        jne next
        ${until("data", 9)}`,
      `mov byte [0xc000], 0xb8
        mov byte [0xc005], 0xc3
        mov esi, 0xc000
        again: call esi
        mov [data], eax
        cmp eax, 9
        jne again`,
    );
    expect(word(machine, DATA)).toBe(9);
  });

  it("send to all, to all others, to themselves and by logical destination", () => {
    const machine = run(
      `${START_ALL}
        ${until("data", 14)}
        mov dword [dfr], 0xffffffff
        mov dword [ldr], 1 << 24
        mov dword [lint0], 0x10000
        sti
        mov dword [icr], others + fixed
        nop
        mov dword [icr], all + fixed
        nop
        mov dword [icr], self + fixed
        nop
        mov dword [to], 6 << 24
        mov dword [icr], logical + fixed
        ${pass(100000)}
        mov dword [icr], others + nmi
        ${pass(100000)}`,
      `mov dword [dfr], 0xffffffff
        mov ecx, ebx
        mov eax, 1
        shl eax, cl
        mov edx, eax
        shl edx, 24
        mov [ldr], edx
        sti
        lock or [data], eax
        again: hlt
        cmp dword [${NMI_COUNTS} + ebx * 4], 0
        je again`,
      { cpus: 4 },
    );
    // An IRR bit that is set already takes no second one: what was sent twice while a processor waited for its turn came once or more.
    const counts = words(machine, COUNTS, 4);
    expect(counts[0]).toBe(2);
    expect(counts.slice(1).every((count) => count >= 1)).toBe(true);
    expect(words(machine, NMI_COUNTS, 4)).toEqual([0, 1, 1, 1]);
  });

  it.each([
    ["to its number", "mov edx, 1\n mov eax, fixed"],
    ["to its bit of a cluster", "mov edx, 2\n mov eax, logical + fixed"],
    ["to all others", "mov edx, 0\n mov eax, others + fixed"],
  ])("send in x2APIC mode: %s", (__, message) => {
    const x2 = "mov ecx, 0x1b\n rdmsr\n or eax, 0x400\n wrmsr";
    const machine = run(
      `${START}
        ${until("data")}
        ${x2}
        mov ecx, 0x830
        ${message}
        wrmsr
        ${until("data + 4")}`,
      `${x2}
        mov ecx, 0x802
        rdmsr
        mov [data + 8], eax
        sti
        mov dword [data], 1
        hlt
        mov dword [data + 4], 1`,
      { cpu: "max" },
    );
    expect(word(machine, DATA + 8)).toBe(1);
    // Nothing answers at the page any more: the handler has read all ones for the number of its processor.
    expect(word(machine, COUNTS + 4 * 0xff)).toBe(1);
  });

  it("are reset by INIT where they are, keep their vector registers, and start again", () => {
    const machine = run(
      `${START}
        ${until("data", 1)}
        mov dword [icr], init
        ${pass(30000)}
        mov eax, [data + 4]
        ${pass(30000)}
        sub eax, [data + 4]
        mov [data + 8], eax
        mov dword [icr], startup
        ${until("data", 2)}`,
      `mov eax, cr4
        or eax, 0x200
        mov cr4, eax
        lock inc dword [data]
        cmp dword [data], 2
        je second
        mov eax, 77
        movd xmm3, eax
        ever: inc dword [data + 4]
        jmp ever
        second: movd [data + 12], xmm3`,
    );
    expect(word(machine, DATA + 4)).toBeGreaterThan(0);
    expect(words(machine, DATA + 8, 2)).toEqual([0, 77]);
  });

  it("use a changed page table entry when they have dropped the old one, which another asks for", () => {
    // One page table for the first 4 MiB, the local APICs' page at the end of another.
    const enable = `
      mov eax, 0x100000
      mov cr3, eax
      mov eax, cr0
      or eax, 0x80000000
      mov cr0, eax`;
    const machine = run(
      `mov edi, 0x101000
        mov eax, 3
        fill: stosd
        add eax, 0x1000
        cmp edi, 0x102000
        jne fill
        mov dword [0x100000], 0x101003
        mov dword [0x100fec], 0x102003
        mov dword [0x102000 + 0x200 * 4], 0xfee00003
        mov dword [0x110000], 1
        mov dword [0x111000], 2
        ${enable}
        ${START}
        ${until("data", 1)}
        mov dword [0x101000 + 0x110 * 4], 0x111003
        mov dword [icr], fixed
        ${until("data + 4", 2)}`,
      `${enable}
        mov eax, [0x110000]
        mov [data], eax
        sti
        hlt
        cli
        invlpg [0x110000]
        mov eax, [0x110000]
        mov [data + 4], eax`,
    );
    expect(words(machine, DATA, 2)).toEqual([1, 2]);
  });

  it.each([
    ["by its number", 2 << 24, 0x0040, [0, 0, 1]],
    ["to a logical address", 4 << 24, 0x0840, [0, 0, 1]],
    ["to two of them", 6 << 24, 0x0840, [0, 1, 1]],
    // Processor 1 has the higher task priority.
    ["to the one of lowest priority", 6 << 24, 0x0940, [0, 0, 1]],
  ] as const)("get the interrupts of the IOAPIC: %s", (__, high, low, counts) => {
    let line: InterruptLine | undefined;
    const plugin: MachinePlugin = { name: "line", install: (board) => ({ line: (line = board.irq(5)) }) };
    const machine = several(
      `${START_ALL}
      ${until("data", 2)}
      mov dword [0xfec00000], ${0x11 + 2 * 5}
      mov dword [0xfec00010], ${high}
      mov dword [0xfec00000], ${0x10 + 2 * 5}
      mov dword [0xfec00010], ${low}
      mov byte [data + 4], 1
      ${pass(100000)}
      mov dword [icr], others + nmi
      ${pass(100000)}`,
      `mov dword [dfr], 0xffffffff
      mov cl, bl
      mov eax, 1 << 24
      shl eax, cl
      mov [ldr], eax
      cmp ebx, 1
      jne ready
      mov dword [tpr], 0x30
      ready: sti
      lock inc dword [data]
      again: hlt
      cmp dword [${NMI_COUNTS} + ebx * 4], 0
      je again`,
      { ...executor, cpus: 3 },
      plugin,
    );
    while (word(machine, DATA + 4) === 0) machine.run(100);
    line!.setLevel(true);
    line!.setLevel(false);
    finish(machine);
    expect(words(machine, COUNTS, 3)).toEqual(counts);
  });
});

const RACE = several.bind(
  undefined,
  `${START_ALL}
  mov esi, 300
  again: mov eax, 1
  lock xadd [data], eax
  rdtsc
  mov edi, [data + 8]
  mov [data + 8], eax
  sub eax, edi
  jns later
  inc dword [data + 4]
  later: pause
  ${pass(40)}
  mov dword [icr], others + fixed
  dec esi
  jnz again
  mov dword [icr], others + nmi
  ${pass(30000)}`,
  `sti
  again: hlt
  rdtsc
  mov edi, [data + 8]
  mov [data + 8], eax
  sub eax, edi
  jns later
  inc dword [data + 4]
  later: cmp dword [${NMI_COUNTS} + ebx * 4], 0
  je again`,
);

describe("several processors", () => {
  it("never read a time-stamp counter that is behind what another has read", () => {
    const machine = finish(RACE({ cpus: 3 }));
    expect(
      words(machine, COUNTS, 3)
        .slice(1)
        .every((count) => count > 100),
    ).toBe(true);
    expect(word(machine, DATA + 4)).toBe(0);
  });

  it("do the same however the run is cut, and whatever executes them", () => {
    const whole = finish(RACE({ cpus: 3 }));
    const end = [whole.instructions, whole.stateHash()];
    for (const [tier, slice] of [
      ["interp", 1],
      ["jit", 777],
      ["auto", 10_000],
    ] as const) {
      const machine = RACE({ cpus: 3, tier });
      while (machine.stopReason === undefined) machine.run(slice);
      expect([machine.instructions, machine.stateHash()]).toEqual(end);
    }
    const reference = RACE({ cpus: 3, executor: "reference" });
    reference.run(20_000);
    const interpreted = RACE({ cpus: 3 });
    interpreted.run(20_000);
    expect(reference.stateHash()).toBe(interpreted.stateHash());
  });

  it("go on from a saved state as they would have gone on", () => {
    const whole = finish(RACE({ cpus: 3 }));
    for (const at of [1, 5000, 12_345, 30_000]) {
      const saved = RACE({ cpus: 3 });
      saved.run(at);
      const machine = pc({ memory: 2 * MiB, cpus: 3 }).build();
      machine.restore(saved.save());
      expect(machine.stateHash()).toBe(saved.stateHash());
      machine.run(ENOUGH);
      expect([machine.instructions, machine.stateHash()]).toEqual([whole.instructions, whole.stateHash()]);
    }
  });

  it("go on beside one that sleeps in the handler of an NMI while another NMI waits", () => {
    const machine = several(
      `${START}
      ${pass(60000)}
      mov dword [data + 4], 1
      ${pass(60000)}`,
      "sti\n mov dword [data], 1\n hlt",
    );
    while (word(machine, DATA) === 0) machine.run(1000);
    machine.run(30_000);
    const [, second] = machine.core.vcpus;
    expect(second!.halted).toBe(true);
    second!.cpu.set32(S.nmiBlocked, 1);
    second!.raiseNmi();
    expect(second!.isReady).toBe(false);
    machine.run(200_000);
    expect(word(machine, DATA + 4)).toBe(1);
  });

  it("refuse the state of a machine with another number of them", () => {
    const state = RACE({ cpus: 3 }).save();
    expect(() =>
      pc({ memory: 2 * MiB, cpus: 2 })
        .build()
        .restore(state),
    ).toThrow(/vcpu\.2/);
    expect(() =>
      pc({ memory: 2 * MiB })
        .build()
        .restore(state),
    ).toThrow(/vcpu\.1/);
  });

  it.each([0, 9, 1.5])("are not %s", (cpus) => {
    expect(() => pc({ memory: 2 * MiB, cpus })).toThrow(/cpus/);
  });
});
