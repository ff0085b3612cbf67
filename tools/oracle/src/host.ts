import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { Batch } from "./batch.js";
import { buildHarness } from "./native.js";

/** The CPU that the harness runs on. */
export interface HostInfo {
  readonly vendor: string;
  readonly brand: string;
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
  readonly fsgsbase: boolean;
  readonly ymm: boolean;
}

/** Command line of the harness; a wrapper such as `qemu-x86_64` may stand before it. */
function command(wrapper: readonly string[]): [string, string[]] {
  const all = [...wrapper, buildHarness()];
  return [all[0]!, all.slice(1)];
}

/** Asks the harness about the CPU. */
export function hostInfo(wrapper: readonly string[] = []): HostInfo {
  const [program, args] = command(wrapper);
  return JSON.parse(execFileSync(program, [...args, "--info"], { encoding: "utf8" })) as HostInfo;
}

/** A running harness. Batches are answered in the order in which they are sent. */
export class Host {
  readonly #child: ChildProcessWithoutNullStreams;
  #chunks: Buffer[] = [];
  #received = 0;
  readonly #waiting: { count: number; resolve: (batch: Batch) => void; reject: (error: Error) => void }[] = [];
  #failure: Error | undefined;

  constructor(wrapper: readonly string[] = []) {
    const [program, args] = command(wrapper);
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    let stderr = "";
    this.#child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    this.#child.stdout.on("data", (data: Buffer) => this.#receive(data));
    this.#child.stdin.on("error", () => {});
    this.#child.on("close", (code, signal) => {
      this.#failure = new Error(`harness ended with ${signal ?? code}: ${stderr.trim()}`);
      for (const waiter of this.#waiting) waiter.reject(this.#failure);
      this.#waiting.length = 0;
    });
  }

  /**
   * Runs the cases of a batch.
   *
   * @throws Error if the harness has ended
   */
  run(batch: Batch): Promise<Batch> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(batch.count);
    this.#child.stdin.write(head);
    // The batch's buffer is used again while the pipe may still hold it.
    this.#child.stdin.write(Buffer.from(batch.bytes.subarray(0, batch.length)));
    return new Promise((resolve, reject) => this.#waiting.push({ count: batch.count, resolve, reject }));
  }

  close(): void {
    this.#child.stdin.end();
  }

  #receive(data: Buffer): void {
    this.#chunks.push(data);
    this.#received += data.length;
    for (;;) {
      if (this.#received < 4) return;
      if (this.#chunks[0]!.length < 4) this.#chunks = [Buffer.concat(this.#chunks)];
      const length = this.#chunks[0]!.readUInt32LE(0) + 4;
      if (this.#received < length) return;
      const all = Buffer.concat(this.#chunks);
      this.#chunks = all.length > length ? [all.subarray(length)] : [];
      this.#received = all.length - length;
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      const answer = new Batch();
      answer.adopt(new Uint8Array(all.subarray(4, length)), waiter.count);
      waiter.resolve(answer);
    }
  }
}
