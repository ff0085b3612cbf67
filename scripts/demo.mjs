// `npm run demo`: sets the clone up, puts Debian's cloud kernel and a busybox beside the page where apt can fetch them, and serves the page.
// `--kernel FILE --initrd FILE` puts others there, `--port N` chooses the port, `--no-guest` leaves it to the visitor to bring files.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoOptions } from "./lib/demo-options.mjs";
import { root, say } from "./lib/run.mjs";
import { setUp, workspaceFolders } from "./setup.mjs";

// Before the set-up, which takes a minute in a fresh clone.
const { values, problem } = demoOptions(process.argv.slice(2));
if (problem !== undefined) {
  say(problem.message);
  process.exit(problem.exitCode);
}

await setUp(workspaceFolders().filter((folder) => /^(packages|apps)\//.test(folder)));
const demo = join(root, "apps/demo");
const guest = join(demo, "public/guest");
mkdirSync(guest, { recursive: true });
if (values.kernel !== undefined) copyFileSync(values.kernel, join(guest, "kernel"));
if (values.initrd !== undefined) copyFileSync(values.initrd, join(guest, "initrd"));
if (!values["no-guest"] && !existsSync(join(guest, "kernel"))) await fetchDebian();

// Not before setUp(): a fresh clone has no Vite yet.
const { build, preview } = await import("vite");
await build({ root: demo, logLevel: "warn" });
const server = await preview({ root: demo, preview: { port: values.port } });
server.printUrls();

async function fetchDebian() {
  try {
    const { debianFiles } = await import("../apps/cli/dist/debian.js");
    const { busyboxRoot } = await import("../packages/machine/dist/index.js");
    const { kernel, busybox } = await debianFiles(say);
    writeFileSync(join(guest, "kernel"), kernel);
    if (!existsSync(join(guest, "initrd"))) writeFileSync(join(guest, "initrd"), busyboxRoot(busybox));
  } catch (failure) {
    say(`no kernel beside the page (${failure.message}); drop one on it`);
  }
}
