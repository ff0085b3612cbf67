import { S, type X86Cpu, setSegment } from "@isinglass/cpu-x86";

/** Size of the code that a CPU is to execute. */
export type CodeMode = 16 | 32 | 64;

export interface FlatStateOptions {
  readonly mode: CodeMode;
  /** CPL 3; not in 16-bit mode, which is real mode. */
  readonly user?: boolean;
  /** CR3, where paging is to be on; 64-bit mode needs it. */
  readonly pageTables?: number;
}

const CR0_PE_NE_MP_ET = 0x33;
const CR0_PG_WP = 0x80010000;
const CR4_PAE = 0x20;
/** OSFXSR and OSXMMEXCPT: SSE executes, its exceptions are #XM. */
const CR4_SSE = 0x600;
/** LME, LMA, NXE. */
const EFER_LONG = 0xd00;
/** Attributes of flat segments: present, code or data, with 4-KiB granularity; DPL is added. */
const CODE_32 = 0xc09b;
const CODE_64 = 0xa09b;
const DATA = 0xc093;
const REAL_CODE = 0x9b;
const REAL_DATA = 0x93;
const FNINIT_CONTROL = 0x37f;
const SELECTOR_CODE = 0x08;
const SELECTOR_DATA = 0x10;

/**
 * Puts a CPU, just reset, into a state for running plain code: flat segments, x87 and SSE ready, interrupts off, no descriptor
 * tables (so that loading a segment register and INT n fault).
 */
export function setFlatState(cpu: X86Cpu, options: FlatStateOptions): void {
  const { mode, pageTables } = options;
  const dpl = options.user === true && mode !== 16 ? 3 : 0;
  const rights = dpl << 5;
  const limit = mode === 16 ? 0xffff : 0xffffffff;
  const code = mode === 64 ? CODE_64 : mode === 32 ? CODE_32 : REAL_CODE;
  const data = mode === 16 ? REAL_DATA : DATA;
  cpu.set64(S.cr0, mode === 16 ? 0x32 : CR0_PE_NE_MP_ET | (pageTables === undefined ? 0 : CR0_PG_WP), 0);
  cpu.set64(S.cr3, pageTables ?? 0, 0);
  cpu.set64(S.cr4, CR4_SSE | (mode === 64 ? CR4_PAE : 0), 0);
  cpu.set64(S.efer, mode === 64 ? EFER_LONG : 0, 0);
  for (let segment = 0; segment <= 5; segment += 1) {
    const isCode = segment === 1;
    const selector = mode === 16 ? 0 : (isCode ? SELECTOR_CODE : SELECTOR_DATA) | dpl;
    setSegment(cpu, segment, selector, (isCode ? code : data) | rights, 0, 0, limit);
  }
  cpu.set32(S.cpl, dpl);
  cpu.set32(S.gdtLimit, 0);
  cpu.set32(S.idtLimit, mode === 16 ? 0x3ff : 0);
  cpu.set32(S.fcw, FNINIT_CONTROL);
  cpu.u8.fill(1, cpu.base + S.fpuEmpty, cpu.base + S.fpuEmpty + 8);
  cpu.refresh();
}
