import { OP, type Value } from "@isinglass/uops";
import { maskedAccess, gatherShape } from "../masked-access.js";
import { S } from "../state.js";
import {
  BIND_DISP,
  BIND_MEM_BASE,
  BIND_MEM_SCALE,
  BIND_MEM_VECTOR,
  BIND_NUMBER,
  BIND_SEGMENT_NUMBER,
} from "./bindings.js";
import type { Semantics } from "./context.js";
import { checkAvx, readHalves, simd, writeHalves } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/*
 * Accesses to the elements that a mask chooses. What is not chosen is not touched and does not fault, so each element is an access of its
 * own: the assists of masked-access make them.
 */

function number(s: Semantics, operand: number): Value {
  return s.f.holeI32(s.bind("i8", { kind: BIND_NUMBER, operand }));
}

function segment(s: Semantics): Value {
  return s.f.holeI32(s.bind("i8", { kind: BIND_SEGMENT_NUMBER, operand: 0 }));
}

/** VMASKMOVPS and the others: offset in `scratch`, mask at its byte 32; loaded to `wideScratch`, stored from there. */
function maskedMove(bits: 32 | 64) {
  return simd((s) => {
    const isStore = s.isMemory(0);
    const mask = readHalves(s, 1);
    mask.forEach((half, i) => s.f.stateStore(OP.stateStoreV128, half, S.scratch + 32 + 16 * i));
    if (isStore) readHalves(s, 2).forEach((half, i) => s.f.stateStore(OP.stateStoreV128, half, S.wideScratch + 16 * i));
    s.storeScratch(0, s.offset());
    const how = s.f.i32(maskedAccess(bits, mask.length * 128, s.shape.addressSize, s.shape.stackSegment));
    s.assist(isStore ? "masked-store" : "masked-load", how, segment(s));
    if (isStore) return;
    writeHalves(
      s,
      0,
      mask.map((_, i) => s.f.stateLoad(OP.stateLoadV128, S.wideScratch + 16 * i)),
    );
  });
}

/**
 * VPGATHERDD and the others: the assist loads the elements one after another and clears the mask of each, so that a fault leaves the
 * instruction to be restarted (SDM vol. 2C, VGATHERDPS). That destination, index and mask are three registers the decoder has seen to.
 */
function gather(indexBits: 32 | 64, elementBits: 32 | 64) {
  return (s: Semantics): void => {
    const { f } = s;
    checkAvx(s);
    const destination = number(s, 0);
    const mask = number(s, 2);
    const index = f.holeI32(s.bind("i8", { kind: BIND_MEM_VECTOR, operand: 0 }));
    const base = f.stateLoad(OP.stateLoad64, 0, s.bind("state", { kind: BIND_MEM_BASE, operand: 0 }));
    s.storeScratch(0, s.op("i64.add", base, f.holeI64(s.bind("i32", { kind: BIND_DISP, operand: 0 }))));
    const scale = f.holeI32(s.bind("i8", { kind: BIND_MEM_SCALE, operand: 0 }));
    const at = (value: Value, shift: number): Value => s.op("i32.shl", value, f.i32(shift));
    const registers = [at(index, 5), at(mask, 10), at(scale, 15), at(segment(s), 17)].reduce(
      (p, q) => s.op("i32.or", p, q),
      destination,
    );
    const shape = gatherShape(indexBits, elementBits, s.shape.wide, s.shape.addressSize, s.shape.stackSegment);
    s.assist("gather", f.i32(shape), registers);
  };
}

export const VEX_MASKED: SemanticsTable = {
  vmaskmovps: maskedMove(32),
  vmaskmovpd: maskedMove(64),
  vpmaskmovd: maskedMove(32),
  vpmaskmovq: maskedMove(64),
  vpgatherdd: gather(32, 32),
  vpgatherdq: gather(32, 64),
  vpgatherqd: gather(64, 32),
  vpgatherqq: gather(64, 64),
  vgatherdps: gather(32, 32),
  vgatherdpd: gather(32, 64),
  vgatherqps: gather(64, 32),
  vgatherqpd: gather(64, 64),
};
