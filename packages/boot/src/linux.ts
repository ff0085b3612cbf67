import { IsinglassError } from "@isinglass/interface";
import type { Gpa, PhysicalMemory } from "@isinglass/interface";
import { BOOT_LAYOUT, longModeState, protectedModeState } from "./boot-state.js";
import type { BootState } from "./boot-state.js";
import { StructWriter, alignUp, formatSize, hex } from "./bytes.js";
import { LOADFLAG_CAN_USE_HEAP, XLF_KERNEL_64, parseLinuxHeader } from "./linux-header.js";
import type { LinuxHeader } from "./linux-header.js";
import {
  MEMORY_MAP_NUMBER,
  encodeCommandLine,
  memoryMap,
  memoryTooSmall,
  placeHigh,
  requireRam,
  writeBiosDataArea,
} from "./memory-map.js";
import type { MemoryMapEntry } from "./memory-map.js";

/** What every loader takes. */
export interface LoadOptions {
  readonly memory: PhysicalMemory;
  /** The kernel file's bytes. */
  readonly kernel: Uint8Array;
  /** The initial RAM disk's bytes, as they come (compressed or not). */
  readonly initrd?: Uint8Array;
  readonly commandLine?: string;
  /** Ranges that are not RAM for the guest though `memory` backs them, such as those of ACPI tables. */
  readonly reserved?: readonly MemoryMapEntry[];
  /** Guest-physical address of the ACPI RSDP. */
  readonly rsdp?: Gpa;
}

export interface LinuxOptions extends LoadOptions {
  /**
   * Which entry of the kernel: `32` (flat protected mode, the default, works with every bzImage) or `64` (long mode with identity-mapped
   * pages, only where the kernel has XLF_KERNEL_64).
   */
  readonly entry?: 32 | 64;
}

/** What a loader did, for the machine to apply and for people to read. */
export interface Loaded {
  readonly state: BootState;
  readonly protocol: "linux" | "pvh" | "elf" | "multiboot";
  /** The memory map that the guest was given. */
  readonly memoryMap: readonly MemoryMapEntry[];
  readonly kernel: { readonly gpa: Gpa; readonly length: number };
  readonly initrd: { readonly gpa: Gpa; readonly length: number } | null;
  /** `6.1.0-50-amd64 (...)` where the image says it. */
  readonly kernelVersion: string;
}

export interface LoadedLinux extends Loaded {
  readonly header: LinuxHeader;
  readonly bootParams: Gpa;
}

/** Offsets in boot_params (Documentation/arch/x86/zero-page.rst). */
const PARAMS_RSDP = 0x070;
const PARAMS_E820_ENTRIES = 0x1e8;
const PARAMS_SENTINEL = 0x1ef;
const PARAMS_HEADER = 0x1f1;
const PARAMS_E820_TABLE = 0x2d0;
const E820_MAX_ENTRIES = 128;

/** `type_of_loader` 0xff: a loader without an assigned number. */
const LOADER_UNDEFINED = 0xff;

/**
 * Loads a bzImage by the Linux x86 boot protocol (Documentation/arch/x86/boot.rst) and says how to enter it. The kernel decompresses
 * itself in the guest. Writes the kernel, the initrd, boot_params, the command line, a GDT and, for the 64-bit entry, page tables; see
 * {@link BOOT_LAYOUT}.
 *
 * @throws `ISG_BOOT_*`: what {@link parseLinuxHeader} throws, `ISG_BOOT_MEMORY_TOO_SMALL`, `ISG_BOOT_INITRD_TOO_BIG`,
 * `ISG_BOOT_COMMAND_LINE_TOO_LONG`, `ISG_BOOT_UNSUPPORTED` (64-bit entry asked of a kernel without one). Nothing
 * is written before all checks have passed.
 */
export function loadLinux(options: LinuxOptions): LoadedLinux {
  const { memory, kernel } = options;
  const header = parseLinuxHeader(kernel);
  const entry = options.entry ?? 32;
  if (entry === 64 && (header.xloadFlags & XLF_KERNEL_64) === 0) {
    throw new IsinglassError(
      "ISG_BOOT_UNSUPPORTED",
      "Linux kernel: it has no 64-bit entry (XLF_KERNEL_64 is clear); use the 32-bit entry",
    );
  }
  const map = memoryMap(memory, options.reserved);
  if (map.length > E820_MAX_ENTRIES) {
    throw new IsinglassError(
      "ISG_BOOT_BAD_VALUE",
      `the memory map has ${map.length} entries; boot_params holds ${E820_MAX_ENTRIES}`,
    );
  }

  // boot.rst, "Details of initrd, kernel placement": a relocatable kernel runs where it was put, aligned up; any other one at pref_address.
  const gpa = header.relocatable ? alignUp(header.preferredAddress, header.kernelAlignment) : header.preferredAddress;
  const kernelEnd = gpa + header.initSize;
  requireRam(map, gpa, header.initSize, `Linux kernel: it unpacks itself to ${formatSize(header.initSize)} and`);
  const initrd = placeInitrd(map, options.initrd, Math.min(header.initrdAddressMax + 1, 2 ** 32), {
    start: gpa,
    end: kernelEnd,
  });

  requireRam(map, 0, BOOT_LAYOUT.end, "the boot information");
  const commandLine = encodeCommandLine(options.commandLine ?? "", Math.min(header.commandLineSize, 0xffff));

  memory.write(BOOT_LAYOUT.commandLine, commandLine);
  writeBiosDataArea(memory);
  memory.write(gpa, kernel.subarray(header.setupSize, header.setupSize + header.payloadSize));
  if (initrd !== null) memory.write(initrd.gpa, options.initrd!);
  memory.write(BOOT_LAYOUT.info, bootParams(kernel, header, gpa, initrd, map, options.rsdp ?? 0));

  const registers = { rip: BigInt(entry === 64 ? gpa + 0x200 : gpa), rsi: BigInt(BOOT_LAYOUT.info) };
  return {
    state: entry === 64 ? longModeState(memory, registers) : protectedModeState(memory, registers),
    protocol: "linux",
    memoryMap: map,
    kernel: { gpa, length: header.payloadSize },
    initrd,
    kernelVersion: header.kernelVersion,
    header,
    bootParams: BOOT_LAYOUT.info,
  };
}

function bootParams(
  kernel: Uint8Array,
  header: LinuxHeader,
  gpa: Gpa,
  initrd: Loaded["initrd"],
  map: readonly MemoryMapEntry[],
  rsdp: Gpa,
): Uint8Array {
  const params = new StructWriter(4096);
  params.put(PARAMS_HEADER, kernel.subarray(PARAMS_HEADER, header.headerEnd));
  params.u32(0x214, gpa); // code32_start
  params.u16(0x224, 0xfe00).u8(0x211, header.loadFlags | LOADFLAG_CAN_USE_HEAP); // heap_end_ptr: only the real-mode part looks at it
  fillBootParams(params, initrd, map, rsdp);
  return params.bytes;
}

/** What a loader fills in whatever the kernel's own header says. */
function fillBootParams(
  params: StructWriter,
  initrd: Loaded["initrd"],
  map: readonly MemoryMapEntry[],
  rsdp: Gpa,
): void {
  params.u64(PARAMS_RSDP, rsdp);
  params.u8(PARAMS_SENTINEL, 0); // non-zero would say that a loader copied the whole sector
  params.u16(0x1fa, 0xffff); // vid_mode: "normal"
  params.u8(0x210, LOADER_UNDEFINED);
  params.u32(0x228, BOOT_LAYOUT.commandLine);
  params.u64(0x250, 0); // setup_data: none
  params.u32(0x218, initrd === null ? 0 : initrd.gpa).u32(0x21c, initrd === null ? 0 : initrd.length);
  params.u8(PARAMS_E820_ENTRIES, map.length);
  map.forEach((e, i) => {
    const at = PARAMS_E820_TABLE + i * 20;
    params
      .u64(at, e.gpa)
      .u64(at + 8, e.length)
      .u32(at + 16, MEMORY_MAP_NUMBER[e.type]);
  });
}

/**
 * Where the initrd goes: as high as `limit` and RAM allow, clear of the kernel. Null without one.
 *
 * @throws `ISG_BOOT_INITRD_TOO_BIG` with the memory that would do.
 */
export function placeInitrd(
  map: readonly MemoryMapEntry[],
  initrd: Uint8Array | undefined,
  limit: number,
  kernel: { start: number; end: number },
): Loaded["initrd"] {
  if (initrd === undefined || initrd.length === 0) return null;
  const gpa = placeHigh(map, initrd.length, limit, [kernel]);
  if (gpa !== null) return { gpa, length: initrd.length };
  const end = alignUp(kernel.end, 4096) + alignUp(initrd.length, 4096);
  if (end > limit) {
    throw new IsinglassError(
      "ISG_BOOT_INITRD_TOO_BIG",
      `the initrd has ${formatSize(initrd.length)}; this kernel wants it below ${hex(limit)} and itself ends at ${hex(kernel.end)}`,
      {
        size: initrd.length,
        limit,
      },
    );
  }
  const error = memoryTooSmall(
    map,
    end,
    `the initrd of ${formatSize(initrd.length)} does not fit beside the kernel, which ends at ${hex(kernel.end)}`,
  );
  throw new IsinglassError("ISG_BOOT_INITRD_TOO_BIG", error.message, { ...error.data, size: initrd.length });
}

/**
 * boot_params for a kernel without a setup header, entered at the start of an ELF file: the fields that Linux reads in its
 * 64-bit entry, as if by protocol 2.15.
 */
export function elfBootParams(
  initrd: Loaded["initrd"],
  map: readonly MemoryMapEntry[],
  rsdp: Gpa,
  commandLineSize: number,
): Uint8Array {
  const params = new StructWriter(4096);
  params
    .u16(0x1fe, 0xaa55)
    .ascii(0x202, "HdrS", 4)
    .u16(0x206, 0x20f)
    .u8(0x211, 1)
    .u32(0x230, 0x20_0000)
    .u32(0x238, commandLineSize);
  fillBootParams(params, initrd, map, rsdp);
  return params.bytes;
}
