import { noble, webCrypto } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  type Verdict,
  explainSnpReport,
  openGuestMessage,
  parsePolicy,
  parseSnpReport,
  readPem,
  reportLayout,
  sealGuestMessage,
  uncovered,
  verifySnpReport,
} from "../src/index.js";
import { NOW, ecdsaDer, makeCertificate, makeRevocationList } from "./support/authority.js";
import { failed } from "./support/failed.js";
import { FLIPS, expectEveryFlipRefused } from "./support/flips.js";
import { makeSnp, signReport, unsignedReport, vcekExtensions, verifyMade } from "./support/made-snp.js";
import { haveOpenssl, opensslChecks, opensslVerify } from "./support/openssl.js";
import { haveReal, realFile } from "./support/real.js";

describe("an SNP report made with test keys", () => {
  const made = makeSnp();
  const { certificates, report } = made;
  const [vcek, ask, ark] = certificates;

  it.each([2, 3, 5])("of version %d is accepted, by each back end", async (version) => {
    const bytes = signReport(unsignedReport(version), made.vcek.secret!);
    for (const crypto of [noble, nodeCrypto, webCrypto(globalThis.crypto.subtle)])
      // eslint-disable-next-line no-await-in-loop -- three in turn
      expect(failed(await verifyMade(made, bytes, { crypto }))).toEqual([]);
  });

  it.runIf(haveOpenssl())("has a chain and a signature that OpenSSL accepts", () => {
    expect(opensslVerify(certificates, NOW)).toMatchObject({ code: 0 });
    const raw = new Uint8Array([
      ...report.slice(0x2a0, 0x2a0 + 48).reverse(),
      ...report.slice(0x2e8, 0x2e8 + 48).reverse(),
    ]);
    expect(opensslChecks(vcek, "sha384", report.subarray(0, 0x2a0), ecdsaDer(raw))).toBe(true);
  });

  it(`is refused with each of ${FLIPS} single bits flipped, seed ${seed}`, async () => {
    await expectEveryFlipRefused(report, seed, (changed) => verifyMade(made, changed));
  });

  it(`is refused with single bits of a certificate flipped, seed ${seed}`, async () => {
    for (let i = 0; i < 3; i += 1)
      // eslint-disable-next-line no-await-in-loop -- three in turn
      await expectEveryFlipRefused(certificates[i]!, seed + i, (changed) =>
        verifyMade(made, report, { certificates: certificates.map((one, j) => (i === j ? changed : one)) }),
      );
  });

  it("is refused with a wrong chain", async () => {
    const other = makeSnp();
    expect(failed(await verifyMade(made, report, { certificates: other.certificates }))).toContain("key.root");
    expect(failed(await verifyMade(made, report, { certificates: [other.certificates[0], ask, ark] }))).toContain(
      "report.signature",
    );
    expect(failed(await verifyMade(made, report, { certificates: [vcek, other.certificates[1], ark] }))).toContain(
      "key.signatures",
    );
    expect(failed(await verifyMade(made, report, { certificates: [vcek, ark] }))).toContain("key.root");
    expect(failed(await verifyMade(made, report, { certificates: [] }))).toContain("key.certificate");
    expect(failed(await verifySnpReport(report, { now: NOW, certificates }))).toEqual(["key.root"]);
  });

  it("is refused when a certificate has expired, is not yet valid, or has been revoked", async () => {
    const year = 365 * 24 * 3600 * 1000;
    expect(failed(await verifyMade(made, report, { now: NOW + 2 * year }))).toEqual(["key.validity"]);
    expect(failed(await verifyMade(made, report, { now: NOW - 2 * year }))).toEqual(["key.validity"]);
    const good = makeRevocationList("ARK-Test", made.ark, [5]);
    expect(failed(await verifyMade(made, report, { lists: [good] }))).toEqual([]);
    const revoked = makeRevocationList("ARK-Test", made.ark, [5, 300]);
    expect(failed(await verifyMade(made, report, { lists: [revoked] }))).toEqual(["key.revocation"]);
    const forged = makeRevocationList("ARK-Test", made.ask, []);
    expect(failed(await verifyMade(made, report, { lists: [forged] }))).toEqual(["key.revocation"]);
    const old = makeRevocationList("ARK-Test", made.ark, [], NOW - year, NOW - 1000);
    expect(failed(await verifyMade(made, report, { lists: [old] }))).toEqual(["key.revocation"]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number])(
    "is not verified at %s, which is no time",
    async (now) => {
      await expect(verifyMade(made, report, { now })).rejects.toMatchObject({ code: "ISG_ENCLAVE_BAD_TIME" });
    },
  );

  it("may be signed by a VLEK, which stands for no chip", async () => {
    const vlek = makeCertificate({
      subject: "SEV-VLEK",
      issuer: "SEV-Test",
      key: made.vcek,
      by: made.ask,
      extensions: vcekExtensions().slice(0, 6),
    });
    expect(failed(await verifyMade(made, report, { certificates: [vlek, ask, ark] }))).toEqual(["key.kind"]);
    const bytes = unsignedReport();
    parseSnpReport(bytes)
      .set("flags", 1 << 2)
      .set("chip_id", new Uint8Array(64));
    expect(
      failed(await verifyMade(made, signReport(bytes, made.vcek.secret!), { certificates: [vlek, ask, ark] })),
    ).toEqual([]);
    // A mask of the chip's key is no matter of a VLEK's; a VCEK does not sign under it, nor does anything sign as "none".
    const flagged = (flags: number): Promise<Verdict> => {
      parseSnpReport(bytes).set("flags", flags);
      return verifyMade(made, signReport(bytes, made.vcek.secret!), { certificates: [vlek, ask, ark] });
    };
    expect(failed(await flagged(0b00110))).toEqual([]);
    expect(failed(await flagged(0b00010))).toEqual(["report.signed", "key.kind"]);
    expect(failed(await flagged(0b11100))).toEqual(["report.signed", "key.kind"]);
  });

  it("is refused when its key may not sign data", async () => {
    const extensions = vcekExtensions();
    const own = { subject: "SEV-VCEK", issuer: "SEV-Test", key: made.vcek, by: made.ask, extensions };
    const key = makeCertificate({ ...own, usage: 0x08 });
    expect(failed(await verifyMade(made, report, { certificates: [key, ask, ark] }))).toEqual(["key.signatures"]);
  });

  it("is refused when the authority is no authority", async () => {
    const plain = makeCertificate({ subject: "SEV-Test", issuer: "ARK-Test", key: made.ask, by: made.ark });
    expect(failed(await verifyMade(made, report, { certificates: [vcek, plain, ark] }))).toEqual(["key.signatures"]);
  });

  it("is refused when the key is another chip's or stands for other versions", async () => {
    const key = (change: (extensions: [string, Uint8Array][]) => void): Uint8Array => {
      const extensions = vcekExtensions();
      change(extensions);
      return makeCertificate({ subject: "SEV-VCEK", issuer: "SEV-Test", key: made.vcek, by: made.ask, extensions });
    };
    const verdict = async (certificate: Uint8Array): Promise<string[]> =>
      failed(await verifyMade(made, report, { certificates: [certificate, ask, ark] }));
    expect(await verdict(key((all) => (all[3]![1] = Uint8Array.of(2, 1, 1))))).toEqual(["key.tcb"]);
    expect(await verdict(key((all) => (all[6]![1] = new Uint8Array(64))))).toEqual(["key.chip"]);
    expect(await verdict(key((all) => all.splice(2, 1)))).toEqual(["key.tcb"]);
  });

  it("is verified with the VCEK of its chip and versions, wherever that stands among others", async () => {
    const other = (change: (extensions: [string, Uint8Array][]) => void): Uint8Array => {
      const extensions = vcekExtensions();
      change(extensions);
      return makeCertificate({
        subject: "SEV-VCEK",
        issuer: "SEV-Test",
        key: makeSnp().vcek,
        by: made.ask,
        extensions,
      });
    };
    const older = other((all) => (all[4]![1] = Uint8Array.of(2, 1, 5)));
    const elsewhere = other((all) => (all[6]![1] = new Uint8Array(64)));
    expect(failed(await verifyMade(made, report, { certificates: [older, elsewhere, ark, vcek, ask] }))).toEqual([]);
    expect(failed(await verifyMade(made, report, { certificates: [older, elsewhere, ark, ask] }))).toEqual([
      "key.tcb",
      "report.signature",
    ]);
  });

  it.each([
    [{}, []],
    [{ measurements: ["ab".repeat(48)] }, []],
    [{ measurements: ["AB".repeat(48), "00".repeat(48)] }, []],
    [{ measurements: ["00".repeat(48)] }, ["policy.measurement"]],
    [{ measurements: [] }, ["policy.measurement"]],
    [{ reportData: "01" }, ["policy.report-data"]],
    [{ minimumSvn: 1 }, ["policy.guest-svn"]],
    [{ minimumTcb: { snp: 7, tee: 0 } }, ["policy.tcb.snp"]],
    [{ minimumLaunchTcb: { snp: 1, bootLoader: 0 } }, ["policy.launch-tcb.snp"]],
    [{ minimumLaunchTcb: { tee: 0, microcode: 0 } }, []],
    [{ maximumVmpl: 0, hostData: "00".repeat(32) }, []],
  ])("under the policy %j fails in %j", async (policy, names) => {
    expect(failed(await verifyMade(made, report, { policy: parsePolicy(JSON.stringify(policy)) }))).toEqual(names);
  });

  it("of a guest that may be debugged is refused, unless the policy allows it", async () => {
    const bytes = unsignedReport();
    parseSnpReport(bytes).set("policy", 0xb_0000n);
    signReport(bytes, made.vcek.secret!);
    expect(failed(await verifyMade(made, bytes))).toEqual(["policy.debug"]);
    expect(failed(await verifyMade(made, bytes, { policy: { allowDebug: true } }))).toEqual([]);
  });

  it.each<[string, bigint, number, boolean]>([
    ["whose owner allows a migration agent", 0x7_0000n, 0, true],
    ["that has a migration agent", 0x3_0000n, 0x5a, true],
    ["that has none, which AMD's firmware writes as ones", 0x3_0000n, 0xff, false],
  ])("of a guest %s", async (_what, bits, agent, migrates) => {
    const bytes = unsignedReport();
    parseSnpReport(bytes).set("policy", bits).set("report_id_ma", new Uint8Array(32).fill(agent));
    signReport(bytes, made.vcek.secret!);
    expect(failed(await verifyMade(made, bytes))).toEqual(migrates ? ["policy.migration"] : []);
    expect(failed(await verifyMade(made, bytes, { policy: parsePolicy('{"allowMigration":true}') }))).toEqual([]);
  });

  it("of an unknown version, or of the wrong size, is refused", async () => {
    expect(failed(await verifyMade(made, signReport(unsignedReport(9), made.vcek.secret!)))).toContain(
      "report.version",
    );
    expect(failed(await verifyMade(made, report.slice(1)))).toEqual(["form"]);
    expect(failed(await verifyMade(made, new Uint8Array(0)))).toEqual(["form"]);
  });
});

describe("what is said of a report", () => {
  it.each([2, 3, 5])("covers every byte of version %d", (version) => {
    expect(uncovered(reportLayout(version, false))).toEqual([]);
    expect(uncovered(reportLayout(version, true))).toEqual([]);
  });

  it("orders the components of a TCB as the processor does", () => {
    const tcb = Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 5);
    const value = (bytes: Uint8Array): string | undefined =>
      explainSnpReport(parseSnpReport(bytes)).find((field) => field.name === "report.reported_tcb")?.value;
    const old = unsignedReport();
    parseSnpReport(old).set("reported_tcb", tcb);
    expect(value(old)).toBe("boot loader 1, TEE 2, SNP 0, microcode 5");
    // Version 2 does not say the family; a chip ID of 8 bytes does.
    old.fill(0, 0x1a8, 0x1e0);
    expect(value(old)).toBe("FMC 1, boot loader 2, TEE 3, SNP 4, microcode 5");
    const young = unsignedReport(3);
    parseSnpReport(young).set("reported_tcb", tcb).set("cpuid_fam_id", 0x1a);
    expect(value(young)).toBe("FMC 1, boot loader 2, TEE 3, SNP 4, microcode 5");
  });

  it("names bits and components", () => {
    const fields = explainSnpReport(parseSnpReport(unsignedReport()));
    const value = (name: string): string | undefined => fields.find((field) => field.name === name)?.value;
    expect(value("report.policy.SMT")).toBe("1");
    expect(value("report.policy.DEBUG")).toBe("0");
    expect(value("report.reported_tcb")).toBe("boot loader 2, TEE 0, SNP 6, microcode 68");
    expect(value("report.platform_info.unknown")).toBeUndefined();
  });

  it("shows bits that have no name here", () => {
    const report = parseSnpReport(unsignedReport()).set("platform_info", 0x143);
    const fields = explainSnpReport(report).filter((field) => field.name.startsWith("report.platform_info."));
    expect(fields.at(-1)).toMatchObject({ name: "report.platform_info.unknown", value: "0x140" });
  });
});

describe("guest messages", () => {
  const key = new Uint8Array(32).fill(9);
  const message = { sequence: 5n, type: 5, version: 1, key: 0, payload: new Uint8Array(96).fill(3) };

  it("come back as they were, and only with the right key", () => {
    const sealed = sealGuestMessage(message, key);
    expect(openGuestMessage(sealed, key, nodeCrypto)).toEqual(message);
    expect(() => openGuestMessage(sealed, new Uint8Array(32))).toThrow(/tag is wrong/);
  });

  it.each([
    [{ payload: new Uint8Array(0) }, /0 bytes of payload/],
    [{ payload: new Uint8Array(97) }, /97 bytes of payload; a multiple of 16/],
    [{ key: 4 }, /VMPCK 4; 0 to 3/],
    [{ sequence: 0n }, /sequence number 0/],
  ])("that the AMD-SP would not look at are not made: %o", (change, why) => {
    expect(() => sealGuestMessage({ ...message, ...change }, key)).toThrow(why);
  });

  it.each([{ sequence: 5n }, { type: 5 }, { key: 0 }, { sequence: 5n, type: 5, key: 0 }])(
    "that are what is expected, %o, are opened",
    (expected) => {
      expect(openGuestMessage(sealGuestMessage(message, key), key, nodeCrypto, expected)).toEqual(message);
    },
  );

  it.each([
    [{ sequence: 6n }, /sequence number 5; 6 is expected/],
    [{ type: 6 }, /type 5; 6 is expected/],
    [{ key: 1 }, /VMPCK 0; 1 is expected/],
  ])("that are an answer to something else are refused: %o", (expected, why) => {
    const sealed = sealGuestMessage(message, key);
    expect(() => openGuestMessage(sealed, key, nodeCrypto, expected)).toThrow(why);
  });

  it.each([0, 16, 24, 33])("want a VMPCK of 32 bytes, not of %d", (size) => {
    const sealed = sealGuestMessage(message, key);
    const wrong = expect.objectContaining({ code: "ISG_SNP_BAD_MESSAGE" }) as Error;
    expect(() => sealGuestMessage(message, new Uint8Array(size))).toThrow(wrong);
    expect(() => openGuestMessage(sealed, new Uint8Array(size))).toThrow(wrong);
  });

  it("that name a VMPCK that there is not are refused, though their tag is right", () => {
    const header = new Uint8Array(96);
    header.set([5], 0x20);
    header.set([1, 1, 96, 0, 5, 1, 96, 0], 0x30);
    header[0x3c] = 4;
    const iv = new Uint8Array(12).fill(5, 0, 1);
    const made4 = nodeCrypto.gcmEncrypt({ key, iv, aad: header.subarray(0x30) }, message.payload);
    header.set(made4.subarray(96), 0);
    expect(() => openGuestMessage(new Uint8Array([...header, ...made4.subarray(0, 96)]), key)).toThrow(
      /VMPCK 4; 0 to 3 are right/,
    );
  });

  it("with 65,536 bytes are not made: their size has 16 bits", () => {
    expect(() => sealGuestMessage({ ...message, payload: new Uint8Array(65_536) }, key)).toThrow(
      /^guest message: 65536 bytes of payload/,
    );
  });

  it.each([
    [{ key: -1 }, /VMPCK -1/],
    [{ key: 0.5 }, /VMPCK 0\.5/],
    [{ sequence: 2n ** 64n }, /sequence number/],
    [{ sequence: -1n }, /sequence number -1/],
    [{ type: 256 }, /type 256; 0 to 255/],
    [{ version: -1 }, /version -1; 0 to 255/],
  ])("with numbers that do not fit are not made: %o", (change, why) => {
    expect(() => sealGuestMessage({ ...message, ...change }, key)).toThrow(why);
    expect(() => sealGuestMessage({ ...message, ...change }, key)).toThrow(
      expect.objectContaining({ code: "ISG_SNP_BAD_MESSAGE" }) as Error,
    );
  });

  it("with any bit flipped are refused", () => {
    const sealed = sealGuestMessage(message, key, nodeCrypto);
    for (let bit = 0; bit < 8 * sealed.length; bit += 1) {
      // Bytes 28h to 2Fh are reserved, the rest is checked or authenticated.
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openGuestMessage(changed, key, nodeCrypto), `bit ${bit}`).toThrow(/guest message/);
    }
  });
});

const REAL = [
  "go-sev-guest/attestation.bin",
  "go-sev-guest/vcek.testcer",
  "go-sev-guest/ask_ark_milan.pem",
  "virtee-sev/report_milan.hex",
  "virtee-sev/vcek_milan.der",
  "virtee-sev/cert_chain_milan",
];
const found = haveReal(REAL);

describe.runIf(found)("real Milan reports", () => {
  const text = (name: string): string => Buffer.from(realFile(name)).toString("latin1");
  const now = Date.parse("2024-01-01T00:00:00Z");
  const documents = found
    ? ([
        ["go-sev-guest", realFile(REAL[0]!), [realFile(REAL[1]!), ...readPem(text(REAL[2]!))], { allowDebug: true }],
        [
          "virtee/sev",
          new Uint8Array(Buffer.from(text(REAL[3]!).trim(), "hex")),
          [realFile(REAL[4]!), ...readPem(text(REAL[5]!))],
          {},
        ],
      ] as const)
    : [];

  it.each(documents)(
    "%s: accepted with AMD's root, refused a century later",
    async (_name, report, certificates, policy) => {
      const verdict = (when: number): Promise<Verdict> =>
        verifySnpReport(report, { crypto: nodeCrypto, now: when, certificates, policy });
      expect(failed(await verdict(now))).toEqual([]);
      expect(failed(await verdict(now + 100 * 365 * 86_400_000))).toEqual(["key.validity"]);
    },
  );

  it.each(documents)(
    `%s: refused with each of ${FLIPS} single bits flipped at most`,
    async (_name, report, certificates, policy) => {
      const flips = process.env["ISG_ENCLAVE_FLIPS"] === undefined ? 20 : undefined;
      await expectEveryFlipRefused(
        report,
        seed,
        (changed) => verifySnpReport(changed, { crypto: nodeCrypto, now, certificates, policy }),
        flips,
      );
    },
    3_600_000,
  );
});
