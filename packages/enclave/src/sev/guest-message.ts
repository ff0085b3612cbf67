import { type SyncCryptoProvider, concatBytes, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { FIELD, type Layout, Structure } from "../layout.js";

const { bytes, number, zero } = FIELD;

/** Header of a message between a guest and the AMD-SP (SNP ABI, table 100). Bytes 30h to 5Fh are authenticated. */
export const MESSAGE_HEADER: Layout = {
  name: "SNP guest message header",
  size: 0x60,
  source: "SEV-SNP Firmware ABI (56860), table 100",
  fields: [
    bytes("auth_tag", 0x00, 32, "tag of AES-256-GCM, 16 bytes, and zeros"),
    number("msg_seqno", 0x20, 8, "sequence number, the IV"),
    zero(0x28, 8),
    number("algo", 0x30, 1, "1: AES-256-GCM"),
    number("hdr_version", 0x31, 1, "version of this header: 1"),
    number("hdr_size", 0x32, 2, "size of this header: 96"),
    number("msg_type", 0x34, 1, "5: report request, 6: report response, and so on"),
    number("msg_version", 0x35, 1, "version of the payload"),
    number("msg_size", 0x36, 2, "size of the payload"),
    zero(0x38, 4),
    number("msg_vmpck", 0x3c, 1, "which of the guest's four keys"),
    zero(0x3d, 35),
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

function bad(why: string): IsinglassError {
  return new IsinglassError("ISG_SNP_BAD_MESSAGE", `guest message: ${why}`);
}

/** What an answer has to be; what is not given is not asked for. A message that was recorded earlier has a tag that is as right as the answer's. */
export type ExpectedMessage = Partial<Pick<GuestMessage, "sequence" | "type" | "key">>;

/** VMPCKs have 32 bytes; shorter ones would be AES-128 or 192, which the AMD-SP has not. */
function checkKey(vmpck: Uint8Array): void {
  if (vmpck.length !== 32) throw bad(`a VMPCK of ${vmpck.length} bytes; 32 are right`);
}

function checkNumber(what: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 0 || value > most) throw bad(`${what} ${value}; 0 to ${most} are right`);
}

/**
 * Encrypts a message with a VMPCK of 32 bytes (SNP ABI, 8.26).
 *
 * @throws IsinglassError `ISG_SNP_BAD_MESSAGE` where the AMD-SP would not look at it
 */
export function sealGuestMessage(
  message: GuestMessage,
  vmpck: Uint8Array,
  crypto: SyncCryptoProvider = noble,
): Uint8Array {
  const { length } = message.payload;
  checkKey(vmpck);
  if (length === 0 || length % 16 !== 0 || length > 0xffff)
    throw bad(`${length} bytes of payload; a multiple of 16 is right, below 65,536`);
  checkNumber("VMPCK", message.key, 3);
  checkNumber("type", message.type, 255);
  checkNumber("version", message.version, 255);
  if (message.sequence < 1n || message.sequence >> 64n !== 0n)
    throw bad(`sequence number ${message.sequence}; the first is 1, the last 2^64 - 1`);
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
 * @param expected sequence number, type and VMPCK of the answer that is awaited
 * @throws IsinglassError `ISG_SNP_BAD_MESSAGE`
 */
export function openGuestMessage(
  sealed: Uint8Array,
  vmpck: Uint8Array,
  crypto: SyncCryptoProvider = noble,
  expected: ExpectedMessage = {},
): GuestMessage {
  checkKey(vmpck);
  if (sealed.length < MESSAGE_HEADER.size) throw bad(`${sealed.length} bytes; its header alone has 96`);
  const header = new Structure(MESSAGE_HEADER, sealed.subarray(0, MESSAGE_HEADER.size));
  const payload = sealed.subarray(MESSAGE_HEADER.size);
  if (header.number("algo") !== 1 || header.number("hdr_version") !== 1 || header.number("hdr_size") !== 0x60)
    throw bad("its header is not of version 1 with AES-256-GCM");
  if (header.number("msg_size") !== payload.length)
    throw bad(`it claims ${header.number("msg_size")} bytes of payload, there are ${payload.length}`);
  const stray = header.notZero();
  if (stray !== undefined || sealed.subarray(16, 32).some((byte) => byte !== 0))
    throw bad(`${stray?.name ?? "the upper half of its tag"} is not zero`);
  const options = { key: vmpck, iv: iv(header.part("msg_seqno")), aad: header.bytes.subarray(0x30) };
  const plain = crypto.gcmDecrypt(options, concatBytes(payload, sealed.subarray(0, 16)));
  if (plain === undefined) throw bad("its tag is wrong");
  const message: GuestMessage = {
    sequence: header.big("msg_seqno"),
    type: header.number("msg_type"),
    version: header.number("msg_version"),
    key: header.number("msg_vmpck"),
    payload: plain,
  };
  checkNumber("VMPCK", message.key, 3);
  for (const [name, what] of [
    ["sequence", "sequence number"],
    ["type", "type"],
    ["key", "VMPCK"],
  ] as const)
    if (expected[name] !== undefined && message[name] !== expected[name])
      throw bad(`${what} ${message[name]}; ${expected[name]} is expected`);
  return message;
}
