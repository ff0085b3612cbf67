import { PAGING_32, PAGING_5, PAGING_PAE, type X86Regime } from "./x86-regime.js";

/** One entry that a walk used. */
export interface WalkStep {
  /** `PML5E`, `PML4E`, `PDPTE`, `PDE` or `PTE`. */
  readonly name: string;
  /** Where the entry was read; null for a PAE page-directory-pointer register. */
  readonly gpa: number | null;
  /** The entry after the walk, with the accessed and dirty bits that it set. */
  readonly entry: bigint;
  /** The flags that are set, such as `P RW US A D`. */
  readonly flags: string;
}

const NAMES_64: readonly string[] = ["PML5E", "PML4E", "PDPTE", "PDE", "PTE"];
const NAMES_32: readonly string[] = ["PDE", "PTE"];
const FLAG_NAMES: readonly string[] = ["P", "RW", "US", "PWT", "PCD", "A", "D", "PS", "G"];

/** The entries of a walk, in words. For people: allocates. */
export function describeSteps(
  regime: X86Regime,
  vaLo: number,
  count: number,
  address: Float64Array,
  lo: Int32Array,
  hi: Int32Array,
): WalkStep[] {
  const steps: WalkStep[] = [];
  if (regime.paging === PAGING_PAE) {
    const entry = BigInt(regime.pdpte[vaLo >>> 30]!);
    steps.push({ name: "PDPTE", gpa: null, entry, flags: (entry & 1n) === 0n ? "" : "P" });
  }
  const names = regime.paging === PAGING_32 ? NAMES_32 : NAMES_64;
  const first = regime.paging === PAGING_32 || regime.paging === PAGING_5 ? 0 : regime.paging === PAGING_PAE ? 3 : 1;
  for (let i = 0; i < count; i++) {
    const name = names[first + i]!;
    steps.push({
      name,
      gpa: address[i]!,
      entry: (BigInt(hi[i]! >>> 0) << 32n) | BigInt(lo[i]! >>> 0),
      flags: flagNames(name, lo[i]!, hi[i]!),
    });
  }
  return steps;
}

function flagNames(name: string, lo: number, hi: number): string {
  const set = FLAG_NAMES.filter((_, bit) => ((lo >>> bit) & 1) !== 0).map((flag) =>
    // The same bit of an entry that maps 4 KiB selects a memory type.
    flag === "PS" && name === "PTE" ? "PAT" : flag,
  );
  if (hi < 0) set.push("XD");
  return set.join(" ");
}
