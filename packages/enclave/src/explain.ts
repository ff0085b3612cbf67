import type { ExplainedField } from "./layout.js";

/** A document laid out: its kind, and every field. */
export interface Explanation {
  readonly format: string;
  /** The specification that the names come from. */
  readonly source: string;
  readonly fields: readonly ExplainedField[];
}

/** Control characters, marks that turn the direction of text, line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text for a terminal. What a document says must not move the cursor, nor look like a line of ours. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`);
}

/** JSON on one line, for a terminal too: what {@link printable} writes out is escaped, so that it reads back as it was. */
export function jsonText(value: unknown): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(UNPRINTABLE, (letter) => letter.replace(/[^]/g, escaped));
}

function place(field: ExplainedField): string {
  return field.bytes === "" ? "" : `0x${field.offset.toString(16).padStart(4, "0")}+${field.size}`;
}

/** An explanation as text, a field a line: place, name, value, and what it means. */
export function explanationText(explanation: Explanation): string {
  const lines = explanation.fields.map((field) => {
    const indent = field.bytes === "" ? "  " : "";
    const value = field.value.length > 100 ? `${field.value.slice(0, 97)}...` : field.value;
    return `${place(field).padEnd(12)} ${`${indent}${field.name}`.padEnd(44)} ${printable(value)}  (${field.meaning})`;
  });
  return [`${explanation.format}, ${explanation.source}`, ...lines, ""].join("\n");
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** An explanation as one HTML page without scripts or anything from elsewhere. */
export function explanationHtml(explanation: Explanation): string {
  const cell = (text: string, tag = "td"): string => `<${tag}>${escape(printable(text))}</${tag}>`;
  const rows = explanation.fields.map(
    (field) =>
      `<tr${field.bytes === "" ? ' class="bit"' : ""}>${cell(place(field))}${cell(field.name)}${cell(field.value)}${cell(field.bytes)}${cell(field.meaning)}</tr>`,
  );
  const head = ["place", "field", "value", "bytes", "meaning"].map((name) => cell(name, "th")).join("");
  const style =
    "body{font:14px system-ui,sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left;vertical-align:top}td:nth-child(3),td:nth-child(4){font-family:monospace;word-break:break-all}.bit td:nth-child(2){padding-left:2em}";
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escape(explanation.format)}</title><style>${style}</style></head><body>`,
    `<h1>${escape(explanation.format)}</h1><p>${escape(explanation.source)}</p><table><thead><tr>${head}</tr></thead><tbody>`,
    ...rows,
    "</tbody></table></body></html>",
    "",
  ].join("\n");
}
