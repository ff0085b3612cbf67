import {
  type CryptoProvider,
  type CurveName,
  type HashName,
  type Operation,
  type RsaPadding,
  CURVES,
  HASHES,
  equalBytes,
  fromHex,
  toHex,
} from "../../src/index.js";
import { type CavsRecord, readCavs, readRsaExamples } from "./cavs.js";

/** One published vector: `check` says whether a provider gives what it says. */
export interface VectorCase {
  readonly operation: Operation;
  readonly name: string;
  check(provider: CryptoProvider): Promise<boolean>;
}

/** Files of the collection that are read, and how. */
const READERS: readonly (readonly [path: RegExp, read: (path: string, text: string) => VectorCase[]])[] = [
  [/^ciphers\/AES\/XTS\/.*\.rsp$/, xtsCases],
  [/^ciphers\/AES\/GCM\/.*\.rsp$/, gcmCases],
  [/^CMAC\/.*aes.*\.txt$/, cmacCases],
  [/^hashes\/SHA[123]\/.*Msg\.rsp$/, digestCases],
  [/^hashes\/SHA[123]\/.*Monte\.rsp$/, monteCases],
  [/^hashes\/SHA[12]\/.*Monte\.txt$/, monteStepCases],
  [/^HMAC\/.*sha\d+\.txt$/, hmacCases],
  [/^KDF\/.*[Hh][Kk][Dd][Ff].*\.txt$/, hkdfCases],
  [/^asymmetric\/ECDSA\/FIPS_186-.\/Sig(Ver\.rsp|Gen\.txt)$/, ecdsaCases],
  [/^asymmetric\/RSA\/FIPS_186-2\/Sig(Ver|Gen)(15|PSS)_.*\.(rsp|txt)$/, rsaCases],
  [/^asymmetric\/RSA\/SigVer15EMTest\.txt$/, rsaCases],
  [/^asymmetric\/RSA\/(pkcs1v15sign-vectors|pkcs-1v2-1d2-vec\/pss-vect)\.txt$/, rsaCases],
];

/** Whether a file of the collection, named by its path in it, has vectors of ours. */
export function isVectorFile(path: string): boolean {
  return READERS.some(([pattern]) => pattern.test(path));
}

/** The vectors of a file. */
export function casesOf(path: string, text: string): VectorCase[] {
  const reader = READERS.find(([pattern]) => pattern.test(path));
  return reader === undefined ? [] : reader[1](path, text);
}

function hex(record: CavsRecord, name: string): Uint8Array {
  const text = record[name];
  if (text === undefined) throw new Error(`a record has no ${name}: ${Object.keys(record).join(", ")}`);
  return fromHex(text.length % 2 === 0 ? text : `0${text}`);
}

function hashName(text: string): HashName {
  const bits = /(1|224|256|384|512)$/.exec(text.trim());
  if (bits === null) throw new Error(`no hash ${text}`);
  return `SHA-${bits[1]}` as HashName;
}

function hashOfPath(path: string): HashName {
  const match = /(?:SHA|sha|Sha)(3_|)(512_224|512_256|1|224|256|384|512)/.exec(path.split("/").at(-1)!);
  return `SHA${match![1] === "" ? "" : "3"}-${match![2]!.replace("_", "/")}` as HashName;
}

function xtsCases(path: string, text: string): VectorCase[] {
  let encrypt = true;
  return readCavs(text).map((record) => {
    if (record["heading"] !== undefined) encrypt = record["heading"] === "ENCRYPT";
    const wasEncrypt = encrypt;
    const tweak = new Uint8Array(16);
    if (record["i"] !== undefined) tweak.set(hex(record, "i"));
    else new DataView(tweak.buffer).setBigUint64(0, BigInt(record["dataunitseqnumber"]!), true);
    const bits = Number(record["dataunitlen"]);
    return {
      operation: "xts",
      name: `${path} ${wasEncrypt ? "encrypt" : "decrypt"} ${record["count"]}`,
      async check(provider) {
        const [plain, cipher] = [hex(record, "pt"), hex(record, "ct")];
        const key = hex(record, "key");
        return wasEncrypt
          ? equalBytes(await provider.xtsEncrypt(key, tweak, plain, bits), cipher)
          : equalBytes(await provider.xtsDecrypt(key, tweak, cipher, bits), plain);
      },
    };
  });
}

function gcmCases(path: string, text: string): VectorCase[] {
  const encrypt = path.includes("Encrypt");
  return readCavs(text).map((record) => ({
    operation: "gcm",
    name: `${path} ${record["ivlen"]} ${record["aadlen"]} ${record["count"]}`,
    async check(provider) {
      const tag = hex(record, "tag");
      const options = {
        key: hex(record, "key"),
        iv: hex(record, "iv"),
        aad: hex(record, "aad"),
        tagLength: tag.length,
      };
      const sealed = new Uint8Array([...hex(record, "ct"), ...tag]);
      if (encrypt) return equalBytes(await provider.gcmEncrypt(options, hex(record, "pt")), sealed);
      const plain = await provider.gcmDecrypt(options, sealed);
      if (record["fail"] !== undefined) return plain === undefined;
      return plain !== undefined && equalBytes(plain, hex(record, "pt"));
    },
  }));
}

function cmacCases(path: string, text: string): VectorCase[] {
  return readCavs(text).map((record) => ({
    operation: "cmac",
    name: `${path} ${record["count"]}`,
    check: async (provider) =>
      equalBytes(await provider.cmac(hex(record, "key"), hex(record, "message")), hex(record, "output")),
  }));
}

function digestCases(path: string, text: string): VectorCase[] {
  const hash = hashOfPath(path);
  return readCavs(text).map((record) => ({
    operation: "digest",
    name: `${path} ${record["len"]}`,
    check: async (provider) => {
      const message = hex(record, "msg").subarray(0, Number(record["len"]) / 8);
      return equalBytes(await provider.digest(hash, message), hex(record, "md"));
    },
  }));
}

/** 1,000 digests in a chain: each of the three before it (SHAVS, 6.4), with SHA-3 of the one before it (SHA3VS, 6.2.3). */
async function chain(provider: CryptoProvider, hash: HashName, seed: Uint8Array): Promise<Uint8Array> {
  let [a, b, c] = [seed, seed, seed];
  for (let i = 0; i < 1000; i += 1) {
    const message = hash.startsWith("SHA3") ? c : new Uint8Array([...a, ...b, ...c]);
    const next = await provider.digest(hash, message);
    [a, b, c] = [b, c, next];
  }
  return c;
}

/** Each checkpoint of the chains is a case, and starts from the one before it. */
function monteCases(path: string, text: string): VectorCase[] {
  const hash = hashOfPath(path);
  const records = readCavs(text).filter((record) => record["md"] !== undefined);
  return records.map((record, i) => ({
    operation: "digest",
    name: `${path} ${record["count"]}`,
    check: async (provider) => {
      const seed = i === 0 ? hex(record, "seed") : hex(records[i - 1]!, "md");
      return equalBytes(await chain(provider, hash, seed), hex(record, "md"));
    },
  }));
}

/**
 * The same chains with their first five steps written out: messages and digests, indented, before each checkpoint. The first message is the seed three times. Of
 * SHA-512/t most checkpoints are a question mark in the published files; the seed of the next chain says what they are.
 */
function monteStepCases(path: string, text: string): VectorCase[] {
  const hash = hashOfPath(path);
  const { size } = HASHES[hash];
  const records = [...text.matchAll(/^COUNT = (\d+)([^]*?)^MD = (\w+|\?)/gm)].map(
    ([, count = "", body = "", md = ""]) => ({
      count,
      steps: [...body.matchAll(/^\tM = (\w+)\s+MDi = (\w+)/gm)].map(
        ([, m = "", digest = ""]) => [fromHex(m), fromHex(digest)] as const,
      ),
      md,
    }),
  );
  const seedOf = (i: number): Uint8Array | undefined => records[i]?.steps[0]?.[0].subarray(0, size);
  return records.map(({ count, steps, md }, i) => ({
    operation: "digest",
    name: `${path} ${count}`,
    check: async (provider) => {
      for (const [message, digest] of steps)
        if (!equalBytes(await provider.digest(hash, message), digest)) return false;
      const end = md === "?" ? seedOf(i + 1) : fromHex(md);
      return steps.length === 5 && (end === undefined || equalBytes(await chain(provider, hash, seedOf(i)!), end));
    },
  }));
}

function hmacCases(path: string, text: string): VectorCase[] {
  const hash = hashOfPath(path);
  return readCavs(text).map((record, i) => ({
    operation: "hmac",
    name: `${path} ${i}`,
    check: async (provider) =>
      equalBytes(await provider.hmac(hash, hex(record, "key"), hex(record, "msg")), hex(record, "md")),
  }));
}

function hkdfCases(path: string, text: string): VectorCase[] {
  // Records with empty lines inside: their numbers alone tell them apart.
  return readCavs(text.replace(/\n\s*\n/g, "\n")).map((record) => ({
    operation: "hkdf",
    name: `${path} ${record["count"]}`,
    check: async (provider) => {
      const hash = hashName(record["hash"]!);
      const salt = record["salt"] === undefined ? new Uint8Array(0) : hex(record, "salt");
      const okm = hex(record, "okm");
      return equalBytes(await provider.hkdf(hash, hex(record, "ikm"), salt, hex(record, "info"), okm.length), okm);
    },
  }));
}

function coordinate(record: CavsRecord, name: string, size: number): string {
  return record[name]!.padStart(2 * size, "0").slice(-2 * size);
}

function ecdsaCases(path: string, text: string): VectorCase[] {
  const cases: VectorCase[] = [];
  for (const record of readCavs(text)) {
    const [curve = "", hash = "SHA-1"] = (record["heading"] ?? "").split(",");
    if (!Object.hasOwn(CURVES, curve)) continue;
    const size = CURVES[curve as CurveName];
    const point = fromHex(`04${coordinate(record, "qx", size)}${coordinate(record, "qy", size)}`);
    const signature = fromHex(coordinate(record, "r", size) + coordinate(record, "s", size));
    const good = record["result"] === undefined || record["result"].startsWith("P");
    cases.push({
      operation: "ecdsa",
      name: `${path} ${record["heading"]} ${toHex(signature).slice(0, 8)}`,
      check: async (provider) =>
        (await provider.ecdsaVerify(curve as CurveName, hashName(hash), point, hex(record, "msg"), signature)) === good,
    });
  }
  return cases;
}

function rsaCases(path: string, text: string): VectorCase[] {
  const isPss = /PSS|pss/.test(path);
  const examples = /vectors|vect\.txt/.test(path);
  const records = examples ? readRsaExamples(text) : readCavs(text);
  const cases: VectorCase[] = [];
  for (const record of records) {
    if (record["s"] === undefined || record["msg"] === undefined) continue;
    const saltLength = examples ? 20 : Number(record["saltlen"] ?? 0);
    const padding: RsaPadding = isPss ? { scheme: "pss", saltLength } : { scheme: "pkcs1" };
    const good = record["result"] === undefined || record["result"].startsWith("P");
    const n = hex(record, "n");
    cases.push({
      operation: "rsa",
      name: `${path} ${8 * n.length} ${record["shaalg"]} ${cases.length}`,
      check: async (provider) => {
        const key = { n, e: hex(record, "e") };
        const signature = hex(record, "s");
        return (
          (await provider.rsaVerify(key, hashName(record["shaalg"]!), padding, hex(record, "msg"), signature)) === good
        );
      },
    });
  }
  return cases;
}

/** Runs cases and counts them. @returns passed cases by operation, and the names of those that failed */
export async function runCases(
  cases: readonly VectorCase[],
  provider: CryptoProvider,
): Promise<{ passed: Record<string, number>; failed: string[] }> {
  const passed: Record<string, number> = {};
  const failed: string[] = [];
  for (const one of cases) {
    let good = false;
    let why = "";
    try {
      good = await one.check(provider);
    } catch (problem) {
      why = `: ${String(problem)}`;
    }
    if (good) passed[one.operation] = (passed[one.operation] ?? 0) + 1;
    else failed.push(`${one.operation} ${one.name}${why}`);
  }
  return { passed, failed };
}
