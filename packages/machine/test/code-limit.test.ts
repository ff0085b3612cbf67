import { describe, expect, it } from "vitest";
import { type CodeMode, MiB, bare } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

const LIMIT = 0x1fff;

/** Executes one branch at {@link CODE_AT} below a limit of 1FFFH. */
function branch(text: string, mode: CodeMode, limit = LIMIT): Record<string, unknown> {
  const machine = bare({ memory: MiB });
  machine.load(CODE_AT, code(text, mode));
  machine.enter({ mode, address: CODE_AT, ...(mode === 16 ? {} : { stack: 0x8000 }) });
  const { registers, controls } = machine.vcpu;
  registers.set("cs.limit", BigInt(limit));
  registers.set("rcx", 5n);
  controls.exceptionBitmap = 1 << 13;
  const sp = registers.get("rsp");
  const exit = machine.run(1);
  const moved = Number(registers.get("rsp") - sp);
  return {
    outcome: exit.reason === "exception" ? exit.vector : "done",
    ip: Number(registers.get("rip")),
    moved,
    count: Number(registers.get("rcx")),
  };
}

describe("a direct near branch", () => {
  const BEYOND = 0x2000;
  it.each([
    ["jmp", `jmp 0x${BEYOND.toString(16)}`],
    ["call", `call 0x${BEYOND.toString(16)}`],
    ["jcc", `jz 0x${BEYOND.toString(16)}`],
  ])("beyond the limit of CS is a #GP of the branch itself: %s", (_, text) => {
    const set = text.startsWith("jz") ? text.replace("jz", "jnz") : text;
    for (const mode of [16, 32] as const) {
      // ZF is clear at the start: JNZ is taken, JZ is not.
      expect(branch(set, mode)).toEqual({ outcome: 13, ip: CODE_AT, moved: 0, count: 5 });
      expect(branch(set, mode, BEYOND)).toMatchObject({ outcome: "done", ip: BEYOND });
    }
  });

  it("that is not taken faults nowhere", () => {
    expect(branch("jz 0x2000", 32)).toEqual({ outcome: "done", ip: CODE_AT + 6, moved: 0, count: 5 });
  });

  it("with a short displacement leaves ECX alone where it faults", () => {
    for (const text of ["loop 0x1040", "jmp 0x1040", "jnz 0x1040"])
      expect(branch(text, 32, 0x103f), `at ${text}`).toEqual({ outcome: 13, ip: CODE_AT, moved: 0, count: 5 });
    expect(branch("loop 0x1040", 32, 0x1040)).toEqual({ outcome: "done", ip: 0x1040, moved: 0, count: 4 });
    expect(branch("jecxz 0x1040", 32, 0x103f)).toMatchObject({ outcome: "done" });
  });

  it("by 32 bits in 16-bit code is held against the limit too", () => {
    const machine = bare({ memory: MiB });
    // 66 e9 rel32: to 1000H + 6 + FFFAH = 11000H.
    machine.load(CODE_AT, Uint8Array.of(0x66, 0xe9, 0xfa, 0xff, 0, 0));
    machine.enter({ mode: 16, address: CODE_AT });
    machine.vcpu.controls.exceptionBitmap = 1 << 13;
    expect(machine.run(1)).toMatchObject({ reason: "exception", vector: 13 });
  });
});
