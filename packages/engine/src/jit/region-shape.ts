import { DECODE_NEEDS_MORE, DecodedForm, type GuestIsa } from "@isinglass/uops";
import { type FormFacts, factsOf } from "./form-facts.js";
import { MOST_PAGES_AWAY } from "./exits.js";
import type { GrowthRoot } from "./growth.js";
import { OffsetIndex } from "./offset-index.js";

/** Offsets are held in 32 bits: what is farther away than this is not looked at. */
const FARTHEST = (MOST_PAGES_AWAY + 1) * 4096;

/** Where the bytes of code are found when a region is made. */
export interface CodeSource {
  readonly bytes: Uint8Array;
  /** Host offset of the page `delta` pages from the entry's, if it may be executed now without a walk; else -1. */
  hostPage(delta: number): number;
  /** Whether the interpreter has gone often enough to the instruction at an offset relative to the entry's page. */
  isWarm(relative: number): boolean;
}

/** One instruction of a region. Offsets are relative to the linear address of the entry's page. */
export interface RegionInstruction {
  readonly offset: number;
  readonly length: number;
  /** Page of its last byte. */
  readonly page: number;
  readonly facts: FormFacts;
  /** Values of its holes, low and high halves. */
  readonly lo: readonly number[];
  readonly hi: readonly number[];
}

/** A run of instructions that is entered only at its start and left only at its end. */
export interface RegionBlock {
  readonly offset: number;
  /** Page of the last byte of each of its instructions; only the first may begin in the one before. */
  readonly page: number;
  readonly instructions: readonly RegionInstruction[];
  /** Offset that follows the last instruction. */
  readonly end: number;
  /** Why the block ends at `end`: by falling through, because control never gets there, or because what follows is interpreted. */
  readonly ending: "falls" | "never" | "interpret";
  /** Where it was seen to jump to, if it ends in a jump to a computed address: offsets, the most frequent first. */
  readonly jumpsTo: number[];
}

/** The shape of a region: its blocks by offset, the entry first, and the pages their bytes lie on. */
export interface RegionShape {
  readonly entry: number;
  readonly mode: number;
  readonly blocks: readonly RegionBlock[];
  /** Host offset of each page, by its distance in pages from the entry's. */
  readonly pages: ReadonlyMap<number, number>;
  readonly instructions: number;
  /** Offsets after interpreted instructions, where execution goes on: falling through is no arrival that is counted. */
  readonly continuations: readonly number[];
}

export interface ShapeLimits {
  /** Most instructions in a region. */
  readonly instructions: number;
  /** Most instructions in a block: fuel is charged by the block, and what exceeds it is interpreted. */
  readonly block: number;
  /** Most pages. */
  readonly pages: number;
}

/** Offsets in the order in which they were added, each once. */
class OffsetList {
  readonly offsets: number[] = [];
  readonly #index = new OffsetIndex();

  add(offset: number): void {
    if (!this.#index.holds(offset)) this.#index.put(offset, this.offsets.push(offset) - 1);
  }

  holds(offset: number): boolean {
    return this.#index.holds(offset);
  }
}

/** Reads instructions once for all blocks that meet them. */
class Reader {
  readonly #isa: GuestIsa;
  readonly #source: CodeSource;
  readonly #mode: number;
  readonly #facts: (FormFacts | undefined)[];
  readonly #decoded = new DecodedForm();
  /** Instructions that were read, by offset. */
  readonly #known = new OffsetIndex();
  readonly #instructions: (RegionInstruction | undefined)[] = [];
  readonly pages = new Map<number, number>();
  readonly #pageLimit: number;
  /** An instruction that crosses into the next page. */
  readonly #straddle = new Uint8Array(32);

  constructor(isa: GuestIsa, source: CodeSource, mode: number, facts: (FormFacts | undefined)[], pageLimit: number) {
    this.#isa = isa;
    this.#source = source;
    this.#mode = mode;
    this.#facts = facts;
    this.#pageLimit = pageLimit;
  }

  #page(delta: number): number {
    const there = this.pages.get(delta);
    if (there !== undefined) return there;
    if (this.pages.size >= this.#pageLimit) return -1;
    const host = this.#source.hostPage(delta);
    if (host >= 0) this.pages.set(delta, host);
    return host;
  }

  /** The instruction at an offset, or undefined if its page is not there, it crosses a page, or it is no code to compile. */
  at(offset: number): RegionInstruction | undefined {
    const at = this.#known.at(offset);
    if (at >= 0) return this.#instructions[at];
    const instruction = this.#read(offset);
    this.#known.put(offset, this.#instructions.push(instruction) - 1);
    return instruction;
  }

  #read(offset: number): RegionInstruction | undefined {
    const host = this.#page(offset >> 12);
    if (host < 0) return undefined;
    const decoded = this.#decoded;
    const from = host + (offset & 0xfff);
    let length = this.#isa.decode(this.#source.bytes, from, host + 4096, this.#mode, decoded);
    if (length === DECODE_NEEDS_MORE) {
      const second = this.#page((offset >> 12) + 1);
      if (second < 0) return undefined;
      const head = host + 4096 - from;
      this.#straddle.set(this.#source.bytes.subarray(from, from + head));
      this.#straddle.set(this.#source.bytes.subarray(second, second + this.#isa.maxLength), head);
      length = this.#isa.decode(this.#straddle, 0, head + this.#isa.maxLength, this.#mode, decoded);
    }
    let facts = this.#facts[decoded.form];
    if (facts === undefined) {
      facts = factsOf(this.#isa.form(decoded.form), this.#isa);
      this.#facts[decoded.form] = facts;
    }
    const holes = facts.ir.holes.length;
    const lo: number[] = [];
    const hi: number[] = [];
    for (let i = 0; i < holes; i += 1) {
      lo.push(decoded.lo[i]!);
      hi.push(decoded.hi[i]!);
    }
    return { offset, length, page: (offset + length - 1) >> 12, facts, lo, hi };
  }
}

/** Offset that a direct branch goes to. */
export function branchTarget(instruction: RegionInstruction): number {
  return instruction.offset + instruction.length + instruction.lo[instruction.facts.branchHole]!;
}

/**
 * Finds the region that begins at `entry` (an offset in its page): follows direct branches and falls through, breadth first, to
 * what is warm, within the limits. Undefined if there is nothing to compile at the entry.
 *
 * @param facts cache of what is known of forms, by id
 * @param roots where to begin, `entry` first, each with its own share of the instructions; `entry` alone unless told
 */
export function shapeRegion(
  isa: GuestIsa,
  source: CodeSource,
  mode: number,
  entry: number,
  limits: ShapeLimits,
  facts: (FormFacts | undefined)[],
  roots: readonly GrowthRoot[] = [{ offset: entry, instructions: limits.instructions, exits: [] }],
): RegionShape | undefined {
  const reader = new Reader(isa, source, mode, facts, limits.pages);
  const leaders = new OffsetList();
  const seen = new OffsetIndex();
  for (const { offset } of roots) leaders.add(offset);
  const continuations: number[] = [];
  for (const root of roots) {
    const queue = new OffsetList();
    queue.add(root.offset);
    const most = Math.min(limits.instructions, seen.size + root.instructions);
    const lead = (offset: number): void => {
      leaders.add(offset);
      queue.add(offset);
    };
    for (let next = 0; next < queue.offsets.length; next += 1) {
      let offset = queue.offsets[next]!;
      for (let run = 0; run < limits.block * 4; run += 1) {
        if (seen.holds(offset) || (seen.size >= most && seen.size > 0)) break;
        const instruction = reader.at(offset);
        if (instruction === undefined) break;
        const { facts: f } = instruction;
        const after = offset + instruction.length;
        if (!f.compilable) {
          if (!f.endsBlock) continuations.push(after);
          break;
        }
        seen.put(offset, 0);
        if (f.branchHole >= 0) {
          const target = branchTarget(instruction);
          if (Math.abs(target) <= FARTHEST && source.isWarm(target)) lead(target);
        }
        if (f.branchHole >= 0 || f.jumps) {
          if (!f.endsBlock || f.keepsReturn) lead(after);
          break;
        }
        if (f.endsBlock) break;
        offset = after;
      }
    }
  }
  if (!seen.holds(entry)) return undefined;
  const blocks: RegionBlock[] = [];
  // Grows on the way.
  for (const leader of leaders.offsets) {
    if (!seen.holds(leader)) continue;
    const block = blockAt(leader, reader, seen, leaders, limits.block);
    blocks.push(block);
    // A block that was cut goes on in another.
    if (block.ending === "falls" && seen.holds(block.end)) leaders.add(block.end);
  }
  blocks.sort((a, b) => Number(b.offset === entry) - Number(a.offset === entry));
  for (const root of roots) if (root.exits.length > 0) noteJumps(root, blocks);
  return { entry, mode, blocks, pages: reader.pages, instructions: seen.size, continuations };
}

/** Tells the computed jumps that a root leads to where it was seen to go. */
function noteJumps(root: GrowthRoot, blocks: readonly RegionBlock[]): void {
  const byOffset = new Map(blocks.map((block) => [block.offset, block]));
  const direct = new Set<number>();
  const jumps: RegionBlock[] = [];
  const queue = [root.offset];
  for (let next = 0; next < queue.length; next += 1) {
    const block = byOffset.get(queue[next]!);
    if (block === undefined) continue;
    const last = block.instructions.at(-1)!;
    const go = (offset: number): void => {
      direct.add(offset);
      if (!queue.includes(offset)) queue.push(offset);
    };
    if (last.facts.branchHole >= 0) go(branchTarget(last));
    if (block.ending === "falls") go(block.end);
    if (last.facts.jumps) jumps.push(block);
  }
  for (const { jumpsTo } of jumps)
    for (const offset of root.exits) if (!direct.has(offset) && !jumpsTo.includes(offset)) jumpsTo.push(offset);
}

function blockAt(leader: number, reader: Reader, seen: OffsetIndex, leaders: OffsetList, limit: number): RegionBlock {
  const instructions: RegionInstruction[] = [];
  const { page } = reader.at(leader)!;
  let offset = leader;
  const end = (ending: RegionBlock["ending"]): RegionBlock => ({
    offset: leader,
    page,
    instructions,
    end: offset,
    ending,
    jumpsTo: [],
  });
  for (;;) {
    const instruction = reader.at(offset)!;
    instructions.push(instruction);
    offset += instruction.length;
    const { facts } = instruction;
    if (facts.endsBlock) return end("never");
    if (facts.branchHole >= 0 || facts.jumps || leaders.holds(offset) || instructions.length >= limit)
      return end("falls");
    const next = reader.at(offset);
    if (!seen.holds(offset)) return end(next !== undefined && !next.facts.compilable ? "interpret" : "falls");
    // What lies on another page is another block: its mapping is checked on the way.
    if (next!.page !== page) return end("falls");
  }
}
