import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import {
  type DocumentFormat,
  type Policy,
  type VerifyOptions,
  detectFormat,
  explainDocument,
  explanationHtml,
  explanationText,
  jsonText,
  parseCollateral,
  parsePolicy,
  readPem,
  verdictText,
  verifyDocument,
} from "@isinglass/enclave";
import { IsinglassError } from "@isinglass/interface";
import { type Command, type Invocation, flag, list, refuseOthers, text } from "../command.js";
import { naming, readInput } from "../input.js";
import { writeOutput } from "../output-file.js";

const REFUSED = 10;
/** What each kind of document is verified with; all else would be read and not looked at. */
const VERIFIED_WITH: Readonly<Record<DocumentFormat, { readonly what: string; readonly options: readonly string[] }>> =
  {
    "snp-report": { what: "an SNP report", options: ["policy", "cert", "crl", "root", "at", "json"] },
    quote: { what: "a quote", options: ["policy", "collateral", "event-log", "root", "at", "json"] },
    "nitro-document": { what: "a Nitro document", options: ["policy", "crl", "root", "at", "json"] },
  };

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** DER blocks of files that are DER or PEM. */
async function blocks(invocation: Invocation, option: string, label: string): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for (const path of list(invocation, option)) {
    const bytes = await readInput(path, `--${option}`);
    if (bytes[0] === 0x30) out.push(new Uint8Array(bytes));
    else out.push(...naming(path, `--${option}`, () => readPem(Buffer.from(bytes).toString("latin1"), label)));
  }
  return out;
}

/** What a text file that an option names holds, read. */
async function optional<T>(
  invocation: Invocation,
  option: string,
  read: (content: string) => T,
): Promise<T | undefined> {
  const path = text(invocation, option);
  if (path === undefined) return undefined;
  const bytes = await readInput(path, `--${option}`);
  return naming(path, `--${option}`, () => read(Buffer.from(bytes).toString("latin1")));
}

/** Raw bytes, or hexadecimal digits or base64 in a text file. */
async function readDocument(path: string, verb: string): Promise<Uint8Array> {
  const bytes = await readInput(path, `isg attest ${verb}:`);
  const content = Buffer.from(bytes).toString("latin1").trim();
  const digits = content.replace(/\s/g, "");
  if (digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits)) return new Uint8Array(Buffer.from(digits, "hex"));
  if (/^[A-Za-z0-9+/\s]+=*$/.test(content) && content.length > 100)
    return new Uint8Array(Buffer.from(content, "base64"));
  return new Uint8Array(bytes);
}

/** A day (its first moment) or a time, both of UTC. `Date.parse` also takes "foo 2025" and the 31st of February. */
function parseTime(at: string): number {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(at);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(at);
  const time = isDay || isTime ? Date.parse(at) : Number.NaN;
  // A day that the calendar has not becomes one of the next month, and 24:00 the next day.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, isDay ? 10 : 19) !== at.slice(0, isDay ? 10 : 19))
    throw usage(`--at ${at}: a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z, is wanted`);
  return time;
}

async function verifyOptions(invocation: Invocation): Promise<VerifyOptions> {
  const at = text(invocation, "at");
  const now = at === undefined ? Date.now() : parseTime(at);
  const policy: Policy = (await optional(invocation, "policy", parsePolicy)) ?? {};
  const collateral = await optional(invocation, "collateral", parseCollateral);
  const log = text(invocation, "event-log");
  const roots = await blocks(invocation, "root", "CERTIFICATE");
  return {
    crypto: nodeCrypto,
    now,
    policy,
    certificates: [...(await blocks(invocation, "cert", "CERTIFICATE")), ...roots],
    lists: await blocks(invocation, "crl", "X509 CRL"),
    ...(collateral === undefined ? {} : { collateral }),
    ...(log === undefined ? {} : { eventLog: await readInput(log, "--event-log") }),
    ...(roots.length === 0 ? {} : { roots: roots.map((root) => toHex(nodeCrypto.digest("SHA-256", root))) }),
  };
}

async function verify(invocation: Invocation, path: string): Promise<number> {
  const document = await readDocument(path, "verify");
  const format = naming(path, "isg attest verify:", () => detectFormat(document));
  const { what, options: taken } = VERIFIED_WITH[format];
  refuseOthers(invocation, `isg attest verify: ${path} is ${what}`, taken);
  const options = await verifyOptions(invocation);
  if (format === "quote" && options.collateral === undefined)
    throw usage(
      `isg attest verify: ${path} is a quote, which wants --collateral FILE: what Intel publishes of its platform`,
    );
  const verdict = await verifyDocument(document, options);
  const lines = verdictText(verdict);
  if (options.roots !== undefined) lines.push("trusted root: the one given with --root, not a vendor's");
  process.stdout.write(flag(invocation, "json") ? `${jsonText(verdict)}\n` : `${lines.join("\n")}\n`);
  return verdict.accepted ? 0 : REFUSED;
}

async function explain(invocation: Invocation, path: string): Promise<number> {
  refuseOthers(invocation, "isg attest explain", ["html", "json"]);
  const document = await readDocument(path, "explain");
  const explanation = naming(path, "isg attest explain:", () => explainDocument(document));
  const html = text(invocation, "html");
  if (html !== undefined) writeOutput(html, "--html", explanationHtml(explanation));
  else process.stdout.write(flag(invocation, "json") ? `${jsonText(explanation)}\n` : explanationText(explanation));
  return 0;
}

export const ATTEST: Command = {
  name: "attest",
  words: "verify|explain FILE",
  summary:
    "Verifies an attestation document, or explains each of its fields. Nothing is fetched: certificates come from files.",
  options: {
    policy: { type: "string", value: "FILE", help: "verify: what is wanted beyond a genuine document, as JSON" },
    cert: { type: "string", value: "FILE", help: "verify: certificates, PEM or DER", multiple: true },
    crl: { type: "string", value: "FILE", help: "verify: revocation lists, PEM or DER", multiple: true },
    collateral: { type: "string", value: "FILE", help: "verify: what Intel publishes of a quote's platform, as JSON" },
    "event-log": { type: "string", value: "FILE", help: "verify: a TD's event log, which has to lead to its RTMRs" },
    root: { type: "string", value: "FILE", help: "verify: a root to trust instead of the vendor's", multiple: true },
    at: {
      type: "string",
      value: "TIME",
      help: "verify: when everything has to be valid, such as 2026-01-31 (its first moment, UTC) or 2026-01-31T12:00:00Z; now unless given",
    },
    html: { type: "string", value: "FILE", help: "explain: write a page" },
    json: { type: "boolean", help: "print JSON" },
  },
  example: "isg attest explain report.bin",
  async run(invocation) {
    const [verb, path, ...rest] = invocation.words;
    if ((verb !== "verify" && verb !== "explain") || path === undefined || rest.length > 0)
      throw usage(`isg attest${invocation.words.map((word) => ` ${word}`).join("")}: verify FILE, or explain FILE`);
    return verb === "verify" ? verify(invocation, path) : explain(invocation, path);
  },
};
