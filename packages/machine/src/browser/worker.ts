import { type FromWorker, serveMachine, type ToWorker, type WorkerHost } from "../index.js";

/** The worker's global object, of which the DOM's types know another kind. */
interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}
const scope = globalThis as unknown as WorkerScope;

// A message to oneself: timers of zero wait for 4 ms once they are nested (HTML, 8.6).
const { port1, port2 } = new MessageChannel();
let turned: (() => void) | undefined;
port1.addEventListener("message", () => {
  const resolve = turned;
  turned = undefined;
  resolve?.();
});
port1.start();

const host: WorkerHost = {
  now: () => performance.now(),
  clockCalls: 16,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  yieldToHost: () =>
    new Promise((done) => {
      turned = done;
      port2.postMessage(null);
    }),
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

serveMachine(
  {
    post: (message, transfer = []) => scope.postMessage(message, [...transfer] as ArrayBuffer[]),
    listen: (onMessage) => scope.addEventListener("message", ({ data }) => onMessage(data)),
  },
  host,
);
