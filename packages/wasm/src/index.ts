export * from './api.js';
export * from './bytes.js';
export * from './code.js';
export * from './module.js';
export * from './opcodes.js';
