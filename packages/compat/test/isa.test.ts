import { describe, expect, it } from "vitest";
import { codeRanges, readElf } from "../src/index.js";
import { probeProgram } from "../src/matrix/probe-program.js";
import { classifyInstructions, countInstructions, sensitiveUnprivileged, vectorWidth } from "../src/index.js";
import { readExtended } from "../src/isa/evex.js";

describe("instructions that a monitor cannot trap", () => {
  it("are the 17 of Robin and Irvine on the classic CPU", () => {
    // J. S. Robin and C. E. Irvine, USENIX Security 2000: the manual's page VERR/VERW counts as one.
    const paper = "SGDT SIDT SLDT SMSW PUSHF POPF LAR LSL VERR/VERW POP PUSH CALL JMP RET INT_n STR MOV";
    expect(sensitiveUnprivileged("classic")).toEqual(
      paper
        .split(" ")
        .map((n) => n.replace("_", " "))
        .toSorted(),
    );
    expect(sensitiveUnprivileged("classic").length).toBe(17);
  });

  it("are none under VT-x and SVM, and five fewer with UMIP", () => {
    expect(sensitiveUnprivileged("vmx")).toEqual([]);
    expect(sensitiveUnprivileged("svm")).toEqual([]);
    const left = new Set(sensitiveUnprivileged("umip"));
    expect(sensitiveUnprivileged("classic").filter((n) => !left.has(n))).toEqual([
      "SGDT",
      "SIDT",
      "SLDT",
      "SMSW",
      "STR",
    ]);
  });

  it("leave an ordinary CALL and MOV innocuous and a MOV to a control register privileged", () => {
    const forms = classifyInstructions("classic");
    const kind = (opcode: string, mnemonic: string): string | undefined =>
      forms.find((f) => f.opcode === opcode && f.mnemonic === mnemonic)?.kind;
    expect(kind("E8", "call")).toBe("innocuous");
    expect(kind("8E /r", "mov")).toBe("sensitive");
    expect(kind("0F 22 /r", "mov")).toBe("privileged");
    expect(classifyInstructions("vmx").find((f) => f.mnemonic === "cpuid")?.why).toBe("exits always");
  });
});

describe("counts and widths", () => {
  it("count far more than 47 instructions by any way to count", () => {
    for (const by of ["mnemonic", "opcode", "form"] as const) {
      const { total, tiers } = countInstructions(by);
      expect(tiers.base + tiers.extension + tiers.special).toBe(total);
      expect(tiers.base).toBeGreaterThan(400);
    }
  });

  it.each([
    ["mmx", 64],
    ["sse4.1", 128],
    ["aes", 128],
    ["avx", 256],
    ["avx2", 256],
    ["avx512f", 512],
    ["bmi2", 0],
  ])("%s works on vectors of %i bits", (name, bits) => {
    expect(vectorWidth(name)).toBe(bits);
  });
});

describe("instructions that isa-x86 does not decode", () => {
  // Encodings as `gcc -mavx512f -c` and objdump have them.
  it.each([
    ["c4 e2 7b 4b 04 18", 6, "amx-tile"], // tileloadd tmm0,[rax+rbx], as GNU as encodes these three
    ["c4 e2 7b 5e d1", 5, "amx-int8"], // tdpbssd tmm2,tmm1,tmm0
    ["c4 e2 68 5e c1", 5, "amx-int8"], // tdpbuud tmm0,tmm1,tmm2, and those up to FMA4 as GNU as encodes them too
    ["c4 e2 6a 5c c1", 5, "amx-bf16"], // tdpbf16ps tmm0,tmm1,tmm2
    ["c4 e2 6b 5c c1", 5, "amx-fp16"], // tdpfp16ps tmm0,tmm1,tmm2
    ["f3 0f 38 dc 00", 5, "kl"], // aesenc128kl xmm0,[rax]
    ["f3 45 0f 38 df 4a 08", 7, "kl"], // aesdec256kl xmm9,[r10+8]
    ["f3 0f 38 d8 00", 5, "kl"], // aesencwide128kl [rax]
    ["f3 0f 38 dc ca", 5, "kl"], // loadiwkey xmm1,xmm2
    ["f3 0f 38 fa c3", 5, "kl"], // encodekey128 eax,ebx
    ["0f 38 fc 08", 4, "rao-int"], // aadd [rax],ecx
    ["f3 48 0f 38 fc 08", 6, "rao-int"], // axor [rax],rcx
    ["c4 e2 f5 b4 c2", 5, "avx-ifma"], // vpmadd52luq ymm0,ymm1,ymm2
    ["c4 e2 77 50 c2", 5, "avx-vnni-int8"], // vpdpbssd ymm0,ymm1,ymm2
    ["c4 e2 7d b0 00", 5, "avx-ne-convert"], // vcvtneeph2ps ymm0,[rax]
    ["c4 e2 7a b1 00", 5, "avx-ne-convert"], // vbcstnebf162ps xmm0,[rax]
    ["c4 e2 7e 72 c1", 5, "avx-ne-convert"], // vcvtneps2bf16 xmm0,ymm1
    ["c4 e2 69 e4 08", 5, "cmpccxadd"], // cmpzxadd [rax],ecx,edx
    ["c4 e3 e1 68 e1 20", 6, "fma4"], // vfmaddps xmm4,xmm3,xmm2,xmm1
    ["62 f1 7c 48 10 07", 6, "avx512f"], // vmovups zmm0,[rdi]
    ["62 f1 7c 28 10 07", 6, "avx512f avx512vl"], // vmovups ymm0,[rdi]
    ["62 f1 75 48 fd c2", 6, "avx512f avx512bw"], // vpaddw zmm0,zmm1,zmm2
    ["62 f1 75 48 73 fa 05", 7, "avx512f avx512bw"], // vpslldq zmm1,zmm2,5
    ["62 f1 75 48 73 da 05", 7, "avx512f avx512bw"], // vpsrldq zmm1,zmm2,5
    ["62 f1 f5 48 73 f2 05", 7, "avx512f"], // vpsllq zmm1,zmm2,5
    ["62 f1 ff 08 12 ca", 6, "avx512f avx512vl"], // vmovddup xmm1,xmm2
    ["62 f1 fd 08 12 08", 6, "avx512f"], // vmovlpd xmm1,xmm0,[rax]
    ["62 f2 f5 48 40 c2", 6, "avx512f avx512dq"], // vpmullq zmm0,zmm1,zmm2
    ["62 f3 75 48 25 c2 ff", 7, "avx512f"], // vpternlogd zmm0,zmm1,zmm2,0xff
    ["62 f1 7c 48 10 84 24 80 00 00 00", 11, "avx512f"], // vmovups zmm0,[rsp+0x80]
    ["62 f1 76 08 58 c2", 6, "avx512f"], // vaddss xmm0,xmm1,xmm2
    ["62 f2 75 48 50 c2", 6, "avx512f avx512vnni"], // vpdpbusd zmm0,zmm1,zmm2
    ["c5 f8 90 c8", 4, "avx512f"], // kmovw k1,k0
    ["c4 e1 f8 90 c8", 5, "avx512f avx512bw"], // kmovq k1,k0
    ["c5 f9 90 c8", 4, "avx512f avx512dq"], // kmovb k1,k0
  ])("%s: length %i, %s", (hex, length, features) => {
    const code = Uint8Array.from(hex.split(" "), (b) => Number.parseInt(b, 16));
    expect(readExtended(code, 0, code.length)).toEqual({ length, features: features.split(" ") });
    for (let cut = 1; cut < code.length; cut += 1) expect(readExtended(code, 0, cut)).toBeUndefined();
  });

  it.each(["d5 18 01 c3", "0f 38 ff 00", "f3 0f 38 d8 e0", "66 0f 38 fa c3", "c4 e2 79 ff c0"])("%s: none", (hex) => {
    const code = Uint8Array.from(hex.split(" "), (b) => Number.parseInt(b, 16));
    expect(readExtended(code, 0, code.length)).toBeUndefined();
  });
});

describe("code of a hostile file", () => {
  it("is looked at once, however often the headers name it", () => {
    const program = probeProgram("bmi2", 1)!;
    const headers = 40;
    const file = new Uint8Array(64 + headers * 56 + program.length);
    file.set(program.subarray(0, 64));
    const view = new DataView(file.buffer);
    view.setUint16(56, headers, true);
    for (let i = 0; i < headers; i += 1) {
      file.set(program.subarray(64, 120), 64 + i * 56);
      view.setUint32(64 + i * 56 + 32, file.length, true);
    }
    expect(codeRanges(readElf(file, "file")).length).toBe(1);
  });
});
