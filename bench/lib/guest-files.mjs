// The kernels and initial RAM disks that the benchmarks boot, and the peers' firmware. The benchmark program and /init are in bench/guest.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createInitramfs } from "@isinglass/boot";
import { cacheFolder, fileIn, unpacked } from "./debian-packages.mjs";

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

function sayOnStderr(line) {
  console.error(line);
}

function cloudPackage() {
  const text = execFileSync("apt-cache", ["depends", "linux-image-cloud-amd64"], { encoding: "utf8" });
  const name = /Depends: (linux-image-\S+-cloud-amd64)$/m.exec(text)?.[1];
  if (name === undefined) throw new Error("apt-cache knows no linux-image-cloud-amd64: run `apt-get update`");
  return name;
}

/** The netboot installer's kernel; its packages are for all architectures. */
function installerKernel(cache, architecture, say) {
  const folder = unpacked(cache, `debian-installer-12-netboot-${architecture}`, say);
  return fileIn(
    folder,
    `usr/lib/debian-installer/images/12/${architecture}/text/debian-installer/${architecture}/linux`,
  );
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

/** Compiles bench.c to a static program unless that has been done. */
function compile(program, options, say) {
  const source = join(sources, "bench.c");
  if (newer(program, source)) return;
  say(`compiling bench.c to ${program}`);
  execFileSync("gcc", ["-O2", "-static", ...options, "-o", program, source], { stdio: "inherit" });
}

/** What lets the machine's gcc make 32-bit programs: the C library and start files out of Debian's multilib packages, not installed. */
function compile32(program, cache, say) {
  const version = execFileSync("gcc", ["-dumpversion"], { encoding: "utf8" }).trim();
  const library = unpacked(cache, "libc6-dev-i386", say);
  const start = join(unpacked(cache, `lib32gcc-${version}-dev`, say), `usr/lib/gcc/x86_64-linux-gnu/${version}/32`);
  const headers = ["/usr/include/x86_64-linux-gnu", `${library}/usr/include/x86_64-linux-gnu`];
  const options = [
    "-m32",
    "-march=i686",
    ...[start, `${library}/usr/lib32`].flatMap((folder) => [`-B${folder}/`, `-L${folder}`]),
    ...headers.flatMap((folder) => ["-idirafter", folder]),
  ];
  compile(program, options, say);
}

/**
 * Paths of the guests' files, made where they are missing: `kernels.installer` and `kernels.cloud` (bzImages), `initrd`, `diskInitrd`, which has the cloud
 * kernel's virtio modules too, and `busybox`, a static program.
 */
export function guestFiles(say = sayOnStderr) {
  const cache = cacheFolder();
  const installer = installerKernel(cache, "amd64", say);
  const cloud = unpacked(cache, cloudPackage(), say);
  const version = readdirSync(join(cloud, "lib/modules"))[0];
  const busybox = fileIn(unpacked(cache, "busybox-static", say), "bin/busybox");
  const program = join(cache, "bench");
  compile(program, [], say);
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
    kernels: { installer, cloud: fileIn(cloud, `boot/vmlinuz-${version}`) },
    initrd,
    diskInitrd,
    busybox,
  };
}

/** The same for i386: `kernel`, the installer's, and `initrd` with a 32-bit busybox and benchmark program. */
export function guestFiles32(say = sayOnStderr) {
  const cache = cacheFolder();
  const kernel = installerKernel(cache, "i386", say);
  const busybox = fileIn(unpacked(cache, "busybox-static", say, "i386"), "bin/busybox");
  const program = join(cache, "bench-i386");
  compile32(program, cache, say);
  const initrd = join(cache, "initrd-i386.cpio.gz");
  if (!newer(initrd, program, join(sources, "init"))) writeFileSync(initrd, initramfs(busybox, program, []));
  return { kernel, initrd };
}

/** SeaBIOS and its VGA BIOS, which v86 needs and does not bring. */
export function firmwareFiles(say = sayOnStderr) {
  const folder = unpacked(cacheFolder(), "seabios", say);
  return {
    bios: fileIn(folder, "usr/share/seabios/bios.bin"),
    vgaBios: fileIn(folder, "usr/share/seabios/vgabios-stdvga.bin"),
  };
}
