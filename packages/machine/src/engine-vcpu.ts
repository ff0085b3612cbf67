import {
  ACTIVITY_RUNS,
  ACTIVITY_WAITS_FOR_SIPI,
  CC_BITS,
  DR6_BREAKPOINTS,
  DR6_TASK_SWITCH,
  type CpuModel,
  EVENT_EXTERNAL,
  EVENT_FAULT,
  FLAGS_STATUS,
  FLAG_IF,
  FLAG_RF,
  FLAG_TF,
  INTERCEPT_CPUID,
  INTERCEPT_CR,
  INTERCEPT_EXCEPTION,
  INTERCEPT_HLT,
  INTERCEPT_HYPERCALL,
  INTERCEPT_MSR,
  S,
  STATE_BYTES,
  STEP_BY_TF,
  TLB_VIEWS,
  WATCH_IGNORE,
  WATCH_LEAVE,
  WATCH_NOTE,
  X86Cpu,
  deliverEvent,
  initCpu,
  isaOf,
  performAssist,
  readFlags,
  resetCpu,
  startCpu,
} from "@isinglass/cpu-x86";
import {
  type EngineExecutor,
  Interpreter,
  type InterpreterOptions,
  ReferenceExecutor,
  type TierPolicy,
  type VerifyOptions,
} from "@isinglass/engine";
import type { ExitStatistics, GroupedVcpu, InterceptControls, VcpuGroupHost } from "@isinglass/hypervisor";
import {
  IsinglassError,
  type RegisterAccess,
  type Snapshotted,
  type SnapshotValue,
  type VmExit,
} from "@isinglass/interface";
import { type PhysicalMap, PhysicalWalkMemory, SoftTlb, TLB_VIEW_BYTES } from "@isinglass/mmu";
import { EXIT_BUDGET, EXIT_FAULT, EXIT_HOST } from "@isinglass/uops";
import type { WasmMemory } from "@isinglass/wasm";
import { ExitInFlight } from "./exit-in-flight.js";
import { GuestDebug } from "./guest-debug.js";
import { type AccessTime, Platform, type VcpuBus } from "./vcpu-platform.js";
import { CpuRegisters } from "./vcpu-registers.js";
import { loadVcpu, saveVcpu } from "./vcpu-snapshot.js";
import { checkInteger } from "./sdk/check.js";

/** A vCPU's interrupt controller: a local APIC. */
export interface InterruptSource {
  hasInterrupt(): boolean;
  acknowledge(): number;
}

const NO_INTERRUPTS: InterruptSource = { hasInterrupt: () => false, acknowledge: () => 0 };

export interface EngineVcpuOptions {
  readonly memory: WasmMemory;
  /** Where the vCPU's state, soft TLB and decoded code lie in the memory; {@link EngineVcpu.bytes} are needed. */
  readonly base: number;
  readonly codeBytes: number;
  /** Where the guest's memory begins in the buffer. */
  readonly origin: number;
  readonly physical: PhysicalMap;
  readonly model: CpuModel;
  readonly controls: InterceptControls;
  readonly statistics: ExitStatistics;
  readonly bus: VcpuBus;
  /** Time-stamp counter: nanoseconds since machine start. */
  readonly now: () => number;
  /** Lets time pass that accesses to devices take; without it they take none. */
  readonly accessTime?: AccessTime;
  /** Accesses that no device answers are exits; else reads give all ones and writes are dropped, as on a PC. */
  readonly exitOnUnclaimed: boolean;
  /** The interpreter unless told; the reference is some thousand times slower and there to be compared with. */
  readonly executor?: "interpreter" | "reference";
  /** When the interpreter's code is compiled; undefined: never. */
  readonly policy?: TierPolicy;
  /** Each run of compiled code is compared with the interpreter's; slow. */
  readonly verify?: boolean | Pick<VerifyOptions, "tamper">;
  /** The host's clock in milliseconds, for the compiler's statistics. */
  readonly clock?: () => number;
  /** Of a machine with several: its number, which is its initial APIC ID, and how many there are. The first boots, the others wait to be started. */
  readonly index?: number;
  readonly count?: number;
  /** The first vCPU of the machine: its decoded and compiled code is used, and `codeBytes` is 0. */
  readonly shares?: EngineVcpu;
}

const BUDGET: VmExit = { reason: "budget" };
const PAUSED: VmExit = { reason: "paused" };
const HLT: VmExit = { reason: "hlt" };
const SHUTDOWN: VmExit = { reason: "shutdown" };
const INTERRUPT_WINDOW: VmExit = { reason: "interrupt-window" };
const DEBUG_EXCEPTION = 1;
const NMI = 2;
/** IA32_APIC_BASE, bit 8: the bootstrap processor (SDM vol. 3A, 11.4.4). */
const APIC_BASE_BSP = 0x100;
const MOST_FUEL = 0x40000000;

/** An event that is to be delivered before the next instruction. */
export interface PendingEvent {
  readonly vector: number;
  /** EVENT_* of cpu-x86. */
  readonly kind: number;
  readonly error: number;
}

/** Puts the status flags as bits into the lazy record, which has many ways to say the same. */
function normaliseFlags(cpu: X86Cpu): void {
  const status = readFlags(cpu) & FLAGS_STATUS;
  cpu.set32(S.ccOp, CC_BITS);
  cpu.set64(S.ccResult, 0, 0);
  cpu.set64(S.ccA, 0, 0);
  cpu.set64(S.ccB, status, 0);
}

/** An x86 vCPU on our own engine. */
export class EngineVcpu implements GroupedVcpu {
  readonly component: string;
  readonly version: number = 1;
  readonly cpu: X86Cpu;
  readonly executor: EngineExecutor;
  /** The interpreter with its code cache, where that is the executor; one for all vCPUs of a machine. */
  readonly interpreter: Interpreter | undefined;
  readonly tlb: SoftTlb;
  readonly controls: InterceptControls;
  readonly registers: RegisterAccess;
  readonly platform: Platform;
  interrupts: InterruptSource = NO_INTERRUPTS;
  /** Decoded code survives {@link load}: for whoever changes memory through `PhysicalMap`, which drops the code that is written to. */
  keepsCode: boolean = false;
  /** Interrupts and exceptions delivered, by vector. */
  readonly delivered: Float64Array = new Float64Array(256);
  /** The group of vCPUs that it is one of. */
  group: VcpuGroupHost | undefined;
  readonly index: number;
  readonly #physical: PhysicalMap;
  readonly #origin: number;
  readonly #inFlight: ExitInFlight = new ExitInFlight();
  readonly #debug: GuestDebug;
  readonly #breakpoints: bigint[] = [];
  #event: PendingEvent | undefined;
  #completed = 0;
  #fuelGiven = 0;
  #leave = false;
  /** A PAUSE gave the turn away. */
  #yielded = false;
  /** In {@link run}: what comes from outside waits for the end of the instruction. */
  #running = false;
  #initRequested = false;
  /** The breakpoint that was reported last: the instruction there runs now. */
  #passed: bigint | undefined;

  static bytes(codeBytes: number): number {
    return STATE_BYTES + TLB_VIEWS * TLB_VIEW_BYTES + codeBytes;
  }

  constructor(options: EngineVcpuOptions) {
    const { memory, base, physical } = options;
    const { buffer } = memory;
    this.#physical = physical;
    this.#origin = options.origin;
    this.index = options.index ?? 0;
    this.component = `vcpu.${this.index}`;
    this.controls = options.controls;
    this.tlb = new SoftTlb(buffer, base + STATE_BYTES, TLB_VIEWS);
    this.platform = new Platform(
      options,
      this.#inFlight,
      () => this.hasEvent(),
      () => this.#pause(),
      () => this.instructions,
    );
    const walks = new PhysicalWalkMemory(physical);
    this.cpu = new X86Cpu(buffer, base, options.model, walks, this.tlb, this.platform);
    this.platform.cpu = this.cpu;
    this.#debug = new GuestDebug(this.cpu, () => this.#deliver(DEBUG_EXCEPTION, EVENT_FAULT, -1));
    this.cpu.apicId = this.index;
    this.cpu.cpus = options.count ?? 1;
    this.registers = new CpuRegisters(this.cpu);
    const parts: InterpreterOptions = {
      memory,
      vcpu: base,
      arena: base + STATE_BYTES + TLB_VIEWS * TLB_VIEW_BYTES,
      arenaBytes: options.codeBytes,
      // Its forms and compiled handlers are shared by all machines of a process with this model.
      isa: isaOf(options.model),
      physical,
      tlb: this.tlb,
      translator: this.cpu,
      devices: this.platform.devices,
      assist: (id, a, b) => performAssist(this.cpu, id, a, b),
      ...(options.policy === undefined ? {} : { policy: options.policy }),
      ...(options.verify === undefined || options.verify === false
        ? {}
        : {
            verify: {
              stateBytes: STATE_BYTES,
              ignored: [[S.faultAddress, S.faultAddress + 8]],
              normalise: () => normaliseFlags(this.cpu),
              ...(options.verify === true ? {} : options.verify),
            },
          }),
      ...(options.clock === undefined ? {} : { now: options.clock }),
    };
    const shared = options.shares?.interpreter;
    if (options.executor === "reference") this.interpreter = undefined;
    else this.interpreter = shared ?? new Interpreter(parts);
    this.executor = shared?.join(parts) ?? this.interpreter ?? new ReferenceExecutor(parts);
    const verifier = this.interpreter?.verifier;
    if (verifier !== undefined) walks.beforeStore = (host, length) => verifier.noteWalk(host, length);
    this.cpu.memory = this.executor.memoryPath;
    this.#reset();
  }

  #reset(): void {
    const { cpu } = this;
    resetCpu(cpu);
    if (this.index === 0) return;
    cpu.set32(S.activity, ACTIVITY_WAITS_FOR_SIPI);
    cpu.set32(S.apicBase, cpu.get32(S.apicBase) & ~APIC_BASE_BSP);
  }

  get instructions(): number {
    return this.#completed + (this.#fuelGiven === 0 ? 0 : this.#fuelGiven - this.cpu.get32(S.fuel));
  }

  get address(): bigint {
    return this.cpu.getBig(S.rip);
  }

  get interruptsEnabled(): boolean {
    return (this.cpu.get32(S.flagsRest) & FLAG_IF) !== 0;
  }

  get halted(): boolean {
    return this.cpu.get32(S.activity) !== ACTIVITY_RUNS;
  }

  /** Whether an instruction of its has left and waits to be completed: until then its effect belongs between those around it. */
  get isAnswered(): boolean {
    return this.#inFlight.isAnswerable;
  }

  /** Whether there is something to do: it executes, or it would be woken from HLT. */
  get isReady(): boolean {
    const activity = this.cpu.get32(S.activity);
    if (activity === ACTIVITY_WAITS_FOR_SIPI) return false;
    if (activity === ACTIVITY_RUNS || this.#event !== undefined) return true;
    // The host asks for an interrupt window between runs; `eventPending` learns of it in the next.
    return (this.cpu.get32(S.eventPending) !== 0 || this.controls.interruptWindow) && this.#wakes();
  }

  /** Whether one of the things that wait ends HLT: an NMI that waits for the end of another does not. */
  #wakes(): boolean {
    const { cpu } = this;
    if (cpu.get32(S.nmiPending) !== 0 && cpu.get32(S.nmiBlocked) === 0) return true;
    const taken = this.interrupts.hasInterrupt() || this.controls.interruptWindow;
    return taken && (cpu.get32(S.flagsRest) & FLAG_IF) !== 0;
  }

  /** Whether PAUSE gives the turn to another vCPU. */
  set yieldsOnPause(on: boolean) {
    this.cpu.set32(S.yields, on ? 1 : 0);
  }

  /** Whether the last {@link run} ended because of a PAUSE. */
  get hasYielded(): boolean {
    return this.#yielded;
  }

  #pause(): void {
    this.#yielded = true;
  }

  /** Guest-physical address of a host offset, -1 where no guest memory is. */
  gpaOf(hostOffset: number): number {
    return this.#physical.gpaOf(hostOffset);
  }

  requestExit(): void {
    this.#leave = true;
  }

  /** The interrupt source's answer, or something else that waits for an open boundary, may have changed. */
  interruptsChanged(): void {
    const waiting =
      this.interrupts.hasInterrupt() || this.cpu.get32(S.nmiPending) !== 0 || this.controls.interruptWindow;
    this.cpu.set32(S.eventPending, waiting ? 1 : 0);
    this.group?.readinessChanged();
  }

  raiseNmi(): void {
    this.cpu.set32(S.nmiPending, 1);
    this.interruptsChanged();
  }

  /**
   * An INIT message: the CPU is reset, at the end of the instruction if it is executing one; all but the boot processor then wait for a
   * start-up message (SDM vol. 3A, 9.4.1 and 11.6.1).
   */
  initMessage(): void {
    if (!this.#running) this.#init();
    else {
      this.#initRequested = true;
      this.#leave = true;
    }
  }

  #init(): void {
    const { cpu } = this;
    this.#initRequested = false;
    this.#inFlight.forget();
    this.#event = undefined;
    initCpu(cpu);
    if (this.index !== 0) cpu.set32(S.activity, ACTIVITY_WAITS_FOR_SIPI);
    this.platform.apic.init();
    this.interruptsChanged();
  }

  /** A start-up message, which only a CPU that waits for it takes. */
  startMessage(vector: number): void {
    if (this.cpu.get32(S.activity) !== ACTIVITY_WAITS_FOR_SIPI) return;
    startCpu(this.cpu, vector);
    this.interruptsChanged();
  }

  inject(vector: number, errorCode: number = -1): void {
    checkInteger("inject: vector", vector, 0, 255);
    checkInteger("inject: errorCode", errorCode, -1, 0xffffffff);
    if (this.cpu.get32(S.activity) === ACTIVITY_WAITS_FOR_SIPI)
      throw new IsinglassError(
        "ISG_VCPU_NOT_STARTED",
        `${this.component}: inject() while it waits for a start-up message; events can be delivered when it has come`,
        { component: this.component },
      );
    const external = vector === NMI || vector >= 32;
    this.#event = { vector, kind: external ? EVENT_EXTERNAL : EVENT_FAULT, error: errorCode };
  }

  complete(value: bigint): void {
    this.#inFlight.complete(value);
  }

  pass(): void {
    this.#inFlight.pass();
  }

  addBreakpoint(address: bigint): void {
    const linear = BigInt.asUintN(64, address);
    if (!this.#breakpoints.includes(linear)) this.#breakpoints.push(linear);
  }

  removeBreakpoint(address: bigint): void {
    const at = this.#breakpoints.indexOf(BigInt.asUintN(64, address));
    if (at >= 0) this.#breakpoints.splice(at, 1);
  }

  reset(): void {
    this.#inFlight.forget();
    this.#event = undefined;
    this.#completed = 0;
    this.#initRequested = false;
    this.#reset();
    this.interruptsChanged();
  }

  /** Whether something that waits would be taken here, were it not for the shadow of STI or MOV SS. */
  #isOpen(): boolean {
    const { cpu } = this;
    return (cpu.get32(S.flagsRest) & FLAG_IF) !== 0 || (cpu.get32(S.nmiPending) !== 0 && cpu.get32(S.nmiBlocked) === 0);
  }

  /** Whether a device call should make the executor leave. */
  hasEvent(): boolean {
    const { cpu } = this;
    if (this.#leave) return true;
    return cpu.get32(S.eventPending) !== 0 && this.#isOpen();
  }

  /** Which operations the CPU has to ask about. */
  #interceptBits(): number {
    const c = this.controls;
    return (
      (c.cpuid ? INTERCEPT_CPUID : 0) |
      (c.anyMsr ? INTERCEPT_MSR : 0) |
      (c.anyControlRegister ? INTERCEPT_CR : 0) |
      (c.hlt ? INTERCEPT_HLT : 0) |
      (c.anyException ? INTERCEPT_EXCEPTION : 0) |
      (c.hypercall ? INTERCEPT_HYPERCALL : 0)
    );
  }

  /** Delivers an event; an exit where that is what came of it. */
  #deliver(vector: number, kind: number, error: number): VmExit | undefined {
    const { cpu } = this;
    cpu.exit = undefined;
    if (!deliverEvent(cpu, vector, kind, error)) return SHUTDOWN;
    const { exit } = cpu;
    if (exit === undefined) {
      this.delivered[vector]! += 1;
      return undefined;
    }
    cpu.exit = undefined;
    this.#inFlight.begin(exit, 0, 0, true);
    // An interrupt was taken from its source already: it is delivered when what came in between has been dealt with.
    if (kind === EVENT_EXTERNAL) this.#event = { vector, kind, error };
    return exit;
  }

  /** Deals with the exit of last time; true: the next instruction is to be executed alone. */
  #resume(): boolean {
    const flight = this.#inFlight;
    if (!flight.pending) return false;
    const { cpu } = this;
    const event = flight.resolve(cpu);
    if (event !== undefined) this.#event = event;
    if (flight.skips) {
      cpu.set64(S.rip, flight.nextLo, flight.nextHi);
      cpu.set32(S.interruptShadow, 0);
      this.#completed += 1;
      flight.forget();
    }
    return flight.replays;
  }

  run(budget: number): VmExit {
    this.#running = true;
    this.#yielded = false;
    let exit: VmExit;
    try {
      exit = this.#run(budget);
    } finally {
      this.#running = false;
    }
    if (!this.#initRequested) return exit;
    this.#init();
    return PAUSED;
  }

  #run(budget: number): VmExit {
    const { cpu } = this;
    const end = this.#completed + budget;
    this.#leave = false;
    this.platform.intercepts = this.#interceptBits();
    this.interruptsChanged();
    let alone = budget > 0 && this.#resume();
    // The next instruction touches what is watched: it is executed alone.
    let precise = false;
    for (;;) {
      const shadow = cpu.get32(S.interruptShadow);
      const inhibited = shadow !== 0 && shadow === cpu.get32(S.rip) && this.#isOpen();
      const waiting = cpu.get32(S.eventPending) !== 0;
      if (!alone) {
        const exit = this.#events(waiting, inhibited);
        if (exit !== undefined) return exit;
      }
      if (waiting && inhibited && !alone) cpu.set32(S.interruptShadow, 0);
      if (cpu.get32(S.activity) !== ACTIVITY_RUNS) return HLT;
      if (this.#completed >= end) return BUDGET;
      if (this.#breakpoints.length > 0 && !alone && this.#hitsBreakpoint())
        return { reason: "breakpoint", address: this.address };
      if (cpu.breakpoints.code !== 0) {
        const hits = alone ? 0 : this.#debug.codeBreakpoints();
        if (hits > 0) {
          // Counts one, as a fault does.
          this.#completed += 1;
          const exit = this.#debug.raise(hits);
          if (exit !== undefined) return exit;
          continue;
        }
        if (hits < 0) precise = true;
      }
      const held = cpu.get32(S.pendingDebug);
      const trap = (cpu.get32(S.flagsRest) & FLAG_TF) !== 0;
      const single = alone || trap || precise || held !== 0 || (inhibited && waiting) || this.#breakpoints.length > 0;
      const resumed = single ? cpu.get32(S.flagsRest) & FLAG_RF : 0;
      if (resumed !== 0) cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) & ~FLAG_RF);
      const begin = cpu.get32(S.rip);
      const fuel = single ? 1 : Math.min(end - this.#completed, MOST_FUEL);
      this.#fuelGiven = fuel;
      cpu.set32(S.fuel, fuel);
      cpu.stepTrap = STEP_BY_TF;
      cpu.watch = single ? WATCH_NOTE : WATCH_LEAVE;
      const code = this.executor.run(fuel);
      cpu.watch = WATCH_IGNORE;
      this.#completed += fuel - cpu.get32(S.fuel);
      this.#fuelGiven = 0;
      if (resumed !== 0 && code !== EXIT_BUDGET && !this.halted)
        cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) | FLAG_RF);
      if (code === EXIT_HOST && cpu.wantsStep) {
        cpu.wantsStep = false;
        this.#debug.noteShadow();
        precise = true;
        continue;
      }
      precise = false;
      if (code === EXIT_HOST) {
        const { exit } = cpu;
        cpu.exit = undefined;
        if (exit === undefined) throw new Error("vcpu: an exit without a reason");
        // A halted vCPU has completed its HLT, which may have been an intercepted one that was executed again.
        if (this.halted) this.#inFlight.forget();
        else this.#inFlight.begin(exit, cpu.get32(S.nextRip), cpu.getHi(S.nextRip), false);
        return exit;
      }
      if (alone) {
        alone = false;
        this.#inFlight.forget();
        cpu.crAnswer = undefined;
      }
      let exit: VmExit | undefined;
      if (code === EXIT_FAULT) {
        // Counts one: a handler whose first instruction faults again would hold the host for ever otherwise.
        this.#completed += 1;
        // What it had touched does not count; a task that is entered may set more.
        if (single) cpu.set32(S.pendingDebug, held & DR6_BREAKPOINTS);
        exit = this.#deliver(cpu.get32(S.faultVector), EVENT_FAULT, cpu.get32(S.faultError));
      } else if (single && cpu.breakpoints.code !== 0 && cpu.get32(S.rip) === begin && this.#debug.isRepeated())
        cpu.set32(S.flagsRest, cpu.get32(S.flagsRest) | FLAG_RF);
      if (exit === undefined) exit = this.#debug.traps(trap && code === EXIT_BUDGET, single);
      if (exit !== undefined) return exit;
      if (this.#leave) return PAUSED;
      if (this.#yielded) return BUDGET;
    }
  }

  /** What is to be delivered at this boundary, in order of priority (SDM vol. 3A, table 6-2). */
  #events(waiting: boolean, inhibited: boolean): VmExit | undefined {
    const { cpu } = this;
    if (cpu.get32(S.activity) === ACTIVITY_WAITS_FOR_SIPI) return undefined;
    const event = this.#event;
    if (event !== undefined) {
      this.#event = undefined;
      cpu.set32(S.activity, ACTIVITY_RUNS);
      this.platform.bypass = true;
      const exit = this.#deliverBetween(event.vector, event.kind, event.error);
      if (exit !== undefined) return exit;
    }
    if (!waiting || inhibited) return undefined;
    if (cpu.get32(S.nmiPending) !== 0 && cpu.get32(S.nmiBlocked) === 0) {
      cpu.set32(S.nmiPending, 0);
      cpu.set32(S.nmiBlocked, 1);
      cpu.set32(S.activity, ACTIVITY_RUNS);
      this.interruptsChanged();
      const exit = this.#deliverBetween(NMI, EVENT_EXTERNAL, -1);
      if (exit !== undefined) return exit;
    }
    if ((cpu.get32(S.flagsRest) & FLAG_IF) === 0) return undefined;
    if (this.controls.interruptWindow) return INTERRUPT_WINDOW;
    if (!this.interrupts.hasInterrupt()) return undefined;
    cpu.set32(S.activity, ACTIVITY_RUNS);
    const vector = this.interrupts.acknowledge();
    this.interruptsChanged();
    return this.#deliverBetween(vector, EVENT_EXTERNAL, -1);
  }

  /** Delivers between two instructions, and the #DB of a task that is entered by it (SDM vol. 3B, 18.3.1.5). */
  #deliverBetween(vector: number, kind: number, error: number): VmExit | undefined {
    const exit = this.#deliver(vector, kind, error);
    this.platform.bypass = false;
    if (exit !== undefined || (this.cpu.get32(S.pendingDebug) & DR6_TASK_SWITCH) === 0) return exit;
    return this.#debug.raise(DR6_TASK_SWITCH);
  }

  #hitsBreakpoint(): boolean {
    const { address } = this;
    const hit = this.#breakpoints.includes(address) && this.#passed !== address;
    this.#passed = hit ? address : undefined;
    return hit;
  }

  save(): SnapshotValue {
    return saveVcpu(this.cpu, this.#completed, this.#event, this.#inFlight);
  }

  load(state: SnapshotValue, version: number): void {
    const loaded = loadVcpu(this.cpu, state, version);
    if (!this.keepsCode) this.interpreter?.code.dropAll();
    this.#completed = loaded.instructions;
    this.#event = loaded.event;
    this.#inFlight.load(loaded.inFlight);
    this.#passed = undefined;
    this.interruptsChanged();
  }

  /** The soft TLB as a part of the machine's state: without it the guest's accessed and dirty bits would be set at other times. */
  get cache(): Snapshotted {
    return {
      component: `tlb.${this.index}`,
      version: 1,
      save: () => this.tlb.save(this.#origin),
      load: (state) => {
        this.tlb.load(
          state instanceof Uint8Array ? state : new Uint8Array(0),
          (page) => this.#physical.isBacked(page),
          this.#origin,
        );
        // Saved where nobody had to see every store.
        if (this.interpreter?.verifier !== undefined) this.tlb.dropAllWriteTags();
      },
    };
  }
}
