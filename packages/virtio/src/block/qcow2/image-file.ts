/**
 * The file that a disk image is in. All calls are synchronous. The order of writes is kept where the process ends; where the host does, only {@link flush} is a border.
 */
export interface ImageFile {
  /** For messages. */
  readonly name: string;
  /** Bytes, now: writes beyond the end make the file longer. */
  readonly size: number;
  readonly readonly: boolean;
  /** What lies beyond the end reads as zeros. */
  read(offset: number, into: Uint8Array): void;
  write(offset: number, bytes: Uint8Array): void;
  /** Returns when everything written is on stable storage. */
  flush(): void;
  close(): void;
}
