import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { TLB_CODE, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_FETCH, TLB_RAM, TLB_READ, TLB_WRITE } from "@isinglass/mmu";
import { type ExecutorState, type GuestIsa, I32, type IrFunction, type ValueType } from "@isinglass/uops";
import { EXIT_BUDGET } from "@isinglass/uops";
import { emitLeft } from "./jit/exits.js";
import { REGION_PARAMS, REGION_RESULTS } from "./jit/region-signature.js";
import { LocalPool } from "./local-pool.js";
import { Lowerer, type LoweringTarget, type TlbShape, wasmType } from "./lower.js";
import {
  type HoleLayout,
  RECORD_BYTES,
  RECORD_DISPLACEMENT,
  RECORD_COUNTDOWN,
  RECORD_EXECUTED,
  RECORD_FUNCTION,
  RECORD_HOLES,
  RECORD_HANDLER,
  RECORD_LENGTH,
  RECORD_OFFSET,
  RECORD_SLOT,
  RECORD_WRAP,
} from "./record.js";
import { RuntimeImports } from "./runtime-imports.js";
import {
  COLD_FAULT,
  COLD_JUMP,
  COLD_LEAVE,
  COLD_REPEAT,
  ColdTarget,
  RecordTarget,
  type RuntimeFunctions,
} from "./targets.js";

export const TLB_SHAPE: TlbShape = {
  entries: TLB_ENTRIES,
  entryBytes: TLB_ENTRY_BYTES,
  readTag: TLB_READ,
  fetchTag: TLB_FETCH,
  writeTag: TLB_WRITE,
  ram: TLB_RAM,
};

/** Handlers that the dispatch loop has for itself, before those of the ISA's forms. */
/** Look the record's own address up again: the code changed, or it goes on elsewhere. Counts no instruction. */
export const HANDLER_RESOLVE: number = 0;
/** Go on at the record that the slot holds. Counts no instruction. */
export const HANDLER_GOTO: number = 1;
/** The next record is an instruction that crosses into another page: check that page's mapping. Counts no instruction. */
export const HANDLER_CROSS: number = 2;
/** Call the handler function in the table. */
export const HANDLER_CALL: number = 3;
/** Call the region whose slot is in the record; the record that it took the place of is where `RECORD_HOLES` says. Counts no instruction. */
export const HANDLER_REGION: number = 4;
/** Have the instruction evaluated, or its handler function made; `RECORD_FUNCTION` is its form. Counts no instruction. */
export const HANDLER_LAZY: number = 5;
export const FIRST_FORM_HANDLER: number = 6;

const { i32, i64 } = WASM_TYPE;

// Locals of the dispatch function.
const VCPU = 0;
const RECORD = 1;
const PAGE = 2;
const FUEL = 3;
const TLB = 4;
const TARGET = 5;
const SAVED = 6;
const ENTRY = 7;
const STATUS = 8;
/** 1: the instruction at the target that is looked up is interpreted, even where a region begins there. */
const SKIP = 9;
const FIRST_POOLED = 10;

/** Order of the structures around the handlers, innermost first: branch depths count from here. */
const AROUND = ["branch", "lookup", "fault", "dispatch"] as const;
type Around = (typeof AROUND)[number];

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

/** Makes the loop leave at the next boundary: what is left of the fuel is put aside. */
function emitLeave(code: CodeWriter): void {
  code.localGet(SAVED).localGet(FUEL).op("i32.add").localSet(SAVED).i32(0).localSet(FUEL);
}

/** After a jump by an assist: takes over view, target and fuel, which the assist may have changed. */
function emitReload(code: CodeWriter, state: ExecutorState): void {
  code.localGet(VCPU).memory("i32.load", state.tlbView).localSet(TLB);
  code.localGet(VCPU).memory("i64.load", state.pc).localSet(TARGET);
  code.localGet(SAVED).if();
  code.localGet(VCPU).memory("i32.load", state.fuel).localSet(SAVED);
  code.else();
  code.localGet(VCPU).memory("i32.load", state.fuel).localSet(FUEL);
  code.end();
}

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

/** A form with the layout of its record. */
export interface LaidOutForm {
  readonly ir: IrFunction;
  readonly layout: HoleLayout;
}

/** Declares the ISA's functions as functions of the module. */
function defineHelpers(
  module: ModuleBuilder,
  isa: GuestIsa,
  imported: Omit<RuntimeFunctions, "helper">,
): RuntimeFunctions {
  const indices = isa.functions.map((fn) =>
    module.func([i32, ...fn.params.map(wasmType)], fn.result === 0 ? [] : [wasmType(fn.result)], []),
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
  const regionType = module.type(REGION_PARAMS, REGION_RESULTS);
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
    if (i < FIRST_FORM_HANDLER) emitOwnHandler(code, i, open, state, coldType, regionType, imported);
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

function emitCommitPc(code: CodeWriter, state: ExecutorState): void {
  code
    .localGet(VCPU)
    .localGet(PAGE)
    .localGet(RECORD)
    .memory("i64.load16_u", RECORD_OFFSET)
    .op("i64.add")
    .memory("i64.store", state.pc);
}

/**
 * Counts an arrival at RECORD in the upper seven bits of a byte of it; at every 128th the engine is told, which may want the loop to
 * leave at the next boundary. Nothing is told at the end of the budget, where somebody else may have asked to leave.
 */
function emitCount(code: CodeWriter, state: ExecutorState, hot: number): void {
  code.localGet(RECORD).localGet(RECORD).memory("i32.load8_u", RECORD_WRAP).i32(2).op("i32.add").localTee(STATUS);
  code.memory("i32.store8", RECORD_WRAP);
  code.localGet(STATUS).i32(254).op("i32.and").op("i32.eqz").localGet(FUEL).i32(0).op("i32.ne").op("i32.and").if();
  emitCommitPc(code, state);
  code.localGet(RECORD).call(hot).if();
  emitLeave(code);
  code.end().end();
}

/** ENTRY becomes the soft-TLB entry of TARGET, PAGE its fetch tag. */
function emitFetchEntry(code: CodeWriter): void {
  const shift = 12 - Math.log2(TLB_ENTRY_BYTES);
  code.localGet(TLB).localGet(TARGET).op("i32.wrap_i64").i32(shift).op("i32.shr_u");
  code
    .i32((TLB_ENTRIES - 1) * TLB_ENTRY_BYTES)
    .op("i32.and")
    .op("i32.add")
    .localTee(ENTRY);
  code.memory("i64.load", TLB_FETCH).localSet(PAGE);
}

/** Leaves the record of TARGET, or 0, on the stack; ENTRY is the table of its page, PAGE the page. */
function emitRecordOfTarget(code: CodeWriter): void {
  code
    .localGet(ENTRY)
    .localGet(TARGET)
    .localGet(PAGE)
    .op("i64.sub")
    .op("i32.wrap_i64")
    .i32(2)
    .op("i32.shl")
    .op("i32.add");
  code.memory("i32.load", 0);
}

/** Where a region left for the interpreter: the record that a region took the place of, if RECORD is such a place. */
function emitSkip(code: CodeWriter): void {
  code.localGet(SKIP).if();
  code.i32(0).localSet(SKIP);
  code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER).i32(HANDLER_REGION).op("i32.eq").if();
  code.localGet(RECORD).memory("i32.load", RECORD_HOLES).localSet(RECORD);
  code.end().end();
}

/** Finds the record of TARGET; falls out to the fault block where there is none. Ends by going to dispatch. */
function emitLookup(code: CodeWriter, state: ExecutorState, resolve: number, hot: number): void {
  emitFetchEntry(code);
  code.localGet(TARGET).localGet(PAGE).op("i64.sub").i64(4096, 0).op("i64.lt_u").if();
  code.localGet(ENTRY).memory("i32.load", TLB_CODE).localTee(ENTRY).if();
  emitRecordOfTarget(code);
  code.localTee(RECORD).if();
  emitCount(code, state, hot);
  emitSkip(code);
  code.br(4);
  code.end().end().end();
  // The last instruction of the budget has been executed: what its target raises is the next one's matter.
  code.localGet(FUEL).op("i32.eqz").if();
  code.localGet(VCPU).localGet(TARGET).memory("i64.store", state.pc);
  code.localGet(VCPU).localGet(SAVED).memory("i32.store", state.fuel);
  code.i32(EXIT_BUDGET).return();
  code.end();
  code.localGet(VCPU).localGet(TARGET).memory("i64.store", state.pc);
  code.localGet(VCPU).localGet(FUEL).localGet(SAVED).op("i32.add").memory("i32.store", state.fuel);
  code.localGet(TARGET).i64(-4096, -1).op("i64.and").localSet(PAGE);
  code.localGet(FUEL).call(resolve).localTee(RECORD).if();
  emitSkip(code);
  code.br(2);
  code.end();
  code.localGet(VCPU).memory("i32.load", state.exitCode).return();
}

function emitOwnHandler(
  code: CodeWriter,
  handler: number,
  open: number,
  state: ExecutorState,
  coldType: number,
  regionType: number,
  { cross, lazy, left }: { readonly cross: number; readonly lazy: number; readonly left: number },
): void {
  const go = (depth: number, where: Around): void => {
    code.br(depth + open + AROUND.indexOf(where));
  };
  if (handler === HANDLER_CALL) {
    code.localGet(VCPU).localGet(RECORD).localGet(PAGE).localGet(FUEL).localGet(SAVED).op("i32.add").localGet(TLB);
    code
      .localGet(RECORD)
      .memory("i32.load16_u", RECORD_FUNCTION)
      .callIndirect(coldType)
      .localTee(STATUS)
      .op("i32.eqz")
      .if();
    code.localGet(RECORD).i32(RECORD_BYTES).op("i32.add").localSet(RECORD);
    go(1, "dispatch");
    code.end();
    code.localGet(STATUS).i32(COLD_REPEAT).op("i32.eq").if();
    go(1, "dispatch");
    code.end();
    code.localGet(STATUS).i32(COLD_JUMP).op("i32.eq").if();
    emitReload(code, state);
    go(1, "lookup");
    code.end();
    code.localGet(STATUS).i32(COLD_LEAVE).op("i32.eq").if();
    emitLeave(code);
    code.localGet(RECORD).i32(RECORD_BYTES).op("i32.add").localSet(RECORD);
    go(1, "dispatch");
    code.end();
    code.localGet(STATUS).i32(COLD_FAULT).op("i32.eq").if();
    go(1, "fault");
    code.end();
    // COLD_EXIT
    code.localGet(VCPU).memory("i32.load", state.exitCode).return();
    return;
  }
  code.localGet(FUEL).i32(1).op("i32.add").localSet(FUEL);
  if (handler === HANDLER_REGION) {
    code.loop();
    code.localGet(FUEL).localSet(ENTRY);
    code.localGet(VCPU).localGet(FUEL).localGet(PAGE).localGet(TLB);
    code.localGet(RECORD).memory("i32.load16_u", RECORD_FUNCTION).callIndirect(regionType, 1);
    emitLeft(code, state, { vcpu: VCPU, page: PAGE, how: TARGET, fuel: FUEL, interpret: SKIP, scratch: STATUS });
    // A region that was verified may be gone: the interpreter has been at work meanwhile.
    code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER).i32(HANDLER_REGION).op("i32.eq").if();
    code.localGet(RECORD).localGet(RECORD).memory("i64.load", RECORD_EXECUTED);
    code.localGet(ENTRY).localGet(FUEL).op("i32.sub").op("i64.extend_i32_u").op("i64.add");
    code.memory("i64.store", RECORD_EXECUTED);
    code.localGet(RECORD).localGet(RECORD).memory("i32.load", RECORD_COUNTDOWN).i32(1).op("i32.sub").localTee(STATUS);
    code.memory("i32.store", RECORD_COUNTDOWN);
    code
      .localGet(STATUS)
      .i32(0)
      .op("i32.le_s")
      .localGet(SKIP)
      .op("i32.eqz")
      .op("i32.and")
      .localGet(FUEL)
      .i32(0)
      .op("i32.ne");
    code.op("i32.and").if();
    code
      .localGet(RECORD)
      .localGet(PAGE)
      .op("i32.wrap_i64")
      .localGet(PAGE)
      .i64(32, 0)
      .op("i64.shr_u")
      .op("i32.wrap_i64");
    code.call(left).if();
    emitLeave(code);
    code.end().end().end();
    // From region to region without the dispatch, which the processor cannot predict.
    code.localGet(SKIP).op("i32.eqz").if();
    emitFetchEntry(code);
    code.localGet(TARGET).localGet(PAGE).op("i64.sub").i64(4096, 0).op("i64.lt_u").if();
    code.localGet(ENTRY).memory("i32.load", TLB_CODE).localTee(ENTRY).if();
    emitRecordOfTarget(code);
    code.localTee(RECORD).if();
    code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER).i32(HANDLER_REGION).op("i32.eq").brIf(4);
    code.end().end().end().end().end();
    go(0, "lookup");
    return;
  }
  if (handler === HANDLER_LAZY) {
    emitCommitPc(code, state);
    code.localGet(RECORD).localGet(FUEL).localGet(SAVED).op("i32.add").call(lazy).localTee(STATUS).op("i32.eqz").if();
    go(1, "dispatch");
    code.end();
    code.localGet(STATUS).i32(0).op("i32.gt_s").if();
    code.localGet(STATUS).i32(1).op("i32.sub").return();
    code.end();
    emitReload(code, state);
    go(0, "lookup");
    return;
  }
  if (handler === HANDLER_CROSS) {
    code.localGet(VCPU).localGet(FUEL).localGet(SAVED).op("i32.add").memory("i32.store", state.fuel);
    emitCommitPc(code, state);
    code.localGet(RECORD).localGet(FUEL).call(cross).localTee(ENTRY).if();
    code.localGet(ENTRY).localSet(RECORD);
    go(1, "dispatch");
    code.end();
    code.localGet(VCPU).memory("i32.load", state.exitCode).return();
    return;
  }
  if (handler === HANDLER_GOTO) {
    code.localGet(RECORD).memory("i32.load", RECORD_SLOT).memory("i32.load", 0).localTee(ENTRY).if();
    code.localGet(ENTRY).localSet(RECORD);
    go(1, "dispatch");
    code.end();
  }
  code.localGet(PAGE).localGet(RECORD).memory("i64.load16_u", RECORD_OFFSET).op("i64.add").localSet(TARGET);
  go(0, "lookup");
}
