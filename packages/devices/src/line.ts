import type { InterruptLine } from "@isinglass/interface";

/** A wire that goes nowhere. */
export const NO_LINE: InterruptLine = { setLevel(): void {} };

/**
 * One wire to several inputs: on a PC each ISA interrupt reaches the 8259A and the IOAPIC.
 *
 * @example
 * const irq4 = new LineFork([pic.line(4), ioapic.line(4)]);
 */
export class LineFork implements InterruptLine {
  readonly #targets: readonly InterruptLine[];

  constructor(targets: readonly InterruptLine[]) {
    this.#targets = targets;
  }

  setLevel(asserted: boolean): void {
    for (let i = 0; i < this.#targets.length; i++) this.#targets[i]!.setLevel(asserted);
  }
}

/**
 * Several drivers on one wire: it is asserted while at least one of them asserts it (a shared, wired-or interrupt). The levels of the
 * inputs belong to who drives them; after a restore each driver's own state says them again through {@link SharedLine.restore}.
 */
export class SharedLine {
  readonly #target: InterruptLine;
  readonly #inputs: SharedInput[] = [];
  #asserted = 0;

  constructor(target: InterruptLine) {
    this.#target = target;
  }

  /** A new driver of this wire. */
  input(): InterruptLine {
    const input = new SharedInput(this);
    this.#inputs.push(input);
    return input;
  }

  /** Which inputs are asserted, one bit each in order of {@link input}; at most 32 inputs are represented. */
  get levels(): number {
    let bits = 0;
    for (let i = 0; i < this.#inputs.length; i++) if (this.#inputs[i]!.asserted) bits |= 1 << i;
    return bits >>> 0;
  }

  /** Sets all inputs without touching the wire: for restoring a machine. */
  restore(levels: number): void {
    this.#asserted = 0;
    for (let i = 0; i < this.#inputs.length; i++) {
      const asserted = ((levels >>> i) & 1) !== 0;
      this.#inputs[i]!.asserted = asserted;
      if (asserted) this.#asserted++;
    }
  }

  /** For its inputs. */
  change(by: number): void {
    const before = this.#asserted;
    this.#asserted += by;
    if (before === 0 && this.#asserted > 0) this.#target.setLevel(true);
    else if (before > 0 && this.#asserted === 0) this.#target.setLevel(false);
  }
}

class SharedInput implements InterruptLine {
  asserted = false;
  readonly #line: SharedLine;

  constructor(line: SharedLine) {
    this.#line = line;
  }

  setLevel(asserted: boolean): void {
    if (asserted === this.asserted) return;
    this.asserted = asserted;
    this.#line.change(asserted ? 1 : -1);
  }
}
