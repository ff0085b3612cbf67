/** A small assembler: Intel syntax, labels, data, alignment and changes of mode, built on the encoder. */
import { IsinglassError } from "@isinglass/interface";
import {
  assembleError,
  parseExpression,
  Reader,
  type Scope,
  stripComment,
  type Token,
  tokenize,
} from "./assemble-expression.js";
import { isRegister, parseOperand, type ParsedOperand } from "./assemble-operand.js";
import { encode, isMnemonic } from "./encode.js";
import { PREFIX_LOCK, PREFIX_REP, PREFIX_REPNE, PREFIX_SEGMENT } from "./instruction.js";
import { canonicalName } from "./names.js";
import type { Operand } from "./operand.js";
import { RC_GPR32 } from "./registers.js";

export interface AssembleOptions {
  /** Code size at the start; `bits 16`, `bits 32` and `bits 64` change it. Default 64. */
  readonly mode?: 16 | 32 | 64;
  /** Address of the first byte. Default 0. */
  readonly origin?: bigint;
}

export interface Assembled {
  readonly bytes: Uint8Array;
  /** Labels and `equ` constants. */
  readonly symbols: ReadonlyMap<string, bigint>;
}

interface Line {
  readonly number: number;
  readonly labels: readonly string[];
  readonly tokens: readonly Token[];
}

type Mode = 16 | 32 | 64;

/** More passes than any program needs: branches only grow, so the sizes settle. */
const MAX_PASSES = 100;

const DATA: ReadonlyMap<string, number> = new Map([
  ["db", 1],
  ["dw", 2],
  ["dd", 4],
  ["dq", 8],
]);
const RESERVE: ReadonlyMap<string, number> = new Map([
  ["resb", 1],
  ["resw", 2],
  ["resd", 4],
  ["resq", 8],
]);
const PREFIX_WORDS: ReadonlyMap<string, number> = new Map([
  ["lock", PREFIX_LOCK],
  ["rep", PREFIX_REP],
  ["repe", PREFIX_REP],
  ["repz", PREFIX_REP],
  ["repne", PREFIX_REPNE],
  ["repnz", PREFIX_REPNE],
  // Lock elision and MPX give F2 and F3 another meaning.
  ["xacquire", PREFIX_REPNE],
  ["xrelease", PREFIX_REP],
  ["bnd", PREFIX_REPNE],
  ["notrack", PREFIX_SEGMENT],
]);

/** Mnemonics with a size letter: `pushfq`, `iretd`, `retfq`. */
const SIZED = /^(pushf|popf|pusha|popa|iret|retf|ret|enter|leave|push|sysret|sysexit)([wdq])$/;
const LETTER_BITS: Readonly<Record<string, number>> = { w: 16, d: 32, q: 64 };
const STRING_BASE = /^(movs|cmps|stos|lods|scas|ins|outs)$/;

function splitLines(text: string): Line[] {
  return text.split("\n").map((raw, i) => {
    let tokens = tokenize(stripComment(raw), i + 1);
    const labels: string[] = [];
    for (;;) {
      const [first, second] = tokens;
      const isLabel = first?.kind === "name" && second?.kind === "punctuation" && second.text === ":";
      if (!isLabel || isRegister(first.text)) return { number: i + 1, labels, tokens };
      labels.push(first.text);
      tokens = tokens.slice(2);
    }
  });
}

class Assembler {
  readonly #lines: readonly Line[];
  readonly #options: AssembleOptions;
  readonly #symbols: Map<string, bigint> = new Map();
  /** Lines whose branch needs more than one byte of displacement; only ever grows, so that passes come to an end. */
  readonly #long: Set<number> = new Set();
  #out: number[] = [];
  #mode: Mode = 64;
  #origin: bigint = 0n;
  #changed: boolean = false;
  #first: boolean = true;
  #parent: string = "";
  /** The first value of a pass that does not fit; an error if it is still there once labels have settled. */
  #misfit: IsinglassError | undefined;
  /** By constant: its line, and the names that its value is made of. */
  readonly #uses: Map<string, { readonly line: number; readonly names: Set<string> }> = new Map();
  #constant: Set<string> | undefined;

  constructor(text: string, options: AssembleOptions) {
    this.#lines = splitLines(text);
    this.#options = options;
  }

  run(): Assembled {
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      this.#first = pass === 0;
      this.#pass();
      if (this.#first) this.#refuseCircles();
      // Nothing moved since the pass before: all addresses used were right.
      if (this.#changed) continue;
      if (this.#misfit !== undefined) throw this.#misfit;
      return { bytes: Uint8Array.from(this.#out), symbols: this.#symbols };
    }
    throw new IsinglassError(
      "ISG_ISA_ASSEMBLE",
      "the sizes of instructions do not settle: labels depend on each other",
    );
  }

  /** A constant that is made of itself has no value. */
  #refuseCircles(): void {
    const known = new Set<string>();
    const follow = (name: string, path: readonly string[]): void => {
      const use = this.#uses.get(name);
      if (use === undefined || known.has(name)) return;
      if (path.includes(name)) {
        const circle = [...path.slice(path.indexOf(name)), name];
        throw assembleError(use.line, `"${name}" is defined by itself: ${circle.join(", ")}`);
      }
      for (const next of use.names) follow(next, [...path, name]);
      known.add(name);
    };
    for (const name of this.#uses.keys()) follow(name, []);
  }

  #pass(): void {
    this.#out = [];
    this.#misfit = undefined;
    this.#changed = false;
    this.#mode = this.#options.mode ?? 64;
    this.#origin = this.#options.origin ?? 0n;
    this.#parent = "";
    const seen = new Set<string>();
    for (const line of this.#lines) {
      for (const label of line.labels) this.#define(this.#qualify(label, true), this.#here(), line.number, seen);
      if (line.tokens.length > 0) this.#statement(line, seen);
    }
  }

  #here(): bigint {
    return this.#origin + BigInt(this.#out.length);
  }

  /** `.name` belongs to the label before it. */
  #qualify(name: string, defining: boolean): string {
    if (name.startsWith(".")) return this.#parent + name;
    if (defining) this.#parent = name;
    return name;
  }

  #define(name: string, value: bigint, line: number, seen: Set<string>): void {
    if (seen.has(name)) throw assembleError(line, `"${name}" is defined twice`);
    seen.add(name);
    if (this.#symbols.get(name) === value) return;
    this.#symbols.set(name, value);
    this.#changed = true;
  }

  #scope(line: number): Scope {
    const here = this.#here();
    return {
      line,
      lookup: (name) => {
        if (name === "$") return here;
        if (name === "$$") return this.#options.origin ?? 0n;
        const full = this.#qualify(name, false);
        this.#constant?.add(full);
        const known = this.#symbols.get(full);
        // In the first pass a label further down has no value yet.
        if (known === undefined && this.#first) {
          this.#changed = true;
          return here;
        }
        return known;
      },
    };
  }

  /** Signed or unsigned, as an immediate of that size may be. */
  #fits(value: bigint, bytes: number, line: number): void {
    const [least, most] = [-(1n << BigInt(8 * bytes - 1)), (1n << BigInt(8 * bytes)) - 1n];
    if (value >= least && value <= most) return;
    const size = bytes === 1 ? "a byte" : `${bytes} bytes`;
    this.#misfit ??= assembleError(line, `${value} does not fit into ${size}; ${least} to ${most} does`);
  }

  #emit(value: bigint, bytes: number): void {
    for (let i = 0; i < bytes; i++) this.#out.push(Number((value >> BigInt(8 * i)) & 0xffn));
  }

  #statement(line: Line, seen: Set<string>): void {
    const reader = new Reader(line.tokens);
    const scope = this.#scope(line.number);
    const word = reader.word();
    const name = line.tokens[0];
    if (reader.word(1) === "equ" && name?.kind === "name") {
      reader.at = 2;
      const full = this.#qualify(name.text, false);
      const names = new Set<string>();
      this.#constant = names;
      const { value } = parseExpression(reader, scope);
      this.#constant = undefined;
      this.#uses.set(full, { line: line.number, names });
      this.#define(full, value, line.number, seen);
    } else if (DATA.has(word)) {
      reader.at++;
      this.#data(reader, scope, DATA.get(word)!);
    } else if (RESERVE.has(word)) {
      reader.at++;
      this.#fill(parseExpression(reader, scope).value * BigInt(RESERVE.get(word)!), 0, line.number);
    } else if (word === "align") {
      reader.at++;
      const unit = parseExpression(reader, scope).value;
      if (unit <= 0n) throw assembleError(line.number, "align needs a positive number");
      const fill = reader.take(",") ? parseExpression(reader, scope).value : 0n;
      this.#fits(fill, 1, line.number);
      this.#fill((unit - (this.#here() % unit)) % unit, Number(fill & 0xffn), line.number);
    } else if (word === "bits" || word === "org") {
      reader.at++;
      this.#directive(word, parseExpression(reader, scope).value, line.number);
    } else this.#instruction(reader, scope, line.number);
    if (!reader.done) throw assembleError(line.number, "unexpected text at the end");
  }

  #directive(word: string, value: bigint, line: number): void {
    if (word === "bits") {
      if (value !== 16n && value !== 32n && value !== 64n) throw assembleError(line, "bits takes 16, 32 or 64");
      this.#mode = Number(value) as Mode;
      return;
    }
    if (this.#out.length > 0) throw assembleError(line, "org stands before the first byte; use align or resb after it");
    this.#origin = value;
  }

  #data(reader: Reader, scope: Scope, size: number): void {
    do {
      const t = reader.peek();
      const alone = reader.peek(1) === undefined || reader.isPunctuation(",", 1);
      if (t?.kind === "string" && alone && (size === 1 || t.text.length > size)) {
        reader.at++;
        for (let i = 0; i < t.text.length; i++) this.#emit(BigInt(t.text.charCodeAt(i) & 0xff), 1);
        // A string of words or more is filled up with zeros.
        this.#fill(BigInt((size - (t.text.length % size)) % size), 0, scope.line);
      } else {
        const { value } = parseExpression(reader, scope);
        this.#fits(value, size, scope.line);
        this.#emit(value, size);
      }
    } while (reader.take(","));
  }

  #fill(count: bigint, byte: number, line: number): void {
    if (count < 0n || count > 0x1000_0000n) throw assembleError(line, `cannot reserve ${count} bytes`);
    for (let i = 0n; i < count; i++) this.#out.push(byte);
  }

  #instruction(reader: Reader, scope: Scope, line: number): void {
    let prefixes = 0;
    for (let p = PREFIX_WORDS.get(reader.word()); p !== undefined; p = PREFIX_WORDS.get(reader.word())) {
      prefixes |= p;
      reader.at++;
      if (reader.done) throw assembleError(line, "a prefix needs an instruction");
    }
    let mnemonic = reader.word();
    reader.at++;
    let operandSize: number | undefined;
    const sized = SIZED.exec(mnemonic);
    if (sized && !isMnemonic(mnemonic)) {
      mnemonic = sized[1]!;
      operandSize = LETTER_BITS[sized[2]!];
    }
    const absolute = mnemonic === "movabs";
    if (absolute) mnemonic = "mov";
    if (!isMnemonic(mnemonic) && !STRING_BASE.test(mnemonic)) {
      throw assembleError(line, mnemonic === "" ? "expected an instruction" : `there is no instruction "${mnemonic}"`);
    }
    const branch = /^(j\w+|call|loop\w*|xbegin)$/.test(mnemonic) || canonicalName(mnemonic).startsWith("j");
    const parsed: ParsedOperand[] = [];
    if (!reader.done)
      do parsed.push(parseOperand(reader, scope, branch));
      while (reader.take(","));
    const string = stringInstruction(mnemonic, parsed);
    if (string) ({ mnemonic } = string);
    if (
      parsed.some((p) => p.far) ||
      parsed.some((p) => p.operand.kind === "memory" && (p.operand.bits === 48 || p.operand.bits === 80))
    ) {
      if (mnemonic === "call" || mnemonic === "jmp") mnemonic += "f";
    }
    const operands = string ? [] : parsed.map((p) => p.operand);
    const request = {
      mode: this.#mode,
      mnemonic,
      address: this.#here(),
      prefixes,
      operandSize,
      absolute,
      segment: string?.segment,
      addressSize: string?.addressSize,
    };
    for (const b of this.#encodeBranch(request, operands, parsed[0]?.distance, line)) this.#out.push(b);
  }

  /** Encodes; a branch that was long once stays long. */
  #encodeBranch(
    request: Omit<Parameters<typeof encode>[0], "operands">,
    operands: readonly Operand[],
    distance: "short" | "near" | undefined,
    line: number,
  ): Uint8Array {
    const target = operands[0];
    try {
      if (target?.kind !== "target") return encode({ ...request, operands });
      const minimum = distance === "near" || this.#long.has(line) ? 2 : 1;
      const shortOnly = distance === "short" || /^(loop\w*|j\w*cxz)$/.test(canonicalName(request.mnemonic));
      const code = encode({ ...request, operands: [{ ...target, minimum: shortOnly ? 1 : minimum }] });
      if (code.length > 2 && !shortOnly) this.#long.add(line);
      if (distance === "short" && code.length > 3)
        throw assembleError(line, "the target of the short jump is too far away");
      return code;
    } catch (error) {
      if (error instanceof IsinglassError && error.code === "ISG_ISA_ENCODE") throw assembleError(line, error.message);
      throw error;
    }
  }
}

/** `movs qword ptr es:[rdi],qword ptr fs:[rsi]` as MOVSQ with its segment and address size. */
function stringInstruction(
  mnemonic: string,
  parsed: readonly ParsedOperand[],
): { mnemonic: string; segment: number | undefined; addressSize: number | undefined } | undefined {
  const xlat = mnemonic === "xlat" && parsed.length === 1;
  if ((!STRING_BASE.test(mnemonic) && !xlat) || parsed.length === 0) return undefined;
  const memories = parsed.flatMap((p) => (p.operand.kind === "memory" ? [p.operand] : []));
  const bits = memories.find((m) => m.bits !== undefined)?.bits;
  const register = parsed.find((p) => p.operand.kind === "register" && p.operand.class <= RC_GPR32 + 1);
  const size =
    bits ?? (register?.operand.kind === "register" ? [0, 8, 8, 16, 32, 64][register.operand.class] : undefined);
  const letter = size === 8 ? "b" : size === 16 ? "w" : size === 32 ? "d" : "q";
  // The source is at rSI (XLAT: rBX); ES:rDI cannot be overridden.
  const source = memories.find((m) => m.base === (xlat ? 3 : 6));
  return {
    mnemonic: xlat ? "xlatb" : mnemonic + letter,
    segment: source?.segment,
    addressSize: memories[0]?.addressSize,
  };
}

/**
 * Assembles Intel-syntax text.
 *
 * Labels end with a colon; `.name` is local to the label before it; `name equ value` defines a constant. Directives: `db dw dd dq`
 * (strings too), `resb resw resd resq`, `align n[, fill]`, `bits 16|32|64`, `org address`. `$` is the address of the
 * statement, `$$` the origin. `[label]` is an absolute address, `[rel label]` and `[rip+label]` are relative to RIP.
 * Comments start with `;` or `#`.
 *
 * @throws IsinglassError `ISG_ISA_ASSEMBLE` with the line
 * @example
 * assemble("start: mov eax, 60\n xor edi, edi\n syscall", { mode: 64, origin: 0x401000n }).bytes;
 */
export function assemble(text: string, options: AssembleOptions = {}): Assembled {
  return new Assembler(text, options).run();
}
