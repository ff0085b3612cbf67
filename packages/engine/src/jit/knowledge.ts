/** Something found out about a condition that nothing in a region changes; a list that grows towards its newest member. */
export interface Truth {
  readonly key: string;
  readonly holds: boolean;
  readonly older: Truth | undefined;
}

/** What is known of the slots at one place of a region. */
export class Knowledge {
  // Plain arrays: copies are made at every branch, and these are copied in a third of the time of typed ones.
  /** Constant in each slot: an op of the buffer, or -1. */
  readonly constant: number[];
  /** The GET that read each slot last, or -1. */
  readonly leaf: number[];
  /** Widths from which each slot's value is zero- and sign-extended. */
  readonly zx: number[];
  readonly sx: number[];
  truths: Truth | undefined;

  /** @param from knowledge to begin with; none unless told */
  constructor(slots: number, from?: Knowledge) {
    const filled = (value: number): number[] => Array.from({ length: slots }, () => value);
    this.constant = from === undefined ? filled(-1) : from.constant.slice();
    this.leaf = from === undefined ? filled(-1) : from.leaf.slice();
    this.zx = from === undefined ? filled(64) : from.zx.slice();
    this.sx = from === undefined ? filled(64) : from.sx.slice();
    this.truths = from?.truths;
  }

  copy(): Knowledge {
    return new Knowledge(this.constant.length, this);
  }

  forget(slot: number): void {
    this.constant[slot] = -1;
    this.leaf[slot] = -1;
    this.zx[slot] = 64;
    this.sx[slot] = 64;
  }

  /** Leaves what both know. */
  meet(other: Knowledge): void {
    for (let slot = 0; slot < this.constant.length; slot += 1) {
      if (this.constant[slot] !== other.constant[slot]) this.constant[slot] = -1;
      if (this.leaf[slot] !== other.leaf[slot]) this.leaf[slot] = -1;
      this.zx[slot] = Math.max(this.zx[slot]!, other.zx[slot]!);
      this.sx[slot] = Math.max(this.sx[slot]!, other.sx[slot]!);
    }
    this.truths = commonTruths(this.truths, other.truths);
  }

  /** What it knows in a block of its own: values are read again there. */
  inherited(): Knowledge {
    const other = this.copy();
    other.leaf.fill(-1);
    return other;
  }

  truth(key: string): boolean | undefined {
    for (let t = this.truths; t !== undefined; t = t.older) if (t.key === key) return t.holds;
    return undefined;
  }

  learn(key: string, holds: boolean): void {
    this.truths = { key, holds, older: this.truths };
  }
}

/** The part of two lists that they share. */
export function commonTruths(p: Truth | undefined, q: Truth | undefined): Truth | undefined {
  const members = new Set<Truth>();
  for (let t = p; t !== undefined; t = t.older) members.add(t);
  for (let t = q; t !== undefined; t = t.older) if (members.has(t)) return t;
  return undefined;
}
