/** Taking samples: things that are timed, in turns, and a gate that tells when the machine was busy. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Something to time. */
export interface Subject {
  readonly name: string;
  /** Nanoseconds a unit of work; undefined if it cannot run. */
  sample(): number | undefined;
}

/** Takes a sample of each, `rounds` times, so that a change of the machine's load falls on all of them. */
export function takeTurns(subjects: readonly Subject[], rounds: number): Map<string, number[]> {
  const samples = new Map<string, number[]>(subjects.map((s) => [s.name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const taken = subject.sample();
      if (taken !== undefined) samples.get(subject.name)!.push(taken);
    }
  }
  return samples;
}

/**
 * A program that writes two readings of its clock, each seconds and nanoseconds.
 *
 * @param runner what stands before it: nothing, or an emulator with its options
 * @param work units between its two readings
 */
export function programSubject(
  folder: string,
  name: string,
  runner: readonly string[],
  program: Uint8Array,
  work: number,
): Subject {
  const path = join(folder, name.replace(/\W/g, "_"));
  writeFileSync(path, program, { mode: 0o700 });
  const [command, ...args] = runner.length === 0 ? [path] : [runner[0]!, ...runner.slice(1), path];
  return {
    name,
    sample() {
      const { status, stdout } = spawnSync(command, args, { stdio: ["ignore", "pipe", "ignore"], timeout: 60_000 });
      if (status !== 0 || stdout.length !== 32) return undefined;
      const [s0, n0, s1, n1] = [0, 8, 16, 24].map((at) => stdout.readUInt32LE(at)) as [number, number, number, number];
      return ((s1 - s0) * 1e9 + (n1 - n0)) / work;
    },
  };
}

/** A fixed amount of arithmetic; the least of five runs in milliseconds. */
function calibrate(): number {
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
export async function gated<T>(work: () => T | Promise<T>): Promise<{ readonly result: T; readonly noisy: boolean }> {
  const before = calibrate();
  const result = await work();
  const after = calibrate();
  return { result, noisy: Math.max(before, after) / Math.min(before, after) > 1.1 };
}
