/** A program of one instruction in a loop, as an ELF file: what a feature's presence and speed are probed with. */
import { assemble } from "@isinglass/isa-x86";
import { SAMPLES } from "./samples.js";

const BASE = 0x400000;
const HEADERS = 0x78;

/** How often the instruction stands in the loop: the loop's own two instructions weigh little then. */
export const PROBE_UNROLL = 8;

/**
 * Builds the program: it executes the feature's instruction `8 * rounds` times and exits with 0.
 *
 * @returns undefined where there is no instruction for the feature
 */
export function probeProgram(feature: string, rounds: number): Uint8Array | undefined {
  const sample = SAMPLES[feature];
  if (sample === undefined) return undefined;
  const body = Array.from({ length: PROBE_UNROLL }, () => sample).join("\n");
  const source = `xor eax, eax\nxor ecx, ecx\nxor edx, edx\nxor ebx, ebx\nmov r15d, ${rounds}\nagain:\n${body}\ndec r15d\njnz again\nmov eax, 60\nxor edi, edi\nsyscall`;
  const { bytes } = assemble(source, { mode: 64, origin: BigInt(BASE + HEADERS) });
  return programOf(bytes);
}

/** A static ELF file of position-independent code, with one segment that is read, written and executed (System V ABI, chapter 4). */
export function programOf(code: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEADERS + code.length);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 62, true); // EM_X86_64
  view.setUint32(20, 1, true);
  view.setUint32(24, BASE + HEADERS, true); // entry
  view.setUint32(32, 64, true); // program headers
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true); // PT_LOAD
  view.setUint32(68, 7, true);
  view.setUint32(80, BASE, true);
  view.setUint32(88, BASE, true);
  view.setUint32(96, out.length, true);
  view.setUint32(104, out.length, true);
  view.setUint32(112, 0x1000, true);
  out.set(code, HEADERS);
  return out;
}
