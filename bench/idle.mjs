// What a guest that waits at its shell's prompt costs: the command as a user starts it, on a terminal.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { ProcessCpu } from "./lib/process-cpu.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- idle [--seconds N] [--kernel installer|cloud] [--node PATH] [--json]

Boots to a shell under \`isg run\` on a pseudo-terminal, waits N seconds (30 unless told) at the prompt, and prints the CPU time of that as a share of one
core, with the threads that took it, how often each was woken, and the guest's interrupts. The exit code is 1 where it is 2 % or more.`,
  {
    seconds: { type: "string", default: "30" },
    kernel: { type: "string", default: "cloud" },
    node: { type: "string" },
    json: { type: "boolean", default: false },
  },
);
const LIMIT = 0.02;
/** After the prompt: what the boot has left over (V8's compilations, the kernel's own deferred work) is not idling. */
const SETTLE_MS = 5000;
const PROMPT_MS = 300_000;
const LEAVE = "\u0001x";
/** The shell asks the terminal where its cursor is. */
const PROMPTS = ["# ", "# \u001b[6n"];

const seconds = count(options.seconds, "seconds");
const files = guestFiles();
const cli = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const append = `${COMMAND_LINE} shell`;
const words = [options.node ?? process.execPath, cli, "run", "--kernel", files.kernels[options.kernel]];
const command = [...words, "--initrd", files.initrd, "--append", append, "--stats"].map(quoted).join(" ");
// `script` gives the command a terminal: without one a guest's clock does not follow the host's.
const child = spawn("script", ["-qfec", `exec ${command}`, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
let output = "";
child.stdout.on("data", (chunk) => (output += chunk.toString("latin1")));
const ended = new Promise((resolve) => child.on("close", resolve));
const watch = new ProcessCpu(child.pid);

await until(() => output.includes("BOOT_OK") && atPrompt(), PROMPT_MS, "a prompt");
await sleep(SETTLE_MS);
const before = await interrupts();
await sleep(1000);
watch.findChildren();
const [from, switchesFrom, start] = [watch.sample(), switches(), performance.now()];
await sleep(seconds * 1000);
const [to, switchesTo, end] = [watch.sample(), switches(), performance.now()];
const after = await interrupts();
child.stdin.write(LEAVE);
await Promise.race([ended, sleep(5000)]);
child.kill("SIGKILL");

const elapsed = (end - start) / 1000;
const share = (to.total - from.total) / elapsed;
const threads = Object.entries(to.threads)
  .map(([thread, cpu]) => ({
    thread: switchesTo[thread]?.name ?? thread,
    cpu: cpu - (from.threads[thread] ?? 0),
    wakes: ((switchesTo[thread]?.count ?? 0) - (switchesFrom[thread]?.count ?? 0)) / elapsed,
  }))
  .filter(({ cpu, wakes }) => cpu > 0 || wakes > 0)
  .sort((a, b) => b.cpu - a.cpu);
const between = (end - start) / 1000 + 1;
const guest = [...after]
  .map(([name, n]) => ({ name, rate: (n - (before.get(name) ?? 0)) / between }))
  .filter(({ rate }) => rate > 0)
  .sort((a, b) => b.rate - a.rate);
if (options.json) console.log(JSON.stringify({ seconds: elapsed, share, threads, guest }, undefined, 2));
else {
  console.log(
    `${(share * 100).toFixed(2)} % of one core over ${elapsed.toFixed(0)} s; less than ${LIMIT * 100} % is right\n`,
  );
  printTable(
    ["thread", "CPU ms/s", "wakes/s"],
    threads.map(({ thread, cpu, wakes }) => [thread, ((cpu * 1000) / elapsed).toFixed(2), wakes.toFixed(1)]),
  );
  console.log("\nThe guest's interrupts, with those of two commands typed at the prompt:\n");
  printTable(
    ["interrupt", "per s"],
    guest.map(({ name, rate }) => [name, rate.toFixed(1)]),
  );
  const statistics = output.slice(output.lastIndexOf("#")).split(/\r*\n/).slice(1);
  console.log(`\n${statistics.join("\n").trim()}`);
}
if (share >= LIMIT) process.exitCode = 1;

function quoted(word) {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function atPrompt() {
  return PROMPTS.some((prompt) => output.endsWith(prompt));
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

async function until(condition, ms, what) {
  const limit = Date.now() + ms;
  while (!condition()) {
    if (Date.now() < limit && child.exitCode === null) {
      await sleep(50);
      continue;
    }
    child.kill("SIGKILL");
    console.error(`waited for ${what}; the guest's last lines:\n${output.slice(-500)}`);
    process.exit(1);
  }
}

/** /proc/interrupts of the guest: name -> count. */
async function interrupts() {
  const at = output.length;
  child.stdin.write("cat /proc/interrupts; echo end-of-list\n");
  await until(() => /^end-of-list/m.test(output.slice(at)) && atPrompt(), 30_000, "the guest's interrupts");
  const out = new Map();
  for (const line of output.slice(at).split(/\r*\n/)) {
    const [, name, n, what] = /^\s*(\w+):\s+(\d+)\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) out.set(`${name} ${what.replaceAll(/\s+/g, " ")}`.trim(), Number(n));
  }
  return out;
}

/** Voluntary context switches, which is how often a thread has waited and been woken, by "PID/TID". */
function switches() {
  const out = {};
  for (const key of Object.keys(watch.sample().threads)) {
    const [pid, tid] = key.split("/");
    const folder = `/proc/${pid}/task/${tid}`;
    try {
      const status = readFileSync(`${folder}/status`, "latin1");
      const name = readFileSync(`${folder}/comm`, "latin1").trim();
      const first = readdirSync(`/proc/${pid}/task`)[0] === tid ? "main" : tid;
      out[key] = { name: `${name} ${first}`, count: Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]) };
    } catch {
      // The thread has ended.
    }
  }
  return out;
}
