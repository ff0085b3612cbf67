/** What Zydis says and what we say about the same bytes. */
export interface Difference {
  readonly mode: number;
  readonly hex: string;
  /** Zydis' name of the instruction-set extension. */
  readonly extension: string;
  /** Zydis' encoding: 0 legacy, 1 3DNow!, 2 XOP, 3 VEX, 4 EVEX, 5 MVEX. */
  readonly encoding: number;
  readonly theirs: string;
  readonly ours: string;
}

/** Mnemonics that Zydis spells differently; far branches have names of their own with us. */
const RENAME: Readonly<Record<string, string>> = {
  pushfd: "pushf",
  pushfq: "pushf",
  popfd: "popf",
  popfq: "popf",
  pushad: "pusha",
  popad: "popa",
  iretd: "iret",
  iretq: "iret",
  pfcpit1: "pfrcpit1",
  pfsqrt: "pfrsqrt",
  fwait: "wait",
  xlat: "xlatb",
};

/** Extensions that the description does not have yet. */
const LATER = /^(AVX512|AMD_?FMA4|FMA4|XOP|TBM|LWP|KNC|AMX|KEYLOCKER|PADLOCK)/;

const X87_STACK = /^(fcomp?|fucomp?|fxch|fstpnce)$/;
const OWN_SIZE = /^(xsave|xrstor|fxsave|fxrstor|fldenv|fnstenv|fnsave|frstor|clflush|clwb)/;

interface Line {
  readonly length: string;
  readonly name: string;
  readonly operands: readonly string[];
}

function parse(text: string): Line {
  const [head = "", ...operands] = text.split("|");
  const [length = "", name = ""] = head.split(" ");
  return { length, name, operands };
}

/** Brings one operand to what both sides agree to say; `ours` is our operand in the same place. */
function simplify(operand: string, ours: string, name: string): string {
  const m = /^m(\d+):(\w+)(:.*)$/.exec(operand);
  const o = /^m(\d+):(\w+):/.exec(ours);
  if (!m || !o) return operand;
  // Zydis gives a size (and segment DS) also to what is only an address, and sizes of its own to state areas.
  if (o[1] === "0") return `m0:${o[2]}${m[3]}`;
  return `m${OWN_SIZE.test(name) ? o[1] : m[1]}:${m[2]}${m[3]}`;
}

/** Zydis' line in our notation. */
function translate(theirs: Line, ours: Line): Line {
  let name = RENAME[theirs.name] ?? theirs.name;
  if (/^(call|jmp|ret)f$/.test(ours.name) && name === ours.name.slice(0, -1)) name = ours.name;
  if (name === "nop") return { length: theirs.length, name, operands: [] };
  // SVM's rAX is implied (APM vol. 3, VMRUN); Zydis shows it.
  if (/^(vmrun|vmload|vmsave|skinit|clzero|invlpg[ab]|monitorx?|pvalidate|psmash|rmpadjust|rmpupdate)$/.test(name))
    return { length: theirs.length, name, operands: [] };
  let operands = theirs.operands.map((o, i) => simplify(o, ours.operands[i] ?? "", name));
  // Zydis hides XMM0 where it is implied, and ST(0) in some x87 instructions but not in others.
  if (/^(p?blendv|sha256rnds2)/.test(name)) operands = [...operands, "rxmm0:0"];
  return { length: theirs.length, name, operands };
}

const valid = (text: string): boolean => /^\d/.test(text);

/** Kinds of difference with a reason. The first that applies is counted. */
const REASONS: readonly {
  id: string;
  reason: string;
  applies: (d: Difference, theirs: Line, ours: Line) => boolean;
}[] = [
  {
    id: "order",
    reason: "both refuse, but find different faults first: too few bytes, too many, not an instruction",
    applies: (d) => !valid(d.theirs) && !valid(d.ours),
  },
  {
    id: "x87-stack-operand",
    reason: "Zydis shows one ST operand or two without a rule; the register numbers agree",
    applies: (_, t, o) =>
      t.name === o.name &&
      X87_STACK.test(o.name) &&
      t.operands.includes(o.operands.find((x) => x !== "rst0:0") ?? "rst0:0"),
  },
  {
    id: "moffs-sign",
    reason: "an absolute address in A0..A3 is unsigned; Zydis shows it signed (SDM vol. 2B, MOV: moffs)",
    applies: (_, t, o) =>
      o.name === "mov" &&
      [...t.operands]
        .sort()
        .join()
        .replace(/:-?\d+(?=,|$)/, "") ===
        [...o.operands]
          .sort()
          .join()
          .replace(/:-?\d+(?=,|$)/, "") &&
      o.operands.some((x) => x.includes(":-:-:0:")),
  },
  {
    id: "mpx-address",
    reason:
      "MPX refuses 16-bit addresses and ignores 67 in 64-bit mode, but only where it is on; elsewhere the encoding is a NOP (SDM vol. 1, 17.5.4)",
    applies: (d, t, o) => o.name.startsWith("bnd") && (d.theirs === "I" || (t.name === o.name && /67/.test(d.hex))),
  },
  {
    id: "notrack-segment",
    reason:
      "3E before an indirect near branch is NOTRACK to Zydis and no override; outside 64-bit mode it remains one where CET is off (SDM vol. 1, 18.3.2)",
    applies: (d, t, o) =>
      d.mode !== 64 &&
      /^(call|jmp)$/.test(o.name) &&
      /3e/.test(d.hex) &&
      t.operands.join().replace(/:ss:/, ":ds:") === o.operands.join(),
  },
  {
    id: "newer-than-zydis",
    reason:
      "F3 0F 09 is WBNOINVD, F2 and F3 0F 01 D9 are VMGEXIT (APM vol. 3); this version of Zydis shows WBINVD and VMMCALL",
    applies: (_, t, o) => /^(wbnoinvd|vmgexit)$/.test(o.name) && /^(wbinvd|vmmcall)$/.test(t.name),
  },
  {
    id: "destination-width",
    reason:
      "MOVMSKPS and the like write a zero-extended value: r32 and r64 are the same (SDM vol. 2B, MOVMSKPS); SENDUIPI's is r64 (vol. 2B)",
    applies: (_, t, o) =>
      t.name === o.name &&
      /^v?p?(movmskp[sd]|movmskb|extr[bw]|senduipi)$/.test(o.name) &&
      t.operands.slice(1).join() === o.operands.slice(1).join(),
  },
  {
    id: "selector-width",
    reason:
      "of a register that holds a selector only bits 15:0 are used: whether it is called AX or EAX does not matter",
    applies: (_, t, o) =>
      t.name === o.name &&
      /^(mov|lsl|lar|lldt|ltr|lmsw|verr|verw|str|sldt|smsw)$/.test(o.name) &&
      (o.name !== "mov" || o.operands.some((x) => /^r[c-gs]s:0$/.test(x))),
  },
  {
    id: "movsxd-16",
    reason: "MOVSXD with a 16-bit operand size reads 16 bits (SDM vol. 2B, MOVSXD r16, r/m16); Zydis reads 32",
    applies: (_, t, o) => t.name === "movsxd" && o.name === "movsxd",
  },
  {
    id: "sib-r13d",
    reason:
      "SIB base 101 with mod 00 is no base, whatever REX.B says (SDM vol. 2A, table 2-5); Zydis forgets it under 67",
    applies: (d, t) => d.mode === 64 && /67/.test(d.hex) && t.operands.some((x) => x.includes(":r13d:")),
  },
  {
    id: "host-cpu",
    reason:
      "tried on an AMD EPYC: F3 90 with REX.B exchanges with R8 (Zydis: PAUSE); CLZERO and RDPRU with F2 or F3 are #UD (Zydis: valid)",
    applies: (d, t, o) =>
      (t.name === "pause" && o.name === "xchg") || (/^(clzero|rdpru)$/.test(t.name) && d.ours === "I"),
  },
];

/** `same` if only the notation differs, the id of a reason, or undefined. */
export function explainZydis(d: Difference): string | undefined {
  const later = d.encoding === 2 || d.encoding === 4 || d.encoding === 5 || LATER.test(d.extension);
  if (later) return "later: EVEX, XOP, FMA4, mask registers, AMX, Key Locker";
  const ours = parse(d.ours);
  const theirs = translate(parse(d.theirs), ours);
  if (theirs.length === ours.length && theirs.name === ours.name && theirs.operands.join() === ours.operands.join())
    return "same";
  if (valid(d.theirs) && valid(d.ours) && theirs.length !== ours.length) return undefined;
  return REASONS.find((r) => r.applies(d, theirs, ours))?.id;
}
