import { MEM_STACK, OP, type Value } from "@isinglass/uops";
import { RC_CR, RC_DR, RC_SEG } from "@isinglass/isa-x86";
import { BIND_NUMBER } from "./bindings.js";
import { CONDITIONS } from "../flags.js";
import { FLAG_AF, FLAG_CF, FLAG_PF, FLAG_SF, FLAG_VM, FLAG_ZF, S, SEG_SELECTOR, SS } from "../state.js";
import { type Semantics, VECTOR_GP } from "./context.js";
import type { SemanticsTable } from "./table.js";

/** Number of a register operand, as an i32 argument for an assist. */
export function registerNumber(s: Semantics, operand: number): Value {
  return s.f.holeI32(s.bind("i8", { kind: BIND_NUMBER, operand }));
}

function mov(s: Semantics): void {
  const [to, from] = s.shape.opClass;
  if (to === RC_SEG && !s.isMemory(0)) {
    const selector = s.zext(s.read(1), 16);
    s.assist("write-segment", registerNumber(s, 0), s.op("i32.wrap_i64", selector));
  } else if (from === RC_SEG && !s.isMemory(1)) {
    // To memory always 16 bits, to a register zero-extended (SDM vol. 2B, MOV).
    const selector = s.f.stateLoad(OP.stateLoad16U, SEG_SELECTOR, s.registerHole(1));
    if (s.isMemory(0)) s.store(16, selector);
    else s.storeState(s.size, selector, 0, s.registerHole(0));
  } else if (to === RC_CR && !s.isMemory(0)) {
    s.f.stateStore(OP.stateStore64, s.read(1), S.scratch);
    s.assist("write-cr", registerNumber(s, 0));
  } else if (from === RC_CR && !s.isMemory(1)) {
    s.assist("read-cr", registerNumber(s, 1));
    s.write(0, s.f.stateLoad(OP.stateLoad64, S.scratch));
  } else if (to === RC_DR && !s.isMemory(0)) {
    s.f.stateStore(OP.stateStore64, s.read(1), S.scratch);
    s.assist("write-dr", registerNumber(s, 0));
  } else if (from === RC_DR && !s.isMemory(1)) {
    s.assist("read-dr", registerNumber(s, 1));
    s.write(0, s.f.stateLoad(OP.stateLoad64, S.scratch));
  } else {
    s.write(0, s.read(1));
  }
}

function extend(signed: boolean) {
  return (s: Semantics): void => {
    const value = s.read(1);
    s.write(0, signed ? value : s.zext(value, s.bits(1)));
  };
}

function lea(s: Semantics): void {
  s.write(0, s.sext(s.offset(), s.bits(0)));
}

function xchg(s: Semantics): void {
  const a = s.readForWrite(0);
  const b = s.readForWrite(1);
  if (s.isMemory(1)) {
    s.write(1, a);
    s.write(0, b);
  } else {
    s.write(0, b);
    s.write(1, a);
  }
}

function cmov(code: number) {
  return (s: Semantics): void => {
    const bits = s.bits(0);
    // The load happens, and may fault, whatever the condition; a 32-bit destination is always zero-extended.
    const value = s.read(1);
    s.write(0, s.f.select(value, s.loadState(bits, 0, s.registerHole(0)), s.condition(code)));
  };
}

function setcc(code: number) {
  return (s: Semantics): void => s.write(0, s.op("i64.extend_i32_u", s.condition(code)));
}

/** CBW/CWDE/CDQE: the accumulator's lower half, sign-extended. */
function extendAccumulator(s: Semantics): void {
  s.setGpr(0, s.gpr(0, s.size >> 1));
}

/** CWD/CDQ/CQO: the accumulator's sign in the data register. */
function signAccumulator(s: Semantics): void {
  s.setGpr(2, s.op("i64.shr_s", s.gpr(0), s.const(63)));
}

function push(s: Semantics): void {
  if (s.shape.opClass[0] === RC_SEG && !s.isMemory(0)) {
    // The whole slot is written, as AMD's CPUs do; Intel's write 16 bits of a 32-bit one and leave the rest (SDM vol. 2B, PUSH).
    s.push(s.f.stateLoad(OP.stateLoad16U, SEG_SELECTOR, s.registerHole(0)));
    return;
  }
  s.push(s.read(0));
}

function pop(s: Semantics): void {
  const bits = s.size;
  if (s.shape.opClass[0] === RC_SEG && !s.isMemory(0)) {
    const selector = s.peek(16);
    // The stack pointer moves only if the load succeeds, so the assist does both.
    s.assist(
      "write-segment",
      registerNumber(s, 0),
      s.op("i32.or", s.op("i32.wrap_i64", s.zext(selector, 16)), s.f.i32((bits >> 3) << 16)),
    );
    return;
  }
  const value = s.peek();
  if (!s.isMemory(0)) {
    s.release(s.const(bits >> 3));
    s.write(0, value);
    return;
  }
  // A memory destination addressed through RSP sees the pointer after the pop (SDM vol. 2B, POP).
  const bytes = s.const(bits >> 3);
  const before = s.gpr(4, s.stackBits);
  const offset = s.popDestination(bytes);
  s.storePart(offset, value, bits);
  s.setGpr(4, s.op("i64.add", before, bytes), s.stackBits);
}

/** PUSHA: what was stored before a fault stays, below the stack pointer, as CPUs leave it. */
function pusha(s: Semantics): void {
  const bytes = s.size >> 3;
  const start = s.gpr(4, s.stackBits);
  const at = (i: number): Value => s.stackAddress(s.op("i64.sub", start, s.const(bytes * (i + 1))), bytes, true);
  for (let i = 0; i < 8; i += 1) s.storeAt(at(i), s.gpr(i), s.size, MEM_STACK);
  s.setGpr(4, s.op("i64.sub", start, s.const(bytes * 8)), s.stackBits);
}

function popa(s: Semantics): void {
  const bytes = s.size >> 3;
  const values = [7, 6, 5, 4, 3, 2, 1, 0].map((register, i) => ({ register, value: s.peek(s.size, i * bytes) }));
  for (const { register, value } of values) if (register !== 4) s.setGpr(register, value);
  s.release(s.const(bytes * 8));
}

function enter(s: Semantics): void {
  const level = s.op("i32.and", s.immediate2(), s.f.i32(31));
  s.assist("enter", s.immediateI32(), s.op("i32.or", level, s.f.i32(s.size << 8)));
}

function leave(s: Semantics): void {
  const frame = s.gpr(5, s.stackBits);
  const value = s.loadAt(s.stackAddress(frame, s.size >> 3, false), s.size, MEM_STACK);
  s.setGpr(4, s.op("i64.add", frame, s.const(s.size >> 3)), s.stackBits);
  s.setGpr(5, value);
}

/** In virtual-8086 mode PUSHF and POPF want IOPL 3 (SDM vol. 3B, 21.2.7). */
function checkV86(s: Semantics): void {
  if (s.is64) return;
  const flags = s.f.stateLoad(OP.stateLoadI32, S.flagsRest);
  const v86 = s.op("i32.ne", s.op("i32.and", flags, s.f.i32(FLAG_VM)), s.f.i32(0));
  const low = s.op("i32.ne", s.op("i32.and", flags, s.f.i32(0x3000)), s.f.i32(0x3000));
  s.f.if(s.op("i32.and", v86, low), () => s.fault(VECTOR_GP, 0));
}

function pushf(s: Semantics): void {
  checkV86(s);
  const rest = s.op("i32.and", s.f.stateLoad(OP.stateLoadI32, S.flagsRest), s.f.i32(~0x30000));
  const all = s.op("i32.or", s.op("i32.or", rest, s.statusFlags()), s.f.i32(2));
  s.push(s.op("i64.extend_i32_u", all));
}

function popf(s: Semantics): void {
  checkV86(s);
  const value = s.peek();
  // Which moves the stack pointer too: nothing is written before it.
  s.assist("popf", s.op("i32.wrap_i64", value), s.f.i32(s.size));
}

function lahf(s: Semantics): void {
  const flags = s.op("i32.or", s.statusFlags(), s.f.i32(2));
  s.f.stateStore(OP.stateStore8, s.op("i64.extend_i32_u", flags), S.gpr + 1);
}

function sahf(s: Semantics): void {
  const mask = FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF | FLAG_CF;
  const kept = s.op("i32.and", s.statusFlags(), s.f.i32(0x800));
  const loaded = s.op("i32.wrap_i64", s.f.stateLoad(OP.stateLoad8U, S.gpr + 1));
  s.flagsBits(s.op("i32.or", kept, s.op("i32.and", loaded, s.f.i32(mask))));
}

/** XLAT: AL = [DS:rBX + AL]. */
function xlat(s: Semantics): void {
  const table = s.gpr(3, s.shape.addressSize);
  const sum = s.op("i64.add", s.zext(table, s.shape.addressSize), s.zext(s.gpr(0, 8), 8));
  const offset = s.zext(sum, s.shape.addressSize);
  s.setGpr(0, s.loadAt(s.implied(offset, 1, false), 8), 8);
}

function salc(s: Semantics): void {
  s.setGpr(0, s.op("i64.sub", s.const(0), s.carry64()), 8);
}

/** In the second argument of `write-segment`: LSS and its like, whose register is written after. */
export const FAR_POINTER: number = 1 << 30;

/** LES, LDS, LSS, LFS, LGS: a far pointer into a segment and a general register. */
function loadFarPointer(segment: number) {
  return (s: Semantics): void => {
    const bytes = s.size >> 3;
    const linear = s.address(bytes + 2, false);
    const offset = s.loadPart(linear, s.size);
    const selector = s.loadPart(s.op("i64.add", linear, s.const(bytes)), 16);
    s.assist(
      "write-segment",
      s.f.i32(segment),
      s.op("i32.or", s.op("i32.wrap_i64", s.zext(selector, 16)), s.f.i32(FAR_POINTER)),
    );
    s.write(0, offset);
  };
}

function nop(): void {}

/** MOVBE: load or store with the bytes reversed. */
function movbe(s: Semantics): void {
  const value = s.read(1);
  const bits = s.bits(1);
  s.write(0, s.sext(s.reverseBytes(value, bits), bits));
}

const table: Record<string, (s: Semantics) => void> = {
  mov,
  movabs: mov,
  movzx: extend(false),
  movsx: extend(true),
  movsxd: extend(true),
  lea,
  xchg,
  cbw: extendAccumulator,
  cwde: extendAccumulator,
  cdqe: extendAccumulator,
  cwd: signAccumulator,
  cdq: signAccumulator,
  cqo: signAccumulator,
  push,
  pop,
  pusha,
  pushad: pusha,
  popa,
  popad: popa,
  enter,
  leave,
  pushf,
  pushfd: pushf,
  pushfq: pushf,
  popf,
  popfd: popf,
  popfq: popf,
  lahf,
  sahf,
  xlat,
  xlatb: xlat,
  salc,
  les: loadFarPointer(0),
  lds: loadFarPointer(3),
  lss: loadFarPointer(SS),
  lfs: loadFarPointer(4),
  lgs: loadFarPointer(5),
  movbe,
  nop,
  endbr64: nop,
  endbr32: nop,
  // Hints and, on a CPU that has not switched MPX or shadow stacks on, NOPs (SDM vol. 2, each of them).
  cldemote: nop,
  rdsspd: nop,
  rdsspq: nop,
  bndmk: nop,
  bndcl: nop,
  bndcu: nop,
  bndcn: nop,
  bndmov: nop,
  bndldx: nop,
  bndstx: nop,
  prefetch: nop,
  prefetchw: nop,
  prefetchwt1: nop,
  prefetchnta: nop,
  prefetcht0: nop,
  prefetcht1: nop,
  prefetcht2: nop,
};
CONDITIONS.forEach((name, code) => {
  table[`cmov${name}`] = cmov(code);
  table[`set${name}`] = setcc(code);
});

export const MOVE: SemanticsTable = table;
