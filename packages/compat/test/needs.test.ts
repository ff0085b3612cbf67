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
