/** SHA-256 (FIPS 180-4, 6.2), in one piece over bytes that are there. About 200 MB/s on Node 20. */

const K = new Int32Array(64);
const INITIAL = new Int32Array(8);
const W = new Int32Array(64);

/** First 32 bits of the fractional part. */
const fraction = (x: number): number => ((x - Math.floor(x)) * 0x1_0000_0000) | 0;

/** The constants are square and cube roots of the first primes (4.2.2, 5.3.3); 53 bits are enough for 32 of their fraction. */
function fillConstants(): void {
  let count = 0;
  for (let n = 2; count < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    if (count < 8) INITIAL[count] = fraction(Math.sqrt(n));
    K[count] = fraction(Math.cbrt(n));
    count += 1;
  }
}
fillConstants();

const h = new Int32Array(8);

function block(bytes: Uint8Array, offset: number): void {
  const w = W;
  for (let i = 0, at = offset; i < 16; i += 1, at += 4) {
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = h[0]!;
  let b = h[1]!;
  let c = h[2]!;
  let d = h[3]!;
  let e = h[4]!;
  let f = h[5]!;
  let g = h[6]!;
  let last = h[7]!;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (last + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    last = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  h[0]! += a;
  h[1]! += b;
  h[2]! += c;
  h[3]! += d;
  h[4]! += e;
  h[5]! += f;
  h[6]! += g;
  h[7]! += last;
}

/** The 32 bytes of SHA-256 over the concatenation of `parts`. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  h.set(INITIAL);
  const rest = new Uint8Array(64);
  let kept = 0;
  let length = 0;
  for (const part of parts) {
    length += part.length;
    let at = 0;
    if (kept > 0) {
      at = Math.min(64 - kept, part.length);
      rest.set(part.subarray(0, at), kept);
      kept += at;
      if (kept < 64) continue;
      block(rest, 0);
      kept = 0;
    }
    for (; at + 64 <= part.length; at += 64) block(part, at);
    rest.set(part.subarray(at));
    kept = part.length - at;
  }
  // Padding: a one bit, zeros, the length in bits as 64 bits big-endian (5.1.1).
  rest.fill(0, kept);
  rest[kept] = 0x80;
  if (kept >= 56) {
    block(rest, 0);
    rest.fill(0);
  }
  const view = new DataView(rest.buffer);
  view.setUint32(56, Math.floor(length / 0x2000_0000));
  view.setUint32(60, (length * 8) >>> 0);
  block(rest, 0);
  const out = new Uint8Array(32);
  const words = new DataView(out.buffer);
  h.forEach((word, i) => words.setInt32(i * 4, word));
  return out;
}

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
