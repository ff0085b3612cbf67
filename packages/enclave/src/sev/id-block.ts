import { type SyncCryptoProvider, noble } from "@isinglass/crypto";
import { FIELD, type Layout, Structure } from "../layout.js";

const { bytes, number, zero } = FIELD;

/** ID_BLOCK: what a guest's owner signs (SNP ABI, table 75). */
export const ID_BLOCK: Layout = {
  name: "ID_BLOCK",
  size: 96,
  source: "SEV-SNP Firmware ABI (56860), table 75",
  fields: [
    bytes("launch_digest", 0x00, 48, "the launch digest that the guest must have"),
    bytes("family_id", 0x30, 16, "family of the guest, as its owner calls it"),
    bytes("image_id", 0x40, 16, "image of the guest, as its owner calls it"),
    number("version", 0x50, 4, "version of this structure: 1"),
    number("guest_svn", 0x54, 4, "security version of the guest"),
    number("policy", 0x58, 8, "the policy that the guest must have"),
  ],
};

/** A P-384 public key as the firmware takes it (SNP ABI, table 140). */
export const ECDSA_KEY: Layout = {
  name: "ECDSA public key",
  size: 1028,
  source: "SEV-SNP Firmware ABI (56860), chapter 10",
  fields: [
    number("curve", 0, 4, "2: P-384"),
    bytes("qx", 4, 72, "X, little-endian"),
    bytes("qy", 76, 72, "Y, little-endian"),
    zero(148, 880),
  ],
};

/** ID_AUTH: the signatures over an ID block (SNP ABI, table 76). */
export const ID_AUTH: Layout = {
  name: "ID_AUTH",
  size: 4096,
  source: "SEV-SNP Firmware ABI (56860), table 76",
  fields: [
    number("id_key_algo", 0x000, 4, "1: ECDSA P-384 with SHA-384"),
    number("auth_key_algo", 0x004, 4, "the same of the author key"),
    zero(0x008, 56),
    bytes("id_block_sig", 0x040, 512, "signature of the ID block by the ID key"),
    bytes("id_key", 0x240, 1028, "public ID key"),
    zero(0x644, 60),
    bytes("id_key_sig", 0x680, 512, "signature of the ID key by the author key"),
    bytes("author_key", 0x880, 1028, "public author key"),
    zero(0xc84, 892),
  ],
};

/** Bytes of a signature in these formats: R and S of 72 bytes, little-endian, and zeros. */
export function snpSignature(signature: Uint8Array): Uint8Array {
  const out = new Uint8Array(512);
  out.set(signature.slice(0, 48).reverse(), 0);
  out.set(signature.slice(48, 96).reverse(), 72);
  return out;
}

/** The public key of a private one, in the firmware's format. */
export function snpPublicKey(privateKey: Uint8Array, crypto: SyncCryptoProvider = noble): Uint8Array {
  const point = crypto.ecdsaPublicKey("P-384", privateKey);
  const key = new Structure(ECDSA_KEY).set("curve", 2);
  key.part("qx").set(point.slice(1, 49).reverse());
  key.part("qy").set(point.slice(49).reverse());
  return key.bytes;
}

/** What an ID block says; see {@link ID_BLOCK}. */
export interface IdBlockOptions {
  readonly launchDigest: Uint8Array;
  readonly familyId?: Uint8Array;
  readonly imageId?: Uint8Array;
  readonly guestSvn?: number;
  /** 0x30000 unless given: SMT allowed, and the bit that must be one. */
  readonly policy?: bigint;
  /** P-384 private keys, 48 bytes. */
  readonly idKey: Uint8Array;
  readonly authorKey: Uint8Array;
}

/** An ID block, its signatures, and the key digests that attestation reports will show. */
export interface IdBlock {
  readonly block: Uint8Array;
  readonly auth: Uint8Array;
  readonly idKeyDigest: Uint8Array;
  readonly authorKeyDigest: Uint8Array;
}

/** Makes an ID block and signs it (SNP ABI, 8.18). */
export function buildIdBlock(options: IdBlockOptions, crypto: SyncCryptoProvider = noble): IdBlock {
  const block = new Structure(ID_BLOCK).set("launch_digest", options.launchDigest).set("version", 1);
  block.set("family_id", options.familyId ?? new Uint8Array(16)).set("image_id", options.imageId ?? new Uint8Array(16));
  block.set("guest_svn", options.guestSvn ?? 0).set("policy", options.policy ?? 0x3_0000n);
  const idKey = snpPublicKey(options.idKey, crypto);
  const authorKey = snpPublicKey(options.authorKey, crypto);
  const sign = (key: Uint8Array, data: Uint8Array): Uint8Array =>
    snpSignature(crypto.ecdsaSign("P-384", "SHA-384", key, data));
  const auth = new Structure(ID_AUTH).set("id_key_algo", 1).set("auth_key_algo", 1);
  auth.set("id_block_sig", sign(options.idKey, block.bytes)).set("id_key", idKey);
  auth.set("id_key_sig", sign(options.authorKey, idKey)).set("author_key", authorKey);
  return {
    block: block.bytes,
    auth: auth.bytes,
    idKeyDigest: crypto.digest("SHA-384", idKey),
    authorKeyDigest: crypto.digest("SHA-384", authorKey),
  };
}
