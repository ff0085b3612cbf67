/** The matrix as a heat map in one HTML page. */
import { type Language, say, type Text } from "../report/language.js";
import { html, page } from "../report/page.js";
import { evidenceInChinese } from "./chinese.js";
import type { Cell } from "./level.js";
import { cellText, type Matrix } from "./matrix.js";

const WORDS = {
  title: ["CPU compatibility matrix", "CPU 兼容性矩阵"],
  intro: [
    "Which instruction-set features code can use on each CPU and under each engine. Every cell is computed from data or from a probe that ran; below the table is the evidence, and the command that finds it out again.",
    "各 CPU 与各执行引擎上的代码可以使用哪些指令集特性。每个单元格都由数据或实际运行的探测算出；表格下方给出依据，以及可重新验证的命令。",
  ],
  feature: ["feature", "特性"],
  article: ["the article says", "原文所述"],
  evidence: ["Evidence", "依据"],
  legend: ["What the levels mean", "等级含义"],
  missing: ["Not shown", "未列出"],
  again: ["again:", "重新验证："],
} as const satisfies Record<string, Text>;

const LEVELS: readonly (readonly [mark: string, text: Text])[] = [
  ["0", ["not usable: it faults, or silently does something else (d)", "不可用：触发异常，或悄然执行别的操作（d）"]],
  ["1", ["usable in software only: more than five times the native time", "仅能以软件方式使用：耗时超过原生的五倍"]],
  ["2", ["native speed, uncontrolled: nothing can take it away from a guest", "原生速度，不受控：无法对客户机屏蔽"]],
  [
    "3",
    [
      "native speed, controlled: it can be denied, and its state is migrated",
      "原生速度，受控：可禁用，其状态可保存和迁移",
    ],
  ],
  ["?", ["the source does not say", "数据来源未说明"]],
];

const QUALIFIERS: readonly (readonly [mark: string, text: Text])[] = [
  ["p", ["partial: a part or something it builds on is missing", "部分支持：缺少一部分或其依赖项"]],
  ["d", ["silent divergence: another result instead of a fault", "静默偏差：结果不同而不触发异常"]],
  ["n", ["nested: a guest's guest has it too", "嵌套：客户机的客户机也可使用"]],
];

const STYLE = `
td.cell { text-align: center; white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: 600; padding: 0; }
td.cell a { display: block; padding: .4rem .6rem; text-decoration: none; }
.l0 { background: var(--l0); } .l1 { background: var(--l1); } .l2 { background: var(--l2); } .l3 { background: var(--l3); } .lu { background: var(--lu); }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.2rem; padding: 0; list-style: none; }
.legend b { display: inline-block; min-width: 1.7em; text-align: center; border-radius: 4px; margin-right: .4em; }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; } summary { cursor: pointer; }
.note { font-size: .88em; font-weight: 400; } li:target { background: var(--head); outline: 2px solid var(--soft); }
thead th:not(:first-child) { text-align: center; } @media print { details:not([open]) { display: none; } }
`;

function cellClass(cell: Cell): string {
  return cell.level === undefined ? "lu" : `l${cell.level}`;
}

/**
 * The page.
 *
 * @param missing columns that were asked for and are not there, with the reason
 */
export function matrixHtml(
  matrix: Matrix,
  language: Language,
  missing: readonly { readonly missing: string; readonly why: string }[] = [],
): string {
  const word = (name: keyof typeof WORDS): string => html(say(language, WORDS[name]));
  const local = (text: string): string => html(language === "en" ? text : evidenceInChinese(text));
  const [colon, semicolon, stop] = language === "en" ? [": ", "; ", ". "] : ["：", "；", "。"];
  const id = (row: number, column: number): string => `c${row}-${column}`;
  const head = matrix.columns.map((c) => `<th scope="col">${html(c.name)}</th>`).join("");
  const rows = matrix.rows.map((row, r) => {
    const note =
      row.article === undefined
        ? ""
        : `<div class="note soft">${word("article")}: ${html(say(language, row.article))}</div>`;
    const cells = matrix.cells[r]!.map((cell, c) => {
      const label = html(`${row.name}, ${cell.column}: ${cellText(cell)}`);
      return `<td class="cell ${cellClass(cell)}"><a href="#${id(r, c)}" aria-label="${label}">${html(cellText(cell))}</a></td>`;
    });
    return `<tr><th scope="row">${html(row.name)}${note}</th>${cells.join("")}</tr>`;
  });
  const evidence = matrix.rows.map((row, r) => {
    const items = matrix.cells[r]!.map(
      (cell, c) =>
        `<li id="${id(r, c)}"><b>${html(cell.column)}</b> ${html(cellText(cell))}${colon}${cell.evidence.map(local).join(semicolon)}${stop}<span class="soft">${word("again")} <code>${html(cell.command)}</code></span></li>`,
    );
    return `<details${r < 4 ? " open" : ""}><summary>${html(row.name)}</summary><ul>${items.join("")}</ul></details>`;
  });
  const legend = [...LEVELS, ...QUALIFIERS].map(([mark, text]) => {
    const colour = /^\d$/.test(mark) ? `l${mark}` : "lu";
    return `<li><b class="${colour}">${mark}</b>${html(say(language, text))}</li>`;
  });
  const absent = missing.map((m) => `<li><code>${html(m.missing)}</code>${colon}${local(m.why)}</li>`);
  const body = `<h1>${word("title")}</h1>
<p class="soft">${word("intro")}</p>
<div class="scroll"><table><thead><tr><th scope="col">${word("feature")}</th>${head}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>
<h2>${word("legend")}</h2>
<ul class="legend">${legend.join("")}</ul>
${absent.length === 0 ? "" : `<h2>${word("missing")}</h2><ul>${absent.join("")}</ul>`}
<h2>${word("evidence")}</h2>
${evidence.join("\n")}`;
  return page(language, say(language, WORDS.title), body, STYLE);
}
