import type { Difference } from "./support/difference.js";

const MODE_2 =
  "OUT of mode 2 is high but for the last clock of each period (Intel 8254 datasheet, 231164, mode 2); QEMU has it the other way round";
const MODE_1 =
  "OUT of mode 1 is high until the trigger, low while it counts and high after (Intel 8254 datasheet, 231164, mode 1); QEMU has it the other way round";
const GATE =
  "a closed gate stops the count of mode 0 (Intel 8254 datasheet, 231164, gate pin operations); QEMU counts on";
const DECIMAL =
  "bit 0 of the control word asks for a decimal count (Intel 8254 datasheet, 231164, control word format); QEMU counts in binary";
const NEXT =
  "a count written in mode 2 is loaded at the end of the current period, and the status says so till then (Intel 8254 datasheet, 231164, mode 2, status byte); QEMU loads it at once";
const DISABLED =
  "while the local APIC is disabled by software, the mask bits of its local vectors are set and cannot be reset (SDM vol. 3A, 11.4.7.2); QEMU leaves them alone";

/** Timers: what QEMU gets wrong. */
export const TIMER_DIFFERENCES: readonly Difference[] = [
  {
    program: "timers",
    name: "pit mode 2: status by read-back",
    isinglass: "vector=40 ip=3c cs=8 frame=7fff0 ax=1 bx=b4 cx=0 dx=0",
    reason: MODE_2,
  },
  {
    program: "timers",
    name: "pit: counts and status latched by one read-back",
    isinglass: "vector=40 ip=41 cs=8 flags=46 frame=7fff0 ax=1 bx=b4 cx=0 dx=0",
    reason: MODE_2,
  },
  {
    program: "timers",
    name: "apic, disabled by software: every local vector is masked",
    isinglass: "vector=40 ip=6c cs=8 flags=46 frame=7fff0 ax=0 bx=10045 cx=10045 dx=10045",
    reason: DISABLED,
  },
  {
    program: "timers",
    name: "pit mode 1: low from the trigger to the end",
    isinglass: "vector=40 ip=58 cs=8 flags=46 frame=7fff0 ax=0 bx=5 cx=0 dx=0",
    reason: MODE_1,
  },
  {
    program: "timers",
    name: "pit mode 0: a closed gate stops the counter",
    isinglass: "vector=40 ip=77 cs=8 flags=46 frame=7fff0 ax=0 bx=101 cx=0 dx=0",
    reason: GATE,
  },
  {
    program: "timers",
    name: "pit: decimal digits",
    isinglass: "vector=40 ip=55 cs=8 flags=46 frame=7fff0 ax=0 bx=901 cx=0 dx=1",
    reason: DECIMAL,
  },
  {
    program: "timers",
    name: "pit mode 2: a new count waits for the end of the old one",
    isinglass: "vector=40 ip=51 cs=8 flags=46 frame=7fff0 ax=0 bx=4001 cx=0 dx=0",
    reason: NEXT,
  },
];
