/** Tokens and expressions of the assembler. Values are bigint: this is not a hot path. */
import { IsinglassError } from "@isinglass/interface";

export type Token =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "punctuation"; readonly text: string };

/** An error in line `line` (from 1) of the source. */
export function assembleError(line: number, message: string): IsinglassError {
  return new IsinglassError("ISG_ISA_ASSEMBLE", `line ${line}: ${message}`, { line });
}

const TOKEN =
  /\s*(?:(0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9a-f]*h\b|[0-9][0-9_]*)|([a-z_.$@?][\w.$@?]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(<<|>>|[-+*/%&|^~()[\],:]))/iy;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0", e: "\x1b" };

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex: string | undefined, c: string) =>
      hex === undefined ? (ESCAPES[c] ?? c) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function parseNumber(text: string): bigint {
  const t = text.replaceAll("_", "");
  if (/^[0-9][0-9a-f]*h$/i.test(t)) return BigInt(`0x${t.slice(0, -1)}`);
  return BigInt(t.toLowerCase());
}

/** Splits a line, without its comment, into tokens. */
export function tokenize(text: string, line: number): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const from = TOKEN.lastIndex;
    const m = TOKEN.exec(trimmed);
    if (!m) throw assembleError(line, `cannot read "${trimmed.slice(from).trim()}"`);
    if (m[1] !== undefined) tokens.push({ kind: "number", value: parseNumber(m[1]) });
    else if (m[2] !== undefined) tokens.push({ kind: "name", text: m[2] });
    else if (m[3] !== undefined) tokens.push({ kind: "string", text: unquote(m[3]) });
    else tokens.push({ kind: "punctuation", text: m[4]! });
  }
  return tokens;
}

/** Removes a comment, which starts with `;` or `#` outside quotes. */
export function stripComment(text: string): string {
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === ";" || c === "#") return text.slice(0, i);
  }
  return text;
}

/** Where names get their values. */
export interface Scope {
  /** Value of a label, constant, `$` or `$$`; undefined if nobody defines it. */
  lookup(name: string): bigint | undefined;
  readonly line: number;
}

/** A value, and whether it depends on a label and so may change between passes. */
export interface Value {
  readonly value: bigint;
  readonly movable: boolean;
}

const BINARY: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

function apply(operator: string, a: bigint, b: bigint, scope: Scope): bigint {
  switch (operator) {
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "&":
      return a & b;
    case "<<":
      return a << b;
    case ">>":
      return a >> b;
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    default:
      if (b === 0n) throw assembleError(scope.line, "division by zero");
      return operator === "/" ? a / b : a % b;
  }
}

/** Reads tokens from a position on. */
export class Reader {
  readonly tokens: readonly Token[];
  at: number = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(offset: number = 0): Token | undefined {
    return this.tokens[this.at + offset];
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  isPunctuation(text: string, offset: number = 0): boolean {
    const t = this.peek(offset);
    return t?.kind === "punctuation" && t.text === text;
  }

  /** The name at the position in lower case, or "". */
  word(offset: number = 0): string {
    const t = this.peek(offset);
    return t?.kind === "name" ? t.text.toLowerCase() : "";
  }

  take(text: string): boolean {
    if (!this.isPunctuation(text)) return false;
    this.at++;
    return true;
  }

  expect(text: string, line: number): void {
    if (!this.take(text)) throw assembleError(line, `expected "${text}"`);
  }
}

/** Evaluates an expression: numbers, names, characters, + - * / % & | ^ << >> ~ and parentheses. */
export function parseExpression(reader: Reader, scope: Scope, level: number = 0): Value {
  if (level === BINARY.length) return parseUnary(reader, scope);
  let left = parseExpression(reader, scope, level + 1);
  for (;;) {
    const t = reader.peek();
    if (t?.kind !== "punctuation" || !BINARY[level]!.includes(t.text)) return left;
    reader.at++;
    const right = parseExpression(reader, scope, level + 1);
    left = { value: apply(t.text, left.value, right.value, scope), movable: left.movable || right.movable };
  }
}

function parseUnary(reader: Reader, scope: Scope): Value {
  if (reader.take("-")) {
    const v = parseUnary(reader, scope);
    return { value: -v.value, movable: v.movable };
  }
  if (reader.take("+")) return parseUnary(reader, scope);
  if (reader.take("~")) {
    const v = parseUnary(reader, scope);
    return { value: ~v.value, movable: v.movable };
  }
  if (reader.take("(")) {
    const v = parseExpression(reader, scope);
    reader.expect(")", scope.line);
    return v;
  }
  const t = reader.peek();
  reader.at++;
  if (t?.kind === "number") return { value: t.value, movable: false };
  if (t?.kind === "string") {
    let value = 0n;
    for (let i = t.text.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(t.text.charCodeAt(i) & 0xff);
    return { value, movable: false };
  }
  if (t?.kind === "name") {
    const value = scope.lookup(t.text);
    if (value === undefined) throw assembleError(scope.line, `"${t.text}" is not defined`);
    return { value, movable: true };
  }
  throw assembleError(scope.line, "expected a number or a name");
}
