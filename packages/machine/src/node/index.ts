import { Worker } from "node:worker_threads";
import {
  type FromWorker,
  type Machine,
  type MachineOptions,
  type ToWorker,
  type WorkerPort,
  connectMachine,
} from "../index.js";

export { nodeSha256 } from "./sha256.js";

/** A thread of this process as the SDK wants it. */
function threadPort(worker: Worker): WorkerPort {
  let ended = false;
  return {
    post: (message: ToWorker) => worker.postMessage(message, []),
    listen: (onMessage) => worker.on("message", (message: FromWorker) => onMessage(message)),
    onFailure: (listener) => {
      worker.on("error", (problem) => listener(problem instanceof Error ? problem : new Error(String(problem))));
      worker.on("exit", (code) => {
        if (!ended) listener(new Error(`it exited with code ${code}`));
      });
    },
    terminate: async () => {
      ended = true;
      await worker.terminate();
    },
  };
}

/**
 * A virtual machine in a thread of its own. The process does not end by itself while it is there: close() it.
 *
 * @throws IsinglassError what is wrong with the options or the state
 * @example
 * const vm = await createMachine({ kernel: readFileSync("vmlinuz"), initrd: busyboxRoot(readFileSync("/bin/busybox")) });
 * await vm.boot();
 * console.log((await vm.exec("uname -a")).stdout);
 * await vm.close();
 */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  return connectMachine(() => threadPort(new Worker(new URL("./worker.js", import.meta.url))), options);
}
