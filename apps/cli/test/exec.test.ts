import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

interface Result {
  readonly stop: string;
  readonly instructions: number;
  readonly registers: Readonly<Record<string, string>>;
  readonly memory: readonly { readonly address: string; readonly bytes: string }[];
  readonly fault: {
    readonly vector: number;
    readonly name: string;
    readonly errorCode: number | null;
    readonly address: string;
  } | null;
}

let files = 0;

async function exec(code: string, mode: number, state: object = {}, more: readonly string[] = []): Promise<Result> {
  const path = scratch.file(`state-${files++}.json`, JSON.stringify(state));
  const {
    stdout,
    stderr,
    code: exit,
  } = await isg(["exec", "--code", code, "--mode", String(mode), "--state", path, "--json", ...more]);
  expect(stderr).toBe("");
  expect(exit).toBe(0);
  return JSON.parse(stdout) as Result;
}

// Expected values follow from the instructions' descriptions in SDM vol. 2.
describe("exec", () => {
  it("adds, stops at HLT and sets the flags", async () => {
    const result = await exec("48 01 d8 f4", 64, { registers: { rax: "0x7fffffffffffffff", rbx: 1, rflags: "0x2" } });
    expect(result.stop).toBe("hlt");
    expect(result.registers["rax"]).toBe("0x8000000000000000");
    // OF, SF, AF, PF and the bit that is always 1.
    expect(result.registers["rflags"]).toBe("0x896");
    expect(result.fault).toBeNull();
    expect(result.memory).toEqual([]);
  });

  it("runs 16-bit code with a segment base of 16 times the selector's", async () => {
    // mov [bx], al
    const result = await exec("88 07 f4", 16, {
      registers: { rax: 0x5a, rbx: 0x10, "ds.base": "0x20000" },
      memory: [{ address: "0x20000", length: 64 }],
    });
    expect(result.memory).toEqual([{ address: "0x20010", bytes: "5a" }]);
  });

  it("runs 32-bit code for a user, for whom CLI is a fault", async () => {
    const result = await exec("fa", 32, { user: true });
    expect(result.stop).toBe("fault");
    expect(result.fault).toMatchObject({ vector: 13, name: "#GP", errorCode: 0 });
  });

  it("faults on a page that is not there: not present, write, user", async () => {
    const result = await exec("48 89 03", 64, { user: true, registers: { rbx: "0x123456" } });
    expect(result.fault).toMatchObject({ vector: 14, name: "#PF", errorCode: 6, address: "0x123456" });
    expect(result.registers["rip"]).toBe("0x400000");
  });

  it("faults on a write to a page that is read-only: present, write, user", async () => {
    const result = await exec("48 89 03", 64, {
      user: true,
      registers: { rbx: "0x10000" },
      memory: [{ address: "0x10000", bytes: "00", writable: false }],
    });
    expect(result.fault).toMatchObject({ vector: 14, errorCode: 7 });
  });

  it("takes and gives vector registers and MXCSR", async () => {
    // addps xmm1, xmm2: 1.0 + 2.0 in the lowest lane; 0.1 is inexact in the next one.
    const result = await exec("0f 58 ca f4", 64, {
      registers: {
        xmm1: "0x000000000000000033000000_3f800000",
        xmm2: "0x00000000000000003f800000_40000000",
        mxcsr: "0x1f80",
      },
    });
    expect(result.registers["xmm1"]).toBe("0x3f80000040400000");
    // 2^-25 + 1.0 is rounded: PE.
    expect(result.registers["mxcsr"]).toBe("0x1fa0");
  });

  it("takes and gives x87 registers at 80 bits", async () => {
    // fadd st0, st1: 1.0 + 2.0
    const result = await exec("d8 c1 f4", 64, {
      registers: { st0: "0x3fff8000000000000000", st1: "0x40008000000000000000", ftw: 3 },
    });
    expect(result.registers["st0"]).toBe("0x4000c000000000000000");
  });

  it("stops after --max instructions", async () => {
    const result = await exec("eb fe", 64, {}, ["--max", "1234"]);
    expect(result).toMatchObject({ stop: "limit", instructions: 1234 });
  });

  it("takes --limit for --max, as run takes --max for --limit", async () => {
    expect(await exec("eb fe", 64, {}, ["--limit", "12"])).toMatchObject({ stop: "limit", instructions: 12 });
    const { code, stderr } = await isg(["boot", "builtin", "--max", "0"]);
    expect(stderr).toBe("--limit 0: a guest runs at least 1 instruction\n");
    expect(code).toBe(2);
    const help = (await isg(["exec", "--help"])).stdout;
    expect(help).toMatch(/^ {2}--max N .*\(or --limit\)$/m);
  });

  it("ends with 0 where there is a state to print, a fault or the limit included, and its help says so", async () => {
    expect((await isg(["exec", "--code", "0f0b"])).code).toBe(0);
    expect((await isg(["exec", "--code", "ebfe", "--max", "3"])).code).toBe(0);
    const { stdout } = await isg(["exec", "--help"]);
    expect(stdout).toMatch(/The exit code is 0 whichever of them ended it, a fault such as #UD included/);
    expect((await isg(["--help"])).stdout).toMatch(
      /^ +0 {2}.*exec, trace: there is a result, be it a fault or the limit$/m,
    );
  });

  it("tells changed memory in runs of bytes", async () => {
    // mov [rbx], eax ; mov [rbx+8], al
    const result = await exec("89 03 88 43 08 f4", 64, {
      registers: { rax: "0x04030201", rbx: "0x10ffe" },
      memory: [{ address: "0x10000", bytes: "", length: "0x2000" }],
    });
    expect(result.memory).toEqual([
      { address: "0x10ffe", bytes: "01020304" },
      { address: "0x11006", bytes: "01" },
    ]);
  });

  it("takes code from a file and prints text without --json", async () => {
    const path = scratch.file("code.bin", Uint8Array.of(0xb8, 0x2a, 0, 0, 0, 0x0f, 0x0b));
    const { code, stdout } = await isg(["exec", "--code", path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fault after \d instructions?\n#UD \(vector 6\), address 0x400005\n/);
    expect(stdout).toMatch(/^rax 000000000000002a /m);
  });
});
