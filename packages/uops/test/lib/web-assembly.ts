/** The part of the WebAssembly JavaScript interface that tests use; TypeScript declares it only together with the DOM. */
interface WebAssemblyApi {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly RuntimeError: new (message?: string) => Error;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

declare global {
  var WebAssembly: WebAssemblyApi;
}

export const wasmEngine: WebAssemblyApi = globalThis.WebAssembly;
