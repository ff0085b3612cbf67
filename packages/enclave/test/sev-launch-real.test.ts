import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { describe, expect, it } from "vitest";
import { type LaunchOptions, buildIdBlock, measureFirmware, measureLaunch, signatureOf } from "../src/index.js";
import { haveReal, realFile } from "./support/real.js";
import { p384PrivateKey } from "./support/pem.js";

// Expected digests: virtee/sev-snp-measure, tests/test_guest.py and tests/test_id_block.py, version 0.0.13.
const AMD_SEV = "sev-snp-measure/ovmf_AmdSev_suffix.bin";
const OVMF_X64 = "sev-snp-measure/ovmf_OvmfX64_suffix.bin";
const EMPTY = new Uint8Array(0);
const FIRMWARE_DIGEST =
  "086e2e9149ebf45abdc3445fba5b2da8270bdbb04094d7a2c37faaa4b24af3aa16aff8c374c2a55c467a50da6d466b74";

type Row = readonly [name: string, firmware: string, options: Partial<LaunchOptions>, digest: string];
const booted = (append: string): Partial<LaunchOptions> => ({ boot: { kernel: EMPTY, initrd: EMPTY, append } });
const LOG = "console=ttyS0 loglevel=7";

const ROWS: readonly Row[] = [
  [
    "firmware digest given",
    AMD_SEV,
    { ...booted(""), features: 0x21n, firmwareDigest: Buffer.from(FIRMWARE_DIGEST, "hex") },
    "329c8ce0972ae52343b64d34a434a86f245dfd74f5ed7aae15d22efc78fb9683632b9b50e4e1d7fa41179ef98a7ef198",
  ],
  [
    "firmware digest given, SNP alone",
    AMD_SEV,
    { ...booted(""), features: 1n, firmwareDigest: Buffer.from(FIRMWARE_DIGEST, "hex") },
    "ddc5224521617a536ee7ce9dd6224d1b58a8d4fda1c741f3ac99fc4bfa04ba6e9fc98646d4a07a9079397fa3852819b5",
  ],
  [
    "EC2",
    AMD_SEV,
    { ...booted(""), features: 0x21n, vmm: "ec2" },
    "0ce9ccc06bab55eebe8abc234f3df6514883977a68a591b71052498ab52b2f1aa415db338033946ef93aa8278c0d67fb",
  ],
  [
    "EC2, SNP alone",
    AMD_SEV,
    { ...booted(""), features: 1n, vmm: "ec2" },
    "0883bd0eeb716e65b7b977a321c278d1e51b33b5c655fab985443bbcc65c086b9c15e8a0bd8811050dec7e24964e5056",
  ],
  [
    "GCE",
    AMD_SEV,
    { ...booted(""), vmm: "gce" },
    "5da7106cf14cf46b1725ebab123eb9e53bd46a1e9f400cd0c08e7827b04b688ea8b4e403c8404efed4397ea5d5d0722e",
  ],
  [
    "GCE, 4 vCPUs",
    AMD_SEV,
    { ...booted(""), vmm: "gce", vcpus: 4 },
    "5c5debf100fc339f90276e761ee1f1658d08922c3b20e2a2e6c7a6c3370b2452a15a00eae11886a93d6fd1e7ab81e29d",
  ],
  [
    "QEMU",
    AMD_SEV,
    { ...booted(LOG), features: 0x21n },
    "803f691094946e42068aaa3a8f9e26a5c89f36f7b73ecfb28c653360fe4b3aba7e534442e7e1e17895dfe778d0228977",
  ],
  [
    "QEMU, SNP alone",
    AMD_SEV,
    { ...booted(LOG), features: 1n },
    "6d287813eb5222d770f75005c664e34c204f385ce832cc2ce7d0d6f354454362f390ef83a92046c042e706363b4b08fa",
  ],
  [
    "no kernel",
    AMD_SEV,
    { features: 0x21n },
    "e1e1ca029dd7973ab9513295be68198472dcd4fc834bd9af9b63f6e8a1674dbf281a9278a4a2ebe0eed9f22adbcd0e2b",
  ],
  [
    "no kernel, SNP alone",
    AMD_SEV,
    { features: 1n },
    "19358ba9a7615534a9a1e2f0dfc29384dcd4dcb7062ff9c6013b26869a5fc6ecabe033c48dd6f6db5d6d76e7c5df632d",
  ],
  [
    "4 vCPUs",
    AMD_SEV,
    { ...booted(""), features: 0x21n, vcpus: 4 },
    "4953b1fb416fa874980e8442b3706d345926d5f38879134e00813c5d7abcbe78eafe7b422907be0b4698e2414a631942",
  ],
  [
    "4 vCPUs, SNP alone",
    AMD_SEV,
    { ...booted(""), features: 1n, vcpus: 4 },
    "5061fffb019493a903613d56d54b94912a1a2f9e4502385f5c194616753720a92441310ba6c4933de877c36e23046ad5",
  ],
  [
    "OVMF without kernel hashes",
    OVMF_X64,
    { features: 0x21n },
    "28797ae0afaba4005a81e629acebfb59e6687949d6be44007cd5506823b0dd66f146aaae26ff291eed7b493d8a64c385",
  ],
  [
    "OVMF without kernel hashes, SNP alone",
    OVMF_X64,
    { features: 1n },
    "da0296de8193586a5512078dcd719eccecbd87e2b825ad4148c44f665dc87df21e5b49e21523a9ad993afdb6a30b4005",
  ],
  [
    "SEV-ES",
    AMD_SEV,
    { ...booted(""), mode: "sev-es" },
    "13810ae661ea11e2bb205621f582fee268f0367c8f97bc297b7fadef3e12002c",
  ],
  [
    "SEV-ES, 4 vCPUs",
    AMD_SEV,
    { ...booted(""), mode: "sev-es", vcpus: 4 },
    "0dccbcaba8e90b261bd0d2e1863a2f9da714768b7b2a19363cd6ae35aa90de91",
  ],
  ["SEV", AMD_SEV, { ...booted(LOG), mode: "sev" }, "82a3ee5d537c3620628270c292ae30cb40c3c878666a7890ee7ef2a08fb535ff"],
  [
    "SEV, kernel alone",
    AMD_SEV,
    { boot: { kernel: EMPTY }, mode: "sev" },
    "77f613d7bbcdf12a73782ea9e88b0172aeda50d1a54201cb903594ff52846898",
  ],
  [
    "SEV, OVMF without kernel hashes",
    OVMF_X64,
    { mode: "sev" },
    "b4c021e085fb83ceffe6571a3d357b4a98773c83c474e47f76c876708fe316da",
  ],
];

function options(firmware: string, more: Partial<LaunchOptions>): LaunchOptions {
  return {
    mode: "snp",
    vcpus: 1,
    vmm: "qemu",
    signature: signatureOf("EPYC-v4"),
    firmware: realFile(firmware),
    ...more,
  };
}

const found = haveReal([AMD_SEV, OVMF_X64, "sev-snp-measure/svsm.bin", "sev-snp-measure/svsm_ovmf.fd"]);

describe.runIf(found)("launch digests that sev-snp-measure publishes", () => {
  it.each(ROWS)("%s", (_name, firmware, more, digest) => {
    expect(toHex(measureLaunch(options(firmware, more)).digest)).toBe(digest);
  });

  it("firmware alone", () => {
    expect(toHex(measureFirmware(realFile(AMD_SEV)))).toBe(FIRMWARE_DIGEST);
  });

  it.each([
    [4, "27d154c27b7b359c935e250ec6fee72aa0ae8c1225e3b0e1cf46a9567e938066d7d6f94bbdc4a857818bdb79277a44b2"],
    [2, "9b94745036aafddf4f7f8b00c7513abb5b7703178cb95aaa57928bd963d68d3bfcb715d6019b9167ee2517b11b0d9be7"],
  ])("COCONUT SVSM with %d vCPUs", (vcpus, digest) => {
    const svsm = { image: realFile("sev-snp-measure/svsm.bin"), variables: 540_672 };
    const launch = measureLaunch(
      options("sev-snp-measure/svsm_ovmf.fd", { mode: "snp-svsm", vcpus, svsm }),
      nodeCrypto,
    );
    expect(toHex(launch.digest)).toBe(digest);
    expect(launch.vmsas.length).toBe(vcpus);
  });

  it.each(["snp", "sev-es", "sev"] as const)("%s refuses a kernel that the firmware would not check", (mode) => {
    expect(() => measureLaunch(options(OVMF_X64, { ...booted(""), mode }))).toThrow(
      /a kernel is given, but the firmware has/,
    );
  });

  it.each([
    ["sev-es", 4, AMD_SEV],
    ["snp", 1, AMD_SEV],
  ] as const)("%s has one save area for each of %d vCPUs", (mode, vcpus, firmware) => {
    expect(measureLaunch(options(firmware, { mode, vcpus })).vmsas.length).toBe(vcpus);
  });

  it("ID block and key digests", () => {
    const made = buildIdBlock({
      launchDigest: Buffer.from("B28FLQi9p6cAqipgjFyqawDrrSl7bWioWkWx5mmlWLZ+G5HShKMB/mPE+gdQRn7t", "base64"),
      idKey: p384PrivateKey(realFile("sev-snp-measure/id_key_test.pem")),
      authorKey: p384PrivateKey(realFile("sev-snp-measure/author_key_test.pem")),
    });
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    expect(base64(made.block)).toBe(
      "B28FLQi9p6cAqipgjFyqawDrrSl7bWioWkWx5mmlWLZ+G5HShKMB/mPE+gdQRn7tAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAwAAAAAA",
    );
    expect(base64(made.idKeyDigest)).toBe("hwt+NcU/inLQ0yL3WrKvgmJ5Kq9leWIs5BMcPyHyied8sFYKXjuQs5MuZ07HCcsU");
    expect(base64(made.authorKeyDigest)).toBe("YxEcNLv8Ckk4+aAJvQdJgNgXIyPmFZnJ/TNtqGcySOHcqY0L6PdjdqEGuK/UwKBX");
  });
});
