import { existsSync } from "node:fs";
import {
  type Claim,
  CLAIMS,
  claimsHtml,
  type ClaimsRun,
  figureText,
  inChinese,
  LANGUAGES,
  readClaimsRun,
  unmeasuredVerdict,
  verdictText,
} from "@isinglass/compat";
import { measurable, measureClaims } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, integer, type Invocation, refuseOptions, text } from "../command.js";
import { readInput } from "../input.js";
import { checkOutput, writeOutput } from "../output-file.js";
import { ownEngines } from "../own/engines.js";
import { print, table } from "../tables.js";

/** Fewer give no interval worth printing. */
const FEWEST_SAMPLES = 30;
/** Figures of a row of the table; --json and the page have all. */
const SHOWN_FIGURES = 3;

async function readRun(path: string): Promise<ClaimsRun> {
  if (!existsSync(path)) {
    throw new IsinglassError(
      "ISG_CLI_FILE",
      `isg claims: ${path}: no such file; isg claims run --out ${path} makes it`,
    );
  }
  return readClaimsRun(new TextDecoder().decode(await readInput(path, "isg claims:")), `isg claims: ${path}`);
}

function chosen(ids: readonly string[]): Claim[] {
  const wanted = ids.map((id) => id.toUpperCase());
  const unknown = wanted.find((id) => !CLAIMS.some((c) => c.id === id || c.id.startsWith(`${id}.`)));
  if (unknown !== undefined) {
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      `isg claims: no row "${unknown}"; they are ${CLAIMS[0]!.id} to ${CLAIMS.at(-1)!.id}, isg claims list shows them`,
    );
  }
  return CLAIMS.filter((c) => wanted.length === 0 || wanted.some((id) => c.id === id || c.id.startsWith(`${id}.`)));
}

function show(claims: readonly Claim[], run: ClaimsRun | undefined, invocation: Invocation): void {
  const chinese = text(invocation, "lang") === "zh-CN";
  const language = chinese ? "zh-CN" : "en";
  const at = chinese ? 1 : 0;
  table([
    chinese ? ["编号", "原文", "本机实测", "结论"] : ["row", "the article", "measured here", "verdict"],
    ...claims.map((claim) => {
      const result = run?.results.find((r) => r.id === claim.id);
      const verdict = result?.verdict ?? unmeasuredVerdict(claim);
      const figures = result?.figures ?? [];
      const shown = figures.slice(0, SHOWN_FIGURES).map((f) => (chinese ? inChinese(figureText(f)) : figureText(f)));
      const left = figures.length - shown.length;
      if (left > 0) shown.push(chinese ? `另有 ${left} 项（--json）` : `and ${left} more (--json)`);
      const figure = claim.figure === "" ? "" : ` (${chinese ? inChinese(claim.figure) : claim.figure})`;
      return [
        claim.id,
        `${claim.statement[at]}${figure}`,
        result === undefined ? verdictText(language, "not measured yet") : shown.join("; "),
        `${verdictText(language, verdict, result?.factor)}${result?.noisy === true ? (chinese ? "，机器繁忙" : ", busy machine") : ""}`,
      ];
    }),
  ]);
}

/** Options that each word reads. */
const READS: Readonly<Record<string, readonly string[]>> = {
  list: ["from", "lang", "json"],
  run: ["out", "samples", "lang", "json"],
  html: ["from", "lang"],
};

export const CLAIMS_COMMAND: Command = {
  name: "claims",
  words: "list|run|html",
  summary:
    "Holds the article's 91 claims against measurements: list them, run the measurements of some or all (`run A3.2`), write the report (`html FILE`).",
  options: {
    out: { type: "string", value: "FILE", help: "run: keep the results with all raw samples" },
    from: { type: "string", value: "FILE", help: "list, html: results of a run" },
    samples: {
      type: "string",
      value: "N",
      help: `run: samples of each timed figure, at least ${FEWEST_SAMPLES}, which is what it takes unless given`,
    },
    lang: { type: "string", value: "en|zh-CN", help: "language; en unless given" },
    json: { type: "boolean", help: "as JSON" },
  },
  example: "isg claims run A2.2 A3.15",
  async run(invocation) {
    const [what, ...words] = invocation.words;
    const language = LANGUAGES.find((name) => name === (text(invocation, "lang") ?? "en"));
    if (language === undefined)
      throw new IsinglassError("ISG_CLI_USAGE", `--lang ${text(invocation, "lang")}: ${LANGUAGES.join(" or ")}`);
    const reads = READS[what ?? ""];
    if (reads !== undefined)
      refuseOptions(
        invocation,
        `isg claims ${what}`,
        ["out", "from", "samples", "lang", "json"].filter((name) => !reads.includes(name)),
      );
    if (flag(invocation, "json")) refuseOptions(invocation, `isg claims ${what} --json`, ["lang"]);
    const from = text(invocation, "from");
    const run = from === undefined ? undefined : await readRun(from);
    if (what === "list") {
      const claims = chosen(words);
      const result = (id: string): unknown => run?.results.find((each) => each.id === id);
      if (flag(invocation, "json"))
        print(claims.map((c) => ({ ...c, measurable: measurable().includes(c.id), result: result(c.id) })));
      else show(claims, run, invocation);
      return 0;
    }
    if (what === "html") {
      const [file] = words;
      if (file === undefined || words.length > 1)
        throw new IsinglassError("ISG_CLI_USAGE", "isg claims html: give the one file to write");
      writeOutput(file, "isg claims html", claimsHtml(run, language));
      process.stdout.write(`${file}: ${CLAIMS.length} rows, ${run?.results.length ?? 0} measured\n`);
      return 0;
    }
    if (what !== "run") throw new IsinglassError("ISG_CLI_USAGE", `isg claims: "${what ?? ""}"; list, run or html`);
    const claims = chosen(words);
    const samples = integer(invocation, "samples", FEWEST_SAMPLES);
    if (samples < FEWEST_SAMPLES)
      throw new IsinglassError("ISG_CLI_USAGE", `--samples ${samples}: at least ${FEWEST_SAMPLES}`);
    const out = text(invocation, "out");
    // Before minutes are measured that could not be kept.
    if (out !== undefined) checkOutput(out, "--out");
    const quiet = flag(invocation, "json");
    const results = await measureClaims(
      claims.map((c) => c.id),
      { samples, own: ownEngines() },
      (id) => {
        if (!quiet && process.stderr.isTTY) process.stderr.write(`${id}…\r`);
      },
    );
    if (out !== undefined) writeOutput(out, "--out", `${JSON.stringify(results, undefined, 1)}\n`);
    if (quiet) print(results);
    else show(claims, results, invocation);
    return 0;
  },
};
