import { S } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { CODE, DATA, Guest, asm } from "./support/guest.js";

const RAX = 0;
const RCX = 1;
const RBX = 3;

/** The reference decodes each instruction anew: what it cannot get wrong, the cache must not either. */
describe.each(["interpreter", "reference"] as const)("code that changes, on the %s", (executor) => {
  it("executes what the guest wrote over an instruction of the same page that had run before", () => {
    const guest = new Guest({ executor }).load(`
      mov ecx, 3
      xor ebx, ebx
    again:
    patched: mov eax, 1
      add ebx, eax
      add dword [rel patched + 1], 10
      dec ecx
      jnz again
      hlt`);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RBX)).toBe(1n + 11n + 21n);
  });

  it("executes a byte that the instruction just before has written", () => {
    const guest = new Guest({ executor }).load(`
      mov byte [rel next + 1], 42
    next: mov al, 7
      hlt`);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RAX) & 0xffn).toBe(42n);
  });

  it("goes on in a REP STOS that overwrites itself as the new bytes say", () => {
    // F3 AA becomes F4 F4 (HLT) in its first iterations; the one in flight still ends as STOS.
    const at = CODE + 0x20;
    const guest = new Guest({ executor }).load(`
      mov edi, ${at}
      mov ecx, 6
      mov al, 0xf4
      jmp ${at}`);
    guest.write(at, Uint8Array.of(0xf3, 0xaa));
    expect(guest.run()).toBe("halt");
    expect(guest.pc).toBe(at + 1);
    expect(guest.register(RCX)).toBe(5n);
  });

  it("sees a write to the code of another page, also through another address of it", () => {
    const callee = CODE + 0x1000;
    const alias = 0x80000;
    const guest = new Guest({ executor })
      .load(`
        call ${callee}
        mov ebx, eax
        mov byte [${callee + 1}], 2
        call ${callee}
        shl ebx, 8
        or ebx, eax
        mov byte [${alias + 1}], 3
        call ${callee}
        shl ebx, 8
        or ebx, eax
        hlt`)
      .load("mov eax, 1\nret", callee);
    guest.map(alias, callee);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RBX)).toBe(0x010203n);
  });

  it("sees what a device or a debugger writes, between runs and from inside an instruction", () => {
    let onOut = (): void => undefined;
    const guest = new Guest({ executor, onOut: () => onOut() }).load(`
      mov eax, 1
      out 0x80, al
      mov ebx, 2
      hlt`);
    const patch = (): void => void guest.write(CODE + 8, Uint8Array.of(9));
    expect(guest.run()).toBe("halt");
    expect(guest.register(RBX)).toBe(2n);
    onOut = patch;
    guest.setPc(CODE);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RBX)).toBe(9n);
    onOut = () => undefined;
    guest.write(CODE + 8, Uint8Array.of(5));
    guest.setPc(CODE);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RBX)).toBe(5n);
  });

  it("decodes the same bytes anew in another mode", () => {
    // 48 FF C0: INC RAX in 64-bit code; DEC EAX, INC EAX in 32-bit code.
    const guest = new Guest({ executor }).write(CODE, Uint8Array.of(0x48, 0xff, 0xc0, 0xf4));
    const { cpu } = guest;
    guest.run();
    expect(guest.register(RAX)).toBe(1n);
    cpu.set32(S.mode, 1 | 4);
    guest.tlb.dropCode();
    guest.setPc(CODE);
    guest.setRegister(RAX, 0x1_0000_0005n);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RAX)).toBe(5n);
    expect(guest.left).toBe(1_000_000 - 3);
  });
});

describe.each(["interpreter", "reference"] as const)("an instruction on two pages, on the %s", (executor) => {
  const second = CODE + 0x1000;
  const at = second - 3;
  const other = 0x81000;

  /** MOV EAX, imm32 with two of its bytes on the second page, then HLT. */
  function crossing(): Guest {
    const guest = new Guest({ executor }).write(at, asm("mov eax, 0x04030201\nhlt", at));
    guest.setPc(at);
    return guest;
  }

  it("runs", () => {
    const guest = crossing();
    expect(guest.run()).toBe("halt");
    expect(guest.register(RAX)).toBe(0x04030201n);
  });

  it("is decoded anew when its second page is another one", () => {
    const guest = crossing();
    guest.run();
    guest.write(other, Uint8Array.of(0x66, 0x77, 0xf4));
    guest.map(second, other);
    guest.setPc(at);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RAX)).toBe(0x77660201n);
    guest.map(second, second);
    guest.setPc(at);
    guest.run();
    expect(guest.register(RAX)).toBe(0x04030201n);
  });

  it("is decoded anew when its bytes on the second page are written", () => {
    const guest = crossing();
    guest.run();
    guest.write(second, Uint8Array.of(0x55));
    guest.setPc(at);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RAX)).toBe(0x04550201n);
  });

  it("faults with the address of the second page where that is not present, before it has happened", () => {
    const guest = crossing();
    guest.run();
    for (const fuel of [1, 1000]) {
      guest.map(second, -1);
      guest.setRegister(RAX, 99n);
      guest.setPc(at);
      expect(guest.run(fuel)).toBe(14);
      expect(guest.cpu.getBig(S.faultAddress)).toBe(BigInt(second));
      expect(guest.pc).toBe(at);
      expect(guest.left).toBe(fuel);
      expect(guest.register(RAX)).toBe(99n);
    }
  });
});

describe("the arena of decoded code", () => {
  const pages = 24;

  /** A ring of pages, each of which adds its number to RBX; ECX rounds. */
  function ring(arenaBytes: number): Guest {
    const guest = new Guest({ arenaBytes });
    for (let page = 0; page < pages; page += 1) {
      const start = CODE + page * 0x1000;
      const last = page === pages - 1;
      const tail = last ? `dec ecx\njnz ${CODE}\nhlt` : `jmp ${start + 0x1000}`;
      guest.load(`add ebx, ${page + 1}\n${tail}`, start);
    }
    guest.setRegister(RCX, 5n);
    return guest;
  }

  it("is dropped as a whole when it is full, and the guest notices nothing", () => {
    const guest = ring(3 * 65536);
    expect(guest.run()).toBe("halt");
    expect(guest.register(RBX)).toBe(BigInt((5 * pages * (pages + 1)) / 2));
    // 24 tables of 16 KiB are 384 KiB: each round must have dropped what the one before made.
    expect(guest.interpreter.code.stats.drops).toBeGreaterThanOrEqual(5);
    expect(guest.interpreter.code.used).toBeLessThan(3 * 65536);
  });

  it("is not dropped while it has room, and then nothing is decoded twice", () => {
    const guest = ring(8 * 65536);
    expect(guest.run()).toBe("halt");
    expect(guest.interpreter.code.stats.drops).toBe(0);
    const { decoded } = guest.interpreter.code.stats;
    guest.setPc(CODE);
    guest.setRegister(RCX, 5n);
    expect(guest.run()).toBe("halt");
    expect(guest.interpreter.code.stats.decoded).toBe(decoded);
  });

  it("keeps code that was not written to, and invalidates by pieces of 128 bytes", () => {
    const guest = new Guest().load(`inc eax\nhlt\njmp ${CODE}`);
    guest.run();
    const { stats } = guest.interpreter.code;
    guest.write(CODE + 128, Uint8Array.of(1));
    guest.write(DATA, Uint8Array.of(1));
    expect(stats.invalidated).toBe(0);
    guest.write(CODE + 127, Uint8Array.of(1));
    expect(stats.invalidated).toBe(1);
    guest.setPc(CODE);
    guest.run();
    expect(guest.register(RAX)).toBe(2n);
    expect(stats.decoded).toBe(6);
  });
});
