import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Answers of a CPU, for machines that have no compiler or another processor. */
export interface Recording {
  cpu: string;
  /** CPUID family, model and stepping. */
  family: string;
  date: string;
  seed: number;
  /** Cases for each operation under `operations`. */
  cases: number;
  /** Digests of the inputs and outputs of all cases, and the first outputs themselves. */
  operations: Record<string, { inputs: string; outputs: string; sample: string }>;
  /** Functions that need not agree bit by bit: all outputs. */
  transcendentals: Record<string, { inputs: string; sample: string }>;
}

export const recordingFile: string = fileURLToPath(new URL("../vectors/host-cpu.json", import.meta.url));

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}

export function packSample(bytes: Uint8Array): string {
  return deflateRawSync(bytes, { level: 9 }).toString("base64");
}

export function unpackSample(text: string): Uint8Array {
  return new Uint8Array(inflateRawSync(Buffer.from(text, "base64")));
}
