export * from './dma.js';
export * from './page-flags.js';
export * from './physical-map.js';
export * from './physical-walk-memory.js';
export * from './tlb-layout.js';
export * from './walk-memory.js';
export * from './x86-regime.js';
