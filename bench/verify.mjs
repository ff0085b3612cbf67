// Each run of compiled code held against the interpreter's, over a boot and the benchmark program: `isg run --verify`.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { readOptions } from "./lib/options.mjs";

const options = readOptions(
  `usage: npm run bench -- verify [--kernel installer|cloud|FILE] [--initrd FILE] [--boot-only] [--tier auto|jit] [--limit N] [--node PATH]

Boots the kernel, runs the benchmark programs (the cloud kernel too) and powers off, with every run of a compiled region taken back, made once more by
the interpreter and compared: registers, flags, vector state, stores. The exit code is 1 at the first difference, which is printed as isg prints it.`,
  {
    kernel: { type: "string", default: "cloud" },
    initrd: { type: "string" },
    "boot-only": { type: "boolean", default: false },
    tier: { type: "string", default: "auto" },
    limit: { type: "string" },
    node: { type: "string", default: process.execPath },
  },
);
const own = options.kernel !== "installer" && options.kernel !== "cloud";
const files = own ? undefined : guestFiles();
const main = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const words = [main, "run", "--verify", "--json", "--tier", options.tier];
words.push("--kernel", own ? options.kernel : files.kernels[options.kernel]);
words.push("--initrd", options.initrd ?? files?.initrd ?? "");
words.push("--append", options["boot-only"] ? `${COMMAND_LINE} bootonly` : COMMAND_LINE);
if (options.limit !== undefined) words.push("--limit", options.limit);
const child = spawn(options.node, words, { stdio: ["ignore", "pipe", "inherit"] });
let text = "";
child.stdout.on("data", (chunk) => (text += chunk));
child.on("close", (code) => {
  const result = text === "" ? undefined : JSON.parse(text);
  const verified = result?.statistics.jit?.verified;
  if (result === undefined || verified === undefined) {
    console.error(`isg ended with ${code} and nothing to say`);
    process.exitCode = 1;
    return;
  }
  const share = ((100 * verified.instructions) / result.statistics.instructions).toFixed(1);
  console.log(
    `${result.end}: ${verified.runs} verified runs of ${result.statistics.jit.regions} regions, ${verified.instructions} of ` +
      `${result.statistics.instructions} instructions (${share} %), ${result.statistics.cpuSeconds.toFixed(1)} s of CPU, ${result.end === "diverged" ? 1 : 0} divergences`,
  );
  if (result.end === "diverged") console.log(result.detail);
  // A limit is an end that was asked for.
  process.exitCode = result.end === "poweroff" || (result.end === "limit" && options.limit !== undefined) ? 0 : 1;
});
