import { type SnapshotValue, IsinglassError } from "@isinglass/interface";
import { PAGE_CODE } from "@isinglass/mmu";
import type { PcMachine } from "../pc.js";

const PAGE = 4096;

interface Checkpoint {
  readonly components: readonly SnapshotValue[];
  readonly memory: Uint8Array;
}

/**
 * States of one machine to which it can go back at once. Memory is compared with nothing: the pages that were written since the last
 * restore are known, and only those are copied; decoded code of the others stays.
 */
export class Checkpoints {
  readonly #machine: PcMachine;
  readonly #bytes: Uint8Array;
  readonly #known = new Map<number, Checkpoint>();
  #last = 0;
  /** The checkpoint since which written pages are noted. */
  #tracked: number | undefined;
  /** Pages that the last {@link restore} copied. */
  copied: number = 0;

  constructor(machine: PcMachine) {
    this.#machine = machine;
    this.#bytes = new Uint8Array(machine.core.physical.buffer);
  }

  create(): number {
    const { core, vm } = this.#machine;
    const { offset, bytes } = core.ram;
    this.#last += 1;
    this.#known.set(this.#last, { components: vm.saveComponents(), memory: this.#bytes.slice(offset, offset + bytes) });
    core.physical.startDirtyLogging();
    for (const vcpu of core.vcpus) vcpu.tlb.dropAllWriteTags();
    this.#tracked = this.#last;
    return this.#last;
  }

  forget(id: number): void {
    this.#known.delete(id);
    if (this.#tracked !== id) return;
    this.#machine.core.physical.stopDirtyLogging();
    this.#tracked = undefined;
  }

  /** @throws IsinglassError `ISG_CHECKPOINT_UNKNOWN` */
  restore(id: number): void {
    const checkpoint = this.#known.get(id);
    if (checkpoint === undefined) {
      throw new IsinglassError(
        "ISG_CHECKPOINT_UNKNOWN",
        `restore: this machine has no checkpoint ${id}; it was released, or is another machine's`,
        {
          checkpoint: id,
        },
      );
    }
    const { core, vm, vcpu } = this.#machine;
    const { physical } = core;
    if (this.#tracked === id) this.#copyPages(physical.takeDirtyPages(), checkpoint.memory);
    else {
      // From another state: everything may differ.
      this.#bytes.set(checkpoint.memory, core.ram.offset);
      vcpu.interpreter?.code.dropAll();
      physical.startDirtyLogging();
      this.#tracked = id;
    }
    for (const each of core.vcpus) each.keepsCode = true;
    try {
      vm.loadComponents(checkpoint.components);
    } finally {
      for (const each of core.vcpus) each.keepsCode = false;
    }
    // The saved translations may allow writes that are to be noted, or to pages that hold decoded code now.
    for (const each of core.vcpus) each.tlb.dropAllWriteTags();
  }

  #copyPages(pages: Uint32Array, memory: Uint8Array): void {
    const { physical, ram } = this.#machine.core;
    for (const page of pages) {
      const host = page * PAGE;
      const from = host - ram.offset;
      this.#bytes.set(memory.subarray(from, from + PAGE), host);
      if ((physical.pageFlags(page) & PAGE_CODE) !== 0) physical.noteWrite(host, PAGE);
    }
    this.copied = pages.length;
  }
}
