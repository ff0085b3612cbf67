import { parseArgs } from "node:util";

/** Parses a script's own options; `--help` prints its usage and ends. Where words are allowed, they are in `words` of the result. */
export function readOptions(usage, options, allowWords = false) {
  let values;
  let words;
  try {
    ({ values, positionals: words } = parseArgs({
      options: { ...options, help: { type: "boolean" } },
      strict: true,
      allowPositionals: allowWords,
    }));
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  return allowWords ? { ...values, words } : values;
}

/** A positive whole number out of an option. */
export function count(text, name) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    console.error(`--${name} ${text}: a whole number of at least 1 is right`);
    process.exit(2);
  }
  return value;
}
