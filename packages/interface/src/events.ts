/** Something that happened in a machine, for logs, statistics and audit; never on a hot path. */
export interface MachineEvent {
  /** Machine time in nanoseconds. */
  readonly time: number;
  /** Who says it, such as `uart16550.0`. */
  readonly source: string;
  /** Stable kind, such as `guest-reset`. */
  readonly kind: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

export interface EventSink {
  emit(event: MachineEvent): void;
}
