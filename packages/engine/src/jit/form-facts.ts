import { type ExecutorState, type FormInfo, type IrFunction, OP, stateAccess } from "@isinglass/uops";

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
  readonly ir: IrFunction;
}

const isScratch = (state: ExecutorState, offset: number): boolean =>
  state.scratch.some(([from, to]) => offset >= from && offset < to);

/**
 * Compiled code leaves an instruction that it cannot finish (a fault, a device, an assist) as if it had not begun, and the
 * interpreter executes it from the start. So nothing that can be left may come after a write: such forms are not compiled.
 */
function isRestartable(ir: IrFunction, state: ExecutorState): boolean {
  let written = false;
  let depth = 0;
  let loads = 0;
  for (let i = 0; i < ir.count; i += 1) {
    const op = ir.op[i]!;
    if (op === OP.loop || op === OP.leave || op === OP.repeat) return false;
    if (op === OP.if || op === OP.block) depth += 1;
    else if (op === OP.end) depth -= 1;
    else if (op === OP.assist) {
      if (depth === 0 || written) return false;
    } else if (op === OP.fault) {
      if (written) return false;
    } else if (op === OP.guestLoad || op === OP.guestLoadV128) {
      // Parts of one operand under one limit check: one of them may lie beyond what the mode lets compiled code assume of limits.
      loads += 1;
      if (written || loads > 1) return false;
    } else if (op === OP.guestStore || op === OP.guestStoreV128) {
      if (written) return false;
      written = true;
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
export function factsOf(form: FormInfo, state: ExecutorState): FormFacts {
  const { ir } = form;
  let branchHole = -1;
  let branchBits = 64;
  let jumps = false;
  let keepsReturn = false;
  let first = -1;
  for (let i = 0; i < ir.count; i += 1) {
    const op = ir.op[i]!;
    if (first < 0 && op !== OP.constI32) first = op;
    if (op === OP.branch) {
      branchHole = ir.y[i]!;
      branchBits = ir.x[i]!;
    } else if (op === OP.jump) jumps = true;
    else if (op === OP.guestStore && ir.op[ir.b[i]!] === OP.nextPc) keepsReturn = true;
  }
  const compilable = first !== OP.fault && isRestartable(ir, state);
  return { compilable, branchHole, branchBits, jumps, endsBlock: form.endsBlock, keepsReturn, ir };
}
