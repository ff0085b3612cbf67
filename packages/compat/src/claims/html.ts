/** The claims report as one HTML page: a row a claim, the article's figure never without ours beside it. */
import { type Language, say, type Text } from "../report/language.js";
import { html, page } from "../report/page.js";
import { inChinese } from "./chinese.js";
import {
  type Assessment,
  type ClaimsRun,
  CLAIMS,
  type Figure,
  figureText,
  intervalText,
  unmeasuredVerdict,
  valueText,
  verdictText,
} from "./claims.js";

const WORDS = {
  title: ["What the article claims, and what was measured", "原文的论断与实测结果"],
  intro: [
    "The article \"Is a virtual machine's machine code the same as the computer's?\" makes 91 claims. Each stands here with what is true and what was measured on this machine. Figures are medians with a 95 % bootstrap interval; the raw samples are in the JSON file.",
    "《虚拟机的机器码与计算机的机器码是否相同》一文提出了 91 条论断。此处逐条列出事实以及在本机的测量结果。数值为中位数及 95% 自助法区间；原始样本见 JSON 文件。",
  ],
  id: ["row", "编号"],
  claim: ["the article", "原文"],
  truth: ["what is true", "事实"],
  ours: ["measured here", "本机实测"],
  verdict: ["verdict", "结论"],
  noisy: ["the machine was busy", "机器繁忙"],
  host: ["Measured on", "测量环境"],
  again: ["again:", "重新测量："],
  none: ["not measured yet", "尚未测量"],
} as const satisfies Record<string, Text>;

const ASSESSMENTS: Readonly<Record<Assessment, Text>> = {
  true: ["true", "正确"],
  half: ["half true", "部分正确"],
  false: ["wrong", "错误"],
  open: ["cannot be verified", "无法核实"],
};

const STYLE = `
.true { background: var(--l3); } .half { background: var(--l1); } .false { background: var(--l0); } .open { background: var(--lu); }
.tag { display: inline-block; padding: 0 .45em; border-radius: 4px; white-space: nowrap; }
td:nth-child(2), td:nth-child(3) { min-width: 12rem; } td:nth-child(4) { min-width: 19rem; } td:nth-child(5) { min-width: 6.5rem; } td ul { padding-left: 1rem; font-size: .92em; }
td .scroll { margin: .25rem 0; } .figures { font-size: .82em; } .figures td, .figures th { display: table-cell; padding: .2rem .4rem; position: static; white-space: normal; font-weight: 400; }
.figures td div { font-size: .86em; white-space: nowrap; } .figures td { text-align: right; font-variant-numeric: tabular-nums; } .figures td:nth-child(n) { min-width: 0; } .figures td::before { content: none; }
.figure { font-weight: 600; } tr:target > * { outline: 2px solid var(--soft); }
@media (max-width: 600px) { table, tbody, tr, td, tbody th { display: block; } thead { display: none; }
  td, tbody th { border: 0; padding: .15rem .6rem; } tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } tbody th { position: static; }
  .figures { display: table; } .figures thead { display: table-header-group; } .figures tbody { display: table-row-group; } .figures tr { display: table-row; }
  td:nth-child(n) { min-width: 0; } td[data-head]::before { content: attr(data-head); display: block; font-size: .8em; color: var(--soft); } }
`;

/** A figure's name taken apart: `load, QEMU TCG over host` is a row and a column of a table. */
function place(figure: Figure): readonly [row: string, column: string] {
  const comma = figure.what.indexOf(", ");
  return comma < 0 ? [figure.what, ""] : [figure.what.slice(0, comma), figure.what.slice(comma + 2)];
}

/** Fewer stand in a list. */
const TABLE_FROM = 9;

/** Figures of one unit that are a row and a column each, as a table; below each value is its interval. */
function figureTable(figures: readonly Figure[], local: (text: string) => string): string {
  const columns = [...new Set(figures.map((f) => place(f)[1]))];
  const rows = [...new Set(figures.map((f) => place(f)[0]))];
  const body = rows.map((row) => {
    const cells = columns.map((column) => {
      const figure = figures.find((f) => place(f)[0] === row && place(f)[1] === column);
      if (figure === undefined) return "<td>–</td>";
      return `<td>${html(valueText(figure))}<div class="soft">${html(intervalText(figure))}</div></td>`;
    });
    return `<tr><th scope="row">${local(row)}</th>${cells.join("")}</tr>`;
  });
  const head = columns.map((column) => `<th scope="col">${local(column)}</th>`).join("");
  const [{ unit, samples }] = figures as [Figure];
  const corner = local(samples.length > 1 ? `${unit}, n = ${samples.length}` : unit);
  return `<div class="scroll"><table class="figures"><thead><tr><th scope="col">${corner}</th>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** Figures as lists and, where there are many of one unit, tables. */
function figureBlocks(figures: readonly Figure[], local: (text: string) => string): string {
  const units = [...new Set(figures.map((f) => f.unit))];
  return units
    .map((unit) => {
      const group = figures.filter((f) => f.unit === unit);
      if (group.length >= TABLE_FROM && group.every((f) => place(f)[1] !== "")) return figureTable(group, local);
      return `<ul>${group.map((f) => `<li>${local(figureText(f))}</li>`).join("")}</ul>`;
    })
    .join("");
}

/** The page; without a run every row says that it has not been measured. */
export function claimsHtml(run: ClaimsRun | undefined, language: Language): string {
  const word = (name: keyof typeof WORDS): string => html(say(language, WORDS[name]));
  const local = (text: string): string => html(language === "en" ? text : inChinese(text));
  const cell = (head: keyof typeof WORDS, content: string): string => `<td data-head="${word(head)}">${content}</td>`;
  const rows = CLAIMS.map((claim) => {
    const result = run?.results.find((r) => r.id === claim.id);
    const figure = claim.figure === "" ? "" : ` <span class="figure">${local(claim.figure)}</span>`;
    const figures = figureBlocks(result?.figures ?? [], local);
    const ours =
      result === undefined
        ? `<span class="soft">${word("none")}</span>`
        : `${figures}<span class="soft">${result.noisy ? `${word("noisy")}; ` : ""}${word("again")} <code>${html(result.command)}</code></span>`;
    const verdict = result?.verdict ?? unmeasuredVerdict(claim);
    return `<tr id="${claim.id}"><th scope="row">${claim.id}</th>${cell("claim", `${html(say(language, claim.statement))}${figure}`)}${cell(
      "truth",
      `<span class="tag ${claim.assessment}">${html(say(language, ASSESSMENTS[claim.assessment]))}</span> ${html(say(language, claim.truth))}`,
    )}${cell("ours", ours)}${cell("verdict", html(verdictText(language, verdict, result?.factor)))}</tr>`;
  });
  const host = run === undefined ? "" : `<p>${word("host")}: ${html(run.host)}, ${html(run.date)}.</p>`;
  const head = (["id", "claim", "truth", "ours", "verdict"] as const)
    .map((name) => `<th scope="col">${word(name)}</th>`)
    .join("");
  const body = `<h1>${word("title")}</h1><p class="soft">${word("intro")}</p>${host}
<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
  return page(language, say(language, WORDS.title), body, STYLE);
}
