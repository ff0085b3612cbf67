import {
  type ExecutorState,
  type FormInfo,
  type GuestIsa,
  type IrFunction,
  MEM_PART,
  OP,
  type Value,
  isCall,
  isGuestLoad,
  isGuestStore,
  opSpec,
  stateAccess,
} from "@isinglass/uops";

/** What the compiler has to know of a form before it looks at an instruction of that form. */
export interface FormFacts {
  /** Can be part of a region; if not, the interpreter executes it. */
  readonly compilable: boolean;
  /** Has a direct branch: the number of its displacement hole, or -1. */
  readonly branchHole: number;
  /** Width at which the direct branch wraps. */
  readonly branchBits: number;
  /** Jumps to a computed address. */
  readonly jumps: boolean;
  readonly endsBlock: boolean;
  /** Stores the address after it: what follows is likely to be returned to. */
  readonly keepsReturn: boolean;
  /** Does its work, or a part of it, by an assist. */
  readonly assists: boolean;
  readonly ir: IrFunction;
}

const isScratch = (state: ExecutorState, offset: number): boolean =>
  state.scratch.some(([from, to]) => offset >= from && offset < to);

/** Whether what an instruction does depends on guest memory: executed again after a store of its own, it might do something else. */
function usesMemory(ir: IrFunction): boolean {
  const isLoad = (value: Value): boolean => isGuestLoad(ir.op[value] ?? 0);
  for (let i = 0; i < ir.count; i += 1) {
    const op = ir.op[i]!;
    const operands = isCall(op)
      ? [...ir.extra.subarray(ir.c[i], ir.c[i]! + ir.y[i]!)]
      : [ir.a[i]!, ir.b[i]!, ir.c[i]!].slice(0, opSpec(op).operands.length);
    if (operands.some(isLoad)) return true;
  }
  return false;
}

/**
 * Compiled code leaves an instruction that it cannot finish (a fault, a device, an assist on a rare way) as if it had not begun, and the
 * interpreter executes it from the start. So nothing that can be left may come after a write, or after an assist on the way of all: such
 * forms are not compiled.
 */
function isRestartable(ir: IrFunction, state: ExecutorState): boolean {
  let written = false;
  let assisted = false;
  let stored = false;
  let depth = 0;
  let loads = 0;
  for (let i = 0; i < ir.count; i += 1) {
    const op = ir.op[i]!;
    if (op === OP.loop || op === OP.leave || op === OP.repeat) return false;
    if (op === OP.if || op === OP.block) depth += 1;
    else if (op === OP.end) depth -= 1;
    else if (op === OP.jump || op === OP.branch) {
      if (assisted) return false;
    } else if (op === OP.assist) {
      if (written || stored || assisted) return false;
      assisted = depth === 0;
    } else if (op === OP.fault) {
      if (written || stored || assisted) return false;
    } else if (isGuestLoad(op)) {
      // Parts of one operand under one limit check: one of them may lie beyond what the mode lets compiled code assume of limits.
      if ((ir.x[i]! & MEM_PART) === 0) loads += 1;
      if (written || stored || assisted || loads > 1) return false;
    } else if (isGuestStore(op)) {
      if (written || assisted || (stored && ((ir.x[i]! & MEM_PART) === 0 || usesMemory(ir)))) return false;
      stored = true;
    } else if (
      stateAccess(op)?.isStore === true &&
      ir.y[i]! < 0 &&
      state.fixed.some((at) => ir.x[i]! < at + 4 && at < ir.x[i]! + stateAccess(op)!.bytes)
    )
      return false;
    else if (stateAccess(op)?.isStore === true && (ir.y[i]! >= 0 || !isScratch(state, ir.x[i]!))) written = true;
  }
  return true;
}

/** Facts of a form; cached by the caller. */
export function factsOf(form: FormInfo, isa: Pick<GuestIsa, "state" | "isLeavingAssist">): FormFacts {
  const { ir } = form;
  let leaves = false;
  let branchHole = -1;
  let branchBits = 64;
  let jumps = false;
  let keepsReturn = false;
  let assists = false;
  let depth = 0;
  let first = -1;
  for (let i = 0; i < ir.count; i += 1) {
    const op = ir.op[i]!;
    if (first < 0 && op !== OP.constI32) first = op;
    if (op === OP.branch) {
      branchHole = ir.y[i]!;
      branchBits = ir.x[i]!;
    } else if (op === OP.jump) jumps = true;
    else if (op === OP.if || op === OP.block) depth += 1;
    else if (op === OP.end) depth -= 1;
    else if (op === OP.assist && depth === 0) {
      assists = true;
      leaves ||= isa.isLeavingAssist?.(ir.x[i]!) === true;
    } else if (op === OP.guestStore && ir.op[ir.b[i]!] === OP.nextPc) keepsReturn = true;
  }
  const compilable = first !== OP.fault && !leaves && isRestartable(ir, isa.state);
  return { compilable, branchHole, branchBits, jumps, endsBlock: form.endsBlock, keepsReturn, assists, ir };
}
