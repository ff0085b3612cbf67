// Aligns the columns of a spec file: node scripts/lib/align.mjs spec/FILE.txt
import { readFileSync, writeFileSync } from "node:fs";

for (const file of process.argv.slice(2)) {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const isRow = (l) => l.trim() !== "" && !l.startsWith("#");
  const rows = lines.map((l) => (isRow(l) ? l.split("|").map((c) => c.trim()) : l));
  const widths = [0, 1, 2, 3].map((i) =>
    Math.max(0, ...rows.map((r) => (Array.isArray(r) && i < r.length - 1 ? r[i].length : 0))),
  );
  const text = rows.map((r) =>
    Array.isArray(r)
      ? r
          .map((c, i) => (i === r.length - 1 ? c : c.padEnd(widths[i])))
          .join(" | ")
          .trimEnd()
      : r,
  );
  writeFileSync(file, `${text.join("\n")}\n`);
}
