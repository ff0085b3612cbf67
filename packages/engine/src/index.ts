export { CodeCache, type CodeCacheHost } from "./code-cache.js";
export { FormTable, type FormEntry } from "./form-table.js";
export { Interpreter, type InterpreterOptions } from "./interpreter.js";
export { MemoryPath, type DeviceAccess, type Translator } from "./memory-path.js";
export { ReferenceExecutor, type EngineExecutor } from "./reference.js";
export { DEFAULT_POLICY, EAGER_POLICY, Jit, type JitStats, type TierPolicy } from "./jit/jit.js";
