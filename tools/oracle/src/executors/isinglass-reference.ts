import { ReferenceExecutor } from "@isinglass/engine";
import type { Executor } from "../executor.js";
import { IsinglassMachine, sharedIsa } from "./isinglass-machine.js";

/** The engine's reference: the micro-ops of each instruction evaluated one by one. */
export function createReference(): Executor {
  return new IsinglassMachine("isinglass-reference", sharedIsa(), (options) => new ReferenceExecutor(options));
}
