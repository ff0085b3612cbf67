import { nodeCrypto } from "@isinglass/crypto/node";
import { type SnpVerifyOptions, parseSnpReport, verifySnpReport } from "../../src/index.js";
import type { Verdict } from "../../src/index.js";
import { NOW, type Signer, der, derText, ecSigner, makeCertificate, rsaPssSigner } from "./authority.js";

/** An AMD-like chain of test keys, and a report signed with it. */
export interface MadeSnp {
  readonly ark: Signer;
  readonly ask: Signer;
  readonly vcek: Signer;
  readonly certificates: readonly [vcek: Uint8Array, ask: Uint8Array, ark: Uint8Array];
  readonly report: Uint8Array;
}

const OID = "1.3.6.1.4.1.3704.1";
const number = (value: number): Uint8Array => der(2, Uint8Array.of(value));
const CHIP = Uint8Array.from({ length: 64 }, (_, i) => 200 - i);

export function vcekExtensions(): [string, Uint8Array][] {
  return [
    [`${OID}.1`, number(0)],
    [`${OID}.2`, derText("Milan-B0")],
    [`${OID}.3.1`, number(2)],
    [`${OID}.3.2`, number(0)],
    [`${OID}.3.3`, number(6)],
    [`${OID}.3.8`, number(0x44)],
    [`${OID}.4`, CHIP],
  ];
}

/** Signs the first 0x2a0 bytes of a report anew. */
export function signReport(report: Uint8Array, secret: Uint8Array): Uint8Array {
  const raw = nodeCrypto.ecdsaSign("P-384", "SHA-384", secret, report.subarray(0, 0x2a0));
  report.fill(0, 0x2a0);
  report.set(raw.slice(0, 48).reverse(), 0x2a0);
  report.set(raw.slice(48).reverse(), 0x2a0 + 72);
  return report;
}

export function unsignedReport(version = 2): Uint8Array {
  const bytes = new Uint8Array(0x4a0);
  bytes[0] = version;
  const report = parseSnpReport(bytes).set("policy", 0x3_0000n).set("signature_algo", 1).set("chip_id", CHIP);
  report
    .set("reported_tcb", Uint8Array.of(2, 0, 0, 0, 0, 0, 6, 0x44))
    .set("measurement", new Uint8Array(48).fill(0xab));
  if (version >= 3) report.set("cpuid_fam_id", 0x19);
  return bytes;
}

export function makeSnp(version = 2): MadeSnp {
  const [ark, ask, vcek] = [rsaPssSigner(), rsaPssSigner(), ecSigner("P-384")];
  const arkDer = makeCertificate({ subject: "ARK-Test", issuer: "ARK-Test", key: ark, by: ark, isCa: true });
  const askDer = makeCertificate({
    subject: "SEV-Test",
    issuer: "ARK-Test",
    key: ask,
    by: ark,
    isCa: true,
    serial: 300,
  });
  const vcekDer = makeCertificate({
    subject: "SEV-VCEK",
    issuer: "SEV-Test",
    key: vcek,
    by: ask,
    extensions: vcekExtensions(),
  });
  return {
    ark,
    ask,
    vcek,
    certificates: [vcekDer, askDer, arkDer],
    report: signReport(unsignedReport(version), vcek.secret!),
  };
}

export async function rootOf(certificate: Uint8Array): Promise<string> {
  return Buffer.from(nodeCrypto.digest("SHA-256", certificate)).toString("hex");
}

export async function verifyMade(
  made: MadeSnp,
  report: Uint8Array,
  more: Partial<SnpVerifyOptions> = {},
): Promise<Verdict> {
  const roots = [await rootOf(made.certificates[2])];
  return verifySnpReport(report, { crypto: nodeCrypto, now: NOW, certificates: made.certificates, roots, ...more });
}
