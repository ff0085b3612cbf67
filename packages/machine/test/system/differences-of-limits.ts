import type { Difference } from "./support/difference.js";

const STACK =
  "what far transfers and ENTER push and pop lies within the stack's limit, else #SS(0) (SDM vol. 2, CALL, RET, IRET, ENTER); TCG checks no limits";
const SAME_RING =
  "an event that is delivered in its own ring wants room on the stack for its frame, else #SS(EXT) (SDM vol. 2A, INT n); TCG checks no limits";
const INNER =
  "a stack of an inner ring has room for the whole frame, else #SS(its selector + EXT) (SDM vol. 2A, CALL and INT n); TCG checks no limits";
const SHORT_TSS =
  "EXT is set in the error code of a fault in delivering an exception, of #TS too (SDM vol. 3A, 6.13; vol. 2A, INT n); QEMU leaves it clear";
const VME =
  "CR4.VME and CR4.PVI are reserved where CPUID.1:EDX[1] is 0: #GP(0) (SDM vol. 2B, MOV to control registers; vol. 3A, 2.5); QEMU takes them";
const GATE_TO_RING_0 =
  "an event in virtual-8086 mode through a gate to another ring than 0 raises #GP(selector + EXT) (SDM vol. 2A, INT n); QEMU goes there";
const IRET_TO_V86 =
  "IRET to virtual-8086 mode with an EIP beyond the limit of CS, which is FFFFH there, raises #GP(0) (SDM vol. 2A, IRET); QEMU drops the upper half";
const LSL =
  "system segments of types 1 and 3 are reserved in IA-32e mode: LSL clears ZF (SDM vol. 2A, LSL, table of types); QEMU loads their limit";

/** Limits of stacks and tables. */
export const LIMIT_DIFFERENCES: readonly Difference[] = [
  {
    program: "limits-32",
    name: "ring 3, ESP 0x1008: near call",
    isinglass: "vector=c error=0 ip=25 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=1008 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0x1008: far call",
    isinglass: "vector=c error=0 ip=25 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=1008 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0x1001: far call",
    isinglass: "vector=c error=0 ip=25 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=1001 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 4: far call",
    isinglass: "vector=c error=0 ip=22 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=4 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0xffc: far return",
    isinglass: "vector=c error=0 ip=2f cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=ffc oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0xff8: iret",
    isinglass: "vector=c error=0 ip=39 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=ff8 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0x1008: enter",
    isinglass: "vector=c error=0 ip=25 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=1008 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0x100: enter of a new top below zero",
    isinglass: "vector=c error=0 ip=25 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=100 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0x800: enter of two levels, frames beyond the limit",
    isinglass: "vector=c error=0 ip=2a cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=800 oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 3, ESP 0xffc: parameters of a call gate",
    isinglass: "vector=c error=0 ip=25 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=ffc oss=8b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 1, ESP 0xff8: return to an outer ring",
    isinglass: "vector=c error=0 ip=39 cs=b9 frame=7ffe8 ax=2b ds=2b fs=0 osp=ff8 oss=89",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "ring 1, ESP 8: int in the same ring",
    isinglass: "vector=c error=0 ip=2b cs=b9 frame=7ffe8 ax=2b ds=2b fs=0 osp=8 oss=89",
    reason: SAME_RING,
  },
  {
    program: "limits-32",
    name: "ring 1, ESP 0x1004: int in the same ring",
    isinglass: "vector=c error=0 ip=2e cs=b9 frame=7ffe8 ax=2b ds=2b fs=0 osp=1004 oss=89",
    reason: SAME_RING,
  },
  {
    program: "limits-32",
    name: "ring 1, ESP 8: fault in the same ring",
    isinglass: "vector=c error=1 ip=2b cs=b9 frame=7ffe8 ax=2b ds=2b fs=0 osp=8 oss=89",
    reason: SAME_RING,
  },
  {
    program: "limits-32",
    name: "far call below an expand-down segment",
    isinglass: "vector=c error=0 ip=1e cs=23 frame=7ffe8 ds=0 fs=0 osp=1004 oss=7b",
    reason: STACK,
  },
  {
    program: "limits-32",
    name: "stack of ring 1 at 0x1004: int",
    isinglass: "vector=c error=88 ip=43 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=84000 oss=2b",
    reason: INNER,
  },
  {
    program: "limits-32",
    name: "stack of ring 1 at 16: int",
    isinglass: "vector=c error=88 ip=43 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=84000 oss=2b",
    reason: INNER,
  },
  {
    program: "limits-32",
    name: "stack of ring 1 at 16: fault",
    isinglass: "vector=c error=89 ip=43 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=84000 oss=2b",
    reason: INNER,
  },
  {
    program: "limits-32",
    name: "stack of ring 1 at 12: call gate",
    isinglass: "vector=c error=88 ip=47 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=83ff8 oss=2b",
    reason: INNER,
  },
  {
    program: "limits-32",
    name: "stack of ring 1 at 20: call gate with parameters",
    isinglass: "vector=c error=88 ip=47 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=83ff8 oss=2b",
    reason: INNER,
  },
  {
    program: "limits-32",
    name: "stack of ring 1 beyond the TSS: fault",
    isinglass: "vector=a error=f9 ip=40 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=84000 oss=2b",
    reason: SHORT_TSS,
  },
  {
    program: "limits-32",
    name: "virtual-8086 extensions that CPUID has not",
    isinglass: "vector=d error=0 ip=5 cs=8 frame=7fff0 ax=1",
    reason: VME,
  },
  {
    program: "limits-32",
    name: "virtual interrupts of protected mode that CPUID has not",
    isinglass: "vector=d error=0 ip=5 cs=8 frame=7fff0 ax=2",
    reason: VME,
  },
  {
    program: "long",
    name: "lsl of a system segment of type 1",
    isinglass: "vector=40 ip=17 cs=18 frame=7ffd0 ax=99 cx=88 osp=80000 oss=10",
    reason: LSL,
  },
  {
    program: "long",
    name: "lsl of a system segment of type 3",
    isinglass: "vector=40 ip=17 cs=18 frame=7ffd0 ax=99 cx=88 osp=80000 oss=10",
    reason: LSL,
  },
  {
    program: "v86",
    name: "edge mov sp, 1; db 0x9a; dw .x - 0x10000, 0x1000; .x",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1 oss=8300",
    reason: STACK,
  },
  {
    program: "v86",
    name: "edge mov sp, 3; db 0x9a; dw .x - 0x10000, 0x1000; .x",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=3 oss=8300",
    reason: STACK,
  },
  {
    program: "v86",
    name: "edge mov sp, 0xffff; retf",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=ffff oss=8300",
    reason: STACK,
  },
  {
    program: "v86",
    name: "edge mov sp, 0xfffb; iret",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=fffb oss=8300",
    reason: STACK,
  },
  {
    program: "v86",
    name: "edge mov sp, 1; enter 0, 0",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1 oss=8300",
    reason: STACK,
  },
  {
    program: "v86",
    name: "gate selector for a fault CODE1",
    isinglass: "vector=d error=b9 ip=31 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: GATE_TO_RING_0,
  },
  {
    program: "v86",
    name: "iret of ring 0 to an EIP above FFFFH",
    isinglass: "vector=d error=0 ip=27 cs=8 frame=7ffcc",
    reason: IRET_TO_V86,
  },
];
