export * from "./boot-state.js";
export * from "./elf.js";
export * from "./linux-header.js";
export * from "./linux.js";
export * from "./load.js";
export * from "./memory-map.js";
export * from "./multiboot.js";
export * from "./pvh.js";
