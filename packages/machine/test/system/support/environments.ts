import { STACKS_64, eventCases } from "../cases/events.js";
import { debugCases } from "../cases/debug.js";
import { pagingCases } from "../cases/paging.js";
import { TASKS_32 } from "../cases/tasks.js";
import { TIMERS } from "../cases/timers.js";
import { V86 } from "../cases/v86.js";
import { LIMITS_32 } from "../cases/limits.js";
import { LONG } from "../cases/long.js";
import type { Case, Environment } from "./program.js";
import { FLOW_32, SEGMENTS_32, SYSTEM_32, TRANSFERS_32 } from "../cases/exceptions-32.js";

export const ENVIRONMENTS: readonly Environment[] = [
  { name: "protected-32", bits: 32, paging: "none" },
  { name: "paging-2-level", bits: 32, paging: "32" },
  { name: "paging-pae", bits: 32, paging: "pae", efer: 0x800 },
  { name: "long", bits: 64, paging: "4", efer: 0x901 },
];

/** What runs where: a program each. */
export const PROGRAMS: readonly {
  readonly name: string;
  readonly environment: Environment;
  readonly cases: readonly Case[];
}[] = [
  { name: "flow-32", environment: ENVIRONMENTS[0]!, cases: FLOW_32 },
  { name: "segments-32", environment: ENVIRONMENTS[0]!, cases: SEGMENTS_32 },
  { name: "transfers-32", environment: ENVIRONMENTS[0]!, cases: TRANSFERS_32 },
  { name: "system-32", environment: ENVIRONMENTS[0]!, cases: SYSTEM_32 },
  { name: "limits-32", environment: ENVIRONMENTS[0]!, cases: LIMITS_32 },
  { name: "tasks-32", environment: { ...ENVIRONMENTS[0]!, tasks: true }, cases: TASKS_32 },
  { name: "debug-32", environment: ENVIRONMENTS[0]!, cases: debugCases(32) },
  { name: "debug-64", environment: ENVIRONMENTS[3]!, cases: debugCases(64) },
  { name: "v86", environment: ENVIRONMENTS[0]!, cases: V86 },
  { name: "paging-2-level", environment: ENVIRONMENTS[1]!, cases: pagingCases("32") },
  { name: "paging-pae", environment: ENVIRONMENTS[2]!, cases: pagingCases("pae") },
  { name: "events-32", environment: ENVIRONMENTS[0]!, cases: eventCases(32) },
  { name: "timers", environment: { ...ENVIRONMENTS[0]!, board: true }, cases: TIMERS },
  { name: "long", environment: ENVIRONMENTS[3]!, cases: LONG },
  { name: "long-paging", environment: ENVIRONMENTS[3]!, cases: pagingCases("4") },
  { name: "long-events", environment: ENVIRONMENTS[3]!, cases: [...eventCases(64), ...STACKS_64] },
];
