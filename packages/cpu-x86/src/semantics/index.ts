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

/** The VEX encodings. */
const VEX_TABLE: SemanticsTable = { ...BMI_VEX };

/** What builds the micro-ops of an instruction, or undefined where it is not implemented. */
export function semanticsOf(key: string, shape: FormShape): ((s: Semantics) => void) | undefined {
  const strings = key.startsWith("string-") ? STRING[key.slice("string-".length)] : undefined;
  if (strings !== undefined) return strings;
  return (shape.vex ? VEX_TABLE : TABLE)[key];
}
