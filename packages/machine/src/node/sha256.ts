import { createHash } from "node:crypto";

/** SHA-256 by Node's own library, for `pc({ sha256 })`: saves and restores are three to four times as fast with it. */
export function nodeSha256(...pieces: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
