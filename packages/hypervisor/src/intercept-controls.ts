import { IsinglassError } from "@isinglass/interface";

const PORTS = 0x1_0000;
/** The two ranges that an MSR bitmap covers (SDM vol. 3C, 25.6.9). */
const LOW_MSRS = 0x2000;
const HIGH_MSR_BASE = 0xc0000000;
/** Byte offsets of the four parts of an MSR bitmap (SDM vol. 3C, 25.6.9). */
const READ_LOW = 0;
const READ_HIGH = 1024;
const WRITE_LOW = 2048;
const WRITE_HIGH = 3072;

const hex = (value: number): string => `0x${value.toString(16)}`;

/**
 * What makes a vCPU leave: the VM-execution controls of hardware (SDM vol. 3C, 25.6). Nothing is intercepted to begin with.
 * A change counts from the next time that the vCPU is entered.
 *
 * @example
 * vm.vcpu.controls.interceptPorts(0x80, 1);
 * vm.on('io', (exit) => (exit.direction === 'out' ? 'handled' : 0xff));
 */
export class InterceptControls {
  /** A bit a port: the I/O bitmaps A and B in one (25.6.4). */
  readonly #io: Uint8Array = new Uint8Array(PORTS / 8);
  /** Laid out as hardware's (25.6.9). */
  readonly #msr: Uint8Array = new Uint8Array(4096);
  #anyPort = false;
  #anyMsr = false;
  /** Bit n: exception vector n leaves (25.6.3). INT n does not count, INT3, INTO and INT1 do. */
  exceptionBitmap: number = 0;
  /**
   * Which page faults count (25.6.3): those where `errorCode & pageFaultMask` equals `pageFaultMatch` leave if bit 14 of the
   * bitmap is set, the others if it is clear.
   */
  pageFaultMask: number = 0;
  pageFaultMatch: number = 0;
  /** CR0 bits that the host owns: reads show `cr0Shadow`, a write of something else than the shadow leaves (25.6.6). */
  cr0Mask: number = 0;
  cr0Shadow: number = 0;
  cr4Mask: number = 0;
  cr4Shadow: number = 0;
  /** CR3- and CR8-load and -store exiting (table 25-6). */
  cr3Load: boolean = false;
  cr3Store: boolean = false;
  cr8Load: boolean = false;
  cr8Store: boolean = false;
  cpuid: boolean = false;
  /** HLT leaves before it halts. Where it is off, a halted vCPU leaves too, after the instruction. */
  hlt: boolean = false;
  /** VMCALL and VMMCALL leave; where it is off, they raise #UD. */
  hypercall: boolean = false;
  /** RDMSR and WRMSR of what the bitmap does not cover leave. */
  otherMsrs: boolean = false;
  /** Leaves with `interrupt-window` as soon as the guest can take an interrupt. */
  interruptWindow: boolean = false;

  /** Sets or clears the bits of `count` ports from `first`; throws `ISG_INTERCEPT_BAD_RANGE`. */
  interceptPorts(first: number, count: number = 1, on: boolean = true): void {
    if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 0 || first + count > PORTS) {
      throw new IsinglassError(
        "ISG_INTERCEPT_BAD_RANGE",
        `I/O bitmap: ${count} ports from ${hex(first)}; ports are 0 to 0xffff`,
        { first, count },
      );
    }
    for (let port = first; port < first + count; port += 1) setBit(this.#io, 0, port, on);
    this.#anyPort = this.#io.some((byte) => byte !== 0);
  }

  /** Sets or clears the bits of an MSR: 0 to 1FFFH or C0000000H to C0001FFFH; throws `ISG_INTERCEPT_BAD_RANGE`. */
  interceptMsr(index: number, access: "read" | "write" | "both" = "both", on: boolean = true): void {
    if (access !== "read" && access !== "write" && access !== "both")
      throw new IsinglassError(
        "ISG_INTERCEPT_BAD_ACCESS",
        `MSR bitmap: access ${JSON.stringify(access)}; "read", "write", "both" are right`,
      );
    const bit = msrBit(index);
    if (bit < 0) {
      throw new IsinglassError(
        "ISG_INTERCEPT_BAD_RANGE",
        `MSR bitmap: ${hex(index)}; 0 to 0x1fff and 0xc0000000 to 0xc0001fff have bits, "otherMsrs" is for the rest`,
        { index },
      );
    }
    const high = index >= HIGH_MSR_BASE;
    if (access !== "write") setBit(this.#msr, high ? READ_HIGH : READ_LOW, bit, on);
    if (access !== "read") setBit(this.#msr, high ? WRITE_HIGH : WRITE_LOW, bit, on);
    this.#anyMsr = this.#msr.some((byte) => byte !== 0);
  }

  /** Whether an access leaves: if the bit of any of its ports is set, or if it wraps at FFFFH (25.6.4). */
  interceptsPort(port: number, size: number): boolean {
    if (!this.#anyPort) return false;
    if (port + size > PORTS) return true;
    for (let i = port; i < port + size; i += 1) if ((this.#io[i >> 3]! & (1 << (i & 7))) !== 0) return true;
    return false;
  }

  interceptsMsr(index: number, write: boolean): boolean {
    const bit = msrBit(index);
    if (bit < 0) return this.otherMsrs;
    if (!this.#anyMsr) return false;
    const high = index >= HIGH_MSR_BASE;
    const part = write ? (high ? WRITE_HIGH : WRITE_LOW) : high ? READ_HIGH : READ_LOW;
    return (this.#msr[part + (bit >> 3)]! & (1 << (bit & 7))) !== 0;
  }

  /** Whether an exception leaves; `errorCode` is -1 where there is none (25.6.3). */
  interceptsException(vector: number, errorCode: number): boolean {
    const bit = (this.exceptionBitmap & (1 << vector)) !== 0;
    if (vector !== 14) return vector < 32 && bit;
    return ((errorCode & this.pageFaultMask) === this.pageFaultMatch) === bit;
  }

  /** Whether any access to an MSR may leave; cheap. */
  get anyMsr(): boolean {
    return this.#anyMsr || this.otherMsrs;
  }

  get anyPort(): boolean {
    return this.#anyPort;
  }

  get anyException(): boolean {
    return this.exceptionBitmap !== 0 || this.pageFaultMask !== this.pageFaultMatch || this.pageFaultMatch !== 0;
  }

  /** Whether any control-register control is in use. */
  get anyControlRegister(): boolean {
    return this.cr0Mask !== 0 || this.cr4Mask !== 0 || this.cr3Load || this.cr3Store || this.cr8Load || this.cr8Store;
  }
}

function msrBit(index: number): number {
  const number = index >>> 0;
  if (number < LOW_MSRS) return number;
  const high = number - HIGH_MSR_BASE;
  return high >= 0 && high < LOW_MSRS ? high : -1;
}

function setBit(bytes: Uint8Array, base: number, bit: number, on: boolean): void {
  const mask = 1 << (bit & 7);
  const at = base + (bit >> 3);
  bytes[at] = on ? bytes[at]! | mask : bytes[at]! & ~mask;
}
