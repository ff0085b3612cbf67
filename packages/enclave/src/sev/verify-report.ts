import { type CryptoProvider, concatBytes, equalBytes, noble, toHex } from "@isinglass/crypto";
import type { Structure } from "../layout.js";
import { type Policy, checkMinimum, checkOneOf, checkPolicyForm, checkWishes, skipUnasked } from "../policy.js";
import { VENDOR_ROOTS } from "../roots.js";
import { Checks, type Verdict } from "../verdict.js";
import { type Certificate, parseCertificate } from "../x509/certificate.js";
import { checkChain, checkTime, orderChain } from "../x509/chain.js";
import { parseRevocationList } from "../x509/crl.js";
import { derUnsigned, readDer } from "../x509/der.js";
import { REPORT_VERSIONS, isTurinReport, parseSnpReport, tcbParts } from "./report.js";

// Extensions of VCEK and VLEK certificates (VCEK Certificate and KDS Interface, 57230, table 8).
const OID = "1.3.6.1.4.1.3704.1";
const SPL = {
  bootLoader: `${OID}.3.1`,
  tee: `${OID}.3.2`,
  snp: `${OID}.3.3`,
  microcode: `${OID}.3.8`,
  fmc: `${OID}.3.9`,
} as const;
const HARDWARE_ID = `${OID}.4`;
/** SIGNING_KEY of a report: 7 is none. */
const SIGNED_BY = { vcek: 0, vlek: 1 } as const;

/** What a report is verified with. */
export interface SnpVerifyOptions {
  readonly crypto?: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** VCEK or VLEK, and the ASK and ARK above it, DER, in any order. */
  readonly certificates: readonly Uint8Array[];
  /** SHA-256 of trusted roots; AMD's unless given. */
  readonly roots?: readonly string[];
  /** Revocation lists, DER. */
  readonly lists?: readonly Uint8Array[];
  readonly policy?: Policy;
}

/** The security version in an extension, or undefined where there is no such extension. */
function securityVersion(certificate: Certificate, oid: string): number | undefined {
  const value = certificate.extensions.get(oid);
  if (value === undefined) return undefined;
  return derUnsigned(readDer(value, 2, `extension ${oid}`), 1, `extension ${oid}`)[0]!;
}

function checkStructure(checks: Checks, report: Structure): void {
  const version = report.number("version");
  checks.add(
    "report.version",
    REPORT_VERSIONS.includes(version),
    `${version}; ${REPORT_VERSIONS.join(", ")} are known`,
  );
  checks.add(
    "report.algorithm",
    report.number("signature_algo") === 1,
    `${report.number("signature_algo")}; 1 is ECDSA P-384 with SHA-384`,
  );
  const stray = report.notZero();
  checks.add("report.reserved", stray === undefined, stray === undefined ? "all zero" : `${stray.name} is not zero`);
  const high = [...report.part("signature_r").subarray(48), ...report.part("signature_s").subarray(48)];
  checks.add(
    "report.signature-form",
    high.every((byte) => byte === 0),
    "R and S have 48 bytes each, zeros above",
  );
  // A masked chip key signs nothing; a VLEK signs all the same (SNP_GUEST_REQUEST, MSG_REPORT_REQ).
  const flags = report.number("flags");
  const [isMasked, signer] = [(flags & 2) !== 0, (flags >> 2) & 7];
  checks.add(
    "report.signed",
    signer === SIGNED_BY.vlek || (signer === SIGNED_BY.vcek && !isMasked),
    `SIGNING_KEY is ${signer}, MASK_CHIP_KEY ${isMasked ? 1 : 0}; 1, or 0 without a mask, is signed`,
  );
}

/** Whether the key's certificate stands for this chip at these versions. */
function checkKey(checks: Checks, report: Structure, leaf: Certificate): void {
  const isTurin = isTurinReport(report.bytes);
  const tcb = tcbParts(report.part("reported_tcb"), isTurin);
  const wrong: string[] = [];
  for (const name of ["bootLoader", "tee", "snp", "microcode", ...(isTurin ? (["fmc"] as const) : [])] as const) {
    const certified = securityVersion(leaf, SPL[name]);
    if (certified !== tcb[name])
      wrong.push(`${name} is ${tcb[name]} in the report, ${certified ?? "not there"} in the certificate`);
  }
  checks.add(
    "key.tcb",
    wrong.length === 0,
    wrong.length === 0 ? "the certificate's security versions are the reported ones" : wrong.join("; "),
  );
  const isVlek = leaf.subject.includes("CN=SEV-VLEK");
  const signer = (report.number("flags") >> 2) & 7;
  checks.add(
    "key.kind",
    signer === (isVlek ? SIGNED_BY.vlek : SIGNED_BY.vcek),
    `SIGNING_KEY is ${signer}, the certificate a ${isVlek ? "VLEK (1)" : "VCEK (0)"}`,
  );
  if (isVlek) {
    checks.skip("key.chip", "a VLEK is of a cloud provider and not of one chip; of which provider, is not looked at");
    return;
  }
  const chip = report.part("chip_id");
  const hardware = leaf.extensions.get(HARDWARE_ID);
  // Turin's IDs have 8 bytes, the rest is zero.
  const same =
    hardware !== undefined &&
    hardware.length >= 8 &&
    hardware.length <= 64 &&
    equalBytes(hardware, chip.subarray(0, hardware.length)) &&
    chip.subarray(hardware.length).every((byte) => byte === 0);
  checks.add("key.chip", same, same ? `chip ${toHex(chip).slice(0, 16)}...` : "the certificate is of another chip");
}

/** A migration agent gets the guest's keys and memory, and may give them to another platform (SNP ABI, 4.11). Without one, REPORT_ID_MA is all ones, or zero. */
function checkMigration(checks: Checks, report: Structure, policy: Policy): void {
  const allowed = ((report.big("policy") >> 18n) & 1n) === 1n;
  const agent = report.part("report_id_ma");
  const bound = !agent.every((byte) => byte === 0xff) && !agent.every((byte) => byte === 0);
  const found = bound
    ? `it has the migration agent ${toHex(agent).slice(0, 16)}...`
    : `a migration agent is ${allowed ? "" : "not "}allowed`;
  checks.add("policy.migration", policy.allowMigration === true || !(allowed || bound), found);
}

/** The certificate of this chip's key at these versions, among those of other chips and times; if there is none, the first, of which the checks say what is wrong. */
function chooseKey(report: Structure, certificates: readonly Certificate[]): Certificate | undefined {
  const keys = certificates.filter((one) => one.publicKey.kind === "ec" && /CN=SEV-V[CL]EK/.test(one.subject));
  const fits = (one: Certificate): boolean => {
    const checks = new Checks();
    try {
      checkKey(checks, report, one);
    } catch {
      return false; // An extension that is not what it should be.
    }
    return checks.list.every((check) => check.passed);
  };
  return keys.find((one) => fits(one)) ?? keys[0];
}

function checkPolicy(checks: Checks, report: Structure, policy: Policy): void {
  checkWishes(checks, "snp-report", policy);
  const bits = report.big("policy");
  const debug = ((bits >> 19n) & 1n) === 1n;
  checks.add(
    "policy.debug",
    policy.allowDebug === true || !debug,
    debug ? "the host may debug this guest" : "the host may not debug this guest",
  );
  checkMigration(checks, report, policy);
  checkOneOf(checks, "policy.measurement", policy.measurements, report.hex("measurement"));
  checkOneOf(
    checks,
    "policy.report-data",
    policy.reportData === undefined ? undefined : [policy.reportData],
    report.hex("report_data"),
  );
  checkOneOf(
    checks,
    "policy.host-data",
    policy.hostData === undefined ? undefined : [policy.hostData],
    report.hex("host_data"),
  );
  checkOneOf(checks, "policy.id-key", policy.idKeyDigests, report.hex("id_key_digest"));
  checkOneOf(checks, "policy.author-key", policy.authorKeyDigests, report.hex("author_key_digest"));
  checkMinimum(checks, "policy.guest-svn", policy.minimumSvn, report.number("guest_svn"));
  if (policy.maximumVmpl !== undefined)
    checks.add(
      "policy.vmpl",
      report.number("vmpl") <= policy.maximumVmpl,
      `VMPL ${report.number("vmpl")}; at most ${policy.maximumVmpl}`,
    );
  const isTurin = isTurinReport(report.bytes);
  for (const [check, part, least] of [
    ["policy.tcb", "reported_tcb", policy.minimumTcb],
    ["policy.launch-tcb", "launch_tcb", policy.minimumLaunchTcb],
  ] as const) {
    if (least === undefined) continue;
    const tcb = tcbParts(report.part(part), isTurin);
    for (const name of ["bootLoader", "tee", "snp", "microcode", "fmc"] as const)
      checkMinimum(checks, `${check}.${name}`, least[name], tcb[name], `${part.toUpperCase()} `);
  }
}

/** What the policy leaves open, and what no policy can ask for. */
function skipRest(checks: Checks, report: Structure, policy: Policy): void {
  skipUnasked(checks, policy, [
    ["measurements", `MEASUREMENT ${report.hex("measurement")}: whatever was launched is taken`],
    [
      "reportData",
      `REPORT_DATA ${report.hex("report_data")}: nothing says that this report was made for you, or lately; an older one of the same guest is taken`,
    ],
    ["hostData", `HOST_DATA ${report.hex("host_data")}: whatever the host gave is taken`],
    ["idKeyDigests", `ID_KEY_DIGEST ${report.hex("id_key_digest")}: whoever signed the ID block is taken`],
    [
      "authorKeyDigests",
      `AUTHOR_KEY_DIGEST ${report.hex("author_key_digest")}: whoever vouches for the ID key is taken`,
    ],
    ["minimumSvn", `GUEST_SVN ${report.number("guest_svn")}: any is taken`],
    ["maximumVmpl", `VMPL ${report.number("vmpl")}: any part of the guest may have asked for it`],
    ["minimumTcb", `REPORTED_TCB ${report.hex("reported_tcb")}: firmware with known holes is taken`],
    ["minimumLaunchTcb", `LAUNCH_TCB ${report.hex("launch_tcb")}: a launch under firmware with known holes is taken`],
  ]);
  checks.skip(
    "report.other-fields",
    "FAMILY_ID, IMAGE_ID, REPORT_ID, PLATFORM_INFO, COMMITTED_TCB and CURRENT_TCB, the guest policy's bits other than debugging and migration",
  );
}

/**
 * Verifies an SNP attestation report: its form, its signature by the VCEK or VLEK, that key's certificate up to a trusted root, that it is this chip's at the
 * reported versions, and a policy. Whatever is wrong is a failed check; nothing throws but what a caller passed wrongly.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_TIME`, `ISG_ENCLAVE_BAD_POLICY`
 */
export async function verifySnpReport(bytes: Uint8Array, options: SnpVerifyOptions): Promise<Verdict> {
  checkTime(options.now);
  const policy = options.policy ?? {};
  checkPolicyForm(policy);
  const crypto = options.crypto ?? noble;
  const checks = new Checks();
  try {
    const report = parseSnpReport(bytes);
    checkStructure(checks, report);
    const certificates = options.certificates.map((der, i) => parseCertificate(der, `certificate ${i}`));
    const leaf = chooseKey(report, certificates);
    if (leaf === undefined || leaf.publicKey.kind !== "ec") {
      checks.add(
        "key.certificate",
        false,
        `none of the ${certificates.length} certificates given is of a VCEK or VLEK`,
      );
      return checks.verdict("snp-report");
    }
    const lists = (options.lists ?? []).map((der, i) => parseRevocationList(der, `revocation list ${i}`));
    const roots = options.roots ?? Object.values(VENDOR_ROOTS.amd);
    const how = { crypto, now: options.now, roots, lists, requireLists: policy.requireRevocation ?? false };
    await checkChain(checks, "key", orderChain(leaf, certificates), how);
    checkKey(checks, report, leaf);
    const signature = concatBytes(
      report.part("signature_r").slice(0, 48).reverse(),
      report.part("signature_s").slice(0, 48).reverse(),
    );
    const right = await crypto.ecdsaVerify(
      "P-384",
      "SHA-384",
      leaf.publicKey.point,
      bytes.subarray(0, 0x2a0),
      signature,
    );
    checks.add(
      "report.signature",
      right,
      right ? "made by the key of the certificate" : "not made by the key of the certificate",
    );
    checkPolicy(checks, report, policy);
    skipRest(checks, report, policy);
  } catch (problem) {
    checks.add("form", false, problem instanceof Error ? problem.message : String(problem));
  }
  return checks.verdict("snp-report");
}
