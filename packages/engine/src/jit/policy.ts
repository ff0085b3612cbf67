/** What decides when code is compiled. */
export interface TierPolicy {
  /** Arrivals at an address, counted in steps of 128, before a region is made there. */
  readonly threshold: number;
  /** Regions that wait before a module is made of them. */
  readonly batch: number;
  /** Further counts of 128 of one waiting entry after which the batch is made, however small. */
  readonly patience: number;
  /** Most instructions and pages of a region. */
  readonly instructions: number;
  readonly pages: number;
  /** Most regions kept, some 15 KB of the host each; beyond it all are dropped, and what is still hot is made again. */
  readonly regions: number;
  /** Entries after which a region that is soon left takes in those that it goes to (0: never), and its most instructions and pages then. */
  readonly growth: number;
  readonly grownInstructions: number;
  readonly grownPages: number;
}

export const DEFAULT_POLICY: TierPolicy = {
  threshold: 2048,
  batch: 24,
  patience: 16,
  instructions: 80,
  pages: 2,
  regions: 8192,
  growth: 65536,
  grownInstructions: 256,
  grownPages: 8,
};

/** Everything at once, on its first execution: for tests of the compiler. */
export const EAGER_POLICY: TierPolicy = {
  threshold: 0,
  batch: 1,
  patience: 0,
  instructions: 64,
  pages: 3,
  regions: 4096,
  growth: 0,
  grownInstructions: 64,
  grownPages: 3,
};
