import { IsinglassError } from "@isinglass/interface";
import type { BlockCipher, SyncCryptoProvider } from "./provider.js";

/** What stands between a processor's caches and its memory chips. Synchronous: it is on the way of every access. */
export interface MemoryEncryptionEngine {
  /** Bytes that are encrypted as one: address and length are multiples of it. */
  readonly granule: number;
  /**
   * What the chips hold of `plain` at this physical address. The arrays are equally long and may be the same one.
   *
   * @throws IsinglassError `ISG_CRYPTO_ALIGNMENT`
   */
  encrypt(address: number, plain: Uint8Array, cipher: Uint8Array): void;
  decrypt(address: number, cipher: Uint8Array, plain: Uint8Array): void;
}

const BLOCK = 16;
const PAGE = 4096;
const ADDRESS_BITS = 52;

/**
 * Memory encryption as AMD's SEV has it: AES in XEX mode, 16 bytes at a time, with one key for each guest and a tweak that depends on the
 * physical address (SEV-SNP white paper; APM vol. 2, 15.34). The tweak of an address is the XOR of a 128-bit constant for each address bit that
 * is set. AMD does not publish those constants; here they are the tweak key's encryptions of the bits' numbers, so that they differ from guest to guest.
 *
 * There is no integrity: whoever can write to the chips can replay old ciphertext at its own address. SNP forbids that through its reverse map table,
 * not through this cipher.
 */
export class XexMemoryEncryption implements MemoryEncryptionEngine {
  readonly granule: number = BLOCK;
  readonly #cipher: BlockCipher;
  /** Four words for each address bit from 4 up. */
  readonly #bits: Uint32Array;
  /** Tweaks of the 256 blocks of a page at address 0. */
  readonly #inPage: Uint32Array;
  readonly #masks: Uint32Array;
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;

  /**
   * @param key the guest's AES key, 16 or 32 bytes
   * @param tweakKey the key of the tweaks, as long
   */
  constructor(provider: SyncCryptoProvider, key: Uint8Array, tweakKey: Uint8Array) {
    this.#cipher = provider.blockCipher(key);
    const constants = new Uint8Array(BLOCK * ADDRESS_BITS);
    for (let bit = 0; bit < ADDRESS_BITS; bit += 1) constants[BLOCK * bit] = bit + 1;
    provider.blockCipher(tweakKey).encryptBlocks(constants, constants);
    this.#bits = new Uint32Array(constants.buffer);
    this.#inPage = new Uint32Array(PAGE / 4);
    for (let block = 1; block < PAGE / BLOCK; block += 1) {
      const low = block & -block;
      const bit = 4 + (31 - Math.clz32(low));
      for (let i = 0; i < 4; i += 1)
        this.#inPage[4 * block + i] = this.#inPage[4 * (block ^ low) + i]! ^ this.#bits[4 * bit + i]!;
    }
    this.#masks = new Uint32Array(PAGE / 4);
    this.#words = new Uint32Array(PAGE / 4);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  encrypt(address: number, plain: Uint8Array, cipher: Uint8Array): void {
    this.#run(false, address, plain, cipher);
  }

  decrypt(address: number, cipher: Uint8Array, plain: Uint8Array): void {
    this.#run(true, address, cipher, plain);
  }

  #run(decrypt: boolean, address: number, source: Uint8Array, target: Uint8Array): void {
    checkRange(address, source, target, BLOCK);
    for (let at = 0; at < source.length;) {
      const inPage = (address + at) % PAGE;
      const length = Math.min(PAGE - inPage, source.length - at);
      this.#fillMasks((address + at - inPage) / PAGE, inPage / 4, length / 4);
      const words = this.#words;
      const masks = this.#masks;
      const bytes = length === PAGE ? this.#bytes : this.#bytes.subarray(0, length);
      bytes.set(at === 0 && length === source.length ? source : source.subarray(at, at + length));
      const count = length / 4;
      for (let i = 0; i < count; i += 1) words[i]! ^= masks[i]!;
      if (decrypt) this.#cipher.decryptBlocks(bytes, bytes);
      else this.#cipher.encryptBlocks(bytes, bytes);
      for (let i = 0; i < count; i += 1) words[i]! ^= masks[i]!;
      target.set(bytes, at);
      at += length;
    }
  }

  /** The tweaks of `count` words from word `first` of a page. */
  #fillMasks(page: number, first: number, count: number): void {
    let [a, b, c, d] = [0, 0, 0, 0];
    // Address bits above 32 come from a division: the shift operators see 32 bits.
    let rest = page;
    for (let bit = 12; rest > 0; bit += 1) {
      if (rest % 2 === 1) {
        a ^= this.#bits[4 * bit]!;
        b ^= this.#bits[4 * bit + 1]!;
        c ^= this.#bits[4 * bit + 2]!;
        d ^= this.#bits[4 * bit + 3]!;
      }
      rest = Math.floor(rest / 2);
    }
    const masks = this.#masks;
    const inPage = this.#inPage;
    for (let i = 0, from = first; i < count; i += 4, from += 4) {
      masks[i] = inPage[from]! ^ a;
      masks[i + 1] = inPage[from + 1]! ^ b;
      masks[i + 2] = inPage[from + 2]! ^ c;
      masks[i + 3] = inPage[from + 3]! ^ d;
    }
  }
}

/** Address, length and place of an access. */
export function checkRange(address: number, source: Uint8Array, target: Uint8Array, granule: number): void {
  if (!Number.isSafeInteger(address) || address < 0 || address + source.length > 2 ** ADDRESS_BITS)
    throw new IsinglassError("ISG_CRYPTO_ALIGNMENT", `physical address ${address}: a whole number below 2^52 is right`);
  if (address % granule !== 0 || source.length % granule !== 0 || source.length !== target.length)
    throw new IsinglassError(
      "ISG_CRYPTO_ALIGNMENT",
      `memory encryption of ${source.length} bytes to ${target.length} at 0x${address.toString(16)}: multiples of ${granule}, and as many out as in`,
      { address, length: source.length },
    );
}
