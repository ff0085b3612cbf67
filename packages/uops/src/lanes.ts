/** Integer lanes of a vector, lane 0 first. `width` is in bits. */
export function lanesOf(vector: Uint8Array, width: number, signed: boolean): bigint[] {
  const lanes: bigint[] = [];
  for (let at = 0; at < vector.length; at += width / 8) {
    let lane = 0n;
    for (let i = width / 8 - 1; i >= 0; i -= 1) lane = (lane << 8n) | BigInt(vector[at + i]!);
    lanes.push(signed ? BigInt.asIntN(width, lane) : lane);
  }
  return lanes;
}

/** A vector from integer lanes; each is wrapped to `width` bits. Lanes that are not given are zero. */
export function vectorOf(lanes: readonly bigint[], width: number): Uint8Array {
  const vector = new Uint8Array(16);
  lanes.forEach((lane, i) => {
    for (let byte = 0; byte < width / 8; byte += 1) {
      vector[(i * width) / 8 + byte] = Number((lane >> BigInt(8 * byte)) & 0xffn);
    }
  });
  return vector;
}

/** The nearest number that a signed or unsigned integer of `width` bits can hold. */
export function saturate(value: bigint, width: number, signed: boolean): bigint {
  const low = signed ? -(1n << BigInt(width - 1)) : 0n;
  const high = signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
  if (value < low) return low;
  return value > high ? high : value;
}
