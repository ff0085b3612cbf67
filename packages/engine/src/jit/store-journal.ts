const FIRST = 1024;
/** Widest store in bytes. */
const WIDEST = 64;

/** Bytes of memory that two runs left different. */
export interface MemoryDifference {
  /** Offset in the machine's buffer. */
  readonly hostOffset: number;
  readonly compiled: number;
  readonly interpreted: number;
}

/** What a run stored, oldest first: enough to take it back, and to hold another run against it. */
export class StoreJournal {
  count = 0;
  readonly #u8: Uint8Array;
  #hosts: Int32Array = new Int32Array(FIRST);
  /** Length; below 0: of a page walk, which is taken back but not compared. */
  #lengths: Int8Array = new Int8Array(FIRST);
  #before: Uint8Array = new Uint8Array(FIRST * WIDEST);
  #after: Uint8Array = new Uint8Array(FIRST * WIDEST);

  constructor(u8: Uint8Array) {
    this.#u8 = u8;
  }

  clear(): void {
    this.count = 0;
  }

  /** To be called before `length` bytes at `hostOffset` are written. */
  note(hostOffset: number, length: number, byWalk: boolean = false): void {
    const i = this.count;
    if (i === this.#hosts.length) this.#grow();
    this.#hosts[i] = hostOffset;
    this.#lengths[i] = byWalk ? -length : length;
    this.#before.set(this.#u8.subarray(hostOffset >>> 0, (hostOffset >>> 0) + length), i * WIDEST);
    this.count = i + 1;
  }

  #grow(): void {
    const size = this.#hosts.length * 2;
    const hosts = new Int32Array(size);
    hosts.set(this.#hosts);
    this.#hosts = hosts;
    const lengths = new Int8Array(size);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    const before = new Uint8Array(size * WIDEST);
    before.set(this.#before);
    this.#before = before;
    this.#after = new Uint8Array(size * WIDEST);
  }

  /** Keeps what the stores left in memory. */
  keep(): void {
    for (let i = 0; i < this.count; i += 1) {
      const host = this.#hosts[i]! >>> 0;
      this.#after.set(this.#u8.subarray(host, host + Math.abs(this.#lengths[i]!)), i * WIDEST);
    }
  }

  /** Takes back all stores but the first `keep`. */
  undo(keep: number = 0): void {
    for (let i = this.count - 1; i >= keep; i -= 1) {
      const at = i * WIDEST;
      this.#u8.set(this.#before.subarray(at, at + Math.abs(this.#lengths[i]!)), this.#hosts[i]! >>> 0);
    }
    this.count = keep;
  }

  /** Whether another journal has the same stores in the same order and left the same bytes; both have been {@link keep}t. */
  equals(other: StoreJournal): boolean {
    let k = 0;
    for (let i = 0; i < this.count; i += 1) {
      const length = this.#lengths[i]!;
      if (length < 0) continue;
      while (k < other.count && other.#lengths[k]! < 0) k += 1;
      if (k === other.count || other.#hosts[k] !== this.#hosts[i] || other.#lengths[k] !== length) return false;
      for (let at = i * WIDEST, to = k * WIDEST, end = at + length; at < end; at += 1, to += 1)
        if (this.#after[at] !== other.#after[to]) return false;
      k += 1;
    }
    while (k < other.count && other.#lengths[k]! < 0) k += 1;
    return k === other.count;
  }

  /** Bytes that this run left otherwise than the other did, however each wrote them. */
  differences(other: StoreJournal): MemoryDifference[] {
    const compiled = this.#bytes();
    const interpreted = other.#bytes();
    const found: MemoryDifference[] = [];
    for (const hostOffset of [...new Set([...compiled.keys(), ...interpreted.keys()])].sort((a, b) => a - b)) {
      const [before, here] = compiled.get(hostOffset) ?? [undefined, undefined];
      const [was, there] = interpreted.get(hostOffset) ?? [undefined, undefined];
      const a = here ?? was!;
      const b = there ?? before!;
      if (a !== b) found.push({ hostOffset, compiled: a, interpreted: b });
    }
    return found;
  }

  /** Each byte that was written: before the first store and after the last. */
  #bytes(): Map<number, readonly [before: number, after: number]> {
    const bytes = new Map<number, readonly [number, number]>();
    for (let i = 0; i < this.count; i += 1) {
      for (let k = 0; k < this.#lengths[i]!; k += 1) {
        const host = (this.#hosts[i]! >>> 0) + k;
        const first = bytes.get(host)?.[0] ?? this.#before[i * WIDEST + k]!;
        bytes.set(host, [first, this.#after[i * WIDEST + k]!]);
      }
    }
    return bytes;
  }
}
