/** Taking samples: processes that are timed, in turns, and a gate that tells when the machine was busy. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Something to time: a program's file with what runs it. */
export interface Subject {
  readonly name: string;
  readonly runner: readonly string[];
  readonly program: Uint8Array;
  /** Units of work between its two readings of the clock. */
  readonly work: number;
}

/** Samples by subject, nanoseconds a unit; a subject that cannot run has none. */
export function takeTurns(subjects: readonly Subject[], rounds: number): Map<string, number[]> {
  const folder = mkdtempSync(join(tmpdir(), "isg-claims-"));
  const samples = new Map<string, number[]>(subjects.map((s) => [s.name, []]));
  try {
    const files = subjects.map((s, i) => {
      const path = join(folder, `p${i}`);
      writeFileSync(path, s.program);
      chmodSync(path, 0o700);
      return path;
    });
    for (let round = 0; round < rounds; round += 1) {
      subjects.forEach((s, i) => {
        const spent = nanoseconds(s.runner, files[i]!);
        if (spent !== undefined) samples.get(s.name)!.push(spent / s.work);
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return samples;
}

/** Runs a program that writes two readings of its clock, each seconds and nanoseconds. @returns the time between them */
function nanoseconds(runner: readonly string[], path: string): number | undefined {
  const [command, ...args] = runner.length === 0 ? [path] : [runner[0]!, ...runner.slice(1), path];
  const { status, stdout } = spawnSync(command, args, { stdio: ["ignore", "pipe", "ignore"], timeout: 60_000 });
  if (status !== 0 || stdout.length !== 32) return undefined;
  const [s0, n0, s1, n1] = [0, 8, 16, 24].map((at) => stdout.readUInt32LE(at)) as [number, number, number, number];
  return (s1 - s0) * 1e9 + (n1 - n0);
}

/** A fixed amount of arithmetic; the least of five runs in milliseconds. */
export function calibrate(): number {
  let least = Infinity;
  for (let run = 0; run < 5; run += 1) {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < 3_000_000; i += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    least = Math.min(least, performance.now() - start + (x === 42 ? 1 : 0));
  }
  return least;
}

/** Runs a measurement between two calibrations. */
export function gated<T>(work: () => T): { readonly result: T; readonly noisy: boolean } {
  const before = calibrate();
  const result = work();
  const after = calibrate();
  return { result, noisy: Math.max(before, after) / Math.min(before, after) > 1.1 };
}
