import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMPILER = "gcc";

/** A program under native/, built with gcc for the time of a test. */
export class NativeOracle {
  readonly operations: readonly string[];
  private readonly folder: string;
  private readonly program: string;

  constructor(source: string, libraries: readonly string[] = []) {
    this.folder = mkdtempSync(join(tmpdir(), "isg-softfloat-"));
    this.program = join(this.folder, "oracle");
    const file = fileURLToPath(new URL(`../native/${source}`, import.meta.url));
    execFileSync(COMPILER, ["-O1", "-Wall", "-o", this.program, file, ...libraries]);
    this.operations = execFileSync(this.program, ["list"], { encoding: "utf8" }).trim().split("\n");
  }

  /** Runs one operation on a batch of input records. */
  run(operation: string, input: Uint8Array): Uint8Array {
    const result = spawnSync(this.program, [operation], { input, maxBuffer: 2 ** 31 });
    if (result.status !== 0) throw new Error(`oracle ${operation}: status ${result.status}, signal ${result.signal}`);
    return new Uint8Array(result.stdout);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }
}
