import { noble, toHex, webCrypto } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { seed } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  type Collateral,
  type Policy,
  SGX_REPORT_BODY,
  Structure,
  TD_REPORT_10,
  TD_REPORT_15,
  type Verdict,
  explainDocument,
  explainQuote,
  parseCollateral,
  parseEventLog,
  parseQuote,
  replayRtmrs,
  uncovered,
  verifyQuote,
} from "../src/index.js";
import { NOW, ecdsaDer } from "./support/authority.js";
import { failed } from "./support/failed.js";
import { FLIPS, expectEveryFlipRefused } from "./support/flips.js";
import { makeEventLog } from "./support/made-log.js";
import {
  type CollateralOptions,
  type Kind,
  assembleQuote,
  makeBody,
  makeCollateral,
  makeQuote,
  verifyMadeQuote,
} from "./support/made-quote.js";
import { haveOpenssl, opensslChecks, opensslVerify } from "./support/openssl.js";
import { haveReal, realFile } from "./support/real.js";

const KINDS: readonly Kind[] = ["sgx-3", "tdx-4", "tdx-5"];

/** The parts of a collateral as bytes, and how one of them is put back. */
function parts(collateral: Collateral): readonly (readonly [string, Uint8Array, (bytes: Uint8Array) => Collateral])[] {
  return (Object.keys(collateral) as (keyof Collateral)[]).map((name) => {
    const value = collateral[name];
    const isText = typeof value === "string";
    const bytes = isText ? Uint8Array.from(value, (letter) => letter.charCodeAt(0)) : value;
    return [name, bytes, (changed) => ({ ...collateral, [name]: isText ? String.fromCharCode(...changed) : changed })];
  });
}

describe.each(KINDS)("a quote %s made with test keys", (kind) => {
  const made = makeQuote(kind);

  it("is accepted, by each back end", async () => {
    for (const crypto of [noble, nodeCrypto, webCrypto(globalThis.crypto.subtle)])
      // eslint-disable-next-line no-await-in-loop -- three in turn
      expect(failed(await verifyMadeQuote(made, { crypto }))).toEqual([]);
  });

  it("is told of each check once, by a name of its own", async () => {
    const { checks, notChecked } = await verifyMadeQuote(made);
    const names = [...checks, ...notChecked].map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.runIf(haveOpenssl())("has chains and signatures that OpenSSL accepts", () => {
    expect(opensslVerify(made.chain, NOW)).toMatchObject({ code: 0 });
    const { qeReport, qeReportSignature } = parseQuote(made.quote);
    expect(opensslChecks(made.chain[0], "sha256", qeReport.bytes, ecdsaDer(qeReportSignature))).toBe(true);
  });

  it(`is refused with each of ${FLIPS} single bits of it flipped, seed ${seed}`, async () => {
    await expectEveryFlipRefused(made.quote, seed, (quote) => verifyMadeQuote(made, { quote }));
  });

  it(`is refused with single bits of its collateral flipped, ${FLIPS} at most of each part, seed ${seed}`, async () => {
    for (const [, bytes, put] of parts(made.collateral))
      // eslint-disable-next-line no-await-in-loop -- nine in turn
      await expectEveryFlipRefused(bytes, seed, (changed) => verifyMadeQuote(made, { collateral: put(changed) }), 12);
  });

  it.each<[string, CollateralOptions, string[]]>([
    ["its platform is out of date", { status: "OutOfDate" }, ["platform.tcb"]],
    ["its platform is below the newest level", { svn: 4 }, ["platform.tcb"]],
    ["its platform has been revoked", { status: "Revoked" }, ["platform.tcb"]],
    ["the quoting enclave is out of date", { qeStatus: "OutOfDate" }, ["qe.tcb"]],
    ["the quoting enclave is somebody else's", { qeSigner: "00".repeat(32) }, ["qe.identity"]],
    ["the collateral has expired", { from: NOW - 2_000_000, to: NOW - 1000 }, ["tcb-info.dates", "qe-identity.dates"]],
    ["the collateral is of another platform", { fmspc: "00906ea10001" }, ["tcb-info.platform", "platform.tcb"]],
    ["the PCK has been revoked", { revoked: [77] }, ["pck.revocation"]],
    ["the platform authority has been revoked", { revokedByRoot: [8] }, ["pck.revocation", "pck-crl.revocation"]],
    [
      "the signer of the collateral has been revoked",
      { revokedByRoot: [9] },
      ["tcb-info.revocation", "qe-identity.revocation"],
    ],
  ])("is refused when %s", async (_what, options, names) => {
    expect(failed(await verifyMadeQuote(made, { collateral: makeCollateral(made, options) }))).toEqual(names);
  });

  it("goes with an event log only if that leads to its RTMRs", async () => {
    const data = nodeCrypto.digest("SHA-384", new Uint8Array(3));
    const log = makeEventLog([
      [1, 4, data],
      [1, 0xd, new Uint8Array(48)],
    ]);
    const names = failed(await verifyMadeQuote(made, { eventLog: log }));
    expect(names).toEqual(["event-log.rtmrs"]);
    if (kind === "sgx-3") return;
    const body = makeBody(kind).set("rtmr0", replayRtmrs(parseEventLog(log))[0]!);
    const quote = assembleQuote(made, body);
    const verdict = await verifyMadeQuote(made, { quote, eventLog: log });
    expect(failed(verdict)).toEqual([]);
    expect(verdict.checks.find(({ name }) => name === "event-log.data")?.detail).toMatch(
      /^the data of 1 of 2 events is what was measured; of the others only the digest is/,
    );
    // Data that was exchanged leads to the same RTMRs: the last byte is the second event's, the separator's lies before.
    const changed = log.slice();
    changed[log.length - 1]! ^= 1;
    expect(failed(await verifyMadeQuote(made, { quote, eventLog: changed }))).toEqual([]);
    changed[log.length - 70]! ^= 1;
    expect(failed(await verifyMadeQuote(made, { quote, eventLog: changed }))).toEqual(["event-log.data"]);
  });

  it("is refused with another's collateral, another's chain, another root, or at another time", async () => {
    const other = makeQuote(kind === "sgx-3" ? "tdx-4" : "sgx-3");
    expect(failed(await verifyMadeQuote(made, { collateral: other.collateral }))).toContain("tcb-info.root");
    const swapped = makeCollateral({ ...made, kind: other.kind });
    expect(failed(await verifyMadeQuote(made, { collateral: swapped }))).toContain("tcb-info.platform");
    expect(
      failed(await verifyMadeQuote(made, { quote: assembleQuote({ ...made, chain: other.chain }, makeBody(kind)) })),
    ).toContain("qe.signature");
    expect(failed(await verifyQuote(made.quote, { now: NOW, collateral: made.collateral }))).toContain("pck.root");
    expect(failed(await verifyMadeQuote(made, { now: NOW + 10 * 365 * 86_400_000 }))).toContain("pck.validity");
    // The platform's own key does not sign collateral.
    const forged = makeCollateral({ ...made, tcbSigner: made.pck });
    const chain = made.collateral.pckCrlIssuerChain;
    expect(failed(await verifyMadeQuote(made, { collateral: { ...forged, tcbInfoIssuerChain: chain } }))).toContain(
      "tcb-info.signer",
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number])(
    "is not verified at %s, which is no time",
    async (now) => {
      await expect(verifyMadeQuote(made, { now })).rejects.toMatchObject({ code: "ISG_ENCLAVE_BAD_TIME" });
    },
  );

  it("of something that may be debugged is refused, unless the policy allows it", async () => {
    const body = kind === "sgx-3" ? makeBody(kind).set("attributes.flags", 7) : makeBody(kind).set("tdattributes", 1);
    const quote = assembleQuote(made, body);
    expect(failed(await verifyMadeQuote(made, { quote }))).toEqual(["policy.debug"]);
    expect(failed(await verifyMadeQuote(made, { quote, policy: { allowDebug: true } }))).toEqual([]);
  });

  it.runIf(kind !== "sgx-3")("of a TD that may be migrated is refused, unless the policy allows it", async () => {
    const bodies = [
      makeBody(kind).set("tdattributes", 2 ** 29),
      ...(kind === "tdx-5" ? [makeBody(kind).set("mrservicetd", new Uint8Array(48).fill(1))] : []),
    ];
    for (const body of bodies) {
      const quote = assembleQuote(made, body);
      // eslint-disable-next-line no-await-in-loop -- two in turn
      expect(failed(await verifyMadeQuote(made, { quote }))).toEqual(["policy.migration"]);
      // eslint-disable-next-line no-await-in-loop -- two in turn
      expect(failed(await verifyMadeQuote(made, { quote, policy: { allowMigration: true } }))).toEqual([]);
    }
  });

  it.each<[Policy, string[]]>([
    [{ tcbStates: ["SWHardeningNeeded"] }, ["platform.tcb", "qe.tcb"]],
    [{ reportData: "5a".repeat(64) }, []],
    [{ reportData: "5b".repeat(64) }, ["policy.report-data"]],
    [{ nonce: "00" }, ["policy.nonce"]],
  ])("under the policy %j", async (policy, names) => {
    const found = failed(await verifyMadeQuote(made, { policy })).filter((name) => name !== "tdx.module-tcb");
    expect(found).toEqual(names);
  });

  it("is refused by a policy for another kind of document, and by one for its own that it does not meet", async () => {
    const [own, others] =
      kind === "sgx-3" ? (["mrEnclaves", "measurements"] as const) : (["measurements", "mrEnclaves"] as const);
    const check = kind === "sgx-3" ? "policy.mrenclave" : "policy.measurement";
    expect(failed(await verifyMadeQuote(made, { policy: { [own]: ["00"] } }))).toEqual([check]);
    const right = makeBody(kind).hex(kind === "sgx-3" ? "mrenclave" : "mrtd");
    expect(failed(await verifyMadeQuote(made, { policy: { [own]: [right] } }))).toEqual([]);
    expect(failed(await verifyMadeQuote(made, { policy: { [others]: [right] } }))).toEqual([`policy.${others}`]);
  });

  it("explains every byte up to its certificates, each once and in order", () => {
    const { fields, format } = explainDocument(made.quote);
    expect(format).toBe(`${kind.slice(0, 3)}-quote`);
    let next = 0;
    for (const { name, offset, size, bytes } of fields.filter((field) => field.size > 0)) {
      expect({ name, offset, bytes }).toEqual({
        name,
        offset: next,
        bytes: toHex(made.quote.subarray(next, next + size)),
      });
      next += size;
    }
    const text = new TextDecoder("latin1").decode(made.quote.subarray(next));
    expect(text).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(fields.find(({ name }) => name === "certificates.size")?.value).toBe(String(text.length));
  });

  it.runIf(kind !== "sgx-3")("is refused with anything in what version 4 and 5 reserve of the header", async () => {
    const changed = made.quote.slice();
    changed[11] = 1;
    expect(failed(await verifyMadeQuote(made, { quote: changed }))).toEqual(["quote.reserved", "quote.signature"]);
  });
});

describe("layouts of reports", () => {
  it.each([SGX_REPORT_BODY, TD_REPORT_10, TD_REPORT_15])("$name has no gaps", (layout) => {
    expect(uncovered(layout)).toEqual([]);
    expect(new Structure(layout).bytes.length).toBe(layout.size);
  });
});

describe("a TDX quote whose module is out of date", () => {
  it("is refused", async () => {
    const made = makeQuote("tdx-4");
    expect(
      failed(await verifyMadeQuote(made, { collateral: makeCollateral(made, { moduleStatus: "OutOfDate" }) })),
    ).toEqual(["tdx.module-tcb"]);
    const body = makeBody("tdx-4").set("mrsignerseam", new Uint8Array(48).fill(1));
    expect(failed(await verifyMadeQuote(made, { quote: assembleQuote(made, body) }))).toEqual(["tdx.module"]);
  });
});

// Phala-Network/dcap-qvl, sample/; google/go-tdx-guest, testing/testdata/.
const NAMES = ["sgx_quote", "tdx_quote", "tdx_quote_outdated"].flatMap((name) => [
  `dcap-qvl/${name}`,
  `dcap-qvl/${name}_collateral.json`,
]);
const found = haveReal([...NAMES, "go-tdx-guest/quote_v5_sample.dat", "go-tdx-guest/cos-113-tdx-quote.dat"]);

describe.runIf(found)("real quotes", () => {
  const now = Date.parse("2025-07-01T00:00:00Z");
  const hardening = { tcbStates: ["UpToDate", "ConfigurationAndSWHardeningNeeded"] };
  const collateralOf = (name: string): Collateral =>
    parseCollateral(Buffer.from(realFile(`dcap-qvl/${name}_collateral.json`)).toString("latin1"));
  const verify = (
    name: string,
    policy: Policy,
    quote = realFile(`dcap-qvl/${name}`),
    collateral = collateralOf(name),
    when = now,
  ): Promise<Verdict> => verifyQuote(quote, { crypto: nodeCrypto, now: when, collateral, policy });
  const flips = process.env["ISG_ENCLAVE_FLIPS"] === undefined ? 10 : undefined;

  it.each([
    ["sgx_quote", hardening],
    ["tdx_quote", {}],
  ] as const)("%s is accepted with Intel's root and collateral, and not without", async (name, policy) => {
    expect(failed(await verify(name, policy))).toEqual([]);
    expect(failed(await verify(name, policy, undefined, undefined, now + 365 * 86_400_000))).toEqual(
      expect.arrayContaining(["tcb-info.dates", "pck.revocation"]),
    );
    const other = collateralOf(name === "sgx_quote" ? "tdx_quote" : "sgx_quote");
    expect(failed(await verify(name, policy, undefined, other))).toEqual(
      expect.arrayContaining(["tcb-info.platform", "qe.identity"]),
    );
  });

  it("an SGX quote of a platform that wants configuration is refused under the usual policy", async () => {
    expect(failed(await verify("sgx_quote", {}))).toEqual(["platform.tcb"]);
  });

  it("a TDX quote of an outdated platform is refused", async () => {
    const when = Date.parse("2026-03-01T00:00:00Z");
    expect(failed(await verify("tdx_quote_outdated", {}, undefined, undefined, when))).toEqual(["platform.tcb"]);
  });

  it.each([
    ["quote_v5_sample.dat", "TD report 1.5"],
    ["cos-113-tdx-quote.dat", "TD report 1.0"],
  ])("%s is read and explained", (name, layout) => {
    const quote = parseQuote(realFile(`go-tdx-guest/${name}`));
    expect(quote.body.layout.name).toBe(layout);
    expect(quote.chain.length).toBe(3);
    expect(explainQuote(quote).length).toBeGreaterThan(60);
  });

  it.each([
    ["sgx_quote", hardening],
    ["tdx_quote", {}],
  ] as const)(
    `%s is refused with each of ${FLIPS} single bits flipped at most, seed ${seed}`,
    async (name, policy) => {
      const collateral = collateralOf(name);
      await expectEveryFlipRefused(
        realFile(`dcap-qvl/${name}`),
        seed,
        (changed) => verify(name, policy, changed, collateral),
        flips,
      );
    },
    3_600_000,
  );

  it.each([
    ["sgx_quote", hardening],
    ["tdx_quote", {}],
  ] as const)(
    `%s is refused with single bits of its collateral flipped, seed ${seed}`,
    async (name, policy) => {
      for (const [, bytes, put] of parts(collateralOf(name)))
        // eslint-disable-next-line no-await-in-loop -- nine in turn
        await expectEveryFlipRefused(
          bytes,
          seed,
          (changed) => verify(name, policy, undefined, put(changed)),
          flips === undefined ? 1112 : 3,
        );
    },
    3_600_000,
  );
});
