import { describe, expect, it } from "vitest";
import { IsinglassError, type Device } from "@isinglass/interface";
import { sha256, toHex } from "@isinglass/hypervisor";
import { nodeSha256 } from "@isinglass/machine/node";
import { type PcMachine, MiB, pc, setFlatState } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

/**
 * Counts timer interrupts and writes to memory: the PIT in mode 2 (about 1 kHz) through the PIC, in real mode. Every interrupt stores the
 * time-stamp counter too.
 */
const GUEST = `
  cli
  xor ax, ax
  mov ds, ax
  mov ss, ax
  mov sp, 0x7000
  mov word [0x80], 0x3000
  mov word [0x82], 0
  mov al, 0x11
  out 0x20, al
  mov al, 0x20
  out 0x21, al
  mov al, 4
  out 0x21, al
  mov al, 1
  out 0x21, al
  mov al, 0xfe
  out 0x21, al
  mov al, 0x34
  out 0x43, al
  mov al, 0xa9
  out 0x40, al
  mov al, 4
  out 0x40, al
  sti
again:
  inc dword [0x5000]
  mov edi, [0x5000]
  and edi, 0xfff
  mov [edi + 0x8000], di
  test dword [0x5000], 0x3f
  jnz again
  hlt
  jmp again`;
const HANDLER = `
  pushad
  inc dword [0x5004]
  rdtsc
  mov [0x5008], eax
  mov al, 0x20
  out 0x20, al
  popad
  iret`;

function guest(): PcMachine {
  const machine = pc({ memory: 2 * MiB }).build();
  machine.core.physical.write(CODE_AT, code(GUEST, 16));
  machine.core.physical.write(0x3000, code(HANDLER, 16, 0x3000n));
  const { registers } = machine.vcpu;
  registers.set("cs", 0n);
  registers.set("cs.base", 0n);
  registers.set("rip", BigInt(CODE_AT));
  return machine;
}

function runTo(machine: PcMachine, count: number): void {
  while (machine.instructions < count) expect(machine.run(count - machine.instructions)).toEqual({ reason: "budget" });
}

function word(machine: PcMachine, gpa: number): number {
  const bytes = new Uint8Array(4);
  machine.core.physical.read(gpa, bytes);
  return new DataView(bytes.buffer).getUint32(0, true);
}

const END = 200_000;

describe("a saved machine", () => {
  it("goes on as if nothing had been, wherever it was saved", () => {
    const straight = guest();
    runTo(straight, END);
    expect(word(straight, 0x5004)).toBeGreaterThan(10);
    const expected = straight.stateHash();
    const paused = guest();
    // Between two instructions of every kind: in the set-up, the loop, the handler.
    for (const point of [0, 1, 24, 25, 26, 1234, 54_321, 99_999, 150_001]) {
      runTo(paused, point);
      const file = paused.save();
      const restored = pc({ memory: 2 * MiB }).build();
      restored.restore(file);
      expect(toHex(sha256(restored.save()))).toBe(toHex(sha256(file)));
      runTo(restored, END);
      expect({ point, hash: restored.stateHash() }).toEqual({ point, hash: expected });
    }
    runTo(paused, END);
    expect(paused.stateHash()).toBe(expected);
  });

  it("is taken back where a kernel has SMAP suspended", () => {
    const machine = pc({ memory: 2 * MiB, cpu: "max" }).build();
    machine.core.physical.write(CODE_AT, code("stac\nmov eax, [0x6000]\njmp $", 32));
    setFlatState(machine.vcpu.cpu, { mode: 32 });
    machine.vcpu.registers.set("cr4", 1n << 21n);
    machine.vcpu.registers.set("rip", BigInt(CODE_AT));
    runTo(machine, 10);
    const other = pc({ memory: 2 * MiB, cpu: "max" }).build();
    other.restore(machine.save());
    expect(other.stateHash()).toBe(machine.stateHash());
  });

  it("is the same file with the host's SHA-256, and goes on under either", () => {
    const hashed: number[] = [];
    const counting = (...pieces: readonly Uint8Array[]): Uint8Array => {
      hashed.push(pieces.length);
      return nodeSha256(...pieces);
    };
    const machine = guest();
    runTo(machine, 54_321);
    const file = machine.save();
    const other = pc({ memory: 2 * MiB, sha256: counting }).build();
    other.restore(file);
    expect(hashed.length).toBeGreaterThan(1);
    expect(Buffer.compare(other.save(), file)).toBe(0);
    expect(other.stateHash()).toBe(machine.stateHash());
    const damaged = file.with(file.length - 1, file.at(-1)! ^ 1);
    expect(() => other.restore(damaged)).toThrow(expect.objectContaining({ code: "ISG_SNAPSHOT_CHECKSUM" }));
  });

  it("goes on as if nothing had been after an exit, answered or not", () => {
    const watch = (machine: PcMachine): PcMachine => {
      machine.vcpu.controls.interceptPorts(0x20);
      return machine;
    };
    /** The end of interrupt in the handler and three writes of the set-up: ports that the PIC answers too. */
    const finish = (machine: PcMachine): string => {
      while (machine.instructions < 20_000)
        if (machine.run(20_000 - machine.instructions).reason === "io") machine.vcpu.pass();
      return machine.stateHash();
    };
    const expected = finish(watch(guest()));
    const straight = watch(guest());
    for (let i = 0; i < 4; i += 1) {
      expect(straight.run(20_000)).toMatchObject({ reason: "io", direction: "out", port: 0x20 });
      for (const answered of [false, true]) {
        if (answered) straight.vcpu.pass();
        const machine = watch(pc({ memory: 2 * MiB }).build());
        machine.restore(straight.save());
        expect(machine.stateHash()).toBe(straight.stateHash());
        if (!answered) machine.vcpu.pass();
        expect({ i, answered, hash: finish(machine) }).toEqual({ i, answered, hash: expected });
      }
    }
  });

  it("has a hash that depends on registers, memory and devices", () => {
    const machine = guest();
    const before = machine.stateHash();
    machine.vcpu.registers.set("rax", 1n);
    const registers = machine.stateHash();
    machine.core.physical.write(0x6000, Uint8Array.of(1));
    const memory = machine.stateHash();
    machine.core.bus.writePort(0x70, 1, 5);
    expect(new Set([before, registers, memory, machine.stateHash()]).size).toBe(4);
  });

  it("is restored over another state: what was not zero before is gone", () => {
    const file = guest().save();
    const other = guest();
    runTo(other, 1000);
    other.core.physical.write(MiB, new Uint8Array(100).fill(7));
    other.restore(file);
    expect(other.stateHash()).toBe(guest().stateHash());
  });

  it("keeps answers of an exit that the host took charge of", () => {
    const text = "out 0x61, al\n inc bx\n hlt";
    const make = (): PcMachine => {
      const machine = pc({ memory: 2 * MiB }).build();
      machine.core.physical.write(CODE_AT, code(text, 16));
      machine.vcpu.registers.set("cs", 0n);
      machine.vcpu.registers.set("cs.base", 0n);
      machine.vcpu.registers.set("rip", BigInt(CODE_AT));
      machine.vcpu.controls.interceptPorts(0x61);
      return machine;
    };
    const machine = make();
    expect(machine.run(10)).toMatchObject({ reason: "io", direction: "out" });
    const restored = make();
    restored.restore(machine.save());
    expect(restored.run(10)).toEqual({ reason: "hlt" });
  });
});

describe("a damaged or foreign file", () => {
  const file = guest().save();

  function refuse(bytes: Uint8Array, errorCode?: string, machine: PcMachine = guest()): void {
    const before = machine.stateHash();
    let problem: unknown;
    try {
      machine.restore(bytes);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(IsinglassError);
    const { code: found, message } = problem as IsinglassError;
    if (errorCode !== undefined) expect(found).toBe(errorCode);
    expect(message).not.toContain("\n");
    expect(machine.stateHash()).toBe(before);
  }

  it("is refused with one clear line", () => {
    refuse(new Uint8Array(0), "ISG_SNAPSHOT_TRUNCATED");
    refuse(file.subarray(0, 40), "ISG_SNAPSHOT_TRUNCATED");
    refuse(file.subarray(0, 200), "ISG_SNAPSHOT_TRUNCATED");
    refuse(file.subarray(0, file.length - 1), "ISG_SNAPSHOT_TRUNCATED");
    refuse(Uint8Array.of(...file.subarray(0, file.length), 0), "ISG_SNAPSHOT_BAD_STATE");
    refuse(
      Uint8Array.from(file, (byte, i) => (i === 0 ? byte ^ 1 : byte)),
      "ISG_SNAPSHOT_BAD_MAGIC",
    );
    refuse(
      Uint8Array.from(file, (byte, i) => (i === 8 ? 9 : byte)),
      "ISG_SNAPSHOT_VERSION",
    );
    refuse(
      Uint8Array.from(file, (byte, i) => (i === 100 ? byte ^ 1 : byte)),
      "ISG_SNAPSHOT_CHECKSUM",
    );
    refuse(
      Uint8Array.from(file, (byte, i) => (i === file.length - 9 ? byte ^ 1 : byte)),
      "ISG_SNAPSHOT_CHECKSUM",
    );
  });

  it("is refused by a machine with other memory or other devices", () => {
    refuse(file, "ISG_SNAPSHOT_MEMORY", pc({ memory: 3 * MiB }).build());
    const device: Device = {
      component: "extra.0",
      version: 1,
      reset: () => undefined,
      save: () => null,
      load: () => undefined,
    };
    const more = (): PcMachine =>
      pc({ memory: 2 * MiB })
        .use({ name: "extra", install: (board) => ({ extra: board.addDevice(device) }) })
        .build();
    refuse(file, "ISG_SNAPSHOT_MISSING_COMPONENT", more());
    refuse(more().save(), "ISG_SNAPSHOT_UNKNOWN_COMPONENT");
  });

  it("changes nothing where the last component refuses its part", () => {
    let picky = false;
    const device: Device = {
      component: "picky.0",
      version: 1,
      reset: () => undefined,
      save: () => null,
      load: () => {
        if (picky) throw new IsinglassError("ISG_SNAPSHOT_BAD_STATE", "picky.0: no");
      },
    };
    const make = (): PcMachine =>
      pc({ memory: 2 * MiB })
        .use({ name: "picky", install: (board) => ({ picky: board.addDevice(device) }) })
        .build();
    const saved = make();
    saved.core.physical.write(0x6000, Uint8Array.of(1));
    saved.vcpu.registers.set("rax", 5n);
    const bytes = saved.save();
    picky = true;
    refuse(bytes, "ISG_SNAPSHOT_BAD_STATE", make());
  });

  it("is refused wherever a byte is wrong, and never half-loaded", () => {
    const seed = Number(
      (globalThis as { process?: { env: Record<string, string> } }).process?.env["ISG_SEED"] ?? 20_261_122,
    );
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
    const machine = guest();
    const before = machine.stateHash();
    for (let i = 0; i < 120; i += 1) {
      const bytes = file.slice(0, random(3) === 0 ? random(file.length) : file.length);
      for (let n = random(4) + 1; n > 0 && bytes.length > 0; n -= 1) {
        const at = random(random(2) === 0 ? Math.min(bytes.length, 4096) : bytes.length);
        bytes[at] = bytes[at]! ^ (1 + random(255));
      }
      // 24 to 31 are under the checksum too; every byte of the file is.
      expect(() => machine.restore(bytes), `seed ${seed}, case ${i}`).toThrow(IsinglassError);
    }
    expect(machine.stateHash()).toBe(before);
  });
});
