/** Reads single instructions: what isa-x86 decodes, and of others length and features. */
import { decode, Instruction, MEM_NONE, MEM_RIP, OP_IMM, OP_MEM } from "@isinglass/isa-x86";
import { readExtended } from "../isa/evex.js";
import { FORM_NEEDS, isBaseline } from "../isa/form-features.js";
import type { Image } from "./image.js";

/** Features of forms that fault without them, without the baseline's; one array for each form. */
const FAULTS: readonly (readonly string[])[] = /* @__PURE__ */ FORM_NEEDS.map((needs) =>
  needs.faults.filter((name) => !isBaseline(name)),
);
const SILENT: readonly (readonly string[])[] = /* @__PURE__ */ FORM_NEEDS.map((needs) =>
  needs.silent.filter((name) => !isBaseline(name)),
);
const NO_NEEDS: readonly string[] = [];

/** Reads one instruction: its length (0 where there is none) and what it needs. `insn` holds it unless `extended`. */
export class Reader {
  readonly insn: Instruction = new Instruction();
  extended: boolean = false;
  needs: readonly string[] = NO_NEEDS;
  silent: readonly string[] = NO_NEEDS;

  at(data: Uint8Array, offset: number, end: number): number {
    const length = decode(data, offset, end, 64, this.insn);
    this.extended = false;
    if (length > 0) {
      this.needs = FAULTS[this.insn.form]!;
      this.silent = SILENT[this.insn.form]!;
      return length;
    }
    const other = readExtended(data, offset, end);
    if (other === undefined) return 0;
    this.extended = true;
    this.needs = other.features;
    this.silent = NO_NEEDS;
    return other.length;
  }

  /** The address that RIP-relative memory refers to; -1 if the instruction has none. */
  ripTarget(address: number, length: number): number {
    if (this.extended || this.insn.memBase !== MEM_RIP || this.insn.memIndex !== MEM_NONE) return -1;
    return address + length + this.insn.dispLo;
  }

  /** The address that an instruction of a file with a fixed address holds as a displacement or an immediate; -1 if it holds none. */
  absolute(image: Image): number {
    if (!image.fixed || this.extended) return -1;
    const { insn } = this;
    for (let i = 0; i < insn.operandCount; i += 1) {
      const kind = insn.opKind[i];
      if (kind === OP_MEM && insn.memBase !== MEM_RIP && image.isLoaded(insn.dispLo)) return insn.dispLo;
      if (kind === OP_IMM && insn.immHi === 0 && image.isLoaded(insn.immLo)) return insn.immLo;
    }
    return -1;
  }
}
