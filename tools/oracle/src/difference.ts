/** One part of the final state in which two executions differ. */
export interface Difference {
  readonly kind:
    | "gpr"
    | "rip"
    | "rflags"
    | "fsbase"
    | "gsbase"
    | "fault"
    | "fcw"
    | "fsw"
    | "ftw"
    | "mxcsr"
    | "st"
    | "xmm"
    | "ymm"
    | "memory";
  readonly index: number;
  readonly expected: string;
  readonly got: string;
}
