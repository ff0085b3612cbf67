import type { Gpa } from "./memory.js";
import type { MmioSize, PortSize } from "./bus.js";
import type { Snapshotted } from "./snapshot.js";

/**
 * Why a vCPU left {@link Vcpu.run}. The same vocabulary as hardware's exit reasons (SDM vol. 3C appendix C; AMD APM vol. 2
 * appendix C), with the data that those hold in the exit qualification.
 *
 * Exits that ask for an answer (`io` in, `mmio` read, `cpuid`, `rdmsr`) are *before* the instruction completes: answer with
 * {@link Vcpu.complete} and run again.
 */
export type VmExit =
  | { readonly reason: "io"; readonly direction: "in"; readonly port: number; readonly size: PortSize }
  | {
      readonly reason: "io";
      readonly direction: "out";
      readonly port: number;
      readonly size: PortSize;
      readonly value: number;
    }
  | { readonly reason: "mmio"; readonly direction: "read"; readonly gpa: Gpa; readonly size: MmioSize }
  | {
      readonly reason: "mmio";
      readonly direction: "write";
      readonly gpa: Gpa;
      readonly size: MmioSize;
      readonly value: number;
    }
  | { readonly reason: "hlt" }
  | { readonly reason: "cpuid"; readonly leaf: number; readonly subleaf: number }
  | { readonly reason: "rdmsr"; readonly index: number }
  | { readonly reason: "wrmsr"; readonly index: number; readonly value: bigint }
  | {
      readonly reason: "cr-access";
      readonly register: 0 | 2 | 3 | 4 | 8;
      readonly direction: "read" | "write";
      readonly value: bigint;
    }
  | { readonly reason: "hypercall"; readonly number: bigint }
  | {
      readonly reason: "exception";
      readonly vector: number;
      readonly errorCode: number | null;
      readonly address: bigint;
    }
  | { readonly reason: "second-stage-fault"; readonly gpa: Gpa; readonly access: "read" | "write" | "fetch" }
  | { readonly reason: "shutdown" }
  | { readonly reason: "debug"; readonly cause: "step" | "watchpoint"; readonly address: bigint }
  | { readonly reason: "breakpoint"; readonly address: bigint }
  | { readonly reason: "interrupt-window" }
  | { readonly reason: "budget" }
  | { readonly reason: "paused" }
  | { readonly reason: "not-implemented"; readonly address: bigint; readonly bytes: Uint8Array; readonly what: string };

export type VmExitReason = VmExit["reason"];

/** A register's value by its architectural name (`rax`, `rip`, `cr3`, `xmm0` as 128 bits); for cold code: debuggers, tests, the CLI. */
export interface RegisterAccess {
  readonly names: readonly string[];
  get(name: string): bigint;
  set(name: string, value: bigint): void;
}

/** A virtual CPU, whatever executes it: our engine, `/dev/kvm`, a recorded trace. */
export interface Vcpu extends Snapshotted {
  readonly registers: RegisterAccess;
  /** Instructions completed since reset, and faults delivered, which count one each; exact at every exit. Below 2^53. */
  readonly instructions: number;
  /** Runs until an exit, for at most `budget` instructions. */
  run(budget: number): VmExit;
  /** Answers the last exit, see {@link VmExit}. `value` for `cpuid` is eax | ebx<<32 | ecx<<64 | edx<<96. */
  complete(value: bigint): void;
  /** Asks a running vCPU to leave at the next opportunity with `paused`; callable from device code. */
  requestExit(): void;
  reset(): void;
}
