// node dist/main.js KERNEL [BUSYBOX] [COUNT]: boots once, then runs COUNT scripts, each in a clean copy of the booted machine.
import { readFileSync, statSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { ExecError, type LimitOptions, busyboxRoot } from "@isinglass/machine";
import { createMachine } from "@isinglass/machine/node";

const [kernel, busybox = "/bin/busybox", count = "100"] = process.argv.slice(2);
if (kernel === undefined || !/^\d+$/.test(count)) {
  console.error(
    "usage: node dist/main.js KERNEL [BUSYBOX] [COUNT]\n  a bzImage, and a static busybox such as Debian's busybox-static has",
  );
  process.exit(2);
}

/** What is wrong is one line for whoever typed the command, not a stack. */
process.on("uncaughtException", (problem) => {
  console.error(`untrusted-scripts: ${problem.message}`);
  process.exit(1);
});

function read(what: string, path: string): Uint8Array {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new IsinglassError("ISG_EXAMPLE_FILE", `${what} ${path}: no such file`);
  return readFileSync(path);
}

interface Cost {
  readonly ms: number;
  readonly cpu: number;
}

const LIMITS: LimitOptions = { timeMs: 5000, instructions: 2e9, outputBytes: 65_536 };
const SECOND: LimitOptions = { ...LIMITS, timeMs: 1000 };

/** What strangers might send. Each leaves a mark, and would say so if it found another's. */
const MARK = "[ -e /tmp/mark ] && echo LEAKED; echo mark >/tmp/mark; ";
const scripts: readonly ((n: number) => string)[] = [
  (n) => `echo $((${n} * ${n}))`,
  (n) => `seq ${n} | awk '{ s += $1 } END { print s }'`,
  (n) => `echo ${n} | md5sum`,
  () => "ls / | wc -l; rm -rf /bin 2>/dev/null; echo gone >/etc/passwd 2>/dev/null",
  (n) => `i=0; while [ $i -lt ${n} ]; do i=$((i + 1)); done; echo $i`,
];
const hostile: readonly (readonly [name: string, script: string, limits: LimitOptions])[] = [
  ["endless loop", "while :; do :; done", SECOND],
  ["endless loop", "while :; do :; done", { instructions: 50_000_000 }],
  ["fork bomb", "bomb() { bomb | bomb & }; bomb", SECOND],
  ["memory hog", "tail /dev/zero", { timeMs: 120_000 }],
  ["endless output", "yes", LIMITS],
  ["power switch", "poweroff -f", LIMITS],
];

// One machine boots. What runs later knows nothing but the bytes of its state.
const first = await createMachine({
  kernel: read("kernel", kernel),
  initrd: busyboxRoot(read("busybox", busybox)),
  clock: "deterministic",
});
await first.boot({ timeMs: 300_000 });
await first.exec("true");
const state = await first.save();
await first.close();
console.log(`booted: a state of ${(state.length / 2 ** 20).toFixed(0)} MiB`);

const vm = await createMachine({ state });
const clean = await vm.checkpoint();

/** One script in a clean copy: milliseconds for all of it, and of CPU time, which says more where others work too. */
async function run(script: string, limits: LimitOptions): Promise<Cost & { readonly said: string }> {
  const begun = performance.now();
  const cpuBegun = process.cpuUsage();
  await vm.restore(clean);
  const said = await vm.exec(script, limits).then(
    ({ exitCode, stdout }) => `exit ${exitCode}, ${JSON.stringify(stdout.trim())}`,
    (problem: unknown) => {
      if (!(problem instanceof ExecError)) throw problem;
      return `${problem.code} after ${problem.stdoutBytes.length} bytes of output`;
    },
  );
  const { user, system } = process.cpuUsage(cpuBegun);
  return { ms: performance.now() - begun, cpu: (user + system) / 1000, said };
}

try {
  // A new worker decodes the guest's kernel again, and V8 optimises the interpreter once more; the copies after that keep both.
  const begun = performance.now();
  for (const script of [...scripts.map((make) => make(1)), ":", ":", ":"]) await run(script, LIMITS);
  console.log(`warmed up in ${(performance.now() - begun).toFixed(0)} ms`);
  const all: Cost[] = [];
  const overhead: Cost[] = [];
  for (let i = 0; i < Number(count); i += 1) {
    const script = scripts[i % scripts.length]!(i);
    const { ms, cpu, said } = await run(MARK + script, LIMITS);
    if (said.includes("LEAKED"))
      throw new IsinglassError("ISG_EXAMPLE_LEAK", `script ${i} saw what another one left: ${said}`);
    all.push({ ms, cpu });
    // What a script costs that does nothing: the copy, the request, the shell, the answer.
    overhead.push(await run(":", LIMITS));
    if (i < scripts.length) console.log(`${script}  →  ${said}, ${ms.toFixed(0)} ms`);
  }
  report("scripts", all);
  report("overhead", overhead);
  for (const [name, script, limits] of hostile) {
    const { ms, said } = await run(script, limits);
    console.log(`${name}: ${said}, ${ms.toFixed(0)} ms`);
  }
  console.log(`afterwards: ${(await run("cat /proc/uptime >/dev/null && echo fine", LIMITS)).said}`);
} finally {
  await vm.close();
}

function report(name: string, costs: readonly Cost[]): void {
  const say = (values: readonly number[]): string => {
    const sorted = values.toSorted((a, b) => a - b);
    return `median ${(sorted[sorted.length >> 1] ?? 0).toFixed(0)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(0)} ms`;
  };
  console.log(`${costs.length} ${name}: ${say(costs.map(({ ms }) => ms))}; of CPU ${say(costs.map(({ cpu }) => cpu))}`);
}
