// The one place that knows how a machine is put together. Everything else in bench/ uses what `createGuest` returns.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { S, STATE_BYTES } from "@isinglass/cpu-x86";
import { PciFunction, assignPciResources } from "@isinglass/devices";
import { Pc } from "@isinglass/machine";
import { Dma } from "@isinglass/mmu";
import { VirtioBlock, VirtioPci } from "@isinglass/virtio";
import { openBlockFile } from "@isinglass/virtio/node";

const DISK_SLOT = 4;

/**
 * A PC with a loaded kernel.
 *
 * @param {{ memory: number, kernel: string, initrd: string, append: string, disk?: string, onSerial: (byte: number) => void }} options
 */
export function createGuest(options) {
  const pc = new Pc({ memory: options.memory, onSerial: options.onSerial });
  if (options.disk !== undefined) addDisk(pc, options.disk);
  pc.loadKernel(readFileSync(options.kernel), readFileSync(options.initrd), options.append);
  const { cpu } = pc.vcpu;
  return {
    /** Instructions completed. */
    get instructions() {
      return pc.vcpu.instructions;
    },
    cpu,
    /** Runs for at most so many instructions; `reason` is "budget" where nothing else stopped the guest. */
    run: (instructions) => pc.run(instructions),
    /** Host offset in `cpu.u8` of a piece of code, -1 where nothing is mapped. */
    codeAt: () => {
      const at = cpu.memory.load(cpu.get32(S.rip), cpu.getHi(S.rip), 64);
      return at === 0 ? -1 : at;
    },
    statistics: () => ({ tlb: { ...pc.vcpu.tlb.stats }, code: { ...pc.vcpu.interpreter?.code.stats } }),
    /** SHA-256 over the guest's RAM and the CPU's state block. */
    stateHash() {
      const hash = createHash("sha256");
      const bytes = new Uint8Array(pc.physical.buffer);
      for (const region of pc.physical.regions()) {
        const at = pc.physical.hostOffset(region.gpa);
        hash.update(bytes.subarray(at, at + region.length));
      }
      hash.update(bytes.subarray(cpu.base, cpu.base + STATE_BYTES));
      return hash.digest("hex");
    },
  };
}

function addDisk(pc, path) {
  const disk = new VirtioPci({
    component: "virtio-blk.0",
    model: new VirtioBlock({ backend: openBlockFile(path) }),
    dma: new Dma(pc.physical),
    clock: pc.clock,
    requester: DISK_SLOT << 3,
    createFunction: (request) => new PciFunction(request),
  });
  pc.pci.add(DISK_SLOT, 0, disk.function);
  assignPciResources(pc.pci, { bus: pc.bus });
}
