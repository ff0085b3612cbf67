import { fromHex, toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { describe, expect, it } from "vitest";
import {
  explanationHtml,
  jsonText,
  parseCertificate,
  parseRevocationList,
  readPem,
  verdictText,
} from "../src/index.js";
import { Checks } from "../src/verdict.js";
import { checkChain, orderChain } from "../src/x509/chain.js";
import { oidText } from "../src/x509/der.js";
import {
  NOW,
  type CertificateOptions,
  der,
  ecSigner,
  makeCertificate,
  makeRevocationList,
  oid,
  rsaPssSigner,
  sequence,
} from "./support/authority.js";
import { haveOpenssl, opensslVerify } from "./support/openssl.js";

// Chains of test keys with one thing wrong; OpenSSL is asked the same where it looks at it.

const [root, middle, leaf] = [ecSigner("P-256"), ecSigner("P-256"), ecSigner("P-256")];
const NAME_CONSTRAINTS = "2.5.29.30";
const DELTA_INDICATOR = "2.5.29.27";

type Change = Partial<CertificateOptions>;

/** Leaf, authority and root, with changes. */
function makeChain(changes: { root?: Change; middle?: Change; leaf?: Change } = {}): readonly Uint8Array[] {
  const own = { isCa: true, by: root, issuer: "Root" };
  return [
    makeCertificate({ subject: "Leaf", issuer: "Middle", key: leaf, by: middle, serial: 77, ...changes.leaf }),
    makeCertificate({ ...own, subject: "Middle", key: middle, serial: 8, ...changes.middle }),
    makeCertificate({ ...own, subject: "Root", key: root, ...changes.root }),
  ];
}

/** Details of the checks that failed. */
async function wrong(
  chain: readonly Uint8Array[],
  lists: readonly Uint8Array[] = [],
  when: { readonly now: number } = { now: NOW },
): Promise<string[]> {
  const checks = new Checks();
  await checkChain(
    checks,
    "x",
    chain.map((one) => parseCertificate(one)),
    {
      crypto: nodeCrypto,
      ...when,
      roots: [toHex(nodeCrypto.digest("SHA-256", chain.at(-1)!))],
      lists: lists.map((one) => parseRevocationList(one)),
    },
  );
  return checks.list.filter((check) => !check.passed).map((check) => check.detail);
}

const DAY = 86_400_000;

describe("a time that is none", () => {
  it.each([Number.NaN, undefined as unknown as number])("%s is no time at which anything is valid", async (now) => {
    const found = await wrong(makeChain(), [makeRevocationList("Middle", middle, [])], { now });
    expect(found.join("\n")).toMatch(/Leaf.*; the time is no date\nthe list of .* is valid from/);
  });
});

describe("a chain of certificates", () => {
  it.each<[string, Parameters<typeof makeChain>[0], RegExp | undefined]>([
    ["as it should be", {}, undefined],
    ["with room for the authorities that there are", { root: { pathLength: 1 }, middle: { pathLength: 0 } }, undefined],
    [
      "with more authorities than the root allows",
      { root: { pathLength: 0 } },
      /Root allows 0 authorities below it, there are 1|allows 0 authorities/,
    ],
    [
      "whose authority's key may not sign certificates",
      { middle: { usage: 0x02 } },
      /Middle.* may not sign certificates/,
    ],
    ["whose authority is none", { middle: { isCa: false, usage: 0x06 } }, /Middle.* may not sign certificates/],
    [
      "with constraints that nobody here understands",
      { middle: { extensions: [[NAME_CONSTRAINTS, sequence(), true]] } },
      /critical extensions that are not understood: 2\.5\.29\.30/,
    ],
    [
      "with a private critical extension in the leaf",
      { leaf: { extensions: [["1.2.3.4", der(5), true]] } },
      /not understood: 1\.2\.3\.4/,
    ],
    ["with the same extension uncritical", { leaf: { extensions: [["1.2.3.4", der(5)]] } }, undefined],
    [
      "whose leaf is for something that it says in a critical extension",
      { leaf: { extensions: [["2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1")), true]] } },
      /Leaf.* not understood: 2\.5\.29\.37/,
    ],
    [
      "whose leaf says so uncritically",
      { leaf: { extensions: [["2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))]] } },
      undefined,
    ],
    ["whose leaf's key may only agree on keys", { leaf: { usage: 0x08 } }, /Leaf.* may not sign data/],
    [
      "of which one has expired",
      { middle: { notAfter: NOW - 1000 } },
      /Middle.* is valid from 2025-06-01T00:00:00Z to 2026-05-31T23:59:59Z; the time is 2026-06-01T00:00:00Z/,
    ],
    ["of which one is not valid yet", { leaf: { notBefore: NOW + 1000 } }, /Leaf/],
    ["whose leaf another key signed", { leaf: { by: root } }, /Leaf.* is not signed by .*Middle/],
  ])("%s", async (_what, changes, message) => {
    const chain = makeChain(changes);
    const found = await wrong(chain);
    if (message === undefined) expect(found).toEqual([]);
    else expect(found.join()).toMatch(message);
    // OpenSSL understands name constraints, which these are empty ones of, and extended key usage; what a leaf's key may do is its caller's to ask.
    if (!haveOpenssl() || /5\\\.29|sign data/.test(message?.source ?? "")) return;
    const { code } = opensslVerify(chain, NOW);
    expect(code === 0).toBe(message === undefined);
  });

  it("with an extension that comes twice is none", () => {
    const twice = [
      ["1.2.3.4", der(5)],
      ["1.2.3.4", der(5)],
    ] as const;
    const made = makeCertificate({ subject: "Leaf", issuer: "Middle", key: leaf, by: middle, extensions: twice });
    expect(() => parseCertificate(made)).toThrow(/comes twice/);
  });

  it("with a negative serial number is none", () => {
    const made = makeCertificate({ subject: "Leaf", issuer: "Middle", key: leaf, by: middle, serial: 0x45 });
    expect(parseCertificate(made).serial).toBe("45");
    // Version 3 in its wrapper, then the serial number: 02 01 45.
    const at = Buffer.from(made).indexOf(Buffer.from("a003020102020145", "hex")) + 7;
    made[at] = 0xc5;
    expect(() => parseCertificate(made)).toThrow(/the serial number is no positive number/);
  });

  it("is put in order from any order, and ends where the next one is missing", () => {
    const chain = makeChain().map((one) => parseCertificate(one));
    const [first, second, third] = chain as [
      (typeof chain)[0] & object,
      (typeof chain)[0] & object,
      (typeof chain)[0] & object,
    ];
    expect(orderChain(first, [third, first, second])).toEqual([first, second, third]);
    expect(orderChain(first, [third])).toEqual([first]);
    expect(orderChain(third, [first, second])).toEqual([third]);
  });
});

describe("revocation lists", () => {
  it.each<[string, () => Uint8Array, RegExp | undefined]>([
    ["that name neither", () => makeRevocationList("Middle", middle, [1, 2]), undefined],
    ["that name the leaf", () => makeRevocationList("Middle", middle, [1, 77]), /Leaf has been revoked \(serial 4d\)/],
    ["that name the authority", () => makeRevocationList("Root", root, [8]), /Middle has been revoked/],
    [
      "of somebody else",
      () => makeRevocationList("Nobody", middle, []),
      /no list that was given is of an issuer in this chain/,
    ],
    ["that another key signed", () => makeRevocationList("Middle", root, []), /is not signed by it/],
    [
      "that are too old",
      () => makeRevocationList("Middle", middle, [], NOW - 2 * DAY, NOW - DAY),
      /valid from 2026-05-30T00:00:00Z to 2026-05-31T00:00:00Z/,
    ],
    [
      "from the future",
      () => makeRevocationList("Middle", middle, [], NOW + DAY, NOW + 2 * DAY),
      /valid from 2026-06-02/,
    ],
    [
      "that do not say when the next one comes",
      () => makeRevocationList("Middle", middle, [], NOW - DAY, null),
      /to no date/,
    ],
    [
      "that are only what was added to another",
      () => makeRevocationList("Middle", middle, [], NOW - DAY, NOW + DAY, DELTA_INDICATOR),
      /not of all that it revoked: extension 2\.5\.29\.27/,
    ],
  ])("%s", async (_what, list, message) => {
    const found = await wrong(makeChain(), [list()]);
    if (message === undefined) expect(found).toEqual([]);
    else expect(found.join()).toMatch(message);
  });

  it("with entries that want to be understood are refused", async () => {
    // Certificate issuer (RFC 5280, 5.3.3), always critical: the entry is of another authority's certificate.
    const list = (critical: boolean): Uint8Array =>
      makeRevocationList("Middle", middle, [1], NOW - DAY, NOW + DAY, undefined, ["2.5.29.29", critical]);
    expect((await wrong(makeChain(), [list(true)])).join()).toMatch(
      /not of all that it revoked: extension 2\.5\.29\.29/,
    );
    expect(await wrong(makeChain(), [list(false)])).toEqual([]);
  });

  it("of an authority whose key may not sign them are refused", async () => {
    const chain = makeChain({ middle: { usage: 0x04 } });
    expect((await wrong(chain, [makeRevocationList("Middle", middle, [])])).join()).toMatch(
      /may not sign revocation lists/,
    );
  });
});

describe("parameters of RSA-PSS", () => {
  const made = (change: Parameters<typeof rsaPssSigner>[0]): (() => unknown) => {
    const key = rsaPssSigner(change);
    return () =>
      parseCertificate(makeCertificate({ subject: "Root", issuer: "Root", key, by: key, isCa: true })).algorithm;
  };

  it("may say the trailer that is the default", () => {
    expect(made({ trailer: 1 })()).toEqual({
      kind: "rsa",
      hash: "SHA-384",
      padding: { scheme: "pss", saltLength: 48 },
    });
  });

  it.each<[string, Parameters<typeof rsaPssSigner>[0], RegExp]>([
    ["another mask function", { mask: "1.2.840.113549.1.1.7" }, /mask function that is not MGF1/],
    ["another trailer", { trailer: 2 }, /trailer 2; 1 is right/],
    ["a field that there is not", { stray: true }, /PSS parameters with more in them/],
  ])("with %s are refused", (_what, change, message) => {
    expect(made(change)).toThrow(message);
  });
});

describe("DER", () => {
  it("that goes on and on inward is refused, not followed", () => {
    let inner = der(0x30);
    for (let i = 0; i < 5000; i += 1) inner = der(0x30, inner);
    const signed = sequence(der(2, Uint8Array.of(1)), sequence(oid("1.2.840.10045.4.3.2")), inner);
    const list = sequence(signed, sequence(oid("1.2.840.10045.4.3.2")), der(3, Uint8Array.of(0)));
    expect(() => parseRevocationList(list)).toThrow(/24 deep/);
  });
});

describe("object identifiers", () => {
  it.each([
    ["2a0304", "1.2.3.4"],
    ["2a864886f70d01010a", "1.2.840.113549.1.1.10"],
    ["883703", "2.999.3"],
    ["", /ends inside a number/],
    ["2a83", /ends inside a number/],
    ["2a800304", /longer than it need be/],
    ["802a", /longer than it need be/],
  ])("%s", (hex, expected) => {
    const read = (): string => oidText(fromHex(hex));
    if (typeof expected === "string") expect(read()).toBe(expected);
    else expect(read).toThrow(expected);
  });
});

describe("certificates and lists of megabytes", () => {
  it("are refused before they are taken apart", () => {
    expect(() => parseCertificate(new Uint8Array(65_537).fill(0x30))).toThrow(/65537 bytes; at most 65536 are taken/);
    const large = new Uint8Array(2 ** 22 + 1).fill(0x30);
    expect(() => parseRevocationList(large)).toThrow(/4194305 bytes; at most 4194304 are taken/);
    expect(() => readPem("A".repeat(2 ** 22 + 1))).toThrow(/4194305 letters; at most 4194304 are taken/);
  });
});

describe("what a document says", () => {
  it("cannot move the cursor or look like a line of ours", () => {
    const checks = new Checks();
    checks.add("chain.root", false, "CN=x\nok     all: good\u001b[2J\u202e");
    const lines = verdictText(checks.verdict("quote"));
    expect(lines[0]).toBe("FAILED chain.root: CN=x\\u{a}ok     all: good\\u{1b}[2J\\u{202e}");
  });

  it("as JSON and as a page leaves none of its letters to act on a terminal or a reader", () => {
    // The second is a control sequence's beginning to terminals, the last a tag, of which there are two halves in a text.
    const value = 'a\u001b\u009b2J\u202e"\u{e0001}';
    const text = jsonText({ value });
    expect(text).toBe('{"value":"a\\u001b\\u009b2J\\u202e\\"\\udb40\\udc01"}');
    expect(JSON.parse(text)).toEqual({ value });
    const fields = [{ name: "x", offset: 0, size: 0, bytes: "", value, meaning: "" }];
    expect(explanationHtml({ format: "x", source: "", fields })).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
  });
});
