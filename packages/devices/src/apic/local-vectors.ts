import * as R from "./registers.js";
import type { State } from "./state.js";

/** What the local vector table needs of its APIC. */
export interface VectorSink {
  /** The software enable, see `LocalApic`. */
  isEnabled(): boolean;
  isGloballyEnabled(): boolean;
  /** A fixed interrupt. */
  accept(vector: number, level: boolean): void;
  /** What the other delivery modes say. */
  receive(mode: number, vector: number, level: boolean): void;
  nmi(): void;
}

/** The local vector table (SDM 3A, 11.5.1) and the two pins that it has entries for. */
export class LocalVectors {
  readonly #state: State;
  readonly #apic: VectorSink;

  constructor(state: State, apic: VectorSink) {
    this.#state = state;
    this.#apic = apic;
  }

  /** A write of an entry. */
  write(index: number, value: number): void {
    const state = this.#state;
    const kept = state.lvt[index]! & R.LVT_REMOTE_IRR;
    state.lvt[index] = (value & R.LVT_WRITABLE[index]!) | kept | ((state.svr & R.SVR_ENABLE) === 0 ? R.LVT_MASKED : 0);
    if (index === R.LVT_LINT0 || index === R.LVT_LINT1) this.#sample(index);
  }

  /** While the APIC is disabled all mask bits are set and cannot be cleared (11.4.7.2). */
  maskAll(): void {
    for (let i = 0; i < R.LVT_COUNT; i++) this.#state.lvt[i]! |= R.LVT_MASKED;
  }

  /** A pin changes; false where it was so already. */
  setPin(index: number, asserted: boolean): boolean {
    const state = this.#state;
    const before = index === R.LVT_LINT0 ? state.lint0 : state.lint1;
    if (before === asserted) return false;
    if (index === R.LVT_LINT0) state.lint0 = asserted;
    else state.lint1 = asserted;
    if (!asserted) return true;
    const lvt = state.lvt[index]!;
    // With the APIC switched off the pins are INTR and NMI themselves (11.4.3).
    if (!this.#apic.isGloballyEnabled()) {
      if (index === R.LVT_LINT1) this.#apic.nmi();
    } else if ((lvt & R.LVT_LEVEL) === 0 || ((lvt >> 8) & 7) !== R.DELIVER_FIXED) this.deliver(index);
    this.#sample(index);
    return true;
  }

  /** A local source: timer, pin or error, as its entry says. */
  deliver(index: number): void {
    const lvt = this.#state.lvt[index]!;
    if ((lvt & R.LVT_MASKED) !== 0) return;
    const mode = (lvt >> 8) & 7;
    if (index === R.LVT_TIMER || index === R.LVT_ERROR || mode === R.DELIVER_FIXED)
      this.#apic.accept(lvt & 0xff, false);
    else if (mode !== R.DELIVER_EXTINT) this.#apic.receive(mode, lvt & 0xff, false);
  }

  /** The end of a level-triggered interrupt: a pin that is still asserted asks again. */
  ended(vector: number): void {
    const { lvt } = this.#state;
    for (let index = R.LVT_LINT0; index <= R.LVT_LINT1; index++) {
      if ((lvt[index]! & 0xff) !== vector) continue;
      lvt[index]! &= ~R.LVT_REMOTE_IRR;
      this.#sample(index);
    }
  }

  /** A level-triggered pin asks as long as it is asserted and not in service. */
  #sample(index: number): void {
    const state = this.#state;
    const lvt = state.lvt[index]!;
    const asserted = index === R.LVT_LINT0 ? state.lint0 : state.lint1;
    if (!asserted || (lvt & R.LVT_LEVEL) === 0 || ((lvt >> 8) & 7) !== R.DELIVER_FIXED) return;
    if ((lvt & (R.LVT_MASKED | R.LVT_REMOTE_IRR)) !== 0 || !this.#apic.isEnabled()) return;
    state.lvt[index] = lvt | R.LVT_REMOTE_IRR;
    this.#apic.accept(lvt & 0xff, true);
  }
}
