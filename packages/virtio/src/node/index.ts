export * from "./block-file.js";
export * from "./entropy.js";
export { type Qcow2FileOptions, openQcow2File } from "./qcow2-file.js";
export { copyToQcow2 } from "./qcow2-copy.js";
