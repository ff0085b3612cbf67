import { ASSIST_NEXT, MEM_FOR_WRITE, MEM_STACK } from "@isinglass/uops";
import { f80Tag } from "@isinglass/softfloat";
import { addAddress, sum } from "../address.js";
import type { X86Cpu } from "../cpu.js";
import { S } from "../state.js";
import { ENVIRONMENT_LOAD, ENVIRONMENT_STORE, STATE_LOAD, STATE_STORE } from "../x87-operations.js";
import {
  FSW_EXCEPTIONS,
  initialiseFpu,
  setControlWord,
  setStack,
  setStatusWord,
  stackIndex,
  statusWord,
  updateSummary,
} from "../x87-state.js";
import type { AssistTable } from "./table.js";

/** Where the image is, and how an access to it is described. */
const image = { lo: 0, hi: 0, flags: 0 };

/** The seven fields of the environment (SDM vol. 1, figures 8-9 to 8-12). */
const words = new Int32Array(7);

/** Linear address `offset` bytes into the image, into `sum`; it wraps at 32 bits outside 64-bit mode. */
function locate(cpu: X86Cpu, offset: number): void {
  addAddress(image.lo, image.hi, offset);
  if (!cpu.is64) sum.hi = 0;
}

function read(cpu: X86Cpu, offset: number, size: number): number {
  locate(cpu, offset);
  return cpu.read(sum.lo, sum.hi, size, image.flags);
}

function write(cpu: X86Cpu, offset: number, size: number, lo: number, hi = 0): void {
  locate(cpu, offset);
  cpu.write(sum.lo, sum.hi, size, lo, hi, image.flags);
}

/**
 * Faults unless all of the image can be accessed; it lies on at most two pages. The first field and then the last byte are
 * tried, as AMD's CPUs do: that decides on the address that a page fault reports.
 */
function check(cpu: X86Cpu, bytes: number, size: number, access: number): void {
  locate(cpu, 0);
  cpu.loadAt(sum.lo, sum.hi, (size === 16 ? 1 : 2) | access | image.flags);
  locate(cpu, bytes - 1);
  cpu.loadAt(sum.lo, sum.hi, access | image.flags);
}

/** The full tag word: two bits a physical register (SDM vol. 1, 8.1.7). */
function tagWord(cpu: X86Cpu): number {
  let tags = 0;
  for (let i = 0; i < 8; i += 1) {
    const at = (cpu.base + S.fpr + i * 16) >> 2;
    const empty = cpu.u8[cpu.base + S.fpuEmpty + i] !== 0;
    tags |= (empty ? 3 : f80Tag(cpu.i32[at]!, cpu.i32[at + 1]!, cpu.i32[at + 2]! & 0xffff)) << (i * 2);
  }
  return tags;
}

const isReal = (cpu: X86Cpu): boolean => !cpu.protectedMode || cpu.v86;

/**
 * Fills `words` with control, status and tag word, instruction pointer, its selector and the opcode, data pointer, its
 * selector. In real mode pointers are linear addresses of 20 (16-bit image) or 32 bits, split in two.
 */
function gather(cpu: X86Cpu, size: number): void {
  words[0] = cpu.get32(S.fcw);
  words[1] = statusWord(cpu);
  words[2] = tagWord(cpu);
  const opcode = cpu.get32(S.fpuOpcode) & 0x7ff;
  if (isReal(cpu)) {
    const ip = (cpu.get32(S.fpuIp) + (cpu.get32(S.fpuCs) << 4)) | 0;
    const dp = (cpu.get32(S.fpuDp) + (cpu.get32(S.fpuDs) << 4)) | 0;
    words[3] = ip & 0xffff;
    words[5] = dp & 0xffff;
    if (size === 16) {
      words[4] = ((ip >>> 4) & 0xf000) | opcode;
      words[6] = (dp >>> 4) & 0xf000;
    } else {
      words[4] = ((ip >>> 16) << 12) | opcode;
      words[6] = (dp >>> 16) << 12;
    }
    return;
  }
  words[3] = cpu.get32(S.fpuIp);
  words[4] = size === 16 ? cpu.get32(S.fpuCs) : (cpu.get32(S.fpuCs) & 0xffff) | (opcode << 16);
  words[5] = cpu.get32(S.fpuDp);
  words[6] = cpu.get32(S.fpuDs);
}

function storeEnvironment(cpu: X86Cpu, size: number): void {
  gather(cpu, size);
  if (size === 16) {
    for (let i = 0; i < 7; i += 1) write(cpu, i * 2, 1, words[i]!);
    return;
  }
  // The upper halves of the 16-bit fields are stored as ones.
  const real = isReal(cpu);
  for (let i = 0; i < 7; i += 1) {
    const narrow = i < 3 || (real ? i === 3 || i === 5 : i === 6);
    write(cpu, i * 4, 2, narrow ? words[i]! | 0xffff0000 : words[i]!);
  }
}

function loadEnvironment(cpu: X86Cpu, size: number, bytes: number): void {
  check(cpu, bytes, size, 0);
  for (let i = 0; i < 7; i += 1) words[i] = size === 16 ? read(cpu, i * 2, 1) : read(cpu, i * 4, 2);
}

/** Takes over what `words` holds. */
function applyEnvironment(cpu: X86Cpu, size: number): void {
  const tags = words[2]!;
  const ip = words[3]!;
  const selector = words[4]!;
  const dp = words[5]!;
  const dataSelector = words[6]!;
  setControlWord(cpu, words[0]!);
  setStatusWord(cpu, words[1]!);
  for (let i = 0; i < 8; i += 1) cpu.u8[cpu.base + S.fpuEmpty + i] = ((tags >>> (i * 2)) & 3) === 3 ? 1 : 0;
  if (isReal(cpu)) {
    const ipHigh = size === 16 ? (selector & 0xf000) << 4 : ((selector >>> 12) & 0xffff) << 16;
    const dpHigh = size === 16 ? (dataSelector & 0xf000) << 4 : ((dataSelector >>> 12) & 0xffff) << 16;
    cpu.set64(S.fpuIp, (ip & 0xffff) | ipHigh, 0);
    cpu.set64(S.fpuDp, (dp & 0xffff) | dpHigh, 0);
    cpu.set32(S.fpuCs, 0);
    cpu.set32(S.fpuDs, 0);
    cpu.set32(S.fpuOpcode, selector & 0x7ff);
    return;
  }
  cpu.set64(S.fpuIp, ip, 0);
  cpu.set32(S.fpuCs, selector & 0xffff);
  // The 16-bit protected image has no opcode.
  cpu.set32(S.fpuOpcode, size === 16 ? 0 : (selector >>> 16) & 0x7ff);
  cpu.set64(S.fpuDp, dp, 0);
  cpu.set32(S.fpuDs, dataSelector & 0xffff);
}

function storeState(cpu: X86Cpu, size: number): void {
  const start = size === 16 ? 14 : 28;
  check(cpu, start + 80, size, MEM_FOR_WRITE);
  storeEnvironment(cpu, size);
  for (let i = 0; i < 8; i += 1) {
    const at = stackIndex(cpu, i);
    write(cpu, start + i * 10, 3, cpu.i32[at]!, cpu.i32[at + 1]);
    write(cpu, start + i * 10 + 8, 1, cpu.i32[at + 2]!);
  }
  initialiseFpu(cpu);
}

const registers = new Int32Array(24);

function loadState(cpu: X86Cpu, size: number): void {
  const start = size === 16 ? 14 : 28;
  loadEnvironment(cpu, size, start + 80);
  for (let i = 0; i < 8; i += 1) {
    registers[i * 3] = read(cpu, start + i * 10, 2);
    registers[i * 3 + 1] = read(cpu, start + i * 10 + 4, 2);
    registers[i * 3 + 2] = read(cpu, start + i * 10 + 8, 1);
  }
  // Nothing faults from here on.
  const { u8 } = cpu;
  applyEnvironment(cpu, size);
  const tags = cpu.base + S.fpuEmpty;
  for (let i = 0; i < 8; i += 1) {
    const at = tags + ((cpu.get32(S.fpuTop) + i) & 7);
    const empty = u8[at]!;
    setStack(cpu, i, registers[i * 3]!, registers[i * 3 + 1]!, registers[i * 3 + 2]!);
    u8[at] = empty;
  }
}

export const X87_ENVIRONMENT: AssistTable = {
  /** `how`: 16 or 32 for the size of the image, 64 for a stack-segment operand. */
  "x87-environment"(cpu, what, how) {
    const size = how & 48;
    image.lo = cpu.get32(S.scratch);
    image.hi = cpu.getHi(S.scratch);
    image.flags = (how & 64) !== 0 ? MEM_STACK : 0;
    if (what === ENVIRONMENT_STORE) {
      check(cpu, size === 16 ? 14 : 28, size, MEM_FOR_WRITE);
      storeEnvironment(cpu, size);
      cpu.set32(S.fcw, cpu.get32(S.fcw) | FSW_EXCEPTIONS);
      updateSummary(cpu);
    } else if (what === ENVIRONMENT_LOAD) {
      loadEnvironment(cpu, size, size === 16 ? 14 : 28);
      applyEnvironment(cpu, size);
    } else if (what === STATE_STORE) storeState(cpu, size);
    else if (what === STATE_LOAD) loadState(cpu, size);
    return ASSIST_NEXT;
  },
};
