import { Random } from "@isinglass/testkit";
import { guidBytes } from "../../src/reader.js";

/** A section of a made firmware: address, size, type. */
export type MadeSection = readonly [gpa: number, size: number, type: number];

export const SECTIONS: readonly MadeSection[] = [
  [0x80_0000, 0x9000, 1],
  [0x80_a000, 0x3000, 1],
  [0x80_d000, 0x1000, 2],
  [0x80_e000, 0x1000, 3],
  [0x81_1000, 0xf000, 1],
  [0x81_0000, 0x1000, 0x10],
];

function entry(guid: string, data: Uint8Array): Uint8Array {
  const size = data.length + 18;
  return new Uint8Array([...data, size & 255, size >> 8, ...guidBytes(guid)]);
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

/** What can be left out of a made firmware, or be other than usual. */
export interface FirmwareOptions {
  readonly pages?: number;
  readonly sections?: readonly MadeSection[];
  readonly resetEip?: number;
  readonly hashTable?: number;
}

/** A firmware image with OVMF's table at its end and noise elsewhere. It boots nothing. */
export function makeFirmware(options: FirmwareOptions = {}): Uint8Array {
  const { pages = 8, sections = SECTIONS, resetEip = 0x80_b004, hashTable = 0x81_0c00 } = options;
  const image = new Random(42).bytes(pages * 4096);
  const metadataFromEnd = 2048;
  const metadata = words(0x56_45_53_41, 16 + 12 * sections.length, 1, sections.length, ...sections.flat());
  image.set(metadata, image.length - metadataFromEnd);
  const entries = [
    entry("dc886566-984a-4798-a75e-5585a7bf67cc", words(metadataFromEnd)),
    entry("7255371f-3a3b-4b04-927b-1da6efa8d454", words(hashTable, 0x400)),
    entry("00f771de-1a7e-4fcb-890e-68c77e2fb44e", words(resetEip)),
  ];
  const body = new Uint8Array(entries.flatMap((one) => [...one]));
  const size = body.length + 18;
  const table = new Uint8Array([...body, size & 255, size >> 8, ...guidBytes("96b582de-1fb2-45f7-baea-a366c55a082d")]);
  image.set(table, image.length - 32 - table.length);
  return image;
}
