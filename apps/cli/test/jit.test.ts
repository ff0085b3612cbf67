import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg, tinyKernel } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

interface View {
  readonly entry: string;
  readonly blocks: readonly {
    readonly instructions: readonly {
      readonly address: string;
      readonly bytes: string;
      readonly text: string;
      readonly before: readonly string[];
      readonly after: readonly string[];
    }[];
  }[];
  readonly wasm: readonly string[];
  readonly bytes: number;
  readonly guestBytes: number;
  readonly opsBefore: number;
  readonly opsAfter: number;
}

describe("isg jit", () => {
  it("shows code in Intel syntax, its micro-ops before and after folding, and WebAssembly text", async () => {
    const { code, stdout } = await isg(["jit", "--code", "48 01 d8 ff c9 75 f9 c3"]);
    expect(code).toBe(0);
    expect(stdout).toContain("region at 0x1000: 4 instructions in 2 blocks, 8 bytes of guest code");
    for (const text of ["add rax,rbx", "dec ecx", "jne 0x1000", "ret"]) expect(stdout).toContain(text);
    // A hole is bound to its register before folding, and is that register's local after it.
    expect(stdout).toMatch(/state\.load64 \[#0<rax>\] +\| %\d+ = i64\.add rax rbx/);
    expect(stdout).toMatch(/WebAssembly\n\(func [^\n]*\(param i32 i32 i64 i32\) \(result i64 i32\)/);
    expect(stdout).toContain("i64.add");
  });

  it("drops flags that the next instruction sets again", async () => {
    const flagsOf = async (code: string): Promise<readonly string[]> => {
      const { stdout } = await isg(["jit", "--code", code, "--json"]);
      const view = JSON.parse(stdout) as View;
      expect(view.opsAfter).toBeLessThan(view.opsBefore);
      return view.blocks[0]!.instructions[0]!.after.filter((line) => /^set cc(Result|A|B) /.test(line));
    };
    // add rax, rbx; hlt: the flags are the guest's to see. add rax, rbx; add rcx, rdx; hlt: those of the first are not.
    expect((await flagsOf("4801d8f4")).length).toBeGreaterThan(0);
    expect(await flagsOf("4801d84801d1f4")).toEqual([]);
  });

  it("decodes 16 and 32-bit code", async () => {
    const text = async (mode: string): Promise<string> => {
      const { stdout } = await isg(["jit", "--code", "01d8 c3", "--mode", mode, "--json"]);
      return (JSON.parse(stdout) as View).blocks[0]!.instructions[0]!.text;
    };
    expect(await text("16")).toBe("add ax,bx");
    expect(await text("32")).toBe("add eax,ebx");
  });

  it("runs a kernel until the code at an address is compiled, and shows its region", async () => {
    const kernel = scratch.file(
      "loop",
      tinyKernel("mov ecx, 300000\nagain: add eax, ecx\ndec ecx\njnz again\ncli\nhlt"),
    );
    const { code, stdout } = await isg(["jit", "0x100027", "--kernel", kernel, "--json"]);
    expect(code).toBe(0);
    const view = JSON.parse(stdout) as View;
    expect(view.entry).toBe("0x100025");
    expect(view.blocks[0]!.instructions.map(({ bytes }) => bytes)).toEqual(["01c8", "49", "75fb"]);
    expect(view.guestBytes).toBeGreaterThanOrEqual(5);
  });

  it("shows a kernel's busiest region where it is asked for hot", async () => {
    const kernel = scratch.file(
      "two",
      tinyKernel(
        "mov ecx, 3000\nfew: add eax, ecx\ndec ecx\njnz few\nmov ecx, 90000\nmany: add edx, ecx\ndec ecx\njnz many\ncli\nhlt",
      ),
    );
    const { code, stdout } = await isg(["jit", "hot", "--kernel", kernel, "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as View).blocks[0]!.instructions.map(({ text }) => text)[0]).toBe("add edx,ecx");
    const few = await isg(["jit", "hot", "--kernel", kernel, "--max", "100"]);
    expect(few.stderr).toBe("isg jit hot: nothing was compiled in 100 instructions\n");
    expect(few.code).toBe(1);
  });

  it("says why where nothing is compiled", async () => {
    const kernel = scratch.file("short", tinyKernel("cli\nhlt"));
    const { code, stderr } = await isg(["jit", "0x100020", "--kernel", kernel]);
    expect(stderr).toMatch(
      /^isg jit: nothing at 0x100020 was compiled in 2 instructions: .*; to try: a later end, or --policy/,
    );
    expect(stderr.trim().split("\n")).toHaveLength(1);
    const far = await isg(["jit", "0xffffffff81000000", "--kernel", kernel]);
    expect(far.stderr).toMatch(
      /0xffffffff81000000 was compiled .*no instruction that begins there .*; to try: --append nokaslr/,
    );
    expect(code).toBe(1);
  });

  it.each([
    [["--code", "xyz"], "--code xyz: hexadecimal bytes"],
    [["--code", "f4"], "nothing is compiled there"],
    [["--code", "90", "--mode", "8"], "--mode 8: 16, 32 or 64"],
    [["0x1000"], "--kernel FILE is needed"],
    [["--code", "90", "--kernel", "F"], "--kernel belongs to ADDR, not to --code"],
    [["0x1000", "--kernel", "F", "--mode", "32"], "--mode belongs to --code, not to ADDR"],
    [[], "either one ADDR with --kernel FILE, or --code HEX"],
    [["0x1000", "--code", "90"], "either one ADDR with --kernel FILE, or --code HEX"],
    [["here", "--kernel", "F"], 'isg jit "here": an address'],
  ])("%j is one clear line", async (words, message) => {
    const { code, stderr } = await isg(["jit", ...words]);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBeGreaterThan(0);
  });
});
