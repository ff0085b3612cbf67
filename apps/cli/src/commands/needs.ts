import { type Needs, needsOf, verdictOn, type Witness } from "@isinglass/compat";
import { Loader, resolveCpu } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, text } from "../command.js";
import { print, table } from "../tables.js";

function place(witness: Witness): string {
  return `${witness.image.path} ${witness.image.describe(witness.address)}`;
}

function asJson(needs: Needs): unknown {
  const list = (kind: ReadonlyMap<string, Witness>): unknown =>
    Object.fromEntries([...kind].map(([feature, w]) => [feature, { at: place(w), path: w.path }]));
  return {
    required: list(needs.required),
    open: list(needs.open),
    guarded: list(needs.guarded),
    silent: list(needs.silent),
    all: Object.fromEntries(needs.all),
    missing: needs.missing,
    assumed: needs.assumed,
  };
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
    const words = (text(invocation, "on") ?? "Nehalem,Haswell,host").split(",").map((word) => word.trim());
    if (words.includes(""))
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `--on ${words.join(",")}: an empty word; models, dumps or host are wanted`,
      );
    const cpus = words.map((word) => resolveCpu(word));
    const loader = new Loader();
    const reports: unknown[] = [];
    for (const path of invocation.words) {
      const program = loader.program(path);
      const isLibrary = flag(invocation, "library") || program.images[0]!.elf.interpreter === "";
      const needs = needsOf(program, isLibrary);
      const verdicts = cpus.map((cpu) => ({ cpu: cpu.name, ...verdictOn(needs, cpu) }));
      if (flag(invocation, "json")) {
        reports.push({
          file: path,
          modules: program.images.map((image) => image.path),
          needs: asJson(needs),
          verdicts: verdicts.map((v) => ({
            cpu: v.cpu,
            verdict: v.verdict,
            why: v.why,
            at: v.witness === undefined ? null : place(v.witness),
          })),
        });
        continue;
      }
      const names = (kind: ReadonlyMap<string, unknown>): string =>
        [...kind.keys()].join(" ") || "nothing beyond x86-64-v1";
      process.stdout.write(
        `${path}: ${program.images.length} modules, ${needs.functions} functions reached\n` +
          `  without a guard: ${names(needs.required)}\n  behind a test that was not understood: ${[...needs.open.keys()].join(" ") || "nothing"}\n` +
          `  behind guards: ${[...needs.guarded.keys()].join(" ") || "nothing"}\n`,
      );
      if (flag(invocation, "static")) process.stdout.write(`  all code, reached or not: ${names(needs.all)}\n`);
      if (needs.missing.length > 0) process.stdout.write(`  libraries not found: ${needs.missing.join(" ")}\n`);
      for (const assumed of needs.assumed) process.stdout.write(`  taken as given: ${assumed}\n`);
      if (flag(invocation, "path")) {
        for (const w of [...needs.required.values(), ...needs.open.values()])
          process.stdout.write(`  ${w.feature} at ${place(w)}\n${w.path.map((step) => `    by ${step}\n`).join("")}`);
      }
      table(
        verdicts.map((v) => [`  ${v.cpu}`, v.verdict, v.why, v.witness === undefined ? "" : `at ${place(v.witness)}`]),
      );
    }
    if (flag(invocation, "json")) print(reports);
    return 0;
  },
};
