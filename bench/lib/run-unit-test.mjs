// Runs one kvm-unit-tests program on a machine of ours; what it writes to its serial port goes to stdout. Ends with the code that QEMU's isa-debug-exit would.
import { readFileSync, writeSync } from "node:fs";
import { MiB, debugExit, pc } from "@isinglass/machine";
import { readOptions } from "./options.mjs";
import { testDevice } from "./test-device.mjs";

const usage =
  "usage: node bench/lib/run-unit-test.mjs --kernel FILE [--append WORDS] [--memory MIB] [--cpu MODEL] [--smp N] [--nanoseconds N] [--tier auto|interp|jit] [--reference]";
const options = readOptions(usage, {
  kernel: { type: "string" },
  append: { type: "string", default: "" },
  memory: { type: "string", default: "128" },
  cpu: { type: "string", default: "max" },
  smp: { type: "string", default: "1" },
  tier: { type: "string", default: "auto" },
  nanoseconds: { type: "string", default: "4" },
  reference: { type: "boolean" },
});

/** Instructions between looks at the end; the deterministic clock makes 4 ns of each, or so many as --nanoseconds says. */
const SLICE = 5_000_000;
/** Codes of this script itself, which no test can end with: they are even. */
const SHUTDOWN = 250;
const NOT_IMPLEMENTED = 252;
const THROWN = 254;

process.on("uncaughtException", (error) => {
  console.log(`\n${error.stack}`);
  process.exit(THROWN);
});

const write = (bytes) => {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
};
const cpus = Number(options.smp);
const machine = pc({
  memory: Number(options.memory) * MiB,
  cpu: options.cpu,
  ...(cpus > 1 ? { cpus } : {}),
  nanosecondsPerInstruction: Number(options.nanoseconds),
  ...(options.reference ? { executor: "reference" } : { tier: options.tier }),
  serial: { onOutput: write },
})
  .use(debugExit())
  .use(testDevice())
  .build();
// What the tests read from QEMU's fw_cfg they also take from the initial RAM disk.
const environment = `NR_CPUS=${options.smp}\nMEMSIZE=${options.memory}\nTEST_DEVICE=1\n`;
machine.loadKernel({
  kernel: readFileSync(options.kernel),
  initrd: new TextEncoder().encode(environment),
  commandLine: `${options.kernel} ${options.append}`.trim(),
});
// What a PC's firmware leaves behind: handlers that only return, and a timer tick that the halted program of `realmode` waits for.
const HANDLERS = 0x500;
const TICK = 0x510;
const { physical, bus } = machine.core;
physical.write(HANDLERS, Uint8Array.of(0xcf));
physical.write(TICK, Uint8Array.of(0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf));
for (let vector = 0; vector < 256; vector++) {
  const at = vector === 8 ? TICK : HANDLERS;
  physical.write(vector * 4, Uint8Array.of(at & 0xff, at >> 8, 0, 0));
}
for (const [port, value] of [
  [0x43, 0x36],
  [0x40, 0],
  [0x40, 0],
  [0x21, 0xfe],
])
  bus.writePort(port, 1, value);
for (;;) {
  const exit = machine.run(SLICE);
  if (machine.debugExit.code !== undefined) process.exit(machine.debugExit.code & 0xff);
  if (exit.reason === "shutdown" || exit.reason === "reset") {
    console.log(`\n${exit.reason} at ${machine.vcpu.address.toString(16)}`);
    process.exit(SHUTDOWN);
  }
  if (exit.reason === "not-implemented") {
    console.log(
      `\nnot implemented: ${exit.what} at ${exit.address.toString(16)}: ${Buffer.from(exit.bytes).toString("hex")}`,
    );
    process.exit(NOT_IMPLEMENTED);
  }
  if (machine.stopReason !== undefined) {
    console.log(`\nstopped: ${machine.stopReason}`);
    process.exit(SHUTDOWN);
  }
}
