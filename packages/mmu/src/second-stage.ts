import { CAS_FAULT, type WalkMemory } from "./walk-memory.js";

/** What a second-stage translation is for: bits of the `access` argument of {@link SecondStage.translate}. */
export const STAGE2_READ = 1;
export const STAGE2_WRITE = 2;
export const STAGE2_FETCH = 4;
/** The access is to an entry of the first stage's tables, not to what they map. */
export const STAGE2_TABLE = 8;

/** A guest-physical to host-physical translation: EPT, nested paging. */
export interface SecondStage {
  /** Host-physical address of the byte, after success. */
  hpa: number;
  /** @returns false on a fault, which the stage describes in fields of its own */
  translate(gpa: number, access: number): boolean;
}

/** The first stage's tables, seen through a second stage: what makes a two-dimensional walk of a one-dimensional walker. */
export class TwoStageMemory implements WalkMemory {
  lo: number = 0;
  hi: number = 0;
  /** Guest-physical address at which the second stage faulted. */
  faultGpa: number = 0;
  readonly #memory: WalkMemory;
  readonly #stage: SecondStage;

  /** @param memory host-physical memory */
  constructor(memory: WalkMemory, stage: SecondStage) {
    this.#memory = memory;
    this.#stage = stage;
  }

  load32(gpa: number): boolean {
    if (!this.#reach(gpa, STAGE2_READ | STAGE2_TABLE)) return false;
    if (!this.#memory.load32(this.#stage.hpa)) return false;
    this.lo = this.#memory.lo;
    return true;
  }

  load64(gpa: number): boolean {
    if (!this.#reach(gpa, STAGE2_READ | STAGE2_TABLE)) return false;
    if (!this.#memory.load64(this.#stage.hpa)) return false;
    this.lo = this.#memory.lo;
    this.hi = this.#memory.hi;
    return true;
  }

  compareAndSet(gpa: number, expected: number, value: number): number {
    if (!this.#reach(gpa, STAGE2_READ | STAGE2_WRITE | STAGE2_TABLE)) return CAS_FAULT;
    return this.#memory.compareAndSet(this.#stage.hpa, expected, value);
  }

  #reach(gpa: number, access: number): boolean {
    if (this.#stage.translate(gpa, access)) return true;
    this.faultGpa = gpa;
    return false;
  }
}
