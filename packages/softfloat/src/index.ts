export {
  ALL_EXCEPTIONS,
  DE,
  FloatContext,
  IE,
  OE,
  PE,
  PRE_COMPUTATION,
  ROUND_DOWN,
  ROUND_NEAREST,
  ROUND_UP,
  ROUND_ZERO,
  UE,
  ZE,
  suppressesResult,
} from "./context.js";
export { EQUAL, GREATER, LESS, UNORDERED } from "./compare.js";
export * from "./convert.js";
export * from "./f32.js";
export * from "./f64.js";
export * from "./simd.js";
export * from "./f80.js";
export * from "./f80-convert.js";
export * from "./f80-misc.js";
export * from "./f80-rem.js";
export * from "./fma.js";
export * from "./f80-constant.js";
export * from "./f80-trig.js";
export * from "./f80-log.js";
export * from "./f80-atan.js";
