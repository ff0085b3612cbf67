import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe("disasm", () => {
  // Encodings from SDM vol. 2; the text is what objdump -M intel prints.
  it.each<[args: string[], text: string]>([
    [["4801c8"], "add    rax,rcx"],
    [["48", "01", "c8"], "add    rax,rcx"],
    [["0x48, 0x01, 0xc8"], "add    rax,rcx"],
    [["--mode", "32", "4801c8"], "dec    eax"],
    [["--mode", "16", "b8 34 12"], "mov    ax,0x1234"],
    [["--base", "0x1000", "eb fe"], "jmp    0x1000"],
    [["0f"], "(the bytes end here)"],
    [["06"], "(not an instruction)"],
  ])("%j", async (args, text) => {
    const { code, stdout } = await isg(["disasm", ...args]);
    expect(stdout.replaceAll(/ +/g, " ")).toContain(text.replaceAll(/ +/g, " "));
    expect(code).toBe(0);
  });

  it("reads a part of a file", async () => {
    const path = scratch.file("code.bin", Uint8Array.of(0x90, 0x90, 0xc3, 0xf4));
    const { stdout } = await isg(["disasm", path, "--offset", "2", "--length", "1"]);
    expect(stdout.trim().split(/\s+/)).toEqual(["0", "c3", "ret"]);
  });
});

describe("uops", () => {
  it("prints the micro-ops of each instruction with the flags that it sets", async () => {
    const { code, stdout } = await isg(["uops", "48 01 c8 f4"]);
    expect(code).toBe(0);
    expect(stdout.match(/^; /gm)).toHaveLength(2);
    expect(stdout).toMatch(/add/);
  });

  // What an instruction reads and writes is in the SDM; the names are those of its registers.
  it.each<[bytes: string, args: string[], names: string[]]>([
    ["48 01 d8", [], ["; add    rax,rbx", "#0<rax>: state, #1<rbx>: state", "[ccResult]", "[ccOp]"]],
    ["88 e0", [], ["#0<ah>", "#1<rax>"]],
    ["64 66 8b 00", [], ["<fs."]],
    ["0f 28 ca", [], ["<xmm2>", "<xmm1>"]],
    ["83 c0 fb", [], ["<-5>: i32"]],
    ["0f a2", [], ["assist cpuid "]],
    ["67 8b 04 35 78 56 34 12", [], ["<305419896>"]],
    ["01 d8", ["--mode", "16"], ["; add    ax,bx"]],
  ])("%s: names fields, holes and assists", async (bytes, args, names) => {
    const { code, stdout } = await isg(["uops", ...args, bytes]);
    for (const name of names) expect(stdout.replaceAll(/ +/g, " ")).toContain(name.replaceAll(/ +/g, " "));
    // No field is left as a bare number.
    expect(stdout).not.toMatch(/\[\d/);
    expect(code).toBe(0);
  });

  it("says where the bytes end inside an instruction", async () => {
    const { code, stderr } = await isg(["uops", "90 48"]);
    expect(stderr).toBe("isg uops: the bytes end inside the instruction at offset 1\n");
    expect(code).toBe(1);
  });
});
