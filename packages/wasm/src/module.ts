import { ByteWriter } from "./bytes.js";
import type { CodeWriter } from "./code.js";
import { WasmError } from "./error.js";
import { WASM_TYPE } from "./opcodes.js";

interface Signature {
  /** Parameters and results in one, to find an equal one by. */
  readonly key: string;
  readonly params: readonly number[];
  readonly results: readonly number[];
}

interface Body {
  readonly type: number;
  readonly locals: readonly number[];
  code: CodeWriter | undefined;
}

/**
 * Assembles a WebAssembly module in the binary format (core specification, chapter 5.5). Imports must be declared before
 * functions, as their indices come first.
 */
export class ModuleBuilder {
  readonly #types: Signature[] = [];
  readonly #imports = new ByteWriter();
  #importCount = 0;
  #importedFunctions = 0;
  readonly #functions: Body[] = [];
  readonly #exports = new ByteWriter();
  #exportCount = 0;
  #ownTable = -1;
  readonly #elements: { readonly offset: number; readonly functions: readonly number[] }[] = [];

  /** Index of a function type; equal types are shared. */
  type(params: readonly number[], results: readonly number[]): number {
    const key = `${params.join()}:${results.join()}`;
    const same = this.#types.findIndex((type) => type.key === key);
    if (same >= 0) return same;
    this.#types.push({ key, params, results });
    return this.#types.length - 1;
  }

  importFunction(module: string, name: string, params: readonly number[], results: readonly number[]): number {
    if (this.#functions.length > 0) throw new WasmError("ISG_WASM_BUILD", "wasm: imports come before functions");
    this.#imports.name(module).name(name).u8(0).u32(this.type(params, results));
    this.#importCount += 1;
    return this.#importedFunctions++;
  }

  importMemory(module: string, name: string, minPages: number, maxPages?: number, shared = false): void {
    this.#imports.name(module).name(name).u8(2);
    if (maxPages === undefined) this.#imports.u8(0).u32(minPages);
    else
      this.#imports
        .u8(shared ? 3 : 1)
        .u32(minPages)
        .u32(maxPages);
    this.#importCount += 1;
  }

  importTable(module: string, name: string, min: number): void {
    this.#imports.name(module).name(name).u8(1).u8(WASM_TYPE.funcref).u8(0).u32(min);
    this.#importCount += 1;
  }

  /** A table of the module's own with `size` slots. */
  table(size: number): void {
    this.#ownTable = size;
  }

  /** Declares a function and gives its index; its body may come later, see {@link setBody}. */
  func(params: readonly number[], results: readonly number[], locals: readonly number[], code?: CodeWriter): number {
    this.#functions.push({ type: this.type(params, results), locals, code });
    return this.#importedFunctions + this.#functions.length - 1;
  }

  setBody(index: number, locals: readonly number[], code: CodeWriter): void {
    const at = index - this.#importedFunctions;
    const body = this.#functions[at];
    if (body === undefined) throw new WasmError("ISG_WASM_BUILD", `wasm: no function ${index}`);
    this.#functions[at] = { type: body.type, locals, code };
  }

  export(name: string, functionIndex: number): void {
    this.#exports.name(name).u8(0).u32(functionIndex);
    this.#exportCount += 1;
  }

  /** Fills table slots from `offset` with functions. */
  elements(offset: number, functions: readonly number[]): void {
    this.#elements.push({ offset, functions });
  }

  build(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter(4096).bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, content: ByteWriter): void => {
      out.u8(id).u32(content.length).append(content);
    };
    const types = new ByteWriter().u32(this.#types.length);
    for (const t of this.#types)
      types.u8(0x60).u32(t.params.length).bytes(t.params).u32(t.results.length).bytes(t.results);
    section(1, types);
    if (this.#importCount > 0) section(2, new ByteWriter().u32(this.#importCount).append(this.#imports));
    const functions = new ByteWriter().u32(this.#functions.length);
    for (const f of this.#functions) functions.u32(f.type);
    section(3, functions);
    if (this.#ownTable >= 0) section(4, new ByteWriter().u32(1).u8(WASM_TYPE.funcref).u8(0).u32(this.#ownTable));
    if (this.#exportCount > 0) section(7, new ByteWriter().u32(this.#exportCount).append(this.#exports));
    if (this.#elements.length > 0) {
      const elements = new ByteWriter().u32(this.#elements.length);
      for (const e of this.#elements) {
        elements.u8(0).u8(0x41).s32(e.offset).u8(0x0b).u32(e.functions.length);
        for (const f of e.functions) elements.u32(f);
      }
      section(9, elements);
    }
    const code = new ByteWriter(4096).u32(this.#functions.length);
    const hints = new ByteWriter();
    let hinted = 0;
    this.#functions.forEach((f, k) => {
      if (f.code === undefined)
        throw new WasmError("ISG_WASM_BUILD", "wasm: a function was declared and never given a body");
      const body = new ByteWriter(f.code.length + 32);
      const runs: [number, number][] = [];
      for (const local of f.locals) {
        const last = runs.at(-1);
        if (last !== undefined && last[1] === local) last[0] += 1;
        else runs.push([1, local]);
      }
      body.u32(runs.length);
      for (const [count, local] of runs) body.u32(count).u8(local);
      if (f.code.hints.length > 0) {
        hinted += 1;
        hints.u32(this.#importedFunctions + k).u32(f.code.hints.length);
        // Counted from the beginning of the function, its locals included (branch hinting proposal, "custom section").
        for (const { at, likely } of f.code.hints)
          hints
            .u32(body.length + at)
            .u32(1)
            .u8(likely ? 1 : 0);
      }
      body.append(f.code).u8(0x0b);
      code.u32(body.length).append(body);
    });
    if (hinted > 0) section(0, new ByteWriter().name("metadata.code.branch_hint").u32(hinted).append(hints));
    section(10, code);
    return out.take();
  }
}
