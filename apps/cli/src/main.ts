#!/usr/bin/env node
import { writeSync } from "node:fs";
import { runCommandLine } from "./command-line.js";
import { errnoText } from "./input.js";

const OUTPUTS = [
  ["stdout", process.stdout],
  ["stderr", process.stderr],
] as const;

for (const [name, stream] of OUTPUTS)
  stream.on("error", (problem: NodeJS.ErrnoException) => {
    // A reader that has gone away (`isg disasm F | head`) wants nothing more; whoever writes much more asks for itself.
    if (problem.code === "EPIPE") return;
    try {
      writeSync(process.stderr.fd, `isg: ${name}: ${errnoText(problem)}\n`);
    } catch {
      // It is stderr itself that takes nothing: the exit code has to do.
    }
    process.exit(1);
  });

process.exitCode = await runCommandLine(process.argv.slice(2));
