import type { CryptoProvider } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import type { Explanation } from "./explain.js";
import { explainNitroDocument, verifyNitroDocument } from "./nitro/document.js";
import type { Policy } from "./policy.js";
import type { Collateral } from "./dcap/collateral.js";
import { explainQuote, parseQuote } from "./dcap/quote.js";
import { verifyQuote } from "./dcap/verify.js";
import { explainSnpReport, parseSnpReport } from "./sev/report.js";
import { verifySnpReport } from "./sev/verify-report.js";
import type { Verdict } from "./verdict.js";

/** Kinds of attestation document. */
export type DocumentFormat = "snp-report" | "quote" | "nitro-document";

/** What a document is verified with, whatever its kind; each kind takes what it knows. */
export interface VerifyOptions {
  readonly crypto?: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Certificates that the document does not bring itself, DER. */
  readonly certificates?: readonly Uint8Array[];
  /** Revocation lists, DER. */
  readonly lists?: readonly Uint8Array[];
  /** SHA-256 of trusted roots, hexadecimal; the vendor's unless given. */
  readonly roots?: readonly string[];
  readonly policy?: Policy;
  /** What Intel publishes about the platform; quotes want it. */
  readonly collateral?: Collateral;
  /** A TD's event log, checked against the RTMRs of its quote. */
  readonly eventLog?: Uint8Array;
}

/**
 * What kind of document these bytes are.
 *
 * @throws IsinglassError `ISG_ENCLAVE_UNKNOWN_FORMAT`
 */
export function detectFormat(bytes: Uint8Array): DocumentFormat {
  if (bytes.length === 0x4a0 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0) return "snp-report";
  const version = bytes.length > 432 ? bytes[0]! | (bytes[1]! << 8) : 0;
  if (version >= 3 && version <= 5) return "quote";
  // A list of four whose first member is a byte string, perhaps with COSE's tag 18.
  const list = bytes[0] === 0xd2 ? 1 : 0;
  if (bytes[list] === 0x84 && bytes[list + 1]! >> 5 === 2) return "nitro-document";
  throw new IsinglassError(
    "ISG_ENCLAVE_UNKNOWN_FORMAT",
    `${bytes.length} bytes that are neither an SNP report (1,184 bytes) nor an SGX or TDX quote (version 3 to 5) nor a Nitro document (COSE)`,
    {
      size: bytes.length,
    },
  );
}

/** Every field of a document, its bytes and meaning. */
export function explainDocument(bytes: Uint8Array): Explanation {
  const format = detectFormat(bytes);
  if (format === "nitro-document")
    return { format, source: "AWS Nitro Enclaves, attestation process, 3.1", fields: explainNitroDocument(bytes) };
  if (format === "quote") {
    const quote = parseQuote(bytes);
    return {
      format: `${quote.tee}-quote`,
      source: `${quote.header.layout.source}; ${quote.body.layout.source}`,
      fields: explainQuote(quote),
    };
  }
  const report = parseSnpReport(bytes);
  return { format, source: report.layout.source, fields: explainSnpReport(report) };
}

/** Refuses what a document of this kind is not verified with: it would be taken for looked at. */
function refuseVain(format: DocumentFormat, options: VerifyOptions): void {
  const isQuote = format === "quote";
  const vain = isQuote
    ? (options.lists ?? []).length > 0
      ? "lists: those of a quote are in its collateral"
      : undefined
    : options.eventLog !== undefined
      ? "eventLog: an event log goes with a TDX quote"
      : options.collateral !== undefined
        ? "collateral: collateral goes with a quote"
        : undefined;
  if (vain !== undefined) throw new IsinglassError("ISG_ENCLAVE_BAD_OPTION", `${format}, verified with ${vain}`);
}

/**
 * Verifies a document of any kind. What is wrong with it is a failed check, not an exception.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_TIME`, `ISG_ENCLAVE_BAD_POLICY`, `ISG_ENCLAVE_BAD_OPTION`, `ISG_ENCLAVE_NO_COLLATERAL`, `ISG_ENCLAVE_UNKNOWN_FORMAT`: of what the caller gave
 */
export async function verifyDocument(bytes: Uint8Array, options: VerifyOptions): Promise<Verdict> {
  const format = detectFormat(bytes);
  refuseVain(format, options);
  if (format === "nitro-document") return verifyNitroDocument(bytes, options);
  if (format === "quote") {
    const { collateral } = options;
    if (collateral === undefined)
      throw new IsinglassError(
        "ISG_ENCLAVE_NO_COLLATERAL",
        "a quote is verified with the platform's collateral: TCB info, identities and revocation lists; it is missing",
      );
    return verifyQuote(bytes, { ...options, collateral });
  }
  return verifySnpReport(bytes, { ...options, certificates: options.certificates ?? [] });
}
