/** What an instruction of each class takes: on the host, under QEMU's translator, under KVM, in our interpreter and compiled by us. */
import { CLASSES, type Figure } from "../../index.js";
import { classProgram } from "../../claims/programs.js";
import { data, type MeasureOptions, ratio, timed } from "./figures.js";
import { inFolder } from "../files.js";
import { kvmSamples } from "./kvm-guest.js";
import { programSubject, type Subject, takeTurns } from "./samples.js";

/** Who executes, with the name that figures have for it. */
const ENGINES = {
  host: "host",
  tcg: "QEMU TCG",
  kvm: "KVM",
  interpreter: "our interpreter",
  jit: "our compiler, Node",
} as const;
type EngineName = keyof typeof ENGINES;

/** Samples in nanoseconds an instruction, by class and engine; engines that are not here, or cannot execute it, have none. */
export type Times = ReadonlyMap<string, ReadonlyMap<EngineName, readonly number[]>>;

const known = new WeakMap<MeasureOptions, Times>();

/** Taken once a run: two claims ask for them. */
export function instructionTimes(options: MeasureOptions): Times {
  const times = known.get(options) ?? inFolder((folder) => take(folder, options));
  known.set(options, times);
  return times;
}

function take(folder: string, { samples, own }: MeasureOptions): Times {
  const kvm = kvmSamples(folder);
  const times = new Map<string, Map<EngineName, readonly number[]>>();
  const tcg = ["qemu-x86_64", "-cpu", "max"];
  for (const [name, instruction] of Object.entries(CLASSES)) {
    const program = (engine: EngineName, runner: readonly string[], rounds: number): Subject => ({
      ...programSubject(folder, `${name} ${engine}`, runner, classProgram(instruction, rounds), 8 * rounds),
      name: engine,
    });
    const subjects = [program("host", [], 300_000), program("tcg", tcg, 100_000)];
    const sampler = kvm.get(name);
    if (sampler !== undefined) subjects.push({ name: "kvm", sample: sampler });
    for (const tier of ["interpreter", "jit"] as const) {
      const loop = own?.loop(tier, instruction) ?? false;
      if (loop !== false) subjects.push({ name: tier, sample: loop });
    }
    const taken = takeTurns(subjects, samples);
    times.set(name, new Map([...taken].map(([engine, list]) => [engine as EngineName, list])));
  }
  return times;
}

/** Figures of all engines that there are samples of. */
export function timeFigures(times: Times): Figure[] {
  return [...times].flatMap(([name, engines]) =>
    [...engines]
      .filter(([, samples]) => samples.length > 0)
      .map(([engine, samples]) => timed(`${name}, ${ENGINES[engine]}`, "ns", samples)),
  );
}

/** How many times the host's time an engine takes, by class. */
export function slowdowns(times: Times, engine: EngineName): Map<string, number> {
  const out = new Map<string, number>();
  for (const [name, engines] of times) {
    const samples = engines.get(engine) ?? [];
    if (samples.length > 0) out.set(name, ratio(samples, engines.get("host")!));
  }
  return out;
}

export function slowdownFigures(times: Times): Figure[] {
  const engines = (Object.keys(ENGINES) as EngineName[]).filter((engine) => engine !== "host");
  return engines.flatMap((engine) =>
    [...slowdowns(times, engine)].map(([name, slower]) =>
      data(`${name}, ${ENGINES[engine]} over host`, slower.toFixed(1), "times"),
    ),
  );
}
