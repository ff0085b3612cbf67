import type { Difference } from "./support/difference.js";

const REPEATED =
  "an instruction that repeats keeps RF between its iterations: its breakpoint is met once (SDM vol. 3B, 18.3.1.1); QEMU meets it at each";
const ALIGNED =
  "the low bits of an address register that the length covers are ignored (SDM vol. 3B, 18.2.5); QEMU counts from the misaligned address";
const READ = "both breakpoints that an instruction hits are reported (SDM vol. 3B, 18.2.3); QEMU stops at the first";
// Worked out: TF is set before MOV, PUSHF, AND and POPF, of which the last clears it: four #DBs, and the last is behind POPF, 9 bytes after the
// write (10 with REX). Only that of the write has B0; BS stays set.
const BOTH =
  "a single step and a data breakpoint of one instruction are one #DB, with BS and B0 in DR6; the next #DB reports its own breakpoints in B3:B0 (SDM vol. 3B, 18.2.3); QEMU raises two, and keeps B0";
const NO_DE =
  "without CR4.DE there are no breakpoints on ports, R/W = 10b is undefined (SDM vol. 3B, 18.2.4); QEMU matches ports";
const DETECT =
  "with DR7.GD an access to a debug register is a fault (SDM vol. 3B, 18.2.4); QEMU has no general detection";
const RESERVED =
  "bit 12 of DR6 and bits 11, 12, 14 and 15 of DR7 read as zero (SDM vol. 3B, figure 18-1); QEMU keeps them";
const NEW_PC =
  "what is wrong with a new task's segments is raised in that task, before its first instruction (SDM vol. 3A, 8.3); QEMU pushes the pc of the old task's jump";
const TASK_TRAP =
  "the T flag of a task-state segment raises #DB before the task's first instruction (SDM vol. 3B, 18.3.1.5); QEMU has none";

/** Those of debug registers and task switches. */
export const DEBUG_DIFFERENCES: readonly Difference[] = [
  {
    program: "tasks-32",
    name: "data segment beyond the table",
    isinglass: "vector=a error=fff8 ip=elsewhere cs=8 frame=81ff0 ax=12345678 bx=0 cx=0 dx=0 cr0=19 ds=fff8 fs=0",
    reason: NEW_PC,
  },
  {
    program: "tasks-32",
    name: "data segment that is not there",
    isinglass: "vector=b error=60 ip=elsewhere cs=8 frame=81ff0 ax=12345678 bx=0 cx=0 dx=0 cr0=19 ds=60 fs=0",
    reason: NEW_PC,
  },
  {
    program: "tasks-32",
    name: "data segment that cannot be read",
    isinglass: "vector=a error=98 ip=elsewhere cs=8 frame=81ff0 ax=12345678 bx=0 cx=0 dx=0 cr0=19 ds=98 fs=0",
    reason: NEW_PC,
  },
  {
    program: "tasks-32",
    name: "pc beyond its segment",
    isinglass: "vector=d error=0 ip=elsewhere cs=e0 frame=81ff0 ax=12345678 bx=0 cx=0 dx=0 cr0=19 fs=0",
    reason: NEW_PC,
  },
  {
    program: "tasks-32",
    name: "debug trap of a task",
    isinglass: "vector=1 ip=1a2 cs=8 frame=81ff0 ax=12345678 bx=0 cx=0 dx=0 cr0=19 fs=0",
    reason: TASK_TRAP,
  },
  {
    program: "debug-32",
    name: "execution, of a repeated instruction",
    isinglass: "vector=40 ip=56 cs=8 flags=46 frame=7fff0 ax=7 bx=1 cx=0 dx=ffff0ff1",
    reason: REPEATED,
  },
  {
    program: "debug-32",
    name: "two bytes, misaligned register",
    isinglass: "vector=40 ip=51 cs=8 flags=46 frame=7fff0 ax=7 bx=1 cx=0 dx=ffff0ff1",
    reason: ALIGNED,
  },
  {
    program: "debug-32",
    name: "two, read and write",
    isinglass: "vector=40 ip=5d cs=8 flags=46 frame=7fff0 ax=7 bx=1 cx=0 dx=ffff0ff3",
    reason: READ,
  },
  {
    program: "debug-32",
    name: "single step and write",
    isinglass: "vector=40 ip=62 cs=8 flags=46 frame=7fff0 ax=7 bx=4 cx=9 dx=ffff4ff0",
    reason: BOTH,
  },
  {
    program: "debug-32",
    name: "single step and write, DR6 behind the write",
    isinglass: "vector=40 ip=66 cs=8 flags=46 frame=7fff0 ax=7 bx=5 cx=b dx=ffff4ff1",
    reason: BOTH,
  },
  {
    program: "debug-32",
    name: "port, without DE",
    isinglass: "vector=40 ip=4c cs=8 flags=46 frame=7fff0 ax=7 bx=0 cx=0",
    reason: NO_DE,
  },
  {
    program: "debug-32",
    name: "general detect",
    isinglass: "vector=40 ip=44 cs=8 flags=46 frame=7fff0 ax=7 bx=1 cx=0 dx=ffff2ff0",
    reason: DETECT,
  },
  {
    program: "debug-32",
    name: "DR6, all bits",
    isinglass: "vector=40 ip=44 cs=8 flags=46 frame=7fff0 ax=7 bx=0 cx=0 dx=ffffefff",
    reason: RESERVED,
  },
  {
    program: "debug-32",
    name: "DR7, all low bits but GD",
    isinglass: "vector=40 ip=44 cs=8 flags=46 frame=7fff0 ax=7 bx=0 cx=0 dx=7ff",
    reason: RESERVED,
  },
  {
    program: "debug-64",
    name: "execution, of a repeated instruction",
    isinglass: "vector=40 ip=5e cs=18 flags=46 frame=7ffd0 ax=7 bx=1 cx=0 dx=ffff0ff1 osp=80000 oss=10",
    reason: REPEATED,
  },
  {
    program: "debug-64",
    name: "two bytes, misaligned register",
    isinglass: "vector=40 ip=5a cs=18 flags=46 frame=7ffd0 ax=7 bx=1 cx=0 dx=ffff0ff1 osp=80000 oss=10",
    reason: ALIGNED,
  },
  {
    program: "debug-64",
    name: "two, read and write",
    isinglass: "vector=40 ip=67 cs=18 flags=46 frame=7ffd0 ax=7 bx=1 cx=0 dx=ffff0ff3 osp=80000 oss=10",
    reason: READ,
  },
  {
    program: "debug-64",
    name: "single step and write",
    isinglass: "vector=40 ip=6d cs=18 flags=46 frame=7ffd0 ax=7 bx=4 cx=a dx=ffff4ff0 osp=80000 oss=10",
    reason: BOTH,
  },
  {
    program: "debug-64",
    name: "single step and write, DR6 behind the write",
    isinglass: "vector=40 ip=71 cs=18 flags=46 frame=7ffd0 ax=7 bx=5 cx=c dx=ffff4ff1 osp=80000 oss=10",
    reason: BOTH,
  },
  {
    program: "debug-64",
    name: "port, without DE",
    isinglass: "vector=40 ip=54 cs=18 flags=46 frame=7ffd0 ax=7 bx=0 cx=0 osp=80000 oss=10",
    reason: NO_DE,
  },
  {
    program: "debug-64",
    name: "general detect",
    isinglass: "vector=40 ip=4a cs=18 flags=46 frame=7ffd0 ax=7 bx=1 cx=0 dx=ffff2ff0 osp=80000 oss=10",
    reason: DETECT,
  },
  {
    program: "debug-64",
    name: "DR6, all bits",
    isinglass: "vector=40 ip=4a cs=18 flags=46 frame=7ffd0 ax=7 bx=0 cx=0 dx=ffffefff osp=80000 oss=10",
    reason: RESERVED,
  },
  {
    program: "debug-64",
    name: "DR7, all low bits but GD",
    isinglass: "vector=40 ip=4a cs=18 flags=46 frame=7ffd0 ax=7 bx=0 cx=0 dx=7ff osp=80000 oss=10",
    reason: RESERVED,
  },
];
