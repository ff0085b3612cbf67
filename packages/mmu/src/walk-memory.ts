/** `WalkMemory.compareAndSet`: the word has changed, the walk starts again. */
export const CAS_CHANGED = 0;
/** `WalkMemory.compareAndSet`: stored. */
export const CAS_DONE = 1;
/** `WalkMemory.compareAndSet`: a second-stage fault, described by the implementation. */
export const CAS_FAULT = 2;

/**
 * Memory as a page walker sees it. Addresses are those of the tables that are walked: guest-physical for the guest's own
 * tables. An implementation may translate them by a second stage (EPT, NPT, Arm stage 2) and then fail.
 */
export interface WalkMemory {
  /** Low half of what was loaded last. */
  lo: number;
  /** High half of what `load64` loaded last. */
  hi: number;
  /** Loads the aligned 32-bit word at `gpa` into `lo`; false: a second-stage fault, described by the implementation. */
  load32(gpa: number): boolean;
  /** Loads the aligned 64-bit word at `gpa` into `lo` and `hi`; false as above. */
  load64(gpa: number): boolean;
  /**
   * Stores `value` as the 32-bit word at `gpa` if it still is `expected`; atomic against other vCPUs. All flags that a walk
   * sets are in the low half of an entry.
   *
   * @returns CAS_DONE, CAS_CHANGED or CAS_FAULT
   */
  compareAndSet(gpa: number, expected: number, value: number): number;
}
