/** Small programs that the measurements run, natively and under an emulator. */
import { assemble } from "@isinglass/isa-x86";
import { programOf } from "../matrix/probe-program.js";

/** Classes of instructions: the name, and the instruction that stands eight times in a loop. */
export const CLASSES: Readonly<Record<string, string>> = {
  "integer add": "add eax, ebx",
  "integer multiply": "imul eax, ebx",
  load: "mov eax, [rsp-64]",
  store: "mov [rsp-64], eax",
  "SSE2 integer": "paddd xmm0, xmm1",
  "SSE2 double": "addsd xmm0, xmm1",
  "x87 add": "fadd st0, st0",
};

/**
 * What the classes' operands are: sums of these doubles are rounded, as nearly all are. Until a first one was, an emulator that leaves the
 * flag of inexact results to the host's arithmetic has to find out.
 */
export const CLASS_SETUP = `fld1
mov rax, 0x3fd5555555555555
movq xmm0, rax
mov rax, 0x3fb999999999999a
movq xmm1, rax
xor eax, eax
mov ebx, 3`;

/** A class's instruction `8 * rounds` times. */
export function classProgram(instruction: string, rounds: number): Uint8Array {
  const body = Array.from({ length: 8 }, () => instruction).join("\n");
  return program(CLASS_SETUP, `mov r15d, ${rounds}\nagain:\n${body}\ndec r15d\njnz again`);
}

/**
 * A walk through memory in which each load needs the last one's result: `slots` words, 64 bytes apart, linked in the order of a
 * full-period generator (Knuth vol. 2, 3.2.1.2), `steps` times.
 */
export function chaseProgram(slots: number, steps: number): Uint8Array {
  const bytes = slots * 64;
  return program(
    `mov eax, 9
xor edi, edi
mov esi, ${bytes}
mov edx, 3
mov r10d, 0x22
mov r8, -1
xor r9d, r9d
syscall
mov rbx, rax
xor ecx, ecx
link:
imul edx, ecx, 1664525
add edx, 1013904223
and edx, ${slots - 1}
mov rdi, rcx
shl rdi, 6
mov rsi, rdx
shl rsi, 6
add rsi, rbx
mov [rbx+rdi], rsi
inc ecx
cmp ecx, ${slots}
jb link
`,
    `mov rax, rbx
mov r15d, ${steps}
again:
mov rax, [rax]
mov rax, [rax]
mov rax, [rax]
mov rax, [rax]
dec r15d
jnz again`,
  );
}

/** `blocks` different blocks of five instructions, each executed once: what translating new code costs. */
export function freshCodeProgram(blocks: number): Uint8Array {
  // add eax,1; xor ebx,eax; lea ecx,[rcx+1]; test eax,eax; jnz the next block
  const block = [0x83, 0xc0, 0x01, 0x31, 0xc3, 0x8d, 0x49, 0x01, 0x85, 0xc0, 0x75, 0x00];
  const code = new Uint8Array(block.length * blocks);
  for (let i = 0; i < blocks; i += 1) code.set(block, i * block.length);
  return program("", code);
}

/** CPUID, `rounds` times. */
export function cpuidProgram(rounds: number): Uint8Array {
  return program("", `mov r15d, ${rounds}\nagain:\nxor eax, eax\ncpuid\ndec r15d\njnz again`);
}

/** CLOCK_PROCESS_CPUTIME_ID: time on a CPU only, which waiting for one does not add to. An emulator's own time is in it. */
const READ_CLOCK = "mov eax, 228\nmov edi, 2\nsyscall";

/** What is timed, between two readings of the clock, which are written to the standard output: two times seconds and nanoseconds. */
function program(setup: string, timed: string | Uint8Array): Uint8Array {
  const before = assemble(`${setup}\nsub rsp, 128\nlea rsi, [rsp]\n${READ_CLOCK}`, { mode: 64 }).bytes;
  const middle = typeof timed === "string" ? assemble(timed, { mode: 64 }).bytes : timed;
  const after = assemble(
    `lea rsi, [rsp+16]\n${READ_CLOCK}\nmov eax, 1\nmov edi, 1\nlea rsi, [rsp]\nmov edx, 32\nsyscall\nmov eax, 60\nxor edi, edi\nsyscall`,
    { mode: 64 },
  ).bytes;
  const code = new Uint8Array(before.length + middle.length + after.length);
  code.set(before);
  code.set(middle, before.length);
  code.set(after, before.length + middle.length);
  return programOf(code);
}

/** Monotonic clock and TSC, twice, some 30 ms apart, written to the standard output: twice seconds, nanoseconds and ticks. */
export function tscProgram(): Uint8Array {
  const read = (at: number): string =>
    `mov eax, 228\nmov edi, 1\nlea rsi, [rsp+${at}]\nsyscall\nrdtsc\nshl rdx, 32\nor rax, rdx\nmov [rsp+${at + 16}], rax`;
  const source = `sub rsp, 128
${read(0)}
mov ecx, 50000000
again:
dec ecx
jnz again
${read(24)}
mov eax, 1
mov edi, 1
lea rsi, [rsp]
mov edx, 48
syscall
mov eax, 60
xor edi, edi
syscall`;
  return programOf(assemble(source, { mode: 64 }).bytes);
}

/** A page of fresh memory is touched, `pages` times: a page fault each. */
export function faultProgram(pages: number): Uint8Array {
  return program(
    `mov eax, 9
xor edi, edi
mov esi, ${pages * 4096}
mov edx, 3
mov r10d, 0x22
mov r8, -1
xor r9d, r9d
syscall
mov rbx, rax`,
    `mov r15d, ${pages}
again:
mov [rbx], eax
add rbx, 4096
dec r15d
jnz again`,
  );
}
