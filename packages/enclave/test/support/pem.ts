import { createPrivateKey } from "node:crypto";

/** The 48 bytes of a P-384 private key in a PEM file. */
export function p384PrivateKey(pem: Uint8Array): Uint8Array {
  const jwk = createPrivateKey(Buffer.from(pem)).export({ format: "jwk" });
  return new Uint8Array(Buffer.from(String(jwk.d), "base64url"));
}
