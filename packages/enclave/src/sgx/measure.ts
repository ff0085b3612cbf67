import { type Hasher, type SyncCryptoProvider, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { writeNumber } from "../layout.js";

/** SECINFO.FLAGS (SDM vol. 3D, 34.11). */
export const SECINFO = { R: 1, W: 2, X: 4, TCS: 0x100, REG: 0x200 } as const;

const PAGE = 4096;
const CHUNK = 256;

/** How large an enclave may be before its measurement is refused: a file of a few bytes can claim terabytes. */
export interface EnclaveLimits {
  /** Pages added; 2^25 unless given (128 GiB). */
  readonly pages?: number;
  /** Pages added and measured, 5 KiB of hashing each; 2^20 unless given (4 GiB). */
  readonly measured?: number;
}

/** MRENCLAVE step by step, as the leaves ECREATE, EADD and EEXTEND extend it (SDM vol. 3D, there). */
export class EnclaveMeasurement {
  readonly #hasher: Hasher;
  /** Blocks are hashed many at a time: one by one, calls take four fifths of the time. */
  readonly #buffer = new Uint8Array(64 * 1024);
  #used = 0;
  /** Pages added so far, and of these measured. */
  pages = 0;
  measured = 0;
  readonly #limits: EnclaveLimits;

  /**
   * @param size of the enclave's range, a power of two
   * @param ssaFrameSize pages of a frame of the state save area
   */
  constructor(size: bigint, ssaFrameSize: number, crypto: SyncCryptoProvider = noble, limits: EnclaveLimits = {}) {
    this.#limits = limits;
    this.#hasher = crypto.hasher("SHA-256");
    const at = this.#start("ECREATE", 64);
    writeNumber(this.#buffer, at + 8, 4, BigInt(ssaFrameSize));
    writeNumber(this.#buffer, at + 12, 8, size);
  }

  /** Makes room for a block and writes its tag; returns where it begins. */
  #start(tag: string, size: number): number {
    if (this.#used + size > this.#buffer.length) this.#flush();
    const at = this.#used;
    this.#buffer.fill(0, at, at + 64);
    for (let i = 0; i < tag.length; i += 1) this.#buffer[at + i] = tag.charCodeAt(i);
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

  /** EADD of a page at an offset from the enclave's base. @param flags see {@link SECINFO} */
  add(offset: number, flags: number): this {
    const at = this.#start("EADD", 64);
    this.#offset(at + 8, offset);
    this.#buffer[at + 16] = flags;
    this.#buffer[at + 17] = flags >> 8;
    this.pages += 1;
    if (this.pages > (this.#limits.pages ?? 2 ** 25)) throw tooLarge(this.pages, "pages");
    return this;
  }

  /** EEXTEND of 256 bytes. */
  extend(offset: number, chunk: Uint8Array): this {
    const at = this.#start("EEXTEND", 64 + CHUNK);
    this.#offset(at + 8, offset);
    this.#buffer.set(chunk, at + 64);
    return this;
  }

  /** EADD of a page and EEXTEND of all of it. */
  addPage(offset: number, flags: number, page: Uint8Array): this {
    this.add(offset, flags);
    this.measured += 1;
    if (this.measured > (this.#limits.measured ?? 2 ** 20)) throw tooLarge(this.measured, "measured pages");
    for (let at = 0; at < PAGE; at += CHUNK) this.extend(offset + at, page.subarray(at, at + CHUNK));
    return this;
  }

  /** MRENCLAVE, as EINIT makes it final. */
  finish(): Uint8Array {
    this.#flush();
    return this.#hasher.digest();
  }
}

function tooLarge(count: number, what: string): IsinglassError {
  return new IsinglassError("ISG_SGX_TOO_LARGE", `enclave: ${count} ${what} and more; the limit was set lower`, {
    count,
  });
}

function bad(message: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_STREAM", `SGXS stream: ${message}`, { offset });
}

/**
 * MRENCLAVE of an SGX stream: the very blocks that the processor hashes, one after the other, and blocks with the tag `UNMEASRD` of 256 bytes that it does not.
 *
 * @throws IsinglassError `ISG_SGX_BAD_STREAM`
 */
export function measureStream(stream: Uint8Array, crypto: SyncCryptoProvider = noble): Uint8Array {
  const hasher = crypto.hasher("SHA-256");
  let isFirst = true;
  for (let at = 0; at < stream.length;) {
    if (at + 64 > stream.length) throw bad(`${stream.length - at} bytes at ${at} are no block of 64`, at);
    const tag = String.fromCharCode(...stream.subarray(at, at + 8)).replace(/\0+$/, "");
    if (isFirst !== (tag === "ECREATE"))
      throw bad(isFirst ? `it begins with ${JSON.stringify(tag)}, not ECREATE` : `a second ECREATE at ${at}`, at);
    isFirst = false;
    const data = tag === "EEXTEND" || tag === "UNMEASRD" ? CHUNK : 0;
    if (data === 0 && tag !== "ECREATE" && tag !== "EADD") throw bad(`a block ${JSON.stringify(tag)} at ${at}`, at);
    if (at + 64 + data > stream.length) throw bad(`the block at ${at} ends after the stream`, at);
    if (tag !== "UNMEASRD") hasher.update(stream.subarray(at, at + 64 + data));
    at += 64 + data;
  }
  if (isFirst) throw bad("it is empty", 0);
  return hasher.digest();
}
