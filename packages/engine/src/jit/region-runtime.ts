import { CodeWriter, ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { ASSIST_LEAVE, type ExecutorState, MEM_SIZE_MASK } from "@isinglass/uops";
import type { TlbShape } from "../lower.js";
import { RuntimeImports } from "../runtime-imports.js";
import {
  EXIT_FUEL_MASK,
  EXIT_FUEL_SHIFT,
  EXIT_OFFSET_SHIFT,
  EXIT_PC_STORED,
  EXIT_STATUS_MASK,
  EXIT_STATUS_SHIFT,
  EXIT_TRACKED_MASK,
  EXIT_TRACKED_SHIFT,
} from "./exits.js";

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

/** More than the bytes of an instruction. */
export const MOST_LENGTH = 16;

/** Functions that region code calls, as indices in its module. */
export interface RegionRuntime extends RegionLocators {
  /**
   * `(vcpu, fuel, linear address of the entry's page, how, assist * MOST_LENGTH + length of the instruction, a, b) -> how to leave, below 0: at the end of the
   * instruction; or 0 to go on`;
   * `how` is that of an exit at the instruction, when it has been charged for, see exits.ts.
   */
  readonly assisted: number;
  /** Helper function `n` of the ISA. */
  helper(n: number): number;
}

const LOCATE = [i64, i32];
const FIND = [i64, i32, i32];
const PROVE = [i64, i32, i32, i32];
const ASSISTED = [i32, i32, i64, i64, i32, i32, i32];

/**
 * What the host gives a region's assist, beside ASSIST_*: it is done, and code has been written; or it has not been done.
 */
export const ASSIST_RESUME = 4;
export const ASSIST_NOT_HERE = 5;
/** In the high half of how to leave: when the instruction has been done to its end. */
const LEAVES_AFTER = 0x8000_0000 | 0;

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

  get assisted(): number {
    return this.function("r", "assisted", ASSISTED, [i64]);
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

/** See {@link RegionRuntime.assisted}: the state says where the instruction is and what is left of the fuel while the assist is at work. */
function assistedCode(state: ExecutorState, assist: number): CodeWriter {
  const [vcpu, fuel, base, how, what, a, b] = [0, 1, 2, 3, 4, 5, 6];
  const [status, next] = [7, 8];
  const code = new CodeWriter(160);
  code
    .localGet(vcpu)
    .localGet(base)
    .localGet(how)
    .i64(EXIT_OFFSET_SHIFT, 0)
    .op("i64.shr_s")
    .op("i64.add")
    .localTee(base);
  code.memory("i64.store", state.pc);
  code
    .localGet(vcpu)
    .localGet(base)
    .localGet(what)
    .i32(MOST_LENGTH - 1)
    .op("i32.and")
    .op("i64.extend_i32_u");
  code.op("i64.add").localTee(next).memory("i64.store", state.nextPc);
  code.localGet(vcpu).localGet(how).op("i32.wrap_i64").i32(EXIT_FUEL_SHIFT).op("i32.shr_u").i32(EXIT_FUEL_MASK);
  code.op("i32.and").localGet(fuel).op("i32.add").memory("i32.store", state.fuel);
  code.localGet(what).i32(Math.log2(MOST_LENGTH)).op("i32.shr_u").localGet(a).localGet(b).call(assist);
  code.localTee(status).op("i32.eqz").likely().if();
  code.i64(0, 0).return().end();
  const kept = (EXIT_FUEL_MASK << EXIT_FUEL_SHIFT) | (EXIT_TRACKED_MASK << EXIT_TRACKED_SHIFT);
  code.localGet(how).i64(kept, 0).op("i64.and").i64(EXIT_PC_STORED, 0).op("i64.or").localSet(how);
  code.localGet(status).i32(ASSIST_NOT_HERE).op("i32.eq").if();
  code
    .localGet(how)
    .i64((1 << EXIT_FUEL_SHIFT) | 1, 0)
    .op("i64.add")
    .return()
    .end();
  code.localGet(status).i32(EXIT_STATUS_MASK).op("i32.and").i32(EXIT_STATUS_SHIFT).op("i32.shl").op("i64.extend_i32_u");
  code.localGet(how).op("i64.or").localSet(how);
  code.localGet(status).i32(ASSIST_LEAVE).op("i32.ge_u").if();
  code.localGet(vcpu).localGet(next).memory("i64.store", state.pc);
  code.localGet(how).i64(0, LEAVES_AFTER).op("i64.or").localSet(how);
  return code.end().localGet(how);
}

/** The functions that all regions share; the host's `e.regionLoad` and `e.regionStore(low, high, descriptor)` are behind them. */
export function buildRegionRuntime(tlb: TlbShape, state: ExecutorState): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("e", "memory", 1);
  const slowPaths = ["regionLoad", "regionStore"].map((name) =>
    module.importFunction("e", name, [i32, i32, i32], [i32]),
  );
  const assist = module.importFunction("e", "regionAssist", [i32, i32, i32], [i32]);
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
  const functions: Omit<RegionRuntime, "helper"> = {
    assisted: module.func(ASSISTED, [i64], [i32, i64], assistedCode(state, assist)),
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
