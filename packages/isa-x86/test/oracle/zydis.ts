import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { scratchFolder } from "./scratch.js";

/** Bytes of one case on the helper's stdin: mode, number of bytes that count, 16 bytes of code. */
export const CASE_BYTES = 18;

/** Compiles the helper; undefined if gcc or libzydis is missing. */
export function buildZydisHelper(): string | undefined {
  const out = join(scratchFolder(), "zydis");
  const source = fileURLToPath(new URL("zydis.c", import.meta.url));
  try {
    execFileSync("gcc", ["-O2", "-o", out, source, "-lZydis"], { stdio: "pipe" });
    return out;
  } catch {
    return undefined;
  }
}

/** Streams cases through the helper; `makeCase(i, into)` fills the i-th, `onLine` gets its answer. */
export async function runZydis(
  helper: string,
  count: number,
  makeCase: (index: number, into: Uint8Array) => void,
  onLine: (index: number, line: string) => void,
): Promise<void> {
  const child = spawn(helper, [], { stdio: ["pipe", "pipe", "inherit"] });
  const perChunk = 4096;
  const feed = async (): Promise<void> => {
    for (let first = 0; first < count; first += perChunk) {
      const n = Math.min(perChunk, count - first);
      const chunk = new Uint8Array(n * CASE_BYTES);
      for (let i = 0; i < n; i++) makeCase(first + i, chunk.subarray(i * CASE_BYTES, (i + 1) * CASE_BYTES));
      if (!child.stdin.write(chunk)) await new Promise((done) => child.stdin.once("drain", done));
    }
    child.stdin.end();
  };
  const fed = feed();
  let index = 0;
  for await (const line of createInterface({ input: child.stdout })) onLine(index++, line);
  await fed;
  if (index !== count) throw new Error(`Zydis answered ${index} of ${count} cases`);
}
