import {
  type FromWorker,
  type Machine,
  type MachineOptions,
  type ToWorker,
  type WorkerPort,
  connectMachine,
} from "../index.js";

/** A worker of the page as the SDK wants it. */
function pagePort(worker: Worker): WorkerPort {
  return {
    // The options object: to a worker, unlike to a window, there is no origin to name.
    post: (message: ToWorker) => worker.postMessage(message, {}),
    listen: (onMessage) => {
      worker.addEventListener("message", (event: MessageEvent<FromWorker>) => onMessage(event.data));
    },
    onFailure: (listener) => {
      worker.addEventListener("error", (event) =>
        listener(new Error(event.message === "" ? "it could not be loaded" : event.message)),
      );
    },
    terminate: async () => worker.terminate(),
  };
}

/**
 * A virtual machine in a worker of the page. It needs neither SharedArrayBuffer nor cross-origin isolation.
 *
 * @param worker for bundlers that do not follow `new Worker(new URL(...))`: a module worker that has loaded `@isinglass/machine/browser/worker`
 * @throws IsinglassError what is wrong with the options or the state
 */
export async function createMachine(options: MachineOptions, worker?: Worker): Promise<Machine> {
  return connectMachine(
    () => pagePort(worker ?? new Worker(new URL("./worker.js", import.meta.url), { type: "module" })),
    options,
  );
}
