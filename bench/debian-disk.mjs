// A Debian that the command made on a disk boots to a login and does what a Debian does; the disk is whole afterwards.
import { spawnSync } from "node:child_process";
import { createHash, createCipheriv } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bootFilesOn } from "../apps/cli/dist/debian-root/boot-files.js";
import { cProgram } from "./lib/c-program.mjs";
import { cacheFolder } from "./lib/debian-packages.mjs";
import { MIB } from "./lib/emulators.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { talk, talkToQemu } from "./lib/serial-guest.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- debian-disk [--format raw|qcow2] [--only STEP,STEP] [--against qemu] [--cpu MODEL] [--seed N] [--keep] [--show] [--json]

Makes a disk with Debian, perl, python3, openssl and gcc by \`isg boot debian --create\` (kept in the cache folder), boots a copy to a login, logs in over the serial line, and
runs there: apt-get, a perl program, five of Python's own tests, openssl's digests, ciphers and speed, gcc on a program of 1,000 lines. Then poweroff, and on the host
fsck.ext4 -fn and qemu-img check. With --against qemu it is QEMU that boots it. The exit code is 1 where a step fails; --show passes the serial line on.`,
  {
    format: { type: "string", default: "qcow2" },
    only: { type: "string" },
    against: { type: "string" },
    cpu: { type: "string" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
);
const PACKAGES = "perl,python3,libpython3.11-testsuite,openssl,gcc,libc6-dev";
const SIZE = "2G";
const MEMORY = 512 * MIB;
const C_LINES = 1000;
const PYTHON = ["test_math", "test_struct", "test_float", "test_hashlib", "test_zlib"];
const STEPS = [
  "apt",
  "perl_program",
  ...PYTHON.map((name) => `python:${name}`),
  "openssl_sha256",
  "openssl_gcm",
  "gcc_program",
];
/** Far more than it takes: a guest that hangs ends here. */
const LIMIT = 400e9;
const isgMain = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const sources = fileURLToPath(new URL("guest/", import.meta.url));

if (!["raw", "qcow2"].includes(options.format)) usage(`--format ${options.format}: raw or qcow2`);
if (options.against !== undefined && options.against !== "qemu")
  usage(`--against ${options.against}: qemu is what there is`);
const steps = options.only === undefined ? STEPS : options.only.split(",");
for (const step of steps) if (!STEPS.includes(step)) usage(`--only: no step ${step}; there are ${STEPS.join(", ")}`);
const compiled = cProgram(count(options.seed, "seed"), C_LINES);
const report = [];
const folder = mkdtempSync(join(tmpdir(), "isinglass-debian-"));
try {
  await main();
} finally {
  if (options.keep) console.error(`kept: ${folder}`);
  else rmSync(folder, { recursive: true });
}
if (options.json)
  console.log(JSON.stringify({ format: options.format, against: options.against, steps: report }, undefined, 2));
else
  printTable(
    ["step", "result", "instructions", "CPU s", "remark"],
    report.map((step) => [
      step.name,
      step.passed ? "pass" : "FAIL",
      step.instructions?.toLocaleString("en-US") ?? "",
      step.cpu?.toFixed(1) ?? "",
      step.remark ?? "",
    ]),
  );
if (report.some(({ passed }) => !passed)) process.exitCode = 1;

async function main() {
  const path = join(folder, `disk.${options.format}`);
  run("cp", ["--sparse=always", "--reflink=auto", pristine(), path]);
  const disk = { path, readonly: false, format: options.format };
  const boot = bootFilesOn(disk);
  const guest = {
    memory: MEMORY,
    disks: [disk, { path: programs(), readonly: true, format: "raw" }],
    cpu: options.cpu,
    append: "root=/dev/vda ro console=ttyS0",
    limit: LIMIT,
    ...boot,
  };
  const unpack = "mkdir -p /root/bench && tar -xf /dev/vdb -C /root/bench";
  let mark = { instructions: 0, cpu: 0 };
  const since = (now) => {
    const spent = {
      instructions: now.instructions === undefined ? undefined : now.instructions - mark.instructions,
      cpu: now.cpu - mark.cpu,
    };
    mark = now;
    return spent;
  };
  let printed = [];
  const dialogue = [
    { await: /login: $/, type: "root\n" },
    {
      await: /root@debian:~# $/,
      type: `${unpack} && sh bench/debian-tests.sh ${options.only === undefined ? "" : steps.join(" ")}\n`,
    },
    { await: /@T done[^]*root@debian:~# $/, type: "poweroff\n" },
  ];
  const result = await (options.against === "qemu" ? talkToQemu : talk)({
    ...guest,
    dialogue,
    onText: (text) => options.show && process.stderr.write(text),
    onLine(line, figures) {
      const [, what, name, status] = /^@T (begin|end|done)(?: (\S+))?(?: (\d+))?$/.exec(line) ?? [];
      if (what === undefined) {
        if (/login: root/.test(line)) add("boot to login", true, since(figures()));
        printed.push(line);
        return;
      }
      if (what === "begin") {
        since(figures());
        printed = [];
        return;
      }
      if (what === "done") return since(figures());
      const wrong = status === "0" ? judge(name, printed) : `exit status ${status}: ${printed.slice(-2).join(" | ")}`;
      add(name, wrong === undefined, since(figures()), wrong ?? remark(name, printed));
    },
  });
  const last = result.end.reason;
  for (const step of ["boot to login", ...steps])
    if (!report.some(({ name }) => name === step))
      add(step, false, {}, `never came to its end; ${last} after: ${result.lines.slice(-2).join(" | ")}`);
  add(
    "poweroff",
    last === "poweroff",
    since(result.figures),
    `in all ${result.figures.instructions?.toLocaleString("en-US") ?? "?"} instructions, ${result.figures.cpu.toFixed(1)} CPU s`,
  );
  const bad = result.lines.filter((line) =>
    /BUG:|Oops|WARNING: |EXT4-fs (error|warning)|I\/O error|segfault|invalid opcode/.test(line),
  );
  add("no complaint of the kernel's", bad.length === 0, {}, bad[0]);
  checkDisk(path);
}

function add(name, passed, { instructions, cpu }, text) {
  report.push({ name, passed, instructions, cpu, remark: text });
  console.error(
    `${passed ? "pass" : "FAIL"} ${name}${cpu === undefined ? "" : ` ${cpu.toFixed(1)} s CPU`}${text === undefined ? "" : `: ${text}`}`,
  );
}

/** The disk as `isg boot debian --create` makes it, made once. */
function pristine() {
  const path = join(
    cacheFolder(),
    `debian-disk-${createHash("sha256").update(`${PACKAGES} ${SIZE}`).digest("hex").slice(0, 8)}.${options.format}`,
  );
  if (existsSync(path)) return path;
  console.error(`isg boot debian --disk ${path} --create ${SIZE} --format ${options.format} --include ${PACKAGES}`);
  const part = `${path}.part`;
  rmSync(part, { force: true });
  // It is to be made and not to be booted: the limit ends it, with exit code 7.
  const args = [
    "boot",
    "debian",
    "--disk",
    part,
    "--create",
    SIZE,
    "--format",
    options.format,
    "--include",
    PACKAGES,
    "--limit",
    "1",
  ];
  const { status, stderr } = spawnSync(process.execPath, [isgMain, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 7) throw new Error(`isg ${args.join(" ")} ended with ${status}: ${stderr}`);
  renameSync(part, path);
  return path;
}

/** What runs in the guest, as a tar archive on a disk of its own. */
function programs() {
  const tree = join(folder, "programs");
  cpSync(sources, tree, {
    recursive: true,
    filter: (path) => path === sources || /debian-tests\.sh$|program\.pl$/.test(path),
  });
  writeFileSync(join(tree, "program.c"), compiled.source);
  const archive = join(folder, "programs.tar");
  run("tar", ["--owner=0", "--group=0", "-cf", archive, "-C", tree, "."]);
  return archive;
}

function judge(name, lines) {
  const text = lines.join("\n").trim();
  const has = (wanted) =>
    text.includes(wanted) ? undefined : `"${wanted}" is right; it printed: ${lines.slice(-3).join(" | ")}`;
  const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
  switch (name) {
    case "apt": {
      const [, version] = /^apt (\S+) \(amd64\)$/m.exec(text) ?? [];
      return version !== undefined && text.includes(`package ${version}`)
        ? undefined
        : `its version and its package's: ${text.slice(0, 60)}`;
    }
    case "perl_program":
      return has(perlOutput());
    case "openssl_sha256":
      return (
        has(digest(compiled.source)) ?? (/^sha256( +[\d.]+k){6}$/m.test(text) ? undefined : "no six speeds of sha256")
      );
    case "openssl_gcm": {
      const hex = (from) => Buffer.from(Array.from({ length: 16 }, (_, i) => from + i));
      const cipher = createCipheriv("aes-128-ctr", hex(0), hex(16));
      return (
        has(digest(Buffer.concat([cipher.update(compiled.source), cipher.final()]))) ??
        (/^AES-128-GCM( +[\d.]+k){6}$/im.test(text) ? undefined : "no six speeds of aes-128-gcm")
      );
    }
    case "gcc_program":
      return text === compiled.output
        ? undefined
        : `its output differs: ${lines.find((line) => !compiled.output.includes(line)) ?? lines.length}`;
    default:
      return has("Tests result: SUCCESS") && has("Result: SUCCESS");
  }
}

function remark(name, lines) {
  if (name.startsWith("openssl")) return lines.findLast((line) => line.endsWith("k"))?.replaceAll(/ +/g, " ");
  if (name === "apt") return lines[0];
  if (name === "gcc_program") return `${C_LINES} lines of C, ${lines.length} of output equal`;
  return name.startsWith("python")
    ? lines.findLast((line) => /Total tests|1 test OK|Total duration/.test(line))
    : undefined;
}

/** What guest/program.pl prints, computed here. */
function perlOutput() {
  const words = new Map();
  for (let i = 1; i <= 2000; i++) {
    const word = String.fromCharCode(97 + ((i * 7) % 26), 97 + ((i * 11) % 26));
    words.set(word, (words.get(word) ?? 0) + i);
  }
  const order = [...words].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  let [x, sum] = [1n, 0];
  for (let i = 0; i < 100_000; i++) {
    x = (x * 1_103_515_245n + 12_345n) % 2_147_483_648n;
    sum += Number(x) / 2_147_483_648;
  }
  const squares = Array.from({ length: 500 }, (_, i) => (i + 1) ** 2).join(",");
  const swapped = squares.replaceAll(/(\d)(\d)/g, "$2$1");
  return [
    `${words.size} words: ${order.map(([word, n]) => `${word}=${n}`).join(" ")}`,
    `${x} ${sum.toFixed(12)}`,
    createHash("sha256").update(swapped).digest("hex"),
  ].join("\n");
}

function checkDisk(path) {
  const raw = options.format === "raw" ? path : join(folder, "checked.raw");
  if (options.format === "qcow2") {
    const { status, stdout } = run("qemu-img", ["check", "-f", "qcow2", path], true);
    add("qemu-img check", status === 0, {}, status === 0 ? stdout.split("\n")[0] : stdout.trim());
    run("qemu-img", ["convert", "-f", "qcow2", "-O", "raw", path, raw]);
  }
  const { status, stdout } = run("fsck.ext4", ["-fn", raw], true);
  add("fsck.ext4 -fn", status === 0, {}, stdout.trim().split("\n").at(-1));
}

function run(program, args, mayFail = false) {
  const result = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0 && !mayFail)
    throw new Error(`${program} ${args.join(" ")} ended with ${result.status}: ${result.stderr}`);
  return result;
}

function usage(line) {
  console.error(line);
  process.exit(2);
}
