import type { Semantics } from "./context.js";

/** Semantics by mnemonic of isa-x86: a function that builds the micro-ops of one form. */
export type SemanticsTable = Readonly<Record<string, (s: Semantics) => void>>;
