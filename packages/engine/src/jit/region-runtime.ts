import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { ASSIST_LEAVE, type ExecutorState } from "@isinglass/uops";
import { RuntimeImports } from "../runtime-imports.js";
import {
  EXIT_FUEL_MASK,
  EXIT_FUEL_SHIFT,
  EXIT_OFFSET_SHIFT,
  EXIT_PC_STORED,
  EXIT_STATUS_MASK,
  EXIT_STATUS_SHIFT,
  EXIT_TRACKED_MASK,
  EXIT_TRACKED_SHIFT,
} from "./exits.js";

const { i32, i64 } = WASM_TYPE;

/** More than the bytes of an instruction. */
export const MOST_LENGTH = 16;

/** Functions that region code calls, as indices in its module. */
export interface RegionRuntime {
  /** `(address i64, descriptor) -> host address` of a store that is noted, 0: the interpreter has to do it. */
  readonly notedStore: number;
  /**
   * `(vcpu, fuel, linear address of the entry's page, how, assist * MOST_LENGTH + length of the instruction, a, b) -> how to leave, below 0: at the end of the
   * instruction; or 0 to go on`;
   * `how` is that of an exit at the instruction, when it has been charged for, see exits.ts.
   */
  readonly assisted: number;
  /** Helper function `n` of the ISA. */
  helper(n: number): number;
}

const NOTED_STORE = [i64, i32];
const ASSISTED = [i32, i32, i64, i64, i32, i32, i32];

/**
 * What the host gives a region's assist, beside ASSIST_*: it is done, and code has been written; or it has not been done.
 */
export const ASSIST_RESUME = 4;
export const ASSIST_NOT_HERE = 5;
/** In the high half of how to leave: when the instruction has been done to its end. */
const LEAVES_AFTER = 0x8000_0000 | 0;

/** The functions of {@link buildRegionRuntime} and helpers of the ISA, as a module of regions imports them. */
export class RegionImports extends RuntimeImports implements RegionRuntime {
  get notedStore(): number {
    return this.function("r", "notedStore", NOTED_STORE, [i32]);
  }

  get assisted(): number {
    return this.function("r", "assisted", ASSISTED, [i64]);
  }
}

/** See {@link RegionRuntime.assisted}: the state says where the instruction is and what is left of the fuel while the assist is at work. */
function assistedCode(state: ExecutorState, assist: number): CodeWriter {
  const [vcpu, fuel, base, how, what, a, b] = [0, 1, 2, 3, 4, 5, 6];
  const [status, next] = [7, 8];
  const code = new CodeWriter(160);
  code
    .localGet(vcpu)
    .localGet(base)
    .localGet(how)
    .i64(EXIT_OFFSET_SHIFT, 0)
    .op("i64.shr_s")
    .op("i64.add")
    .localTee(base);
  code.memory("i64.store", state.pc);
  code
    .localGet(vcpu)
    .localGet(base)
    .localGet(what)
    .i32(MOST_LENGTH - 1)
    .op("i32.and")
    .op("i64.extend_i32_u");
  code.op("i64.add").localTee(next).memory("i64.store", state.nextPc);
  code.localGet(vcpu).localGet(how).op("i32.wrap_i64").i32(EXIT_FUEL_SHIFT).op("i32.shr_u").i32(EXIT_FUEL_MASK);
  code.op("i32.and").localGet(fuel).op("i32.add").memory("i32.store", state.fuel);
  code.localGet(what).i32(Math.log2(MOST_LENGTH)).op("i32.shr_u").localGet(a).localGet(b).call(assist);
  code.localTee(status).op("i32.eqz").likely().if();
  code.i64(0, 0).return().end();
  const kept = (EXIT_FUEL_MASK << EXIT_FUEL_SHIFT) | (EXIT_TRACKED_MASK << EXIT_TRACKED_SHIFT);
  code.localGet(how).i64(kept, 0).op("i64.and").i64(EXIT_PC_STORED, 0).op("i64.or").localSet(how);
  code.localGet(status).i32(ASSIST_NOT_HERE).op("i32.eq").if();
  code
    .localGet(how)
    .i64((1 << EXIT_FUEL_SHIFT) | 1, 0)
    .op("i64.add")
    .return()
    .end();
  code.localGet(status).i32(EXIT_STATUS_MASK).op("i32.and").i32(EXIT_STATUS_SHIFT).op("i32.shl").op("i64.extend_i32_u");
  code.localGet(how).op("i64.or").localSet(how);
  code.localGet(status).i32(ASSIST_LEAVE).op("i32.ge_u").if();
  code.localGet(vcpu).localGet(next).memory("i64.store", state.pc);
  code.localGet(how).i64(0, LEAVES_AFTER).op("i64.or").localSet(how);
  return code.end().localGet(how);
}

/** The functions that all regions share; `e.regionAssist` and `e.notedStore(low, high, descriptor)` of the host are behind them. */
export function buildRegionRuntime(state: ExecutorState): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("e", "memory", 1);
  const store = module.importFunction("e", "notedStore", [i32, i32, i32], [i32]);
  const assist = module.importFunction("e", "regionAssist", [i32, i32, i32], [i32]);
  // An i64 would cost its way through JavaScript three times as much as two i32.
  const halves = new CodeWriter(32);
  halves
    .localGet(0)
    .op("i32.wrap_i64")
    .localGet(0)
    .i64(32, 0)
    .op("i64.shr_u")
    .op("i32.wrap_i64")
    .localGet(1)
    .call(store);
  const functions: Omit<RegionRuntime, "helper"> = {
    assisted: module.func(ASSISTED, [i64], [i32, i64], assistedCode(state, assist)),
    notedStore: module.func(NOTED_STORE, [i32], [], halves),
  };
  for (const [name, index] of Object.entries(functions)) module.export(name, index);
  return module.build();
}
