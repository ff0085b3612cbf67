import { requireOracle } from "@isinglass/testkit";
import { expect, it } from "vitest";
import { type Form, FORMS } from "../../src/index.js";
import { sampleForms } from "../encodings.js";
import { buildZydisHelper, runZydis } from "./zydis.js";

/** Bits that are not compared: IOPL, which is our `privilege`, and VIF and VIP, which only virtual-8086 extensions use. */
const NOT_COMPARED = 0x18_3000;

/** Mnemonics whose flags we list in another way, with the manual that decides. */
const FLAG_REASONS: readonly (readonly [RegExp, string])[] = [
  [/^v?ptest$|^vtestp[sd]$/, "ZF and CF are set, OF AF PF SF cleared (SDM vol. 2B, PTEST)"],
  [/^bextr$/, "CF and OF are cleared (SDM vol. 2A, BEXTR)"],
  [/^sbb$/, "AF is set (SDM vol. 2B, SBB); Zydis forgets it for 83 /3"],
  [/^(getsec|enclu|enclv|encls|tdcall|umonitor|int1)$/, "Zydis lists no flags"],
  [/^(vmcall|vmlaunch|vmresume)$/, "Zydis counts the flags that are loaded by the exit or entry"],
  [/^uiret$/, "UIRET loads RFLAGS but for the system bits (SDM vol. 2B, UIRET)"],
  [/^(int|int3|into)$/, "Zydis lists VM and IOPL as read for the checks in virtual-8086 mode"],
  [
    /^(iret|popf|pushf|syscall|sysret|rsm)$/,
    "loads or stores all of RFLAGS: the lists differ in the reserved and virtual bits",
  ],
];

/** Mnemonics for which Zydis shows operands that are implied, or does not show those of the manual. */
const OTHER_OPERANDS =
  /^(nop|p?blendv(b|p[sd])|sha256rnds2|vmrun|vmload|vmsave|skinit|invlpga|invlpgb|clzero|pvalidate|rmpadjust|rmpupdate|psmash|monitorx?|fucomp)$/;

/** Destinations that Zydis calls read and written: nothing of the old value is left (APM vol. 5, PI2FD and the like). */
const OVERWRITTEN = /^(pi2f[dw]|pf2i[dw]|pfrcp|pfrsqrt|pswapd)$/;

function flagDifference(form: Form, zydis: readonly number[]): boolean {
  // Zydis has one list for all counts; a shift by one defines OF (SDM vol. 2B, SAL and RCL).
  const byOne = form.operands.endsWith(", 1");
  if (byOne) return form.flagsUndefined !== (zydis[2]! & ~0x800) || form.flagsWritten !== (zydis[1]! | 0x800);
  const ours = [form.flagsRead, form.flagsWritten, form.flagsUndefined];
  return ours.some((mask, i) => ((mask ^ zydis[i]!) & ~NOT_COMPARED) !== 0);
}

/** Writes must agree; we may list a read more where part of the destination, or all of it in some cases, is kept. */
function accessDifference(form: Form, zydis: string): boolean {
  if (OTHER_OPERANDS.test(form.mnemonic) || OVERWRITTEN.test(form.mnemonic)) return false;
  const addressOnly = form.operands.split(/,\s*/).map((o) => /^m$|\/m$/.test(o));
  return form.access.some((ours, i) => {
    const theirs = Number(zydis[i] ?? "0");
    if (addressOnly[i] === true) return false;
    return (ours & 2) !== (theirs & 2) || (theirs & 1 & ~ours) !== 0;
  });
}

const helper = buildZydisHelper();
const available = requireOracle("Zydis (gcc and libzydis-dev)", helper !== undefined);

it.runIf(available)("flags and operand access of each form agree with Zydis", { timeout: 120_000 }, async () => {
  const samples = sampleForms(1);
  const wrong = new Map<string, string>();
  let compared = 0;
  const make = (index: number, into: Uint8Array): void => {
    const s = samples[index]!;
    into.fill(0);
    into[0] = s.mode;
    into[1] = s.bytes.length;
    into.set(s.bytes, 2);
  };
  await runZydis(helper!, samples.length, make, (index, line) => {
    const form = FORMS[samples[index]!.form]!;
    const tail = line.split("\t")[1];
    if (tail === undefined) return;
    compared++;
    const [, , ...rest] = tail.split(" ");
    const flags = rest.slice(0, 3).map(Number);
    const access = rest[3] ?? "";
    const name = `${form.mnemonic} (${form.opcode}) ${form.operands}`;
    if (flagDifference(form, flags) && !FLAG_REASONS.some(([r]) => r.test(form.mnemonic)))
      wrong.set(`${name} flags`, `${name}: flags ${flags.map((n) => n.toString(16)).join()} to Zydis`);
    if (accessDifference(form, access))
      wrong.set(`${name} access`, `${name}: access ${access} to Zydis, ${form.access.join("")}`);
  });
  expect([...wrong.values()]).toEqual([]);
  expect(compared).toBeGreaterThan(FORMS.length);
});
