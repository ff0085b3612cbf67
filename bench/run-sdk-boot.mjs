// One boot with the SDK in this process, with nobody at the terminal: its CPU time to a text on the serial line, as JSON. bench/browser.mjs starts it.
import { readFileSync } from "node:fs";
import { createMachine } from "@isinglass/machine/node";

const [kernel, initrd, commandLine, marker] = process.argv.slice(2);
const machine = await createMachine({
  kernel: readFileSync(kernel),
  initrd: readFileSync(initrd),
  commandLine,
  agent: "none",
});
let text = "";
const shown = new Promise((resolve) => {
  machine.onSerial((bytes) => {
    text = (text + Buffer.from(bytes).toString("latin1")).slice(-4096);
    if (text.includes(marker)) resolve();
  });
});
await machine.boot();
await shown;
const { user, system } = process.cpuUsage();
const { instructions } = await machine.stats();
await machine.close();
console.log(JSON.stringify({ cpu: (user + system) / 1e6, seconds: performance.now() / 1000, instructions }));
