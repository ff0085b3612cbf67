import { randomFillSync } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { nodeSha256 } from "./sha256.js";
import { type FromWorker, serveMachine, type ToWorker, type WorkerHost } from "../index.js";

const host: WorkerHost = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  yieldToHost: () => new Promise((done) => setImmediate(done)),
  random: (count) => randomFillSync(new Uint8Array(count)),
  sha256: nodeSha256,
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
