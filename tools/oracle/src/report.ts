import type { Form } from "./forms.js";
import type { HostInfo } from "./host.js";
import { explanations } from "./rules/explained.js";
import type { ContenderResult, FormResult, RunResult } from "./run.js";

/** All that a report tells. */
export interface Report {
  readonly info: HostInfo;
  readonly seed: number;
  readonly states: number;
  readonly mode: number;
  readonly isa: string;
  readonly forms: number;
  readonly excluded: ReadonlyMap<string, readonly Form[]>;
  readonly seconds: number;
  readonly result: RunResult;
}

const sum = (forms: readonly FormResult[], of: (form: FormResult) => number): number =>
  forms.reduce((total, form) => total + of(form), 0);

function replayCommand(report: Report, form: string, index: number): string {
  return `--mode ${report.mode} --isa ${report.isa} --seed ${report.seed} --replay '${form}' --first ${index}`;
}

function formatContender(report: Report, contender: ContenderResult, limit: number, brief: boolean): string[] {
  const { forms } = contender;
  const failing = forms.filter((form) => form.different > 0);
  const unsupported = forms.filter((form) => form.unsupported === form.states && form.states > 0);
  const lines = [
    `${contender.name}: ${sum(forms, (form) => form.states)} cases, ${sum(forms, (form) => form.different)} differences in ${failing.length} forms; ` +
      `${sum(forms, (form) => form.undefined)} differ in undefined parts only, ${sum(forms, (form) => form.explained)} are explained, ` +
      `${sum(forms, (form) => form.unsupported)} not implemented (${unsupported.length} whole forms)`,
  ];
  for (const explanation of explanations) {
    const count = contender.explained[explanation.name] ?? 0;
    if (count > 0)
      lines.push(`  explained: ${count} x ${explanation.name}: ${explanation.reason} (${explanation.section})`);
  }
  if (brief) {
    for (const form of failing)
      lines.push(
        `  ${form.form}: ${form.different} of ${form.states}, case ${form.first?.index} in ${form.first?.differences.map((difference) => difference.kind).join(" ")}`,
      );
    return lines;
  }
  for (const form of failing.slice(0, limit)) {
    lines.push(`  ${form.form}: ${form.different} of ${form.states}`);
    const { first } = form;
    if (first === undefined) continue;
    lines.push(`    case ${first.index}: ${first.code}, host fault ${first.expectedFault}`);
    for (const difference of first.differences.slice(0, 8))
      lines.push(
        `      ${difference.kind}${difference.index === 0 ? "" : ` ${difference.kind === "memory" ? difference.index.toString(16) : difference.index}`}: host ${difference.expected}, ${contender.name} ${difference.got}`,
      );
    lines.push(`    replay: ${replayCommand(report, form.form, first.index)}`);
  }
  if (failing.length > limit)
    lines.push(
      `  and ${failing.length - limit} more forms: ${failing
        .slice(limit)
        .map((form) => `${form.form} ${form.different}`)
        .join("; ")}`,
    );
  return lines;
}

/** The report as text. */
export function formatReport(report: Report, limit: number, brief: boolean): string {
  const { info, result } = report;
  const excluded = [...report.excluded.values()].reduce((total, forms) => total + forms.length, 0);
  const lines = [
    `host: ${info.brand} (${info.vendor} family ${info.family} model ${info.model} stepping ${info.stepping})`,
    `${report.forms} forms of ${report.isa} in ${report.mode}-bit mode, ${report.states} states each, seed ${report.seed}, ${report.seconds.toFixed(1)} s`,
    `left out: ${excluded} forms`,
  ];
  for (const [reason, forms] of report.excluded)
    lines.push(`  ${forms.length} ${reason}: ${[...new Set(forms.map((form) => form.mnemonic))].join(", ")}`);
  const outcomes = Object.entries(result.outcomes).toSorted((a, b) => b[1] - a[1]);
  lines.push(`outcomes: ${outcomes.map(([name, count]) => `${name} ${count}`).join(", ")}`);
  const always = new Map<string, number>();
  for (const faults of Object.values(result.alwaysFaulting)) always.set(faults, (always.get(faults) ?? 0) + 1);
  if (always.size > 0)
    lines.push(`always faulting: ${[...always].map(([faults, count]) => `${count} forms ${faults}`).join(", ")}`);
  for (const timeout of result.timeouts) lines.push(`did not end: ${timeout}`);
  for (const contender of result.contenders) lines.push(...formatContender(report, contender, limit, brief));
  return `${lines.join("\n")}\n`;
}

/** The report as a value for JSON. */
export function toJson(report: Report): unknown {
  return {
    ...report,
    excluded: [...report.excluded].map(([reason, forms]) => ({ reason, forms: forms.map((form) => form.id) })),
  };
}
