import { DEBUG_DIFFERENCES } from "./differences-of-debug.js";
import { LIMIT_DIFFERENCES } from "./differences-of-limits.js";
import { MODE_DIFFERENCES } from "./differences-of-modes.js";
import { TIMER_DIFFERENCES } from "./differences-of-timers.js";
import type { Difference } from "./support/difference.js";

const INT1 =
  "INT1 (F1H) raises #DB as a trap with CPL unchecked against the gate (SDM vol. 2A, INT1); QEMU 7.2 has no such instruction outside of ICEBP intercepts";
const LOCK =
  "LOCK is allowed on read-modify-write instructions with a memory destination only, #UD else (SDM vol. 2A, LOCK); QEMU ignores it on MOV";
const EM = "CR0.EM makes SSE raise #UD whatever CR0.TS is (SDM vol. 3A, table 14-2); QEMU looks at TS first";
const MXCSR = "LDMXCSR with a reserved bit raises #GP(0) (SDM vol. 2A, LDMXCSR); QEMU drops the bit";
const LSS = "only MOV SS and POP SS hold back a debug trap, LSS does not (SDM vol. 3A, 6.8.3); QEMU treats all alike";
const JMPGATE = "JMP through a call gate to an absent code segment raises #NP (SDM vol. 2A, JMP); QEMU raises #GP";
const CONFORM =
  "a call gate to a conforming segment keeps CPL, which is RPL of CS then (SDM vol. 3A, 5.8.4); QEMU puts DPL there";
const ABSENTSS = "an absent stack segment raises #SS(selector) (SDM vol. 2A, IRET, RET, INT n); QEMU raises #NP or #TS";
const NULLDS =
  "an access through a null segment raises #GP(0) (SDM vol. 3A, 3.4.2); TCG checks no segments outside of loads";
const LTR = "LTR with a null selector raises #GP(0) (SDM vol. 2A, LTR); QEMU loads it";
const EXT =
  "the EXT bit is set where the fault comes from delivering an exception or external interrupt (SDM vol. 3A, 6.13); QEMU leaves it clear for the code segment of the gate";
const SSNULL =
  "delivery without a change of ring keeps SS (SDM vol. 3A, 6.14.2: null only where CPL changes); QEMU loads null with IST";
const RBP =
  "a non-canonical address on RBP raises #SS(0) (SDM vol. 2, tables of exceptions in 64-bit mode); QEMU raises #GP";
const BRANCH =
  "a branch to a non-canonical address faults before it completes (SDM vol. 2A, JMP, RET); QEMU faults at the target";
const CR8 = "bits 63:4 of CR8 are reserved, #GP(0) (SDM vol. 3A, 11.8.6.1); QEMU drops them";
const SSRPL = "MOV SS of a null selector wants RPL = CPL (SDM vol. 2B, MOV); QEMU loads it";
const LD = "a code segment with L and D both set raises #GP(selector) (SDM vol. 3A, 5.2.1); QEMU loads it";
const RSVD = "P is set in the error code of a reserved-bit violation (SDM vol. 3A, 4.7); QEMU leaves it clear";
const IDT =
  "the error code of a bad IDT entry is its vector times 8, plus 2 (SDM vol. 3A, 6.13); QEMU multiplies by 16 in long mode";

export const DIFFERENCES: readonly Difference[] = [
  { program: "flow-32", name: "int1", isinglass: "vector=1 ip=1 cs=8 frame=7fff0", reason: INT1 },
  { program: "flow-32", name: "lock on mov", isinglass: "vector=6 ip=0 cs=8 frame=7fff0", reason: LOCK },
  {
    program: "flow-32",
    name: "sse with EM and TS",
    isinglass: "vector=6 ip=10 cs=8 frame=7fff0 ax=1d cr0=1d",
    reason: EM,
  },
  {
    program: "flow-32",
    name: "ldmxcsr reserved",
    isinglass: "vector=d error=0 ip=12 cs=8 frame=7fff0 ax=200",
    reason: MXCSR,
  },
  {
    program: "flow-32",
    name: "ring 3: int1",
    isinglass: "vector=1 ip=21 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=84000 oss=2b",
    reason: INT1,
  },
  { program: "transfers-32", name: "lss over TF", isinglass: "vector=1 ip=21 cs=8 flags=102 frame=80ff0", reason: LSS },
  {
    program: "transfers-32",
    name: "jmp gate GATEABSENTCODE",
    isinglass: "vector=b error=68 ip=0 cs=8 frame=7fff0",
    reason: JMPGATE,
  },
  {
    program: "transfers-32",
    name: "ring 3: call gate GATECONFORM",
    isinglass: "vector=41 ip=elsewhere cs=a3 flags=46 frame=7ffe8 ax=2b ds=2b fs=0 osp=83ff0 oss=2b",
    reason: CONFORM,
  },
  {
    program: "transfers-32",
    name: "retf to outer with ss ABSENTSTACK3 + 3",
    isinglass: "vector=c error=f0 ip=14 cs=8 frame=7ffe0",
    reason: ABSENTSS,
  },
  {
    program: "transfers-32",
    name: "retf to outer drops ds",
    isinglass: "vector=d error=0 ip=19 cs=23 frame=7ffe8 ax=0 bx=0 ds=0 fs=0 osp=84000 oss=2b",
    reason: NULLDS,
  },
  {
    program: "transfers-32",
    name: "iret to outer with ss ABSENTSTACK3 + 3",
    isinglass: "vector=c error=f0 ip=19 cs=8 frame=7ffdc",
    reason: ABSENTSS,
  },
  { program: "system-32", name: "ltr 0", isinglass: "vector=d error=0 ip=5 cs=8 frame=7fff0 ax=0", reason: LTR },
  { program: "system-32", name: "ltr 3", isinglass: "vector=d error=0 ip=5 cs=8 frame=7fff0 ax=3", reason: LTR },
  {
    program: "system-32",
    name: "tss with ss1 ABSENTSTACK1 + 1",
    isinglass: "vector=c error=e8 ip=32 cs=23 frame=7ffe8 ax=2b ds=2b fs=0 osp=84000 oss=2b",
    reason: ABSENTSS,
  },
  {
    program: "system-32",
    name: "gate selector for a fault 0",
    isinglass: "vector=d error=1 ip=9 cs=8 frame=7fff0",
    reason: EXT,
  },
  {
    program: "system-32",
    name: "gate selector for a fault DATA0",
    isinglass: "vector=d error=11 ip=9 cs=8 frame=7fff0",
    reason: EXT,
  },
  {
    program: "system-32",
    name: "gate selector for a fault ABSENTCODE",
    isinglass: "vector=b error=69 ip=9 cs=8 frame=7fff0",
    reason: EXT,
  },
  {
    program: "system-32",
    name: "gate selector for a fault UCODE32",
    isinglass: "vector=d error=21 ip=9 cs=8 frame=7fff0",
    reason: EXT,
  },
  {
    program: "system-32",
    name: "gate selector for a fault 0xfff8",
    isinglass: "vector=d error=fff9 ip=9 cs=8 frame=7fff0",
    reason: EXT,
  },
  {
    program: "long",
    name: "stack non-canonical",
    isinglass: "vector=8 error=0 ip=d cs=18 frame=87fd0 ax=800000000000 cr2=7ffffffffff8 osp=800000000000 oss=10",
    reason: SSNULL,
  },
  {
    program: "long",
    name: "rbp non-canonical",
    isinglass: "vector=c error=0 ip=d cs=18 frame=7ffd0 ax=800000000000 osp=80000 oss=10",
    reason: RBP,
  },
  {
    program: "long",
    name: "jump to non-canonical",
    isinglass: "vector=d error=0 ip=a cs=18 frame=7ffd0 ax=800000000000 osp=80000 oss=10",
    reason: BRANCH,
  },
  {
    program: "long",
    name: "ret to non-canonical",
    isinglass: "vector=d error=0 ip=b cs=18 frame=7ffc0 ax=800000000000 osp=7fff8 oss=10",
    reason: BRANCH,
  },
  {
    program: "long",
    name: "mov cr8 reserved",
    isinglass: "vector=d error=0 ip=5 cs=18 frame=7ffd0 ax=10 osp=80000 oss=10",
    reason: CR8,
  },
  {
    program: "long",
    name: "mov ss, 3",
    isinglass: "vector=d error=0 ip=5 cs=18 frame=7ffd0 ax=3 osp=80000 oss=10",
    reason: SSRPL,
  },
  {
    program: "long",
    name: "retf BADLONG",
    isinglass: "vector=d error=d0 ip=a cs=18 frame=7ffc0 osp=7fff0 oss=10",
    reason: LD,
  },
  {
    program: "long",
    name: "iret BADLONG",
    isinglass: "vector=d error=d0 ip=19 cs=18 frame=7ffa0 osp=7ffd8 oss=10",
    reason: LD,
  },
  {
    program: "long",
    name: "iret with ss ABSENTDATA",
    isinglass: "vector=c error=60 ip=16 cs=18 frame=7ffa0 osp=7ffd8 oss=10",
    reason: ABSENTSS,
  },
  {
    program: "long",
    name: "iret to ring 3 with ss ABSENTSTACK3 + 3",
    isinglass: "vector=c error=f0 ip=19 cs=18 frame=7ffa0 osp=7ffd8 oss=10",
    reason: ABSENTSS,
  },
  {
    program: "long",
    name: "reserved bit",
    isinglass: "vector=e error=9 ip=13 cs=18 frame=7ffd0 cr2=200000 osp=80000 oss=10",
    reason: RSVD,
  },
  {
    program: "long",
    name: "gate of 32 bits",
    isinglass: "vector=d error=212 ip=8 cs=18 frame=7ffd0 osp=80000 oss=10",
    reason: IDT,
  },
  { program: "long", name: "ist", isinglass: "vector=42 ip=a cs=18 frame=85fd0 osp=80000 oss=10", reason: SSNULL },
  ...DEBUG_DIFFERENCES,
  ...LIMIT_DIFFERENCES,
  ...MODE_DIFFERENCES,
  ...TIMER_DIFFERENCES,
];
