/**
 * What is known of a page of host memory. Kept by host page, not by guest address, so that all aliases of a page agree.
 * Each of CODE, DIRTY_LOG, WATCH and ROM withholds the write tag from soft-TLB entries; PRIVATE withholds all tags.
 */

/** Code decoded from this page is in use: a write must be announced. */
export const PAGE_CODE = 1;
/** The next write sets the page's bit in the dirty bitmap. */
export const PAGE_DIRTY_LOG = 2;
/** A watchpoint lies in this page. */
export const PAGE_WATCH = 4;
/** Guest writes are dropped. */
export const PAGE_ROM = 8;
/** Encrypted or otherwise private to the guest: neither the soft TLB nor devices may touch it. */
export const PAGE_PRIVATE = 16;

/** Any of these withholds the write tag. */
export const PAGE_WRITE_FILTER: number = PAGE_CODE | PAGE_DIRTY_LOG | PAGE_WATCH | PAGE_ROM | PAGE_PRIVATE;
