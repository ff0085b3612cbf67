// Which instructions a guest is at, looked up every few thousand instructions.
import { S, codeBits } from "@isinglass/cpu-x86";
import { Instruction, decode, formatIntel } from "@isinglass/isa-x86";

/** Bytes kept from each address that is seen; enough for the instructions up to the next one that is. */
const KEPT = 64;
/** Samples this close to each other are one piece of code. */
const NEAR = 48n;
const PAGE = 4096;
const RING = 3;

/** Collects samples of a guest of `createGuest`. */
export class GuestSamples {
  /** address -> { count, user, bits, bytes } */
  #seen = new Map();
  total = 0;

  take(guest) {
    const { cpu } = guest;
    const user = (cpu.get32(S.cpl) & RING) === RING;
    const address = cpu.getBig(S.rip);
    const key = `${address}${user ? "u" : "k"}`;
    let entry = this.#seen.get(key);
    if (entry === undefined) {
      const at = guest.codeAt();
      const length = Math.min(KEPT, PAGE - Number(address & 0xfffn));
      const bytes = at < 0 ? new Uint8Array(0) : cpu.u8.slice(at, at + length);
      entry = { address, count: 0, user, bits: codeBits(cpu.get32(S.mode)), bytes };
      this.#seen.set(key, entry);
    }
    entry.count++;
    this.total++;
  }

  /** Share of the samples taken in user mode. */
  get userShare() {
    return [...this.#seen.values()].filter((e) => e.user).reduce((sum, e) => sum + e.count, 0) / this.total;
  }

  /** Pieces of code with the most samples, first the hottest. */
  regions() {
    const entries = [...this.#seen.values()].sort((a, b) =>
      a.address < b.address ? -1 : a.address > b.address ? 1 : 0,
    );
    const out = [];
    for (const entry of entries) {
      const last = out.at(-1);
      if (last !== undefined && last.user === entry.user && entry.address - last.entries.at(-1).address <= NEAR) {
        last.entries.push(entry);
        last.count += entry.count;
      } else out.push({ user: entry.user, bits: entry.bits, count: entry.count, entries: [entry] });
    }
    return out.sort((a, b) => b.count - a.count);
  }

  /** Samples summed by what `name` says of an address, most first. */
  byName(name) {
    const sums = new Map();
    for (const { address, user, count } of this.#seen.values()) {
      const key = name(address, user).replace(/\+0x[0-9a-f]+$/, "") || (user ? "(user)" : "(kernel)");
      sums.set(key, (sums.get(key) ?? 0) + count);
    }
    return [...sums].sort((a, b) => b[1] - a[1]);
  }
}

/**
 * A region's disassembly: `{ address, count, text }` for each instruction from its first sample to its last.
 *
 * @param {ReturnType<GuestSamples["regions"]>[number]} region
 */
export function disassemble(region) {
  const out = [];
  const insn = new Instruction();
  for (const [i, entry] of region.entries.entries()) {
    const end = region.entries[i + 1]?.address ?? entry.address + 1n;
    let at = 0;
    while (entry.address + BigInt(at) < end) {
      const length = decode(entry.bytes, at, entry.bytes.length, region.bits, insn);
      const address = entry.address + BigInt(at);
      if (length <= 0) {
        out.push({ address, count: at === 0 ? entry.count : 0, text: "(bytes not read)" });
        break;
      }
      out.push({ address, count: at === 0 ? entry.count : 0, text: formatIntel(insn, address) });
      at += length;
    }
  }
  return out;
}
