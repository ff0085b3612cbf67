import { OP } from "@isinglass/uops";
import { HELPERS } from "../helpers.js";
import { S } from "../state.js";
import {
  X87_BCD,
  X87_BITS_SHIFT,
  X87_F32,
  X87_F64,
  X87_F80,
  X87_INTEGER,
  X87_INTEGER64,
  X87_NEW_EMPTY,
  X87_NEW_FSW,
  X87_NEW_STORES,
  X87_NEW_TOP,
  X87_POP,
  X87_SOURCE_SHIFT,
  X87_TRUNCATE,
} from "../x87-operations.js";
import { FSW_ES } from "../x87-state.js";
import type { Semantics } from "./context.js";
import type { SemanticsTable } from "./table.js";
import {
  checkDestination,
  loadOperand,
  notePointers,
  operateOnRegisters,
  storeResult,
  unlessDone,
  waitingGuard,
} from "./x87-common.js";

const floatKind = (bits: number): number => (bits === 32 ? X87_F32 : bits === 64 ? X87_F64 : X87_F80);

/** A push from memory. */
function load(kind: (bits: number) => number) {
  return (s: Semantics): void => {
    waitingGuard(s);
    const bits = s.bits(0);
    const { low, high } = loadOperand(s, bits);
    const how = s.f.i32(kind(bits) << X87_SOURCE_SHIFT);
    if (kind(bits) === X87_BCD) s.assist("x87-load", how);
    else unlessDone(s, s.f.call(HELPERS.x87Load, [how, low, high]), () => s.assist("x87-load", how));
    notePointers(s);
  };
}

/**
 * A store to memory. The assist converts and says what is to change; status, TOP and tags move into the state only after
 * the store, which may leave to a device and be executed again.
 */
function store(kind: (bits: number) => number, flags: number) {
  return (s: Semantics): void => {
    const { f } = s;
    waitingGuard(s);
    const bits = s.bits(0);
    checkDestination(s, bits);
    const how = f.i32((kind(bits) << X87_SOURCE_SHIFT) | flags | (bits << X87_BITS_SHIFT));
    if (kind(bits) === X87_BCD) s.assist("x87-store", how);
    else unlessDone(s, f.call(HELPERS.x87Store, [how]), () => s.assist("x87-store", how));
    const slot = (n: number): number => S.scratch + n * 8;
    f.if(f.stateLoad(OP.stateLoadI32, slot(X87_NEW_STORES)), () => storeResult(s, bits));
    const fsw = f.stateLoad(OP.stateLoadI32, slot(X87_NEW_FSW));
    f.stateStore(OP.stateStoreI32, fsw, S.fsw);
    f.stateStore(OP.stateStoreI32, s.op("i32.and", fsw, f.i32(FSW_ES)), S.fpuPending);
    f.stateStore(OP.stateStoreI32, f.stateLoad(OP.stateLoadI32, slot(X87_NEW_TOP)), S.fpuTop);
    f.stateStore(OP.stateStore64, f.stateLoad(OP.stateLoad64, slot(X87_NEW_EMPTY)), S.fpuEmpty);
    notePointers(s);
  };
}

/** FLD, FST and FSTP have register forms, which need no memory. */
function either(name: string, memory: (s: Semantics) => void) {
  return (s: Semantics): void => {
    if (s.isMemory(0)) {
      memory(s);
      return;
    }
    waitingGuard(s);
    operateOnRegisters(s, name);
  };
}

const integerLoad = (bits: number): number => (bits === 64 ? X87_INTEGER64 : X87_INTEGER);
const integerStore = (): number => X87_INTEGER;
const bcd = (): number => X87_BCD;

export const X87_MOVE: SemanticsTable = {
  fld: either("fld", load(floatKind)),
  fild: load(integerLoad),
  fbld: load(bcd),
  fst: either("fst", store(floatKind, 0)),
  fstp: either("fstp", store(floatKind, X87_POP)),
  fist: store(integerStore, 0),
  fistp: store(integerStore, X87_POP),
  fisttp: store(integerStore, X87_POP | X87_TRUNCATE),
  fbstp: store(bcd, X87_POP),
};
