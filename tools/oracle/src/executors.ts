import { type Contender, ExecutorContender, HostContender } from "./contender.js";
import { Mutant, mutations } from "./mutant.js";

/** The contenders by the name that `--executor` takes. */
const factories: Readonly<Record<string, () => Promise<Contender>>> = {
  // The interpreter tier of the engine.
  "isinglass-interpreter": async () =>
    new ExecutorContender((await import("./executors/isinglass-interpreter.js")).createInterpreter()),
  // The region compiler, forced from the first execution.
  "isinglass-jit": async () =>
    new ExecutorContender((await import("./executors/isinglass-interpreter.js")).createCompiler()),
  // The same in legacy protected mode rather than compatibility mode: `--mode 32` only.
  "isinglass-protected": async () =>
    new ExecutorContender((await import("./executors/isinglass-interpreter.js")).createProtectedMode()),
  // The same micro-ops, evaluated one by one.
  "isinglass-reference": async () =>
    new ExecutorContender((await import("./executors/isinglass-reference.js")).createReference()),
  // The host against itself: finds what is not deterministic, in the CPU or in the harness.
  host: () => Promise.resolve(new HostContender("host")),
  // QEMU's user mode: another implementation to try the comparison on.
  qemu: () => Promise.resolve(new HostContender("qemu", ["qemu-x86_64", "-cpu", "max"])),
};

/** Names that {@link createContender} knows. */
export function contenderNames(): string[] {
  return [...Object.keys(factories), ...Object.keys(mutations).map((name) => `mutant:${name}`)];
}

/**
 * Makes a contender by name.
 *
 * @throws Error for a name that is not known
 */
export function createContender(name: string): Promise<Contender> {
  if (name.startsWith("mutant:")) return Promise.resolve(new Mutant(new HostContender("host"), name.slice(7)));
  const factory = factories[name];
  if (factory === undefined) throw new Error(`unknown executor "${name}"; known: ${contenderNames().join(", ")}`);
  return factory();
}
