import { IsinglassError } from "@isinglass/interface";
import { ByteReader, decodeAscii, hex } from "./bytes.js";

/** `loadflags` bit 0: the protected-mode code belongs at 1 MiB or above (every bzImage). */
export const LOADFLAG_LOADED_HIGH = 0x01;
/** `loadflags` bit 7: `heap_end_ptr` is valid. */
export const LOADFLAG_CAN_USE_HEAP = 0x80;
/** `xloadflags` bit 0: there is a 64-bit entry at 0x200. */
export const XLF_KERNEL_64 = 0x01;
/** `xloadflags` bit 1: kernel, boot_params, command line and initrd may lie above 4 GiB. */
export const XLF_CAN_BE_LOADED_ABOVE_4G = 0x02;

/**
 * The setup header of a bzImage (Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header"). Fields that the image's protocol
 * version does not have hold the value that the document gives for older kernels.
 */
export interface LinuxHeader {
  /** Boot protocol version, 0x020f for 2.15. */
  readonly version: number;
  /** `6.1.0-50-amd64 (...)`, empty where the image does not say. */
  readonly kernelVersion: string;
  /** Bytes of the real-mode part, which ends where the protected-mode part begins. */
  readonly setupSize: number;
  /** Bytes of the protected-mode part. */
  readonly payloadSize: number;
  /** File offset of the first byte after the setup header. */
  readonly headerEnd: number;
  readonly loadFlags: number;
  readonly xloadFlags: number;
  readonly code32Start: number;
  readonly initrdAddressMax: number;
  readonly kernelAlignment: number;
  readonly relocatable: boolean;
  /** Longest command line in bytes, without its NUL. */
  readonly commandLineSize: number;
  readonly preferredAddress: number;
  /** Bytes of linear memory from the run-time start address that the kernel needs before it can look at the memory map. */
  readonly initSize: number;
}

/** True where `bytes` begins like a bzImage: boot sector signature and "HdrS". */
export function isLinuxImage(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 0x206 &&
    bytes[0x1fe] === 0x55 &&
    bytes[0x1ff] === 0xaa &&
    decodeAscii(bytes.subarray(0x202, 0x206)) === "HdrS"
  );
}

/**
 * Parses and checks the setup header of the bzImage in `bytes`.
 *
 * @throws `ISG_BOOT_TRUNCATED`, `ISG_BOOT_BAD_MAGIC`, `ISG_BOOT_UNSUPPORTED` (protocol before 2.06, zImage), `ISG_BOOT_BAD_VALUE`.
 */
export function parseLinuxHeader(bytes: Uint8Array): LinuxHeader {
  const file = new ByteReader(bytes, "Linux kernel");
  const signature = file.u16(0x1fe, "the boot sector signature");
  if (signature !== 0xaa55) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_MAGIC",
      `Linux kernel: ${hex(signature)} at offset 0x1fe; a bzImage has 0xaa55 there`,
      { offset: 0x1fe },
    );
  }
  const magic = decodeAscii(file.slice(0x202, 4, 'the "HdrS" magic'));
  if (magic !== "HdrS") {
    throw new IsinglassError(
      "ISG_BOOT_BAD_MAGIC",
      `Linux kernel: "${magic}" at offset 0x202; a bzImage has "HdrS" there`,
      { offset: 0x202 },
    );
  }
  const version = file.u16(0x206, "the protocol version");
  if (version < 0x206) {
    throw unsupported(
      `boot protocol ${version >> 8}.${String(version & 0xff).padStart(2, "0")}; 2.06 (Linux 2.6.22) or later is needed`,
    );
  }
  const loadFlags = file.u8(0x211, "loadflags");
  if ((loadFlags & LOADFLAG_LOADED_HIGH) === 0)
    throw unsupported("a zImage (LOADED_HIGH is clear in loadflags); build a bzImage");

  const sectors = file.u8(0x1f1, "setup_sects") || 4; // 0 means 4 for the sake of history
  const setupSize = (sectors + 1) * 512;
  const headerEnd = 0x202 + file.u8(0x201, "the length of the setup header");
  // The jump at 0x200 spans the header, which lies inside boot_params up to 0x290.
  if (headerEnd < 0x240 || headerEnd > 0x290 || headerEnd > setupSize) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `Linux kernel: the setup header ends at ${hex(headerEnd)}; it should end between 0x240 and 0x290`,
      { headerEnd },
    );
  }
  const payloadSize = file.u32(0x1f4, "syssize") * 16;
  if (payloadSize < 0x400)
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `Linux kernel: syssize says ${payloadSize} bytes of protected-mode code`,
      { payloadSize },
    );
  // syssize counts paragraphs of 16 bytes and the last one may be cut.
  file.need(setupSize, payloadSize - 15, "the protected-mode code");

  const at = (minimum: number): boolean => version >= minimum;
  const kernelAlignment = at(0x205) ? file.u32(0x230, "kernel_alignment") : 0x10_0000;
  const relocatable = file.u8(0x234, "relocatable_kernel") !== 0;
  if (
    relocatable &&
    (kernelAlignment < 0x1000 || kernelAlignment > 0x4000_0000 || (kernelAlignment & (kernelAlignment - 1)) !== 0)
  ) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `Linux kernel: kernel_alignment is ${hex(kernelAlignment)}; a power of two from 4 KiB to 1 GiB is right`,
      { kernelAlignment },
    );
  }
  const size = Math.min(payloadSize, bytes.length - setupSize);
  const initSize = at(0x20a) ? file.u32(0x260, "init_size") : size * 3;
  const preferredAddress = at(0x20a) ? file.u64(0x258, "pref_address") : 0x10_0000;
  if (preferredAddress < 0x10_0000 || preferredAddress >= 2 ** 32) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `Linux kernel: pref_address is ${hex(preferredAddress)}; from 1 MiB to 4 GiB is right`,
      { preferredAddress },
    );
  }
  const nameAt = file.u16(0x20e, "kernel_version");
  return {
    version,
    kernelVersion:
      nameAt !== 0 && nameAt + 0x200 < setupSize
        ? decodeAscii(bytes.subarray(nameAt + 0x200, Math.min(nameAt + 0x300, setupSize)))
        : "",
    setupSize,
    payloadSize: size,
    headerEnd,
    loadFlags,
    xloadFlags: at(0x20c) ? file.u16(0x236, "xloadflags") : 0,
    code32Start: file.u32(0x214, "code32_start"),
    initrdAddressMax: file.u32(0x22c, "initrd_addr_max"),
    kernelAlignment,
    relocatable,
    commandLineSize: file.u32(0x238, "cmdline_size"),
    preferredAddress,
    initSize: Math.max(initSize, size),
  };
}

function unsupported(what: string): IsinglassError {
  return new IsinglassError("ISG_BOOT_UNSUPPORTED", `Linux kernel: ${what}`);
}
