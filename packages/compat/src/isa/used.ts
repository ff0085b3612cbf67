/** What the code of a file consists of: mnemonics and features of all its instructions, decoded one after another. */
import { decode, Instruction, mnemonicName } from "@isinglass/isa-x86";
import { codeRanges, type Elf } from "../elf/elf.js";
import { readExtended } from "./evex.js";
import { FORM_NEEDS, isBaseline } from "./form-features.js";

export interface Used {
  readonly instructions: number;
  /** Bytes that are no instruction: data between functions. */
  readonly undecoded: number;
  readonly mnemonics: ReadonlyMap<string, number>;
  /** Features beyond the x86-64 baseline, with how many instructions need them and where the first is. */
  readonly features: ReadonlyMap<string, { readonly count: number; readonly first: number; readonly silent: boolean }>;
}

/** Mnemonic of instructions of which only length and feature are known. */
const EXTENDED = "(AVX-512, XOP)";

/** Decodes all code of a file, without regard to whether it can be reached. */
export function usedBy(elf: Elf): Used {
  const insn = new Instruction();
  const mnemonics = new Map<string, number>();
  const features = new Map<string, { count: number; first: number; silent: boolean }>();
  let instructions = 0;
  let undecoded = 0;
  const note = (name: string, address: number, silent: boolean): void => {
    const known = features.get(name);
    if (known === undefined) features.set(name, { count: 1, first: address, silent });
    else {
      known.count += 1;
      known.silent &&= silent;
    }
  };
  for (const range of codeRanges(elf)) {
    const end = range.offset + range.size;
    for (let at = range.offset; at < end;) {
      const address = range.address + at - range.offset;
      const length = decode(elf.data, at, end, elf.bits, insn);
      if (length > 0) {
        const name = mnemonicName(insn.mnemonic);
        mnemonics.set(name, (mnemonics.get(name) ?? 0) + 1);
        const { faults, silent } = FORM_NEEDS[insn.form]!;
        for (const feature of faults) if (!isBaseline(feature)) note(feature, address, false);
        for (const feature of silent) if (!isBaseline(feature)) note(feature, address, true);
        instructions += 1;
        at += length;
        continue;
      }
      const extended = elf.bits === 64 ? readExtended(elf.data, at, end) : undefined;
      if (extended === undefined) {
        undecoded += 1;
        at += 1;
        continue;
      }
      mnemonics.set(EXTENDED, (mnemonics.get(EXTENDED) ?? 0) + 1);
      for (const feature of extended.features) note(feature, address, false);
      instructions += 1;
      at += extended.length;
    }
  }
  return { instructions, undecoded, mnemonics, features };
}
