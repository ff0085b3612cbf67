/** The frame of a report: one HTML file that loads nothing, for a screen, a telephone and paper. */
import type { Language } from "./language.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for HTML, in content and attributes. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #5b6570; --line: #d5dae0; --head: #f2f4f7;
  --l0: #f6d5d0; --l1: #fbe7bd; --l2: #cfe6f7; --l3: #c4e8cc; --lu: #eceff2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171a; --soft: #9aa5b1; --line: #343b43; --head: #1e2328;
  --l0: #5b2a25; --l1: #58451a; --l2: #1f4360; --l3: #1f4d2c; --lu: #2a3037; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem; max-width: 90rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .35rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; }
p { max-width: 48rem; margin: .35rem 0; } .soft { color: var(--soft); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; }
table { border-collapse: separate; border-spacing: 0; width: 100%; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
thead th { background: var(--head); position: sticky; top: 0; z-index: 2; white-space: nowrap; }
tbody th { position: sticky; left: 0; background: var(--paper); z-index: 1; font-weight: 600; }
code, .mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; margin: .25rem 0; } a { color: inherit; }
@media (max-width: 600px) { body { padding: .75rem; font-size: 14px; } th, td { padding: .35rem .45rem; } }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 9pt; }
  .scroll { overflow: visible; border: 0; } thead { display: table-header-group; } thead th, tbody th { position: static; }
  tr { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

/**
 * A whole page.
 *
 * @param body HTML that is already escaped
 * @param style rules beside the common ones
 */
export function page(language: Language, title: string, body: string, style = ""): string {
  // The policy makes a slip that would load something visible: nothing may be loaded.
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${html(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
