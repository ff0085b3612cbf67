// Register offsets and bits of the local APIC: Intel SDM volume 3A, chapter 11 (table 11-1 and the figures named).

export const REG_ID = 0x20;
export const REG_VERSION = 0x30;
export const REG_TPR = 0x80;
export const REG_APR = 0x90;
export const REG_PPR = 0xa0;
export const REG_EOI = 0xb0;
export const REG_REMOTE_READ = 0xc0;
export const REG_LDR = 0xd0;
export const REG_DFR = 0xe0;
export const REG_SVR = 0xf0;
export const REG_ISR = 0x100;
export const REG_TMR = 0x180;
export const REG_IRR = 0x200;
export const REG_ESR = 0x280;
export const REG_ICR_LOW = 0x300;
export const REG_ICR_HIGH = 0x310;
export const REG_LVT_TIMER = 0x320;
export const REG_LVT_ERROR = 0x370;
export const REG_INITIAL_COUNT = 0x380;
export const REG_CURRENT_COUNT = 0x390;
export const REG_DIVIDE = 0x3e0;
export const REG_SELF_IPI = 0x3f0;

/** Local vector table entries in order of their registers, 0x320 to 0x370 (figure 11-8). */
export const LVT_TIMER = 0;
export const LVT_LINT0 = 3;
export const LVT_LINT1 = 4;
export const LVT_ERROR = 5;
export const LVT_COUNT = 6;
/** Writable bits of each: timer, thermal sensor, performance counters, LINT0, LINT1, error. */
export const LVT_WRITABLE: readonly number[] = [0x7_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff];
export const LVT_MASKED = 0x1_0000;
export const LVT_LEVEL = 0x8000;
export const LVT_REMOTE_IRR = 0x4000;
/** Timer mode, bits 18-17: one-shot 0, periodic 1, TSC deadline 2 (11.5.4). */
export const LVT_TIMER_MODE_SHIFT = 17;
export const TIMER_ONE_SHOT = 0;
export const TIMER_PERIODIC = 1;
export const TIMER_TSC_DEADLINE = 2;

/** Spurious interrupt vector register (figure 11-23). */
export const SVR_ENABLE = 0x100;
export const SVR_SUPPRESS_EOI = 0x1000;
/** Version register (figure 11-7): {@link SVR_SUPPRESS_EOI} can be set. */
export const VERSION_SUPPRESS_EOI = 0x0100_0000;

/** Error status register (figure 11-9). */
export const ESR_SEND_ILLEGAL_VECTOR = 0x20;
export const ESR_RECEIVE_ILLEGAL_VECTOR = 0x40;
export const ESR_ILLEGAL_REGISTER = 0x80;

/** Delivery modes of ICR, LVT, IOAPIC and MSI (11.6.1, 11.11.2). */
export const DELIVER_FIXED = 0;
export const DELIVER_LOWEST_PRIORITY = 1;
export const DELIVER_SMI = 2;
export const DELIVER_NMI = 4;
export const DELIVER_INIT = 5;
export const DELIVER_STARTUP = 6;
export const DELIVER_EXTINT = 7;

/** ICR bits (figure 11-12). */
export const ICR_LOGICAL = 0x800;
export const ICR_ASSERT = 0x4000;
export const ICR_LEVEL = 0x8000;
export const ICR_SHORTHAND_SHIFT = 18;
export const SHORTHAND_SELF = 1;
export const SHORTHAND_ALL = 2;
export const SHORTHAND_OTHERS = 3;

/** IA32_APIC_BASE (11.4.4, 11.12.1). */
export const MSR_APIC_BASE = 0x1b;
export const BASE_BSP = 0x100;
export const BASE_X2APIC = 0x400;
export const BASE_ENABLE = 0x800;
export const BASE_ADDRESS = 0xffff_f000;
export const DEFAULT_BASE = 0xfee0_0000;
/** x2APIC registers are MSRs 0x800 + offset / 16 (table 11-6). */
export const MSR_X2APIC = 0x800;
export const MSR_TSC_DEADLINE = 0x6e0;
