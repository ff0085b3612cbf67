import type { FormShape } from "../form-shape.js";
import { AES } from "./aes.js";
import { ARITHMETIC } from "./arithmetic.js";
import { BMI, BMI_VEX } from "./bmi.js";
import { BRANCH } from "./branch.js";
import type { Semantics } from "./context.js";
import { MMX } from "./mmx.js";
import { MOVE } from "./move.js";
import { MULTIPLY } from "./multiply.js";
import { SHA } from "./sha.js";
import { SHIFT } from "./shift.js";
import { SSE_COMPARISONS } from "./sse-compare.js";
import { SSE_CONVERT } from "./sse-convert.js";
import { SSE_FLOAT } from "./sse-float.js";
import { SSE_INTEGER } from "./sse-integer.js";
import { SSE_MOVE } from "./sse-move.js";
import { SSE_SHIFT } from "./sse-shift.js";
import { SSE_SHUFFLE } from "./sse-shuffle.js";
import { SSE_STRING } from "./sse-string.js";
import { STRING } from "./string.js";
import { SYSTEM } from "./system.js";
import type { SemanticsTable } from "./table.js";
import { VEX_FUSED } from "./vex-fused.js";
import { VEX_INTEGER } from "./vex-integer.js";
import { VEX_MASKED } from "./vex-masked.js";
import { VEX_MOVE } from "./vex-move.js";
import { VEX_PERMUTE } from "./vex-permute.js";
import { X87 } from "./x87.js";

const TABLE: SemanticsTable = {
  ...ARITHMETIC,
  ...MOVE,
  ...SHIFT,
  ...MULTIPLY,
  ...BRANCH,
  ...SYSTEM,
  ...STRING,
  ...X87,
  ...MMX,
  // After the string instructions: MOVSD and CMPSD without operands are theirs, the others SSE's.
  ...SSE_MOVE,
  ...SSE_INTEGER,
  ...SSE_SHIFT,
  ...SSE_SHUFFLE,
  ...SSE_FLOAT,
  ...SSE_CONVERT,
  ...SSE_COMPARISONS,
  ...SSE_STRING,
  ...BMI,
  ...AES,
  ...SHA,
};

/** The names of the VEX encodings: those of the legacy ones with a V before them. */
function withPrefix(table: SemanticsTable): SemanticsTable {
  return Object.fromEntries(Object.entries(table).map(([name, build]) => [`v${name}`, build]));
}

/** The VEX encodings. */
const VEX_TABLE: SemanticsTable = {
  ...BMI_VEX,
  // What the legacy encodings have with the same operands, or with a first source of its own.
  ...withPrefix({
    ...SSE_MOVE,
    ...SSE_INTEGER,
    ...SSE_SHIFT,
    ...SSE_SHUFFLE,
    ...SSE_FLOAT,
    ...SSE_CONVERT,
    ...SSE_COMPARISONS,
    ...SSE_STRING,
    ...AES,
  }),
  ...VEX_MOVE,
  ...VEX_PERMUTE,
  ...VEX_INTEGER,
  ...VEX_MASKED,
  ...VEX_FUSED,
};

/** What builds the micro-ops of an instruction, or undefined where it is not implemented. */
export function semanticsOf(key: string, shape: FormShape): ((s: Semantics) => void) | undefined {
  const strings = key.startsWith("string-") ? STRING[key.slice("string-".length)] : undefined;
  if (strings !== undefined) return strings;
  return (shape.vex ? VEX_TABLE : TABLE)[key];
}
