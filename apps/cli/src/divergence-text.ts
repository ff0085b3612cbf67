import { Instruction, decode, formatIntel } from "@isinglass/isa-x86";
import { type DivergenceReport, type EngineVcpu, type RegionDivergence, describeDivergence } from "@isinglass/machine";

const MOST_MEMORY = 16;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const bytesText = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");

/** An instruction at the beginning of some bytes: its own bytes and Intel text. */
export function instructionText(
  bytes: Uint8Array,
  address: bigint,
  mode: 16 | 32 | 64,
): { readonly bytes: Uint8Array; readonly text: string } {
  const insn = new Instruction();
  const length = decode(bytes, 0, bytes.length, mode, insn);
  return length > 0
    ? { bytes: bytes.subarray(0, length), text: formatIntel(insn, address) }
    : { bytes: bytes.subarray(0, 1), text: "(crosses its page, or is no instruction)" };
}

/** Code size of a vCPU now. */
export function codeSize(vcpu: EngineVcpu): 16 | 32 | 64 {
  // A code segment's D bit (SDM vol. 3A, 3.4.5).
  return vcpu.cpu.is64 ? 64 : (vcpu.registers.get("cs.attributes") & 0x4000n) !== 0n ? 32 : 16;
}

function differences({ registers, other, memory }: DivergenceReport): string[] {
  const rows = registers.map(
    ({ name, before, compiled, interpreted }) =>
      `  ${name.padEnd(12)} ${hex(before)}  ->  compiled ${hex(compiled)}, interpreted ${hex(interpreted)}`,
  );
  if (other.length > 0) rows.push(`  and in the state: ${other.join(", ")}`);
  for (const { gpa, compiled, interpreted } of memory.slice(0, MOST_MEMORY))
    rows.push(`  guest-physical ${hex(gpa)}: compiled ${hex(compiled)}, interpreted ${hex(interpreted)}`);
  if (memory.length > MOST_MEMORY) rows.push(`  and ${memory.length - MOST_MEMORY} more bytes of memory`);
  return rows.length === 0 ? ["  nothing"] : rows;
}

/** What differed, as lines for people. */
export function divergenceLines(vcpu: EngineVcpu, divergence: RegionDivergence): string[] {
  const { region, agreed, instructions, exit, left } = divergence.details;
  const report = describeDivergence(vcpu, divergence);
  const mode = codeSize(vcpu);
  return [
    `region at ${hex(region)}: alike for ${agreed} instructions, then different after`,
    ...instructions.map(({ address, bytes }) => {
      const own = instructionText(bytes, address, mode);
      return `  ${hex(address)}  ${bytesText(own.bytes).padEnd(30)}  ${own.text}`;
    }),
    "what differs (before -> after)",
    ...differences(report),
    ...(exit === 0 && left === 0
      ? []
      : [`the interpreter stopped before the region did: exit ${exit}, ${left} instructions earlier`]),
    `on instruction ${vcpu.instructions} of the guest`,
  ];
}
