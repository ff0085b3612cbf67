import { I32, type Value, type ValueType } from "./types.js";

/** A place in the vCPU state: an offset from a hole's (-1: from the start), and a length. */
export interface Place {
  readonly hole: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Range of offsets that `state` holes with their displacement stay in, if the caller knows one. */
export type HoleRange = readonly [from: number, to: number] | undefined;

/** Whether two places may share a byte. Different holes may be bound to the same register. */
export function mayOverlap(p: Place, q: Place, holes: HoleRange): boolean {
  if (p.hole === q.hole) return p.offset < q.offset + q.bytes && q.offset < p.offset + p.bytes;
  if (holes === undefined || (p.hole >= 0 && q.hole >= 0)) return true;
  const fixed = p.hole < 0 ? p : q;
  return fixed.offset < holes[1] && holes[0] < fixed.offset + fixed.bytes;
}

/** Whether writing `outer` writes every byte of `inner`. */
export function covers(outer: Place, inner: Place): boolean {
  return (
    outer.hole === inner.hole &&
    outer.offset <= inner.offset &&
    inner.offset + inner.bytes <= outer.offset + outer.bytes
  );
}

/** Bytes of the state that are known to be the low bytes of a value. */
export interface KnownBytes {
  readonly place: Place;
  readonly value: Value;
  readonly type: ValueType;
  /** The op that loaded the value, or -1 if it was stored: an equal load gives an equal value. */
  readonly loadedBy: number;
}

/** What a pass knows of the vCPU state at a point of a function. */
export class KnownState {
  readonly #holes: HoleRange;
  #known: KnownBytes[];

  constructor(holes: HoleRange, known: readonly KnownBytes[] = []) {
    this.#holes = holes;
    this.#known = [...known];
  }

  copy(): KnownState {
    return new KnownState(this.#holes, this.#known);
  }

  forgetAll(): void {
    this.#known = [];
  }

  /** Something else may be at a place from now on. */
  forget(place: Place): void {
    this.#known = this.#known.filter((known) => !mayOverlap(known.place, place, this.#holes));
  }

  stored(place: Place, type: ValueType, value: Value): void {
    this.forget(place);
    this.#known.push({ place, value, type, loadedBy: -1 });
  }

  loaded(place: Place, type: ValueType, op: number, value: Value): void {
    this.#known.push({ place, value, type, loadedBy: op });
  }

  /** What is known of all bytes of a place; what an equal load gave comes first. */
  find(place: Place, op: number): KnownBytes | undefined {
    const found = this.#known.filter((known) => covers(known.place, place));
    const same = found.find(
      (known) => known.loadedBy === op && known.place.bytes === place.bytes && known.place.offset === place.offset,
    );
    return same ?? found.find((known) => known.type !== I32 || place.bytes <= 4);
  }
}
