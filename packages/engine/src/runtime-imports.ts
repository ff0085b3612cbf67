import type { GuestIsa } from "@isinglass/uops";
import { type ModuleBuilder, WASM_TYPE } from "@isinglass/wasm";
import { wasmType } from "./lower.js";
import type { RuntimeFunctions } from "./targets.js";

const { i32 } = WASM_TYPE;
const SLOW = [i32, i32, i32, i32, i32];

/**
 * What emitted code calls, imported by a module when its code first names it: most code needs little of it, and each import costs the host
 * time and memory. A module's own functions can be declared when all of its code is written.
 */
export class RuntimeImports implements RuntimeFunctions {
  readonly #module: ModuleBuilder;
  readonly #isa: GuestIsa;
  readonly #indices = new Map<string, number>();

  constructor(module: ModuleBuilder, isa: GuestIsa) {
    this.#module = module;
    this.#isa = isa;
  }

  /** Index of a function of the group `from`. */
  function(from: string, name: string, params: readonly number[], results: readonly number[]): number {
    const key = `${from}.${name}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#module.importFunction(from, name, params, results);
      this.#indices.set(key, index);
    }
    return index;
  }

  get assist(): number {
    return this.function("e", "assist", [i32, i32, i32], [i32]);
  }

  get slowLoad(): number {
    return this.function("e", "slowLoad", SLOW, [i32]);
  }

  get slowStore(): number {
    return this.function("e", "slowStore", SLOW, [i32]);
  }

  get resolve(): number {
    return this.function("e", "resolve", [i32], [i32]);
  }

  get cross(): number {
    return this.function("e", "cross", [i32, i32], [i32]);
  }

  get hot(): number {
    return this.function("e", "hot", [i32], [i32]);
  }

  get left(): number {
    return this.function("e", "left", [i32, i32, i32], [i32]);
  }

  get lazy(): number {
    return this.function("e", "lazy", [i32, i32], [i32]);
  }

  helper(n: number): number {
    const { params, result } = this.#isa.functions[n]!;
    return this.function("h", `f${n}`, [i32, ...params.map(wasmType)], result === 0 ? [] : [wasmType(result)]);
  }
}
