import type { CodeWriter } from "@isinglass/wasm";
import { type ExecutorState, type HoleKind, I32, I64, type IrFunction, type ValueType } from "@isinglass/uops";
import { EXIT_FAULT, STORE_FAILED } from "@isinglass/uops";
import type { LoweringTarget } from "./lower.js";
import { type HoleLayout, RECORD_DISPLACEMENT, RECORD_LENGTH, RECORD_OFFSET } from "./record.js";
import type { LocalPool } from "./local-pool.js";

/** Indices of the functions that every emitted module imports or defines. */
export interface RuntimeFunctions {
  /** `(id, a, b) -> status` */
  readonly assist: number;
  /** `(vcpu, lo, hi, descriptor, fuel) -> host address or 0` */
  readonly slowLoad: number;
  /** `(vcpu, lo, hi, descriptor, fuel) -> STORE_*` */
  readonly slowStore: number;
  /** Index of helper function `n` of the ISA. */
  helper(n: number): number;
}

/** What a cold handler function returns to the dispatch loop. */
/** Go on with the next record. */
export const COLD_NEXT: number = 0;
/** The state's pc is the target; look it up, also the soft-TLB view. */
export const COLD_JUMP: number = 1;
/** Execute the same record again. */
export const COLD_REPEAT: number = 2;
/** Leave with the exit code in the state; the pc is this instruction, which has not happened. */
export const COLD_FAULT: number = 3;
/** Leave; pc and fuel in the state are right already. */
export const COLD_EXIT: number = 4;
/** As COLD_NEXT, then leave at the boundary. */
export const COLD_LEAVE: number = 5;

/** Locals of a function that executes a record. */
export interface RecordLocals {
  readonly vcpu: number;
  readonly record: number;
  /** i64: linear address of the page that the record's offset is relative to. */
  readonly page: number;
  readonly fuel: number;
  readonly tlb: number;
  /** Fuel put aside by a request to leave, or -1 where that is in `fuel`. */
  readonly saved: number;
}

/** What inline handlers and handler functions share: holes are fields of the record. */
export abstract class RecordTarget implements LoweringTarget {
  readonly vcpu: number;
  readonly memoryScratch: number;
  protected readonly at: RecordLocals;
  protected readonly state: ExecutorState;
  protected readonly runtime: RuntimeFunctions;
  readonly #layout: HoleLayout;
  readonly #pool: LocalPool;
  readonly #irLocals: number[];
  readonly #fn: IrFunction;

  constructor(
    at: RecordLocals,
    fn: IrFunction,
    layout: HoleLayout,
    pool: LocalPool,
    state: ExecutorState,
    runtime: RuntimeFunctions,
  ) {
    this.at = at;
    this.vcpu = at.vcpu;
    this.state = state;
    this.memoryScratch = state.memoryScratch;
    this.runtime = runtime;
    this.#fn = fn;
    this.#layout = layout;
    this.#pool = pool;
    this.#irLocals = fn.locals.map((type) => pool.take(type));
  }

  allocate(type: ValueType): number {
    return this.#pool.take(type);
  }

  irLocal(index: number): number {
    const local = this.#irLocals[index];
    if (local === undefined) throw new Error(`engine: ${this.#fn.name} has no local ${index}`);
    return local;
  }

  #field(hole: number): { kind: HoleKind; offset: number } {
    const kind = this.#layout.kinds[hole];
    const offset = this.#layout.offsets[hole];
    if (kind === undefined || offset === undefined) throw new Error(`engine: ${this.#fn.name} has no hole ${hole}`);
    return { kind, offset };
  }

  holeI32(code: CodeWriter, hole: number): void {
    const { kind, offset } = this.#field(hole);
    code
      .localGet(this.at.record)
      .memory(kind === "i8" ? "i32.load8_s" : kind === "state" ? "i32.load16_u" : "i32.load", offset);
  }

  holeI64(code: CodeWriter, hole: number): void {
    const { kind, offset } = this.#field(hole);
    code
      .localGet(this.at.record)
      .memory(kind === "i8" ? "i64.load8_s" : kind === "i32" ? "i64.load32_s" : "i64.load", offset);
  }

  holeAddress(code: CodeWriter, hole: number): void {
    code.localGet(this.vcpu);
    this.holeI32(code, hole);
    code.op("i32.add");
  }

  pc(code: CodeWriter): void {
    code.localGet(this.at.page).localGet(this.at.record).memory("i64.load16_u", RECORD_OFFSET).op("i64.add");
  }

  nextPc(code: CodeWriter): void {
    this.pc(code);
    code.localGet(this.at.record).memory("i64.load8_u", RECORD_LENGTH).op("i64.add");
  }

  call(code: CodeWriter, index: number): void {
    code.call(this.runtime.helper(index));
  }

  returns(): void {
    throw new Error(`engine: ${this.#fn.name} is an instruction and cannot return`);
  }

  tlb(code: CodeWriter): void {
    code.localGet(this.at.tlb);
  }

  /** Stores vector, error code and the exit code of a fault. */
  protected recordFault(code: CodeWriter, vector: number, error: number): void {
    const { state } = this;
    code.localGet(this.vcpu).i32(vector).memory("i32.store", state.faultVector);
    code.localGet(this.vcpu).i32(error).memory("i32.store", state.faultError);
    code.localGet(this.vcpu).i32(EXIT_FAULT).memory("i32.store", state.exitCode);
  }

  /** Commits pc, next pc and fuel before something that observes the state. */
  protected commit(code: CodeWriter): void {
    code.localGet(this.vcpu);
    this.pc(code);
    code.memory("i64.store", this.state.pc);
    code.localGet(this.vcpu);
    this.nextPc(code);
    code.memory("i64.store", this.state.nextPc);
    code.localGet(this.vcpu);
    this.#fuel(code);
    code.memory("i32.store", this.state.fuel);
  }

  #fuel(code: CodeWriter): void {
    code.localGet(this.at.fuel);
    if (this.at.saved >= 0) code.localGet(this.at.saved).op("i32.add");
  }

  #slow(code: CodeWriter, address: number, descriptor: number, callee: number): void {
    code.localGet(this.vcpu).localGet(address).op("i32.wrap_i64");
    code.localGet(address).i64(32, 0).op("i64.shr_u").op("i32.wrap_i64");
    code.i32(descriptor);
    this.#fuel(code);
    code.call(callee);
  }

  slowLoad(code: CodeWriter, depth: number, address: number, descriptor: number): void {
    this.#slow(code, address, descriptor, this.runtime.slowLoad);
    const host = this.#pool.take(I32);
    code.localTee(host).op("i32.eqz").if();
    this.goFault(code, depth + 1);
    code.end().localGet(host);
  }

  slowStore(code: CodeWriter, depth: number, address: number, descriptor: number): void {
    this.#slow(code, address, descriptor, this.runtime.slowStore);
    const status = this.#pool.take(I32);
    code.localTee(status).if();
    code.localGet(status).i32(STORE_FAILED).op("i32.eq").if();
    this.goFault(code, depth + 2);
    code.end();
    this.leave(code);
    code.end();
  }

  /** Goes away: fault or exit recorded in the state, the instruction has not happened. */
  protected abstract goFault(code: CodeWriter, depth: number): void;
  abstract jump(code: CodeWriter, depth: number): void;
  abstract branch(code: CodeWriter, depth: number): void;
  abstract repeat(code: CodeWriter, depth: number): void;
  abstract assist(code: CodeWriter, depth: number, id: number): void;
  abstract leave(code: CodeWriter): void;

  fault(code: CodeWriter, depth: number, vector: number, error: number): void {
    this.recordFault(code, vector, error);
    this.goFault(code, depth);
  }

  /** Leaves the target of a direct branch on the stack. */
  protected branchTarget(code: CodeWriter): void {
    this.nextPc(code);
    code.localGet(this.at.record).memory("i64.load32_s", RECORD_DISPLACEMENT).op("i64.add");
    if (this.#layout.branchWraps) code.op("i32.wrap_i64").op("i64.extend_i32_u");
  }
}

/** A handler in a function of its own: `(vcpu, record, page, fuel) -> COLD_*`. */
export class ColdTarget extends RecordTarget {
  readonly #status: number;
  readonly #after: number;

  constructor(fn: IrFunction, layout: HoleLayout, pool: LocalPool, state: ExecutorState, runtime: RuntimeFunctions) {
    super({ vcpu: 0, record: 1, page: 2, fuel: 3, tlb: 4, saved: -1 }, fn, layout, pool, state, runtime);
    this.#status = pool.take(I32);
    this.#after = pool.take(I32);
  }

  #return(code: CodeWriter, status: number): void {
    code.i32(status).return();
  }

  protected goFault(code: CodeWriter): void {
    this.#return(code, COLD_FAULT);
  }

  jump(code: CodeWriter): void {
    const target = this.allocate(I64);
    code.localSet(target).localGet(this.vcpu).localGet(target).memory("i64.store", this.state.pc);
    this.#storeFuel(code);
    this.#return(code, COLD_JUMP);
  }

  branch(code: CodeWriter): void {
    code.localGet(this.vcpu);
    this.branchTarget(code);
    code.memory("i64.store", this.state.pc);
    this.#storeFuel(code);
    this.#return(code, COLD_JUMP);
  }

  /** The dispatch loop takes its fuel from the state after a jump. */
  #storeFuel(code: CodeWriter): void {
    code.localGet(this.vcpu).localGet(this.at.fuel).memory("i32.store", this.state.fuel);
  }

  repeat(code: CodeWriter): void {
    code.localGet(this.#after).if();
    // The boundary between two iterations is one at which an executor may leave: pc is this instruction.
    code.localGet(this.vcpu);
    this.pc(code);
    code.memory("i64.store", this.state.pc);
    code.localGet(this.vcpu).i32(0).memory("i32.store", this.state.exitCode);
    this.#return(code, COLD_EXIT);
    code.end();
    this.#return(code, COLD_REPEAT);
  }

  assist(code: CodeWriter, _depth: number, id: number): void {
    const a = this.allocate(I32);
    const b = this.allocate(I32);
    code.localSet(b).localSet(a);
    this.commit(code);
    code.i32(id).localGet(a).localGet(b).call(this.runtime.assist).localTee(this.#status).if();
    code.localGet(this.#status).i32(3).op("i32.eq").if();
    this.leave(code);
    code.else();
    // ASSIST_JUMP is COLD_JUMP; anything else leaves.
    code.localGet(this.#status).i32(1).op("i32.eq").if();
    this.#return(code, COLD_JUMP);
    code.end();
    this.#return(code, COLD_EXIT);
    code.end().end();
  }

  leave(code: CodeWriter): void {
    code.i32(1).localSet(this.#after);
  }

  /** End of the function: the instruction is complete. */
  finish(code: CodeWriter): void {
    code.i32(COLD_LEAVE).i32(COLD_NEXT).localGet(this.#after).op("select");
  }
}
