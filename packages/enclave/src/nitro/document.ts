import { type CryptoProvider, noble, toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { printable } from "../explain.js";
import { type ExplainedField, explainBytes, explainValue } from "../layout.js";
import { type Policy, checkOneOf, checkPolicyForm, checkWishes, skipUnasked } from "../policy.js";
import { VENDOR_ROOTS } from "../roots.js";
import { Checks, type Verdict } from "../verdict.js";
import { parseCertificate } from "../x509/certificate.js";
import { checkChain, checkTime, timeText } from "../x509/chain.js";
import { parseRevocationList } from "../x509/crl.js";
import { type CborPlace, type CoseSign1, TAG_SIGN1, cborMembers, coseSigned, decodeCbor, parseCose } from "./cose.js";

/** COSE's number of ECDSA P-384 with SHA-384. */
const ES384 = -35;
const MOST_CERTIFICATES = 8;
const MOST_PAYLOAD = 16_384;
/** How far a document may be ahead of the verifier's clock: both clocks are kept by others. */
const MOST_AHEAD_MS = 60_000;
/** The members that the specification has. */
const KNOWN_MEMBERS: readonly unknown[] = [
  "module_id",
  "digest",
  "timestamp",
  "pcrs",
  "certificate",
  "cabundle",
  "public_key",
  "user_data",
  "nonce",
];

/** An attestation document of AWS Nitro Enclaves (AWS, "attestation_process.md" of aws-nitro-enclaves-nsm-api, 3.1). */
export interface NitroDocument {
  readonly cose: CoseSign1;
  readonly moduleId: string;
  /** `SHA384`. */
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** The enclave's certificate, DER. */
  readonly certificate: Uint8Array;
  /** Root first. */
  readonly caBundle: readonly Uint8Array[];
  readonly publicKey: Uint8Array | undefined;
  readonly userData: Uint8Array | undefined;
  readonly nonce: Uint8Array | undefined;
  /** Members that the specification does not have, by name as text can show it. They are signed, and nothing here looks at them. */
  readonly extra: readonly string[];
}

function bad(message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_NITRO", `Nitro document: ${message}`);
}

/** A key of a map as text: a text in quotes, so that nothing else looks like it. Of a list or map that it is one: its text could go deeper than the stack. */
function keyText(key: unknown): string {
  if (typeof key === "string") return printable(JSON.stringify(key));
  if (Array.isArray(key)) return "a list";
  if (key instanceof Map) return "a map";
  return key instanceof Uint8Array ? `h'${toHex(key)}'` : printable(String(key));
}

/** Members with their kinds; a member of another kind is refused. */
class Members {
  readonly #map: ReadonlyMap<unknown, unknown>;

  constructor(value: unknown) {
    if (!(value instanceof Map)) throw bad("the payload is no map");
    this.#map = value;
  }

  /** Those with other keys. */
  others(): string[] {
    return [...this.#map.keys()].filter((key) => !KNOWN_MEMBERS.includes(key)).map((key) => keyText(key));
  }

  text(name: string): string {
    const value = this.#map.get(name);
    if (typeof value !== "string" || value.length === 0) throw bad(`${name} is not text`);
    return value;
  }

  number(name: string): number {
    const value = this.#map.get(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value <= 0) throw bad(`${name} is not a number`);
    return value;
  }

  bytes(name: string, most: number): Uint8Array {
    const value = this.#map.get(name);
    if (!(value instanceof Uint8Array) || value.length === 0 || value.length > most)
      throw bad(`${name} is not 1 to ${most} bytes`);
    return value;
  }

  /** The specification says that no member is null; documents have it where nothing was asked for. */
  optional(name: string, least: number, most: number): Uint8Array | undefined {
    const value = this.#map.get(name);
    if (value === undefined || value === null) return undefined;
    if (!(value instanceof Uint8Array) || value.length < least || value.length > most)
      throw bad(`${name} is neither null nor ${least} to ${most} bytes`);
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.#map.get(name);
    if (!Array.isArray(value)) throw bad(`${name} is no list`);
    return value;
  }

  map(name: string): ReadonlyMap<unknown, unknown> {
    const value = this.#map.get(name);
    if (!(value instanceof Map)) throw bad(`${name} is no map`);
    return value;
  }
}

/**
 * Reads an attestation document.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_NITRO`, `ISG_ENCLAVE_BAD_COSE`
 */
export function parseNitroDocument(bytes: Uint8Array): NitroDocument {
  const cose = parseCose(bytes);
  if (cose.payload.length === 0 || cose.payload.length > MOST_PAYLOAD)
    throw bad(`a payload of ${cose.payload.length} bytes; 1 to ${MOST_PAYLOAD} are right`);
  const members = new Members(decodeCbor(cose.payload, "the payload"));
  const pcrs = new Map<number, Uint8Array>();
  for (const [index, value] of members.map("pcrs")) {
    if (
      !Number.isInteger(index) ||
      (index as number) < 0 ||
      (index as number) > 31 ||
      !(value instanceof Uint8Array) ||
      ![32, 48, 64].includes(value.length)
    )
      throw bad("a PCR is not one of 0 to 31 with 32, 48 or 64 bytes");
    pcrs.set(index as number, value);
  }
  if (pcrs.size === 0) throw bad("it has no PCRs");
  const caBundle = members.list("cabundle").map((one) => {
    if (!(one instanceof Uint8Array) || one.length === 0 || one.length > 1024)
      throw bad("a certificate of cabundle is not 1 to 1,024 bytes");
    return one;
  });
  if (caBundle.length === 0 || caBundle.length > MOST_CERTIFICATES)
    throw bad(`cabundle has ${caBundle.length} certificates`);
  return {
    cose,
    moduleId: members.text("module_id"),
    digest: members.text("digest"),
    timestamp: members.number("timestamp"),
    pcrs,
    certificate: members.bytes("certificate", 1024),
    caBundle,
    publicKey: members.optional("public_key", 1, 1024),
    userData: members.optional("user_data", 0, 512),
    nonce: members.optional("nonce", 0, 512),
    extra: members.others(),
  };
}

const PCR_MEANINGS: Readonly<Record<number, string>> = {
  0: "the enclave image",
  1: "kernel and boot ramdisk",
  2: "application: the ramdisks after the first",
  3: "IAM role of the parent instance",
  4: "ID of the parent instance",
  8: "certificate that signed the image",
};

/** Every member of a document: those of the specification in its order, then what else is there. */
export function explainNitroDocument(bytes: Uint8Array): ExplainedField[] {
  const document = parseNitroDocument(bytes);
  const { cose } = document;
  const tag = bytes[0] === TAG_SIGN1 ? 1 : 0;
  const outer = cborMembers(bytes.subarray(tag));
  const payloadAt = tag + outer[2]!.at;
  const payload = cborMembers(cose.payload);
  const members = new Map(payload.map((one) => [one.key, one]));
  const within = (name: string, key: number): CborPlace | undefined =>
    members.get(name)?.members.find((one) => one.key === key);
  const out: ExplainedField[] = [];
  const add = (name: string, place: CborPlace | undefined, from: number, meaning: string, value?: string): void => {
    const at = from + (place?.at ?? 0);
    if (place === undefined) out.push(explainValue(name, 0, "none", meaning));
    else out.push(explainBytes(name, at, bytes.subarray(at, at + place.size), meaning, value));
  };
  const member = (
    name: string,
    meaning: string,
    value?: string,
    place: CborPlace | undefined = members.get(name),
  ): void => add(name, place, payloadAt, meaning, value);
  const asked = (name: string, part: Uint8Array | undefined, meaning: string): void =>
    member(name, meaning, part === undefined ? "none" : part.length === 0 ? "empty" : undefined);
  const algorithm = `{1: ${cose.algorithm}} ${cose.algorithm === ES384 ? "ES384" : "unknown"}`;
  add("protected", outer[0], tag, "protected header: the algorithm", algorithm);
  member("module_id", "the Nitro security module that issued it", document.moduleId);
  member("digest", "hash of the PCRs", document.digest);
  member("timestamp", "milliseconds since 1970, UTC", `${document.timestamp}`);
  for (const i of document.pcrs.keys())
    member(`pcrs.${i}`, PCR_MEANINGS[i] ?? "what the enclave measured", undefined, within("pcrs", i));
  member("certificate", "certificate of the key that signed it", `${document.certificate.length} bytes`);
  document.caBundle.forEach((one, i) =>
    member(`cabundle.${i}`, i === 0 ? "root" : "authority", `${one.length} bytes`, within("cabundle", i)),
  );
  asked("public_key", document.publicKey, "a key that the enclave had signed");
  asked("user_data", document.userData, "what the enclave had signed");
  asked("nonce", document.nonce, "what the asker sent");
  for (const one of payload.filter(({ key }) => !KNOWN_MEMBERS.includes(key)))
    member(
      `extra ${keyText(one.key)}`,
      "a member that the specification does not have: signed, not looked at",
      undefined,
      one,
    );
  add("signature", outer[3], tag, "r and s, P-384");
  return out;
}

/** What a document is verified with. */
export interface NitroVerifyOptions {
  readonly crypto?: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** SHA-256 of trusted roots; AWS's unless given. */
  readonly roots?: readonly string[];
  readonly lists?: readonly Uint8Array[];
  readonly policy?: Policy;
}

function checkPolicy(checks: Checks, document: NitroDocument, now: number, policy: Policy): void {
  checkWishes(checks, "nitro-document", policy);
  const image = document.pcrs.get(0);
  const debug = image === undefined || image.every((byte) => byte === 0);
  checks.add(
    "policy.debug",
    policy.allowDebug === true || !debug,
    debug ? "PCR 0 is zero: the enclave runs in debug mode" : "PCR 0 is set",
  );
  for (const [index, wanted] of Object.entries(policy.pcrs ?? {})) {
    const found = document.pcrs.get(Number(index));
    checkOneOf(checks, `policy.pcr${index}`, [wanted], found === undefined ? "missing" : toHex(found));
  }
  const hex = (part: Uint8Array | undefined): string => (part === undefined ? "missing" : toHex(part));
  checkOneOf(checks, "policy.nonce", policy.nonce === undefined ? undefined : [policy.nonce], hex(document.nonce));
  checkOneOf(
    checks,
    "policy.user-data",
    policy.reportData === undefined ? undefined : [policy.reportData],
    hex(document.userData),
  );
  if (policy.maximumAge !== undefined) {
    const age = (now - document.timestamp) / 1000;
    checks.add("policy.age", age <= policy.maximumAge, `${Math.round(age)} s; at most ${policy.maximumAge}`);
  }
}

/** What the policy leaves open, and what no policy can ask for. */
function skipRest(checks: Checks, document: NitroDocument, policy: Policy): void {
  const asked = Object.keys(policy.pcrs ?? {}).map(Number);
  const open = [...document.pcrs.keys()].filter((i) => !asked.includes(i));
  if (open.length > 0) {
    const isAny = [0, 1, 2].every((i) => open.includes(i)) ? ": whatever enclave is taken" : "";
    checks.skip("policy.pcrs", `PCR ${open.join(", ")}${isAny}`);
  }
  const text = (part: Uint8Array | undefined): string => (part === undefined ? "none" : toHex(part));
  skipUnasked(checks, policy, [
    ["nonce", `nonce ${text(document.nonce)}: nothing says that this document was made for you`],
    ["reportData", `user_data ${text(document.userData)}: whatever the enclave had signed is taken`],
    ["maximumAge", `made at ${timeText(document.timestamp)}: it may be as old as its certificate`],
  ]);
  const others = document.extra.length === 0 ? "" : `; members that are not known: ${document.extra.join(", ")}`;
  checks.skip("document.other-members", `module_id, public_key${others}`);
}

/**
 * Verifies a Nitro document: COSE signature, chain up to AWS's root, and a policy. Whatever is wrong is a failed check.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_TIME`, `ISG_ENCLAVE_BAD_POLICY`
 */
export async function verifyNitroDocument(bytes: Uint8Array, options: NitroVerifyOptions): Promise<Verdict> {
  checkTime(options.now);
  const policy = options.policy ?? {};
  checkPolicyForm(policy);
  const crypto = options.crypto ?? noble;
  const checks = new Checks();
  try {
    const document = parseNitroDocument(bytes);
    const { cose } = document;
    checks.add("document.algorithm", cose.algorithm === ES384, `${cose.algorithm}; ${ES384} is ES384`);
    checks.add(
      "document.digest",
      document.digest === "SHA384" && [...document.pcrs.values()].every((pcr) => pcr.length === 48),
      `${document.digest}; SHA384 is known`,
    );
    const leaf = parseCertificate(document.certificate, "the enclave's certificate");
    const above = document.caBundle.map((der, i) => parseCertificate(der, `certificate ${i} of cabundle`)).reverse();
    const lists = (options.lists ?? []).map((der, i) => parseRevocationList(der, `revocation list ${i}`));
    await checkChain(checks, "certificate", [leaf, ...above], {
      crypto,
      now: options.now,
      roots: options.roots ?? [VENDOR_ROOTS.nitro],
      lists,
      requireLists: policy.requireRevocation ?? false,
      leafKey: "any",
    });
    checks.add(
      "document.time",
      document.timestamp <= options.now + MOST_AHEAD_MS,
      `made at ${timeText(document.timestamp)}; the time is ${timeText(options.now)}, and at most ${MOST_AHEAD_MS / 1000} s ahead of it are taken`,
    );
    checks.add(
      "certificate.usage",
      leaf.maySignData && !leaf.isCa,
      leaf.maySignData
        ? leaf.isCa
          ? "an authority's certificate"
          : "its key signs data"
        : "its key may not sign data",
    );
    const key = leaf.publicKey;
    const right =
      key.kind === "ec" &&
      key.curve === "P-384" &&
      (await crypto.ecdsaVerify(
        "P-384",
        "SHA-384",
        key.point,
        coseSigned(cose.protectedHeader, cose.payload),
        cose.signature,
      ));
    checks.add(
      "document.signature",
      right,
      right ? "made by the key of the certificate" : "not made by the key of the certificate",
    );
    checkPolicy(checks, document, options.now, policy);
    skipRest(checks, document, policy);
  } catch (problem) {
    checks.add("form", false, problem instanceof Error ? problem.message : String(problem));
  }
  return checks.verdict("nitro-document");
}
