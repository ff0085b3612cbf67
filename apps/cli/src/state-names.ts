import {
  S,
  SEGMENT_BYTES,
  SEG_ATTRIBUTES,
  SEG_BASE,
  SEG_FIRST,
  SEG_LAST_READ,
  SEG_LAST_WRITE,
  SEG_LIMIT,
  SEG_SELECTOR,
  STATE_BYTES,
} from "@isinglass/cpu-x86";

const GPR = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const SEGMENTS = "es cs ss ds fs gs ldtr tr".split(" ");
const SEGMENT_PARTS: readonly (readonly [offset: number, name: string])[] = [
  [SEG_SELECTOR, "selector"],
  [SEG_ATTRIBUTES, "attributes"],
  [SEG_BASE, "base"],
  [SEG_FIRST, "first"],
  [SEG_LAST_READ, "lastRead"],
  [SEG_LAST_WRITE, "lastWrite"],
  [SEG_LIMIT, "limit"],
];

/** Names by offset, in descending order: what lies between two belongs to the lower one. */
const NAMES: readonly (readonly [offset: number, name: string])[] = [
  ...Object.entries(S).map(([name, offset]): readonly [number, string] => [offset, name]),
  ...GPR.map((name, i): readonly [number, string] => [S.gpr + i * 8, name]),
  ...["ah", "ch", "dh", "bh"].map((name, i): readonly [number, string] => [S.gpr + i * 8 + 1, name]),
  ...SEGMENTS.flatMap((name, i) =>
    SEGMENT_PARTS.map(([offset, part]): readonly [number, string] => [
      S.segments + i * SEGMENT_BYTES + offset,
      `${name}.${part}`,
    ]),
  ),
  ...Array.from({ length: 8 }, (_, i): readonly [number, string] => [S.fpr + i * 16, `fpr${i}`]),
  ...Array.from({ length: 32 }, (_, i): readonly [number, string] => [S.vector + i * 64, `xmm${i}`]),
  ...Array.from({ length: 8 }, (_, i): readonly [number, string] => [S.mask + i * 8, `k${i}`]),
].toSorted(([a], [b]) => b - a);

/** The field of a vCPU's state at a byte offset: `rax`, `ah`, `xmm2`, `ds.base`, `ccResult`; undefined outside the state. */
export function stateName(offset: number): string | undefined {
  if (!(offset >= 0 && offset < STATE_BYTES)) return undefined;
  // Of two names at one offset, the last one added is the finer: "rax" rather than "gpr".
  const start = NAMES.find(([at]) => at <= offset)?.[0];
  const name = NAMES.findLast(([at]) => at === start)?.[1];
  if (start === undefined || name === undefined) return undefined;
  return start === offset ? name : `${name}+${offset - start}`;
}
