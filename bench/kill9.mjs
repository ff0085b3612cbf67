// `kill -9` of an `isg` whose guest writes and syncs on a virtio disk: is the image whole, and is everything there that the guest had been told is on stable storage?
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInitramfs } from "@isinglass/boot";
import { copyToQcow2 } from "@isinglass/virtio/node";
import { Random } from "@isinglass/testkit";
import { debianFiles } from "../apps/cli/dist/debian.js";
import { Guest } from "../apps/cli/dist/guest.js";
import { savedDisks, writeSavedGuest } from "../apps/cli/dist/saved-guest.js";
import { MIB } from "./lib/emulators.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- kill9 [--moments N] [--format raw,qcow2] [--at-once N] [--seed N] [--keep] [--json]

Boots Debian's cloud kernel, saves it, and N times (50 unless told; the formats take turns) lets a new \`isg run --restore\` go on with a fresh ext4 image: the guest writes files,
overwrites, appends, removes and discards, calls fsync or sync after each, and says so on the serial line. At a random moment the process is killed with SIGKILL.
Then: qemu-img check (leaked clusters are no damage, and counted); e2fsck -E journal_only, which replays the journal as a mounting kernel does, e2fsck -p for its orphans, fsck.ext4 -fn, which must
find nothing; and each file that was synced has to be there as it was written. The exit code is 1 where anything is not so.`,
  {
    moments: { type: "string", default: "50" },
    format: { type: "string", default: "raw,qcow2" },
    "at-once": { type: "string", default: "1" },
    seed: { type: "string" },
    keep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
);
const MEMORY = 128 * MIB;
const DISK = 64 * MIB;
/** As guest/kill9-init has them. */
const KEPT = 24;
const SLOTS = 16;
/** The guest is killed after 1 to so many rounds, and up to so many milliseconds. */
const ROUNDS = 40;
const DELAY = 400;
/** A guest that says nothing for so long hangs. */
const PATIENCE = 900_000;
const isgMain = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const formats = options.format.split(",");
for (const format of formats)
  if (!["raw", "qcow2"].includes(format)) {
    console.error(`--format ${options.format}: raw, qcow2 or both`);
    process.exit(2);
  }
const moments = count(options.moments, "moments");
const seed = options.seed === undefined ? Date.now() % 1_000_000_007 : count(options.seed, "seed");
const random = new Random(seed);
console.error(`seed ${seed}`);
const folder = mkdtempSync(join(tmpdir(), "isinglass-kill9-"));
const results = [];
try {
  const guests = Object.fromEntries(await Promise.all(formats.map(async (format) => [format, await prepare(format)])));
  // Drawn before anything runs: a seed means the same moments, however many run at once.
  const drawn = Array.from({ length: moments }, (_, index) => ({
    index,
    content: random.below(1_000_000),
    after: 1 + random.below(ROUNDS),
    delay: random.below(DELAY),
  }));
  const worker = async (place) => {
    for (let next = drawn.shift(); next !== undefined; next = drawn.shift())
      results.push(await moment(next, guests[formats[next.index % formats.length]], place));
  };
  await Promise.all(
    Array.from({ length: count(options["at-once"], "at-once") }, (_, i) => worker(join(folder, `at-${i}`))),
  );
} finally {
  if (options.keep) console.error(`kept: ${folder}`);
  else rmSync(folder, { recursive: true });
}
summary();

function summary() {
  const rows = formats.map((format) => {
    const of = results.filter((result) => result.format === format);
    const sum = (name) => of.reduce((total, result) => total + result[name], 0);
    return {
      format,
      moments: of.length,
      rounds: sum("rounds"),
      files: sum("files"),
      damaged: of.filter(({ wrong }) => wrong.length > 0).length,
      leaked: sum("leaked"),
    };
  });
  if (options.json) console.log(JSON.stringify({ seed, formats: rows, moments: results }, undefined, 2));
  else
    printTable(
      ["image", "moments", "rounds synced", "files compared", "damaged or lost", "leaked clusters"],
      rows.map((row) => Object.values(row)),
    );
  if (results.length < moments || rows.some(({ damaged }) => damaged > 0)) process.exitCode = 1;
}

/** A saved guest that waits before it mounts, and the disk that it has seen. */
async function prepare(format) {
  const tree = join(folder, `${format}-tree`);
  const raw = join(folder, `${format}.raw`);
  mkdirSync(tree);
  writeFileSync(raw, "");
  truncateSync(raw, DISK);
  tool("mke2fs", ["-q", "-F", "-t", "ext4", "-d", tree, raw]);
  const fresh = format === "raw" ? raw : join(folder, "fresh.qcow2");
  if (format === "qcow2") copyToQcow2(raw, fresh);
  const path = join(folder, `disk.${format}`);
  copyFileSync(fresh, path, constants.COPYFILE_FICLONE);
  const disk = { path, readonly: false, format };
  const { kernel, busybox, modules } = await debianFiles((line) => console.error(line));
  const state = join(folder, `${format}.isg`);
  const board = { memory: MEMORY, cpu: "x86-64", rng: false };
  let said = "";
  const guest = new Guest({
    ...board,
    disks: [disk],
    interactive: false,
    save: {
      write(bytes) {
        writeSavedGuest(state, { ...board, guest: "run", disks: savedDisks([disk]) }, bytes);
        guest.leave();
      },
    },
    onOutput(bytes) {
      said += Buffer.from(bytes).toString("latin1");
      if (said.includes("@READY")) guest.requestSave();
    },
  });
  guest.load(kernel, initramfs(busybox, modules), "console=ttyS0 panic=-1 quiet");
  const { reason } = await guest.run(20e9);
  if (reason !== "left") throw new Error(`the guest ended (${reason}) before it was ready: ${said.slice(-500)}`);
  console.error(`${format}: saved at ${guest.instructions.toLocaleString("en-US")} instructions`);
  return { fresh, format, state };
}

function initramfs(busybox, modules) {
  const file = (path, bytes) => ({ type: "file", path, mode: 0o755, bytes });
  return createInitramfs([
    file("init", readFileSync(new URL("guest/kill9-init", import.meta.url))),
    file("bin/busybox", busybox),
    ...modules.map((bytes, i) => file(`modules/${i}.ko`, bytes)),
    { type: "directory", path: "dev" },
    { type: "character-device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
  ]);
}

async function moment({ index, content, after, delay }, { format, fresh, state }, place) {
  mkdirSync(place, { recursive: true });
  const path = join(place, `disk.${format}`);
  rmSync(path, { force: true });
  copyFileSync(fresh, path, constants.COPYFILE_FICLONE);
  const { rounds, failure } = await killed(state, `${path},format=${format}`, content, after, delay);
  const wrong = failure === undefined ? [] : [failure];
  let leaked = 0;
  let raw = path;
  if (format === "qcow2") {
    const check = tool("qemu-img", ["check", "--output=json", "-f", "qcow2", path], true);
    leaked = JSON.parse(check.stdout).leaks ?? 0;
    // 0: nothing; 3: leaked clusters alone (qemu-img(1)).
    if (check.status !== 0 && check.status !== 3) wrong.push(`qemu-img check ended with ${check.status}`);
    raw = join(place, "checked.raw");
    tool("qemu-img", ["convert", "-f", "qcow2", "-O", "raw", path, raw]);
  }
  tool("e2fsck", ["-y", "-E", "journal_only", raw], true);
  const preen = tool("e2fsck", ["-p", raw], true);
  // 1: it has done what a mounting kernel does too.
  if (preen.status > 1) wrong.push(`e2fsck -p ended with ${preen.status}: ${preen.stdout.trim()}`);
  const fsck = tool("fsck.ext4", ["-fn", raw], true);
  if (fsck.status !== 0)
    wrong.push(`fsck.ext4 -fn ended with ${fsck.status}: ${fsck.stdout.trim().split("\n").slice(0, 4).join(" | ")}`);
  const files = compare(raw, join(place, "files"), content, rounds, wrong);
  const result = { index, format, content, after, delay, rounds, files, leaked, wrong };
  console.error(
    `${index + 1}: ${format}, killed ${delay} ms after round ${after}, ${rounds} rounds had been reported, ${files} files compared, ${leaked} clusters leaked: ${wrong.length === 0 ? "whole" : wrong.join("; ")}`,
  );
  return result;
}

/** Restores, types the seed, kills; the rounds that the guest reported before. */
function killed(state, disk, content, after, delay) {
  const child = spawn(process.execPath, [isgMain, "run", "--restore", state, "--disk", disk], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  let stderr = "";
  let killer;
  const kill = () => child.kill("SIGKILL");
  const hang = setTimeout(kill, PATIENCE);
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${content}\n`);
  child.stderr.on("data", (bytes) => (stderr += bytes));
  child.stdout.on("data", (bytes) => {
    said += bytes.toString("latin1");
    if (killer === undefined && said.includes(`@S ${after}\r\n`)) killer = setTimeout(kill, delay);
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(hang);
      clearTimeout(killer);
      const rounds = Math.max(0, ...Array.from(said.matchAll(/@S (\d+)\r\n/g), ([, n]) => Number(n)));
      const complaint = /@FAIL.*|EXT4-fs error.*|I\/O error.*/.exec(said)?.[0];
      const failure =
        signal === "SIGKILL" && rounds >= after
          ? complaint
          : `isg ended by itself (${signal ?? code}) after round ${rounds}: ${stderr.trim()} ${said.slice(-200)}`;
      resolve({ rounds, failure });
    });
  });
}

/** What round `i` writes to its file. */
function fileOf(i, content) {
  const last = i + 200 + ((i * 37 + content) % 3000);
  return Array.from({ length: last - i + 1 }, (_, k) => `${i + k}\n`).join("");
}

/** Holds what is on the image against the rounds that were reported; later rounds may be there too, in part. */
function compare(raw, out, content, rounds, wrong) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  execFileSync("debugfs", ["-R", `rdump / ${out}`, raw], { stdio: "ignore", env: environment() });
  const there = new Set(readdirSync(join(out, "d")));
  const latest = Math.max(rounds, ...[...there].map(Number));
  let files = 0;
  for (let i = Math.max(1, latest - KEPT + 1); i <= rounds; i++) {
    files++;
    if (!there.has(String(i))) wrong.push(`file ${i} is lost`);
    else if (readFileSync(join(out, "d", String(i)), "latin1") !== fileOf(i, content)) wrong.push(`file ${i} differs`);
  }
  const log = readFileSync(join(out, "log"), "latin1");
  const lines = Array.from({ length: rounds }, (_, k) => `line ${k + 1} ${content}\n`).join("");
  if (!log.startsWith(lines)) wrong.push("the log lacks lines that were synced");
  const slots = readFileSync(join(out, "slots"), "latin1");
  for (let i = Math.max(1, rounds - SLOTS + 1); i <= rounds; i++) {
    const found = Number(slots.slice((i % SLOTS) * 4096, (i % SLOTS) * 4096 + 4096));
    if (!(found >= i && found % SLOTS === i % SLOTS))
      wrong.push(`slot ${i % SLOTS} has ${found}; ${i} or later is right`);
  }
  return files + 2;
}

function environment() {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
}

function tool(program, args, mayFail = false) {
  const result = spawnSync(program, args, { encoding: "utf8", env: environment() });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0 && !mayFail)
    throw new Error(`${program} ${args.join(" ")} ended with ${result.status}: ${result.stderr}`);
  return result;
}
