import {
  ACCESS_FETCH,
  ACCESS_WRITE,
  PAGE_ROM,
  type PageTranslator,
  type PhysicalMap,
  type SoftTlb,
  TRANSLATION_FAULT,
  TRANSLATION_NOT_MEMORY,
  TranslationPath,
} from "@isinglass/mmu";
import {
  MEM_FOR_WRITE,
  MEM_SIZE_MASK,
  MEM_SUPERVISOR,
  MEM_USER,
  STORE_DONE,
  STORE_FAILED,
  STORE_LEAVE,
} from "@isinglass/uops";

/** Translation as the vCPU does it: its regime, privilege and faults. */
export type Translator = PageTranslator;

/**
 * The descriptor of the rest of an access that crosses a page: of no more bytes than it has. The first part is translated with the size of the whole, so
 * that whoever watches addresses has been asked about all bytes, but for those beyond 4 GiB.
 */
const restOf = (descriptor: number, bytes: number): number => (descriptor & ~MEM_SIZE_MASK) | (31 - Math.clz32(bytes));

/** Where accesses go that are not plain memory. */
export interface DeviceAccess {
  /** Value read, or NaN: an exit was recorded and the instruction is to be executed again. */
  read(gpa: number, size: 1 | 2 | 4): number;
  /** A STORE_* status. */
  write(gpa: number, size: 1 | 2 | 4, value: number): number;
  /** A fetch from something that is not memory; records what happens. */
  fetch(gpa: number): void;
}

/**
 * The slow memory path: what a load or store does when the soft TLB does not answer. Fills the soft TLB, splits accesses
 * that cross a page (both halves are translated before the first byte is written, law 3), and reaches devices.
 */
export class MemoryPath {
  /** Told of each store to memory before it is made: host offset and bytes. */
  beforeStore: ((hostOffset: number, length: number) => void) | undefined;
  /** PAGE_* bits that do not keep compiled code from storing to a page. */
  allowed: number = 0;
  readonly #physical: PhysicalMap;
  readonly #path: TranslationPath;
  readonly #devices: DeviceAccess;
  readonly #u8: Uint8Array;
  readonly #view: DataView;
  readonly #scratch: number;

  /** @param scratch address of the 64 bytes in which split accesses are assembled */
  constructor(
    buffer: ArrayBufferLike,
    scratch: number,
    physical: PhysicalMap,
    tlb: SoftTlb,
    translator: Translator,
    devices: DeviceAccess,
  ) {
    this.#physical = physical;
    this.#path = new TranslationPath(tlb, physical, translator);
    this.#devices = devices;
    this.#u8 = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#scratch = scratch;
  }

  /** Host offset of a byte, TRANSLATION_FAULT or TRANSLATION_NOT_MEMORY. */
  #host(lo: number, hi: number, access: number, descriptor: number): number {
    return this.#path.translate(lo, hi, access, descriptor, (descriptor & (MEM_SUPERVISOR | MEM_USER)) !== 0);
  }

  /** Host offset of the page of a fetch at a linear address; below 0 if it failed. */
  fetchPage(lo: number, hi: number): number {
    // A fault names the byte, not its page (SDM vol. 3A, 4.7: CR2).
    const host = this.#host(lo, hi, ACCESS_FETCH, 0);
    if (host >= 0) return host - (lo & 0xfff);
    if (host === TRANSLATION_NOT_MEMORY) this.#devices.fetch(this.#path.gpa);
    return -1;
  }

  /**
   * Host address of a store that compiled code makes, if it is to memory that nobody watches: the bytes are not written yet. 0: the interpreter has
   * to execute the instruction; a fault may have been recorded.
   */
  locateStore(lo: number, hi: number, descriptor: number): number {
    if (1 << (descriptor & MEM_SIZE_MASK) > 4096 - (lo & 0xfff)) return 0;
    const host = this.#host(lo, hi, ACCESS_WRITE, descriptor);
    return host < 0 || (this.#path.flags & ~this.allowed) !== 0 ? 0 : host;
  }

  /** Host address of the loaded bytes, in memory or assembled in the scratch buffer; 0: fault or exit recorded. */
  load(lo: number, hi: number, descriptor: number): number {
    const size = 1 << (descriptor & MEM_SIZE_MASK);
    const access = (descriptor & MEM_FOR_WRITE) !== 0 ? ACCESS_WRITE : 0;
    const inPage = 4096 - (lo & 0xfff);
    const first = this.#host(lo, hi, access, descriptor);
    if (first === TRANSLATION_FAULT) return 0;
    if (size <= inPage) {
      if (first >= 0) return first;
      return this.#readDevice(this.#path.gpa, size, this.#scratch) ? this.#scratch : 0;
    }
    const firstGpa = this.#path.gpa;
    const nextLo = (lo + inPage) | 0;
    const rest = restOf(descriptor, size - inPage);
    const second = this.#host(nextLo, nextLo === 0 ? (hi + 1) | 0 : hi, access, rest);
    if (second === TRANSLATION_FAULT) return 0;
    const secondGpa = this.#path.gpa;
    if (!this.#gather(first, firstGpa, inPage, this.#scratch)) return 0;
    return this.#gather(second, secondGpa, size - inPage, this.#scratch + inPage) ? this.#scratch : 0;
  }

  #gather(host: number, gpa: number, length: number, into: number): boolean {
    if (host < 0) return this.#readDevice(gpa, length, into);
    this.#u8.copyWithin(into, host, host + length);
    return true;
  }

  #readDevice(gpa: number, length: number, into: number): boolean {
    for (let done = 0; done < length;) {
      const step = deviceStep(gpa + done, length - done);
      const value = this.#devices.read(gpa + done, step);
      if (Number.isNaN(value)) return false;
      if (step === 4) this.#view.setUint32(into + done, value, true);
      else if (step === 2) this.#view.setUint16(into + done, value, true);
      else this.#u8[into + done] = value;
      done += step;
    }
    return true;
  }

  /** Stores the bytes of the scratch buffer. */
  store(lo: number, hi: number, descriptor: number): number {
    const size = 1 << (descriptor & MEM_SIZE_MASK);
    const inPage = 4096 - (lo & 0xfff);
    const first = this.#host(lo, hi, ACCESS_WRITE, descriptor);
    if (first === TRANSLATION_FAULT) return STORE_FAILED;
    const firstGpa = this.#path.gpa;
    if (size <= inPage) return this.#scatter(first, firstGpa, size, this.#scratch);
    const nextLo = (lo + inPage) | 0;
    const rest = restOf(descriptor, size - inPage);
    const second = this.#host(nextLo, nextLo === 0 ? (hi + 1) | 0 : hi, ACCESS_WRITE, rest);
    if (second === TRANSLATION_FAULT) return STORE_FAILED;
    const secondGpa = this.#path.gpa;
    const a = this.#scatter(first, firstGpa, inPage, this.#scratch);
    if (a === STORE_FAILED) return a;
    const b = this.#scatter(second, secondGpa, size - inPage, this.#scratch + inPage);
    return b === STORE_DONE ? a : b;
  }

  #scatter(host: number, gpa: number, length: number, from: number): number {
    if (host >= 0) {
      this.writeHost(host, length, from);
      return STORE_DONE;
    }
    let status = STORE_DONE;
    for (let done = 0; done < length;) {
      const step = deviceStep(gpa + done, length - done);
      const at = from + done;
      const value =
        step === 4 ? this.#view.getUint32(at, true) : step === 2 ? this.#view.getUint16(at, true) : this.#u8[at]!;
      const result = this.#devices.write(gpa + done, step, value);
      if (result === STORE_FAILED) return result;
      if (result === STORE_LEAVE) status = STORE_LEAVE;
      done += step;
    }
    return status;
  }

  /** Copies bytes to a page of memory; filters (ROM, code, dirty log) have their say. */
  writeHost(host: number, length: number, from: number): void {
    const page = host >>> 12;
    const flags = this.#physical.pageFlags(page);
    if ((flags & PAGE_ROM) !== 0) return;
    this.beforeStore?.(host, length);
    this.#u8.copyWithin(host, from, from + length);
    if (flags !== 0) this.#physical.noteWrite(host, length);
  }
}

/** Widest naturally aligned device access at `gpa` within `length` bytes. */
function deviceStep(gpa: number, length: number): 1 | 2 | 4 {
  if (length >= 4 && gpa % 4 === 0) return 4;
  if (length >= 2 && gpa % 2 === 0) return 2;
  return 1;
}
