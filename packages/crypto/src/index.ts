export * from "./bytes.js";
export { checkAesKey, checkBlocks, checkGcm, checkXts, fitsCurve, fitsRsa } from "./checks.js";
export { type EncryptedMemory, IntegrityTreeMemory } from "./integrity-tree.js";
export { type MemoryEncryptionEngine, XexMemoryEncryption } from "./memory-encryption.js";
export { noble } from "./noble.js";
export * from "./provider.js";
export { rsaParts } from "./rsa.js";
export { wasmCrypto } from "./wasm/provider.js";
export { type SubtleCryptoLike, webCrypto } from "./webcrypto.js";
