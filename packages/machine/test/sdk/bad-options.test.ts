import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type Machine, MiB, busyboxRoot, connectMachine } from "../../src/index.js";
import { agentKernel, localWorker } from "./support.js";

const kernel = agentKernel("mov edx, 0x2f8\n mov al, 33\n out dx, al");
const initrd = new Uint8Array();
const good = { kernel, initrd, memory: 4 * MiB };

let open: Machine[] = [];
afterEach(async () => {
  await Promise.all(open.map((machine) => machine.close()));
  open = [];
});

async function booted(): Promise<Machine> {
  const machine = await connectMachine(localWorker, { ...good, clock: "deterministic" });
  open.push(machine);
  await machine.boot();
  return machine;
}

/** As JavaScript calls: the compiler would refuse most of this. */
type Loose = (...values: readonly unknown[]) => Promise<unknown>;

const OPTION = "ISG_MACHINE_BAD_OPTION";

describe("createMachine", () => {
  it.each([
    [{ tier: "fast" }, OPTION, 'createMachine: tier: the string "fast"; auto, interp, jit are right'],
    [{ clock: 5 }, OPTION, "createMachine: clock: the number 5; realtime, deterministic are right"],
    [{ agent: "toString" }, OPTION, "init, beside, none"],
    [{ kernel: "x" }, OPTION, 'createMachine: kernel: the string "x"; the kernel\'s bytes as a Uint8Array is right'],
    [{ kernel: [1, 2] }, OPTION, "a list of 2"],
    [{ initrd: null }, OPTION, "initrd: null"],
    [{ state: {} }, OPTION, "state: an object; what save() gave"],
    [{ memroy: 5 }, OPTION, 'there is no option "memroy"; there are kernel, initrd'],
    [{ memory: "256" }, OPTION, "memory: the string"],
    [{ memory: 5 }, "ISG_MACHINE_MEMORY", "2 MiB to 3 GiB"],
    [{ memory: Number.NaN }, OPTION, "memory: the number NaN"],
    [{ cpu: "z80" }, "ISG_CPU_UNKNOWN_MODEL", '"z80"'],
    [{ cpus: 0 }, OPTION, "createMachine: cpus: the number 0"],
    [{ cpus: 9 }, OPTION, "createMachine: cpus: the number 9"],
    [{ cpu: 5 }, OPTION, "cpu: the number 5"],
    [{ commandLine: ["quiet"] }, OPTION, "commandLine: a list of 1"],
    [{ commandLine: "a\0b" }, OPTION, "a NUL at character 1"],
    [{ nanosecondsPerInstruction: 0 }, OPTION, "an integer from 1 to 1000"],
    [{ nanosecondsPerInstruction: 1.5 }, OPTION, "an integer from 1 to 1000"],
    [{ startSeconds: "now" }, OPTION, "startSeconds"],
    [{ startSeconds: Infinity }, OPTION, "startSeconds"],
    [{ initrd: undefined }, "ISG_BOOT_NO_INITRD", "busyboxRoot"],
  ])("refuses %o before a worker is started", async (options, code, message) => {
    let started = false;
    const start = (): never => {
      started = true;
      throw new Error("a worker was started");
    };
    await expect((connectMachine as Loose)(start, { ...good, ...options })).rejects.toMatchObject({
      name: "IsinglassError",
      code,
      message: expect.stringContaining(message),
    });
    expect(started).toBe(false);
  });

  it.each([undefined, null, 5, "x", [], new Uint8Array(3)])("refuses %o in place of options", async (options) => {
    await expect((connectMachine as Loose)(localWorker, options)).rejects.toMatchObject({ code: OPTION });
  });
});

describe("a call", () => {
  it.each<readonly [string, (machine: Record<string, Loose>) => Promise<unknown>, string, string]>([
    ["a command that is a number", (m) => m["exec"]!(5), "ISG_EXEC_BAD_COMMAND", "exec: the number 5; text for sh -c"],
    ["no command", (m) => m["exec"]!(), "ISG_EXEC_BAD_COMMAND", "exec: nothing"],
    [
      "a word that is no text",
      (m) => m["exec"]!(["ls", 5]),
      "ISG_EXEC_BAD_COMMAND",
      "word 1 of the command: the number",
    ],
    ["a NUL in a command", (m) => m["exec"]!("echo a\0b"), "ISG_EXEC_BAD_COMMAND", "the command: a NUL at character 6"],
    ["a NUL in a word", (m) => m["exec"]!(["l\0s"]), "ISG_EXEC_BAD_COMMAND", "word 0 of the command: a NUL"],
    [
      "a mistyped limit",
      (m) => m["exec"]!("x", { ms: "5" }),
      OPTION,
      'exec: there is no option "ms"; there are timeMs',
    ],
    [
      "a limit that is text",
      (m) => m["exec"]!("x", { timeMs: "5" }),
      "ISG_MACHINE_BAD_LIMIT",
      "exec: timeMs: the string",
    ],
    ["a limit NaN", (m) => m["exec"]!("x", { instructions: Number.NaN }), "ISG_MACHINE_BAD_LIMIT", "the number NaN"],
    [
      "half an instruction",
      (m) => m["exec"]!("x", { instructions: 0.5 }),
      "ISG_MACHINE_BAD_LIMIT",
      "exec: instructions: the number 0.5; a whole number",
    ],
    ["half a byte", (m) => m["exec"]!("x", { outputBytes: 1.5 }), "ISG_MACHINE_BAD_LIMIT", "outputBytes: the number"],
    ["a negative limit", (m) => m["boot"]!({ timeMs: -1 }), "ISG_MACHINE_BAD_LIMIT", "boot: timeMs: the number -1"],
    ["a limit null", (m) => m["readFile"]!("/x", { timeMs: null }), "ISG_MACHINE_BAD_LIMIT", "readFile: timeMs: null"],
    ["options that are none", (m) => m["exec"]!("x", 5), OPTION, "exec: the number 5"],
    ["a signal that is none", (m) => m["exec"]!("x", { signal: true }), OPTION, "exec: signal: the boolean true"],
    ["a folder that is none", (m) => m["exec"]!("x", { cwd: 5 }), "ISG_EXEC_BAD_COMMAND", "exec: cwd: the number 5"],
    ["variables as a list", (m) => m["exec"]!("x", { env: ["A=1"] }), "ISG_EXEC_BAD_COMMAND", "exec: env: a list of 1"],
    [
      "a variable that is no text",
      (m) => m["exec"]!("x", { env: { A: 1 } }),
      "ISG_EXEC_BAD_COMMAND",
      "exec: env: A: the",
    ],
    ["input that is none", (m) => m["exec"]!("x", { stdin: 5 }), OPTION, "exec: stdin: the number 5"],
    ["a listener that is none", (m) => m["exec"]!("x", { onOutput: "log" }), OPTION, "exec: onOutput: the string"],
    ["a path that is none", (m) => m["writeFile"]!(5, "x"), OPTION, "writeFile: path: the number 5"],
    ["an empty path", (m) => m["readFile"]!(""), OPTION, "readFile: an empty path"],
    ["data that are none", (m) => m["writeFile"]!("/x", [1]), OPTION, "writeFile: data for /x: a list of 1"],
    ["a mode that is none", (m) => m["writeFile"]!("/x", "", { mode: "755" }), "ISG_FILE_WRITE", 'the string "755"'],
    ["a mode too large", (m) => m["writeFile"]!("/x", "", { mode: 0o10000 }), "ISG_FILE_WRITE", "the number 4096"],
    ["a state that is none", (m) => m["restore"]!(5), OPTION, "restore: the number 5"],
    ["a checkpoint that is none", (m) => m["release"]!(5), OPTION, "release: the number 5"],
  ])("refuses %s, and the machine goes on", async (_, call, code, message) => {
    const machine = await booted();
    await expect(call(machine as unknown as Record<string, Loose>)).rejects.toMatchObject({
      name: expect.stringMatching(/IsinglassError|ExecError/),
      code,
      message: expect.stringContaining(message),
    });
    expect((await machine.exec("true")).stdout).toBe("!");
  });

  it("is not made where its signal is already aborted", async () => {
    const machine = await booted();
    const signal = AbortSignal.abort("no more");
    for (const ask of [
      () => machine.exec("true", { signal }),
      () => machine.writeFile("/x", "", { signal }),
      () => machine.readFile("/x", { signal }),
      () => machine.boot({ signal }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "ISG_ABORTED", cause: "no more" });
    expect((await machine.exec("true")).stdout).toBe("!");
  });

  it("of a listener is checked where it is made", async () => {
    const machine = (await booted()) as unknown as Record<string, (value: unknown) => void>;
    for (const [name, value] of [
      ["onSerial", 5],
      ["onState", undefined],
      ["sendSerial", 5],
    ] as const)
      expect(() => machine[name]!(value)).toThrow(expect.objectContaining({ code: OPTION }));
  });
});

describe("busyboxRoot", () => {
  it.each([
    ["a string", "/bin/busybox", OPTION],
    ["no bytes", new Uint8Array(), "ISG_BUSYBOX_NOT_ELF"],
    ["a script", new TextEncoder().encode(`#!/bin/sh\n${"echo\n".repeat(20)}`), "ISG_BUSYBOX_NOT_ELF"],
    [
      "an ELF file of nothing else",
      Uint8Array.from({ length: 64 }, (_, i) => [0x7f, 0x45, 0x4c, 0x46, 2][i] ?? 0),
      "ISG_BUSYBOX_NOT_ELF",
    ],
  ])("refuses %s", (_, program, code) => {
    expect(() => busyboxRoot(program as Uint8Array)).toThrow(expect.objectContaining({ code }));
  });

  // Node itself, where it is an ELF program, is linked dynamically.
  it.runIf(process.platform === "linux" && process.arch === "x64")(
    "refuses a program that wants a dynamic linker",
    () => {
      expect(() => busyboxRoot(readFileSync(process.execPath).subarray(0, 4096))).toThrow(
        expect.objectContaining({ code: "ISG_BUSYBOX_NOT_STATIC" }),
      );
    },
  );

  it.runIf(existsSync("/bin/busybox"))("takes Debian's", () => {
    expect(busyboxRoot(readFileSync("/bin/busybox")).length).toBeGreaterThan(1e5);
  });
});
