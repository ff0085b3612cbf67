/**
 * Layout of a vCPU's architectural state. It lives inside the machine's WebAssembly memory, so that emitted code, the
 * reference evaluator and TypeScript all work on the same bytes and a snapshot is a copy. Offsets are relative to the
 * vCPU's base. This table is the only place that knows them.
 */

/** Bytes reserved for one vCPU's state. */
export const STATE_BYTES: number = 8192;
/** What a vCPU's base is a multiple of; its vector registers are aligned to that. */
export const STATE_ALIGNMENT: number = 64;

const FIELDS = {
  /** RAX RCX RDX RBX RSP RBP RSI RDI R8…R15. */
  gpr: 128,
  /** Always zero: what an absent base, index or segment base is bound to. */
  zero: 8,
  rip: 8,
  /** Address after the instruction in flight; valid during assists. */
  nextRip: 8,
  /** Lazy status flags, see flags.ts: result and operands sign-extended to 64 bits, and the kind. */
  ccResult: 8,
  ccA: 8,
  ccB: 8,
  ccOp: 4,
  /** RFLAGS without the six status flags. */
  flagsRest: 4,
  /** Instructions left before the executor leaves. */
  fuel: 4,
  /** Why the executor left, EXIT_* of the engine. */
  exitCode: 4,
  faultVector: 4,
  /** Error code, or -1 for none. */
  faultError: 4,
  /** Linear address of a page fault. */
  faultAddress: 8,
  /** Base of the soft-TLB view in use. */
  tlbView: 4,
  /** Non-zero: an interrupt or other event wants to be looked at as soon as interrupts are enabled. */
  eventPending: 4,
  /**
   * Low half of the address of the instruction before which interrupts stay inhibited (after STI, MOV SS, POP SS), 0 = none. It stays
   * until an interrupt has waited for that instruction: forgetting it at every boundary would make runs in slices differ.
   */
  interruptShadow: 4,
  cpl: 4,
  /** Mode word: see mode.ts. */
  mode: 4,
  mxcsr: 4,
  /** Derived: 1 where SSE instructions may execute (CR4.OSFXSR, not CR0.EM, not CR0.TS), and where MMX and x87 may. */
  simdReady: 4,
  mmxReady: 4,
  /** Arguments and results of assists that do not fit i32s. */
  scratch: 64,
  /** Where the slow memory path assembles what crosses a page or comes from a device. */
  memoryScratch: 64,
  /** ES CS SS DS FS GS LDTR TR, SEGMENT_BYTES each. */
  segments: 384,
  gdtBase: 8,
  idtBase: 8,
  gdtLimit: 4,
  idtLimit: 4,
  cr0: 8,
  cr2: 8,
  cr3: 8,
  cr4: 8,
  cr8: 8,
  dr: 64,
  efer: 8,
  star: 8,
  lstar: 8,
  cstar: 8,
  sfmask: 8,
  kernelGsBase: 8,
  sysenterCs: 8,
  sysenterEsp: 8,
  sysenterEip: 8,
  pat: 8,
  apicBase: 8,
  tscOffset: 8,
  tscAux: 8,
  miscEnable: 8,
  debugCtl: 8,
  mtrrDefType: 8,
  mtrrFixed: 88,
  mtrrVariable: 128,
  mcgStatus: 8,
  xcr0: 8,
  xss: 8,
  pkru: 4,
  /** x87: control word, status word without TOP, TOP, tag bits (1 = empty), opcode and pointers. */
  fcw: 4,
  fsw: 4,
  fpuTop: 4,
  /** One byte a physical register: 1 = empty. */
  fpuEmpty: 8,
  fpuOpcode: 4,
  fpuCs: 4,
  fpuDs: 4,
  /** Non-zero while an x87 exception waits for the next waiting instruction. */
  fpuPending: 4,
  fpuIp: 8,
  fpuDp: 8,
  /** PAE page-directory-pointer entries, loaded at MOV CR3. */
  pdpte: 32,
  /** Instructions completed before the current run (f64). */
  instructions: 8,
  /** Halted by HLT (1), waiting for SIPI (2), or running (0). */
  activity: 4,
  /** Pending #DB bits (DR6) to be delivered after the instruction. */
  pendingDebug: 4,
  /** An NMI is being handled: further ones wait for IRET. */
  nmiBlocked: 4,
  nmiPending: 4,
  /** Physical x87 registers, 16 bytes each: 64-bit significand (an MMX register), then sign and exponent. */
  fpr: 128,
  /** Vector registers: room for 32 of 64 bytes. */
  vector: 2048,
  /** AVX-512 masks. */
  mask: 64,
  // Fields that came later stand here, so that a snapshot of an earlier layout is this one with zeros.
  /** Where the stream of RDRAND and RDSEED stands; a reset does not set it back. */
  random: 8,
  /** Derived: 1 where VEX-encoded vector instructions may execute (CR4.OSXSAVE, XCR0[2:1] = 11b, protected mode, not CR0.TS). */
  avxReady: 4,
  /** Third operand of an assist on vectors of 32 bytes. */
  wideScratch: 64,
  /** Non-zero: another vCPU of the machine could run, PAUSE gives it the turn. */
  yields: 4,
  /** IA32_PKRS: rights to supervisor pages by protection key. */
  pkrs: 4,
  tscAdjust: 8,
} as const;

export type StateField = keyof typeof FIELDS;

function layOut(): Record<StateField, number> {
  const offsets: Partial<Record<StateField, number>> = {};
  let at = 0;
  for (const [name, size] of Object.entries(FIELDS)) {
    const align = size >= 64 ? 16 : size >= 8 ? 8 : 4;
    at = Math.ceil(at / align) * align;
    offsets[name as StateField] = at;
    at += size;
  }
  if (at > STATE_BYTES) throw new Error(`vCPU state needs ${at} bytes, has ${STATE_BYTES}`);
  return offsets as Record<StateField, number>;
}

/**
 * Byte offset of each field. The copy is an object of V8's fast kind, one filled by computed keys is a hash table: assists take
 * half the time (x87: FCHS 56 to 24 ns, FADD 130 to 70).
 */
export const S: Readonly<Record<StateField, number>> = { ...layOut() };

/** Size of one segment record. */
export const SEGMENT_BYTES: number = 48;
/**
 * A segment register: selector, access rights, base, and the range of offsets it allows. `first`..`lastRead`/`lastWrite`
 * are what a limit check compares with; an unusable or wrong-way segment has last < first (as unsigned: last = -1 is
 * never stored; `first` is then 2^32).
 */
export const SEG_SELECTOR: number = 0;
/** Descriptor bits 55:40 as in the descriptor's second word, shifted right by 8 (type, S, DPL, P, AVL, L, D/B, G); bit 16: unusable. */
export const SEG_ATTRIBUTES: number = 4;
export const SEG_BASE: number = 8;
/** Lowest allowed offset. */
export const SEG_FIRST: number = 16;
/** Highest allowed offset for reads; lower than `first` forbids all. */
export const SEG_LAST_READ: number = 24;
export const SEG_LAST_WRITE: number = 32;
/** The limit as LSL and VMCS would show it, in bytes. */
export const SEG_LIMIT: number = 40;

export const ES: number = 0;
export const CS: number = 1;
export const SS: number = 2;
export const DS: number = 3;
export const FS: number = 4;
export const GS: number = 5;
export const LDTR: number = 6;
export const TR: number = 7;

/** Offset of a segment's record in the state. */
export function segmentOffset(segment: number): number {
  return S.segments + segment * SEGMENT_BYTES;
}

/** Names of the general registers in the order of their numbers (SDM vol. 2A, table 3-1), which is that of the state. */
export const GPR_NAMES = [
  "rax",
  "rcx",
  "rdx",
  "rbx",
  "rsp",
  "rbp",
  "rsi",
  "rdi",
  "r8",
  "r9",
  "r10",
  "r11",
  "r12",
  "r13",
  "r14",
  "r15",
] as const;

/** Names of the segment registers in the order of {@link ES} to {@link TR}. */
export const SEGMENT_NAMES = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"] as const;

/** Offset of a general register. */
export function gprOffset(register: number): number {
  return S.gpr + register * 8;
}

/** Offset of a vector register. */
export function vectorOffset(register: number): number {
  return S.vector + register * 64;
}

/** Where in a vector register its bits 255:128 begin. */
export const UPPER_HALF: number = 16;

/** RFLAGS bits (SDM vol. 1, 3.4.3). */
export const FLAG_CF: number = 1;
export const FLAG_PF: number = 1 << 2;
export const FLAG_AF: number = 1 << 4;
export const FLAG_ZF: number = 1 << 6;
export const FLAG_SF: number = 1 << 7;
export const FLAG_TF: number = 1 << 8;
export const FLAG_IF: number = 1 << 9;
export const FLAG_DF: number = 1 << 10;
export const FLAG_OF: number = 1 << 11;
export const FLAG_IOPL: number = 3 << 12;
export const FLAG_NT: number = 1 << 14;
export const FLAG_RF: number = 1 << 16;
export const FLAG_VM: number = 1 << 17;
export const FLAG_AC: number = 1 << 18;
export const FLAG_VIF: number = 1 << 19;
export const FLAG_VIP: number = 1 << 20;
export const FLAG_ID: number = 1 << 21;
/** The six status flags, which live in the lazy record. */
export const FLAGS_STATUS: number = 0x8d5;
