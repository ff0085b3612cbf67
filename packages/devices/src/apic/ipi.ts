import type { InterruptBus, InterruptReceiver } from "./interrupt-bus.js";
import { BROADCAST } from "./priority.js";
import * as R from "./registers.js";

/**
 * Sends the interprocessor interrupt that a write of the interrupt command register asks for (Intel SDM 3A, 11.6.1).
 *
 * @param icrLow the register's lower half; `destination` is what its upper half says
 * @returns false where the vector is illegal: nothing was sent
 */
export function sendIpi(bus: InterruptBus, self: InterruptReceiver, icrLow: number, destination: number): boolean {
  const mode = (icrLow >> 8) & 7;
  const vector = icrLow & 0xff;
  const level = (icrLow & R.ICR_LEVEL) !== 0;
  if ((mode === R.DELIVER_FIXED || mode === R.DELIVER_LOWEST_PRIORITY) && vector < 16) return false;
  // INIT level de-assert only synchronised arbitration IDs in old processors (11.6.1).
  if (mode === R.DELIVER_INIT && level && (icrLow & R.ICR_ASSERT) === 0) return true;
  // An IPI is an edge: only IOAPIC pins and MSIs have a level to end.
  switch ((icrLow >> R.ICR_SHORTHAND_SHIFT) & 3) {
    case R.SHORTHAND_SELF:
      self.receive(mode, vector, false);
      break;
    case R.SHORTHAND_ALL:
      bus.deliver(BROADCAST, false, mode, vector, false);
      break;
    case R.SHORTHAND_OTHERS:
      bus.deliver(BROADCAST, false, mode, vector, false, self);
      break;
    default:
      bus.deliver(destination, (icrLow & R.ICR_LOGICAL) !== 0, mode, vector, false);
  }
  return true;
}
