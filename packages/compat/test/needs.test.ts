import { assemble } from "@isinglass/isa-x86";
import { describe, expect, it } from "vitest";
import { Image, modelNamed, type Needs, needsOf, readElf, verdictOn } from "../src/index.js";
import { programOf } from "../src/matrix/probe-program.js";

/** An analysis does not know that this call does not return: UD2 tells it. */
const EXIT = "mov eax, 60\nxor edi, edi\nsyscall\nud2";
const ASK = "mov eax, 7\nxor ecx, ecx\ncpuid";
const WIDE = "vpaddd ymm0, ymm1, ymm2";

/** Where `programOf` puts the code: calls and jumps are relative, so that the origin does not matter. */
function needs(source: string): Needs {
  const elf = readElf(programOf(assemble(source, { mode: 64 }).bytes), "program");
  return needsOf({ images: [new Image(elf, "program")], missing: [] });
}

const CODE = 0x401000;
const DATA = 0x402000;

/** A file with code and data apart, as linkers make them, with a fixed address. */
function programWithData(
  source: string,
  words: readonly number[],
  others: readonly { readonly type: number; readonly offset: number; readonly size: number }[] = [],
): Uint8Array {
  const out = new Uint8Array(0x3000);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 62, true);
  view.setUint32(24, CODE, true);
  view.setUint32(32, 64, true);
  view.setUint16(54, 56, true);
  const headers = [
    { type: 1, flags: 5, offset: 0x1000, size: 0x1000 },
    { type: 1, flags: 6, offset: 0x2000, size: 0x1000 },
    ...others.map((each) => ({ flags: 4, ...each })),
  ];
  view.setUint16(56, headers.length, true);
  for (const [i, { type, flags, offset, size }] of headers.entries()) {
    const at = 64 + i * 56;
    view.setUint32(at, type, true);
    view.setUint32(at + 4, flags, true);
    view.setUint32(at + 8, offset, true);
    view.setUint32(at + 16, 0x400000 + offset, true);
    view.setUint32(at + 32, size, true);
    view.setUint32(at + 40, size, true);
  }
  out.set(assemble(source, { mode: 64, origin: BigInt(CODE) }).bytes, 0x1000);
  for (const [i, word] of words.entries()) view.setUint32(0x2000 + 8 * i, word, true);
  return out;
}

function needsOfFile(file: Uint8Array): Needs {
  return needsOf({ images: [new Image(readElf(file, "program"), "program")], missing: [] });
}

const sorted = (features: ReadonlyMap<string, unknown>): string[] => [...features.keys()].toSorted();

describe("guards", () => {
  it.each([
    ["a bit that is tested, branch where it is clear", `${ASK}\nbt ebx, 5\njnc end\n${WIDE}\nend:\n${EXIT}`],
    [
      "a bit that is tested, branch where it is set",
      `${ASK}\ntest ebx, 32\njnz wide\n${EXIT}\nwide:\n${WIDE}\n${EXIT}`,
    ],
    ["a mask that is compared", `${ASK}\nand ebx, 288\ncmp ebx, 288\njne end\n${WIDE}\nend:\n${EXIT}`],
    ["an inverted value", `${ASK}\nnot ebx\ntest ebx, 32\njnz end\n${WIDE}\nend:\n${EXIT}`],
    ["a value that was copied", `${ASK}\nmov r9d, ebx\nmov ebx, 0\ntest r9d, 32\njz end\n${WIDE}\nend:\n${EXIT}`],
    [
      "a value that was on the stack",
      `${ASK}\nmov [rsp-8], ebx\nxor ebx, ebx\nmov esi, [rsp-8]\ntest esi, 32\njz end\n${WIDE}\nend:\n${EXIT}`,
    ],
    [
      "a value that a function put on the stack",
      `sub rsp, 128\nlea rdi, [rsp+16]\ncall fill\nmov esi, [rsp+20]\ntest esi, 32\njz end\n${WIDE}\nend:\n${EXIT}\nfill:\nmov r8, rdi\n${ASK}\nmov [r8], eax\nmov [r8+4], ebx\nret`,
    ],
    ["a flag byte", `${ASK}\ntest ebx, 32\nsetnz al\ntest al, al\njz end\n${WIDE}\nend:\n${EXIT}`],
    ["an inverted flag byte", `${ASK}\ntest ebx, 32\nsetz al\ntest al, al\njnz end\n${WIDE}\nend:\n${EXIT}`],
    ["a function behind the guard", `${ASK}\nbt ebx, 5\njnc end\ncall wide\nend:\n${EXIT}\nwide:\n${WIDE}\nret`],
    [
      "a function that answers",
      `call ask\ntest eax, eax\njz end\n${WIDE}\nend:\n${EXIT}\nask:\n${ASK}\nmov eax, ebx\nand eax, 32\nret`,
    ],
    ["a shadow stack that is not there", `xor eax, eax\nrdsspq rax\ntest rax, rax\njz end\nincsspq rax\nend:\n${EXIT}`],
  ])("%s: what lies behind is not needed", (_, source) => {
    const found = needs(source);
    expect(sorted(found.required)).toEqual([]);
    expect(sorted(found.open)).toEqual([]);
    expect(found.guarded.size).toBeGreaterThan(0);
    expect(verdictOn(found, modelNamed("Nehalem")).verdict).toBe("runs");
  });

  it.each([
    ["no guard", `${WIDE}\n${EXIT}`],
    ["a branch on something else", `mov ebx, 1\ntest ebx, 32\njz end\n${WIDE}\nend:\n${EXIT}`],
    ["a value that was overwritten", `${ASK}\nmov ebx, [rsp]\ntest ebx, 32\njz end\n${WIDE}\nend:\n${EXIT}`],
    [
      "a value on the stack that was overwritten",
      `${ASK}\nmov [rsp-8], ebx\nxor ebx, ebx\nmov [rsp-8], edi\nmov esi, [rsp-8]\ntest esi, 32\njz end\n${WIDE}\nend:\n${EXIT}`,
    ],
    [
      "a value on the stack that no function put there",
      `sub rsp, 256\nmov [rsp+128], edi\nlea rdi, [rsp+16]\ncall fill\nmov esi, [rsp+128]\ntest esi, 32\njz end\n${WIDE}\nend:\n${EXIT}\nfill:\nmov r8, rdi\n${ASK}\nmov [r8], eax\nmov [r8+4], ebx\nret`,
    ],
    ["a register that is cleared", `xor ebx, ebx\ntest ebx, ebx\njz end\n${WIDE}\nend:\n${EXIT}`],
    ["a call", `call wide\n${EXIT}\nwide:\n${WIDE}\nret`],
  ])("%s: it is needed, with the way to it", (_, source) => {
    const found = needs(source);
    expect(sorted(found.required)).toEqual(["avx2"]);
    const { verdict, witness } = verdictOn(found, modelNamed("Nehalem"));
    expect(verdict).toBe("does not run");
    expect(witness!.path[0]).toMatch(/^program:0x400078/);
    expect(verdictOn(found, modelNamed("Haswell")).verdict).toBe("runs");
  });

  it("where the feature is absent do not cover the other side", () => {
    // The wide instruction stands on the side on which AVX2 is *not* there; a program that asks is taken to choose, so it is open at least.
    const found = needs(`${ASK}\nbt ebx, 5\njc end\n${WIDE}\nend:\n${EXIT}`);
    expect(found.guarded.has("avx2")).toBe(false);
    expect(verdictOn(found, modelNamed("Nehalem")).verdict).not.toBe("runs");
  });

  it("that compare in another way leave it open", () => {
    const found = needs(`${ASK}\ncmp ebx, 32\njb end\n${WIDE}\nend:\n${EXIT}`);
    expect(sorted(found.open)).toContain("avx2");
    expect(verdictOn(found, modelNamed("Nehalem")).verdict).toBe("unknown");
  });

  it("do not see code that nothing reaches, which a scan of all code does", () => {
    const found = needs(`${EXIT}\njmp $end\n$end:\n${WIDE}`.replaceAll("$end", "end"));
    expect(sorted(found.required)).toEqual([]);
    expect(found.all.has("avx2")).toBe(true);
  });

  it("say where an instruction silently does something else", () => {
    const found = needs(`lzcnt eax, ebx\n${EXIT}`);
    const verdict = verdictOn(found, modelNamed("Nehalem"));
    expect(verdict.verdict).toBe("runs");
    expect(verdict.divergences.map((w) => w.feature)).toEqual(["abm"]);
    expect(verdictOn(found, modelNamed("Haswell")).divergences).toEqual([]);
  });
});

describe("a file with a fixed address", () => {
  // The wide function stands at a round address, behind what never returns.
  const WIDE_AT = CODE + 64;
  const padded = (source: string): string => {
    const { length } = assemble(source, { mode: 64, origin: BigInt(CODE) }).bytes;
    return `${source}\n${Array.from({ length: 64 - length }, () => "nop").join("\n")}\n${WIDE}\nret`;
  };

  it.each([
    ["an address in an instruction", `mov edi, ${WIDE_AT}\ncall rdi\n${EXIT}`, []],
    ["an address on the stack", `push ${WIDE_AT}\nret`, []],
    ["a table whose address is in an instruction", `mov ebx, ${DATA}\ncall [rbx+8]\n${EXIT}`, [0, WIDE_AT]],
    ["a table that a jump indexes", `jmp [rax*8+${DATA}]`, [CODE, WIDE_AT]],
    ["a table behind a pointer", `mov rbx, [${DATA}]\njmp [rbx]`, [DATA + 16, 0, WIDE_AT]],
  ])("needs what is behind %s", (_, source, words) => {
    const found = needsOfFile(programWithData(padded(source), words));
    // No table says that a function begins there: a word of data may be a number.
    expect([...sorted(found.required), ...sorted(found.open)]).toEqual(["avx2"]);
    expect(verdictOn(found, modelNamed("Nehalem")).verdict).toBe(words.length === 0 ? "does not run" : "unknown");
  });

  it("does not need what a number in its data happens to name, in the middle of an instruction", () => {
    const found = needsOfFile(
      programWithData(padded(`mov ebx, ${DATA}\n${EXIT}\nmov eax, 0x9090`), [WIDE_AT + 1, CODE + 1]),
    );
    expect([...sorted(found.required), ...sorted(found.open)]).toEqual([]);
  });

  it("does not need what only a number names", () => {
    const found = needsOfFile(programWithData(padded(`mov eax, 60\nmov edi, 64\nsyscall\nud2`), [0, 1, 64]));
    expect(sorted(found.required)).toEqual([]);
  });

  it("does not run for sure where a thread-local word leads to what is not there", () => {
    const file = programWithData(
      padded(`mov rax, fs:[-8]\ncall rax\n${EXIT}`),
      [0, WIDE_AT],
      [{ type: 7, offset: 0x2008, size: 8 }],
    );
    expect(verdictOn(needsOfFile(file), modelNamed("Nehalem")).verdict).toBe("unknown");
  });
});

describe("a table of functions", () => {
  // Two functions beyond the baseline: one stands in the table's first half, one behind what other code names.
  const source = (more: string): string => {
    const head = `mov ebx, ${DATA}\nmov ecx, 3\ncall [rbx+rcx*8]\n${more}\n${EXIT}`;
    const { length } = assemble(head, { mode: 64, origin: BigInt(CODE) }).bytes;
    return `${head}\n${Array.from({ length: 128 - length }, () => "nop").join("\n")}\nret\nnop\n${WIDE}\nret`;
  };
  const [PLAIN, WIDE_ONE] = [CODE + 128, CODE + 130];

  it.each([
    ["of which other code names the middle", [PLAIN, PLAIN, PLAIN, WIDE_ONE], DATA + 16],
    ["of which other code calls one entry", [PLAIN, PLAIN, PLAIN, WIDE_ONE], DATA + 24],
    ["that is a table of structures, and other code names one", [PLAIN, 7, PLAIN, 7, PLAIN, 7, WIDE_ONE, 7], DATA + 32],
    [
      "that is a table of structures, and other code names a field",
      [PLAIN, 7, PLAIN, 7, PLAIN, 7, WIDE_ONE, 7],
      DATA + 24,
    ],
  ])("%s is reached as a whole", (_, words, named) => {
    // What names the middle is never executed itself: it stands behind the end.
    const found = needsOfFile(programWithData(source(`${EXIT}\nmov rax, [${named}]`), words));
    expect([...sorted(found.required), ...sorted(found.open)]).toEqual(["avx2"]);
    expect(verdictOn(found, modelNamed("Nehalem")).verdict).toBe("unknown");
  });

  it("ends where something else begins", () => {
    const words = [PLAIN, 0, 0, WIDE_ONE, WIDE_ONE];
    const found = needsOfFile(programWithData(source(`${EXIT}\nmov eax, ${DATA + 24}`), words));
    expect([...sorted(found.required), ...sorted(found.open)]).toEqual([]);
  });
});

describe("a switch", () => {
  /** Jumps by a table of distances from itself, whose address is in the code, or is computed. */
  const file = (known: boolean): Uint8Array => {
    const lea = 7;
    const jump = `${known ? "" : "sub rdx, 64\n"}movsxd rax, [rdx+rcx*4]\nadd rax, rdx\njmp rax`;
    const source = `lea rdx, [rip+${DATA + (known ? 0 : 64) - CODE - lea}]\n${jump}\n${WIDE}\n${EXIT}`;
    const size = (text: string): number => assemble(text, { mode: 64 }).bytes.length;
    const wide = CODE + size(source) - size(`${WIDE}\n${EXIT}`);
    return programWithData(source, [wide - DATA]);
  };

  it.each([
    ["whose table is found needs what its cases need", true, "does not run"],
    ["whose table is not found may need what the rest of its function needs", false, "unknown"],
  ])("%s", (_, known, verdict) => {
    const found = needsOfFile(file(known));
    expect([...sorted(found.required), ...sorted(found.open)]).toEqual(["avx2"]);
    expect(verdictOn(found, modelNamed("Nehalem")).verdict).toBe(verdict);
  });
});

describe("an instruction that nothing here decodes", () => {
  // ADD with a REX2 prefix, of APX.
  const UNKNOWN = "db 0xd5, 0x18, 0x01, 0xc3";

  it("makes the verdict unknown, with its place, on any CPU that has the rest", () => {
    const found = needs(`mov eax, 1\n${UNKNOWN}\n${EXIT}`);
    const { verdict, why, witness } = verdictOn(found, modelNamed("Haswell"));
    expect(verdict).toBe("unknown");
    expect(why).toContain("no decoder here knows");
    expect(witness!.address).toBe(0x400078 + 5);
    expect(verdictOn(needs(`${WIDE}\n${UNKNOWN}\n${EXIT}`), modelNamed("Nehalem")).verdict).toBe("does not run");
  });

  it.each([
    ["behind a guard", `${ASK}\nbt edx, 21\njnc end\n${UNKNOWN}\nend:\n${EXIT}`],
    ["behind the end", `${EXIT}\n${UNKNOWN}`],
  ])("is none %s", (_, source) => {
    expect(verdictOn(needs(source), modelNamed("Haswell")).verdict).toBe("runs");
  });
});

describe("an instruction of which only the feature is known", () => {
  it("is needed like any other", () => {
    // AESENC128KL XMM0, [RAX] (SDM vol. 2A), Key Locker.
    const found = needs(`db 0xf3, 0x0f, 0x38, 0xdc, 0x00\n${EXIT}`);
    expect(sorted(found.required)).toEqual(["kl"]);
    expect(found.unread).toBeUndefined();
    expect(verdictOn(found, modelNamed("Haswell")).verdict).toBe("does not run");
  });
});

describe("a note that demands an x86-64 level", () => {
  /** NT_GNU_PROPERTY_TYPE_0 with GNU_PROPERTY_X86_ISA_1_NEEDED: baseline and v3 (psABI x86-64, "Program Property"). */
  const file = (loader: boolean): Uint8Array => {
    const note = { type: 4, offset: 0x2100, size: 32 };
    const out = programWithData(EXIT, [], loader ? [note, { type: 3, offset: 0x2200, size: 8 }] : [note]);
    const view = new DataView(out.buffer, 0x2100);
    for (const [i, word] of [4, 16, 5, 0x554e47, 0xc0008002, 4, 0b101, 0].entries()) view.setUint32(4 * i, word, true);
    out.set(new TextEncoder().encode("/ld.so"), 0x2200);
    return out;
  };

  it("is what the loader refuses the program by", () => {
    const found = needsOfFile(file(true));
    const { verdict, why } = verdictOn(found, modelNamed("Nehalem"));
    expect(verdict).toBe("does not run");
    expect(why).toContain("program demands x86-64-v3");
    expect(verdictOn(found, modelNamed("Haswell")).verdict).toBe("runs");
  });

  it("is read by nobody where there is no loader", () => {
    expect(verdictOn(needsOfFile(file(false)), modelNamed("Nehalem")).verdict).toBe("runs");
  });
});
