// The options of `npm run demo`, checked: what is wrong with them is one line.
import { statSync } from "node:fs";
import { parseArgs } from "node:util";

const USAGE = "npm run demo -- [--kernel FILE] [--initrd FILE] [--port N] [--no-guest]";
const LARGEST_PORT = 65535;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * Reads the options.
 *
 * @param {string[]} args
 * @returns {{ values?: { kernel?: string, initrd?: string, port: number, "no-guest": boolean }, problem?: { message: string, exitCode: number } }}
 */
export function demoOptions(args) {
  const wrong = (what) => ({ problem: { message: `${what}; ${USAGE} is right`, exitCode: EXIT_USAGE } });
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        kernel: { type: "string" },
        initrd: { type: "string" },
        port: { type: "string", default: "4173" },
        "no-guest": { type: "boolean", default: false },
      },
      // `pnpm demo -- --port 8000` passes the two hyphens on.
      args: args.filter((argument) => argument !== "--"),
    }));
  } catch (problem) {
    return wrong(problem.message.split(/[.\n]/)[0]);
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > LARGEST_PORT) return wrong(`--port ${values.port}: no port`);
  for (const name of ["kernel", "initrd"]) {
    const path = values[name];
    if (path === undefined) continue;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() === true) continue;
    const why = found === undefined ? "no such file" : "not a file";
    return { problem: { message: `--${name} ${path}: ${why}`, exitCode: EXIT_FAILED } };
  }
  return { values: { ...values, port } };
}
