import { IsinglassError } from "@isinglass/interface";

/** `asid` of a translation that all address spaces share. */
export const ASID_GLOBAL: number = -1;

/**
 * A set-associative array of address tags with least-recently-used replacement: one structure of the TLB model. A tag is an
 * address above `shift`, the shift, and an address-space number.
 */
export class AssociativeArray {
  readonly entries: number;
  readonly ways: number;
  readonly #sets: number;
  readonly #keyLo: Int32Array;
  readonly #keyHi: Int32Array;
  /** 0 for an empty entry. */
  readonly #shift: Uint8Array;
  readonly #asid: Int32Array;
  /** Time of the last use; a double counts 2^53 of them. */
  readonly #used: Float64Array;
  #time: number = 0;
  /** Whose the translation is that `lookup` found last. */
  foundAsid: number = ASID_GLOBAL;

  /** @throws IsinglassError `ISG_TLB_MODEL_BAD_CONFIG` */
  constructor(entries: number, ways: number) {
    const sets = entries / ways;
    if (!(entries > 0 && ways > 0) || !Number.isInteger(sets) || (sets & (sets - 1)) !== 0) {
      throw new IsinglassError(
        "ISG_TLB_MODEL_BAD_CONFIG",
        `TLB model: ${entries} entries of ${ways} ways do not make a power of two of sets`,
        { entries, ways },
      );
    }
    this.entries = entries;
    this.ways = ways;
    this.#sets = sets;
    this.#keyLo = new Int32Array(entries);
    this.#keyHi = new Int32Array(entries);
    this.#shift = new Uint8Array(entries);
    this.#asid = new Int32Array(entries);
    this.#used = new Float64Array(entries);
  }

  /** Whether a translation of this size is there, the address space's own or a global one; if so, it has been used now. */
  lookup(vaLo: number, vaHi: number, shift: number, asid: number): boolean {
    const entry = this.#find(keyLow(vaLo, vaHi, shift), keyHigh(vaHi, shift), shift, asid);
    if (entry < 0) return false;
    this.#used[entry] = ++this.#time;
    this.foundAsid = this.#asid[entry]!;
    return true;
  }

  /** Puts a translation in, in place of the least recently used one of its set. */
  insert(vaLo: number, vaHi: number, shift: number, asid: number): void {
    const lo = keyLow(vaLo, vaHi, shift);
    const hi = keyHigh(vaHi, shift);
    let entry = this.#find(lo, hi, shift, asid);
    if (entry < 0) {
      const first = (lo & (this.#sets - 1)) * this.ways;
      entry = first;
      for (let i = first; i < first + this.ways; i++) {
        if (this.#shift[i] === 0) {
          entry = i;
          break;
        }
        if (this.#used[i]! < this.#used[entry]!) entry = i;
      }
    }
    this.#keyLo[entry] = lo;
    this.#keyHi[entry] = hi;
    this.#shift[entry] = shift;
    this.#asid[entry] = asid;
    this.#used[entry] = ++this.#time;
  }

  flushAll(): void {
    this.#shift.fill(0);
  }

  flushNonGlobal(): void {
    for (let i = 0; i < this.entries; i++) if (this.#asid[i] !== ASID_GLOBAL) this.#shift[i] = 0;
  }

  flushAsid(asid: number): void {
    for (let i = 0; i < this.entries; i++) if (this.#asid[i] === asid) this.#shift[i] = 0;
  }

  /** Forgets what translates this address in this address space, of any size, global or not. */
  flushAddress(vaLo: number, vaHi: number, asid: number): void {
    for (let i = 0; i < this.entries; i++) {
      const shift = this.#shift[i]!;
      if (shift === 0 || (this.#asid[i] !== asid && this.#asid[i] !== ASID_GLOBAL)) continue;
      if (this.#keyLo[i] === keyLow(vaLo, vaHi, shift) && this.#keyHi[i] === keyHigh(vaHi, shift)) this.#shift[i] = 0;
    }
  }

  #find(lo: number, hi: number, shift: number, asid: number): number {
    const first = (lo & (this.#sets - 1)) * this.ways;
    for (let i = first; i < first + this.ways; i++) {
      if (this.#shift[i] !== shift || this.#keyLo[i] !== lo || this.#keyHi[i] !== hi) continue;
      if (this.#asid[i] === asid || this.#asid[i] === ASID_GLOBAL) return i;
    }
    return -1;
  }
}

/** Bits 31:0 of the address >>> shift; the shifts are 12 to 48. */
function keyLow(vaLo: number, vaHi: number, shift: number): number {
  return shift < 32 ? (vaLo >>> shift) | (vaHi << (32 - shift)) : vaHi >> (shift - 32);
}

function keyHigh(vaHi: number, shift: number): number {
  return shift < 32 ? vaHi >> shift : vaHi >> 31;
}
