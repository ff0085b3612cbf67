import {
  I32,
  I64,
  MEM_SIGNED,
  MEM_SIZE_MASK,
  OP,
  OPS,
  type Value,
  type ValueType,
  evaluatePure,
  opcode,
} from "@isinglass/uops";

/*
 * Ops that only a region has, numbered after those of the IR. A slot is a WebAssembly local: a piece of vCPU state, or a
 * mutable local of one instruction.
 */
/** Value of slot `x`. */
export const GET: number = OPS.length;
/** Slot `x` becomes `a`; `y`: {@link UNSEEN} if only this region sees that. */
export const SET: number = OPS.length + 1;
/** The slot is set again before the region can be left: memory need not know. */
export const UNSEEN = 1;
/** Linear address of the entry's page plus `x`. */
export const RELATIVE: number = OPS.length + 2;
/** Leaves the region: `x` is the number of a {@link packExit}. */
export const EXIT: number = OPS.length + 3;
/** Goes to block `x`, or leaves if `x` is below 0; `y`: where in `extra` its offset, fuel, tracked value and "interpret" are. */
export const EDGE: number = OPS.length + 4;
/** Leaves for the linear address `a`, after trying the edges in `extra` from `x`, `y` of them; `c`: the exit. */
export const JUMP: number = OPS.length + 5;
/** Writes slot `x` to the vCPU state, or reads it back. */
export const FLUSH: number = OPS.length + 6;
export const RELOAD: number = OPS.length + 7;
/** Goes to hub `x`, whose slot holds the address that is jumped to. */
export const HUB: number = OPS.length + 8;
/** Writes `a` behind the 16 bytes that the store before it wrote: the second half of a store of 32 bytes, whose size that one has. */
export const STORE_UPPER: number = OPS.length + 9;
/** Has assist `x` called with `a` and `b` for an instruction of length `y`; `c`: the number of its exit. The region is left where the assist wants that. */
export const ASSIST: number = OPS.length + 10;
/** The same for an instruction that has more to do: it is left here only if it has not happened or has gone elsewhere, at its end by {@link ASSISTED}. */
export const ASSIST_FIRST: number = OPS.length + 11;
export const ASSISTED: number = OPS.length + 12;

/** Ops that are marked thus are not emitted. */
export const DROPPED: number = 0xffff;

const ADD64 = opcode("i64.add");
const SUB64 = opcode("i64.sub");
const AND64 = opcode("i64.and");
const OR64 = opcode("i64.or");
const XOR64 = opcode("i64.xor");
const MUL64 = opcode("i64.mul");
const SHL64 = opcode("i64.shl");
const SHR_U64 = opcode("i64.shr_u");
const SHR_S64 = opcode("i64.shr_s");
const EXTEND8 = opcode("i64.extend8_s");
const EXTEND16 = opcode("i64.extend16_s");
const EXTEND32 = opcode("i64.extend32_s");
const EXTEND_U = opcode("i64.extend_i32_u");
const EXTEND_S = opcode("i64.extend_i32_s");
const WRAP = opcode("i32.wrap_i64");
const LT_S64 = opcode("i64.lt_s");
const GT_S64 = opcode("i64.gt_s");
const GT_U64 = opcode("i64.gt_u");
const EQZ64 = opcode("i64.eqz");
const EQZ32 = opcode("i32.eqz");
const EQ32 = opcode("i32.eq");
const NE32 = opcode("i32.ne");
const AND32 = opcode("i32.and");
const XOR32 = opcode("i32.xor");
const OR32 = opcode("i32.or");
const SHL32 = opcode("i32.shl");
const COMPARISON = new Set(
  ["i32", "i64"].flatMap((t) => [
    opcode(`${t}.eqz`),
    ...["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"].map((name) =>
      opcode(`${t}.${name}`),
    ),
  ]),
);

/** Whether the low 32 bits of the result depend on the low 32 bits of the operands alone. */
const LOW_ONLY = new Set([ADD64, SUB64, AND64, OR64, XOR64, MUL64]);

const CONTROL = new Set([OP.if, OP.else, OP.end, OP.block, OP.br, OP.brIf, EDGE, JUMP, HUB, EXIT]);
/** How many ops back an equal one is looked for. */
const LOOK_BACK = 16;

const FIRST = 4096;

/**
 * The micro-ops of a region, as flat arrays that are used again for the next one. Adding an op folds constants and drops
 * extensions that change nothing; `zx` and `sx` say of each i64 value from which width it is zero- and sign-extended.
 */
export class RegionBuffer {
  count = 0;
  op: Uint16Array = new Uint16Array(FIRST);
  a: Int32Array = new Int32Array(FIRST);
  b: Int32Array = new Int32Array(FIRST);
  c: Int32Array = new Int32Array(FIRST);
  x: Int32Array = new Int32Array(FIRST);
  y: Int32Array = new Int32Array(FIRST);
  zx: Uint8Array = new Uint8Array(FIRST);
  sx: Uint8Array = new Uint8Array(FIRST);
  /** Block that each op belongs to. */
  block: Int16Array = new Int16Array(FIRST);
  /** Bytes of vector constants and shuffles, arguments of calls, edges of jumps. */
  readonly extra: number[] = [];
  /** Exits by number, see {@link packExit}. */
  readonly exits: number[] = [];
  currentBlock = 0;

  clear(): void {
    this.count = 0;
    this.exits.length = 0;
    this.extra.length = 0;
  }

  #grow(): void {
    const size = this.op.length * 2;
    const wider = <T extends Uint8Array | Uint16Array | Int16Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.op = wider(this.op, new Uint16Array(size));
    this.a = wider(this.a, new Int32Array(size));
    this.b = wider(this.b, new Int32Array(size));
    this.c = wider(this.c, new Int32Array(size));
    this.x = wider(this.x, new Int32Array(size));
    this.y = wider(this.y, new Int32Array(size));
    this.zx = wider(this.zx, new Uint8Array(size));
    this.sx = wider(this.sx, new Uint8Array(size));
    this.block = wider(this.block, new Int16Array(size));
  }

  /** Adds an op as it is. */
  add(op: number, a: Value = -1, b: Value = -1, c: Value = -1, x = 0, y = 0): Value {
    const i = this.count;
    if (i === this.op.length) this.#grow();
    this.op[i] = op;
    this.a[i] = a;
    this.b[i] = b;
    this.c[i] = c;
    this.x[i] = x;
    this.y[i] = y;
    this.zx[i] = 64;
    this.sx[i] = 64;
    this.block[i] = this.currentBlock;
    this.count += 1;
    return i;
  }

  #typed(op: number, a: Value, b: Value, zx: number, sx: number): Value {
    const v = this.add(op, a, b);
    this.zx[v] = zx;
    this.sx[v] = sx;
    return v;
  }

  i32(value: number): Value {
    return this.add(OP.constI32, -1, -1, -1, value | 0);
  }

  i64(lo: number, hi: number): Value {
    const v = this.add(OP.constI64, -1, -1, -1, lo | 0, hi | 0);
    this.zx[v] = hi === 0 ? 32 - Math.clz32(lo) : 64 - Math.clz32(hi);
    this.sx[v] = hi === lo >> 31 ? 33 - Math.clz32(lo < 0 ? ~lo : lo) : 64;
    return v;
  }

  isI32(v: Value): boolean {
    return this.op[v] === OP.constI32;
  }

  isI64(v: Value): boolean {
    return this.op[v] === OP.constI64;
  }

  /** Whether a value is the i64 constant that keeps the low 32 bits. */
  isMask32(v: Value): boolean {
    return this.isI64(v) && this.x[v] === -1 && this.y[v] === 0;
  }

  isZero(v: Value): boolean {
    return this.x[v] === 0 && (this.op[v] === OP.constI32 || (this.op[v] === OP.constI64 && this.y[v] === 0));
  }

  /** Type of the value that an op makes; slots are told by the caller. */
  typeOf(v: Value, slots: readonly ValueType[]): ValueType {
    const op = this.op[v]!;
    if (op === GET) return slots[this.x[v]!]!;
    if (op === RELATIVE) return I64;
    return OPS[op]!.result;
  }

  /** Whether two values are the same, as far as one look tells. */
  #same(p: Value, q: Value): boolean {
    if (p === q) return true;
    if (this.op[p] !== this.op[q] || this.x[p] !== this.x[q] || this.y[p] !== this.y[q]) return false;
    // The caller never keeps a GET across a SET of its slot unless it is a different op.
    return OPS[this.op[p]!]?.isWasm === true && this.a[p] === this.a[q] && this.b[p] === this.b[q];
  }

  /** Strips what only changes bits above the low 32. */
  #low32(v: Value): Value {
    let at = v;
    for (;;) {
      const op = this.op[at]!;
      if (op === EXTEND32) at = this.a[at]!;
      else if (op === AND64 && this.isI64(this.b[at]!) && this.x[this.b[at]!] === -1) at = this.a[at]!;
      else return at;
    }
  }

  /** The low 32 bits of a value, whatever is above them: extensions inside arithmetic go. */
  #narrow(v: Value): Value {
    const at = this.#low32(v);
    const op = this.op[at]!;
    if (!LOW_ONLY.has(op)) return at;
    const a = this.#low32(this.a[at]!);
    const b = this.#low32(this.b[at]!);
    return a === this.a[at] && b === this.b[at] ? at : (this.#recent(op, a, b) ?? this.add(op, a, b));
  }

  /** The same op on the same values a short way back, if nothing has come in between that it might not have been executed. */
  #recent(op: number, a: Value, b: Value): Value | undefined {
    for (let i = this.count - 1; i >= Math.max(0, this.count - LOOK_BACK); i -= 1) {
      const other = this.op[i]!;
      if (other === op && this.a[i] === a && this.b[i] === b && this.block[i] === this.currentBlock) return i;
      if (CONTROL.has(other)) return undefined;
    }
    return undefined;
  }

  /** Adds a pure op, folded. */
  pure(op: number, a: Value, b: Value = -1, c: Value = -1, x = 0): Value {
    switch (op) {
      case ADD64:
        return this.#addI64(a, b);
      case SUB64:
        if (this.isZero(b)) return a;
        if (this.isI64(b)) {
          const lo = this.x[b]!;
          return this.#addI64(a, this.i64(-lo, lo === 0 ? -this.y[b]! : ~this.y[b]!));
        }
        if (this.#same(a, b)) return this.i64(0, 0);
        break;
      case AND64:
        return this.#andI64(a, b);
      case OR64:
      case XOR64:
        if (this.isZero(a)) return b;
        if (this.isZero(b)) return a;
        if (this.#same(a, b)) return op === OR64 ? a : this.i64(0, 0);
        if (!(this.isI64(a) && this.isI64(b)))
          return this.#typed(op, a, b, Math.max(this.zx[a]!, this.zx[b]!), Math.max(this.sx[a]!, this.sx[b]!));
        break;
      case SHL64:
      case SHR_U64:
      case SHR_S64:
        if (this.isZero(b) || this.isZero(a)) return a;
        if (op === SHR_U64 && this.isI64(b) && !this.isI64(a)) {
          const by = this.x[b]! & 63;
          return this.#typed(op, a, b, Math.max(0, this.zx[a]! - by), 64);
        }
        break;
      case EXTEND32:
        if (this.sx[a]! <= 32) return a;
        if (!this.isI64(a)) {
          const low = this.#narrow(a);
          return this.sx[low]! <= 32 ? low : this.#typed(op, low, -1, 64, 32);
        }
        break;
      case EXTEND16:
      case EXTEND8: {
        const bits = op === EXTEND16 ? 16 : 8;
        if (this.sx[a]! <= bits) return a;
        if (!this.isI64(a)) return this.#typed(op, a, -1, 64, bits);
        break;
      }
      case EXTEND_U:
      case EXTEND_S:
        if (this.isI32(a)) return this.i64(this.x[a]!, op === EXTEND_U ? 0 : this.x[a]! >> 31);
        return this.#typed(op, a, -1, op === EXTEND_U ? 32 : 64, op === EXTEND_U ? 33 : 32);
      case WRAP: {
        if (this.isI64(a)) return this.i32(this.x[a]!);
        const low = this.#narrow(a);
        if (this.op[low] === EXTEND_U || this.op[low] === EXTEND_S) return this.a[low]!;
        return this.add(op, low);
      }
      case LT_S64:
        if (this.isZero(b) && this.zx[a]! < 64) return this.i32(0);
        break;
      case GT_S64:
      case GT_U64:
        if (this.isI64(b) && this.#isMost(a, b, op === GT_S64)) return this.i32(0);
        break;
      case EQ32:
      case NE32:
        if (this.isI32(a) && this.isI32(b)) return this.i32(Number((this.x[a] === this.x[b]) === (op === EQ32)));
        if (this.isZero(b)) return op === EQ32 ? this.pure(EQZ32, a) : this.#isNotZero(a);
        break;
      case EQZ32:
        if (this.isI32(a)) return this.i32(Number(this.x[a] === 0));
        if (this.op[a] === EQZ32 && COMPARISON.has(this.op[this.a[a]!]!)) return this.a[a]!;
        break;
      case XOR32:
        // Comparisons give 0 or 1.
        if (this.isI32(b) && this.x[b] === 1 && COMPARISON.has(this.op[a]!)) return this.pure(EQZ32, a);
        break;
      case EQZ64:
        if (this.isI64(a)) return this.i32(Number(this.isZero(a)));
        break;
      case AND32:
        if (this.isZero(a)) return a;
        if (this.isZero(b)) return b;
        if (this.isI32(b) && !this.isI32(a)) return this.#andI32(a, this.x[b]!);
        break;
      case OR32:
        if (this.isZero(a)) return b;
        if (this.isZero(b)) return a;
        break;
      case OP.selectI32:
      case OP.selectI64:
      case OP.selectV128:
        if (this.isI32(c)) return this.x[c] === 0 ? b : a;
        break;
      default:
        break;
    }
    return this.#folded(op, a, b, c, x) ?? this.add(op, a, b, c, x);
  }

  /** Whether no value of the width of `a` is above the constant `b`. */
  #isMost(a: Value, b: Value, signed: boolean): boolean {
    const lo = this.x[b]!;
    const hi = this.y[b]!;
    if (signed && lo === -1 && hi === 0x7fffffff) return true;
    const bits = this.zx[a]!;
    if (bits > 32 || (signed && hi < 0)) return false;
    return hi !== 0 || lo >>> 0 >= 2 ** bits - 1;
  }

  #addI64(a: Value, b: Value): Value {
    if (this.isI64(a)) return this.isI64(b) ? this.#sum(a, b) : this.#addI64(b, a);
    if (!this.isI64(b)) return this.add(ADD64, a, b);
    if (this.isZero(b)) return a;
    if (this.op[a] === RELATIVE && this.y[b] === this.x[b]! >> 31) {
      const sum = this.x[a]! + this.x[b]!;
      return sum === (sum | 0) ? this.add(RELATIVE, -1, -1, -1, sum) : this.add(ADD64, a, b);
    }
    if (this.op[a] === ADD64 && this.isI64(this.b[a]!)) return this.#addI64(this.a[a]!, this.#sum(this.b[a]!, b));
    return this.add(ADD64, a, b);
  }

  #sum(a: Value, b: Value): Value {
    const low = (this.x[a]! >>> 0) + (this.x[b]! >>> 0);
    return this.i64(low | 0, (this.y[a]! + this.y[b]! + (low > 0xffffffff ? 1 : 0)) | 0);
  }

  #andI64(a: Value, b: Value): Value {
    if (this.isI64(a)) {
      if (this.isI64(b)) return this.i64(this.x[a]! & this.x[b]!, this.y[a]! & this.y[b]!);
      return this.#andI64(b, a);
    }
    if (!this.isI64(b)) {
      if (this.#same(a, b)) return a;
      return this.#typed(AND64, a, b, Math.min(this.zx[a]!, this.zx[b]!), Math.max(this.sx[a]!, this.sx[b]!));
    }
    const lo = this.x[b]!;
    const hi = this.y[b]!;
    if (lo === 0 && hi === 0) return b;
    if (lo === -1 && hi === -1) return a;
    if (hi === 0 && (lo & (lo + 1)) === 0) {
      const bits = 32 - Math.clz32(lo);
      if (this.zx[a]! <= bits) return a;
      const low = this.#narrow(a);
      return this.zx[low]! <= bits ? low : this.#typed(AND64, low, b, bits, bits + 1);
    }
    return this.#typed(AND64, a, b, Math.min(this.zx[a]!, this.zx[b]!), 64);
  }

  /** Whether an i32 value is not 0, as a comparison. */
  #isNotZero(v: Value): Value {
    if (COMPARISON.has(this.op[v]!)) return v;
    const [yes, no] = [this.a[v]!, this.b[v]!];
    // A condition that chose between something and nothing.
    if (
      this.op[v] === OP.selectI32 &&
      this.isI32(yes) &&
      !this.isZero(yes) &&
      this.isZero(no) &&
      COMPARISON.has(this.op[this.c[v]!]!)
    )
      return this.c[v]!;
    return this.add(NE32, v, this.i32(0));
  }

  /** The bits of an i32 value that a mask keeps: flags are made all at once and asked for one by one. */
  #andI32(a: Value, mask: number): Value {
    const op = this.op[a]!;
    const left = this.a[a]!;
    const right = this.b[a]!;
    if (op === OR32)
      return this.pure(OR32, this.pure(AND32, left, this.i32(mask)), this.pure(AND32, right, this.i32(mask)));
    if (op === AND32 && this.isI32(right)) return this.pure(AND32, left, this.i32(mask & this.x[right]!));
    if (op === SHL32 && this.isI32(right) && mask >>> (this.x[right]! & 31) === 0) return this.i32(0);
    if (op === OP.selectI32 && this.isI32(left) && this.isZero(right)) {
      const kept = this.x[left]! & mask;
      return kept === this.x[left] ? a : kept === 0 ? right : this.pure(op, this.i32(kept), right, this.c[a]);
    }
    // Comparisons give 0 or 1.
    if (COMPARISON.has(op)) return (mask & 1) !== 0 ? a : this.i32(0);
    return this.add(AND32, a, this.i32(mask));
  }

  /** The op's value if all its operands are integer constants. */
  #folded(op: number, a: Value, b: Value, c: Value, x: number): Value | undefined {
    const spec = OPS[op]!;
    if (!spec.isWasm || spec.operands.length === 0 || spec.operands.length > 2 || c >= 0) return undefined;
    if (spec.result !== I32 && spec.result !== I64) return undefined;
    const operands: (number | bigint)[] = [];
    for (const v of spec.operands.length === 2 ? [a, b] : [a]) {
      if (this.isI32(v)) operands.push(this.x[v]!);
      else if (this.isI64(v)) operands.push((BigInt(this.y[v]!) << 32n) | BigInt(this.x[v]! >>> 0));
      else return undefined;
    }
    if (spec.name.includes("div") || spec.name.includes("rem")) return undefined;
    const value = evaluatePure(op, operands, x);
    if (typeof value === "number") return this.i32(value);
    if (typeof value === "bigint")
      return this.i64(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
    return undefined;
  }

  /** Adds a load of guest memory and notes what its extension means. */
  guestLoad(op: number, address: Value, descriptor: number, exit: number): Value {
    const v = this.add(op, address, -1, -1, descriptor, exit);
    const bits = 8 << (descriptor & MEM_SIZE_MASK);
    if (op === OP.guestLoad && bits < 64) {
      if ((descriptor & MEM_SIGNED) !== 0) this.sx[v] = bits;
      else [this.zx[v], this.sx[v]] = [bits, bits + 1];
    }
    return v;
  }
}
