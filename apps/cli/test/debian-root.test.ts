import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { MAIN, Scratch, isg, tinyKernel } from "./support.js";

// Programs are started and half a gibibyte is looked through: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 300_000 });
const scratch = new Scratch();
const { PATH } = process.env;
const made = requireOracle(
  "mke2fs and tar",
  hasCommand("tar") && [PATH, "/usr/sbin", "/sbin"].join(":").split(":").some(has),
);
afterEach(() => {
  process.env["PATH"] = PATH;
});
afterAll(() => scratch.remove());

function has(folder: string): boolean {
  return statSync(join(folder, "mke2fs"), { throwIfNoEntry: false }) !== undefined;
}

/** A folder of its own for an image, so that what is left in it can be seen. */
function place(name: string): string {
  const folder = join(scratch.folder, name);
  mkdirSync(folder);
  return join(folder, "disk.img");
}

const left = (image: string): string[] => readdirSync(join(image, ".."));

describe("what --create and --root cannot do", () => {
  it.each<[what: string, args: string[], message: RegExp]>([
    ["no disk", ["--create", "2G"], /^--create: --disk FILE is needed/],
    ["no size", ["--disk", "x", "--format", "raw"], /^--format: it says how --create SIZE makes an image/],
    ["a format of what is there", ["--disk", "x", "--root", "--format", "raw"], /^--format: it says how --create/],
    ["packages of what is there", ["--disk", "x", "--root", "--include", "perl"], /^--include: it says how --create/],
    ["a size without a unit", ["--disk", "x", "--create", "2"], /^--create 2: whole mebibytes from 512M up/],
    ["what is no size", ["--disk", "x", "--create", "much"], /^--create much: not a size/],
    ["another format", ["--disk", "x", "--create", "2G", "--format", "vmdk"], /^--format vmdk: raw or qcow2/],
    ["two formats", ["--disk", "x,format=raw", "--create", "2G", "--format", "qcow2"], /says something else/],
    ["a disk that is only read", ["--disk", "x,ro", "--create", "2G"], /--create makes a disk to be written to/],
    ["what is no package", ["--disk", "x", "--create", "2G", "--include", "perl,-oX"], /"-oX" is no package's name/],
    ["a saved guest", ["--disk", "x", "--root", "--restore", "f"], /^--root belongs to a boot/],
    ["something wrong with the rest", ["--disk", "x", "--create", "2G", "--memory", "1"], /^--memory 1: a guest has/],
  ])("%s: one line, exit code 2", async (_, args, message) => {
    const { code, stdout, stderr } = await isg(["boot", "debian", ...args]);
    expect({ code, stdout, lines: stderr.trim().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
    expect(stderr).toMatch(message);
  });

  it("belongs to debian", async () => {
    const { code, stderr } = await isg(["boot", "builtin", "--disk", "x", "--root"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "isg boot builtin: --root belongs to isg boot debian\n" });
  });

  it("a disk that is there stays as it is", async () => {
    const image = place("there");
    writeFileSync(image, "somebody's");
    const { code, stderr } = await isg(["boot", "debian", "--disk", image, "--create", "2G"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `--disk ${image}: it is there already, and --create overwrites nothing; without --create, --root boots it\n`,
    });
    expect(readFileSync(image, "latin1")).toBe("somebody's");
  });

  it("a folder that is not there", async () => {
    const { code, stderr } = await isg(["boot", "debian", "--disk", "/nowhere/disk.img", "--create", "2G"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "--disk /nowhere/disk.img: there is no folder /nowhere\n" });
  });

  it("without mmdebstrap: what is missing, and nothing is left", async () => {
    const image = place("no-mmdebstrap");
    process.env["PATH"] = join(scratch.folder, "no-mmdebstrap");
    const { code, stderr } = await isg(["boot", "debian", "--disk", image, "--create", "2G"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `--disk ${image}: --create needs mmdebstrap, which is not on PATH; Debian's package mmdebstrap has it\n`,
    );
    expect(left(image)).toEqual([]);
  });

  it.each(["kernel", "initrd"])("a --%s that is not there, before an image is made", async (name) => {
    const image = place(`no-${name}`);
    process.env["PATH"] = join(scratch.folder, "no-mmdebstrap");
    const args = ["boot", "debian", "--disk", image, "--create", "2G", `--${name}`, "/nowhere/file"];
    const { code, stderr } = await isg(args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `--${name} /nowhere/file: no such file\n` });
  });

  it("a disk without a file system to boot from", async () => {
    const image = place("zeros");
    writeFileSync(image, Buffer.alloc(1 << 20));
    const { code, stderr } = await isg(["boot", "debian", "--disk", image, "--root"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `--disk ${image}: no ext4 file system; 0xef53 at offset 0x438 of the disk is right, without a partition table\n`,
    );
  });
});

// mmdebstrap and fakeroot are scripts here: the one gives out a tar archive that was made before, the other runs what it is given.
describe.runIf(made)("--create with a root file system of two files", () => {
  let bin = "";
  const archive = join(scratch.folder, "root.tar");
  const failing =
    'echo "I: installing" >&2; echo "E: Unable to locate package perll" >&2; echo "E: mmdebstrap failed" >&2; exit 25';

  beforeAll(() => {
    const tree = join(scratch.folder, "tree");
    for (const name of ["etc", "boot"]) mkdirSync(join(tree, name), { recursive: true });
    writeFileSync(join(tree, "boot/vmlinuz-1"), tinyKernel("cli\nhlt"));
    symlinkSync("boot/vmlinuz-1", join(tree, "vmlinuz"));
    writeFileSync(join(tree, "initrd.img"), "initramfs");
    execFileSync("tar", ["-cf", archive, "-C", tree, "."]);
    bin = join(scratch.folder, "bin");
    mkdirSync(bin);
    scratch.script("bin/fakeroot", '[ "$1" = -- ] && shift\nexec "$@"');
  });

  const create = (image: string, mmdebstrap: string, ...more: readonly string[]): ReturnType<typeof isg> => {
    scratch.script("bin/mmdebstrap", mmdebstrap);
    process.env["PATH"] = `${bin}:${PATH}`;
    return isg(["boot", "debian", "--disk", image, "--create", "512M", ...more]);
  };

  it.each(["raw", "qcow2"])("makes a %s image and boots the kernel that is in it", async (format) => {
    const image = place(format);
    const words = join(scratch.folder, `words-${format}`);
    const script = `printf '%s\\n' "$@" > '${words}'; cat '${archive}'`;
    const first = await create(image, script, "--format", format, "--include", "perl,gcc", "--limit", "1000");
    // The kernel halts with interrupts off.
    expect({ code: first.code, stderr: first.stderr }).toMatchObject({ code: 6 });
    const word = format === "raw" ? image : `${image},format=qcow2`;
    expect(first.stderr).toContain(`to boot it again: isg boot debian --disk ${word} --root\n`);
    expect(readFileSync(words, "utf8")).toMatch(/^--include=systemd-sysv,.*,perl,gcc$/m);
    expect(left(image)).toEqual(["disk.img"]);
    const again = await isg(["boot", "debian", "--disk", word, "--root", "--limit", "1000"]);
    expect({ code: again.code, stderr: again.stderr }).toMatchObject({ code: 6 });
  });

  it("says in one line why mmdebstrap failed, and leaves nothing", async () => {
    const image = place("failing");
    const { code, stderr } = await create(image, failing);
    expect(code).toBe(1);
    expect(stderr).toBe(`--disk ${image}: mmdebstrap failed: Unable to locate package perll\n`);
    expect(left(image)).toEqual([]);
  });

  it("says that the file system could not be made, and leaves nothing", async () => {
    const image = place("cut");
    const { code, stderr } = await create(image, "head -c 4096 /bin/sh");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^--disk \S+: the file system could not be made: tar: .*\n$/);
    expect(left(image)).toEqual([]);
  });

  it("ends what it started when a signal comes, and leaves nothing", async () => {
    const image = place("signal");
    const begun = join(scratch.folder, "begun");
    // What the script waits for outlives the script alone.
    scratch.script("bin/mmdebstrap", `echo $$ > '${begun}'; sleep 600 | cat; exit 1`);
    const args = [MAIN, "boot", "debian", "--disk", image, "--create", "512M"];
    const child = spawn(process.execPath, args, { env: { ...process.env, PATH: `${bin}:${PATH}` } });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("latin1")));
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGTERM");
    expect(await ended).toBe(1);
    expect(stderr).toBe(`--disk ${image}: not made: SIGTERM\n`);
    expect(left(image)).toEqual([]);
  });

  it("does not replace a file that came meanwhile", async () => {
    const image = place("meanwhile");
    const { code, stderr } = await create(image, `echo other > '${image}'; cat '${archive}'`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `--disk ${image}: it was made by somebody else meanwhile\n` });
    expect(readFileSync(image, "utf8")).toBe("other\n");
    expect(left(image)).toEqual(["disk.img"]);
  });
});
