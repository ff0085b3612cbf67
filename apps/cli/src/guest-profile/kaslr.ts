import type { PcMachine } from "@isinglass/machine";
import type { SymbolTable } from "./symbols.js";

/** What a kernel was moved by (KASLR), from where its system-call entry lies and where its symbols say that it lies; undefined: no telling. */
export function kaslrShift(
  machine: { readonly vcpu: Pick<PcMachine["vcpu"], "registers"> },
  symbols: SymbolTable,
): bigint | undefined {
  const { registers } = machine.vcpu;
  for (const [register, symbol] of [
    ["lstar", "entry_SYSCALL_64"],
    ["sysenter-eip", "entry_SYSENTER_32"],
    ["sysenter-eip", "entry_SYSENTER_compat"],
  ] as const) {
    const here = registers.get(register);
    const there = symbols.byName.get(symbol);
    if (here !== 0n && there !== undefined) return here - there;
  }
  return undefined;
}
