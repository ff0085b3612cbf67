/** Operands of the assembler's Intel syntax. */
import { assembleError, parseExpression, type Reader, type Scope, type Value } from "./assemble-expression.js";
import { MEM_RIP } from "./instruction.js";
import type { MemoryOperand, Operand } from "./operand.js";
import { RC_GPR16, RC_GPR32, RC_GPR64, RC_SEG, RC_ST, RC_XMM, RC_ZMM, REGISTER_NAMES } from "./registers.js";

/** Size keywords, in bits. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ["byte", 8],
  ["word", 16],
  ["dword", 32],
  ["fword", 48],
  ["qword", 64],
  ["tbyte", 80],
  ["tword", 80],
  ["oword", 128],
  ["xmmword", 128],
  ["ymmword", 256],
  ["yword", 256],
  ["zmmword", 512],
]);

interface Register {
  readonly class: number;
  readonly number: number;
}

function makeRegisters(): ReadonlyMap<string, Register> {
  const all = new Map<string, Register>();
  REGISTER_NAMES.forEach((names, registerClass) =>
    names.forEach((name, number) => all.set(name, { class: registerClass, number })),
  );
  for (let n = 0; n < 8; n++) all.set(`st${n}`, { class: RC_ST, number: n });
  return all;
}

const REGISTERS: ReadonlyMap<string, Register> = /* @__PURE__ */ makeRegisters();

/** True for register names, which cannot be labels. */
export function isRegister(name: string): boolean {
  return REGISTERS.has(name.toLowerCase()) || name === "rip" || name === "eip";
}

/** What stands around an operand: a jump distance, a size, FAR. */
export interface ParsedOperand {
  readonly operand: Operand;
  /** `short` 1, `near` 2 or more bytes of displacement. */
  readonly distance?: "short" | "near" | undefined;
  readonly far: boolean;
  /** The operand is an expression that depends on labels. */
  readonly movable: boolean;
}

const ADDRESS_BITS: Readonly<Record<number, number>> = { [RC_GPR16]: 16, [RC_GPR32]: 32, [RC_GPR64]: 64 };

/** Collects the terms of a memory operand. */
class Address {
  base: number | undefined;
  index: number | undefined;
  indexClass: number | undefined;
  scale: number = 0;
  displacement: bigint = 0n;
  movable: boolean = false;
  addressSize: number | undefined;
  relative: boolean = false;
  readonly line: number;

  constructor(line: number) {
    this.line = line;
  }

  addRegister(name: string, factor: bigint | undefined): void {
    if (name === "rip" || name === "eip") {
      this.base = MEM_RIP;
      this.addressSize = name === "rip" ? 64 : 32;
      return;
    }
    const r = REGISTERS.get(name)!;
    if (r.class >= RC_XMM && r.class <= RC_ZMM) this.indexClass = r.class;
    else {
      const bits = ADDRESS_BITS[r.class];
      if (bits === undefined || (this.addressSize !== undefined && this.addressSize !== bits))
        throw assembleError(this.line, `${name} cannot be in this address`);
      this.addressSize = bits;
    }
    if (factor === undefined && this.base === undefined && r.class < RC_XMM) {
      this.base = r.number;
      return;
    }
    if (this.index !== undefined) throw assembleError(this.line, "an address has at most a base and an index");
    const shift = [1n, 2n, 4n, 8n].indexOf(factor ?? 1n);
    if (shift < 0) throw assembleError(this.line, "an index is multiplied by 1, 2, 4 or 8");
    this.index = r.number;
    this.scale = shift;
  }

  toOperand(bits: number | undefined, segment: number | undefined): MemoryOperand {
    const plain = this.base === undefined && this.index === undefined;
    const base = this.relative && plain ? MEM_RIP : this.base;
    // `[rip+label]` and `[rel address]` name a place; `[rip+8]` is a displacement, as in objdump's text.
    const target = base === MEM_RIP && (this.movable || this.relative) ? this.displacement : undefined;
    return {
      kind: "memory",
      base,
      target,
      index: this.index,
      indexClass: this.indexClass,
      scale: this.scale,
      displacement: this.displacement,
      segment,
      bits,
      addressSize: this.addressSize,
      wide: this.movable,
    };
  }
}

/** One term between + and - inside brackets. */
function parseTerm(reader: Reader, scope: Scope, address: Address, negative: boolean): void {
  const name = reader.word();
  if (isRegister(name) && !negative) {
    reader.at++;
    let factor: bigint | undefined;
    if (reader.take("*")) factor = parseExpression(reader, scope, 6).value;
    address.addRegister(name, factor);
    return;
  }
  // `4*rax` as well as `rax*4`.
  const t = reader.peek();
  if (t?.kind === "number" && reader.isPunctuation("*", 1) && isRegister(reader.word(2)) && !negative) {
    const index = reader.word(2);
    reader.at += 3;
    address.addRegister(index, t.value);
    return;
  }
  // Level 5 reads products: sums belong to the address.
  const v = parseExpression(reader, scope, 5);
  address.displacement += negative ? -v.value : v.value;
  address.movable ||= v.movable;
}

function parseAddress(
  reader: Reader,
  scope: Scope,
  bits: number | undefined,
  outer: number | undefined,
): MemoryOperand {
  const address = new Address(scope.line);
  let segment = outer;
  if (reader.word() === "rel" || reader.word() === "abs") {
    address.relative = reader.word() === "rel";
    reader.at++;
  }
  const override = REGISTERS.get(reader.word());
  if (override?.class === RC_SEG && reader.isPunctuation(":", 1)) {
    segment = override.number;
    reader.at += 2;
  }
  let negative = reader.take("-");
  for (;;) {
    parseTerm(reader, scope, address, negative);
    if (reader.take("+")) negative = false;
    else if (reader.take("-")) negative = true;
    else break;
  }
  reader.expect("]", scope.line);
  return address.toOperand(bits, segment);
}

function memory(operand: MemoryOperand, far: boolean): ParsedOperand {
  return { operand, far, movable: false };
}

/**
 * Parses one operand.
 *
 * @param branch a plain expression is the target of a near branch, not an immediate
 */
export function parseOperand(reader: Reader, scope: Scope, branch: boolean): ParsedOperand {
  let bits: number | undefined;
  let far = false;
  let distance: "short" | "near" | undefined;
  for (;;) {
    const word = reader.word();
    const size = SIZES.get(word);
    if (size !== undefined) bits = size;
    else if (word === "far") far = true;
    else if (word === "short" || word === "near") distance = word;
    else if (word !== "ptr" && word !== "offset") break;
    reader.at++;
  }
  const name = reader.word();
  const register = REGISTERS.get(name);
  if (register?.class === RC_SEG && reader.isPunctuation(":", 1)) {
    reader.at += 2;
    if (reader.take("[")) return memory(parseAddress(reader, scope, bits, register.number), far);
    // `fs:0x28`, as objdump writes an address without registers.
    const v = parseExpression(reader, scope);
    const operand = { kind: "memory", displacement: v.value, segment: register.number, bits, wide: v.movable } as const;
    return memory(operand, far);
  }
  if (reader.take("[")) return memory(parseAddress(reader, scope, bits, undefined), far);
  if (register !== undefined) {
    reader.at++;
    let { number } = register;
    if (register.class === RC_ST && name === "st" && reader.take("(")) {
      number = Number(parseExpression(reader, scope).value);
      reader.expect(")", scope.line);
    }
    return { operand: { kind: "register", class: register.class, number }, far, movable: false };
  }
  const v: Value = parseExpression(reader, scope);
  if (reader.take(":")) {
    const offset = parseExpression(reader, scope);
    return { operand: { kind: "far", selector: Number(v.value), offset: offset.value }, far: true, movable: false };
  }
  if (branch) return { operand: { kind: "target", address: v.value }, far, distance, movable: v.movable };
  return { operand: { kind: "immediate", value: v.value, wide: v.movable }, far, movable: v.movable };
}
