import { assemble } from "@isinglass/isa-x86";
import { type MachinePlugin, MiB, type PcMachine, type PcOptions, pc, setFlatState } from "../src/index.js";

const PROGRAM = 0x1000;
const GDT = 0x3000;
const IDT = 0x4000;
const POINTERS = 0x5000;
/** Zero to begin with; for what the programs write. */
export const DATA = 0x6000;
/** The page that start-up messages name. */
const TRAMPOLINE = 0x8000;
const HANDLERS = 0xa000;
const HANDLER_BYTES = 64;
/** Vector that {@link COUNTS} counts, by the processor that took it. */
export const VECTOR = 0x40;
export const NMI_COUNTS = 0x6800;
export const COUNTS = 0x6900;

/** Registers of the local APIC (SDM vol. 3A, table 11-1), and messages of the interrupt command register (figure 11-12). */
const NAMES = `
  data equ ${DATA}
  id equ 0xfee00020
  tpr equ 0xfee00080
  eoi equ 0xfee000b0
  ldr equ 0xfee000d0
  dfr equ 0xfee000e0
  svr equ 0xfee000f0
  icr equ 0xfee00300
  lint0 equ 0xfee00350
  to equ 0xfee00310
  init equ 0x4500
  startup equ ${0x4600 | (TRAMPOLINE >> 12)}
  fixed equ ${0x4000 | VECTOR}
  nmi equ 0x4400
  logical equ 0x800
  self equ 0x40000
  all equ 0x80000
  others equ 0xc0000
`;

/** INIT and two start-up messages to processor 1, as the SDM says (vol. 3A, 9.4.4.1). */
export const START = `
  mov dword [to], 1 << 24
  mov dword [icr], init
  mov dword [icr], startup
  mov dword [icr], startup
`;

/** The same to all but the sender. */
export const START_ALL = `
  mov dword [icr], others + init
  mov dword [icr], others + startup
  mov dword [icr], others + startup
`;

/** Executes as many instructions, and changes ECX. */
export const pass = (loops: number): string => `
  mov ecx, ${loops}
  loop $
`;

let labels = 0;

/** Waits until another processor has written a word: `value`, or anything but zero. */
export function until(at: string, value?: number): string {
  labels += 1;
  return `
    until${labels}: pause
    cmp dword [${at}], ${value ?? 0}
    ${value === undefined ? "je" : "jne"} until${labels}
  `;
}

/** Counts, ends the interrupt, and goes back. */
const handler = (counts: number, end: string): string => `
  push eax
  mov eax, [id]
  shr eax, 24
  inc dword [${counts} + eax * 4]
  ${end}
  pop eax
  iretd
`;

/**
 * A PC whose boot processor is about to execute `first` in flat 32-bit mode, and whose others execute `second` in it when they have been started; both with a
 * stack, interrupts off, the local APIC on, and their number in EBX. It goes on to `cli; hlt`.
 */
export function several(
  first: string,
  second: string,
  options: Partial<PcOptions> = {},
  plugin?: MachinePlugin,
): PcMachine {
  const builder = pc({ memory: 2 * MiB, cpus: 2, ...options });
  const machine = (plugin === undefined ? builder : builder.use(plugin)).build();
  const { physical } = machine.core;
  const load = (at: number, text: string, mode: 16 | 32): void => {
    physical.write(at, assemble(`${NAMES}${text}`, { mode, origin: BigInt(at) }).bytes);
  };
  const begin = `
    lidt [${POINTERS + 8}]
    mov dword [svr], 0x1ff
    mov ebx, [id]
    shr ebx, 24
    mov esp, ebx
    shl esp, 12
    add esp, 0x20000`;
  load(PROGRAM, `lgdt [${POINTERS}]\n${begin}\n${first}\ncli\nhlt`, 32);
  load(
    TRAMPOLINE,
    `cli
    xor ax, ax
    mov ds, ax
    lgdt [${POINTERS}]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp 0x08:flat
    bits 32
    flat: mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    ${begin}
    ${second}
    cli
    hlt`,
    16,
  );
  load(HANDLERS, handler(COUNTS, "mov dword [eoi], 0"), 32);
  load(HANDLERS + HANDLER_BYTES, handler(NMI_COUNTS, ""), 32);
  const tables = new DataView(new ArrayBuffer(0x3000));
  // Flat code and data, ring 0; interrupt gates (SDM vol. 3A, 3.4.5 and 6.11).
  tables.setBigUint64(8, 0x00cf9b000000ffffn, true);
  tables.setBigUint64(16, 0x00cf93000000ffffn, true);
  const gate = (vector: number, at: number): void =>
    tables.setBigUint64(IDT - GDT + vector * 8, (0x8e00n << 32n) | BigInt((8 << 16) | at), true);
  gate(VECTOR, HANDLERS);
  gate(2, HANDLERS + HANDLER_BYTES);
  tables.setUint16(POINTERS - GDT, 23, true);
  tables.setUint32(POINTERS - GDT + 2, GDT, true);
  tables.setUint16(POINTERS - GDT + 8, 0x7ff, true);
  tables.setUint32(POINTERS - GDT + 10, IDT, true);
  physical.write(GDT, new Uint8Array(tables.buffer));
  setFlatState(machine.vcpu.cpu, { mode: 32 });
  machine.vcpu.registers.set("rip", BigInt(PROGRAM));
  return machine;
}

/** More than any of the programs needs. */
export const ENOUGH = 3_000_000;

/** Runs until all processors have halted for good. */
export function finish(machine: PcMachine): PcMachine {
  machine.run(ENOUGH);
  if (machine.stopReason !== "halted") throw new Error(`stopped by ${machine.stopReason ?? "the budget"}`);
  return machine;
}

/** A word of memory. */
export function word(machine: PcMachine, at: number): number {
  const bytes = new Uint8Array(4);
  machine.core.physical.read(at, bytes);
  return new DataView(bytes.buffer).getUint32(0, true);
}

/** Words in a row. */
export function words(machine: PcMachine, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => word(machine, at + 4 * i));
}
