import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { REGION_PARAMS } from "./region-emitter.js";

const { i32 } = WASM_TYPE;

/** Stand-ins that one module has. */
export const STAND_INS: number = 256;

/**
 * Functions with a region's signature that hand their call to `enter(slot, fuel, base low, base high, view)` of the host: `s0`, `s1`, … for the
 * table slots from `first` on. They lie in the table of regions in the place of the regions.
 */
export function buildStandIns(first: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const enter = module.importFunction("v", "enter", [i32, i32, i32, i32, i32], [i32]);
  for (let k = 0; k < STAND_INS; k += 1) {
    const code = new CodeWriter(64).i32(first + k).localGet(1);
    code.localGet(2).op("i32.wrap_i64").localGet(2).i64(32, 0).op("i64.shr_u").op("i32.wrap_i64").localGet(3);
    module.export(`s${k}`, module.func(REGION_PARAMS, [i32], [], code.call(enter)));
  }
  return module.build();
}

/** `call(slot, vcpu, fuel, base low, base high, view)`: calls the region in a slot of the table `v.regions`. */
export function buildRegionCaller(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importTable("v", "regions", 1);
  const type = module.type(REGION_PARAMS, [i32]);
  const code = new CodeWriter(64).localGet(1).localGet(2);
  code.localGet(4).op("i64.extend_i32_u").i64(32, 0).op("i64.shl");
  code.localGet(3).op("i64.extend_i32_u").op("i64.or").localGet(5).localGet(0).callIndirect(type);
  module.export("call", module.func([i32, i32, i32, i32, i32, i32], [i32], [], code));
  return module.build();
}
