import { nodeCrypto } from "@isinglass/crypto/node";
import { encode } from "cborg";
import { type NitroVerifyOptions, type Verdict, buildCose, verifyNitroDocument } from "../../src/index.js";
import { NOW, type Signer, ecSigner, makeCertificate } from "./authority.js";
import { rootOf } from "./made-snp.js";

/** A Nitro document made now, with its chain. */
export interface MadeNitro {
  readonly leaf: Signer;
  readonly middle: Signer;
  readonly root: Signer;
  readonly chain: readonly [leaf: Uint8Array, middle: Uint8Array, root: Uint8Array];
  readonly document: Uint8Array;
}

export function members(chain: MadeNitro["chain"]): Map<string, unknown> {
  const pcrs = new Map([0, 1, 2, 3, 4, 8].map((i) => [i, new Uint8Array(48).fill(i + 1)]));
  return new Map<string, unknown>([
    ["module_id", "i-0-enc0 (Isinglass test, not secure)"],
    ["digest", "SHA384"],
    ["timestamp", NOW],
    ["pcrs", pcrs],
    ["certificate", chain[0]],
    ["cabundle", [chain[2], chain[1]]],
    ["public_key", null],
    ["user_data", Uint8Array.of(1, 2, 3)],
    ["nonce", Uint8Array.of(9)],
  ]);
}

export function signNitro(leaf: Signer, payload: unknown): Uint8Array {
  return buildCose(-35, encode(payload), (data) => nodeCrypto.ecdsaSign("P-384", "SHA-384", leaf.secret!, data));
}

export function makeNitro(): MadeNitro {
  const [root, middle, leaf] = [ecSigner("P-384"), ecSigner("P-384"), ecSigner("P-384")];
  const chain = [
    makeCertificate({ subject: "enclave", issuer: "zonal", key: leaf, by: middle }),
    makeCertificate({ subject: "zonal", issuer: "root", key: middle, by: root, isCa: true }),
    makeCertificate({ subject: "root", issuer: "root", key: root, by: root, isCa: true }),
  ] as const;
  return { leaf, middle, root, chain, document: signNitro(leaf, members(chain)) };
}

export async function verifyMadeNitro(
  made: MadeNitro,
  document: Uint8Array,
  more: Partial<NitroVerifyOptions> = {},
): Promise<Verdict> {
  const roots = [await rootOf(made.chain[2])];
  return verifyNitroDocument(document, { crypto: nodeCrypto, now: NOW, roots, ...more });
}
