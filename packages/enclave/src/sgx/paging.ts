import { type SyncCryptoProvider, concatBytes, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { FIELD, type Layout, Structure } from "../layout.js";

// Pages that leave the enclave page cache: EWB encrypts one and writes down what ELDU checks when it comes back (SDM vol. 3D, EWB, ELDB/ELDU).

const { bytes, number, zero } = FIELD;
const PAGE = 4096;

/** SECINFO (SDM vol. 3D, 34.11): R, W, X and the page type, then nothing. */
const SECINFO_SIZE = 64;

/** Paging crypto metadata (SDM vol. 3D, 34.12). */
export const PCMD: Layout = {
  name: "PCMD",
  size: 128,
  source: "Intel SDM vol. 3D, 34.12",
  fields: [
    bytes("secinfo", 0, SECINFO_SIZE, "rights and type of the page"),
    number("enclaveid", 64, 8, "the enclave that it belongs to"),
    zero(72, 40),
    bytes("mac", 112, 16, "tag of AES-128-GCM over page, metadata, address and version"),
  ],
};

/** What the processor knows of a page, and does not take from whoever keeps it. */
export interface PageIdentity {
  /** Where it lies in the enclave, a multiple of 4,096. */
  readonly linearAddress: number;
  /** SECINFO.FLAGS, see `SECINFO`. */
  readonly flags: number;
  readonly enclaveId: bigint;
  /** The 64-bit number that a slot of a version array keeps for it; never the same twice under one key. */
  readonly version: bigint;
}

/** A page outside: ciphertext, and metadata beside it. */
export interface SealedPage {
  readonly cipher: Uint8Array;
  readonly pcmd: Structure;
}

function bad(why: string): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_PAGE", `sealed page: ${why}`);
}

function metadata(identity: PageIdentity): Structure {
  const { linearAddress, flags, enclaveId } = identity;
  if (!Number.isSafeInteger(linearAddress) || linearAddress < 0 || linearAddress % PAGE !== 0)
    throw bad(`address ${linearAddress}: a multiple of ${PAGE} is right`);
  const secinfo = new Uint8Array(SECINFO_SIZE);
  new DataView(secinfo.buffer).setUint32(0, flags, true);
  return new Structure(PCMD).set("secinfo", secinfo).set("enclaveid", enclaveId);
}

/** How the processor packs the authenticated header is not published; this packing is the model's own. The IV is the version, shifted by 32 bits (SDM, EWB). */
function gcm(
  key: Uint8Array,
  identity: PageIdentity,
  pcmd: Structure,
): { key: Uint8Array; iv: Uint8Array; aad: Uint8Array } {
  const [iv, address] = [new Uint8Array(12), new Uint8Array(8)];
  new DataView(iv.buffer).setBigUint64(4, identity.version, true);
  new DataView(address.buffer).setBigUint64(0, BigInt(identity.linearAddress), true);
  return { key, iv, aad: concatBytes(pcmd.bytes.subarray(0, 112), address) };
}

/**
 * What EWB writes out of a page: AES-128-GCM with the page's version as its IV.
 *
 * @param key 16 bytes: the processor's paging key, anew with each boot
 * @throws IsinglassError `ISG_SGX_BAD_PAGE`
 */
export function sealPage(
  page: Uint8Array,
  identity: PageIdentity,
  key: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): SealedPage {
  if (page.length !== PAGE) throw bad(`${page.length} bytes; ${PAGE} are right`);
  const pcmd = metadata(identity);
  const sealed = crypto.gcmEncrypt(gcm(key, identity, pcmd), page);
  return { cipher: sealed.subarray(0, PAGE), pcmd: pcmd.set("mac", sealed.subarray(PAGE)) };
}

/**
 * What ELDU takes back: only this page, of this enclave, at this address, and no older one than the version says.
 *
 * @throws IsinglassError `ISG_SGX_BAD_PAGE`
 */
export function unsealPage(
  { cipher, pcmd }: SealedPage,
  identity: PageIdentity,
  key: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): Uint8Array {
  if (cipher.length !== PAGE) throw bad(`${cipher.length} bytes; ${PAGE} are right`);
  const own = metadata(identity);
  const same = pcmd.hex("secinfo") === own.hex("secinfo") && pcmd.big("enclaveid") === identity.enclaveId;
  if (!same || pcmd.notZero() !== undefined) throw bad("its metadata are another page's");
  const page = crypto.gcmDecrypt(gcm(key, identity, own), concatBytes(cipher, pcmd.part("mac")));
  if (page === undefined) throw bad("its tag is wrong: it was changed, is an older one, or belongs elsewhere");
  return page;
}
