export * from "./block-file.js";
export * from "./entropy.js";
