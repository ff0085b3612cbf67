import { spawnSync } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { builtinGuest } from "../src/builtin/guest.js";
import { Scratch, start } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const QEMU = "qemu-system-x86_64";
const hasQemu = requireOracle(`QEMU (${QEMU})`, hasCommand(QEMU));

/** The part of the output that a command printed. */
function section(output: string, command: string): string[] {
  const lines = output.split(/\r?\n/);
  const begin = lines.indexOf(`guest> ${command}`);
  const end = lines.findIndex((line, i) => i > begin && line === "");
  return lines.slice(begin + 1, end < 0 ? undefined : end);
}

it("boot debian says before it downloads that the cache cannot be made", async () => {
  const folder = new Scratch();
  try {
    folder.script("apt-get", "echo downloaded; exit 1");
    const env = { PATH: `${folder.folder}:${process.env["PATH"]}`, XDG_CACHE_HOME: "/dev/null" };
    const { code, stdout, stderr } = await start(["boot", "debian"], { env });
    expect(stderr).toBe(
      "the cache /dev/null/isinglass cannot be made: a part of the path is no folder; XDG_CACHE_HOME may name another folder\n",
    );
    expect(stdout).toBe("");
    expect(code).toBe(1);
  } finally {
    folder.remove();
  }
});

describe("the built-in guest", () => {
  it("shows itself and powers off where nobody is at the terminal", async () => {
    const { code, stdout } = await start(["boot", "builtin"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Isinglass built-in guest");
    expect(section(stdout, "user")).toEqual([
      "  ring 3: hello by SYSCALL",
      "  ring 3: touched 5 pages that were not there",
      "  ring 3: waited for 3 timer ticks",
      "  ring 3: a kernel address was refused; now a load from it",
      // Protection violation, read, user mode (SDM vol. 3A, figure 4-12), in the user's page.
      expect.stringMatching(/^ {2}exception 14, error code 5, at 00000000400000[0-9a-f]{2}, CR2 0000000000100000$/),
      "  the user's program is ended; the kernel goes on",
      "  the program ended with -1; pages by demand so far: 5",
    ]);
    // Five pages by demand and the one violation.
    expect(section(stdout, "counters")).toContain("  vector 14: 6");
    expect(stdout.trimEnd().endsWith("powering off")).toBe(true);
  });

  it.runIf(hasQemu)("prints the same under QEMU: page tables, ring 3, faults", async () => {
    const kernel = scratch.file("builtin", builtinGuest());
    const args = [
      "-accel",
      "tcg",
      "-m",
      "64",
      "-display",
      "none",
      "-serial",
      "stdio",
      "-monitor",
      "none",
      "-no-reboot",
    ];
    const qemu = spawnSync(QEMU, [...args, "-kernel", kernel, "-append", "demo"], { timeout: 60_000, input: "" });
    const ours = await start(["boot", "builtin", "--memory", "64M"]);
    for (const command of ["pt", "user"]) {
      expect(section(ours.stdout, command)).toEqual(section(qemu.stdout.toString("latin1"), command));
      expect(section(ours.stdout, command).length).toBeGreaterThan(5);
    }
  });

  it("answers commands that come through a pipe, in time that does not depend on the host", async () => {
    const kernel = scratch.file("builtin-pipe", builtinGuest());
    const { code, stdout } = await start(["run", "--kernel", kernel], {
      input: "nonsense\rpt 40000123\rexits\rcounters\rpoweroff\r",
    });
    expect(code).toBe(0);
    expect(stdout).toContain('no command "nonsense"; help lists them');
    expect(stdout).toMatch(/address 0000000040000123\r\n(.*\r\n){4} {4}physical [0-9a-f]{13}123\r\n/);
    expect(stdout).toMatch(/CPUID +: +\d+ so far, +\d+ cycles each/);
  });

  it("says what it does not survive", async () => {
    const kernel = scratch.file("builtin-fault", builtinGuest());
    const { code, stdout, stderr } = await start(["run", "--kernel", kernel], { input: "fault\r" });
    expect(stdout).toMatch(/exception 6, error code 0, at 00000000001[0-9a-f]{5}, CR2 0/);
    expect(stderr).toContain("halted for ever");
    expect(code).toBe(6);
  });
});

describe("without apt-get", () => {
  it("boot debian says so, shows how to pass a kernel, and boots the built-in guest", async () => {
    const { code, stdout, stderr } = await start(["boot", "debian"], { env: { PATH: scratch.folder } });
    expect(stderr).toContain("no apt-get on PATH");
    expect(stderr).toContain("isg run --kernel bzImage");
    expect(stdout).toContain("Isinglass built-in guest");
    expect(code).toBe(0);
  });
});
