import { randomFillSync } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { type FromWorker, serveMachine, type ToWorker, type WorkerHost } from "../index.js";

const host: WorkerHost = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  yieldToHost: () => new Promise((done) => setImmediate(done)),
  random: (count) => randomFillSync(new Uint8Array(count)),
};

const port = parentPort;
if (port === null) throw new Error("isinglass: worker.js is started by createMachine(), as a worker");
serveMachine(
  {
    post: (message: FromWorker, transfer = []) => port.postMessage(message, [...transfer] as ArrayBuffer[]),
    listen: (onMessage) => port.on("message", (message: ToWorker) => onMessage(message)),
  },
  host,
);
