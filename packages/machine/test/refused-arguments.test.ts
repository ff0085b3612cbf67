import { describe, expect, it } from "vitest";
import { MiB, bare, execute, pc } from "../src/index.js";

/** As JavaScript calls: the compiler would refuse all of this. */
type Loose = (...values: readonly unknown[]) => unknown;

const OPTION = "ISG_MACHINE_BAD_OPTION";
const machine = bare({ memory: MiB });
const board = pc({ memory: 2 * MiB });
const built = board.build();

/** Calls a method as JavaScript does. */
const ask = (target: object, name: string, ...values: readonly unknown[]): unknown =>
  (target as Record<string, Loose>)[name]!(...values);

describe("a call with wrong arguments is refused in one line", () => {
  it.each<readonly [string, () => unknown, string, string]>([
    ["load of a string", () => ask(machine, "load", 0, "90f4"), OPTION, "load: bytes: the string"],
    ["enter in a mode of 8 bits", () => ask(machine, "enter", { mode: 8, address: 0 }), OPTION, "mode: the number 8"],
    ["inject of vector 300", () => ask(machine.vcpu, "inject", 300), OPTION, "inject: vector: the number 300"],
    [
      "interceptMsr of no known access",
      () => ask(machine.vcpu.controls, "interceptMsr", 0x1b, "foo"),
      "ISG_INTERCEPT_BAD_ACCESS",
      'access "foo"',
    ],
    ["on of an unknown exit", () => ask(machine.vm, "on", "ioo", () => "pass"), "ISG_VM_BAD_HANDLER", '"ioo"'],
    ["on without a handler", () => ask(machine.vm, "on", "io"), "ISG_VM_BAD_HANDLER", "a function is right"],
    [
      "mapPorts of no handler",
      () => ask(machine.bus, "mapPorts", 1, 1, {}, "x"),
      "ISG_BUS_BAD_HANDLER",
      "x: a handler",
    ],
    [
      "mapMmio of no handler",
      () => ask(machine.bus, "mapMmio", 0xf000_0000, 4096, {}, "x"),
      "ISG_BUS_BAD_HANDLER",
      "readMmio()",
    ],
    ["an unknown clock", () => (pc as Loose)({ memory: 2 * MiB, clock: "x" }), OPTION, 'pc: clock: the string "x"'],
    ["a mistyped option", () => (pc as Loose)({ memory: 2 * MiB, clok: 1 }), OPTION, 'no option "clok"'],
    ["serialInput of a string", () => ask(built, "serialInput", "abc"), OPTION, "serialInput: the string"],
    [
      "loadKernel of a path",
      () => ask(built, "loadKernel", { kernel: "/path" }),
      OPTION,
      "loadKernel: kernel: the string",
    ],
    ["bare without options", () => (bare as Loose)(), OPTION, "bare: nothing"],
    ["pc without options", () => (pc as Loose)(), OPTION, "pc: nothing"],
    ["a plugin that is none", () => ask(board, "use", {}), OPTION, "install: nothing"],
    ["execute of nothing", () => (execute as Loose)(), "ISG_EXEC_BAD_REQUEST", "no request"],
    [
      "a register set to a number",
      () => ask(machine.registers, "set", "rax", 5),
      "ISG_CPU_BAD_VALUE",
      "rax: the number 5",
    ],
    ["half an instruction", () => machine.run(0.5), "ISG_VM_LIMIT", "whole number"],
  ])("%s", (_, call, code, message) => {
    expect(call).toThrow(
      expect.objectContaining({ name: "IsinglassError", code, message: expect.stringContaining(message) }),
    );
    expect(call).not.toThrow(/\n/);
  });
});
