export * from './function.js';
export * from './opcodes.js';
export * from './types.js';
