import { OP, type Value } from "@isinglass/uops";
import { FMA_ADD, FMA_NEGATED_ADD, FMA_NEGATED_SUB, FMA_SUB } from "@isinglass/softfloat";
import { SSE_FUSED, sseOperation } from "../sse-operations.js";
import { S } from "../state.js";
import type { Semantics } from "./context.js";
import { fusedLanes, fusedLowest } from "./fused-lanes.js";
import { DOUBLE, type FloatFormat, SINGLE, mxcsrIsPlain } from "./sse-guard.js";
import {
  SECOND,
  assistVector,
  laneCount,
  loadResult,
  passScalar,
  readScalar,
  scalarLocal,
  setAll,
} from "./sse-operand.js";
import { readHalves, readVector, simd, vectorLocal, writeHalves, writeVector } from "./simd.js";
import type { SemanticsTable } from "./table.js";

/** Which operands are multiplied, in the manual's order, and which is added (SDM vol. 2C, VFMADD132PD). */
const ORDERS: Readonly<Record<string, readonly [a: number, b: number, c: number]>> = {
  "132": [0, 2, 1],
  "213": [1, 0, 2],
  "231": [1, 2, 0],
};

/** What is done with the product, by mnemonic: even elements, odd ones. */
const VARIANTS: Readonly<Record<string, readonly [even: number, odd: number]>> = {
  vfmadd: [FMA_ADD, FMA_ADD],
  vfmsub: [FMA_SUB, FMA_SUB],
  vfnmadd: [FMA_NEGATED_ADD, FMA_NEGATED_ADD],
  vfnmsub: [FMA_NEGATED_SUB, FMA_NEGATED_SUB],
  vfmaddsub: [FMA_SUB, FMA_ADD],
  vfmsubadd: [FMA_ADD, FMA_SUB],
};

function packed(format: FloatFormat, order: readonly number[], variants: number) {
  return simd((s) => {
    const { f } = s;
    // The memory operand is the last.
    const operands = [2, 1, 0].map((i) => readHalves(s, i)).reverse();
    const [a, b, c] = order.map((i) => operands[i]!);
    const outs = b!.map(() => vectorLocal(s));
    f.block((done) => {
      f.if(mxcsrIsPlain(s), () => {
        const fused = b!.map((v, i) => fusedLanes(s, format, a![i]!, v, c![i]!, variants));
        setAll(
          s,
          outs,
          fused.map(({ value }) => value),
        );
        done(fused.map(({ stands }) => stands).reduce((p, q) => s.op("i32.and", p, q)));
      });
      c!.forEach((half, i) => f.stateStore(OP.stateStoreV128, half, S.wideScratch + 16 * i));
      const what = sseOperation(SSE_FUSED, format.bits, laneCount(format, b!));
      setAll(s, outs, assistVector(s, what, a, b!, f.i32(variants)));
    });
    writeHalves(
      s,
      0,
      outs.map((out) => f.get(out)),
    );
  });
}

/** The rest of the destination stays, up to bit 127. */
function scalar(format: FloatFormat, order: readonly number[], variants: number) {
  const splat = `${format.lanes}.splat`;
  return simd((s) => {
    const { f } = s;
    const operands = [2, 1, 0].map((i) => readScalar(s, i, format)).reverse();
    const [a, b, c] = order.map((i): Value => operands[i]!);
    const out = scalarLocal(s, format);
    f.block((done) => {
      f.if(mxcsrIsPlain(s), () => {
        const [x, y, z] = [a!, b!, c!].map((v) => s.op(splat, v));
        const { value, stands } = fusedLowest(s, format, x!, y!, z!, variants);
        f.set(out, f.lane(`${format.lanes}.extract_lane`, 0, value));
        done(stands);
      });
      passScalar(s, a!, format, S.scratch);
      passScalar(s, b!, format, SECOND);
      passScalar(s, c!, format, S.wideScratch);
      s.assist("sse-float", f.i32(sseOperation(SSE_FUSED, format.bits, 1)), f.i32(variants));
      f.set(out, loadResult(s, format));
    });
    writeVector(s, 0, f.lane(`${format.lanes}.replace_lane`, 0, readVector(s, 0), f.get(out)));
  });
}

function table(): SemanticsTable {
  const all: Record<string, (s: Semantics) => void> = {};
  for (const [name, [even, odd]] of Object.entries(VARIANTS)) {
    const variants = even | (odd << 4);
    for (const [digits, order] of Object.entries(ORDERS)) {
      all[`${name}${digits}ps`] = packed(SINGLE, order, variants);
      all[`${name}${digits}pd`] = packed(DOUBLE, order, variants);
      if (even !== odd) continue;
      all[`${name}${digits}ss`] = scalar(SINGLE, order, variants);
      all[`${name}${digits}sd`] = scalar(DOUBLE, order, variants);
    }
  }
  return all;
}

export const VEX_FUSED: SemanticsTable = table();
