import { IsinglassError } from "@isinglass/interface";
import { type HoleKind, type IrFunction, OP } from "./function.js";
import {
  isCall,
  isGuestLoad,
  isGuestStore,
  isLocalGet,
  isLocalSet,
  isOpener,
  isReturn,
  isTerminator,
} from "./op-kinds.js";
import { OPS, type OpSpec } from "./opcodes.js";
import { stateAccess } from "./state-access.js";
import { findStructure } from "./structure.js";
import {
  F32,
  F64,
  MEM_PHYSICAL,
  MEM_SIGNED,
  MEM_SIZE_MASK,
  MEM_SUPERVISOR,
  MEM_USER,
  TYPE_NAMES,
  type Value,
  type ValueType,
  VOID,
} from "./types.js";
import { findEarlyWrites, type WriteOrderOptions } from "./write-order.js";

/** What {@link verify} may know beyond the function itself. */
export type VerifyOptions = WriteOrderOptions;

/** One thing that {@link verify} found: where (index of the micro-op) and what. */
export interface Finding {
  readonly at: number;
  readonly message: string;
}

/** Result of {@link verify}. */
export interface Verification {
  /** The function breaks a rule; executors need not cope with it. */
  readonly errors: readonly Finding[];
  /** Ops that may fault after something architectural was written (precise exceptions, engine law 3). */
  readonly warnings: readonly Finding[];
}

const HOLES_OF: ReadonlyMap<number, readonly HoleKind[]> = new Map<number, readonly HoleKind[]>([
  [OP.holeI32, ["i8", "i32"]],
  [OP.holeI64, ["i8", "i32", "i64"]],
  [OP.branch, ["i8", "i32", "i64"]],
]);

/** A structure on the way down: its scope, whether it is a loop, whether its end can be reached. */
interface Open {
  scope: number;
  readonly isLoop: boolean;
  readonly isIf: boolean;
  hasElse: boolean;
  endReached: boolean;
}

class Verifier {
  readonly errors: Finding[] = [];
  readonly #fn: IrFunction;
  readonly #functions: readonly IrFunction[] | undefined;
  /** Scope that each value was defined in; a value may be used while its scope is open. */
  readonly #scopeOf: Int32Array;
  readonly #openScopes: Set<number> = new Set([0]);
  readonly #open: Open[] = [];
  #scope = 0;
  #scopes = 0;
  #reachable = true;
  /** A terminator was the last op of this arm. */
  #armEnded = false;

  constructor(fn: IrFunction, functions: readonly IrFunction[] | undefined) {
    this.#fn = fn;
    this.#functions = functions;
    this.#scopeOf = new Int32Array(fn.count);
  }

  run(): void {
    const fn = this.#fn;
    for (const [i, type] of fn.locals.entries()) {
      if (type === F32 || type === F64 || type === VOID)
        this.#fail(0, `local ${i} is ${TYPE_NAMES[type]}; locals are i32, i64 or v128`);
      if (i < fn.params.length && fn.params[i] !== type) this.#fail(0, `local ${i} is not of its parameter's type`);
    }
    if (fn.params.length > fn.locals.length) this.#fail(0, "parameters are missing among the locals");
    for (let at = 0; at < fn.count; at += 1) {
      const spec = OPS[fn.op[at]!];
      if (spec === undefined) this.#fail(at, `there is no micro-op number ${fn.op[at]}`);
      else {
        if (this.#armEnded && fn.op[at] !== OP.end && fn.op[at] !== OP.else) {
          this.#fail(at, `${spec.name} comes after a terminator in the same arm and is never reached`);
          this.#armEnded = false;
        }
        this.#operands(at, spec);
        this.#immediates(at, spec);
        this.#control(at);
        this.#scopeOf[at] = this.#scope;
      }
    }
    if (this.#reachable && fn.result !== VOID) {
      this.#fail(fn.count, `end of the function is reached without a return of ${TYPE_NAMES[fn.result]}`);
    }
  }

  #fail(at: number, message: string): void {
    this.errors.push({ at, message });
  }

  #use(at: number, value: Value, want: ValueType, what: string): void {
    const { op, count } = this.#fn;
    if (value < 0 || value >= count) {
      this.#fail(at, `${what} is missing; wants ${TYPE_NAMES[want]}`);
      return;
    }
    const have = OPS[op[value]!]?.result ?? VOID;
    if (value >= at) this.#fail(at, `${what} uses %${value} before it is computed`);
    else if (!this.#openScopes.has(this.#scopeOf[value]!))
      this.#fail(at, `${what} uses %${value} outside the arm that computes it`);
    if (have !== want) this.#fail(at, `${what} %${value} is ${TYPE_NAMES[have]}, wants ${TYPE_NAMES[want]}`);
  }

  #operands(at: number, spec: OpSpec): void {
    const { a, b, c } = this.#fn;
    const given = [a[at]!, b[at]!, c[at]!];
    spec.operands.forEach((want, i) => this.#use(at, given[i]!, want, `${spec.name} operand ${i}`));
  }

  #hole(at: number, hole: number, kinds: readonly HoleKind[], name: string): void {
    const kind = this.#fn.holes[hole];
    if (kind === undefined) this.#fail(at, `${name} uses hole #${hole}; there are ${this.#fn.holes.length}`);
    else if (!kinds.includes(kind))
      this.#fail(at, `${name} uses hole #${hole} of kind ${kind}, wants ${kinds.join(" or ")}`);
  }

  /** The fields that are no operands. */
  #immediates(at: number, spec: OpSpec): void {
    const fn = this.#fn;
    const op = fn.op[at]!;
    const x = fn.x[at]!;
    const y = fn.y[at]!;
    const kinds = HOLES_OF.get(op);
    if (kinds !== undefined) this.#hole(at, op === OP.branch ? y : x, kinds, spec.name);
    if (op === OP.branch && x !== 32 && x !== 64) this.#fail(at, `branch wraps at ${x} bits, wants 32 or 64`);
    if (stateAccess(op) !== undefined) {
      if (y >= 0) this.#hole(at, y, ["state"], spec.name);
      else if (x < 0) this.#fail(at, `${spec.name} at negative offset ${x}`);
    }
    if ((op === OP.stateLoadIndexed || op === OP.stateStoreIndexed) && (x < 0 || y < 0))
      this.#fail(at, `${spec.name} at offset ${x} with mask ${y}, wants neither below 0`);
    if (spec.hasLane) {
      const lanes = Number(/x(\d+)/.exec(spec.name)?.[1]);
      if (x < 0 || x >= lanes) this.#fail(at, `${spec.name} has no lane ${x}`);
    }
    if (op === OP.constV128) this.#bytes(at, x, 256, spec.name);
    if (op === OP.shuffle) this.#bytes(at, x, 32, spec.name);
    if (isLocalGet(op) || isLocalSet(op)) {
      const want = spec.result === VOID ? spec.operands[0]! : spec.result;
      const have = fn.locals[x];
      if (have === undefined) this.#fail(at, `${spec.name} uses local $${x}; there are ${fn.locals.length}`);
      else if (have !== want) this.#fail(at, `${spec.name} uses local $${x}, which is ${TYPE_NAMES[have]}`);
    }
    if (isCall(op)) this.#call(at, spec);
    this.#descriptor(at, op, x, spec.name);
  }

  #bytes(at: number, first: number, limit: number, name: string): void {
    const bytes = first < 0 ? [] : [...this.#fn.extra.subarray(first, first + 16)];
    if (bytes.length !== 16 || bytes.some((byte) => byte < 0 || byte >= limit)) {
      this.#fail(at, `${name} wants 16 numbers below ${limit} in extra from ${first}`);
    }
  }

  #call(at: number, spec: OpSpec): void {
    const fn = this.#fn;
    const index = fn.x[at]!;
    const first = fn.c[at]!;
    const count = fn.y[at]!;
    if (first < 0 || count < 0 || first + count > fn.extra.length) {
      this.#fail(at, `${spec.name} has ${count} arguments in extra from ${first}, which ends at ${fn.extra.length}`);
      return;
    }
    const args = fn.extra.subarray(first, first + count);
    if (this.#functions === undefined) {
      for (const value of args) this.#use(at, value, OPS[fn.op[value] ?? -1]?.result ?? VOID, `${spec.name} argument`);
      return;
    }
    const callee = this.#functions[index];
    if (callee === undefined) {
      this.#fail(at, `${spec.name} calls function ${index}; there are ${this.#functions.length}`);
      return;
    }
    if (callee.result !== spec.result)
      this.#fail(at, `${spec.name} calls ${callee.name}, which returns ${TYPE_NAMES[callee.result]}`);
    if (callee.params.length !== count)
      this.#fail(at, `${callee.name} takes ${callee.params.length} arguments, not ${count}`);
    callee.params.forEach((want, i) => this.#use(at, args[i] ?? -1, want, `argument ${i} of ${callee.name}`));
  }

  #descriptor(at: number, op: number, x: number, name: string): void {
    if (!isGuestLoad(op) && !isGuestStore(op)) return;
    const isVector = op === OP.guestLoadV128 || op === OP.guestStoreV128;
    const isStore = isGuestStore(op);
    const size = x & MEM_SIZE_MASK;
    const isPair = op === OP.guestStoreV256;
    if (isPair ? size !== 5 : isVector ? size !== 4 : size > 3) this.#fail(at, `${name} of ${1 << size} bytes`);
    if (isStore && (x & MEM_SIGNED) !== 0) this.#fail(at, `${name} is marked as sign-extending`);
    const who = x & (MEM_USER | MEM_SUPERVISOR | MEM_PHYSICAL);
    if ((who & (who - 1)) !== 0) this.#fail(at, `${name} is marked as more than one of user, supervisor and physical`);
  }

  #enter(): number {
    this.#scopes += 1;
    this.#scope = this.#scopes;
    this.#openScopes.add(this.#scope);
    return this.#scope;
  }

  #leaveScope(top: Open): void {
    this.#openScopes.delete(top.scope);
    this.#scope = this.#open.at(-2)?.scope ?? 0;
  }

  #control(at: number): void {
    const fn = this.#fn;
    const op = fn.op[at]!;
    this.#armEnded = false;
    if (isOpener(op)) {
      this.#open.push({
        scope: this.#enter(),
        isLoop: op === OP.loop,
        isIf: op === OP.if,
        hasElse: false,
        endReached: false,
      });
    } else if (op === OP.else) {
      const top = this.#open.at(-1)!;
      top.endReached ||= this.#reachable;
      top.hasElse = true;
      this.#leaveScope(top);
      top.scope = this.#enter();
      this.#reachable = true;
    } else if (op === OP.end) {
      const top = this.#open.at(-1)!;
      this.#leaveScope(top);
      this.#open.pop();
      this.#reachable ||= top.endReached || (top.isIf && !top.hasElse);
    } else if (op === OP.br || op === OP.brIf) {
      const depth = fn.x[at]!;
      const target = this.#open[this.#open.length - 1 - depth];
      if (depth < 0 || target === undefined)
        this.#fail(at, `branch out of ${depth + 1} structures; ${this.#open.length} are open`);
      else if (!target.isLoop) target.endReached = true;
    } else if (isReturn(op)) {
      const given = OPS[op]!.operands[0] ?? VOID;
      if (given !== fn.result) this.#fail(at, `${OPS[op]!.name} in a function that returns ${TYPE_NAMES[fn.result]}`);
    }
    if (isTerminator(op)) {
      this.#reachable = false;
      this.#armEnded = true;
    }
  }
}

/**
 * Checks a function: operand types, values computed before their use and in an arm that is still open, nesting, branch
 * depths, holes, locals, descriptors and lanes, nothing after a terminator, a return on every way out of a function with a
 * result. Ops that may fault after an architectural write are listed as warnings.
 *
 * @example
 * for (const { at, message } of verify(fn).errors) console.log(`${fn.name}: op ${at}: ${message}`);
 */
export function verify(fn: IrFunction, options: VerifyOptions = {}): Verification {
  try {
    findStructure(fn);
  } catch (error) {
    if (!(error instanceof IsinglassError)) throw error;
    return { errors: [{ at: Number(error.data["at"]), message: error.message }], warnings: [] };
  }
  const verifier = new Verifier(fn, options.functions);
  verifier.run();
  const warnings = verifier.errors.length === 0 ? findEarlyWrites(fn, options) : [];
  return { errors: verifier.errors, warnings };
}

/**
 * As {@link verify}, for where a broken function cannot be worked with.
 *
 * @throws IsinglassError `ISG_UOPS_VERIFY` with all errors in its message
 */
export function assertVerified(fn: IrFunction, options: VerifyOptions = {}): void {
  const { errors } = verify(fn, options);
  if (errors.length === 0) return;
  const text = errors.map(({ at, message }) => `op ${at}: ${message}`).join("; ");
  throw new IsinglassError("ISG_UOPS_VERIFY", `${fn.name}: ${text}`, { function: fn.name });
}
