/** Runs one instruction of a feature, on the host and under an emulator, and times it. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROBE_UNROLL, probeProgram } from "../matrix/probe-program.js";
import { SAMPLES } from "../matrix/samples.js";
import { inFolder } from "./files.js";

/** What a probe runs on: nothing in front (the host), or an emulator with its options. */
export type Runner = readonly string[];

export interface ProbeResult {
  /** True: ran; false: SIGILL; undefined: could not be tried. */
  readonly ran: boolean | undefined;
  /** Nanoseconds an instruction; undefined if it did not run. */
  readonly nanoseconds: number | undefined;
}

const ROUNDS = 100_000;

/** Features that there is a probe for. */
export function probeNames(): string[] {
  return Object.keys(SAMPLES);
}

/** QEMU passes a guest's signal on, or exits with 128 + 4. */
function faulted(result: SpawnSyncReturns<Buffer>): boolean {
  return result.signal === "SIGILL" || result.status === 132;
}

/** The time that a program takes, in milliseconds, and how it ended. */
function runOnce(
  folder: string,
  program: Uint8Array,
  runner: Runner,
): { status: SpawnSyncReturns<Buffer>; time: number } {
  const path = join(folder, "probe");
  writeFileSync(path, program, { mode: 0o700 });
  const [command, ...args] = runner.length === 0 ? [path] : [runner[0]!, ...runner.slice(1), path];
  const start = performance.now();
  const status = spawnSync(command, args, { stdio: "ignore", timeout: 20_000 });
  return { status, time: performance.now() - start };
}

function probeOne(folder: string, feature: string, runner: Runner, timed: boolean): ProbeResult {
  const once = probeProgram(feature, 1);
  const often = timed ? probeProgram(feature, ROUNDS) : undefined;
  const { status } = once === undefined ? { status: undefined } : runOnce(folder, once, runner);
  if (once === undefined || status === undefined || status.error !== undefined)
    return { ran: undefined, nanoseconds: undefined };
  if (status.status !== 0) return { ran: faulted(status) ? false : undefined, nanoseconds: undefined };
  if (often === undefined) return { ran: true, nanoseconds: undefined };
  // The least of three: others on the machine can only add.
  const least = (program: Uint8Array): number =>
    Math.min(...[0, 1, 2].map(() => runOnce(folder, program, runner).time));
  const spent = (least(often) - least(once)) * 1e6;
  return { ran: true, nanoseconds: Math.max(0.01, spent / (ROUNDS * PROBE_UNROLL)) };
}

/**
 * Probes features on a runner. Each program is run once for a fault, and timed with two counts: the difference is free of what starting a
 * process costs.
 *
 * @param timed also measure; false: only whether it faults
 */
export function probe(features: readonly string[], runner: Runner, timed: boolean): Map<string, ProbeResult> {
  return inFolder((folder) => new Map(features.map((name) => [name, probeOne(folder, name, runner, timed)])));
}
