export { decode } from "./decode.js";
export { formatIntel } from "./format.js";
export { assemble, type Assembled, type AssembleOptions } from "./assemble.js";
export { encode } from "./encode.js";
export type {
  EncodeRequest,
  FarOperand,
  ImmediateOperand,
  MemoryOperand,
  Operand,
  RegisterOperand,
  TargetOperand,
} from "./operand.js";
export { FEATURES, type Feature, FORMS, type Form, mnemonicName, type Tier } from "./forms.js";
export { MNEMONICS } from "./generated/decode-tables.js";
export * from "./instruction.js";
export * from "./registers.js";
export { canonicalName, MNEMONIC_ALIASES, preferredName } from "./names.js";
