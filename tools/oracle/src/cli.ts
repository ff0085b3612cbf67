import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { contenderNames, createContender } from "./executors.js";
import { featureSets, selectForms } from "./features.js";
import { listForms } from "./forms.js";
import { hostInfo } from "./host.js";
import { hostIsUsable, zydisIsUsable } from "./native.js";
import { formatReport, toJson } from "./report.js";
import { replay } from "./replay.js";
import { run } from "./run.js";
import { recordVectors } from "./vectors.js";

const help = `Holds executors against the host CPU, instruction form by instruction form.

  --states N          cases per form (200)
  --form TEXT         only forms whose name contains TEXT; may be repeated
  --seed N            seed of all cases (1)
  --executor NAME     ${contenderNames().join(", ")}; may be repeated (host)
  --isa A,B           feature sets: ${Object.keys(featureSets).join(", ")} (baseline)
  --mode 64|32        64-bit mode or 32-bit code (64)
  --json FILE         writes the report as JSON
  --replay FORM       runs one case of the form of that name again, reduced to what the difference needs; --first says which
  --first N           number of the first case (0)
  --record FILE       records --states cases per form with the host's results for machines without this oracle
  --list              lists the forms and ends
  --limit N           failing forms to print in full (20)
  --brief             one line per failing form
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      states: { type: "string", default: "200" },
      first: { type: "string", default: "0" },
      form: { type: "string", multiple: true },
      seed: { type: "string", default: "1" },
      executor: { type: "string", multiple: true },
      isa: { type: "string", default: "baseline" },
      mode: { type: "string", default: "64" },
      json: { type: "string" },
      list: { type: "boolean", default: false },
      limit: { type: "string", default: "20" },
      record: { type: "string" },
      replay: { type: "string" },
      brief: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!hostIsUsable() || !zydisIsUsable()) {
    console.error("the host oracle needs Linux on x86-64 with gcc and Zydis (apt-get install gcc libzydis-dev)");
    return 2;
  }
  const mode = values.mode === "32" ? 32 : 64;
  const selection = selectForms(listForms(mode), values.isa.split(","));
  const wanted = values.form;
  const forms =
    wanted === undefined
      ? selection.forms
      : selection.forms.filter((form) => wanted.some((text) => form.id.includes(text)));
  if (values.list) {
    for (const form of forms) console.log(`${form.isaSet}\t${form.id}`);
    console.log(`${forms.length} forms`);
    return 0;
  }
  const seed = Number(values.seed);
  const states = Number(values.states);
  // QEMU's user mode does not offer the FSGSBASE instructions.
  const info = { ...hostInfo(), ...(values.executor?.includes("qemu") ? { fsgsbase: false } : {}) };
  if (values.record !== undefined) {
    // A planned fault comes with every fifth case: it is among the recorded ones.
    const indices = Array.from({ length: states }, (_, i) => (i === states - 1 ? 4 + 5 * states : i));
    const formsText = forms.map((form) => form.line).join("\n");
    const date = new Date().toISOString().slice(0, 10);
    const content = await recordVectors(forms, formsText, { mode, isa: values.isa, seed, indices, info, date });
    writeFileSync(values.record, content);
    console.log(`${values.record}: ${forms.length} forms, ${forms.length * states} cases, ${content.length} bytes`);
    return 0;
  }
  const contenders = await Promise.all((values.executor ?? ["host"]).map(createContender));
  if (values.replay !== undefined) {
    const form = selection.forms.find((candidate) => candidate.id === values.replay);
    if (form === undefined) throw new Error(`no form is called "${values.replay}"; --list prints the names`);
    for (const contender of contenders)
      process.stdout.write(
        await replay(form, Number(values.first), { mode, seed, segmentBases: info.fsgsbase }, contender, info.vendor),
      );
    return 0;
  }
  const started = Date.now();
  const result = await run(
    {
      forms,
      mode,
      states,
      firstState: Number(values.first),
      seed,
      info,
      ...(process.stderr.isTTY ? { progress } : {}),
    },
    contenders,
  );
  const report = {
    info,
    seed,
    states,
    mode,
    isa: values.isa,
    forms: forms.length,
    excluded: selection.excluded,
    seconds: (Date.now() - started) / 1000,
    result,
  };
  process.stdout.write(formatReport(report, Number(values.limit), values.brief));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(toJson(report), undefined, 1));
  const failed =
    result.timeouts.length > 0 ||
    result.contenders.some((contender) => contender.forms.some((form) => form.different > 0));
  return failed ? 1 : 0;
}

function progress(done: number, total: number): void {
  process.stderr.write(`\r${done} of ${total} cases`);
  if (done >= total) process.stderr.write("\n");
}

process.exitCode = await main();
