/** Codes of {@link WasmError}; programs may match on them. */
export type WasmErrorCode = `ISG_WASM_${string}`;

/**
 * What this package throws. It has the shape of the errors of the other packages (`code`, `data`) without importing them.
 *
 * - `ISG_WASM_MALFORMED`: bytes that are no WebAssembly module
 * - `ISG_WASM_UNSUPPORTED`: a part of the format that this package does not know
 * - `ISG_WASM_BUILD`: the builder was used in a way that gives no module
 */
export class WasmError extends Error {
  override readonly name: string = "WasmError";
  readonly code: WasmErrorCode;
  readonly data: Readonly<Record<string, string | number>>;

  constructor(code: WasmErrorCode, message: string, data: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
