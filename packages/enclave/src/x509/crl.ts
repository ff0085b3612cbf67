import { toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { type SignedEnvelope, readEnvelope } from "./certificate.js";
import { type DerElement, derChildren, derEach, derTime, derUnsigned } from "./der.js";
import { readExtensions } from "./extensions.js";
import { nameText } from "./library.js";

/** A revocation list (RFC 5280, 5). */
export interface RevocationList extends SignedEnvelope {
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Serial numbers, hexadecimal digits. */
  readonly revoked: ReadonlySet<string>;
  /** Critical extensions, its own and its entries': such a list says less than that all others are good (RFC 5280, 5.2.4 and 5.2.5: deltas, lists of a part). */
  readonly strangers: readonly string[];
}

const SEQUENCE = 0x30;
/** Two hundred thousand entries of the least size: a second, and 32 MiB. */
const MOST_BYTES = 4 * 2 ** 20;
const EXTENSIONS = 0xa0;
const isTime = (element: DerElement | undefined): boolean => element?.tag === 0x17 || element?.tag === 0x18;

function bad(what: string, message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_CERTIFICATE", `${what}: ${message}`);
}

/** The serial number of an entry, as a certificate shows it. @param strangers where its critical extensions go: one may say that it is of another authority's certificate (RFC 5280, 5.3) */
function serialOf(entry: DerElement, what: string, strangers: Set<string>): string {
  const [serial, when, extensions, ...more] = entry.tag === SEQUENCE ? derChildren(entry.contents) : [];
  if (serial?.tag !== 2 || !isTime(when) || more.length > 0)
    throw bad(what, "an entry that is no serial number with a time");
  if (extensions !== undefined)
    for (const oid of readExtensions({ contents: extensions.whole }, what, []).strangers) strangers.add(oid);
  return toHex(derUnsigned(serial, undefined, "a serial number"));
}

/**
 * Reads a revocation list: version 2, algorithm, issuer, this update, and where there are any, next update, what is revoked, extensions (RFC 5280, 5.1).
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_CERTIFICATE`, `ISG_ENCLAVE_BAD_DER`
 */
export function parseRevocationList(der: Uint8Array, what = "revocation list"): RevocationList {
  const { inside, ...envelope } = readEnvelope(der, what, MOST_BYTES);
  const [version, algorithm, issuer, from, ...rest] = inside;
  if (version?.tag !== 2 || toHex(version.contents) !== "01") throw bad(what, "it is not of version 2");
  if (algorithm?.tag !== SEQUENCE || issuer?.tag !== SEQUENCE)
    throw bad(what, "its parts are not those of a revocation list");
  const thisUpdate = derTime(from, "its date");
  const nextUpdate = isTime(rest[0]) ? derTime(rest.shift(), "the date of the next one") : undefined;
  const entries = rest[0]?.tag === SEQUENCE ? rest.shift()!.contents : new Uint8Array(0);
  const ofList = readExtensions(rest[0]?.tag === EXTENSIONS ? rest.shift() : undefined, what, []);
  if (rest.length > 0) throw bad(what, `a part with tag 0x${rest[0]!.tag.toString(16)} where there should be none`);
  const strangers = new Set(ofList.strangers);
  const revoked = new Set<string>();
  derEach(entries, (entry) => revoked.add(serialOf(entry, what, strangers)));
  return {
    ...envelope,
    issuer: nameText(issuer.whole, what),
    thisUpdate,
    nextUpdate,
    revoked,
    strangers: [...strangers],
  };
}
