import { type BootState, longModeState, protectedModeState } from "@isinglass/boot";
import { S } from "@isinglass/cpu-x86";
import { IsinglassError, type VmExit } from "@isinglass/interface";
import { FORMS, Instruction, decode, formatIntel } from "@isinglass/isa-x86";
import { type PcMachine, applyBootState, pc } from "@isinglass/machine";

/** Code without a kernel's loader: where it lies, and its stack. */
const CODE_16 = 0x1000;
const CODE = 0x100000;
const STACK_16 = 0xfff0n;
const STACK = 0x80000n;
const CR4_SSE = 0x600n;
const FNINIT_CONTROL = 0x37fn;
const LONGEST_INSTRUCTION = 15;
const PAGE_MASK = 4095;
const NO_INTERRUPTS = { hasInterrupt: (): boolean => false, acknowledge: (): number => 0 };

/** What is traced. */
export interface TraceSource {
  /** Bytes of RAM. */
  readonly memory: number;
  readonly cpu?: string;
  readonly run:
    | { readonly kernel: Uint8Array; readonly initrd?: Uint8Array; readonly commandLine: string }
    | { readonly code: Uint8Array; readonly mode: 16 | 32 | 64 };
}

/** The instruction that is next. */
export interface Step {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Intel syntax, or in brackets why there is none. */
  readonly text: string;
  /** Empty where there is none. */
  readonly mnemonic: string;
  /** With a prefix that repeats it. */
  readonly repeats: boolean;
  /** Bits of RFLAGS that it leaves undefined. */
  readonly undefinedFlags: number;
}

const SHIFT = /^(sh[lr]d?|sa[lr]|ro[lr]|rc[lr])$/;
/** OF, AF, CF: a shift by more than one leaves OF undefined, one by more than the operand's size CF (SDM vol. 2, SHL). */
const SHIFT_UNDEFINED = 0x811;

/** Our machine, an instruction at a time. */
export class Subject {
  readonly machine: PcMachine;
  /** How the code is entered; a number: real mode, at this offset of segment 0. */
  readonly entry: BootState | number;
  readonly #insn: Instruction = new Instruction();
  readonly #code: Uint8Array = new Uint8Array(LONGEST_INSTRUCTION);

  /** @param interrupts whether devices interrupt; a trace beside QEMU, which gives none to a CPU that is stepped, has none */
  constructor(source: TraceSource, interrupts: boolean) {
    this.machine = pc({ memory: source.memory, ...(source.cpu === undefined ? {} : { cpu: source.cpu }) }).build();
    if (!interrupts) this.machine.vcpu.interrupts = NO_INTERRUPTS;
    const { run } = source;
    this.entry =
      "kernel" in run
        ? this.machine.loadKernel({ kernel: run.kernel, initrd: run.initrd, commandLine: run.commandLine }).state
        : this.#enter(run.code, run.mode);
  }

  #enter(code: Uint8Array, mode: 16 | 32 | 64): BootState | number {
    const { core, vcpu } = this.machine;
    const { registers } = vcpu;
    const at = mode === 16 ? CODE_16 : CODE;
    const room = (mode === 16 ? 0x10000 : core.physical.regions().at(-1)!.length) - (mode === 16 ? CODE_16 : 0);
    if (code.length > room) {
      throw new IsinglassError("ISG_TRACE_CODE", `--code: ${code.length} bytes; there is room for ${room} of them`);
    }
    core.physical.write(at, code);
    registers.set("fcw", FNINIT_CONTROL);
    registers.set("ftw", 0n);
    if (mode === 16) {
      // As the firmware of trace/firmware.ts leaves it: every segment at 0, SSE ready.
      registers.set("cr4", CR4_SSE);
      for (const name of ["cs", "ss", "ds", "es", "fs", "gs"]) {
        registers.set(name, 0n);
        registers.set(`${name}.base`, 0n);
      }
      registers.set("idtr.base", 0n);
      registers.set("idtr.limit", 0xffffn);
      registers.set("rsp", STACK_16);
      registers.set("rip", BigInt(at));
      return at;
    }
    const entry = { rip: BigInt(at), rsp: STACK };
    const state = mode === 64 ? longModeState(core.physical, entry) : protectedModeState(core.physical, entry);
    const withSse: BootState = { ...state, cr4: state.cr4 | CR4_SSE };
    applyBootState(vcpu.cpu, withSse);
    return withSse;
  }

  get instructions(): number {
    return this.machine.instructions;
  }

  /** Reads of device memory so far. */
  get deviceReads(): number {
    const { mmio, unclaimed } = this.machine.core.bus.describe();
    return mmio.reduce((sum, { reads }) => sum + reads, unclaimed.mmioReads);
  }

  /** The instruction that is next. */
  next(): Step {
    const { vcpu } = this.machine;
    const { cpu, registers } = vcpu;
    const address = registers.get("rip");
    const bytes = this.#fetch();
    const none = { address, mnemonic: "", repeats: false, undefinedFlags: 0 };
    if (bytes.length === 0) return { ...none, bytes, text: "(no memory here)" };
    // A code segment's D bit (SDM vol. 3A, 3.4.5).
    const mode = cpu.is64 ? 64 : (registers.get("cs.attributes") & 0x4000n) !== 0n ? 32 : 16;
    const insn = this.#insn;
    const length = decode(bytes, 0, bytes.length, mode, insn);
    if (length <= 0) return { ...none, bytes: bytes.slice(0, 1), text: "(not an instruction)" };
    const form = FORMS[insn.form]!;
    const own = bytes.slice(0, length);
    return {
      address,
      bytes: own,
      text: formatIntel(insn, address),
      mnemonic: form.mnemonic,
      repeats: form.rep !== "none" && own.some((byte) => byte === 0xf3 || byte === 0xf2),
      undefinedFlags: form.flagsUndefined | (SHIFT.test(form.mnemonic) ? SHIFT_UNDEFINED : 0),
    };
  }

  /** Bytes from the instruction pointer on, as far as memory goes. */
  #fetch(): Uint8Array {
    const { cpu, executor } = this.machine.vcpu;
    const { memoryPath } = executor;
    const lo = cpu.get32(S.rip);
    const hi = cpu.getHi(S.rip);
    const inPage = Math.min(LONGEST_INSTRUCTION, PAGE_MASK + 1 - (lo & PAGE_MASK));
    const first = memoryPath.fetchPage(lo, hi);
    if (first < 0) return this.#code.subarray(0, 0);
    const at = first + (lo & PAGE_MASK);
    this.#code.set(cpu.u8.subarray(at, at + inPage));
    if (inPage === LONGEST_INSTRUCTION) return this.#code;
    // The page after it is looked up only by an instruction that reaches into it.
    const mode = cpu.is64 ? 64 : 32;
    if (decode(this.#code, 0, inPage, mode, this.#insn) > 0) return this.#code.subarray(0, inPage);
    const nextLo = (lo + inPage) | 0;
    const second = memoryPath.fetchPage(nextLo, nextLo === 0 ? hi + 1 : hi);
    if (second < 0) return this.#code.subarray(0, inPage);
    this.#code.set(cpu.u8.subarray(second, second + LONGEST_INSTRUCTION - inPage), inPage);
    return this.#code;
  }

  /** Executes one instruction, or one iteration of a repeated one. */
  step(): VmExit {
    return this.machine.run(1);
  }

  /**
   * Brings the machine to where its next instruction is executed at once: delivers the interrupt that waits, wakes a halted CPU by its
   * next timer. False where nothing will ever wake it.
   */
  settle(): boolean {
    const { vm, vcpu } = this.machine;
    for (;;) {
      this.machine.run(0);
      vcpu.run(0);
      if (!vcpu.halted) return true;
      if (!vcpu.interruptsEnabled) return false;
      const next = vm.clock.next();
      if (next === Infinity) return false;
      vm.time.skipTo(next);
    }
  }

  /** How often each vector was delivered; the array is the machine's own. */
  get delivered(): Float64Array {
    return this.machine.vcpu.delivered;
  }
}
