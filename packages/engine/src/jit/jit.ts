import { type SoftTlb, TLB_X } from "@isinglass/mmu";
import type { GuestIsa } from "@isinglass/uops";
import { Wasm, type WasmImports, type WasmTable } from "@isinglass/wasm";
import type { CodeCache, CodePage, Region, RegionUse } from "../code-cache.js";
import { TLB_SHAPE } from "../tlb-shape.js";
import type { FormFacts } from "./form-facts.js";
import { ExitProfile, type GrowthPart, type GrowthRoot, keptInside, planGrowth } from "./growth.js";
import { MOST_IN_BLOCK, MOST_PAGES_AWAY, NEAR_PAGES } from "./exits.js";
import type { TierPolicy } from "./policy.js";
import { RegionCompiler, buildRegionModule } from "./region-module.js";
import { type RegionShape, shapeRegion } from "./region-shape.js";

/** What the compiler has done. */
export interface JitStats {
  regions: number;
  modules: number;
  /** Guest instructions compiled. */
  instructions: number;
  /** Bytes of WebAssembly emitted. */
  bytes: number;
  /** Milliseconds spent, by the clock that the host passed in; and most of them at a time, while the guest stood still. */
  time: number;
  longest: number;
  dropped: number;
  /** Entries at which nothing could be compiled. */
  refused: number;
}

/** A place that is to become a region's entry. */
export interface Waiting {
  /** Linear address. */
  readonly lo: number;
  readonly hi: number;
  readonly mode: number;
  /** Host offset of its page. */
  readonly host: number;
  /** Arrivals when it was found. */
  readonly times: number;
  /** The region there, how often it had been entered, and what the one in its place is to take in. */
  readonly growth?: { readonly region: Region; readonly entries: number; readonly roots: readonly GrowthRoot[] };
}

/** What is kept of a region's shape until its module is there. */
interface Made extends Pick<RegionShape, "entry" | "instructions" | "pages" | "continuations"> {
  readonly waiting: Waiting;
  /** All of it, for an observer. */
  readonly shape: RegionShape | undefined;
}

/** Samples of where a region is left for before it is decided whether to grow it. */
const SAMPLES = 32;
/** Instructions executed in a region each time it is entered above which leaving it costs little beside them. */
const LONG_STAY = 96;
/** Exits that are rarer than one in so many are not taken in. */
const LEAST = 24;
/** Growth that is asked for counts as so many counts of a waiting entry. */
const GROWTH_URGENCY = 8;
/** How often a region is grown. */
const MOST_GROWN = 2;
/** Compiling an instruction costs as much as leaving a region so often. */
const ENTRIES_EACH = 1000;
/** How often it is looked at whether growth would have paid by now. */
const STAGES = 3;
/** Samples are taken so much farther apart when they have not paid for growth yet. */
const STRETCH = 4;
/** What is branched to on fewer than one in so many of the arrivals that made an entry wait stays out of its region. */
const COLD = 64;
/** Milliseconds after which no further region is begun: with the one in hand and what V8 does with the module the guest stands still for less than 5. */
const SLICE = 2;
const NEVER = 0x3fff_ffff;
const MOST_RETURN_SITES = 100_000;

/** What a module was made for: the waiting entries when it was, and further counts of those that waited long. */
export interface Decision {
  readonly waiting: number;
  readonly urgent: number;
  /** Number of the module, from 1 up. */
  readonly module: number;
  readonly regions: number;
  readonly milliseconds: number;
}

/** Why a region is in use no more: a page of it was written, the code cache was emptied, its entry could not be replaced, or a larger one replaced it. */
export type DropReason = "written" | "emptied" | "in the way" | "grown";

/** Somebody who wants to know what the compiler does; nothing of it is on a path that code is executed on. */
export interface JitObserver {
  /** `bytes`: of the region's function. `installed`: false if it is thrown away at once. */
  compiled(
    waiting: Waiting,
    shape: RegionShape,
    region: Region,
    bytes: number,
    decision: Decision,
    installed: boolean,
  ): void;
  refused(waiting: Waiting): void;
  dropped(region: Region, why: DropReason, use: RegionUse): void;
}

export interface JitOptions {
  readonly isa: GuestIsa;
  readonly bytes: Uint8Array;
  readonly code: CodeCache;
  readonly tlb: Pick<SoftTlb, "lookup">;
  /** The view that code is fetched through now. */
  readonly view: () => number;
  readonly table: WasmTable;
  readonly imports: WasmImports;
  readonly policy: TierPolicy;
  /** How often the interpreter has gone to a record. */
  readonly arrivals: (record: number) => number;
  readonly now: () => number;
  /** The host is asked for each store of a region where it goes. */
  readonly notesStores?: boolean;
  /** Gives what goes into a slot of the table for a region with its entry at an offset of its page; the region unless told. */
  readonly place?: (slot: number, region: unknown, entry: number) => unknown;
}

/** One number for the place that is to become a region's entry. */
function waitingKey({ lo, mode, host }: Waiting): number {
  return (host + (lo & 0xfff)) * 256 + mode;
}

/** Whether a region is left for the callers of its code more often than for anything else. */
function mostlyReturns(profile: ExitProfile, isReturn: (offset: number) => boolean): boolean {
  let returns = 0;
  for (const [distance, times] of profile.targets) if (isReturn(distance)) returns += times;
  return 2 * returns > profile.total;
}

/** The second tier: makes regions of what is executed often, a module of many at a time. */
export class Jit {
  readonly policy: TierPolicy;
  readonly stats: JitStats = {
    regions: 0,
    modules: 0,
    instructions: 0,
    bytes: 0,
    time: 0,
    longest: 0,
    dropped: 0,
    refused: 0,
  };
  observer: JitObserver | undefined;
  readonly #options: JitOptions;
  readonly #compiler: RegionCompiler;
  readonly #facts: (FormFacts | undefined)[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #isWaiting = new Set<number>();
  readonly #free: number[] = [];
  /** Regions in use by the record at their entry. */
  readonly #regions = new Map<number, Region>();
  /** Host offsets where calls that were compiled return to: hints only, so that they may be forgotten. */
  readonly #returnSites = new Set<number>();
  #random = 1;
  #slots = 0;
  #urgent = 0;

  constructor(options: JitOptions) {
    this.#options = options;
    this.policy = options.policy;
    this.#compiler = new RegionCompiler(options.isa, TLB_SHAPE, options.notesStores);
    options.code.onRegionDropped = (region, why, use) => this.#release(region, why, use);
  }

  /**
   * The instruction at linear address (lo, hi) has been gone to another 128 times, `times` in all.
   *
   * @returns whether the executor should leave so that waiting regions are made now
   */
  hot(lo: number, hi: number, mode: number, times: number): boolean {
    const { policy } = this;
    if (times < policy.threshold) return false;
    const host = this.#hostPage(lo, hi);
    if (host < 0) return false;
    const one = { lo, hi, mode, host, times };
    const key = waitingKey(one);
    if (this.#isWaiting.has(key)) this.#urgent += 1;
    else {
      if (times >= policy.threshold + 128) return false;
      this.#isWaiting.add(key);
      this.#waiting.push(one);
    }
    return this.isDue;
  }

  /** Entries until the next sample: of a mean length, but never a period that a loop of the guest's could have. */
  #period(stage = 1): number {
    const mean = (this.policy.growth / SAMPLES) * STRETCH ** (stage - 1);
    if (mean < 1) return NEVER;
    // Marsaglia, "Xorshift RNGs", 2003.
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return 1 + Math.floor(((random >>> 8) / 2 ** 24) * 2 * mean);
  }

  /**
   * A sample: the region at a record, entered at its page at linear address (lo, hi), was left for `distance` from there.
   *
   * @returns whether the executor should leave so that waiting regions are made now
   */
  left(record: number, lo: number, hi: number, distance: number): boolean {
    const { code } = this.#options;
    const region = this.#regions.get(record);
    if (region === undefined) return false;
    const { profile } = region;
    profile.add(distance);
    if (profile.total < SAMPLES * profile.stage) {
      code.beginPeriod(region, this.#period(profile.stage));
      return false;
    }
    const page = region.pages[0]!;
    const use = code.useOf(region);
    const isReturn = (offset: number): boolean => this.#isReturnSite(lo, hi, offset);
    if (profile.grown >= MOST_GROWN || use.executed > LONG_STAY * use.entries || mostlyReturns(profile, isReturn)) {
      code.beginPeriod(region, NEVER);
      return false;
    }
    profile.stage += 1;
    code.beginPeriod(region, profile.stage > STAGES ? NEVER : this.#period(profile.stage));
    const host = page.hostPage << 12;
    const entry = region.offset;
    const roots = planGrowth(entry, region, (offset) => this.#regionAt(lo, hi, page.mode, offset), {
      // Parts overlap.
      instructions: 2 * this.policy.grownInstructions,
      least: LEAST,
      farthest: MOST_PAGES_AWAY * 4096,
      isReturn,
    });
    if (roots === undefined) return false;
    const growth = { region, entries: use.entries, roots };
    const shape = this.#shape({ lo: lo | entry, hi, mode: page.mode, host, times: 0, growth });
    if (shape === undefined || use.entries * keptInside(roots) < ENTRIES_EACH * shape.instructions) return false;
    this.#waiting.push({ lo: lo | entry, hi, mode: page.mode, host, times: 0, growth });
    this.#urgent += GROWTH_URGENCY;
    return this.isDue;
  }

  /** The region in use at an offset from the page at (lo, hi), as that is mapped now. */
  #regionAt(lo: number, hi: number, mode: number, offset: number): Region | undefined {
    const low = (lo >>> 0) + offset;
    const host = this.#hostPage(low | 0, (hi + Math.floor(low / 0x1_0000_0000)) | 0);
    return host < 0 ? undefined : this.#regions.get(this.#options.code.knownRecord(host, mode, offset & 0xfff));
  }

  #isReturnSite(lo: number, hi: number, offset: number): boolean {
    const low = (lo >>> 0) + offset;
    const host = this.#hostPage(low | 0, (hi + Math.floor(low / 0x1_0000_0000)) | 0);
    return host >= 0 && this.#returnSites.has(host + (offset & 0xfff));
  }

  /** Host offset of the page that a fetch from an address would come from without a walk, or -1. */
  #hostPage(lo: number, hi: number): number {
    const host = this.#options.tlb.lookup(this.#options.view(), lo, hi, TLB_X);
    return host < 0 ? host : host - (lo & 0xfff);
  }

  /** Makes a region at an address whose code has been decoded, now. */
  force(lo: number, hi: number, mode: number): void {
    const host = this.#hostPage(lo, hi);
    if (host < 0 || !this.#options.code.canHaveRegion(host, mode, lo & 0xfff)) return;
    this.#waiting.push({ lo, hi, mode, host, times: 0 });
    this.compile();
  }

  /** Whether enough waits. */
  get isDue(): boolean {
    return this.#waiting.length >= this.policy.batch || this.#urgent >= this.policy.patience;
  }

  /** Compiles what waits, or as much of it as there is time for: the rest is due then. */
  compile(): void {
    const urgent = this.#urgent;
    this.#urgent = 0;
    if (this.#waiting.length === 0) return;
    const { now, code } = this.#options;
    if (!code.hasRoomFor(Math.min(this.#waiting.length, this.policy.batch))) {
      // What is hot gets here again when it has been decoded anew.
      this.#waiting.length = 0;
      this.#isWaiting.clear();
      code.dropAll();
      return;
    }
    const begun = now();
    const waiting = this.#waiting.splice(0);
    this.#isWaiting.clear();
    if (this.#returnSites.size > MOST_RETURN_SITES) this.#returnSites.clear();
    if (this.#slots - this.#free.length + waiting.length > this.policy.regions) code.dropRegions();
    const made: Made[] = [];
    const sizes: number[] = [];
    const bytes = buildRegionModule(
      this.#options.isa,
      this.#compiler,
      this.#shapes(waiting, made, begun + SLICE),
      sizes,
    );
    if (made.length > 0) {
      const { exports } = new Wasm.Instance(new Wasm.Module(bytes), this.#options.imports);
      this.stats.modules += 1;
      this.stats.bytes += bytes.length;
      const decision: Decision = {
        waiting: waiting.length,
        urgent,
        module: this.stats.modules,
        regions: made.length,
        milliseconds: now() - begun,
      };
      made.forEach((one, k) => this.#install(one, exports[`r${k}`], sizes[k]!, decision));
    }
    const taken = now() - begun;
    this.stats.time += taken;
    this.stats.longest = Math.max(this.stats.longest, taken);
  }

  /** The regions that begin at waiting entries, one after the other: each is compiled before the next is made, and not kept. */
  *#shapes(waiting: readonly Waiting[], made: Made[], until: number): Generator<RegionShape> {
    const { code, now } = this.#options;
    const takenIn = new Set<GrowthPart>();
    for (const [i, one] of waiting.entries()) {
      if (made.length > 0 && now() > until) {
        this.#postpone(waiting.slice(i));
        return;
      }
      const { growth } = one;
      if (growth === undefined) {
        if (!code.canHaveRegion(one.host, one.mode, one.lo & 0xfff)) continue;
      } else {
        if (!this.#isInUse(growth.region)) continue;
        if (takenIn.has(growth.region)) {
          // Perhaps it is hardly entered now.
          growth.region.profile.clear();
          code.beginPeriod(growth.region, this.#period());
          continue;
        }
        for (const { part } of growth.roots) if (part !== undefined) takenIn.add(part);
      }
      const shape = this.#shape(one);
      if (shape === undefined) {
        this.stats.refused += 1;
        this.observer?.refused(one);
        continue;
      }
      const { entry, instructions, pages, continuations } = shape;
      this.#noteReturns(shape);
      made.push({
        waiting: one,
        entry,
        instructions,
        pages,
        continuations,
        shape: this.observer === undefined ? undefined : shape,
      });
      yield shape;
    }
  }

  #postpone(waiting: readonly Waiting[]): void {
    for (const one of waiting) {
      this.#waiting.push(one);
      if (one.growth === undefined) this.#isWaiting.add(waitingKey(one));
    }
    this.#urgent = this.policy.patience;
  }

  #noteReturns({ blocks, pages }: RegionShape): void {
    for (const block of blocks) {
      const page = pages.get(block.end >> 12);
      if (page !== undefined && block.instructions.at(-1)!.facts.keepsReturn)
        this.#returnSites.add(page + (block.end & 0xfff));
    }
  }

  #install(made: Made, compiled: unknown, size: number, decision: Decision): void {
    const { code } = this.#options;
    const { waiting, entry, instructions, shape } = made;
    const slot = this.#place(compiled, entry);
    const old = waiting.growth?.region;
    const region: Region = {
      slot,
      pages: this.#pagesOf(made),
      offset: entry,
      entry: 0,
      saved: 0,
      instructions,
      profile: new ExitProfile(this.#period(), old === undefined ? 0 : old.profile.grown + 1),
    };
    if (old !== undefined && this.#isInUse(old)) code.remove(old);
    const installed = code.install(region, entry);
    if (shape !== undefined) this.observer?.compiled(waiting, shape, region, size, decision, installed);
    if (installed) {
      this.#regions.set(region.entry, region);
      this.stats.regions += 1;
      this.stats.instructions += instructions;
      this.#continue(made);
    } else this.#release(region, "in the way", { entries: 0, executed: 0 });
  }

  /** What follows an interpreted instruction is executed as often as the region, but falling through is not counted: it waits as well. */
  #continue({ continuations, waiting: { lo, hi, mode, host, times } }: Made): void {
    if (this.policy.threshold === 0) return;
    const { code } = this.#options;
    for (const offset of continuations) {
      if (offset < 0 || offset >= 4096 || !code.canHaveRegion(host, mode, offset)) continue;
      const key = (host + offset) * 256 + mode;
      if (this.#isWaiting.has(key)) continue;
      this.#isWaiting.add(key);
      this.#waiting.push({ lo: (lo & ~0xfff) | offset, hi, mode, host, times });
    }
  }

  #isInUse(region: Region): boolean {
    return this.#regions.get(region.entry) === region;
  }

  #pagesOf({ waiting, pages: hosts }: Made): CodePage[] {
    const { code } = this.#options;
    const pages = [code.page(waiting.host, waiting.mode)];
    for (const [delta, host] of hosts) if (delta !== 0) pages.push(code.page(host, waiting.mode));
    return pages;
  }

  #shape(waiting: Waiting): RegionShape | undefined {
    const { isa, bytes, code, arrivals } = this.#options;
    const { lo, hi, mode, host, growth } = waiting;
    const least = this.policy.threshold / COLD;
    const farthest = growth === undefined ? NEAR_PAGES : MOST_PAGES_AWAY;
    const hostPage = (delta: number): number => {
      if (delta === 0) return host;
      if (Math.abs(delta) > farthest) return -1;
      const low = ((lo & ~0xfff) >>> 0) + delta * 4096;
      return this.#hostPage(low | 0, (hi + Math.floor(low / 0x1_0000_0000)) | 0);
    };
    return shapeRegion(
      isa,
      {
        bytes,
        hostPage,
        isWarm: (offset) => {
          const page = hostPage(offset >> 12);
          const record = page < 0 ? 0 : code.knownRecord(page, mode, offset & 0xfff);
          return record !== 0 && (code.isRegion(record) || arrivals(record) >= least);
        },
      },
      mode,
      lo & 0xfff,
      {
        instructions: growth === undefined ? this.policy.instructions : this.policy.grownInstructions,
        block: MOST_IN_BLOCK,
        pages: growth === undefined ? this.policy.pages : this.policy.grownPages,
      },
      this.#facts,
      growth?.roots,
    );
  }

  #place(region: unknown, entry: number): number {
    const { table, place } = this.#options;
    const slot = this.#free.pop() ?? this.#slots++;
    if (slot >= table.length) table.grow(Math.max(512, table.length));
    table.set(slot, place === undefined ? region : place(slot, region, entry));
    return slot;
  }

  #release(region: Region, why: DropReason, use: RegionUse): void {
    if (this.#isInUse(region)) this.#regions.delete(region.entry);
    this.#options.table.set(region.slot, null);
    this.#free.push(region.slot);
    this.stats.dropped += 1;
    this.observer?.dropped(region, why, use);
  }
}
