import { describe, expect, it, vi } from "vitest";
import {
  EnclaveMeasurement,
  OE_PROPERTIES,
  Structure,
  measureOpenEnclave,
  parseEnclaveElf,
  readEnclaveFile,
} from "../src/index.js";
import { makeOpenEnclave, makeSdkEnclave } from "./support/made-sgx.js";
import { PRETENDING } from "./support/pretending.js";

describe("MRENCLAVE", () => {
  it.each([0n, 0x1800n, 2n ** 47n, 2n ** 64n - 4096n])(
    "of an Open Enclave file with base 0 that begins at %d, where none can, is refused",
    (start) => {
      const file = makeOpenEnclave();
      const part = file.subarray(0x2000, 0x2000 + OE_PROPERTIES.size);
      new Structure(OE_PROPERTIES, part).set("flags", 2).set("start_address", start);
      expect(() => readEnclaveFile(file).measure!(PRETENDING)).toThrow(/its base is 0 and its start address 0x/);
    },
  );

  it("of an Open Enclave file that names the same bytes a thousand times is refused before they are copied", () => {
    const elf = parseEnclaveElf(makeOpenEnclave());
    const large = { flags: 6, offset: 0, address: 0x2000, fileSize: 0x5000, memorySize: 2 ** 24 };
    const taken = vi.spyOn(elf.file, "subarray");
    const many = { ...elf, loads: Array.from({ length: 1024 }, () => large) };
    expect(() => measureOpenEnclave(many, PRETENDING)).toThrow(/4194304 measured pages and more/);
    expect(taken).not.toHaveBeenCalled();
  });

  const MEASUREMENT = (): EnclaveMeasurement => new EnclaveMeasurement(0x10000n, 1);
  it.each<[string, () => unknown]>([
    ["a range that is no power of two", () => new EnclaveMeasurement(0x3000n, 1)],
    ["a range of 2^64 bytes", () => new EnclaveMeasurement(2n ** 64n, 1)],
    ["a range of one page", () => new EnclaveMeasurement(0x1000n, 1)],
    ["no state save area", () => new EnclaveMeasurement(0x10000n, 0)],
    ["a page at an odd address", () => MEASUREMENT().add(0x1001, 0x203)],
    ["a page below the range", () => MEASUREMENT().add(-0x1000, 0x203)],
    ["a page at no exact address", () => MEASUREMENT().add(2 ** 53, 0x203)],
    ["flags above 16 bits", () => MEASUREMENT().add(0x1000, 0x1_0203)],
    ["half a page", () => MEASUREMENT().addPage(0x1000, 0x203, new Uint8Array(2048))],
    ["a page and a half", () => MEASUREMENT().addPage(0x1000, 0x203, new Uint8Array(6144))],
    // Such would take the rest out of what was measured before.
    ["255 bytes of a chunk", () => MEASUREMENT().add(0x1000, 0x203).extend(0x1000, new Uint8Array(255))],
    ["a chunk at an odd address", () => MEASUREMENT().add(0x1000, 0x203).extend(0x1001, new Uint8Array(256))],
  ])("of %s is refused: the processor measures none", (_what, measure) => {
    expect(measure).toThrow(expect.objectContaining({ code: "ISG_SGX_BAD_ENCLAVE" }) as Error);
  });

  it("of a file of Intel's SDK whose pages have flags that no page has is refused", () => {
    const file = makeSdkEnclave();
    // The flags of the first entry of the layout table, 64 bits.
    new DataView(file.buffer, 0x5000 + 25 + 0x820).setUint32(28, 1, true);
    expect(() => readEnclaveFile(file).measure!(PRETENDING)).toThrow(/SECINFO.FLAGS 0x100000203; at most 0xffff/);
  });
});
