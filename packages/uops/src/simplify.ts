import { integerOf, significantBits } from "./constants.js";
import { OP } from "./function.js";
import type { OpBuffer } from "./op-buffer.js";
import { opcode, OPS } from "./opcodes.js";
import type { Value } from "./types.js";

/** Where simplified ops go. `pure` simplifies in turn and gives an equal value that is there already, if one is. */
export interface Emitter {
  readonly buffer: OpBuffer;
  pure(op: number, a: Value, b?: Value, c?: Value, x?: number): Value;
  i32(value: bigint): Value;
  i64(value: bigint): Value;
  v128(bytes: Uint8Array): Value;
}

/** Gives an equal value that is simpler, or undefined. */
type Rule = (e: Emitter, a: Value, b: Value, c: Value, x: number) => Value | undefined;

const rules = new Map<number, Rule[]>();

function rule(name: string, apply: Rule): void {
  const op = opcode(name);
  const list = rules.get(op);
  if (list === undefined) rules.set(op, [apply]);
  else list.push(apply);
}

/** Tries the rules of an op in turn. */
export function simplify(e: Emitter, op: number, a: Value, b: Value, c: Value, x: number): Value | undefined {
  for (const apply of rules.get(op) ?? []) {
    const simpler = apply(e, a, b, c, x);
    if (simpler !== undefined) return simpler;
  }
  return undefined;
}

const nameOf = (e: Emitter, value: Value): string => OPS[e.buffer.op[value]!]!.name;
const is = (e: Emitter, value: Value, name: string): boolean => nameOf(e, value) === name;
const left = (e: Emitter, value: Value): Value => e.buffer.a[value]!;
const right = (e: Emitter, value: Value): Value => e.buffer.b[value]!;

/** All ones in the low `bits` bits. */
const lowMask = (bits: number): bigint => (1n << BigInt(bits)) - 1n;

/** Whether `value` is `y & mask` with a mask that keeps all of the low `bits` bits; gives `y`. */
function underMask(e: Emitter, value: Value, type: string, bits: number): Value | undefined {
  if (!is(e, value, `${type}.and`)) return undefined;
  const mask = integerOf(e.buffer, right(e, value));
  return mask !== undefined && (mask & lowMask(bits)) === lowMask(bits) ? left(e, value) : undefined;
}

/**
 * A value whose low `bits` bits are those of `value` and that takes less to compute. For what looks at no more than
 * those bits, such as a narrow store.
 */
export function lowBits(e: Emitter, value: Value, bits: number): Value {
  const masked = underMask(e, value, "i64", bits);
  if (masked !== undefined) return lowBits(e, masked, bits);
  const extension = /^i64\.extend(8|16|32)_s$/.exec(nameOf(e, value));
  if (extension !== null && Number(extension[1]) >= bits) return lowBits(e, left(e, value), bits);
  return value;
}

/** A value that is zero exactly when `value` is: what an `if`, `br_if` or `select` looks at. */
export function asCondition(e: Emitter, value: Value): Value {
  if (is(e, value, "i32.ne") && integerOf(e.buffer, right(e, value)) === 0n) return asCondition(e, left(e, value));
  if (is(e, value, "i32.eqz") && is(e, left(e, value), "i32.eqz")) return asCondition(e, left(e, left(e, value)));
  return value;
}

const INVERSE: readonly (readonly [string, string])[] = [
  ["eq", "ne"],
  ["lt_s", "ge_s"],
  ["lt_u", "ge_u"],
  ["gt_s", "le_s"],
  ["gt_u", "le_u"],
];

function addArithmetic(type: "i32" | "i64"): void {
  const width = type === "i32" ? 32 : 64;
  const constant = (e: Emitter, value: bigint): Value => (type === "i32" ? e.i32(value) : e.i64(value));
  const int = (e: Emitter, value: Value): bigint | undefined => integerOf(e.buffer, value);
  const name = (suffix: string): string => `${type}.${suffix}`;
  const op = (suffix: string): number => opcode(name(suffix));

  for (const suffix of ["add", "mul", "and", "or", "xor", "eq", "ne"]) {
    // A constant goes to the right, where the other rules look for it.
    rule(name(suffix), (e, a, b) =>
      int(e, a) !== undefined && int(e, b) === undefined ? e.pure(op(suffix), b, a) : undefined,
    );
  }
  const joined: Readonly<Record<string, (p: bigint, q: bigint) => bigint>> = {
    add: (p, q) => p + q,
    mul: (p, q) => p * q,
    and: (p, q) => p & q,
    or: (p, q) => p | q,
    xor: (p, q) => p ^ q,
  };
  for (const [suffix, join] of Object.entries(joined)) {
    rule(name(suffix), (e, a, b) => {
      const outer = int(e, b);
      if (outer === undefined || !is(e, a, name(suffix))) return undefined;
      const inner = int(e, right(e, a));
      return inner === undefined ? undefined : e.pure(op(suffix), left(e, a), constant(e, join(inner, outer)));
    });
  }
  for (const suffix of ["add", "or", "xor"]) rule(name(suffix), (e, a, b) => (int(e, b) === 0n ? a : undefined));
  for (const suffix of ["and", "or"]) rule(name(suffix), (_, a, b) => (a === b ? a : undefined));
  for (const suffix of ["sub", "xor"]) rule(name(suffix), (e, a, b) => (a === b ? constant(e, 0n) : undefined));
  for (const suffix of ["and", "mul"]) rule(name(suffix), (e, _, b) => (int(e, b) === 0n ? b : undefined));
  rule(name("mul"), (e, a, b) => (int(e, b) === 1n ? a : undefined));
  rule(name("or"), (e, _, b) => (int(e, b) === -1n ? b : undefined));
  rule(name("sub"), (e, a, b) => {
    const by = int(e, b);
    return by === undefined ? undefined : e.pure(op("add"), a, constant(e, -by));
  });
  rule(name("and"), (e, a, b) => {
    const mask = int(e, b);
    if (mask === undefined) return undefined;
    const kept = lowMask(significantBits(e.buffer, a));
    return (BigInt.asUintN(width, mask) & kept) === kept ? a : undefined;
  });

  for (const suffix of ["shl", "shr_s", "shr_u", "rotl", "rotr"]) {
    rule(name(suffix), (e, a, b) => {
      const by = int(e, b);
      if (int(e, a) === 0n || (by !== undefined && BigInt.asUintN(width, by) % BigInt(width) === 0n)) return a;
      // Shifts count modulo the width by themselves.
      const count = underMask(e, b, type, width === 32 ? 5 : 6);
      return count === undefined ? undefined : e.pure(op(suffix), a, count);
    });
  }
  for (const suffix of ["shl", "shr_s", "shr_u"]) {
    rule(name(suffix), (e, a, b) => {
      const outer = int(e, b);
      if (outer === undefined || !is(e, a, name(suffix))) return undefined;
      const inner = int(e, right(e, a));
      if (inner === undefined || inner < 0n || outer < 0n || inner + outer >= width) return undefined;
      return e.pure(op(suffix), left(e, a), constant(e, inner + outer));
    });
  }
  rule(name("shr_u"), (e, a, b) => {
    const by = int(e, b);
    if (by === undefined || by < 0n || by >= width) return undefined;
    return significantBits(e.buffer, a) <= by ? constant(e, 0n) : undefined;
  });

  for (const suffix of ["eq", "le_s", "le_u", "ge_s", "ge_u"]) {
    rule(name(suffix), (e, a, b) => (a === b ? e.i32(1n) : undefined));
  }
  for (const suffix of ["ne", "lt_s", "lt_u", "gt_s", "gt_u"]) {
    rule(name(suffix), (e, a, b) => (a === b ? e.i32(0n) : undefined));
  }
  rule(name("eq"), (e, a, b) => (int(e, b) === 0n ? e.pure(op("eqz"), a) : undefined));
  rule(name("lt_u"), (e, _, b) => (int(e, b) === 0n ? e.i32(0n) : undefined));
  rule(name("ge_u"), (e, _, b) => (int(e, b) === 0n ? e.i32(1n) : undefined));
  for (const [one, other] of INVERSE) {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      rule("i32.eqz", (e, a) => (is(e, a, name(from)) ? e.pure(op(to), left(e, a), right(e, a)) : undefined));
    }
  }
  for (const suffix of ["sub", "xor"]) {
    rule(name("eqz"), (e, a) => (is(e, a, name(suffix)) ? e.pure(op("eq"), left(e, a), right(e, a)) : undefined));
  }
  rule(name("eqz"), (e, a) => {
    const by = is(e, a, name("add")) ? int(e, right(e, a)) : undefined;
    return by === undefined ? undefined : e.pure(op("eq"), left(e, a), constant(e, -by));
  });

  for (const bits of width === 32 ? [8, 16] : [8, 16, 32]) {
    rule(name(`extend${bits}_s`), (e, a) => {
      if (significantBits(e.buffer, a) < bits) return a;
      const inner = new RegExp(`^${type}\\.extend(8|16|32)_s$`).exec(nameOf(e, a));
      if (inner !== null) return Number(inner[1]) <= bits ? a : e.pure(op(`extend${bits}_s`), left(e, a));
      const masked = underMask(e, a, type, bits);
      return masked === undefined ? undefined : e.pure(op(`extend${bits}_s`), masked);
    });
  }
}

function addConversions(): void {
  rule("i32.ne", (e, a, b) => (integerOf(e.buffer, b) === 0n && significantBits(e.buffer, a) <= 1 ? a : undefined));
  rule("i32.eqz", (e, a) =>
    is(e, a, "i32.eqz") && significantBits(e.buffer, left(e, a)) <= 1 ? left(e, a) : undefined,
  );
  rule("i64.eqz", (e, a) =>
    is(e, a, "i64.extend_i32_u") || is(e, a, "i64.extend_i32_s") ? e.pure(opcode("i32.eqz"), left(e, a)) : undefined,
  );
  rule("i32.wrap_i64", (e, a) => {
    if (is(e, a, "i64.extend_i32_u") || is(e, a, "i64.extend_i32_s")) return left(e, a);
    const low = lowBits(e, a, 32);
    return low === a ? undefined : e.pure(opcode("i32.wrap_i64"), low);
  });
  rule("i64.extend_i32_u", (e, a) =>
    is(e, a, "i32.wrap_i64") ? e.pure(opcode("i64.and"), left(e, a), e.i64(0xffffffffn)) : undefined,
  );
  rule("i64.extend_i32_s", (e, a) => {
    if (is(e, a, "i32.wrap_i64")) return e.pure(opcode("i64.extend32_s"), left(e, a));
    return significantBits(e.buffer, a) < 32 ? e.pure(opcode("i64.extend_i32_u"), a) : undefined;
  });
  for (const [one, other] of [
    ["i32.reinterpret_f32", "f32.reinterpret_i32"],
    ["i64.reinterpret_f64", "f64.reinterpret_i64"],
  ] as const) {
    rule(one, (e, a) => (is(e, a, other) ? left(e, a) : undefined));
    rule(other, (e, a) => (is(e, a, one) ? left(e, a) : undefined));
  }
}

function addVectors(): void {
  const zero = (e: Emitter): Value => e.v128(new Uint8Array(16));
  for (const name of ["v128.and", "v128.or"]) rule(name, (_, a, b) => (a === b ? a : undefined));
  for (const name of ["v128.xor", "v128.andnot"]) rule(name, (e, a, b) => (a === b ? zero(e) : undefined));
  rule("v128.not", (e, a) => (is(e, a, "v128.not") ? left(e, a) : undefined));
  for (const shape of ["i32x4", "i64x2", "f32x4", "f64x2"]) {
    const extract = `${shape}.extract_lane`;
    const replace = `${shape}.replace_lane`;
    rule(extract, (e, a, _b, _c, lane) => {
      if (!is(e, a, replace)) return undefined;
      return e.buffer.x[a] === lane ? right(e, a) : e.pure(opcode(extract), left(e, a), -1, -1, lane);
    });
    rule(replace, (e, a, b, _c, lane) =>
      is(e, a, replace) && e.buffer.x[a] === lane ? e.pure(opcode(replace), left(e, a), b, -1, lane) : undefined,
    );
  }
  for (const shape of ["i32x4", "i64x2"]) {
    rule(`${shape}.extract_lane`, (e, a) => (is(e, a, `${shape}.splat`) ? left(e, a) : undefined));
  }
}

function addSelects(): void {
  for (const type of ["i32", "i64", "v128"] as const) {
    const name = `select.${type}`;
    rule(name, (e, a, b, c) => {
      if (a === b) return a;
      const known = integerOf(e.buffer, c);
      if (known !== undefined) return known === 0n ? b : a;
      if (is(e, c, "i32.eqz")) return e.pure(opcode(name), b, a, left(e, c));
      const condition = asCondition(e, c);
      return condition === c ? undefined : e.pure(opcode(name), a, b, condition);
    });
    if (type !== "v128") {
      rule(name, (e, a, b, c) => {
        if (integerOf(e.buffer, a) !== 1n || integerOf(e.buffer, b) !== 0n || significantBits(e.buffer, c) > 1)
          return undefined;
        return type === "i32" ? c : e.pure(opcode("i64.extend_i32_u"), c);
      });
    }
  }
}

addArithmetic("i32");
addArithmetic("i64");
addConversions();
addVectors();
addSelects();

/** Whether the op is one of the `select` ops, which have rules though they are no WebAssembly instruction of that name. */
export function isSelect(op: number): boolean {
  return op === OP.selectI32 || op === OP.selectI64 || op === OP.selectV128;
}
