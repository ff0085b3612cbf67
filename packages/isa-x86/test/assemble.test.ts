import { IsinglassError } from "@isinglass/interface";
import { describe, expect, it } from "vitest";
import { assemble, encode, RC_GPR16, RC_GPR32, RC_GPR64, RC_GPR8, RC_GPR8H } from "../src/index.js";

const hex = (code: Uint8Array): string => Buffer.from(code).toString("hex");

function asm(text: string, mode: 16 | 32 | 64 = 64, origin: bigint = 0n): string {
  return hex(assemble(text, { mode, origin }).bytes);
}

function failure(text: string): string {
  try {
    assemble(text);
  } catch (error) {
    expect(error).toBeInstanceOf(IsinglassError);
    return (error as Error).message;
  }
  return "no error";
}

describe("the encoder", () => {
  it("takes the shortest form", () => {
    expect(asm("add eax, 1")).toBe("83c001");
    expect(asm("add eax, 0x1000")).toBe("0500100000");
    expect(asm("add ecx, -1")).toBe("83c1ff");
    expect(asm("mov rax, 5")).toBe("48c7c005000000");
    expect(asm("mov eax, 5")).toBe("b805000000");
    expect(asm("mov rax, 0x123456789a")).toBe("48b89a78563412000000");
    expect(asm("shl eax, 1")).toBe("d1e0");
    expect(asm("push 5")).toBe("6a05");
    expect(asm("vaddps xmm0, xmm1, xmm2")).toBe("c5f058c2");
    expect(asm("vaddps xmm0, xmm1, xmm10")).toBe("c4c17058c2");
  });

  it("takes the operand size of the mode where no operand tells it", () => {
    expect(asm("jmp 0x8:0x1234", 32)).toBe("ea341200000800");
    expect(asm("jmp 0x8:0x1234", 16)).toBe("ea34120800");
    expect(asm("ret", 16)).toBe("c3");
    expect(asm("push 5", 16)).toBe("6a05");
    expect(asm("pushfd", 16)).toBe("669c");
    expect(asm("iretq")).toBe("48cf");
    expect(asm("retfq")).toBe("48cb");
    expect(asm("o: jmp o+0x12345678", 16)).toBe("66e972563412");
  });

  it("encodes addresses that have no plain form", () => {
    expect(asm("mov eax,[rsp]")).toBe("8b0424");
    expect(asm("mov eax,[r12]")).toBe("418b0424");
    expect(asm("mov eax,[rbp]")).toBe("8b4500");
    expect(asm("mov eax,[r13]")).toBe("418b4500");
    expect(asm("mov eax,[rax+rsp]")).toBe("8b0404");
    expect(asm("mov eax,[rcx*8]")).toBe("8b04cd00000000");
    expect(asm("mov eax,[0x1000]")).toBe("8b042500100000");
    expect(asm("mov eax,[0x1000]", 32)).toBe("a100100000");
    expect(asm("mov ecx,[bp+si+2]", 16)).toBe("668b4a02");
    expect(asm("mov eax,fs:[0x28]", 32)).toBe("64a128000000");
    expect(asm("mov rax,qword ptr fs:0x28")).toBe("64488b042528000000");
  });

  it("refuses AH beside a REX prefix, and knows SPL", () => {
    const ah = { kind: "register", class: RC_GPR8H, number: 0 } as const;
    const spl = { kind: "register", class: RC_GPR8, number: 4 } as const;
    const r8b = { kind: "register", class: RC_GPR8, number: 8 } as const;
    expect(hex(encode({ mode: 64, mnemonic: "mov", operands: [spl, spl] }))).toBe("4088e4");
    expect(() => encode({ mode: 64, mnemonic: "mov", operands: [ah, r8b] })).toThrow(/no form/);
    expect(() => encode({ mode: 32, mnemonic: "mov", operands: [spl, spl] })).toThrow(/no form/);
  });

  it("does not take 90 for an exchange of EAX with itself in 64-bit mode", () => {
    const eax = { kind: "register", class: RC_GPR32, number: 0 } as const;
    expect(hex(encode({ mode: 64, mnemonic: "xchg", operands: [eax, eax] }))).toBe("87c0");
  });

  it("wants the size of a memory operand that nothing else tells", () => {
    expect(failure("inc [rax]")).toMatch(/line 1: inc .*size of the memory operand/);
    expect(failure("mov [rax], 1")).toMatch(/size of the memory operand/);
    expect(asm("inc dword [rax]")).toBe("ff00");
    expect(asm("mov [rax], cl")).toBe("8808");
    expect(asm("push [rax]")).toBe("ff30");
    expect(asm("call [rax]")).toBe("ff10");
  });

  it("refuses immediates that do not fit", () => {
    expect(failure("mov al, 256")).toMatch(/no form/);
    expect(failure("add rax, 0x80000000")).toMatch(/no form/);
    expect(asm("add eax, 0xffffffff")).toBe("83c0ff");
    expect(asm("add cx, 0xffff")).toBe("6683c1ff");
    const ax = { kind: "register", class: RC_GPR16, number: 0 } as const;
    const rax = { kind: "register", class: RC_GPR64, number: 0 } as const;
    expect(() => encode({ mode: 64, mnemonic: "mov", operands: [ax, rax] })).toThrow(IsinglassError);
  });
});

describe("the assembler", () => {
  it("makes branches short where they reach and long where they do not", () => {
    expect(asm("a: jmp a")).toBe("ebfe");
    expect(asm("jne b\nresb 127\nb: nop")).toBe(`757f${"00".repeat(127)}90`);
    expect(asm("jne b\nresb 128\nb: nop")).toBe(`0f8580000000${"00".repeat(128)}90`);
    expect(asm("call f\nf: ret", 32)).toBe("e800000000c3");
    expect(asm("jmp near b\nb:", 64)).toBe("e900000000");
    expect(failure("jmp short b\nresb 200\nb:")).toMatch(/line 1/);
    // Growing the second branch pushes the first one's target out of reach.
    expect(asm("jz b\nresb 123\njz c\nb: resb 200\nc:").slice(0, 12)).toBe("0f8481000000");
  });

  it("resolves labels forwards, backwards, locally and in expressions", () => {
    const r = assemble(
      "start: lea rax,[rip+msg]\n.loop: dec ecx\njnz .loop\nret\nother: .loop: jmp .loop\nmsg: db 'hi',0\nlen equ $-msg\ndd len, msg-start",
      {
        origin: 0x1000n,
      },
    );
    expect(hex(r.bytes)).toBe("488d0507000000ffc975fcc3ebfe686900030000000e000000");
    expect(r.symbols.get("len")).toBe(3n);
    expect(r.symbols.get("other.loop")).toBe(0x100cn);
    expect(failure("jmp nowhere")).toMatch(/line 1: "nowhere" is not defined/);
    expect(failure("a:\na:")).toMatch(/line 2: "a" is defined twice/);
  });

  it("switches the code size, as boot code does", () => {
    const code = asm(
      "cli\nlgdt [gdtr]\nmov eax,cr0\nor al,1\nmov cr0,eax\njmp 0x08:pm\nbits 32\npm: mov ax,0x10\nmov ds,ax\nbits 64\nmov cr3,rax\nbits 16\ngdtr: dw 0x17\ndd 0x800",
      16,
      0x7c00n,
    );
    expect(code).toBe("fa0f01161d7c0f20c00c010f22c0ea137c080066b81000668ed80f22d8170000080000");
  });

  it("takes data, strings, characters, reservations and alignment", () => {
    expect(asm("db 1, 'ab', \"c\\n\", 'd'+1\ndw 0x1234, 'ab'\ndd -1\ndq 0x1122334455667788")).toBe(
      "016162630a6534126162ffffffff8877665544332211",
    );
    expect(asm("db 1\nalign 4\ndb 2\nalign 4, 0x90\nresw 1\ndb 3")).toBe("0100000002909090000003");
    expect(asm("dd (1+2)*3 << 4 | 0b101, 0ffh, 7/2, 7%2, ~0 & 0xff")).toBe("95000000ff0000000300000001000000ff000000");
    expect(asm("org 0x100\na: dw a", 16)).toBe("0001");
  });

  it("reads what objdump prints", () => {
    expect(asm("rep movs QWORD PTR es:[rdi],QWORD PTR ds:[rsi]")).toBe("f348a5");
    expect(asm("lods al,BYTE PTR fs:[rsi]")).toBe("64ac");
    expect(asm("lock cmpxchg QWORD PTR [rdi+rcx*8-0x10],rdx")).toBe("f0480fb154cff0");
    expect(asm("movabs rax,0x1")).toBe("48b80100000000000000");
    expect(asm("movabs al,ds:0x1122334455667788")).toBe("a08877665544332211");
    expect(asm("fadd st,st(1)")).toBe("d8c1");
    expect(asm("notrack jmp rax")).toBe("3effe0");
    expect(asm("jae 0x10\nsetge al\ncmovg eax,ecx").startsWith("730e0f9dc00f4fc1")).toBe(true);
  });

  it("refuses data that does not fit, as it refuses such an immediate", () => {
    expect(asm("db -128, 255\ndw -32768, 65535\ndd -0x80000000, 0xffffffff\nalign 16, 255", 32).slice(0, 28)).toBe(
      "80ff0080ffff00000080ffffffff",
    );
    expect(asm("dq -0x8000000000000000, 0xffffffffffffffff")).toBe("0000000000000080ffffffffffffffff");
    expect(failure("nop\ndb 256")).toBe("line 2: 256 does not fit into a byte; -128 to 255 does");
    expect(failure("db -129")).toMatch(/^line 1: -129 does not fit into a byte/);
    expect(failure("dw 70000")).toBe("line 1: 70000 does not fit into 2 bytes; -32768 to 65535 does");
    expect(failure("dd 0x1ffffffff")).toMatch(/^line 1: 8589934591 does not fit into 4 bytes/);
    expect(failure("dq 0x10000000000000000")).toMatch(/does not fit into 8 bytes/);
    expect(failure("nop\nalign 4, 256")).toMatch(/^line 2: 256 does not fit into a byte/);
    // A label further down has its value only in a later pass.
    expect(asm("org 0x7c00\nstart: db end - start\nend:", 16)).toBe("01");
  });

  it("refuses constants that are made of themselves", () => {
    expect(failure("nop\na equ a")).toBe('line 2: "a" is defined by itself: a, a');
    expect(failure("a equ b\nb equ 2*c\nc equ a+1\ndb a")).toBe('line 1: "a" is defined by itself: a, b, c, a');
    expect(asm("a equ b\nb equ c\nc equ 7\nd equ a+b\ndb a, d")).toBe("070e");
  });

  it("says the line and what is wrong", () => {
    expect(failure("nop\nfoo eax")).toBe('line 2: there is no instruction "foo"');
    expect(failure("mov eax,")).toMatch(/line 1: expected a number or a name/);
    expect(failure("mov eax, ebx ecx")).toMatch(/line 1: unexpected text/);
    expect(failure("mov eax, [rax+ecx]")).toMatch(/line 1: ecx cannot be in this address/);
    expect(failure("mov eax, [rax+rcx*3]")).toMatch(/1, 2, 4 or 8/);
    expect(failure("db 1/0")).toMatch(/division by zero/);
    expect(failure("mov eax, `")).toMatch(/cannot read/);
    expect(failure("lock")).toMatch(/a prefix needs an instruction/);
    expect(failure("lock mov eax, ebx")).toMatch(/no form/);
  });
});
