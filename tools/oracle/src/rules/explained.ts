import type { Difference } from "../difference.js";
import type { Form } from "../forms.js";
import { AT_OPERAND } from "../layout.js";
import type { MachineState } from "../state.js";

/**
 * A difference that is not an error: the manuals leave the implementation a choice that the undefined-flags table cannot express.
 * Counted in every report.
 */
export interface Explanation {
  readonly name: string;
  readonly reason: string;
  readonly section: string;
  readonly forms: (form: Form) => boolean;
  /** Whether it accounts for all of these differences. */
  readonly explains: (differences: readonly Difference[], expected: MachineState, got: MachineState) => boolean;
}

const approximations = /^v?r(cp|sqrt)[ps]s$/;
const transcendental = /^f(sin|cos|sincos|ptan|patan|2xm1|yl2x|yl2xp1)$/;

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

function single(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

// Both results are within 1.5 * 2^-12 of the exact one, so within 2^-10.4 of each other.
function closeSingles(a: number, b: number): boolean {
  const x = single(a);
  const y = single(b);
  return Math.abs(x - y) <= Math.abs(x) * 2 ** -10.4;
}

// Distance of two 80-bit values of one sign, in units of the last place of the larger.
function extendedDistance(a: Uint8Array, b: Uint8Array): number {
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, 10);
  const [va, vb] = [view(a), view(b)];
  const [ea, eb] = [va.getUint16(8, true), vb.getUint16(8, true)];
  if (Math.abs((ea & 0x7fff) - (eb & 0x7fff)) > 1 || (ea & 0x8000) !== (eb & 0x8000)) return Infinity;
  const low = Math.min(ea, eb);
  const scale = (v: DataView, e: number): bigint => v.getBigUint64(0, true) << BigInt(e - low);
  const distance = scale(va, ea) - scale(vb, eb);
  return Number(distance < 0n ? -distance : distance) / 2 ** (Math.max(ea, eb) - low);
}

// A partial remainder (C2 set) has taken off 32 to 63 bits of the exponent, as the CPU likes; C0, C1 and C3 then mean nothing.
const C2 = 0x0400;
const bothPartial = (expected: MachineState, got: MachineState): boolean => (expected.fsw & got.fsw & C2) !== 0;

/** Linux' TASK_SIZE_MAX: user programs have no page from here on. */
const FIRST_KERNEL_ADDRESS = 0x7fff_ffff_f000;
/** A page fault of a fetch: I/D in its error code (SDM vol. 3A, 4.7). */
const isFetchFault = (state: MachineState): boolean => state.vector === 14 && (state.error & 16) !== 0;

/** The first MiB of the upper half of the canonical addresses. */
const isCanonicalBorder = (address: Uint32Array): boolean => address[1] === 0xffff_8000 && address[0]! < 0x10_0000;

/** RSP's place in pairs of words. */
const RSP = 8;
/** Whether bits 63:47 of a register are equal (SDM vol. 1, 3.3.7.1). */
const isCanonical = (gpr: Uint32Array, at: number): boolean => {
  const upper = gpr[at + 1]! >>> 15;
  return upper === 0 || upper === 0x1_ffff;
};

const onlyFaults = (differences: readonly Difference[]): boolean => differences.every(({ kind }) => kind === "fault");

const XSAVE = /^xsave(c|opt)?(64)?$/;
/** FOP, FIP and FDP of an FXSAVE image (SDM vol. 1, table 10-2). */
const POINTERS_AT = 6;
const POINTERS_END = 24;
/** An exception is pending (SDM vol. 1, 8.1.3.3). */
const ES = 0x80;
/** XCR0's bits of AVX-512 state. */
const AVX_512 = 0xe0;

const XCR0_SSE = 2;
const MXCSR_INITIAL = 0x1f80;
const onlyAccumulator = (differences: readonly Difference[]): boolean =>
  differences.every(
    ({ kind, index, expected, got }) => kind === "gpr" && index === 0 && expected.slice(0, 8) === got.slice(0, 8),
  );

/** Differences that stand in no undefined-flags table, each with its reason. */
export const explanations: readonly Explanation[] = [
  {
    name: "reciprocal approximation",
    reason: "RCPPS, RSQRTPS and their kin need only be within 1.5 * 2^-12; the exact bits differ between CPUs",
    section: "SDM vol. 2, RCPPS, RSQRTPS: relative error",
    forms: (form) => approximations.test(form.mnemonic),
    explains: (differences, expected, got) =>
      differences.every((difference) => {
        if (difference.kind !== "xmm" && difference.kind !== "ymm") return false;
        const [a, b] = difference.kind === "xmm" ? [expected.xmm, got.xmm] : [expected.ymmHigh, got.ymmHigh];
        for (let i = difference.index * 4; i < difference.index * 4 + 4; i++)
          if (a[i] !== b[i] && !closeSingles(a[i]!, b[i]!)) return false;
        return true;
      }),
  },
  {
    name: "partial remainder",
    reason: "FPREM and FPREM1 that do not come to an end reduce by an implementation-dependent amount",
    section: "SDM vol. 2, FPREM: an implementation-dependent number between 32 and 63",
    forms: (form) => form.mnemonic === "fprem" || form.mnemonic === "fprem1",
    explains: (differences, expected, got) =>
      bothPartial(expected, got) &&
      differences.every(
        (difference) =>
          (difference.kind === "st" && difference.index === 0) ||
          (difference.kind === "fsw" && ((expected.fsw ^ got.fsw) & ~0x4700) === 0),
      ),
  },
  {
    name: "transcendental precision",
    reason:
      "x87 transcendental results are not correctly rounded and differ between CPUs in the last place, and C1 with them",
    section: "SDM vol. 1, 8.3.10: error less than 1 ulp",
    forms: (form) => transcendental.test(form.mnemonic),
    explains: (differences, expected, got) =>
      differences.every((difference) => {
        if (difference.kind === "fsw") return ((expected.fsw ^ got.fsw) & ~0x0200) === 0;
        if (difference.kind !== "st") return false;
        const at = difference.index * 16;
        return extendedDistance(expected.st.subarray(at, at + 10), got.st.subarray(at, at + 10)) <= 2;
      }),
  },
  {
    name: "INT1 in a guest",
    reason: "KVM on AMD intercepts #DB and injects it again without moving RIP; on hardware it is a trap",
    section: "SDM vol. 3A, 6.6 and 18.3.1.6: the saved RIP of a trap is that of the next instruction",
    forms: (form) => form.mnemonic === "int1",
    explains: (differences, expected, got) =>
      differences.every(({ kind }) => kind === "rip") && expected.rip[0] === got.codeAddress,
  },
  {
    name: "POPA in part",
    reason: "AMD's CPUs leave the registers that were loaded before the fault",
    section: "SDM vol. 3A, 6.5: a fault restores the state before the instruction",
    forms: (form) => form.mnemonic === "popa" || form.mnemonic === "popad",
    explains: (differences, expected, got) =>
      expected.vector === 14 && got.gpr[8] === expected.gpr[8] && differences.every(({ kind }) => kind === "gpr"),
  },
  {
    name: "UD0 and UD1 without ModRM",
    reason:
      "AMD's CPUs raise #UD before they would fetch the rest of an instruction that runs over the end of the code",
    section: "SDM vol. 2, UD: some CPUs decode no ModRM byte",
    forms: (form) => form.mnemonic === "ud0" || form.mnemonic === "ud1",
    explains: (differences, expected, got) => onlyFaults(differences) && expected.vector === 6 && isFetchFault(got),
  },
  {
    name: "canonical effective address",
    reason:
      "AMD family 26 wants the offset itself to be canonical where the base of FS or GS is added, the manuals only the sum",
    section: "SDM vol. 1, 3.3.7.1; APM vol. 2, 1.2.2",
    forms: () => true,
    explains: (differences, expected, got) =>
      onlyFaults(differences) &&
      (expected.vector === 13 || expected.vector === 12) &&
      expected.error === 0 &&
      got.vector === 14 &&
      got.code.some((byte) => byte === 0x64 || byte === 0x65) &&
      isCanonicalBorder(got.cr2),
  },
  {
    name: "the kernel's pages",
    reason:
      "whether an address above those of user programs is present, bit 0 of the error code, is the host kernel's matter",
    section: "SDM vol. 3A, 4.7",
    forms: () => true,
    explains: (differences, expected, got) =>
      onlyFaults(differences) &&
      expected.vector === 14 &&
      got.vector === 14 &&
      (expected.error ^ got.error) === 1 &&
      expected.cr2[1]! * 0x1_0000_0000 + expected.cr2[0]! >= FIRST_KERNEL_ADDRESS &&
      expected.cr2[0] === got.cr2[0] &&
      expected.cr2[1] === got.cr2[1],
  },
  {
    name: "near CALL with two faults",
    reason:
      "target and stack pointer are both not canonical: AMD family 26 looks at the stack first, the manual's description at the target",
    section:
      "SDM vol. 2, CALL: operation; vol. 3A, 6.9: the order of faults of one class depends on the implementation",
    forms: (form) => form.mnemonic === "call" && form.branch !== 3,
    explains: (differences, expected, got) =>
      onlyFaults(differences) &&
      expected.vector === 12 &&
      got.vector === 13 &&
      expected.error === 0 &&
      got.error === 0 &&
      !isCanonical(got.gpr, RSP),
  },
  {
    name: "x87 pointers without an exception",
    reason: "AMD's CPUs keep FOP, FIP and FDP for a pending exception only and save zeros otherwise",
    section: "SDM vol. 1, 8.1.8; APM vol. 5, FXSAVE: RstrFpErrPtrs",
    forms: (form) => XSAVE.test(form.mnemonic),
    explains: (differences, expected) =>
      (expected.fsw & ES) === 0 &&
      differences.every(({ kind, index, expected: bytes }) => {
        const offset = index - expected.words[AT_OPERAND >> 2]!;
        const end = offset + (bytes.length + 1) / 3;
        return kind === "memory" && offset >= POINTERS_AT && end <= POINTERS_END && /^[0 ]*$/.test(bytes);
      }),
  },
  {
    name: "AVX-512 in XCR0",
    reason: "the host has AVX-512 state, which no CPU model here has",
    section: "SDM vol. 1, 13.3: XCR0",
    forms: (form) => form.mnemonic === "xgetbv",
    explains: (differences, expected, got) =>
      onlyAccumulator(differences) && ((expected.gpr[0]! ^ got.gpr[0]!) & ~AVX_512) === 0,
  },
  {
    name: "MXCSR in use",
    reason: "XGETBV of AMD's CPUs reports SSE state as in use where MXCSR alone is not as it was initially",
    section: "SDM vol. 1, 13.6: XINUSE[1] is about the XMM registers, not about MXCSR",
    forms: (form) => form.mnemonic === "xgetbv",
    explains: (differences, expected, got) =>
      onlyAccumulator(differences) &&
      ((expected.gpr[0]! ^ got.gpr[0]!) & ~AVX_512) === XCR0_SSE &&
      (got.gpr[0]! & XCR0_SSE) === 0 &&
      got.mxcsr !== MXCSR_INITIAL,
  },
];
