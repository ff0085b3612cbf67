import { unsafe } from "@noble/ciphers/aes.js";
import { IsinglassError } from "@isinglass/interface";
import { Wasm, type WasmInstance } from "@isinglass/wasm";
import { guarded } from "../guard.js";
import { noble } from "../noble.js";
import type { BlockCipher, SyncCryptoProvider } from "../provider.js";
import { xtsWithKey } from "../xts.js";
import { LANES, ROUND_KEY_BYTES, buildAesModule } from "./module.js";

const PAGES = 1;
/** Keys lie in front of the blocks: at most 15 rounds' worth. */
const BLOCKS_AT = 15 * ROUND_KEY_BYTES;
const ROOM = PAGES * 65_536 - BLOCKS_AT;
/** What the S-box adds to every byte (FIPS 197, 5.1.1). The circuits leave it out; it passes ShiftRows and MixColumns unchanged, and so goes into the keys. */
const SBOX_CONSTANT = 0x63;

/** A key schedule as the module takes it: for each round and each bit of a byte, a register with ones where that bit of the round key's byte is one. */
export function sliceKey(key: Uint8Array): Uint8Array {
  const words = unsafe.expandKeyLE(key);
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const out = new Uint8Array(8 * bytes.length);
  bytes.forEach((byte, at) => {
    const value = at < 16 ? byte : byte ^ SBOX_CONSTANT;
    for (let bit = 0; bit < 8; bit += 1)
      if (((value >> bit) & 1) === 1) out[ROUND_KEY_BYTES * (at >> 4) + 16 * bit + (at & 15)] = 0xff;
  });
  return out;
}

type Run = (key: number, rounds: number, from: number, to: number) => void;

/**
 * AES in WebAssembly, synchronous, where browsers offer nothing of the kind: block ciphers and XTS, and so memory encryption. All else is `@noble`'s. The code has no branch and no address that
 * depends on key or data; that it takes the same time for all was not measured, and keys are unpacked by `@noble`, with a table.
 * Each call makes a module of 20 KB and a memory of 64 KiB of its own.
 *
 * @throws IsinglassError `ISG_CRYPTO_NO_WASM` where WebAssembly or its vector instructions are missing: use `noble` there
 */
export function wasmCrypto(): SyncCryptoProvider {
  let instance: WasmInstance;
  let memory: Uint8Array;
  try {
    const shared = new Wasm.Memory({ initial: PAGES, maximum: PAGES });
    instance = new Wasm.Instance(new Wasm.Module(buildAesModule(PAGES)), { isg: { memory: shared } });
    memory = new Uint8Array(shared.buffer);
  } catch (problem) {
    throw new IsinglassError(
      "ISG_CRYPTO_NO_WASM",
      "AES in WebAssembly wants a host with WebAssembly's vector instructions; `noble` works without",
      {},
      { cause: problem },
    );
  }
  const { encrypt, decrypt } = instance.exports as Record<"encrypt" | "decrypt", Run>;
  /** Whose key lies in the memory. */
  let owner: Uint8Array | undefined;

  function blockCipher(key: Uint8Array): BlockCipher {
    const sliced = sliceKey(key);
    const rounds = sliced.length / ROUND_KEY_BYTES - 1;
    const run = (how: Run, source: Uint8Array, target: Uint8Array): void => {
      if (owner !== sliced) {
        memory.set(sliced);
        owner = sliced;
      }
      for (let at = 0; at < source.length; at += ROOM) {
        const length = Math.min(ROOM, source.length - at);
        memory.set(length === source.length ? source : source.subarray(at, at + length), BLOCKS_AT);
        const lanes = Math.ceil(length / (16 * LANES));
        how(0, rounds, BLOCKS_AT, BLOCKS_AT + 16 * LANES * lanes);
        target.set(memory.subarray(BLOCKS_AT, BLOCKS_AT + length), at);
      }
    };
    return {
      encryptBlocks: (source, target) => run(encrypt, source, target),
      decryptBlocks: (source, target) => run(decrypt, source, target),
    };
  }

  return guarded<SyncCryptoProvider>({
    ...noble,
    name: "wasm",
    native: (operation) => operation === "xts",
    blockCipher,
    xtsEncrypt: (key, tweak, data, bits) => xtsWithKey(blockCipher, false, key, tweak, data, bits),
    xtsDecrypt: (key, tweak, data, bits) => xtsWithKey(blockCipher, true, key, tweak, data, bits),
  });
}
