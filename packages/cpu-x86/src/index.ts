export * from './assist-ids.js';
export * from './flags.js';
export * from './form-shape.js';
export * from './helpers.js';
export * from './isa.js';
export * from './mode.js';
export * from './state.js';
export { Semantics } from './semantics/context.js';
