import { FunctionBuilder, type IrFunction, V128, type Value } from "@isinglass/uops";

/** A product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2). */
function product(a: number, b: number): number {
  let sum = 0;
  for (let x = a, y = b; y !== 0; y >>= 1) {
    if ((y & 1) !== 0) sum ^= x;
    x = ((x << 1) ^ (x > 0x7f ? 0x11b : 0)) & 0xff;
  }
  return sum;
}

/** The S-box (FIPS 197, 5.1.1): the inverse in the field, 0 for 0, then an affine map of its bits. */
function substitution(): number[] {
  const table = [0x63];
  for (let x = 1; x < 256; x += 1) {
    let inverse = 1;
    while (product(x, inverse) !== 1) inverse += 1;
    let mapped = 0x63;
    for (let turn = 0; turn < 5; turn += 1) mapped ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
    table.push(mapped);
  }
  return table;
}

/**
 * `(bytes) -> v128`: each byte by a table of 256: sixteen look-ups of sixteen, of which all but one find the index out of range
 * and give zero.
 */
function buildLookUp(name: string, table: readonly number[]): IrFunction {
  const f = new FunctionBuilder(name, [V128], V128);
  const index = f.get(f.param(0));
  const rows: Value[] = [];
  for (let row = 0; row < 256; row += 16) {
    const within = f.op("i8x16.sub", index, f.v128(Array.from({ length: 16 }, () => row)));
    rows.push(f.op("i8x16.swizzle", f.v128(table.slice(row, row + 16)), within));
  }
  f.return(rows.reduce((a, b) => f.op("v128.or", a, b)));
  return f.finish();
}

/** SubBytes and InvSubBytes. */
export function buildAesSubstitutions(): IrFunction[] {
  const forward = substitution();
  const inverse = Array.from({ length: 256 }, (_, i) => forward.indexOf(i));
  return [buildLookUp("aes-substitute", forward), buildLookUp("aes-substitute-inverse", inverse)];
}
