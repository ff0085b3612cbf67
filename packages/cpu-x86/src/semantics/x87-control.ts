import { OP, type Value } from "@isinglass/uops";
import { S } from "../state.js";
import { ENVIRONMENT_LOAD, ENVIRONMENT_STORE, STATE_LOAD, STATE_STORE } from "../x87-operations.js";
import {
  FCW_ALWAYS_ONE,
  FCW_INITIAL,
  FCW_WRITABLE,
  FSW_B,
  FSW_ES,
  FSW_EXCEPTIONS,
  FSW_SF,
  FSW_TOP_SHIFT,
} from "../x87-state.js";
import type { Semantics } from "./context.js";
import type { SemanticsTable } from "./table.js";
import { controlGuard, notePointers, wait, waitingGuard } from "./x87-common.js";

function loadControl(s: Semantics): void {
  const { f } = s;
  waitingGuard(s);
  const value = s.op("i32.wrap_i64", s.load(16));
  const control = s.op("i32.or", s.op("i32.and", value, f.i32(FCW_WRITABLE)), f.i32(FCW_ALWAYS_ONE));
  f.stateStore(OP.stateStoreI32, control, S.fcw);
  // An exception that waited behind its mask is pending from here on (SDM vol. 2A, FLDCW).
  const fsw = f.stateLoad(OP.stateLoadI32, S.fsw);
  const exceptions = s.op("i32.and", fsw, f.i32(FSW_EXCEPTIONS));
  const unmasked = s.op("i32.and", exceptions, s.op("i32.xor", control, f.i32(-1)));
  const clear = s.op("i32.and", fsw, f.i32(~(FSW_ES | FSW_B)));
  f.stateStore(OP.stateStoreI32, f.select(s.op("i32.or", fsw, f.i32(FSW_ES | FSW_B)), clear, unmasked), S.fsw);
  f.stateStore(OP.stateStoreI32, unmasked, S.fpuPending);
}

function storeControl(s: Semantics): void {
  controlGuard(s);
  s.store(16, s.f.stateLoad(OP.stateLoad16U, S.fcw));
}

function status(s: Semantics): Value {
  const { f } = s;
  const top = s.op("i32.shl", f.stateLoad(OP.stateLoadI32, S.fpuTop), f.i32(FSW_TOP_SHIFT));
  return s.op("i64.extend_i32_u", s.op("i32.or", f.stateLoad(OP.stateLoadI32, S.fsw), top));
}

function storeStatus(s: Semantics): void {
  controlGuard(s);
  if (s.isMemory(0)) s.store(16, status(s));
  else s.setGpr(0, status(s), 16);
}

function initialise(s: Semantics): void {
  const { f } = s;
  controlGuard(s);
  f.stateStore(OP.stateStoreI32, f.i32(FCW_INITIAL), S.fcw);
  for (const field of ["fsw", "fpuTop", "fpuPending", "fpuOpcode", "fpuCs", "fpuDs"] as const)
    f.stateStore(OP.stateStoreI32, f.i32(0), S[field]);
  f.stateStore(OP.stateStore64, s.const(0), S.fpuIp);
  f.stateStore(OP.stateStore64, s.const(0), S.fpuDp);
  f.stateStore(OP.stateStore64, s.const(0x01010101, 0x01010101), S.fpuEmpty);
}

function clearExceptions(s: Semantics): void {
  const { f } = s;
  controlGuard(s);
  const kept = f.i32(~(FSW_EXCEPTIONS | FSW_SF | FSW_ES | FSW_B));
  f.stateStore(OP.stateStoreI32, s.op("i32.and", f.stateLoad(OP.stateLoadI32, S.fsw), kept), S.fsw);
  f.stateStore(OP.stateStoreI32, f.i32(0), S.fpuPending);
}

/** FNSTENV, FLDENV, FNSAVE, FRSTOR: 14 or 28 bytes of environment and the registers. */
function image(what: number) {
  const stores = what === ENVIRONMENT_STORE || what === STATE_STORE;
  return (s: Semantics): void => {
    if (stores) controlGuard(s);
    else waitingGuard(s);
    const registers = what === STATE_STORE || what === STATE_LOAD ? 80 : 0;
    const environment = s.size === 16 ? 14 : 28;
    s.storeScratch(0, s.address(environment + registers, stores));
    s.assist("x87-environment", s.f.i32(what), s.f.i32((s.size === 16 ? 16 : 32) | (s.shape.stackSegment ? 64 : 0)));
  };
}

/** FNOP: a waiting instruction that is noted. */
function nop(s: Semantics): void {
  waitingGuard(s);
  notePointers(s);
}

export const X87_CONTROL: SemanticsTable = {
  fldcw: loadControl,
  fnstcw: storeControl,
  fnstsw: storeStatus,
  fninit: initialise,
  fnclex: clearExceptions,
  fnstenv: image(ENVIRONMENT_STORE),
  fldenv: image(ENVIRONMENT_LOAD),
  fnsave: image(STATE_STORE),
  frstor: image(STATE_LOAD),
  fnop: nop,
  // What the 8087 and 80287 had them for is gone (SDM vol. 3B, 23.18.9).
  feni8087_nop: controlGuard,
  fdisi8087_nop: controlGuard,
  fsetpm287_nop: controlGuard,
  wait,
};
