import { type CryptoProvider, concatBytes, equalBytes, noble, toHex } from "@isinglass/crypto";
import type { Structure } from "../layout.js";
import { type Policy, checkMinimum, checkOneOf, checkPolicyForm, checkWishes, skipUnasked } from "../policy.js";
import { VENDOR_ROOTS } from "../roots.js";
import { differingRtmrs, eventDataState, parseEventLog } from "../tdx/event-log.js";
import { TD_REPORT_15 } from "../tdx/report-body.js";
import { Checks, type Verdict } from "../verdict.js";
import { type Certificate, parseCertificate } from "../x509/certificate.js";
import { type ChainOptions, checkChain, checkTime, isWithin, timeText } from "../x509/chain.js";
import { parseRevocationList } from "../x509/crl.js";
import { readPem } from "../x509/pem.js";
import { type Collateral, type TcbState, identityState, platformState } from "./collateral.js";
import { type JsonObject, parseObject } from "./json.js";
import { readPckExtension } from "./pck.js";
import { INTEL_QE, type Quote, parseQuote } from "./quote.js";

/** What a quote is verified with. */
export interface QuoteVerifyOptions {
  readonly crypto?: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly collateral: Collateral;
  /** SHA-256 of trusted roots; Intel's unless given. */
  readonly roots?: readonly string[];
  readonly policy?: Policy;
  /** A TD's event log (CCEL): then it has to lead to the RTMRs of the quote. */
  readonly eventLog?: Uint8Array;
}

/**
 * Whether an event log leads to the quote's RTMRs, and whether the data of its events is what was measured. RTMRs authenticate digests, and nothing else of a log: not its types, and
 * data only where its digest is the event's. Whoever reads more out of a log (paths, command lines of boot loaders) has to measure that himself.
 */
function checkEventLog(checks: Checks, quote: Quote, log: Uint8Array): void {
  if (quote.tee !== "tdx") {
    checks.add("event-log.rtmrs", false, "an event log goes with a TDX quote");
    return;
  }
  const events = parseEventLog(log);
  const wrong = differingRtmrs(events, quote.body);
  const detail = wrong.map(({ rtmr, replayed }) => `RTMR ${rtmr} would be ${replayed}`).join("; ");
  checks.add(
    "event-log.rtmrs",
    wrong.length === 0,
    wrong.length === 0 ? `the digests of ${events.length} events lead to the quote's RTMRs` : detail,
  );
  const states = events.map((event) => eventDataState(event));
  const lies = events.filter((_, i) => states[i] === "wrong");
  const verified = states.filter((state) => state === "verified").length;
  checks.add(
    "event-log.data",
    lies.length === 0,
    lies.length === 0
      ? `the data of ${verified} of ${events.length} events is what was measured; of the others only the digest is authenticated, not what they say`
      : `at offset ${lies.map(({ offset }) => offset).join(", ")} the data is not what was measured`,
  );
}

async function pointSigned(
  crypto: CryptoProvider,
  key: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return crypto.ecdsaVerify("P-256", "SHA-256", concatBytes(Uint8Array.of(4), key), data, signature);
}

/** The quote's own signatures: PCK over the quoting enclave, that over the attestation key, that over header and report. */
async function checkSignatures(checks: Checks, crypto: CryptoProvider, quote: Quote, pck: Certificate): Promise<void> {
  const { qeReport } = quote;
  const key = pck.publicKey;
  const byPck =
    key.kind === "ec" &&
    key.curve === "P-256" &&
    (await pointSigned(crypto, key.point.subarray(1), qeReport.bytes, quote.qeReportSignature));
  checks.add(
    "qe.signature",
    byPck,
    byPck ? "the PCK signed the quoting enclave's report" : "the PCK did not sign the quoting enclave's report",
  );
  const bound = await crypto.digest("SHA-256", concatBytes(quote.attestationKey, quote.qeAuthentication));
  const data = qeReport.part("reportdata");
  const holds = equalBytes(data.subarray(0, 32), bound) && data.subarray(32).every((byte) => byte === 0);
  checks.add(
    "qe.binding",
    holds,
    holds ? "the quoting enclave vouches for the attestation key" : "the quoting enclave vouches for another key",
  );
  const right = await pointSigned(crypto, quote.attestationKey, quote.signed, quote.signature);
  checks.add("quote.signature", right, right ? "made by the attestation key" : "not made by the attestation key");
}

/** A JSON text with a detached signature and the chain of its signer. */
async function signedJson(
  checks: Checks,
  name: string,
  text: string,
  signature: Uint8Array,
  chainText: string,
  options: ChainOptions,
): Promise<JsonObject> {
  const chain = readPem(chainText).map((der, i) => parseCertificate(der, `certificate ${i} of ${name}`));
  await checkChain(checks, name, chain, options);
  // A platform's own key leads to the same root; only Intel's signer of such texts is meant.
  const signer = chain[0]?.subject ?? "nobody";
  checks.add(`${name}.signer`, signer.includes("CN=Intel SGX TCB Signing"), signer);
  const key = chain[0]?.publicKey;
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const isAscii = bytes.every((byte, i) => byte === text.charCodeAt(i));
  const right =
    isAscii && key?.kind === "ec" && (await pointSigned(options.crypto, key.point.subarray(1), bytes, signature));
  checks.add(
    `${name}.signature`,
    right,
    right ? `signed by ${chain[0]!.subject}` : "not signed by its chain's first certificate",
  );
  const json = parseObject(text, name);
  const [from, to] = [json.time("issueDate"), json.time("nextUpdate")];
  checks.add(
    `${name}.dates`,
    isWithin(options.now, from, to),
    `valid from ${timeText(from)} to ${timeText(to)}; the time is ${timeText(options.now)}`,
  );
  return json;
}

/** No policy can want these: the second is that of a platform that reaches no level at all. */
const NEVER: readonly string[] = ["Revoked", "NotSupported"];

function addState(checks: Checks, name: string, state: TcbState, policy: Policy): void {
  const good = policy.tcbStates ?? ["UpToDate"];
  const advisories = state.advisories.length === 0 ? "" : `, ${state.advisories.join(", ")}`;
  checks.add(
    name,
    !NEVER.includes(state.status) && good.includes(state.status),
    `${state.status} (level of ${state.date.slice(0, 10)}${advisories}); accepted: ${good.join(", ")}`,
  );
}

function masked(value: Uint8Array, mask: Uint8Array): Uint8Array {
  return value.map((byte, i) => byte & mask[i]!);
}

/** The quoting enclave against Intel's description of it (PCS API v4, "enclave identity"). */
function checkQe(checks: Checks, quote: Quote, identity: JsonObject, policy: Policy): void {
  const { qeReport } = quote;
  const wanted = quote.tee === "sgx" ? "QE" : "TD_QE";
  const wrong: string[] = [];
  if (identity.text("id") !== wanted || identity.number("version") !== 2)
    wrong.push(`the identity is of ${identity.text("id")} v${identity.number("version")}, not ${wanted} v2`);
  const attributes = qeReport.bytes.subarray(48, 64);
  const mask = identity.hex("attributesMask", 16);
  if (!equalBytes(masked(attributes, mask), masked(identity.hex("attributes", 16), mask))) wrong.push("attributes");
  // MISCSELECT is written as a number, highest digit first.
  const misc = qeReport.part("miscselect").slice().reverse();
  const miscMask = identity.hex("miscselectMask", 4);
  if (!equalBytes(masked(misc, miscMask), masked(identity.hex("miscselect", 4), miscMask))) wrong.push("miscselect");
  if (!equalBytes(qeReport.part("mrsigner"), identity.hex("mrsigner", 32))) wrong.push("mrsigner");
  if (qeReport.number("isvprodid") !== identity.number("isvprodid")) wrong.push("isvprodid");
  checks.add(
    "qe.identity",
    wrong.length === 0,
    wrong.length === 0 ? "Intel's quoting enclave" : `not Intel's quoting enclave: ${wrong.join(", ")}`,
  );
  addState(checks, "qe.tcb", identityState(identity, qeReport.number("isvsvn")), policy);
}

/** The TDX module: whose it is, and its own security version (PCS API v4, "TDX module identities"). */
function checkModule(checks: Checks, info: JsonObject, td: Structure, policy: Policy): void {
  const svn = td.part("tee_tcb_svn");
  const version = svn[1]!;
  const id = `TDX_${version.toString(16).padStart(2, "0").toUpperCase()}`;
  const own = info.has("tdxModuleIdentities")
    ? info.objects("tdxModuleIdentities").find((one) => one.text("id") === id)
    : undefined;
  if (own === undefined && version > 0) {
    checks.add("tdx.module", false, `there is no identity of module ${id}`);
    return;
  }
  const module = own ?? info.object("tdxModule");
  const mask = module.hex("attributesMask", 8);
  const same =
    equalBytes(td.part("mrsignerseam"), module.hex("mrsigner", 48)) &&
    equalBytes(masked(td.part("seamattributes"), mask), masked(module.hex("attributes", 8), mask));
  checks.add(
    "tdx.module",
    same,
    same ? `Intel's module, ${own === undefined ? "version 0" : id}` : "not Intel's module",
  );
  if (own !== undefined) addState(checks, "tdx.module-tcb", identityState(own, svn[0]!), policy);
}

/** A TD that may migrate is handed on by a service TD that is bound to it (TDX Module ABI, ATTRIBUTES bit 29 and MRSERVICETD); nothing here looks at that one. */
function checkMigration(checks: Checks, td: Structure, policy: Policy): void {
  const migratable = ((td.big("tdattributes") >> 29n) & 1n) === 1n;
  const bound = td.layout === TD_REPORT_15 && td.part("mrservicetd").some((byte) => byte !== 0);
  const found = [
    migratable ? "it may be migrated" : "it may not be migrated",
    ...(bound ? ["service TDs are bound to it"] : []),
  ];
  checks.add("policy.migration", policy.allowMigration === true || !(migratable || bound), found.join("; "));
}

function checkPolicy(checks: Checks, quote: Quote, policy: Policy): void {
  const { body, tee } = quote;
  checkWishes(checks, `${tee}-quote`, policy);
  // Of a TD, whatever lets others look into it: debugging, and profiling as part of the whole system.
  const debug = tee === "sgx" ? (body.big("attributes.flags") & 2n) !== 0n : (body.big("tdattributes") & 0xffn) !== 0n;
  checks.add(
    "policy.debug",
    policy.allowDebug === true || !debug,
    debug ? "it may be debugged" : "it may not be debugged",
  );
  checkOneOf(
    checks,
    "policy.report-data",
    policy.reportData === undefined ? undefined : [policy.reportData],
    body.hex("reportdata"),
  );
  if (tee === "sgx") {
    checkOneOf(checks, "policy.mrenclave", policy.mrEnclaves, body.hex("mrenclave"));
    checkOneOf(checks, "policy.mrsigner", policy.mrSigners, body.hex("mrsigner"));
    if (policy.productId !== undefined)
      checks.add(
        "policy.product",
        body.number("isvprodid") === policy.productId,
        `${body.number("isvprodid")}; wanted ${policy.productId}`,
      );
    checkMinimum(checks, "policy.svn", policy.minimumSvn, body.number("isvsvn"));
    return;
  }
  checkMigration(checks, body, policy);
  checkOneOf(checks, "policy.measurement", policy.measurements, body.hex("mrtd"));
  policy.rtmrs?.forEach((rtmr, i) =>
    checkOneOf(checks, `policy.rtmr${i}`, rtmr === null ? undefined : [rtmr], body.hex(`rtmr${i}`)),
  );
}

/** What the policy leaves open, and what no policy can ask for. */
function skipRest(checks: Checks, quote: Quote, policy: Policy, isLogGiven: boolean): void {
  const { body } = quote;
  const data = `REPORTDATA ${body.hex("reportdata")}: nothing says that this quote was made for you, or lately; an older one of the same kind is taken`;
  if (quote.tee === "sgx") {
    const isNobody =
      policy.mrEnclaves === undefined && policy.mrSigners === undefined ? ": whatever enclave is taken" : "";
    skipUnasked(checks, policy, [
      ["mrEnclaves", `MRENCLAVE ${body.hex("mrenclave")}${isNobody}`],
      ["mrSigners", `MRSIGNER ${body.hex("mrsigner")}${isNobody}`],
      ["productId", `ISVPRODID ${body.number("isvprodid")}: any product of the signer's is taken`],
      ["minimumSvn", `ISVSVN ${body.number("isvsvn")}: a version with known holes is taken`],
      ["reportData", data],
    ]);
    checks.skip(
      "report.other-fields",
      "ATTRIBUTES but debugging, XFRM, MISCSELECT, CET attributes, CONFIGID and CONFIGSVN, ISVEXTPRODID, ISVFAMILYID",
    );
    return;
  }
  skipUnasked(checks, policy, [
    ["measurements", `MRTD ${body.hex("mrtd")}: whatever was launched is taken`],
    ["reportData", data],
  ]);
  const open = [0, 1, 2, 3].filter((i) => typeof policy.rtmrs?.[i] !== "string");
  if (open.length > 0)
    checks.skip("policy.rtmrs", `RTMR ${open.join(", ")}: whatever was measured after the launch is taken`);
  if (!isLogGiven) checks.skip("event-log.rtmrs", "no event log was given that would say what the RTMRs are made of");
  checks.skip(
    "td_report.other-fields",
    "XFAM, ATTRIBUTES from bit 8 up but migration, MRSEAM, MRCONFIGID, MROWNER, MROWNERCONFIG, TEE_TCB_SVN2",
  );
}

/**
 * Verifies an SGX or TDX quote offline: signatures down from a trusted root, revocation, the platform's, quoting enclave's and module's TCB against the collateral, and a
 * policy. Whatever is wrong is a failed check.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_TIME`, `ISG_ENCLAVE_BAD_POLICY`
 */
export async function verifyQuote(bytes: Uint8Array, options: QuoteVerifyOptions): Promise<Verdict> {
  checkTime(options.now);
  const crypto = options.crypto ?? noble;
  const policy = options.policy ?? {};
  checkPolicyForm(policy);
  const checks = new Checks();
  let format = "quote";
  try {
    const quote = parseQuote(bytes);
    format = `${quote.tee}-quote`;
    const vendor = quote.header.hex("qe_vendor_id");
    checks.add(
      "quote.vendor",
      vendor === INTEL_QE,
      vendor === INTEL_QE ? "Intel's quoting enclave" : `quoting enclave of ${vendor}`,
    );
    const stray = quote.header.notZero() ?? quote.body.notZero() ?? quote.qeReport.notZero();
    checks.add("quote.reserved", stray === undefined, stray === undefined ? "all zero" : `${stray.name} is not zero`);
    if (quote.chain.length === 0) {
      checks.add("pck.chain", false, `certification data of type ${quote.certificationType}; 5, a chain, is wanted`);
      return checks.verdict(format);
    }
    const { collateral } = options;
    const chain = quote.chain.map((der, i) => parseCertificate(der, `certificate ${i} of the quote`));
    const lists = [
      parseRevocationList(collateral.rootCaCrl, "root revocation list"),
      parseRevocationList(collateral.pckCrl, "PCK revocation list"),
    ];
    const how = { crypto, now: options.now, roots: options.roots ?? [VENDOR_ROOTS.intel] };
    await checkChain(checks, "pck", chain, { ...how, lists, requireLists: true });
    const pck = chain[0]!;
    await checkSignatures(checks, crypto, quote, pck);
    const crlChain = readPem(collateral.pckCrlIssuerChain).map((der, i) =>
      parseCertificate(der, `certificate ${i} of the PCK revocation list`),
    );
    const withList = { ...how, lists: [lists[0]!], requireLists: true };
    await checkChain(checks, "pck-crl", crlChain, { ...withList, leafKey: "any" });
    const info = await signedJson(
      checks,
      "tcb-info",
      collateral.tcbInfo,
      collateral.tcbInfoSignature,
      collateral.tcbInfoIssuerChain,
      withList,
    );
    const identity = await signedJson(
      checks,
      "qe-identity",
      collateral.qeIdentity,
      collateral.qeIdentitySignature,
      collateral.qeIdentityIssuerChain,
      withList,
    );
    const extension = readPckExtension(pck);
    const kind = quote.tee === "sgx" ? "SGX" : "TDX";
    const own =
      info.text("id") === kind &&
      info.number("version") === 3 &&
      equalBytes(info.hex("fmspc", 6), extension.fmspc) &&
      equalBytes(info.hex("pceId", 2), extension.pceId);
    checks.add(
      "tcb-info.platform",
      own,
      `${info.text("id")} v${info.number("version")} of FMSPC ${toHex(info.hex("fmspc", 6))}; the PCK is of ${kind}, ${toHex(extension.fmspc)}`,
    );
    const td = quote.tee === "tdx" ? quote.body : undefined;
    addState(
      checks,
      "platform.tcb",
      own ? platformState(info, extension, td) : { status: "NotSupported", date: "none", advisories: [] },
      policy,
    );
    if (td !== undefined && own) checkModule(checks, info, td, policy);
    checkQe(checks, quote, identity, policy);
    checkPolicy(checks, quote, policy);
    skipRest(checks, quote, policy, options.eventLog !== undefined);
    const numbers = [info, identity].map((one) =>
      one.has("tcbEvaluationDataNumber") ? one.number("tcbEvaluationDataNumber") : "none",
    );
    checks.skip(
      "collateral.newest",
      `numbers ${numbers.join(" and ")} of TCB evaluation data: an older set that is still within its dates is taken`,
    );
    if (options.eventLog !== undefined) checkEventLog(checks, quote, options.eventLog);
  } catch (problem) {
    checks.add("form", false, problem instanceof Error ? problem.message : String(problem));
  }
  return checks.verdict(format);
}
