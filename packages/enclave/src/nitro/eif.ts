import {
  type CurveName,
  type HashName,
  type SyncCryptoProvider,
  concatBytes,
  equalBytes,
  noble,
  toHex,
} from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { Checks, type Verdict } from "../verdict.js";
import { type PublicKey, certificateKey } from "../x509/certificate.js";
import { coseSigned, decodeCbor, parseCose } from "./cose.js";
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

/** How large an image may be: it is hashed more than once. */
export interface EifLimits {
  /** 48 MiB unless given: a second and a third of hashing by `noble`. */
  readonly bytes?: number;
}

const MOST_BYTES = 48 * 2 ** 20;

/**
 * Reads an enclave image.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_EIF`, `ISG_ENCLAVE_TOO_LARGE`
 */
export function parseEif(bytes: Uint8Array, limits: EifLimits = {}): Eif {
  const most = limits.bytes ?? MOST_BYTES;
  if (!(bytes.length <= most))
    throw new IsinglassError(
      "ISG_ENCLAVE_TOO_LARGE",
      `EIF: ${bytes.length} bytes; the limit \`bytes\` is ${most}, and may be set higher`,
      { count: bytes.length, limit: "bytes", most },
    );
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
  if (sections.filter(({ type }) => type === "signature").length > 1)
    throw bad("it has more than one signature section", 26);
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

/** Bytes, or a list of numbers, as which the format's own tools write them. */
function listedBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const isList =
    Array.isArray(value) &&
    value.every((byte) => Number.isInteger(byte) && (byte as number) >= 0 && (byte as number) < 256);
  return isList ? Uint8Array.from(value as ArrayLike<number>) : undefined;
}

/** A signature section: the signing certificate and the signature of its first entry (aws-nitro-enclaves-image-format, src/defs, PcrSignature). */
function readSignature(section: EifSection): {
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array | undefined;
} {
  const value = decodeCbor(section.data, "the signature section");
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  const pem = first instanceof Map ? listedBytes(first.get("signing_certificate")) : undefined;
  if (pem === undefined) throw bad("its signature section has no signing certificate", section.offset);
  const der = readPem(asciiText(pem))[0];
  if (der === undefined) throw bad("its signing certificate is empty", section.offset);
  return { certificate: der, signature: first instanceof Map ? listedBytes(first.get("signature")) : undefined };
}

function signatureSection(eif: Eif): EifSection | undefined {
  return eif.sections.find(({ type }) => type === "signature");
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
  const signature = signatureSection(eif);
  if (signature !== undefined) out.set(8, nitroPcr(crypto, readSignature(signature).certificate));
  return out;
}

/** COSE's algorithms for images (RFC 9053, 2.1), and the curves that go with them here. ES512 is not here. */
const ALGORITHMS: Readonly<Record<number, { readonly curve: CurveName; readonly hash: HashName }>> = {
  [-7]: { curve: "P-256", hash: "SHA-256" },
  [-35]: { curve: "P-384", hash: "SHA-384" },
};

/** What is wrong with an image's signature; `undefined` where it is right. */
function wrongSignature(
  message: Uint8Array,
  key: PublicKey,
  pcr0: Uint8Array,
  crypto: SyncCryptoProvider,
): string | undefined {
  const cose = parseCose(message);
  const algorithm = ALGORITHMS[cose.algorithm];
  if (algorithm === undefined || key.kind !== "ec" || key.curve !== algorithm.curve)
    return `algorithm ${cose.algorithm} does not go with the certificate's key`;
  const signed = coseSigned(cose.protectedHeader, cose.payload);
  if (!crypto.ecdsaVerify(key.curve, algorithm.hash, key.point, signed, cose.signature))
    return "not made by the key of the certificate";
  const info = decodeCbor(cose.payload, "what the image's signer signed");
  const value = info instanceof Map ? listedBytes(info.get("register_value")) : undefined;
  if (!(info instanceof Map) || info.size !== 2 || info.get("register_index") !== 0 || value === undefined)
    return "of something else than PCR 0";
  return equalBytes(value, pcr0) ? undefined : `of another image, whose PCR 0 is ${toHex(value)}`;
}

/**
 * Whether an image is whole, and its PCR 0 signed by the key of the certificate that PCR 8 is of. Whose certificate that is, nobody asks here: the processor does not either. It is PCR 8 that
 * tells a relying party.
 *
 * @param pcrs as {@link measureEif} gives them
 */
export function verifyEif(
  eif: Eif,
  pcrs: ReadonlyMap<number, Uint8Array>,
  crypto: SyncCryptoProvider = noble,
): Verdict {
  const checks = new Checks();
  checks.add(
    "image.crc",
    eif.crcMatches,
    eif.crcMatches ? "that of the file" : "the CRC in its header is not that of the file",
  );
  const section = signatureSection(eif);
  if (section === undefined) checks.skip("image.signature", "there is none: nobody has signed this image");
  else {
    try {
      const { certificate, signature } = readSignature(section);
      const key = certificateKey(certificate, "the signing certificate");
      const wrong =
        signature === undefined
          ? "its signature section has no signature"
          : wrongSignature(signature, key, pcrs.get(0) ?? new Uint8Array(0), crypto);
      checks.add(
        "image.signature",
        wrong === undefined,
        wrong ?? "of PCR 0, made by the key of the certificate in PCR 8",
      );
      checks.skip("image.signer", "anybody can sign: the certificate's issuer, dates and uses");
    } catch (problem) {
      const isUnknownKey = problem instanceof IsinglassError && problem.code === "ISG_ENCLAVE_UNKNOWN_KEY";
      const why = problem instanceof Error ? problem.message : String(problem);
      if (isUnknownKey) checks.skip("image.signature", why);
      else checks.add("image.signature", false, why);
    }
  }
  return checks.verdict("nitro-image");
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
