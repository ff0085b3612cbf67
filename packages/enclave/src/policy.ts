import { IsinglassError } from "@isinglass/interface";
import { decode as decodeJson } from "cborg/json";
import { printable } from "./explain.js";
import type { Checks } from "./verdict.js";

/** Least security versions of SNP firmware, by component. */
export type TcbMinimum = Readonly<Partial<Record<"fmc" | "bootLoader" | "tee" | "snp" | "microcode", number>>>;

/** What a relying party wants of a document, beyond its being genuine. Digests are hexadecimal. What is not given is not looked at, but debugging and migration are forbidden unless allowed. */
export interface Policy {
  readonly allowDebug?: boolean;
  /** Accept an SNP guest or a TD that another platform may take over: its migration agent or service TD sees all that it holds, and is not looked at. */
  readonly allowMigration?: boolean;
  /** SNP MEASUREMENT, TDX MRTD: any of these. */
  readonly measurements?: readonly string[];
  readonly reportData?: string;
  readonly hostData?: string;
  readonly idKeyDigests?: readonly string[];
  readonly authorKeyDigests?: readonly string[];
  /** Least security version of guest or enclave. */
  readonly minimumSvn?: number;
  readonly maximumVmpl?: number;
  /** Of SNP's REPORTED_TCB, which the signing key stands for: the firmware that runs now, or older. */
  readonly minimumTcb?: TcbMinimum;
  /** Of SNP's LAUNCH_TCB: the firmware under which the guest was launched or imported may have been older. */
  readonly minimumLaunchTcb?: TcbMinimum;
  readonly mrEnclaves?: readonly string[];
  readonly mrSigners?: readonly string[];
  readonly productId?: number;
  /** RTMR 0 to 3; null is not looked at. */
  readonly rtmrs?: readonly (string | null)[];
  /** TCB states of Intel's collateral that are good enough; `UpToDate` alone unless given. */
  readonly tcbStates?: readonly string[];
  /** Nitro PCRs by number. */
  readonly pcrs?: Readonly<Record<string, string>>;
  readonly nonce?: string;
  /** Oldest document, in seconds. */
  readonly maximumAge?: number;
  /**
   * `true`: every certificate but the root has to be covered by a revocation list of its issuer that was given. `authorities`: those that certify others have to; that of the key that
   * signed the document need not, as AMD and AWS publish no list of those.
   */
  readonly requireRevocation?: boolean | "authorities";
}

/** Letters in a policy: some thousand digests. */
const MOST_LETTERS = 2 ** 20;

const KINDS: Readonly<Record<keyof Policy, (value: unknown) => boolean>> = {
  allowDebug: (value) => typeof value === "boolean",
  allowMigration: (value) => typeof value === "boolean",
  measurements: isHexList,
  reportData: isHex,
  hostData: isHex,
  idKeyDigests: isHexList,
  authorKeyDigests: isHexList,
  minimumSvn: isCount,
  maximumVmpl: isCount,
  minimumTcb: isTcb,
  minimumLaunchTcb: isTcb,
  mrEnclaves: isHexList,
  mrSigners: isHexList,
  productId: isCount,
  rtmrs: (value) => Array.isArray(value) && value.length <= 4 && value.every((one) => one === null || isHex(one)),
  tcbStates: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  pcrs: (value) =>
    isObject(value) && Object.entries(value).every(([name, one]) => /^\d{1,2}$/.test(name) && isHex(one)),
  nonce: isHex,
  maximumAge: isCount,
  requireRevocation: (value) => typeof value === "boolean" || value === "authorities",
};

/** Wishes that a document of a kind can fulfil. What allows something is none: it takes a wish back. */
const WISHES: Readonly<Record<string, readonly (keyof Policy)[]>> = {
  "snp-report": [
    "measurements",
    "reportData",
    "hostData",
    "idKeyDigests",
    "authorKeyDigests",
    "minimumSvn",
    "maximumVmpl",
    "minimumTcb",
    "minimumLaunchTcb",
    "requireRevocation",
  ],
  "sgx-quote": ["mrEnclaves", "mrSigners", "productId", "minimumSvn", "reportData", "tcbStates", "requireRevocation"],
  "tdx-quote": ["measurements", "rtmrs", "reportData", "tcbStates", "requireRevocation"],
  "nitro-document": ["pcrs", "nonce", "reportData", "maximumAge", "requireRevocation"],
};

/** Records which wishes nobody has, each with what may then be anything. */
export function skipUnasked(
  checks: Checks,
  policy: Policy,
  wishes: readonly (readonly [member: keyof Policy, detail: string])[],
): void {
  for (const [member, detail] of wishes) {
    const asked = policy[member];
    // An object without members asks for nothing; an empty list of what is allowed allows nothing.
    const isEmpty = typeof asked === "object" && !Array.isArray(asked) && Object.keys(asked).length === 0;
    if (asked === undefined || isEmpty) checks.skip(`policy.${member}`, detail);
  }
}

/** Refuses wishes that a document of this kind says nothing of: somebody could otherwise answer a policy for enclaves with a report of some virtual machine. */
export function checkWishes(checks: Checks, format: string, policy: Policy): void {
  const wishes = WISHES[format] ?? [];
  const vain = Object.keys(policy).filter((name) => !name.startsWith("allow") && !wishes.some((one) => one === name));
  for (const name of vain)
    checks.add(
      `policy.${name}`,
      false,
      `the policy asks for it; a document of this kind, ${format}, says nothing of it`,
    );
}

function isHex(value: unknown): boolean {
  return typeof value === "string" && /^([0-9a-f]{2})*$/i.test(value);
}

function isHexList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => isHex(one));
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isTcb(value: unknown): boolean {
  const names = ["fmc", "bootLoader", "tee", "snp", "microcode"];
  return isObject(value) && Object.entries(value).every(([name, one]) => names.includes(name) && isCount(one));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Refuses a member that comes twice: JSON.parse takes the last, and the wish before it would not be looked at. */
function checkDoubles(text: string): void {
  // Other letters than ASCII's stand in strings alone, where an escape means the same.
  const ascii = text.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  try {
    decodeJson(
      Uint8Array.from(ascii, (letter) => letter.charCodeAt(0)),
      { rejectDuplicateMapKeys: true },
    );
  } catch (problem) {
    const why = problem instanceof Error ? printable(problem.message) : "";
    throw new IsinglassError(
      "ISG_ENCLAVE_BAD_POLICY",
      `policy: each member may come once (${why})`,
      {},
      { cause: problem },
    );
  }
}

/**
 * Reads a policy out of JSON. A name that is not known is an error, and so is one that comes twice: a wish that is misspelt or overwritten would otherwise not be checked.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_POLICY`
 */
export function parsePolicy(text: string): Policy {
  if (text.length > MOST_LETTERS)
    throw new IsinglassError(
      "ISG_ENCLAVE_BAD_POLICY",
      `policy: ${text.length} letters; at most ${MOST_LETTERS} are taken`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new IsinglassError("ISG_ENCLAVE_BAD_POLICY", "policy: it is not JSON");
  }
  checkPolicyForm(value);
  checkDoubles(text);
  return value;
}

/** The beginning of a value, for a message: lists in lists could go deeper than the stack, and round in a circle. */
function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return printable(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/**
 * Refuses what is no policy: a wish that is misspelt, or of another kind, would otherwise not be looked at. Policies that are made in a program go through it too.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_POLICY`
 */
export function checkPolicyForm(value: unknown): asserts value is Policy {
  if (!isObject(value)) throw new IsinglassError("ISG_ENCLAVE_BAD_POLICY", "policy: it is not an object");
  for (const [name, one] of Object.entries(value)) {
    if (!Object.hasOwn(KINDS, name))
      throw new IsinglassError(
        "ISG_ENCLAVE_BAD_POLICY",
        `policy: ${printable(name.slice(0, 80))} is not known; there are ${Object.keys(KINDS).join(", ")}`,
      );
    if (!KINDS[name as keyof Policy](one))
      throw new IsinglassError("ISG_ENCLAVE_BAD_POLICY", `policy: ${name} cannot be ${shown(one)}`);
  }
}

/** A value that has to be one of a list; without a list it is not looked at. */
export function checkOneOf(checks: Checks, name: string, wanted: readonly string[] | undefined, found: string): void {
  if (wanted === undefined) return;
  const good = wanted.some((one) => one.toLowerCase() === found);
  checks.add(name, good, good ? found : `${found}; wanted ${wanted.join(" or ") || "none at all"}`);
}

/** A number that has to be large enough. @param of what it is of, before it in the text */
export function checkMinimum(checks: Checks, name: string, least: number | undefined, found: number, of = ""): void {
  if (least !== undefined) checks.add(name, found >= least, `${of}${found}; at least ${least}`);
}
