import { IsinglassError } from "@isinglass/interface";
import {
  type ExplainedField,
  FIELD,
  type Layout,
  Structure,
  explainBytes,
  explainValue,
  readNumber,
} from "../layout.js";
import { Reader } from "../reader.js";
import { SGX_REPORT_BODY } from "../sgx/report-body.js";
import { TD_REPORT_10, TD_REPORT_15 } from "../tdx/report-body.js";
import { asciiText, readPem } from "../x509/pem.js";

/** Intel's quoting enclaves (DCAP quoting library, A.1). */
export const INTEL_QE = "939a7233f79c4ca9940a0db3957f0607";
const TEE_SGX = 0;
const TEE_TDX = 0x81;
const CHAIN = 5;
const QE_REPORT = 6;
/** Quotes have some kilobytes, and drivers pad them to 16. */
const MOST_BYTES = 2 ** 20;

function header(version: number): Layout {
  const { bytes, number, zero } = FIELD;
  const isThree = version === 3;
  return {
    name: `quote header v${version}`,
    size: 48,
    source: isThree
      ? "Intel SGX ECDSA Quote Library API, A.3"
      : `Intel TDX DCAP Quoting Library API, ${version === 4 ? "A.3.1" : "A.4.1"}`,
    fields: [
      number("version", 0, 2, "version of the quote: 3, 4 or 5"),
      number("att_key_type", 2, 2, "2: ECDSA P-256 with SHA-256"),
      isThree ? zero(4, 4) : number("tee_type", 4, 4, "0: SGX, 0x81: TDX"),
      ...(isThree
        ? [
            number("qe_svn", 8, 2, "security version of the quoting enclave"),
            number("pce_svn", 10, 2, "security version of the certification enclave"),
          ]
        : [zero(8, 4)]),
      bytes("qe_vendor_id", 12, 16, "vendor of the quoting enclave"),
      bytes("user_data", 28, 20, "what the quoting enclave adds; Intel's: 16 bytes that identify the platform to it"),
    ],
  };
}

/** A quote taken apart. */
export interface Quote {
  readonly bytes: Uint8Array;
  readonly tee: "sgx" | "tdx";
  readonly header: Structure;
  readonly body: Structure;
  readonly bodyOffset: number;
  /** What the attestation key signs: header and body. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** X and Y of the attestation key. */
  readonly attestationKey: Uint8Array;
  readonly qeReport: Structure;
  readonly qeReportOffset: number;
  readonly qeReportSignature: Uint8Array;
  readonly qeAuthentication: Uint8Array;
  /** PCK certificate and those above it, DER. */
  readonly chain: readonly Uint8Array[];
  readonly certificationType: number;
}

function bad(message: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_QUOTE", `quote: ${message}`, { offset });
}

function readBody(reader: Reader, version: number, head: Structure): { tee: "sgx" | "tdx"; layout: Layout } {
  if (version === 3) return { tee: "sgx", layout: SGX_REPORT_BODY };
  const type = head.number("tee_type");
  if (type !== TEE_SGX && type !== TEE_TDX) throw bad(`TEE type 0x${type.toString(16)}; 0 is SGX, 0x81 TDX`, 4);
  const tee = type === TEE_SGX ? "sgx" : "tdx";
  if (version === 4) return { tee, layout: tee === "sgx" ? SGX_REPORT_BODY : TD_REPORT_10 };
  const at = reader.at;
  const bodyType = reader.u16("the type of the body");
  const size = reader.u32("the size of the body");
  const layout = [undefined, SGX_REPORT_BODY, TD_REPORT_10, TD_REPORT_15][bodyType];
  if (layout === undefined || layout.size !== size || (bodyType === 1) !== (tee === "sgx"))
    throw bad(`a body of type ${bodyType} with ${size} bytes`, at);
  return { tee, layout };
}

/**
 * Reads a quote of version 3, 4 or 5 with its certificate chain. Zeros may follow it, as some drivers pad; nothing else may.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_QUOTE`, `ISG_ENCLAVE_TRUNCATED`, `ISG_ENCLAVE_BAD_PEM`
 */
export function parseQuote(bytes: Uint8Array): Quote {
  if (bytes.length > MOST_BYTES) throw bad(`${bytes.length} bytes; at most ${MOST_BYTES} are taken`, MOST_BYTES);
  const reader = new Reader(bytes, "quote");
  const headBytes = reader.take(48, "the header");
  const version = headBytes[0]! | (headBytes[1]! << 8);
  if (version < 3 || version > 5) throw bad(`version ${version}; 3, 4 and 5 are known`, 0);
  const head = new Structure(header(version), headBytes);
  if (head.number("att_key_type") !== 2)
    throw bad(`attestation key of type ${head.number("att_key_type")}; 2, ECDSA P-256, is known`, 2);
  const { tee, layout } = readBody(reader, version, head);
  const bodyOffset = reader.at;
  const body = new Structure(layout, reader.take(layout.size, "the report"));
  const signed = bytes.subarray(0, reader.at);
  const length = reader.u32("the length of the signature");
  const rest = bytes.subarray(reader.at + length);
  const base = reader.at;
  const data = new Reader(reader.take(length, "the signature"), "quote signature");
  if (rest.some((byte) => byte !== 0)) throw bad(`${rest.length} bytes follow it that are not all zero`, base + length);
  const signature = data.take(64, "the signature");
  const attestationKey = data.take(64, "the attestation key");
  let inner = data;
  let shift = base;
  if (version >= 4) {
    const type = data.u16("the type of the certification data");
    const size = data.u32("the size of the certification data");
    if (type !== QE_REPORT || size !== data.left)
      throw bad(`certification data of type ${type} with ${size} bytes; 6, to the end, is right`, base + data.at);
    shift += data.at;
    inner = new Reader(data.take(size, "the certification data"), "quote certification data");
  }
  const qeReportOffset = shift + inner.at;
  const qeReport = new Structure(SGX_REPORT_BODY, inner.take(384, "the quoting enclave's report"));
  const qeReportSignature = inner.take(64, "the signature of the quoting enclave's report");
  const qeAuthentication = inner.take(inner.u16("the length of the authentication data"), "the authentication data");
  const certificationType = inner.u16("the type of the certificates");
  const chainBytes = inner.take(inner.u32("the length of the certificates"), "the certificates");
  if (inner.left !== 0) throw bad(`${inner.left} bytes follow the certificates`, shift + inner.at);
  const quote = {
    bytes,
    tee,
    header: head,
    body,
    bodyOffset,
    signed,
    signature,
    attestationKey,
    qeReport,
    qeReportOffset,
    qeReportSignature,
    qeAuthentication,
    certificationType,
  } as const;
  if (certificationType !== CHAIN) return { ...quote, chain: [] };
  // The text ends with one zero byte or none.
  const text = chainBytes.at(-1) === 0 ? chainBytes.subarray(0, -1) : chainBytes;
  return { ...quote, chain: readPem(asciiText(text)) };
}

/** Every field of a quote. */
export function explainQuote(quote: Quote): ExplainedField[] {
  const out = quote.header.explain("header");
  const { bytes } = quote;
  const word = (name: string, offset: number, size: number, meaning: string): void => {
    const part = bytes.subarray(offset, offset + size);
    out.push(explainBytes(name, offset, part, meaning, String(readNumber(part, 0, size))));
  };
  if (quote.bodyOffset > 48) {
    word("body.type", 48, 2, "1: SGX report, 2: TD report 1.0, 3: TD report 1.5");
    word("body.size", 50, 4, "bytes of the report");
  }
  out.push(...quote.body.explain(quote.tee === "sgx" ? "report" : "td_report", quote.bodyOffset));
  word("signature_length", quote.signed.length, 4, "bytes of all that follows");
  const add = (name: string, part: Uint8Array, meaning: string): void => {
    out.push(explainBytes(name, part.byteOffset - bytes.byteOffset, part, meaning));
  };
  add("signature", quote.signature, "r and s over header and report, by the attestation key");
  add("attestation_key", quote.attestationKey, "X and Y, P-256");
  const { qeReportOffset, qeAuthentication } = quote;
  if (quote.header.number("version") >= 4) {
    word("certification.type", qeReportOffset - 6, 2, "6: report of the quoting enclave and what certifies it");
    word("certification.size", qeReportOffset - 4, 4, "bytes of all that follows");
  }
  out.push(...quote.qeReport.explain("qe_report", qeReportOffset));
  add("qe_report_signature", quote.qeReportSignature, "r and s over the quoting enclave's report, by the PCK");
  const authenticationAt = qeAuthentication.byteOffset - bytes.byteOffset;
  word("qe_authentication_size", authenticationAt - 2, 2, "bytes of the authentication data");
  add("qe_authentication", qeAuthentication, "goes into the quoting enclave's report data with the attestation key");
  const chainAt = authenticationAt + qeAuthentication.length;
  word("certificates.type", chainAt, 2, "5: a chain of certificates in PEM, the PCK's first");
  word("certificates.size", chainAt + 2, 4, "bytes of the certificates");
  quote.chain.forEach((der, i) => {
    const meaning = ["PCK certificate", "its authority", "root"][i] ?? "certificate";
    out.push(explainValue(`certificate ${i}`, chainAt + 6, `${der.length} bytes`, meaning));
  });
  return out;
}
