import { type SyncCryptoProvider, concatBytes, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { type Layout, Structure } from "../layout.js";

/** Header of a message between a guest and the AMD-SP (SNP ABI, table 100). Bytes 30h to 5Fh are authenticated. */
export const MESSAGE_HEADER: Layout = {
  name: "SNP guest message header",
  size: 0x60,
  source: "SEV-SNP Firmware ABI (56860), table 100",
  fields: [
    { name: "auth_tag", at: 0x00, size: 32, kind: "bytes", meaning: "tag of AES-256-GCM, 16 bytes, and zeros" },
    { name: "msg_seqno", at: 0x20, size: 8, kind: "number", meaning: "sequence number, the IV" },
    { name: "reserved_28", at: 0x28, size: 8, kind: "zero", meaning: "reserved" },
    { name: "algo", at: 0x30, size: 1, kind: "number", meaning: "1: AES-256-GCM" },
    { name: "hdr_version", at: 0x31, size: 1, kind: "number", meaning: "version of this header: 1" },
    { name: "hdr_size", at: 0x32, size: 2, kind: "number", meaning: "size of this header: 96" },
    {
      name: "msg_type",
      at: 0x34,
      size: 1,
      kind: "number",
      meaning: "5: report request, 6: report response, and so on",
    },
    { name: "msg_version", at: 0x35, size: 1, kind: "number", meaning: "version of the payload" },
    { name: "msg_size", at: 0x36, size: 2, kind: "number", meaning: "size of the payload" },
    { name: "reserved_38", at: 0x38, size: 4, kind: "zero", meaning: "reserved" },
    { name: "msg_vmpck", at: 0x3c, size: 1, kind: "number", meaning: "which of the guest's four keys" },
    { name: "reserved_3d", at: 0x3d, size: 35, kind: "zero", meaning: "reserved" },
  ],
};

/** A message in the clear. */
export interface GuestMessage {
  /** 1 to 2^64 - 1; the AMD-SP takes each number once. */
  readonly sequence: bigint;
  readonly type: number;
  readonly version: number;
  /** VMPCK 0 to 3. */
  readonly key: number;
  readonly payload: Uint8Array;
}

function iv(sequence: Uint8Array): Uint8Array {
  return concatBytes(sequence, new Uint8Array(4));
}

/** Encrypts a message with a VMPCK of 32 bytes (SNP ABI, 8.26). */
export function sealGuestMessage(
  message: GuestMessage,
  vmpck: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): Uint8Array {
  const header = new Structure(MESSAGE_HEADER).set("msg_seqno", message.sequence).set("algo", 1).set("hdr_version", 1);
  header.set("hdr_size", 0x60).set("msg_type", message.type).set("msg_version", message.version);
  header.set("msg_size", message.payload.length).set("msg_vmpck", message.key);
  const options = { key: vmpck, iv: iv(header.part("msg_seqno")), aad: header.bytes.subarray(0x30) };
  const sealed = crypto.gcmEncrypt(options, message.payload);
  header.bytes.set(sealed.subarray(message.payload.length), 0);
  return concatBytes(header.bytes, sealed.subarray(0, message.payload.length));
}

/**
 * Decrypts a message.
 *
 * @throws IsinglassError `ISG_SNP_BAD_MESSAGE`
 */
export function openGuestMessage(
  bytes: Uint8Array,
  vmpck: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): GuestMessage {
  const bad = (why: string): IsinglassError => new IsinglassError("ISG_SNP_BAD_MESSAGE", `guest message: ${why}`);
  if (bytes.length < MESSAGE_HEADER.size) throw bad(`${bytes.length} bytes; its header alone has 96`);
  const header = new Structure(MESSAGE_HEADER, bytes.subarray(0, MESSAGE_HEADER.size));
  const payload = bytes.subarray(MESSAGE_HEADER.size);
  if (header.number("algo") !== 1 || header.number("hdr_version") !== 1 || header.number("hdr_size") !== 0x60)
    throw bad("its header is not of version 1 with AES-256-GCM");
  if (header.number("msg_size") !== payload.length)
    throw bad(`it claims ${header.number("msg_size")} bytes of payload, there are ${payload.length}`);
  const stray = header.notZero();
  if (stray !== undefined || bytes.subarray(16, 32).some((byte) => byte !== 0))
    throw bad(`${stray?.name ?? "the upper half of its tag"} is not zero`);
  const options = { key: vmpck, iv: iv(header.part("msg_seqno")), aad: header.bytes.subarray(0x30) };
  const plain = crypto.gcmDecrypt(options, concatBytes(payload, bytes.subarray(0, 16)));
  if (plain === undefined) throw bad("its tag is wrong");
  return {
    sequence: header.big("msg_seqno"),
    type: header.number("msg_type"),
    version: header.number("msg_version"),
    key: header.number("msg_vmpck"),
    payload: plain,
  };
}
