/** What a page walk is for: bits of the `access` argument of the walkers. No bit: a data read by a supervisor. */

/** A data write; also the read of a read-modify-write. */
export const ACCESS_WRITE = 1;
/** An instruction fetch; excludes ACCESS_WRITE. */
export const ACCESS_FETCH = 2;
/** Made at CPL 3. */
export const ACCESS_USER = 4;
/** EFLAGS.AC = 1: SMAP is suspended for explicit supervisor accesses. */
export const ACCESS_AC = 8;
/** An implicit supervisor access (descriptor tables, TSS): a supervisor's at any CPL, and SMAP applies whatever AC says. */
export const ACCESS_IMPLICIT = 16;
/** Sets no accessed and dirty bits: for debuggers and for prefetching translators. */
export const ACCESS_PROBE = 32;
