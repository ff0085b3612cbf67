export * from './engine-vcpu.js';
export * from './pc.js';
