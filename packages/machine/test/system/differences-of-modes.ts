import type { Difference } from "./support/difference.js";

const LIMIT =
  "in virtual-8086 mode every access is held against its segment's limit, FFFFH: #GP(0), for SS #SS(0) (SDM vol. 3A, 5.3; vol. 2, each instruction's virtual-8086 mode exceptions); TCG checks no limits";
const BEYOND_CS =
  "the target of a transfer beyond the limit of CS raises #GP(0) before anything changes (SDM vol. 2, JMP, CALL, RET, IRET); TCG goes on there";
const GATE_TO_RING_0 =
  "an interrupt in virtual-8086 mode through a gate to another ring than 0 raises #GP(selector) (SDM vol. 3B, 21.3.1.1); QEMU goes there";
const READ_MODIFY_WRITE =
  "the read of a read-modify-write asks for the right to write, so that W/R is set (SDM vol. 3A, 4.7; AMD family 26 does so too); QEMU reads first";
const RESERVED = "P is set in the error code of a reserved-bit violation (SDM vol. 3A, 4.7); QEMU leaves it clear";
const NMI_GATE =
  "EXT is set in the error code of a fault in delivering an NMI, and the vector counts 8 (SDM vol. 3A, 6.13); QEMU leaves it clear, and counts 16 in long mode. The NMI itself: see the next";
const REPEATED =
  "a repeated string instruction is complete with its last iteration: an interrupt is taken behind it (SDM vol. 2B, REP); QEMU goes back to it once";
const REPEATED_IST = `${REPEATED}. The stack of the NMI's own leaves SS as it was where CPL does not change (SDM vol. 3A, 6.14.4)`;
const SS_STAYS =
  "a stack of the interrupt's own leaves SS as it was where CPL does not change (SDM vol. 3A, 6.14.2 and 6.14.4); QEMU loads null";
const RETURN_TARGET =
  "IRET to a non-canonical address faults before it completes (SDM vol. 2A, IRET); QEMU faults at the target";

/** Those in virtual-8086 mode, paging and events. */
export const MODE_DIFFERENCES: readonly Difference[] = [
  {
    program: "v86",
    name: "edge mov ax, [0xffff]",
    isinglass: "vector=d error=0 ip=28 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov eax, [0xfffd]",
    isinglass: "vector=d error=0 ip=28 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov [0xffff], ax",
    isinglass: "vector=d error=0 ip=28 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov ax, ss[0xffff]",
    isinglass: "vector=c error=0 ip=28 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov bp, 0xffff; mov ax, [bp]",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov ebx, 0x10000; mov al, [ebx]",
    isinglass: "vector=d error=0 ip=2e cs=1000 flags=23002 frame=7ffd8 bx=10000 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov ebp, 0x10000; mov al, [ebp]",
    isinglass: "vector=c error=0 ip=2e cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov sp, 1; push ax",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov sp, 2; push eax",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=2 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov sp, 0xffff; pop ax",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=ffff oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov si, 0xffff; lodsw",
    isinglass: "vector=d error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov si, 0xffff; db 0x36; lodsw",
    isinglass: "vector=c error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov di, 0xffff; stosw",
    isinglass: "vector=d error=0 ip=2b cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge mov di, 0xfffd; mov cx, 3; rep stosw",
    isinglass: "vector=d error=0 ip=2e cs=1000 flags=23002 frame=7ffd8 cx=33330002 ds=0 fs=0 osp=1000 oss=8300",
    reason: LIMIT,
  },
  {
    program: "v86",
    name: "edge db 0x66, 0xea; dd 0x10000; dw 0x1000",
    isinglass: "vector=d error=0 ip=28 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: BEYOND_CS,
  },
  {
    program: "v86",
    name: "edge db 0x66, 0x9a; dd 0x10000; dw 0x1000",
    isinglass: "vector=d error=0 ip=28 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: BEYOND_CS,
  },
  {
    program: "v86",
    name: "edge db 0x66, 0x68; dd 0x10000; db 0x66; ret",
    isinglass: "vector=d error=0 ip=2e cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=ffc oss=8300",
    reason: BEYOND_CS,
  },
  {
    program: "v86",
    name: "edge db 0x66, 0x68; dd 0x3202; db 0x66, 0x68; dd 0x1000; db 0x66, 0x68; dd 0x10000; iretd",
    isinglass: "vector=d error=0 ip=3a cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=ff4 oss=8300",
    reason: BEYOND_CS,
  },
  {
    program: "v86",
    name: "edge db 0x66, 0x68; dd 0x1000; db 0x66, 0x68; dd 0x10000; retfd",
    isinglass: "vector=d error=0 ip=34 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=ff8 oss=8300",
    reason: BEYOND_CS,
  },
  {
    program: "v86",
    name: "edge mov eax, 0x10000; jmp eax",
    isinglass: "vector=d error=0 ip=2e cs=1000 flags=23002 frame=7ffd8 ax=10000 ds=0 fs=0 osp=1000 oss=8300",
    reason: BEYOND_CS,
  },
  {
    program: "v86",
    name: "gate selector CODE1",
    isinglass: "vector=d error=b8 ip=31 cs=1000 flags=23002 frame=7ffd8 ds=0 fs=0 osp=1000 oss=8300",
    reason: GATE_TO_RING_0,
  },
  {
    program: "paging-2-level",
    name: "add to memory, absent",
    isinglass: "vector=e error=2 ip=1b cs=8 frame=7fff0 cr2=200008",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-2-level",
    name: "add to memory, absent, wp",
    isinglass: "vector=e error=2 ip=25 cs=8 frame=7fff0 ax=80010011 cr2=200008 cr0=80010011",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-2-level",
    name: "add to memory, absent, ring 3",
    isinglass: "vector=e error=6 ip=3b cs=23 frame=7ffe8 ax=2b cr2=200008 ds=2b fs=0 osp=84000 oss=2b",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-2-level",
    name: "add to memory, of the supervisor, ring 3",
    isinglass: "vector=e error=7 ip=3b cs=23 frame=7ffe8 ax=2b cr2=200008 ds=2b fs=0 osp=84000 oss=2b",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-2-level",
    name: "add to memory, of the supervisor, read-only, ring 3",
    isinglass: "vector=e error=7 ip=3b cs=23 frame=7ffe8 ax=2b cr2=200008 ds=2b fs=0 osp=84000 oss=2b",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-2-level",
    name: "add to memory, of the user, smap",
    isinglass: "vector=e error=3 ip=2d cs=8 flags=46 frame=7fff0 ax=200010 cx=0 cr2=200008",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-2-level",
    name: "large page with a reserved bit",
    isinglass: "vector=e error=9 ip=a cs=8 frame=7fff0 cr2=600000",
    reason: RESERVED,
  },
  {
    program: "paging-pae",
    name: "add to memory, absent",
    isinglass: "vector=e error=2 ip=1b cs=8 frame=7fff0 cr2=200008",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-pae",
    name: "add to memory, absent, wp",
    isinglass: "vector=e error=2 ip=25 cs=8 frame=7fff0 ax=80010011 cr2=200008 cr0=80010011",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-pae",
    name: "add to memory, absent, ring 3",
    isinglass: "vector=e error=6 ip=3b cs=23 frame=7ffe8 ax=2b cr2=200008 ds=2b fs=0 osp=84000 oss=2b",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-pae",
    name: "add to memory, of the supervisor, ring 3",
    isinglass: "vector=e error=7 ip=3b cs=23 frame=7ffe8 ax=2b cr2=200008 ds=2b fs=0 osp=84000 oss=2b",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-pae",
    name: "add to memory, of the supervisor, read-only, ring 3",
    isinglass: "vector=e error=7 ip=3b cs=23 frame=7ffe8 ax=2b cr2=200008 ds=2b fs=0 osp=84000 oss=2b",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-pae",
    name: "add to memory, of the user, smap",
    isinglass: "vector=e error=3 ip=2d cs=8 flags=46 frame=7fff0 ax=200020 cx=0 cr2=200008",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "paging-pae",
    name: "bit above MAXPHYADDR",
    isinglass: "vector=e error=9 ip=11 cs=8 frame=7fff0 cr2=200000",
    reason: RESERVED,
  },
  {
    program: "paging-pae",
    name: "large page with a reserved bit",
    isinglass: "vector=e error=9 ip=1c cs=8 frame=7fff0 ax=70000 bx=73027 cr2=200100",
    reason: RESERVED,
  },
  { program: "events-32", name: "nmi", isinglass: "vector=2 ip=11 cs=8 frame=7fff0 ax=4400 cx=0", reason: REPEATED },
  {
    program: "events-32",
    name: "nmi, ring 3",
    isinglass: "vector=2 ip=31 cs=23 frame=7ffe8 ax=4400 cx=0 ds=2b fs=0 osp=84000 oss=2b",
    reason: REPEATED,
  },
  {
    program: "events-32",
    name: "nmi through an absent gate",
    isinglass: "vector=b error=13 ip=18 cs=8 frame=7fff0 ax=4400 cx=0",
    reason: NMI_GATE,
  },
  {
    program: "events-32",
    name: "nmi in an nmi waits for iret",
    isinglass: "vector=40 ip=4c cs=8 flags=46 frame=7ffe4 ax=0 bx=2 cx=0 dx=1",
    reason: REPEATED,
  },
  {
    program: "long",
    name: "iret to non-canonical",
    isinglass: "vector=d error=0 ip=1c cs=18 frame=7ffa0 ax=800000000000 osp=7ffd8 oss=10",
    reason: RETURN_TARGET,
  },
  {
    program: "long-paging",
    name: "add to memory, absent",
    isinglass: "vector=e error=2 ip=1e cs=18 frame=7ffd0 cr2=200008 osp=80000 oss=10",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "long-paging",
    name: "add to memory, absent, wp",
    isinglass: "vector=e error=2 ip=28 cs=18 frame=7ffd0 ax=80010011 cr2=200008 cr0=80010011 osp=80000 oss=10",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "long-paging",
    name: "add to memory, absent, ring 3",
    isinglass: "vector=e error=6 ip=36 cs=33 frame=7ffd0 ss=0 cr2=200008 osp=84000 oss=2b ds=0 fs=0",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "long-paging",
    name: "add to memory, of the supervisor, ring 3",
    isinglass: "vector=e error=7 ip=36 cs=33 frame=7ffd0 ss=0 cr2=200008 osp=84000 oss=2b ds=0 fs=0",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "long-paging",
    name: "add to memory, of the supervisor, read-only, ring 3",
    isinglass: "vector=e error=7 ip=36 cs=33 frame=7ffd0 ss=0 cr2=200008 osp=84000 oss=2b ds=0 fs=0",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "long-paging",
    name: "add to memory, of the user, smap",
    isinglass: "vector=e error=3 ip=2f cs=18 flags=46 frame=7ffd0 ax=200020 cx=0 cr2=200008 osp=80000 oss=10",
    reason: READ_MODIFY_WRITE,
  },
  {
    program: "long-paging",
    name: "bit above MAXPHYADDR",
    isinglass: "vector=e error=9 ip=13 cs=18 frame=7ffd0 cr2=200000 osp=80000 oss=10",
    reason: RESERVED,
  },
  {
    program: "long-paging",
    name: "large page with a reserved bit",
    isinglass: "vector=e error=9 ip=21 cs=18 frame=7ffd0 ax=75000 bx=73027 cr2=200100 osp=80000 oss=10",
    reason: RESERVED,
  },
  {
    program: "long-events",
    name: "nmi",
    isinglass: "vector=2 ip=11 cs=18 frame=85fd0 ax=4400 cx=0 osp=80000 oss=10",
    reason: REPEATED_IST,
  },
  {
    program: "long-events",
    name: "nmi through an absent gate",
    isinglass: "vector=b error=13 ip=19 cs=18 frame=7ffd0 ax=4400 cx=0 osp=80000 oss=10",
    reason: NMI_GATE,
  },
  {
    program: "long-events",
    name: "nmi in an nmi waits for iret",
    isinglass: "vector=40 ip=50 cs=18 flags=46 frame=7ffa0 ax=0 bx=2 cx=0 dx=1 osp=7ffd8 oss=10",
    reason: REPEATED_IST,
  },
  {
    program: "long-events",
    name: "same ring, stack of its own",
    isinglass: "vector=42 ip=a cs=18 frame=85fd0 osp=80000 oss=10",
    reason: SS_STAYS,
  },
  {
    program: "long-events",
    name: "back from a stack of its own",
    isinglass: "vector=40 ip=25 cs=18 frame=7ffd0 ax=10 bx=80000 cx=10 dx=85fd8 osp=80000 oss=10",
    reason: SS_STAYS,
  },
  {
    program: "long-events",
    name: "fault with an error code, same ring, stack of its own",
    isinglass: "vector=d error=0 ip=12 cs=18 frame=85fd0 ax=800000000000 osp=80000 oss=10",
    reason: SS_STAYS,
  },
];
