import {
  type RsaPrivateKey,
  type SyncCryptoProvider,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  equalBytes,
  fromHex,
  noble,
} from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { type ExplainedField, FIELD, type Layout, type Structure } from "../layout.js";
import { Checks, type Verdict } from "../verdict.js";
import { ATTRIBUTE_BITS } from "./report-body.js";

const { bytes, number, zero } = FIELD;
const HEADER = fromHex("06000000e10000000000010000000000");
const HEADER2 = fromHex("01010000600000006000000001000000");
const RSA_BYTES = 384;

/** SIGSTRUCT (SDM vol. 3D, 34.13, table 34-19). */
export const SIGSTRUCT: Layout = {
  name: "SIGSTRUCT",
  size: 1808,
  source: "Intel SDM vol. 3D, 34.13",
  fields: [
    bytes("header", 0, 16, "06 00 00 00 E1 00 00 00 00 00 01 00 00 00 00 00"),
    number("vendor", 16, 4, "0x8086 for Intel's own enclaves, else 0"),
    {
      ...number("date", 20, 4, "build date, yyyymmdd in BCD"),
      show: (raw) =>
        [...raw]
          .reverse()
          .map((byte) => byte.toString(16).padStart(2, "0"))
          .join(""),
    },
    bytes("header2", 24, 16, "01 01 00 00 60 00 00 00 60 00 00 00 01 00 00 00"),
    number("swdefined", 40, 4, "for software's use"),
    zero(44, 84),
    bytes("modulus", 128, RSA_BYTES, "RSA modulus of the signer, little-endian; MRSIGNER is its SHA-256"),
    number("exponent", 512, 4, "RSA exponent: 3"),
    bytes("signature", 516, RSA_BYTES, "RSA signature, PKCS #1 v1.5 with SHA-256, little-endian"),
    number("miscselect", 900, 4, "MISCSELECT that the enclave must have"),
    number("miscmask", 904, 4, "which bits of it count"),
    number("cet_attributes", 908, 1, "CET attributes that the enclave must have"),
    number("cet_attributes_mask", 909, 1, "which bits of them count"),
    zero(910, 2),
    bytes("isvfamilyid", 912, 16, "family of products"),
    number("attributes.flags", 928, 8, "ATTRIBUTES that the enclave must have", ATTRIBUTE_BITS),
    number("attributes.xfrm", 936, 8, "XFRM that the enclave must have"),
    bytes("attributemask", 944, 16, "which bits of them count"),
    bytes("enclavehash", 960, 32, "MRENCLAVE that the enclave must have"),
    zero(992, 16),
    bytes("isvextprodid", 1008, 16, "extended product ID"),
    number("isvprodid", 1024, 2, "product, as the signer numbers it"),
    number("isvsvn", 1026, 2, "security version of the enclave"),
    zero(1028, 12),
    bytes("q1", 1040, RSA_BYTES, "floor(signature^2 / modulus)"),
    bytes("q2", 1424, RSA_BYTES, "floor((signature^3 - q1 * signature * modulus) / modulus)"),
  ],
};

function littleEndian(part: Uint8Array): bigint {
  return bytesToBigInt(part.slice().reverse());
}

/** The 256 bytes that are signed. */
function signedPart(sigstruct: Structure): Uint8Array {
  return concatBytes(sigstruct.bytes.subarray(0, 128), sigstruct.bytes.subarray(900, 1028));
}

/** MRSIGNER: SHA-256 of the modulus as it stands in SIGSTRUCT. */
export function mrSigner(sigstruct: Structure, crypto: SyncCryptoProvider = noble): Uint8Array {
  return crypto.digest("SHA-256", sigstruct.part("modulus"));
}

/** The two quotients with which EINIT verifies a signature without dividing. */
export function quotients(signature: bigint, modulus: bigint): { q1: bigint; q2: bigint } {
  const square = signature * signature;
  const q1 = square / modulus;
  return { q1, q2: (square * signature - q1 * signature * modulus) / modulus };
}

/** What EINIT checks of a SIGSTRUCT before it looks at the enclave (SDM vol. 3D, EINIT). */
export function verifySigstruct(sigstruct: Structure, crypto: SyncCryptoProvider = noble): Verdict {
  const checks = new Checks();
  const fixed = equalBytes(sigstruct.part("header"), HEADER) && equalBytes(sigstruct.part("header2"), HEADER2);
  checks.add("sigstruct.header", fixed, fixed ? "as it must be" : "the fixed bytes are others");
  const vendor = sigstruct.number("vendor");
  checks.add("sigstruct.vendor", vendor === 0 || vendor === 0x8086, `0x${vendor.toString(16)}`);
  const stray = sigstruct.notZero();
  checks.add("sigstruct.reserved", stray === undefined, stray === undefined ? "all zero" : `${stray.name} is not zero`);
  checks.add("sigstruct.exponent", sigstruct.number("exponent") === 3, `${sigstruct.number("exponent")}; 3 is right`);
  const modulus = littleEndian(sigstruct.part("modulus"));
  const signature = littleEndian(sigstruct.part("signature"));
  const big = (part: Uint8Array): Uint8Array => part.slice().reverse();
  const key = { n: big(sigstruct.part("modulus")), e: Uint8Array.of(3) };
  const right =
    modulus > 0n &&
    crypto.rsaVerify(key, "SHA-256", { scheme: "pkcs1" }, signedPart(sigstruct), big(sigstruct.part("signature")));
  checks.add(
    "sigstruct.signature",
    right,
    right ? "made by the key of the modulus" : "not made by the key of the modulus",
  );
  const { q1, q2 } = modulus > 0n ? quotients(signature, modulus) : { q1: -1n, q2: -1n };
  const same = q1 === littleEndian(sigstruct.part("q1")) && q2 === littleEndian(sigstruct.part("q2"));
  checks.add("sigstruct.quotients", same, same ? "Q1 and Q2 are right" : "Q1 or Q2 is wrong");
  checks.skip("sigstruct.signer", "anybody can sign: MRSIGNER is compared with nobody's");
  return checks.verdict("sigstruct");
}

/** Signs a SIGSTRUCT whose other fields are set: fills in headers, key, signature, Q1 and Q2. @param key RSA-3072 with e = 3 */
export function signSigstruct(sigstruct: Structure, key: RsaPrivateKey, crypto: SyncCryptoProvider = noble): Structure {
  const n = bytesToBigInt(key.n);
  if (bytesToBigInt(key.e) !== 3n || n >> 3071n !== 1n)
    throw new IsinglassError("ISG_SGX_BAD_KEY", "SIGSTRUCT: an RSA key of 3,072 bits with exponent 3 is wanted");
  const little = (value: bigint): Uint8Array => bigIntToBytes(value, RSA_BYTES).reverse();
  sigstruct.set("header", HEADER).set("header2", HEADER2).set("exponent", 3).set("modulus", little(n));
  const signature = bytesToBigInt(crypto.rsaSign(key, "SHA-256", { scheme: "pkcs1" }, signedPart(sigstruct)));
  const { q1, q2 } = quotients(signature, n);
  return sigstruct.set("signature", little(signature)).set("q1", little(q1)).set("q2", little(q2));
}

/** After a byte that could begin a header, so many are looked at one by one: a call of `indexOf` costs more than some of them, and a file may consist of such bytes. */
const STRETCH = 64;

/** Where SIGSTRUCTs lie in a file, by their headers: signed enclaves of every tool kit hold one. The first 16. */
export function findSigstructs(file: Uint8Array): number[] {
  const out: number[] = [];
  const last = file.length - SIGSTRUCT.size;
  for (let at = file.indexOf(6); at >= 0 && at <= last; at = file.indexOf(6, at)) {
    for (const end = Math.min(at + STRETCH, last + 1); at < end; at += 1) {
      if (file[at] !== 6 || file[at + 4] !== 0xe1) continue;
      const isHeader =
        equalBytes(file.subarray(at, at + 16), HEADER) && equalBytes(file.subarray(at + 24, at + 40), HEADER2);
      if (isHeader) out.push(at);
      if (out.length === 16) return out;
    }
  }
  return out;
}

/** Every field of a SIGSTRUCT. */
export function explainSigstruct(sigstruct: Structure, offset = 0): ExplainedField[] {
  return sigstruct.explain("sigstruct", offset);
}
