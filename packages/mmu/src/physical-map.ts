import { type Gpa, IsinglassError, type MemoryRegion, type PhysicalMemory } from "@isinglass/interface";
import { PAGE_CODE, PAGE_DIRTY_LOG, PAGE_ROM } from "./page-flags.js";

/** Guest-physical addresses are below this (52 bits, SDM vol. 3A 4.1.4). */
const GPA_LIMIT = 2 ** 52;
const PAGE = 4096;
/** Pages in 4 GiB, the part of the address space that one table covers. */
const TABLE_PAGES = 1 << 20;
const NO_CODE_WRITES = (): void => {};

interface Region extends MemoryRegion {
  readonly hostOffset: number;
}

/**
 * The guest-physical address space of one machine: RAM and ROM, which live in one fixed buffer (the machine's WebAssembly
 * memory), and holes. It also keeps what is known of each host page ({@link pageFlags}).
 *
 * Ranges of RAM and ROM are whole 4-KiB pages and do not overlap in guest-physical space; two of them may show the same host
 * pages (a firmware image below 1 MiB and below 4 GiB). What is no memory is for a bus to decode, such as `SystemBus` of @isinglass/devices.
 */
export class PhysicalMap implements PhysicalMemory {
  readonly buffer: ArrayBufferLike;
  /**
   * Called after bytes were written to a page that has {@link PAGE_CODE} by anything but the guest's own stores: loaders, DMA,
   * the API, accessed and dirty bits. One call a page at most. The engine drops the code there (design, engine law 2).
   */
  onCodeWrite: (hostOffset: number, length: number) => void = NO_CODE_WRITES;
  /** One bit a host page, bit `page & 7` of byte `page >>> 3`: written to since dirty logging started or was last taken. */
  readonly dirtyBitmap: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #flags: Uint8Array;
  /** Host pages that back something. */
  readonly #backed: Uint8Array;
  /**
   * By guest page, host page + 1; 0 where there is no memory, so that the untouched rest of a table costs nothing. The first
   * covers 4 GiB, the others the same for each following 4 GiB.
   */
  readonly #low: Int32Array = new Int32Array(TABLE_PAGES);
  readonly #high: Int32Array[] = [this.#low];
  readonly #none: Int32Array = new Int32Array(0);
  #regions: Region[] = [];
  readonly #reserved: { readonly hostOffset: number; readonly length: number; readonly name: string }[] = [];

  /**
   * @param buffer the machine's memory; its size is a multiple of 4096 below 4 GiB and does not change
   * @throws IsinglassError `ISG_MEMORY_BAD_RANGE`
   */
  constructor(buffer: ArrayBufferLike) {
    if (typeof (buffer as { readonly byteLength?: unknown } | undefined)?.byteLength !== "number")
      throw new IsinglassError("ISG_MEMORY_BAD_RANGE", "memory map: no buffer; that of a WebAssembly.Memory is right");
    if (buffer.byteLength % PAGE !== 0 || buffer.byteLength > 2 ** 32) {
      throw new IsinglassError(
        "ISG_MEMORY_BAD_RANGE",
        `memory map: the buffer has ${buffer.byteLength} bytes; a multiple of 4096, at most 4 GiB, is right`,
        { length: buffer.byteLength },
      );
    }
    const pages = buffer.byteLength / PAGE;
    this.buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#flags = new Uint8Array(pages);
    this.#backed = new Uint8Array(pages);
    this.dirtyBitmap = new Uint8Array((pages + 7) >>> 3);
  }

  /**
   * Backs `gpa`..`gpa + length - 1` by the buffer's bytes from `hostOffset` on. All three are multiples of 4096, and `hostOffset` is not 0:
   * executors take 0 for "no memory".
   *
   * @throws IsinglassError `ISG_MEMORY_BAD_RANGE`, `ISG_MEMORY_OVERLAP`
   */
  addRam(gpa: Gpa, length: number, hostOffset: number, name: string): void {
    this.#add("ram", gpa, length, hostOffset, name);
  }

  /** The same for memory that the guest and its devices cannot write; {@link write} can. Its pages get {@link PAGE_ROM}. */
  addRom(gpa: Gpa, length: number, hostOffset: number, name: string): void {
    this.#add("rom", gpa, length, hostOffset, name);
    for (let page = 0; page < length / PAGE; page++) this.#flags[hostOffset / PAGE + page]! |= PAGE_ROM;
  }

  /**
   * Keeps bytes of the buffer from ever backing guest memory: the vCPU's state, its soft TLB, decoded code.
   *
   * @throws IsinglassError `ISG_MEMORY_BAD_RANGE` outside the buffer, `ISG_MEMORY_OVERLAP` where memory or another reserved range lies
   */
  reserve(hostOffset: number, length: number, name: string): void {
    if (!(hostOffset >= 0 && length > 0 && hostOffset + length <= this.buffer.byteLength)) {
      throw new IsinglassError(
        "ISG_MEMORY_BAD_RANGE",
        `memory map: ${name} wants ${length} bytes at offset ${hex(hostOffset)} of a buffer of ${this.buffer.byteLength}`,
        { hostOffset, length, name },
      );
    }
    this.#refuseReserved(hostOffset, length, name);
    for (let page = Math.floor(hostOffset / PAGE); page < (hostOffset + length) / PAGE; page++) {
      if (this.#backed[page] === 0) continue;
      throw new IsinglassError(
        "ISG_MEMORY_OVERLAP",
        `memory map: ${name} at offset ${hex(hostOffset)}, ${length} bytes, has guest memory at offset ${hex(page * PAGE)}`,
        { hostOffset, length, name },
      );
    }
    this.#reserved.push({ hostOffset, length, name });
  }

  /** Offset in the buffer of the byte at `gpa` (0 ≤ gpa < 2^52), -1 where there is no RAM or ROM. */
  hostOffset(gpa: Gpa): number {
    if (gpa < 0x1_0000_0000) {
      const entry = this.#low[gpa >>> 12]!;
      return entry === 0 ? -1 : (((entry - 1) << 12) | (gpa & 0xfff)) >>> 0;
    }
    const entry = this.#high[Math.floor(gpa / 0x1_0000_0000)]?.[gpa >>> 12] ?? 0;
    return entry === 0 ? -1 : (((entry - 1) << 12) | (gpa & 0xfff)) >>> 0;
  }

  /** The first guest-physical address that shows a byte of the buffer, -1 for none; for reports, not for hot paths. */
  gpaOf(hostOffset: number): number {
    for (const { gpa, length, hostOffset: first } of this.#regions)
      if (hostOffset >= first && hostOffset < first + length) return gpa + hostOffset - first;
    return -1;
  }

  /** PAGE_* bits of a host page, which is a host offset >>> 12. */
  pageFlags(hostPage: number): number {
    return this.#flags[hostPage]!;
  }

  /** Adds bits. Write tags of the page have to be dropped first, see `SoftTlb.dropWriteTags`. */
  setPageFlags(hostPage: number, bits: number): void {
    this.#flags[hostPage]! |= bits;
  }

  clearPageFlags(hostPage: number, bits: number): void {
    this.#flags[hostPage]! &= ~bits;
  }

  /** Whether a host page backs RAM or ROM of this guest. */
  isBacked(hostPage: number): boolean {
    return this.#backed[hostPage] === 1;
  }

  /**
   * To be called by whoever wrote to a page whose {@link pageFlags} were not 0, after the write; the range stays in one page.
   * Sets the dirty bit, announces writes to code.
   */
  noteWrite(hostOffset: number, length: number): void {
    const page = hostOffset >>> 12;
    const flags = this.#flags[page]!;
    if ((flags & PAGE_DIRTY_LOG) !== 0) {
      this.#flags[page] = flags & ~PAGE_DIRTY_LOG;
      this.dirtyBitmap[page >>> 3]! |= 1 << (page & 7);
    }
    if ((flags & PAGE_CODE) !== 0) this.onCodeWrite(hostOffset, length);
  }

  /** Starts to note which pages are written. The caller drops all write tags afterwards (`SoftTlb.flushAll`). */
  startDirtyLogging(): void {
    this.dirtyBitmap.fill(0);
    for (let page = 0; page < this.#flags.length; page++) {
      if (this.#backed[page] === 1) this.#flags[page]! |= PAGE_DIRTY_LOG;
    }
  }

  stopDirtyLogging(): void {
    for (let page = 0; page < this.#flags.length; page++) this.#flags[page]! &= ~PAGE_DIRTY_LOG;
  }

  /** The host pages written since the last call, in ascending order; starts anew. The caller drops write tags as above. */
  takeDirtyPages(): Uint32Array {
    const pages: number[] = [];
    for (let page = 0; page < this.#flags.length; page++) {
      if (((this.dirtyBitmap[page >>> 3]! >>> (page & 7)) & 1) === 0) continue;
      pages.push(page);
      this.#flags[page]! |= PAGE_DIRTY_LOG;
    }
    this.dirtyBitmap.fill(0);
    return Uint32Array.from(pages);
  }

  /** @throws IsinglassError `ISG_MEMORY_UNBACKED`; nothing is copied then */
  read(gpa: Gpa, into: Uint8Array): void {
    this.#checkBacked(gpa, into.length, "read");
    this.copyOut(gpa, into);
  }

  /** @throws IsinglassError `ISG_MEMORY_UNBACKED`; nothing is copied then */
  write(gpa: Gpa, bytes: Uint8Array): void {
    this.#checkBacked(gpa, bytes.length, "write");
    this.copyIn(gpa, bytes);
  }

  regions(): readonly MemoryRegion[] {
    return this.#regions.map(({ gpa, length, kind, name }) => ({ gpa, length, kind, name }));
  }

  /** Whether each byte of the range is RAM or ROM whose host page has none of the flags in `without`. Any input is safe. */
  isMemory(gpa: Gpa, length: number, without: number): boolean {
    if (!Number.isSafeInteger(gpa) || gpa < 0 || length > GPA_LIMIT - gpa) return false;
    for (let at = gpa; at < gpa + length; at = pageStart(at) + PAGE) {
      const host = this.hostOffset(at);
      if (host < 0 || (this.#flags[host >>> 12]! & without) !== 0) return false;
    }
    return true;
  }

  /** Copies from a range that {@link isMemory}. */
  copyOut(gpa: Gpa, into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      const host = this.hostOffset(gpa + done);
      const count = Math.min(into.length - done, this.#run(gpa + done, host, into.length - done));
      into.set(this.#bytes.subarray(host, host + count), done);
      done += count;
    }
  }

  /** Copies to a range that {@link isMemory}, with the notifications of {@link noteWrite}. */
  copyIn(gpa: Gpa, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const host = this.hostOffset(gpa + done);
      const count = Math.min(bytes.length - done, this.#run(gpa + done, host, bytes.length - done));
      this.#bytes.set(count === bytes.length ? bytes : bytes.subarray(done, done + count), host);
      for (let at = host; at < host + count; at = pageStart(at) + PAGE) {
        if (this.#flags[at >>> 12] !== 0) this.noteWrite(at, Math.min(host + count, pageStart(at) + PAGE) - at);
      }
      done += count;
    }
  }

  /** Bytes from `gpa` on that lie in a row in the buffer, at least the rest of the page. */
  #run(gpa: number, host: number, wanted: number): number {
    let count = PAGE - (gpa & 0xfff);
    while (count < wanted && this.hostOffset(gpa + count) === host + count) count += PAGE;
    return count;
  }

  #checkBacked(gpa: number, length: number, what: string): void {
    if (this.isMemory(gpa, length, 0)) return;
    throw new IsinglassError(
      "ISG_MEMORY_UNBACKED",
      `memory map: ${what} of ${length} bytes at ${hex(gpa)} leaves RAM and ROM (${this.#describe()})`,
      { gpa, length },
    );
  }

  #describe(): string {
    if (this.#regions.length === 0) return "there is none";
    return this.#regions.map((r) => `${r.name} ${hex(r.gpa)}..${hex(r.gpa + r.length - 1)}`).join(", ");
  }

  #regionIn(start: number, end: number): Region | undefined {
    return this.#regions.find((r) => r.gpa < end && start < r.gpa + r.length);
  }

  #add(kind: "ram" | "rom", gpa: number, length: number, hostOffset: number, name: string): void {
    checkRange(gpa, length, PAGE, name);
    if (hostOffset % PAGE !== 0 || hostOffset <= 0 || !(hostOffset + length <= this.buffer.byteLength)) {
      throw new IsinglassError(
        "ISG_MEMORY_BAD_RANGE",
        `memory map: ${name} wants ${length} bytes at offset ${hex(hostOffset)} of a buffer of ${this.buffer.byteLength}; ` +
          "a page-aligned range inside it, not at offset 0, is right",
        { hostOffset, length, name },
      );
    }
    this.#refuseReserved(hostOffset, length, name);
    const other = this.#regionIn(gpa, gpa + length)?.name;
    if (other !== undefined) {
      throw new IsinglassError(
        "ISG_MEMORY_OVERLAP",
        `memory map: ${name} at ${hex(gpa)}..${hex(gpa + length - 1)} overlaps ${other}`,
        { gpa, length, name, other },
      );
    }
    for (let at = 0; at < length; at += PAGE) {
      const hostPage = (hostOffset + at) / PAGE;
      this.#tableFor(gpa + at)[(gpa + at) >>> 12] = hostPage + 1;
      this.#backed[hostPage] = 1;
    }
    this.#regions.push({ kind, gpa, length, hostOffset, name });
    this.#regions.sort((a, b) => a.gpa - b.gpa);
  }

  #refuseReserved(hostOffset: number, length: number, name: string): void {
    const other = this.#reserved.find(
      (r) => r.hostOffset < hostOffset + length && hostOffset < r.hostOffset + r.length,
    );
    if (other === undefined) return;
    throw new IsinglassError(
      "ISG_MEMORY_OVERLAP",
      `memory map: ${name} at offset ${hex(hostOffset)}, ${length} bytes, overlaps ${other.name} at ${hex(other.hostOffset)}`,
      { hostOffset, length, name, other: other.name },
    );
  }

  #tableFor(gpa: number): Int32Array {
    const index = Math.floor(gpa / 0x1_0000_0000);
    while (this.#high.length <= index) this.#high.push(this.#none);
    if (this.#high[index] === this.#none) this.#high[index] = new Int32Array(TABLE_PAGES);
    return this.#high[index]!;
  }
}

/** Address of the page that holds `gpa`. */
function pageStart(gpa: number): number {
  return gpa - (gpa & 0xfff);
}

function checkRange(gpa: number, length: number, unit: number, name: string): void {
  const fits = Number.isSafeInteger(gpa) && Number.isSafeInteger(length) && gpa >= 0 && length > 0;
  if (fits && length <= GPA_LIMIT - gpa && gpa % unit === 0 && length % unit === 0) return;
  throw new IsinglassError(
    "ISG_MEMORY_BAD_RANGE",
    `memory map: ${name} at ${hex(gpa)}, ${length} bytes; multiples of ${unit} with the end at most at 2^52 are right`,
    { gpa, length, name },
  );
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
