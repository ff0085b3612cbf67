import type { CodeCache, Region, RegionUse } from "../code-cache.js";
import type { Decision, DropReason, Jit, JitObserver, Waiting } from "./jit.js";
import type { TierPolicy } from "./policy.js";
import type { RegionShape } from "./region-shape.js";

/** Most records kept; older ones of regions that are gone are forgotten first. */
const MOST_RECORDS = 50_000;

/** A part of a region: consecutive instructions that are entered at the first. */
export interface ReportedBlock {
  /** Linear address, as mapped when the region was made. */
  readonly address: bigint;
  readonly bytes: number;
  readonly instructions: number;
}

/** What became of a place that was executed often. */
export interface RegionRecord {
  /** Linear address of the entry when it was found. */
  readonly address: bigint;
  /** Mode word. */
  readonly mode: number;
  /** Host offset of the entry. */
  readonly hostOffset: number;
  /** Arrivals when it was found, in steps of 128; 0 where they did not decide. */
  readonly arrivals: number;
  /** Entries of the region that it has grown from, which it replaces; undefined: it has grown from none. */
  readonly grownAfter: number | undefined;
  /** `refused`: nothing can be compiled there. `dropped`: it was compiled and is not any more. */
  state: "compiled" | "refused" | "dropped";
  /** Why it was dropped. */
  dropped: DropReason | undefined;
  readonly blocks: readonly ReportedBlock[];
  readonly instructions: number;
  /** Pages, by distance from the entry's. */
  readonly pages: readonly number[];
  /** Of WebAssembly, in the region's function. */
  readonly bytes: number;
  readonly decision: Decision | undefined;
  /** Entries through the dispatch loop, and instructions executed in it, as of the last look. */
  use: RegionUse;
}

const linear = (lo: number, hi: number): bigint => BigInt.asUintN(64, (BigInt(hi) << 32n) | BigInt(lo >>> 0));

/** Keeps a record of each region that a compiler makes, and of each place where it makes none. */
export class RegionLog implements JitObserver {
  readonly policy: TierPolicy;
  readonly records: RegionRecord[] = [];
  readonly #byRegion = new Map<Region, RegionRecord>();

  /** Watches from now on. */
  constructor(jit: Jit) {
    this.policy = jit.policy;
    jit.observer = this;
  }

  compiled(
    waiting: Waiting,
    shape: RegionShape,
    region: Region,
    bytes: number,
    decision: Decision,
    installed: boolean,
  ): void {
    const entry = linear(waiting.lo, waiting.hi);
    const page = entry & ~0xfffn;
    const record: RegionRecord = {
      ...this.#common(waiting),
      state: installed ? "compiled" : "dropped",
      dropped: installed ? undefined : "in the way",
      blocks: shape.blocks.map((block) => ({
        address: BigInt.asUintN(64, page + BigInt(block.offset)),
        bytes: block.end - block.offset,
        instructions: block.instructions.length,
      })),
      instructions: shape.instructions,
      pages: [...shape.pages.keys()],
      bytes,
      decision,
      use: { entries: 0, executed: 0 },
    };
    this.#add(record);
    if (installed) this.#byRegion.set(region, record);
  }

  refused(waiting: Waiting): void {
    this.#add({
      ...this.#common(waiting),
      state: "refused",
      dropped: undefined,
      blocks: [],
      instructions: 0,
      pages: [],
      bytes: 0,
      decision: undefined,
      use: { entries: 0, executed: 0 },
    });
  }

  dropped(region: Region, why: DropReason, use: RegionUse): void {
    const record = this.#byRegion.get(region);
    if (record === undefined) return;
    this.#byRegion.delete(region);
    record.state = "dropped";
    record.dropped = why;
    record.use = use;
  }

  #common(waiting: Waiting): Pick<RegionRecord, "address" | "mode" | "hostOffset" | "arrivals" | "grownAfter"> {
    const { lo, hi, mode, host, times, growth } = waiting;
    return {
      address: linear(lo, hi),
      mode,
      hostOffset: host + (lo & 0xfff),
      arrivals: times,
      grownAfter: growth?.entries,
    };
  }

  #add(record: RegionRecord): void {
    if (this.records.length >= MOST_RECORDS) {
      const kept = this.records.filter(({ state }) => state === "compiled");
      this.records.length = 0;
      for (const one of kept) this.records.push(one);
    }
    this.records.push(record);
  }

  /** Looks up what the regions in use have done. */
  refresh(code: CodeCache): void {
    for (const [region, record] of this.#byRegion) record.use = code.useOf(region);
  }

  /** Records whose code covers a linear address, as it was mapped then, or a host offset; oldest first. */
  covering(address: bigint, hostOffset: number): RegionRecord[] {
    return this.records.filter((record) => {
      if (record.address === address || record.hostOffset === hostOffset) return true;
      const shift = hostOffset < 0 ? 0n : BigInt(hostOffset - record.hostOffset);
      const samePage = hostOffset >>> 12 === record.hostOffset >>> 12 && hostOffset >= 0;
      return record.blocks.some(
        (block) =>
          (address >= block.address && address < block.address + BigInt(block.bytes)) ||
          (samePage &&
            record.address + shift >= block.address &&
            record.address + shift < block.address + BigInt(block.bytes)),
      );
    });
  }
}
