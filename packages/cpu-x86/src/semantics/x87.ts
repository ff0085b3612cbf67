import { OP_ADD, OP_DIV, OP_DIVR, OP_MUL, OP_SUB, OP_SUBR } from "@isinglass/softfloat";
import { OP, type Value } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
import { S } from "../state.js";
import {
  X87_F32,
  X87_F64,
  X87_INTEGER,
  X87_OPERATIONS,
  X87_POP,
  X87_QUIET,
  X87_REGISTER,
  X87_SOURCE_SHIFT,
  X87_TO_FLAGS,
  X87_ZERO,
} from "../x87-operations.js";
import { FSW_C1 } from "../x87-state.js";
import type { Semantics } from "./context.js";
import type { SemanticsTable } from "./table.js";
import { X87_CONTROL } from "./x87-control.js";
import { loadOperand, notePointers, opcode, operateOnRegisters, unlessDone, waitingGuard } from "./x87-common.js";
import { X87_MOVE } from "./x87-move.js";

/** Reads the memory operand, if there is one; gives the kind of the source and its bits. */
function source(s: Semantics, integer: boolean): { kind: number; bits: Value } {
  if (s.shape.memForm === 0) return { kind: X87_REGISTER, bits: s.const(0) };
  const bits = s.bits(0);
  const { low } = loadOperand(s, bits);
  return { kind: integer ? X87_INTEGER : bits === 32 ? X87_F32 : X87_F64, bits: low };
}

/** FADD and family; of a register form the opcode says whether ST(0) or ST(i) is the destination. */
function arithmetic(operation: number, integer: boolean, pop: boolean) {
  return (s: Semantics): void => {
    waitingGuard(s);
    const { kind, bits } = source(s, integer);
    const how = s.f.i32(operation | (kind << X87_SOURCE_SHIFT) | (pop ? X87_POP : 0));
    const fop = opcode(s);
    unlessDone(s, s.f.call(HELPERS.x87Arithmetic, [how, fop, bits]), () => s.assist("x87-arith", how, fop));
    notePointers(s);
  };
}

function compareWith(s: Semantics, how: Value, bits: Value): void {
  const fop = opcode(s);
  unlessDone(s, s.f.call(HELPERS.x87Compare, [how, fop, bits]), () => s.assist("x87-compare", how, fop));
  notePointers(s);
}

function compare(integer: boolean, pops: number, flags: number) {
  return (s: Semantics): void => {
    waitingGuard(s);
    const { kind, bits } = source(s, integer);
    const how = s.f.i32(pops | (kind << X87_SOURCE_SHIFT) | flags);
    compareWith(s, how, bits);
    if ((flags & X87_TO_FLAGS) !== 0) s.flagsBits(s.f.stateLoad(OP.stateLoadI32, S.scratch));
  };
}

function test(s: Semantics): void {
  waitingGuard(s);
  compareWith(s, s.f.i32(X87_ZERO << X87_SOURCE_SHIFT), s.const(0));
}

/** FCMOVcc. */
function conditionalMove(condition: number) {
  return (s: Semantics): void => {
    waitingGuard(s);
    s.assist("x87-cmov", s.condition(condition), opcode(s));
    notePointers(s);
  };
}

function onRegisters(name: string) {
  return (s: Semantics): void => {
    waitingGuard(s);
    operateOnRegisters(s, name);
  };
}

/** FINCSTP, FDECSTP: TOP moves, tags and registers stay. */
function moveTop(by: number) {
  return (s: Semantics): void => {
    const { f } = s;
    waitingGuard(s);
    notePointers(s);
    const top = s.op("i32.add", f.stateLoad(OP.stateLoadI32, S.fpuTop), f.i32(by));
    f.stateStore(OP.stateStoreI32, s.op("i32.and", top, f.i32(7)), S.fpuTop);
    f.stateStore(OP.stateStoreI32, s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.fsw), f.i32(~FSW_C1)), S.fsw);
  };
}

const table: Record<string, (s: Semantics) => void> = {
  fcom: compare(false, 0, 0),
  fcomp: compare(false, 1, 0),
  fcompp: compare(false, 2, 0),
  ficom: compare(true, 0, 0),
  ficomp: compare(true, 1, 0),
  fucom: compare(false, 0, X87_QUIET),
  fucomp: compare(false, 1, X87_QUIET),
  fucompp: compare(false, 2, X87_QUIET),
  fcomi: compare(false, 0, X87_TO_FLAGS),
  fcomip: compare(false, 1, X87_TO_FLAGS),
  fucomi: compare(false, 0, X87_QUIET | X87_TO_FLAGS),
  fucomip: compare(false, 1, X87_QUIET | X87_TO_FLAGS),
  ftst: test,
  fcmovb: conditionalMove(2),
  fcmovnb: conditionalMove(3),
  fcmove: conditionalMove(4),
  fcmovne: conditionalMove(5),
  fcmovbe: conditionalMove(6),
  fcmovnbe: conditionalMove(7),
  fcmovu: conditionalMove(10),
  fcmovnu: conditionalMove(11),
  fincstp: moveTop(1),
  fdecstp: moveTop(-1),
};
for (const name of X87_OPERATIONS) table[name] = onRegisters(name);
for (const [name, operation] of [
  ["add", OP_ADD],
  ["mul", OP_MUL],
  ["sub", OP_SUB],
  ["subr", OP_SUBR],
  ["div", OP_DIV],
  ["divr", OP_DIVR],
] as const) {
  table[`f${name}`] = arithmetic(operation, false, false);
  table[`f${name}p`] = arithmetic(operation, false, true);
  table[`fi${name}`] = arithmetic(operation, true, false);
}

/** The x87 instruction set. */
export const X87: SemanticsTable = { ...table, ...X87_MOVE, ...X87_CONTROL };
