/**
 * Where QEMU's TCG (7.2) is not what a processor is: what our CPU answers instead, and why. Case by case, so that nothing else slips through.
 */
export interface Difference {
  readonly program: string;
  readonly name: string;
  /** The answer that is right. */
  readonly isinglass: string;
  readonly reason: string;
}
