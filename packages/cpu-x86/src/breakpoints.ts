import { S } from "./state.js";

/** DR6 (SDM vol. 3B, 18.2.3): B3:B0, and the conditions besides them. */
export const DR6_BREAKPOINTS: number = 15;
export const DR6_GENERAL_DETECT: number = 1 << 13;
export const DR6_SINGLE_STEP: number = 1 << 14;
export const DR6_TASK_SWITCH: number = 1 << 15;
/** DR7.GD (18.2.4). */
export const DR7_GENERAL_DETECT: number = 1 << 13;

/** R/W fields of DR7 (18.2.4). */
const ON_EXECUTION = 0;
const ON_WRITE = 1;
const ON_PORT = 2;
/** Bytes of a LEN field, less one, which are address bits that are ignored. */
const LENGTH_MASK = [0, 1, 7, 3] as const;
/** Largest operand of one access: what begins so far below a page may reach into it. */
const WIDEST_ACCESS = 64;

interface State {
  get32(offset: number): number;
  getHi(offset: number): number;
}

/** The breakpoints that DR7 enables, in a form that is quick to ask. Derived from DR0 to DR3, DR7 and CR4.DE. */
export class Breakpoints {
  /** Bits of those that watch execution, data, and ports. */
  code: number = 0;
  data: number = 0;
  ports: number = 0;
  #writes = 0;
  readonly #lo: Int32Array = new Int32Array(4);
  readonly #hi: Int32Array = new Int32Array(4);
  readonly #mask: Int32Array = new Int32Array(4);

  /** Reads the registers; true: what has to be watched in memory has changed. */
  update(state: State, debugExtensions: boolean): boolean {
    const before = [this.code, this.data, this.#writes, ...this.#lo, ...this.#hi, ...this.#mask];
    const dr7 = state.get32(S.dr + 56);
    this.code = 0;
    this.data = 0;
    this.ports = 0;
    this.#writes = 0;
    for (let i = 0; i < 4; i += 1) {
      const isOn = ((dr7 >> (2 * i)) & 3) !== 0;
      const on = (dr7 >> (16 + 4 * i)) & 3;
      const mask = on === ON_EXECUTION ? 0 : LENGTH_MASK[(dr7 >> (18 + 4 * i)) & 3]!;
      this.#mask[i] = isOn ? mask : 0;
      this.#lo[i] = isOn ? state.get32(S.dr + 8 * i) & ~mask : 0;
      this.#hi[i] = isOn ? state.getHi(S.dr + 8 * i) : 0;
      if (!isOn) continue;
      const bit = 1 << i;
      if (on === ON_EXECUTION) this.code |= bit;
      // Without CR4.DE this encoding is undefined; as on real processors nothing matches.
      else if (on === ON_PORT) this.ports |= debugExtensions ? bit : 0;
      else {
        this.data |= bit;
        if (on === ON_WRITE) this.#writes |= bit;
      }
    }
    const after = [this.code, this.data, this.#writes, ...this.#lo, ...this.#hi, ...this.#mask];
    return after.some((value, i) => value !== before[i]);
  }

  /** Bits of the breakpoints on execution at a linear address. */
  atCode(lo: number, hi: number): number {
    let bits = 0;
    for (let i = 0; i < 4; i += 1)
      if ((this.code & (1 << i)) !== 0 && this.#lo[i] === lo && this.#hi[i] === hi) bits |= 1 << i;
    return bits;
  }

  /** Whether a breakpoint on execution is on the page of a linear address. */
  codeOnPage(lo: number, hi: number): boolean {
    if (this.code === 0) return false;
    for (let i = 0; i < 4; i += 1)
      if ((this.code & (1 << i)) !== 0 && (this.#lo[i]! ^ lo) >>> 12 === 0 && this.#hi[i] === hi) return true;
    return false;
  }

  /** Whether an access that begins on the page of a linear address can touch watched data. */
  dataOnPage(lo: number, hi: number): boolean {
    if (this.data === 0) return false;
    for (let i = 0; i < 4; i += 1)
      if ((this.data & (1 << i)) !== 0 && this.#touches(i, lo & ~0xfff, hi, 4096 + WIDEST_ACCESS)) return true;
    return false;
  }

  /** Whether a breakpoint watches one of `size` bytes; they may go on beyond 4 GiB. */
  #touches(i: number, lo: number, hi: number, size: number): boolean {
    const first = this.#lo[i]! >>> 0;
    const distance = (first - (lo >>> 0)) >>> 0;
    const upper = (this.#hi[i]! - hi - (first < lo >>> 0 ? 1 : 0)) | 0;
    return upper === 0 ? distance < size : upper === -1 && distance >= 0x1_0000_0000 - this.#mask[i]!;
  }

  /** Bits of the breakpoints that an access of `size` bytes hits. */
  atData(lo: number, hi: number, size: number, write: boolean): number {
    let bits = 0;
    for (let i = 0; i < 4; i += 1) {
      const bit = 1 << i;
      if ((this.data & bit) === 0 || (!write && (this.#writes & bit) !== 0)) continue;
      if (this.#touches(i, lo, hi, size)) bits |= bit;
    }
    return bits;
  }

  /** Bits of the breakpoints that an access to `size` ports hits. */
  atPort(port: number, size: number): number {
    let bits = 0;
    for (let i = 0; i < 4; i += 1) {
      const at = this.#lo[i]! >>> 0;
      if ((this.ports & (1 << i)) !== 0 && port <= at + this.#mask[i]! && at < port + size) bits |= 1 << i;
    }
    return bits;
  }
}
