import { createHash, generateKeyPairSync } from "node:crypto";
import { crc32 } from "node:zlib";
import { concatBytes, noble, toHex, webCrypto } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { seed } from "@isinglass/testkit";
import { encode } from "cborg";
import { describe, expect, it } from "vitest";
import {
  type Policy,
  type Verdict,
  buildCose,
  buildEif,
  coseSigned,
  explainDocument,
  explainNitroDocument,
  measureEif,
  parseCose,
  parseEif,
  parseNitroDocument,
  toPem,
  verifyEif,
  verifyNitroDocument,
} from "../src/index.js";
import { type CertificateOptions, NOW, type Signer, ecSigner, ecdsaDer, makeCertificate } from "./support/authority.js";
import { failed } from "./support/failed.js";
import { FLIPS, expectEveryFlipRefused } from "./support/flips.js";
import { makeNitro, members, signNitro, verifyMadeNitro } from "./support/made-nitro.js";
import { haveOpenssl, opensslChecks, opensslVerify } from "./support/openssl.js";
import { haveReal, realFile } from "./support/real.js";

describe("a Nitro document made with test keys", () => {
  const made = makeNitro();
  const { chain, document, leaf } = made;

  it("is accepted, by each back end, with COSE's tag and without", async () => {
    for (const crypto of [noble, nodeCrypto, webCrypto(globalThis.crypto.subtle)])
      // eslint-disable-next-line no-await-in-loop -- three in turn
      expect(failed(await verifyMadeNitro(made, document, { crypto }))).toEqual([]);
    expect(failed(await verifyMadeNitro(made, new Uint8Array([0xd2, ...document])))).toEqual([]);
  });

  it.runIf(haveOpenssl())("has a chain and a signature that OpenSSL accepts", () => {
    expect(opensslVerify(chain, NOW)).toMatchObject({ code: 0 });
    const cose = parseCose(document);
    expect(
      opensslChecks(chain[0], "sha384", coseSigned(cose.protectedHeader, cose.payload), ecdsaDer(cose.signature)),
    ).toBe(true);
  });

  it(`is refused with each of ${FLIPS} single bits flipped, seed ${seed}`, async () => {
    await expectEveryFlipRefused(document, seed, (changed) => verifyMadeNitro(made, changed));
  });

  it("is refused with a wrong chain, another root, or at another time", async () => {
    const other = makeNitro();
    const mixed = signNitro(leaf, new Map([...members(chain), ["certificate", other.chain[0]]]));
    expect(failed(await verifyMadeNitro(made, mixed))).toEqual(["certificate.signatures", "document.signature"]);
    const short = signNitro(leaf, new Map([...members(chain), ["cabundle", [chain[2]]]]));
    expect(failed(await verifyMadeNitro(made, short))).toEqual(["certificate.signatures"]);
    expect(failed(await verifyNitroDocument(document, { now: NOW }))).toEqual(["certificate.root"]);
    expect(failed(await verifyMadeNitro(made, document, { now: NOW + 9e11 }))).toEqual(["certificate.validity"]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number])(
    "is not verified at %s, which is no time",
    async (now) => {
      await expect(verifyMadeNitro(made, document, { now })).rejects.toMatchObject({ code: "ISG_ENCLAVE_BAD_TIME" });
    },
  );

  it("of an enclave in debug mode is refused, unless the policy allows it", async () => {
    const debug = signNitro(leaf, new Map([...members(chain), ["pcrs", new Map([[0, new Uint8Array(48)]])]]));
    expect(failed(await verifyMadeNitro(made, debug))).toEqual(["policy.debug"]);
    expect(failed(await verifyMadeNitro(made, debug, { policy: { allowDebug: true } }))).toEqual([]);
  });

  it.each<[Policy, string[]]>([
    [{ pcrs: { 0: "01".repeat(48), 8: "09".repeat(48) }, nonce: "09", reportData: "010203", maximumAge: 0 }, []],
    [{ pcrs: { 0: "02".repeat(48) } }, ["policy.pcr0"]],
    [{ pcrs: { 7: "00".repeat(48) } }, ["policy.pcr7"]],
    [{ nonce: "08" }, ["policy.nonce"]],
  ])("under the policy %j fails in %j", async (policy, names) => {
    expect(failed(await verifyMadeNitro(made, document, { policy }))).toEqual(names);
  });

  it("from the future is refused, but for a minute of clocks that differ", async () => {
    for (const [ahead, names] of [
      [60_000, []],
      [60_001, ["document.time"]],
      [86_400_000, ["document.time"]],
    ] as const) {
      const later = signNitro(leaf, new Map([...members(chain), ["timestamp", NOW + ahead]]));
      // eslint-disable-next-line no-await-in-loop -- three in turn
      expect([ahead, failed(await verifyMadeNitro(made, later))]).toEqual([ahead, names]);
    }
  });

  it("that is too old for the policy is refused", async () => {
    expect(failed(await verifyMadeNitro(made, document, { now: NOW + 60_000, policy: { maximumAge: 59 } }))).toEqual([
      "policy.age",
    ]);
  });

  it.each<[string, Iterable<[string, unknown]>]>([
    ["no PCRs", [["pcrs", new Map()]]],
    ["a PCR of 47 bytes", [["pcrs", new Map([[0, new Uint8Array(47)]])]]],
    ["a PCR 32", [["pcrs", new Map([[32, new Uint8Array(48)]])]]],
    ["no authorities", [["cabundle", []]]],
    ["a time in the form of text", [["timestamp", "now"]]],
    ["a long nonce", [["nonce", new Uint8Array(513)]]],
    ["an empty public key", [["public_key", new Uint8Array(0)]]],
    ["a PCR between two", [["pcrs", new Map([[1.5, new Uint8Array(48)]])]]],
    ["a payload of more than 16 KiB", [["more", new Uint8Array(16_000)]]],
  ])("with %s is refused", async (_what, change) => {
    const document2 = signNitro(leaf, new Map([...members(chain), ...change]));
    expect(failed(await verifyMadeNitro(made, document2))).toEqual(["form"]);
  });

  it("signed by an authority, or by a key that may not sign data, is refused", async () => {
    const certified = (more: Partial<CertificateOptions>): Uint8Array =>
      makeCertificate({ subject: "enclave", issuer: "zonal", key: leaf, by: made.middle, ...more });
    for (const certificate of [certified({ isCa: true, usage: 0x84 }), certified({ usage: 0x04 })]) {
      const document2 = signNitro(leaf, new Map([...members(chain), ["certificate", certificate]]));
      // eslint-disable-next-line no-await-in-loop -- two in turn
      expect(failed(await verifyMadeNitro(made, document2))).toEqual(["certificate.usage"]);
    }
  });

  it("with headers that nobody signed, or with something after it, is no COSE message that is taken", () => {
    const cose = parseCose(document);
    const parts = [cose.protectedHeader, new Map([[4, Uint8Array.of(1)]]), cose.payload, cose.signature];
    expect(() => parseCose(encode(parts))).toThrow(/headers that nobody signed/);
    expect(() => parseCose(new Uint8Array([...document, 0]))).toThrow(/not CBOR/);
  });

  it("is explained member by member", () => {
    const { fields, format } = explainDocument(document);
    expect(format).toBe("nitro-document");
    const at = (name: string): number[] => {
      const { offset, size, bytes } = fields.find((field) => field.name === name)!;
      const part = document.subarray(offset, offset + size);
      expect(bytes).toBe(toHex(part));
      return [...part];
    };
    expect(at("pcrs.8")).toEqual(Array.from({ length: 48 }, () => 9));
    expect(at("cabundle.1")).toEqual([...chain[1]]);
    // CBOR's head of a number of 8 bytes, then the number.
    expect(at("timestamp")).toEqual([0x1b, ...[...Array(8).keys()].map((i) => Math.floor(NOW / 256 ** (7 - i)) & 255)]);
  });

  it("is explained with the members that the specification does not have, and these pretend to be no others", () => {
    const extra = new Map<unknown, unknown>([
      ...members(chain),
      ["pcrs.0", new Uint8Array(48).fill(0xee)],
      ["role", { admin: [1, 2] }],
      [5, Uint8Array.of(7)],
      ["5", null],
    ]);
    const signed = signNitro(leaf, extra);
    const { fields } = explainDocument(signed);
    const bytesOf = (name: string): string | undefined => fields.find((field) => field.name === name)?.bytes;
    expect(bytesOf("pcrs.0")).toBe("01".repeat(48));
    expect(bytesOf('extra "pcrs.0"')).toBe("ee".repeat(48));
    expect(bytesOf('extra "role"')).toBe(toHex(encode({ admin: [1, 2] })));
    expect(bytesOf("extra 5")).toBe("07");
    expect(bytesOf('extra "5"')).toBe("f6");
    for (const { offset, size, bytes } of fields) expect(toHex(signed.subarray(offset, offset + size))).toBe(bytes);
    expect(parseNitroDocument(document).extra).toEqual([]);
  });

  it("is explained with each member at its own place, however often its bytes come before", () => {
    const nonce = Uint8Array.of(1);
    const listed = new Map([[[["nonce"]], 1]]);
    const signed = signNitro(leaf, new Map<unknown, unknown>([...members(chain), ["nonce", nonce], ["other", listed]]));
    const field = explainDocument(signed).fields.find(({ name }) => name === "nonce")!;
    // The key and the head of a byte string of 1 stand before it.
    expect(Buffer.from(signed.subarray(field.offset - 7, field.offset + 1)).toString("latin1")).toBe("enonce\x41\x01");
  });
});

describe("enclave images", () => {
  const utf8 = new TextEncoder();
  const kernel = new Uint8Array(5000).fill(1);
  const cmdline = utf8.encode("reboot=k panic=30");
  const [init, app] = [new Uint8Array(3000).fill(2), new Uint8Array(4000).fill(3)];
  const metadata = utf8.encode("{}");
  const pcr = (...data: Uint8Array[]): string => {
    const inner = createHash("sha384").update(Buffer.concat(data)).digest();
    return createHash("sha384").update(new Uint8Array(48)).update(inner).digest("hex");
  };
  const sections = [
    { type: "kernel", data: kernel },
    { type: "cmdline", data: cmdline },
    { type: "metadata", data: metadata },
    { type: "ramdisk", data: init },
    { type: "ramdisk", data: app },
  ] as const;

  it("have the PCRs of their sections, and a CRC as zlib's", () => {
    const image = buildEif({ sections });
    const eif = parseEif(image);
    expect(eif).toMatchObject({ version: 4, isArm: false, crcMatches: true });
    if (typeof crc32 === "function") expect(eif.crc).toBe(crc32(image.subarray(548), crc32(image.subarray(0, 544))));
    const found = [...measureEif(eif, nodeCrypto)].map(([i, value]) => [i, toHex(value)]);
    expect(found).toEqual([
      [0, pcr(kernel, cmdline, init, app)],
      [1, pcr(kernel, cmdline, init)],
      [2, pcr(app)],
    ]);
  });

  it.each([[(pem: Uint8Array): unknown => pem], [(pem: Uint8Array): unknown => [...pem]]])(
    "that are signed have PCR 8",
    (form) => {
      const { chain } = makeNitro();
      const pem = utf8.encode(toPem(chain[0], "CERTIFICATE"));
      const data = encode([{ signing_certificate: form(pem), signature: new Uint8Array(10) }]);
      const eif = parseEif(buildEif({ sections: [...sections, { type: "signature", data }] }));
      expect(toHex(measureEif(eif).get(8)!)).toBe(pcr(chain[0]));
    },
  );

  describe("that are signed", () => {
    const pcr0 = Buffer.from(pcr(kernel, cmdline, init, app), "hex");
    const info = (value: unknown, index = 0): Uint8Array => encode({ register_index: index, register_value: value });
    const certified = (key: Signer): Uint8Array =>
      utf8.encode(toPem(makeCertificate({ subject: "signer", issuer: "signer", key, by: key }), "CERTIFICATE"));
    const signer = ecSigner("P-384");
    const small = ecSigner("P-256");
    const sign = (payload: Uint8Array, key = signer): Uint8Array =>
      buildCose(-35, payload, (data) => nodeCrypto.ecdsaSign("P-384", "SHA-384", key.secret!, data));
    const verdictOf = (signature: unknown, certificate: unknown = certified(signer)): Verdict => {
      const data = encode([{ signing_certificate: certificate, signature }]);
      const eif = parseEif(buildEif({ sections: [...sections, { type: "signature", data }] }));
      return verifyEif(eif, measureEif(eif, nodeCrypto), nodeCrypto);
    };
    const good = sign(info([...pcr0]));
    const skipped = (verdict: Verdict): string[] => verdict.notChecked.map(({ name }) => name);

    it("are accepted where the key of the certificate signed PCR 0, in bytes or lists of numbers", () => {
      for (const verdict of [
        verdictOf(good),
        verdictOf([...good], [...certified(signer)]),
        verdictOf(sign(info(pcr0))),
      ]) {
        expect(failed(verdict)).toEqual([]);
        expect(skipped(verdict)).toEqual(["image.signer"]);
      }
      const es256 = buildCose(-7, info([...pcr0]), (data) =>
        nodeCrypto.ecdsaSign("P-256", "SHA-256", small.secret!, data),
      );
      expect(failed(verdictOf(es256, certified(small)))).toEqual([]);
    });

    it.each<[string, () => unknown, RegExp]>([
      ["by another key", () => sign(info([...pcr0]), ecSigner("P-384")), /not made by the key of the certificate/],
      [
        "with a bit changed",
        () => good.with(good.length - 1, good.at(-1)! ^ 1),
        /not made by the key of the certificate/,
      ],
      ["for another image", () => sign(info([...pcr0].fill(1))), /of another image, whose PCR 0 is 0101/],
      ["for another register", () => sign(info([...pcr0], 1)), /of something else than PCR 0/],
      ["for something else", () => sign(encode("PCR 0")), /of something else than PCR 0/],
      [
        "by an algorithm of another curve",
        () => buildCose(-7, info([...pcr0]), () => new Uint8Array(64)),
        /algorithm -7/,
      ],
      ["not at all", () => null, /has no signature/],
      ["with what is no COSE message", () => new Uint8Array(10), /COSE/],
    ])("%s are refused", (_what, signature, message) => {
      const verdict = verdictOf(signature());
      expect(failed(verdict)).toEqual(["image.signature"]);
      expect(verdict.checks.find(({ name }) => name === "image.signature")?.detail).toMatch(message);
    });

    it("with a key on a curve that is not here are told as not checked", () => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
      expect(privateKey.type).toBe("private");
      const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
      const verdict = verdictOf(good, certified({ ...signer, spki }));
      expect(failed(verdict)).toEqual([]);
      expect(skipped(verdict)).toEqual(["image.signature"]);
    });

    it("by nobody are told as not checked", () => {
      const eif = parseEif(buildEif({ sections }));
      expect(skipped(verifyEif(eif, measureEif(eif, nodeCrypto), nodeCrypto))).toEqual(["image.signature"]);
    });

    it("twice are refused", () => {
      const signature = { type: "signature", data: encode([]) } as const;
      expect(() => parseEif(buildEif({ sections: [signature, signature] }))).toThrow(/more than one signature section/);
    });
  });

  it("of more than 48 MiB are refused, with the limit's name", () => {
    const image = buildEif({ sections });
    expect(() => parseEif(image, { bytes: image.length - 1 })).toThrow(
      new RegExp(`${image.length} bytes; the limit \`bytes\` is ${image.length - 1}, and may be set higher`),
    );
    expect(() => parseEif(new Uint8Array(48 * 2 ** 20 + 1))).toThrow(/the limit `bytes` is 50331648/);
  });

  it("with a changed bit have another CRC or are refused", () => {
    const image = buildEif({ sections });
    for (let i = 0; i < 2000; i += 1) {
      const changed = image.slice();
      changed[(i * 7919) % image.length]! ^= 1 << (i & 7);
      let matches = false;
      try {
        matches = parseEif(changed).crcMatches;
      } catch (problem) {
        expect(problem).toMatchObject({ code: "ISG_ENCLAVE_BAD_EIF" });
      }
      expect(matches).toBe(false);
    }
  });
});

describe("a payload with a list as a key", () => {
  const plain = encode(members(makeNitro().chain));
  /** One pair more in the map: a list of so many lists as its key, then a number. */
  const withKey = (depth: number): Uint8Array => {
    const payload = concatBytes(plain, new Uint8Array(depth).fill(0x81), Uint8Array.of(0, 0));
    payload[0]! += 1;
    return buildCose(-35, payload, () => new Uint8Array(96));
  };

  it("is told of as one that has a list", () => {
    expect(parseNitroDocument(withKey(1)).extra).toEqual(["a list"]);
    expect(explainNitroDocument(withKey(1)).find(({ name }) => name.startsWith("extra"))?.name).toBe("extra a list");
  });

  it("is read, or refused, however deep it goes", () => {
    for (let depth = 500; depth <= 8000; depth += 250)
      for (const read of [parseNitroDocument, explainNitroDocument]) {
        const problem = ((): unknown => {
          try {
            return void read(withKey(depth));
          } catch (thrown) {
            return thrown;
          }
        })();
        if (problem !== undefined) expect(problem).toMatchObject({ code: "ISG_ENCLAVE_BAD_COSE" });
      }
  });
});

// fortanix/rust-sgx, nitro-attestation-verify/data (an enclave in debug mode); evervault/attestation-doc-validation, test-data/beta.
const found = haveReal(["rust-sgx/request_proper.bin", "evervault/valid-attestation-doc-bytes"]);

describe.runIf(found)("real Nitro documents", () => {
  const flips = process.env["ISG_ENCLAVE_FLIPS"] === undefined ? 20 : undefined;

  it.each([
    ["rust-sgx/request_proper.bin", { allowDebug: true }],
    ["evervault/valid-attestation-doc-bytes", {}],
  ] as const)(
    `%s is accepted with AWS's root; refused a day later and with each of ${FLIPS} single bits flipped at most, seed ${seed}`,
    async (name, policy) => {
      const bytes = realFile(name);
      const now = parseNitroDocument(bytes).timestamp;
      const verify = (document: Uint8Array, when = now): Promise<Verdict> =>
        verifyNitroDocument(document, { crypto: nodeCrypto, now: when, policy });
      expect(failed(await verify(bytes))).toEqual([]);
      expect(failed(await verify(bytes, now + 86_400_000))).toEqual(["certificate.validity"]);
      await expectEveryFlipRefused(bytes, seed, (changed) => verify(changed), flips);
    },
    3_600_000,
  );
});
