/**
 * A page walk in BigInt and objects, written from the tables of SDM vol. 3A chapter 4 and sharing nothing with the walker: slow and
 * plain. Physical memory is a function on aligned 64-bit words.
 */
export interface NaiveMachine {
  mode: "32-bit" | "PAE" | "4-level" | "5-level";
  /** Physical address of the root table, or the four PDPTE registers. */
  cr3: bigint;
  pdptes: bigint[];
  pse: boolean;
  pge: boolean;
  nxe: boolean;
  wp: boolean;
  smep: boolean;
  smap: boolean;
  pke: boolean;
  pkru: bigint;
  page1g: boolean;
  maxPhysical: bigint;
}

export interface NaiveAccess {
  kind: "read" | "write" | "fetch";
  user: boolean;
  ac: boolean;
  implicit: boolean;
}

export interface NaiveMemory {
  read(address: bigint, bytes: 4 | 8): bigint;
  write(address: bigint, bytes: 4 | 8, value: bigint): void;
}

export type NaiveResult =
  | { fault: number }
  | {
      gpa: bigint;
      shift: bigint;
      global: boolean;
      user: boolean;
      dirty: boolean;
      references: number;
      recursive: boolean;
    };

interface Level {
  shift: bigint;
  indexBits: bigint;
  maySplitHere: boolean;
}

const bit = (value: bigint, n: number): boolean => ((value >> BigInt(n)) & 1n) === 1n;
const mask = (high: bigint, low: bigint): bigint => ((1n << (high + 1n)) - 1n) & ~((1n << low) - 1n);

export function naiveWalk(m: NaiveMachine, memory: NaiveMemory, va: bigint, access: NaiveAccess): NaiveResult {
  const bytes = m.mode === "32-bit" ? 4 : 8;
  const asUser = access.user && !access.implicit;
  const base: number =
    (access.kind === "write" ? 2 : 0) +
    (asUser ? 4 : 0) +
    (access.kind === "fetch" && (m.smep || (m.nxe && m.mode !== "32-bit")) ? 16 : 0);
  const levels: Level[] =
    m.mode === "32-bit"
      ? [
          { shift: 22n, indexBits: 10n, maySplitHere: m.pse },
          { shift: 12n, indexBits: 10n, maySplitHere: false },
        ]
      : [
          { shift: 48n, indexBits: 9n, maySplitHere: false },
          { shift: 39n, indexBits: 9n, maySplitHere: false },
          { shift: 30n, indexBits: 9n, maySplitHere: m.page1g },
          { shift: 21n, indexBits: 9n, maySplitHere: true },
          { shift: 12n, indexBits: 9n, maySplitHere: false },
        ].slice({ "5-level": 0, "4-level": 1, PAE: 3 }[m.mode]);
  let table = m.cr3;
  if (m.mode === "PAE") {
    const register = m.pdptes[Number(va >> 30n)]!;
    if (!bit(register, 0)) return { fault: base };
    table = register & mask(51n, 12n);
  }
  const visited: { address: bigint; entry: bigint }[] = [];
  for (const level of levels) {
    const address = table + ((va >> level.shift) & ((1n << level.indexBits) - 1n)) * BigInt(bytes);
    const entry = memory.read(address, bytes);
    visited.push({ address, entry });
    if (!bit(entry, 0)) return { fault: base };
    const last = level.shift === 12n;
    const large = !last && bit(entry, 7) && level.maySplitHere;

    let reserved = 0n;
    if (m.mode === "32-bit") {
      if (large) {
        const width = m.maxPhysical < 40n ? m.maxPhysical : 40n;
        reserved = mask(21n, width - 19n);
      }
    } else {
      if (m.maxPhysical < 52n) reserved |= mask(51n, m.maxPhysical);
      if (m.mode === "PAE") reserved |= mask(62n, 52n);
      if (!m.nxe) reserved |= 1n << 63n;
      if (large) reserved |= mask(level.shift - 1n, 13n);
      if (!last && !level.maySplitHere) reserved |= 1n << 7n;
    }
    if ((entry & reserved) !== 0n) return { fault: base + 1 + 8 };

    if (!last && !large) {
      table = entry & mask(51n, 12n);
      continue;
    }
    let frame = entry & mask(51n, level.shift);
    if (m.mode === "32-bit" && large) frame |= ((entry >> 13n) & 0xffn) << 32n;
    return checked(m, memory, access, base, asUser, visited, {
      gpa: frame | (va & ((1n << level.shift) - 1n)),
      shift: level.shift,
    });
  }
  throw new Error("a table at the last level");
}

function checked(
  m: NaiveMachine,
  memory: NaiveMemory,
  access: NaiveAccess,
  base: number,
  asUser: boolean,
  visited: { address: bigint; entry: bigint }[],
  page: { gpa: bigint; shift: bigint },
): NaiveResult {
  const entries = visited.map((v) => v.entry);
  const leaf = entries.at(-1)!;
  const userPage = entries.every((e) => bit(e, 2));
  const writable = entries.every((e) => bit(e, 1));
  const executable = !(m.nxe && m.mode !== "32-bit" && entries.some((e) => bit(e, 63)));
  let allowed: boolean;
  if (asUser) {
    allowed = userPage && { read: true, write: writable, fetch: executable }[access.kind];
  } else {
    const suspended = access.ac && !access.implicit;
    const reaches = !(userPage && m.smap && !suspended);
    allowed = {
      read: reaches,
      write: reaches && (writable || !m.wp),
      fetch: executable && !(userPage && m.smep),
    }[access.kind];
  }
  let key = false;
  if (m.pke && (m.mode === "4-level" || m.mode === "5-level") && userPage && access.kind !== "fetch") {
    const rights = (m.pkru >> (2n * ((leaf >> 59n) & 15n))) & 3n;
    key = bit(rights, 0) || (bit(rights, 1) && access.kind === "write" && (m.wp || asUser));
  }
  if (!allowed || key) return { fault: base + 1 + (key ? 32 : 0) };

  const bytes = m.mode === "32-bit" ? 4 : 8;
  visited.forEach(({ address, entry }, i) => {
    const dirty = access.kind === "write" && i === visited.length - 1 ? 0x40n : 0n;
    memory.write(address, bytes, entry | 0x20n | dirty);
  });
  const dirty = access.kind === "write" || bit(leaf, 6);
  const recursive = new Set(visited.map((v) => v.address)).size < visited.length;
  return { ...page, global: m.pge && bit(leaf, 8), user: userPage, dirty, references: visited.length, recursive };
}
