// Multiplication by a fixed key in GF(2^64), x^64 + x^4 + x^3 + x + 1, by tables of one entry a byte value: the universal hash under the MACs of
// memory lines (S. Gueron, "A Memory Encryption Engine Suitable for General Purpose Processors", 2016, 5.2).

/** Horner's rule over 64-bit words: h = (h + word) * key, for each word. 16 KiB of tables, made once for a key. */
export class KeyedHash64 {
  readonly #lo: Int32Array;
  readonly #hi: Int32Array;
  /** The hash, after {@link run}: int32. */
  lo = 0;
  hi = 0;

  /** @param key 8 bytes, not all zero */
  constructor(key: Uint8Array) {
    this.#lo = new Int32Array(8 * 256);
    this.#hi = new Int32Array(8 * 256);
    const view = new DataView(key.buffer, key.byteOffset, 8);
    let lo = view.getUint32(0, true);
    let hi = view.getUint32(4, true);
    // Entry 1 << k of table t is key * x^(8t+k); the others are sums of those.
    for (let power = 0; power < 64; power += 1) {
      const base = 256 * (power >> 3);
      const bit = 1 << (power & 7);
      for (let low = 0; low < bit; low += 1) {
        this.#lo[base + bit + low] = this.#lo[base + low]! ^ lo;
        this.#hi[base + bit + low] = this.#hi[base + low]! ^ hi;
      }
      const out = hi >>> 31;
      hi = ((hi << 1) | (lo >>> 31)) >>> 0;
      lo = (lo << 1) >>> 0;
      if (out === 1) lo = (lo ^ 0x1b) >>> 0;
    }
  }

  /** Hashes `count` words of 64 bits, given as pairs of 32, low half first. */
  run(words: Int32Array, first: number, count: number): void {
    const tableLo = this.#lo;
    const tableHi = this.#hi;
    let lo = 0;
    let hi = 0;
    for (let i = first, end = first + 2 * count; i < end; i += 2) {
      const a = lo ^ words[i]!;
      const b = hi ^ words[i + 1]!;
      // Written out: with the indices in an array, V8 takes twice as long.
      lo =
        tableLo[a & 255]! ^
        tableLo[256 | ((a >>> 8) & 255)]! ^
        tableLo[512 | ((a >>> 16) & 255)]! ^
        tableLo[768 | (a >>> 24)]! ^
        tableLo[1024 | (b & 255)]! ^
        tableLo[1280 | ((b >>> 8) & 255)]! ^
        tableLo[1536 | ((b >>> 16) & 255)]! ^
        tableLo[1792 | (b >>> 24)]!;
      hi =
        tableHi[a & 255]! ^
        tableHi[256 | ((a >>> 8) & 255)]! ^
        tableHi[512 | ((a >>> 16) & 255)]! ^
        tableHi[768 | (a >>> 24)]! ^
        tableHi[1024 | (b & 255)]! ^
        tableHi[1280 | ((b >>> 8) & 255)]! ^
        tableHi[1536 | ((b >>> 16) & 255)]! ^
        tableHi[1792 | (b >>> 24)]!;
    }
    this.lo = lo;
    this.hi = hi;
  }
}
