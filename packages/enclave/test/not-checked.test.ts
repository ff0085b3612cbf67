import { describe, expect, it } from "vitest";
import {
  type Policy,
  type Verdict,
  readEnclaveFile,
  verdictText,
  verifyDocument,
  verifyEnclaveFile,
  verifySigstruct,
} from "../src/index.js";
import { NOW, makeRevocationList } from "./support/authority.js";
import { failed } from "./support/failed.js";
import { makeNitro, members, signNitro, verifyMadeNitro } from "./support/made-nitro.js";
import { type Kind, makeQuote, verifyMadeQuote } from "./support/made-quote.js";
import { makeSnp, verifyMade } from "./support/made-snp.js";
import { makeOpenEnclave } from "./support/made-sgx.js";

const open = ({ notChecked }: Verdict): string[] => notChecked.map(({ name }) => name);
const detail = ({ notChecked }: Verdict, name: string): string =>
  notChecked.find((one) => one.name === name)?.detail ?? "it was checked";

describe("a verdict says what was not looked at:", () => {
  const snp = makeSnp();
  const nitro = makeNitro();

  it("of an SNP report under no policy, all but the signature, the key and the chain", async () => {
    const verdict = await verifyMade(snp, snp.report);
    expect(verdict.accepted).toBe(true);
    expect(open(verdict)).toEqual([
      "key.revocation",
      "policy.measurements",
      "policy.reportData",
      "policy.hostData",
      "policy.idKeyDigests",
      "policy.authorKeyDigests",
      "policy.minimumSvn",
      "policy.maximumVmpl",
      "policy.minimumTcb",
      "policy.minimumLaunchTcb",
      "report.other-fields",
    ]);
    expect(detail(verdict, "policy.measurements")).toMatch(/^MEASUREMENT (ab){48}: whatever was launched is taken$/);
    expect(verdict.checks.map(({ name }) => name)).not.toContain("key.revocation");
  });

  it.each<[string, Policy]>([
    ["policy.measurements", { measurements: ["ab".repeat(48)] }],
    ["policy.reportData", { reportData: "00".repeat(64) }],
    ["policy.hostData", { hostData: "00".repeat(32) }],
    ["policy.idKeyDigests", { idKeyDigests: ["00".repeat(48)] }],
    ["policy.authorKeyDigests", { authorKeyDigests: ["00".repeat(48)] }],
    ["policy.minimumSvn", { minimumSvn: 0 }],
    ["policy.maximumVmpl", { maximumVmpl: 3 }],
    ["policy.minimumTcb", { minimumTcb: { snp: 1 } }],
    ["policy.minimumLaunchTcb", { minimumLaunchTcb: { snp: 0 } }],
  ])("not %s, where the policy asks for it", async (name, policy) => {
    const verdict = await verifyMade(snp, snp.report, { policy });
    expect(failed(verdict)).toEqual([]);
    expect(open(verdict)).not.toContain(name);
    expect(open(verdict).length).toBe(10);
  });

  it.each<[Policy, string]>([
    [{ minimumTcb: {} }, "policy.minimumTcb"],
    [{ minimumLaunchTcb: {} }, "policy.minimumLaunchTcb"],
  ])("what a policy such as %j names without asking for anything", async (policy, name) => {
    expect(open(await verifyMade(snp, snp.report, { policy }))).toContain(name);
  });

  it("certificates that no list covers, by name, though others are covered", async () => {
    const ofRoot = makeRevocationList("ARK-Test", snp.ark, []);
    const verdict = await verifyMade(snp, snp.report, { lists: [ofRoot] });
    expect(failed(verdict)).toEqual([]);
    expect(detail(verdict, "key.revocation")).toMatch(/revoked: [^;]*CN=SEV-VCEK$/);
    const ofAuthority = makeRevocationList("SEV-Test", snp.ask, []);
    expect(open(await verifyMade(snp, snp.report, { lists: [ofRoot, ofAuthority] }))).not.toContain("key.revocation");
  });

  it.each<[string, Kind, readonly string[]]>([
    [
      "an SGX quote",
      "sgx-3",
      [
        "policy.mrEnclaves",
        "policy.mrSigners",
        "policy.productId",
        "policy.minimumSvn",
        "policy.reportData",
        "report.other-fields",
        "collateral.newest",
      ],
    ],
    [
      "a TDX quote",
      "tdx-5",
      [
        "policy.measurements",
        "policy.reportData",
        "policy.rtmrs",
        "event-log.rtmrs",
        "td_report.other-fields",
        "collateral.newest",
      ],
    ],
  ])("of %s under no policy", async (_what, kind, names) => {
    const made = makeQuote(kind);
    const verdict = await verifyMadeQuote(made);
    expect(verdict.accepted).toBe(true);
    expect(open(verdict)).toEqual(names);
  });

  it("of a TDX quote, the RTMRs that the policy leaves out", async () => {
    const made = makeQuote("tdx-5");
    const policy = { rtmrs: [null, "00".repeat(48)] };
    expect(detail(await verifyMadeQuote(made, { policy }), "policy.rtmrs")).toMatch(/^RTMR 0, 2, 3:/);
  });

  it("of a Nitro document under no policy", async () => {
    const verdict = await verifyMadeNitro(nitro, nitro.document);
    expect(verdict.accepted).toBe(true);
    expect(open(verdict)).toEqual([
      "certificate.revocation",
      "policy.pcrs",
      "policy.nonce",
      "policy.reportData",
      "policy.maximumAge",
      "document.other-members",
    ]);
    const some = await verifyMadeNitro(nitro, nitro.document, { policy: { pcrs: { 0: "01".repeat(48) } } });
    expect(detail(some, "policy.pcrs")).toBe("PCR 1, 2, 3, 4, 8");
  });

  it("of a Nitro document, members that the specification does not have", async () => {
    const more = signNitro(nitro.leaf, new Map<unknown, unknown>([...members(nitro.chain), ["admin", true], [7, 1]]));
    const verdict = await verifyMadeNitro(nitro, more);
    expect(detail(verdict, "document.other-members")).toBe(
      'module_id, public_key; members that are not known: 7, "admin"',
    );
  });

  it("of an enclave's file, who signed it, and MRENCLAVE where that is not computed", () => {
    const file = readEnclaveFile(makeOpenEnclave());
    expect(open(verifyEnclaveFile(file, undefined))).toEqual(["file.mrenclave"]);
    const { sigstructs } = file;
    for (const { sigstruct } of sigstructs) expect(open(verifySigstruct(sigstruct))).toEqual(["sigstruct.signer"]);
  });

  it("as lines and as JSON", async () => {
    const verdict = await verifyMade(snp, snp.report);
    const lines = verdictText(verdict);
    expect(lines.filter((line) => line.startsWith("NOT CHECKED ")).length).toBe(11);
    expect(lines).toContainEqual(expect.stringMatching(/^NOT CHECKED key\.revocation: no list was given/));
    expect(lines.at(-1)).toBe("snp-report: accepted, with 11 things not checked");
    const { notChecked } = JSON.parse(JSON.stringify(verdict)) as Verdict;
    expect(notChecked).toEqual(verdict.notChecked);
  });
});

describe("requireRevocation", () => {
  const snp = makeSnp();
  const nitro = makeNitro();
  const ofRoot = makeRevocationList("ARK-Test", snp.ark, []);
  const ofAuthority = makeRevocationList("SEV-Test", snp.ask, []);
  const REFUSED = ["key.revocation"];

  it.each<[Policy["requireRevocation"], Uint8Array[], string[]]>([
    [true, [], REFUSED],
    [true, [ofRoot], REFUSED],
    [true, [ofAuthority], REFUSED],
    [true, [ofRoot, ofAuthority], []],
    ["authorities", [], REFUSED],
    ["authorities", [ofAuthority], REFUSED],
    ["authorities", [ofRoot], []],
    ["authorities", [makeRevocationList("ARK-Test", snp.ark, [300])], REFUSED],
    ["authorities", [makeRevocationList("ARK-Test", snp.ark, [], NOW - 2000, NOW - 1000)], REFUSED],
    [false, [], []],
  ])("%j of an SNP report, list %#", async (requireRevocation, lists, names) => {
    expect(
      failed(await verifyMade(snp, snp.report, { lists, policy: { requireRevocation: requireRevocation! } })),
    ).toEqual(names);
  });

  it("of a Nitro document wants lists too", async () => {
    const lists = [makeRevocationList("root", nitro.root, [])];
    const verify = async (requireRevocation: boolean | "authorities", given: Uint8Array[]): Promise<string[]> =>
      failed(await verifyMadeNitro(nitro, nitro.document, { lists: given, policy: { requireRevocation } }));
    expect(await verify(true, [])).toEqual(["certificate.revocation"]);
    expect(await verify(true, lists)).toEqual(["certificate.revocation"]);
    expect(await verify("authorities", lists)).toEqual([]);
    expect(await verify(true, [...lists, makeRevocationList("zonal", nitro.middle, [])])).toEqual([]);
  });

  it("of a quote is fulfilled by its collateral", async () => {
    const made = makeQuote("sgx-3");
    expect(failed(await verifyMadeQuote(made, { policy: { requireRevocation: true } }))).toEqual([]);
  });
});

describe("what is given for nothing is refused", () => {
  const snp = makeSnp();
  const now = NOW;

  it.each<[string, unknown]>([
    ["a member that is misspelt", { minimumTcb: { SNP: 8 } }],
    ["a member without a value", { measurements: undefined }],
    ["a text for a number", { minimumSvn: "3" }],
    ["a list", []],
    ["another word", { requireRevocation: "all" }],
  ])("%s in a policy made in a program", async (_what, policy) => {
    const given = { policy: policy as Policy };
    const code = { code: "ISG_ENCLAVE_BAD_POLICY" };
    await expect(verifyMade(snp, snp.report, given)).rejects.toMatchObject(code);
    const made = makeQuote("sgx-3");
    await expect(verifyMadeQuote(made, given)).rejects.toMatchObject(code);
    await expect(verifyMadeNitro(makeNitro(), new Uint8Array(0), given)).rejects.toMatchObject(code);
  });

  it("an event log or collateral with what is no quote, lists with a quote", async () => {
    const code = { code: "ISG_ENCLAVE_BAD_OPTION" };
    const { quote, collateral } = makeQuote("tdx-5");
    await expect(verifyDocument(snp.report, { now, eventLog: new Uint8Array(9) })).rejects.toMatchObject(code);
    await expect(verifyDocument(snp.report, { now, collateral })).rejects.toMatchObject(code);
    await expect(verifyDocument(makeNitro().document, { now, collateral })).rejects.toMatchObject(code);
    const lists = [makeRevocationList("ARK-Test", snp.ark, [])];
    await expect(verifyDocument(quote, { now, collateral, lists })).rejects.toMatchObject(code);
  });
});
