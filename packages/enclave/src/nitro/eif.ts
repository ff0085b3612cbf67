import { type SyncCryptoProvider, concatBytes, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { decodeCbor } from "./cose.js";
import { asciiText, readPem } from "../x509/pem.js";

// Enclave image format, version 4 (aws-nitro-enclaves-image-format, src/defs): big-endian header of 548 bytes, then sections with headers of 12.

const HEADER = 548;
const SECTION_HEADER = 12;
const MOST_SECTIONS = 32;
const TYPES = ["invalid", "kernel", "cmdline", "ramdisk", "signature", "metadata"] as const;

/** Kinds of section. */
export type EifSectionType = (typeof TYPES)[number];

export interface EifSection {
  readonly type: EifSectionType;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** An enclave image taken apart. */
export interface Eif {
  readonly version: number;
  readonly isArm: boolean;
  readonly memory: bigint;
  readonly cpus: bigint;
  readonly sections: readonly EifSection[];
  readonly crc: number;
  /** Whether the CRC in the header is that of the rest. */
  readonly crcMatches: boolean;
}

function bad(message: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_EIF", `EIF: ${message}`, { offset });
}

let crcTable: Uint32Array | undefined;

/** CRC-32 of ISO HDLC, over several pieces. */
function crc32(...pieces: readonly Uint8Array[]): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb8_8320 : c >>> 1;
    return c;
  });
  let crc = 0xffff_ffff;
  for (const piece of pieces)
    for (let i = 0; i < piece.length; i += 1) crc = crcTable[(crc ^ piece[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/**
 * Reads an enclave image.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_EIF`
 */
export function parseEif(bytes: Uint8Array): Eif {
  if (bytes.length < HEADER) throw bad(`${bytes.length} bytes; its header alone has ${HEADER}`, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0x2e_65_69_66) throw bad('it does not begin with ".eif"', 0);
  const version = view.getUint16(4);
  if (version < 2 || version > 4) throw bad(`version ${version}; 2 to 4 are known`, 4);
  const count = view.getUint16(26);
  if (count > MOST_SECTIONS) throw bad(`${count} sections; at most ${MOST_SECTIONS} are right`, 26);
  const sections: EifSection[] = [];
  let at = HEADER;
  for (let i = 0; i < count; i += 1) {
    const listed = view.getBigUint64(28 + 8 * i);
    const listedSize = view.getBigUint64(28 + 8 * MOST_SECTIONS + 8 * i);
    if (at + SECTION_HEADER > bytes.length) throw bad(`section ${i} begins at the end`, at);
    const type = TYPES[view.getUint16(at)];
    const size = view.getBigUint64(at + 4);
    if (type === undefined || type === "invalid") throw bad(`section ${i} is of type ${view.getUint16(at)}`, at);
    if (listed !== BigInt(at) || listedSize !== size)
      throw bad(`section ${i} is elsewhere, or of another size, than the header says`, at);
    if (size > BigInt(bytes.length - at - SECTION_HEADER))
      throw bad(`section ${i} has ${size} bytes, ${bytes.length - at - SECTION_HEADER} are left`, at);
    const data = bytes.subarray(at + SECTION_HEADER, at + SECTION_HEADER + Number(size));
    sections.push({ type, offset: at, data });
    at += SECTION_HEADER + Number(size);
  }
  if (at !== bytes.length) throw bad(`${bytes.length - at} bytes follow the last section`, at);
  const crc = view.getUint32(HEADER - 4);
  return {
    version,
    isArm: (view.getUint16(6) & 1) === 1,
    memory: view.getBigUint64(8),
    cpus: view.getBigUint64(16),
    sections,
    crc,
    crcMatches: crc === crc32(bytes.subarray(0, HEADER - 4), bytes.subarray(HEADER)),
  };
}

/** A PCR that was extended once, from zero, by the hash of some data: PCR 3 of a role's ARN, PCR 4 of an instance ID. */
export function nitroPcr(crypto: SyncCryptoProvider, ...data: readonly Uint8Array[]): Uint8Array {
  const hasher = crypto.hasher("SHA-384");
  for (const piece of data) hasher.update(piece);
  return crypto.digest("SHA-384", concatBytes(new Uint8Array(48), hasher.digest()));
}

/** The certificate in a signature section: the first entry's, PEM as bytes or as a list of numbers. */
function signingCertificate(section: EifSection): Uint8Array {
  const value = decodeCbor(section.data, "the signature section");
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  const pem: unknown = first instanceof Map ? first.get("signing_certificate") : undefined;
  const isList = Array.isArray(pem) && pem.every((byte) => typeof byte === "number" && byte >= 0 && byte < 256);
  if (!(pem instanceof Uint8Array) && !isList)
    throw bad("its signature section has no signing certificate", section.offset);
  const der = readPem(asciiText(Uint8Array.from(pem as ArrayLike<number>)))[0];
  if (der === undefined) throw bad("its signing certificate is empty", section.offset);
  return der;
}

/** PCR 0, 1 and 2 of an image, and 8 if it is signed; as `nitro-cli build-enclave` prints them. */
export function measureEif(eif: Eif, crypto: SyncCryptoProvider = noble): ReadonlyMap<number, Uint8Array> {
  const base = eif.sections.filter(({ type }) => type === "kernel" || type === "cmdline" || type === "ramdisk");
  const ramdisks = base.filter(({ type }) => type === "ramdisk");
  const data = (sections: readonly EifSection[]): Uint8Array[] => sections.map((section) => section.data);
  const out = new Map<number, Uint8Array>([
    [0, nitroPcr(crypto, ...data(base))],
    [1, nitroPcr(crypto, ...data(base.filter((one) => one.type !== "ramdisk" || one === ramdisks[0])))],
    [2, nitroPcr(crypto, ...data(ramdisks.slice(1)))],
  ]);
  const signature = eif.sections.find(({ type }) => type === "signature");
  if (signature !== undefined) out.set(8, nitroPcr(crypto, signingCertificate(signature)));
  return out;
}

/** What an image is made of. */
export interface EifOptions {
  readonly sections: readonly { readonly type: EifSectionType; readonly data: Uint8Array }[];
  readonly isArm?: boolean;
  readonly memory?: bigint;
  readonly cpus?: bigint;
}

/** Makes an enclave image of version 4. */
export function buildEif(options: EifOptions): Uint8Array {
  if (options.sections.length > MOST_SECTIONS)
    throw bad(`${options.sections.length} sections; at most ${MOST_SECTIONS} are right`, 26);
  const header = new Uint8Array(HEADER);
  const view = new DataView(header.buffer);
  header.set([0x2e, 0x65, 0x69, 0x66, 0, 4, 0, options.isArm === true ? 1 : 0]);
  view.setBigUint64(8, options.memory ?? 512n * 1024n * 1024n);
  view.setBigUint64(16, options.cpus ?? 2n);
  view.setUint16(26, options.sections.length);
  const parts: Uint8Array[] = [];
  let at = HEADER;
  options.sections.forEach(({ type, data }, i) => {
    const head = new Uint8Array(SECTION_HEADER);
    new DataView(head.buffer).setUint16(0, TYPES.indexOf(type));
    new DataView(head.buffer).setBigUint64(4, BigInt(data.length));
    view.setBigUint64(28 + 8 * i, BigInt(at));
    view.setBigUint64(28 + 8 * MOST_SECTIONS + 8 * i, BigInt(data.length));
    parts.push(head, data);
    at += SECTION_HEADER + data.length;
  });
  view.setUint32(HEADER - 4, crc32(header.subarray(0, HEADER - 4), ...parts));
  return concatBytes(header, ...parts);
}
