import type { AssistTable } from "./table.js";
import { X87_ARITHMETIC } from "./x87-arithmetic.js";
import { X87_GUARD } from "./x87-core.js";
import { X87_ENVIRONMENT } from "./x87-environment.js";
import { X87_TRANSFER } from "./x87-move.js";
import { X87_REGISTER_OPERATIONS } from "./x87-operations.js";

/** The assists of the x87 instruction set. */
export const X87_ASSISTS: AssistTable = {
  ...X87_GUARD,
  ...X87_ARITHMETIC,
  ...X87_REGISTER_OPERATIONS,
  ...X87_TRANSFER,
  ...X87_ENVIRONMENT,
};
