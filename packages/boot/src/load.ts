import { IsinglassError } from "@isinglass/interface";
import { hex } from "./bytes.js";
import { isElf } from "./elf.js";
import { isLinuxImage } from "./linux-header.js";
import { loadLinux } from "./linux.js";
import type { LinuxOptions, Loaded } from "./linux.js";
import { findMultibootHeader, loadMultiboot } from "./multiboot.js";
import { loadElf } from "./pvh.js";

export type KernelFormat = "bzimage" | "elf" | "multiboot";

/** What kind of kernel `bytes` begin with, or null. An ELF file with a Multiboot header counts as `multiboot`. */
export function detectKernel(bytes: Uint8Array): KernelFormat | null {
  if (isLinuxImage(bytes)) return "bzimage";
  if (findMultibootHeader(bytes) !== null) return "multiboot";
  return isElf(bytes) ? "elf" : null;
}

/**
 * Loads whatever kind of kernel it is given and says how to enter it.
 *
 * @throws `ISG_BOOT_BAD_MAGIC` where it is none of bzImage, ELF and Multiboot; else what the loader of that kind throws.
 * @example
 * const loaded = loadKernel({ memory, kernel, initrd, commandLine: 'console=ttyS0', rsdp, reserved });
 * applyBootState(vcpu, loaded.state);
 */
export function loadKernel(options: LinuxOptions): Loaded {
  const { kernel } = options;
  switch (detectKernel(kernel)) {
    case "bzimage":
      return loadLinux(options);
    case "elf":
      return loadElf(options);
    case "multiboot":
      return loadMultiboot(options);
    case null: {
      // A bzImage that is cut inside its first KiB deserves its own message.
      if (kernel.length < 0x206) {
        throw new IsinglassError(
          "ISG_BOOT_TRUNCATED",
          `kernel: the file has ${kernel.length} bytes; no kernel is that short`,
          { size: kernel.length },
        );
      }
      const start = [...kernel.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
      const hint = kernel[0] === 0x1f && kernel[1] === 0x8b ? " (it is compressed with gzip: unpack it first)" : "";
      throw new IsinglassError(
        "ISG_BOOT_BAD_MAGIC",
        `kernel: the file begins with ${start} and has no "HdrS" at ${hex(0x202)}: neither a bzImage, an ELF file nor a Multiboot kernel${hint}`,
      );
    }
  }
}
