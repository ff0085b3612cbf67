import { IsinglassError } from "@isinglass/interface";
import { TLB_R, TLB_W, TLB_X } from "./tlb-layout.js";

export interface TlbEntryState {
  readonly view: number;
  readonly vaLo: number;
  readonly vaHi: number;
  readonly hostOffset: number;
  /** What emitted code may use. */
  readonly rights: number;
  /** What the guest's tables give; includes `rights`. */
  readonly granted: number;
  readonly global: boolean;
  readonly pageShift: number;
}

/**
 * Version 2, little-endian: u32 version, u32 views, u32 entries; then 16 bytes an entry: u8 view, u8 page shift, u8 rights in use and
 * from bit 4 on rights granted, u8 global, i32 va low, i32 va high, u32 host offset. Entries are in order of view and index. In version 1
 * the rights granted are those in use.
 */
const VERSION = 2;
const RIGHTS = TLB_R | TLB_W | TLB_X;
const HEADER_BYTES = 12;
const ENTRY_BYTES = 16;
const PAGE_SHIFTS: readonly number[] = [12, 21, 22, 30];

export function writeTlbState(views: number, entries: readonly TlbEntryState[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + entries.length * ENTRY_BYTES);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, VERSION, true);
  data.setUint32(4, views, true);
  data.setUint32(8, entries.length, true);
  entries.forEach((entry, i) => {
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    data.setUint8(at, entry.view);
    data.setUint8(at + 1, entry.pageShift);
    data.setUint8(at + 2, entry.rights | (entry.granted << 4));
    data.setUint8(at + 3, entry.global ? 1 : 0);
    data.setInt32(at + 4, entry.vaLo, true);
    data.setInt32(at + 8, entry.vaHi, true);
    data.setUint32(at + 12, entry.hostOffset, true);
  });
  return bytes;
}

/** @throws IsinglassError `ISG_SNAPSHOT_BAD_STATE` on anything that {@link writeTlbState} does not write */
export function readTlbState(
  bytes: Uint8Array,
  views: number,
  isBacked: (hostPage: number) => boolean,
): TlbEntryState[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = bytes.length < HEADER_BYTES ? [] : [0, 4, 8].map((at) => data.getUint32(at, true));
  const [version, savedViews, count = 0] = header;
  if (
    (version !== VERSION && version !== 1) ||
    savedViews !== views ||
    bytes.length !== HEADER_BYTES + count * ENTRY_BYTES
  ) {
    throw bad(`${bytes.length} bytes with the header ${header.join(" ")} are not a state of ${views} views`, 0);
  }
  const entries: TlbEntryState[] = [];
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    const rights = data.getUint8(at + 2);
    const entry: TlbEntryState = {
      view: data.getUint8(at),
      pageShift: data.getUint8(at + 1),
      rights: rights & 15,
      granted: version === 1 ? rights : rights >>> 4,
      global: data.getUint8(at + 3) === 1,
      vaLo: data.getInt32(at + 4, true),
      vaHi: data.getInt32(at + 8, true),
      hostOffset: data.getUint32(at + 12, true),
    };
    const sound =
      entry.view < views &&
      PAGE_SHIFTS.includes(entry.pageShift) &&
      ((entry.rights | entry.granted) & ~RIGHTS) === 0 &&
      (entry.rights & ~entry.granted) === 0 &&
      ((entry.vaLo | entry.hostOffset) & 0xfff) === 0 &&
      isBacked(entry.hostOffset >>> 12);
    if (!sound) throw bad(`entry ${i} is not a page of this guest`, at);
    entries.push(entry);
  }
  return entries;
}

function bad(what: string, offset: number): IsinglassError {
  return new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `soft TLB state, offset ${offset}: ${what}`, { offset });
}
