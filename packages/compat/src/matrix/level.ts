/**
 * Support levels, the article's 0 to 3 with a meaning:
 *
 * - 0: not usable; it faults, or does something else without a word (qualifier `d`)
 * - 1: usable, but only in software: more than five times the time of native execution
 * - 2: as fast as native, and uncontrolled: nothing can take it away from a guest, whatever CPUID says
 * - 3: as fast as native, and controlled: a hypervisor can deny it, and its state is saved and migrated
 */
import type { Cpu } from "../cpu.js";
import { type CpuFeature, withDependencies } from "../features.js";
import type { Coverage } from "./own-engines.js";

export type Level = 0 | 1 | 2 | 3;

/** `p` a part or a dependency is missing, `d` silent divergence, `n` a guest's guest has it too. */
export type Qualifier = "p" | "d" | "n";

/** What executes the code of a column. */
export type Engine = "native" | "kvm" | "tcg" | "interpreter" | "jit";

/** A column of the matrix. */
export interface Column {
  readonly name: string;
  readonly engine: Engine;
  /** What code in it can use. */
  readonly cpu: Cpu;
  /** Where all this comes from. */
  readonly evidence: string;
  /** Command that finds this out again; with ` --why ROW` behind it, a cell. */
  readonly command: string;
  /** Time of an instruction against native execution, where a probe ran: feature to ratio. */
  readonly ratios?: ReadonlyMap<string, number>;
  /** Features whose instruction a probe executed: true if it ran, false if it faulted. */
  readonly probes?: ReadonlyMap<string, boolean>;
  /** Of our own engines: how many forms of an instruction set they execute, by isa-x86's name. */
  readonly coverage?: (isa: string) => Coverage;
}

export interface Cell {
  readonly column: string;
  readonly row: string;
  readonly level: Level | undefined;
  readonly qualifiers: readonly Qualifier[];
  /** Reasons, in the order in which they were found. */
  readonly evidence: readonly string[];
  readonly command: string;
}

/** Slower than this is software (the article's Level 1). */
const SOFTWARE_RATIO = 5;

/**
 * Whether a hypervisor can take a feature away from a guest that has the CPU. CR4.OSFXSR takes away all of SSE, without which no x86-64
 * program runs: that is no control over one feature.
 */
function controllable(feature: CpuFeature): boolean {
  return feature.control !== "" && feature.control !== "cr4:9" && feature.control !== "cr4:18";
}

/** How engines that are software execute everything: only a measurement can say that it is as fast as native execution. */
const SOFTWARE: Readonly<Partial<Record<Engine, string>>> = {
  interpreter: "interpreted",
  jit: "compiled to WebAssembly",
  tcg: "translated by TCG",
};

function noted(cell: Omit<Cell, "command" | "column" | "row">, column: Column, feature: CpuFeature): Cell {
  return { ...cell, column: column.name, row: feature.name, command: cellCommand(column, feature.name) };
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that finds a cell out again, and prints its evidence. */
export function cellCommand(column: Column, row: string): string {
  return `${column.command} --why ${shellWord(row)}`;
}

/** What our own tables say of a feature's forms; undefined for features without instructions and for other engines. */
function covered(column: Column, feature: CpuFeature): { coverage: Coverage; line: string } | undefined {
  const coverage = feature.isa === "" ? undefined : column.coverage?.(feature.isa);
  if (coverage === undefined || coverage.forms === 0) return undefined;
  const { forms, executed, compiled } = coverage;
  const line = `${executed} of its ${forms} forms are executed`;
  return { coverage, line: column.engine === "jit" ? `${line}, ${compiled} of them compiled` : line };
}

/** The cell of one feature. */
export function cellOf(feature: CpuFeature, column: Column): Cell {
  const { cpu } = column;
  const evidence: string[] = [];
  const probe = column.probes?.get(feature.name);
  if (cpu.unknown.has(feature.name) && probe === undefined) {
    return noted(
      { level: undefined, qualifiers: [], evidence: [`${cpu.source} says nothing about ${feature.where}`] },
      column,
      feature,
    );
  }
  const shown = cpu.features.has(feature.name);
  if (cpu.unknown.has(feature.name)) evidence.push(`${cpu.source} says nothing about ${feature.where}`);
  else evidence.push(`${cpu.source}: ${feature.where} is ${shown ? "set" : "clear"}`);
  if (probe !== undefined) evidence.push(`a probe of its instruction ${probe ? "ran" : "ended in SIGILL"}`);
  const own = covered(column, feature);
  if (shown && own !== undefined) evidence.push(own.line);
  if (shown && own?.coverage.executed === 0) return noted({ level: 0, qualifiers: [], evidence }, column, feature);
  const { absence } = feature;
  // Where absence is no fault, that it ran proves nothing.
  const hidden = !shown && probe === true && absence.kind === "fault";
  if (hidden) evidence.push("usable though CPUID does not show it");
  const usable = hidden || (shown && probe !== false);
  if (!usable) {
    if (absence.kind === "fault") {
      if (feature.instructions.length > 0 && probe !== true) evidence.push("its instructions fault with #UD");
      return noted({ level: 0, qualifiers: [], evidence }, column, feature);
    }
    evidence.push(
      absence.kind === "nop"
        ? "its instructions do nothing"
        : `${absence.instruction} runs as ${absence.runsAs}: another result`,
    );
    return noted({ level: 0, qualifiers: ["d"], evidence }, column, feature);
  }
  const qualifiers: Qualifier[] = [];
  const missing = [...withDependencies([feature.name])].filter(
    (name) => name !== feature.name && !cpu.features.has(name) && !cpu.unknown.has(name),
  );
  if (missing.length > 0) {
    qualifiers.push("p");
    evidence.push(`without ${missing.join(", ")}, which it builds on`);
  }
  if (missing.length === 0 && own !== undefined && own.coverage.executed < own.coverage.forms) qualifiers.push("p");
  const nested = column.engine !== "native" && (cpu.features.has("svm") || cpu.features.has("vmx"));
  if (nested) qualifiers.push("n");
  const ratio = column.ratios?.get(feature.name);
  const software = SOFTWARE[column.engine];
  if (ratio !== undefined) evidence.push(`${ratio.toFixed(1)} times native execution, measured`);
  else if (software !== undefined) evidence.push(`in software: ${software}; not measured`);
  else if (column.engine === "kvm") evidence.push("as fast as native where hardware executes the guest; not measured");
  if (ratio === undefined ? software !== undefined : ratio > SOFTWARE_RATIO)
    return noted({ level: 1, qualifiers, evidence }, column, feature);
  if (controllable(feature)) {
    evidence.push(
      `controlled by ${feature.control}${feature.state === "" ? "" : `, state component ${feature.state}`}`,
    );
    return noted({ level: 3, qualifiers, evidence }, column, feature);
  }
  evidence.push("nothing can take it away from a guest: CPUID only advises");
  return noted({ level: 2, qualifiers, evidence }, column, feature);
}

/** One row out of several features: all there is the lowest level, some there is the highest with `p`, none is 0. */
export function combined(row: string, cells: readonly Cell[], column: Column): Cell {
  const known = cells.filter((cell) => cell.level !== undefined);
  const present = known.filter((cell) => cell.level! > 0);
  const evidence = cells.flatMap((cell) => cell.evidence.map((line) => `${cell.row}: ${line}`));
  const base = { column: column.name, row, evidence, command: cellCommand(column, row) };
  if (known.length === 0) return { ...base, level: undefined, qualifiers: [] };
  const levels = (present.length > 0 ? present : known).map((cell) => cell.level!);
  const partial = present.length > 0 && present.length < cells.length;
  const level = partial ? Math.max(...levels) : Math.min(...levels);
  const qualifiers = new Set(cells.flatMap((cell) => cell.qualifiers));
  if (partial) qualifiers.add("p");
  if (present.length > 0) qualifiers.delete("d");
  return { ...base, level: level as Level, qualifiers: [...qualifiers] };
}
