export * from './page-flags.js';
export * from './tlb-layout.js';
export * from './walk-memory.js';
export * from './x86-regime.js';
