import { assemble } from "@isinglass/isa-x86";
import type { Random } from "@isinglass/testkit";
import { DATA, someAddress, someMmio, somePort } from "./places.js";

type Bits = 16 | 32 | 64;

/** What random bytes seldom are: instructions of the system, of every kind, with registers that hold anything. */
const SYSTEM =
  `cli|sti|hlt|pause|cpuid|rdtsc|rdtscp|rdpmc|rdmsr|wrmsr|invd|wbinvd|clts|lahf|sahf|int3|int1|into|ud2|rsm|vmcall|vmlaunch|vmrun|clgi|stgi
  |xgetbv|xsetbv|rdpkru|wrpkru|clac|stac|swapgs|syscall|sysret|sysenter|sysexit|monitor|mwait|fninit|fwait|emms|cld|std|popfd|pushfd|popf|pushf
  |lgdt [bx]|lidt [bx]|sgdt [bx]|sidt [bx]|lldt ax|sldt ax|ltr ax|str ax|lmsw ax|smsw ax|verr ax|verw ax|lar eax, ax|lsl eax, ax|arpl ax, bx
  |invlpg [bx]|invpcid ecx, [bx]|invpcid eax, [bx]|fxsave [bx]|fxrstor [bx]|xsave [bx]|xrstor [bx]|xsaveopt [bx]|xsavec [bx]|xsaves [bx]|xrstors [bx]
  |iret|iretd|iretq|retf|retf 8|retn|leave|enter 16, 3|pop ds|pop es|pop ss|pop fs|pop gs|push cs|push fs|mov ds, ax|mov es, ax|mov ss, ax|mov fs, ax|mov gs, ax
  |lds eax, [bx]|les eax, [bx]|lss eax, [bx]|lfs eax, [bx]|lgs eax, [bx]|jmp far [bx]|call far [bx]|call [bx]|jmp [bx]
  |in al, dx|in ax, dx|in eax, dx|out dx, al|out dx, ax|out dx, eax|insb|insw|insd|outsb|outsw|outsd|rep insb|rep insd|rep outsb|rep outsd
  |rep movsb|rep movsd|rep stosb|rep stosd|rep lodsb|repe cmpsb|repne scasb|rep movsq|rep stosq|movsb|movsd|stosd|lodsd|cmpsd
  |lock inc dword [bx]|lock xadd [bx], eax|xchg [bx], eax|lock cmpxchg [bx], ecx|lock cmpxchg8b [bx]|lock cmpxchg16b [bx]|lock bts [bx], ecx|push dword [bx]|pop dword [bx]
  |movups [bx], xmm1|movups xmm1, [bx]|vmovups [bx], ymm1|vmovups ymm1, [bx]|vmaskmovps [bx], ymm1, ymm2|vpgatherdd ymm1, [bx+ymm2*4], ymm3|maskmovdqu xmm1, xmm2
  |fld tbyte [bx]|fstp tbyte [bx]|fsave [bx]|frstor [bx]|fstenv [bx]|fldenv [bx]|fbld [bx]|fbstp [bx]|clflush [bx]|clflushopt [bx]|prefetcht0 [bx]|movbe eax, [bx]|crc32 eax, dword [bx]
  |rdrand eax|rdseed eax|rdfsbase eax|wrfsbase eax|rdgsbase rax|wrgsbase rax|rdpid eax|popcnt eax, [bx]|div dword [bx]|idiv byte [bx]|bound eax, [bx]|mov eax, cs|xlatb
  |${[0, 2, 3, 4, 8].map((n) => `mov cr${n}, eax|mov eax, cr${n}|mov cr${n}, rax|mov rax, cr${n}`).join("|")}
  |${[0, 1, 2, 3, 6, 7].map((n) => `mov dr${n}, eax|mov eax, dr${n}|mov dr${n}, rax`).join("|")}`
    .split("|")
    .map((text) => text.trim());

/** Addresses by way of the register that is wide enough. */
function assembled(mode: Bits): readonly Uint8Array[] {
  const base = { 16: "bx", 32: "ebx", 64: "rbx" }[mode];
  const list: Uint8Array[] = [];
  for (const text of SYSTEM) {
    try {
      list.push(assemble(text.replace("[bx", `[${base}`), { mode }).bytes);
    } catch {
      // No such instruction in this mode.
    }
  }
  return list;
}

const LISTS: Readonly<Record<Bits, readonly Uint8Array[]>> = {
  16: assembled(16),
  32: assembled(32),
  64: assembled(64),
};
const PREFIXES = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const MSRS = [
  0x10, 0x1b, 0x3a, 0x3b, 0x8b, 0xc1, 0xfe, 0x174, 0x175, 0x176, 0x179, 0x17a, 0x186, 0x1a0, 0x1d9, 0x200, 0x201, 0x20f,
  0x250, 0x26f, 0x277, 0x2ff, 0x400, 0x401, 0x6e0, 0x6e1, 0xda0, 0x802, 0x808, 0x80b, 0x80f, 0x830, 0x832, 0x838, 0x83e,
  0x83f, 0x848, 0xc000_0080, 0xc000_0081, 0xc000_0082, 0xc000_0084, 0xc000_0100, 0xc000_0101, 0xc000_0102, 0xc000_0103,
  0xc001_0015,
];

/** Bytes of one instruction, more or less, as they stand in a slot of a program. */
export class RandomCode {
  readonly #random: Random;
  readonly #bits: Bits;
  readonly #bars: readonly number[];
  #out: number[] = [];

  constructor(random: Random, bits: Bits, bars: readonly number[]) {
    this.#random = random;
    this.#bits = bits;
    this.#bars = bars;
  }

  instruction(): readonly number[] {
    const random = this.#random;
    this.#out = [];
    const kind = random.below(16);
    if (kind < 6) this.#encoded();
    else if (kind < 9) this.#out.push(...random.pick(LISTS[this.#bits]));
    else if (kind === 9) for (let i = 0; i < 15; i += 1) this.#byte(random.u32());
    else if (kind === 10) this.#port();
    else if (kind === 11) this.#device();
    else if (kind === 12) this.#msr();
    else if (kind === 13) this.#configuration();
    else if (kind === 14) this.#store();
    else this.#jump();
    return this.#out;
  }

  #byte(value: number): void {
    this.#out.push(value & 0xff);
  }

  #word(value: number): void {
    for (let i = 0; i < 4; i += 1) this.#byte(value >>> (8 * i));
  }

  /** MOV r32, imm32. */
  #load(register: number, value: number): void {
    if (this.#bits === 16) this.#byte(0x66);
    this.#byte(0xb8 + register);
    this.#word(value);
  }

  #encoded(): void {
    const random = this.#random;
    while (random.oneIn(3)) this.#byte(random.pick(PREFIXES));
    const map = random.below(16);
    if (map === 0) {
      // VEX, in three bytes and in two.
      this.#byte(0xc4);
      this.#byte((random.below(8) << 5) | random.pick([1, 1, 2, 2, 3, random.below(32)]));
      this.#byte(random.u32());
    } else if (map === 1) {
      this.#byte(0xc5);
      this.#byte(random.u32());
    } else {
      if (this.#bits === 64 && random.oneIn(2)) this.#byte(0x40 + random.below(16));
      if (map < 10) this.#byte(0x0f);
      if (map === 2 || map === 3) this.#byte(0x38);
      if (map === 4) this.#byte(0x3a);
    }
    this.#byte(random.u32());
    this.#byte(random.oneIn(2) ? random.u32() : 0xc0 | random.u32());
    this.#byte(random.u32());
    this.#word(random.oneIn(2) ? random.below(256) - 128 : someAddress(random, this.#bars));
    this.#word(random.u32());
  }

  #port(): void {
    const random = this.#random;
    this.#load(2, somePort(random));
    if (random.oneIn(2)) this.#load(0, random.pick([random.u32(), random.below(256), random.below(16)]));
    this.#out.push(...random.pick([[0xec], [0xed], [0xee], [0xef], [0xf3, 0x6c], [0xf3, 0x6e], [0x66, 0xef]]));
  }

  #device(): void {
    const random = this.#random;
    this.#load(3, someMmio(random, this.#bars));
    if (this.#bits === 16) this.#byte(0x67);
    this.#out.push(
      ...random.pick([
        [0x89, 0x03],
        [0x8b, 0x03],
        [0x88, 0x03],
        [0x66, 0x89, 0x03],
        [0xf0, 0x01, 0x03],
        [0x87, 0x03],
        [0xc7, 0x03],
        [0xff, 0x33],
        [0x0f, 0x11, 0x03],
        [0x0f, 0xc7, 0x0b],
        [0x66, 0x0f, 0xae, 0x03],
        [0x0f, 0xc0, 0x03],
        [0xff, 0x23],
        [0xff, 0x13],
      ]),
    );
    this.#word(random.oneIn(2) ? random.u32() : random.below(0x20000));
  }

  #msr(): void {
    const random = this.#random;
    this.#load(1, random.oneIn(8) ? random.u32() : random.pick(MSRS));
    if (random.oneIn(2)) this.#load(0, random.pick([random.u32(), random.below(0x1000), 0xfee0_0900, 0xfee0_0d00]));
    this.#byte(0x0f);
    this.#byte(random.oneIn(3) ? 0x32 : 0x30);
  }

  /** A write of PCI's address port: the data port is reached by another instruction. */
  #configuration(): void {
    const random = this.#random;
    if (random.oneIn(2)) {
      this.#load(2, 0xcf8);
      this.#load(0, (0x8000_0000 | (random.below(8) << 11) | (random.below(4) << 8) | (random.below(64) << 2)) >>> 0);
    } else {
      this.#load(2, 0xcfc + random.below(4));
      this.#load(0, random.pick([random.u32(), 0xffff_ffff, 0, 7]));
    }
    if (this.#bits === 16) this.#byte(0x66);
    this.#byte(0xef);
  }

  /** To an address that is written into the instruction: tables, code, data. */
  #store(): void {
    const random = this.#random;
    const at = random.oneIn(4) ? DATA + random.below(0x1000) : random.below(0x38000);
    if (this.#bits === 16) this.#byte(0x67);
    this.#out.push(random.pick([0xc6, 0xc7]), this.#bits === 64 ? 0x04 : 0x05);
    if (this.#bits === 64) this.#byte(0x25);
    this.#word(at);
    this.#word(random.pick([random.u32(), 0x90909090, random.below(256)]));
  }

  #jump(): void {
    const random = this.#random;
    const to = random.below(64) - 32;
    if (random.oneIn(3)) this.#out.push(0xcd, random.pick([0x80, 0x41, 0x42, 0x43, 3, 4, random.below(256)]));
    else this.#out.push(random.pick([0xeb, 0x70 + random.below(16), 0xe0 + random.below(4)]), (to * 16) & 0xff);
  }
}
