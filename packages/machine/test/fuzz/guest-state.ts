import { CS, DS, ES, FS, GS, LDTR, S, SS, TR, setSegment, writeFlags } from "@isinglass/cpu-x86";
import type { Random } from "@isinglass/testkit";
import type { EngineVcpu } from "../../src/engine-vcpu.js";
import {
  GDT,
  GDT_LIMIT,
  IDT_32,
  IDT_64,
  LDT,
  PAGES_32,
  PAGES_4,
  PAGES_5,
  POINTERS_PAE,
  SELECTORS,
  TSS_32,
  TSS_32_LIMIT,
  TSS_64,
} from "./guest-tables.js";
import { CODE, someValue } from "./places.js";

type Paging = "none" | "32" | "pae" | "4" | "5";

/** A mode of the CPU and a privilege in it. */
export interface Mode {
  readonly name: string;
  readonly bits: 16 | 32 | 64;
  readonly cpl: number;
  readonly kind: "real" | "protected" | "v86" | "long";
  readonly paging: Paging;
}

const PAGINGS: readonly Paging[] = ["none", "32", "pae"];
const LONG: readonly Paging[] = ["4", "5"];
const mode = (kind: Mode["kind"], bits: Mode["bits"], cpl: number, paging: Paging): Mode => ({
  name: `${kind}${bits} ring ${cpl} paging ${paging}`,
  bits,
  cpl,
  kind,
  paging,
});

export const MODES: readonly Mode[] = [
  mode("real", 16, 0, "none"),
  ...PAGINGS.flatMap((paging) => [
    mode("protected", 32, 0, paging),
    mode("protected", 32, 1, paging),
    mode("protected", 32, 3, paging),
    mode("protected", 16, 0, paging),
    mode("protected", 16, 3, paging),
    mode("v86", 16, 3, paging),
  ]),
  ...LONG.flatMap((paging) => [
    mode("long", 64, 0, paging),
    mode("long", 64, 3, paging),
    mode("long", 64, 0, paging),
    mode("long", 64, 3, paging),
    mode("long", 32, 0, paging),
    mode("long", 32, 3, paging),
    mode("long", 16, 3, paging),
  ]),
];

const CR0_PE = 1;
const CR0_WP = 0x10000;
const CR0_AM = 0x40000;
const CR0_PG = 0x80000000;
const CR4 = { VME: 1, PVI: 2, TSD: 4, DE: 8, PSE: 0x10, PAE: 0x20, PGE: 0x80, PCE: 0x100, SSE: 0x600, UMIP: 0x800 };
const CR4_LA57 = 0x1000;
const CR4_FSGSBASE = 0x10000;
const CR4_PCIDE = 0x20000;
const CR4_OSXSAVE = 0x40000;
const CR4_SMEP = 0x100000;
const CR4_SMAP = 0x200000;
const CR4_PKE = 0x400000;
const EFER_SCE = 1;
const EFER_LONG = 0x500;
const EFER_NXE = 0x800;
const FLAG = { TF: 0x100, IF: 0x200, DF: 0x400, NT: 0x4000, RF: 0x10000, VM: 0x20000, AC: 0x40000 };

/** A bit, or not, once in `n` times. */
const maybe = (random: Random, n: number, bit: number): number => (random.oneIn(n) ? bit : 0);

/** CS and the data segments of a mode: selectors, and rights that are right for them. */
function segments(random: Random, { kind, bits, cpl }: Mode): readonly [code: number, data: number] {
  if (kind === "real" || kind === "v86") return [0, 0];
  const s = SELECTORS;
  const data = cpl === 0 ? (random.oneIn(6) ? s.DATA16 : s.DATA) : cpl === 1 ? s.DATA1 : s.UDATA;
  if (bits === 64) return [cpl === 0 ? s.CODE64 : s.UCODE64, data];
  if (bits === 32) return [cpl === 0 ? s.CODE32 : cpl === 1 ? s.CODE1 : s.UCODE32, data];
  return [cpl === 0 ? s.CODE16 : s.UCODE16, data];
}

/** Puts a vCPU that was just reset into a mode, with random registers, about to execute the program `index`. */
export function enter(random: Random, vcpu: EngineVcpu, index: number, to: Mode, bars: readonly number[]): void {
  const { cpu } = vcpu;
  const { kind, bits, cpl, paging } = to;
  const isLong = kind === "long";
  const isPlain = kind === "real" || kind === "v86";
  const has = (feature: string): boolean => cpu.model.features.includes(feature);
  const root = { none: 0, "32": PAGES_32, pae: POINTERS_PAE, "4": PAGES_4, "5": PAGES_5 }[paging];
  const cr0 =
    0x32 |
    (kind === "real" ? 0 : CR0_PE) |
    (paging === "none" ? 0 : CR0_PG) |
    maybe(random, 2, CR0_WP) |
    maybe(random, 3, CR0_AM) |
    maybe(random, 16, 8) |
    maybe(random, 16, 4);
  const optional: readonly (readonly [number, string])[] = [
    [CR4.VME, "vme"],
    [CR4.PVI, "vme"],
    [CR4.TSD, ""],
    [CR4.DE, ""],
    [CR4.PGE, ""],
    [CR4.PCE, ""],
    [CR4.UMIP, "umip"],
    [CR4_FSGSBASE, "fsgsbase"],
    [CR4_SMEP, "smep"],
    [CR4_SMAP, "smap"],
    [CR4_PKE, "pku"],
  ];
  let cr4 = CR4.PSE | (random.oneIn(8) ? 0 : CR4.SSE);
  for (const [bit, feature] of optional) if (feature === "" || has(feature)) cr4 |= maybe(random, 3, bit);
  if (has("xsave") && !random.oneIn(4)) cr4 |= CR4_OSXSAVE;
  if (paging !== "none" && paging !== "32") cr4 |= CR4.PAE;
  if (paging === "5") cr4 |= CR4_LA57;
  if (isLong && has("pcid")) cr4 |= maybe(random, 3, CR4_PCIDE);
  cpu.set64(S.cr0, cr0, 0);
  cpu.set64(S.cr3, root | ((cr4 & CR4_PCIDE) === 0 ? 0 : random.below(4)), 0);
  cpu.set64(S.cr4, cr4, 0);
  cpu.set64(S.efer, maybe(random, 2, EFER_SCE) | maybe(random, 2, EFER_NXE) | (isLong ? EFER_LONG : 0), 0);
  if (paging === "pae") for (let i = 0; i < 4; i += 1) cpu.set64(S.pdpte + i * 8, (i === 3 ? 0x15000 : 0x14000) + 1, 0);
  if (has("avx") && random.oneIn(2)) cpu.set64(S.xcr0, 7, 0);
  if (random.oneIn(8)) cpu.set32(S.pkru, random.u32() | 0);
  const [code, data] = segments(random, to);
  const dpl = cpl << 5;
  const codeRights = bits === 64 ? 0xa09b : bits === 32 ? 0xc09b : 0x809b;
  for (const segment of [ES, SS, DS, FS, GS])
    setSegment(
      cpu,
      segment,
      data,
      isPlain ? 0x93 | (kind === "v86" ? 0x60 : 0) : 0xc093 | dpl,
      0,
      0,
      isPlain ? 0xffff : 0xffffffff,
    );
  // A real-mode program lies in a segment of its own.
  const base = isPlain ? CODE[index]! : 0;
  setSegment(
    cpu,
    CS,
    isPlain ? base >> 4 : code,
    isPlain ? 0x9b | (kind === "v86" ? 0x60 : 0) : codeRights | dpl,
    base,
    0,
    isPlain ? 0xffff : 0xffffffff,
  );
  if (isLong) setSegment(cpu, TR, SELECTORS.TSS64, 0x8b, TSS_64, 0, 0x67);
  else setSegment(cpu, TR, SELECTORS.TSS32, 0x8b, TSS_32, 0, TSS_32_LIMIT);
  setSegment(cpu, LDTR, SELECTORS.LDT, 0x82, LDT, 0, 0xff);
  cpu.set64(S.gdtBase, GDT, 0);
  cpu.set32(S.gdtLimit, GDT_LIMIT);
  cpu.set64(S.idtBase, kind === "real" ? 0 : isLong ? IDT_64 : IDT_32, 0);
  cpu.set32(S.idtLimit, kind === "real" ? 0x3ff : isLong ? 0xfff : 0x7ff);
  cpu.set32(S.cpl, cpl);
  cpu.set32(S.fcw, random.oneIn(4) ? random.below(0x1000) | 0x40 : 0x37f);
  cpu.set32(S.mxcsr, random.oneIn(4) ? random.below(0x10000) : 0x1f80);
  cpu.u8.fill(1, cpu.base + S.fpuEmpty, cpu.base + S.fpuEmpty + 8);
  for (let i = 0; i < 16; i += 1) cpu.setBig(S.gpr + i * 8, register(random, bits, bars));
  cpu.setBig(S.gpr + 4 * 8, BigInt(0x54000 + index * 0x4000 + random.below(3)));
  for (let i = 0; i < 8 * 64; i += 8) cpu.setBig(S.vector + i, random.oneIn(4) ? random.u64() : 0n);
  const flags = maybe(random, 2, FLAG.IF) | maybe(random, 12, FLAG.TF) | maybe(random, 4, FLAG.DF) | 2;
  const rare = maybe(random, 24, FLAG.NT) | maybe(random, 24, FLAG.RF) | maybe(random, 6, FLAG.AC);
  const iopl = random.oneIn(2) ? 0x3000 : random.below(4) << 12;
  writeFlags(cpu, flags | rare | iopl | (random.u32() & 0x8d5) | (kind === "v86" ? FLAG.VM : 0), 0x3f7fd5);
  cpu.set64(S.rip, CODE[index]!, 0);
  if (random.oneIn(8)) breakpoints(random, vcpu, bars);
  cpu.refresh();
}

/** 16-bit code reaches 64 KiB. */
function register(random: Random, bits: number, bars: readonly number[]): bigint {
  const value = someValue(random, bars);
  return bits === 16 && random.oneIn(2) ? value & 0xffffn : value;
}

function breakpoints(random: Random, { cpu }: EngineVcpu, bars: readonly number[]): void {
  for (let i = 0; i < 4; i += 1) cpu.setBig(S.dr + i * 8, someValue(random, bars));
  cpu.set64(S.dr + 56, ((random.u32() & 0xffff00ff) | 0x400) & ~0x2000, 0);
}
