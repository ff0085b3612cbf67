import { ACCESS_FETCH, ACCESS_WRITE } from "./access.js";
import { PAGE_WRITE_FILTER } from "./page-flags.js";
import { type SoftTlb, tlbRights } from "./soft-tlb.js";
import { TLB_R, TLB_W, TLB_X } from "./tlb-layout.js";

/** {@link TranslationPath.translate}: the fault is recorded in the vCPU's state. */
export const TRANSLATION_FAULT = -1;
/** The same: no RAM and no ROM is there; {@link TranslationPath.gpa} says where. */
export const TRANSLATION_NOT_MEMORY = -2;

/** A walk as a vCPU does it, with its regime, privilege and faults. After a success the fields describe the page until the next one. */
export interface PageTranslator {
  /** Guest-physical address of the byte at linear address (lo, hi), or -1 with the fault recorded in the vCPU's state. */
  translate(lo: number, hi: number, access: number, descriptor: number): number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly global: boolean;
  readonly pageShift: number;
  /** Soft-TLB view in use. */
  readonly view: number;
  /** View for an access with a privilege of its own, or -1: there is none. */
  viewFor(descriptor: number): number;
}

/** What of a guest-physical map is asked: `PhysicalMap` has it. */
export interface HostPages {
  /** Offset in the buffer of the byte at `gpa`, -1 where there is no RAM or ROM. */
  hostOffset(gpa: number): number;
  /** PAGE_* bits of a host page. */
  pageFlags(hostPage: number): number;
}

/**
 * The slow way from a linear address to memory, behind the soft TLB that emitted code looks into: asks the soft TLB for what the guest's
 * tables *granted*, walks where it does not know the page, and remembers what the walk found.
 *
 * Walks set accessed and dirty bits, which the guest sees. So whether there is one may depend only on what was accessed and flushed
 * before: not on a filter that withheld a write tag, not on decoded code that a restored machine lacks. Everything that accesses memory
 * for a vCPU goes this way.
 */
export class TranslationPath {
  /** Guest-physical address after {@link TRANSLATION_NOT_MEMORY}. */
  gpa: number = 0;
  /** PAGE_* bits of the host page after a success. */
  flags: number = 0;
  readonly #tlb: SoftTlb;
  readonly #pages: HostPages;
  readonly #translator: PageTranslator;

  constructor(tlb: SoftTlb, pages: HostPages, translator: PageTranslator) {
    this.#tlb = tlb;
    this.#pages = pages;
    this.#translator = translator;
  }

  /**
   * Host offset of the byte at (lo, hi), or one of {@link TRANSLATION_FAULT} and {@link TRANSLATION_NOT_MEMORY}.
   *
   * @param access ACCESS_WRITE or ACCESS_FETCH, or 0 for a read
   * @param descriptor handed on to the translator
   * @param ownPrivilege the access has a privilege of its own, which the descriptor tells: without a view for that, the soft TLB is neither asked nor filled
   */
  translate(lo: number, hi: number, access: number, descriptor: number, ownPrivilege: boolean): number {
    const tlb = this.#tlb;
    const t = this.#translator;
    const write = (access & ACCESS_WRITE) !== 0;
    const view = ownPrivilege ? t.viewFor(descriptor) : t.view;
    if (view >= 0) {
      const right = write ? TLB_W : (access & ACCESS_FETCH) !== 0 ? TLB_X : TLB_R;
      const known = tlb.lookup(view, lo, hi, right);
      if (known >= 0) {
        this.flags = this.#pages.pageFlags(known >>> 12);
        if (write && (this.flags & PAGE_WRITE_FILTER) === 0) tlb.openWrites(view, lo, hi);
        return known;
      }
    }
    const gpa = t.translate(lo, hi, access, descriptor);
    if (gpa < 0) return TRANSLATION_FAULT;
    const host = this.#pages.hostOffset(gpa);
    if (host < 0) {
      this.gpa = gpa;
      return TRANSLATION_NOT_MEMORY;
    }
    this.flags = this.#pages.pageFlags(host >>> 12);
    if (view >= 0) {
      const granted = tlbRights(t.readable, t.writable, t.executable, 0);
      const rights = tlbRights(t.readable, t.writable, t.executable, this.flags);
      tlb.fill(view, lo, hi, host, rights, t.global, t.pageShift, granted);
    }
    return host;
  }
}
