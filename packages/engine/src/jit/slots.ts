import { type GuestIsa, I64, type IrFunction, OP, V128, type ValueType, stateAccess } from "@isinglass/uops";

/** Which parts of the vCPU state compiled code keeps in WebAssembly locals, and which of them a helper function touches. */
export interface SlotTable {
  readonly count: number;
  readonly offsets: readonly number[];
  readonly types: readonly ValueType[];
  /** Slot that holds the byte at a state offset, or -1. */
  readonly ofByte: Int16Array;
  /** Slot whose constant values are told with exits instead of being written, or -1. */
  readonly tracked: number;
  /** By helper function: slots that it reads and that it writes, by itself or through others. */
  readonly helperReads: readonly (readonly number[])[];
  readonly helperWrites: readonly (readonly number[])[];
}

export function slotBytes(type: ValueType): number {
  return type === V128 ? 16 : type === I64 ? 8 : 4;
}

function build(isa: GuestIsa): SlotTable {
  const { state } = isa;
  const offsets = state.cached.map((slot) => slot.offset);
  const types = state.cached.map((slot) => slot.type);
  const size = Math.max(0, ...state.cached.map((slot) => slot.offset + slotBytes(slot.type)));
  const ofByte = new Int16Array(size).fill(-1);
  state.cached.forEach((slot, i) => ofByte.fill(i, slot.offset, slot.offset + slotBytes(slot.type)));
  const reads = isa.functions.map(() => new Set<number>());
  const writes = isa.functions.map(() => new Set<number>());
  isa.functions.forEach((fn, n) => touch(isa.functions, fn, ofByte, reads[n]!, writes[n]!));
  return {
    count: offsets.length,
    offsets,
    types,
    ofByte,
    tracked: ofByte[state.tracked] ?? -1,
    helperReads: reads.map((set) => [...set]),
    helperWrites: writes.map((set) => [...set]),
  };
}

function touch(
  functions: readonly IrFunction[],
  fn: IrFunction,
  ofByte: Int16Array,
  reads: Set<number>,
  writes: Set<number>,
): void {
  for (let i = 0; i < fn.count; i += 1) {
    const op = fn.op[i]!;
    const access = stateAccess(op);
    if (access !== undefined) {
      for (let at = fn.x[i]!; at < fn.x[i]! + access.bytes; at += 1) {
        const slot = ofByte[at] ?? -1;
        if (slot >= 0) (access.isStore ? writes : reads).add(slot);
      }
    } else if (op === OP.stateLoadIndexed || op === OP.stateStoreIndexed) {
      for (let at = fn.x[i]!; at < fn.x[i]! + 16 * (fn.y[i]! + 1); at += 1)
        if ((ofByte[at] ?? -1) >= 0)
          throw new Error(`engine: ${fn.name} indexes state that compiled code keeps in locals`);
    } else if (op === OP.callVoid || op === OP.callI32 || op === OP.callI64 || op === OP.callV128)
      touch(functions, functions[fn.x[i]!]!, ofByte, reads, writes);
  }
}

const tables = new WeakMap<GuestIsa, SlotTable>();

/** Slots of an ISA, made once. */
export function slotsOf(isa: GuestIsa): SlotTable {
  let table = tables.get(isa);
  if (table === undefined) {
    table = build(isa);
    tables.set(isa, table);
  }
  return table;
}
