import type { GuestFaults } from "@isinglass/compat";
import { assemble } from "@isinglass/isa-x86";
import { bare, type MachineStats, machineStats, MiB } from "@isinglass/machine";

const CODE = 0x1000;
const HANDLER = 0x2000;
const GDT = 0x3000;
const IDT = 0x4000;
const PAGE_FAULT = 14;
const FAULTS = 64;
const LARGE_PAGE = 0x200000;
/** Number of the first large page that the tables do not map. */
const FIRST_MISSING = 16;

const MAIN = `lgdt [${GDT + 0x40}]
lidt [${GDT + 0x50}]
mov esi, ${FIRST_MISSING * LARGE_PAGE}
mov ecx, ${FAULTS}
again:
mov eax, [rsi]
add rsi, ${LARGE_PAGE}
dec ecx
jnz again
hlt`;

/** Maps the page at CR2 to the second large page of memory: present, writable, large (SDM vol. 3A, table 4-17). */
const mend = (directory: number): string => `push rax
push rdx
mov rax, cr2
shr rax, 21
mov edx, ${LARGE_PAGE | 0x83}
mov [rax*8+${directory}], rdx
pop rdx
pop rax
add rsp, 8
iretq`;

/** A table's limit and base, as LGDT and LIDT read them. */
function pseudoDescriptor(view: DataView, at: number, limit: number, base: number): void {
  view.setUint16(at, limit, true);
  view.setBigUint64(at + 2, BigInt(base), true);
}

/** Flat code and data segments and a gate for page faults (SDM vol. 3A, 3.4.5 and 6.14.1). */
function tables(): readonly (readonly [address: number, bytes: Uint8Array])[] {
  const gdt = new DataView(new ArrayBuffer(0x60));
  gdt.setBigUint64(8, 0x00af9b000000ffffn, true);
  gdt.setBigUint64(16, 0x00cf93000000ffffn, true);
  pseudoDescriptor(gdt, 0x40, 0x17, GDT);
  pseudoDescriptor(gdt, 0x50, 0xfff, IDT);
  const gate = new DataView(new ArrayBuffer(16));
  gate.setUint16(0, HANDLER, true);
  gate.setUint16(2, 8, true);
  gate.setUint16(4, 0x8e00, true);
  return [
    [GDT, new Uint8Array(gdt.buffer)],
    [IDT + PAGE_FAULT * 16, new Uint8Array(gate.buffer)],
  ];
}

/** A guest in 64-bit mode touches pages that its tables do not map, and maps each when it faults: what did that ask of the machine? */
export function guestFaults(cpu: string): GuestFaults {
  const machine = bare({ memory: 8 * MiB, cpu, tier: "interp" });
  machine.load(CODE, assemble(MAIN, { mode: 64, origin: BigInt(CODE) }).bytes);
  machine.enter({ mode: 64, address: CODE });
  // The first of the page directories lies behind the two tables above it.
  const directory = Number(machine.registers.get("cr3")) + 0x2000;
  machine.load(HANDLER, assemble(mend(directory), { mode: 64, origin: BigInt(HANDLER) }).bytes);
  for (const [address, bytes] of tables()) machine.load(address, bytes);
  machine.load(directory + FIRST_MISSING * 8, new Uint8Array(FAULTS * 8));
  const before = machineStats(machine.core);
  machine.run(10_000);
  const after = machineStats(machine.core);
  const grown = (count: (stats: MachineStats) => number): number => count(after) - count(before);
  const faults = grown(({ vectors }) => vectors.find(({ vector }) => vector === PAGE_FAULT)?.count ?? 0);
  return {
    faults,
    // The HLT at the end leaves too, and is no part of it.
    exits: grown(({ exits }) =>
      exits.filter(({ reason }) => reason !== "hlt" && reason !== "budget").reduce((sum, { count }) => sum + count, 0),
    ),
    flushes: grown(({ tlb: { flushes } }) => flushes.all + flushes.view + flushes.nonGlobal + flushes.page),
  };
}
