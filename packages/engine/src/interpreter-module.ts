import { EXIT_BUDGET, type ExecutorState, type GuestIsa, I32, type IrFunction } from "@isinglass/uops";
import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import {
  AROUND,
  type Around,
  ENTRY,
  FIRST_FORM_HANDLER,
  FIRST_POOLED,
  FUEL,
  PAGE,
  RECORD,
  SAVED,
  STATUS,
  TARGET,
  TLB,
  VCPU,
  emitCommitPc,
  emitCount,
  emitLeave,
  emitLookup,
  emitOwnHandler,
  emitReload,
} from "./dispatch-code.js";
import { defineHelpers } from "./helper-functions.js";
import { REGION_PARAMS, REGION_RESULTS } from "./jit/region-signature.js";
import { LocalPool } from "./local-pool.js";
import { Lowerer } from "./lower.js";
import {
  type HoleLayout,
  RECORD_BYTES,
  RECORD_DISPLACEMENT,
  RECORD_HANDLER,
  RECORD_LENGTH,
  RECORD_OFFSET,
  RECORD_SLOT,
  RECORD_WRAP,
} from "./record.js";
import { CHAIN_LOCALS, CHAIN_PARAMS, chainCode } from "./region-chain.js";
import { RuntimeImports } from "./runtime-imports.js";
import { ColdTarget, RecordTarget, type RuntimeFunctions } from "./targets.js";
import { TLB_SHAPE } from "./tlb-shape.js";

const { i32, i64 } = WASM_TYPE;

class InlineTarget extends RecordTarget {
  /** Number of handler blocks open around this handler. */
  readonly #handlers: number;

  constructor(
    handlers: number,
    fn: IrFunction,
    layout: HoleLayout,
    pool: LocalPool,
    state: ExecutorState,
    runtime: RuntimeFunctions,
  ) {
    super(
      { vcpu: VCPU, record: RECORD, page: PAGE, fuel: FUEL, tlb: TLB, saved: SAVED },
      fn,
      layout,
      pool,
      state,
      runtime,
    );
    this.#handlers = handlers;
  }

  #go(code: CodeWriter, depth: number, where: Around): void {
    code.br(depth + this.#handlers + AROUND.indexOf(where));
  }

  protected goFault(code: CodeWriter, depth: number): void {
    this.#go(code, depth, "fault");
  }

  jump(code: CodeWriter, depth: number): void {
    code.localSet(TARGET);
    this.#go(code, depth, "lookup");
  }

  branch(code: CodeWriter, depth: number): void {
    this.#go(code, depth, "branch");
  }

  repeat(code: CodeWriter, depth: number): void {
    this.#go(code, depth, "dispatch");
  }

  assist(code: CodeWriter, depth: number, id: number): void {
    const a = this.allocate(I32);
    const b = this.allocate(I32);
    code.localSet(b).localSet(a);
    this.commit(code);
    code.i32(id).localGet(a).localGet(b).call(this.runtime.assist).localTee(STATUS).if();
    code.localGet(STATUS).i32(3).op("i32.eq").if();
    this.leave(code);
    code.else();
    code.localGet(STATUS).i32(1).op("i32.ne").if();
    code.localGet(VCPU).memory("i32.load", this.state.exitCode).return();
    code.end();
    emitReload(code, this.state);
    this.#go(code, depth + 2, "lookup");
    code.end().end();
  }

  leave(code: CodeWriter): void {
    emitLeave(code);
  }

  finish(code: CodeWriter): void {
    code.localGet(RECORD).i32(RECORD_BYTES).op("i32.add").localSet(RECORD);
    this.#go(code, 0, "dispatch");
  }
}

/** A form with the layout of its record. */
export interface LaidOutForm {
  readonly ir: IrFunction;
  readonly layout: HoleLayout;
}

/**
 * Handler functions for forms that the dispatch loop has not inline: one module a batch, exported as `c0`, `c1`, … The
 * module does not import the table: on Node 20 each importer would hold a copy of it (128 KB at 16,384 slots).
 */
export function buildColdModule(isa: GuestIsa, forms: readonly LaidOutForm[]): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("e", "memory", 1);
  const runtime = new RuntimeImports(module, isa);
  const bodies = forms.map(({ ir, layout }) => {
    const code = new CodeWriter(512);
    const pool = new LocalPool(5);
    const target = new ColdTarget(ir, layout, pool, isa.state, runtime);
    new Lowerer(code, ir, target, TLB_SHAPE).run();
    target.finish(code);
    return { code, types: pool.types };
  });
  bodies.forEach(({ code, types }, k) => {
    module.export(`c${k}`, module.func([i32, i32, i64, i32, i32], [i32], types, code));
  });
  return module.build();
}

/** The dispatch loop with the handlers of `hot` inline. Exports `run(vcpu, fuel)` and the helpers as `f0`, `f1`, … */
export function buildInterpreter(isa: GuestIsa, hot: readonly LaidOutForm[]): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("e", "memory", 1);
  module.importTable("e", "table", 1);
  module.importTable("e", "regions", 1);
  // Functions of its own call them: all are imported before the first of those.
  const { assist, slowLoad, slowStore, resolve, cross, hot: hotter, left, lazy } = new RuntimeImports(module, isa);
  const imported = { assist, slowLoad, slowStore, resolve, cross, hot: hotter, left, lazy };
  const runtime = defineHelpers(module, isa, imported);
  isa.functions.forEach((_, n) => module.export(`f${n}`, runtime.helper(n)));
  const coldType = module.type([i32, i32, i64, i32, i32], [i32]);
  const chain = module.func(
    CHAIN_PARAMS,
    [i32],
    CHAIN_LOCALS,
    chainCode(isa.state, module.type(REGION_PARAMS, REGION_RESULTS), left),
  );
  const pool = new LocalPool(FIRST_POOLED);
  const code = new CodeWriter(65536);
  const { state } = isa;
  const handlers = FIRST_FORM_HANDLER + hot.length;

  code.localGet(VCPU).memory("i32.load", state.tlbView).localSet(TLB);
  code.localGet(VCPU).memory("i64.load", state.pc).localSet(TARGET);
  // The first dispatch finds no record yet: enter through the lookup.
  code.i32(0).localSet(RECORD);
  code.loop();
  code.block(); // fault
  code.block(); // lookup
  code.block(); // branch
  for (let i = 0; i < handlers; i += 1) code.block();
  code
    .localGet(RECORD)
    .op("i32.eqz")
    .brIf(handlers + AROUND.indexOf("lookup"));
  code.localGet(FUEL).op("i32.eqz").if();
  emitCommitPc(code, state);
  code.localGet(VCPU).localGet(SAVED).memory("i32.store", state.fuel);
  code.i32(EXIT_BUDGET).return();
  code.end();
  code.localGet(FUEL).i32(1).op("i32.sub").localSet(FUEL);
  code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER);
  code.brTable(
    Array.from({ length: handlers }, (_, i) => i),
    0,
  );

  for (let i = 0; i < handlers; i += 1) {
    code.end();
    const open = handlers - 1 - i;
    if (i < FIRST_FORM_HANDLER) emitOwnHandler(code, i, open, state, coldType, { cross, lazy, chain });
    else {
      const { ir, layout } = hot[i - FIRST_FORM_HANDLER]!;
      pool.reset();
      const target = new InlineTarget(open, ir, layout, pool, state, runtime);
      new Lowerer(code, ir, target, TLB_SHAPE).run();
      target.finish(code);
    }
  }

  code.end(); // branch: through the slot, else by address
  code.localGet(RECORD).memory("i32.load", RECORD_SLOT).memory("i32.load", 0).localTee(ENTRY).if();
  code.localGet(ENTRY).localSet(RECORD);
  emitCount(code, state, imported.hot);
  code.br(3);
  code.end();
  code.localGet(PAGE).localGet(RECORD).memory("i64.load16_u", RECORD_OFFSET).op("i64.add");
  code.localGet(RECORD).memory("i64.load8_u", RECORD_LENGTH).op("i64.add");
  code.localGet(RECORD).memory("i64.load32_s", RECORD_DISPLACEMENT).op("i64.add").localSet(TARGET);
  code.localGet(RECORD).memory("i32.load8_u", RECORD_WRAP).i32(1).op("i32.and").if();
  code.localGet(TARGET).op("i32.wrap_i64").op("i64.extend_i32_u").localSet(TARGET);
  code.end();

  code.end(); // lookup: the fetch TLB names the code page, its table the record
  emitLookup(code, state, imported.resolve, imported.hot);

  code.end(); // fault: the instruction has not happened
  emitCommitPc(code, state);
  code.localGet(VCPU).localGet(FUEL).localGet(SAVED).op("i32.add").i32(1).op("i32.add").memory("i32.store", state.fuel);
  code.localGet(VCPU).memory("i32.load", state.exitCode).return();
  code.end();
  code.op("unreachable");

  // run(vcpu, fuel) copies its argument to where the loop keeps it.
  const loopFunction = module.func([i32, i32, i64, i32, i32, i64, i32, i32, i32, i32], [i32], pool.types, code);
  const entry = new CodeWriter(64)
    .localGet(0)
    .i32(0)
    .i64(0, 0)
    .localGet(1)
    .i32(0)
    .i64(0, 0)
    .i32(0)
    .i32(0)
    .i32(0)
    .i32(0)
    .call(loopFunction);
  module.export("run", module.func([i32, i32], [i32], [], entry));
  return module.build();
}
