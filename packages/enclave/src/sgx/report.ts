import { type SyncCryptoProvider, concatBytes, equalBytes, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { FIELD, type Layout, Structure } from "../layout.js";
import { SGX_REPORT_BODY } from "./report-body.js";

const { bytes, number, zero } = FIELD;

/** REPORT (SDM vol. 3D, 34.15): body, key ID, MAC. */
export const SGX_REPORT: Layout = {
  name: "REPORT",
  size: 432,
  source: "Intel SDM vol. 3D, 34.15",
  fields: [
    ...SGX_REPORT_BODY.fields,
    bytes("keyid", 384, 32, "which report key made the MAC"),
    bytes("mac", 416, 16, "AES-CMAC of the body with the report key"),
  ],
};

/** KEYREQUEST (SDM vol. 3D, 34.17.1). */
export const KEYREQUEST: Layout = {
  name: "KEYREQUEST",
  size: 512,
  source: "Intel SDM vol. 3D, 34.17.1",
  fields: [
    number("keyname", 0, 2, "0: EINITTOKEN, 1: provisioning, 2: provisioning seal, 3: report, 4: seal"),
    number("keypolicy", 2, 2, "what the key depends on", [
      { name: "MRENCLAVE", bit: 0, meaning: "on the enclave's measurement" },
      { name: "MRSIGNER", bit: 1, meaning: "on its signer" },
      { name: "NOISVPRODID", bit: 2, meaning: "not on the product ID" },
      { name: "CONFIGID", bit: 3, meaning: "on the configuration" },
      { name: "ISVFAMILYID", bit: 4, meaning: "on the family" },
      { name: "ISVEXTPRODID", bit: 5, meaning: "on the extended product ID" },
    ]),
    number("isvsvn", 4, 2, "security version of the enclave, at most its own"),
    number("cet_attributes_mask", 6, 1, "which CET attributes count"),
    zero(7, 1),
    bytes("cpusvn", 8, 16, "security version of the processor, at most its own"),
    bytes("attributemask", 24, 16, "which attributes count"),
    bytes("keyid", 40, 32, "any value: another one, another key"),
    number("miscmask", 72, 4, "which bits of MISCSELECT count"),
    number("configsvn", 76, 2, "security version of the configuration, at most its own"),
    zero(78, 434),
  ],
};

const KEY_REPORT = 3;
const KEY_SEAL = 4;

function refused(why: string): IsinglassError {
  return new IsinglassError("ISG_SGX_KEY_REFUSED", `EGETKEY: ${why}`);
}

function and(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte & b[i]!);
}

/** A processor's secrets as this model has them. Real ones never leave the die; keys made with these are not secure and equal no real processor's. */
export interface ModelFuses {
  /** 16 bytes: the root of all keys. */
  readonly rootKey: Uint8Array;
  /** 16 bytes: changes when the machine has a new owner. */
  readonly ownerEpoch: Uint8Array;
  /** 16 bytes: the processor's own security version. */
  readonly cpuSvn: Uint8Array;
}

/**
 * EGETKEY for report and seal keys: checks what the instruction checks and derives the key with AES-CMAC over what the key depends on (SDM vol. 3D, EGETKEY). How the
 * processor packs those dependencies is not published; this is a packing of the model's own.
 *
 * @param enclave report body of the enclave that asks
 * @throws IsinglassError `ISG_SGX_KEY_REFUSED`
 */
export function deriveKey(
  request: Structure,
  enclave: Structure,
  fuses: ModelFuses,
  crypto: SyncCryptoProvider = noble,
): Uint8Array {
  const name = request.number("keyname");
  const stray = request.notZero();
  if (stray !== undefined) throw refused(`${stray.name} is not zero`);
  if (name !== KEY_REPORT && name !== KEY_SEAL) throw refused(`key ${name}; 3 (report) and 4 (seal) are modelled`);
  const head = Uint8Array.of(name);
  if (name === KEY_REPORT)
    return crypto.cmac(
      fuses.rootKey,
      concatBytes(
        head,
        fuses.ownerEpoch,
        enclave.bytes.subarray(48, 64),
        enclave.part("mrenclave"),
        request.part("keyid"),
        fuses.cpuSvn,
        enclave.part("miscselect"),
        enclave.part("configid"),
        enclave.part("configsvn"),
      ),
    );
  const policy = request.number("keypolicy");
  if (policy > 0x3f) throw refused(`policy 0x${policy.toString(16)} has bits that mean nothing`);
  const needsKss = (policy & 0x3c) !== 0;
  if (needsKss && (enclave.big("attributes.flags") & 0x80n) === 0n)
    throw refused("the policy wants key separation and sharing, which the enclave has not");
  if (request.number("isvsvn") > enclave.number("isvsvn"))
    throw refused(`ISVSVN ${request.number("isvsvn")} is above the enclave's ${enclave.number("isvsvn")}`);
  if (request.number("configsvn") > enclave.number("configsvn")) throw refused("CONFIGSVN is above the enclave's");
  if (request.part("cpusvn").some((value, i) => value > fuses.cpuSvn[i]!))
    throw refused("CPUSVN is above the processor's");
  const part = (bit: number, field: string): Uint8Array =>
    ((policy >> bit) & 1) === 1 ? enclave.part(field) : enclave.part(field).map(() => 0);
  // INIT and DEBUG always count (SDM: the mask is ORed with them).
  const mask = request.part("attributemask").slice();
  mask[0]! |= 3;
  const product = ((policy >> 2) & 1) === 1 ? new Uint8Array(2) : enclave.part("isvprodid");
  return crypto.cmac(
    fuses.rootKey,
    concatBytes(
      head,
      fuses.ownerEpoch,
      and(enclave.bytes.subarray(48, 64), mask),
      mask,
      part(0, "mrenclave"),
      part(1, "mrsigner"),
      part(3, "configid"),
      ((policy >> 3) & 1) === 1 ? request.part("configsvn") : new Uint8Array(2),
      part(4, "isvfamilyid"),
      part(5, "isvextprodid"),
      product,
      request.part("isvsvn"),
      request.part("cpusvn"),
      request.part("keyid"),
      and(enclave.part("miscselect"), request.part("miscmask")),
      request.part("miscmask"),
      request.part("keypolicy"),
    ),
  );
}

/** The key with which a target enclave checks reports made for it. */
export function reportKey(
  target: Structure,
  keyId: Uint8Array,
  fuses: ModelFuses,
  crypto: SyncCryptoProvider = noble,
): Uint8Array {
  return deriveKey(new Structure(KEYREQUEST).set("keyname", KEY_REPORT).set("keyid", keyId), target, fuses, crypto);
}

/** EREPORT: body, key ID and MAC for a target. @param key see {@link reportKey} */
export function makeReport(
  body: Structure,
  keyId: Uint8Array,
  key: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): Structure {
  const report = new Structure(SGX_REPORT);
  report.bytes.set(body.bytes);
  return report.set("keyid", keyId).set("mac", crypto.cmac(key, body.bytes));
}

/** What a target does with a report: whether its MAC is right (AES-128-CMAC over the first 384 bytes). */
export function verifyReportMac(report: Structure, key: Uint8Array, crypto: SyncCryptoProvider = noble): boolean {
  return (
    report.notZero() === undefined && equalBytes(crypto.cmac(key, report.bytes.subarray(0, 384)), report.part("mac"))
  );
}

/** The head of data that Intel's SDK seals (sgx_tseal.h: sgx_sealed_data_t). */
export const SEALED_DATA: Layout = {
  name: "sealed data",
  size: 560,
  source: "Intel SGX SDK, sgx_tseal.h",
  fields: [
    ...KEYREQUEST.fields,
    number("plain_text_offset", 512, 4, "where the text begins that is authenticated and not encrypted"),
    zero(516, 12),
    number("payload_size", 528, 4, "bytes that follow"),
    zero(532, 12),
    bytes("payload_tag", 544, 16, "tag of AES-128-GCM, IV zero"),
  ],
};

/** Seals data as the SDK does: AES-128-GCM, IV zero, a key of its own for each key ID; `clear` is authenticated only. */
export function sealData(
  request: Structure,
  key: Uint8Array,
  secret: Uint8Array,
  clear: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): Uint8Array {
  const head = new Structure(SEALED_DATA);
  head.bytes.set(request.bytes);
  const sealed = crypto.gcmEncrypt({ key, iv: new Uint8Array(12), aad: clear }, secret);
  head
    .set("plain_text_offset", secret.length)
    .set("payload_size", secret.length + clear.length)
    .set("payload_tag", sealed.subarray(secret.length));
  return concatBytes(head.bytes, sealed.subarray(0, secret.length), clear);
}

/** Parts of sealed data, before its key is known. @throws IsinglassError `ISG_SGX_BAD_SEAL` */
export function parseSealed(sealed: Uint8Array): {
  readonly head: Structure;
  readonly request: Structure;
  readonly cipher: Uint8Array;
  readonly clear: Uint8Array;
} {
  const bad = (why: string): IsinglassError => new IsinglassError("ISG_SGX_BAD_SEAL", `sealed data: ${why}`);
  if (sealed.length < SEALED_DATA.size) throw bad(`${sealed.length} bytes; its head alone has ${SEALED_DATA.size}`);
  const head = new Structure(SEALED_DATA, sealed.subarray(0, SEALED_DATA.size));
  const payload = sealed.subarray(SEALED_DATA.size);
  const [size, offset] = [head.number("payload_size"), head.number("plain_text_offset")];
  if (size !== payload.length || offset > size)
    throw bad(`it claims ${size} bytes, clear from ${offset}; there are ${payload.length}`);
  const stray = head.notZero();
  if (stray !== undefined) throw bad(`${stray.name} is not zero`);
  return {
    head,
    request: new Structure(KEYREQUEST, head.bytes.subarray(0, KEYREQUEST.size)),
    cipher: payload.subarray(0, offset),
    clear: payload.subarray(offset),
  };
}

/** Unseals data. @throws IsinglassError `ISG_SGX_BAD_SEAL` */
export function unsealData(
  sealed: Uint8Array,
  key: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): { readonly secret: Uint8Array; readonly clear: Uint8Array } {
  const { head, cipher, clear } = parseSealed(sealed);
  const secret = crypto.gcmDecrypt(
    { key, iv: new Uint8Array(12), aad: clear },
    concatBytes(cipher, head.part("payload_tag")),
  );
  if (secret === undefined)
    throw new IsinglassError("ISG_SGX_BAD_SEAL", "sealed data: its tag is wrong: another key, or it was changed");
  return { secret, clear };
}
