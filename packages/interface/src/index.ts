export * from "./bus.js";
export * from "./clock.js";
export * from "./device.js";
export * from "./errors.js";
export * from "./events.js";
export * from "./memory.js";
export * from "./snapshot.js";
export * from "./vcpu.js";
