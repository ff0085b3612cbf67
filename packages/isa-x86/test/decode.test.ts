import { describe, expect, it } from "vitest";
import {
  decode,
  ENC_VEX,
  Instruction,
  MAP_0F,
  MAP_3DNOW,
  MEM_NONE,
  MEM_RIP,
  mnemonicName,
  OP_IMM,
  OP_MEM,
  OP_NONE,
  OP_REG,
  OP_REL,
  PREFIX_LOCK,
  PREFIX_OPSIZE,
  PREFIX_REP,
  PREFIX_REPNE,
  PREFIX_REX,
  PREFIX_REX_W,
  PREFIX_SEGMENT,
  RC_GPR64,
  RC_GPR8,
  RC_GPR8H,
  RC_XMM,
  RC_YMM,
  SEG_CS,
  SEG_DS,
  SEG_FS,
  SEG_SS,
} from "../src/index.js";
import { Random, randomCase } from "./oracle/random-code.js";

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function decoded(hex: string, mode: 16 | 32 | 64 = 64): Instruction {
  const insn = new Instruction();
  const bytes = bytesOf(hex);
  expect(decode(bytes, 0, bytes.length, mode, insn)).toBe(bytes.length);
  return insn;
}

describe("the record", () => {
  it("describes a memory operand with base, index, scale and displacement", () => {
    const i = decoded("4a 8b 84 c8 f0 ff ff ff"); // mov rax,[rax+r9*8-0x10]
    expect([i.memBase, i.memIndex, i.memScale, i.dispLo, i.dispHi]).toEqual([0, 9, 3, -16, -1]);
    expect([i.opKind[0], i.opKind[1], i.opKind[2]]).toEqual([OP_REG, OP_MEM, OP_NONE]);
    expect([i.opClass[0], i.opReg[0], i.opBits[0], i.opBits[1]]).toEqual([RC_GPR64, 0, 64, 64]);
    expect([i.memSegment, i.segment, i.operandSize, i.addressSize]).toEqual([SEG_DS, -1, 64, 64]);
    expect([i.dispOffset, i.dispSize, i.immSize]).toEqual([4, 4, 0]);
  });

  it("takes SS for addresses based on rSP or rBP, but not R12 and R13 (SDM vol. 1, table 3-5)", () => {
    expect(decoded("8b 04 24").memSegment).toBe(SEG_SS);
    expect(decoded("8b 45 00").memSegment).toBe(SEG_SS);
    expect(decoded("41 8b 45 00").memSegment).toBe(SEG_DS);
    expect(decoded("8b 04 28").memSegment).toBe(SEG_DS); // rBP as an index
    expect(decoded("8b 46 00", 16).memSegment).toBe(SEG_SS);
    expect(decoded("3e 8b 45 00", 32).memSegment).toBe(SEG_DS);
  });

  it("keeps RIP-relative displacements raw", () => {
    const i = decoded("8b 05 fc ff ff ff");
    expect([i.memBase, i.memIndex, i.dispLo, i.dispHi]).toEqual([MEM_RIP, MEM_NONE, -4, -1]);
  });

  it("sign-extends immediates to 64 bits as the instruction defines", () => {
    expect([decoded("48 83 c0 80").immLo, decoded("48 83 c0 80").immHi]).toEqual([-128, -1]);
    const wide = decoded("48 b8 88 77 66 55 44 33 22 f1");
    expect([wide.immLo, wide.immHi]).toEqual([0x55667788, 0xf1223344 | 0]);
    const port = decoded("e4 80");
    expect([port.immLo, port.immHi, port.opKind[1]]).toEqual([0x80, 0, OP_IMM]);
    expect([decoded("c2 ff ff").immLo, decoded("c2 ff ff").immHi]).toEqual([0xffff, 0]);
  });

  it("gives branch displacements, not targets", () => {
    const i = decoded("e8 fb ff ff ff");
    expect([i.opKind[0], i.immLo, i.immHi, i.operandSize]).toEqual([OP_REL, -5, -1, 64]);
  });

  it("puts second immediates and selectors into imm2", () => {
    const enter = decoded("c8 34 12 1f");
    expect([enter.immLo, enter.imm2, enter.operandCount]).toEqual([0x1234, 0x1f, 2]);
    const far = decoded("ea 78 56 34 92 cd ab", 32);
    expect([far.immLo >>> 0, far.immHi, far.imm2]).toEqual([0x92345678, 0, 0xabcd]);
  });

  it("tells AH CH DH BH from SPL BPL SIL DIL", () => {
    const high = decoded("88 fc"); // mov ah,bh
    expect([high.opClass[0], high.opReg[0], high.opClass[1], high.opReg[1]]).toEqual([RC_GPR8H, 0, RC_GPR8H, 3]);
    const low = decoded("40 88 fc"); // mov spl,dil
    expect([low.opClass[0], low.opReg[0], low.opClass[1], low.opReg[1]]).toEqual([RC_GPR8, 4, RC_GPR8, 7]);
  });

  it("reports the prefixes that are present", () => {
    expect(decoded("f0 64 66 48 01 07").prefixes).toBe(
      PREFIX_LOCK | PREFIX_SEGMENT | PREFIX_OPSIZE | PREFIX_REX | PREFIX_REX_W,
    );
    expect(decoded("f2 f3 a4").prefixes).toBe(PREFIX_REP);
    expect(decoded("f3 f2 a4").prefixes).toBe(PREFIX_REPNE);
    expect(decoded("64 2e 8b 00").segment).toBe(SEG_FS);
    expect(decoded("2e 8b 00").segment).toBe(-1);
    expect(decoded("2e 8b 00").segmentPrefix).toBe(SEG_CS);
    expect(decoded("2e 8b 00", 32).memSegment).toBe(SEG_CS);
  });

  it("gives string instructions their source segment and no explicit operands", () => {
    const i = decoded("64 f3 a5");
    expect([mnemonicName(i.mnemonic), i.operandCount, i.memSegment]).toEqual(["movsd", 0, SEG_FS]);
    expect(decoded("a5").memSegment).toBe(SEG_DS);
  });

  it("describes VEX operands and vector length", () => {
    const i = decoded("c4 41 34 58 f9"); // vaddps ymm15,ymm9,ymm9
    expect([i.encoding, i.opcodeMap, i.vexV, i.vexL]).toEqual([ENC_VEX, MAP_0F, 9, 1]);
    expect([...i.opClass].slice(0, 3)).toEqual([RC_YMM, RC_YMM, RC_YMM]);
    const g = decoded("c4 e2 69 92 04 a0"); // vgatherdps xmm0,[rax+xmm4*4],xmm2
    expect([g.memIndex, g.memIndexClass, g.memScale, g.opBits[1]]).toEqual([4, RC_XMM, 2, 32]);
  });

  it("finds the 3DNow! opcode behind the operands", () => {
    const i = decoded("0f 0f 44 24 08 9e"); // pfadd mm0,[rsp+8]
    expect([i.opcodeMap, i.opcode, i.dispLo]).toEqual([MAP_3DNOW, 0x9e, 8]);
  });

  it("holds nothing of the instruction before", () => {
    const fresh = decoded("f4");
    const reused = new Instruction();
    for (const hex of [
      "c4 e2 69 92 84 a0 00 00 00 70",
      "c8 34 12 1f",
      "f0 64 66 48 01 47 7f",
      "48 b8 88 77 66 55 44 33 22 f1",
    ]) {
      const bytes = bytesOf(hex);
      expect(decode(bytes, 0, bytes.length, 64, reused)).toBe(bytes.length);
    }
    decode(Uint8Array.of(0xf4), 0, 1, 64, reused);
    expect(reused).toEqual(fresh);
  });
});

describe("untrusted bytes", () => {
  it("are not read at or beyond `end`, nor before `offset`", () => {
    const random = new Random(20261122);
    const insn = new Instruction();
    const code = new Uint8Array(16);
    for (let n = 0; n < 20_000; n++) {
      const mode = ([16, 32, 64] as const)[n % 3]!;
      const length = randomCase(random, code, mode);
      const guarded = new Proxy(new Uint8Array(48), {
        get(_, key) {
          const at = Number(key) - 16;
          if (!(at >= 0 && at < length)) throw new Error(`read at ${String(key)} of 16..${16 + length}`);
          return code[at];
        },
      });
      const r = decode(guarded, 16, 16 + length, mode, insn);
      expect(r <= length && r >= -3 && r !== 0).toBe(true);
    }
  });
});
