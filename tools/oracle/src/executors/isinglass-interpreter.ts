import { EAGER_POLICY, Interpreter } from "@isinglass/engine";
import type { Executor } from "../executor.js";
import { IsinglassMachine, sharedIsa } from "./isinglass-machine.js";

/** The interpreter tier of the engine: WebAssembly generated from the micro-ops. */
export function createInterpreter(): Executor {
  return new IsinglassMachine("isinglass-interpreter", sharedIsa(), (options) => new Interpreter(options));
}

/** The interpreter in legacy protected mode with PAE paging. 32-bit cases only: they know no difference to compatibility mode. */
export function createProtectedMode(): Executor {
  return new IsinglassMachine("isinglass-protected", sharedIsa(), (options) => new Interpreter(options), "pae");
}

/** The compiler, which makes a region of each instruction before its first execution. */
export function createCompiler(): Executor {
  return new IsinglassMachine(
    "isinglass-jit",
    sharedIsa(),
    (options) => new Interpreter({ ...options, policy: EAGER_POLICY }),
  );
}
