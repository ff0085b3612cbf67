import {
  type Cell,
  cellText,
  type Column,
  LANGUAGES,
  makeMatrix,
  type Matrix,
  matrixHtml,
  matrixRows,
} from "@isinglass/compat";
import { makeColumn } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, type Invocation, refuseOptions, text } from "../command.js";
import { checkOutput, writeOutput } from "../output-file.js";
import { ownEngines } from "../own/engines.js";
import { print, table } from "../tables.js";

const DEFAULT_COLUMNS = "host,x86-64-v2,x86-64-v3,x86-64-v4,interpreter,jit,qemu-tcg,kvm";

interface Made {
  readonly columns: readonly Column[];
  readonly missing: readonly { readonly missing: string; readonly why: string }[];
}

async function columnsOf(invocation: Invocation, features: readonly string[]): Promise<Made> {
  const words = (text(invocation, "on") ?? DEFAULT_COLUMNS).split(",");
  const options = { probe: flag(invocation, "probe"), features, own: ownEngines };
  const columns: Column[] = [];
  const missing: { missing: string; why: string }[] = [];
  for (const word of words) {
    const made = await makeColumn(word.trim(), options);
    if ("column" in made) columns.push(made.column);
    else missing.push(made);
  }
  if (columns.length === 0) {
    const reasons = missing.map((m) => `${m.missing}: ${m.why}`).join("; ");
    throw new IsinglassError("ISG_CLI_MATRIX", `isg matrix: no column is there (${reasons})`);
  }
  if (options.probe && columns.every(({ probes }) => probes === undefined))
    throw new IsinglassError(
      "ISG_CLI_USAGE",
      "isg matrix --probe: none of these columns can be probed; host, qemu-tcg, interpreter and jit can",
    );
  return { columns, missing };
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_. ]/g, "");

/** What `--why` can mean, `avx2`, `avx2/kvm`, `/kvm` or `BMI1/2/kvm`: a row, a column, and a bar between them that may be part of either. */
function readings(where: string): (readonly [row: string, column: string])[] {
  const bars = [...where.matchAll(/\//g)].map(({ index }) => [where.slice(0, index), where.slice(index + 1)] as const);
  return [[where, ""], ...bars.toReversed()];
}

/** The row that `--why` names alone is computed then, if no others were asked for. */
function rowOf(where: string): readonly string[] {
  for (const [row] of readings(where)) {
    try {
      if (row !== "") return matrixRows([row]).map(() => row);
    } catch {
      // The name of a row ends at another bar.
    }
  }
  return [];
}

/** The cells that `--why` names. */
function cellsAt(matrix: Matrix, where: string): Cell[] {
  for (const [row, column] of readings(where)) {
    const found = matrix.cells
      .flat()
      .filter(
        (c) => (row === "" || plain(c.row) === plain(row)) && (column === "" || plain(c.column) === plain(column)),
      );
    if (found.length > 0) return found;
  }
  throw new IsinglassError(
    "ISG_CLI_USAGE",
    `--why ${where}: no such cell; ROW/COLUMN such as ${matrix.rows[0]!.name}/${matrix.columns[0]!.name}, and the columns are ${matrix.columns.map((c) => c.name).join(", ")} (--on takes others)`,
  );
}

function printEvidence(cells: readonly Cell[]): void {
  for (const cell of cells) {
    process.stdout.write(
      `${cell.row} on ${cell.column}: ${cellText(cell)}\n${cell.evidence.map((line) => `  ${line}\n`).join("")}  again: ${cell.command}\n`,
    );
  }
}

export const MATRIX: Command = {
  name: "matrix",
  words: "[FEATURE…]",
  summary:
    "Shows which CPU features code can use where: on this host, named CPU models, dumps, our interpreter and compiled code, QEMU's TCG, KVM.",
  options: {
    on: {
      type: "string",
      value: "WORDS",
      help: `columns with commas between: host, a model, a dump, interpreter or jit (of another of our models: jit:MODEL), qemu-tcg, kvm; ${DEFAULT_COLUMNS} unless given`,
    },
    all: { type: "boolean", help: "every feature, also those without instructions" },
    probe: {
      type: "boolean",
      help: "execute and time an instruction of each feature: here, under qemu-x86_64, by our engines",
    },
    why: {
      type: "string",
      value: "ROW/COLUMN",
      help: "the evidence of a cell, and the command that finds it out again",
    },
    html: { type: "string", value: "FILE", help: "write a heat map" },
    lang: { type: "string", value: "en|zh-CN", help: "language of the page; en unless given" },
    json: { type: "boolean", help: "as JSON" },
  },
  example: "isg matrix avx2 avx-512 bmi1/2 sha-3 --on host,Haswell,qemu-tcg",
  async run(invocation) {
    const language = LANGUAGES.find((name) => name === (text(invocation, "lang") ?? "en"));
    if (language === undefined)
      throw new IsinglassError("ISG_CLI_USAGE", `--lang ${text(invocation, "lang")}: ${LANGUAGES.join(" or ")}`);
    const file = text(invocation, "html");
    if (file === undefined) refuseOptions(invocation, "isg matrix without --html", ["lang"]);
    else {
      refuseOptions(invocation, "isg matrix --html", ["why", "json"]);
      checkOutput(file, "--html");
    }
    const cell = text(invocation, "why");
    const names = invocation.words.length > 0 || cell === undefined ? invocation.words : rowOf(cell);
    if (names.length > 0) refuseOptions(invocation, "isg matrix with the rows named", ["all"]);
    const rows = matrixRows(names, flag(invocation, "all"));
    const { columns, missing } = await columnsOf(
      invocation,
      rows.flatMap((row) => row.features.map((f) => f.name)),
    );
    const matrix = makeMatrix(rows, columns);
    if (file !== undefined) {
      writeOutput(file, "--html", matrixHtml(matrix, language, missing));
      process.stdout.write(`${file}: ${rows.length} rows, ${columns.length} columns\n`);
      return 0;
    }
    const cells = cell === undefined ? matrix.cells.flat() : cellsAt(matrix, cell);
    if (flag(invocation, "json")) {
      print({
        columns: columns.map(({ name, engine, cpu, evidence, command }) => ({
          name,
          engine,
          source: cpu.source,
          evidence,
          command,
        })),
        missing,
        cells,
      });
      return 0;
    }
    if (cell !== undefined) {
      printEvidence(cells);
      return 0;
    }
    table([
      ["feature", ...columns.map((c) => c.name), ""],
      ...matrix.rows.map((row, r) => [
        row.name,
        ...matrix.cells[r]!.map(cellText),
        row.article === undefined ? "" : `article: ${row.article[0]}`,
      ]),
    ]);
    process.stdout.write(
      "\n0 not usable, 1 in software, 2 native speed, 3 native speed and controlled; p partial, d silent divergence, n nested, ? not told\n",
    );
    for (const m of missing) process.stdout.write(`${m.missing} is not shown: ${m.why}\n`);
    return 0;
  },
};
