import {
  DECODE_INVALID,
  DECODE_TOO_LONG,
  DECODE_TRUNCATED,
  ENC_LEGACY,
  ENC_VEX,
  FORMS,
  Instruction,
  MEM_NONE,
  MEM_RIP,
  OP_FAR,
  OP_IMM,
  OP_MEM,
  OP_REG,
  OP_REL,
  PREFIX_LOCK,
  PREFIX_REP,
  PREFIX_REPNE,
  RC_GPR8H,
  RC_MMX,
  RC_SEG,
  RC_XMM,
  RC_YMM,
  SEG_FS,
  SEG_SS,
  decode,
  mnemonicName,
  registerName,
} from "@isinglass/isa-x86";
import {
  DECODE_NEEDS_MORE,
  DecodedForm,
  type AssumedState,
  type CachedState,
  type ExecutorState,
  type FormInfo,
  type GuestIsa,
  I32,
  I64,
  type IrFunction,
  OP,
  V128,
  optimise,
} from "@isinglass/uops";
import { isLeavingAssist, isLocalAssist } from "./assist-ids.js";
import type { FormShape } from "./form-shape.js";
import { type Encoding, HOT_ENCODINGS, WARM_ENCODINGS } from "./generated/hot-forms.js";
import { buildHelpers } from "./helpers.js";
import { type CpuModel, instructionFeatures } from "./model.js";
import { MODE_CODE_LIMITED, MODE_FLAT, MODE_STACK_32, MODE_STACK_64, codeBits } from "./mode.js";
import {
  BIND_BASE_IS_STACK,
  BIND_DISP,
  BIND_DISP64,
  BIND_IMM,
  BIND_IMM2,
  BIND_MEM_BASE,
  BIND_MEM_INDEX,
  BIND_MEM_SCALE,
  BIND_MEM_SEGMENT,
  BIND_MEM_VECTOR,
  BIND_NUMBER,
  BIND_OPERAND,
  BIND_SEGMENT_NUMBER,
  BIND_X87_OPCODE,
  type Binding,
} from "./semantics/bindings.js";
import {
  MEM_FORM_ABSOLUTE,
  MEM_FORM_GENERAL,
  MEM_FORM_INDEXED,
  MEM_FORM_NONE,
  MEM_FORM_RIP,
  MEM_FORM_RIP_GENERAL,
  MEM_FORM_SIMPLE,
  Semantics,
  VECTOR_GP,
  VECTOR_UD,
} from "./semantics/context.js";
import { semanticsOf } from "./semantics/index.js";
import {
  CS,
  DS,
  ES,
  S,
  SEG_BASE,
  SEG_FIRST,
  SEG_LAST_READ,
  SEG_LAST_WRITE,
  SS,
  UPPER_HALF,
  gprOffset,
  segmentOffset,
  vectorOffset,
} from "./state.js";

interface X86Form extends FormInfo {
  readonly bindings: readonly Binding[];
}

/** What a CPU without the feature does with these encodings: it ignores the REP prefix (SDM vol. 2, TZCNT and LZCNT). */
const WITHOUT_REP: Readonly<Record<string, string>> = { tzcnt: "bsf", lzcnt: "bsr" };

/** Encodings that a CPU without the feature takes for something older, of the same semantics here (SDM vol. 2, each instruction). */
const OLDER_MEANING = new Set([
  "wbnoinvd",
  "pause",
  "prefetchw",
  "prefetchwt1",
  "vmcall",
  "vmmcall",
  // The hint space of NOPs, 0F 18 to 0F 1F.
  "endbr32",
  "endbr64",
  "cldemote",
  "rdsspd",
  "rdsspq",
  "bndmk",
  "bndcl",
  "bndcu",
  "bndcn",
  "bndmov",
  "bndldx",
  "bndstx",
]);

const isas = new Map<CpuModel, X86Isa>();

/** The ISA of a model; machines of one process share it, and with it the compiled handlers. */
export function isaOf(model: CpuModel): X86Isa {
  let isa = isas.get(model);
  if (isa === undefined) {
    isa = new X86Isa(model);
    isas.set(model, isa);
  }
  return isa;
}

const sizeCode = (bits: number): number => (bits === 64 ? 2 : bits === 32 ? 1 : 0);

/** What of a mnemonic's name is ambiguous: string instructions that share theirs with SSE. */
function semanticsKey(insn: Instruction): string {
  const name = mnemonicName(insn.mnemonic);
  return insn.operandCount === 0 && (name === "movsd" || name === "cmpsd") ? `string-${name}` : name;
}

/** x86 as a {@link GuestIsa}: decodes with isa-x86, gives each shape of an instruction its micro-ops, built on first use. */
export class X86Isa implements GuestIsa {
  readonly functions: readonly IrFunction[] = buildHelpers();
  readonly maxLength: number = 15;
  readonly state: ExecutorState;
  readonly #insn = new Instruction();
  readonly #forms: X86Form[] = [];
  readonly #byVariant: (Variant[] | undefined)[] = Array.from({ length: FORMS.length });
  /** Made when first asked for: who only decodes needs none of them. */
  #hot: readonly number[] | undefined;
  #warm: readonly number[] | undefined;
  readonly #invalid: number;
  readonly #tooLong: number;

  readonly #features: ReadonlySet<string> | undefined;

  /** @param model instructions whose CPUID feature it lacks raise #UD; without one all are there */
  constructor(model?: CpuModel) {
    this.#features = model === undefined ? undefined : instructionFeatures(model);
    this.state = executorState(this.#features?.has("AVX") !== false);
    this.#invalid = this.#fault("(invalid)", VECTOR_UD, -1);
    this.#tooLong = this.#fault("(over 15 bytes)", VECTOR_GP, 0);
  }

  /** The forms of a list of encodings, without repeats. */
  #formsOf(encodings: readonly Encoding[]): number[] {
    const hot = new Set<number>();
    const out = new DecodedForm();
    for (const [mode, hex] of encodings) {
      const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
      if (this.decode(bytes, 0, bytes.length, mode, out) === bytes.length) hot.add(out.form);
    }
    return [...hot];
  }

  #fault(name: string, vector: number, error: number): number {
    const shape: FormShape = { ...shapeOf(this.#insn, 64, false, name), opKind: [], memForm: 0 };
    const s = new Semantics(shape);
    s.fault(vector, error);
    this.#forms.push({ name, ir: s.finish(), endsBlock: true, bindings: [] });
    return this.#forms.length - 1;
  }

  decode(bytes: Uint8Array, offset: number, end: number, mode: number, out: DecodedForm): number {
    const insn = this.#insn;
    const length = decode(bytes, offset, end, codeBits(mode), insn);
    if (length <= 0) {
      if (length === DECODE_TRUNCATED) return DECODE_NEEDS_MORE;
      out.form = length === DECODE_TOO_LONG ? this.#tooLong : this.#invalid;
      out.length = 1;
      return length === DECODE_INVALID || length === DECODE_TOO_LONG ? 1 : length;
    }
    const stackSize = (mode & MODE_STACK_64) !== 0 ? 64 : (mode & MODE_STACK_32) !== 0 ? 32 : 16;
    out.length = length;
    out.form = this.#formOf(insn, stackSize, (mode & MODE_CODE_LIMITED) !== 0);
    this.#bind(insn, out);
    return length;
  }

  #formOf(insn: Instruction, stackSize: number, codeLimited: boolean): number {
    const memForm = memoryForm(insn);
    const variant =
      sizeCode(insn.mode) |
      (sizeCode(insn.operandSize) << 2) |
      (sizeCode(insn.addressSize) << 4) |
      (sizeCode(stackSize) << 6) |
      (memForm << 8) |
      ((insn.prefixes & PREFIX_REP) !== 0 ? 1 << 11 : 0) |
      ((insn.prefixes & PREFIX_REPNE) !== 0 ? 1 << 12 : 0) |
      (insn.segment >= SEG_FS ? 1 << 13 : 0) |
      (isWideImmediate(insn) || isOnStack(insn, memForm) ? 1 << 14 : 0) |
      (codeLimited ? 1 << 15 : 0);
    const bits = operandBits(insn);
    const variants = (this.#byVariant[insn.form] ??= []);
    // There are few of each form, so a walk beats a table.
    for (let i = 0; i < variants.length; i += 1) {
      const known = variants[i]!;
      if ((variant & known.matters) === known.key && known.bits === bits) return known.id;
    }
    const [id, matters] = this.#build(insn, stackSize, codeLimited);
    variants.push({ matters, key: variant & matters, bits, id });
    return id;
  }

  /** Builds a form; gives its id and which bits of a variant its semantics looked at. */
  #build(insn: Instruction, stackSize: number, codeLimited: boolean): [id: number, matters: number] {
    const { shape, matters } = observed(shapeOf(insn, stackSize, codeLimited, describe(insn)));
    const s = new Semantics(shape);
    const has = this.#has(insn);
    const key = semanticsKey(insn);
    const older = has ? undefined : WITHOUT_REP[key];
    const hasSemantics = insn.encoding === ENC_LEGACY || insn.encoding === ENC_VEX;
    const build = hasSemantics ? semanticsOf(older ?? key, shape) : undefined;
    if (!has && older === undefined) s.fault(VECTOR_UD);
    else if (build === undefined) s.assist("not-implemented");
    else build(s);
    const ir = optimise(s.finish());
    const last = ir.op[ir.count - 1];
    const endsBlock = last === OP.jump || last === OP.branch || last === OP.fault;
    this.#forms.push({ name: shape.name, ir, endsBlock, bindings: s.bindings });
    return [this.#forms.length - 1, matters()];
  }

  /** Whether the model has an instruction, or executes its encoding as an older one (ENDBR64 as NOP). */
  #has(insn: Instruction): boolean {
    const features = this.#features;
    if (features === undefined || OLDER_MEANING.has(mnemonicName(insn.mnemonic))) return true;
    return FORMS[insn.form]!.features.every((name) => features.has(name));
  }

  #bind(insn: Instruction, out: DecodedForm): void {
    const { bindings } = this.#forms[out.form]!;
    const { lo, hi } = out;
    for (let i = 0; i < bindings.length; i += 1) {
      const binding = bindings[i]!;
      hi[i] = 0;
      switch (binding.kind) {
        case BIND_OPERAND:
          lo[i] = registerOffset(insn.opClass[binding.operand]!, insn.opReg[binding.operand]!);
          break;
        case BIND_MEM_BASE:
          lo[i] = insn.memBase >= 0 && insn.memBase < MEM_RIP ? gprOffset(insn.memBase) : S.zero;
          break;
        case BIND_MEM_INDEX:
          lo[i] = insn.memIndex >= 0 ? gprOffset(insn.memIndex) : S.zero;
          break;
        case BIND_MEM_SCALE:
          lo[i] = insn.memScale;
          break;
        case BIND_MEM_SEGMENT:
          lo[i] = insn.mode === 64 && insn.memSegment < SEG_FS ? S.zero - SEG_BASE : segmentOffset(insn.memSegment);
          break;
        case BIND_DISP:
        case BIND_DISP64:
          lo[i] = insn.dispLo;
          hi[i] = insn.dispHi;
          break;
        case BIND_IMM:
          lo[i] = insn.immLo;
          hi[i] = insn.immHi;
          break;
        case BIND_IMM2:
          lo[i] = insn.imm2;
          break;
        case BIND_NUMBER:
          lo[i] = insn.opReg[binding.operand]!;
          break;
        case BIND_X87_OPCODE:
          lo[i] = ((insn.opcode & 7) << 8) | (insn.modrm & 0xff);
          break;
        case BIND_SEGMENT_NUMBER:
          lo[i] = insn.memSegment;
          break;
        case BIND_MEM_VECTOR:
          lo[i] = insn.memIndex;
          break;
        case BIND_BASE_IS_STACK:
          lo[i] = insn.memBase === 4 ? 1 : 0;
          break;
        default:
          throw new Error(`cpu-x86: no binding ${binding.kind}`);
      }
    }
  }

  form(id: number): FormInfo {
    const form = this.#forms[id];
    if (form === undefined) throw new Error(`cpu-x86: no form ${id}`);
    return form;
  }

  isLocalAssist(id: number): boolean {
    return isLocalAssist(id);
  }

  isLeavingAssist(id: number): boolean {
    return isLeavingAssist(id);
  }

  hotForms(): readonly number[] {
    return (this.#hot ??= this.#formsOf(HOT_ENCODINGS));
  }

  warmForms(): readonly number[] {
    const hot = this.hotForms();
    return (this.#warm ??= this.#formsOf(WARM_ENCODINGS).filter((id) => !hot.includes(id)));
  }
}

/**
 * What the mode word says of segments. In flat ones an offset is beyond no limit but where an access wraps at 4 GiB: such an access
 * crosses a page, and compiled code leaves it to the interpreter.
 */
function assumedState(mode: number): AssumedState[] {
  if ((mode & MODE_FLAT) === 0) return [];
  const assumed: AssumedState[] = [{ offset: segmentOffset(CS) + SEG_BASE, lo: 0, hi: 0 }];
  if ((mode & MODE_CODE_LIMITED) === 0) assumed.push({ offset: segmentOffset(CS) + SEG_LAST_READ, lo: -1, hi: 0 });
  for (const segment of [DS, ES, SS]) {
    const at = segmentOffset(segment);
    assumed.push({ offset: at + SEG_BASE, lo: 0, hi: 0 }, { offset: at + SEG_FIRST, lo: 0, hi: 0 });
    for (const last of [SEG_LAST_READ, SEG_LAST_WRITE]) assumed.push({ offset: at + last, lo: -1, hi: 0x7fffffff });
  }
  return assumed;
}

/** Where executors find what; `wide`: there are instructions that use the upper halves of YMM registers. */
function executorState(wide: boolean): ExecutorState {
  return {
    pc: S.rip,
    nextPc: S.nextRip,
    fuel: S.fuel,
    exitCode: S.exitCode,
    faultVector: S.faultVector,
    faultError: S.faultError,
    tlbView: S.tlbView,
    mode: S.mode,
    memoryScratch: S.memoryScratch,
    cached: cachedState(wide),
    tracked: S.ccOp,
    zero: S.zero,
    fixed: [S.simdReady, S.mmxReady, S.avxReady, S.mxcsr],
    assumed: assumedState,
    scratch: [
      [S.scratch, S.scratch + 64],
      [S.memoryScratch, S.memoryScratch + 64],
      [S.wideScratch, S.wideScratch + 64],
    ],
  };
}

/** Registers and flags that compiled code keeps in locals: general registers, the flags record, the vector registers in halves. */
function cachedState(wide: boolean): CachedState[] {
  const registers = Array.from({ length: 16 }, (_, i) => i);
  return [
    ...registers.map((i) => ({ offset: gprOffset(i), type: I64 }) as const),
    { offset: S.ccOp, type: I32 },
    ...[S.ccResult, S.ccA, S.ccB].map((offset) => ({ offset, type: I64 }) as const),
    ...registers.map((i) => ({ offset: vectorOffset(i), type: V128 }) as const),
    ...(wide ? registers.map((i) => ({ offset: vectorOffset(i) + UPPER_HALF, type: V128 }) as const) : []),
  ];
}

function registerOffset(registerClass: number, register: number): number {
  if (registerClass === RC_GPR8H) return gprOffset(register) + 1;
  if (registerClass === RC_XMM || registerClass === RC_YMM) return vectorOffset(register);
  if (registerClass === RC_MMX) return S.fpr + register * 16;
  if (registerClass === RC_SEG) return segmentOffset(register);
  return gprOffset(register);
}

/** A form for all instructions that agree with the first in what its semantics looked at. */
interface Variant {
  readonly matters: number;
  readonly key: number;
  readonly bits: number;
  readonly id: number;
}

/** Which bits of a variant, see `#formOf`, stand for a field of the shape. */
const VARIANT_BITS: Readonly<Partial<Record<keyof FormShape, number>>> = {
  mode: 3,
  operandSize: 3 << 2,
  addressSize: 3 << 4,
  stackSize: 3 << 6,
  rep: 1 << 11,
  repne: 1 << 12,
  segmentBase: 3 | (1 << 13),
  stackSegment: 1 << 14,
  immediate64: 1 << 14,
  codeLimited: 1 << 15,
};
const MEM_FORM_BITS = 7 << 8;

/**
 * A shape that notes which of its fields are read. What was not read cannot have mattered: a REP prefix before ADD, the stack's
 * width for anything that does not use the stack. Without this there would be ten times as many forms for a guest to name.
 */
function observed(shape: FormShape): { shape: FormShape; matters: () => number } {
  let bits = MEM_FORM_BITS;
  const watched = new Proxy(shape, {
    get(target, name: keyof FormShape) {
      bits |= VARIANT_BITS[name] ?? 0;
      return target[name];
    },
  });
  return { shape: watched, matters: () => bits };
}

/** The widths of the operands, which the variant only implies, as one number. */
function operandBits(insn: Instruction): number {
  let bits = 0;
  for (let i = 0; i < insn.operandCount; i += 1) bits = bits * 1024 + (insn.opBits[i]! >> 3);
  return bits;
}

function isWideImmediate(insn: Instruction): boolean {
  return insn.operandCount > 1 && insn.opKind[insn.operandCount - 1] === OP_IMM && insn.immHi !== insn.immLo >> 31;
}

/** Whether the memory operand is in SS, or the implied one of an instruction without operands (XLAT, LODS, MOVS, CMPS, OUTS). */
function isOnStack(insn: Instruction, memForm: number): boolean {
  return insn.memSegment === SEG_SS && (memForm !== MEM_FORM_NONE || insn.operandCount === 0);
}

function memoryForm(insn: Instruction): number {
  let hasMemory = false;
  for (let i = 0; i < insn.operandCount; i += 1) if (insn.opKind[i] === OP_MEM) hasMemory = true;
  if (!hasMemory) return MEM_FORM_NONE;
  if (insn.dispSize === 8) return MEM_FORM_ABSOLUTE;
  const plain = insn.mode === 64 && insn.addressSize === 64 && insn.memSegment < SEG_FS;
  if (insn.memBase === MEM_RIP) return plain ? MEM_FORM_RIP : MEM_FORM_RIP_GENERAL;
  if (!plain) return MEM_FORM_GENERAL;
  return insn.memIndex === MEM_NONE ? MEM_FORM_SIMPLE : MEM_FORM_INDEXED;
}

function shapeOf(insn: Instruction, stackSize: number, codeLimited: boolean, name: string): FormShape {
  const opKind: number[] = [];
  const opBits: number[] = [];
  const opClass: number[] = [];
  for (let i = 0; i < insn.operandCount; i += 1) {
    opKind.push(insn.opKind[i]!);
    opBits.push(insn.opBits[i]!);
    opClass.push(insn.opClass[i]!);
  }
  const memForm = memoryForm(insn);
  return {
    name,
    mnemonic: mnemonicName(insn.mnemonic),
    mode: insn.mode,
    operandSize: insn.operandSize,
    addressSize: insn.addressSize,
    stackSize,
    codeLimited,
    opKind,
    opBits,
    opClass,
    memForm,
    stackSegment: isOnStack(insn, memForm),
    segmentBase: insn.mode !== 64 || insn.memSegment >= SEG_FS,
    rep: (insn.prefixes & PREFIX_REP) !== 0,
    repne: (insn.prefixes & PREFIX_REPNE) !== 0,
    lock: (insn.prefixes & PREFIX_LOCK) !== 0,
    immediate64: isWideImmediate(insn),
    vex: insn.encoding === ENC_VEX,
    wide: insn.encoding === ENC_VEX && insn.vexL !== 0,
  };
}

const MEM_FORM_NAMES = ["", "[b+d]", "[rip+d]", "[b+i*s+d]", "[general]", "[rip, general]", "[abs]"];

function describe(insn: Instruction): string {
  const parts: string[] = [];
  for (let i = 0; i < insn.operandCount; i += 1) {
    const kind = insn.opKind[i]!;
    const bits = insn.opBits[i]!;
    if (kind === OP_REG) parts.push(registerName(insn.opClass[i]!, 0).replace(/[a0].*$/, "") + `r${bits}`);
    else if (kind === OP_MEM) parts.push(`m${bits}${MEM_FORM_NAMES[memoryForm(insn)] ?? ""}`);
    else parts.push(kind === OP_REL ? "rel" : kind === OP_FAR ? "far" : "imm");
  }
  const rep = (insn.prefixes & PREFIX_REP) !== 0 ? "rep " : (insn.prefixes & PREFIX_REPNE) !== 0 ? "repne " : "";
  return `${rep}${mnemonicName(insn.mnemonic)} ${parts.join(", ")} /${insn.mode}.${insn.operandSize}.${insn.addressSize}`;
}
