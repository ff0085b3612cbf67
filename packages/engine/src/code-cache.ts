import { PAGE_CODE, type PhysicalMap } from "@isinglass/mmu";
import { DECODE_NEEDS_MORE, DecodedForm, type GuestIsa } from "@isinglass/uops";
import type { FormTable } from "./form-table.js";
import type { ExitProfile } from "./jit/growth.js";
import { HANDLER_CROSS, HANDLER_GOTO, HANDLER_REGION, HANDLER_RESOLVE } from "./dispatch-code.js";
import {
  RECORD_BYTES,
  RECORD_DISPLACEMENT,
  RECORD_COUNTDOWN,
  RECORD_EXECUTED,
  RECORD_FUNCTION,
  RECORD_HANDLER,
  RECORD_HOLES,
  RECORD_LENGTH,
  RECORD_OFFSET,
  RECORD_SLOT,
  RECORD_WRAP,
} from "./record.js";

const PAGE_BYTES = 4096;
const TABLE_BYTES = PAGE_BYTES * 4;
/** Most instructions decoded at once; the run goes on at the next when it gets there. */
const RUN_LIMIT = 64;
/** Room that must be left before a page or a run is begun. */
const ROOM = TABLE_BYTES + 2 * (RUN_LIMIT + 2) * RECORD_BYTES;
/** Code is invalidated by pieces of this many bytes (law 2): 32 of them are the bits of one i32. */
const PIECE_SHIFT = 7;

/** A compiled region in the place of the record at its entry. */
export interface Region {
  /** Slot of its function in the table of regions. */
  readonly slot: number;
  /** The pages that its bytes lie on, that of the entry first. */
  readonly pages: readonly CodePage[];
  /** Offset of its entry in the first of them. */
  readonly offset: number;
  /** Record that it took the place of, and where that record was saved; set when it is installed. */
  entry: number;
  saved: number;
  readonly instructions: number;
  readonly profile: ExitProfile;
}

/** How often regions were entered, and how many instructions were executed in them. */
export interface RegionUse {
  entries: number;
  executed: number;
}

/** The decoded code of one physical page in one mode. */
export interface CodePage {
  readonly hostPage: number;
  readonly mode: number;
  /** Address of the table: 4096 slots of i32, the record that starts at that offset or 0. */
  readonly table: number;
  /** Pairs (first record, end) of the runs decoded from the page. */
  readonly runs: number[];
  /** Pairs (slot, record) of instructions that begin in another page and end in this one. */
  readonly crossings: number[];
  /** Bit n: an instruction has bytes in piece n. */
  pieces: number;
  /** Regions that have bytes on the page. */
  readonly regions: Region[];
}

/** What the cache asks its owner. */
export interface CodeCacheHost {
  /** Host offset of the page of linear address (lo, hi) for a fetch; below 0: a fault was recorded. */
  fetchPage(lo: number, hi: number): number;
  /** No write tag may map this host page any more. */
  dropWriteTags(hostOffset: number): void;
  /** No soft-TLB entry may name this page's (or, if undefined, any) code table any more. */
  dropCode(hostOffset?: number): void;
}

/**
 * Decoded code, keyed by physical page and mode word (law 1). Records and tables lie in a fixed arena of the machine's
 * memory; when it is full, or too many forms have handlers, all of it is dropped and decoding starts again. A record whose bytes change is turned into one
 * that looks its own address up again, so whoever runs into it finds the new code.
 */
export class CodeCache {
  readonly #isa: GuestIsa;
  readonly #forms: FormTable;
  readonly #physical: PhysicalMap;
  readonly #host: CodeCacheHost;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #arena: number;
  readonly #arenaEnd: number;
  /** A slot that is always empty: what branches out of the page are bound to. */
  readonly #emptySlot: number;
  #next: number;
  /** Code pages by host page number, one list element a mode. */
  readonly #pages: (CodePage[] | undefined)[] = [];
  readonly #decoded = new DecodedForm();
  readonly #straddle = new Uint8Array(32);
  /** Bumped when everything was dropped. */
  generation = 0;
  /** Told of each region that is in use no more: one of its pages was written, or everything was dropped. */
  onRegionDropped: (region: Region, why: "written" | "emptied" | "grown", use: RegionUse) => void = () => undefined;
  /** Of regions that are in use no more. */
  readonly #droppedUse: RegionUse = { entries: 0, executed: 0 };
  /** Told when all decoded code, or every region, has been dropped: counts of arrivals begin again. */
  onAllDropped: () => void = () => undefined;
  /** Instructions decoded, runs, pages dropped, times everything was dropped. */
  readonly stats: { decoded: number; runs: number; invalidated: number; drops: number } = {
    decoded: 0,
    runs: 0,
    invalidated: 0,
    drops: 0,
  };

  constructor(
    buffer: ArrayBufferLike,
    arena: number,
    arenaBytes: number,
    isa: GuestIsa,
    forms: FormTable,
    physical: PhysicalMap,
    host: CodeCacheHost,
  ) {
    this.#isa = isa;
    this.#forms = forms;
    this.#physical = physical;
    this.#host = host;
    this.#u8 = new Uint8Array(buffer);
    this.#u16 = new Uint16Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#emptySlot = arena;
    this.#arena = arena + RECORD_BYTES;
    this.#arenaEnd = arena + arenaBytes;
    this.#next = this.#arena;
  }

  /** Bytes of the arena in use. */
  get used(): number {
    return this.#next - this.#arena;
  }

  /** Drops all decoded code. */
  dropAll(): void {
    const dropped = this.#regions();
    for (const region of dropped) this.onRegionDropped(region, "emptied", this.#drain(region));
    this.#u8.fill(0, this.#arena, this.#next);
    this.#next = this.#arena;
    this.#pages.forEach((_, hostPage) => this.#physical.clearPageFlags(hostPage, PAGE_CODE));
    this.#pages.length = 0;
    this.#host.dropCode();
    this.generation += 1;
    this.stats.drops += 1;
    this.onAllDropped();
  }

  /** Code page of the host page at `hostOffset` for `mode`, made if there is none. */
  page(hostOffset: number, mode: number): CodePage {
    const hostPage = hostOffset >>> 12;
    const list = this.#pages[hostPage];
    if (list !== undefined) for (const page of list) if (page.mode === mode) return page;
    if (this.#next + ROOM > this.#arenaEnd) this.dropAll();
    const page: CodePage = { hostPage, mode, table: this.#next, runs: [], crossings: [], pieces: 0, regions: [] };
    this.#next += TABLE_BYTES;
    const now = this.#pages[hostPage];
    if (now === undefined) this.#pages[hostPage] = [page];
    else now.push(page);
    return page;
  }

  /**
   * Record of the instruction at linear address (lo, hi), whose page lies at `hostOffset` (of the page); decodes a run of
   * instructions if there is none. 0: the fetch of a second page faulted, and the fault is recorded.
   */
  record(lo: number, hi: number, hostOffset: number, mode: number): number {
    const page = this.page(hostOffset, mode);
    const offset = lo & 0xfff;
    const known = this.#i32[(page.table >> 2) + offset]!;
    return known !== 0 ? known : this.#decodeRun(page, offset, lo, hi);
  }

  #decodeRun(page: CodePage, start: number, lo: number, hi: number): number {
    if (this.#next + 2 * ROOM > this.#arenaEnd) {
      this.dropAll();
      return this.record(lo, hi, page.hostPage << 12, page.mode);
    }
    const base = page.hostPage * PAGE_BYTES;
    const slots = page.table >> 2;
    let first = this.#next;
    let offset = start;
    let ended = false;
    let pieces = 0;
    for (let count = 0; count < RUN_LIMIT && !ended; count += 1) {
      if (offset >= PAGE_BYTES || this.#i32[slots + offset] !== 0) break;
      let record = this.#next;
      let length = this.#isa.decode(this.#u8, base + offset, base + PAGE_BYTES, page.mode, this.#decoded);
      if (length === DECODE_NEEDS_MORE) {
        // Crosses into the next page. Only the instruction asked for is worth a fetch that may fault.
        if (offset !== start) break;
        length = this.#decodeStraddling(page, offset, lo, hi);
        if (length < 0) return 0;
        // The second page's table may have been put here first.
        record = this.#next - RECORD_BYTES;
        first = record;
      }
      this.#i32[slots + offset] = record;
      pieces |= pieceMask(offset, Math.min(offset + length, PAGE_BYTES) - 1);
      this.#write(this.#next, page, offset, length);
      this.#next += RECORD_BYTES;
      this.stats.decoded += 1;
      offset += length;
      ended = this.#forms.endsBlock(this.#decoded.form);
    }
    if (!ended) {
      this.#writeOwn(this.#next, offset < PAGE_BYTES ? HANDLER_GOTO : HANDLER_RESOLVE, offset, page);
      this.#next += RECORD_BYTES;
    }
    page.runs.push(first, this.#next);
    this.stats.runs += 1;
    this.#cover(page, pieces);
    return this.#i32[slots + start]!;
  }

  /** Notes that `pieces` of a page hold code: writes there must be seen. */
  #cover(page: CodePage, pieces: number): void {
    if (page.pieces === 0) {
      this.#physical.setPageFlags(page.hostPage, PAGE_CODE);
      this.#host.dropWriteTags(page.hostPage * PAGE_BYTES);
    }
    page.pieces |= pieces;
  }

  /** Decodes an instruction that crosses the page and writes the check that comes before it. Below 0: fault recorded. */
  #decodeStraddling(page: CodePage, offset: number, lo: number, hi: number): number {
    const nextLo = ((lo & ~0xfff) + PAGE_BYTES) | 0;
    const second = this.#host.fetchPage(nextLo, nextLo === 0 ? (hi + 1) | 0 : hi);
    if (second < 0) return -1;
    const base = page.hostPage * PAGE_BYTES;
    const head = PAGE_BYTES - offset;
    this.#straddle.set(this.#u8.subarray(base + offset, base + PAGE_BYTES));
    this.#straddle.set(this.#u8.subarray(second, second + 16), head);
    const length = this.#isa.decode(this.#straddle, 0, head + 16, page.mode, this.#decoded);
    // Its bytes in the second page are code too: a write there must drop the record in this page.
    const other = this.page(second, page.mode);
    other.crossings.push(page.table + offset * 4, this.#next);
    this.#cover(other, pieceMask(0, Math.max(1, length - head) - 1));
    this.#writeOwn(this.#next, HANDLER_CROSS, offset, page);
    this.#i32[(this.#next + RECORD_DISPLACEMENT) >> 2] = second;
    this.#next += RECORD_BYTES;
    return length;
  }

  #writeOwn(at: number, handler: number, offset: number, page: CodePage): void {
    this.#u16[at >> 1] = handler;
    this.#u16[(at + RECORD_OFFSET) >> 1] = offset;
    this.#i32[(at + RECORD_SLOT) >> 2] = offset < PAGE_BYTES ? page.table + offset * 4 : this.#emptySlot;
  }

  #write(at: number, page: CodePage, offset: number, length: number): void {
    const decoded = this.#decoded;
    const entry = this.#forms.entry(decoded.form);
    const u16 = this.#u16;
    const i32 = this.#i32;
    u16[at >> 1] = entry.handler;
    u16[(at + RECORD_OFFSET) >> 1] = offset;
    u16[(at + RECORD_FUNCTION) >> 1] = entry.slot;
    this.#u8[at + RECORD_LENGTH] = length;
    const { kinds, offsets, branchHole, branchWraps } = entry.layout;
    for (let i = 0; i < kinds.length; i += 1) {
      const field = at + offsets[i]!;
      const lo = decoded.lo[i]!;
      // A displacement is read as 32 bits, however narrow its hole.
      switch (i === branchHole ? "i32" : kinds[i]) {
        case "i8":
          this.#u8[field] = lo;
          break;
        case "state":
          u16[field >> 1] = lo;
          break;
        case "i32":
          i32[field >> 2] = lo;
          break;
        default:
          i32[field >> 2] = lo;
          i32[(field >> 2) + 1] = decoded.hi[i]!;
      }
    }
    if (branchHole < 0) return;
    this.#u8[at + RECORD_WRAP] = branchWraps ? 1 : 0;
    const target = offset + length + decoded.lo[branchHole]!;
    i32[(at + RECORD_SLOT) >> 2] = target >= 0 && target < PAGE_BYTES ? page.table + target * 4 : this.#emptySlot;
  }

  /**
   * Host page that the crossing instruction at record `at` was decoded from; the engine compares it with what is mapped
   * now. The instruction itself is the next record.
   */
  crossingPage(at: number): number {
    return this.#i32[(at + RECORD_DISPLACEMENT) >> 2]!;
  }

  /** Forgets the crossing instruction whose check is the record `at`. */
  dropCrossing(at: number): void {
    this.#u16[(at + RECORD_HANDLER) >> 1] = HANDLER_RESOLVE;
    const slot = this.#i32[(at + RECORD_SLOT) >> 2]! >> 2;
    if (this.#i32[slot] === at) this.#i32[slot] = 0;
  }

  /** `length` bytes at `hostOffset` were written: drops the code of the pages where they hit a piece with code. */
  invalidate(hostOffset: number, length: number): void {
    for (let at = hostOffset; at < hostOffset + length; at = (at & ~0xfff) + PAGE_BYTES) {
      const list = this.#pages[at >>> 12];
      if (list === undefined) continue;
      const from = at & 0xfff;
      const to = Math.min(from + hostOffset + length - at, PAGE_BYTES) - 1;
      const mask = pieceMask(from, to);
      if (list.some((page) => (page.pieces & mask) !== 0)) this.#drop(at >>> 12, list);
    }
  }

  /** The form of a record whose handler is {@link HANDLER_LAZY}. */
  formOf(record: number): number {
    return this.#u16[(record + RECORD_FUNCTION) >> 1]!;
  }

  /** Gives a lazy record its handler function. */
  setHandler(record: number, handler: number, slot: number): void {
    this.#u16[record >> 1] = handler;
    this.#u16[(record + RECORD_FUNCTION) >> 1] = slot;
  }

  /** Drops all code, and the handler functions with it. */
  dropHandlers(): void {
    this.dropAll();
    this.#forms.dropCold();
  }

  /** Record of the instruction at an offset of a host page, or 0. */
  knownRecord(hostOffset: number, mode: number, offset: number): number {
    const page = this.#pages[hostOffset >>> 12]?.find((each) => each.mode === mode);
    return page === undefined ? 0 : this.#i32[(page.table >> 2) + offset]!;
  }

  /** Whether a region may be put at an offset of a host page: an instruction begins there that needs no check before it, and no region does. */
  canHaveRegion(hostOffset: number, mode: number, offset: number): boolean {
    const record = this.knownRecord(hostOffset, mode, offset);
    return record !== 0 && !this.#isTaken(record);
  }

  /** Whether a region begins at a record. */
  isRegion(record: number): boolean {
    return this.#u16[record >> 1] === HANDLER_REGION;
  }

  #isTaken(record: number): boolean {
    const handler = this.#u16[record >> 1]!;
    return handler === HANDLER_REGION || handler === HANDLER_CROSS || handler === HANDLER_RESOLVE;
  }

  /** Whether there is room for so many regions; if not, all code should be dropped. */
  hasRoomFor(regions: number): boolean {
    return this.#next + ROOM + 2 * regions * RECORD_BYTES <= this.#arenaEnd;
  }

  /**
   * Puts a region in the place of the record at `offset` of its first page: whatever gets there enters it.
   *
   * @returns false if there is no record, or a region already
   */
  install(region: Region, offset: number): boolean {
    const page = region.pages[0]!;
    // Making room for a page of it may have dropped the others.
    if (!region.pages.every((each) => this.#pages[each.hostPage]?.includes(each) === true)) return false;
    const record = this.#i32[(page.table >> 2) + offset]!;
    if (record === 0 || this.#isTaken(record)) return false;
    if (this.#next + ROOM > this.#arenaEnd) return false;
    region.entry = record;
    region.saved = this.#next;
    this.#u8.copyWithin(this.#next, record, record + RECORD_BYTES);
    const after = offset + this.#u8[record + RECORD_LENGTH]!;
    this.#writeOwn(this.#next + RECORD_BYTES, after < PAGE_BYTES ? HANDLER_GOTO : HANDLER_RESOLVE, after, page);
    this.#next += 2 * RECORD_BYTES;
    this.#u16[record >> 1] = HANDLER_REGION;
    this.#u16[(record + RECORD_FUNCTION) >> 1] = region.slot;
    this.#i32[(record + RECORD_HOLES) >> 2] = region.saved;
    this.#i32.fill(0, (record + RECORD_EXECUTED) >> 2, (record + RECORD_DISPLACEMENT) >> 2);
    this.#i32[(record + RECORD_COUNTDOWN) >> 2] = region.profile.period;
    for (const each of region.pages) {
      each.regions.push(region);
      // All of the page counts as code now: a region may hold instructions that the interpreter has not met.
      this.#cover(each, -1);
    }
    return true;
  }

  #regions(): Set<Region> {
    const regions = new Set<Region>();
    for (const list of this.#pages)
      for (const page of list ?? []) for (const region of page.regions) regions.add(region);
    return regions;
  }

  /** What a region in use has done; for reports. */
  useOf(region: Region): RegionUse {
    const at = region.entry;
    if (this.#u16[at >> 1] !== HANDLER_REGION) return { entries: 0, executed: 0 };
    const low = this.#i32[(at + RECORD_EXECUTED) >> 2]! >>> 0;
    return {
      entries: region.profile.counted + region.profile.period - this.#i32[(at + RECORD_COUNTDOWN) >> 2]!,
      executed: this.#i32[(at + RECORD_EXECUTED + 4) >> 2]! * 0x1_0000_0000 + low,
    };
  }

  /** Begins a sampling period of so many entries. */
  beginPeriod(region: Region, entries: number): void {
    const { profile } = region;
    const at = (region.entry + RECORD_COUNTDOWN) >> 2;
    profile.counted += profile.period - this.#i32[at]!;
    profile.period = entries;
    this.#i32[at] = entries;
  }

  /** The same for all regions since the beginning. */
  totalUse(): RegionUse {
    const total = { ...this.#droppedUse };
    for (const region of this.#regions()) {
      const use = this.useOf(region);
      total.entries += use.entries;
      total.executed += use.executed;
    }
    return total;
  }

  /** Adds the use of a region that goes to that of those before it. */
  #drain(region: Region): RegionUse {
    const use = this.useOf(region);
    this.#droppedUse.entries += use.entries;
    this.#droppedUse.executed += use.executed;
    return use;
  }

  /** Takes all regions out; decoded code stays. */
  dropRegions(): void {
    for (const list of this.#pages)
      for (const page of list ?? []) while (page.regions.length > 0) this.#uninstall(page.regions[0]!, "emptied");
    this.onAllDropped();
  }

  /** Takes a region out that another takes the place of. */
  remove(region: Region): void {
    this.#uninstall(region, "grown");
  }

  /** Takes a region out: its entry is interpreted again. */
  #uninstall(region: Region, why: "written" | "emptied" | "grown"): void {
    const use = this.#drain(region);
    if (this.#u16[region.entry >> 1] === HANDLER_REGION) {
      this.#u8.copyWithin(region.entry, region.saved, region.saved + RECORD_BYTES);
    }
    for (const page of region.pages) {
      const at = page.regions.indexOf(region);
      if (at >= 0) page.regions.splice(at, 1);
    }
    this.onRegionDropped(region, why, use);
  }

  #drop(hostPage: number, list: CodePage[]): void {
    this.stats.invalidated += 1;
    for (const page of list) {
      while (page.regions.length > 0) this.#uninstall(page.regions[0]!, "written");
      this.#u8.fill(0, page.table, page.table + TABLE_BYTES);
      for (let i = 0; i < page.runs.length; i += 2) {
        for (let at = page.runs[i]!; at < page.runs[i + 1]!; at += RECORD_BYTES) this.#u16[at >> 1] = HANDLER_RESOLVE;
      }
      for (let i = 1; i < page.crossings.length; i += 2) this.dropCrossing(page.crossings[i]!);
      page.runs.length = 0;
      page.crossings.length = 0;
      page.pieces = 0;
    }
    this.#physical.clearPageFlags(hostPage, PAGE_CODE);
  }
}

function pieceMask(from: number, to: number): number {
  const first = from >> PIECE_SHIFT;
  const last = to >> PIECE_SHIFT;
  return (-1 >>> (31 - (last - first))) << first;
}
