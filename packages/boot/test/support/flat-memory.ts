import { IsinglassError } from "@isinglass/interface";
import type { MemoryRegion, PhysicalMemory } from "@isinglass/interface";

/** Guest memory of one flat array per region, for tests. */
export class FlatMemory implements PhysicalMemory {
  readonly #regions: readonly { info: MemoryRegion; bytes: Uint8Array }[];
  writes = 0;

  constructor(regions: readonly { gpa: number; length: number; kind?: "ram" | "rom" }[]) {
    this.#regions = regions.map((r) => ({
      info: { gpa: r.gpa, length: r.length, kind: r.kind ?? "ram", name: `region at ${r.gpa}` },
      bytes: new Uint8Array(r.length),
    }));
  }

  static ofMiB(size: number): FlatMemory {
    return new FlatMemory([{ gpa: 0, length: size * 2 ** 20 }]);
  }

  #at(gpa: number, length: number): Uint8Array {
    for (const { info, bytes } of this.#regions) {
      if (gpa >= info.gpa && gpa + length <= info.gpa + info.length)
        return bytes.subarray(gpa - info.gpa, gpa - info.gpa + length);
    }
    throw new IsinglassError("ISG_MEMORY_UNBACKED", `no memory at 0x${gpa.toString(16)}, ${length} bytes`);
  }

  read(gpa: number, into: Uint8Array): void {
    into.set(this.#at(gpa, into.length));
  }

  write(gpa: number, bytes: Uint8Array): void {
    this.writes++;
    this.#at(gpa, bytes.length).set(bytes);
  }

  regions(): readonly MemoryRegion[] {
    return this.#regions.map((r) => r.info);
  }

  bytes(gpa: number, length: number): Uint8Array {
    return this.#at(gpa, length).slice();
  }

  u32(gpa: number): number {
    const b = this.#at(gpa, 4);
    return (b[0]! | (b[1]! << 8) | (b[2]! << 16) | (b[3]! << 24)) >>> 0;
  }

  u64(gpa: number): number {
    return this.u32(gpa) + this.u32(gpa + 4) * 2 ** 32;
  }
}
