/** The compatibility matrix: features against CPUs and engines, each cell with its evidence. */
import { CPU_FEATURES, type CpuFeature, featureNamed } from "../features.js";
import type { Text } from "../report/language.js";
import { MNEMONICS } from "@isinglass/isa-x86";
import { type Cell, cellCommand, type Column, cellOf, combined } from "./level.js";

/** A row: one feature, or a group of them under the article's name. */
export interface MatrixRow {
  readonly name: string;
  readonly features: readonly CpuFeature[];
  /** What the article's table says about it; undefined for rows that it does not have. */
  readonly article: Text | undefined;
  /** For rows that no x86 feature stands for: why. */
  readonly none: string;
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly rows: readonly MatrixRow[];
  /** By row, then by column. */
  readonly cells: readonly (readonly Cell[])[];
}

const named = (...names: readonly string[]): CpuFeature[] => names.map((name) => featureNamed(name));

/** Instructions of A64's FEAT_SHA3 (Arm ARM, C7.2). */
const SHA3 = ["eor3", "rax1", "xar", "bcax"];

function noSha3(): string {
  const there = SHA3.filter((name) => MNEMONICS.includes(name));
  const count = `${there.length === 0 ? "none" : there.join(", ")} of ${SHA3.join(", ")} among the ${MNEMONICS.length} mnemonics of x86`;
  return `${count}: they are A64's FEAT_SHA3, and SHA-NI is SHA-1 and SHA-256`;
}

/** The four rows of the article's table (section 4.2). */
export function articleRows(): MatrixRow[] {
  const row = (name: string, features: CpuFeature[], article: Text, none = ""): MatrixRow => ({
    name,
    features,
    article,
    none,
  });
  return [
    row("AVX2", named("avx2"), ["host yes, VM partial, Level 3", "宿主机支持，虚拟机部分支持，Level 3"]),
    row("AVX-512", named("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"), [
      "host yes, VM no, Level 0",
      "宿主机支持，虚拟机不支持，Level 0",
    ]),
    row("BMI1/2", named("bmi1", "bmi2"), ["host and VM fully, Level 2", "宿主机与虚拟机完全支持，Level 2"]),
    row("SHA-3", [], ["host partial, software emulation, Level 1", "宿主机部分支持，软件模拟，Level 1"], noSha3()),
  ];
}

/** Groups that a user may name. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ["avx512", "AVX-512"],
  ["bmi", "BMI1/2"],
  ["bmi1/2", "BMI1/2"],
  ["sha3", "SHA-3"],
]);

/**
 * Rows for what a user named: features in any spelling, or the article's groups. Nothing: the article's rows and every feature that has
 * instructions. `all`: every feature.
 *
 * @throws IsinglassError ISG_COMPAT_FEATURE for a name that nobody knows
 */
export function matrixRows(names: readonly string[], all = false): MatrixRow[] {
  const groups = articleRows();
  const single = (feature: CpuFeature): MatrixRow => ({
    name: feature.name,
    features: [feature],
    article: undefined,
    none: "",
  });
  if (names.length > 0) {
    return names.map((name) => {
      const plain = name.toLowerCase().replace(/[- ]/g, "");
      const group = groups.find(
        (g) => g.name === name || g.name === GROUPS.get(plain) || g.name.toLowerCase() === plain,
      );
      return group ?? single(featureNamed(name));
    });
  }
  const rest = CPU_FEATURES.filter(
    (f) => all || (f.instructions.length > 0 && f.tier !== "base") || f.state === "avx512",
  );
  return [...groups, ...rest.filter((f) => f.name !== "avx2").map(single)];
}

/** Computes all cells. */
export function makeMatrix(rows: readonly MatrixRow[], columns: readonly Column[]): Matrix {
  const cells = rows.map((row) =>
    columns.map((column): Cell => {
      if (row.features.length === 0) {
        return {
          column: column.name,
          row: row.name,
          level: 0,
          qualifiers: [],
          evidence: [row.none],
          command: cellCommand(column, row.name),
        };
      }
      const each = row.features.map((feature) => cellOf(feature, column));
      return each.length === 1 ? { ...each[0]!, row: row.name } : combined(row.name, each, column);
    }),
  );
  return { columns, rows, cells };
}

/** A cell in a few letters: `3`, `1p`, `0d`, `?`. */
export function cellText(cell: Cell): string {
  return cell.level === undefined ? "?" : `${cell.level}${cell.qualifiers.join("")}`;
}
