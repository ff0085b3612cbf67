/** Assists by name; the index is the id in micro-ops. The functions are in `assists/`. */
export const ASSIST_NAMES: readonly string[] = [
  "not-implemented",
  "hlt",
  "cpuid",
  "rdtsc",
  "rdtscp",
  "rdmsr",
  "wrmsr",
  "rdpmc",
  "read-cr",
  "write-cr",
  "read-dr",
  "write-dr",
  "lmsw",
  "clts",
  "invlpg",
  "invpcid",
  "wbinvd",
  "lgdt",
  "lidt",
  "sgdt",
  "sidt",
  "lldt",
  "ltr",
  "sldt",
  "str",
  "smsw",
  "lar",
  "lsl",
  "verr",
  "verw",
  "arpl",
  "write-segment",
  "popf",
  "iret",
  "interrupt",
  "into",
  "int1",
  "far-jump",
  "far-call",
  "far-return",
  "syscall",
  "sysret",
  "sysenter",
  "sysexit",
  "swapgs",
  "in",
  "out",
  "ins",
  "outs",
  "fxsave",
  "fxrstor",
  "xsave",
  "xrstor",
  "xgetbv",
  "xsetbv",
  "vmcall",
  "rsm",
  "monitor",
  "mwait",
  "x87",
  "x87-load",
  "x87-store",
  "x87-environment",
  "x87-guard",
  "x87-arith",
  "x87-compare",
  "x87-cmov",
  "sse-float",
  "sse-check",
  "mmx-check",
  "mxcsr",
  "emms",
  "enter",
  "interrupt-window",
  "rdfsgsbase",
  "wrfsgsbase",
  "bulk-string",
  "write-flags",
  "check-port",
  "avx-check",
  "masked-load",
  "masked-store",
  "gather",
  "pause",
  "rdpkru",
  "wrpkru",
];

const IDS = new Map<string, number>(ASSIST_NAMES.map((name, id) => [name, id]));

/** Id of an assist; throws on a name that is not in the list. */
export function assistId(name: string): number {
  const id = IDS.get(name);
  if (id === undefined) throw new Error(`cpu-x86: no assist ${name}`);
  return id;
}

const LOCAL = new Set(
  [
    "swapgs write-segment popf smsw sgdt sidt sldt str lar lsl verr verw rdfsgsbase wrfsgsbase enter mxcsr emms",
    "sse-float x87 x87-load x87-store x87-environment x87-arith x87-compare x87-cmov",
  ].flatMap((names) => names.split(" ").map(assistId)),
);

/** Assists that neither do nor ask anything outside the state of the CPU and guest memory. The time-stamp counter is outside. */
export function isLocalAssist(id: number): boolean {
  return LOCAL.has(id);
}

const LEAVING = new Set(["not-implemented", "hlt"].map(assistId));

/** Assists that leave the executor as a rule. */
export function isLeavingAssist(id: number): boolean {
  return LEAVING.has(id);
}
