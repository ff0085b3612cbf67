/** Columns of the matrix, from words such as `host`, `qemu-tcg`, `kvm`, `Haswell`, `dump.txt`. */
import { existsSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { type Column, type Cpu, cpuOfNames, modelNamed, readJson } from "../index.js";
import { readHost, resolveCpu } from "./host.js";
import { probe, probeNames } from "./probe.js";
import { startQmp } from "./qmp.js";

export interface ColumnOptions {
  /** Instructions are executed and timed, here and under qemu-x86_64. */
  readonly probe: boolean;
  /** Features to probe; those without an instruction to try are left out. */
  readonly features: readonly string[];
  /** Features that the machine's own engines execute, in isa-x86's names; they come from whoever has the engines. */
  readonly ownFeatures: ReadonlySet<string>;
  readonly ownModel: string;
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
      command: `isg matrix --on ${word}${options.probe ? " --probe" : ""}`,
      ...measured,
    },
  };
}

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

/**
 * Makes a column.
 *
 * @throws IsinglassError for a model or dump that cannot be read
 */
export async function makeColumn(word: string, options: ColumnOptions): Promise<ColumnResult> {
  const command = `isg matrix --on ${word}`;
  if (word === "qemu-tcg") return qemuColumn("tcg", word, options);
  if (word === "kvm") return qemuColumn("kvm", word, options);
  if (word === "interpreter" || word === "jit") {
    const cpu = cpuOfNames(options.ownFeatures, {
      name: word,
      source: `CPU model ${options.ownModel} of @isinglass/cpu-x86`,
    });
    return { column: { name: word, engine: word, cpu, evidence: "the features that our CPU model executes", command } };
  }
  if (word === "host") {
    const cpu = readHost();
    const measured = options.probe ? measure([], options.features) : {};
    return {
      column: {
        name: word,
        engine: "native",
        cpu,
        evidence: cpu.source,
        command: `${command}${options.probe ? " --probe" : ""}`,
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
  return { column: { name: word, engine: "native", cpu, evidence: cpu.source, command } };
}
