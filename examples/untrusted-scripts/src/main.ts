// node dist/main.js KERNEL [BUSYBOX] [COUNT]: boots once, then runs COUNT scripts, each in a clean copy of the booted machine.
import { readFileSync } from "node:fs";
import { IsinglassError } from "@isinglass/interface";
import { ExecError, type LimitOptions, busyboxRoot } from "@isinglass/machine";
import { createMachine } from "@isinglass/machine/node";

const [kernel, busybox = "/bin/busybox", count = "100"] = process.argv.slice(2);
if (kernel === undefined) {
  console.error(
    "usage: node dist/main.js KERNEL [BUSYBOX] [COUNT]\n  a bzImage, and a static busybox such as Debian's busybox-static has",
  );
  process.exit(2);
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
  kernel: readFileSync(kernel),
  initrd: busyboxRoot(readFileSync(busybox)),
  clock: "deterministic",
});
await first.boot({ timeMs: 300_000 });
await first.exec("true");
const state = await first.save();
await first.close();
console.log(`booted: a state of ${(state.length / 2 ** 20).toFixed(0)} MiB`);

const vm = await createMachine({ state });
const clean = await vm.checkpoint();

/** One script in a clean copy: milliseconds for all of it. */
async function run(script: string, limits: LimitOptions): Promise<{ readonly ms: number; readonly said: string }> {
  const begun = performance.now();
  await vm.restore(clean);
  const said = await vm.exec(script, limits).then(
    ({ exitCode, stdout }) => `exit ${exitCode}, ${JSON.stringify(stdout.trim())}`,
    (problem: unknown) => {
      if (!(problem instanceof ExecError)) throw problem;
      return `${problem.code} after ${problem.stdoutBytes.length} bytes of output`;
    },
  );
  return { ms: performance.now() - begun, said };
}

try {
  // The first command in a new worker decodes the guest's kernel once more; the copies after it have that behind them.
  console.log(`warmed up in ${(await run(":", LIMITS)).ms.toFixed(0)} ms`);
  const all: number[] = [];
  const overhead: number[] = [];
  for (let i = 0; i < Number(count); i += 1) {
    const script = scripts[i % scripts.length]!(i);
    const { ms, said } = await run(MARK + script, LIMITS);
    if (said.includes("LEAKED"))
      throw new IsinglassError("ISG_EXAMPLE_LEAK", `script ${i} saw what another one left: ${said}`);
    all.push(ms);
    // What a script costs that does nothing: the copy, the request, the shell, the answer.
    overhead.push((await run(":", LIMITS)).ms);
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

function report(name: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0);
  console.log(`${values.length} ${name}: median ${at(0.5)} ms, longest ${at(1)} ms`);
}
