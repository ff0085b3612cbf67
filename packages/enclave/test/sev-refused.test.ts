import { describe, expect, it } from "vitest";
import { type LaunchOptions, type SevMeasureOptions, measureLaunch, sevLaunchMeasurement } from "../src/index.js";
import { makeFirmware } from "./support/firmware.js";
import { PRETENDING } from "./support/pretending.js";

const LAUNCH: LaunchOptions = {
  mode: "snp",
  firmware: makeFirmware({ pages: 1 }),
  vcpus: 1,
  vmm: "qemu",
  signature: 0x800f12,
};
const svsm = { image: makeFirmware({ pages: 1 }), variables: 0 };

describe("a launch is not measured", () => {
  it.each<[string, Partial<LaunchOptions>, RegExp]>([
    ["half a vCPU", { vcpus: 0.5 }, /vCPUs 0.5: 1 to 4096/],
    ["a signature that is no number", { signature: Number.NaN }, /signature NaN/],
    ["a signature of 33 bits", { signature: 2 ** 32 }, /signature 4294967296: .* of 32 bits/],
    // Cut off or filled up, each would be another guest's.
    ["a firmware digest of 32 bytes", { firmwareDigest: new Uint8Array(32) }, /firmwareDigest of 32 bytes; 48/],
    ["a firmware digest of 64 bytes", { firmwareDigest: new Uint8Array(64) }, /firmwareDigest of 64 bytes; 48/],
    ["a firmware digest, for SEV", { mode: "sev", firmwareDigest: new Uint8Array(48) }, /firmwareDigest goes with snp/],
    ["a firmware digest, for SEV-ES", { mode: "sev-es", firmwareDigest: new Uint8Array(48) }, /goes with snp/],
    ["an SVSM that is not started", { svsm }, /svsm goes with mode snp-svsm, not with snp/],
    ["an SVSM that is missing", { mode: "snp-svsm" }, /snp-svsm wants an SVSM image/],
    ["an SVSM and features", { mode: "snp-svsm", svsm, features: 0x21n }, /features 33: an SVSM starts with 1 alone/],
    ["an SVSM and half a page", { mode: "snp-svsm", svsm: { ...svsm, variables: 2048 } }, /svsm.variables 2048/],
    ["an SVSM and less than none", { mode: "snp-svsm", svsm: { ...svsm, variables: -4096 } }, /svsm.variables -4096/],
    [
      "an SVSM below address 0",
      { mode: "snp-svsm", svsm: { ...svsm, variables: 2 ** 32 } },
      /svsm.variables 4294967296: the SVSM would begin below address 0/,
    ],
    [
      "half a letter",
      { boot: { kernel: new Uint8Array(1), append: "\ud800" } },
      /append: a command line of well-formed/,
    ],
    ["a zero in the command line", { boot: { kernel: new Uint8Array(1), append: "a\0b" } }, /text without zeros/],
  ])("with %s", (_what, change, message) => {
    expect(() => measureLaunch({ ...LAUNCH, ...change }, PRETENDING)).toThrow(
      expect.objectContaining({
        code: "ISG_SNP_BAD_OPTION",
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });

  const SEV: SevMeasureOptions = {
    digest: new Uint8Array(32),
    major: 0,
    minor: 24,
    build: 15,
    policy: 7,
    nonce: new Uint8Array(16),
    integrityKey: new Uint8Array(16),
  };
  it.each<[Partial<SevMeasureOptions>, RegExp]>([
    [{ digest: new Uint8Array(48) }, /digest of 48 bytes; 32 are right/],
    [{ nonce: new Uint8Array(15) }, /nonce of 15 bytes/],
    [{ integrityKey: new Uint8Array(0) }, /integrityKey of 0 bytes/],
    [{ major: 256 }, /major 256: a whole number up to 255/],
    [{ build: 0.5 }, /build 0.5/],
    [{ policy: 2 ** 32 }, /policy 4294967296/],
  ])("by SEV's LAUNCH_MEASURE with %o", (change, message) => {
    expect(sevLaunchMeasurement(SEV, PRETENDING)).toBeInstanceOf(Uint8Array);
    expect(() => sevLaunchMeasurement({ ...SEV, ...change }, PRETENDING)).toThrow(message);
  });
});
