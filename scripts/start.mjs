// `npm start`: sets the clone up and boots Debian's kernel; `npm start -- --builtin` boots the guest that the project brings.
// Every other argument goes to `isinglass boot` as it is.
import { join } from "node:path";
import { root, run } from "./lib/run.mjs";
import { setUp, workspaceFolders } from "./setup.mjs";

// Not the tools: only tests need them.
await setUp(workspaceFolders().filter((folder) => !folder.startsWith("tools/")));
const args = process.argv.slice(2);
const guest = args.includes("--builtin") ? "builtin" : "debian";
const rest = args.filter((arg) => arg !== "--builtin");
process.exitCode = await run(process.execPath, [join(root, "apps/cli/dist/main.js"), "boot", guest, ...rest]);
