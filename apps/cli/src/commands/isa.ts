import {
  type ChangedFeature,
  classifyInstructions,
  compareCpus,
  type Consequence,
  COUNT_BY,
  countInstructions,
  type Cpu,
  CPU_FEATURES,
  type InstructionKind,
  LEVELS,
  readElf,
  sensitiveUnprivileged,
  usedBy,
  vectorWidth,
  VIRTUALIZATION_MODES,
} from "@isinglass/compat";
import { resolveCpu } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, type Invocation, refuseOptions, text } from "../command.js";
import { readInput } from "../input.js";
import { print, table } from "../tables.js";

function layers(invocation: Invocation): void {
  const withWidth = flag(invocation, "width");
  const rows = CPU_FEATURES.map((f) => ({
    feature: f.name,
    tier: f.tier,
    level: f.level,
    where: f.where,
    width: vectorWidth(f.name),
    control: f.control,
    state: f.state,
    absence: f.absence.kind === "other" ? `${f.absence.instruction} runs as ${f.absence.runsAs}` : f.absence.kind,
    instructions: f.instructions,
  }));
  const shown = withWidth ? rows.filter((r) => r.width > 0) : rows;
  if (flag(invocation, "json")) return print(shown);
  const cells = shown.map((r) => [
    r.feature,
    r.tier,
    r.level === 0 ? "" : `v${r.level}`,
    r.where,
    ...(withWidth ? [`${r.width} bits`] : []),
    r.control,
    r.absence === "fault" ? "" : r.absence,
    r.instructions.length === 0 ? "" : String(r.instructions.length),
  ]);
  const head = ["feature", "tier", "level", "bit", ...(withWidth ? ["width"] : []), "control", "absent", "mnemonics"];
  table([head, ...cells]);
  process.stdout.write(
    `\n${LEVELS.map((names, i) => `x86-64-v${i + 1}: ${i > 0 ? `v${i}, ` : ""}${names.join(" ")}`).join("\n")}\n`,
  );
}

function count(invocation: Invocation): void {
  const wanted = text(invocation, "by");
  const by = COUNT_BY.filter((name) => wanted === undefined || name === wanted);
  if (by.length === 0) throw new IsinglassError("ISG_CLI_USAGE", `--by ${wanted}: ${COUNT_BY.join(", ")}`);
  const counts = by.map(countInstructions);
  if (flag(invocation, "json")) return print(counts);
  table([
    ["counted by", "all", "base", "extension", "special", "in 64-bit mode"],
    ...counts.map((c) => [c.by, c.total, c.tiers.base, c.tiers.extension, c.tiers.special, c.in64].map(String)),
  ]);
}

async function used(invocation: Invocation): Promise<void> {
  const path = invocation.words[1];
  if (path === undefined || invocation.words.length > 2)
    throw new IsinglassError("ISG_CLI_USAGE", "isg isa used: give one ELF file");
  const result = usedBy(readElf(await readInput(path, "isg isa used:"), path));
  const mnemonics = [...result.mnemonics].toSorted((a, b) => b[1] - a[1]);
  const features = [...result.features].toSorted((a, b) => b[1].count - a[1].count);
  if (flag(invocation, "json")) {
    return print({
      file: path,
      instructions: result.instructions,
      undecodedBytes: result.undecoded,
      mnemonics: Object.fromEntries(mnemonics),
      features: Object.fromEntries(features),
    });
  }
  process.stdout.write(
    `${path}: ${result.instructions} instructions, ${mnemonics.length} mnemonics, ${result.undecoded} bytes that are none\n\n`,
  );
  table([
    ["feature beyond x86-64-v1", "instructions", "first at", ""],
    ...features.map(([name, f]) => [
      name,
      String(f.count),
      `0x${f.first.toString(16)}`,
      f.silent ? "no fault without it" : "",
    ]),
  ]);
  process.stdout.write("\n");
  table([["mnemonic", "times"], ...mnemonics.slice(0, 20).map(([name, n]) => [name, String(n)])]);
}

const CONSEQUENCES: readonly (readonly [Consequence, string])[] = [
  ["fault", "whose instructions fault without it"],
  ["diverge", "without which instructions do something else and do not fault"],
  ["machine", "of the machine"],
];

function featureJson({ feature, consequence }: ChangedFeature): unknown {
  const { name, where, absence, instructions } = feature;
  return { feature: name, where, consequence, absence, instructions };
}

/** A feature's name; of one that diverges, with what happens. */
function changedText({ feature, consequence }: ChangedFeature): string {
  if (consequence !== "diverge") return feature.name;
  const { absence } = feature;
  if (absence.kind !== "other") return `${feature.name} (nothing happens)`;
  const rest = feature.instructions.length > 1 ? ", the rest faults" : "";
  return `${feature.name} (${absence.instruction} runs as ${absence.runsAs}${rest})`;
}

function diff(invocation: Invocation): void {
  const [, ...words] = invocation.words;
  if (words.length !== 2)
    throw new IsinglassError("ISG_CLI_USAGE", "isg isa diff: give two of host, a model or a dump");
  const [from, to] = words.map((word) => resolveCpu(word)) as [Cpu, Cpu];
  const { levels, lost, gained, untold } = compareCpus(from, to);
  if (flag(invocation, "json")) {
    return print({
      from: { name: from.name, source: from.source, level: levels[0] },
      to: { name: to.name, source: to.source, level: levels[1] },
      lost: lost.map(featureJson),
      gained: gained.map(featureJson),
      untold: untold.map(({ name }) => name),
    });
  }
  const level = (value: number): string => (value === 0 ? "below x86-64-v1" : `x86-64-v${value}`);
  const lines = [
    `${from.name} (${from.source}): ${level(levels[0])}`,
    `${to.name} (${to.source}): ${level(levels[1])}`,
  ];
  const list = (title: string, changes: readonly ChangedFeature[]): void => {
    for (const [kind, meaning] of CONSEQUENCES) {
      const some = changes.filter(({ consequence }) => consequence === kind);
      if (some.length > 0) lines.push(`${title}, ${meaning}: ${some.map(changedText).join(" ")}`);
    }
  };
  list(`lost on ${to.name}`, lost);
  list(`gained on ${to.name}`, gained);
  if (untold.length > 0) lines.push(`told of one of them only: ${untold.map(({ name }) => name).join(" ")}`);
  if (lost.length + gained.length + untold.length === 0) lines.push("the same features");
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Options that each word reads, beside --json. */
const READS: Readonly<Record<string, readonly string[]>> = {
  layers: ["width"],
  count: ["by"],
  used: [],
  diff: [],
  virtualizable: ["mode", "all"],
};

function virtualizable(invocation: Invocation): void {
  const wanted = text(invocation, "mode");
  const modes = VIRTUALIZATION_MODES.filter((mode) => wanted === undefined || mode === wanted);
  if (modes.length === 0)
    throw new IsinglassError("ISG_CLI_USAGE", `--mode ${wanted}: ${VIRTUALIZATION_MODES.join(", ")}`);
  const rows = modes.map((mode) => {
    const forms = classifyInstructions(mode);
    const kinds: Record<InstructionKind, number> = { innocuous: 0, sensitive: 0, privileged: 0 };
    for (const form of forms) kinds[form.kind] += 1;
    return { mode, kinds, sensitiveUnprivileged: sensitiveUnprivileged(mode), forms };
  });
  const all = flag(invocation, "all");
  if (flag(invocation, "json")) return print(rows.map(({ forms, ...row }) => (all ? { ...row, forms } : row)));
  table([
    ["mode", "innocuous", "privileged", "sensitive, no trap", "which (Robin and Irvine's names)"],
    ...rows.map((r) => [
      r.mode,
      String(r.kinds.innocuous),
      String(r.kinds.privileged),
      String(r.kinds.sensitive),
      `${r.sensitiveUnprivileged.length}: ${r.sensitiveUnprivileged.join(", ") || "none"}`,
    ]),
  ]);
  if (all && wanted !== undefined) {
    process.stdout.write("\n");
    table([
      ["instruction", "opcode", "kind", "why"],
      ...rows[0]!.forms.map((f) => [f.mnemonic, f.opcode, f.kind, f.why]),
    ]);
  }
}

export const ISA: Command = {
  name: "isa",
  words: "layers|count|used|diff|virtualizable",
  summary:
    "Says what x86 consists of: features by tier and psABI level; how many instructions; what `used FILE` has in it; what `diff A B` of two CPUs loses and gains; which instructions a monitor cannot trap.",
  options: {
    width: { type: "boolean", help: "layers: only features with vectors, and how wide they are" },
    by: { type: "string", value: "mnemonic|opcode|form", help: "count: one way to count; all unless given" },
    mode: { type: "string", value: "classic|umip|vmx|svm", help: "virtualizable: one way to run a guest" },
    all: { type: "boolean", help: "virtualizable --mode: every form with its reason" },
    json: { type: "boolean", help: "as JSON" },
  },
  example: "isg isa virtualizable",
  async run(invocation) {
    const [what, extra] = invocation.words;
    if (extra !== undefined && (what === "layers" || what === "count" || what === "virtualizable"))
      throw new IsinglassError("ISG_CLI_USAGE", `isg isa ${what}: "${extra}"; it takes no further word`);
    const reads = READS[what ?? ""];
    if (reads !== undefined)
      refuseOptions(
        invocation,
        `isg isa ${what}`,
        ["width", "by", "mode", "all"].filter((name) => !reads.includes(name)),
      );
    if (what === "virtualizable" && text(invocation, "mode") === undefined && !flag(invocation, "json"))
      refuseOptions(invocation, "isg isa virtualizable without --mode or --json", ["all"]);
    if (what === "layers") layers(invocation);
    else if (what === "count") count(invocation);
    else if (what === "used") await used(invocation);
    else if (what === "diff") diff(invocation);
    else if (what === "virtualizable") virtualizable(invocation);
    else
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `isg isa: ${what === undefined ? "say" : `"${what}";`} layers, count, used FILE, diff A B or virtualizable`,
      );
    return 0;
  },
};
