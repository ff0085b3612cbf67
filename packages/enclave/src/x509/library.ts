import { toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
// The one place where the certificate library comes in, after what it needs.
// oxlint-disable-next-line import/no-unassigned-import -- imported for what it does to Reflect: it exports nothing
import "./polyfill.js";
import { Name } from "@peculiar/x509";

/** Names read lately: in a chain, each authority is named twice, and the same authorities come with every document. */
const KNOWN = new Map<string, string>();
const MOST_KNOWN = 32;
/** A longer name is nobody's authority, and would stay in memory for as long as the process runs. */
const LONGEST_KNOWN = 512;

/**
 * A distinguished name as text (RFC 4514), by the library. It is not asked for the rest: it takes BER, which signatures do not cover one way only, and a millisecond for
 * a certificate, of which a name is a tenth.
 *
 * @param der the name, well-formed
 */
export function nameText(der: Uint8Array, what: string): string {
  const key = der.length > LONGEST_KNOWN ? undefined : toHex(der);
  const known = key === undefined ? undefined : KNOWN.get(key);
  if (known !== undefined) return known;
  try {
    const text = new Name(new Uint8Array(der)).toString();
    if (key !== undefined) {
      if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
      KNOWN.set(key, text);
    }
    return text;
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
