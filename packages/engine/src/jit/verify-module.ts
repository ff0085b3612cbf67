import type { ExecutorState } from "@isinglass/uops";
import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { EXIT_PC_STORED, TRACKED_IN_LOCAL, emitLeft, packExit } from "./exits.js";
import { REGION_PARAMS, REGION_RESULTS } from "./region-signature.js";

const { i32, i64 } = WASM_TYPE;

/** Stand-ins that one module has. */
export const STAND_INS: number = 256;

/**
 * Functions with a region's signature that hand their call to `enter(slot, fuel, base low, base high, view)` of the host: `s0`, `s1`, … for the
 * table slots from `first` on. They lie in the table of regions in the place of the regions.
 */
export function buildStandIns(state: ExecutorState, first: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("v", "memory", 1);
  const enter = module.importFunction("v", "enter", [i32, i32, i32, i32, i32], [i32]);
  for (let k = 0; k < STAND_INS; k += 1) {
    const code = new CodeWriter(64).i32(first + k).localGet(1);
    code.localGet(2).op("i32.wrap_i64").localGet(2).i64(32, 0).op("i64.shr_u").op("i32.wrap_i64").localGet(3);
    code
      .call(enter)
      .op("i64.extend_i32_u")
      .i64(packExit(0, 0, TRACKED_IN_LOCAL, false) | EXIT_PC_STORED, 0)
      .op("i64.or");
    code.localGet(0).memory("i32.load", state.fuel);
    module.export(`s${k}`, module.func(REGION_PARAMS, REGION_RESULTS, [], code));
  }
  return module.build();
}

/**
 * `call(slot, vcpu, fuel, base low, base high, view)`: calls the region in a slot of the table `v.regions`. Its address and fuel are in the
 * vCPU state then; gives 1 where the instruction there is to be interpreted.
 */
export function buildRegionCaller(state: ExecutorState): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("v", "memory", 1);
  module.importTable("v", "regions", 1);
  const type = module.type(REGION_PARAMS, REGION_RESULTS);
  const [vcpu, fuel, low, high, view] = [1, 2, 3, 4, 5];
  const [interpret, scratch, page, how] = [6, 7, 8, 9];
  const code = new CodeWriter(128);
  code.localGet(high).op("i64.extend_i32_u").i64(32, 0).op("i64.shl");
  code.localGet(low).op("i64.extend_i32_u").op("i64.or").localSet(page);
  code.localGet(vcpu).localGet(fuel).localGet(page).localGet(view).localGet(0).callIndirect(type);
  emitLeft(code, state, { vcpu, page, how, fuel, interpret, scratch });
  code.localGet(vcpu).localGet(fuel).memory("i32.store", state.fuel).localGet(interpret);
  module.export("call", module.func([i32, i32, i32, i32, i32, i32], [i32], [i32, i32, i64, i64], code));
  return module.build();
}
