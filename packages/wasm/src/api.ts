/**
 * The host's WebAssembly interface as far as it is used here. Every JavaScript host has it, but TypeScript declares it only
 * together with the DOM or Node, which libraries do without.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmTable {
  readonly length: number;
  get(index: number): unknown;
  set(index: number, value: unknown): void;
  grow(delta: number): number;
}

/** A compiled module; opaque. */
export interface WasmModule {
  readonly __wasmModule?: never;
}

export type WasmFunction = (...args: never[]) => unknown;
export type WasmImports = Record<string, Record<string, WasmMemory | WasmTable | WasmFunction>>;

export interface WasmInstance {
  readonly exports: Readonly<Record<string, WasmFunction>>;
}

export interface WasmHost {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (module: WasmModule, imports?: WasmImports) => WasmInstance;
  readonly Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory;
  readonly Table: new (descriptor: { element: "anyfunc"; initial: number; maximum?: number }) => WasmTable;
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** The host's `WebAssembly` object. */
export const Wasm: WasmHost = (globalThis as unknown as { WebAssembly: WasmHost }).WebAssembly;
