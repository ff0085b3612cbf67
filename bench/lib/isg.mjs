// The built command, as a user starts it.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));

/** Runs `isg` with arguments; what it prints, or an error with the line that it ended with. */
export function isg(...args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`isg ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}
