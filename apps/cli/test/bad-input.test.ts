import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scratch, bzImage, isg, tinyKernel } from "./support.js";

const scratch = new Scratch();
const file: Record<string, string> = {};
beforeAll(() => {
  file["kernel"] = scratch.file("kernel", tinyKernel("cli\nhlt"));
  file["bzImage"] = scratch.file("bzImage", bzImage(4096, 4096));
  file["truncated"] = scratch.file("truncated", bzImage(1_000_000, 4096));
  file["text"] = scratch.file("text", "x".repeat(4096));
  file["gzip"] = scratch.file("gzip", new Uint8Array(4096).fill(0x1f, 0, 1).fill(0x8b, 1, 2));
  file["short"] = scratch.file("short", "MZ");
  file["empty"] = scratch.file("empty", "");
  file["cut"] = scratch.file("cut", '{"registers": {"rax"');
  const state = (name: string, content: unknown): void => {
    file[name] = scratch.file(name, JSON.stringify(content));
  };
  state("list", []);
  state("member", { gpr: {} });
  state("register", { registers: { rip2: 0 } });
  state("value", { registers: { rax: "1z" } });
  state("region", { memory: [{ bytes: "00" }] });
  state("cpu", { cpu: "z80" });
  state("mode", { mode: 8 });
  state("half", { memory: [{ address: 0, bytes: "0" }] });
  state("huge", { memory: [{ address: 0, length: "0x40000000" }] });
  state("wide", { registers: { rax: "0x10000000000000000" } });
  state("wide32", { mode: 32, registers: { rbx: "0x100000000" } });
  state("overlap", { memory: [{ address: "0x400000", bytes: "00" }] });
  state("real-user", { mode: 16, user: true });
  file["qcow2"] = scratch.file("disk.qcow2", Buffer.from("QFI\xfb".padEnd(4096, "\0"), "latin1"));
  file["large"] = scratch.file("large", new Uint8Array(20 << 20));
});
afterAll(() => scratch.remove());

describe("bad input: one clear line, exit code 1, nothing on stdout", () => {
  it.each<[what: string, args: (string | { file: string; flags?: string })[], message: RegExp]>([
    ["a missing kernel", ["run", "--kernel", "/nowhere/bzImage"], /--kernel \/nowhere\/bzImage: no such file/],
    ["a folder", ["run", "--kernel", "/"], /--kernel \/: is a folder/],
    [
      "a missing initrd",
      ["run", "--kernel", { file: "kernel" }, "--initrd", "/nowhere/initrd"],
      /--initrd \/nowhere\/initrd: no such file/,
    ],
    ["a truncated bzImage", ["run", "--kernel", { file: "truncated" }], /bzImage|kernel.*bytes/i],
    [
      "a file that is no kernel",
      ["run", "--kernel", { file: "text" }],
      /neither a bzImage, an ELF file nor a Multiboot kernel/,
    ],
    ["a compressed file", ["run", "--kernel", { file: "gzip" }], /compressed with gzip: unpack it first/],
    ["a file that is too short", ["run", "--kernel", { file: "short" }], /2 bytes; no kernel is that short/],
    ["an empty file", ["run", "--kernel", { file: "empty" }], /0 bytes; no kernel is that short/],
    [
      "an initrd over memory",
      ["run", "--kernel", { file: "bzImage" }, "--initrd", { file: "large" }, "--memory", "32M"],
      /initrd of 20 MiB does not fit .* 37 MiB would do/,
    ],
    [
      "a missing disk",
      ["run", "--kernel", { file: "kernel" }, "--disk", "/nowhere/disk.img"],
      /^--disk \/nowhere\/disk\.img: no such file$/,
    ],
    [
      "a folder as a disk",
      ["run", "--kernel", { file: "kernel" }, "--disk", "/"],
      /^--disk \/: is a folder, not a file$/,
    ],
    [
      "a disk that is a device and no file",
      ["run", "--kernel", { file: "kernel" }, "--disk", "/dev/null"],
      /^--disk \/dev\/null: is no regular file$/,
    ],
    [
      "a disk below a file",
      ["run", "--kernel", { file: "kernel" }, "--disk", "/dev/null/x,ro"],
      /^--disk \/dev\/null\/x: a part of the path is no folder$/,
    ],
    [
      "an empty disk",
      ["run", "--kernel", { file: "kernel" }, "--disk", { file: "empty" }],
      /^--disk .*empty: it has 0 bytes; a raw disk image/,
    ],
    ["an empty file to disassemble", ["disasm", { file: "empty" }], /^isg disasm: .*empty: the file is empty$/],
    ["an empty file of code", ["exec", "--code", { file: "empty" }], /^--code .*empty: the file is empty$/],
    [
      "an empty qcow2 image",
      ["run", "--kernel", { file: "kernel" }, "--disk", { file: "empty", flags: ",format=qcow2" }],
      /^--disk .*empty: it does not begin with "QFI\\xfb": no qcow2 image/,
    ],
    [
      "a qcow2 image of nothing else",
      ["run", "--kernel", { file: "kernel" }, "--disk", { file: "qcow2", flags: ",ro,format=qcow2" }],
      /^--disk .*disk\.qcow2: qcow2 version 0; 2 and 3 are read/,
    ],
    [
      "a file of code that is missing",
      ["exec", "--code", "/nowhere/code.bin"],
      /--code \/nowhere\/code.bin: no such file/,
    ],
    ["a state file with an unknown CPU", ["exec", "--code", "90", "--state", { file: "cpu" }], /no model "z80"/],
    [
      "a state file with a mode that is none",
      ["exec", "--code", "90", "--state", { file: "mode" }],
      /"mode" is 8; 16, 32 or 64 is right/,
    ],
    ["no state file", ["exec", "--code", "90", "--state", "/nowhere/state"], /--state \/nowhere\/state: no such file/],
    ["a state file cut short", ["exec", "--code", "90", "--state", { file: "cut" }], /--state .*cut: not JSON: /],
    ["a state file that is a list", ["exec", "--code", "90", "--state", { file: "list" }], /the file is not an object/],
    [
      "a state file with an unknown member",
      ["exec", "--code", "90", "--state", { file: "member" }],
      /the file has "gpr"; there are code, mode, address, user, max, cpu, registers, memory/,
    ],
    [
      "a state file with an unknown register",
      ["exec", "--code", "90", "--state", { file: "register" }],
      /no register "rip2"/,
    ],
    ["a state file with a number that is none", ["exec", "--code", "90", "--state", { file: "value" }], /rax is "1z"/],
    [
      "a state file with a region without a place",
      ["exec", "--code", "90", "--state", { file: "region" }],
      /region 0 of "memory" has no "address"/,
    ],
    [
      "a state file with half a byte",
      ["exec", "--code", "90", "--state", { file: "half" }],
      /even number of hexadecimal digits/,
    ],
    [
      "a state file with too much memory",
      ["exec", "--code", "90", "--state", { file: "huge" }],
      /more than 65536 pages/,
    ],
    [
      "a state file with a value wider than its register",
      ["exec", "--code", "90", "--state", { file: "wide" }],
      /rax is "0x10000000000000000": it has 64 bits$/,
    ],
    [
      "a state file with 64-bit values for 32-bit code",
      ["exec", "--code", "90", "--state", { file: "wide32" }],
      /rbx is "0x100000000": it has 32 bits in 32-bit mode$/,
    ],
    [
      "a state file with memory over the code",
      ["exec", "--code", "90", "--state", { file: "overlap" }],
      /region 0 of memory at 0x400000 overlaps the code at 0x400000/,
    ],
    [
      "a state file with a user in real mode",
      ["exec", "--code", "90", "--state", { file: "real-user" }],
      /user is true, but 16-bit mode is real mode/,
    ],
    ["a missing file of code", ["disasm", "/nowhere/code.bin"], /no such file/],
    [
      "a missing own kernel for Debian",
      ["boot", "debian", "--kernel", "/nowhere/k", "--initrd", "/nowhere/i"],
      /--kernel \/nowhere\/k: no such file/,
    ],
  ])("%s", async (_what, args, message) => {
    const { code, stdout, stderr } = await isg(
      args.map((arg) => (typeof arg === "string" ? arg : `${file[arg.file]}${arg.flags ?? ""}`)),
    );
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

it("--verbose adds the error's code and where it happened", async () => {
  const { code, stderr } = await isg(["run", "--kernel", file["text"]!, "--verbose"]);
  expect(stderr).toMatch(/^ISG_BOOT_BAD_MAGIC /m);
  expect(stderr).toMatch(/^ +at /m);
  expect(code).toBe(1);
});
