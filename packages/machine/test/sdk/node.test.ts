import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { MiB, busyboxRoot } from "@isinglass/machine";
import { createMachine } from "@isinglass/machine/node";
import { random, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { agentKernel } from "./support.js";

// The worker is the built one: a thread loads no TypeScript.
const kernel = agentKernel("mov edx, 0x2f8\n mov al, 33\n out dx, al");

describe("a machine in a thread", () => {
  it("boots, runs commands and ends", async () => {
    const machine = await createMachine({ kernel, initrd: new Uint8Array(), memory: 4 * MiB });
    await machine.boot();
    expect((await machine.exec("")).stdout).toBe("!");
    await machine.close();
    expect(machine.state.state).toBe("closed");
  });

  it("leaves the caller's event loop alone", async () => {
    const busy = await createMachine({
      kernel: agentKernel("endless: jmp endless"),
      initrd: new Uint8Array(),
      memory: 4 * MiB,
    });
    await busy.boot();
    const running = busy.exec("loop", { timeMs: 600 }).catch((problem: Error) => problem);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }, 5);
    expect(await running).toMatchObject({ code: "ISG_EXEC_TIMEOUT" });
    clearInterval(timer);
    // Far below the 600 ms that the guest had; a busy host takes its share.
    expect(longest).toBeLessThan(300);
    await busy.close();
  });

  it("is not made where the options are wrong", async () => {
    await expect(createMachine({ kernel, initrd: new Uint8Array(), cpu: "z80" })).rejects.toMatchObject({
      code: "ISG_CPU_UNKNOWN_MODEL",
    });
  });
});

/** ISG_TEST_KERNEL names a Linux bzImage, such as Debian's; ISG_TEST_BUSYBOX a static busybox, by default the installed one. */
const kernelFile = process.env["ISG_TEST_KERNEL"] ?? "";
const busyboxFile = process.env["ISG_TEST_BUSYBOX"] ?? "/bin/busybox";
const hasKernel = requireOracle(
  "a Linux kernel (ISG_TEST_KERNEL) and a static busybox, for the SDK's agent in a real guest",
  existsSync(kernelFile) && existsSync(busyboxFile),
);

describe.runIf(hasKernel)("a Linux guest", () => {
  it("runs commands, takes and gives files, and is stopped at every limit", { timeout: 500_000 }, async () => {
    const initrd = busyboxRoot(readFileSync(busyboxFile));
    const machine = await createMachine({ kernel: readFileSync(kernelFile), initrd, clock: "deterministic" });
    await machine.boot({ timeMs: 300_000 });
    expect(await machine.exec("cat; echo err >&2; exit 3", { stdin: "a\0b" })).toMatchObject({
      exitCode: 3,
      stdout: "a\0b",
      stderr: "err\n",
    });
    expect((await machine.exec(["printf", "%s|", "a b", "ü'$HOME"], { cwd: "/proc", env: { X: "1" } })).stdout).toBe(
      "a b|ü'$HOME|",
    );

    const seed = Date.now() >>> 0;
    const next = random(seed);
    const bytes = Uint8Array.from({ length: 50_000 }, () => next(256));
    await machine.writeFile("/tmp/it's -a file", bytes, { mode: 0o751 });
    expect(await machine.readFile("/tmp/it's -a file"), `seed ${seed}`).toEqual(bytes);
    expect((await machine.exec("stat -c %a /tmp/it*")).stdout).toBe("751\n");
    await expect(machine.readFile("/nope")).rejects.toMatchObject({
      code: "ISG_FILE_READ",
      message: expect.stringContaining("no such file"),
    });
    await expect(machine.writeFile("/nope/x", "")).rejects.toMatchObject({ code: "ISG_FILE_WRITE" });

    const start = await machine.checkpoint();
    const digest = async (): Promise<string> =>
      createHash("sha256")
        .update(await machine.save())
        .digest("hex");
    const before = await digest();
    await machine.exec("dd if=/dev/zero of=/tmp/zero bs=1M count=20; sha256sum /tmp/zero; rm -rf /bin");
    await machine.restore(start);
    expect(await digest(), "every byte of the guest after a restore").toBe(before);
    const stopped = async (script: string, code: string, limits: object): Promise<void> => {
      await expect(machine.exec(script, limits)).rejects.toMatchObject({
        code,
        stdout: expect.stringContaining("begun"),
      });
      await machine.restore(start);
      expect((await machine.exec("ls /tmp")).stdout).toBe("it's -a file\n");
    };
    await stopped("echo begun; while :; do :; done", "ISG_EXEC_INSTRUCTION_LIMIT", { instructions: 20_000_000 });
    await stopped("echo begun; while :; do :; done", "ISG_EXEC_TIMEOUT", { timeMs: 1000 });
    await stopped("echo begun; b() { b | b & }; b", "ISG_EXEC_TIMEOUT", { timeMs: 1000 });
    await stopped("echo begun; yes", "ISG_EXEC_OUTPUT_LIMIT", { outputBytes: 10_000 });
    await stopped("echo begun; tail /dev/zero", "ISG_EXEC_MEMORY_LIMIT", { timeMs: 120_000 });

    // A command that a limit ended is interrupted by the next request.
    await expect(machine.exec("sleep 1000000", { timeMs: 200, instructions: 1e6 })).rejects.toMatchObject({
      code: expect.stringMatching(/TIMEOUT|INSTRUCTION/),
    });
    expect((await machine.exec("echo still here")).stdout).toBe("still here\n");
    await machine.close();
  });
});
