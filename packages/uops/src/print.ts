import { type IrFunction, OP } from "./function.js";
import { opSpec } from "./opcodes.js";
import { stateAccess } from "./state-access.js";
import {
  MEM_ALIGNED,
  MEM_ATOMIC,
  MEM_BIG_ENDIAN,
  MEM_FOR_WRITE,
  MEM_ORDERED,
  MEM_PART,
  MEM_PHYSICAL,
  MEM_SIGNED,
  MEM_SIZE_MASK,
  MEM_STACK,
  MEM_SUPERVISOR,
  MEM_USER,
  TYPE_NAMES,
  VOID,
} from "./types.js";
import { joinI64 } from "./values.js";

/** Names that make a listing easier to read; whatever has none is printed as its number. */
export interface PrintOptions {
  /** Callees by index. */
  readonly functions?: readonly IrFunction[];
  /** Name of the state field at an offset. */
  readonly stateName?: (offset: number) => string | undefined;
  readonly assistName?: (id: number) => string | undefined;
  /** What a hole is bound to, such as a register's name. */
  readonly holeName?: (hole: number) => string | undefined;
}

const DESCRIPTOR_FLAGS: readonly (readonly [number, string])[] = [
  [MEM_SIGNED, "signed"],
  [MEM_FOR_WRITE, "for-write"],
  [MEM_STACK, "stack"],
  [MEM_SUPERVISOR, "supervisor"],
  [MEM_USER, "user"],
  [MEM_PHYSICAL, "physical"],
  [MEM_ATOMIC, "atomic"],
  [MEM_ORDERED, "ordered"],
  [MEM_BIG_ENDIAN, "big-endian"],
  [MEM_ALIGNED, "aligned"],
  [MEM_PART, "part"],
];

/** A guest memory descriptor in words: bits and flags. */
export function describeAccess(descriptor: number): string {
  const flags = DESCRIPTOR_FLAGS.filter(([bit]) => (descriptor & bit) !== 0).map(([, name]) => name);
  return [`${8 << (descriptor & MEM_SIZE_MASK)}`, ...flags].join(" ");
}

function number(value: bigint): string {
  if (value > -256n && value < 256n) return value.toString();
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

class Printer {
  readonly #fn: IrFunction;
  readonly #options: PrintOptions;

  constructor(fn: IrFunction, options: PrintOptions) {
    this.#fn = fn;
    this.#options = options;
  }

  header(): string[] {
    const { name, params, result, locals, holes } = this.#fn;
    const lines = [`function ${name}(${params.map((type, i) => `$${i}: ${TYPE_NAMES[type]}`).join(", ")})`];
    if (result !== VOID) lines[0] += ` -> ${TYPE_NAMES[result]}`;
    const own = locals.slice(params.length).map((type, i) => `$${i + params.length}: ${TYPE_NAMES[type]}`);
    if (own.length > 0) lines.push(`  locals ${own.join(", ")}`);
    if (holes.length > 0) lines.push(`  holes ${holes.map((kind, i) => `${this.#hole(i)}: ${kind}`).join(", ")}`);
    return lines;
  }

  body(): string[] {
    const lines: string[] = [];
    let depth = 1;
    for (let at = 0; at < this.#fn.count; at += 1) {
      const op = this.#fn.op[at]!;
      if (op === OP.end || op === OP.else) depth = Math.max(1, depth - 1);
      lines.push("  ".repeat(depth) + this.line(at));
      if (op === OP.if || op === OP.else || op === OP.block || op === OP.loop) depth += 1;
    }
    return lines;
  }

  line(at: number): string {
    const spec = opSpec(this.#fn.op[at]!);
    const rest = this.#rest(at);
    const text = rest === "" ? spec.name : `${spec.name} ${rest}`;
    return spec.result === VOID ? text : `%${at} = ${text}`;
  }

  #hole(index: number): string {
    const name = this.#options.holeName?.(index);
    return name === undefined ? `#${index}` : `#${index}<${name}>`;
  }

  #operands(at: number): string {
    const { op, a, b, c } = this.#fn;
    const count = opSpec(op[at]!).operands.length;
    return [a[at]!, b[at]!, c[at]!]
      .slice(0, count)
      .map((value) => `%${value}`)
      .join(" ");
  }

  #stateAt(at: number): string {
    const offset = this.#fn.x[at]!;
    const hole = this.#fn.y[at]!;
    if (hole < 0) return `[${this.#options.stateName?.(offset) ?? offset}]`;
    return offset === 0 ? `[${this.#hole(hole)}]` : `[${this.#hole(hole)} + ${offset}]`;
  }

  /** What follows the name of the op. */
  #rest(at: number): string {
    const { op, a, b, c, x, y, extra } = this.#fn;
    const operands = this.#operands(at);
    const bytes = (): string => [...extra.subarray(x[at], (x[at] ?? 0) + 16)].join(" ");
    const access = stateAccess(op[at]!);
    if (access !== undefined) return access.isStore ? `${this.#stateAt(at)} ${operands}` : this.#stateAt(at);
    if (opSpec(op[at]!).hasLane) return `${x[at]} ${operands}`;
    switch (op[at]) {
      case OP.constI32:
        return number(BigInt(x[at]!));
      case OP.constI64:
        return number(joinI64(x[at]!, y[at]!));
      case OP.constV128:
        return bytes();
      case OP.shuffle:
        return `${operands} lanes ${bytes()}`;
      case OP.holeI32:
      case OP.holeI64:
        return this.#hole(x[at]!);
      case OP.stateLoadIndexed:
      case OP.stateStoreIndexed: {
        const place = `[${this.#options.stateName?.(x[at]!) ?? x[at]} + 16 * (%${a[at]} & ${y[at]})]`;
        return op[at] === OP.stateLoadIndexed ? place : `${place} %${b[at]}`;
      }
      case OP.guestLoad:
      case OP.guestLoadV128:
        return `[%${a[at]}] ${describeAccess(x[at]!)}`;
      case OP.guestStore:
      case OP.guestStoreV128:
        return `[%${a[at]}] ${describeAccess(x[at]!)} %${b[at]}`;
      case OP.guestStoreV256:
        return `[%${a[at]}] ${describeAccess(x[at]!)} %${b[at]} %${this.#fn.c[at]}`;
      case OP.localGetI32:
      case OP.localGetI64:
      case OP.localGetV128:
        return `$${x[at]}`;
      case OP.localSetI32:
      case OP.localSetI64:
      case OP.localSetV128:
        return `$${x[at]} ${operands}`;
      case OP.br:
        return `${x[at]}`;
      case OP.brIf:
        return `${x[at]} ${operands}`;
      case OP.callVoid:
      case OP.callI32:
      case OP.callI64:
      case OP.callV128: {
        const args = [...extra.subarray(c[at], c[at]! + (y[at] ?? 0))].map((value) => `%${value}`);
        return `@${this.#options.functions?.[x[at]!]?.name ?? x[at]}(${args.join(", ")})`;
      }
      case OP.assist:
        return `${this.#options.assistName?.(x[at]!) ?? x[at]} ${operands}`;
      case OP.branch:
        return `${this.#hole(y[at]!)} ${x[at]}`;
      case OP.fault:
        return y[at]! < 0 ? `${x[at]}` : `${x[at]} code ${y[at]}`;
      default:
        return operands;
    }
  }
}

/**
 * A function as text: one micro-op a line, structures indented. `%n` is the value that op n makes, `$n` a local, `#n` a
 * hole, `@` a callee.
 *
 * @example
 * console.log(printFunction(fn, { stateName: (offset) => (offset === 0 ? 'rax' : undefined) }));
 */
export function printFunction(fn: IrFunction, options: PrintOptions = {}): string {
  const printer = new Printer(fn, options);
  return [...printer.header(), ...printer.body(), ""].join("\n");
}

/** One micro-op of a function as text. */
export function printOp(fn: IrFunction, at: number, options: PrintOptions = {}): string {
  return new Printer(fn, options).line(at);
}
