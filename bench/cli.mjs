// `npm run bench -- NAME ...` runs bench/NAME.mjs; without a name, bench/suite.mjs.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const given = process.argv.slice(2);
const notCommands = new Set(["cli.mjs", "run-guest.mjs", "run-sdk-boot.mjs", "run-v86.mjs", "vitest.config.mjs"]);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".mjs") && !notCommands.has(file))
  .map((file) => file.slice(0, -".mjs".length));
const named = given.length > 0 && !given[0].startsWith("-");
const [name, ...args] = named ? given : ["suite", ...given];
if (!names.includes(name)) {
  console.error(`usage: npm run bench -- [NAME] [--help]; NAME is one of ${names.join(", ")}; suite unless told`);
  process.exit(2);
}
const { status } = spawnSync(process.execPath, [`${folder}${name}.mjs`, ...args], { stdio: "inherit" });
process.exit(status ?? 1);
