/** Other names of mnemonics: those that Intel's manual and objdump use beside the one in `MNEMONICS`. */

/** Conditions with several names: the one in `MNEMONICS`, the one that objdump prints, others. */
const CONDITION_ALIASES: readonly (readonly string[])[] = [
  ["b", "b", "c", "nae"],
  ["nb", "ae", "nc"],
  ["z", "e"],
  ["nz", "ne"],
  ["be", "be", "na"],
  ["nbe", "a"],
  ["p", "p", "pe"],
  ["np", "np", "po"],
  ["l", "l", "nge"],
  ["nl", "ge"],
  ["le", "le", "ng"],
  ["nle", "g"],
];

const OTHERS: readonly (readonly string[])[] = [
  ["shl", "shl", "sal"],
  ["wait", "fwait"],
  ["int1", "int1", "icebp"],
  ["ret", "ret", "retn"],
  ["callf", "call", "lcall"],
  ["jmpf", "jmp", "ljmp"],
  ["retf", "retf", "lret"],
  ["loope", "loope", "loopz"],
  ["loopne", "loopne", "loopnz"],
  ["ud2", "ud2", "ud2a"],
  ["ud1", "ud1", "ud2b"],
  ["xlatb", "xlat"],
];

function makeAliases(): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const prefix of ["j", "set", "cmov"])
    for (const [canonical, ...names] of CONDITION_ALIASES)
      all.set(
        prefix + canonical,
        names.map((n) => prefix + n),
      );
  for (const [canonical, ...names] of OTHERS) all.set(canonical!, names);
  return all;
}

/** Mnemonic in `MNEMONICS` → its other names, the one that the formatter prints first. */
export const MNEMONIC_ALIASES: ReadonlyMap<string, readonly string[]> = /* @__PURE__ */ makeAliases();

/** The name that the formatter prints for a mnemonic, e.g. `jne` for `jnz`. */
export function preferredName(mnemonic: string): string {
  return MNEMONIC_ALIASES.get(mnemonic)?.[0] ?? mnemonic;
}

function makeCanonical(): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  // `call`, `jmp` and `ret` are names of near branches first; far ones are told by their operands.
  for (const [canonical, names] of MNEMONIC_ALIASES)
    for (const n of names) if (!["call", "jmp", "ret"].includes(n)) all.set(n, canonical);
  return all;
}

const CANONICAL: ReadonlyMap<string, string> = /* @__PURE__ */ makeCanonical();

/** The name in `MNEMONICS` for any name of a mnemonic: `jnz` for `jne`. */
export function canonicalName(name: string): string {
  return CANONICAL.get(name) ?? name;
}
