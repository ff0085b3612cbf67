import type { BlockCipher } from "./provider.js";

/** Multiplies a tweak by x in GF(2^128), little-endian (IEEE 1619, 5.2). */
function double(tweak: Uint8Array): void {
  let carry = 0;
  for (let i = 0; i < 16; i += 1) {
    const byte = tweak[i]!;
    tweak[i] = ((byte << 1) | carry) & 0xff;
    carry = byte >> 7;
  }
  if (carry === 1) tweak[0]! ^= 0x87;
}

function xorInto(target: Uint8Array, at: number, mask: Uint8Array, from: number, length: number): void {
  for (let i = 0; i < length; i += 1) target[at + i]! ^= mask[from + i]!;
}

/**
 * AES-XTS with ciphertext stealing down to the bit (IEEE 1619, 5.3 and 5.4), on top of whole-block AES: all full blocks go through the
 * cipher in one call.
 */
export function xts(
  cipher: BlockCipher,
  tweakCipher: BlockCipher,
  decrypt: boolean,
  tweak: Uint8Array,
  data: Uint8Array,
  bits: number,
): Uint8Array {
  const blocks = Math.floor(bits / 128);
  const rest = bits % 128;
  const tweaks = new Uint8Array(16 * (blocks + 1));
  const current = new Uint8Array(16);
  tweakCipher.encryptBlocks(tweak, current);
  for (let i = 0; i <= blocks; i += 1) {
    tweaks.set(current, 16 * i);
    double(current);
  }
  const apply = (block: Uint8Array): void => {
    if (decrypt) cipher.decryptBlocks(block, block);
    else cipher.encryptBlocks(block, block);
  };
  // Not slice(): of a Node Buffer that would be a view, and the caller's data would change.
  const out = new Uint8Array(data.subarray(0, Math.ceil(bits / 8)));
  // With stealing, decryption takes the last two tweaks the other way round.
  const last = 16 * (blocks - 1);
  const whole = out.subarray(0, 16 * blocks);
  const own = rest !== 0 && decrypt ? 16 * blocks : last;
  const masks = tweaks.slice(0, 16 * blocks);
  masks.set(tweaks.subarray(own, own + 16), last);
  xorInto(whole, 0, masks, 0, whole.length);
  apply(whole);
  xorInto(whole, 0, masks, 0, whole.length);
  if (rest === 0) return out;

  // The last full block gives its head to the short block, and takes the short block's bits in exchange.
  const bytes = rest >> 3;
  const odd = rest & 7;
  const keep = odd === 0 ? 0 : (0xff << (8 - odd)) & 0xff;
  const full = out.slice(last, last + 16);
  const tail = out.slice(16 * blocks);
  const exchanged = full.slice();
  exchanged.set(tail.subarray(0, bytes));
  if (odd !== 0) exchanged[bytes] = (tail[bytes]! & keep) | (full[bytes]! & ~keep);
  const other = decrypt ? last : 16 * blocks;
  xorInto(exchanged, 0, tweaks, other, 16);
  apply(exchanged);
  xorInto(exchanged, 0, tweaks, other, 16);
  out.set(exchanged, last);
  out.set(full.subarray(0, bytes), 16 * blocks);
  if (odd !== 0) out[16 * blocks + bytes] = full[bytes]! & keep;
  return out;
}

/** {@link xts} with both keys side by side. */
export function xtsWithKey(
  blockCipher: (key: Uint8Array) => BlockCipher,
  decrypt: boolean,
  key: Uint8Array,
  tweak: Uint8Array,
  data: Uint8Array,
  bits: number = 8 * data.length,
): Uint8Array {
  const half = key.length / 2;
  return xts(blockCipher(key.subarray(0, half)), blockCipher(key.subarray(half)), decrypt, tweak, data, bits);
}
