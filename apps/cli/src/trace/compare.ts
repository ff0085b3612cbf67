import { S } from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";
import type { GdbClient } from "./gdb-client.js";
import { type TraceEnd, endOf, hex } from "./listing.js";
import { type Registers, differences, handOver, readOurs, readTheirs, takeOver } from "./registers.js";
import { arriveAt, millions, skipTo } from "./begin.js";
import type { Step, Subject } from "./subject.js";

export interface CompareOptions {
  /** Most instructions. */
  readonly max: number;
  /** Results that depend on the machine are held against QEMU's too, instead of being taken over. */
  readonly strict: boolean;
  /** Hears of progress. */
  readonly onProgress?: (done: number) => void;
}

/** The first instruction after which registers differ. */
export interface Divergence {
  /** Instructions that had been compared, this one included; 0: they differ before the first. */
  readonly number: number;
  readonly step: Step;
  /** Instructions before it, oldest first. */
  readonly before: readonly Step[];
  readonly registers: readonly { readonly name: string; readonly ours: bigint; readonly theirs: bigint }[];
}

export interface Comparison {
  /** Instructions after which registers were compared; a repeated one is compared once, at its end. */
  readonly compared: number;
  /** Executed meanwhile, as the machine counts: each iteration of a repeated one, and the HLT at which a comparison ends. */
  readonly executed: number;
  /** The same from the machine's start on. */
  readonly instructions: number;
  readonly end: TraceEnd;
  readonly divergence: Divergence | undefined;
  /** Instructions whose result was taken over from QEMU, by mnemonic. */
  readonly takenOver: ReadonlyMap<string, number>;
}

/** Instructions whose result is the machine's, not the CPU's: time, model, devices, chance. */
const DIFFER_BY_NATURE = new Set("rdtsc rdtscp cpuid in insb insw insd rdmsr rdrand rdseed rdpmc xgetbv".split(" "));
const RECENT = 12;
/** A repeated instruction ends after so many iterations at the latest. */
const LONGEST_REPEAT = 100_000_000;
const RUN_SECONDS = 60;
const STOPPED = "T05";
/** Instructions or arrivals between two reports of progress. */
const LOOK_EVERY = 1024;

/** Our machine and QEMU, in step. */
export class Lockstep {
  readonly #subject: Subject;
  readonly #client: GdbClient;

  constructor(subject: Subject, client: GdbClient) {
    this.#subject = subject;
    this.#client = client;
  }

  /** Gives QEMU the general registers with which our guest begins. */
  async begin(): Promise<void> {
    await handOver(this.#client, readOurs(this.#subject.machine.vcpu.registers));
  }

  /** Both go on to the first arrival at `address`. */
  async arrive(address: bigint, say: (what: string) => void): Promise<void> {
    if (this.#subject.machine.vcpu.registers.get("rip") === address) return;
    arriveAt(this.#subject, address, say);
    await this.#client.setBreakpoint(address, true);
    await this.#goOn(address, "");
    await this.#client.setBreakpoint(address, false);
  }

  /**
   * Both execute `count` instructions without being compared, and to its end a repeated one that they would be in the middle of. QEMU
   * cannot count them: it goes to as many arrivals at the address where we stand then, or takes single steps where that is less work.
   *
   * @param scout a machine like ours, which is run to find that address
   * @param say hears of progress
   */
  async skip(count: number, scout: Subject, say: (what: string) => void): Promise<void> {
    skipTo(scout, count, say);
    const { cpu, registers } = scout.machine.vcpu;
    if (scout.next().repeats) {
      const inside = registers.get("rip");
      while (registers.get("rip") === inside) scout.step();
    }
    const end = scout.instructions;
    const target = registers.get("rip");
    const [lo, hi] = [cpu.get32(S.rip), cpu.getHi(S.rip)];
    const ours = this.#subject.machine.vcpu.cpu;
    let arrivals = 0;
    while (this.#subject.instructions < end) {
      this.#subject.step();
      if (ours.get32(S.rip) === lo && ours.getHi(S.rip) === hi) arrivals += 1;
      if (this.#subject.instructions % LOOK_EVERY === 0) say(`skipping: ${millions(this.#subject.instructions, end)}`);
    }
    // An arrival takes two answers of QEMU's, a step one.
    if (arrivals * 2 > end) {
      for (let i = 0; i < end; i += 1) {
        await this.#client.step();
        if (i % LOOK_EVERY === 0) say(`skipping in QEMU: ${millions(i, end)}`);
      }
      return;
    }
    await this.#client.setBreakpoint(target, true);
    for (let i = 1; i <= arrivals; i += 1) {
      // Off the breakpoint, which would stop it again at once.
      await this.#client.step();
      await this.#goOn(target, ` (arrival ${i} of ${arrivals})`);
      if (i % LOOK_EVERY === 0) say(`skipping in QEMU: arrival ${i} of ${arrivals}`);
    }
    await this.#client.setBreakpoint(target, false);
  }

  /** QEMU goes on to its breakpoint. */
  async #goOn(address: bigint, which: string): Promise<void> {
    const stop = await this.#client.goOn(RUN_SECONDS);
    if (stop.startsWith(STOPPED)) return;
    throw new IsinglassError(
      "ISG_TRACE_QEMU",
      `QEMU: did not come to ${hex(address)}${which} within ${RUN_SECONDS} s; it stopped with ${stop}`,
    );
  }

  /** Executes instructions on both and compares registers after each, until they differ. */
  async compare({ max, strict, onProgress }: CompareOptions): Promise<Comparison> {
    const subject = this.#subject;
    const { registers } = subject.machine.vcpu;
    const takenOver = new Map<string, number>();
    const before: Step[] = [];
    let compared = 0;
    const first = subject.instructions;
    const result = (end: TraceEnd, divergence?: Divergence): Comparison => {
      const total = subject.instructions + (end === "halted" ? 1 : 0);
      return { compared, executed: total - first, instructions: total, end, divergence, takenOver };
    };
    const diverged = (step: Step, names: readonly string[], ours: Registers, theirs: Registers): Comparison =>
      result("limit", {
        number: compared,
        step,
        before: before.slice(-RECENT),
        registers: names.map((name) => ({ name, ours: ours[name]!, theirs: theirs[name]! })),
      });
    const start = readOurs(registers);
    const atStart = await readTheirs(this.#client);
    const apart = differences(start, atStart);
    if (apart.length > 0) return diverged(subject.next(), apart, start, atStart);
    while (compared < max) {
      const step = subject.next();
      if (step.mnemonic === "hlt") return result("halted");
      const reads = subject.deviceReads;
      const { reason, stopped } = await this.#stepBoth(step);
      compared += 1;
      const ours = readOurs(registers);
      const end = endOf(subject, reason);
      if (end !== undefined || stopped) {
        // QEMU switches itself off a moment after the instruction that asks for it: it may answer as if it went on.
        const isSwitchedOff = end === "poweroff" || end === "reset";
        if ((end !== undefined) === stopped || isSwitchedOff) return result(end ?? "limit");
        // One of them ended: what the other one holds says how far it came.
        return end === "not-implemented" ? result(end) : diverged(step, ["rip"], ours, await readTheirs(this.#client));
      }
      const theirs = await readTheirs(this.#client);
      const wrong = differences(ours, theirs, step.undefinedFlags);
      const natural =
        !strict &&
        wrong.length > 0 &&
        !wrong.includes("rip") &&
        (DIFFER_BY_NATURE.has(step.mnemonic) || subject.deviceReads !== reads);
      if (natural) takenOver.set(step.mnemonic, (takenOver.get(step.mnemonic) ?? 0) + 1);
      else if (wrong.length > 0) return diverged(step, wrong, ours, theirs);
      // Undefined flags are taken over too: an instruction that pushes them would spread the difference.
      if (natural || differences(ours, theirs).length > 0) takeOver(registers, theirs);
      before.push(step);
      if (before.length > 2 * RECENT) before.splice(0, RECENT);
      onProgress?.(compared);
    }
    return result("limit");
  }

  /** One instruction on both, with all iterations of a repeated one. */
  async #stepBoth({ address, bytes, repeats }: Step): Promise<{ readonly reason: string; readonly stopped: boolean }> {
    const { registers } = this.#subject.machine.vcpu;
    let { reason } = this.#subject.step();
    if (!repeats) return { reason, stopped: !(await this.#client.step()).startsWith(STOPPED) };
    for (let i = 0; i < LONGEST_REPEAT && reason === "budget" && registers.get("rip") === address; i += 1)
      ({ reason } = this.#subject.step());
    // A fault inside it leads elsewhere, and both have to say where.
    const after = address + BigInt(bytes.length);
    const stop =
      registers.get("rip") === after ? await this.#client.runTo(after, RUN_SECONDS) : await this.#stepOut(address);
    return { reason, stopped: !stop.startsWith(STOPPED) && !stop.startsWith("T02") };
  }

  async #stepOut(address: bigint): Promise<string> {
    for (;;) {
      const stop = await this.#client.step();
      if (!stop.startsWith(STOPPED) || (await readTheirs(this.#client))["rip"] !== address) return stop;
    }
  }
}
