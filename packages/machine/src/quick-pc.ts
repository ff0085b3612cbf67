import type { Uart16550 } from "@isinglass/devices";
import type { TimeSource, VirtualClock } from "@isinglass/hypervisor";
import type { VmExit } from "@isinglass/interface";
import type { EngineVcpu } from "./engine-vcpu.js";
import { type PcMachine, type PcOptions, pc } from "./pc.js";

/** The first PC's interface, kept while scripts still use it; new code calls {@link pc}. */
export class Pc {
  readonly machine: PcMachine;

  constructor(options: Omit<PcOptions, "serial"> & { readonly onSerial?: (byte: number) => void }) {
    const { onSerial, ...rest } = options;
    this.machine = pc({ ...rest, serial: { onOutput: (bytes) => bytes.forEach((byte) => onSerial?.(byte)) } }).build();
  }

  get vcpu(): EngineVcpu {
    return this.machine.vcpu;
  }

  get clock(): VirtualClock {
    return this.machine.core.clock;
  }

  get time(): TimeSource {
    return this.machine.core.time;
  }

  get uart(): Uart16550 {
    return this.machine.uart;
  }

  get stopped(): "poweroff" | "reset" | undefined {
    const { stopReason } = this.machine;
    return stopReason === "poweroff" || stopReason === "reset" ? stopReason : undefined;
  }

  loadKernel(kernel: Uint8Array, initrd: Uint8Array | undefined, commandLine: string): void {
    this.machine.loadKernel({ kernel, initrd, commandLine });
  }

  run(instructions: number): VmExit {
    return this.machine.run(instructions);
  }
}
