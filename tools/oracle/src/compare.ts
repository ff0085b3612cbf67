import type { Difference } from "./difference.js";
import type { Form } from "./forms.js";
import { AT_FX, AT_XMM, DATA_BASE, NO_VECTOR, STATE_SIZE } from "./layout.js";
import { explanations } from "./rules/explained.js";
import { RF } from "./rules/flags.js";
import { type UndefinedParts, UndefinedTable } from "./rules/undefined.js";
import type { MachineState } from "./state.js";

/** How a case came out. */
export type Verdict = "equal" | "undefined" | "explained" | "different";

// FXSAVE fields that are not compared: FOP, FIP, FDP, MXCSR_MASK, the padding of ST(i), the space behind XMM15.
const ignoredFx: readonly number[] = [5, 19, 28, 4, 416, 96];

/** Clears what is never compared, so that two states can be compared as bytes. */
export function normalise(state: MachineState): void {
  const { fx } = state;
  for (let i = 0; i < ignoredFx.length; i += 2) fx.fill(0, ignoredFx[i], ignoredFx[i]! + ignoredFx[i + 1]!);
  for (let i = 32; i < 160; i += 16) fx.fill(0, i + 10, i + 16);
  state.rflags &= ~RF;
}

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, "0");
const pair = (words: Uint32Array, i: number): string => `${hex(words[i + 1]!, 8)}${hex(words[i]!, 8)}`;
const hexBytes = (bytes: Uint8Array): string => [...bytes].map((byte) => hex(byte, 2)).join(" ");
const vector = (words: Uint32Array, i: number): string =>
  [3, 2, 1, 0].map((lane) => hex(words[i * 4 + lane]!, 8)).join("_");

const stackValue = (state: MachineState, i: number): string => {
  const at = AT_FX + 32 + 16 * i;
  return `${hex(state.view.getUint16(at + 8, true), 4)}:${state.view.getBigUint64(at, true).toString(16).padStart(16, "0")}`;
};

/** `#PF(6) at 20003000`, or `none`. */
export function describeFault(state: MachineState): string {
  const names: Readonly<Record<number, string>> = {
    0: "#DE",
    1: "#DB",
    3: "#BP",
    4: "#OF",
    5: "#BR",
    6: "#UD",
    7: "#NM",
    12: "#SS",
    13: "#GP",
    14: "#PF",
    16: "#MF",
    17: "#AC",
    19: "#XM",
    0x100: "timeout",
    0x101: "unsupported",
  };
  if (state.vector === NO_VECTOR) return "none";
  const name = names[state.vector] ?? `vector ${state.vector}`;
  return `${name}(${hex(state.error, 1)})${state.vector === 14 ? ` at ${pair(state.cr2, 0)}` : ""}`;
}

/** Compares final states; one object per run, since it counts. */
export class Comparer {
  readonly #undefined: UndefinedTable;
  /** Cases by the explanation that accounted for them. */
  readonly explained: Map<string, number> = new Map();

  constructor(vendor: string) {
    this.#undefined = new UndefinedTable(vendor);
  }

  /**
   * Judges a case. Both states must be normalised.
   *
   * @param differences is filled with what differs and is not undefined
   */
  judge(
    form: Form,
    before: MachineState,
    expected: MachineState,
    expectedMemory: Uint8Array,
    got: MachineState,
    gotMemory: Uint8Array,
    differences: Difference[],
  ): Verdict {
    differences.length = 0;
    const sameState = Buffer.compare(expected.bytes.subarray(0, STATE_SIZE), got.bytes.subarray(0, STATE_SIZE)) === 0;
    if (sameState && Buffer.compare(expectedMemory, gotMemory) === 0) return "equal";
    const parts = this.#undefined.parts(form, before, expected);
    const add = (kind: Difference["kind"], index: number, expectedText: string, gotText: string): void => {
      differences.push({ kind, index, expected: expectedText, got: gotText });
    };
    if (!sameState) listState(expected, got, parts, add);
    listMemory(expectedMemory, gotMemory, parts.memory, add);
    if (differences.length === 0) return "undefined";
    for (const explanation of explanations) {
      if (!explanation.forms(form) || !explanation.explains(differences, expected, got)) continue;
      this.explained.set(explanation.name, (this.explained.get(explanation.name) ?? 0) + 1);
      return "explained";
    }
    return "different";
  }
}

type Add = (kind: Difference["kind"], index: number, expected: string, got: string) => void;

function listState(expected: MachineState, got: MachineState, parts: UndefinedParts, add: Add): void {
  if (
    expected.vector !== got.vector ||
    expected.error !== got.error ||
    expected.cr2[0] !== got.cr2[0] ||
    expected.cr2[1] !== got.cr2[1]
  )
    add("fault", 0, describeFault(expected), describeFault(got));
  for (let i = 0; i < 32; i += 2) {
    const partly = parts.register === i >> 1;
    const low = (expected.gpr[i]! ^ got.gpr[i]!) & ~(partly ? parts.registerMask : 0);
    const high = (expected.gpr[i + 1]! ^ got.gpr[i + 1]!) & ~(partly ? parts.registerHighMask : 0);
    if (low !== 0 || high !== 0) add("gpr", i >> 1, pair(expected.gpr, i), pair(got.gpr, i));
  }
  if (expected.rip[0] !== got.rip[0] || expected.rip[1] !== got.rip[1])
    add("rip", 0, pair(expected.rip, 0), pair(got.rip, 0));
  if (((expected.rflags ^ got.rflags) & ~parts.rflags) !== 0)
    add("rflags", 0, hex(expected.rflags, 8), hex(got.rflags, 8));
  if (expected.fsBase[0] !== got.fsBase[0] || expected.fsBase[1] !== got.fsBase[1])
    add("fsbase", 0, pair(expected.fsBase, 0), pair(got.fsBase, 0));
  if (expected.gsBase[0] !== got.gsBase[0] || expected.gsBase[1] !== got.gsBase[1])
    add("gsbase", 0, pair(expected.gsBase, 0), pair(got.gsBase, 0));
  if (expected.fcw !== got.fcw) add("fcw", 0, hex(expected.fcw, 4), hex(got.fcw, 4));
  if (((expected.fsw ^ got.fsw) & ~parts.fsw) !== 0) add("fsw", 0, hex(expected.fsw, 4), hex(got.fsw, 4));
  if (expected.ftw !== got.ftw) add("ftw", 0, hex(expected.ftw, 2), hex(got.ftw, 2));
  if (expected.mxcsr !== got.mxcsr) add("mxcsr", 0, hex(expected.mxcsr, 8), hex(got.mxcsr, 8));
  for (let i = 0; i < 8; i++) {
    const [a, b] = [stackValue(expected, i), stackValue(got, i)];
    if (a !== b) add("st", i, a, b);
  }
  const xmmWords = AT_XMM >> 2;
  for (let i = 0; i < 16; i++) {
    const at = xmmWords + i * 4;
    if (
      expected.words[at] !== got.words[at] ||
      expected.words[at + 1] !== got.words[at + 1] ||
      expected.words[at + 2] !== got.words[at + 2] ||
      expected.words[at + 3] !== got.words[at + 3]
    )
      add("xmm", i, vector(expected.xmm, i), vector(got.xmm, i));
    const [high, other] = [vector(expected.ymmHigh, i), vector(got.ymmHigh, i)];
    if (high !== other) add("ymm", i, high, other);
  }
}

function listMemory(expected: Uint8Array, got: Uint8Array, holes: readonly number[], add: Add): void {
  const ignored = (offset: number): boolean => {
    for (let i = 0; i < holes.length; i += 2)
      if (offset >= holes[i]! && offset < holes[i]! + holes[i + 1]!) return true;
    return false;
  };
  let from = -1;
  let to = -1;
  const flush = (): void => {
    if (from >= 0)
      add("memory", DATA_BASE + from, hexBytes(expected.subarray(from, to)), hexBytes(got.subarray(from, to)));
    from = -1;
  };
  for (let i = 0; i < expected.length; i++) {
    if (expected[i] === got[i] || ignored(i)) continue;
    if (from >= 0 && i - to > 4) flush();
    if (from < 0) from = i;
    to = i + 1;
  }
  flush();
}
