import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { type GuestIsa, MEM_SIZE_MASK } from "@isinglass/uops";
import { type TlbShape, wasmType } from "../lower.js";
import { analyseFlow } from "./flow.js";
import { Knowledge } from "./knowledge.js";
import { RegionBuffer } from "./region-buffer.js";
import {
  type EmitterScratch,
  REGION_PARAMS,
  REGION_RESULTS,
  RegionEmitter,
  type RegionRuntime,
} from "./region-emitter.js";
import { type RegionBlock, type RegionShape, branchTarget } from "./region-shape.js";
import { type SlotTable, slotsOf } from "./slots.js";
import { type EdgeSource, Translator } from "./translator.js";

const { i32, i64 } = WASM_TYPE;
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
  readonly #slots: SlotTable;
  readonly #buffer = new RegionBuffer();
  /** Takes what the next region is made of, where somebody wants to see that. */
  listing: RegionListing | undefined;
  readonly #translator: Translator;
  readonly #nothing: Knowledge;
  readonly #scratch: EmitterScratch = { uses: new Uint16Array(0), local: new Int32Array(0), made: new Int32Array(0) };

  constructor(isa: GuestIsa, tlb: TlbShape) {
    this.#isa = isa;
    this.tlb = tlb;
    this.#slots = slotsOf(isa);
    this.#nothing = new Knowledge(this.#slots.count);
    this.#translator = new Translator(isa, this.#slots, this.#buffer);
  }

  /** Body and locals of a region's function. */
  compile(shape: RegionShape, runtime: RegionRuntime): { code: CodeWriter; locals: readonly number[] } {
    const { blocks } = shape;
    const indexOf = new Map(blocks.map((block, i) => [block.offset, i]));
    const returns: number[] = [];
    for (const block of blocks) {
      const last = block.instructions.at(-1)!;
      const { facts } = last;
      if (facts.keepsReturn && facts.branchHole >= 0 && indexOf.has(branchTarget(last)) && indexOf.has(block.end))
        returns.push(block.end);
    }
    const likely = blocks.map((block) => {
      const { facts } = block.instructions.at(-1)!;
      if (!facts.jumps) return [];
      const guesses = facts.keepsReturn ? [] : returns.slice(0, LIKELY);
      return [...new Set([...block.jumpsTo, ...guesses])]
        .filter((offset) => indexOf.has(offset))
        .slice(0, Math.max(LIKELY, block.jumpsTo.length));
    });
    const hubs = findHubs(blocks, likely);
    const hubOf = new Map<number, number>();
    hubs.forEach((hub, n) => hub.from.forEach((block) => hubOf.set(block, blocks.length + n)));
    const successors = blocks.map((block, i) => {
      const last = block.instructions.at(-1)!;
      const to: number[] = [];
      if (last.facts.branchHole >= 0) to.push(indexOf.get(branchTarget(last)) ?? -1);
      if (block.ending === "falls") to.push(indexOf.get(block.end) ?? -1);
      const hub = hubOf.get(i);
      if (hub === undefined) for (const offset of likely[i]!) to.push(indexOf.get(offset)!);
      else to.push(hub);
      return to.filter((index) => index >= 0);
    });
    for (const hub of hubs) successors.push(hub.targets.map((offset) => indexOf.get(offset)!));
    const flow = analyseFlow(successors);
    const translator = this.#translator;
    translator.clear(shape.mode);
    translator.starts = this.listing?.starts;
    const ranges: [number, number][] = successors.map(() => [0, 0]);
    for (const index of flow.order) {
      const from = this.#buffer.count;
      const block = blocks[index];
      const hub = hubOf.get(index) ?? -1;
      const edges: EdgeSource = {
        blockAt: (offset) => {
          const to = indexOf.get(offset) ?? -1;
          return to >= 0 && !flow.isCut(index, to) ? to : -1;
        },
        likely: block === undefined ? hubs[index - blocks.length]!.targets : hub < 0 ? likely[index]! : [],
        hub: hub >= 0 && !flow.isCut(index, hub) ? hub : -1,
      };
      if (block === undefined) translator.hub(index, this.#nothing.copy(), edges);
      else {
        const known: Knowledge | undefined = flow.incoming[index] === 1 ? translator.arriving.get(index) : undefined;
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
      this.#scratch,
    );
    emitter.run();
    this.listing?.take(this.#buffer, emitter.uses, this.#slots);
    return { code: emitter.code, locals: emitter.localTypes };
  }
}

/** `(address, descriptor, view)`: host address of an access by its entry of the soft TLB, else whatever the slow path says. */
function findCode(tlb: TlbShape, slow: number, tag: number): CodeWriter {
  const code = new CodeWriter(64);
  code
    .localGet(0)
    .op("i32.wrap_i64")
    .i32(12 - Math.log2(tlb.entryBytes))
    .op("i32.shr_u");
  code
    .i32((tlb.entries - 1) * tlb.entryBytes)
    .op("i32.and")
    .localGet(2)
    .op("i32.add")
    .localTee(2);
  code.memory("i64.load", tag).localSet(3).localGet(0).localGet(3).op("i64.sub").localTee(3);
  code.i64(4096, 0).i64(1, 0).localGet(1).i32(MEM_SIZE_MASK).op("i32.and").op("i64.extend_i32_u").op("i64.shl");
  code.op("i64.sub").op("i64.gt_u").if(i32);
  code.localGet(0).localGet(1).call(slow);
  return code.else().localGet(3).op("i32.wrap_i64").localGet(2).memory("i32.load", tlb.ram).op("i32.add").end();
}

/** `(address, descriptor, view, geometry)`: the same, and the host address of the window around it if all of that lies on the page, see {@link RegionRuntime}. */
function proveCode(tlb: TlbShape, slow: number, tag: number): CodeWriter {
  const code = new CodeWriter(96);
  const inPage = 4;
  code
    .localGet(0)
    .op("i32.wrap_i64")
    .i32(12 - Math.log2(tlb.entryBytes))
    .op("i32.shr_u");
  code
    .i32((tlb.entries - 1) * tlb.entryBytes)
    .op("i32.and")
    .localGet(2)
    .op("i32.add")
    .localTee(2);
  code.memory("i64.load", tag).localSet(inPage).localGet(0).localGet(inPage).op("i64.sub").localTee(inPage);
  code.i64(4096, 0).i64(1, 0).localGet(1).i32(MEM_SIZE_MASK).op("i32.and").op("i64.extend_i32_u").op("i64.shl");
  code.op("i64.sub").op("i64.gt_u").if();
  code.localGet(0).localGet(1).call(slow).i32(0).return().end();
  // The host address of the page, then of the access, in the parameter of the view.
  code.localGet(inPage).op("i32.wrap_i64").localGet(2).memory("i32.load", tlb.ram).op("i32.add").localTee(2);
  code.i32(0).localGet(2).localGet(3).i32(0xffff).op("i32.and").op("i32.sub");
  code.localGet(inPage).op("i32.wrap_i64").localGet(3).i32(0xffff).op("i32.and").op("i32.sub");
  code.i32(4096).localGet(3).i32(16).op("i32.shr_u").op("i32.sub").op("i32.gt_u").op("select");
  return code;
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
  const slowPaths = [
    module.importFunction("e", "regionLoad", [i32, i32, i32], [i32]),
    module.importFunction("e", "regionStore", [i32, i32, i32], [i32]),
  ];
  const helpers = isa.functions.map((fn, n) =>
    module.importFunction(
      "h",
      `f${n}`,
      [i32, ...fn.params.map(wasmType)],
      fn.result === 0 ? [] : [wasmType(fn.result)],
    ),
  );
  // An i64 would cost its way through JavaScript three times as much as two i32.
  const [load, store] = slowPaths.map((callee) =>
    module.func(
      [i64, i32],
      [i32],
      [],
      new CodeWriter(32)
        .localGet(0)
        .op("i32.wrap_i64")
        .localGet(0)
        .i64(32, 0)
        .op("i64.shr_u")
        .op("i32.wrap_i64")
        .localGet(1)
        .call(callee),
    ),
  );
  const finder = (slow: number, tag: number): number =>
    module.func([i64, i32, i32], [i32], [i64], findCode(compiler.tlb, slow, tag));
  const prover = (slow: number, tag: number): number =>
    module.func([i64, i32, i32, i32], [i32, i32], [i64], proveCode(compiler.tlb, slow, tag));
  const runtime: RegionRuntime = {
    load: load!,
    store: store!,
    findReadable: finder(load!, compiler.tlb.readTag),
    findWritable: finder(load!, compiler.tlb.writeTag),
    findStore: finder(store!, compiler.tlb.writeTag),
    proveReadable: prover(load!, compiler.tlb.readTag),
    proveWritable: prover(load!, compiler.tlb.writeTag),
    proveStore: prover(store!, compiler.tlb.writeTag),
    helper: (n) => helpers[n]!,
  };
  for (const shape of shapes) {
    const { code, locals } = compiler.compile(shape, runtime);
    module.export(`r${sizes.length}`, module.func(REGION_PARAMS, REGION_RESULTS, locals, code));
    sizes.push(code.length);
  }
  return module.build();
}
