import {
  FLAGS_STATUS,
  GPR_NAMES,
  S,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_LIMIT,
  SEG_SELECTOR,
  SEGMENT_NAMES,
  type X86Cpu,
  readFlags,
  segmentOffset,
  setSegment,
  vectorOffset,
  writeFlags,
} from "@isinglass/cpu-x86";
import { IsinglassError, type RegisterAccess } from "@isinglass/interface";

const isGpr = (name: string): boolean => GPR_NAMES.some((known) => known === name);
/** Bits of RFLAGS that exist (SDM vol. 1, figure 3-8). */
const FLAGS = 0x3f7fd5;

/** Fields of the state that are registers just so: offset and bytes. */
const PLAIN: Readonly<Record<string, readonly [offset: number, bytes: number]>> = {
  ...Object.fromEntries(GPR_NAMES.map((name, i) => [name, [S.gpr + i * 8, 8] as const])),
  "gdtr.base": [S.gdtBase, 8],
  "gdtr.limit": [S.gdtLimit, 4],
  "idtr.base": [S.idtBase, 8],
  "idtr.limit": [S.idtLimit, 4],
  cr0: [S.cr0, 8],
  cr2: [S.cr2, 8],
  cr3: [S.cr3, 8],
  cr4: [S.cr4, 8],
  dr0: [S.dr, 8],
  dr1: [S.dr + 8, 8],
  dr2: [S.dr + 16, 8],
  dr3: [S.dr + 24, 8],
  dr6: [S.dr + 48, 8],
  dr7: [S.dr + 56, 8],
  efer: [S.efer, 8],
  star: [S.star, 8],
  lstar: [S.lstar, 8],
  cstar: [S.cstar, 8],
  sfmask: [S.sfmask, 8],
  "kernel-gs-base": [S.kernelGsBase, 8],
  "sysenter-cs": [S.sysenterCs, 8],
  "sysenter-esp": [S.sysenterEsp, 8],
  "sysenter-eip": [S.sysenterEip, 8],
  pat: [S.pat, 8],
  "apic-base": [S.apicBase, 8],
  xcr0: [S.xcr0, 8],
  pkru: [S.pkru, 4],
  cpl: [S.cpl, 4],
  mxcsr: [S.mxcsr, 4],
  fcw: [S.fcw, 2],
};

/** Bits of what is kept in fields that are wider than it. */
const NARROW: Readonly<Record<string, number>> = {
  cpl: 2,
  fsw: 16,
  ftw: 8,
  "gdtr.limit": 16,
  "idtr.limit": 16,
};
/** Of segments; a selector has 16. */
const SEGMENT_BITS: Readonly<Record<string, number>> = { base: 64, limit: 32, attributes: 17 };
const WIDE_BITS: Readonly<Record<string, number>> = { mm: 64, st: 80, xmm: 128, ymm: 256 };
/** Outside of 64-bit code nothing more of them can be used. */
const SHORT = /^(r(ax|cx|dx|bx|sp|bp|si|di|ip|flags|\d+)|cr\d|dr\d|.*\.base)$/;

/** Bits of a register, in code of `mode` bits; undefined: there is no such register. */
export function registerBits(name: string, mode: 16 | 32 | 64): number | undefined {
  if (!NAMES.includes(name)) return undefined;
  if (mode !== 64 && SHORT.test(name)) return 32;
  const plain = PLAIN[name];
  const [first = "", part] = name.split(".");
  return (
    NARROW[name] ??
    (plain !== undefined ? plain[1] * 8 : undefined) ??
    WIDE_BITS[/^(mm|st|[xy]mm)\d+$/.exec(name)?.[1] ?? ""] ??
    (SEGMENT_NAMES.some((known) => known === first) ? (part === undefined ? 16 : SEGMENT_BITS[part]) : 64)
  );
}

/** Names whose change means that translation or mode must be derived anew. */
const DERIVES = /^(cr[034]|dr[0-37]|efer|cpl|pkru|rflags|(es|cs|ss|ds|fs|gs|ldtr|tr)(\..*)?)$/;

const NAMES: readonly string[] = [
  ...GPR_NAMES,
  "rip",
  "rflags",
  ...SEGMENT_NAMES.flatMap((name) => [name, `${name}.base`, `${name}.limit`, `${name}.attributes`]),
  ...Object.keys(PLAIN).filter((name) => !isGpr(name)),
  "fsw",
  "ftw",
  ...Array.from({ length: 8 }, (_, i) => `st${i}`),
  ...Array.from({ length: 8 }, (_, i) => `mm${i}`),
  ...Array.from({ length: 16 }, (_, i) => `xmm${i}`),
  ...Array.from({ length: 16 }, (_, i) => `ymm${i}`),
];

/**
 * A CPU's registers by name. `rip` is the offset in CS. A segment's parts are `cs` (the selector alone), `cs.base`, `cs.limit` in bytes and
 * `cs.attributes` (access rights as in a descriptor, bit 16: unusable). `ftw` has the full tag of x87 registers as FXSAVE's byte: bit n set means that
 * physical register n holds a value. `st0` has 80 bits; `mm0` is the significand of physical register 0, whatever TOP is, and writing it changes no tag.
 */
export class CpuRegisters implements RegisterAccess {
  readonly names: readonly string[] = NAMES;
  readonly #cpu: X86Cpu;

  constructor(cpu: X86Cpu) {
    this.#cpu = cpu;
  }

  get(name: string): bigint {
    const cpu = this.#cpu;
    const plain = PLAIN[name];
    if (plain !== undefined) return this.#read(plain[0], plain[1]);
    if (name === "rip") return cpu.is64 ? cpu.getBig(S.rip) : BigInt(cpu.ipLo() >>> 0);
    if (name === "rflags") return BigInt(readFlags(cpu) >>> 0);
    if (name === "fsw") return BigInt((cpu.get32(S.fsw) & ~0x3800) | ((cpu.get32(S.fpuTop) & 7) << 11));
    if (name === "ftw") {
      let tags = 0;
      for (let i = 0; i < 8; i += 1) if (cpu.u8[cpu.base + S.fpuEmpty + i] === 0) tags |= 1 << i;
      return BigInt(tags);
    }
    const [part, field] = this.#segment(name);
    if (part >= 0) return this.#read(segmentOffset(part) + field, field === SEG_BASE ? 8 : 4);
    const [offset, bytes] = this.#wide(name);
    return this.#read(offset, bytes);
  }

  set(name: string, value: bigint): void {
    const cpu = this.#cpu;
    if (typeof value !== "bigint")
      throw new IsinglassError(
        "ISG_CPU_BAD_VALUE",
        `cpu: ${name}: the ${typeof value} ${String(value)}; a bigint such as 7n is right`,
        { name },
      );
    const plain = PLAIN[name];
    const number = Number(BigInt.asUintN(32, value)) | 0;
    if (plain !== undefined) this.#write(plain[0], plain[1], value);
    else if (name === "rip") cpu.setIp(number, Number(BigInt.asIntN(32, value >> 32n)));
    else if (name === "rflags") writeFlags(cpu, number, FLAGS | FLAGS_STATUS);
    else if (name === "fsw") {
      cpu.set32(S.fsw, number & 0xc7ff);
      cpu.set32(S.fpuTop, (number >> 11) & 7);
    } else if (name === "ftw")
      for (let i = 0; i < 8; i += 1) cpu.u8[cpu.base + S.fpuEmpty + i] = (number >> i) & 1 ? 0 : 1;
    else {
      const [part, field] = this.#segment(name);
      if (part >= 0) this.#setSegment(part, field, value);
      else {
        const [offset, bytes] = this.#wide(name);
        this.#write(offset, bytes, value);
      }
    }
    if (DERIVES.test(name)) cpu.refresh();
  }

  #segment(name: string): readonly [number, number] {
    const [segment = "", part] = name.split(".");
    const field =
      part === undefined ? SEG_SELECTOR : { base: SEG_BASE, limit: SEG_LIMIT, attributes: SEG_ATTRIBUTES }[part];
    return field === undefined ? [-1, 0] : [SEGMENT_NAMES.findIndex((known) => known === segment), field];
  }

  #setSegment(segment: number, field: number, value: bigint): void {
    const at = segmentOffset(segment);
    const read = (f: number): bigint => (f === field ? value : this.#read(at + f, f === SEG_BASE ? 8 : 4));
    // A linear pc moves with the base of its segment.
    const rip = this.get("rip");
    const base = read(SEG_BASE);
    setSegment(
      this.#cpu,
      segment,
      Number(read(SEG_SELECTOR) & 0xffffn),
      Number(read(SEG_ATTRIBUTES) & 0x1ffffn),
      Number(BigInt.asIntN(32, base)),
      Number(BigInt.asIntN(32, base >> 32n)),
      Number(BigInt.asUintN(32, read(SEG_LIMIT))),
    );
    if (segment === 1) {
      this.#cpu.refresh();
      this.set("rip", rip);
    }
  }

  /** Vector and x87 registers. */
  #wide(name: string): readonly [offset: number, bytes: number] {
    const match = /^(xmm|ymm|mm|st)(\d+)$/.exec(name);
    const number = Number(match?.[2] ?? 99);
    if (match?.[1] === "st" && number < 8) return [S.fpr + ((number + this.#cpu.get32(S.fpuTop)) & 7) * 16, 10];
    if (match?.[1] === "mm" && number < 8) return [S.fpr + number * 16, 8];
    if ((match?.[1] === "xmm" || match?.[1] === "ymm") && number < 16)
      return [vectorOffset(number), match?.[1] === "xmm" ? 16 : 32];
    throw new IsinglassError(
      "ISG_CPU_UNKNOWN_REGISTER",
      `cpu: no register "${name}"; there are rax to r15, rip, rflags, cs, cs.base, cr0, xmm0 and so on`,
      { name },
    );
  }

  #read(offset: number, bytes: number): bigint {
    const { u8, base } = this.#cpu;
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(u8[base + offset + i]!);
    return value;
  }

  #write(offset: number, bytes: number, value: bigint): void {
    const { u8, base } = this.#cpu;
    for (let i = 0; i < bytes; i += 1) u8[base + offset + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }
}
