import { describe, expect, it } from "vitest";
import { IsinglassError } from "@isinglass/interface";
import { type CodeMode, type ExecRequest, execute } from "../src/index.js";
import { code } from "./support.js";

const hex = (text: string, mode: CodeMode = 64, origin: bigint = 0x400000n): string =>
  Array.from(code(text, mode, origin), (byte) => byte.toString(16).padStart(2, "0")).join("");

describe("execute", () => {
  it("runs to HLT and gives registers, flags and the count", () => {
    const result = execute({ code: "48 01 d8 f4", mode: 64, registers: { rax: "0xffffffffffffffff", rbx: 1 } });
    expect(result).toMatchObject({ stop: "hlt", instructions: 2, fault: null, exit: null, memory: [] });
    // CF, PF, AF, ZF and the fixed bit (SDM vol. 1, 3.4.3).
    expect(result.registers).toMatchObject({ rax: "0x0", rbx: "0x1", rflags: "0x57", rip: "0x400003" });
  });

  it.each([16, 32, 64] as const)("reports changed memory in %d-bit mode", (mode) => {
    const at = mode === 16 ? 0x8000 : 0x12345000;
    const result = execute({
      code: hex(
        `mov ${mode === 16 ? "bx" : "ebx"}, ${at}\n mov word [${mode === 16 ? "bx" : mode === 32 ? "ebx" : "rbx"} + 2], 0x1234\n hlt`,
        mode,
        mode === 16 ? 0x1000n : 0x400000n,
      ),
      mode,
      memory: [{ address: at, bytes: "00 11 22 33 44" }],
    });
    expect(result).toMatchObject({ stop: "hlt", memory: [{ address: `0x${(at + 2).toString(16)}`, bytes: "3412" }] });
  });

  it("runs as a user, with high addresses, vector and x87 registers", () => {
    const result = execute({
      code: hex("addps xmm0, xmm1\n fld qword [rbx]\n hlt", 64, 0x7f0000001000n),
      mode: 64,
      user: true,
      address: "0x7f00_0000_1000",
      registers: { xmm0: "0x3f800000", xmm1: "0x40000000", rbx: "0x7fffdeadb000" },
      memory: [{ address: "0x7fffdeadb000", bytes: "000000000000f03f", writable: false }],
    });
    expect(result.stop).toBe("hlt");
    // 1 + 2 = 3; ST0 = 1.0 in the 80-bit format.
    expect(result.registers).toMatchObject({ xmm0: "0x40400000", st0: "0x3fff8000000000000000", cpl: "0x3" });
  });

  it.each([
    ["a page that is not there", "mov rax, [0x10]", { vector: 14, name: "#PF", errorCode: 4, address: "0x10" }],
    [
      "a write to a read-only page",
      "mov ebx, 0x10000\n mov [rbx], al",
      { vector: 14, name: "#PF", errorCode: 7, address: "0x10000" },
    ],
    ["a jump to data", "mov ebx, 0x10000\n jmp rbx", { vector: 14, name: "#PF", errorCode: 0x15, address: "0x10000" }],
    ["a division by zero", "xor ecx, ecx\n div ecx", { vector: 0, name: "#DE", errorCode: null, address: "0x400002" }],
    ["a privileged instruction", "wbinvd", { vector: 13, name: "#GP", errorCode: 0, address: "0x400000" }],
  ])("reports the fault of %s", (_, text, fault) => {
    expect(
      execute({ code: hex(text), mode: 64, user: true, memory: [{ address: 0x10000, bytes: "f4", writable: false }] }),
    ).toMatchObject({ stop: "fault", fault });
  });

  it("begins with zero in every general register but RSP", () => {
    const { registers } = execute({ code: "f4", mode: 64 });
    const general = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r15"];
    expect(general.map((name) => registers[name])).toEqual(general.map(() => "0x0"));
  });

  it("shows the address of a final page fault in CR2, and of no other exception", () => {
    const access = execute({ code: hex("mov ebx, 0x123457\n mov [rbx], al"), mode: 64 });
    expect(access).toMatchObject({ fault: { vector: 14 }, registers: { cr2: "0x123457" } });
    const fetch = execute({ code: hex("mov ebx, 0x654321\n jmp ebx", 32), mode: 32 });
    expect(fetch).toMatchObject({ fault: { vector: 14 }, registers: { cr2: "0x654321" } });
    expect(execute({ code: hex("ud2"), mode: 64 })).toMatchObject({ fault: { vector: 6 }, registers: { cr2: "0x0" } });
  });

  it("ends after the number of instructions asked for", () => {
    expect(execute({ code: "eb fe", mode: 32, max: 1000 })).toMatchObject({ stop: "limit", instructions: 1000 });
  });

  it("ends with an exit where the code asks for something outside", () => {
    expect(execute({ code: hex("in al, 0x60"), mode: 64 })).toMatchObject({
      stop: "exit",
      exit: { reason: "io", direction: "in", port: 0x60, size: 1 },
    });
  });

  it.each<[string, Partial<ExecRequest>]>([
    ["a mode that there is not", { mode: 8 as CodeMode }],
    ["odd digits", { code: "f" }],
    ["no code", { code: "" }],
    ["an unknown register", { registers: { foo: 1 } }],
    ["a number that is none", { registers: { rax: "12x" } }],
    ["a region outside of the address space", { memory: [{ address: "0x800000000000", length: 1 }] }],
    ["a region without length", { memory: [{ address: 0 }] }],
    ["too much memory", { memory: [{ address: "0x10000000", length: "0x100000000" }] }],
    ["an unknown CPU", { cpu: "8086" }],
  ])("refuses %s", (_, wrong) => {
    expect(() => execute({ code: "f4", mode: 64, ...wrong })).toThrow(IsinglassError);
  });

  it.each<[string, Partial<ExecRequest>, RegExp]>([
    ["65 bits in rax", { registers: { rax: "0x10000000000000000" } }, /^exec: rax is "0x1[0]{16}": it has 64 bits$/],
    ["33 bits in eax", { mode: 32, registers: { rax: "0x100000000" } }, /rax is .*: it has 32 bits in 32-bit mode$/],
    ["33 bits in eip", { mode: 32, registers: { rip: "0x100000000" } }, /rip is .*: it has 32 bits in 32-bit mode$/],
    ["33 bits in eax of real mode", { mode: 16, registers: { rax: "0x100000000" } }, /it has 32 bits in 16-bit mode$/],
    ["129 bits in xmm0", { registers: { xmm0: `0x1${"0".repeat(32)}` } }, /xmm0 is .*: it has 128 bits$/],
    ["257 bits in ymm15", { registers: { ymm15: `0x1${"0".repeat(64)}` } }, /it has 256 bits$/],
    ["81 bits in st0", { registers: { st0: `0x1${"0".repeat(20)}` } }, /it has 80 bits$/],
    ["65 bits in mm0", { registers: { mm0: `0x1${"0".repeat(16)}` } }, /it has 64 bits$/],
    ["17 bits in a selector", { registers: { ds: 0x10000 } }, /ds is 65536: it has 16 bits$/],
    ["a CPL of 4", { registers: { cpl: 4 } }, /cpl is 4: it has 2 bits$/],
    ["33 bits in mxcsr", { registers: { mxcsr: "0x100000000" } }, /it has 32 bits$/],
    ["less than rax can be", { registers: { rax: -1, "fs.limit": -(2 ** 31) - 1 } }, /fs\.limit is -2147483649/],
    ["a region over the code", { memory: [{ address: "0x3ff000", length: 4097 }] }, /region 0 .* overlaps the code at/],
    [
      "two regions for one byte",
      {
        memory: [
          { address: 0x10000, bytes: "00 11" },
          { address: 0x10002, length: 2 },
          { address: 0x10001, bytes: "22" },
        ],
      },
      /^exec: region 2 of memory at 0x10001 overlaps region 0 of memory at 0x10000: both have the byte at 0x10001$/,
    ],
    ["a user in real mode", { mode: 16, user: true }, /user is true, but 16-bit mode is real mode/],
  ])("says what is wrong with %s", (_, wrong, message) => {
    expect(() => execute({ code: "f4", mode: 64, ...wrong })).toThrow(message);
  });

  it.each([16, 32, 64] as const)("begins with the registers that it ended with in %d-bit mode", (mode) => {
    const { registers } = execute({ code: "f4", mode, registers: { rax: -1, rbx: 7 } });
    expect(execute({ code: "f4", mode, registers }).registers).toEqual(registers);
  });
});
