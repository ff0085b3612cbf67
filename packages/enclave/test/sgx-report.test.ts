import { createDecipheriv } from "node:crypto";
import { noble } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  KEYREQUEST,
  type ModelFuses,
  SEALED_DATA,
  SGX_REPORT,
  SGX_REPORT_BODY,
  Structure,
  deriveKey,
  makeReport,
  reportKey,
  sealData,
  uncovered,
  unsealData,
  verifyReportMac,
} from "../src/index.js";
import { runWith } from "./support/openssl.js";

const fuses: ModelFuses = {
  rootKey: new Uint8Array(16).fill(1),
  ownerEpoch: new Uint8Array(16),
  cpuSvn: new Uint8Array(16).fill(4),
};

function body(): Structure {
  return new Structure(SGX_REPORT_BODY)
    .set("mrenclave", new Uint8Array(32).fill(0xaa))
    .set("mrsigner", new Uint8Array(32).fill(0xbb))
    .set("attributes.flags", 0x85)
    .set("isvprodid", 3)
    .set("isvsvn", 5)
    .set("configsvn", 2);
}

const request = (): Structure => new Structure(KEYREQUEST).set("keyname", 4).set("keypolicy", 2).set("isvsvn", 5);

describe("layouts", () => {
  it.each([SGX_REPORT, KEYREQUEST, SEALED_DATA])("$name has no gaps", (layout) => {
    expect(uncovered(layout)).toEqual([]);
  });
});

describe("REPORT", () => {
  const keyId = new Uint8Array(32).fill(9);
  const target = body();
  const key = reportKey(target, keyId, fuses);
  const report = makeReport(body(), keyId, key, nodeCrypto);

  it("is accepted by its target, and with a bit changed by nobody", () => {
    expect(verifyReportMac(report, key)).toBe(true);
    for (let bit = 0; bit < 8 * SGX_REPORT.size; bit += 1) {
      // The key ID is not under the MAC: it chooses the key.
      if (bit >> 3 >= 384 && bit >> 3 < 416) continue;
      const changed = new Uint8Array(report.bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, verifyReportMac(new Structure(SGX_REPORT, changed), key)]).toEqual([bit, false]);
    }
  });

  it("is not accepted by another enclave, another processor or with another key ID", () => {
    const other = body().set("mrenclave", new Uint8Array(32));
    expect(verifyReportMac(report, reportKey(other, keyId, fuses))).toBe(false);
    expect(verifyReportMac(report, reportKey(target, keyId, { ...fuses, rootKey: new Uint8Array(16) }))).toBe(false);
    expect(verifyReportMac(report, reportKey(target, new Uint8Array(32), fuses))).toBe(false);
  });

  it.runIf(requireOracle("openssl", hasCommand("openssl")))("has a MAC that OpenSSL computes too", () => {
    const hex = Buffer.from(key).toString("hex");
    const { output } = runWith(
      ["openssl", "mac", "-cipher", "AES-128-CBC", "-macopt", `hexkey:${hex}`, "-in", "body", "CMAC"],
      { body: report.bytes.subarray(0, 384) },
    );
    expect(output.trim().toLowerCase()).toBe(report.hex("mac"));
  });
});

describe("EGETKEY", () => {
  const key = (change: (r: Structure) => void, enclave = body()): string => {
    const asked = request();
    change(asked);
    return Buffer.from(deriveKey(asked, enclave, fuses)).toString("hex");
  };
  const usual = key(() => {});

  it("gives one key to all enclaves of a signer and product, whatever their measurement", () => {
    expect(key(() => {}, body().set("mrenclave", new Uint8Array(32)))).toBe(usual);
    expect(key(() => {}, body().set("isvsvn", 9))).toBe(usual);
  });

  it.each<[string, (r: Structure) => void, Structure?]>([
    ["another signer", () => {}, body().set("mrsigner", new Uint8Array(32))],
    ["another product", () => {}, body().set("isvprodid", 4)],
    ["debugging", () => {}, body().set("attributes.flags", 0x87)],
    ["another key ID", (r) => r.set("keyid", new Uint8Array(32).fill(1))],
    ["an older version", (r) => r.set("isvsvn", 4)],
    ["the measurement in the policy", (r) => r.set("keypolicy", 1)],
    ["the configuration in the policy", (r) => r.set("keypolicy", 10)],
    ["no product in the policy", (r) => r.set("keypolicy", 6)],
    ["another key name", (r) => r.set("keyname", 3)],
  ])("gives another key for %s", (_what, change, enclave) => {
    expect(key(change, enclave)).not.toBe(usual);
  });

  it.each<[string, (r: Structure) => void, RegExp, Structure?]>([
    ["a version above the enclave's", (r) => r.set("isvsvn", 6), /ISVSVN 6 is above the enclave's 5/],
    ["a processor version above its own", (r) => r.set("cpusvn", new Uint8Array(16).fill(5)), /CPUSVN/],
    ["a configuration version above the enclave's", (r) => r.set("configsvn", 3), /CONFIGSVN/],
    ["an unknown policy", (r) => r.set("keypolicy", 0x40), /bits that mean nothing/],
    [
      "separation without the attribute",
      (r) => r.set("keypolicy", 8),
      /key separation/,
      body().set("attributes.flags", 5),
    ],
    ["reserved bits", (r) => r.bytes.fill(1, 80, 81), /not zero/],
    ["a key that is not modelled", (r) => r.set("keyname", 0), /3 \(report\) and 4 \(seal\)/],
  ])("refuses %s", (_what, change, message, enclave) => {
    expect(() => key(change, enclave)).toThrow(message);
  });
});

describe("sealed data", () => {
  const secret = new TextEncoder().encode("a secret");
  const clear = new TextEncoder().encode("seen by all");
  const sealKey = deriveKey(request(), body(), fuses);
  const sealed = sealData(request(), sealKey, secret, clear);

  it("comes back with its key only, and not after a change", () => {
    expect(unsealData(sealed, sealKey, nodeCrypto)).toEqual({ secret, clear });
    expect(() => unsealData(sealed, new Uint8Array(16), noble)).toThrow(/tag is wrong/);
    for (let byte = 512; byte < sealed.length; byte += 1) {
      const changed = sealed.slice();
      changed[byte]! ^= 0x10;
      expect(() => unsealData(changed, sealKey, nodeCrypto)).toThrow(/sealed data/);
    }
  });

  it("is AES-128-GCM with the zero IV, as OpenSSL opens it", () => {
    const cipher = createDecipheriv("aes-128-gcm", sealKey, new Uint8Array(12))
      .setAAD(clear)
      .setAuthTag(sealed.subarray(544, 560));
    expect(Buffer.concat([cipher.update(sealed.subarray(560, 568)), cipher.final()]).toString()).toBe("a secret");
  });
});
