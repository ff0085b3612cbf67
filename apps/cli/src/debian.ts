import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { IsinglassError } from "@isinglass/interface";
import { errnoText } from "./input.js";

const exec = promisify(execFile);

/** Where downloads are kept: XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  const base = XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== "" ? XDG_CACHE_HOME : join(homedir(), ".cache");
  return join(base, "isinglass");
}

/** Whether a program is on PATH, or on a path that is given. */
export async function hasProgram(name: string, path: string = process.env["PATH"] ?? ""): Promise<boolean> {
  for (const folder of path.split(":")) {
    if (folder === "") continue;
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** A private apt state, so that neither root nor the machine's lists are needed. */
async function aptOptions(): Promise<string[]> {
  const root = join(cacheFolder(), "apt");
  await mkdir(join(root, "state", "lists", "partial"), { recursive: true });
  await mkdir(join(root, "cache", "archives", "partial"), { recursive: true });
  const set = (name: string, value: string): string[] => ["-o", `${name}=${value}`];
  return [
    ...set("Dir::State", join(root, "state")),
    ...set("Dir::State::status", "/var/lib/dpkg/status"),
    ...set("Dir::Cache", join(root, "cache")),
    ...set("APT::Architecture", "amd64"),
    ...set("APT::Sandbox::User", ""),
    ...set("Acquire::Languages", "none"),
  ];
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly depends: string;
  readonly options: readonly string[];
}

function field(record: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, "m").exec(record)?.[1] ?? "";
}

async function show(name: string, options: readonly string[]): Promise<Package | undefined> {
  const result = await exec("apt-cache", [...options, "show", "--no-all-versions", name]).catch(() => undefined);
  const record = result?.stdout.split("\n\n")[0] ?? "";
  const sha256 = field(record, "SHA256");
  return sha256 === ""
    ? undefined
    : { name, version: field(record, "Version"), sha256, depends: field(record, "Depends"), options };
}

/** Where packages are looked up: the machine's own lists, or lists in the user's cache folder, which need no root. */
type Lists = "machine" | "own";

async function find(name: string, lists: Lists): Promise<Package> {
  const options = lists === "machine" ? ["-o", "APT::Architecture=amd64"] : await aptOptions();
  const found = await show(name, options);
  if (found === undefined) {
    throw new IsinglassError(
      "ISG_DEBIAN_NO_PACKAGE",
      `apt knows no package ${name}; Debian's archive has it, see also isg run --kernel`,
    );
  }
  return found;
}

async function updateOwnLists(say: (line: string) => void): Promise<void> {
  say("reading the package lists");
  await exec("apt-get", [...(await aptOptions()), "-qq", "update"]).catch((problem: unknown) => {
    throw new IsinglassError("ISG_DEBIAN_LISTS", `apt-get update failed${errorLine(problem)}`);
  });
}

/** Tries the machine's package lists, and where those are missing or older than the archive, fresh ones. */
async function withLists<T>(say: (line: string) => void, fetch: (lists: Lists) => Promise<T>): Promise<T> {
  try {
    return await fetch("machine");
  } catch (problem) {
    if (!(problem instanceof IsinglassError) || problem.code === "ISG_DEBIAN_HASH") throw problem;
    await updateOwnLists(say);
    return fetch("own");
  }
}

/** What apt says is wrong, as the end of a sentence. */
function errorLine(problem: unknown): string {
  const line = problem instanceof Error ? problem.message.split("\n").find((l) => l.startsWith("E:")) : undefined;
  return line === undefined ? "" : `: ${line.slice(2).trim()}`;
}

/** Not read as a whole: the process is to boot a guest afterwards, and keeps what it once had. */
async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** Downloads a package, checks it against the hash in apt's signed lists, and gives the first file for each pattern. */
async function filesOf(pack: Package, wanted: readonly RegExp[], say: (line: string) => void): Promise<Uint8Array[]> {
  const folder = await mkdtemp(join(tmpdir(), "isinglass-"));
  try {
    say(`downloading ${pack.name} ${pack.version}`);
    await exec("apt-get", [...pack.options, "-q", "download", `${pack.name}=${pack.version}`], { cwd: folder }).catch(
      (problem: unknown) => {
        throw new IsinglassError("ISG_DEBIAN_DOWNLOAD", `apt-get download ${pack.name} failed${errorLine(problem)}`);
      },
    );
    const [deb] = await readdir(folder);
    if (deb === undefined)
      throw new IsinglassError("ISG_DEBIAN_DOWNLOAD", `apt-get download ${pack.name} left no file`);
    const path = join(folder, deb);
    const hash = await sha256OfFile(path);
    if (hash !== pack.sha256) {
      throw new IsinglassError("ISG_DEBIAN_HASH", `${deb}: SHA-256 is ${hash}, the package list says ${pack.sha256}`);
    }
    const unpacked = join(folder, "unpacked");
    await exec("dpkg-deb", ["--extract", path, unpacked]);
    const names = await readdir(unpacked, { recursive: true });
    return await Promise.all(
      wanted.map(async (pattern) => {
        const found = names.find((name) => pattern.test(name));
        if (found === undefined) {
          throw new IsinglassError("ISG_DEBIAN_NO_FILE", `${deb} has no file that matches ${pattern.source}`);
        }
        return readFile(join(unpacked, found));
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Cached {
  readonly files: readonly Uint8Array[];
  /** Name and version of the package that they are from. */
  readonly version: string;
}

interface CacheNote {
  readonly version: string;
  /** SHA-256 of each file, in hexadecimal. */
  readonly sha256: readonly string[];
}

function sha256Of(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** What the cache has under a name, if all of it is there and undamaged. */
async function readCache(name: string, files: readonly string[]): Promise<Cached | undefined> {
  try {
    const note = JSON.parse(await readFile(join(cacheFolder(), `${name}.json`), "utf8")) as CacheNote;
    const data = await Promise.all(files.map((file) => readFile(join(cacheFolder(), file))));
    return data.every((bytes, i) => sha256Of(bytes) === note.sha256[i])
      ? { files: data, version: note.version }
      : undefined;
  } catch {
    // Missing, cut short, or of an older Isinglass: it is fetched again.
    return undefined;
  }
}

/** Files in the cache, made by `make` where one is missing or does not have the hash that was noted. */
async function cached(name: string, files: readonly string[], make: () => Promise<Cached>): Promise<Cached> {
  const known = await readCache(name, files);
  if (known !== undefined) return known;
  // Before the download, which would be for nothing.
  await mkdir(cacheFolder(), { recursive: true }).catch((problem: unknown) => {
    const why = `${errnoText(problem)}; XDG_CACHE_HOME may name another folder`;
    throw new IsinglassError("ISG_DEBIAN_CACHE", `the cache ${cacheFolder()} cannot be made: ${why}`);
  });
  const made = await make();
  const write = async (file: string, data: Uint8Array | string): Promise<void> => {
    const path = join(cacheFolder(), file);
    await writeFile(`${path}.part`, data);
    await rename(`${path}.part`, path);
  };
  await Promise.all(files.map((file, i) => write(file, made.files[i] ?? new Uint8Array(0))));
  // Last: a note never speaks of files that are not whole.
  const note: CacheNote = { version: made.version, sha256: made.files.map(sha256Of) };
  await write(`${name}.json`, `${JSON.stringify(note)}\n`);
  return made;
}

export interface DebianFiles {
  readonly kernel: Uint8Array;
  readonly kernelPackage: string;
  /** Kernel modules for disks, in the order in which they are to be loaded. */
  readonly modules: readonly Uint8Array[];
  readonly busybox: Uint8Array;
}

/** Modules of a virtio disk: Debian's cloud kernel has ext4 built in, but not these. */
const MODULES = ["virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_blk"];

/** Debian's cloud kernel with its modules for disks, and a static busybox, from the user's cache or as packages through apt. */
export async function debianFiles(say: (line: string) => void): Promise<DebianFiles> {
  const kernelFiles = ["debian-cloud-amd64.vmlinuz", ...MODULES.map((name) => `debian-cloud-amd64.${name}.ko`)];
  const kernel = await cached("debian-cloud-amd64", kernelFiles, () =>
    withLists(say, async (lists) => {
      const meta = await find("linux-image-cloud-amd64", lists);
      const name = /linux-image-[\w.+-]+/.exec(meta.depends)?.[0];
      if (name === undefined) {
        throw new IsinglassError(
          "ISG_DEBIAN_NO_PACKAGE",
          `linux-image-cloud-amd64 depends on "${meta.depends}"; a linux-image package is right`,
        );
      }
      const pack = await find(name, lists);
      // Debian 13 compresses modules; busybox loads them as they are.
      const wanted = [/(^|\/)vmlinuz/, ...MODULES.map((module) => new RegExp(`/${module}\\.ko(\\.xz)?$`))];
      return { files: await filesOf(pack, wanted, say), version: `${pack.name} ${pack.version}` };
    }),
  );
  const busybox = await cached("debian-busybox-amd64", ["debian-busybox-amd64"], () =>
    withLists(say, async (lists) => {
      const pack = await find("busybox-static", lists);
      return { files: await filesOf(pack, [/(^|\/)bin\/busybox$/], say), version: `${pack.name} ${pack.version}` };
    }),
  );
  const [image = new Uint8Array(0), ...modules] = kernel.files;
  return { kernel: image, kernelPackage: kernel.version, modules, busybox: busybox.files[0] ?? new Uint8Array(0) };
}
