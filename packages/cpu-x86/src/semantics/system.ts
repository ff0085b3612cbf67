import { OP, type Value } from "@isinglass/uops";
import { STATE_COMPACTED, STATE_OPTIMISED, STATE_SUPERVISOR, STATE_WIDE } from "../extended-features.js";
import { HELPERS } from "../helpers.js";
import { FLAG_CF, FLAG_DF, FLAG_IF, FLAG_VM, S, SEG_BASE, segmentOffset } from "../state.js";
import { BIND_MEM_SEGMENT } from "./bindings.js";
import { type Semantics, VECTOR_BP, VECTOR_GP, VECTOR_UD } from "./context.js";
import type { SemanticsTable } from "./table.js";

/** Bytes of an XSAVE area that segment limits are checked for: legacy region and header (SDM vol. 1, 13.4). */
const EXTENDED_AREA = 576;

function changeCarry(change: (s: Semantics, flags: Value) => Value) {
  return (s: Semantics): void => s.flagsBits(change(s, s.statusFlags()));
}

function changeDirection(set: boolean) {
  return (s: Semantics): void => {
    const flags = s.f.stateLoad(OP.stateLoadI32, S.flagsRest);
    const changed = set ? s.op("i32.or", flags, s.f.i32(FLAG_DF)) : s.op("i32.and", flags, s.f.i32(~FLAG_DF));
    s.f.stateStore(OP.stateStoreI32, changed, S.flagsRest);
  };
}

/** Raises #GP(0) unless CPL <= IOPL (SDM vol. 2A, CLI). */
function checkIopl(s: Semantics, flags: Value): void {
  const iopl = s.op("i32.and", s.op("i32.shr_u", flags, s.f.i32(12)), s.f.i32(3));
  s.f.if(s.op("i32.gt_u", s.f.stateLoad(OP.stateLoadI32, S.cpl), iopl), () => s.fault(VECTOR_GP, 0));
}

function cli(s: Semantics): void {
  const flags = s.f.stateLoad(OP.stateLoadI32, S.flagsRest);
  checkIopl(s, flags);
  s.f.stateStore(OP.stateStoreI32, s.op("i32.and", flags, s.f.i32(~FLAG_IF)), S.flagsRest);
}

/** STI: interrupts stay inhibited for one more instruction if they were disabled (SDM vol. 2B, STI). */
function sti(s: Semantics): void {
  const { f } = s;
  const flags = f.stateLoad(OP.stateLoadI32, S.flagsRest);
  checkIopl(s, flags);
  const wasOff = s.op("i32.eqz", s.op("i32.and", flags, f.i32(FLAG_IF)));
  const waits = s.op("i32.ne", f.stateLoad(OP.stateLoadI32, S.eventPending), f.i32(0));
  f.if(s.op("i32.and", wasOff, waits), () => s.assist("interrupt-window"));
  f.stateStore(OP.stateStoreI32, s.op("i32.or", flags, f.i32(FLAG_IF)), S.flagsRest);
  // Also where nothing waits yet: what comes at the very next boundary waits for one more instruction, such as HLT.
  f.if(wasOff, () => f.stateStore(OP.stateStoreI32, s.op("i32.wrap_i64", f.nextPc()), S.interruptShadow));
}

/** A spin-wait loop says that it waits: where another processor of the machine could run, it is that one's turn. */
function pause(s: Semantics): void {
  s.f.if(s.f.stateLoad(OP.stateLoadI32, S.yields), () => s.assist("pause"));
}

/** Raises #GP(0) unless CPL is 0. */
export function checkCpl0(s: Semantics): void {
  s.f.if(s.f.stateLoad(OP.stateLoadI32, S.cpl), () => s.fault(VECTOR_GP, 0));
}

function privileged(name: string, a?: (s: Semantics) => Value) {
  return (s: Semantics): void => {
    checkCpl0(s);
    s.assist(name, a?.(s));
  };
}

const direct =
  (name: string) =>
  (s: Semantics): void =>
    s.assist(name);

/** Port number: an unsigned immediate byte or DX. */
function port(s: Semantics, operand: number): Value {
  const value = s.read(operand);
  return s.op("i32.wrap_i64", s.zext(value, s.shape.opKind[operand] === 1 ? 16 : 8));
}

function input(s: Semantics): void {
  const bits = s.bits(0);
  s.assist("in", port(s, 1), s.f.i32(bits >> 3));
  s.setGpr(0, s.f.stateLoad(OP.stateLoad64, S.scratch), bits);
}

function output(s: Semantics): void {
  const bits = s.bits(1);
  s.f.stateStore(OP.stateStore64, s.zext(s.gpr(0, bits), bits), S.scratch);
  s.assist("out", port(s, 0), s.f.i32(bits >> 3));
}

function interrupt(s: Semantics): void {
  s.assist("interrupt", s.op("i32.and", s.immediateI32(), s.f.i32(0xff)), s.f.i32(0));
}

/** LGDT, LIDT: limit and base from memory; the base is 24 bits with a 16-bit operand size. */
function loadTable(name: string) {
  return (s: Semantics): void => {
    checkCpl0(s);
    const wide = s.is64;
    const linear = s.address(wide ? 10 : 6, false);
    const limit = s.loadPart(linear, 16);
    const at = s.op("i64.add", linear, s.const(2));
    let base = wide ? s.loadPart(at, 64) : s.zext(s.loadPart(at, 32), 32);
    if (!wide && s.size === 16) base = s.op("i64.and", base, s.const(0xffffff));
    s.f.stateStore(OP.stateStore64, base, S.scratch);
    s.assist(name, s.op("i32.wrap_i64", s.zext(limit, 16)));
  };
}

/** SGDT, SIDT: allowed at any privilege unless UMIP is on. */
function storeTable(name: string) {
  return (s: Semantics): void => {
    const wide = s.is64;
    s.assist(name);
    const linear = s.address(wide ? 10 : 6, true);
    const limit = s.f.stateLoad(OP.stateLoad64, S.scratch + 8);
    // Both pages are checked before the first of the two stores.
    s.loadPart(linear, 16, 16);
    const at = s.op("i64.add", linear, s.const(2));
    s.loadPart(at, wide ? 64 : 32, 16);
    s.storePart(linear, limit, 16);
    s.storePart(at, s.f.stateLoad(OP.stateLoad64, S.scratch), wide ? 64 : 32);
  };
}

/** SLDT, STR, SMSW: a value from an assist into a register of operand size or 16 bits of memory. */
function storeSystem(name: string) {
  return (s: Semantics): void => {
    s.assist(name);
    const value = s.f.stateLoad(OP.stateLoad64, S.scratch);
    if (s.isMemory(0)) s.store(16, value);
    else s.storeState(s.size, value, 0, s.registerHole(0));
  };
}

function selectorOperand(s: Semantics, operand: number): Value {
  const value = s.isMemory(operand) ? s.load(16) : s.loadState(16, 0, s.registerHole(operand));
  return s.op("i32.wrap_i64", s.zext(value, 16));
}

/** LAR, LSL: destination and ZF written if the descriptor is accessible. */
function describe(name: string) {
  return (s: Semantics): void => {
    s.assist(name, selectorOperand(s, 1));
    const ok = s.f.stateLoad(OP.stateLoad64, S.scratch + 8);
    s.f.if(s.op("i32.wrap_i64", ok), () => s.write(0, s.sext(s.f.stateLoad(OP.stateLoad64, S.scratch), s.bits(0))));
    zeroFlag(s, s.op("i32.wrap_i64", ok));
  };
}

function verify(name: string) {
  return (s: Semantics): void => {
    s.assist(name, selectorOperand(s, 0));
    zeroFlag(s, s.f.stateLoad(OP.stateLoadI32, S.scratch + 8));
  };
}

/** Sets ZF from an i32 0 or 1, keeps the other flags. */
function zeroFlag(s: Semantics, on: Value): void {
  const others = s.op("i32.and", s.statusFlags(), s.f.i32(~0x40));
  s.flagsBits(s.op("i32.or", others, s.op("i32.shl", on, s.f.i32(6))));
}

function clflush(s: Semantics): void {
  // Checked like a byte load; with no cache to flush there is nothing more to do.
  s.load(8);
}

function invlpg(s: Semantics): void {
  checkCpl0(s);
  const offset = s.offset();
  const hole = s.shape.segmentBase ? s.bind("state", { kind: BIND_MEM_SEGMENT, operand: 0 }) : -1;
  const linear = hole < 0 ? offset : s.op("i64.add", offset, s.f.stateLoad(OP.stateLoad64, SEG_BASE, hole));
  s.f.stateStore(OP.stateStore64, s.is64 ? linear : s.zext(linear, 32), S.scratch);
  s.assist("invlpg");
}

function lmsw(s: Semantics): void {
  checkCpl0(s);
  s.assist("lmsw", selectorOperand(s, 0));
}

function selectorLoad(name: string) {
  return (s: Semantics): void => {
    protectedOnly(s);
    checkCpl0(s);
    s.assist(name, selectorOperand(s, 0));
  };
}

/** #UD in real and virtual-8086 mode. */
function protectedOnly(s: Semantics): void {
  if (s.is64) return;
  const { f } = s;
  const real = s.op("i64.eqz", s.op("i64.and", f.stateLoad(OP.stateLoad64, S.cr0), s.const(1)));
  const v86 = s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.flagsRest), f.i32(FLAG_VM));
  f.if(s.op("i32.or", real, v86), () => s.fault(VECTOR_UD));
}

function invpcid(s: Semantics): void {
  checkCpl0(s);
  const linear = s.address(16, false);
  s.f.stateStore(OP.stateStore64, s.loadPart(linear, 64), S.scratch);
  s.f.stateStore(OP.stateStore64, s.loadPart(s.op("i64.add", linear, s.const(8)), 64), S.scratch + 8);
  s.f.stateStore(OP.stateStore64, s.read(0), S.scratch + 16);
  s.assist("invpcid");
}

/** RDFSBASE and family: the base of FS or GS by operand size. */
function readBase(segment: number) {
  return (s: Semantics): void => {
    s.assist("rdfsgsbase");
    s.write(0, s.f.stateLoad(s.size === 64 ? OP.stateLoad64 : OP.stateLoad32S, segmentOffset(segment) + SEG_BASE));
  };
}

function writeBase(segment: number) {
  return (s: Semantics): void => {
    s.f.stateStore(OP.stateStore64, s.zext(s.read(0), s.bits(0)), S.scratch);
    s.assist("wrfsgsbase", s.f.i32(segment));
  };
}

/** RDRAND, RDSEED: there is always a number: CF = 1, the other status flags are cleared (SDM vol. 2B). */
function random(s: Semantics): void {
  s.write(0, s.sext(s.f.call(HELPERS.random, []), s.bits(0)));
  s.flagsBits(s.f.i32(FLAG_CF));
}

/** Changes EFLAGS.AC (STAC, CLAC): CPL 0 only, #UD elsewhere (SDM vol. 2B). */
function accessCheck(value: number) {
  return (s: Semantics): void => s.assist("write-flags", s.f.i32(value));
}

function boundCheck(s: Semantics): void {
  const bits = s.size;
  const index = s.read(0);
  const linear = s.address(bits >> 2, false);
  const lower = s.loadPart(linear, bits);
  const upper = s.loadPart(s.op("i64.add", linear, s.const(bits >> 3)), bits);
  const outside = s.op("i32.or", s.op("i64.lt_s", index, lower), s.op("i64.gt_s", index, upper));
  s.f.if(outside, () => s.fault(5));
}

const SHADOW_STACK = [
  "incsspd",
  "incsspq",
  "saveprevssp",
  "rstorssp",
  "wrssd",
  "wrssq",
  "wrussd",
  "wrussq",
  "setssbsy",
  "clrssbsy",
];

export const SYSTEM: SemanticsTable = {
  clc: changeCarry((s, flags) => s.op("i32.and", flags, s.f.i32(~FLAG_CF))),
  stc: changeCarry((s, flags) => s.op("i32.or", flags, s.f.i32(FLAG_CF))),
  cmc: changeCarry((s, flags) => s.op("i32.xor", flags, s.f.i32(FLAG_CF))),
  cld: changeDirection(false),
  std: changeDirection(true),
  cli,
  sti,
  clac: accessCheck(0),
  stac: accessCheck(1),
  hlt: privileged("hlt"),
  pause,
  cpuid: direct("cpuid"),
  rdtsc: direct("rdtsc"),
  rdtscp: direct("rdtscp"),
  rdpmc: direct("rdpmc"),
  rdmsr: privileged("rdmsr"),
  wrmsr: privileged("wrmsr"),
  clts: privileged("clts"),
  invd: privileged("wbinvd"),
  wbinvd: privileged("wbinvd"),
  wbnoinvd: privileged("wbinvd"),
  invlpg,
  invpcid,
  lgdt: loadTable("lgdt"),
  lidt: loadTable("lidt"),
  sgdt: storeTable("sgdt"),
  sidt: storeTable("sidt"),
  sldt: storeSystem("sldt"),
  str: storeSystem("str"),
  smsw: storeSystem("smsw"),
  lmsw,
  lldt: selectorLoad("lldt"),
  ltr: selectorLoad("ltr"),
  lar: describe("lar"),
  lsl: describe("lsl"),
  verr: verify("verr"),
  verw: verify("verw"),
  arpl(s) {
    protectedOnly(s);
    // Written only if it is raised: memory may be read-only if not (found on AMD family 26).
    const destination = s.zext(s.read(0), 16);
    const rpl = s.op("i64.and", s.read(1), s.const(3));
    const low = s.op("i64.lt_u", s.op("i64.and", destination, s.const(3)), rpl);
    const raised = s.op("i64.or", s.op("i64.and", destination, s.const(-4)), rpl);
    s.f.if(low, () => s.write(0, raised));
    zeroFlag(s, low);
  },
  in: input,
  out: output,
  int: interrupt,
  int3: (s) => s.assist("interrupt", s.f.i32(VECTOR_BP), s.f.i32(1)),
  into: direct("into"),
  int1: direct("int1"),
  iret: (s) => s.assist("iret", s.f.i32(s.size)),
  iretd: (s) => s.assist("iret", s.f.i32(s.size)),
  iretq: (s) => s.assist("iret", s.f.i32(s.size)),
  syscall: direct("syscall"),
  sysret: (s) => s.assist("sysret", s.f.i32(s.size)),
  sysenter: direct("sysenter"),
  sysexit: (s) => s.assist("sysexit", s.f.i32(s.size)),
  rdpkru: direct("rdpkru"),
  wrpkru: direct("wrpkru"),
  swapgs: privileged("swapgs"),
  // CR4.CET cannot be set: no shadow stacks (SDM vol. 2, each of them).
  ...Object.fromEntries(SHADOW_STACK.map((name) => [name, (s: Semantics): void => s.fault(VECTOR_UD)])),
  // Outside of system management mode, and without TDX, which no CPUID bit tells of.
  rsm: (s) => s.fault(VECTOR_UD),
  tdcall: (s) => s.fault(VECTOR_UD),
  seamret: (s) => s.fault(VECTOR_UD),
  seamops: (s) => s.fault(VECTOR_UD),
  seamcall: (s) => s.fault(VECTOR_UD),
  ud0: (s) => s.fault(VECTOR_UD),
  ud1: (s) => s.fault(VECTOR_UD),
  ud2: (s) => s.fault(VECTOR_UD),
  lfence: () => undefined,
  mfence: () => undefined,
  sfence: () => undefined,
  clflush,
  clflushopt: clflush,
  clwb: clflush,
  bound: boundCheck,
  monitor: direct("monitor"),
  mwait: direct("mwait"),
  xgetbv: direct("xgetbv"),
  // The assist raises #GP too: #UD comes first.
  xsetbv: direct("xsetbv"),
  ...extendedState("xsave", "xsave", 0, false),
  ...extendedState("xsaveopt", "xsave", STATE_OPTIMISED, false),
  ...extendedState("xsavec", "xsave", STATE_COMPACTED, false),
  ...extendedState("xsaves", "xsave", STATE_SUPERVISOR, false),
  ...extendedState("xrstor", "xrstor", 0, true),
  ...extendedState("xrstors", "xrstor", STATE_SUPERVISOR, true),
  vmcall: direct("vmcall"),
  vmmcall: direct("vmcall"),
  rdfsbase: readBase(4),
  rdgsbase: readBase(5),
  wrfsbase: writeBase(4),
  wrgsbase: writeBase(5),
  rdrand: random,
  rdseed: random,
  rdpid: (s) => s.write(0, s.f.stateLoad(OP.stateLoad32U, S.tscAux)),
  fxsave: (s) => fxState(s, "fxsave"),
  fxsave64: (s) => fxState(s, "fxsave"),
  fxrstor: (s) => fxState(s, "fxrstor"),
  fxrstor64: (s) => fxState(s, "fxrstor"),
  aaa: adjust(true),
  aas: adjust(false),
  daa: decimal(true),
  das: decimal(false),
  aam,
  aad,
};

/** FXSAVE and FXRSTOR: the assist moves the 512 bytes at the linear address in `scratch`. */
function fxState(s: Semantics, name: string): void {
  s.f.stateStore(OP.stateStore64, s.address(512, name === "fxsave"), S.scratch);
  s.assist(name, s.f.i32(s.size), s.f.i32(s.shape.stackSegment ? 1 : 0));
}

/** The XSAVE feature set: the assist moves the area at the linear address in `scratch`. */
function extendedState(mnemonic: string, assist: string, kind: number, isLoad: boolean): SemanticsTable {
  const build = (how: number) => (s: Semantics) => {
    s.f.stateStore(OP.stateStore64, s.address(EXTENDED_AREA, !isLoad), S.scratch);
    s.assist(assist, s.f.i32(how), s.f.i32(s.shape.stackSegment ? 1 : 0));
  };
  return { [mnemonic]: build(kind), [`${mnemonic}64`]: build(kind | STATE_WIDE) };
}

/** AAA, AAS (SDM vol. 2A). */
function adjust(add: boolean) {
  return (s: Semantics): void => {
    const { f } = s;
    const al = s.zext(s.gpr(0, 8), 8);
    const flags = s.statusFlags();
    const high = s.op("i64.gt_u", s.op("i64.and", al, s.const(15)), s.const(9));
    const wrong = s.op("i32.or", high, s.op("i32.ne", s.op("i32.and", flags, f.i32(0x10)), f.i32(0)));
    const ax = s.gpr(0, 16);
    const moved = s.op(add ? "i64.add" : "i64.sub", ax, s.const(0x106));
    const chosen = f.select(moved, ax, wrong);
    s.setGpr(0, s.op("i64.and", chosen, s.const(0xff0f)), 16);
    const result = s.sext(s.op("i64.and", chosen, s.const(15)), 8);
    s.flagsResult(result, f.select(s.const(0x11), s.const(0), wrong));
  };
}

/** DAA, DAS (SDM vol. 2A). */
function decimal(add: boolean) {
  return (s: Semantics): void => {
    const { f } = s;
    const op = add ? "i64.add" : "i64.sub";
    const al = s.zext(s.gpr(0, 8), 8);
    const flags = s.statusFlags();
    const had = (mask: number): Value => s.op("i32.ne", s.op("i32.and", flags, f.i32(mask)), f.i32(0));
    const low = s.op("i32.or", s.op("i64.gt_u", s.op("i64.and", al, s.const(15)), s.const(9)), had(0x10));
    const high = s.op("i32.or", s.op("i64.gt_u", al, s.const(0x99)), had(1));
    // DAS sets CF also where the first step borrows (SDM vol. 2A, DAS).
    const carry = add ? high : s.op("i32.or", high, s.op("i32.and", low, s.op("i64.lt_u", al, s.const(6))));
    const first = s.op(op, al, f.select(s.const(6), s.const(0), low));
    const result = s.sext(s.op(op, first, f.select(s.const(0x60), s.const(0), high)), 8);
    s.setGpr(0, result, 8);
    const bits = s.op("i64.or", f.select(s.const(0x10), s.const(0), low), s.op("i64.extend_i32_u", carry));
    s.flagsResult(result, bits);
  };
}

function aam(s: Semantics): void {
  const base = s.zext(s.immediate(), 8);
  s.f.if(s.op("i64.eqz", base), () => s.fault(0));
  const al = s.zext(s.gpr(0, 8), 8);
  const low = s.op("i64.rem_u", al, base);
  s.setGpr(0, s.op("i64.or", low, s.op("i64.shl", s.op("i64.div_u", al, base), s.const(8))), 16);
  s.flagsResult(s.sext(low, 8), s.const(0));
}

function aad(s: Semantics): void {
  const ax = s.gpr(0, 16);
  const sum = s.op(
    "i64.add",
    ax,
    s.op("i64.mul", s.op("i64.shr_u", s.zext(ax, 16), s.const(8)), s.zext(s.immediate(), 8)),
  );
  const low = s.sext(sum, 8);
  s.setGpr(0, s.zext(low, 8), 16);
  s.flagsResult(low, s.const(0));
}
