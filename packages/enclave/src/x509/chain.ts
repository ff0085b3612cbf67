import { type CryptoProvider, equalBytes } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import type { Checks } from "../verdict.js";
import { type Certificate, fingerprint, signedBy } from "./certificate.js";
import type { RevocationList } from "./crl.js";

/** Whom a chain may end in, and when. */
export interface ChainOptions {
  readonly crypto: CryptoProvider;
  /** Milliseconds since 1970 at which everything has to be valid. */
  readonly now: number;
  /** SHA-256 of root certificates that are trusted, hexadecimal. */
  readonly roots: readonly string[];
  /** Revocation lists; with `requireLists`, each issuer of the chain must have one, or each but the first certificate's. What none covers is told as not checked. */
  readonly lists?: readonly RevocationList[];
  readonly requireLists?: boolean | "authorities";
  /** `any`: the chain is an authority's, or its caller asks what the first key may do. Otherwise that has to be one that may sign data. */
  readonly leafKey?: "any";
}

/**
 * Refuses a time that is none: every comparison with NaN is false, so that whoever asks whether something has expired would hear "no".
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_TIME`
 */
export function checkTime(now: unknown): void {
  if (!Number.isFinite(now))
    throw new IsinglassError(
      "ISG_ENCLAVE_BAD_TIME",
      `now: ${String(now)} is no time; milliseconds since 1970, such as Date.now(), are wanted`,
    );
}

/** Whether a time lies in a span; one that is no number lies in none. */
export function isWithin(now: number, from: number, to: number): boolean {
  return now >= from && now <= to;
}

/** A time as text, in UTC to the second: what begins or ends within the day of the verification would look valid as a day. */
export function timeText(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15
    ? `${new Date(time).toISOString().slice(0, -5)}Z`
    : "no date";
}

/**
 * Checks a chain, leaf first, root last: every signature, names, validity, basic constraints, that the root is one of the trusted, and revocation.
 *
 * @param prefix of the checks' names
 */
export async function checkChain(
  checks: Checks,
  prefix: string,
  chain: readonly Certificate[],
  options: ChainOptions,
): Promise<boolean> {
  const { crypto, now } = options;
  const before = checks.list.length;
  const root = chain.at(-1);
  if (root === undefined) {
    checks.add(`${prefix}.chain`, false, "there is no certificate");
    return false;
  }
  const print = await fingerprint(crypto, root.der);
  checks.add(`${prefix}.root`, options.roots.includes(print), `${root.subject}, SHA-256 ${print}`);
  const broken: string[] = [];
  const expired: string[] = [];
  for (const [i, certificate] of chain.entries()) {
    const issuer = chain[i + 1] ?? certificate;
    const name = certificate.subject;
    if (certificate.issuer !== issuer.subject)
      broken.push(`${name} names ${certificate.issuer} as its issuer, not ${issuer.subject}`);
    // eslint-disable-next-line no-await-in-loop -- a chain has three links, and the first broken one is what is told
    else if (!(await signedBy(crypto, certificate, issuer.publicKey)))
      broken.push(`${name} is not signed by ${issuer.subject}`);
    if (certificate.strangers.length > 0)
      broken.push(`${name} has critical extensions that are not understood: ${certificate.strangers.join(", ")}`);
    if (i === 0 && options.leafKey !== "any" && !certificate.maySignData) broken.push(`${name} may not sign data`);
    if (i > 0 && !(certificate.isCa && certificate.maySignCertificates))
      broken.push(`${name} may not sign certificates`);
    if (i > 0 && certificate.pathLength !== undefined && certificate.pathLength < i - 1)
      broken.push(`${name} allows ${certificate.pathLength} authorities below it, there are ${i - 1}`);
    if (!isWithin(now, certificate.notBefore, certificate.notAfter))
      expired.push(`${name} is valid from ${timeText(certificate.notBefore)} to ${timeText(certificate.notAfter)}`);
  }
  const count = `${chain.length} certificates`;
  checks.add(`${prefix}.signatures`, broken.length === 0, broken.length === 0 ? count : broken.join("; "));
  checks.add(
    `${prefix}.validity`,
    expired.length === 0,
    expired.length === 0 ? `all valid at ${timeText(now)}` : `${expired.join("; ")}; the time is ${timeText(now)}`,
  );
  await checkRevocation(checks, prefix, chain, options);
  return checks.list.slice(before).every((check) => check.passed);
}

async function checkRevocation(
  checks: Checks,
  prefix: string,
  chain: readonly Certificate[],
  options: ChainOptions,
): Promise<void> {
  const { lists = [], crypto, now } = options;
  const wrong: string[] = [];
  const uncovered: string[] = [];
  let used = 0;
  for (const [i, certificate] of chain.slice(0, -1).entries()) {
    const issuer = chain[i + 1]!;
    const own = lists.filter((list) => list.issuer === issuer.subject);
    const isRequired = options.requireLists === true || (options.requireLists === "authorities" && i > 0);
    if (own.length === 0 && isRequired) wrong.push(`there is no revocation list of ${issuer.subject}`);
    else if (own.length === 0) uncovered.push(certificate.subject);
    for (const list of own) {
      used += 1;
      // eslint-disable-next-line no-await-in-loop -- one or two lists
      if (!(await signedBy(crypto, list, issuer.publicKey)))
        wrong.push(`the list of ${issuer.subject} is not signed by it`);
      if (!issuer.maySignLists) wrong.push(`${issuer.subject} may not sign revocation lists`);
      if (list.strangers.length > 0)
        wrong.push(
          `the list of ${issuer.subject} is not of all that it revoked: extension ${list.strangers.join(", ")}`,
        );
      // A list that does not say when the next one comes would be good for ever (RFC 5280, 5.1.2.5: it has to say).
      if (!isWithin(now, list.thisUpdate, list.nextUpdate ?? -Infinity))
        wrong.push(
          `the list of ${issuer.subject} is valid from ${timeText(list.thisUpdate)} to ${timeText(list.nextUpdate ?? Number.NaN)}`,
        );
      if (list.revoked.has(certificate.serial))
        wrong.push(`${certificate.subject} has been revoked (serial ${certificate.serial})`);
    }
  }
  if (lists.length > 0 && used === 0) wrong.push("no list that was given is of an issuer in this chain");
  if (used > 0 || wrong.length > 0)
    checks.add(
      `${prefix}.revocation`,
      wrong.length === 0,
      wrong.length === 0 ? `${used} revocation lists` : wrong.join("; "),
    );
  if (uncovered.length > 0)
    checks.skip(
      `${prefix}.revocation`,
      `no list was given that would say that it has been revoked: ${uncovered.join("; ")}`,
    );
}

/** Certificates in the order leaf to root, whatever order they came in; those that do not belong are dropped. */
export function orderChain(leaf: Certificate, others: readonly Certificate[]): Certificate[] {
  const chain = [leaf];
  for (;;) {
    const last = chain.at(-1)!;
    if (last.subject === last.issuer) return chain;
    const next = others.find(
      (one) => one.subject === last.issuer && !chain.some((used) => equalBytes(used.der, one.der)),
    );
    if (next === undefined) return chain;
    chain.push(next);
  }
}
