import { type Hasher, type SyncCryptoProvider, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { writeNumber } from "../layout.js";

/** SECINFO.FLAGS (SDM vol. 3D, 34.11). */
export const SECINFO = { R: 1, W: 2, X: 4, TCS: 0x100, REG: 0x200 } as const;

/** A block's first 64 bytes: its tag, and zeros. */
const TAGS = { ECREATE: tagged("ECREATE"), EADD: tagged("EADD"), EEXTEND: tagged("EEXTEND") } as const;

function tagged(tag: string): Uint8Array {
  return Uint8Array.from({ length: 64 }, (_, i) => (i < tag.length ? tag.charCodeAt(i) : 0));
}

const PAGE = 4096;
const CHUNK = 256;

/** How large an enclave may be before its measurement is refused: a file of a few bytes can claim terabytes. */
export interface EnclaveLimits {
  /** Pages added; 2^18 unless given (1 GiB): an eighth of a second of hashing by `noble`. */
  readonly pages?: number;
  /** Pages added and measured, 5 KiB of hashing each; 2^14 unless given (64 MiB): half a second of hashing by `noble`. */
  readonly measured?: number;
  /** Pages that are made in memory, of segments and relocations; 2^13 unless given (32 MiB). */
  readonly image?: number;
}

/** What {@link EnclaveLimits} are unless given: so that any file is measured or refused within two seconds and 64 MiB. */
export const ENCLAVE_LIMITS: Required<EnclaveLimits> = { pages: 2 ** 18, measured: 2 ** 14, image: 2 ** 13 };

/** Refuses what is more than a limit, and says which one. */
export function checkLimit(limits: EnclaveLimits, name: keyof EnclaveLimits, count: number): void {
  const most = limits[name] ?? ENCLAVE_LIMITS[name];
  if (!(count <= most))
    throw new IsinglassError(
      "ISG_SGX_TOO_LARGE",
      `enclave: ${count} ${WHAT[name]} and more; the limit \`${name}\` is ${most}, and may be set higher`,
      { count, limit: name, most },
    );
}

function refused(message: string): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_ENCLAVE", `enclave: ${message}`);
}

const WHAT = { pages: "pages", measured: "measured pages", image: "pages in memory" } as const;

/** MRENCLAVE step by step, as the leaves ECREATE, EADD and EEXTEND extend it (SDM vol. 3D, there). */
export class EnclaveMeasurement {
  readonly #hasher: Hasher;
  /** Blocks are hashed many at a time: one by one, calls take four fifths of the time. A larger buffer costs small enclaves more than large ones gain. */
  readonly #buffer = new Uint8Array(16 * 1024);
  #used = 0;
  /** Pages added so far, and of these measured. */
  pages = 0;
  measured = 0;
  readonly #most: Required<EnclaveLimits>;

  /**
   * @param size of the enclave's range, a power of two
   * @param ssaFrameSize pages of a frame of the state save area
   * @throws IsinglassError `ISG_SGX_BAD_ENCLAVE` where ECREATE would refuse
   */
  constructor(size: bigint, ssaFrameSize: number, crypto: SyncCryptoProvider = noble, limits: EnclaveLimits = {}) {
    if (size < 2n * BigInt(PAGE) || (size & (size - 1n)) !== 0n || size >> 64n !== 0n)
      throw refused(`a range of ${size} bytes; a power of two from ${2 * PAGE} up, below 2^64, is right`);
    if (!Number.isInteger(ssaFrameSize) || ssaFrameSize < 1 || ssaFrameSize > 0xffff_ffff)
      throw refused(`${ssaFrameSize} pages of state save area; a whole number from 1 up is right`);
    this.#most = { ...ENCLAVE_LIMITS, ...limits };
    this.#hasher = crypto.hasher("SHA-256");
    const at = this.#start("ECREATE", 64);
    writeNumber(this.#buffer, at + 8, 4, BigInt(ssaFrameSize));
    writeNumber(this.#buffer, at + 12, 8, size);
  }

  /** Makes room for a block and writes its tag; returns where it begins. */
  #start(tag: keyof typeof TAGS, size: number): number {
    if (this.#used + size > this.#buffer.length) this.#flush();
    const at = this.#used;
    this.#buffer.set(TAGS[tag], at);
    this.#used += size;
    return at;
  }

  #flush(): void {
    this.#hasher.update(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #offset(at: number, offset: number): void {
    const low = offset % 0x1_0000_0000;
    const high = Math.floor(offset / 0x1_0000_0000);
    const buffer = this.#buffer;
    for (let i = 0; i < 4; i += 1) {
      buffer[at + i] = low >>> (8 * i);
      buffer[at + 4 + i] = high >>> (8 * i);
    }
  }

  /**
   * EADD of a page at an offset from the enclave's base.
   *
   * @param flags see {@link SECINFO}
   * @throws IsinglassError `ISG_SGX_BAD_ENCLAVE`, `ISG_SGX_TOO_LARGE`
   */
  add(offset: number, flags: number): this {
    if (!Number.isSafeInteger(offset) || offset < 0 || (offset & (PAGE - 1)) !== 0)
      throw refused(`a page at ${offset}; a multiple of ${PAGE} is right`);
    // Bits 16 up are reserved, and no enclave with one of them set can be made (SDM vol. 3D, 34.11).
    if (!Number.isInteger(flags) || flags < 0 || flags > 0xffff)
      throw refused(`a page with SECINFO.FLAGS 0x${flags.toString(16)}; at most 0xffff is right`);
    const at = this.#start("EADD", 64);
    this.#offset(at + 8, offset);
    this.#buffer[at + 16] = flags;
    this.#buffer[at + 17] = flags >> 8;
    this.pages += 1;
    if (this.pages > this.#most.pages) checkLimit(this.#most, "pages", this.pages);
    return this;
  }

  /** Refuses so many pages more at once, where they will be too many, before time goes into them. */
  expect(pages: number, measured: number): void {
    checkLimit(this.#most, "pages", this.pages + pages);
    checkLimit(this.#most, "measured", this.measured + measured);
  }

  /**
   * EEXTEND of 256 bytes.
   *
   * @throws IsinglassError `ISG_SGX_BAD_ENCLAVE`
   */
  extend(offset: number, chunk: Uint8Array): this {
    if (chunk.length !== CHUNK || !Number.isSafeInteger(offset) || offset < 0 || (offset & (CHUNK - 1)) !== 0)
      throw refused(`${chunk.length} bytes to measure at ${offset}; ${CHUNK} at a multiple of that are right`);
    const at = this.#start("EEXTEND", 64 + CHUNK);
    this.#offset(at + 8, offset);
    this.#buffer.set(chunk, at + 64);
    return this;
  }

  /**
   * EADD of a page and EEXTEND of all of it.
   *
   * @throws IsinglassError `ISG_SGX_BAD_ENCLAVE`, `ISG_SGX_TOO_LARGE`
   */
  addPage(offset: number, flags: number, page: Uint8Array): this {
    if (page.length !== PAGE) throw refused(`a page of ${page.length} bytes; ${PAGE} are right`);
    this.add(offset, flags);
    this.measured += 1;
    if (this.measured > this.#most.measured) checkLimit(this.#most, "measured", this.measured);
    for (let at = 0; at < PAGE; at += CHUNK) this.extend(offset + at, page.subarray(at, at + CHUNK));
    return this;
  }

  /** MRENCLAVE, as EINIT makes it final. */
  finish(): Uint8Array {
    this.#flush();
    return this.#hasher.digest();
  }
}

function bad(message: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_STREAM", `SGXS stream: ${message}`, { offset });
}

/**
 * MRENCLAVE of an SGX stream: the very blocks that the processor hashes, one after the other, and blocks with the tag `UNMEASRD` of 256 bytes that it does not.
 *
 * @throws IsinglassError `ISG_SGX_BAD_STREAM`, `ISG_SGX_TOO_LARGE`
 */
export function measureStream(
  stream: Uint8Array,
  crypto: SyncCryptoProvider = noble,
  limits: EnclaveLimits = {},
): Uint8Array {
  const hasher = crypto.hasher("SHA-256");
  const most = { ...ENCLAVE_LIMITS, ...limits };
  let isFirst = true;
  let [pages, chunks] = [0, 0];
  for (let at = 0; at < stream.length;) {
    if (at + 64 > stream.length) throw bad(`${stream.length - at} bytes at ${at} are no block of 64`, at);
    const tag = String.fromCharCode(...stream.subarray(at, at + 8)).replace(/\0+$/, "");
    if (isFirst !== (tag === "ECREATE"))
      throw bad(isFirst ? `it begins with ${JSON.stringify(tag)}, not ECREATE` : `a second ECREATE at ${at}`, at);
    isFirst = false;
    const data = tag === "EEXTEND" || tag === "UNMEASRD" ? CHUNK : 0;
    if (data === 0 && tag !== "ECREATE" && tag !== "EADD") throw bad(`a block ${JSON.stringify(tag)} at ${at}`, at);
    if (at + 64 + data > stream.length) throw bad(`the block at ${at} ends after the stream`, at);
    if (data > 0) chunks += 1;
    else if (tag === "EADD") pages += 1;
    // 16 chunks are a page; what is not measured is read all the same.
    if (pages > most.pages) checkLimit(most, "pages", pages);
    if (chunks > 16 * most.measured) checkLimit(most, "measured", Math.ceil(chunks / 16));
    if (tag !== "UNMEASRD") hasher.update(stream.subarray(at, at + 64 + data));
    at += 64 + data;
  }
  if (isFirst) throw bad("it is empty", 0);
  return hasher.digest();
}
