import { afterEach, describe, expect, it } from "vitest";
import { ExecError, type Machine, type MachineOptions, MiB, connectMachine } from "../../src/index.js";
import { agentKernel, localWorker } from "./support.js";

const PRINT = "mov edx, 0x2f8\n mov al, 33\n out dx, al";

let open: Machine[] = [];
afterEach(async () => {
  await Promise.all(open.map((machine) => machine.close()));
  open = [];
});

async function machineOf(options: MachineOptions, body: string = PRINT): Promise<Machine> {
  const initrd = new Uint8Array();
  const own = { kernel: agentKernel(body), initrd, memory: 4 * MiB };
  const machine = await connectMachine(localWorker, options.state === undefined ? { ...own, ...options } : options);
  open.push(machine);
  return machine;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe.each(["realtime", "deterministic"] as const)("a machine that has not been booted, clock %s,", (clock) => {
  it.each([
    ["exec", (machine: Machine) => machine.exec("true")],
    ["writeFile", (machine: Machine) => machine.writeFile("/x", "x")],
    ["readFile", (machine: Machine) => machine.readFile("/x")],
  ])("refuses %s, and boots afterwards", async (_, ask) => {
    const machine = await machineOf({ clock });
    await expect(ask(machine)).rejects.toMatchObject({
      code: "ISG_AGENT_ABSENT",
      message: expect.stringContaining("boot() it first"),
    });
    // Time in which a machine that was set off by mistake would run away.
    await pause(20);
    expect(await machine.stats()).toMatchObject({ instructions: 0 });
    await machine.boot();
    expect((await machine.exec("true")).stdout).toBe("!");
  });

  it("stands still after going back to a state of before its boot, and boots from there", async () => {
    const machine = await machineOf({ clock });
    const checkpoint = await machine.checkpoint();
    const state = await machine.save();
    await machine.boot();
    for (const back of [checkpoint, state]) {
      await machine.restore(back);
      await pause(20);
      expect(await machine.stats()).toMatchObject({ instructions: 0 });
      await expect(machine.exec("true")).rejects.toMatchObject({ code: "ISG_AGENT_ABSENT" });
      await machine.boot();
      expect((await machine.exec("true")).stdout).toBe("!");
    }
  });

  it("is booted once, also where nobody waits for an agent", async () => {
    const machine = await machineOf({ clock, agent: "none" });
    const [first, second] = await Promise.allSettled([machine.boot(), machine.boot()]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "ISG_BOOT_TWICE" } });
  });
});

describe("a machine without an agent, with the host's clock,", () => {
  it("goes on after a command that nobody could take, so that an agent may still be started", async () => {
    // jmp to itself in place of the first instruction.
    const kernel = agentKernel(PRINT).with(32, 0xeb).with(33, 0xfe);
    const machine = await machineOf({ kernel, agent: "none", clock: "realtime" });
    await machine.boot();
    await expect(machine.exec("true")).rejects.toMatchObject({ code: "ISG_AGENT_ABSENT" });
    const { instructions } = await machine.stats();
    await pause(30);
    expect((await machine.stats()).instructions).toBeGreaterThan(instructions);
  });
});

describe.each(["realtime", "deterministic"] as const)("a limit of instructions, clock %s,", (clock) => {
  it("is hit at exactly that instruction, where the machine then stands still", async () => {
    const machine = await machineOf({ clock }, "endless: jmp endless");
    await machine.boot();
    const problem = await machine.exec("loop", { instructions: 123_457 }).catch((found: unknown) => found);
    expect(problem).toBeInstanceOf(ExecError);
    expect(problem).toMatchObject({ code: "ISG_EXEC_INSTRUCTION_LIMIT", data: { instructions: 123_457 } });
    const { instructions } = await machine.stats();
    await pause(20);
    expect((await machine.stats()).instructions).toBe(instructions);
  });

  it("of output leaves it standing still too", async () => {
    const machine = await machineOf({ clock }, `${PRINT}\n endless: out dx, al\n jmp endless`);
    await machine.boot();
    await expect(machine.exec("flood", { outputBytes: 10 })).rejects.toMatchObject({ code: "ISG_EXEC_OUTPUT_LIMIT" });
    const { instructions } = await machine.stats();
    await pause(20);
    expect((await machine.stats()).instructions).toBe(instructions);
  });

  it("does not count what the guest does after a command", async () => {
    const machine = await machineOf({ clock });
    await machine.boot();
    const counts: number[] = [];
    for (let i = 0; i < 5; i += 1) counts.push((await machine.exec("true")).instructions);
    // A slice of the guest's waiting for the next request is 100,000 instructions and more; the command some 700.
    expect(Math.max(...counts)).toBeLessThan(10_000);
  });
});
