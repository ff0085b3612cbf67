/** What a component's state may consist of: plain data, so that it can be hashed, compared and kept for years. */
export type SnapshotValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly SnapshotValue[]
  | { readonly [key: string]: SnapshotValue };

/**
 * A part of a machine whose state is saved and restored. Asked only at an instruction boundary with queues drained.
 * `load` gets what `save` of the same (`component`, `version`) returned, or of an older version that it still accepts; it throws
 * `ISG_SNAPSHOT_BAD_STATE` on anything else and then leaves the component unchanged.
 */
export interface Snapshotted {
  /** Stable name of the kind and instance, such as `uart16550.0`. */
  readonly component: string;
  readonly version: number;
  save(): SnapshotValue;
  load(state: SnapshotValue, version: number): void;
}
