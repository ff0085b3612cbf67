/** Brings objdump's text and ours to a common form, so that only differences in meaning remain. */

/** CMPPS and VCMPPS predicates that binutils writes into the mnemonic (SDM vol. 2A, CMPPD, tables 3-1 and 3-2). */
const PREDICATES = (
  "eq lt le unord neq nlt nle ord eq_uq nge ngt false neq_oq ge gt true eq_os lt_oq le_oq unord_s neq_us nlt_uq nle_uq " +
  "ord_s eq_us nge_uq ngt_uq false_os neq_os ge_oq gt_oq true_us"
).split(" ");

/** PCLMULQDQ halves that binutils writes into the mnemonic. */
const CARRYLESS: Readonly<Record<string, string>> = { lqlq: "0x0", hqlq: "0x1", lqhq: "0x10", hqhq: "0x11" };

/** Prefixes without effect, which objdump writes as words of their own. */
const NULL_PREFIX = /^(?:data16|data32|addr16|addr32|rex(?:\.[WRXB]+)?|[cdefgs]s) (?=\S)/;

const CARRYLESS_NAME = /^(v?)pclmul([lh]q)([lh]q)dq /;

/** Ours, where objdump says less: it calls far pointers of 32 bits DWORD like near ones, and those of 80 bits FWORD. */
export function normaliseOurs(text: string): string {
  return text.replace(/\b(call|jmp) far /, "$1 ").replace(/\b(call|jmp) TBYTE/, "$1 FWORD");
}

/** Of objdump's line, what our formatter is to print. */
export function normaliseObjdump(text: string): string {
  let t = text
    .replace(/\s*#.*$/, "")
    .replace(/\s*<[^>]*>.*$/, "")
    .replace(/\s+/g, " ")
    .trim();
  // Prefix words may stand in any order: keep those that mean something, in ours.
  const kept: string[] = [];
  for (;;) {
    const kept1 = /^(lock|repz|repnz|rep|bnd|notrack|xacquire|xrelease) (?=\S)/.exec(t);
    const none = NULL_PREFIX.exec(t);
    // Of several REP prefixes only the last one counts.
    const earlier = kept.findIndex((k) => k.startsWith("rep"));
    if (kept1?.[1]?.startsWith("rep") && earlier >= 0) kept.splice(earlier, 1);
    if (kept1) kept.push(kept1[1]!);
    const hit = kept1 ?? none;
    if (!hit) break;
    t = t.slice(hit[0].length);
  }
  if (kept.includes("bnd") && kept.includes("repnz")) kept.splice(kept.indexOf("repnz"), 1);
  t = [
    ...kept.filter((k) => k !== "lock" && k !== "notrack"),
    ...kept.filter((k) => k === "lock" || k === "notrack"),
    t,
  ].join(" ");
  t = t.replace(/\[([re]ip)\+0x([0-9a-f]{8,16})\]/, (whole, reg: string, n: string) => {
    const value = BigInt.asIntN(reg === "eip" ? 32 : 64, BigInt(`0x${n}`));
    return value < 0n ? `[${reg}-0x${(-value).toString(16)}]` : whole;
  });
  // An index of none (riz) and an address without registers: objdump shows how they were encoded.
  t = t
    .replace(/\+?[re]iz\*[1248]/, "")
    .replace(/(?:(\w\w):)?\[([+-])0x([0-9a-f]+)\]/, (_, segment: string | undefined, sign: string, n: string) => {
      const value = BigInt(`0x${n}`);
      return `${segment ?? "ds"}:0x${BigInt.asUintN(64, sign === "-" ? -value : value).toString(16)}`;
    });
  t = t.replace("OWORD PTR", "XMMWORD PTR");
  const cmp = /^(v?cmp)([a-z_]+?)([sp][sd]) (.*)$/.exec(t);
  if (cmp && PREDICATES.includes(cmp[2]!))
    t = `${cmp[1]}${cmp[3]} ${cmp[4]},0x${PREDICATES.indexOf(cmp[2]!).toString(16)}`;
  const cl = CARRYLESS_NAME.exec(t);
  if (cl) t = `${cl[1]}pclmulqdq ${t.slice(cl[0].length)},${CARRYLESS[cl[2]! + cl[3]!]}`;
  // Branch targets are bare hexadecimal numbers.
  t = t.replace(
    /^((?:(?:bnd|repn?z) )?(?:j\w+|call|loop\w*|xbegin) )([0-9a-f]+)$/,
    (_, m: string, n: string) => `${m}0x${n}`,
  );
  return t.replace(/^(\S+) (pt|pn)/, "$1");
}
