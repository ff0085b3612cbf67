// The one place that knows how a machine is put together. Everything else in bench/ uses what `createGuest` returns.
import { readFileSync } from "node:fs";
import { S } from "@isinglass/cpu-x86";
import { pc, virtioDisk } from "@isinglass/machine";
import { openBlockFile } from "@isinglass/virtio/node";

/**
 * A PC with a loaded kernel, or with a saved state.
 *
 * @param {{ memory: number, tier?: "auto" | "interp" | "jit", kernel?: string, initrd?: string, append?: string, disk?: string, restore?: string, restoreFrom?: Uint8Array,
 *   cpus?: number, time?: { clock?: "deterministic" | "realtime", nanosecondsPerInstruction?: number, now?: () => number }, onOutput: (bytes: Uint8Array) => void }} options
 */
export function createGuest(options) {
  let board = pc({
    memory: options.memory,
    tier: options.tier ?? "auto",
    cpus: options.cpus ?? 1,
    ...options.time,
    serial: { onOutput: options.onOutput },
  });
  if (options.disk !== undefined) board = board.use(virtioDisk({ backend: openBlockFile(options.disk) }));
  const machine = board.build();
  const { cpu } = machine.vcpu;
  let loaded;
  if (options.restoreFrom !== undefined) machine.restore(options.restoreFrom);
  else if (options.restore !== undefined) machine.restore(readFileSync(options.restore));
  else {
    const initrd = options.initrd === undefined ? undefined : readFileSync(options.initrd);
    loaded = machine.loadKernel({ kernel: readFileSync(options.kernel), initrd, commandLine: options.append ?? "" });
  }
  return {
    /** Instructions completed. */
    get instructions() {
      return machine.instructions;
    },
    machine,
    cpu,
    /** What the boot loader has put where. */
    loaded,
    /** Runs for at most so many instructions; `reason` is "budget" where nothing else stopped the guest. */
    run: (instructions) => machine.run(instructions),
    /** Host offset in `cpu.u8` of the next instruction, -1 where nothing is mapped. */
    codeAt() {
      const at = cpu.memory.load(cpu.get32(S.rip), cpu.getHi(S.rip), 64);
      return at === 0 ? -1 : at;
    },
    statistics: () => machine.stats(),
    save: () => machine.save(),
    /** SHA-256 over everything that the guest's future depends on. */
    stateHash: () => machine.stateHash(),
  };
}
