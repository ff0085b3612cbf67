import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { noble, toHex, webCrypto } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { seed } from "@isinglass/testkit";
import { encode } from "cborg";
import { describe, expect, it } from "vitest";
import {
  type Policy,
  type Verdict,
  buildEif,
  coseSigned,
  explainDocument,
  measureEif,
  parseCose,
  parseEif,
  parseNitroDocument,
  toPem,
  verifyNitroDocument,
} from "../src/index.js";
import { type CertificateOptions, NOW, ecdsaDer, makeCertificate } from "./support/authority.js";
import { failed } from "./support/failed.js";
import { expectEveryFlipRefused } from "./support/flips.js";
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

  it(`is refused with any bit flipped, seed ${seed}`, async () => {
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

// fortanix/rust-sgx, nitro-attestation-verify/data (an enclave in debug mode); evervault/attestation-doc-validation, test-data/beta.
const found = haveReal(["rust-sgx/request_proper.bin", "evervault/valid-attestation-doc-bytes"]);

describe.runIf(found)("real Nitro documents", () => {
  const flips = process.env["ISG_ENCLAVE_FLIPS"] === undefined ? 20 : undefined;

  it.each([
    ["rust-sgx/request_proper.bin", { allowDebug: true }],
    ["evervault/valid-attestation-doc-bytes", {}],
  ] as const)(
    `%s is accepted with AWS's root; refused a day later and with any bit flipped, seed ${seed}`,
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
