/**
 * Layout of a soft TLB, shared by {@link SoftTlb} and by the code emitters that inline its lookup.
 *
 * A view is a direct-mapped table of {@link TLB_ENTRIES} entries in the machine's WebAssembly memory. What tells views apart
 * (address space, privilege, SMAP suspended) is the business of whoever chooses the view. The inlined check is
 *
 *     entry = viewBase + ((va >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY_BYTES
 *     x     = va - i64(entry + TLB_READ | TLB_WRITE | TLB_FETCH)
 *     if (x >u 4096 - size) slow path
 *     host  = i32(entry + TLB_RAM) + x
 *
 * A tag is the virtual address of the page. There is no valid bit: the tag of an absent right is the address of a page with
 * another index ({@link invalidTag}), so that the subtraction can never come out below 4096. Emitted code may also try the entry of an
 * address near its own: that page lies half the table away from every page whose entry may be tried.
 */

/** Entries in a view; a power of two. */
export const TLB_ENTRIES = 4096;
export const TLB_ENTRY_SHIFT = 5;
export const TLB_ENTRY_BYTES = 32;
export const TLB_VIEW_BYTES = 131072;

/** i64: virtual address of the page if it may be read, else an invalid tag. */
export const TLB_READ = 0;
/** i64: the same for writes. Also invalid while the page is not dirty yet or while its writes are filtered. */
export const TLB_WRITE = 8;
/** i64: the same for instruction fetches. */
export const TLB_FETCH = 16;
/** i32: offset of the page in the memory's buffer. */
export const TLB_RAM = 24;
/** i32: what the engine keeps for this page as code, 0 for nothing. */
export const TLB_CODE = 28;

/** Rights given to {@link SoftTlb.fill}. */
export const TLB_R = 1;
export const TLB_W = 2;
export const TLB_X = 4;

/** Low half of the tag of an entry without a right; the high half is 0. */
export function invalidTag(index: number): number {
  return (index ^ (TLB_ENTRIES >> 1)) << 12;
}
