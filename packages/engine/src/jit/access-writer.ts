import { I32, I64, MEM_FOR_WRITE, MEM_SIGNED, MEM_SIZE_MASK, V128, type Value } from "@isinglass/uops";
import { WASM_TYPE } from "@isinglass/wasm";
import type { TlbShape } from "../lower.js";
import type { Flow } from "./flow.js";
import { type PageProof, type ProvenAccess, findPageProofs } from "./page-proofs.js";
import { GET, type RegionBuffer } from "./region-buffer.js";
import type { RegionRuntime } from "./region-runtime.js";
import { TLB } from "./region-signature.js";
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

/** Writes loads and stores of guest memory: a look into the soft TLB, the slow path behind it, and windows that are proven for a loop. */
export class AccessWriter {
  readonly #values: ValueWriter;
  readonly #locals: SlotLocals;
  readonly #buffer: RegionBuffer;
  readonly #uses: ValueUses;
  readonly #tlb: TlbShape;
  readonly #runtime: RegionRuntime;
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
    runtime: RegionRuntime,
    surroundings: AccessSurroundings,
  ) {
    this.#values = values;
    this.#locals = values.locals;
    this.#buffer = buffer;
    this.#uses = uses;
    this.#tlb = tlb;
    this.#runtime = runtime;
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

  /**
   * Leaves the host address of access `i` on the stack, or leaves the region. The entry that an access near it found is tried if
   * there is one: its tag tells whether it is the right one.
   */
  #host(i: Value, callee: number, finder: number, tag: number): void {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const descriptor = buffer.x[i]!;
    const at = this.#addressLocal(buffer.a[i]!);
    const known = buffer.c[i]! < 0 ? -1 : this.#uses.entry[buffer.c[i]!]!;
    const entry = known >= 0 ? known : this.#findEntry(at);
    if (known < 0) this.#uses.entry[i] = entry;
    const inPage = this.#locals.temporary(I64);
    const host = this.#locals.temporary(I32);
    this.#locals.getFrom(at);
    code.localGet(entry).memory("i64.load", tag).op("i64.sub").localTee(inPage);
    code.i64(4096 - (1 << (descriptor & MEM_SIZE_MASK)), 0).op("i64.gt_u");
    code.unlikely().if(WASM_TYPE.i32);
    this.#surroundings.leaving(buffer.exits[buffer.y[i]!]!);
    code.localGet(at).i32(descriptor);
    if (known >= 0) code.localGet(TLB);
    code
      .call(known >= 0 ? finder : callee)
      .localTee(host)
      .op("i32.eqz")
      .unlikely()
      .brIf(this.#surroundings.away());
    code.localGet(host);
    code
      .else()
      .localGet(inPage)
      .op("i32.wrap_i64")
      .localGet(entry)
      .memory("i32.load", this.#tlb.ram)
      .op("i32.add")
      .end();
  }

  /** Somebody else may have been at work: pages are mapped and watched otherwise. */
  forgetAllWindows(): void {
    for (const local of this.#windows.values()) this.#locals.code.i32(0).localSet(local);
  }

  /** The windows that are counted from a slot are somewhere else now. */
  forgetWindows(slot: number): void {
    for (const local of this.#windowsOf.get(slot) ?? []) this.#locals.code.i32(0).localSet(local);
  }

  /** Leaves the host address of the window of access `i` on the stack, and gives the offset of the access from there. */
  #inWindow(i: Value, { proof, before }: ProvenAccess, prove: number): number {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const window = this.#windows.get(proof)!;
    const host = this.#locals.temporary(I32);
    code.localGet(window).likely().if(WASM_TYPE.i32).localGet(window).else();
    this.#surroundings.leaving(buffer.exits[buffer.y[i]!]!);
    this.#locals.openScope();
    this.#values.value(buffer.a[i]!);
    this.#locals.closeScope();
    code
      .i32(buffer.x[i]!)
      .localGet(TLB)
      .i32((proof.bytes << 16) | before)
      .call(prove);
    code.localSet(window).localTee(host).op("i32.eqz").unlikely().brIf(this.#surroundings.away()).localGet(host);
    if (before !== 0) code.i32(before).op("i32.sub");
    code.end();
    return before;
  }

  guestLoad(i: Value): void {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const descriptor = buffer.x[i]!;
    const forWrite = (descriptor & MEM_FOR_WRITE) !== 0;
    const proof = this.#proofs[i];
    let offset = 0;
    if (proof !== undefined)
      offset = this.#inWindow(i, proof, forWrite ? this.#runtime.proveWritable : this.#runtime.proveReadable);
    else if (forWrite) this.#host(i, this.#runtime.load, this.#runtime.findWritable, this.#tlb.writeTag);
    else this.#host(i, this.#runtime.load, this.#runtime.findReadable, this.#tlb.readTag);
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
    const proof = this.#proofs[i];
    let offset = 0;
    if (proof !== undefined) offset = this.#inWindow(i, proof, this.#runtime.proveStore);
    else this.#host(i, this.#runtime.store, this.#runtime.findStore, this.#tlb.writeTag);
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
