import { createDecipheriv } from "node:crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { Random, seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { PCMD, type PageIdentity, SECINFO, Structure, sealPage, uncovered, unsealPage } from "../src/index.js";

const random = new Random(seed);
const key = random.bytes(16);
const page = random.bytes(4096);
const identity: PageIdentity = {
  linearAddress: 0x7000_0000_3000,
  flags: SECINFO.REG | SECINFO.R | SECINFO.W,
  enclaveId: 42n,
  version: 0x1122_3344_5566_7788n,
};

describe("a page that leaves its enclave", () => {
  it("comes back as it was", () => {
    expect(uncovered(PCMD)).toEqual([]);
    const sealed = sealPage(page, identity, key);
    expect(unsealPage(sealed, identity, key, nodeCrypto)).toEqual(page);
  });

  it("is encrypted as OpenSSL encrypts it with the version as the IV", () => {
    const { cipher } = sealPage(page, identity, key, nodeCrypto);
    const iv = Uint8Array.of(0, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11);
    expect(new Uint8Array(createDecipheriv("aes-128-gcm", key, iv).update(cipher))).toEqual(page);
  });

  it.each<[string, Partial<PageIdentity>]>([
    ["an older version", { version: identity.version - 1n }],
    ["another address", { linearAddress: identity.linearAddress + 4096 }],
    ["another enclave", { enclaveId: 43n }],
    ["other rights", { flags: SECINFO.REG | SECINFO.R }],
  ])("is not taken for %s", (_what, other) => {
    const sealed = sealPage(page, identity, key, nodeCrypto);
    expect(() => unsealPage(sealed, { ...identity, ...other }, key, nodeCrypto)).toThrow(
      /sealed page: its (tag|metadata)/,
    );
  });

  it(`is not taken with any bit of it or of its metadata changed, seed ${seed}`, () => {
    const sealed = sealPage(page, identity, key, nodeCrypto);
    for (let i = 0; i < 200; i += 1) {
      const cipher = sealed.cipher.slice();
      cipher[random.below(4096)]! ^= 1 << random.below(8);
      expect(() => unsealPage({ ...sealed, cipher }, identity, key, nodeCrypto)).toThrow(/tag is wrong/);
    }
    for (let bit = 0; bit < 8 * PCMD.size; bit += 1) {
      const pcmd = new Structure(PCMD, new Uint8Array(sealed.pcmd.bytes));
      pcmd.bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unsealPage({ ...sealed, pcmd }, identity, key, nodeCrypto), `bit ${bit}`).toThrow(/sealed page/);
    }
  });

  it("is a whole page at the address of one", () => {
    expect(() => sealPage(page.slice(1), identity, key)).toThrow(/4095 bytes; 4096 are right/);
    expect(() => sealPage(page, { ...identity, linearAddress: 8 }, key)).toThrow(/multiple of 4096/);
  });
});
