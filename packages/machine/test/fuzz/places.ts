import type { Random } from "@isinglass/testkit";

/** Where things are in the fuzzed machine. Random numbers would hardly ever meet them. */
export const ECAM: number = 0xb000_0000;
export const VIRTIO_MMIO: number = 0xd000_0000;
/** Programs of the two processors, data, stacks, and memory for queues. */
export const CODE: readonly number[] = [0x20000, 0x30000];
export const CODE_BYTES: number = 0x8000;
export const DATA: number = 0x40000;
export const RINGS: number = 0x100000;
export const RAM_BYTES: number = 2 << 20;

const PORTS = [
  0x00, 0x20, 0x40, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xa0, 0xb2, 0xc0, 0xe9, 0x170, 0x1f0, 0x3f0, 0x3f8, 0x2f8,
  0x4d0, 0x600, 0xcf8, 0xcf9, 0xcfc, 0xafe0, 0xb000, 0xc000, 0xfffc,
];
const PAGES = [0xfee0_0000, 0xfee0_0000, 0xfec0_0000, 0xfed0_0000, VIRTIO_MMIO, ECAM, 0xfebf_f000, 0xc000_0000];
/** Borders of what answers: RAM's holes and ends, and the largest addresses. */
const EDGES = [0, 0x9_fffc, 0xa_0000, 0xd_fffc, 0xe_0000, 0xf_fffc, RAM_BYTES - 8, RAM_BYTES, 0xfedf_fffc, 0xffff_fff8];

/** A port, often one that something answers on. */
export function somePort(random: Random): number {
  return random.oneIn(8) ? random.below(0x10000) : (random.pick(PORTS) + random.below(16)) & 0xffff;
}

/** The address of a device's register, more or less. `bars`: where PCI functions have theirs. */
export function someMmio(random: Random, bars: readonly number[]): number {
  const page = random.oneIn(3) && bars.length > 0 ? random.pick(bars) : random.pick(PAGES);
  const device = page === ECAM ? random.below(8) << 15 : 0;
  return page + device + (random.below(0x40) << 4) + random.pick([0, 0, 0, 0, 4, 8, 1, 2, 12]);
}

/** A 32-bit address: data, code, tables, devices, borders, anything. */
export function someAddress(random: Random, bars: readonly number[]): number {
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return DATA + random.below(0x10000);
    case 3:
      return random.pick(CODE) + random.below(0x400);
    case 4:
      return random.below(0x20000);
    case 5:
      return (random.pick(EDGES) + random.below(16)) >>> 0;
    case 6:
      return DATA + random.below(16) * 0x1000 - random.below(20);
    case 7:
      return random.u32();
    default:
      return someMmio(random, bars);
  }
}

/** A value of a register: small, large, or an address. */
export function someValue(random: Random, bars: readonly number[]): bigint {
  switch (random.below(8)) {
    case 0:
      return BigInt(random.below(20));
    case 1:
      return random.u64();
    case 2:
      return BigInt.asUintN(64, BigInt(-random.below(20)));
    case 3:
      return (1n << BigInt(random.below(64))) - BigInt(random.below(2));
    // The same memory at the upper end of the address space, and an address that is none.
    case 4:
      return BigInt.asUintN(64, BigInt(someAddress(random, bars)) - (random.oneIn(2) ? 1n << 39n : 1n << 47n));
    default:
      return BigInt(someAddress(random, bars));
  }
}
