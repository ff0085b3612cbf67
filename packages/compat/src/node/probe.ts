/** Runs one instruction of a feature, on the host and under an emulator, and times it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROBE_UNROLL, probeProgram } from "../matrix/probe-program.js";
import { SAMPLES } from "../matrix/samples.js";

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
function faulted(result: ReturnType<typeof spawnSync>): boolean {
  return result.signal === "SIGILL" || result.status === 132;
}

/**
 * Probes features on a runner. Each program is run once for a fault, and timed with two counts: the difference is free of what starting a
 * process costs.
 *
 * @param timed also measure; false: only whether it faults
 */
export function probe(features: readonly string[], runner: Runner, timed: boolean): Map<string, ProbeResult> {
  const folder = mkdtempSync(join(tmpdir(), "isg-probe-"));
  const out = new Map<string, ProbeResult>();
  try {
    for (const feature of features) {
      const run = (rounds: number): { result: ReturnType<typeof spawnSync>; time: number } | undefined => {
        const program = probeProgram(feature, rounds);
        if (program === undefined) return undefined;
        const path = join(folder, `p${rounds}`);
        writeFileSync(path, program);
        chmodSync(path, 0o700);
        const [command, ...args] = runner.length === 0 ? [path] : [runner[0]!, ...runner.slice(1), path];
        const start = performance.now();
        const result = spawnSync(command, args, { stdio: "ignore", timeout: 20_000 });
        return { result, time: performance.now() - start };
      };
      const first = run(1);
      if (first === undefined || first.result.error !== undefined) {
        out.set(feature, { ran: undefined, nanoseconds: undefined });
        continue;
      }
      if (first.result.status !== 0) {
        out.set(feature, { ran: faulted(first.result) ? false : undefined, nanoseconds: undefined });
        continue;
      }
      let nanoseconds: number | undefined;
      if (timed) {
        // The least of three: others on the machine can only add.
        const least = (rounds: number): number => Math.min(...[0, 1, 2].map(() => run(rounds)!.time));
        nanoseconds = Math.max(0.01, ((least(ROUNDS) - least(1)) * 1e6) / (ROUNDS * PROBE_UNROLL));
      }
      out.set(feature, { ran: true, nanoseconds });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return out;
}
