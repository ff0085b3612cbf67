import type { Form } from "../forms.js";
import { DATA_BASE, DATA_SIZE, PAGE_SIZE, READ_ONLY_OFFSET } from "../layout.js";
import { chooseTarget, throughSegment } from "./addressing.js";
import { DF } from "../rules/flags.js";
import type { Draft } from "./draft.js";
import { randomInteger } from "./integers.js";

const RAX = 0;
const RCX = 1;
const RSI = 6;
const RDI = 7;

const junkAbove = (draft: Draft, value: bigint): bigint =>
  draft.addressPrefix ? (value & 0xffff_ffffn) | (draft.rng.next64() & 0xffff_ffff_0000_0000n) : value;

/**
 * Pointers, count and content for MOVS, CMPS, STOS, LODS, SCAS and the port forms: runs that stay in the window, and runs that meet
 * a fault at some element, forwards and backwards.
 */
export function prepareString(draft: Draft, form: Form): void {
  const { rng, state } = draft;
  const size = (form.operands.find((operand) => operand.type === "mem")?.size ?? 8) >> 3;
  const repeated = form.rep !== "";
  let count = 1;
  if (repeated) {
    const kind = rng.below(100);
    count = kind < 10 ? 0 : kind < 40 ? rng.between(1, 3) : kind < 85 ? rng.between(1, 24) : rng.between(1, 70);
    // Whether a port instruction checks the privilege for no element at all is not told by the manuals.
    if (form.category === "IOSTRINGOP" && count === 0) count = 1;
    draft.pin(RCX, junkAbove(draft, BigInt(count)));
  }
  const step = (state.rflags & DF) !== 0 ? -size : size;
  const pointers = form.operands.filter((operand) => operand.type === "mem");
  const addresses = new Map<string, bigint>();
  for (const [i, operand] of pointers.entries()) {
    const faults = draft.fault >= 0 && (draft.fault >> 3) % pointers.length === i;
    const writes = operand.writes;
    let start: bigint;
    if (faults) {
      // The element that meets the fault comes after some that do not.
      const before = count > 1 ? rng.below(count) : 0;
      start = chooseTarget(draft, size, !writes, true) - BigInt(step * before);
    } else {
      start = runStart(draft, count, step, size);
    }
    addresses.set(operand.what.slice(1), start);
  }
  const source = addresses.get("si");
  const target = addresses.get("di");
  if (source !== undefined && target !== undefined && draft.fault < 0 && rng.chance(20)) {
    // Overlapping runs.
    addresses.set("di", clamp(source + BigInt(rng.between(-3 * size, 3 * size)), count, step, size));
  }
  fillRuns(draft, form, addresses, count, step, size);
  const from = addresses.get("si");
  if (from !== undefined) draft.pin(RSI, junkAbove(draft, throughSegment(draft, from)));
  const to = addresses.get("di");
  if (to !== undefined) draft.pin(RDI, junkAbove(draft, to));
}

// First element of a run that lies wholly in D0 and D1, or in D2.
function runStart(draft: Draft, count: number, step: number, size: number): bigint {
  const { rng } = draft;
  const low = rng.chance(70);
  const from = low ? 0 : READ_ONLY_OFFSET + PAGE_SIZE;
  const to = low ? READ_ONLY_OFFSET : DATA_SIZE;
  const bytes = Math.max(1, count) * size;
  let offset = from + rng.below(to - from - bytes + 1);
  if (low && rng.chance(30)) offset = Math.min(to - bytes, PAGE_SIZE - rng.below(bytes + 1));
  if (rng.chance(40)) offset -= offset % size;
  return BigInt(DATA_BASE + (step > 0 ? offset : offset + bytes - size));
}

function clamp(start: bigint, count: number, step: number, size: number): bigint {
  const bytes = Math.max(1, count) * size;
  const offset = Number(start) - DATA_BASE;
  const lowest = step > 0 ? 0 : bytes - size;
  const highest = step > 0 ? READ_ONLY_OFFSET - bytes : READ_ONLY_OFFSET - size;
  if (offset > READ_ONLY_OFFSET) return start;
  return BigInt(DATA_BASE + Math.max(lowest, Math.min(highest, offset)));
}

// Comparisons run as long as elements agree (REPE) or differ (REPNE): content decides where they stop.
function fillRuns(
  draft: Draft,
  form: Form,
  addresses: Map<string, bigint>,
  count: number,
  step: number,
  size: number,
): void {
  const { rng, state } = draft;
  const compares = form.mnemonic.startsWith("cmps") || form.mnemonic.startsWith("scas");
  const stopAt = rng.chance(30) ? count : rng.below(count + 1);
  const equal = form.rep === "repe" || form.rep === "rep";
  const [first, second] = [addresses.get("si"), addresses.get("di")];
  const base = randomInteger(rng, size * 8);
  if (form.mnemonic.startsWith("scas") || form.mnemonic.startsWith("stos"))
    state.gpr64[RAX] = (state.gpr64[RAX]! & ~((1n << BigInt(size * 8)) - 1n)) | base;
  for (let i = 0; i < count; i++) {
    const at = BigInt(step * i);
    const value = form.mnemonic.startsWith("scas") ? base : randomInteger(rng, size * 8);
    const same = i === stopAt ? !equal : equal;
    if (first !== undefined) draft.writeInteger(first + at, value, size);
    if (second !== undefined && compares)
      draft.writeInteger(second + at, same ? value : value ^ (1n << BigInt(rng.below(size * 8))), size);
  }
}
