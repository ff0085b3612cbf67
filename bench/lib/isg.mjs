// The built command, as a user starts it.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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

/** A folder with an `isg` in it, and an environment in which a shell finds it: for command lines as they are printed. */
export function shellWithIsg() {
  const folder = mkdtempSync(join(tmpdir(), "isinglass-shell-"));
  const program = join(folder, "isg");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(program, 0o755);
  return {
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
    close: () => rmSync(folder, { recursive: true }),
  };
}
