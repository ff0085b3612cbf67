import { type CodeWriter, ModuleBuilder } from "@isinglass/wasm";
import type { GuestIsa } from "@isinglass/uops";
import type { TlbShape } from "../lower.js";
import { analyseFlow } from "./flow.js";
import { Knowledge } from "./knowledge.js";
import { OffsetIndex } from "./offset-index.js";
import { RegionBuffer } from "./region-buffer.js";
import { RegionEmitter } from "./region-emitter.js";
import { REGION_PARAMS, REGION_RESULTS } from "./region-signature.js";
import type { EmitterScratch } from "./value-uses.js";
import { RegionImports, type RegionRuntime } from "./region-runtime.js";
import { type RegionBlock, type RegionShape, branchTarget } from "./region-shape.js";
import { type SlotTable, slotsOf } from "./slots.js";
import type { EdgeSource } from "./edges.js";
import { Translator } from "./translator.js";

/** Most returns that an indirect jump is compared with before it leaves the region, where nothing has been seen of it. */
const LIKELY = 3;

/** What a region is made of, before it becomes WebAssembly. */
export interface RegionListing {
  /** Pairs: offset of an instruction, its first op in the buffer. */
  readonly starts: number[];
  take(buffer: RegionBuffer, uses: Uint16Array, slots: SlotTable): void;
}

/**
 * A place of its own in a region where jumps to the same computed addresses meet: it dominates what they go to, where the jumps themselves would
 * make the flow irreducible.
 */
interface Hub {
  /** Blocks that end in such a jump. */
  readonly from: readonly number[];
  readonly targets: readonly number[];
  /** Page that all of `from` lie on, or undefined. */
  readonly page: number | undefined;
}

function findHubs(blocks: readonly RegionBlock[], likely: readonly (readonly number[])[]): Hub[] {
  const hubs: { from: number[]; targets: Set<number> }[] = [];
  likely.forEach((targets, block) => {
    if (targets.length === 0) return;
    const merged = { from: [block], targets: new Set(targets) };
    for (let n = hubs.length - 1; n >= 0; n -= 1) {
      const hub = hubs[n]!;
      if (!targets.some((offset) => hub.targets.has(offset))) continue;
      hubs.splice(n, 1);
      merged.from.push(...hub.from);
      for (const offset of hub.targets) merged.targets.add(offset);
    }
    hubs.push(merged);
  });
  return hubs
    .filter(({ from }) => from.length > 1)
    .map(({ from, targets }) => {
      const { page } = blocks[from[0]!]!;
      return { from, targets: [...targets], page: from.every((b) => blocks[b]!.page === page) ? page : undefined };
    });
}

/** Compiles regions of one ISA; keeps its buffers from one to the next. */
export class RegionCompiler {
  readonly #isa: GuestIsa;
  readonly tlb: TlbShape;
  readonly #notesStores: boolean;
  readonly #slots: SlotTable;
  readonly #buffer = new RegionBuffer();
  /** Takes what the next region is made of, where somebody wants to see that. */
  listing: RegionListing | undefined;
  readonly #translator: Translator;
  /** The region's blocks by offset. */
  readonly #indexOf = new OffsetIndex();
  readonly #nothing: Knowledge;
  readonly #scratch: EmitterScratch = {
    uses: new Uint16Array(0),
    local: new Int32Array(0),
    made: new Int32Array(0),
  };

  /** @param notesStores whether the host is asked for each store where it goes; it can keep account of them then */
  constructor(isa: GuestIsa, tlb: TlbShape, notesStores = false) {
    this.#isa = isa;
    this.#notesStores = notesStores;
    this.tlb = tlb;
    this.#slots = slotsOf(isa);
    this.#nothing = new Knowledge(this.#slots.count);
    this.#translator = new Translator(isa, this.#slots, this.#buffer);
  }

  /** Body and locals of a region's function. */
  compile(shape: RegionShape, runtime: RegionRuntime): { code: CodeWriter; locals: readonly number[] } {
    const { blocks } = shape;
    const indexOf = this.#indexOf;
    indexOf.clear();
    blocks.forEach((block, i) => indexOf.put(block.offset, i));
    const returns: number[] = [];
    for (const block of blocks) {
      const last = block.instructions.at(-1)!;
      const { facts } = last;
      if (
        facts.keepsReturn &&
        facts.branchHole >= 0 &&
        indexOf.at(branchTarget(last)) >= 0 &&
        indexOf.at(block.end) >= 0
      )
        returns.push(block.end);
    }
    const likely = blocks.map((block) => {
      const { facts } = block.instructions.at(-1)!;
      if (!facts.jumps) return [];
      const guesses = facts.keepsReturn ? [] : returns.slice(0, LIKELY);
      return [...new Set([...block.jumpsTo, ...guesses])]
        .filter((offset) => indexOf.at(offset) >= 0)
        .slice(0, Math.max(LIKELY, block.jumpsTo.length));
    });
    const hubs = findHubs(blocks, likely);
    const hubOf = new Int32Array(blocks.length).fill(-1);
    hubs.forEach((hub, n) => hub.from.forEach((block) => (hubOf[block] = blocks.length + n)));
    const successors = blocks.map((block, i) => {
      const last = block.instructions.at(-1)!;
      const to: number[] = [];
      if (last.facts.branchHole >= 0) to.push(indexOf.at(branchTarget(last)));
      if (block.ending === "falls") to.push(indexOf.at(block.end));
      if (hubOf[i]! >= 0) to.push(hubOf[i]!);
      else for (const offset of likely[i]!) to.push(indexOf.at(offset));
      return to.filter((index) => index >= 0);
    });
    for (const hub of hubs) successors.push(hub.targets.map((offset) => indexOf.at(offset)));
    const flow = analyseFlow(successors);
    const translator = this.#translator;
    translator.clear(shape.mode);
    translator.starts = this.listing?.starts;
    const ranges: [number, number][] = successors.map(() => [0, 0]);
    for (const index of flow.order) {
      const from = this.#buffer.count;
      const block = blocks[index];
      const hub = hubOf[index] ?? -1;
      const edges: EdgeSource = {
        blockAt: (offset) => {
          const to = indexOf.at(offset);
          return to >= 0 && !flow.isCut(index, to) ? to : -1;
        },
        likely: block === undefined ? hubs[index - blocks.length]!.targets : hub < 0 ? likely[index]! : [],
        hub: hub >= 0 && !flow.isCut(index, hub) ? hub : -1,
      };
      if (block === undefined) translator.hub(index, this.#nothing.copy(), edges);
      else {
        const known: Knowledge | undefined = flow.incoming[index] === 1 ? translator.edges.arriving[index] : undefined;
        translator.block(
          index,
          block.instructions,
          known ?? this.#nothing.copy(),
          edges,
          block.ending === "never" ? undefined : { offset: block.end, interpret: block.ending === "interpret" },
        );
      }
      ranges[index] = [from, this.#buffer.count];
    }
    const emitter = new RegionEmitter(
      this.#isa,
      this.#slots,
      this.tlb,
      translator,
      shape,
      hubs.map(({ page }) => page),
      flow,
      ranges,
      runtime,
      this.#notesStores,
      this.#scratch,
    );
    emitter.run();
    this.listing?.take(this.#buffer, emitter.uses, this.#slots);
    return { code: emitter.code, locals: emitter.localTypes };
  }
}

/** A module that exports the function of each region as `r0`, `r1`, …; `sizes` takes the bytes of each. */
export function buildRegionModule(
  isa: GuestIsa,
  compiler: RegionCompiler,
  shapes: Iterable<RegionShape>,
  sizes: number[] = [],
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("e", "memory", 1);
  const runtime = new RegionImports(module, isa);
  const regions = [];
  for (const shape of shapes) {
    const region = compiler.compile(shape, runtime);
    regions.push(region);
    sizes.push(region.code.length);
  }
  // What the code of all regions imports comes first.
  regions.forEach(({ code, locals }, k) => {
    module.export(`r${k}`, module.func(REGION_PARAMS, REGION_RESULTS, locals, code));
  });
  return module.build();
}
