export { CodeCache, type CodeCacheHost } from "./code-cache.js";
export { FormTable, type FormEntry } from "./form-table.js";
export { Interpreter } from "./interpreter.js";
export type { InterpreterOptions, VcpuParts } from "./executor-options.js";
export { MemoryPath, type DeviceAccess, type Translator } from "./memory-path.js";
export { ReferenceExecutor, type EngineExecutor } from "./reference.js";
export { Jit, type JitStats } from "./jit/jit.js";
export { DEFAULT_POLICY, EAGER_POLICY, type TierPolicy } from "./jit/policy.js";
export {
  type DivergenceDetails,
  RegionDivergence,
  type RegionCall,
  type VerifiedInstruction,
  type VerifyOptions,
  type VerifyStats,
} from "./jit/verify.js";
export type { MemoryDifference } from "./jit/store-journal.js";
export { COST_MODEL, type CostModel, breakEven } from "./jit/cost-model.js";
export { type RegionRecord, RegionLog, type ReportedBlock } from "./jit/region-report.js";
export { type Explanation, type Interpreted, explain } from "./jit/explain.js";
export { type InstructionView, type RegionView, type ViewNames, shapeOfCode, viewRegion } from "./jit/region-view.js";
export type { RegionShape } from "./jit/region-shape.js";
export type { JitObserver } from "./jit/jit.js";
