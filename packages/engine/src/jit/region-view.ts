import { type GuestIsa, OP, OPS, type PrintOptions, describeAccess, printFunction, stateAccess } from "@isinglass/uops";
import { printModule } from "@isinglass/wasm";
import { TLB_SHAPE } from "../tlb-shape.js";
import { EXIT_FUEL_MASK, EXIT_FUEL_SHIFT, exitFields, exitOffset } from "./exits.js";
import {
  DROPPED,
  EDGE,
  EXIT,
  FLUSH,
  GET,
  ASSIST,
  ASSISTED,
  ASSIST_FIRST,
  HUB,
  JUMP,
  type RegionBuffer,
  RELATIVE,
  RELOAD,
  SET,
  STORE_UPPER,
} from "./region-buffer.js";
import { RegionCompiler, buildRegionModule } from "./region-module.js";
import { MOST_IN_BLOCK } from "./exits.js";
import type { TierPolicy } from "./policy.js";
import { type RegionInstruction, type RegionShape, shapeRegion } from "./region-shape.js";
import type { SlotTable } from "./slots.js";

const ADDED: ReadonlyMap<number, string> = new Map([
  [GET, "get"],
  [SET, "set"],
  [RELATIVE, "relative"],
  [EXIT, "exit"],
  [EDGE, "edge"],
  [JUMP, "jump"],
  [HUB, "jump through hub"],
  [FLUSH, "flush"],
  [RELOAD, "reload"],
  [STORE_UPPER, "guest.store.upper"],
  [ASSIST, "assist"],
  [ASSIST_FIRST, "assist first"],
  [ASSISTED, "leave if the assist asked for it"],
]);

/** One instruction of a region, as it came and as it goes into WebAssembly. */
export interface InstructionView {
  /** Relative to the page of the region's entry. */
  readonly offset: number;
  readonly length: number;
  /** Its form's micro-ops, and those that are left after its place and neighbours are known; a line each. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What the region compiler makes of a region. */
export interface RegionView {
  readonly entry: number;
  readonly blocks: readonly {
    readonly offset: number;
    readonly ending: string;
    readonly instructions: readonly InstructionView[];
  }[];
  /** The region's function in the text format, a line an element. */
  readonly wasm: readonly string[];
  /** Bytes of the function's body, of guest code, and lines of micro-ops. */
  readonly bytes: number;
  readonly guestBytes: number;
  readonly opsBefore: number;
  readonly opsAfter: number;
}

export interface ViewNames {
  readonly stateName?: (offset: number) => string | undefined;
  readonly assistName?: (id: number) => string | undefined;
  /** What a hole of an instruction is bound to. */
  readonly holeName?: (kind: string, lo: number, hi: number) => string | undefined;
}

/**
 * The shape of a region that begins at an offset of some code, which is taken to have been executed all.
 *
 * @returns undefined where nothing can be compiled at `entry`
 */
export function shapeOfCode(
  isa: GuestIsa,
  code: Uint8Array,
  mode: number,
  entry: number,
  policy: TierPolicy,
): RegionShape | undefined {
  const bytes = new Uint8Array((Math.ceil(code.length / 4096) + 2) * 4096);
  // Host offset 0 is no memory.
  bytes.set(code, 4096);
  return shapeRegion(
    isa,
    {
      bytes,
      hostPage: (delta) => (delta >= 0 && delta * 4096 < code.length ? (delta + 1) * 4096 : -1),
      isWarm: (offset) => offset >= 0 && offset < code.length,
    },
    mode,
    entry,
    { instructions: policy.instructions, block: MOST_IN_BLOCK, pages: policy.pages },
    [],
  );
}

class OpPrinter {
  readonly #buffer: RegionBuffer;
  readonly #slots: SlotTable;
  readonly #names: ViewNames;
  readonly #isa: GuestIsa;

  constructor(isa: GuestIsa, buffer: RegionBuffer, slots: SlotTable, names: ViewNames) {
    this.#isa = isa;
    this.#buffer = buffer;
    this.#slots = slots;
    this.#names = names;
  }

  #slot(slot: number): string {
    if (slot >= this.#slots.count) return `$${slot - this.#slots.count}`;
    return this.#state(this.#slots.offsets[slot]!);
  }

  #state(offset: number): string {
    return this.#names.stateName?.(offset) ?? `state ${offset}`;
  }

  #value(v: number): string {
    const { op, x, y } = this.#buffer;
    if (op[v] === OP.constI32) return `${x[v]}`;
    if (op[v] === OP.constI64) {
      const value = (BigInt(y[v]!) << 32n) | BigInt(x[v]! >>> 0);
      return value > -256n && value < 256n ? `${value}` : `0x${BigInt.asUintN(64, value).toString(16)}`;
    }
    if (op[v] === GET) return this.#slot(x[v]!);
    if (op[v] === RELATIVE) return `page+0x${x[v]!.toString(16)}`;
    return `%${v}`;
  }

  /** Constants and reads of slots stand where they are used. */
  isInline(v: number): boolean {
    const op = this.#buffer.op[v];
    return op === OP.constI32 || op === OP.constI64 || op === GET || op === RELATIVE;
  }

  line(v: number): string {
    const { op, a, b, c, x, y, extra } = this.#buffer;
    const code = op[v]!;
    const added = ADDED.get(code);
    if (added !== undefined) return this.#added(v, code, added);
    const spec = OPS[code]!;
    const access = stateAccess(code);
    const operands = [a[v]!, b[v]!, c[v]!].slice(0, spec.operands.length).map((value) => this.#value(value));
    let rest = operands.join(" ");
    if (access !== undefined) rest = `[${this.#state(x[v]!)}] ${rest}`.trimEnd();
    else if (code === OP.guestLoad || code === OP.guestLoadV128) rest = `[${operands[0]}] ${describeAccess(x[v]!)}`;
    else if (code === OP.guestStore || code === OP.guestStoreV128)
      rest = `[${operands[0]}] ${describeAccess(x[v]!)} ${operands[1]}`;
    else if (code === OP.br || code === OP.brIf || spec.hasLane) rest = `${x[v]} ${rest}`.trimEnd();
    else if (code === OP.callVoid || code === OP.callI32 || code === OP.callI64 || code === OP.callV128) {
      const args = extra.slice(c[v], c[v]! + y[v]!).map((value) => this.#value(value));
      rest = `@${this.#isa.functions[x[v]!]?.name ?? x[v]}(${args.join(", ")})`;
    }
    const text = rest === "" ? spec.name : `${spec.name} ${rest}`;
    return spec.result === 0 ? text : `%${v} = ${text}`;
  }

  #added(v: number, code: number, name: string): string {
    const { a, b, x, y, extra } = this.#buffer;
    switch (code) {
      case SET:
        return `${name} ${this.#slot(x[v]!)} ${this.#value(a[v]!)}`;
      case EXIT: {
        const exit = this.#buffer.exits[x[v]!]!;
        const fields = exitFields(exit);
        const fuel = (fields >> EXIT_FUEL_SHIFT) & EXIT_FUEL_MASK;
        return `${name} page+0x${exitOffset(exit).toString(16)} fuel +${fuel}${(fields & 1) === 1 ? " interpret" : ""}`;
      }
      case EDGE: {
        const offset = extra[y[v]!]!;
        return x[v]! >= 0
          ? `${name} block page+0x${offset.toString(16)}`
          : `${name} leave for page${offset < 0 ? "-" : "+"}0x${Math.abs(offset).toString(16)}`;
      }
      case JUMP:
      case STORE_UPPER:
        return `${name} ${this.#value(a[v]!)}`;
      case ASSIST:
      case ASSIST_FIRST: {
        const id = x[v]!;
        return `${name} ${this.#names.assistName?.(id) ?? id} ${this.#value(a[v]!)} ${this.#value(b[v]!)}`;
      }
      case HUB:
      case ASSISTED:
        return name;
      default:
        return `${name} ${this.#slot(x[v]!)}`;
    }
  }
}

/** Compiles a region to be looked at. */
export function viewRegion(isa: GuestIsa, shape: RegionShape, names: ViewNames = {}): RegionView {
  const compiler = new RegionCompiler(isa, TLB_SHAPE);
  const starts: number[] = [];
  const after = new Map<number, string[]>();
  compiler.listing = {
    starts,
    take: (buffer, uses, slots) => {
      const printer = new OpPrinter(isa, buffer, slots, names);
      const limits = starts.filter((_, i) => i % 2 === 1);
      for (let k = 0; k < limits.length; k += 1) {
        const lines: string[] = [];
        for (let v = limits[k]!; v < (limits[k + 1] ?? buffer.count); v += 1) {
          const op = buffer.op[v]!;
          if (op === DROPPED || printer.isInline(v)) continue;
          const spec = OPS[op];
          // A value that nothing needs is not computed.
          if (spec !== undefined && spec.result !== 0 && uses[v] === 0 && (spec.isWasm || spec.effects === 0)) continue;
          lines.push(printer.line(v));
        }
        after.set(starts[2 * k]!, lines);
      }
    },
  };
  const sizes: number[] = [];
  const module = buildRegionModule(isa, compiler, [shape], sizes);
  const before = (instruction: RegionInstruction): string[] => {
    const { lo, hi, facts } = instruction;
    const options: PrintOptions = {
      functions: isa.functions,
      ...(names.stateName === undefined ? {} : { stateName: names.stateName }),
      ...(names.assistName === undefined ? {} : { assistName: names.assistName }),
      holeName: (hole) => names.holeName?.(facts.ir.holes[hole]!, lo[hole]!, hi[hole]!),
    };
    return printFunction(facts.ir, options)
      .split("\n")
      .filter((line) => /^ {2,}(?!holes |locals )\S/.test(line))
      .map((line) => line.slice(2));
  };
  const blocks = shape.blocks.map((block) => ({
    offset: block.offset,
    ending: block.ending,
    instructions: block.instructions.map((instruction) => ({
      offset: instruction.offset,
      length: instruction.length,
      before: before(instruction),
      after: after.get(instruction.offset) ?? [],
    })),
  }));
  const all = blocks.flatMap(({ instructions }) => instructions);
  const sum = (of: (view: InstructionView) => number): number => all.reduce((total, view) => total + of(view), 0);
  return {
    entry: shape.entry,
    blocks,
    wasm: lastFunction(printModule(module)),
    bytes: sizes[0]!,
    guestBytes: sum(({ length }) => length),
    opsBefore: sum((view) => view.before.length),
    opsAfter: sum((view) => view.after.length),
  };
}

/** The region's is the last function of its module. */
function lastFunction(text: string): string[] {
  const lines = text.split("\n");
  const from = lines.findLastIndex((line) => /^\s*\(func\b/.test(line));
  const indent = /^\s*/.exec(lines[from]!)![0];
  const to = lines.findIndex((line, i) => i > from && line === `${indent})`);
  return lines.slice(from, to + 1).map((line) => line.slice(indent.length));
}
