import { ASSIST_EXIT, EXIT_FAULT } from "@isinglass/uops";
import { ASSIST_NAMES } from "../assist-ids.js";
import { GuestFault, RECORDED, type X86Cpu } from "../cpu.js";
import { S } from "../state.js";
import { CONTROL } from "./control.js";
import { EXTENDED_STATE } from "./extended-state.js";
import { FX_STATE } from "./fx-state.js";
import { MASKED_ASSISTS } from "./masked.js";
import { SSE_ASSISTS } from "./sse.js";
import { STRING_ASSISTS } from "./string.js";
import { SYSTEM_ASSISTS } from "./system.js";
import type { Assist, AssistTable } from "./table.js";
import { TRANSFER } from "./transfer.js";
import { X87_ASSISTS } from "./x87.js";

const ALL: AssistTable = {
  ...CONTROL,
  ...SYSTEM_ASSISTS,
  ...TRANSFER,
  ...STRING_ASSISTS,
  ...X87_ASSISTS,
  ...SSE_ASSISTS,
  ...FX_STATE,
  ...EXTENDED_STATE,
  ...MASKED_ASSISTS,
};

const missing: Assist = (cpu) => ALL["not-implemented"]!(cpu, 0, 0);

/** Assists by id. */
const BY_ID: readonly Assist[] = ASSIST_NAMES.map((name) => ALL[name] ?? missing);

/** Performs assist `id` and gives its ASSIST_* status; faults are recorded in the state. */
export function performAssist(cpu: X86Cpu, id: number, a: number, b: number): number {
  try {
    const status = BY_ID[id]!(cpu, a, b);
    // An exit that does not complete the instruction gives its count back.
    if (status === ASSIST_EXIT && cpu.get32(S.exitCode) !== 0 && !cpu.moved()) cpu.set32(S.fuel, cpu.get32(S.fuel) + 1);
    return status;
  } catch (problem) {
    if (problem instanceof GuestFault) {
      cpu.set32(S.faultVector, problem.vector);
      cpu.set32(S.faultError, problem.error);
      cpu.set32(S.exitCode, EXIT_FAULT);
    } else if (problem !== RECORDED) throw problem;
    cpu.set32(S.fuel, cpu.get32(S.fuel) + 1);
    return ASSIST_EXIT;
  }
}
