// `pnpm bench NAME ...` runs bench/NAME.mjs.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const [name = "", ...args] = process.argv.slice(2);
const notCommands = new Set(["cli.mjs", "run-guest.mjs"]);
const names = readdirSync(folder).filter((file) => file.endsWith(".mjs") && !notCommands.has(file));
if (!names.includes(`${name}.mjs`) || !existsSync(`${folder}${name}.mjs`)) {
  console.error(`usage: pnpm bench NAME [--help]; NAME is one of ${names.map((file) => file.slice(0, -4)).join(", ")}`);
  process.exit(2);
}
const { status } = spawnSync(process.execPath, [`${folder}${name}.mjs`, ...args], { stdio: "inherit" });
process.exit(status ?? 1);
