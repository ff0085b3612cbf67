import type { X86Isa } from "@isinglass/cpu-x86";
import { DECODE_INVALID, DECODE_TRUNCATED, Instruction, decode, formatIntel } from "@isinglass/isa-x86";
import { DECODE_NEEDS_MORE, DecodedForm, OP } from "@isinglass/uops";

/** An encoding of a form of the engine. */
export interface Encoding {
  /** Number of the form in the ISA that it was decoded with. */
  readonly form: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Its ModRM byte names memory at `[rbx]`. */
  readonly hasMemory: boolean;
  /** Where its ModRM and REX bytes are, or -1. */
  readonly modrm: number;
  readonly rexAt: number;
  /** ModRM.reg names a register and not an operation. */
  readonly freeReg: boolean;
  /** Bytes of immediates at its end. */
  readonly immediates: number;
}

/** What follows ModRM: small immediates, so that shifts shift and branches stay near. */
const TAIL = [5, 0, 0, 0, 0, 0, 0, 0];
const PREFIXES = [[], [0x66], [0xf3], [0xf2], [0xf0]];
const MAPS = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]];
/** Memory at the register whose number is 3, and register 1 with registers from 0 up. */
const AT_RBX = 0x03;
const REGISTER = 0xc1;

interface Candidate {
  readonly list: number[];
  readonly rexAt: number;
  readonly modrm: number;
}

function* candidates(mode: 32 | 64): Generator<Candidate> {
  const wide = mode === 64 ? [[], [0x48]] : [[]];
  for (const modrm of [AT_RBX, REGISTER])
    for (let reg = 0; reg < 8; reg += 1)
      for (let opcode = 0; opcode < 256; opcode += 1)
        for (const map of MAPS)
          if (map.length > 0 || opcode !== 0x0f)
            for (const prefix of PREFIXES)
              for (const rex of wide) {
                const list = [...prefix, ...rex, ...map, opcode];
                yield {
                  list: [...list, modrm | (reg << 3), ...TAIL],
                  rexAt: rex.length === 0 ? -1 : prefix.length,
                  modrm: list.length,
                };
              }
}

/** One encoding of every form that the ISA has micro-ops for, without those that ask the platform or end in an exit. */
export function everyEncoding(isa: X86Isa, mode: 32 | 64, modeWord: number): Encoding[] {
  const found = new Map<number, Encoding>();
  const insn = new Instruction();
  const out = new DecodedForm();
  for (const { list, rexAt, modrm } of candidates(mode)) {
    const bytes = Uint8Array.from(list);
    const length = decode(bytes, 0, bytes.length, mode, insn);
    if (length <= 0 || length === DECODE_INVALID || length === DECODE_TRUNCATED) continue;
    if (isa.decode(bytes, 0, bytes.length, modeWord, out) === DECODE_NEEDS_MORE || found.has(out.form)) continue;
    const own = bytes.slice(0, length);
    const text = formatIntel(insn);
    const hasMemory = /\[[er]bx\]/.test(text);
    const { form } = out;
    const end = insn.modrm < 0 ? modrm : modrm + 1;
    bytes[modrm]! ^= 0x10;
    const same = isa.decode(bytes, 0, bytes.length, modeWord, out) !== DECODE_NEEDS_MORE && out.form === form;
    found.set(form, {
      form,
      bytes: own,
      text,
      hasMemory,
      modrm: insn.modrm < 0 ? -1 : modrm,
      rexAt,
      freeReg: insn.modrm >= 0 && same,
      immediates: Math.max(0, length - end),
    });
  }
  return [...found.values()].filter(({ form }) => isPlain(isa, form));
}

/** Neither an assist nor a fault at once. */
function isPlain(isa: X86Isa, form: number): boolean {
  const { ir } = isa.form(form);
  let depth = 0;
  for (let i = 0; i < ir.count; i += 1) {
    const op = ir.op[i]!;
    if (op === OP.if || op === OP.block || op === OP.loop) depth += 1;
    else if (op === OP.end) depth -= 1;
    else if (depth === 0 && (op === OP.assist || op === OP.fault)) return false;
  }
  return true;
}

const ACCESSES: readonly number[] = [OP.guestLoad, OP.guestLoadV128, OP.guestStore, OP.guestStoreV128];

export function accessesMemory(isa: X86Isa, form: number): boolean {
  const { ir } = isa.form(form);
  return ir.op.subarray(0, ir.count).some((op) => ACCESSES.includes(op));
}

/** Whether control goes on at the next instruction, or faults. */
export function fallsThrough(isa: X86Isa, form: number): boolean {
  const { ir, endsBlock } = isa.form(form);
  return !endsBlock && !ir.op.subarray(0, ir.count).some((op) => op === OP.branch || op === OP.jump);
}
