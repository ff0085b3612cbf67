import { S } from "@isinglass/cpu-x86";
import { DEFAULT_POLICY, type TierPolicy } from "../../src/index.js";
import { Guest, type GuestOptions, type Outcome, differences } from "./guest.js";

/** The default policy with large regions, hurried: one as soon as the dispatch loop tells of an address for the first time. */
export const HURRIED_POLICY: TierPolicy = {
  ...DEFAULT_POLICY,
  threshold: 128,
  batch: 1,
  instructions: 200,
  pages: 3,
};

/** Names of the state's fields by offset, for messages. */
const FIELDS: readonly (readonly [string, number])[] = Object.entries(S)
  .map(([name, at]) => [name, at] as const)
  .toSorted((a, b) => a[1] - b[1]);

function fieldAt(offset: number): string {
  const [name, at] = FIELDS.findLast(([, from]) => from <= offset)!;
  return `${name}+${offset - at}`;
}

/** A guest with regions and one without, which must be alike after the same number of instructions. */
export class Pair {
  readonly compiled: Guest;
  readonly interpreted: Guest;

  constructor(policy: TierPolicy, options: GuestOptions = {}) {
    this.compiled = new Guest({ ...options, policy });
    this.interpreted = new Guest(options);
  }

  both(act: (guest: Guest) => void): void {
    act(this.compiled);
    act(this.interpreted);
  }

  /** Runs both and gives how it ended, or what they disagree on. */
  run(fuel: number): { readonly outcome: Outcome; readonly wrong: readonly string[] } {
    const outcome = this.compiled.run(fuel);
    const expected = this.interpreted.run(fuel);
    const wrong: string[] = outcome === expected ? [] : [`ended with ${outcome}, not ${expected}`];
    return { outcome: expected, wrong: [...wrong, ...this.compareStates()] };
  }

  compareStates(): string[] {
    const a = this.compiled.state();
    const b = this.interpreted.state();
    if (Buffer.compare(a, b) === 0) return [];
    return differences(a, b).map((at) => `${fieldAt(at)} is ${a[at]}, not ${b[at]}`);
  }

  /** Compares a part of memory. */
  compareMemory(at: number, length: number): string[] {
    const a = this.compiled.window(at, length);
    const b = this.interpreted.window(at, length);
    if (Buffer.compare(a, b) === 0) return [];
    return differences(a, b).map((i) => `[0x${(at + i).toString(16)}] is ${a[i]}, not ${b[i]}`);
  }
}
