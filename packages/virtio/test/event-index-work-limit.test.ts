import { expect, it } from "vitest";
import { MemoryBlockBackend, VirtioBlock } from "../src/index.js";
import { PciGuest, start } from "./support/drivers.js";

const WRITE_ZEROES = 13;

function header(type: number): { data: Uint8Array } {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, type, true);
  return { data: new Uint8Array(view.buffer) };
}

it("a queue that is empty when its share of work is done asks for the next notification", () => {
  const guest = new PciGuest(new VirtioBlock({ backend: new MemoryBlockBackend(64 << 20) }));
  start(guest, [128], 0xffff_ffff);
  const queue = guest.queues[0]!;
  // 4 MiB of zeroes in one request: as much work as one notification gets.
  const segment = new DataView(new ArrayBuffer(16));
  segment.setUint32(8, 1 << 13, true);
  queue.add([header(WRITE_ZEROES), { data: new Uint8Array(segment.buffer) }, { data: 1 }]);
  guest.notify(0);
  expect(queue.take()).not.toBeNull();
  while (guest.clock.step());
  // The driver announces its second chain only if avail_event is 1 (virtio 1.2, 2.7.7.2).
  expect(queue.availEvent).toBe(1);
});
