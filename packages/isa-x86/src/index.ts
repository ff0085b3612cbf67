export { decode } from "./decode.js";
export { formatIntel } from "./format.js";
export { FEATURES, type Feature, FORMS, type Form, mnemonicName, type Tier } from "./forms.js";
export { MNEMONICS } from "./generated/decode-tables.js";
export * from "./instruction.js";
export * from "./registers.js";
export { MNEMONIC_ALIASES, preferredName } from "./names.js";
