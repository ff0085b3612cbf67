import { I32, I64, type Value } from "@isinglass/uops";
import type { TlbShape } from "../lower.js";
import { EXIT_TRACKED_MASK, EXIT_TRACKED_SHIFT, packExit } from "./exits.js";
import type { RegionBuffer } from "./region-buffer.js";
import type { RegionShape } from "./region-shape.js";
import { BASE, TLB, VCPU } from "./region-signature.js";
import type { SlotLocals } from "./slot-locals.js";
import type { ValueWriter } from "./value-writer.js";

/** What writes the blocks that edges lead to, and the ways out of the region. */
export interface EdgeSurroundings {
  /** The block being written. */
  readonly block: number;
  /** Goes to a block, whose code may come right here. */
  enter(block: number): void;
  /** Leaves the region as a packed exit says. */
  exit(how: number): void;
  /** Leaves for the address on the stack, with the vCPU state under it. */
  exitStored(how: number): void;
  /** A structure begins around what is written next, or ends. */
  opened(): void;
  closed(): void;
}

/** Writes the edges of a region's flow: to its blocks, by computed addresses, and out of it. */
export class EdgeWriter {
  readonly #values: ValueWriter;
  readonly #locals: SlotLocals;
  readonly #buffer: RegionBuffer;
  readonly #shape: RegionShape;
  /** Page that the jumps to each hub lie on. */
  readonly #hubs: readonly (number | undefined)[];
  readonly #tlb: TlbShape;
  readonly #surroundings: EdgeSurroundings;

  constructor(
    values: ValueWriter,
    buffer: RegionBuffer,
    shape: RegionShape,
    hubs: readonly (number | undefined)[],
    tlb: TlbShape,
    surroundings: EdgeSurroundings,
  ) {
    this.#values = values;
    this.#locals = values.locals;
    this.#buffer = buffer;
    this.#shape = shape;
    this.#hubs = hubs;
    this.#tlb = tlb;
    this.#surroundings = surroundings;
  }

  /** Goes to a block, or leaves the region for it. */
  edge(i: Value): void {
    const buffer = this.#buffer;
    const at = buffer.y[i]!;
    const offset = buffer.extra[at]!;
    const fuel = buffer.extra[at + 1]!;
    const tracked = buffer.extra[at + 2]!;
    const interpret = buffer.extra[at + 3]! !== 0;
    if (buffer.x[i]! >= 0) this.#goTo(buffer.x[i]!, offset, fuel, tracked, buffer.c[i]!);
    else this.#leaveFor(offset, fuel, tracked, interpret, buffer.c[i]!);
  }

  #leaveFor(offset: number, fuel: number, tracked: number, interpret: boolean, bits: number): void {
    const { code } = this.#locals;
    const inPage = offset >= 0 && offset < 4096;
    if (bits === 64 || inPage) {
      this.#surroundings.exit(packExit(offset, fuel, tracked, interpret));
      return;
    }
    code
      .localGet(VCPU)
      .localGet(BASE)
      .i64(offset, offset >> 31)
      .op("i64.add");
    if (bits === 32) code.op("i32.wrap_i64").op("i64.extend_i32_u");
    this.#surroundings.exitStored(packExit(0, fuel, tracked, interpret));
  }

  /** The page of a block, or of all jumps to a hub, if they are on one. */
  #pageOf(block: number): number | undefined {
    const { blocks } = this.#shape;
    return block < blocks.length ? blocks[block]!.page : this.#hubs[block - blocks.length];
  }

  /** Goes to a block of the region; in another page only while that is where it was. */
  #goTo(block: number, offset: number, fuel: number, tracked: number, bits: number): void {
    const { code } = this.#locals;
    const { page } = this.#shape.blocks[block]!;
    const here = this.#pageOf(this.#surroundings.block);
    if (page !== offset >> 12 && here !== offset >> 12) {
      // Its first instruction begins on a page that nothing has looked at.
      this.#leaveFor(offset, fuel, tracked, false, bits);
      return;
    }
    if (page !== here) {
      const { entries, entryBytes } = this.#tlb;
      const linear = this.#locals.temporary(I64);
      const entry = this.#locals.temporary(I32);
      code
        .localGet(BASE)
        .i64(page << 12, page >> 19)
        .op("i64.add")
        .localTee(linear);
      code
        .op("i32.wrap_i64")
        .i32(12 - Math.log2(entryBytes))
        .op("i32.shr_u")
        .i32((entries - 1) * entryBytes)
        .op("i32.and");
      code.localGet(TLB).op("i32.add").localTee(entry).memory("i64.load", this.#tlb.fetchTag);
      code.localGet(linear).op("i64.ne");
      code
        .localGet(entry)
        .memory("i32.load", this.#tlb.ram)
        .i32(this.#shape.pages.get(page)!)
        .op("i32.ne")
        .op("i32.or")
        .unlikely()
        .if();
      this.#surroundings.opened();
      this.#leaveFor(offset, fuel, tracked, false, bits);
      this.#surroundings.closed();
      code.end();
    }
    this.#surroundings.enter(block);
  }

  /** Goes to the block at a computed address, or leaves the region for it. */
  jump(i: Value): void {
    const { code } = this.#locals;
    const buffer = this.#buffer;
    const target = this.#locals.temporary(I64);
    this.#values.value(buffer.a[i]!);
    this.#locals.setTo(target);
    const exit = buffer.c[i]!;
    for (let k = 0; k < buffer.y[i]!; k += 1) {
      const offset = buffer.extra[buffer.x[i]! + 2 * k]!;
      const block = buffer.extra[buffer.x[i]! + 2 * k + 1]!;
      code
        .localGet(target)
        .localGet(BASE)
        .op("i64.sub")
        .i64(offset, offset >> 31)
        .op("i64.eq")
        .if();
      this.#surroundings.opened();
      this.#goTo(block, offset, 0, (exit >> EXIT_TRACKED_SHIFT) & EXIT_TRACKED_MASK, 64);
      this.#surroundings.closed();
      code.end();
    }
    code.localGet(VCPU).localGet(target);
    this.#surroundings.exitStored(exit);
  }
}
