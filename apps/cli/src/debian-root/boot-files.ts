import { Ext4Reader } from "@isinglass/boot";
import { IsinglassError } from "@isinglass/interface";
import { type Disk, openDisk } from "../disk-image.js";

/** What a guest is booted from. */
export interface BootFiles {
  readonly kernel: Uint8Array;
  readonly initrd: Uint8Array;
}

const MiB = 1024 ** 2;
const KERNEL_MAX = 64 * MiB;
const INITRD_MAX = 256 * MiB;

/** Debian's links to the newest kernel and its initramfs; where there are none, the files that some packages make. */
const NAMES = [
  ["/vmlinuz", "/initrd.img"],
  ["/boot/vmlinuz", "/boot/initrd.img"],
] as const;

/**
 * Kernel and initramfs out of the ext4 file system on a disk, as a boot loader finds them.
 *
 * @throws IsinglassError with `--disk` before it: what is wrong with the image or with the file system in it
 */
export function bootFilesOn(disk: Disk): BootFiles {
  const backend = openDisk({ ...disk, readonly: true });
  try {
    const files = new Ext4Reader(backend, `--disk ${disk.path}`);
    for (const [kernel, initrd] of NAMES) {
      try {
        return { kernel: files.readFile(kernel, KERNEL_MAX), initrd: files.readFile(initrd, INITRD_MAX) };
      } catch (problem) {
        if (!(problem instanceof IsinglassError) || problem.code !== "ISG_BOOT_NO_FILE") throw problem;
      }
    }
    const wanted = NAMES.map((pair) => pair.join(" with ")).join(", ");
    throw new IsinglassError(
      "ISG_BOOT_NO_FILE",
      `--disk ${disk.path}: its file system has no kernel to boot; ${wanted} is right, or --kernel FILE --initrd FILE`,
    );
  } finally {
    backend.close();
  }
}
