import { IsinglassError } from "@isinglass/interface";
import { Reader, guidText } from "../reader.js";

// The table that OVMF keeps before its reset vector (edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm), and the list of pages with
// a meaning to SEV-SNP that one entry points to (OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm).

const FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d";
const KERNEL_HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454";
const RESET_BLOCK = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
const METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc";
const SVSM_INFO = "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd";
const ENTRY_HEADER = 18;
const FROM_END = 32;
/** More sections than any firmware has; a hostile count ends here. */
const MOST_SECTIONS = 256;

/** Kinds of section, and the numbers that firmware writes for them. */
export const SECTION_TYPES: Readonly<Record<number, string>> = {
  1: "SNP_SEC_MEM",
  2: "SNP_SECRETS",
  3: "CPUID",
  4: "SVSM_CAA",
  0x10: "SNP_KERNEL_HASHES",
};

/** Guest-physical pages that the launch fills in a way of its own. */
export interface FirmwareSection {
  readonly gpa: number;
  readonly size: number;
  /** A key of {@link SECTION_TYPES}. */
  readonly type: number;
}

/** A firmware image and what its table says. */
export interface Firmware {
  readonly image: Uint8Array;
  /** Entries of the table: GUID, contents. */
  readonly table: ReadonlyMap<string, Uint8Array>;
  readonly sections: readonly FirmwareSection[];
  /** Where application processors start (SEV-ES reset block); undefined if the image does not say. */
  readonly resetEip: number | undefined;
  /** Where the table of kernel hashes goes; undefined or 0 if the image takes none. */
  readonly hashTableGpa: number | undefined;
  /** Offset from the image's start at which a COCONUT SVSM starts. */
  readonly svsmEntry: number | undefined;
}

function bad(message: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_SNP_BAD_FIRMWARE", `firmware: ${message}`, { offset });
}

/** The entries of the GUID table, which is read from its end. Without one, it is empty. */
function readTable(image: Uint8Array): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  const footer = image.length - FROM_END - ENTRY_HEADER;
  if (footer < 0 || guidText(image.subarray(footer + 2, footer + ENTRY_HEADER)) !== FOOTER) return entries;
  const size = image[footer]! | (image[footer + 1]! << 8);
  const start = footer + ENTRY_HEADER - size;
  if (size < ENTRY_HEADER || start < 0) throw bad(`its table claims ${size} bytes at ${footer}`, footer);
  for (let end = footer; end - start >= ENTRY_HEADER;) {
    const header = end - ENTRY_HEADER;
    const length = image[header]! | (image[header + 1]! << 8);
    if (length < ENTRY_HEADER || length > end - start)
      throw bad(`a table entry of ${length} bytes ends at ${end}`, header);
    const guid = guidText(image.subarray(header + 2, end));
    if (!entries.has(guid)) entries.set(guid, image.subarray(end - length, header));
    end -= length;
  }
  return entries;
}

function readSections(image: Uint8Array, entry: Uint8Array): FirmwareSection[] {
  const fromEnd = word(entry, "metadata");
  const reader = new Reader(image, "firmware");
  reader.seek(image.length - fromEnd, "the SEV metadata");
  const at = reader.at;
  const signature = String.fromCharCode(...reader.take(4, "the signature of the SEV metadata"));
  if (signature !== "ASEV") throw bad(`no "ASEV" at ${at}, where the SEV metadata should begin`, at);
  const size = reader.u32("the size of the SEV metadata");
  const version = reader.u32("the version of the SEV metadata");
  if (version !== 1) throw bad(`SEV metadata of version ${version}; 1 is known`, at);
  const count = reader.u32("the count of sections");
  if (count > MOST_SECTIONS || size < 16 + 12 * count)
    throw bad(`SEV metadata of ${size} bytes with ${count} sections`, at);
  return Array.from({ length: count }, () => ({
    gpa: reader.u32("a section's address"),
    size: reader.u32("a section's size"),
    type: reader.u32("a section's type"),
  }));
}

function word(entry: Uint8Array, what: string): number {
  if (entry.length < 4) throw bad(`its ${what} entry has ${entry.length} bytes; 4 are right`, 0);
  return (entry[0]! | (entry[1]! << 8) | (entry[2]! << 16) | (entry[3]! << 24)) >>> 0;
}

/**
 * Reads a firmware image, such as OVMF.fd.
 *
 * @throws IsinglassError `ISG_SNP_BAD_FIRMWARE`, `ISG_ENCLAVE_TRUNCATED`
 */
export function parseFirmware(image: Uint8Array): Firmware {
  if (image.length === 0 || image.length % 4096 !== 0 || image.length > 64 * 1024 * 1024)
    throw bad(`${image.length} bytes; whole pages of 4,096, at most 64 MiB, are right`, 0);
  const table = readTable(image);
  const entry = (guid: string, what: string): number | undefined => {
    const found = table.get(guid);
    return found === undefined ? undefined : word(found, what);
  };
  const metadata = table.get(METADATA);
  return {
    image,
    table,
    sections: metadata === undefined ? [] : readSections(image, metadata),
    resetEip: entry(RESET_BLOCK, "reset block"),
    hashTableGpa: entry(KERNEL_HASHES, "kernel hashes"),
    svsmEntry: entry(SVSM_INFO, "SVSM"),
  };
}
