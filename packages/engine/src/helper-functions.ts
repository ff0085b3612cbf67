import { type GuestIsa, type IrFunction, type ValueType } from "@isinglass/uops";
import { CodeWriter, type ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { LocalPool } from "./local-pool.js";
import { Lowerer, type LoweringTarget, wasmType } from "./lower.js";
import type { RuntimeFunctions } from "./targets.js";
import { TLB_SHAPE } from "./tlb-shape.js";

/** A callee function: `(vcpu, params…) -> result`. */
class CalleeTarget implements LoweringTarget {
  readonly vcpu: number = 0;
  readonly memoryScratch: number = 0;
  readonly #pool: LocalPool;
  readonly #locals: number[];
  readonly #runtime: RuntimeFunctions;

  constructor(fn: IrFunction, pool: LocalPool, runtime: RuntimeFunctions) {
    this.#pool = pool;
    this.#runtime = runtime;
    this.#locals = fn.locals.map((type, i) => (i < fn.params.length ? i + 1 : pool.take(type)));
  }

  allocate(type: ValueType): number {
    return this.#pool.take(type);
  }

  irLocal(index: number): number {
    return this.#locals[index]!;
  }

  call(code: CodeWriter, index: number): void {
    code.call(this.#runtime.helper(index));
  }

  returns(code: CodeWriter): void {
    code.return();
  }

  #no(what: string): never {
    throw new Error(`engine: a called function cannot use ${what}`);
  }

  holeI32(): void {
    this.#no("holes");
  }
  holeI64(): void {
    this.#no("holes");
  }
  holeAddress(): void {
    this.#no("holes");
  }
  pc(): void {
    this.#no("the pc");
  }
  nextPc(): void {
    this.#no("the pc");
  }
  jump(): void {
    this.#no("jumps");
  }
  branch(): void {
    this.#no("jumps");
  }
  repeat(): void {
    this.#no("jumps");
  }
  fault(): void {
    this.#no("faults");
  }
  assist(): void {
    this.#no("assists");
  }
  leave(): void {
    this.#no("leave");
  }
  tlb(): void {
    this.#no("guest memory");
  }
  slowLoad(): void {
    this.#no("guest memory");
  }
  slowStore(): void {
    this.#no("guest memory");
  }
}

/** Declares the ISA's functions as functions of the module. */
export function defineHelpers(
  module: ModuleBuilder,
  isa: GuestIsa,
  imported: Omit<RuntimeFunctions, "helper">,
): RuntimeFunctions {
  const indices = isa.functions.map((fn) =>
    module.func([WASM_TYPE.i32, ...fn.params.map(wasmType)], fn.result === 0 ? [] : [wasmType(fn.result)], []),
  );
  const runtime: RuntimeFunctions = { ...imported, helper: (n) => indices[n]! };
  isa.functions.forEach((fn, n) => {
    const code = new CodeWriter(512);
    const pool = new LocalPool(1 + fn.params.length);
    new Lowerer(code, fn, new CalleeTarget(fn, pool, runtime), TLB_SHAPE).run();
    if (fn.result !== 0) code.op("unreachable");
    module.setBody(indices[n]!, pool.types, code);
  });
  return runtime;
}
