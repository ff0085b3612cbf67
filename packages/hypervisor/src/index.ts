export * from './time-source.js';
export * from './virtual-clock.js';
