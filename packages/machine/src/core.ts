import { SystemBus } from "@isinglass/devices";
import {
  ExitStatistics,
  HostTime,
  InstructionTime,
  InterceptControls,
  type Sha256,
  type TimeSource,
  VcpuGroup,
  VirtualClock,
  VirtualMachine,
} from "@isinglass/hypervisor";
import { seedRandom } from "@isinglass/cpu-x86";
import { type Device, IsinglassError, type Snapshotted } from "@isinglass/interface";
import { Dma, PhysicalMap } from "@isinglass/mmu";
import { Wasm } from "@isinglass/wasm";
import { DEFAULT_POLICY, EAGER_POLICY, type TierPolicy, type VerifyOptions } from "@isinglass/engine";
import { cpuModel } from "./cpu-model.js";
import { EngineVcpu } from "./engine-vcpu.js";
import { MiB } from "./pc-memory.js";
import { checkChoice, checkFunction, checkInteger } from "./sdk/check.js";

const VCPU_BASE = 65536;
const WASM_PAGE = 65536;
/** Between the seeds of two processors: what they are given for RDRAND are different numbers. */
const SEED_STEP = 0x9e37_79b9;
export const DEFAULT_NS_PER_INSTRUCTION: number = 4;
/** Room for a page's table and its longest run, twice over; and with 3 GiB of RAM all must lie below 4 GiB. */
const FEWEST_CODE_BYTES = MiB;
const MOST_CODE_BYTES = 512 * MiB;
/** As many as the flat model of logical destinations has bits (SDM vol. 3A, 11.6.2.2). */
export const MOST_CPUS = 8;

/** A piece of the guest's RAM; pieces lie one after the other in the host's buffer, at `offset` from where it begins. */
export interface RamPiece {
  readonly gpa: number;
  readonly length: number;
  readonly offset: number;
  readonly name: string;
}

/** What every machine has, whatever board is built on it. */
export interface CoreOptions {
  /**
   * Name of a CPU model, see `CPU_MODELS` of @isinglass/cpu-x86; `x86-64` by default. Behind it may follow features of the model `max` to add or to take
   * away, as in `max,-x2apic,-pcid` or `x86-64,+rdtscp`. What is taken away takes with it what stands on it; what is added needs it.
   */
  readonly cpu?: string;
  /** Processors: 1, the default, to 8. They run one after the other in one thread; two of them do not make a guest faster. */
  readonly cpus?: number;
  /** Seed of what RDRAND and RDSEED give, where the model has them: an integer of at most 2^53 - 1, 0 by default. */
  readonly cpuSeed?: number;
  /**
   * `deterministic` (the default): time follows the count of instructions, and an access to a device takes 500 ns, one to a port 1 us; two runs are equal. `realtime`: time follows the host's
   * clock, which is then needed.
   */
  readonly clock?: "deterministic" | "realtime";
  /** Of the deterministic clock: an integer, 4 by default. */
  readonly nanosecondsPerInstruction?: number;
  /** The host's clock in milliseconds, such as `() => performance.now()`: for realtime machines and for the times of exits. */
  readonly now?: () => number;
  /** `interpreter` (the default), or `reference`: each micro-op evaluated by itself, for comparisons; some thousand times slower. */
  readonly executor?: "interpreter" | "reference";
  /**
   * `auto` (the default): what is executed often is compiled to WebAssembly. `interp`: nothing is. `jit`: everything on first
   * execution, for tests. Or a policy of the caller's own. None of them changes what the guest sees.
   */
  readonly tier?: "auto" | "interp" | "jit" | TierPolicy;
  /**
   * Each run of compiled code is taken back and made once more by the interpreter, and what both did to registers, flags and memory is
   * compared; a difference is thrown as `RegionDivergence` of @isinglass/engine. Some ten times slower. `tamper` is for tests of this.
   */
  readonly verify?: boolean | Pick<VerifyOptions, "tamper">;
  /**
   * SHA-256 for saved states, where the host has a faster one than the one in JavaScript that is there by default. With Node's, `nodeSha256` of
   * @isinglass/machine/node, saving 70 MiB took 125 ms in place of 430.
   */
  readonly sha256?: Sha256 | undefined;
  /** Bytes for decoded code; 64 MiB by default, of which only what is used takes memory. */
  readonly codeBytes?: number;
}

/** Names of {@link CoreOptions}. */
export const CORE_NAMES: readonly (keyof CoreOptions)[] = [
  "cpu",
  "cpus",
  "cpuSeed",
  "clock",
  "nanosecondsPerInstruction",
  "now",
  "executor",
  "tier",
  "verify",
  "sha256",
  "codeBytes",
];

/** @throws IsinglassError `ISG_MACHINE_BAD_OPTION` */
export function checkCoreOptions(call: string, options: CoreOptions): void {
  const { clock, cpus, cpuSeed, executor, now, tier } = options;
  if (cpus !== undefined) checkInteger(`${call}: cpus`, cpus, 1, MOST_CPUS);
  if (cpus !== undefined && cpus > 1 && options.verify !== undefined && options.verify !== false)
    throw new IsinglassError(
      "ISG_MACHINE_BAD_OPTION",
      `${call}: verify compares one vCPU's code; cpus: 1 is right with it`,
    );
  if (cpuSeed !== undefined) checkInteger(`${call}: cpuSeed`, cpuSeed, 0, Number.MAX_SAFE_INTEGER);
  if (clock !== undefined) checkChoice(`${call}: clock`, clock, ["deterministic", "realtime"]);
  if (executor !== undefined) checkChoice(`${call}: executor`, executor, ["interpreter", "reference"]);
  if (now !== undefined) checkFunction(`${call}: now`, now);
  if (tier !== undefined && (typeof tier !== "object" || tier === null))
    checkChoice(`${call}: tier`, tier, ["auto", "interp", "jit"]);
}

function tierPolicy(tier: NonNullable<CoreOptions["tier"]>): { policy?: TierPolicy } {
  if (tier === "interp") return {};
  return { policy: tier === "auto" ? DEFAULT_POLICY : tier === "jit" ? EAGER_POLICY : tier };
}

export interface CoreLayout {
  readonly ram: readonly RamPiece[];
  readonly ramBytes: number;
  readonly exitOnUnclaimed: boolean;
  /** Seen whenever a vCPU has left. */
  readonly onLeave: () => void;
}

/** Memory, bus, vCPUs and clock, connected; what a board puts its devices on. */
export class Core {
  readonly physical: PhysicalMap;
  /** Where the guest's RAM lies in `physical.buffer`, its holes included. */
  readonly ram: { readonly offset: number; readonly bytes: number };
  readonly bus: SystemBus = new SystemBus();
  readonly dma: Dma;
  /** The boot processor. */
  readonly vcpu: EngineVcpu;
  /** All of them, by APIC ID. */
  readonly vcpus: readonly EngineVcpu[];
  readonly clock: VirtualClock;
  readonly time: TimeSource;
  readonly vm: VirtualMachine;
  readonly statistics: ExitStatistics;
  /** In the order in which they are restored. */
  readonly components: Snapshotted[] = [];

  constructor(options: CoreOptions, layout: CoreLayout) {
    const model = cpuModel(options.cpu);
    const codeBytes = options.codeBytes ?? 64 * MiB;
    if (!Number.isInteger(codeBytes) || codeBytes < FEWEST_CODE_BYTES || codeBytes > MOST_CODE_BYTES) {
      throw new IsinglassError(
        "ISG_MACHINE_CODE_BYTES",
        `machine: ${codeBytes} bytes for decoded code; ${FEWEST_CODE_BYTES} to ${MOST_CODE_BYTES} are right`,
        { codeBytes },
      );
    }
    const count = options.cpus ?? 1;
    // The first one's state, soft TLB and decoded code, then the others' state and soft TLBs.
    const others = VCPU_BASE + Math.ceil(EngineVcpu.bytes(codeBytes) / WASM_PAGE) * WASM_PAGE;
    const vcpuBytes =
      count === 1 ? EngineVcpu.bytes(codeBytes) : others - VCPU_BASE + (count - 1) * EngineVcpu.bytes(0);
    const origin = Math.ceil((VCPU_BASE + vcpuBytes) / WASM_PAGE) * WASM_PAGE;
    const pages = Math.ceil((origin + layout.ramBytes) / WASM_PAGE);
    const memory = new Wasm.Memory({ initial: pages, maximum: pages });
    this.physical = new PhysicalMap(memory.buffer);
    this.physical.reserve(VCPU_BASE, vcpuBytes, count === 1 ? "the vCPU" : "the vCPUs");
    this.ram = { offset: origin, bytes: layout.ramBytes };
    for (const piece of layout.ram) this.physical.addRam(piece.gpa, piece.length, origin + piece.offset, piece.name);
    this.dma = new Dma(this.physical);
    const controls = new InterceptControls();
    this.statistics = new ExitStatistics(options.now);
    const parts = {
      memory,
      origin,
      physical: this.physical,
      model,
      controls,
      statistics: this.statistics,
      bus: this.bus,
      now: () => this.time.now(),
      accessTime: {
        spend: (nanoseconds: number) => {
          // Whoever executes was given a budget up to the next timer, which is nearer now.
          if (this.time.spend?.(nanoseconds) === true) this.vm.vcpu.requestExit();
        },
        canSpend: (nanoseconds: number) => this.time.canSpend?.(nanoseconds) !== false,
      },
      exitOnUnclaimed: layout.exitOnUnclaimed,
      executor: options.executor ?? "interpreter",
      count,
      ...tierPolicy(options.tier ?? "auto"),
      ...(options.verify === undefined ? {} : { verify: options.verify }),
      ...(options.now === undefined ? {} : { clock: options.now }),
    } as const;
    this.vcpu = new EngineVcpu({ ...parts, base: VCPU_BASE, codeBytes });
    const vcpus = [this.vcpu];
    for (let index = 1; index < count; index += 1) {
      const base = others + (index - 1) * EngineVcpu.bytes(0);
      vcpus.push(new EngineVcpu({ ...parts, base, codeBytes: 0, index, shares: this.vcpu }));
    }
    this.vcpus = vcpus;
    for (const vcpu of vcpus) seedRandom(vcpu.cpu, (options.cpuSeed ?? 0) + vcpu.index * SEED_STEP);
    const vcpu = count === 1 ? this.vcpu : new VcpuGroup(vcpus);
    this.time = this.#time(options, vcpu);
    this.clock = new VirtualClock(this.time);
    this.vm = new VirtualMachine({
      vcpu,
      clock: this.clock,
      time: this.time,
      memory: this.physical,
      components: this.components,
      caches: vcpus.map((each) => each.cache),
      sha256: options.sha256,
      statistics: this.statistics,
      onLeave: layout.onLeave,
    });
  }

  #time(options: CoreOptions, counted: { readonly instructions: number }): TimeSource {
    if (options.clock !== "realtime") {
      return new InstructionTime(
        () => counted.instructions,
        options.nanosecondsPerInstruction ?? DEFAULT_NS_PER_INSTRUCTION,
      );
    }
    if (options.now === undefined)
      throw new IsinglassError(
        "ISG_MACHINE_NO_CLOCK",
        'clock: a realtime machine needs "now", the host\'s clock in milliseconds',
      );
    return new HostTime(options.now);
  }

  /** The vCPU that executes, or did last. */
  get running(): EngineVcpu {
    const { vcpu } = this.vm;
    return vcpu instanceof VcpuGroup ? (vcpu.current as EngineVcpu) : this.vcpu;
  }

  /** Adds a device to what is reset, saved and restored. Its name must be its own. */
  addDevice<D extends Device>(device: D): D {
    if (this.components.some(({ component }) => component === device.component)) {
      throw new IsinglassError(
        "ISG_MACHINE_DUPLICATE_DEVICE",
        `machine: a second device named "${device.component}"; give each a name of its own`,
        { component: device.component },
      );
    }
    this.components.push(device);
    return device;
  }
}
