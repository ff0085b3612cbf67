/**
 * The first fenced block of TypeScript or JavaScript under a heading "Example" of a README.
 *
 * Such a block has no type annotations, so that it runs as it stands.
 *
 * @param {string} markdown
 * @returns {string | undefined} the code, or undefined if there is none before the next heading of the same or a higher level
 */
export function exampleOf(markdown) {
  const lines = markdown.split(/\r?\n/);
  const heading = lines.findIndex((line) => /^#{1,6}\s+Example\s*$/.test(line));
  if (heading < 0) return undefined;
  const level = /^#+/.exec(lines[heading])[0].length;
  let code;
  for (const line of lines.slice(heading + 1)) {
    if (code !== undefined) {
      if (line.startsWith("```")) return code.join("\n") + "\n";
      code.push(line);
    } else if (/^```(ts|typescript|js|javascript|mjs)\b/.test(line)) code = [];
    else if (/^#+/.test(line) && /^#+/.exec(line)[0].length <= level) return undefined;
  }
  return undefined;
}

/**
 * Every fenced block of TypeScript or JavaScript that imports something: in the guides, such a block is a whole program.
 *
 * @param {string} markdown
 * @returns {string[]}
 */
export function programsOf(markdown) {
  const blocks = markdown.matchAll(/^```(?:ts|typescript|js|javascript|mjs)\b[^\n]*\n([\s\S]*?)^```/gm);
  return [...blocks].map((match) => match[1]).filter((code) => /^import\b/m.test(code));
}
