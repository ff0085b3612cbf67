import { DebugExit } from "@isinglass/devices";
import type { MachinePlugin } from "./plugin.js";

/** What {@link debugExit} adds to a machine. */
export interface WithDebugExit {
  /** The code that a guest ended with: twice the value that it wrote, plus one. */
  readonly debugExit: { readonly code: number | undefined };
}

/**
 * QEMU's `isa-debug-exit`: a guest that writes to the port powers the machine off. For programs that test a machine from inside, such as
 * kvm-unit-tests; no operating system asks for it.
 *
 * @param port 0xf4 by default; a multiple of four
 * @example
 * const machine = pc({ memory: 128 * MiB }).use(debugExit()).build();
 * machine.loadKernel({ kernel });
 * while (machine.stopReason === undefined) machine.run(1_000_000);
 * console.log(machine.debugExit.code);
 */
export function debugExit(port: number = 0xf4): MachinePlugin<WithDebugExit> {
  return {
    name: "debug-exit",
    install(board) {
      const result: { code: number | undefined } = { code: undefined };
      const onExit = (code: number): void => {
        result.code ??= code;
        board.vm.requestStop("poweroff");
      };
      new DebugExit({ port, onExit }).mapOn(board.bus);
      return { debugExit: result };
    },
  };
}
