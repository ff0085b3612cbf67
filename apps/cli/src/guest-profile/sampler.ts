import { S } from "@isinglass/cpu-x86";
import type { EngineVcpu, PcMachine } from "@isinglass/machine";

/** Instructions between two samples unless told: a prime, so that no loop keeps step with it. */
export const SAMPLE_EVERY = 10_007;
const MOST_FRAMES = 48;
/** A frame lies at most so far above the one below it. */
const LARGEST_FRAME = 0x10000n;
/** Soft-TLB right to read (packages/mmu/src/tlb-layout.ts). */
const READ = 1;

/** What was executed, and when. */
export interface Samples {
  /** Each stack that was seen: addresses, the instruction pointer first. */
  readonly stacks: readonly (readonly bigint[])[];
  /** By sample: its stack. */
  readonly order: readonly number[];
  /** By sample: machine time in nanoseconds. */
  readonly times: readonly number[];
  /** By stack: whether the CPU was at CPL 3. */
  readonly user: readonly boolean[];
}

/** Bytes of guest memory at a linear address where the soft TLB knows the page: looking must not change what the guest sees. */
function peek(vcpu: EngineVcpu, address: bigint, length: number): Uint8Array | undefined {
  const lo = Number(BigInt.asIntN(32, address));
  if ((lo & 4095) + length > 4096) return undefined;
  const view = vcpu.cpu.view;
  const host = vcpu.tlb.lookup(view, lo, Number(BigInt.asIntN(32, address >> 32n)), READ);
  return host < 0 ? undefined : vcpu.cpu.u8.subarray(host, host + length);
}

function word(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[at + i]!);
  return value;
}

/** Whether a CALL ends at an address: E8 rel32, or FF /2 of two to seven bytes (SDM vol. 2, CALL). */
function followsCall(vcpu: EngineVcpu, address: bigint): boolean {
  const bytes = peek(vcpu, address - 7n, 7);
  if (bytes === undefined) return false;
  if (bytes[2] === 0xe8) return true;
  for (const at of [5, 4, 3, 1, 0]) if (bytes[at] === 0xff && (bytes[at + 1]! & 0x38) === 0x10) return true;
  return false;
}

/** The instruction pointer, then return addresses along the frame pointers as long as those make sense. */
export function stackOf(vcpu: EngineVcpu): bigint[] {
  const { registers, cpu } = vcpu;
  const stack = [registers.get("rip")];
  const size = cpu.is64 ? 8 : 4;
  let below = registers.get("rsp");
  let frame = registers.get("rbp");
  while (stack.length < MOST_FRAMES && frame >= below && frame - below < LARGEST_FRAME && frame % BigInt(size) === 0n) {
    const bytes = peek(vcpu, frame, 2 * size);
    if (bytes === undefined) break;
    const back = word(bytes, size, size);
    if (!followsCall(vcpu, back)) break;
    stack.push(back);
    below = frame + BigInt(size);
    frame = word(bytes, 0, size);
  }
  return stack;
}

/** Notes where a guest is, each time it is asked. */
export class Sampler implements Samples {
  readonly stacks: bigint[][] = [];
  readonly order: number[] = [];
  readonly times: number[] = [];
  readonly user: boolean[] = [];
  readonly #known = new Map<string, number>();

  look(machine: PcMachine): void {
    const { core } = machine;
    const vcpu = core.running;
    const stack = stackOf(vcpu);
    const user = vcpu.cpu.get32(S.cpl) === 3;
    const key = `${user ? "u" : "k"}${stack.join(",")}`;
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.stacks.length;
      this.#known.set(key, id);
      this.stacks.push(stack);
      this.user.push(user);
    }
    this.order.push(id);
    this.times.push(core.time.now());
  }
}
