import { MEM_FOR_WRITE, MEM_SIZE_MASK, MEM_SUPERVISOR, MEM_USER, OP, opcode } from "@isinglass/uops";
import type { Flow } from "./flow.js";
import { ASSIST, ASSIST_FIRST, DROPPED, GET, type RegionBuffer, RELATIVE, RELOAD, SET } from "./region-buffer.js";

const ADD64 = opcode("i64.add");
const AND64 = opcode("i64.and");
/** Widest window: the wider, the likelier that it lies on two pages, where nothing can be proven. */
const WIDEST = 256;
/** Bases that are no slot: the page of the region's entry, 0, and 2^64. */
export const ENTRY_PAGE: number = -1;
export const ZERO: number = -2;
export const TOP: number = -3;

/**
 * Accesses to guest memory near one address that a loop does not change. Before the loop the host address of the window around them is put into a
 * local if all of it lies on one page that the soft TLB knows, and they need nothing but to see that it is there: neither mapping nor rights change
 * while a region runs, and what is written is no code.
 */
export interface PageProof {
  /** Slot of state that the addresses are counted from, or {@link ENTRY_PAGE}, {@link ZERO} or {@link TOP}. */
  readonly base: number;
  /** Addresses wrap at 4 GiB. */
  readonly wraps: boolean;
  readonly isWrite: boolean;
  /** Headers of the loops that the accesses are in. */
  readonly headers: ReadonlySet<number>;
  /** Displacement of the window's first byte, and its length. */
  readonly from: number;
  readonly bytes: number;
}

/** An access that may use a proof, and how far behind the window's first byte it begins. */
export interface ProvenAccess {
  readonly proof: PageProof;
  readonly before: number;
}

interface Access {
  readonly op: number;
  readonly header: number;
  readonly displacement: number;
  readonly bytes: number;
}

/** The base and displacement of an address, if it is as simple as that, and whether their sum wraps at 4 GiB. */
function parts(
  buffer: RegionBuffer,
  address: number,
): { base: number; displacement: number; wraps: boolean } | undefined {
  const { op, a, b, x, y } = buffer;
  const wraps = op[address] === AND64 && buffer.isMask32(b[address]!);
  const sum = wraps ? a[address]! : address;
  if (op[sum] === OP.constI64) {
    // A displacement of 32 bits has a sign: what it does not reach has another base.
    if (y[sum] === 0) return { base: ZERO, displacement: x[sum]! >>> 0, wraps };
    return y[sum] === -1 ? { base: TOP, displacement: (x[sum]! >>> 0) - 2 ** 32, wraps } : undefined;
  }
  if (op[sum] === RELATIVE) return { base: ENTRY_PAGE, displacement: x[sum]!, wraps };
  const hasConstant = op[sum] === ADD64 && buffer.isI64(b[sum]!);
  if (hasConstant && y[b[sum]!] !== x[b[sum]!]! >> 31) return undefined;
  const base = hasConstant ? a[sum]! : sum;
  if (op[base] !== GET) return undefined;
  return { base: x[base]!, displacement: hasConstant ? x[b[sum]!]! : 0, wraps };
}

/** The window of at most {@link WIDEST} bytes that holds most of the accesses. */
function window(accesses: readonly Access[]): Access[] {
  const sorted = accesses.toSorted((p, q) => p.displacement - q.displacement);
  let best: Access[] = [];
  sorted.forEach((first, i) => {
    const inside = sorted.slice(i).filter((each) => each.displacement + each.bytes <= first.displacement + WIDEST);
    if (inside.length > best.length) best = inside;
  });
  return best;
}

/**
 * Finds accesses in loops whose page need not be looked up each time.
 *
 * @param slots number of slots that hold state
 * @returns for each access that may use one, its proof
 */
export function findPageProofs(buffer: RegionBuffer, flow: Flow, slots: number): Map<number, ProvenAccess> {
  const found = new Map<number, ProvenAccess>();
  if (flow.loops.size === 0) return found;
  const headerOf = new Map<number, number>();
  for (const [header, members] of flow.loops)
    for (const block of members) if (!headerOf.has(block)) headerOf.set(block, header);
  const writes = new Map<number, Set<number>>();
  const assisted = new Set<number>();
  for (let i = 0; i < buffer.count; i += 1) {
    const op = buffer.op[i]!;
    if (op === ASSIST || op === ASSIST_FIRST) assisted.add(buffer.block[i]!);
    if (op !== SET && op !== RELOAD) continue;
    const blocks = writes.get(buffer.x[i]!);
    if (blocks === undefined) writes.set(buffer.x[i]!, new Set([buffer.block[i]!]));
    else blocks.add(buffer.block[i]!);
  }
  const groups = new Map<string, { base: number; wraps: boolean; isWrite: boolean; accesses: Access[] }>();
  for (let i = 0; i < buffer.count; i += 1) {
    const op = buffer.op[i]!;
    if (op === DROPPED) continue;
    const isStore = op === OP.guestStore || op === OP.guestStoreV128;
    if (!isStore && op !== OP.guestLoad && op !== OP.guestLoadV128) continue;
    const header = headerOf.get(buffer.block[i]!);
    if (header === undefined) continue;
    const loop = flow.loops.get(header)!;
    const descriptor = buffer.x[i]!;
    if ([...assisted].some((block) => loop.has(block))) continue;
    if ((descriptor & (MEM_SUPERVISOR | MEM_USER)) !== 0) continue;
    const address = parts(buffer, buffer.a[i]!);
    if (address === undefined || address.base >= slots) continue;
    const { base, displacement, wraps } = address;
    if (base >= 0) {
      const written = writes.get(base);
      if (written !== undefined && [...written].some((block) => loop.has(block))) continue;
    }
    const isWrite = isStore || (descriptor & MEM_FOR_WRITE) !== 0;
    const key = `${base},${wraps},${isWrite}`;
    const group = groups.get(key) ?? { base, wraps, isWrite, accesses: [] };
    groups.set(key, group);
    group.accesses.push({ op: i, header, displacement, bytes: 1 << (descriptor & MEM_SIZE_MASK) });
  }
  for (const { base, wraps, isWrite, accesses } of groups.values()) {
    const inside = window(accesses);
    const from = inside[0]!.displacement;
    const bytes = Math.max(...inside.map((each) => each.displacement + each.bytes)) - from;
    const headers = new Set(inside.map((each) => each.header));
    const proof: PageProof = { base, wraps, isWrite, headers, from, bytes };
    for (const each of inside) found.set(each.op, { proof, before: each.displacement - from });
  }
  return found;
}
