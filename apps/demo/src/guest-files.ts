/** What a machine is booted from, as the visitor or the page's folder gave it. */
export interface GuestFiles {
  readonly kernel: Uint8Array<ArrayBuffer> | undefined;
  readonly initrd: Uint8Array<ArrayBuffer> | undefined;
}

type Kind = keyof GuestFiles;

/** Beginnings of initramfs files: cpio (newc, and with checksums), gzip, xz, zstd, lz4, bzip2, lzma. */
const ARCHIVES: readonly string[] = [
  "303730373031",
  "303730373032",
  "1f8b",
  "fd377a585a",
  "28b52ffd",
  "02214c18",
  "425a68",
  "5d0000",
];

/** What a file without a name for it is: an initramfs, by its first bytes, or else a kernel. */
export function kindOf(bytes: Uint8Array): Kind {
  const start = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return ARCHIVES.some((magic) => start.startsWith(magic)) ? "initrd" : "kernel";
}

/** Collects kernel and initramfs: from the file fields, from files dropped on the page, from `guest/` beside the page. */
export class FileSource {
  readonly #known: Record<Kind, { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined> = {
    kernel: undefined,
    initrd: undefined,
  };
  readonly #status: HTMLElement;

  constructor(fields: Readonly<Record<Kind, HTMLInputElement>>, status: HTMLElement, target: HTMLElement) {
    this.#status = status;
    for (const kind of ["kernel", "initrd"] as const)
      fields[kind].addEventListener("change", () => void this.#take(fields[kind].files ?? [], kind));
    target.addEventListener("dragover", (event) => event.preventDefault());
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#take(event.dataTransfer?.files ?? []);
    });
    this.#show();
  }

  get files(): GuestFiles {
    return { kernel: this.#known.kernel?.bytes, initrd: this.#known.initrd?.bytes };
  }

  /** Takes what lies in the page's own folder, if it is there. */
  async fetchOwn(): Promise<void> {
    await Promise.all((["kernel", "initrd"] as const).map((kind) => this.#fetch(kind)));
  }

  async #fetch(kind: Kind): Promise<void> {
    const response = await fetch(`guest/${kind}`).catch(() => undefined);
    // A server for single-page applications answers anything with its page.
    if (response?.ok !== true || (response.headers.get("content-type") ?? "").startsWith("text/html")) return;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length === 0 || this.#known[kind] !== undefined) return;
    this.#known[kind] = { name: `guest/${kind}`, bytes };
    this.#show();
  }

  async #take(files: Iterable<File>, as?: Kind): Promise<void> {
    for (const file of files) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: of two kernels the last one counts
      const bytes = new Uint8Array(await file.arrayBuffer());
      this.#known[as ?? kindOf(bytes)] = { name: file.name, bytes };
    }
    this.#show();
  }

  #show(): void {
    const say = (kind: Kind): string => {
      const known = this.#known[kind];
      return known === undefined ? "none yet" : `${known.name}, ${(known.bytes.length / 2 ** 20).toFixed(1)} MiB`;
    };
    this.#status.textContent = `Kernel: ${say("kernel")}. Initramfs: ${say("initrd")}.`;
  }
}
