import type { StopReason } from "@isinglass/hypervisor";
import { IsinglassError } from "@isinglass/interface";
import type { AbortSignalLike } from "./options.js";
import type { Answer, FromWorker, MachineState, Request, Signal, WorkerPort } from "./protocol.js";

/** A request before it has its number. */
export type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

/** Takes bytes of the guest's serial port. Where it returns a promise, the guest may have to wait until that is fulfilled. */
export type SerialListener = (bytes: Uint8Array) => void | Promise<void>;

type OutputListener = (stream: "stdout" | "stderr", bytes: Uint8Array) => void | Promise<void>;

interface Waiting {
  readonly resolve: (value: Answer) => void;
  readonly reject: (problem: unknown) => void;
  readonly onOutput: OutputListener | undefined;
  readonly signal: AbortSignalLike | undefined;
  readonly onAbort: () => void;
}

/** The caller's end of the channel to a worker: numbers requests, and gives each its answer. */
export class WorkerClient {
  readonly #port: WorkerPort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #serial = new Set<SerialListener>();
  readonly #state = new Set<(state: MachineState, reason: StopReason | null) => void>();
  #last = 0;
  #closed: IsinglassError | undefined;
  state: { readonly state: MachineState; readonly reason: StopReason | null } = { state: "idle", reason: null };

  constructor(port: WorkerPort) {
    this.#port = port;
    port.listen((message) => this.#receive(message));
    port.onFailure((problem) =>
      this.#end(
        new IsinglassError(
          "ISG_MACHINE_WORKER",
          `the machine's worker has died: ${problem.message}`,
          {},
          { cause: problem },
        ),
      ),
    );
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "done":
        this.#settle(message.id)?.resolve(message.value);
        return;
      case "failed": {
        const waiting = this.#settle(message.id);
        const cause = waiting?.signal?.aborted === true ? { cause: waiting.signal.reason } : {};
        waiting?.reject(new IsinglassError(message.code, message.message, message.data, cause));
        return;
      }
      case "output":
        void this.#hand(message.bytes, () => this.#output(message.id, message.stream, message.bytes));
        return;
      case "serial":
        void this.#hand(message.bytes, () =>
          Promise.all(Array.from(this.#serial, async (listener) => listener(message.bytes))),
        );
        return;
      case "state":
        this.state = { state: message.state, reason: message.reason };
        for (const listener of this.#state) listener(message.state, message.reason);
    }
  }

  /** A listener that fails gives up its request: the error is for whoever made that, not for the host's process. */
  async #output(id: number, stream: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    const waiting = this.#waiting.get(id);
    try {
      await waiting?.onOutput?.(stream, bytes);
    } catch (problem) {
      if (this.#waiting.get(id) !== waiting) return;
      this.#settle(id);
      waiting?.reject(problem);
      if (this.#closed === undefined) this.#port.post({ kind: "abort", target: id });
    }
  }

  /** Tells the worker that output was taken, whatever the listener did. */
  async #hand(bytes: Uint8Array, deliver: () => unknown): Promise<void> {
    try {
      await deliver();
    } finally {
      if (this.#closed === undefined) this.#port.post({ kind: "acknowledge", bytes: bytes.length });
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.signal?.removeEventListener("abort", waiting.onAbort);
    return waiting;
  }

  #check(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }

  /** Sends a request; the promise is settled by its answer. An aborted signal gives it up, which its answer then says. */
  request(body: RequestBody, signal?: AbortSignalLike, onOutput?: OutputListener): Promise<Answer> {
    return this.#number((id) => ({ ...body, id }), signal, onOutput);
  }

  /** Asks for figures, which needs no waiting for other requests. */
  ask(): Promise<Answer> {
    return this.#number((id) => ({ kind: "stats", id }));
  }

  #number(
    make: (id: number) => Request | Signal,
    signal?: AbortSignalLike,
    onOutput?: OutputListener,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#check();
      if (signal?.aborted === true) throw aborted(signal);
      this.#last += 1;
      const id = this.#last;
      const onAbort = (): void => this.#port.post({ kind: "abort", target: id });
      this.#waiting.set(id, { resolve, reject, onOutput, signal, onAbort });
      signal?.addEventListener("abort", onAbort);
      this.#port.post(make(id));
    });
  }

  signal(signal: Signal): void {
    this.#check();
    this.#port.post(signal);
  }

  listenToSerial(listener: SerialListener): () => void {
    this.#serial.add(listener);
    return () => this.#serial.delete(listener);
  }

  listenToState(listener: (state: MachineState, reason: StopReason | null) => void): () => void {
    this.#state.add(listener);
    return () => this.#state.delete(listener);
  }

  #end(problem: IsinglassError): void {
    if (this.#closed !== undefined) return;
    this.#closed = problem;
    this.state = { state: "closed", reason: null };
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(problem);
    for (const listener of this.#state) listener("closed", null);
  }

  async close(): Promise<void> {
    this.#end(new IsinglassError("ISG_MACHINE_CLOSED", "the machine is closed"));
    await this.#port.terminate();
  }
}

function aborted(signal: AbortSignalLike): IsinglassError {
  const text = "the request was not made: its signal had been aborted before";
  return new IsinglassError("ISG_ABORTED", text, {}, { cause: signal.reason });
}
