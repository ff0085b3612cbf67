import { type SyncCryptoProvider, concatBytes, equalBytes, noble, toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import type { Structure } from "../layout.js";
import { Reader } from "../reader.js";

// The confidential-computing event log of a TD (UEFI 2.10, 38.4.1, ACPI table CCEL), in the TCG's crypto-agile format (TCG PC Client Platform Firmware Profile, 10).

const SHA384 = 0x000c;
const SHA384_SIZE = 48;
/** EV_NO_ACTION: told, not measured. */
const NO_ACTION = 3;
const MOST_EVENTS = 65_536;
const MOST_DIGESTS = 8;

/** Names of event types that firmware and boot loaders log (TCG PFP, table 27). */
export const EVENT_TYPES: Readonly<Record<number, string>> = {
  0x1: "EV_POST_CODE",
  0x3: "EV_NO_ACTION",
  0x4: "EV_SEPARATOR",
  0x5: "EV_ACTION",
  0x6: "EV_EVENT_TAG",
  0xa: "EV_PLATFORM_CONFIG_FLAGS",
  0xd: "EV_IPL",
  0x8000_0001: "EV_EFI_VARIABLE_DRIVER_CONFIG",
  0x8000_0002: "EV_EFI_VARIABLE_BOOT",
  0x8000_0003: "EV_EFI_BOOT_SERVICES_APPLICATION",
  0x8000_0004: "EV_EFI_BOOT_SERVICES_DRIVER",
  0x8000_0006: "EV_EFI_GPT_EVENT",
  0x8000_0007: "EV_EFI_ACTION",
  0x8000_0008: "EV_EFI_PLATFORM_FIRMWARE_BLOB",
  0x8000_0009: "EV_EFI_HANDOFF_TABLES",
  0x8000_000a: "EV_EFI_PLATFORM_FIRMWARE_BLOB2",
  0x8000_000b: "EV_EFI_HANDOFF_TABLES2",
  0x8000_000c: "EV_EFI_VARIABLE_BOOT2",
  0x8000_00e0: "EV_EFI_VARIABLE_AUTHORITY",
};

/** Types whose digest is the hash of their data (TCG PFP, table 27): separators, actions, variables with their names, partition tables. Others hash something that the log only describes. */
const HASHED_DATA: readonly number[] = [0x4, 0x5, 0x8000_0001, 0x8000_0006, 0x8000_0007, 0x8000_000c, 0x8000_00e0];

/** An event of the log. A register authenticates the digest alone; {@link eventDataState} tells whether the data goes with it. */
export interface CcEvent {
  /** 0: MRTD; 1 to 4: RTMR 0 to 3. */
  readonly register: number;
  /** Told, not measured. */
  readonly type: number;
  /** SHA-384 that was extended. */
  readonly digest: Uint8Array;
  /** Told, not measured, unless its hash is the digest. */
  readonly data: Uint8Array;
  readonly offset: number;
}

function bad(message: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_LOG", `event log: ${message}`, { offset });
}

/** Sizes of the digests in the log, by algorithm, from its first event (TCG PFP, "Spec ID Event03"). */
function readAlgorithms(reader: Reader): Map<number, number> {
  reader.u32("the first event's register");
  if (reader.u32("the first event's type") !== NO_ACTION) throw bad("it does not begin with EV_NO_ACTION", 4);
  reader.take(20, "the first event's digest");
  const head = new Reader(
    reader.take(reader.u32("the first event's size"), "the first event"),
    "event log's first event",
  );
  const signature = head.take(16, "its signature");
  if (String.fromCharCode(...signature.subarray(0, 15)) !== "Spec ID Event03")
    throw bad('its first event is not "Spec ID Event03"', 32);
  head.take(8, "its platform and version");
  const count = head.u32("the count of algorithms");
  if (count === 0 || count > MOST_DIGESTS) throw bad(`${count} algorithms`, 56);
  return new Map(Array.from({ length: count }, () => [head.u16("an algorithm"), head.u16("a digest's size")]));
}

/**
 * Reads an event log up to its last event; ones or zeros after it are the unused rest of the memory that it lies in.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_LOG`, `ISG_ENCLAVE_TRUNCATED`
 */
export function parseEventLog(bytes: Uint8Array): CcEvent[] {
  const reader = new Reader(bytes, "event log");
  const sizes = readAlgorithms(reader);
  if (sizes.get(SHA384) !== SHA384_SIZE) throw bad("it has no SHA-384 digests", 56);
  const events: CcEvent[] = [];
  while (reader.left >= 12) {
    const offset = reader.at;
    const register = reader.u32("a register");
    const type = reader.u32("an event's type");
    if (register === 0xffff_ffff || (register === 0 && type === 0)) {
      const filler = register & 255;
      if (bytes.subarray(offset).some((byte) => byte !== filler))
        throw bad(`an event of type ${type} for register ${register} at ${offset}`, offset);
      break;
    }
    if (register > 4) throw bad(`register ${register} at ${offset}; 0 to 4 are right`, offset);
    const count = reader.u32("the count of digests");
    if (count === 0 || count > MOST_DIGESTS) throw bad(`${count} digests at ${offset}`, offset);
    let digest: Uint8Array | undefined;
    for (let i = 0; i < count; i += 1) {
      const algorithm = reader.u16("an algorithm");
      const size = sizes.get(algorithm);
      if (size === undefined)
        throw bad(
          `a digest of algorithm 0x${algorithm.toString(16)} at ${reader.at}, which its head does not name`,
          reader.at,
        );
      const value = reader.take(size, "a digest");
      if (algorithm === SHA384) digest = value;
    }
    const data = reader.take(reader.u32("an event's size"), "an event");
    if (digest === undefined) throw bad(`an event without SHA-384 at ${offset}`, offset);
    events.push({ register, type, digest, data, offset });
    if (events.length > MOST_EVENTS) throw bad(`more than ${MOST_EVENTS} events`, offset);
  }
  // Filler that is too short for an event is filler all the same.
  const rest = bytes.subarray(reader.at);
  if (rest.length < 12 && !rest.every((byte) => byte === 0) && !rest.every((byte) => byte === 0xff))
    throw bad(`${rest.length} stray bytes at ${reader.at}`, reader.at);
  return events;
}

/**
 * Whether the data of an event is what its digest is of: `verified`; `wrong` where the type says that it should be and it is not; `not verified` where the digest is of something else, or
 * no RTMR was extended with it.
 */
export function eventDataState(
  event: CcEvent,
  crypto: SyncCryptoProvider = noble,
): "verified" | "not verified" | "wrong" {
  if (event.register === 0 || event.type === NO_ACTION) return "not verified";
  if (equalBytes(crypto.digest("SHA-384", event.data), event.digest)) return "verified";
  return HASHED_DATA.includes(event.type) ? "wrong" : "not verified";
}

/** RTMR 0 to 3 as the events extend them from zero (TDX module, TDG.MR.RTMR.EXTEND). */
export function replayRtmrs(events: readonly CcEvent[], crypto: SyncCryptoProvider = noble): Uint8Array[] {
  const rtmrs: Uint8Array[] = Array.from({ length: 4 }, () => new Uint8Array(SHA384_SIZE));
  for (const { register, type, digest } of events)
    if (register > 0 && type !== NO_ACTION)
      rtmrs[register - 1] = crypto.digest("SHA-384", concatBytes(rtmrs[register - 1]!, digest));
  return rtmrs;
}

/** Registers of a TD report that the log does not lead to: their number, and what it leads to. Empty where the log is true. */
export function differingRtmrs(
  events: readonly CcEvent[],
  report: Structure,
  crypto: SyncCryptoProvider = noble,
): { rtmr: number; replayed: string; reported: string }[] {
  return replayRtmrs(events, crypto).flatMap((value, i) => {
    const reported = report.part(`rtmr${i}`);
    return equalBytes(value, reported) ? [] : [{ rtmr: i, replayed: toHex(value), reported: toHex(reported) }];
  });
}
