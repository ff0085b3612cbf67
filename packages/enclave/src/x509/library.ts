import { IsinglassError } from "@isinglass/interface";
// The one place where the certificate library comes in, after what it needs.
// oxlint-disable-next-line import/no-unassigned-import -- imported for what it does to Reflect: it exports nothing
import "./polyfill.js";
import { Name } from "@peculiar/x509";

/**
 * A distinguished name as text (RFC 4514), by the library. It is not asked for the rest: it takes BER, which signatures do not cover one way only, and a millisecond for
 * a certificate, of which a name is a tenth.
 *
 * @param der the name, well-formed
 */
export function nameText(der: Uint8Array, what: string): string {
  try {
    return new Name(new Uint8Array(der)).toString();
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new IsinglassError(
      "ISG_ENCLAVE_BAD_CERTIFICATE",
      `${what}: a name cannot be read (${why})`,
      {},
      { cause: problem },
    );
  }
}
