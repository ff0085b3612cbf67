import type { MsiTarget } from "@isinglass/interface";
import { wideDestination } from "./priority.js";
import { DELIVER_FIXED, DELIVER_LOWEST_PRIORITY } from "./registers.js";

/** A local APIC as the bus sees it. */
export interface InterruptReceiver {
  /** Whether a message to `destination`, physical or logical, is for it (SDM 3A, 11.6.2). */
  matches(destination: number, logical: boolean): boolean;
  /** Takes a message of a delivery mode other than lowest priority. */
  receive(mode: number, vector: number, level: boolean): void;
  /** Its software enable: only then it takes part in lowest-priority arbitration. */
  readonly isEnabled: boolean;
  /** The lower, the more willing (11.6.2.4). */
  readonly arbitrationPriority: number;
}

/** An IOAPIC as the bus sees it. */
export interface EoiListener {
  /** A local APIC ended a level-triggered interrupt. */
  endOfInterrupt(vector: number): void;
  /** A local APIC takes interrupts that it did not take before: what nobody has accepted may be sent again. */
  retry?(): void;
}

const MSI_REGION = 0xfee;
const MSI_LOGICAL = 0x4;
const MSI_LEVEL = 0x8000;

/**
 * What connects local APICs, IOAPICs and message-signalled interrupts: finds who a message is for. Deterministic: among equals
 * lowest-priority arbitration takes the one attached first.
 *
 * @example
 * const interrupts = new InterruptBus();
 * const lapic = new LocalApic({ clock, bus: interrupts, id: 0, cpu });
 * const ioapic = new IoApic({ bus: interrupts });
 * interrupts.sendMessage(0xfee0_0000, 0x0041); // MSI: vector 0x41 to APIC 0
 */
export class InterruptBus implements MsiTarget {
  readonly #receivers: InterruptReceiver[] = [];
  readonly #listeners: EoiListener[] = [];

  attach(receiver: InterruptReceiver): void {
    this.#receivers.push(receiver);
  }

  attachListener(listener: EoiListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Delivers a message.
   *
   * @param destination an APIC ID, or a logical address where `logical`, of 32 bits; all ones is everybody
   * @param mode delivery mode 0-7
   * @param level level-triggered: the end of the interrupt is broadcast
   * @param except a receiver that is left out ("all excluding self")
   * @returns whether a local APIC accepted it: one that is meant, and for an interrupt one that is enabled by software
   */
  deliver(
    destination: number,
    logical: boolean,
    mode: number,
    vector: number,
    level: boolean,
    except: InterruptReceiver | null = null,
  ): boolean {
    const receivers = this.#receivers;
    let isAccepted = false;
    if (mode === DELIVER_LOWEST_PRIORITY) {
      let best: InterruptReceiver | null = null;
      for (let i = 0; i < receivers.length; i++) {
        const r = receivers[i]!;
        if (r === except || !r.isEnabled || !r.matches(destination, logical)) continue;
        if (best === null || r.arbitrationPriority < best.arbitrationPriority) best = r;
      }
      best?.receive(0, vector, level);
      return best !== null;
    }
    for (let i = 0; i < receivers.length; i++) {
      const r = receivers[i]!;
      if (r === except || !r.matches(destination, logical)) continue;
      isAccepted ||= mode !== DELIVER_FIXED || r.isEnabled;
      r.receive(mode, vector, level);
    }
    return isAccepted;
  }

  /** A message-signalled interrupt (SDM 3A, 11.11): a write to 0xfeexxxxx. Other addresses are memory, not interrupts: nothing happens. */
  sendMessage(address: number, data: number): void {
    if (Math.floor(address / 0x10_0000) !== MSI_REGION) return;
    this.deliver(
      wideDestination((address >>> 12) & 0xff),
      (address & MSI_LOGICAL) !== 0,
      (data >>> 8) & 7,
      data & 0xff,
      (data & MSI_LEVEL) !== 0,
    );
  }

  /** Tells every IOAPIC that a local APIC takes interrupts from now on. */
  broadcastEnabled(): void {
    for (let i = 0; i < this.#listeners.length; i++) this.#listeners[i]!.retry?.();
  }

  /** Tells every IOAPIC that a level-triggered interrupt was ended. */
  broadcastEoi(vector: number): void {
    for (let i = 0; i < this.#listeners.length; i++) this.#listeners[i]!.endOfInterrupt(vector);
  }
}
