import { IsinglassError } from "@isinglass/interface";
import { X509Crl } from "./library.js";
import { type SignedEnvelope, readEnvelope } from "./certificate.js";

/** A revocation list (RFC 5280, 5). */
export interface RevocationList extends SignedEnvelope {
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Serial numbers, hexadecimal digits. */
  readonly revoked: ReadonlySet<string>;
}

/** @throws IsinglassError `ISG_ENCLAVE_BAD_CERTIFICATE`, `ISG_ENCLAVE_BAD_DER` */
export function parseRevocationList(der: Uint8Array, what = "revocation list"): RevocationList {
  const envelope = readEnvelope(der, what);
  try {
    const list = new X509Crl(new Uint8Array(der));
    return {
      ...envelope,
      issuer: list.issuer,
      thisUpdate: list.thisUpdate.getTime(),
      nextUpdate: list.nextUpdate?.getTime(),
      revoked: new Set(list.entries.map((entry) => entry.serialNumber.toLowerCase())),
    };
  } catch (problem) {
    if (problem instanceof IsinglassError) throw problem;
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new IsinglassError(
      "ISG_ENCLAVE_BAD_CERTIFICATE",
      `${what}: it cannot be read (${why})`,
      {},
      { cause: problem },
    );
  }
}
