export * from "./api.js";
export * from "./bytes.js";
export * from "./code.js";
export * from "./error.js";
export * from "./module.js";
export * from "./opcodes.js";
export * from "./print.js";
export * from "./reader.js";
