import { I32, I64, MEM_FOR_WRITE, MEM_SIGNED, MEM_SIZE_MASK, V128, type Value } from "@isinglass/uops";
import type { TlbShape } from "../lower.js";
import type { Flow } from "./flow.js";
import { ENTRY_PAGE, type PageProof, type ProvenAccess, ZERO, findPageProofs } from "./page-proofs.js";
import { GET, type RegionBuffer } from "./region-buffer.js";
import { BASE, TLB } from "./region-signature.js";
import type { SlotLocals } from "./slot-locals.js";
import type { ValueUses } from "./value-uses.js";
import type { ValueWriter } from "./value-writer.js";

const LOADS = ["i64.load8_u", "i64.load16_u", "i64.load32_u", "i64.load"];
const LOADS_SIGNED = ["i64.load8_s", "i64.load16_s", "i64.load32_s", "i64.load"];
const STORES = ["i64.store8", "i64.store16", "i64.store32", "i64.store"];

/** What writes the code around accesses. */
export interface AccessSurroundings {
  /** Depth of a branch, from within one structure more than is open, to where a region is left whose access has failed. */
  away(): number;
  /** Notes how the region is left if the access fails. */
  leaving(how: number): void;
}

/**
 * Writes loads and stores of guest memory: a look into the soft TLB, and windows that are proven for a loop. What the soft TLB does not have, the
 * interpreter does, which fills it: a call from here would have V8 keep in memory whatever is alive around it, in each pass.
 */
export class AccessWriter {
  readonly #values: ValueWriter;
  readonly #locals: SlotLocals;
  readonly #buffer: RegionBuffer;
  readonly #uses: ValueUses;
  readonly #tlb: TlbShape;
  /** Asks for each store where it goes, if stores are noted. */
  readonly #notedStore: number | undefined;
  readonly #surroundings: AccessSurroundings;
  /** What accesses need not look up, and the locals with the windows' host addresses. */
  readonly #proofs: readonly (ProvenAccess | undefined)[];
  readonly #windows = new Map<PageProof, number>();
  /** Windows by the slot that they are counted from. */
  readonly #windowsOf = new Map<number, number[]>();

  constructor(
    values: ValueWriter,
    buffer: RegionBuffer,
    uses: ValueUses,
    flow: Flow,
    slots: number,
    tlb: TlbShape,
    notedStore: number | undefined,
    surroundings: AccessSurroundings,
  ) {
    this.#values = values;
    this.#locals = values.locals;
    this.#buffer = buffer;
    this.#uses = uses;
    this.#tlb = tlb;
    this.#notedStore = notedStore;
    this.#surroundings = surroundings;
    const proofs = findPageProofs(buffer, flow, slots);
    this.#proofs = proofs.size === 0 ? [] : Array.from({ length: buffer.count }, (_, i) => proofs.get(i));
    for (const proof of new Set([...proofs.values()].map((access) => access.proof))) {
      const local = this.#locals.newLocal(I32);
      this.#windows.set(proof, local);
      this.#windowsOf.set(proof.base, [...(this.#windowsOf.get(proof.base) ?? []), local]);
    }
  }

  /** Local with the address of an access. */
  #addressLocal(address: Value): number {
    const buffer = this.#buffer;
    if (this.#uses.local[address]! >= 0) return this.#uses.local[address]!;
    if (buffer.op[address] === GET) {
      const slot = buffer.x[address]!;
      if (!this.#locals.isState(slot) || this.#locals.ready[slot] === 1) return this.#locals.localOfSlot(slot);
      this.#locals.load(slot);
      this.#locals.setTo(this.#locals.localOfSlot(slot));
      this.#locals.ready[slot] = 1;
      return this.#locals.localOfSlot(slot);
    }
    const at = this.#locals.temporary(I64);
    this.#values.value(address);
    this.#locals.setTo(at);
    return at;
  }

  /** Computes the soft-TLB entry of an address into a local. */
  #findEntry(at: number): number {
    const { code } = this.#locals;
    const { entries, entryBytes } = this.#tlb;
    const entry = this.#locals.temporary(I32);
    this.#locals.getFrom(at);
    code
      .op("i32.wrap_i64")
      .i32(12 - Math.log2(entryBytes))
      .op("i32.shr_u")
      .i32((entries - 1) * entryBytes)
      .op("i32.and")
      .localGet(TLB)
      .op("i32.add")
      .localSet(entry);
    return entry;
  }

  /** Structures around the code of an access that its surroundings know nothing of. */
  #deeper = 0;

  /** Computes how far access `i` is in its page, or leaves the region, where the interpreter does it; and gives the local with its soft-TLB entry. */
  #inPage(i: Value, at: number, tag: number): { entry: number; inPage: number } {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const entry = this.#findEntry(at);
    const inPage = this.#locals.temporary(I64);
    this.#locals.getFrom(at);
    code.localGet(entry).memory("i64.load", tag).op("i64.sub").localTee(inPage);
    code.i64(4096 - (1 << (buffer.x[i]! & MEM_SIZE_MASK)), 0).op("i64.gt_u");
    code.unlikely().if();
    this.#surroundings.leaving(buffer.exits[buffer.y[i]!]!);
    code.br(this.#surroundings.away() + this.#deeper).end();
    return { entry, inPage };
  }

  /** Leaves the host address of what is `inPage` bytes behind the first of an entry's page on the stack. */
  #fromPage(entry: number, inPage: number): void {
    const { code } = this.#locals;
    code.localGet(inPage).op("i32.wrap_i64").localGet(entry).memory("i32.load", this.#tlb.ram).op("i32.add");
  }

  /** Somebody else may have been at work: pages are mapped and watched otherwise. */
  forgetAllWindows(): void {
    for (const local of this.#windows.values()) this.#locals.code.i32(0).localSet(local);
  }

  /** The windows that are counted from a slot are somewhere else now. */
  forgetWindows(slot: number): void {
    for (const local of this.#windowsOf.get(slot) ?? []) this.#locals.code.i32(0).localSet(local);
  }

  /** Before a loop: looks for the windows of its accesses that have not been found. */
  openLoop(header: number): void {
    for (const [proof, window] of this.#windows) if (proof.headers.has(header)) this.#findWindow(proof, window);
  }

  #findWindow({ base, wraps, isWrite, from, bytes }: PageProof, window: number): void {
    const { code } = this.#locals;
    const at = this.#locals.temporary(I64);
    code.localGet(window).op("i32.eqz").if();
    this.#locals.openScope();
    if (base >= 0) this.#locals.slot(base);
    else if (base === ENTRY_PAGE) code.localGet(BASE);
    else code.i64(0, base === ZERO ? 0 : -1);
    if (from !== 0) code.i64(from | 0, Math.floor(from / 2 ** 32)).op("i64.add");
    if (wraps) code.op("i32.wrap_i64").op("i64.extend_i32_u");
    this.#locals.closeScope();
    this.#locals.setTo(at);
    const entry = this.#findEntry(at);
    const inPage = this.#locals.temporary(I64);
    this.#locals.getFrom(at);
    code
      .localGet(entry)
      .memory("i64.load", isWrite ? this.#tlb.writeTag : this.#tlb.readTag)
      .op("i64.sub")
      .localSet(inPage);
    this.#fromPage(entry, inPage);
    code
      .i32(0)
      .localGet(inPage)
      .i64(4096 - bytes, 0)
      .op("i64.le_u")
      .op("select")
      .localSet(window)
      .end();
  }

  /** Leaves the host address of the window of access `i` on the stack, and gives the offset of the access from there. */
  #inWindow(i: Value, { proof, before }: ProvenAccess, tag: number): number {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const window = this.#windows.get(proof)!;
    const host = this.#locals.temporary(I32);
    const at = this.#locals.temporary(I64);
    code.localGet(window).localTee(host).op("i32.eqz").unlikely().if();
    this.#locals.openScope();
    this.#values.value(buffer.a[i]!);
    this.#locals.closeScope();
    this.#locals.setTo(at);
    this.#deeper += 1;
    const { entry, inPage } = this.#inPage(i, at, tag);
    this.#deeper -= 1;
    this.#fromPage(entry, inPage);
    if (before !== 0) code.i32(before).op("i32.sub");
    code.localSet(host).end().localGet(host);
    return before;
  }

  /** Leaves a host address on the stack, or leaves the region; access `i` is at the offset from there that is given. */
  #find(i: Value, tag: number): number {
    const proof = this.#proofs[i];
    if (proof !== undefined) return this.#inWindow(i, proof, tag);
    const { entry, inPage } = this.#inPage(i, this.#addressLocal(this.#buffer.a[i]!), tag);
    this.#fromPage(entry, inPage);
    return 0;
  }

  /** Leaves the host address of store `i` on the stack as somebody tells it who keeps account of stores, or leaves the region. */
  #asked(i: Value, callee: number): void {
    const { code } = this.#locals;
    const host = this.#locals.temporary(I32);
    this.#values.value(this.#buffer.a[i]!);
    code.i32(this.#buffer.x[i]!).call(callee).localTee(host).op("i32.eqz").if();
    this.#surroundings.leaving(this.#buffer.exits[this.#buffer.y[i]!]!);
    code.br(this.#surroundings.away()).end().localGet(host);
  }

  guestLoad(i: Value): void {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const descriptor = buffer.x[i]!;
    const forWrite = (descriptor & MEM_FOR_WRITE) !== 0;
    const tag = forWrite && this.#notedStore === undefined ? this.#tlb.writeTag : this.#tlb.readTag;
    const offset = this.#find(i, tag);
    const size = descriptor & MEM_SIZE_MASK;
    if (size === 4) code.memory("v128.load", offset);
    else code.memory(((descriptor & MEM_SIGNED) !== 0 ? LOADS_SIGNED : LOADS)[size]!, offset);
    if (this.#uses.uses[i] === 0) code.op("drop");
    else this.#values.result(i, size === 4 ? V128 : I64);
  }

  /** Local with the host address of a store of 32 bytes, and what is to be added to it, until its second half is written. */
  #pairHost = -1;
  #pairOffset = 0;

  guestStore(i: Value): void {
    const buffer = this.#buffer;
    const descriptor = buffer.x[i]!;
    let offset = 0;
    if (this.#notedStore === undefined) offset = this.#find(i, this.#tlb.writeTag);
    else this.#asked(i, this.#notedStore);
    const size = descriptor & MEM_SIZE_MASK;
    if (size > 4) {
      this.#pairHost = this.#locals.temporary(I32);
      this.#pairOffset = offset;
      this.#locals.code.localTee(this.#pairHost);
    }
    this.#values.value(buffer.b[i]!);
    this.#locals.code.memory(size >= 4 ? "v128.store" : STORES[size]!, offset);
  }

  /** The second half of a store of 32 bytes. */
  storeUpper(value: Value): void {
    const { code } = this.#locals;
    code.localGet(this.#pairHost);
    this.#values.value(value);
    code.memory("v128.store", this.#pairOffset + 16);
  }
}
