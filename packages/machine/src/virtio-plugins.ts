import { Msix, PciFunction } from "@isinglass/devices";
import {
  type BlockBackend,
  type EntropySource,
  type VirtioModel,
  VirtioBlock,
  VirtioConsole,
  VirtioPci,
  VirtioRng,
} from "@isinglass/virtio";
import { IsinglassError } from "@isinglass/interface";
import type { Board, MachinePlugin } from "./plugin.js";

/** Puts a virtio device on the PCI bus; `name` is its component name. */
export function attachVirtio(board: Board, name: string, model: VirtioModel): VirtioPci<PciFunction> {
  const slot = board.nextPciSlot();
  const device = new VirtioPci({
    component: name,
    model,
    dma: board.dma,
    clock: board.clock,
    events: board.events,
    requester: slot << 3,
    createFunction: (request) => new PciFunction(request),
    createMsix: (request) => new Msix({ ...request, target: board.interrupts }),
  });
  board.addPciFunction(slot, device.function);
  return device;
}

export interface VirtioDiskOptions {
  readonly backend: BlockBackend;
  /** Refuses a back end that can be written; the guest sees a read-only disk. */
  readonly readonly?: boolean;
  /** Up to 20 ASCII characters. */
  readonly serial?: string;
}

/** A disk: `/dev/vda` of a Linux guest, then `/dev/vdb`. */
export function virtioDisk(options: VirtioDiskOptions): MachinePlugin {
  return {
    name: "virtio-disk",
    install(board) {
      const { backend, serial } = options;
      if (options.readonly === true && !backend.readonly) {
        throw new IsinglassError(
          "ISG_MACHINE_DISK_WRITABLE",
          'virtio-disk: "readonly" was asked for, but the back end can be written; open it read-only',
        );
      }
      attachVirtio(
        board,
        nextName(board, "virtio-blk"),
        new VirtioBlock({ backend, ...(serial === undefined ? {} : { serial }) }),
      );
      return {};
    },
  };
}

/** A source of random numbers. */
export function virtioRng(options: { readonly entropy: EntropySource }): MachinePlugin {
  return {
    name: "virtio-rng",
    install(board) {
      attachVirtio(board, nextName(board, "virtio-rng"), new VirtioRng(options));
      return {};
    },
  };
}

/** A console: `/dev/hvc0` of a Linux guest. Adds `console` to the machine. */
export function virtioConsole(options: {
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly columns?: number;
  readonly rows?: number;
}): MachinePlugin<{ readonly console: VirtioConsole }> {
  return {
    name: "virtio-console",
    install(board) {
      const console = new VirtioConsole(options);
      attachVirtio(board, nextName(board, "virtio-console"), console);
      return { console };
    },
  };
}

function nextName(board: Board, kind: string): string {
  const used = board.pci.functions().filter(({ f }) => f.component.startsWith(kind)).length;
  return `${kind}.${used}`;
}
