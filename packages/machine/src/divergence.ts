import type { RegionDivergence } from "@isinglass/engine";
import { S } from "@isinglass/cpu-x86";
import type { EngineVcpu } from "./engine-vcpu.js";

/** A register that a region left otherwise than the interpreter. */
export interface RegisterDifference {
  readonly name: string;
  readonly before: bigint;
  readonly compiled: bigint;
  readonly interpreted: bigint;
}

/** A difference of memory, by guest-physical address. */
export interface GuestMemoryDifference {
  readonly gpa: number;
  readonly compiled: number;
  readonly interpreted: number;
}

/** A divergence in the guest's terms. */
export interface DivergenceReport {
  readonly registers: readonly RegisterDifference[];
  /** State that is no register by itself, such as what is derived from one: names of fields. */
  readonly other: readonly string[];
  readonly memory: readonly GuestMemoryDifference[];
}

/** Name of the state field that an offset lies in. */
export function stateField(offset: number): string {
  let best = "?";
  let at = -1;
  for (const [name, from] of Object.entries(S)) if (from <= offset && from > at) [best, at] = [name, from];
  return best;
}

/** What differs, by names and guest-physical addresses. The vCPU's state is as before afterwards. */
export function describeDivergence(vcpu: EngineVcpu, divergence: RegionDivergence): DivergenceReport {
  const { details } = divergence;
  const { u8, base } = vcpu.cpu;
  const live = u8.slice(base, base + details.before.length);
  const read = (state: Uint8Array): bigint[] => {
    u8.set(state, base);
    return vcpu.registers.names.map((name) => vcpu.registers.get(name));
  };
  const before = read(details.before);
  const compiled = read(details.compiled);
  const interpreted = read(details.interpreted);
  u8.set(live, base);
  const registers = vcpu.registers.names.flatMap((name, i) =>
    compiled[i] === interpreted[i]
      ? []
      : [{ name, before: before[i]!, compiled: compiled[i]!, interpreted: interpreted[i]! }],
  );
  const fields = new Set(details.state.map(stateField));
  for (const name of ["gpr", "rip", "ccOp", "ccB", "flagsRest", "vector", "fpr", "segments", "mxcsr"])
    fields.delete(name);
  return {
    registers,
    other: [...fields],
    memory: details.memory.map(({ hostOffset, ...values }) => ({ gpa: vcpu.gpaOf(hostOffset), ...values })),
  };
}
