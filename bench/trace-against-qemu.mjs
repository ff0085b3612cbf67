// `isg trace --against qemu` on a Debian kernel: the first instruction after which registers differ is named, and the exit code is 8.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";

const options = readOptions(
  `usage: npm run bench -- trace-against-qemu [--kernel installer|cloud] [--max N] [--skip N]

Compares registers after each of N instructions (60,000 unless told) from the kernel's entry, or from --skip instructions after it, as \`isg trace --against qemu\` does.`,
  {
    kernel: { type: "string", default: "cloud" },
    max: { type: "string", default: "60000" },
    skip: { type: "string" },
  },
);
const files = guestFiles();
const guest = ["--kernel", files.kernels[options.kernel], "--initrd", files.initrd, "--append", COMMAND_LINE];
const skip = options.skip === undefined ? [] : ["--skip", String(count(options.skip, "skip"))];
const command = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const more = ["--max", String(count(options.max, "max")), ...skip, "--against", "qemu"];
const { status } = spawnSync(process.execPath, [command, "trace", ...guest, ...more], { stdio: "inherit" });
process.exit(status ?? 1);
