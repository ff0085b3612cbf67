import type { SyncCryptoProvider } from "@isinglass/crypto";
import { concatBytes } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { guidBytes } from "../reader.js";

// What QEMU tells the firmware about a kernel that it boots directly (target/i386/sev.c): SHA-256 of command line, initrd and kernel, in a table of entries
// with GUIDs. The firmware checks what it loads against it.

const TABLE = "9438d606-4f22-4cc9-b479-a793d411fd21";
const ENTRIES = {
  cmdline: "97d02dd8-bd20-4c94-aa78-e7714d36ab2a",
  initrd: "44baf731-3a2f-4bd7-9af1-41e29169781d",
  kernel: "4de79437-abd2-427f-b835-d5b172d2045b",
} as const;

/** A kernel for direct boot. */
export interface DirectBoot {
  readonly kernel: Uint8Array;
  /** Empty unless given; so it is hashed too. */
  readonly initrd?: Uint8Array;
  /** Empty unless given; hashed with a zero byte at its end. */
  readonly append?: string;
}

/** SHA-256 of the three parts. */
export interface KernelHashes {
  readonly cmdline: Uint8Array;
  readonly initrd: Uint8Array;
  readonly kernel: Uint8Array;
}

/** The hashes that the table will hold. */
export function kernelHashes(crypto: SyncCryptoProvider, boot: DirectBoot): KernelHashes {
  const bytes = Uint8Array.from([...encodeUtf8(boot.append ?? ""), 0]);
  return {
    cmdline: crypto.digest("SHA-256", bytes),
    initrd: crypto.digest("SHA-256", boot.initrd ?? new Uint8Array(0)),
    kernel: crypto.digest("SHA-256", boot.kernel),
  };
}

/** UTF-8, by the one encoder that the language itself has. */
function encodeUtf8(text: string): number[] {
  // Half of a pair has no UTF-8, and a command line ends at its first zero.
  if (/[\ud800-\udfff\0]/u.test(text))
    throw new IsinglassError("ISG_SNP_BAD_OPTION", "append: a command line of well-formed text without zeros is right");
  return [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|./g)].map(([all, hex]) =>
    hex === undefined ? all.charCodeAt(0) : Number.parseInt(hex, 16),
  );
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 255, value >> 8);
}

/** The table, padded to a multiple of 16 bytes. */
export function hashTable(hashes: KernelHashes): Uint8Array {
  const entries = (Object.keys(ENTRIES) as (keyof KernelHashes)[]).map((name) =>
    concatBytes(guidBytes(ENTRIES[name]), u16(50), hashes[name]),
  );
  const body = concatBytes(...entries);
  const table = concatBytes(guidBytes(TABLE), u16(18 + body.length), body);
  return concatBytes(table, new Uint8Array((16 - (table.length % 16)) % 16));
}

/** The table in the page where the firmware looks for it. */
export function hashPage(hashes: KernelHashes, gpa: number): Uint8Array {
  const page = new Uint8Array(4096);
  const table = hashTable(hashes);
  const offset = gpa % 4096;
  if (offset + table.length > page.length)
    throw new IsinglassError(
      "ISG_SNP_BAD_FIRMWARE",
      `firmware: its table of kernel hashes, at 0x${gpa.toString(16)}, crosses a page`,
    );
  page.set(table, offset);
  return page;
}
