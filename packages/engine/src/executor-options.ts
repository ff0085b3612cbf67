import type { PhysicalMap, SoftTlb } from "@isinglass/mmu";
import type { GuestIsa } from "@isinglass/uops";
import type { WasmMemory } from "@isinglass/wasm";
import type { VerifyOptions } from "./jit/verify.js";
import type { TierPolicy } from "./jit/policy.js";
import type { DeviceAccess, Translator } from "./memory-path.js";

/** What an executor has to have of a vCPU. */
export interface VcpuParts {
  /** Address of the vCPU state. */
  readonly vcpu: number;
  readonly tlb: SoftTlb;
  readonly translator: Translator;
  readonly devices: DeviceAccess;
  /** Performs an assist of the ISA; gives an ASSIST_* status. */
  readonly assist: (id: number, a: number, b: number) => number;
}

/** What an executor of a vCPU is made of. */
export interface InterpreterOptions extends VcpuParts {
  readonly memory: WasmMemory;
  /** Part of the memory for decoded code. */
  readonly arena: number;
  readonly arenaBytes: number;
  readonly isa: GuestIsa;
  readonly physical: PhysicalMap;
  /** Most handler functions that are compiled on demand and kept; 4096 by default. */
  readonly coldForms?: number;
  /**
   * How often the instructions of a form that has no handler yet are evaluated one by one before a handler function is compiled, which
   * costs as much as some hundred evaluations, but nearly all forms that are executed twice are executed often. 2 by default.
   */
  readonly evaluations?: number;
  /** When code is compiled; undefined: never. */
  readonly policy?: TierPolicy;
  /** Each run of compiled code is compared with the interpreter's; slow. */
  readonly verify?: VerifyOptions;
  /** A clock in milliseconds for the statistics of the compiler. */
  readonly now?: () => number;
}
