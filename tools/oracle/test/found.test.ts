import { describe, expect, it } from "vitest";
import { type Executor, FinalState, layout, TestCase } from "../src/index.js";
import { createInterpreter } from "../src/executors/isinglass-interpreter.js";
import { createReference } from "../src/executors/isinglass-reference.js";

/** One line a bug that the host CPU has found: it failed before the fix. */
interface Found {
  readonly name: string;
  readonly mode?: 32;
  readonly code: string;
  /** Initial general registers, and `xmm0`. */
  readonly set?: Readonly<Record<string, bigint>>;
  /** Initial memory, bytes in hexadecimal by address. */
  readonly memory?: Readonly<Record<number, string>>;
  readonly after: Readonly<Record<string, bigint | string>>;
}

const NAMES = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"];
const CODE = layout.CODE_BASE + 0x100;
const DATA = layout.DATA_BASE;
const RO = DATA + layout.READ_ONLY_OFFSET;
const AFTER_DATA = DATA + layout.DATA_SIZE;
const junk = 0x1122_3344_5566_7788n;
const rsp = BigInt(DATA + 0x800);

const zeroCounts: readonly [string, string][] = [
  ["rol", "c1c000"],
  ["ror", "c1c800"],
  ["rcl", "c1d000"],
  ["rcr", "c1d800"],
  ["shl", "c1e000"],
  ["shr", "c1e800"],
  ["sar", "c1f800"],
  ["shld", "0fa4c800"],
  ["shrd", "0facc800"],
  ["shl by cl", "d3e0"],
];

// Expected values: SDM vol. 2 of each instruction, and the host CPU.
const found: readonly Found[] = [
  ...zeroCounts.map(([name, code]) => ({
    name: `${name} of a 32-bit register by 0 clears its upper half`,
    code,
    set: { rax: junk },
    after: { rax: junk & 0xffff_ffffn },
  })),
  {
    name: "ENTER with REX.W and a prefix that means nothing takes 64 bits",
    code: "f248c8100000",
    set: { rsp, rbp: 0x1234n },
    after: { rbp: rsp - 8n, rsp: rsp - 24n, [`@${DATA + 0x7f8}`]: "3412000000000000" },
  },
  {
    name: "INSB checks the I/O permission before memory",
    code: "6c",
    set: { rdi: BigInt(AFTER_DATA) },
    after: { fault: "13 0", rip: BigInt(CODE) },
  },
  {
    name: "OUTSB checks the I/O permission before memory",
    code: "6e",
    set: { rsi: BigInt(AFTER_DATA) },
    after: { fault: "13 0", rip: BigInt(CODE) },
  },
  {
    name: "JMP to an address that is not canonical faults at the JMP",
    code: "ffe0",
    set: { rax: 0x8000_0000_0000n },
    after: { fault: "13 0", rip: BigInt(CODE) },
  },
  {
    name: "CALL to an address that is not canonical pushes nothing",
    code: "ffd0",
    set: { rax: 0xffff_7fff_ffff_ffffn, rsp },
    memory: { [DATA + 0x7f8]: "0102030405060708" },
    after: { fault: "13 0", rip: BigInt(CODE), rsp, [`@${DATA + 0x7f8}`]: "0102030405060708" },
  },
  {
    name: "RET to an address that is not canonical pops nothing",
    code: "c3",
    set: { rsp },
    memory: { [DATA + 0x800]: "0000000000800000" },
    after: { fault: "13 0", rip: BigInt(CODE), rsp },
  },
  {
    name: "a branch into an absent page names the byte in CR2",
    code: "ffe0",
    set: { rax: 0x1234_5678n },
    after: { fault: "14 20", rip: 0x1234_5678n, cr2: 0x1234_5678n },
  },
  {
    name: "CLFLUSH through RBP raises the stack exception",
    code: "0fae7d00",
    set: { rbp: 0x8000_0000_0000n },
    after: { fault: "12 0" },
  },
  {
    name: "CMPXCHG16B through RBP raises the stack exception",
    code: "480fc74d00",
    set: { rbp: 0x8000_0000_0000n },
    after: { fault: "12 0" },
  },
  {
    name: "UCOMISD sees a denormal of which only bit 32 is set",
    code: "660f2ec1",
    set: { xmm0: 0x1_0000_0000n },
    after: { mxcsr: "1f82" },
  },
  { name: "CLDEMOTE is a NOP", code: "0f1c00", set: { rax: BigInt(AFTER_DATA) }, after: { rip: BigInt(CODE + 3) } },
  { name: "RDSSPQ is a NOP without shadow stacks", code: "f3480f1ec8", set: { rax: junk }, after: { rax: junk } },
  { name: "BNDMOV is a NOP without MPX", code: "660f1a00", set: { rax: BigInt(AFTER_DATA) }, after: {} },
  {
    name: "PUSH ES writes its whole 32-bit slot",
    mode: 32,
    code: "06",
    set: { rsp },
    memory: { [DATA + 0x7fc]: "ffffffff" },
    after: { rsp: rsp - 4n, [`@${DATA + 0x7fc}`]: "2b000000" },
  },
  {
    name: "PUSH ES faults where its slot crosses into a read-only page",
    mode: 32,
    code: "06",
    set: { rsp: BigInt(RO + 2) },
    after: { fault: "14 7", cr2: BigInt(RO), rsp: BigInt(RO + 2) },
  },
  {
    name: "ARPL leaves read-only memory alone that needs no change",
    mode: 32,
    code: "6308",
    set: { rax: BigInt(RO), rcx: 0n },
    memory: { [RO]: "0300" },
    after: { rip: BigInt(CODE + 2), [`@${RO}`]: "0300" },
  },
  {
    name: "ARPL reads before it writes",
    mode: 32,
    code: "6308",
    set: { rax: BigInt(AFTER_DATA), rcx: 3n },
    after: { fault: "14 4", cr2: BigInt(AFTER_DATA) },
  },
  {
    name: "PUSHA faults at the first slot from the top that it cannot write",
    mode: 32,
    code: "60",
    set: { rsp: BigInt(RO + 0x100), rax: 1n },
    after: { fault: "14 7", cr2: BigInt(RO + 0xfc), rsp: BigInt(RO + 0x100) },
  },
  {
    name: "PUSHA leaves what it stored before the fault",
    mode: 32,
    code: "60",
    set: { rsp: BigInt(RO + 0x1000 + 4), rax: 0x0403_0201n },
    after: { fault: "14 7", cr2: BigInt(RO + 0xffc), [`@${RO + 0x1000}`]: "01020304" },
  },
  {
    name: "XSAVE touches the first byte of its area first",
    code: "0fae27",
    set: { rax: 7n, rdi: BigInt(AFTER_DATA + 0x40) },
    after: { fault: "14 6", cr2: BigInt(AFTER_DATA + 0x40) },
  },
  {
    name: "XRSTOR touches the header's first byte next",
    code: "0fae2f",
    set: { rax: 7n, rdi: BigInt(AFTER_DATA - 0x200) },
    after: { fault: "14 4", cr2: BigInt(AFTER_DATA) },
  },
  {
    name: "XRSTOR of the standard form touches what it is asked for, there or not",
    code: "0fae2f",
    set: { rax: 7n, rdi: BigInt(AFTER_DATA - 0x280) },
    after: { fault: "14 4", cr2: BigInt(AFTER_DATA + 0xbf) },
  },
  {
    name: "XRSTOR of the compacted form touches only what it loads",
    code: "0fae2f",
    set: { rax: 7n, rdi: BigInt(AFTER_DATA - 0x280) },
    memory: { [AFTER_DATA - 0x80]: "01000000000000000700000000000080" },
    after: { rip: BigInt(CODE + 3) },
  },
];

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function caseOf(line: Found): TestCase {
  const test = new TestCase();
  const { state } = test;
  const code = bytes(line.code);
  state.bytes.set(code, layout.AT_CODE);
  state.codeLength = code.length;
  state.codeAddress = CODE;
  state.mode = line.mode ?? 64;
  state.rflags = 0x202;
  state.mxcsr = 0x1f80;
  state.fcw = 0x37f;
  for (const [name, value] of Object.entries(line.set ?? {})) {
    if (name === "xmm0") state.xmm.set([Number(value & 0xffff_ffffn), Number(value >> 32n)]);
    else state.gpr64[NAMES.indexOf(name)] = value;
  }
  for (const [address, hex] of Object.entries(line.memory ?? {})) test.memory.set(bytes(hex), Number(address) - DATA);
  return test;
}

/** What `after` asks for, as it is. */
function observe(after: FinalState, name: string): bigint | string {
  const { state } = after;
  const pair = (words: Uint32Array): bigint => (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
  if (name === "rip") return pair(state.rip);
  if (name === "cr2") return pair(state.cr2);
  if (name === "mxcsr") return state.mxcsr.toString(16);
  if (name === "fault") return state.vector === layout.NO_VECTOR ? "none" : `${state.vector} ${state.error}`;
  if (!name.startsWith("@")) return state.gpr64[NAMES.indexOf(name)]!;
  const at = Number(name.slice(1)) - DATA;
  const length = 8;
  return Buffer.from(after.memory.subarray(at, at + length)).toString("hex");
}

describe.each([["interpreter", createInterpreter()] as const, ["reference", createReference()] as const])(
  "what the host CPU has found, %s",
  (_, executor: Executor) => {
    it.each(found.map((line) => [line.name, line] as const))("%s", (_name, line) => {
      const test = caseOf(line);
      const out = new FinalState();
      out.state.setAfter(test.state);
      out.memory.set(test.memory);
      executor.run(test, out);
      const expected: Record<string, bigint | string> = { fault: "none", ...line.after };
      const got = Object.fromEntries(
        Object.entries(expected).map(([name, value]) => {
          const seen = observe(out, name);
          return [
            name,
            typeof value === "string" && typeof seen === "string" && name.startsWith("@")
              ? seen.slice(0, value.length)
              : seen,
          ];
        }),
      );
      expect(got).toEqual(expected);
    });
  },
);
