import { concatBytes, toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import {
  type Collateral,
  type Layout,
  type QuoteVerifyOptions,
  SGX_REPORT_BODY,
  Structure,
  TD_REPORT_10,
  TD_REPORT_15,
  type Verdict,
  toPem,
  verifyQuote,
} from "../../src/index.js";
import {
  NOW,
  type Signer,
  der,
  derInteger,
  ecSigner,
  makeCertificate,
  makeRevocationList,
  oid,
  sequence,
} from "./authority.js";
import { rootOf } from "./made-snp.js";

const SGX = "1.2.840.113741.1.13.1";
const FMSPC = Uint8Array.of(0, 0x90, 0x6e, 0xa1, 0, 0);
const QE_SIGNER = new Uint8Array(32).fill(0x8c);

/** Kinds of quote that are made. */
export type Kind = "sgx-3" | "tdx-4" | "tdx-5";

/** Keys, certificates, a quote and its collateral, all made now. */
export interface MadeQuote {
  readonly kind: Kind;
  readonly root: Signer;
  readonly platform: Signer;
  readonly pck: Signer;
  readonly tcbSigner: Signer;
  readonly chain: readonly [pck: Uint8Array, platform: Uint8Array, root: Uint8Array];
  readonly quote: Uint8Array;
  readonly qeReport: Structure;
  readonly collateral: Collateral;
}

function pckExtension(svn: number): Uint8Array {
  const pair = (id: string, value: Uint8Array): Uint8Array => sequence(oid(`${SGX}.${id}`), value);
  const levels = Array.from({ length: 16 }, (_, i) => pair(`2.${i + 1}`, derInteger(Uint8Array.of(i < 4 ? svn : 0))));
  return sequence(
    pair("1", der(4, new Uint8Array(16))),
    pair(
      "2",
      sequence(...levels, pair("2.17", derInteger(Uint8Array.of(13))), pair("2.18", der(4, new Uint8Array(16)))),
    ),
    pair("3", der(4, new Uint8Array(2))),
    pair("4", der(4, FMSPC)),
    pair("5", der(10, Uint8Array.of(0))),
  );
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 255, value >> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
}

function sign(key: Signer, data: Uint8Array): Uint8Array {
  return nodeCrypto.ecdsaSign("P-256", "SHA-256", key.secret!, data);
}

export function bodyLayout(kind: Kind): Layout {
  return kind === "sgx-3" ? SGX_REPORT_BODY : kind === "tdx-4" ? TD_REPORT_10 : TD_REPORT_15;
}

/** A report with something in it. */
export function makeBody(kind: Kind): Structure {
  const body = new Structure(bodyLayout(kind)).set("reportdata", new Uint8Array(64).fill(0x5a));
  if (kind === "sgx-3")
    return body
      .set("mrenclave", new Uint8Array(32).fill(0x11))
      .set("mrsigner", new Uint8Array(32).fill(0x22))
      .set("attributes.flags", 5)
      .set("isvsvn", 3);
  return body
    .set("tee_tcb_svn", Uint8Array.of(5, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    .set("mrtd", new Uint8Array(48).fill(0x33));
}

/** Signs a body: header, signature, quoting enclave, chain. */
export function assembleQuote(made: Omit<MadeQuote, "quote" | "collateral">, body: Structure): Uint8Array {
  const { kind, chain, pck, qeReport } = made;
  const version = Number(kind.at(-1));
  const tee = kind === "sgx-3" ? 0 : 0x81;
  const vendor = Uint8Array.from("939a7233f79c4ca9940a0db3957f0607".match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const header = concatBytes(u16(version), u16(2), u32(tee), u16(0), u16(0), vendor, new Uint8Array(20));
  const descriptor = version === 5 ? concatBytes(u16(3), u32(body.layout.size)) : new Uint8Array(0);
  const signed = concatBytes(header, descriptor, body.bytes);
  const key = ecSigner("P-256");
  const authentication = Uint8Array.from({ length: 32 }, (_, i) => i);
  const report = new Structure(SGX_REPORT_BODY, qeReport.bytes.slice());
  const bound = nodeCrypto.digest("SHA-256", concatBytes(key.point!.subarray(1), authentication));
  report.set("reportdata", concatBytes(bound, new Uint8Array(32)));
  const pem = new TextEncoder().encode(`${chain.map((one) => toPem(one, "CERTIFICATE")).join("")}\0`);
  const certificates = concatBytes(u16(5), u32(pem.length), pem);
  const inner = concatBytes(report.bytes, sign(pck, report.bytes), u16(32), authentication, certificates);
  const data = concatBytes(
    sign(key, signed),
    key.point!.subarray(1),
    ...(version === 3 ? [inner] : [u16(6), u32(inner.length), inner]),
  );
  return concatBytes(signed, u32(data.length), data);
}

const DAY = 86_400_000;

/** What may be other than good in a collateral. */
export interface CollateralOptions {
  readonly status?: string;
  readonly qeStatus?: string;
  readonly moduleStatus?: string;
  readonly svn?: number;
  readonly from?: number;
  readonly to?: number;
  readonly fmspc?: string;
  readonly id?: string;
  readonly qeSigner?: string;
  readonly revoked?: readonly number[];
  readonly revokedByRoot?: readonly number[];
}

export function makeCollateral(
  made: Omit<MadeQuote, "quote" | "collateral">,
  options: CollateralOptions = {},
): Collateral {
  const { status = "UpToDate", svn = 3, from = NOW - 5 * DAY, to = NOW + 25 * DAY } = options;
  const tdx = made.kind !== "sgx-3";
  const iso = (time: number): string => new Date(time).toISOString().replace(".000", "");
  const dates = { issueDate: iso(from), nextUpdate: iso(to) };
  const date = iso(NOW - 100 * DAY);
  const list = (...values: number[]): { svn: number }[] =>
    Array.from({ length: 16 }, (_, i) => ({ svn: values[i] ?? 0 }));
  const level = (n: number, state: string): unknown => ({
    tcb: { sgxtcbcomponents: list(n, n, n, n), pcesvn: 13, ...(tdx ? { tdxtcbcomponents: list(5, 0, 3) } : {}) },
    tcbDate: date,
    tcbStatus: state,
  });
  const module = { mrsigner: "00".repeat(48), attributes: "00".repeat(8), attributesMask: "ff".repeat(8) };
  const tcbInfo = JSON.stringify({
    id: options.id ?? (tdx ? "TDX" : "SGX"),
    version: 3,
    ...dates,
    fmspc: options.fmspc ?? toHex(FMSPC),
    pceId: "0000",
    tcbType: 0,
    tcbEvaluationDataNumber: 17,
    ...(tdx
      ? {
          tdxModule: module,
          tdxModuleIdentities: [
            {
              id: "TDX_01",
              ...module,
              tcbLevels: [{ tcb: { isvsvn: 5 }, tcbDate: date, tcbStatus: options.moduleStatus ?? "UpToDate" }],
            },
          ],
        }
      : {}),
    tcbLevels: [level(svn, status), level(1, "OutOfDate")],
  });
  const qeIdentity = JSON.stringify({
    id: tdx ? "TD_QE" : "QE",
    version: 2,
    ...dates,
    tcbEvaluationDataNumber: 17,
    miscselect: "00000000",
    miscselectMask: "FFFFFFFF",
    attributes: "11000000000000000000000000000000",
    attributesMask: "FBFFFFFFFFFFFFFF0000000000000000",
    mrsigner: options.qeSigner ?? toHex(QE_SIGNER),
    isvprodid: 1,
    tcbLevels: [{ tcb: { isvsvn: 8 }, tcbDate: date, tcbStatus: options.qeStatus ?? "UpToDate" }],
  });
  const { root, platform, tcbSigner, chain } = made;
  const signing = makeCertificate({
    subject: "Intel SGX TCB Signing",
    issuer: "Root",
    key: tcbSigner,
    by: root,
    serial: 9,
  });
  const pem = (...all: Uint8Array[]): string => all.map((one) => toPem(one, "CERTIFICATE")).join("");
  const signText = (text: string): Uint8Array => sign(tcbSigner, new TextEncoder().encode(text));
  return {
    pckCrlIssuerChain: pem(chain[1], chain[2]),
    rootCaCrl: makeRevocationList("Root", root, options.revokedByRoot ?? []),
    pckCrl: makeRevocationList("Platform CA", platform, options.revoked ?? [1, 2]),
    tcbInfoIssuerChain: pem(signing, chain[2]),
    tcbInfo,
    tcbInfoSignature: signText(tcbInfo),
    qeIdentityIssuerChain: pem(signing, chain[2]),
    qeIdentity,
    qeIdentitySignature: signText(qeIdentity),
  };
}

export function makeQuote(kind: Kind, options: CollateralOptions = {}): MadeQuote {
  const [root, platform, pck, tcbSigner] = [ecSigner("P-256"), ecSigner("P-256"), ecSigner("P-256"), ecSigner("P-256")];
  const rootDer = makeCertificate({ subject: "Root", issuer: "Root", key: root, by: root, isCa: true });
  const platformDer = makeCertificate({
    subject: "Platform CA",
    issuer: "Root",
    key: platform,
    by: root,
    isCa: true,
    serial: 8,
  });
  const extensions = [[SGX, pckExtension(3)]] as const;
  const pckDer = makeCertificate({
    subject: "PCK",
    issuer: "Platform CA",
    key: pck,
    by: platform,
    serial: 77,
    extensions,
  });
  const qeReport = new Structure(SGX_REPORT_BODY)
    .set("attributes.flags", 0x11)
    .set("mrsigner", QE_SIGNER)
    .set("isvprodid", 1)
    .set("isvsvn", 8);
  const base = { kind, root, platform, pck, tcbSigner, chain: [pckDer, platformDer, rootDer] as const, qeReport };
  return { ...base, quote: assembleQuote(base, makeBody(kind)), collateral: makeCollateral(base, options) };
}

export async function verifyMadeQuote(
  made: MadeQuote,
  more: Partial<QuoteVerifyOptions> & { quote?: Uint8Array } = {},
): Promise<Verdict> {
  const { quote = made.quote, ...options } = more;
  const roots = [await rootOf(made.chain[2])];
  return verifyQuote(quote, { crypto: nodeCrypto, now: NOW, roots, collateral: made.collateral, ...options });
}

/** A collateral as the JSON file that verifiers keep. */
export function collateralFile(collateral: Collateral): string {
  const members = Object.entries(collateral).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    typeof value === "string" ? value : toHex(value as Uint8Array),
  ]);
  return JSON.stringify(Object.fromEntries(members));
}
