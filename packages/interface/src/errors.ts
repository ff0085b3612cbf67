/**
 * Error codes of all Isinglass packages. A code is stable: programs may match on it. The text after it may change.
 */
export type IsinglassErrorCode = `ISG_${string}`;

/** Values that an error carries beside its message, for programs and for `--json`. */
export type ErrorData = Readonly<Record<string, string | number | boolean | bigint | null>>;

/**
 * The one error class that public functions throw. The message says what was found, where (file and offset, or guest
 * address) and what would be right.
 *
 * @example
 * throw new IsinglassError('ISG_BOOT_BAD_MAGIC', 'linux: no "HdrS" at offset 0x202; a bzImage has it there', { offset: 0x202 });
 */
export class IsinglassError extends Error {
  override readonly name: string = "IsinglassError";
  readonly code: IsinglassErrorCode;
  readonly data: ErrorData;

  constructor(code: IsinglassErrorCode, message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.data = data;
  }
}
