// The kernels and initial RAM disks that the benchmarks boot. Kernels, busybox and modules are files of Debian packages, unmodified, fetched
// once by `apt-get download` into a cache folder; the benchmark program and /init are in bench/guest.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createInitramfs } from "@isinglass/boot";

const sources = fileURLToPath(new URL("../guest/", import.meta.url));
/** In the order in which they can be loaded: each needs only those before it. */
const MODULES = [
  "virtio/virtio_ring",
  "virtio/virtio",
  "virtio/virtio_pci_legacy_dev",
  "virtio/virtio_pci_modern_dev",
  "virtio/virtio_pci",
  "block/virtio_blk",
];

/** Command line that every guest gets; what a benchmark needs beyond it comes after. */
export const COMMAND_LINE = "console=ttyS0 panic=-1 rdinit=/init";

function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = process.env.ISG_BENCH_CACHE || join(base, "isinglass", "bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Downloads a Debian package unless it is in the cache, unpacks it, and gives the folder. */
function unpacked(cache, name, say) {
  const find = () => readdirSync(cache).find((file) => file.startsWith(`${name}_`) && /_(amd64|all)\.deb$/.test(file));
  if (find() === undefined) {
    say(`fetching ${name}`);
    execFileSync("apt-get", ["download", "-qq", "-o", "APT::Architecture=amd64", name], {
      cwd: cache,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  const deb = find();
  if (deb === undefined) throw new Error(`apt-get download ${name} left no package for amd64`);
  const folder = join(cache, deb.slice(0, -".deb".length));
  if (!existsSync(folder)) {
    execFileSync("dpkg-deb", ["-x", join(cache, deb), `${folder}.part`]);
    renameSync(`${folder}.part`, folder);
  }
  return folder;
}

function cloudPackage() {
  const text = execFileSync("apt-cache", ["depends", "linux-image-cloud-amd64"], { encoding: "utf8" });
  const name = /Depends: (linux-image-\S+-cloud-amd64)$/m.exec(text)?.[1];
  if (name === undefined) throw new Error("apt-cache knows no linux-image-cloud-amd64: run `apt-get update`");
  return name;
}

function fileIn(folder, path) {
  const full = join(folder, path);
  if (!existsSync(full)) throw new Error(`${folder}: the package has no ${path}`);
  return full;
}

function initramfs(busybox, program, modules) {
  const file = (path, bytes, mode = 0o755) => ({ type: "file", path, mode, bytes });
  const entries = [
    file("init", readFileSync(join(sources, "init"))),
    file("bin/busybox", readFileSync(busybox)),
    file("bin/bench", readFileSync(program)),
    ...["sh", "awk", "gzip", "gunzip", "dd"].map((name) => ({
      type: "symlink",
      path: `bin/${name}`,
      target: "busybox",
    })),
    { type: "character-device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { type: "character-device", path: "dev/null", mode: 0o666, major: 1, minor: 3 },
    ...modules.map((path) => file(`modules/${path.split("/").at(-1)}`, readFileSync(path), 0o644)),
  ];
  return gzipSync(createInitramfs(entries), { level: 9 });
}

function newer(target, ...from) {
  return existsSync(target) && from.every((file) => statSync(file).mtimeMs <= statSync(target).mtimeMs);
}

/**
 * Paths of the guests' files, made where they are missing: `kernels.installer` and `kernels.cloud` (bzImages), `initrd`, and `diskInitrd`, which has the
 * cloud kernel's virtio modules too.
 */
export function guestFiles(say = (line) => console.error(line)) {
  const cache = cacheFolder();
  const installer = unpacked(cache, "debian-installer-12-netboot-amd64", say);
  const image = "usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux";
  const cloud = unpacked(cache, cloudPackage(), say);
  const version = readdirSync(join(cloud, "lib/modules"))[0];
  const busybox = fileIn(unpacked(cache, "busybox-static", say), "bin/busybox");
  const source = join(sources, "bench.c");
  const program = join(cache, "bench");
  if (!newer(program, source)) {
    say("compiling bench.c");
    execFileSync("gcc", ["-O2", "-static", "-o", program, source], { stdio: "inherit" });
  }
  const initrd = join(cache, "initrd.cpio.gz");
  const diskInitrd = join(cache, "initrd-disk.cpio.gz");
  const init = join(sources, "init");
  if (!newer(initrd, program, init)) writeFileSync(initrd, initramfs(busybox, program, []));
  if (!newer(diskInitrd, program, init)) {
    const modules = MODULES.map((name) => fileIn(cloud, `lib/modules/${version}/kernel/drivers/${name}.ko`));
    writeFileSync(diskInitrd, initramfs(busybox, program, modules));
  }
  return {
    cache,
    kernels: { installer: fileIn(installer, image), cloud: fileIn(cloud, `boot/vmlinuz-${version}`) },
    initrd,
    diskInitrd,
  };
}
