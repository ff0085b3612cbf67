/** EPT in BigInt, from SDM vol. 3C 29.3.2 and 29.3.3; shares nothing with the walker. */
export interface NaiveEpt {
  root: bigint;
  levels: 4 | 5;
  accessedDirty: boolean;
  modeBasedExecute: boolean;
  executeOnly: boolean;
  page2m: boolean;
  page1g: boolean;
  maxPhysical: bigint;
}

export interface NaiveEptAccess {
  read: boolean;
  write: boolean;
  fetch: boolean;
  userFetch: boolean;
  table: boolean;
}

export type NaiveEptResult =
  | { kind: "misconfiguration" }
  | { kind: "violation"; qualification: number }
  | { kind: "ok"; hpa: bigint; shift: bigint; memoryType: bigint };

interface Words {
  read(address: bigint, bytes: 8): bigint;
  write(address: bigint, bytes: 8, value: bigint): void;
}

const field = (value: bigint, high: bigint, low: bigint): bigint => (value >> low) & ((1n << (high - low + 1n)) - 1n);

export function naiveEpt(e: NaiveEpt, memory: Words, gpa: bigint, access: NaiveEptAccess): NaiveEptResult {
  const write = access.write || (e.accessedDirty && access.table);
  const asked = (access.read ? 1 : 0) + (write ? 2 : 0) + (access.fetch ? 4 : 0);
  const steps: { at: bigint; entry: bigint }[] = [];
  const all = (bit: bigint): boolean => steps.every((s) => field(s.entry, bit, bit) === 1n);
  const violation = (): NaiveEptResult => ({
    kind: "violation",
    qualification:
      asked + (all(0n) ? 8 : 0) + (all(1n) ? 16 : 0) + (all(2n) ? 32 : 0) + (e.modeBasedExecute && all(10n) ? 64 : 0),
  });
  if (e.levels === 4 && gpa >> 48n !== 0n) {
    return { kind: "violation", qualification: asked };
  }
  let table = e.root;
  for (let shift = e.levels === 5 ? 48n : 39n; ; shift -= 9n) {
    const at = table + field(gpa, shift + 8n, shift) * 8n;
    const entry = memory.read(at, 8);
    steps.push({ at, entry });
    const present = field(entry, 2n, 0n) !== 0n || (e.modeBasedExecute && field(entry, 10n, 10n) === 1n);
    if (!present) return violation();
    const [r, w, x, xu] = [0n, 1n, 2n, 10n].map((bit) => field(entry, bit, bit) === 1n) as [
      boolean,
      boolean,
      boolean,
      boolean,
    ];
    const mapsHere = { "12": true, "21": e.page2m, "30": e.page1g }[String(shift)] ?? false;
    const leaf = shift === 12n || (mapsHere && field(entry, 7n, 7n) === 1n);
    let wrong = w && !r;
    if (!e.executeOnly && !r && (x || (e.modeBasedExecute && xu))) wrong = true;
    if (e.maxPhysical < 52n && field(entry, 51n, e.maxPhysical) !== 0n) wrong = true;
    if (leaf) {
      if (shift > 12n && field(entry, shift - 1n, 12n) !== 0n) wrong = true;
      if ([2n, 3n, 7n].includes(field(entry, 5n, 3n))) wrong = true;
    } else if (field(entry, 7n, 3n) !== 0n) wrong = true;
    if (wrong) return { kind: "misconfiguration" };
    if (!leaf) {
      table = field(entry, 51n, 12n) << 12n;
      continue;
    }
    const mayFetch = e.modeBasedExecute && access.userFetch ? all(10n) : all(2n);
    if ((access.read && !all(0n)) || (write && !all(1n)) || (access.fetch && !mayFetch)) return violation();
    if (e.accessedDirty) {
      steps.forEach((s, i) => {
        memory.write(s.at, 8, s.entry | 0x100n | (write && i === steps.length - 1 ? 0x200n : 0n));
      });
    }
    return {
      kind: "ok",
      hpa: (field(entry, 51n, shift) << shift) | field(gpa, shift - 1n, 0n),
      shift,
      memoryType: field(entry, 5n, 3n),
    };
  }
}
