/** Named CPU models: the psABI levels and those of QEMU. */
import { IsinglassError } from "@isinglass/interface";
import { type Cpu, cpuOfNames } from "./cpu.js";
import { QEMU_MODEL_ROWS } from "./data/qemu-models.js";
import { featuresOfLevel } from "./levels.js";

interface ModelRow {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly cpu: Cpu;
}

function readRows(): Map<string, ModelRow> {
  const rows = new Map<string, ModelRow>();
  for (const row of QEMU_MODEL_ROWS) {
    const [name = "", aliases = "", vendor = "", family, model, stepping, brand = "", parent = "", changes = ""] =
      row.split("|");
    const features = new Set(rows.get(parent)?.cpu.features);
    for (const change of changes.split(" ")) {
      if (change.startsWith("-")) features.delete(change.slice(1));
      else if (change !== "") features.add(change);
    }
    const signature = { family: Number(family), model: Number(model), stepping: Number(stepping) };
    const cpu = cpuOfNames(features, { name, source: "QEMU 7.2 model", vendor, brand, signature });
    rows.set(name, { name, aliases: aliases === "" ? [] : aliases.split(" "), cpu });
  }
  return rows;
}

let cached: ReadonlyMap<string, Cpu> | undefined;

function models(): ReadonlyMap<string, Cpu> {
  if (cached !== undefined) return cached;
  const all = new Map<string, Cpu>();
  for (let level = 1; level <= 4; level += 1) {
    const name = `x86-64-v${level}`;
    all.set(name, cpuOfNames(featuresOfLevel(level), { name, source: "x86-64 psABI level" }));
  }
  for (const { name, aliases, cpu } of readRows().values()) {
    all.set(name, cpu);
    for (const alias of aliases) all.set(alias, { ...cpu, name: alias });
  }
  cached = all;
  return all;
}

/** Names of all models: `x86-64-v1` to `x86-64-v4`, then QEMU's, versions and aliases. `max` is what QEMU's TCG emulates. */
export function modelNames(): string[] {
  return [...models().keys()];
}

/** The model of this name, in any case; undefined if there is none. */
export function findModel(name: string): Cpu | undefined {
  const exact = models().get(name);
  if (exact !== undefined) return exact;
  const wanted = name.toLowerCase();
  for (const [known, cpu] of models()) if (known.toLowerCase() === wanted) return cpu;
  return undefined;
}

/**
 * The model of this name.
 *
 * @throws IsinglassError ISG_COMPAT_MODEL with the names that resemble it
 */
export function modelNamed(name: string): Cpu {
  const cpu = findModel(name);
  if (cpu !== undefined) return cpu;
  const start = name.toLowerCase().slice(0, 3);
  const near = modelNames().filter((known) => known.toLowerCase().startsWith(start));
  const hint = near.length === 0 ? "; x86-64-v1 to v4 and QEMU's models are known" : `; there are ${near.join(", ")}`;
  throw new IsinglassError("ISG_COMPAT_MODEL", `"${name.slice(0, 60)}" is no CPU model that is known${hint}`);
}

/** Features of a model that an engine does not provide, as QEMU lists them in `unavailable-features`. */
export function unavailableFeatures(model: Cpu, engine: Cpu): string[] {
  return [...model.features].filter((name) => !engine.features.has(name)).toSorted();
}
