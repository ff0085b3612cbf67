import {
  CPU_MODELS,
  CS,
  type CpuPlatform,
  DEFAULT_CPU_MODEL,
  DS,
  ES,
  FS,
  GS,
  LDTR,
  S,
  SEG_BASE,
  SS,
  STATE_BYTES,
  TLB_VIEWS,
  TR,
  X86Cpu,
  X86Isa,
  performAssist,
  readFlags,
  resetCpu,
  segmentOffset,
  setNull,
  setSegment,
  vectorOffset,
  writeFlags,
} from "@isinglass/cpu-x86";
import type { EngineExecutor, InterpreterOptions } from "@isinglass/engine";
import { PhysicalMap, PhysicalWalkMemory, SoftTlb, TLB_VIEW_BYTES } from "@isinglass/mmu";
import { EXIT_BUDGET, EXIT_FAULT } from "@isinglass/uops";
import { Wasm, type WasmMemory } from "@isinglass/wasm";
import type { Executor, FinalState, TestCase } from "../executor.js";
import {
  CODE_BASE,
  CODE_SIZE,
  DATA_SIZE,
  FLAG_YMM,
  AT_FLAGS,
  AT_FX,
  NO_VECTOR,
  SELECTORS,
  VECTOR_TIMEOUT,
  VECTOR_UNSUPPORTED,
} from "../layout.js";
import type { MachineState } from "../state.js";
import { flagRecord } from "./flag-records.js";
import {
  CODE_GPA,
  DATA_GPA,
  GDT,
  GDT_LIMIT,
  HANDLERS,
  IDT,
  IDT_LIMIT,
  type Paging,
  PDPTES,
  RAM_BYTES,
  ROOT,
  SELECTOR_TSS,
  TSS,
  TSS_LIMIT,
  setUpMemory,
  supervisorBase,
  supervisorGpa,
} from "./guest-memory.js";

/** A REP instruction on the data window ends within this many iterations. */
const MOST_ITERATIONS = 100_000;
/** The executor left with something that no user instruction may cause, or threw: never what the host did. */
const VECTOR_BROKEN = 0x102;

const VCPU_BASE = 65536;
const ARENA_BYTES = 2 << 20;
const ARENA = VCPU_BASE + STATE_BYTES + TLB_VIEWS * TLB_VIEW_BYTES;
const RAM = Math.ceil((ARENA + ARENA_BYTES) / 65536) * 65536;

const PLATFORM: Omit<CpuPlatform, "pages"> = {
  intercepts: 0,
  portRead: () => 0,
  portWrite: () => true,
  readTsc: (out) => out.fill(0),
  writeTpr: () => undefined,
  readTpr: () => 0,
  apicBaseChanged: () => true,
  readMsr: () => false,
  writeMsr: () => false,
  hasEvent: () => false,
  intercept: () => false,
};

// Attributes of flat user segments: type, S, DPL 3, P; L or D/B; G.
const CODE_64 = 0xa0fb;
const CODE_32 = 0xc0fb;
const DATA_32 = 0xc0f3;
const FLAT = 0xffffffff;

/**
 * A machine of the engine as `TestCase` describes it: 4-level paging with the pages of the harness and no others for user code,
 * Linux' selectors. An exception of the instruction is read where the executor records it; what the instruction delivers by
 * itself (INT3, INT1, INTO) goes through an IDT, and is read from the frame on the supervisor stack.
 */
export class IsinglassMachine implements Executor {
  readonly name: string;
  readonly #physical: PhysicalMap;
  readonly #cpu: X86Cpu;
  readonly #executor: EngineExecutor;
  readonly #paging: Paging;
  readonly #int3: Uint8Array = new Uint8Array(32).fill(0xcc);
  #reported = false;

  constructor(
    name: string,
    isa: X86Isa,
    create: (options: InterpreterOptions) => EngineExecutor,
    paging: Paging = "long",
  ) {
    this.name = name;
    this.#paging = paging;
    const pages = Math.ceil((RAM + RAM_BYTES) / 65536);
    const memory: WasmMemory = new Wasm.Memory({ initial: pages, maximum: pages });
    this.#physical = new PhysicalMap(memory.buffer);
    setUpMemory(this.#physical, RAM, paging);
    const tlb = new SoftTlb(memory.buffer, VCPU_BASE + STATE_BYTES, TLB_VIEWS);
    const base = CPU_MODELS[DEFAULT_CPU_MODEL]!;
    // What XRSTOR and XGETBV ask for.
    const model = { ...base, features: [...base.features, "xsave", "xsavec", "xgetbv1"] };
    const cpu = new X86Cpu(memory.buffer, VCPU_BASE, model, new PhysicalWalkMemory(this.#physical), tlb, {
      ...PLATFORM,
      pages: this.#physical,
    });
    this.#cpu = cpu;
    this.#executor = create({
      memory,
      vcpu: VCPU_BASE,
      arena: ARENA,
      arenaBytes: ARENA_BYTES,
      isa,
      physical: this.#physical,
      tlb,
      translator: cpu,
      devices: { read: () => 0, write: () => 0, fetch: () => undefined },
      assist: (id, a, b) => performAssist(cpu, id, a, b),
      // What is to be tested is the handler, from its first execution.
      evaluations: 0,
    });
    cpu.memory = this.#executor.memoryPath;
    resetCpu(cpu);
    // PE, MP, ET, NE, WP, AM, PG.
    cpu.set64(S.cr0, 0x80050033 | 0, 0);
    cpu.set64(S.cr3, ROOT, 0);
    PDPTES.forEach((entry, i) => cpu.set64(S.pdpte + i * 8, entry, 0));
    // PAE, PGE, OSFXSR, OSXMMEXCPT, FSGSBASE, OSXSAVE.
    cpu.set64(S.cr4, 0x506a0, 0);
    // x87, SSE, AVX.
    cpu.set64(S.xcr0, 7, 0);
    // NXE; in long mode SCE, LME and LMA too.
    cpu.set64(S.efer, paging === "long" ? 0xd01 : 0x800, 0);
    const [lo, hi] = supervisorBase(paging);
    cpu.set64(S.gdtBase, lo + GDT, hi);
    cpu.set32(S.gdtLimit, GDT_LIMIT);
    cpu.set64(S.idtBase, lo + IDT, hi);
    cpu.set32(S.idtLimit, IDT_LIMIT);
    setSegment(cpu, TR, SELECTOR_TSS, 0x8b, lo + TSS, hi, TSS_LIMIT);
    setNull(cpu, LDTR, 0);
    cpu.refresh();
  }

  run(test: TestCase, out: FinalState): void {
    const { state } = test;
    if (state.mode === 64 && this.#paging !== "long") {
      out.state.vector = VECTOR_UNSUPPORTED;
      return;
    }
    const offset = state.codeAddress - CODE_BASE;
    const used = Math.min(state.codeLength, CODE_SIZE - offset);
    this.#physical.write(CODE_GPA + offset, state.code.subarray(0, used));
    this.#physical.write(DATA_GPA, test.memory);
    this.#load(state);
    try {
      this.#execute(state, out.state);
      this.#physical.read(DATA_GPA, out.memory.subarray(0, DATA_SIZE));
    } catch (problem) {
      out.state.vector = VECTOR_BROKEN;
      if (!this.#reported) console.error(`${this.name}: ${problem instanceof Error ? problem.stack : String(problem)}`);
      this.#reported = true;
    }
    this.#physical.write(CODE_GPA + offset, this.#int3.subarray(0, used));
  }

  #execute(before: MachineState, after: MachineState): void {
    const cpu = this.#cpu;
    for (let iteration = 0; ; iteration++) {
      const exit = this.#executor.run(iterationsAtOnce(before, cpu.get32(S.gpr + 8), cpu.getHi(S.gpr + 8)));
      if (exit === EXIT_FAULT && cpu.cpl === 3) {
        this.#save(before, after);
        this.#fault(after);
        return;
      }
      // No code is where a delivered exception goes to: an executor may find that out now or in the next run.
      if (exit !== EXIT_BUDGET && exit !== EXIT_FAULT) {
        after.vector = cpu.exit?.reason === "not-implemented" ? VECTOR_UNSUPPORTED : VECTOR_BROKEN;
        cpu.exit = undefined;
        return;
      }
      // A repeated string instruction that is not at its end.
      if (cpu.get32(S.rip) !== before.codeAddress) break;
      if (iteration > MOST_ITERATIONS) {
        after.vector = VECTOR_TIMEOUT;
        return;
      }
    }
    this.#save(before, after);
    if (cpu.cpl !== 3) {
      this.#delivered(after);
      return;
    }
    const went = cpu.get32(S.rip) !== before.codeAddress + before.codeLength;
    // The host finds an INT3 where a branch goes to, or cannot fetch it.
    if (went && this.#executor.memoryPath.fetchPage(cpu.get32(S.rip), cpu.getHi(S.rip)) < 0) this.#fault(after);
    else after.vector = NO_VECTOR;
  }

  /** Takes over the fault that the executor recorded. */
  #fault(after: MachineState): void {
    const cpu = this.#cpu;
    after.vector = cpu.get32(S.faultVector);
    const error = cpu.get32(S.faultError);
    after.error = error < 0 ? 0 : error;
    if (after.vector !== 14) return;
    after.cr2[0] = cpu.get32(S.faultAddress);
    after.cr2[1] = cpu.getHi(S.faultAddress);
  }

  /** Takes over what a delivery through the IDT has pushed (SDM vol. 3A, 6.14.2 and figure 6-4). */
  #delivered(after: MachineState): void {
    const cpu = this.#cpu;
    after.vector = ((cpu.get32(S.rip) & 0xffff) - HANDLERS) >> 4;
    after.error = 0;
    const frame = new Uint8Array(40);
    this.#physical.read(supervisorGpa(cpu.get32(S.gpr + 32)), frame);
    const words = new Uint32Array(frame.buffer);
    if (this.#paging === "long") {
      after.rip.set(words.subarray(0, 2));
      after.rflags = words[4]!;
      after.gpr.set(words.subarray(6, 8), 8);
    } else {
      after.rip.set([words[0]!, 0]);
      after.rflags = words[2]!;
      after.gpr.set([words[3]!, 0], 8);
    }
  }

  #load(state: MachineState): void {
    const cpu = this.#cpu;
    const at = cpu.base;
    const is64 = state.mode === 64;
    setSegment(cpu, CS, is64 ? SELECTORS.cs64 : SELECTORS.cs32, is64 ? CODE_64 : CODE_32, 0, 0, FLAT);
    setSegment(cpu, SS, SELECTORS.ss, DATA_32, 0, 0, FLAT);
    for (const segment of [DS, ES]) {
      if (is64) setNull(cpu, segment, 0);
      else setSegment(cpu, segment, SELECTORS.ss, DATA_32, 0, 0, FLAT);
    }
    setNull(cpu, FS, 0);
    setNull(cpu, GS, 0);
    cpu.set64(segmentOffset(FS) + SEG_BASE, state.fsBase[0]!, state.fsBase[1]!);
    cpu.set64(segmentOffset(GS) + SEG_BASE, state.gsBase[0]!, state.gsBase[1]!);
    cpu.set32(S.cpl, 3);
    writeFlags(cpu, state.rflags, -1);
    this.#loadStatusFlags(state);
    cpu.updateMode();
    cpu.set64(S.rip, state.codeAddress, 0);
    cpu.i32.set(new Int32Array(state.gpr.buffer, state.gpr.byteOffset, 32), (at + S.gpr) >> 2);
    cpu.set32(S.mxcsr, state.mxcsr);
    cpu.set32(S.fcw, state.fcw);
    // TOP is kept apart; ES says whether an unmasked exception is pending (SDM vol. 1, 8.1.3).
    const top = (state.fsw >> 11) & 7;
    cpu.set32(S.fsw, state.fsw & ~0x3800);
    cpu.set32(S.fpuTop, top);
    cpu.set32(S.fpuPending, (state.fsw & 0x80) !== 0 ? 1 : 0);
    cpu.set32(S.fpuOpcode, state.view.getUint16(AT_FX + 6, true));
    cpu.set64(S.fpuIp, state.view.getInt32(AT_FX + 8, true), state.view.getInt32(AT_FX + 12, true));
    cpu.set64(S.fpuDp, state.view.getInt32(AT_FX + 16, true), state.view.getInt32(AT_FX + 20, true));
    cpu.set32(S.fpuCs, 0);
    cpu.set32(S.fpuDs, 0);
    for (let i = 0; i < 8; i++) {
      cpu.u8[at + S.fpuEmpty + i] = ((state.ftw >> i) & 1) ^ 1;
      cpu.u8.set(state.st.subarray(16 * i, 16 * i + 10), at + S.fpr + ((top + i) & 7) * 16);
    }
    const high = (state.words[AT_FLAGS >> 2]! & FLAG_YMM) !== 0;
    for (let i = 0; i < 16; i++) {
      const to = (at + vectorOffset(i)) >> 2;
      cpu.i32.set(state.xmm.subarray(4 * i, 4 * i + 4), to);
      cpu.i32.fill(0, to + 4, to + 8);
      if (high) cpu.i32.set(state.ymmHigh.subarray(4 * i, 4 * i + 4), to + 4);
    }
  }

  /** The flags as some earlier instruction would have left them: all kinds of the lazy record must read alike. */
  #loadStatusFlags(state: MachineState): void {
    const cpu = this.#cpu;
    const choice = Math.imul(state.rflags ^ state.gpr[0]! ^ Math.imul(state.codeAddress, 0x85ebca6b), 0x9e3779b1);
    const record = flagRecord(state.rflags, choice);
    cpu.set32(S.ccOp, record.kind);
    cpu.setBig(S.ccResult, BigInt.asUintN(64, record.result));
    cpu.setBig(S.ccA, BigInt.asUintN(64, record.a));
    cpu.setBig(S.ccB, BigInt.asUintN(64, record.b));
  }

  #save(before: MachineState, after: MachineState): void {
    const cpu = this.#cpu;
    const at = cpu.base;
    after.gpr.set(cpu.i32.subarray((at + S.gpr) >> 2, ((at + S.gpr) >> 2) + 32));
    // Compatibility mode leaves the upper halves undefined and does not reach the upper registers.
    if (before.mode !== 64) for (let i = 1; i < 32; i += 1) if ((i & 1) !== 0 || i >= 16) after.gpr[i] = 0;
    after.rip[0] = cpu.get32(S.rip);
    after.rip[1] = cpu.getHi(S.rip);
    after.rflags = readFlags(cpu);
    after.fsBase[0] = cpu.get32(segmentOffset(FS) + SEG_BASE);
    after.fsBase[1] = cpu.getHi(segmentOffset(FS) + SEG_BASE);
    after.gsBase[0] = cpu.get32(segmentOffset(GS) + SEG_BASE);
    after.gsBase[1] = cpu.getHi(segmentOffset(GS) + SEG_BASE);
    after.mxcsr = cpu.get32(S.mxcsr);
    after.fcw = cpu.get32(S.fcw);
    const top = cpu.get32(S.fpuTop) & 7;
    after.fsw = (cpu.get32(S.fsw) & ~0x3800) | (top << 11);
    let tags = 0;
    for (let i = 0; i < 8; i++) {
      if (cpu.u8[at + S.fpuEmpty + i] === 0) tags |= 1 << i;
      const from = at + S.fpr + ((top + i) & 7) * 16;
      after.st.set(cpu.u8.subarray(from, from + 10), 16 * i);
    }
    after.ftw = tags;
    for (let i = 0; i < 16; i++) {
      const from = (at + vectorOffset(i)) >> 2;
      after.xmm.set(cpu.i32.subarray(from, from + 4), 4 * i);
      after.ymmHigh.set(cpu.i32.subarray(from + 4, from + 8), 4 * i);
    }
  }
}

/**
 * How much fuel to run a case with. REP MOVS and REP STOS end exactly after their count, so they may have all of it, or an
 * odd share of it: that is how what does many iterations at once comes to be tested. Anything else gets one instruction.
 */
function iterationsAtOnce(state: MachineState, countLo: number, countHi: number): number {
  const { code } = state;
  let at = 0;
  let repeated = false;
  let addressSize = state.mode;
  for (; at < code.length; at++) {
    const byte = code[at]!;
    if (byte === 0xf2 || byte === 0xf3) repeated = true;
    else if (byte === 0x67) addressSize = state.mode === 64 ? 32 : 16;
    else if (!OTHER_PREFIXES.has(byte) && (state.mode !== 64 || (byte & 0xf0) !== 0x40)) break;
  }
  if (!repeated || !COUNTED_STRINGS.has(code[at]!)) return 1;
  const low = addressSize === 16 ? countLo & 0xffff : countLo >>> 0;
  const count = addressSize === 64 ? low + (countHi >>> 0) * 0x1_0000_0000 : low;
  const share = [1, 7, 100, 0x1000_0000][(state.gpr[0]! ^ state.codeAddress) & 3]!;
  return Math.max(1, Math.min(count, share));
}

const OTHER_PREFIXES: ReadonlySet<number> = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0xf0]);
/** MOVS and STOS. */
const COUNTED_STRINGS: ReadonlySet<number> = new Set([0xa4, 0xa5, 0xaa, 0xab]);

let shared: X86Isa | undefined;

/** The ISA that all executors share. */
export function sharedIsa(): X86Isa {
  shared ??= new X86Isa();
  return shared;
}
