import type { Gpa } from "@isinglass/interface";

/** A PCI host bridge as the tables describe it. */
export interface AcpiPci {
  /** Memory below 4 GiB for BARs; default 0xe0000000 up to the IOAPIC at 0xfec00000. */
  readonly window32?: { readonly gpa: Gpa; readonly length: number };
  /** Memory above 4 GiB for 64-bit BARs. */
  readonly window64?: { readonly gpa: Gpa; readonly length: number };
  /**
   * Global system interrupts of the four PIRQ lines A to D when the guest uses the IOAPIC; default 10, 10, 11, 11. Which line pin `p` (0 for INTA) of slot `s` uses says {@link pirqOf}.
   */
  readonly interrupts?: readonly [number, number, number, number];
  /** The same when the guest uses the 8259s; default as `interrupts`, which must then be below 16. */
  readonly picInterrupts?: readonly [number, number, number, number];
  /**
   * The ISA bridge in slot 1 routes the PIRQ lines as the PIIX3 does (PIRQRC[A:D], offsets 0x60 to 0x63 of its configuration space). Then the tables have
   * link devices, by which the guest chooses among {@link PIRQ_CHOICES}, and `interrupts` and `picInterrupts` are not used.
   */
  readonly router?: "piix3";
  /** PCI Express: a memory-mapped configuration window, described by an MCFG table. */
  readonly ecam?: { readonly gpa: Gpa; readonly lastBus: number };
}

/** ISA devices in the DSDT. */
export interface AcpiIsa {
  /** COM1 to COM4 by number; default `[1]`. Ports and interrupts are the classic ones. */
  readonly com?: readonly (1 | 2 | 3 | 4)[];
  /** Real-time clock with two banks of RAM: ports 0x70 to 0x77. */
  readonly rtc?: boolean;
  readonly keyboard?: boolean;
  readonly mouse?: boolean;
  /** Floppy controller without drives; default false. */
  readonly floppy?: boolean;
  /** 8259s, 8254 and speaker port. */
  readonly timers?: boolean;
}

export interface AcpiVirtioMmio {
  readonly gpa: Gpa;
  readonly length: number;
  readonly gsi: number;
}

/**
 * The hardware that ACPI tables describe. The defaults are those of Isinglass' PC board: PM registers like PIIX4's at 0x600, SCI on IRQ 9, one
 * IOAPIC, the 8254 on GSI 2.
 */
export interface AcpiConfig {
  /** Local APIC ids 0 to `cpus` - 1; default 1. At most 254. */
  readonly cpus?: number;
  readonly localApic?: Gpa;
  readonly ioApic?: { readonly id?: number; readonly gpa?: Gpa; readonly gsiBase?: number };
  /** First port of the PM registers: PM1 event +0, PM1 control +4, PM timer +8; default 0x600. */
  readonly pmBase?: number;
  readonly sciInterrupt?: number;
  /** The PM timer counts 32 bits instead of 24. */
  readonly pmTimer32?: boolean;
  /** General-purpose event block, status and enable registers together; by default 4 bytes at 0xafe0, as PIIX4's on QEMU. Null for none. */
  readonly gpe0?: { readonly port: number; readonly length: number } | null;
  /**
   * Port and values by which the guest turns ACPI mode on and off; default 0xb2 with 0xf1 and 0xf0. Null says that ACPI mode is always on.
   */
  readonly smiCommand?: { readonly port: number; readonly enable: number; readonly disable: number } | null;
  /** Port and value that reset the machine; default 0xcf9 and 6. */
  readonly reset?: { readonly port: number; readonly value: number } | null;
  /** SLP_TYP for power-off (`\_S5`), default 0 as on PIIX4. */
  readonly s5SleepType?: number;
  /** Index of the century in CMOS RAM, default 0x32; 0 for none. */
  readonly rtcCentury?: number;
  /** A VGA adapter may be probed; default false. */
  readonly vga?: boolean;
  readonly hpet?: { readonly gpa: Gpa; readonly comparators?: number } | null;
  /**
   * What a guest that knows itself in a virtual machine need not do (WAET table, for Windows): read the PM timer more than once for a good value. Default false.
   */
  readonly pmTimerReliable?: boolean;
  /** Null for a machine without PCI. */
  readonly pci?: AcpiPci | null;
  readonly isa?: AcpiIsa;
  readonly virtioMmio?: readonly AcpiVirtioMmio[];
}

/** ISA interrupts to which the guest may route a PIRQ line; the rest are taken by devices of a PC. */
export const PIRQ_CHOICES: readonly number[] = [5, 10, 11];

export const DEFAULT_PIRQS: readonly [number, number, number, number] = [10, 10, 11, 11];

/**
 * Which of the four PIRQ lines interrupt pin `pin` (0 for INTA) of the device in slot `slot` is wired to: the rotation of i440FX boards. The machine must wire
 * its PCI bus alike.
 */
export function pirqOf(slot: number, pin: number): number {
  return (slot + pin + 3) & 3;
}
