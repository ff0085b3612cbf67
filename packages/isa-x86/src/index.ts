export { decode } from './decode.js';
export { MNEMONICS } from './generated/decode-tables.js';
export * from './instruction.js';
export * from './registers.js';
