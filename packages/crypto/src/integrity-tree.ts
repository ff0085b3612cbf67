import { IsinglassError } from "@isinglass/interface";
import { KeyedHash64 } from "./gf64.js";
import type { BlockCipher, SyncCryptoProvider } from "./provider.js";

const LINE = 64;
/** Counters in a node: eight of 56 bits and a MAC of 56 fill 63 of its 64 bytes. */
const FAN_OUT = 8;
const LINES_AT_ONCE = 64;

/** What the memory chips hold: everything in here may be read and changed by an attacker. */
export interface EncryptedMemory {
  /** Ciphertext, line after line. */
  readonly data: Uint8Array;
  /** 8 bytes a line: a MAC of 56 bits and a zero byte. */
  readonly tags: Uint8Array;
  /** The levels of the counter tree, the one next to the lines first; 64 bytes a node. */
  readonly levels: readonly Uint8Array[];
}

/**
 * Memory as SGX protects it (S. Gueron, "A Memory Encryption Engine Suitable for General Purpose Processors", 2016): lines of 64 bytes encrypted
 * in counter mode, each with a MAC and a 56-bit version; versions are the leaves of a tree of counters, eight to a node, each node with a MAC
 * that depends on its counter in the node above. The counters above the top level stay on the chip. So a change, a swap and a replay of
 * anything outside the chip is noticed at the next read, but for a chance of 2^-53 for each try (polynomials of degree 8 over GF(2^64), cut to 56 bits).
 *
 * A write adds 1 to the counters of its line on all levels. A counter that would pass 2^56 - 1 throws: the hardware would want new keys.
 */
export class IntegrityTreeMemory {
  /** Bytes of plaintext that fit. */
  readonly size: number;
  /** What lies outside the chip. */
  readonly outside: EncryptedMemory;
  readonly #cipher: BlockCipher;
  readonly #hash: KeyedHash64;
  /** On the chip: low 32 and high 24 bits of the counters of the top level's nodes. */
  readonly #root: Uint32Array;
  /** Views of {@link outside} in words. */
  readonly #data: Int32Array;
  readonly #tags: Int32Array;
  readonly #levels: readonly Int32Array[];
  /** Key stream and MAC pads of up to 64 lines, five blocks each. */
  readonly #words = new Int32Array(LINES_AT_ONCE * 20);
  readonly #stream = new Uint8Array(this.#words.buffer);
  readonly #text = new Int32Array((LINES_AT_ONCE * LINE) / 4);
  readonly #textBytes = new Uint8Array(this.#text.buffer);
  /** MAC pads of the nodes above up to 64 lines: at most 9 + 2 for each further level. */
  readonly #pads: Int32Array;
  readonly #padBytes: Uint8Array;

  /**
   * All of it reads as zeros at first.
   *
   * @param size bytes, a multiple of 64
   * @param encryptionKey 16 bytes
   * @param hashKey 8 bytes, the key of the MACs' universal hash
   */
  constructor(provider: SyncCryptoProvider, size: number, encryptionKey: Uint8Array, hashKey: Uint8Array) {
    if (!Number.isInteger(size) || size <= 0 || size % LINE !== 0 || size > 2 ** 31)
      throw new IsinglassError(
        "ISG_CRYPTO_ALIGNMENT",
        `encrypted memory of ${size} bytes: a multiple of 64 up to 2 GiB is right`,
      );
    if (hashKey.length !== 8 || hashKey.every((byte) => byte === 0))
      throw new IsinglassError(
        "ISG_CRYPTO_BAD_LENGTH",
        `hash key of ${hashKey.length} bytes: 8 are right, not all zero`,
      );
    this.size = size;
    this.#cipher = provider.blockCipher(encryptionKey);
    this.#hash = new KeyedHash64(hashKey);
    const lines = size / LINE;
    const levels: Uint8Array[] = [];
    let nodes = Math.ceil(lines / FAN_OUT);
    for (; ; nodes = Math.ceil(nodes / FAN_OUT)) {
      levels.push(new Uint8Array(nodes * LINE));
      if (nodes <= FAN_OUT) break;
    }
    this.#root = new Uint32Array(2 * nodes);
    this.#pads = new Int32Array(4 * (9 + 2 * levels.length));
    this.#padBytes = new Uint8Array(this.#pads.buffer);
    this.outside = { data: new Uint8Array(size), tags: new Uint8Array(8 * lines), levels };
    this.#data = new Int32Array(this.outside.data.buffer);
    this.#tags = new Int32Array(this.outside.tags.buffer);
    this.#levels = levels.map((level) => new Int32Array(level.buffer));
    for (let line = 0; line < lines; line += LINES_AT_ONCE)
      this.#sealPath(line, Math.min(lines, line + LINES_AT_ONCE) - 1);
    const zeros = new Uint8Array(Math.min(size, LINES_AT_ONCE * LINE));
    for (let at = 0; at < size; at += zeros.length)
      this.#encryptLines(at, zeros.subarray(0, Math.min(zeros.length, size - at)));
  }

  /**
   * Encrypts and stores whole lines.
   *
   * @throws IsinglassError `ISG_CRYPTO_INTEGRITY` where a counter on the way was changed from outside
   */
  write(address: number, plain: Uint8Array): void {
    this.#check(address, plain.length);
    for (let at = 0; at < plain.length; at += LINES_AT_ONCE * LINE) {
      const piece = plain.subarray(at, Math.min(plain.length, at + LINES_AT_ONCE * LINE));
      this.#count(address + at, piece.length / LINE);
      this.#encryptLines(address + at, piece);
    }
  }

  /**
   * Reads and decrypts whole lines.
   *
   * @throws IsinglassError `ISG_CRYPTO_INTEGRITY` if anything of what was read was changed from outside; nothing is then written to `into`
   */
  read(address: number, into: Uint8Array): void {
    this.#check(address, into.length);
    const checked = into.length > LINES_AT_ONCE * LINE ? new Uint8Array(into.length) : into;
    for (let at = 0; at < into.length; at += LINES_AT_ONCE * LINE) {
      const length = Math.min(into.length - at, LINES_AT_ONCE * LINE);
      const first = (address + at) / LINE;
      this.#checkPath(first, first + length / LINE - 1);
      this.#decryptLines(address + at, length, checked.subarray(at, at + length));
    }
    if (checked !== into) into.set(checked);
  }

  #check(address: number, length: number): void {
    if (
      !Number.isInteger(address) ||
      address < 0 ||
      address % LINE !== 0 ||
      length % LINE !== 0 ||
      address + length > this.size
    )
      throw new IsinglassError(
        "ISG_CRYPTO_ALIGNMENT",
        `${length} bytes of encrypted memory at ${address}: whole lines of 64 below ${this.size} are right`,
        { address, length },
      );
  }

  /** Low 32 bits of a counter: of the chip's above the top level, else of the node in which it lies. */
  #lo(level: number, index: number): number {
    if (level === this.outside.levels.length) return this.#root[2 * index]!;
    const bytes = this.outside.levels[level]!;
    const at = (index >> 3) * LINE + (index & 7) * 7;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  #hi(level: number, index: number): number {
    if (level === this.outside.levels.length) return this.#root[2 * index + 1]!;
    const bytes = this.outside.levels[level]!;
    const at = (index >> 3) * LINE + (index & 7) * 7 + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  }

  #increment(level: number, index: number): void {
    if (level === this.outside.levels.length) {
      this.#root[2 * index]! += 1;
      if (this.#root[2 * index] === 0) this.#root[2 * index + 1]! += 1;
      if (this.#root[2 * index + 1]! > 0xff_ffff) throw usedUp(level, index);
      return;
    }
    const bytes = this.outside.levels[level]!;
    const at = (index >> 3) * LINE + (index & 7) * 7;
    // Nearly always the first byte is all that changes.
    let carry = 0;
    while (carry < 7 && bytes[at + carry] === 0xff) carry += 1;
    if (carry === 7) throw usedUp(level, index);
    bytes[at + carry]! += 1;
    while (carry > 0) bytes[at + --carry] = 0;
  }

  /** Checks the nodes above some lines, adds 1 to their counters on every level, and makes the nodes' MACs anew. */
  #count(address: number, lines: number): void {
    let first = address / LINE;
    let last = first + lines - 1;
    this.#checkPath(first, last);
    for (let level = 0; level <= this.outside.levels.length; level += 1) {
      for (let i = first; i <= last; i += 1) this.#increment(level, i);
      first >>= 3;
      last >>= 3;
    }
    this.#sealPath(address / LINE, address / LINE + lines - 1);
  }

  /** Checks every node between some lines and the chip. */
  #checkPath(first: number, last: number): void {
    this.#makePads(first, last);
    let at = 0;
    for (let level = this.#levels.length - 1; level >= 0; level -= 1) {
      const shift = 3 * (level + 1);
      for (let node = first >> shift; node <= last >> shift; node += 1, at += 4) {
        this.#hash.run(this.#levels[level]!, 16 * node, 7);
        if (this.#differs(this.#levels[level]!, 16 * node + 14, this.#pads[at]!, this.#pads[at + 1]!))
          throw tampered(`node ${node} of level ${level} of the counter tree`);
      }
    }
  }

  /** Makes the MACs of every node between some lines and the chip. */
  #sealPath(first: number, last: number): void {
    this.#makePads(first, last);
    let at = 0;
    for (let level = this.#levels.length - 1; level >= 0; level -= 1) {
      const shift = 3 * (level + 1);
      for (let node = first >> shift; node <= last >> shift; node += 1, at += 4) {
        this.#hash.run(this.#levels[level]!, 16 * node, 7);
        this.#store(this.#levels[level]!, 16 * node + 14, this.#pads[at]!, this.#pads[at + 1]!);
      }
    }
  }

  /** The pads of the nodes above some lines, top level first, all in one call of the cipher. Each depends on the counter above its node. */
  #makePads(first: number, last: number): void {
    const pads = this.#pads;
    let at = 0;
    for (let level = this.#levels.length - 1; level >= 0; level -= 1) {
      const shift = 3 * (level + 1);
      for (let node = first >> shift; node <= last >> shift; node += 1, at += 4) {
        pads[at] = this.#lo(level + 1, node);
        pads[at + 1] = this.#hi(level + 1, node);
        pads[at + 2] = node;
        // The last byte keeps the pads of nodes and lines and the key streams apart.
        pads[at + 3] = 0x8000_0000 | level;
      }
    }
    const bytes = this.#padBytes.subarray(0, 4 * at);
    this.#cipher.encryptBlocks(bytes, bytes);
  }

  /** Whether the MAC stored in memory is another than hash and pad make, or its unused byte is not zero. */
  #differs(words: Int32Array, at: number, lo: number, hi: number): boolean {
    return ((lo ^ this.#hash.lo ^ words[at]!) | (((hi ^ this.#hash.hi) & 0xff_ffff) ^ words[at + 1]!)) !== 0;
  }

  #store(words: Int32Array, at: number, lo: number, hi: number): void {
    words[at] = lo ^ this.#hash.lo;
    words[at + 1] = (hi ^ this.#hash.hi) & 0xff_ffff;
  }

  /** Key stream (four blocks) and MAC pad (one) of each line, all in one call of the cipher. */
  #makeStream(firstLine: number, lines: number): void {
    const words = this.#words;
    for (let i = 0, at = 0; i < lines; i += 1) {
      const line = firstLine + i;
      const lo = this.#lo(0, line);
      const hi = this.#hi(0, line);
      for (let block = 0; block < 5; block += 1, at += 4) {
        words[at] = lo;
        words[at + 1] = hi;
        words[at + 2] = line;
        words[at + 3] = block === 4 ? 0x4000_0000 : block;
      }
    }
    const stream = lines === LINES_AT_ONCE ? this.#stream : this.#stream.subarray(0, 80 * lines);
    this.#cipher.encryptBlocks(stream, stream);
  }

  #encryptLines(address: number, plain: Uint8Array): void {
    const lines = plain.length / LINE;
    this.#makeStream(address / LINE, lines);
    this.#textBytes.set(plain);
    const [data, text, stream] = [this.#data, this.#text, this.#words];
    for (let i = 0; i < lines; i += 1) {
      const to = address / 4 + 16 * i;
      for (let j = 0, from = 16 * i, key = 20 * i; j < 16; j += 1) data[to + j] = text[from + j]! ^ stream[key + j]!;
      this.#hash.run(data, to, 8);
      this.#store(this.#tags, 2 * (address / LINE + i), stream[20 * i + 16]!, stream[20 * i + 17]!);
    }
  }

  #decryptLines(address: number, length: number, into: Uint8Array): void {
    const lines = length / LINE;
    this.#makeStream(address / LINE, lines);
    const [data, text, stream] = [this.#data, this.#text, this.#words];
    for (let i = 0; i < lines; i += 1) {
      const from = address / 4 + 16 * i;
      this.#hash.run(data, from, 8);
      if (this.#differs(this.#tags, 2 * (address / LINE + i), stream[20 * i + 16]!, stream[20 * i + 17]!))
        throw tampered(`the line at 0x${(4 * from).toString(16)}`);
      for (let j = 0; j < 16; j += 1) text[16 * i + j] = data[from + j]! ^ stream[20 * i + j]!;
    }
    into.set(length === this.#textBytes.length ? this.#textBytes : this.#textBytes.subarray(0, length));
  }
}

function usedUp(level: number, index: number): IsinglassError {
  return new IsinglassError(
    "ISG_CRYPTO_COUNTER",
    `counter ${index} of level ${level} has been used up; new keys are wanted`,
  );
}

function tampered(what: string): IsinglassError {
  return new IsinglassError(
    "ISG_CRYPTO_INTEGRITY",
    `encrypted memory was changed from outside: the MAC of ${what} is wrong`,
  );
}
