import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { MEM_SIZE_MASK } from "@isinglass/uops";
import type { TlbShape } from "../lower.js";
import { RuntimeImports } from "../runtime-imports.js";

const { i32, i64 } = WASM_TYPE;

/** Functions with which region code finds guest memory, as indices in its module. */
export interface RegionLocators {
  /** `(address i64, descriptor) -> host address`, 0: the interpreter has to do it. */
  readonly load: number;
  readonly store: number;
  /** `(address i64, descriptor, soft-TLB view) -> host address`: the same, after a look into the soft TLB. */
  readonly findReadable: number;
  readonly findWritable: number;
  readonly findStore: number;
  /**
   * `(address i64, descriptor, soft-TLB view, bytes << 16 | bytes of the window before the address) -> host address, host address of the
   * window or 0`, see {@link PageProof}.
   */
  readonly proveReadable: number;
  readonly proveWritable: number;
  readonly proveStore: number;
}

/** Functions that region code calls, as indices in its module. */
export interface RegionRuntime extends RegionLocators {
  /** Helper function `n` of the ISA. */
  helper(n: number): number;
}

const LOCATE = [i64, i32];
const FIND = [i64, i32, i32];
const PROVE = [i64, i32, i32, i32];

/** The functions of {@link buildRegionRuntime} and helpers of the ISA, as a module of regions imports them. */
export class RegionImports extends RuntimeImports implements RegionRuntime {
  get load(): number {
    return this.function("r", "load", LOCATE, [i32]);
  }

  get store(): number {
    return this.function("r", "store", LOCATE, [i32]);
  }

  get findReadable(): number {
    return this.function("r", "findReadable", FIND, [i32]);
  }

  get findWritable(): number {
    return this.function("r", "findWritable", FIND, [i32]);
  }

  get findStore(): number {
    return this.function("r", "findStore", FIND, [i32]);
  }

  get proveReadable(): number {
    return this.function("r", "proveReadable", PROVE, [i32, i32]);
  }

  get proveWritable(): number {
    return this.function("r", "proveWritable", PROVE, [i32, i32]);
  }

  get proveStore(): number {
    return this.function("r", "proveStore", PROVE, [i32, i32]);
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

/** The functions that all regions share; the host's `e.regionLoad` and `e.regionStore(low, high, descriptor)` are behind them. */
export function buildRegionRuntime(tlb: TlbShape): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("e", "memory", 1);
  const slowPaths = ["regionLoad", "regionStore"].map((name) =>
    module.importFunction("e", name, [i32, i32, i32], [i32]),
  );
  // An i64 would cost its way through JavaScript three times as much as two i32.
  const [load, store] = slowPaths.map((callee) =>
    module.func(
      LOCATE,
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
  const finder = (slow: number, tag: number): number => module.func(FIND, [i32], [i64], findCode(tlb, slow, tag));
  const prover = (slow: number, tag: number): number =>
    module.func(PROVE, [i32, i32], [i64], proveCode(tlb, slow, tag));
  const functions: RegionLocators = {
    load: load!,
    store: store!,
    findReadable: finder(load!, tlb.readTag),
    findWritable: finder(load!, tlb.writeTag),
    findStore: finder(store!, tlb.writeTag),
    proveReadable: prover(load!, tlb.readTag),
    proveWritable: prover(load!, tlb.writeTag),
    proveStore: prover(store!, tlb.writeTag),
  };
  for (const [name, index] of Object.entries(functions)) module.export(name, index);
  return module.build();
}
