import type { Value } from "@isinglass/uops";
import { OP_FAR, OP_MEM, OP_REL } from "@isinglass/isa-x86";
import { CONDITIONS } from "../flags.js";
import type { Semantics } from "./context.js";
import type { SemanticsTable } from "./table.js";

function jcc(code: number) {
  return (s: Semantics): void => s.f.if(s.condition(code), () => s.jumpRelative());
}

/** Far pointer operand: selector as i32, offset into `scratch`. */
function farOperand(s: Semantics): Value {
  if (s.shape.opKind[0] === OP_FAR) {
    const offset = s.zext(s.immediate(), s.size);
    s.storeScratch(0, offset);
    return s.immediate2();
  }
  const bytes = s.size >> 3;
  const linear = s.address(bytes + 2, false);
  const offset = s.zext(s.loadPart(linear, s.size), s.size);
  const selector = s.loadPart(s.op("i64.add", linear, s.const(bytes)), 16);
  s.storeScratch(0, offset);
  return s.op("i32.wrap_i64", s.zext(selector, 16));
}

const isFar = (s: Semantics): boolean =>
  s.shape.opKind[0] === OP_FAR || (s.shape.opKind[0] === OP_MEM && s.bits(0) > s.size);

function jmp(s: Semantics): void {
  if (s.shape.opKind[0] === OP_REL) s.jumpRelative();
  else if (isFar(s)) jmpFar(s);
  else s.jumpTo(s.read(0));
}

function jmpFar(s: Semantics): void {
  s.assist("far-jump", farOperand(s), s.f.i32(s.size));
}

/** Jumps after `change`; the target was found good before. `undefined`: by the displacement operand. */
function jumpAfter(s: Semantics, target: Value | undefined, change: () => void): void {
  change();
  if (target === undefined) s.jumpRelative();
  else s.f.jump(target);
}

function call(s: Semantics): void {
  if (isFar(s)) {
    callFar(s);
    return;
  }
  if (s.shape.opKind[0] !== OP_REL) jumpAfter(s, s.target(s.read(0)), () => s.push(s.nextIp()));
  else jumpAfter(s, s.relativeTarget(), () => s.push(s.nextIp()));
}

function callFar(s: Semantics): void {
  s.assist("far-call", farOperand(s), s.f.i32(s.size));
}

function ret(s: Semantics): void {
  const target = s.target(s.peek());
  const bytes = s.const(s.size >> 3);
  s.release(s.shape.opKind.length > 0 ? s.op("i64.add", bytes, s.zext(s.immediate(), 16)) : bytes);
  s.f.jump(target);
}

function retFar(s: Semantics): void {
  s.assist(
    "far-return",
    s.shape.opKind.length > 0 ? s.op("i32.and", s.immediateI32(), s.f.i32(0xffff)) : s.f.i32(0),
    s.f.i32(s.size),
  );
}

/** LOOP, LOOPE, LOOPNE count in rCX of the address size. */
function loop(code: number | undefined) {
  return (s: Semantics): void => {
    const bits = s.shape.addressSize;
    const left = s.sext(s.op("i64.sub", s.gpr(1, bits), s.const(1)), bits);
    const more = s.op("i64.ne", left, s.const(0));
    const taken = code === undefined ? more : s.op("i32.and", more, s.condition(code));
    const count = (): void => s.setGpr(1, left, bits);
    s.f.if(taken, () => jumpAfter(s, s.relativeTarget(), count));
    count();
  };
}

function jcxz(s: Semantics): void {
  s.f.if(s.op("i64.eqz", s.gpr(1, s.shape.addressSize)), () => s.jumpRelative());
}

const table: Record<string, (s: Semantics) => void> = {
  jmp,
  "jmp far": jmpFar,
  jmpf: jmpFar,
  call,
  "call far": callFar,
  callf: callFar,
  ret,
  retf: retFar,
  loop: loop(undefined),
  loope: loop(4),
  loopz: loop(4),
  loopne: loop(5),
  loopnz: loop(5),
  jcxz,
  jecxz: jcxz,
  jrcxz: jcxz,
};
CONDITIONS.forEach((name, code) => {
  table[`j${name}`] = jcc(code);
});

export const BRANCH: SemanticsTable = table;
