import { OP, type Value } from "@isinglass/uops";
import { FLAG_DF, S, segmentOffset } from "../state.js";
import { BIND_SEGMENT_NUMBER } from "./bindings.js";
import type { Semantics } from "./context.js";
import type { SemanticsTable } from "./table.js";

/** Fewer iterations than this are done one by one. */
const BULK_MINIMUM = 15;
/** In the first argument of the `bulk-string` assist: STOS rather than MOVS. Bits 3:0 hold the element size, 15:8 the address size. */
export const BULK_STORE: number = 1 << 4;

const CX = 1;
const SI = 6;
const DI = 7;

/** Bytes by which SI and DI move: negative if DF is set. */
function stride(s: Semantics, bytes: number): Value {
  const { f } = s;
  const down = f.op("i32.and", f.stateLoad(OP.stateLoadI32, S.flagsRest), f.i32(FLAG_DF));
  return f.select(s.const(-bytes), s.const(bytes), down);
}

const pointer = (s: Semantics, register: number): Value =>
  s.zext(s.gpr(register, s.shape.addressSize), s.shape.addressSize);

/** DS:rSI, or another segment by override. */
function source(s: Semantics, bytes: number): Value {
  return s.implied(pointer(s, SI), bytes, false);
}

/** ES:rDI, never overridden. */
function destination(s: Semantics, bytes: number, write: boolean): Value {
  if (s.is64) return pointer(s, DI);
  return s.segmented(-1, pointer(s, DI), bytes, write, false, segmentOffset(0));
}

function advance(s: Semantics, register: number, by: Value): void {
  const bits = s.shape.addressSize;
  s.setGpr(register, s.op("i64.add", s.gpr(register, bits), by), bits);
}

/**
 * One iteration of a string instruction. With REP the counter is tested first, counted down after, and while it is not
 * zero (and the condition holds) the same instruction executes again: each iteration is an instruction of its own for
 * interrupts and counts, and a fault leaves the registers at the iteration that faulted (SDM vol. 2B, REP).
 */
function iterate(s: Semantics, body: () => void, until?: "z" | "nz", bulk = -1): void {
  const { f } = s;
  const { rep, repne, addressSize } = s.shape;
  if (!rep && !repne) {
    body();
    return;
  }
  const count = s.gpr(CX, addressSize);
  if (bulk >= 0) {
    // Law 8: many iterations at once where they are plain copies within pages; each counts one all the same.
    const many = s.op("i64.gt_u", s.zext(count, addressSize), s.const(BULK_MINIMUM));
    f.if(many, () =>
      s.assist(
        "bulk-string",
        f.i32(bulk | (addressSize << 8)),
        f.holeI32(s.bind("i8", { kind: BIND_SEGMENT_NUMBER, operand: 0 })),
      ),
    );
  }
  f.if(s.op("i64.ne", count, s.const(0)), () => {
    body();
    const left = s.sext(s.op("i64.sub", s.gpr(CX, addressSize), s.const(1)), addressSize);
    s.setGpr(CX, left, addressSize);
    let again = s.op("i64.ne", left, s.const(0));
    if (until !== undefined) again = f.op("i32.and", again, s.condition(repne ? 5 : 4));
    f.if(again, () => f.repeat());
  });
}

function movs(bits: number) {
  return (s: Semantics): void =>
    iterate(
      s,
      () => {
        const bytes = bits >> 3;
        const from = source(s, bytes);
        const to = destination(s, bytes, true);
        s.storeAt(to, s.loadAt(from, bits), bits);
        const by = stride(s, bytes);
        advance(s, SI, by);
        advance(s, DI, by);
      },
      undefined,
      bits >> 3,
    );
}

function stos(bits: number) {
  return (s: Semantics): void =>
    iterate(
      s,
      () => {
        s.storeAt(destination(s, bits >> 3, true), s.gpr(0, bits), bits);
        advance(s, DI, stride(s, bits >> 3));
      },
      undefined,
      (bits >> 3) | BULK_STORE,
    );
}

function lods(bits: number) {
  return (s: Semantics): void =>
    iterate(s, () => {
      s.setGpr(0, s.loadAt(source(s, bits >> 3), bits), bits);
      advance(s, SI, stride(s, bits >> 3));
    });
}

function compareFlags(s: Semantics, bits: number, a: Value, b: Value): void {
  s.flagsSub(s.sext(s.op("i64.sub", a, b), bits), a, b);
}

function cmps(bits: number) {
  return (s: Semantics): void =>
    iterate(
      s,
      () => {
        const bytes = bits >> 3;
        const a = s.loadAt(source(s, bytes), bits);
        const b = s.loadAt(destination(s, bytes, false), bits);
        const by = stride(s, bytes);
        advance(s, SI, by);
        advance(s, DI, by);
        compareFlags(s, bits, a, b);
      },
      "z",
    );
}

function scas(bits: number) {
  return (s: Semantics): void =>
    iterate(
      s,
      () => {
        const b = s.loadAt(destination(s, bits >> 3, false), bits);
        advance(s, DI, stride(s, bits >> 3));
        compareFlags(s, bits, s.gpr(0, bits), b);
      },
      "z",
    );
}

/** The I/O permission of DX comes before whatever the memory operand may raise (found on AMD family 26). */
function checkPort(s: Semantics, bytes: number): void {
  s.assist("check-port", s.op("i32.wrap_i64", s.zext(s.gpr(2, 16), 16)), s.f.i32(bytes));
}

/** INS and OUTS go through an assist per element: port access, intercepts and faults are its matter. */
function ins(bits: number) {
  return (s: Semantics): void =>
    iterate(s, () => {
      const bytes = bits >> 3;
      checkPort(s, bytes);
      const to = destination(s, bytes, true);
      // Write permission first: the port must not be read if the store would fault.
      s.loadAt(to, bits, 16);
      s.assist("in", s.op("i32.wrap_i64", s.zext(s.gpr(2, 16), 16)), s.f.i32(bytes));
      s.storeAt(to, s.f.stateLoad(OP.stateLoad64, S.scratch), bits);
      advance(s, DI, stride(s, bytes));
    });
}

function outs(bits: number) {
  return (s: Semantics): void =>
    iterate(s, () => {
      const bytes = bits >> 3;
      checkPort(s, bytes);
      const value = s.loadAt(source(s, bytes), bits);
      s.f.stateStore(OP.stateStore64, s.zext(value, bits), S.scratch);
      s.assist("out", s.op("i32.wrap_i64", s.zext(s.gpr(2, 16), 16)), s.f.i32(bytes));
      advance(s, SI, stride(s, bytes));
    });
}

const table: Record<string, (s: Semantics) => void> = {};
for (const [letter, bits] of [
  ["b", 8],
  ["w", 16],
  ["d", 32],
  ["q", 64],
] as const) {
  table[`movs${letter}`] = movs(bits);
  table[`stos${letter}`] = stos(bits);
  table[`lods${letter}`] = lods(bits);
  table[`cmps${letter}`] = cmps(bits);
  table[`scas${letter}`] = scas(bits);
  if (bits !== 64) {
    table[`ins${letter}`] = ins(bits);
    table[`outs${letter}`] = outs(bits);
  }
}

export const STRING: SemanticsTable = table;
