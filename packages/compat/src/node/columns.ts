/** Columns of the matrix, from words such as `host`, `qemu-tcg`, `kvm`, `Haswell`, `dump.txt`. */
import { existsSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import {
  type Column,
  type Cpu,
  modelNamed,
  type OwnEngines,
  type OwnTier,
  readCpuidDevice,
  readJson,
} from "../index.js";
import { shellWord } from "../matrix/level.js";
import { SAMPLES } from "../matrix/samples.js";
import { readHost, resolveCpu } from "./host.js";
import { probe, probeNames } from "./probe.js";
import { startQmp } from "./qmp.js";

export interface ColumnOptions {
  /** Instructions are executed and timed: here, under qemu-x86_64, and by our own engines. */
  readonly probe: boolean;
  /** Features to probe; those without an instruction to try are left out. */
  readonly features: readonly string[];
  /** Our own engines with a CPU model, the most capable one unless named; without them their columns are not there. */
  readonly own?: (model?: string) => OwnEngines;
}

/** A column, or the reason why it is not there. */
export type ColumnResult = { readonly column: Column } | { readonly missing: string; readonly why: string };

async function qemuColumn(accel: "tcg" | "kvm", word: string, options: ColumnOptions): Promise<ColumnResult> {
  if (accel === "kvm" && !existsSync("/dev/kvm")) return { missing: word, why: "there is no /dev/kvm" };
  let cpu: Cpu;
  let evidence: string;
  try {
    const qmp = await startQmp(undefined, accel);
    try {
      const name = accel === "kvm" ? "host" : "max";
      const answer = await qmp.ask("query-cpu-model-expansion", { type: "full", model: { name } });
      if (answer.startsWith('{"error"')) return { missing: word, why: `QEMU says ${answer.slice(0, 120)}` };
      cpu = {
        ...readJson(answer, word),
        source: `QMP, ${accel === "kvm" ? "-accel kvm, model host" : "-accel tcg, model max"}`,
      };
      evidence = "QMP query-cpu-model-expansion";
    } finally {
      qmp.close();
    }
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    if (accel === "kvm") return { missing: word, why };
    cpu = { ...modelNamed("max"), source: "our table of QEMU 7.2's model max (no QEMU was asked)" };
    evidence = why;
  }
  const measured = accel === "tcg" && options.probe ? measure(["qemu-x86_64", "-cpu", "max"], options.features) : {};
  return {
    column: {
      name: word,
      engine: accel,
      cpu,
      evidence,
      command: commandFor(word, options.probe),
      ...measured,
    },
  };
}

const commandFor = (word: string, isProbed: boolean): string =>
  `isg matrix --on ${shellWord(word)}${isProbed ? " --probe" : ""}`;

/** Probes the host and a runner: which instructions run, and how much slower than on the host. */
function measure(runner: readonly string[], features: readonly string[]): Pick<Column, "probes" | "ratios"> {
  const names = probeNames().filter((name) => features.includes(name));
  const native = probe(names, [], true);
  const there = runner.length === 0 ? native : probe(names, runner, true);
  const probes = new Map<string, boolean>();
  const ratios = new Map<string, number>();
  for (const [name, result] of there) {
    if (result.ran !== undefined) probes.set(name, result.ran);
    const base = native.get(name)?.nanoseconds;
    if (base !== undefined && result.nanoseconds !== undefined) ratios.set(name, result.nanoseconds / base);
  }
  return { probes, ratios };
}

/** The least of five samples: others on the machine can only add. */
const OWN_SAMPLES = 5;

function measureOwn(own: OwnEngines, tier: OwnTier, features: readonly string[]): Pick<Column, "probes" | "ratios"> {
  const names = probeNames().filter((name) => features.includes(name));
  const native = probe(names, [], true);
  const probes = new Map<string, boolean>();
  const ratios = new Map<string, number>();
  for (const name of names) {
    const sample = own.loop(tier, SAMPLES[name]!);
    probes.set(name, sample !== false);
    const base = native.get(name)?.nanoseconds;
    if (sample === false || base === undefined) continue;
    ratios.set(name, Math.min(...Array.from({ length: OWN_SAMPLES }, sample)) / base);
  }
  return { probes, ratios };
}

/** `interpreter`, `jit`, or one of them with a CPU model: `jit:x86-64`. */
function ownColumn(word: string, tier: OwnTier, model: string | undefined, options: ColumnOptions): ColumnResult {
  if (options.own === undefined) return { missing: word, why: "our engines are not here" };
  const own = options.own(model);
  const cpu = {
    ...readCpuidDevice(own.cpuid, word),
    source: `CPUID, executed by our ${tier === "jit" ? "engine" : "interpreter"} with the model ${own.model}`,
  };
  return {
    column: {
      name: word,
      engine: tier,
      cpu,
      evidence: `${cpu.source}; forms counted in @isinglass/cpu-x86's tables`,
      command: commandFor(word, options.probe),
      coverage: remembered((isa) => own.coverage(isa)),
      ...(options.probe ? measureOwn(own, tier, options.features) : {}),
    },
  };
}

function remembered<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

/**
 * Makes a column.
 *
 * @throws IsinglassError for a model or dump that cannot be read
 */
export async function makeColumn(word: string, options: ColumnOptions): Promise<ColumnResult> {
  if (word === "qemu-tcg") return qemuColumn("tcg", word, options);
  if (word === "kvm") return qemuColumn("kvm", word, options);
  const [, tier, , model] = /^(interpreter|jit)(:(.+))?$/.exec(word) ?? [];
  if (tier !== undefined) return ownColumn(word, tier as OwnTier, model, options);
  if (word === "host") {
    const cpu = readHost();
    const measured = options.probe ? measure([], options.features) : {};
    return {
      column: {
        name: word,
        engine: "native",
        cpu,
        evidence: cpu.source,
        command: commandFor(word, options.probe),
        ...measured,
      },
    };
  }
  if (word === "")
    throw new IsinglassError(
      "ISG_COMPAT_MODEL",
      "an empty word in --on; host, qemu-tcg, kvm, interpreter, jit, a model or a dump",
    );
  const cpu = resolveCpu(word);
  return { column: { name: word, engine: "native", cpu, evidence: cpu.source, command: commandFor(word, false) } };
}
