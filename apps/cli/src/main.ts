#!/usr/bin/env node
import { runCommandLine } from "./command-line.js";

// A reader that has gone away (`isg disasm F | head`) wants nothing more; whoever writes much more asks for itself.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (problem: NodeJS.ErrnoException) => {
    if (problem.code !== "EPIPE") throw problem;
  });

process.exitCode = await runCommandLine(process.argv.slice(2));
