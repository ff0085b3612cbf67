import { IsinglassError } from "@isinglass/interface";
import { PAGE_PRIVATE, PAGE_WRITE_FILTER } from "./page-flags.js";
import { LargePageFilter } from "./large-page-filter.js";
import { readTlbState, type TlbEntryState, writeTlbState } from "./soft-tlb-state.js";
import {
  TLB_CODE,
  TLB_ENTRIES,
  TLB_ENTRY_BYTES,
  TLB_FETCH,
  TLB_R,
  TLB_RAM,
  TLB_READ,
  TLB_VIEW_BYTES,
  TLB_W,
  TLB_WRITE,
  TLB_X,
  invalidTag,
} from "./tlb-layout.js";

/** The fields of an entry as indices of 32-bit words. */
const WORDS = TLB_ENTRY_BYTES >>> 2;
const READ = TLB_READ >>> 2;
const WRITE = TLB_WRITE >>> 2;
const FETCH = TLB_FETCH >>> 2;
const RAM = TLB_RAM >>> 2;
const CODE = TLB_CODE >>> 2;

/** `#info` of an entry: page shift in the low bits, 0 for an empty entry. */
const SHIFT_MASK = 0x3f;
const GLOBAL = 0x40;
/** The entry's index is in its view's list of entries that {@link SoftTlb.flushNonGlobal} forgets, of those that it keeps. */
const LISTED = 0x80;
const LISTED_GLOBAL = 0x100;
const IN_LISTS: number = LISTED | LISTED_GLOBAL;

/** Up to this many entries are emptied one by one; above it copying the template costs less. */
const COPY_ABOVE = 160;

/** What a soft TLB has done since it was made. */
export interface SoftTlbStats {
  fills: number;
  /** Fills that put out an entry of another page. */
  conflicts: number;
  flushAll: number;
  flushView: number;
  flushNonGlobal: number;
  flushPage: number;
  /** Those of `flushPage` that had to look for other parts of a large page. */
  flushPageScans: number;
  dropWriteTags: number;
  dropCode: number;
  dropCodeOf: number;
}

/**
 * Rights to pass to {@link SoftTlb.fill} for what a walk found and the flags of the host page.
 *
 * @param pageFlags PAGE_* bits of the host page
 */
export function tlbRights(readable: boolean, writable: boolean, executable: boolean, pageFlags: number): number {
  if ((pageFlags & PAGE_PRIVATE) !== 0) return 0;
  return (
    (readable ? TLB_R : 0) | (writable && (pageFlags & PAGE_WRITE_FILTER) === 0 ? TLB_W : 0) | (executable ? TLB_X : 0)
  );
}

/**
 * The soft TLB of one vCPU: `views` tables in the machine's memory, laid out as tlb-layout.ts says and read by emitted code.
 * Everything else about an entry (its page size, whether it is global) is kept here, outside the guest's memory.
 *
 * It only remembers what it is told: it does not walk, and it does not know which flushes the guest's instructions ask for.
 */
export class SoftTlb {
  readonly views: number;
  readonly stats: SoftTlbStats = {
    fills: 0,
    conflicts: 0,
    flushAll: 0,
    flushView: 0,
    flushNonGlobal: 0,
    flushPage: 0,
    flushPageScans: 0,
    dropWriteTags: 0,
    dropCode: 0,
    dropCodeOf: 0,
  };
  readonly #base: number;
  readonly #words: Int32Array;
  /** One view of empty entries. */
  readonly #template: Int32Array;
  readonly #info: Uint16Array;
  /** Virtual and host page of each entry; only meaningful where `#info` has a page shift. */
  readonly #vaLo: Int32Array;
  readonly #vaHi: Int32Array;
  readonly #page: Int32Array;
  /** Rights that the guest's tables give, TLB_R, TLB_W, TLB_X, whatever filters the host page has. */
  readonly #rights: Uint8Array;
  /**
   * Two lists for each view: the indices of the entries that were filled since its last flush, as not global and as global. Most flushes
   * find few, and a kernel's thousand global entries are not looked at each time that another process runs.
   */
  readonly #list: Uint16Array;
  readonly #listed: Int32Array;
  readonly #large: LargePageFilter = new LargePageFilter();
  readonly #largeGlobal: LargePageFilter = new LargePageFilter();
  /** While fills are to be undone: slot, info, address, page, rights and words of each entry that was overwritten. */
  #undo: number[] | undefined;

  /**
   * @param base offset of the first view, a multiple of 32; `views` × TLB_VIEW_BYTES bytes from there on are overwritten
   * @throws IsinglassError `ISG_TLB_BAD_PLACE`
   */
  constructor(buffer: ArrayBufferLike, base: number, views: number) {
    const fits = base >= 0 && base % TLB_ENTRY_BYTES === 0 && Number.isInteger(views) && views > 0;
    if (!fits || base + views * TLB_VIEW_BYTES > buffer.byteLength) {
      throw new IsinglassError(
        "ISG_TLB_BAD_PLACE",
        `soft TLB: ${views} views at offset ${base} of a buffer of ${buffer.byteLength} bytes; a multiple of ${TLB_ENTRY_BYTES} with ` +
          `${TLB_VIEW_BYTES} bytes a view behind it is right`,
        { base, views },
      );
    }
    this.views = views;
    this.#base = base;
    this.#words = new Int32Array(buffer, base, views * TLB_ENTRIES * WORDS);
    this.#template = new Int32Array(TLB_ENTRIES * WORDS);
    for (let i = 0; i < TLB_ENTRIES; i++) {
      for (const tag of [READ, WRITE, FETCH]) this.#template[i * WORDS + tag] = invalidTag(i);
    }
    for (let view = 0; view < views; view++) this.#words.set(this.#template, view * TLB_ENTRIES * WORDS);
    this.#info = new Uint16Array(views * TLB_ENTRIES);
    this.#vaLo = new Int32Array(views * TLB_ENTRIES);
    this.#vaHi = new Int32Array(views * TLB_ENTRIES);
    this.#page = new Int32Array(views * TLB_ENTRIES);
    this.#rights = new Uint8Array(views * TLB_ENTRIES);
    this.#list = new Uint16Array(2 * views * TLB_ENTRIES);
    this.#listed = new Int32Array(2 * views);
  }

  /** Offset of a view in the buffer, for the emitted code's `tlbView`. */
  viewBase(view: number): number {
    return this.#base + view * TLB_VIEW_BYTES;
  }

  /**
   * Remembers a translation; whatever the entry held is gone. The code pointer stays if the entry held the same page.
   *
   * @param hostOffset offset of the 4-KiB page in the buffer (low 12 bits are ignored)
   * @param rights TLB_R, TLB_W, TLB_X that emitted code may use; see {@link tlbRights}
   * @param global survives {@link flushNonGlobal}
   * @param pageShift log2 of the size of the guest's page that this is a part of: 12, 21, 22 or 30
   * @param granted the rights that the guest's tables give, for {@link lookup}; `rights` unless told
   */
  fill(
    view: number,
    vaLo: number,
    vaHi: number,
    hostOffset: number,
    rights: number,
    global: boolean,
    pageShift: number,
    granted: number = rights,
  ): void {
    const index = (vaLo >>> 12) & (TLB_ENTRIES - 1);
    const slot = view * TLB_ENTRIES + index;
    const words = this.#words;
    const at = slot * WORDS;
    const tagLo = vaLo & ~0xfff;
    const tagHi = vaHi | 0;
    const page = hostOffset >>> 12;
    const info = this.#info[slot]!;
    const invalid = invalidTag(index);

    if (this.#undo !== undefined) this.#remember(this.#undo, slot);
    this.stats.fills++;
    let keepCode = false;
    if ((info & SHIFT_MASK) !== 0) {
      if (this.#vaLo[slot] !== tagLo || this.#vaHi[slot] !== tagHi) this.stats.conflicts++;
      else keepCode = this.#page[slot] === page && (rights & TLB_X) !== 0;
    }
    const listed = global ? LISTED_GLOBAL : LISTED;
    if ((info & listed) === 0) {
      const list = 2 * view + (global ? 1 : 0);
      this.#list[list * TLB_ENTRIES + this.#listed[list]!++] = index;
    }
    this.#info[slot] = pageShift | (global ? GLOBAL : 0) | listed | (info & IN_LISTS);
    this.#vaLo[slot] = tagLo;
    this.#vaHi[slot] = tagHi;
    this.#page[slot] = page;
    this.#rights[slot] = granted;
    if (pageShift !== 12) (global ? this.#largeGlobal : this.#large).add(vaLo, vaHi, pageShift);

    const read = (rights & TLB_R) !== 0;
    words[at + READ] = read ? tagLo : invalid;
    words[at + READ + 1] = read ? tagHi : 0;
    const write = (rights & TLB_W) !== 0;
    words[at + WRITE] = write ? tagLo : invalid;
    words[at + WRITE + 1] = write ? tagHi : 0;
    const fetch = (rights & TLB_X) !== 0;
    words[at + FETCH] = fetch ? tagLo : invalid;
    words[at + FETCH + 1] = fetch ? tagHi : 0;
    words[at + RAM] = page << 12;
    if (!keepCode) words[at + CODE] = 0;
  }

  #remember(undo: number[], slot: number): void {
    const at = slot * WORDS;
    undo.push(slot, this.#info[slot]!, this.#vaLo[slot]!, this.#vaHi[slot]!, this.#page[slot]!, this.#rights[slot]!);
    for (let word = 0; word < WORDS; word++) undo.push(this.#words[at + word]!);
  }

  /** From now on {@link fill} can be undone: for an execution that is taken back. Nothing may be flushed meanwhile. */
  beginUndo(): void {
    this.#undo = [];
  }

  /** Takes back all fills since {@link beginUndo}. */
  undo(): void {
    const undo = this.#undo ?? [];
    this.#undo = undefined;
    for (let at = undo.length - 6 - WORDS; at >= 0; at -= 6 + WORDS) {
      const slot = undo[at]!;
      // It stays in the lists that it is in: each may hold an index once only.
      this.#info[slot] = (undo[at + 1]! & ~IN_LISTS) | (this.#info[slot]! & IN_LISTS);
      this.#vaLo[slot] = undo[at + 2]!;
      this.#vaHi[slot] = undo[at + 3]!;
      this.#page[slot] = undo[at + 4]!;
      this.#rights[slot] = undo[at + 5]!;
      for (let word = 0; word < WORDS; word++) this.#words[slot * WORDS + word] = undo[at + 6 + word]!;
    }
  }

  /**
   * Host offset of the byte at a linear address if the view remembers its page with all of `rights` granted, else -1. This is what a
   * slow path asks before it walks: a processor with the page in its TLB does not walk either, and a walk sets accessed bits.
   */
  lookup(view: number, vaLo: number, vaHi: number, rights: number): number {
    const slot = view * TLB_ENTRIES + ((vaLo >>> 12) & (TLB_ENTRIES - 1));
    if ((this.#info[slot]! & SHIFT_MASK) === 0 || ((vaLo ^ this.#vaLo[slot]!) & ~0xfff) !== 0) return -1;
    if (this.#vaHi[slot] !== (vaHi | 0) || (this.#rights[slot]! & rights) !== rights) return -1;
    return ((this.#page[slot]! << 12) | (vaLo & 0xfff)) >>> 0;
  }

  /** Gives emitted code the right to write a page that {@link lookup} found writable: nothing filters its writes any more. */
  openWrites(view: number, vaLo: number, vaHi: number): void {
    const at = (view * TLB_ENTRIES + ((vaLo >>> 12) & (TLB_ENTRIES - 1))) * WORDS;
    this.#words[at + WRITE] = vaLo & ~0xfff;
    this.#words[at + WRITE + 1] = vaHi | 0;
  }

  flushAll(): void {
    this.stats.flushAll++;
    for (let view = 0; view < this.views; view++) this.#clear(view);
    this.#large.clear();
    this.#largeGlobal.clear();
  }

  flushView(view: number): void {
    this.stats.flushView++;
    this.#clear(view);
  }

  /** Keeps the entries that were filled as global: a MOV to CR3 (SDM vol. 3A 4.10.4.1). */
  flushNonGlobal(): void {
    this.stats.flushNonGlobal++;
    this.#large.clear();
    for (let view = 0; view < this.views; view++) this.#emptyListed(view, LISTED);
  }

  /**
   * Forgets one page in all views, global or not: INVLPG (SDM vol. 3A 4.10.4.1). If the address lies in a large page of which
   * parts were filled, all those parts.
   */
  flushPage(vaLo: number, vaHi: number): void {
    this.stats.flushPage++;
    const index = (vaLo >>> 12) & (TLB_ENTRIES - 1);
    const tagLo = vaLo & ~0xfff;
    const tagHi = vaHi | 0;
    for (let view = 0; view < this.views; view++) {
      const slot = view * TLB_ENTRIES + index;
      if ((this.#info[slot]! & SHIFT_MASK) === 0 || this.#vaLo[slot] !== tagLo || this.#vaHi[slot] !== tagHi) continue;
      this.#empty(slot, index);
      this.#info[slot]! &= IN_LISTS;
    }
    if (this.#large.mayHave(vaLo, vaHi) || this.#largeGlobal.mayHave(vaLo, vaHi)) this.#flushLarge(vaLo, vaHi);
  }

  /** Withdraws the right to write a host page from all entries: before its flags get a bit that filters writes. */
  dropWriteTags(hostOffset: number): void {
    this.stats.dropWriteTags++;
    const page = hostOffset >>> 12;
    // Also finds entries that are empty by now, which does no harm.
    for (let slot = this.#page.indexOf(page); slot >= 0; slot = this.#page.indexOf(page, slot + 1)) {
      this.#words[slot * WORDS + WRITE] = invalidTag(slot & (TLB_ENTRIES - 1));
      this.#words[slot * WORDS + WRITE + 1] = 0;
    }
  }

  /** Withdraws the right to write from all entries: the next write to each page is seen again. */
  dropAllWriteTags(): void {
    this.stats.dropWriteTags++;
    for (let slot = 0; slot < this.#info.length; slot++) {
      this.#words[slot * WORDS + WRITE] = invalidTag(slot & (TLB_ENTRIES - 1));
      this.#words[slot * WORDS + WRITE + 1] = 0;
    }
  }

  /** Sets the code pointer of an entry if it still has the right to fetch from this address. */
  setCode(view: number, vaLo: number, vaHi: number, pointer: number): void {
    const at = (view * TLB_ENTRIES + ((vaLo >>> 12) & (TLB_ENTRIES - 1))) * WORDS;
    if (this.#words[at + FETCH] !== (vaLo & ~0xfff) || this.#words[at + FETCH + 1] !== (vaHi | 0)) return;
    this.#words[at + CODE] = pointer;
  }

  /** Forgets all code pointers; translations stay. */
  dropCode(): void {
    this.stats.dropCode++;
    for (let at = CODE; at < this.#words.length; at += WORDS) this.#words[at] = 0;
  }

  /** Forgets the code pointers of one host page. */
  dropCodeOf(hostOffset: number): void {
    this.stats.dropCodeOf++;
    const page = hostOffset >>> 12;
    for (let slot = this.#page.indexOf(page); slot >= 0; slot = this.#page.indexOf(page, slot + 1))
      this.#words[slot * WORDS + CODE] = 0;
  }

  /**
   * The translations, without code pointers. Part of a machine's state: dropping them would change when the guest's accessed
   * and dirty bits are set next.
   *
   * @param origin what host offsets are counted from, a multiple of 4096: where in the buffer the guest's memory begins
   */
  save(origin: number = 0): Uint8Array {
    const entries: TlbEntryState[] = [];
    for (let slot = 0; slot < this.#info.length; slot++) {
      const info = this.#info[slot]!;
      if ((info & SHIFT_MASK) === 0) continue;
      const vaLo = this.#vaLo[slot]!;
      const vaHi = this.#vaHi[slot]!;
      const has = (tag: number): boolean =>
        this.#words[slot * WORDS + tag] === vaLo && this.#words[slot * WORDS + tag + 1] === vaHi;
      entries.push({
        view: Math.floor(slot / TLB_ENTRIES),
        vaLo,
        vaHi,
        hostOffset: (this.#words[slot * WORDS + RAM]! >>> 0) - origin,
        rights: (has(READ) ? TLB_R : 0) | (has(WRITE) ? TLB_W : 0) | (has(FETCH) ? TLB_X : 0),
        granted: this.#rights[slot]!,
        global: (info & GLOBAL) !== 0,
        pageShift: info & SHIFT_MASK,
      });
    }
    return writeTlbState(this.views, entries);
  }

  /**
   * Takes over what {@link save} returned.
   *
   * @param isBacked whether a host page belongs to this guest: a damaged or forged file must not map anything else
   * @param origin see {@link save}
   * @throws IsinglassError `ISG_SNAPSHOT_BAD_STATE`; nothing has changed then
   */
  load(bytes: Uint8Array, isBacked: (hostPage: number) => boolean, origin: number = 0): void {
    const entries = readTlbState(bytes, this.views, (page) => isBacked(page + origin / 4096));
    for (let view = 0; view < this.views; view++) this.#clear(view);
    this.#large.clear();
    this.#largeGlobal.clear();
    const { fills, conflicts } = this.stats;
    for (const e of entries)
      this.fill(e.view, e.vaLo, e.vaHi, e.hostOffset + origin, e.rights, e.global, e.pageShift, e.granted);
    this.stats.fills = fills;
    this.stats.conflicts = conflicts;
  }

  #clear(view: number): void {
    if (this.#listed[2 * view]! + this.#listed[2 * view + 1]! <= COPY_ABOVE) {
      this.#emptyListed(view, LISTED);
      this.#emptyListed(view, LISTED_GLOBAL);
      return;
    }
    const first = view * TLB_ENTRIES;
    this.#words.set(this.#template, first * WORDS);
    this.#info.fill(0, first, first + TLB_ENTRIES);
    this.#listed.fill(0, 2 * view, 2 * view + 2);
  }

  /** Empties the entries of a list, but for those that have been filled for the other one since, and the list. */
  #emptyListed(view: number, listed: number): void {
    const list = 2 * view + (listed === LISTED ? 0 : 1);
    const global = listed === LISTED ? 0 : GLOBAL;
    const count = this.#listed[list]!;
    this.#listed[list] = 0;
    for (let i = 0; i < count; i++) {
      const index = this.#list[list * TLB_ENTRIES + i]!;
      const slot = view * TLB_ENTRIES + index;
      const info = this.#info[slot]!;
      if ((info & GLOBAL) === global) {
        this.#empty(slot, index);
        this.#info[slot] = info & IN_LISTS & ~listed;
      } else this.#info[slot] = info & ~listed;
    }
  }

  #empty(slot: number, index: number): void {
    const at = slot * WORDS;
    const words = this.#words;
    const invalid = invalidTag(index);
    words[at + READ] = invalid;
    words[at + READ + 1] = 0;
    words[at + WRITE] = invalid;
    words[at + WRITE + 1] = 0;
    words[at + FETCH] = invalid;
    words[at + FETCH + 1] = 0;
    words[at + CODE] = 0;
  }

  #flushLarge(vaLo: number, vaHi: number): void {
    this.stats.flushPageScans++;
    for (let slot = 0; slot < this.#info.length; slot++) {
      const shift = this.#info[slot]! & SHIFT_MASK;
      if (shift <= 12 || (this.#vaLo[slot]! ^ vaLo) >>> shift !== 0 || this.#vaHi[slot] !== (vaHi | 0)) continue;
      this.#empty(slot, slot & (TLB_ENTRIES - 1));
      this.#info[slot]! &= IN_LISTS;
    }
  }
}
