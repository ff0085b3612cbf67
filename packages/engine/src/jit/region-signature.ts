import { WASM_TYPE } from "@isinglass/wasm";

// Parameters of a region's function, and its first local.
export const VCPU = 0;
export const FUEL = 1;
export const BASE = 2;
export const TLB = 3;
/** How the region is left where an access fails, see exits.ts. */
export const LEAVING = 4;
export const FIRST_LOCAL = 5;

/** Signature of a region: `(vcpu, fuel, linear address of the entry's page, soft-TLB view) -> how it was left (see exits.ts), fuel`. */
export const REGION_PARAMS: readonly number[] = [WASM_TYPE.i32, WASM_TYPE.i32, WASM_TYPE.i64, WASM_TYPE.i32];
export const REGION_RESULTS: readonly number[] = [WASM_TYPE.i64, WASM_TYPE.i32];
/** Types of the locals between the parameters and {@link FIRST_LOCAL}. */
export const TYPES_BEFORE: readonly number[] = [WASM_TYPE.i64];
