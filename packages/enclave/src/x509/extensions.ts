import { IsinglassError } from "@isinglass/interface";
import { type DerElement, derChild, derChildren, derUnsigned, oidText, readDer } from "./der.js";

// Extensions of certificates and revocation lists (RFC 5280, 4.2 and 5.2).

const SEQUENCE = 0x30;
const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
/** Whoever marks an extension critical wants it understood: these are. Extended key usage is not: no vendor has a purpose for keys of attestation, so that a critical one is for something else. */
const UNDERSTOOD: readonly string[] = [BASIC_CONSTRAINTS, KEY_USAGE];

/** What the extensions say. */
export interface Extensions {
  /** Contents by object identifier. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Critical ones that are not understood: whoever has such may not be trusted (RFC 5280, 4.2). */
  readonly strangers: readonly string[];
}

function bad(what: string, message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_CERTIFICATE", `${what}: ${message}`);
}

/** Reads a list of extensions. None may come twice. @param list a wrapper around their sequence @param understood those that may be critical */
export function readExtensions(
  list: Pick<DerElement, "contents"> | undefined,
  what: string,
  understood: readonly string[] = UNDERSTOOD,
): Extensions {
  const contents = new Map<string, Uint8Array>();
  const strangers: string[] = [];
  if (list === undefined) return { contents, strangers };
  for (const one of derChildren(readDer(list.contents, SEQUENCE, `${what}: the extensions`).contents)) {
    if (one.tag !== SEQUENCE) throw bad(what, "an extension that is no sequence");
    const parts = derChildren(one.contents);
    const oid = oidText(derChild(parts, 0, 6, "an extension's name").contents);
    const isMarked = parts[1]?.tag === 1;
    // DER leaves a default out, so that the mark can only be TRUE.
    if (isMarked && (parts[1]!.contents.length !== 1 || parts[1]!.contents[0] !== 0xff))
      throw bad(what, `extension ${oid} is marked neither critical nor not`);
    if (parts.length !== (isMarked ? 3 : 2)) throw bad(what, `extension ${oid} has ${parts.length} parts`);
    if (contents.has(oid)) throw bad(what, `extension ${oid} comes twice`);
    contents.set(oid, derChild(parts, isMarked ? 2 : 1, 4, "an extension's contents").contents);
    if (isMarked && !understood.includes(oid)) strangers.push(oid);
  }
  return { contents, strangers };
}

/** Basic constraints: whether it may sign certificates, and how many authorities may follow it (RFC 5280, 4.2.1.9). */
export function readConstraints(
  { contents }: Extensions,
  what: string,
): { readonly isCa: boolean; readonly pathLength: number | undefined } {
  const found = contents.get(BASIC_CONSTRAINTS);
  if (found === undefined) return { isCa: false, pathLength: undefined };
  const parts = derChildren(readDer(found, SEQUENCE, `${what}: basic constraints`).contents);
  const isCa = parts[0]?.tag === 1;
  if (isCa && (parts[0]!.contents.length !== 1 || parts[0]!.contents[0] !== 0xff))
    throw bad(what, "basic constraints that say neither yes nor no");
  if (parts.length > (isCa ? 2 : 0)) throw bad(what, "basic constraints with more in them");
  const limit = parts[1];
  const pathLength =
    limit === undefined ? undefined : derUnsigned(derChild(parts, 1, 2, "a path length"), 1, "a path length")[0]!;
  return { isCa, pathLength };
}

/** What a key may be used for (RFC 5280, 4.2.1.3): bit 0 signs data, bit 5 certificates, bit 6 revocation lists. `undefined` where it is not said. */
export function readKeyUsage({ contents }: Extensions, what: string): number | undefined {
  const found = contents.get(KEY_USAGE);
  if (found === undefined) return undefined;
  const bits = readDer(found, 3, `${what}: key usage`).contents;
  if (bits.length < 2 || bits.length > 3 || bits[0]! > 7) throw bad(what, "key usage that is no bit string of nine");
  return bits[1]!;
}

/** Bits of {@link readKeyUsage}: the first bit of a DER bit string is the highest of its byte. */
export const MAY_SIGN = { data: 0x80, certificates: 0x04, lists: 0x02 } as const;
