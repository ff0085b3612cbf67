import { generateKeyPairSync } from "node:crypto";
import { type HashName, type RsaPrivateKey, concatBytes } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";

// Certificates made while the tests run. Their names say what they are: not secure.
export const NOT_SECURE = "Isinglass test root, not secure";

/** A DER element. */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const contents = concatBytes(...parts);
  const { length } = contents;
  const bytes = [16, 8, 0]
    .map((shift) => (length >> shift) & 255)
    .slice(length < 0x100 ? 2 : length < 0x1_0000 ? 1 : 0);
  const size = length < 0x80 ? [length] : [0x80 + bytes.length, ...bytes];
  return concatBytes(Uint8Array.of(tag, ...size), contents);
}

export function sequence(...parts: Uint8Array[]): Uint8Array {
  return der(0x30, ...parts);
}

export function oid(text: string): Uint8Array {
  const [a = 0, b = 0, ...rest] = text.split(".").map(Number);
  const bytes = [a * 40 + b, ...rest].flatMap((value) => {
    const out = [value & 127];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) out.unshift((left & 127) | 128);
    return out;
  });
  return der(6, Uint8Array.from(bytes));
}

/** A positive INTEGER of big-endian bytes. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return der(2, digits[0]! >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits);
}

export function derText(text: string): Uint8Array {
  return der(12, new TextEncoder().encode(text));
}

function time(ms: number): Uint8Array {
  return der(0x18, new TextEncoder().encode(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")));
}

/** The name of somebody: a common name under an organisation that says "not secure". */
function nameOf(common: string): Uint8Array {
  const part = (id: string, text: string): Uint8Array => der(0x31, sequence(oid(id), derText(text)));
  return sequence(part("2.5.4.10", NOT_SECURE), part("2.5.4.3", common));
}

const HASH_OIDS: Readonly<Partial<Record<HashName, string>>> = {
  "SHA-256": "2.16.840.1.101.3.4.2.1",
  "SHA-384": "2.16.840.1.101.3.4.2.2",
};

/** A key pair made now, and how it signs certificates. */
export interface Signer {
  readonly algorithm: Uint8Array;
  readonly spki: Uint8Array;
  /** EC keys: the private number. */
  readonly secret?: Uint8Array;
  readonly point?: Uint8Array;
  sign(data: Uint8Array): Uint8Array;
}

/** r and s as DER. */
export function ecdsaDer(raw: Uint8Array): Uint8Array {
  return sequence(derInteger(raw.subarray(0, raw.length / 2)), derInteger(raw.subarray(raw.length / 2)));
}

export function ecSigner(curve: "P-256" | "P-384"): Signer {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
  const d = Buffer.from(String(privateKey.export({ format: "jwk" }).d), "base64url");
  const secret = new Uint8Array(d);
  const point = nodeCrypto.ecdsaPublicKey(curve, secret);
  const is256 = curve === "P-256";
  return {
    secret,
    point,
    algorithm: sequence(oid(is256 ? "1.2.840.10045.4.3.2" : "1.2.840.10045.4.3.3")),
    spki: sequence(
      sequence(oid("1.2.840.10045.2.1"), oid(is256 ? "1.2.840.10045.3.1.7" : "1.3.132.0.34")),
      der(3, Uint8Array.of(0), point),
    ),
    sign: (data) => ecdsaDer(nodeCrypto.ecdsaSign(curve, is256 ? "SHA-256" : "SHA-384", secret, data)),
  };
}

/** An RSA key made now. */
export function rsaKey(modulusLength: number, publicExponent: number): { key: RsaPrivateKey; spki: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent });
  const jwk = privateKey.export({ format: "jwk" }) as Record<string, unknown>;
  const number = (name: string): Uint8Array => new Uint8Array(Buffer.from(String(jwk[name]), "base64url"));
  return {
    key: { n: number("n"), e: number("e"), d: number("d"), p: number("p"), q: number("q") },
    spki: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
  };
}

/** RSA with PSS and SHA-384, as AMD signs. @param change what its parameters say otherwise */
export function rsaPssSigner(change: { mask?: string; trailer?: number; stray?: boolean } = {}): Signer {
  const { key, spki } = rsaKey(2048, 0x10001);
  const hash = sequence(oid(HASH_OIDS["SHA-384"]!), der(5));
  const parameters = sequence(
    der(0xa0, hash),
    der(0xa1, sequence(oid(change.mask ?? "1.2.840.113549.1.1.8"), hash)),
    der(0xa2, der(2, Uint8Array.of(48))),
    ...(change.trailer === undefined ? [] : [der(0xa3, der(2, Uint8Array.of(change.trailer)))]),
    ...(change.stray === true ? [der(0xa4, der(5))] : []),
  );
  return {
    algorithm: sequence(oid("1.2.840.113549.1.1.10"), parameters),
    spki,
    sign: (data) => nodeCrypto.rsaSign(key, "SHA-384", { scheme: "pss", saltLength: 48 }, data),
  };
}

/** What a made certificate says. */
export interface CertificateOptions {
  readonly subject: string;
  readonly key: Signer;
  readonly issuer: string;
  readonly by: Signer;
  readonly serial?: number;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly isCa?: boolean;
  /** How many authorities may follow. */
  readonly pathLength?: number;
  /** First byte of the key usage; what an authority or a leaf wants unless given. */
  readonly usage?: number;
  /** Extensions: identifier, DER contents, and whether it is critical. */
  readonly extensions?: readonly (readonly [string, Uint8Array, critical?: boolean])[];
}

/** The time at which all made documents are valid. */
export const NOW: number = Date.parse("2026-06-01T00:00:00Z");
const YEAR = 365 * 24 * 3600 * 1000;

export function makeCertificate(options: CertificateOptions): Uint8Array {
  const { notBefore = NOW - YEAR, notAfter = NOW + YEAR, serial = 7, isCa = false } = options;
  const extension = (id: string, contents: Uint8Array, critical = false): Uint8Array =>
    sequence(oid(id), ...(critical ? [der(1, Uint8Array.of(0xff))] : []), der(4, contents));
  const limit = options.pathLength === undefined ? [] : [der(2, Uint8Array.of(options.pathLength))];
  const usage = options.usage ?? (isCa ? 0x06 : 0x80);
  const unused = Math.log2(usage & -usage);
  const extensions = [
    extension("2.5.29.19", isCa ? sequence(der(1, Uint8Array.of(0xff)), ...limit) : sequence(), true),
    extension("2.5.29.15", der(3, Uint8Array.of(unused, usage)), true),
    ...(options.extensions ?? []).map(([id, contents, critical]) => extension(id, contents, critical)),
  ];
  const signed = sequence(
    der(0xa0, der(2, Uint8Array.of(2))),
    derInteger(Uint8Array.of(serial >> 8, serial & 255)),
    options.by.algorithm,
    nameOf(options.issuer),
    sequence(time(notBefore), time(notAfter)),
    nameOf(options.subject),
    options.key.spki,
    der(0xa3, sequence(...extensions)),
  );
  return sequence(signed, options.by.algorithm, der(3, Uint8Array.of(0), options.by.sign(signed)));
}

/** A revocation list. */
export function makeRevocationList(
  issuer: string,
  by: Signer,
  serials: readonly number[],
  thisUpdate = NOW - YEAR / 12,
  nextUpdate: number | null = NOW + YEAR / 12,
  critical?: string,
  ofEntries?: readonly [id: string, critical: boolean],
): Uint8Array {
  const mark = der(1, Uint8Array.of(0xff));
  const more =
    ofEntries === undefined
      ? []
      : [sequence(sequence(oid(ofEntries[0]), ...(ofEntries[1] ? [mark] : []), der(4, der(5))))];
  const entries = serials.map((serial) =>
    sequence(derInteger(Uint8Array.of(serial >> 8, serial & 255)), time(NOW - YEAR / 10), ...more),
  );
  const signed = sequence(
    der(2, Uint8Array.of(1)),
    by.algorithm,
    nameOf(issuer),
    time(thisUpdate),
    ...(nextUpdate === null ? [] : [time(nextUpdate)]),
    ...(entries.length > 0 ? [sequence(new Uint8Array(Buffer.concat(entries)))] : []),
    ...(critical === undefined
      ? []
      : [der(0xa0, sequence(sequence(oid(critical), der(1, Uint8Array.of(0xff)), der(4, der(2, Uint8Array.of(1))))))]),
  );
  return sequence(signed, by.algorithm, der(3, Uint8Array.of(0), by.sign(signed)));
}
