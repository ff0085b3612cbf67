import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { type CryptoProvider, noble, wasmCrypto, webCrypto } from "../src/index.js";
import { nodeCrypto } from "../src/node/index.js";
import { casesOf, runCases } from "./support/cases.js";
import { haveVectors, vectorPaths, vectorText } from "./support/vector-files.js";

// One in so many of each file; `npm run vectors` takes all.
const EVERY = Number(process.env["ISG_CRYPTO_EVERY"] ?? "101");
const found = haveVectors();
const providers: CryptoProvider[] = [noble, nodeCrypto, wasmCrypto(), webCrypto(globalThis.crypto.subtle)];

/** The line that each vector of a folder has once: so that a vector which is overlooked is noticed. */
const MARKS: readonly (readonly [folder: RegExp, mark: RegExp])[] = [
  [/AES\/XTS/, /^PT = /gm],
  [/AES\/GCM/, /^Tag = /gm],
  [/^CMAC/, /^OUTPUT = /gm],
  [/^hashes/, /^MD = /gm],
  [/^HMAC/, /^MD = /gm],
  [/^KDF/, /^OKM *= /gm],
];

describe.runIf(found)("published vectors", () => {
  it("are all read", () => {
    const counts: Record<string, number> = {};
    for (const path of vectorPaths()) {
      const text = vectorText(path);
      const { length } = casesOf(path, text);
      expect([path, length]).not.toEqual([path, 0]);
      const mark = MARKS.find(([folder]) => folder.test(path))?.[1];
      if (mark !== undefined) expect([path, length]).toEqual([path, text.match(mark)?.length]);
      const folder = dirname(path);
      counts[folder] = (counts[folder] ?? 0) + length;
    }
    if (EVERY === 1)
      console.log(
        Object.entries(counts)
          .map(([folder, count]) => `${folder} ${count}`)
          .join("\n"),
      );
    expect(Object.keys(counts)).toEqual(expect.arrayContaining(["hashes/SHA1", "hashes/SHA2", "hashes/SHA3"]));
  });

  it.each(providers.map((provider) => [provider.name, provider] as const))(
    "%s gives what they say",
    async (_name, provider) => {
      const passed: Record<string, number> = {};
      const failed: string[] = [];
      for (const path of vectorPaths()) {
        const cases = casesOf(path, vectorText(path)).filter((_, i) => i % EVERY === 0);
        const result = await runCases(cases, provider);
        for (const [operation, count] of Object.entries(result.passed))
          passed[operation] = (passed[operation] ?? 0) + count;
        failed.push(...result.failed);
      }
      if (EVERY === 1) console.log(provider.name, JSON.stringify(passed));
      expect(failed).toEqual([]);
      expect(Object.keys(passed).sort()).toEqual(["cmac", "digest", "ecdsa", "gcm", "hkdf", "hmac", "rsa", "xts"]);
    },
    1_800_000,
  );
});
