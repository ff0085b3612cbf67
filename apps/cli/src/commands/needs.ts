import {
  type Cpu,
  cpuLevel,
  type Needs,
  needsOf,
  type Place,
  type Program,
  type RunVerdict,
  verdictOn,
  type Witness,
} from "@isinglass/compat";
import { Loader, resolveCpu } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, type Invocation, refuseOptions, text } from "../command.js";
import { print, table } from "../tables.js";

function place(witness: Place): string {
  return `${witness.image.path} ${witness.image.describe(witness.address)}`;
}

function asJson(needs: Needs): Readonly<Record<string, unknown>> {
  const list = (kind: ReadonlyMap<string, Witness>): unknown =>
    Object.fromEntries([...kind].map(([feature, w]) => [feature, { at: place(w), path: w.path }]));
  return {
    required: list(needs.required),
    open: list(needs.open),
    guarded: list(needs.guarded),
    silent: list(needs.silent),
    all: Object.fromEntries(needs.all),
    missing: needs.missing,
    unread: needs.unread === undefined ? null : { at: place(needs.unread), path: needs.unread.path },
    loads: needs.loads.map((w) => ({ by: w.by, what: w.what ?? null, at: place(w), path: w.path })),
  };
}

/** A program on one CPU: which libraries there are depends on its x86-64 level. */
interface Held {
  readonly cpu: Cpu;
  readonly program: Program;
  readonly needs: Needs;
  readonly verdict: RunVerdict;
}

/** Variables by which ld.so takes other libraries. */
const LOADER_VARIABLES = ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"];

function hold(loader: Loader, path: string, cpus: readonly Cpu[], asLibrary: boolean): Held[] {
  const known = new Map<string, { readonly program: Program; readonly needs: Needs }>();
  return cpus.map((cpu) => {
    const program = loader.program(path, cpuLevel(cpu));
    const key = program.images.map((image) => image.path).join("\n");
    const isLibrary = asLibrary || program.images[0]!.elf.interpreter === "";
    const found = known.get(key) ?? { program, needs: needsOf(program, isLibrary) };
    known.set(key, found);
    return { cpu, ...found, verdict: verdictOn(found.needs, cpu) };
  });
}

/** Modules that the program has on this CPU and not on the first one. */
function others({ program }: Held, first: Held): string[] {
  return program.images.filter((image) => !first.program.images.includes(image)).map((image) => image.path);
}

function report(path: string, held: readonly Held[], assumed: readonly string[]): unknown {
  const [first] = held as [Held];
  return {
    file: path,
    modules: first.program.images.map((image) => image.path),
    needs: { ...asJson(first.needs), assumed },
    verdicts: held.map((each) => ({
      cpu: each.cpu.name,
      verdict: each.verdict.verdict,
      why: each.verdict.why,
      at: each.verdict.witness === undefined ? null : place(each.verdict.witness),
      ...(each.needs === first.needs
        ? {}
        : { modules: each.program.images.map((image) => image.path), needs: asJson(each.needs) }),
    })),
  };
}

function show(path: string, held: readonly Held[], assumed: readonly string[], invocation: Invocation): void {
  const [first] = held as [Held];
  const { needs, program } = first;
  const names = (kind: ReadonlyMap<string, unknown>, none = "nothing"): string => [...kind.keys()].join(" ") || none;
  const lines = [
    `${path}: ${program.images.length} modules, ${needs.functions} functions reached`,
    `  without a guard: ${names(needs.required, "nothing beyond x86-64-v1")}`,
    `  behind a test that was not understood: ${names(needs.open)}`,
    `  behind guards: ${names(needs.guarded)}`,
  ];
  if (flag(invocation, "static"))
    lines.push(`  all code, reached or not: ${names(needs.all, "nothing beyond x86-64-v1")}`);
  if (needs.missing.length > 0) lines.push(`  libraries not found: ${needs.missing.join(" ")}`);
  for (const { by, what } of needs.loads)
    lines.push(`  loaded while it runs, and not followed: ${what ?? "what no constant names"}, by ${by}`);
  for (const line of assumed) lines.push(`  taken as given: ${line}`);
  if (flag(invocation, "path")) {
    for (const w of [...needs.required.values(), ...needs.open.values()])
      lines.push(`  ${w.feature} at ${place(w)}`, ...w.path.map((step) => `    by ${step}`));
    for (const w of needs.loads) lines.push(`  ${w.by} at ${place(w)}`, ...w.path.map((step) => `    by ${step}`));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
  table(
    held.map((each) => {
      const { verdict, why, witness } = each.verdict;
      const more = others(each, first);
      return [
        `  ${each.cpu.name}`,
        verdict,
        more.length === 0 ? why : `${why}; its level takes ${more.join(" ")}`,
        witness === undefined ? "" : `at ${place(witness)}`,
      ];
    }),
  );
}

export const NEEDS: Command = {
  name: "needs",
  words: "FILE…",
  summary:
    "Says which CPU features a program and its libraries need, and which only behind a test of the CPU: does it run on a model?",
  options: {
    on: {
      type: "string",
      value: "WORDS",
      help: "models, dumps or host, with commas between; Nehalem,Haswell,host unless given",
    },
    library: { type: "boolean", help: "exported functions are entry points too" },
    static: { type: "boolean", help: "also the features of all code, reached or not, guarded or not" },
    path: { type: "boolean", help: "the way from an entry point to each place" },
    json: { type: "boolean", help: "as JSON" },
  },
  example: "isg needs /bin/ls --on core2duo,Haswell",
  async run(invocation) {
    if (invocation.words.length === 0)
      throw new IsinglassError("ISG_CLI_USAGE", "isg needs: give one or more programs");
    if (flag(invocation, "json")) refuseOptions(invocation, "isg needs --json, which has all", ["static", "path"]);
    const words = (text(invocation, "on") ?? "Nehalem,Haswell,host").split(",").map((word) => word.trim());
    if (words.includes(""))
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `--on ${words.join(",")}: an empty word; models, dumps or host are wanted`,
      );
    const cpus = words.map((word) => resolveCpu(word));
    const loader = new Loader();
    const set = LOADER_VARIABLES.filter((name) => (process.env[name] ?? "") !== "");
    const reports: unknown[] = [];
    let failed = false;
    for (const path of invocation.words) {
      let held: Held[];
      try {
        held = hold(loader, path, cpus, flag(invocation, "library"));
      } catch (problem) {
        if (!(problem instanceof IsinglassError)) throw problem;
        failed = true;
        process.stderr.write(`${problem.message}\n`);
        reports.push({ file: path, error: problem.message });
        continue;
      }
      const assumed = [...held[0]!.needs.assumed, ...set.map((name) => `${name} is set here and is not considered`)];
      if (flag(invocation, "json")) reports.push(report(path, held, assumed));
      else show(path, held, assumed, invocation);
    }
    if (flag(invocation, "json")) print(reports);
    return failed ? 1 : 0;
  },
};
