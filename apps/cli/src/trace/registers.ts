import type { RegisterAccess } from "@isinglass/interface";
import type { GdbClient } from "./gdb-client.js";

/** A register of the comparison: our name of it, QEMU's, and the bits that both define. */
interface Compared {
  readonly name: string;
  readonly theirs: string;
  readonly mask: bigint;
}

const ALL = -1n;
/** CF PF AF ZF SF TF IF DF OF IOPL NT AC ID (SDM vol. 1, figure 3-8); RF is QEMU's own business while it steps. */
const FLAGS = 0x247fd5n;
const GENERAL = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const XMM = Array.from({ length: 16 }, (_, i) => `xmm${i}`);

const same = (name: string, theirs: string = name, mask: bigint = ALL): Compared => ({ name, theirs, mask });

const COMPARED: readonly Compared[] = [
  same("rip"),
  ...GENERAL.map((name) => same(name)),
  same("rflags", "eflags", FLAGS),
  ...["cs", "ss", "ds", "es", "fs", "gs"].map((name) => same(name)),
  same("fs.base", "fs_base"),
  same("gs.base", "gs_base"),
  ...["cr0", "cr2", "cr3", "cr4", "efer"].map((name) => same(name)),
  ...XMM.map((name) => same(name)),
  same("mxcsr"),
];

/** Registers whose value may be taken over from QEMU: those that an instruction writes without changing how others run. */
const ADOPTED: readonly Compared[] = COMPARED.filter(
  ({ name }) => GENERAL.includes(name) || XMM.includes(name) || name === "rflags",
);

/** Registers by our names. */
export type Registers = Readonly<Record<string, bigint>>;

/** Names in the order in which they are shown. */
export const REGISTER_NAMES: readonly string[] = COMPARED.map(({ name }) => name);

export function readOurs(registers: RegisterAccess): Registers {
  const out: Record<string, bigint> = {};
  for (const { name } of COMPARED) out[name] = registers.get(name);
  return out;
}

export async function readTheirs(client: GdbClient): Promise<Registers> {
  const bytes = await client.readAll();
  const out: Record<string, bigint> = {};
  for (const { name, theirs } of COMPARED) {
    const { offset, bytes: length } = client.register(theirs);
    let value = 0n;
    for (let at = offset + length - 4; at >= offset; at -= 4) value = (value << 32n) | BigInt(bytes.readUInt32LE(at));
    out[name] = value;
  }
  return out;
}

/** Names of the registers that differ; `undefinedFlags` are bits of RFLAGS that may. */
export function differences(ours: Registers, theirs: Registers, undefinedFlags: number = 0): string[] {
  const out: string[] = [];
  for (const { name, mask } of COMPARED) {
    const a = ours[name]!;
    const b = theirs[name]!;
    if (a === b) continue;
    if (((a ^ b) & mask & ~(name === "rflags" ? BigInt(undefinedFlags) : 0n)) !== 0n) out.push(name);
  }
  return out;
}

/** Registers that an instruction has changed. */
export function changes(before: Registers, after: Registers): string[] {
  return REGISTER_NAMES.filter((name) => before[name] !== after[name]);
}

/** Gives our CPU what QEMU's has. */
export function takeOver(registers: RegisterAccess, theirs: Registers): void {
  for (const { name, mask } of ADOPTED) {
    const value = theirs[name]!;
    registers.set(name, mask === ALL ? value : (registers.get(name) & ~mask) | (value & mask));
  }
}

/** Gives QEMU's CPU our general registers and flags. */
export async function handOver(client: GdbClient, ours: Registers): Promise<void> {
  for (const name of GENERAL) await client.write(name, ours[name]!);
  await client.write("eflags", ours["rflags"]!);
}
