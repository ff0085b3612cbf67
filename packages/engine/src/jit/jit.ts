import { type SoftTlb, TLB_X } from "@isinglass/mmu";
import type { GuestIsa } from "@isinglass/uops";
import { Wasm, type WasmImports, type WasmTable } from "@isinglass/wasm";
import type { CodeCache, CodePage, Region, RegionUse } from "../code-cache.js";
import { TLB_SHAPE } from "../interpreter-module.js";
import type { FormFacts } from "./form-facts.js";
import { MOST_IN_BLOCK, MOST_PAGES_AWAY } from "./exits.js";
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
  /** Milliseconds spent, by the clock that the host passed in. */
  time: number;
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
}

/** What a module was made for: the waiting entries when it was, and further counts of those that waited long. */
export interface Decision {
  readonly waiting: number;
  readonly urgent: number;
  /** Number of the module, from 1 up. */
  readonly module: number;
  readonly regions: number;
  readonly milliseconds: number;
}

/** Why a region is in use no more: a page of it was written, the code cache was emptied, or its entry could not be replaced. */
export type DropReason = "written" | "emptied" | "in the way";

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
  readonly tlb: SoftTlb;
  /** The view that code is fetched through now. */
  readonly view: () => number;
  readonly table: WasmTable;
  readonly imports: WasmImports;
  readonly policy: TierPolicy;
  readonly now: () => number;
  /** Gives what goes into a slot of the table for a region with its entry at an offset of its page; the region unless told. */
  readonly place?: (slot: number, region: unknown, entry: number) => unknown;
}

/** The second tier: makes regions of what is executed often, a module of many at a time. */
export class Jit {
  readonly policy: TierPolicy;
  readonly stats: JitStats = { regions: 0, modules: 0, instructions: 0, bytes: 0, time: 0, dropped: 0, refused: 0 };
  observer: JitObserver | undefined;
  readonly #options: JitOptions;
  readonly #compiler: RegionCompiler;
  readonly #facts: (FormFacts | undefined)[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #isWaiting = new Set<number>();
  readonly #free: number[] = [];
  #slots = 0;
  #urgent = 0;

  constructor(options: JitOptions) {
    this.#options = options;
    this.policy = options.policy;
    this.#compiler = new RegionCompiler(options.isa, TLB_SHAPE);
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
    const key = (host + (lo & 0xfff)) * 256 + mode;
    if (this.#isWaiting.has(key)) this.#urgent += 1;
    else {
      if (times >= policy.threshold + 128) return false;
      this.#isWaiting.add(key);
      this.#waiting.push({ lo, hi, mode, host, times });
    }
    return this.isDue;
  }

  /** Host offset of the page that a fetch from an address would come from without a walk, or -1. */
  #hostPage(lo: number, hi: number): number {
    const host = this.#options.tlb.lookup(this.#options.view(), lo, hi, TLB_X);
    return host < 0 ? host : host - (lo & 0xfff);
  }

  /** Makes a region at an address whose code has been decoded, now. */
  force(lo: number, hi: number, mode: number): void {
    const host = this.#hostPage(lo, hi);
    if (host < 0 || this.#options.code.hasRegion(host, mode, lo & 0xfff)) return;
    this.#waiting.push({ lo, hi, mode, host, times: 0 });
    this.compile();
  }

  /** Whether enough waits. */
  get isDue(): boolean {
    return this.#waiting.length >= this.policy.batch || this.#urgent >= this.policy.patience;
  }

  /** Compiles what waits. */
  compile(): void {
    const urgent = this.#urgent;
    this.#urgent = 0;
    if (this.#waiting.length === 0) return;
    const { now, code } = this.#options;
    const begun = now();
    const made: { shape: RegionShape; waiting: Waiting }[] = [];
    for (const waiting of this.#waiting) {
      if (code.hasRegion(waiting.host, waiting.mode, waiting.lo & 0xfff)) continue;
      const shape = this.#shape(waiting);
      if (shape === undefined) {
        this.stats.refused += 1;
        this.observer?.refused(waiting);
      } else made.push({ shape, waiting });
    }
    const waitingThen = this.#waiting.length;
    this.#waiting.length = 0;
    this.#isWaiting.clear();
    if (this.#slots - this.#free.length + made.length > this.policy.regions) code.dropRegions();
    if (made.length > 0) {
      const sizes: number[] = [];
      const bytes = buildRegionModule(
        this.#options.isa,
        this.#compiler,
        made.map(({ shape }) => shape),
        sizes,
      );
      const { exports } = new Wasm.Instance(new Wasm.Module(bytes), this.#options.imports);
      this.stats.modules += 1;
      this.stats.bytes += bytes.length;
      const decision: Decision = {
        waiting: waitingThen,
        urgent,
        module: this.stats.modules,
        regions: made.length,
        milliseconds: now() - begun,
      };
      made.forEach(({ shape, waiting }, k) => {
        const slot = this.#place(exports[`r${k}`], shape.entry);
        const region: Region = {
          slot,
          pages: this.#pagesOf(shape, waiting),
          entry: 0,
          saved: 0,
          instructions: shape.instructions,
        };
        const installed = code.install(region, shape.entry);
        this.observer?.compiled(waiting, shape, region, sizes[k]!, decision, installed);
        if (installed) {
          this.stats.regions += 1;
          this.stats.instructions += shape.instructions;
          this.#continue(shape, waiting);
        } else this.#release(region, "in the way", { entries: 0, executed: 0 });
      });
    }
    this.stats.time += now() - begun;
  }

  /** What follows an interpreted instruction is executed as often as the region, but falling through is not counted: it waits as well. */
  #continue(shape: RegionShape, from: Waiting): void {
    if (this.policy.threshold === 0) return;
    const { code } = this.#options;
    for (const offset of shape.continuations) {
      if (offset < 0 || offset >= 4096 || !code.isKnown(from.host, from.mode, offset)) continue;
      const key = (from.host + offset) * 256 + from.mode;
      if (this.#isWaiting.has(key) || code.hasRegion(from.host, from.mode, offset)) continue;
      this.#isWaiting.add(key);
      this.#waiting.push({ ...from, lo: (from.lo & ~0xfff) | offset });
    }
  }

  #pagesOf(shape: RegionShape, waiting: Waiting): CodePage[] {
    const { code } = this.#options;
    const pages = [code.page(waiting.host, waiting.mode)];
    for (const [delta, host] of shape.pages) if (delta !== 0) pages.push(code.page(host, waiting.mode));
    return pages;
  }

  #shape(waiting: Waiting): RegionShape | undefined {
    const { isa, bytes, code } = this.#options;
    const { lo, hi, mode, host } = waiting;
    const hostPage = (delta: number): number => {
      if (delta === 0) return host;
      if (Math.abs(delta) > MOST_PAGES_AWAY) return -1;
      const low = ((lo & ~0xfff) >>> 0) + delta * 4096;
      return this.#hostPage(low | 0, (hi + Math.floor(low / 0x1_0000_0000)) | 0);
    };
    return shapeRegion(
      isa,
      {
        bytes,
        hostPage,
        isKnown: (offset) => {
          const page = hostPage(offset >> 12);
          return page >= 0 && code.isKnown(page, mode, offset & 0xfff);
        },
      },
      mode,
      lo & 0xfff,
      { instructions: this.policy.instructions, block: MOST_IN_BLOCK, pages: this.policy.pages },
      this.#facts,
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
    this.#options.table.set(region.slot, null);
    this.#free.push(region.slot);
    this.stats.dropped += 1;
    this.observer?.dropped(region, why, use);
  }
}
