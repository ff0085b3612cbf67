import { generateKeyPairSync } from "node:crypto";
import type { RsaPrivateKey } from "../../src/index.js";

let made: RsaPrivateKey | undefined;

/** An RSA key of 2,048 bits made now. It guards nothing. */
export function testRsaKey(): RsaPrivateKey {
  if (made !== undefined) return made;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 0x10001 });
  const jwk = privateKey.export({ format: "jwk" });
  const number = (name: string): Uint8Array => new Uint8Array(Buffer.from(String(jwk[name]), "base64url"));
  made = { n: number("n"), e: number("e"), d: number("d"), p: number("p"), q: number("q") };
  return made;
}
