export * from "./boot-state.js";
export * from "./core.js";
export { cpuModel } from "./cpu-model.js";
export * from "./debug-exit.js";
export * from "./divergence.js";
export * from "./engine-vcpu.js";
export * from "./machine-stats.js";
export * from "./pc.js";
export { LARGEST_MEMORY, MiB, SMALLEST_MEMORY } from "./pc-memory.js";
export * from "./plugin.js";
export * from "./vcpu-registers.js";
export * from "./virtio-plugins.js";
export * from "./bare.js";
export * from "./exception-names.js";
export * from "./execute.js";
export { type CodeMode, type FlatStateOptions, setFlatState } from "./flat-state.js";
export * from "./sdk/index.js";
export {
  COST_MODEL,
  DEFAULT_POLICY,
  EAGER_POLICY,
  type Explanation,
  type JitObserver,
  RegionDivergence,
  RegionLog,
  type RegionRecord,
  type RegionShape,
  type RegionView,
  type TierPolicy,
  shapeOfCode,
  viewRegion,
} from "@isinglass/engine";
