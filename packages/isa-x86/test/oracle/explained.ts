/** A kind of difference between objdump (or Zydis) and us that has a reason. At most 20 kinds. */
export interface Explained {
  readonly id: string;
  readonly reason: string;
  /** Manual and section that decides. */
  readonly source: string;
  readonly applies: (theirs: string, ours: string, bytes: string) => boolean;
}

const PREFIXES = "(?:26|2e|36|3e|64|65|66|67|f2|f3)*";

export const EXPLAINED: readonly Explained[] = [
  {
    id: "no-instruction",
    reason:
      "objdump shows (bad), a lone prefix or a data byte, and continues in the middle; we find no instruction either",
    source: "no manual: a matter of display",
    applies: (theirs, ours) =>
      /^error -2|^\(bad\)$/.test(ours) &&
      /\(bad\)|^\.byte|(^| )(rex(\.[WRXB]+)?|data16|addr32|[c-gs]s|lock|repn?z)$/.test(theirs),
  },
  {
    id: "66-nop",
    reason: "90 is NOP with any operand size; objdump prints 66 90 as an exchange of AX with itself",
    source: "SDM vol. 2B, NOP: the one-byte NOP is an alias of XCHG (E)AX,(E)AX",
    applies: (theirs, ours) => /^xchg (ax,ax|rax,rax)$/.test(theirs) && ours === "nop",
  },
  {
    id: "fwait-merged",
    reason: "9B is an instruction of its own; objdump joins it to the x87 instruction behind it",
    source: "SDM vol. 2B, WAIT/FWAIT",
    applies: (theirs, ours, bytes) => ours === "fwait" && bytes.startsWith("9b") && !/^fwait$/.test(theirs),
  },
  {
    id: "lock-not-allowed",
    reason:
      "LOCK before an instruction that does not allow it, or without a memory destination, is #UD; objdump prints it",
    source: "SDM vol. 2A, LOCK",
    applies: (theirs, ours, bytes) =>
      ours === "(bad)" && / ?lock /.test(` ${theirs}`) && new RegExp(`^${PREFIXES}f0`).test(bytes),
  },
  {
    id: "segment-register",
    reason: "MOV to CS and segment registers 6 and 7 are #UD; objdump prints `cs` or `?`",
    source: "SDM vol. 2B, MOV: #UD if attempt is made to load the CS register",
    applies: (theirs, ours) => ours === "(bad)" && /^(?:rep\w+ )?mov (?:cs,|\?,|.*,\?$)/.test(theirs),
  },
  {
    id: "prefix-before-vex",
    reason: "REX, 66, F2, F3 or LOCK before VEX is #UD; objdump ignores it",
    source: "SDM vol. 2A, 2.3.2 and 2.3.3",
    applies: (theirs, ours, bytes) =>
      ours === "(bad)" && theirs.startsWith("v") && new RegExp(`^${PREFIXES}(f0|66|f2|f3|4[0-9a-f])c[45]`).test(bytes),
  },
  {
    id: "287-frstpm",
    reason: "DB E5 (FRSTPM) exists on the 80287XL only; later processors raise #UD",
    source: "SDM vol. 2D, table A-12: DB E5 is reserved",
    applies: (theirs, ours) => ours === "(bad)" && theirs.includes("287 only"),
  },
  {
    id: "x87-alias",
    reason: "reserved x87 encodings that processors execute as aliases; objdump calls them bad",
    source: "APM vol. 3, table A-15 (x87 opcodes) and the encodings that Zydis has",
    applies: (theirs, ours, bytes) =>
      /\(bad\)|only\)$/.test(theirs) && new RegExp(`^${PREFIXES}(4[0-9a-f])?d[9b-f]`).test(bytes) && ours !== "(bad)",
  },
];
