import {
  type CryptoProvider,
  type CurveName,
  type HashName,
  type RsaPadding,
  concatBytes,
  equalBytes,
  toHex,
} from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import {
  type DerElement,
  checkWellFormed,
  derChild,
  derChildren,
  derTime,
  derUnsigned,
  oidText,
  readDer,
} from "./der.js";
import { MAY_SIGN, readConstraints, readExtensions, readKeyUsage } from "./extensions.js";
import { nameText } from "./library.js";

/** Keys that attestation chains use. */
export type PublicKey =
  | { readonly kind: "ec"; readonly curve: CurveName; readonly point: Uint8Array }
  | { readonly kind: "rsa"; readonly n: Uint8Array; readonly e: Uint8Array };

/** How something in an X.509 envelope (a certificate, a revocation list) is signed. */
export type SignatureAlgorithm =
  | { readonly kind: "ec"; readonly hash: HashName }
  | { readonly kind: "rsa"; readonly hash: HashName; readonly padding: RsaPadding };

/** The signed envelope of certificates and revocation lists (RFC 5280, 4.1.1 and 5.1.1). */
export interface SignedEnvelope {
  readonly der: Uint8Array;
  readonly signed: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/** A certificate as far as attestation needs it. */
export interface Certificate extends SignedEnvelope {
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal digits. */
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  /** Basic constraints: may it sign certificates, and how many CAs may follow it. */
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  /** Key usage: whether its key may sign certificates, revocation lists, and anything else; true where nothing is said. */
  readonly maySignCertificates: boolean;
  readonly maySignLists: boolean;
  readonly maySignData: boolean;
  /** Critical extensions that are not understood. */
  readonly strangers: readonly string[];
  /** Contents of extensions by object identifier. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
}

const CURVES_BY_OID: Readonly<Record<string, CurveName>> = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };
const HASHES_BY_OID: Readonly<Record<string, HashName>> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const SIGNATURES_BY_OID: Readonly<Record<string, SignatureAlgorithm>> = {
  "1.2.840.10045.4.3.2": { kind: "ec", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { kind: "ec", hash: "SHA-384" },
  "1.2.840.113549.1.1.11": { kind: "rsa", hash: "SHA-256", padding: { scheme: "pkcs1" } },
  "1.2.840.113549.1.1.12": { kind: "rsa", hash: "SHA-384", padding: { scheme: "pkcs1" } },
};
const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
const EC_KEY = "1.2.840.10045.2.1";
const RSA_KEY = "1.2.840.113549.1.1.1";
const SEQUENCE = 0x30;
/** Certificates have a kilobyte or two. */
const MOST_BYTES = 65_536;

function bad(what: string, message: string, cause?: unknown): IsinglassError {
  return new IsinglassError(
    "ISG_ENCLAVE_BAD_CERTIFICATE",
    `${what}: ${message}`,
    {},
    cause === undefined ? {} : { cause },
  );
}

function unknownKey(what: string, message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_UNKNOWN_KEY", `${what}: ${message}`);
}

function readAlgorithm(element: DerElement, what: string): SignatureAlgorithm {
  const parts = derChildren(element.contents);
  const oid = oidText(derChild(parts, 0, 6, `${what}: algorithm`).contents);
  const known = SIGNATURES_BY_OID[oid];
  if (known !== undefined) return known;
  if (oid !== RSA_PSS) throw bad(what, `signed with ${oid}, which is not known`);
  // RSASSA-PSS-params (RFC 8017, A.2.3): [0] hash, [1] MGF1 with its hash, [2] salt length, [3] trailer, which is 1.
  const fields = derChildren(derChild(parts, 1, SEQUENCE, `${what}: PSS parameters`).contents);
  const field = (tag: number): DerElement | undefined => fields.find((one) => one.tag === tag);
  const [hashField, maskField, saltField, trailerField] = [field(0xa0), field(0xa1), field(0xa2), field(0xa3)];
  if (hashField === undefined || maskField === undefined || saltField === undefined)
    throw bad(what, "PSS with SHA-1, the default, is not taken");
  if (parts.length > 2 || fields.length !== (trailerField === undefined ? 3 : 4))
    throw bad(what, "PSS parameters with more in them");
  if (trailerField !== undefined) {
    const [trailer] = derUnsigned(readDer(trailerField.contents, 2, "a trailer"), 1, "the trailer");
    if (trailer !== 1) throw bad(what, `PSS with trailer ${trailer}; 1 is right`);
  }
  const hashOf = (contents: Uint8Array): HashName => {
    const oids = derChildren(readDer(contents, SEQUENCE, "a hash").contents);
    const name = HASHES_BY_OID[oidText(derChild(oids, 0, 6, "a hash's name").contents)];
    if (name === undefined) throw bad(what, "PSS with a hash that is not known");
    return name;
  };
  const hash = hashOf(hashField.contents);
  const mask = derChildren(readDer(maskField.contents, SEQUENCE, "a mask function").contents);
  if (oidText(derChild(mask, 0, 6, "a mask function's name").contents) !== MGF1)
    throw bad(what, "PSS with a mask function that is not MGF1");
  if (hashOf(derChild(mask, 1, SEQUENCE, "the mask's hash").whole) !== hash) throw bad(what, "PSS with two hashes");
  const salt = derUnsigned(readDer(saltField.contents, 2, "a salt length"), 2, "the salt length");
  return { kind: "rsa", hash, padding: { scheme: "pss", saltLength: salt[0]! * 256 + salt[1]! } };
}

function bits(element: DerElement, what: string): Uint8Array {
  if (element.contents[0] !== 0) throw bad(what, "a bit string that is not whole bytes");
  return element.contents.subarray(1);
}

/** Reads the envelope: what is signed, how, and the signature. The algorithm is named inside and outside; both must be alike. */
export function readEnvelope(
  der: Uint8Array,
  what: string,
  most: number = MOST_BYTES,
): SignedEnvelope & { readonly inside: readonly DerElement[] } {
  if (der.length > most) throw bad(what, `${der.length} bytes; at most ${most} are taken`);
  const parts = derChildren(readDer(der, SEQUENCE, what).contents);
  if (parts.length !== 3) throw bad(what, `${parts.length} parts; 3 are right`);
  const signed = derChild(parts, 0, SEQUENCE, `${what}: the signed part`);
  const algorithm = derChild(parts, 1, SEQUENCE, `${what}: the algorithm`);
  checkWellFormed(signed.contents);
  const inside = derChildren(signed.contents);
  // The first sequence inside: before it are the version and, in a certificate, the serial number.
  const named = inside.find((element) => element.tag === SEQUENCE);
  if (named === undefined || !equalBytes(named.whole, algorithm.whole))
    throw bad(what, "the algorithm outside is not the one inside");
  const signature = bits(derChild(parts, 2, 3, `${what}: the signature`), what);
  return { der, signed: signed.whole, algorithm: readAlgorithm(algorithm, what), signature, inside };
}

/** A SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). */
export function readPublicKey(spki: Uint8Array, what: string): PublicKey {
  const parts = derChildren(readDer(spki, SEQUENCE, `${what}: the public key`).contents);
  const algorithm = derChildren(derChild(parts, 0, SEQUENCE, "the key's algorithm").contents);
  const key = bits(derChild(parts, 1, 3, "the key"), what);
  const oid = oidText(derChild(algorithm, 0, 6, "the key's algorithm").contents);
  if (oid === EC_KEY) {
    const curve = CURVES_BY_OID[oidText(derChild(algorithm, 1, 6, "the key's curve").contents)];
    if (curve === undefined) throw unknownKey(what, "a key on a curve that is neither P-256 nor P-384");
    return { kind: "ec", curve, point: key };
  }
  if (oid !== RSA_KEY) throw unknownKey(what, `a key of kind ${oid}, which is not known`);
  const numbers = derChildren(readDer(key, SEQUENCE, "an RSA key").contents);
  return {
    kind: "rsa",
    n: derUnsigned(derChild(numbers, 0, 2, "a modulus"), undefined, "a modulus"),
    e: derUnsigned(derChild(numbers, 1, 2, "an exponent"), undefined, "an exponent"),
  };
}

/** Version, serial number, algorithm, issuer, validity, subject, key, extensions (RFC 5280, 4.1): tags of version 3, without the unique IDs that nobody has. */
const TAGS = [0xa0, 2, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, 0xa3];

/**
 * Reads a certificate strictly: DER only, version 3, nothing after it.
 *
 * @param what names it in messages
 * @throws IsinglassError `ISG_ENCLAVE_BAD_CERTIFICATE`, `ISG_ENCLAVE_BAD_DER`, `ISG_ENCLAVE_UNKNOWN_KEY`
 */
export function parseCertificate(der: Uint8Array, what = "certificate"): Certificate {
  const { inside, ...envelope } = readEnvelope(der, what);
  if (inside.length !== TAGS.length || inside.some(({ tag }, i) => tag !== TAGS[i]))
    throw bad(what, "its parts are not those of a certificate of version 3 with extensions");
  if (!equalBytes(inside[0]!.contents, Uint8Array.of(2, 1, 2))) throw bad(what, "it is not of version 3");
  const publicKey = readPublicKey(inside[6]!.whole, what);
  const extensions = readExtensions(inside[7], what);
  const usage = readKeyUsage(extensions, what) ?? 0xff;
  const dates = derChildren(inside[4]!.contents);
  if (dates.length !== 2) throw bad(what, `${dates.length} dates; 2 are right`);
  return {
    ...envelope,
    ...readConstraints(extensions, what),
    subject: nameText(inside[5]!.whole, what),
    issuer: nameText(inside[3]!.whole, what),
    serial: toHex(derUnsigned(inside[1]!, undefined, "the serial number")),
    notBefore: derTime(dates[0], "the first day"),
    notAfter: derTime(dates[1], "the last day"),
    publicKey,
    maySignCertificates: (usage & MAY_SIGN.certificates) !== 0,
    maySignLists: (usage & MAY_SIGN.lists) !== 0,
    maySignData: (usage & MAY_SIGN.data) !== 0,
    strangers: extensions.strangers,
    extensions: extensions.contents,
  };
}

/** The key of a certificate of whatever version and with whatever signature: of one that nobody vouches for, and of which only the key counts. */
export function certificateKey(der: Uint8Array, what: string): PublicKey {
  if (der.length > MOST_BYTES) throw bad(what, `${der.length} bytes; at most ${MOST_BYTES} are taken`);
  const [signed] = derChildren(readDer(der, SEQUENCE, what).contents);
  const parts = signed?.tag === SEQUENCE ? derChildren(signed.contents) : [];
  // Before the key: version, which version 1 leaves out, serial number, algorithm, issuer, validity, subject.
  const key = parts[parts[0]?.tag === TAGS[0] ? 6 : 5];
  if (key === undefined) throw bad(what, "it has no key");
  return readPublicKey(key.whole, what);
}

/** r and s side by side of the DER that X.509 has (RFC 3279, 2.2.3); `undefined` if it is not DER. */
export function ecdsaRaw(der: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const numbers = derChildren(readDer(der, SEQUENCE, "an ECDSA signature").contents);
    if (numbers.length !== 2) return undefined;
    const [r, s] = numbers.map((_, i) => derUnsigned(derChild(numbers, i, 2, "r or s"), size, "r or s"));
    return concatBytes(r!, s!);
  } catch {
    return undefined;
  }
}

/** Whether a key made the signature of an envelope. */
export async function signedBy(crypto: CryptoProvider, envelope: SignedEnvelope, key: PublicKey): Promise<boolean> {
  const { algorithm, signed, signature } = envelope;
  if (algorithm.kind === "rsa")
    return key.kind === "rsa" && crypto.rsaVerify(key, algorithm.hash, algorithm.padding, signed, signature);
  if (key.kind !== "ec") return false;
  const raw = ecdsaRaw(signature, key.curve === "P-256" ? 32 : 48);
  return raw !== undefined && crypto.ecdsaVerify(key.curve, algorithm.hash, key.point, signed, raw);
}

/** SHA-256 of a certificate, as hexadecimal digits. */
export async function fingerprint(crypto: CryptoProvider, der: Uint8Array): Promise<string> {
  return toHex(await crypto.digest("SHA-256", der));
}
