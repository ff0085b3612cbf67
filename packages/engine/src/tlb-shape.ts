import { TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_FETCH, TLB_RAM, TLB_READ, TLB_WRITE } from "@isinglass/mmu";
import type { TlbShape } from "./lower.js";

/** The soft TLB as emitted code looks into it. */
export const TLB_SHAPE: TlbShape = {
  entries: TLB_ENTRIES,
  entryBytes: TLB_ENTRY_BYTES,
  readTag: TLB_READ,
  fetchTag: TLB_FETCH,
  writeTag: TLB_WRITE,
  ram: TLB_RAM,
};
