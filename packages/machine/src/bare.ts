import { IsinglassError, type RegisterAccess, type VmExit } from "@isinglass/interface";
import type { PhysicalMap } from "@isinglass/mmu";
import type { VirtualMachine } from "@isinglass/hypervisor";
import type { SystemBus } from "@isinglass/devices";
import { CORE_NAMES, Core, type CoreOptions, checkCoreOptions } from "./core.js";
import { checkBytes, checkNames, describe } from "./sdk/check.js";
import { MiB } from "./pc-memory.js";
import type { EngineVcpu } from "./engine-vcpu.js";
import { type CodeMode, setFlatState } from "./flat-state.js";
import { IDENTITY_MAP_BYTES, writeIdentityMap } from "./page-tables.js";

export interface BareOptions extends CoreOptions {
  /** Bytes of RAM from address 0: whole MiB, up to 3 GiB. */
  readonly memory: number;
}

export interface EnterOptions {
  readonly mode: CodeMode;
  /** Offset of the first instruction. */
  readonly address: number;
  /** Stack pointer; below the page tables at the top of memory, or FFF0H in 16-bit mode, by default. */
  readonly stack?: number;
  /** CPL 3. */
  readonly user?: boolean;
}

/**
 * A machine with RAM, a vCPU and an empty bus: what nobody answers is an exit. The bottom to build on, and what short programs run on.
 *
 * @example
 * const machine = bare({ memory: MiB });
 * machine.load(0x1000, Uint8Array.of(0xb0, 0x2a, 0xe6, 0x80, 0xf4)); // mov al, 42; out 0x80, al; hlt
 * machine.enter({ mode: 16, address: 0x1000 });
 * const exit = machine.run(100); // { reason: 'io', direction: 'out', port: 0x80, size: 1, value: 42 }
 */
export class BareMachine {
  readonly core: Core;
  readonly vm: VirtualMachine;
  readonly vcpu: EngineVcpu;
  readonly bus: SystemBus;
  readonly memory: PhysicalMap;
  readonly registers: RegisterAccess;
  readonly #bytes: number;

  constructor(options: BareOptions) {
    checkNames("bare", options, [...CORE_NAMES, "memory"]);
    checkCoreOptions("bare", options);
    const { memory } = options;
    if (!(memory >= MiB && memory <= 3072 * MiB && memory % MiB === 0)) {
      throw new IsinglassError(
        "ISG_MACHINE_MEMORY",
        `memory: ${memory} bytes; 1 MiB to 3 GiB, in whole MiB, is right`,
        { memory },
      );
    }
    this.#bytes = memory;
    this.core = new Core(
      { codeBytes: 4 * MiB, ...options },
      {
        ram: [{ gpa: 0, length: memory, offset: 0, name: "memory" }],
        ramBytes: memory,
        exitOnUnclaimed: true,
        onLeave: () => undefined,
      },
    );
    this.vm = this.core.vm;
    this.vcpu = this.core.vcpu;
    this.bus = this.core.bus;
    this.memory = this.core.physical;
    this.registers = this.vcpu.registers;
  }

  /** Copies bytes to guest-physical `gpa`. */
  load(gpa: number, bytes: Uint8Array): void {
    checkBytes("load: bytes", bytes, "a Uint8Array is right");
    this.memory.write(gpa, bytes);
  }

  /**
   * Resets the vCPU and has it begin at `address` with flat segments, interrupts off, x87 and SSE ready. For 64-bit code the last 24 KiB
   * of memory become page tables that map the first 4 GiB to themselves.
   */
  enter(options: EnterOptions): void {
    const { mode, address } = options;
    if (mode !== 16 && mode !== 32 && mode !== 64)
      throw new IsinglassError("ISG_MACHINE_BAD_OPTION", `enter: mode: ${describe(mode)}; 16, 32, 64 are right`);
    const top = this.#bytes - IDENTITY_MAP_BYTES;
    // The count of instructions begins anew; time goes on.
    const now = this.core.time.now();
    this.vm.vcpu.reset();
    // One that a HLT with interrupts off had stopped for good begins anew.
    this.vm.stopReason = undefined;
    this.core.time.skipTo(now);
    if (mode === 64) writeIdentityMap(this.memory, top);
    setFlatState(this.vcpu.cpu, {
      mode,
      ...(options.user === undefined ? {} : { user: options.user }),
      ...(mode === 64 ? { pageTables: top } : {}),
    });
    this.registers.set("rsp", BigInt(options.stack ?? (mode === 16 ? 0xfff0 : top)));
    this.registers.set("rip", BigInt(address));
  }

  /** Runs at most `limit` instructions, see {@link VirtualMachine.run}. */
  run(limit: number): VmExit {
    return this.vm.run(limit);
  }
}

/** A machine without devices. */
export function bare(options: BareOptions): BareMachine {
  return new BareMachine(options);
}
