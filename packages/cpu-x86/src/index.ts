export * from "./assist-ids.js";
export { performAssist } from "./assists/index.js";
export { DR6_BREAKPOINTS, DR6_SINGLE_STEP, DR6_TASK_SWITCH, DR7_GENERAL_DETECT } from "./breakpoints.js";
export * from "./control-bits.js";
export * from "./cpu.js";
export * from "./cpu-platform.js";
export { TLB_VIEWS, VIEW_KEYS } from "./tlb-views.js";
export * from "./exceptions.js";
export * from "./flags.js";
export * from "./form-shape.js";
export * from "./helpers.js";
export * from "./isa.js";
export * from "./mode.js";
export * from "./model.js";
export { programMtrrs, readMsr, readTsc, writeMsr } from "./msr.js";
export {
  ACTIVITY_HALTED,
  ACTIVITY_RUNS,
  ACTIVITY_WAITS_FOR_SIPI,
  initCpu,
  resetCpu,
  seedRandom,
  startCpu,
} from "./reset.js";
export { setNull, setRealSegment, setSegment } from "./segments.js";
export * from "./state.js";
export { Semantics } from "./semantics/context.js";
