import { TLB_CODE, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_FETCH } from "@isinglass/mmu";
import { EXIT_BUDGET, type ExecutorState } from "@isinglass/uops";
import type { CodeWriter } from "@isinglass/wasm";
import {
  RECORD_BYTES,
  RECORD_FUNCTION,
  RECORD_HOLES,
  RECORD_HANDLER,
  RECORD_OFFSET,
  RECORD_SLOT,
  RECORD_WRAP,
} from "./record.js";
import { COLD_FAULT, COLD_JUMP, COLD_LEAVE, COLD_REPEAT } from "./targets.js";

/*
 * Code of the dispatch loop around the handlers of instructions: looking an address up, counting arrivals, and the handlers that are no
 * instruction's.
 */

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

/** What the chain of regions (region-chain.ts) gives; pc, fuel and soft-TLB view are in the vCPU state then, but for `CHAIN_EXIT` where fuel and pc are as an assist left them. */
/** Look the pc up. */
export const CHAIN_LOOKUP: number = 0;
/** The same, and interpret the instruction there even where a region begins. */
export const CHAIN_INTERPRET: number = 1;
/** Leave the executor at the boundary. */
export const CHAIN_LEAVE: number = 2;
/** Leave the executor: an assist has recorded an exit. */
export const CHAIN_EXIT: number = 3;

// Locals of the dispatch function.
export const VCPU = 0;
export const RECORD = 1;
export const PAGE = 2;
export const FUEL = 3;
export const TLB = 4;
export const TARGET = 5;
export const SAVED = 6;
export const ENTRY = 7;
export const STATUS = 8;
/** 1: the instruction at the target that is looked up is interpreted, even where a region begins there. */
export const SKIP = 9;
export const FIRST_POOLED = 10;

/** Order of the structures around the handlers, innermost first: branch depths count from here. */
export const AROUND = ["branch", "lookup", "fault", "dispatch"] as const;
export type Around = (typeof AROUND)[number];

/** Makes the loop leave at the next boundary: what is left of the fuel is put aside. */
export function emitLeave(code: CodeWriter): void {
  code.localGet(SAVED).localGet(FUEL).op("i32.add").localSet(SAVED).i32(0).localSet(FUEL);
}

/** After a jump by an assist: takes over view, target and fuel, which the assist may have changed. */
export function emitReload(code: CodeWriter, state: ExecutorState): void {
  code.localGet(VCPU).memory("i32.load", state.tlbView).localSet(TLB);
  code.localGet(VCPU).memory("i64.load", state.pc).localSet(TARGET);
  code.localGet(SAVED).if();
  code.localGet(VCPU).memory("i32.load", state.fuel).localSet(SAVED);
  code.else();
  code.localGet(VCPU).memory("i32.load", state.fuel).localSet(FUEL);
  code.end();
}

export function emitCommitPc(code: CodeWriter, state: ExecutorState): void {
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
export function emitCount(code: CodeWriter, state: ExecutorState, hot: number): void {
  code.localGet(RECORD).localGet(RECORD).memory("i32.load8_u", RECORD_WRAP).i32(2).op("i32.add").localTee(STATUS);
  code.memory("i32.store8", RECORD_WRAP);
  code.localGet(STATUS).i32(254).op("i32.and").op("i32.eqz").localGet(FUEL).i32(0).op("i32.ne").op("i32.and").if();
  emitCommitPc(code, state);
  code.localGet(RECORD).call(hot).if();
  emitLeave(code);
  code.end().end();
}

/** ENTRY becomes the soft-TLB entry of TARGET, PAGE its fetch tag. */
export function emitFetchEntry(code: CodeWriter): void {
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
export function emitRecordOfTarget(code: CodeWriter): void {
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
export function emitSkip(code: CodeWriter): void {
  code.localGet(SKIP).if();
  code.i32(0).localSet(SKIP);
  code.localGet(RECORD).memory("i32.load16_u", RECORD_HANDLER).i32(HANDLER_REGION).op("i32.eq").if();
  code.localGet(RECORD).memory("i32.load", RECORD_HOLES).localSet(RECORD);
  code.end().end();
}

/** Finds the record of TARGET; falls out to the fault block where there is none. Ends by going to dispatch. */
export function emitLookup(code: CodeWriter, state: ExecutorState, resolve: number, hot: number): void {
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

export function emitOwnHandler(
  code: CodeWriter,
  handler: number,
  open: number,
  state: ExecutorState,
  coldType: number,
  { cross, lazy, chain }: { readonly cross: number; readonly lazy: number; readonly chain: number },
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
    code.localGet(VCPU).localGet(RECORD).localGet(PAGE).localGet(FUEL).localGet(TLB).call(chain);
    code.localTee(STATUS).i32(CHAIN_EXIT).op("i32.eq").if();
    code.localGet(VCPU).memory("i32.load", state.exitCode).return();
    code.end();
    code.localGet(VCPU).memory("i32.load", state.tlbView).localSet(TLB);
    code.localGet(VCPU).memory("i64.load", state.pc).localSet(TARGET);
    code.localGet(VCPU).memory("i32.load", state.fuel).localSet(FUEL);
    code.localGet(STATUS).i32(CHAIN_INTERPRET).op("i32.eq").localSet(SKIP);
    code.localGet(STATUS).i32(CHAIN_LEAVE).op("i32.eq").if();
    emitLeave(code);
    code.end();
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
