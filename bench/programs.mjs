// What runs in the guest gives the same results as under QEMU: the benchmark programs' checksums, and an ext4 file system on a virtio disk
// that the host's fsck finds clean and whose files are what the guest says it wrote.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB, isinglass, qemu, reportFailure, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- programs [--kernel installer|cloud] [--only programs|disk] [--node PATH] [--json]

Runs the 16 benchmark programs under Isinglass and QEMU and compares their checksums; then lets each write to an ext4 image on a virtio disk (cloud
kernel: the installer's has no ext4) and checks the image on the host. The exit code is 1 where anything differs.`,
  {
    kernel: { type: "string", default: "installer" },
    only: { type: "string" },
    node: { type: "string" },
    json: { type: "boolean", default: false },
  },
);
const PROGRAMS = 16;
const memory = 256 * MIB;
const files = guestFiles();
const how = options.node === undefined ? {} : { node: options.node };
const report = { programs: [], disk: [] };

if (options.only !== "disk") await programs();
if (options.only !== "programs") await disks();
if (options.json) console.log(JSON.stringify(report, null, 2));

async function programs() {
  const guest = { kernel: files.kernels[options.kernel], initrd: files.initrd, append: COMMAND_LINE, memory };
  const [theirs, ours] = [await timed("QEMU", qemu(guest)), await timed("Isinglass", isinglass(guest, how))];
  if (theirs === undefined || ours === undefined) return;
  for (const [name, { checksum, cpu }] of theirs) {
    const mine = ours.get(name);
    const equal = mine?.checksum === checksum;
    if (!equal) problem(`${name}: checksum ${mine?.checksum}, under QEMU ${checksum}`);
    report.programs.push({ name, equal, checksum, qemu: cpu, isinglass: mine?.cpu });
  }
  if (theirs.size !== PROGRAMS) problem(`${theirs.size} programs ran under QEMU; ${PROGRAMS} is right`);
  if (options.json) return;
  printTable(
    ["program", "checksum", "equal", "QEMU CPU s", "Isinglass CPU s", "ratio"],
    report.programs.map((p) => [
      p.name,
      p.checksum,
      p.equal ? "yes" : "NO",
      p.qemu.toFixed(2),
      p.isinglass?.toFixed(2) ?? "",
      p.isinglass === undefined ? "" : (p.isinglass / Math.max(p.qemu, 0.01)).toFixed(1),
    ]),
  );
  console.log(`${report.programs.filter((p) => p.equal).length} of ${PROGRAMS} checksums equal`);
}

/** Runs the programs; checksum and CPU seconds of each, by its begin and end lines. */
async function timed(name, emulator) {
  const found = new Map();
  let begin = 0;
  let printed = [];
  const result = await run(emulator, {
    onLine(line, cpu) {
      if (line.startsWith("@B ")) [begin, printed] = [cpu().total, []];
      // What the kernel has to say meanwhile comes when it comes.
      else if (!line.startsWith("@E ") && !/^\[ *\d+\.\d+\] /.test(line)) printed.push(line);
      // Commands of busybox end with their exit status; what they computed is in what they print.
      const end = /^@E (\S+) \d+ (\S+)$/.exec(line);
      if (end === null) return;
      const checksum = end[2] === "st=0" ? `st=0 ${sha256(printed.join("\n")).slice(0, 12)}` : end[2];
      found.set(end[1], { checksum, cpu: cpu().total - begin });
    },
  });
  if (result.ok) {
    const gzip = result.log.find((line) => line.startsWith("@S gzip "));
    const entry = found.get("gzip");
    if (entry !== undefined) entry.checksum = `st=0 ${gzip?.slice(8, 20)}`;
    return found;
  }
  reportFailure(name, result);
}

async function disks() {
  const folder = mkdtempSync(join(tmpdir(), "isinglass-disk-"));
  try {
    const outcomes = [];
    for (const name of ["QEMU", "Isinglass"]) outcomes.push(await disk(name, folder));
    if (JSON.stringify(outcomes[0]) !== JSON.stringify(outcomes[1]))
      problem("ext4: the files differ from those that the guest wrote under QEMU");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lets the guest write to a fresh image; checks it, and gives path and SHA-256 of its files. */
async function disk(name, folder) {
  const content = Buffer.alloc(3_000_001, "The host wrote this. ");
  const tree = join(folder, `${name}-tree`);
  const image = join(folder, `${name}.img`);
  mkdirSync(tree);
  writeFileSync(join(tree, "from-host"), content);
  writeFileSync(image, "");
  truncateSync(image, 48 * MIB);
  execFileSync(
    "mke2fs",
    ["-q", "-t", "ext4", "-d", tree, "-E", "hash_seed=00000000-0000-4000-8000-000000000001", image],
    { stdio: "inherit" },
  );
  const guest = {
    kernel: files.kernels.cloud,
    initrd: files.diskInitrd,
    append: `${COMMAND_LINE} disk`,
    memory,
    disk: image,
  };
  const result = await run(name === "QEMU" ? qemu(guest) : isinglass(guest, how));
  if (!result.ok) return reportFailure(`ext4, ${name}`, result);
  if (!result.log.includes("@I disk unmounted")) {
    problem(`ext4, ${name}: the guest did not unmount the disk:`);
    for (const line of result.log.slice(-12)) console.error(`  ${line}`);
  }
  const seen = result.log.find((line) => line.startsWith("@S host "))?.split(" ")[2];
  if (seen !== sha256(content))
    problem(`ext4, ${name}: the guest read ${seen} from the host's file; ${sha256(content)} is right`);
  const fsck = spawnSync("fsck.ext4", ["-fn", image], { encoding: "utf8" });
  if (fsck.status !== 0) problem(`ext4, ${name}: fsck.ext4 -fn gave ${fsck.status}:\n${fsck.stdout}${fsck.stderr}`);
  const out = [];
  for (const line of result.log) {
    const [, hash, path] = /^@F ([0-9a-f]{64}) {2}\.\/(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    out.push([path, hash]);
    const dumped = join(folder, "dumped");
    execFileSync("debugfs", ["-R", `dump /${path} ${dumped}`, image], { stdio: ["ignore", "ignore", "ignore"] });
    const onDisk = sha256(execFileSync("cat", [dumped], { maxBuffer: 1 << 26 }));
    if (onDisk !== hash) problem(`ext4, ${name}: ${path} is ${onDisk} on the image; the guest read ${hash}`);
  }
  if (out.length < 100) problem(`ext4, ${name}: the guest listed ${out.length} files; more than 100 is right`);
  report.disk.push({ emulator: name, fsck: fsck.status, files: out.length });
  if (!options.json) console.log(`ext4, ${name}: fsck.ext4 -fn gave ${fsck.status}, ${out.length} files compared`);
  return out;
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function problem(line) {
  console.error(line);
  process.exitCode = 1;
}
