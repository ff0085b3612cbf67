/**
 * The encoder: finds the shortest form of the description that fits the operands. What it makes is decoded again before it
 * is returned, so it cannot mean something else to `decode`.
 */
import { decode } from "./decode.js";
import { assembleForm, lowestBit } from "./encode-form.js";
import { fit, type Parts, sizesOf } from "./encode-operands.js";
import { FORM_FLAGS, FORM_MNEMONIC, FORM_OPERANDS, MNEMONICS } from "./generated/decode-tables.js";
import { FORM_ENCODING } from "./generated/encode-tables.js";
import { Instruction, MAX_OPERANDS, OP_MEM } from "./instruction.js";
import { canonicalName } from "./names.js";
import { encodeError, type EncodeRequest } from "./operand.js";
import * as T from "./tables.js";

/** Sizes that no keyword names: which one is meant follows from the operand size alone (x87 environments, FXSAVE). */
const hasKeyword = (bits: number): boolean => bits <= 80 || bits === 128 || bits === 256 || bits === 512;

const check = new Instruction();

/** Tries one form at one operand size and vector length. */
function tryForm(form: number, request: EncodeRequest, raw: number, l: number): Uint8Array | undefined {
  const [first, second] = [FORM_ENCODING[form * 2]!, FORM_ENCODING[form * 2 + 1]!];
  const { mode } = request;
  const is64 = mode === 64;
  const flags = FORM_FLAGS[form]!;
  let osz = raw;
  if (is64 && flags & T.FORM_F64) osz = 2;
  else if (is64 && flags & T.FORM_D64 && raw === 1) osz = 2;
  if (request.operandSize !== undefined && second & T.ENCODE_SIZED && request.operandSize !== 16 << osz)
    return undefined;
  const wMask = is64 || (first & T.ENCODE_W_ONLY_64) === 0 ? (first >> T.ENCODE_W_SHIFT) & 3 : 3;
  const legacy = ((first >> T.ENCODE_SPACE_SHIFT) & 3) === 0;
  const w = wMask === 2 ? 1 : wMask === 1 ? 0 : raw === 2 ? 1 : 0;
  if (legacy && w === 1 && raw !== 2) return undefined;
  if (raw === 2 && w === 0) return undefined;
  // JECXZ exists for one address size only.
  const aszMask = (second >> T.ENCODE_ASZ_SHIFT) & 7;
  const addressSize = request.addressSize ?? (aszMask === 7 ? mode : 16 << lowestBit(aszMask));
  const parts: Parts = {
    reg: -1,
    rm: -1,
    vvvv: -1,
    opcodeRegister: -1,
    memory: undefined,
    operand: undefined,
    rexNeeded: false,
    rexForbidden: false,
    immediates: [],
    target: undefined,
    addressSize,
  };
  const modMask = (first >> T.ENCODE_MOD_SHIFT) & 3;
  // The address size of a register operand that holds an address (MOVDIR64B) is that of the memory operand.
  const memory = request.operands.find((o) => o.kind === "memory");
  const asz = memory?.kind === "memory" ? (memory.addressSize ?? mode) : addressSize;
  const sizes = sizesOf(osz, asz === 16 ? 0 : asz === 32 ? 1 : 2, is64, l, w);
  for (const [i, o] of request.operands.entries()) {
    const spec = FORM_OPERANDS[form * MAX_OPERANDS + i]!;
    if (spec === 0 || !fit(o, spec, sizes, request, modMask, parts)) return undefined;
  }
  if (
    ((second >> T.ENCODE_ASZ_SHIFT) & (1 << (parts.addressSize === 16 ? 0 : parts.addressSize === 32 ? 1 : 2))) ===
    0
  ) {
    return undefined;
  }
  const bytes = assembleForm(form, request, parts, raw, w, l);
  if (bytes === undefined) return undefined;
  const code = Uint8Array.from(bytes);
  return decode(code, 0, code.length, mode, check) === code.length && check.form === form ? code : undefined;
}

function makeIndex(): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (let form = 0; form < FORM_MNEMONIC.length; form++) {
    const name = MNEMONICS[FORM_MNEMONIC[form]!]!;
    const list = index.get(name);
    if (list) list.push(form);
    else index.set(name, [form]);
  }
  return index;
}

/** Forms by mnemonic. */
const FORMS_OF: ReadonlyMap<string, readonly number[]> = /* @__PURE__ */ makeIndex();

/** True if a form of this mnemonic exists (aliases included). */
export function isMnemonic(name: string): boolean {
  return FORMS_OF.has(canonicalName(name));
}

/**
 * Operand sizes to try, as 0, 1, 2: the default of the mode first. If no operand has a size (PUSH imm, JMP rel, IRET), only
 * the default, unless the caller asks for another or the form exists for certain sizes only (MOVSW).
 */
function operandSizes(first: number, second: number, request: EncodeRequest, strict: boolean): number[] {
  const mask = (second >> T.ENCODE_OSZ_SHIFT) & 7;
  const allowed = (n: number): boolean => (mask & (1 << n)) !== 0 && (n !== 2 || request.mode === 64);
  const pp = (first >> T.ENCODE_PP_SHIFT) & 15;
  const space = (first >> T.ENCODE_SPACE_SHIFT) & 3;
  const usual = request.mode === 16 ? 0 : 1;
  // 66 as a mandatory prefix makes the operand size the other one; VEX has none.
  if (space !== 0) return [1, 2].filter(allowed);
  if (pp === 2) return [1 - usual, 2].filter(allowed);
  const told = !strict || request.operandSize !== undefined || mask !== 7;
  const sized = told || request.operands.some((o) => o.kind === "register" || o.kind === "memory");
  const wide = ((first >> T.ENCODE_W_SHIFT) & 1) === 0;
  if (!sized && !wide) return [usual].filter(allowed);
  return (second & T.ENCODE_SIZED ? [usual, 1 - usual, 2] : [usual, 2]).filter(allowed);
}

/** The shortest encoding among `forms`. */
function shortest(forms: readonly number[], request: EncodeRequest, strict: boolean): Uint8Array | undefined {
  let best: Uint8Array | undefined;
  let sizeOfBest = -1;
  const unsized = request.operands.findIndex((o) => o.kind === "memory" && o.bits === undefined);
  for (const form of forms) {
    const [first, second] = [FORM_ENCODING[form * 2]!, FORM_ENCODING[form * 2 + 1]!];
    if (((first >> T.ENCODE_M64_SHIFT) & (request.mode === 64 ? 2 : 1)) === 0) continue;
    const count = request.operands.length;
    if (count < MAX_OPERANDS && FORM_OPERANDS[form * MAX_OPERANDS + count] !== 0) continue;
    const lengths = (first >> T.ENCODE_L_SHIFT) & 7;
    // PUSH and near branches take the size of the mode; elsewhere memory without a size must not be ambiguous.
    const free = (FORM_FLAGS[form]! & (T.FORM_D64 | T.FORM_F64)) !== 0;
    for (const raw of operandSizes(first, second, request, strict)) {
      let code: Uint8Array | undefined;
      for (let l = 0; l < 2 && code === undefined; l++) if (lengths & (1 << l)) code = tryForm(form, request, raw, l);
      if (code === undefined) continue;
      if (request.absolute === true && check.immSize !== 8 && check.dispSize !== 8) continue;
      const bits = unsized >= 0 && check.opKind[unsized] === OP_MEM ? check.opBits[unsized]! : -1;
      if (bits > 0 && hasKeyword(bits)) {
        if (best !== undefined && bits !== sizeOfBest)
          throw encodeError("the size of the memory operand is not given", request);
        sizeOfBest = bits;
      }
      if (best === undefined || code.length < best.length) best = code;
      if (unsized < 0 || free || !hasKeyword(bits)) break;
    }
  }
  return best;
}

/**
 * Encodes one instruction, as short as possible.
 *
 * @throws IsinglassError `ISG_ISA_ENCODE` if no form takes these operands, or if the size of a memory operand is not given
 * and does not follow from the others
 * @example
 * encode({ mode: 64, mnemonic: "inc", operands: [{ kind: "register", class: RC_GPR32, number: 0 }] }); // ff c0
 */
export function encode(request: EncodeRequest): Uint8Array {
  const forms = FORMS_OF.get(canonicalName(request.mnemonic));
  if (!forms) throw encodeError("no such mnemonic", request);
  // First with the operand size of the mode where no operand tells it, then with any.
  const best = shortest(forms, request, true) ?? shortest(forms, request, false);
  if (best === undefined) throw encodeError("no form takes these operands", request);
  return best;
}
