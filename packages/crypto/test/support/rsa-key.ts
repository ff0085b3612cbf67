import { generateKeyPairSync } from "node:crypto";
import type { RsaPrivateKey } from "../../src/index.js";

let made: RsaPrivateKey | undefined;

/** An RSA key of 2,048 bits made once. It guards nothing. */
export function testRsaKey(): RsaPrivateKey {
  made ??= makeRsaKey(2048, 0x10001);
  return made;
}

/** An RSA key made now. It guards nothing. */
export function makeRsaKey(modulusLength: number, publicExponent: number): RsaPrivateKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent });
  const jwk = privateKey.export({ format: "jwk" });
  const number = (name: string): Uint8Array => new Uint8Array(Buffer.from(String(jwk[name]), "base64url"));
  return { n: number("n"), e: number("e"), d: number("d"), p: number("p"), q: number("q") };
}
