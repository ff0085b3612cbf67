import { afterAll, describe, expect, it } from "vitest";
import { Scratch, start, tinyKernel } from "./support.js";

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
});
