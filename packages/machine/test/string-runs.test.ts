import { describe, expect, it } from "vitest";
import { IDENTITY_MAP_BYTES } from "../src/page-tables.js";
import { type BareMachine, MiB, bare } from "../src/index.js";
import { CODE_AT, code, machineWith, next, registers } from "./support.js";

/** The entry of the identity map that maps the first 2 MiB: behind PML4 and PDPT. */
const ENTRY = MiB - IDENTITY_MAP_BYTES + 0x2000;
const ACCESSED = 0x20;
const DIRTY = 0x40;

function entryBits(machine: BareMachine): number {
  const bytes = new Uint8Array(1);
  machine.memory.read(ENTRY, bytes);
  return bytes[0]! & (ACCESSED | DIRTY);
}

describe("REP MOVS and REP STOS, one by one or many at once", () => {
  it.each([15, 16, 4000])("do not set accessed and dirty bits of cached pages again, %d elements", (count) => {
    // The processor has the page in its TLB when the bits are cleared, and nothing flushes it (SDM vol. 3A, 4.10.2.2).
    const machine = machineWith(`
      mov edi, 0x20000
      mov esi, 0x30000
      mov [rdi], eax
      mov eax, [rsi]
      and byte [${ENTRY}], ${0xff & ~(ACCESSED | DIRTY)}
      mov ecx, ${count}
      rep movsb
      mov edi, 0x20000
      mov ecx, ${count}
      rep stosb
      hlt`);
    machine.run(100_000);
    expect(registers(machine, "rcx", "rdi")).toEqual({ rcx: 0, rdi: 0x20000 + count });
    expect(entryBits(machine)).toBe(0);
  });

  it("leave the destination alone where the source faults", () => {
    const machine = machineWith("mov rsi, 0xffff900000000000\n mov edi, 0x20000\n mov ecx, 100\n rep movsb\n hlt");
    machine.vcpu.controls.exceptionBitmap = 1 << 14;
    expect(next(machine)).toMatchObject({ reason: "exception", vector: 14, errorCode: 0 });
    expect(entryBits(machine)).toBe(ACCESSED);
  });

  it("wrap a 32-bit pointer before the base of FS is added (SDM vol. 1, 3.3.7)", () => {
    const run = (count: number): BareMachine => {
      const machine = bare({ memory: MiB });
      // 67 f3 64 a4: rep movsb [edi], fs:[esi].
      machine.load(CODE_AT, Uint8Array.of(0xb9, count, 0, 0, 0, 0x67, 0xf3, 0x64, 0xa4, 0xf4));
      machine.load(
        0x20000,
        Uint8Array.from({ length: 0x1000 }, (_, i) => 1 + (i % 251)),
      );
      machine.enter({ mode: 64, address: CODE_AT });
      machine.registers.set("fs.base", 0x20100n - 0x1_0000_0000n + (1n << 64n));
      machine.registers.set("rsi", 0xffff_fff8n);
      machine.registers.set("rdi", 0x40000n);
      machine.vcpu.controls.exceptionBitmap = 1 << 14;
      return machine;
    };
    for (const count of [12, 100]) {
      const machine = run(count);
      // FS:0 is not mapped: eight bytes, then a page fault.
      expect(machine.run(1000)).toMatchObject({ reason: "exception", vector: 14, address: 0xffff_ffff_0002_0100n });
      expect(registers(machine, "rsi", "rdi", "rcx")).toEqual({ rsi: 0, rdi: 0x40008, rcx: count - 8 });
      const bytes = new Uint8Array(9);
      machine.memory.read(0x40000, bytes);
      expect([...bytes]).toEqual([249, 250, 251, 1, 2, 3, 4, 5, 0]);
    }
  });
});

describe("a memory operand in SS", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a base of EBP", "mov al, [ebp]"],
    ["an override", "mov al, ss:[ebx]"],
    ["LODS", "36 ac"],
    ["XLAT", "36 d7"],
    ["MOVS", "36 a4"],
    ["REP MOVS", "f3 36 a4"],
    ["CMPS", "36 a6"],
    ["OUTS", "36 6e"],
  ];
  const encode = (text: string, mode: 16 | 32): Uint8Array =>
    /^[\da-f ]+$/.test(text) && !text.includes("[")
      ? Uint8Array.from([...text.split(" "), "f4"], (byte) => Number.parseInt(byte, 16))
      : code(`${text}\n hlt`, mode);

  it.each(cases)("raises #SS above the limit in 32-bit code: %s", (_, text) => {
    for (const [segment, vector] of [
      ["ss", 12],
      ["ds", 13],
    ] as const) {
      if (segment === "ds" && text === "mov al, [ebp]") continue;
      const machine = bare({ memory: MiB });
      const bytes = encode(text, 32);
      machine.load(CODE_AT, segment === "ss" ? bytes : bytes.map((byte) => (byte === 0x36 ? 0x3e : byte)));
      machine.enter({ mode: 32, address: CODE_AT });
      machine.registers.set(`${segment}.limit`, 0xfffffn);
      machine.registers.set("rcx", 40n);
      for (const name of ["rbp", "rbx", "rsi"]) machine.registers.set(name, 0x100000n);
      machine.registers.set("rdi", 0x20000n);
      machine.vcpu.controls.exceptionBitmap = (1 << 12) | (1 << 13);
      expect(machine.run(100), `limit of ${segment}`).toMatchObject({ reason: "exception", vector, errorCode: 0 });
    }
  });

  it("raises #GP in 64-bit code, where the override means nothing, and #SS with a base of RBP", () => {
    // As AMD family 26 does (tried on one).
    for (const [text, vector] of [
      [[0x36, 0xac], 13],
      [[0x36, 0x8a, 0x06], 13],
      [[0x3e, 0x8a, 0x45, 0x00], 12],
    ] as const) {
      const machine = bare({ memory: MiB });
      machine.load(CODE_AT, Uint8Array.from(text));
      machine.enter({ mode: 64, address: CODE_AT });
      for (const name of ["rsi", "rbp"]) machine.registers.set(name, 1n << 63n);
      machine.vcpu.controls.exceptionBitmap = (1 << 12) | (1 << 13);
      expect(machine.run(100)).toMatchObject({ reason: "exception", vector, errorCode: 0 });
    }
  });
});
