import type { Bus, BusMapping, Gpa, MmioHandler, MmioSize, PortHandler } from "@isinglass/interface";

const ALL_ONES: Readonly<Record<MmioSize, number>> = { 1: 0xff, 2: 0xffff, 4: 0xffff_ffff };

/** The pages of several processors at one address: an access goes to that of the processor that makes it. */
class SharedPage implements MmioHandler {
  readonly byProcessor: (MmioHandler | undefined)[] = [];
  mapping: BusMapping | undefined;
  readonly #processor: () => number;

  constructor(processor: () => number) {
    this.#processor = processor;
  }

  readMmio(offset: number, size: MmioSize): number {
    return this.byProcessor[this.#processor()]?.readMmio(offset, size) ?? ALL_ONES[size];
  }

  writeMmio(offset: number, size: MmioSize, value: number): void {
    this.byProcessor[this.#processor()]?.writeMmio(offset, size, value);
  }
}

/**
 * Local APICs' register pages on one bus. Each processor has its own at the same address, 0xfee00000 until it moves it (Intel SDM 3A, 11.4.5).
 *
 * @example
 * const pages = new ApicPages(bus, () => running.index);
 * for (const lapic of lapics) lapic.mapOn(pages.busOf(lapic.id));
 */
export class ApicPages {
  readonly #bus: Bus;
  readonly #processor: () => number;
  readonly #pages = new Map<Gpa, SharedPage>();

  /** @param processor number of the one whose access is under way */
  constructor(bus: Bus, processor: () => number) {
    this.#bus = bus;
    this.#processor = processor;
  }

  /** The bus as processor number `processor` sees it: what is mapped there answers that processor alone. */
  busOf(processor: number): Bus {
    return {
      mapPorts: (first: number, count: number, handler: PortHandler, name: string) =>
        this.#bus.mapPorts(first, count, handler, name),
      mapMmio: (gpa: Gpa, length: number, handler: MmioHandler, name: string) => {
        const page = this.#page(gpa, length, name);
        page.byProcessor[processor] = handler;
        return { remove: () => this.#remove(gpa, page, processor) };
      },
    };
  }

  #page(gpa: Gpa, length: number, name: string): SharedPage {
    const known = this.#pages.get(gpa);
    if (known !== undefined) return known;
    const page = new SharedPage(this.#processor);
    page.mapping = this.#bus.mapMmio(gpa, length, page, name);
    this.#pages.set(gpa, page);
    return page;
  }

  #remove(gpa: Gpa, page: SharedPage, processor: number): void {
    page.byProcessor[processor] = undefined;
    if (page.byProcessor.some((handler) => handler !== undefined)) return;
    page.mapping?.remove();
    if (this.#pages.get(gpa) === page) this.#pages.delete(gpa);
  }
}
