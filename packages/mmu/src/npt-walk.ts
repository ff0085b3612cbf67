import { ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE } from "./access.js";
import { type SecondStage, STAGE2_FETCH, STAGE2_TABLE, STAGE2_WRITE } from "./second-stage.js";
import type { WalkMemory } from "./walk-memory.js";
import type { X86Regime } from "./x86-regime.js";
import { PF_USER, PF_WRITE, X86Walker } from "./x86-walk.js";

/** Addresses that the modes of `X86Regime.paging` can translate; above them nothing is present. */
const ADDRESS_LIMIT: readonly number[] = [2 ** 32, 2 ** 32, 2 ** 32, 2 ** 48, 2 ** 52];

/**
 * AMD's nested paging (APM vol. 2 15.25): the host's ordinary page tables, walked for a guest-physical address as for a user's
 * access. Accesses to the guest's tables count as data writes.
 */
export class NptWalker implements SecondStage {
  /** nCR3 and the host's paging mode, NXE and MAXPHYADDR. */
  readonly regime: X86Regime;
  hpa: number = 0;
  /** Page size and rights of the last success; `writable` as in {@link X86Walker}. */
  readonly walker: X86Walker;
  /** Low half of EXITINFO1 after a fault: the page-fault error code. The caller knows bits 32 and 33. */
  errorCode: number = 0;
  /** The fault is of the memory under the nested tables: nothing that hardware has. */
  unreachable: boolean = false;

  constructor(memory: WalkMemory, regime: X86Regime) {
    this.regime = regime;
    this.walker = new X86Walker(memory);
  }

  translate(gpa: number, access: number): boolean {
    const table = (access & STAGE2_TABLE) !== 0;
    const kind = table || (access & STAGE2_WRITE) !== 0 ? ACCESS_WRITE : access & STAGE2_FETCH ? ACCESS_FETCH : 0;
    if (gpa >= ADDRESS_LIMIT[this.regime.paging]!) {
      this.unreachable = false;
      this.errorCode = PF_USER | (kind === ACCESS_WRITE ? PF_WRITE : 0);
      return false;
    }
    const result = this.walker.walk(this.regime, gpa | 0, Math.floor(gpa / 0x1_0000_0000), kind | ACCESS_USER);
    this.hpa = this.walker.gpa;
    this.unreachable = result < 0;
    this.errorCode = result > 0 ? result - 1 : 0;
    return result === 0;
  }
}
