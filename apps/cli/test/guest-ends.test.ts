import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { Scratch, start, tinyKernel } from "./support.js";

const qemuImg = requireOracle("qemu-img", hasCommand("qemu-img"));
const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Writes AL to the first serial port. */
const SAY = (letter: string): string => `mov dx, 0x3f8\nmov al, "${letter}"\nout dx, al\n`;

/** Kernels that end in each way that a guest can end. */
const ENDS: readonly (readonly [end: string, code: number, source: string, more: string[]])[] = [
  ["poweroff", 0, "mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\nhlt", []],
  ["reset", 3, "mov dx, 0xcf9\nmov al, 6\nout dx, al\nhlt", []],
  // No IDT: #UD becomes a double and a triple fault.
  ["triple-fault", 4, "lidt [empty]\nud2\nempty: dd 0, 0", []],
  ["halted", 6, "cli\nhlt", []],
  ["limit", 7, "jmp $", ["--limit", "1000000"]],
];

describe("the exit code says how the guest ended", () => {
  it.each(ENDS)("%s: %i", async (end, code, source, more) => {
    const kernel = scratch.file(end, tinyKernel(SAY("K") + source));
    const plain = await start(["run", "--kernel", kernel, "--memory", "16M", ...more]);
    expect(plain.stdout).toBe("K");
    expect(plain.code).toBe(code);
    expect(plain.stderr.trim().split("\n")).toHaveLength(1);
    expect(plain.stderr === "").toBe(code === 0);

    const json = await start(["run", "--kernel", kernel, "--memory", "16M", "--json", ...more]);
    expect(json.code).toBe(code);
    const result = JSON.parse(json.stdout) as { end: string; exitCode: number; statistics: { instructions: number } };
    expect(result).toMatchObject({ end, exitCode: code });
    if (end === "limit") expect(result.statistics.instructions).toBe(1_000_000);
    expect(json.stderr).toContain("K");
  });
});

describe("--stats", () => {
  it("counts what left to the host", async () => {
    const source = `mov ecx, 7\n.again:\nmov dx, 0x80\nout dx, al\nloop .again\n${ENDS[0]![2]}`;
    const { stderr } = await start([
      "run",
      "--kernel",
      scratch.file("ports", tinyKernel(`start:\n${source}`)),
      "--stats",
    ]);
    expect(stderr).toMatch(/^port accesses .*post-code: 7/m);
    expect(stderr).toMatch(/^exits to the host .*port I\/O: 8/m);
    // 1 + 7 x 3 + 3
    expect(stderr).toMatch(/^guest instructions +25$/m);
    expect(stderr).toMatch(/^speed +[\d.]+ million guest instructions a CPU second \(MIPS\)$/m);
    for (const row of ["TLB flushes", "CPU time of isg", "peak memory of isg"])
      expect(stderr).toMatch(new RegExp(`^${row} `, "m"));
  });
});

describe("a disk", () => {
  it("is refused where it is given as read-only and does not exist", async () => {
    const { code } = await start([
      "run",
      "--kernel",
      scratch.file("k", tinyKernel("cli\nhlt")),
      "--disk",
      "/nowhere,ro",
    ]);
    expect(code).toBe(1);
  });

  it("is taken for a qcow2 image where that is said, and for no raw one where it looks like it", async () => {
    const kernel = scratch.file("halts", tinyKernel("cli\nhlt"));
    const disk = scratch.file("disk.qcow2", Buffer.from("QFI\xfb".padEnd(4096, "\0"), "latin1"));
    const unsaid = await start(["run", "--kernel", kernel, "--disk", disk]);
    expect(unsaid.stderr).toMatch(/^--disk .*: it begins as a qcow2 image does; .*,format=qcow2 opens it as one/);
    expect((await start(["run", "--kernel", kernel, "--disk", `${disk},format=raw`])).code).toBe(6);
  });

  it.runIf(qemuImg)("may be an image that qemu-img made, or a snapshot in it", async () => {
    const kernel = scratch.file("halts", tinyKernel("cli\nhlt"));
    const disk = join(scratch.folder, "made.qcow2");
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", disk, "1M"]);
    execFileSync("qemu-img", ["snapshot", "-c", "first", disk]);
    const state = join(scratch.folder, "made.isg");
    for (const flags of ["format=qcow2", "format=qcow2,snapshot=first"]) {
      const made = await start([
        "run",
        "--kernel",
        kernel,
        "--disk",
        `${disk},${flags}`,
        "--save",
        state,
        "--save-at",
        "1",
      ]);
      expect(made.stderr).toMatch(/saved/);
      expect((await start(["run", "--restore", state])).code).toBe(made.code);
    }
    const none = await start(["run", "--kernel", kernel, "--disk", `${disk},format=qcow2,snapshot=second`]);
    expect(none.stderr).toMatch(/^--disk .*: no snapshot "second"; there are: "first"/);
    execFileSync("qemu-img", ["check", "-q", disk]);
  });
});
