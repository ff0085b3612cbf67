import type { SnapshotValue } from "@isinglass/interface";
import type { DescriptorChain, VirtioModel, VirtioPort } from "../../src/index.js";

/** A device that writes back what it reads, as far as there is room; with a queue of its own for chains that it never answers. */
export class EchoModel implements VirtioModel {
  readonly name = "echo";
  readonly deviceType = 42;
  readonly pciClass = 0xff0000;
  readonly features: readonly number[] = [3];
  readonly queueSizes: readonly number[];
  readonly config = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  readonly configWrites: [number, Uint8Array][] = [];
  port: VirtioPort | null = null;
  handled = 0;
  resets = 0;

  constructor(queueSizes: readonly number[] = [16]) {
    this.queueSizes = queueSizes;
  }

  attach(port: VirtioPort): void {
    this.port = port;
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    this.configWrites.push([offset, bytes]);
  }

  handle(_queue: number, chain: DescriptorChain): number | null {
    this.handled++;
    const bytes = new Uint8Array(chain.readable);
    if (!chain.read(bytes)) return null;
    const size = Math.min(bytes.length, chain.writable);
    return chain.write(bytes.subarray(0, size)) ? size : null;
  }

  reset(): void {
    this.resets++;
  }

  save(): SnapshotValue {
    return { handled: this.handled };
  }

  load(state: SnapshotValue): void {
    this.handled = (state as { handled: number }).handled;
  }
}
