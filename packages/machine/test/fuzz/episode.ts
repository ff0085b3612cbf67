import { ACTIVITY_RUNS, S } from "@isinglass/cpu-x86";
import { Random } from "@isinglass/testkit";
import type { VmExit } from "@isinglass/interface";
import { FuzzMachine, type FuzzOptions } from "./fuzz-machine.js";
import { MODES, type Mode, enter } from "./guest-state.js";
import { SLOT, TABLE_32_ENTRIES, TABLE_64, TEMPLATE, TEMPLATE_BYTES } from "./guest-tables.js";
import { CODE, CODE_BYTES, DATA, someAddress, someMmio, somePort } from "./places.js";
import { RandomCode } from "./random-code.js";
import { RingDriver } from "./rings.js";

/** What `run()` may answer on a machine that has no handlers. */
const REASONS: readonly VmExit["reason"][] = [
  "budget",
  "hlt",
  "shutdown",
  "paused",
  "not-implemented",
  "second-stage-fault",
];
/** Instructions of a slice, at most. */
const BUDGET = 1500;
/** Timers that all devices together may have. */
const MOST_TIMERS = 24;

/** Something that must never happen, and where it did. */
export class FuzzFailure extends Error {}

export interface EpisodeResult {
  readonly actions: number;
  readonly executed: number;
  readonly saves: number;
  readonly exits: Readonly<Record<string, number>>;
  readonly output: number;
  readonly slowest: Slice;
}

/** A slice: its milliseconds of processor time, with all that was compiled in it, what it executed, and how many actions there had been. */
export interface Slice {
  readonly milliseconds: number;
  readonly executed: number;
  readonly action: number;
}

/** What an episode may be told beside its seed. */
export interface EpisodeOptions {
  /** Random steps; each program that is run counts with the instructions that it executed, but no more than it has slots. */
  readonly actions: number;
  /** Called now and then: the campaign is alive. */
  readonly onProgress?: (actions: number) => void;
}

/** One machine and some hundred random things that a guest, its user and time do to it. Everything follows from the seed. */
export class Episode {
  readonly #random: Random;
  readonly #options: FuzzOptions;
  readonly #exits: Record<string, number> = {};
  #host: FuzzMachine;
  #rings: RingDriver;
  #actions = 0;
  #executed = 0;
  #saves = 0;
  /** The slice that took the host longest. */
  #slowest: Slice = { milliseconds: 0, executed: 0, action: 0 };
  /** What it did last. */
  #last = "";

  constructor(seed: number, tier: FuzzOptions["tier"]) {
    const random = new Random(seed);
    this.#random = random;
    this.#options = {
      tier,
      cpus: random.oneIn(3) ? 2 : 1,
      cpu: random.pick(["max", "max", "x86-64", "x86-64-v3"]),
      nanosecondsPerInstruction: random.pick([1, 4, 100, 1000]),
      seed,
      diskFails: random.oneIn(4),
    };
    this.#host = new FuzzMachine(this.#options);
    this.#rings = new RingDriver(this.#host.machine, random);
  }

  run({ actions, onProgress }: EpisodeOptions): EpisodeResult {
    try {
      while (this.#actions < actions) {
        this.#step();
        onProgress?.(this.#actions);
      }
      this.#check();
    } catch (error) {
      const { tier, cpus, cpu } = this.#options;
      const where = `${tier}, ${cpus} CPUs, ${cpu}; action ${this.#actions}, ${this.#last}`;
      throw new FuzzFailure(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
        cause: error,
      });
    }
    return {
      actions: this.#actions,
      executed: this.#executed,
      saves: this.#saves,
      exits: this.#exits,
      output: this.#host.output,
      slowest: this.#slowest,
    };
  }

  #step(): void {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 15) this.#program();
    else if (kind < 28) this.#ports();
    else if (kind < 41) this.#memory();
    else if (kind < 50) this.#configuration();
    else if (kind < 54) this.#interrupts();
    else if (kind < 85) this.#offer();
    else if (kind < 89) this.#input();
    else if (kind < 98) this.#slice();
    else if (random.oneIn(6)) this.#saveAndLoad();
    else this.#check();
  }

  #did(what: string): void {
    this.#last = what;
    this.#actions += 1;
  }

  #value(size: number): number {
    const random = this.#random;
    const wide = random.pick([random.u32(), random.below(256), random.below(16), 0xffff_ffff]);
    return size === 4 ? wide : wide & (2 ** (8 * size) - 1);
  }

  #isValue(value: number, size: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size))
      throw new FuzzFailure(`a read of ${size} bytes gave ${value}`);
  }

  #ports(): void {
    const random = this.#random;
    const { bus } = this.#host.machine.core;
    for (let i = random.below(8); i >= 0; i -= 1) {
      const port = somePort(random);
      const size = random.pick([1, 1, 2, 4] as const);
      if (random.oneIn(2)) {
        this.#did(`in ${port.toString(16)}`);
        this.#isValue(bus.readPort(port, size), size);
      } else {
        this.#did(`out ${port.toString(16)}`);
        bus.writePort(port, size, this.#value(size));
      }
    }
  }

  #memory(): void {
    const random = this.#random;
    const { bus } = this.#host.machine.core;
    for (let i = random.below(8); i >= 0; i -= 1) {
      const gpa = someMmio(random, this.#rings.bars);
      const size = random.pick([4, 4, 2, 1] as const);
      if (random.oneIn(2)) {
        this.#did(`load ${gpa.toString(16)}`);
        this.#isValue(bus.readMmio(gpa, size), size);
      } else {
        this.#did(`store ${gpa.toString(16)}`);
        bus.writeMmio(gpa, size, this.#value(size));
      }
    }
  }

  /** PCI configuration by its ports, and by memory; BARs move, also to where something else is. */
  #configuration(): void {
    const random = this.#random;
    const { bus } = this.#host.machine.core;
    for (let i = random.below(4); i >= 0; i -= 1) {
      const where = (random.below(8) << 11) | (random.oneIn(2) ? random.below(3) << 8 : 0);
      const register = random.oneIn(2) ? random.pick([4, 0x10, 0x14, 0x20, 0x24, 0x3c]) : random.below(64) * 4;
      const value = random.oneIn(3) ? someAddress(random, this.#rings.bars) : this.#value(4);
      this.#did(`configuration ${where.toString(16)} ${register.toString(16)}`);
      if (random.oneIn(2)) {
        bus.writePort(0xcf8, 4, (0x8000_0000 | where | register) >>> 0);
        if (random.oneIn(3)) this.#isValue(bus.readPort(0xcfc, 4), 4);
        else bus.writePort(0xcfc + random.below(4), random.pick([1, 2, 4]), value);
      } else {
        const at = 0xb000_0000 + (where << 4) + register + random.below(4);
        if (random.oneIn(3)) this.#isValue(bus.readMmio(at, 4), 4);
        else bus.writeMmio(at, 4, value);
      }
    }
  }

  /** Interrupt controllers and timers as firmware and a kernel set them up: what comes at random keeps them silent. */
  #interrupts(): void {
    const random = this.#random;
    const { core } = this.#host.machine;
    const { bus } = core;
    this.#did("interrupts are set up");
    const out = (port: number, ...values: number[]): void => values.forEach((value) => bus.writePort(port, 1, value));
    if (random.oneIn(2)) {
      out(0x20, 0x11);
      out(0x21, 0x20, 4, 1, random.pick([0, 0xfb, random.below(256)]));
      out(0xa0, 0x11);
      out(0xa1, 0x28, 2, 1, random.pick([0, random.below(256)]));
    }
    if (random.oneIn(2)) {
      out(0x43, random.pick([0x30, 0x34, 0x36, 0x38, random.below(256)]));
      out(0x40, random.below(256), random.below(3));
    }
    const register = (at: number, value: number): void => bus.writeMmio(0xfee0_0000 + at, 4, value);
    register(0xf0, 0x100 | random.pick([0xff, 0x3f, random.below(256)]));
    register(0x350, random.pick([0x700, 0x10000]));
    if (random.oneIn(2)) {
      register(0x3e0, random.below(16));
      register(0x320, random.pick([0x31, 0x2_0032, 0x1_0000, random.below(0x8_0000)]));
      register(0x380, random.pick([random.below(1000), random.below(100_000), random.u32()]));
    }
    for (let i = random.below(4); i > 0; i -= 1) {
      const pin = random.below(24) * 2 + 0x10;
      bus.writeMmio(0xfec0_0000, 4, pin);
      bus.writeMmio(0xfec0_0010, 4, (random.oneIn(3) ? random.below(0x20000) : 0x30 + random.below(16)) & ~0x1000);
      bus.writeMmio(0xfec0_0000, 4, pin + 1);
      bus.writeMmio(0xfec0_0010, 4, random.pick([0, 0x0100_0000, random.u32()]));
    }
    if (random.oneIn(3)) register(0x300, random.pick([0x4_4040, 0x8_4050, 0xc_4400, 0xc_4500, 0xc_4620, random.u32()]));
  }

  #offer(): void {
    for (let i = this.#random.below(6); i >= 0; i -= 1) {
      this.#did("a chain of descriptors");
      this.#rings.offer();
    }
  }

  #input(): void {
    const random = this.#random;
    const { machine } = this.#host;
    this.#did("input");
    const bytes = random.bytes(random.below(40));
    if (random.oneIn(2)) machine.serialInput(bytes);
    else machine.console.input(bytes);
  }

  /** The machine goes on with whatever it was at. */
  #slice(): void {
    this.#did("a slice");
    this.#go(1 + this.#random.below(BUDGET));
  }

  #program(): void {
    const random = this.#random;
    const { machine } = this.#host;
    const { core } = machine;
    const now = core.time.now();
    const bases = core.vcpus.map(({ cpu }) => [cpu.get32(S.apicBase), cpu.getHi(S.apicBase)] as const);
    machine.vm.vcpu.reset();
    machine.vm.stopReason = undefined;
    core.time.skipTo(now);
    core.physical.write(0, TEMPLATE);
    this.#pageTables();
    if (random.oneIn(4)) core.physical.write(DATA, random.bytes(256));
    let slots = 0;
    const names: string[] = [];
    const count = random.oneIn(3) ? core.vcpus.length : 1;
    core.vcpus.forEach((vcpu, index) => {
      const [lo, hi] = bases[index]!;
      vcpu.cpu.set64(S.apicBase, lo, hi);
      if (index >= count) return;
      const mode = random.pick(MODES);
      names.push(mode.name);
      slots += this.#code(index, mode);
      enter(random, vcpu, index, mode, this.#rings.bars);
      vcpu.cpu.set32(S.activity, ACTIVITY_RUNS);
      vcpu.interruptsChanged();
    });
    this.#last = `a program in ${names.join(" and ")}`;
    let done = 0;
    for (let i = random.below(3); i >= 0; i -= 1) done += this.#go(1 + random.below(BUDGET));
    this.#actions += Math.max(1, Math.min(done, slots));
  }

  /** Some pages have other rights, or lead elsewhere. */
  #pageTables(): void {
    const random = this.#random;
    const { physical } = this.#host.machine.core;
    for (let i = random.below(12) - 4; i > 0; i -= 1) {
      const page = random.pick([DATA >> 12, CODE[0]! >> 12, 0x50, random.below(512)]) + random.below(4);
      const to = random.oneIn(3) ? someAddress(random, this.#rings.bars) & ~0xfff : page << 12;
      const rights = random.pick([7, 5, 3, 1, 0, 6, 0x67, 0x107, 0x1f, random.below(0x1000)]);
      const upper = random.oneIn(8) ? random.u32() : random.oneIn(4) ? 0x80000000 : 0;
      const entry = new DataView(new ArrayBuffer(8));
      entry.setUint32(0, to | rights, true);
      entry.setUint32(4, upper, true);
      const bytes = new Uint8Array(entry.buffer);
      physical.write(TABLE_64 + (page % 512) * 8, bytes);
      physical.write(TABLE_32_ENTRIES + (page % 512) * 4, bytes.subarray(0, 4));
    }
  }

  /** Writes a program, mostly an instruction to a slot. Returns how many slots it has. */
  #code(index: number, { bits }: Mode): number {
    const random = this.#random;
    const make = new RandomCode(random, bits, this.#rings.bars);
    const slots = 16 + random.below(240);
    const isDense = random.oneIn(4);
    const bytes = new Uint8Array(CODE_BYTES).fill(0x90, 0, slots * SLOT);
    let at = 0;
    while (at < slots * SLOT) {
      const instruction = make.instruction();
      bytes.set(instruction.slice(0, CODE_BYTES - at), at);
      at += isDense ? instruction.length : Math.ceil(instruction.length / SLOT) * SLOT;
    }
    // Back to the beginning, or the end.
    bytes.set(
      random.oneIn(2) ? [0xf4] : [0xe9, ...word(-(slots * SLOT + 5)).slice(0, bits === 16 ? 2 : 4)],
      slots * SLOT,
    );
    this.#host.machine.core.physical.write(CODE[index]!, bytes);
    return slots;
  }

  /** Runs; the machine is told to go on where it has stopped for good. */
  #go(budget: number): number {
    const { machine } = this.#host;
    const { vm } = machine;
    const before = machine.instructions;
    const begun = process.cpuUsage();
    const exit = machine.run(budget);
    const { user, system } = process.cpuUsage(begun);
    const milliseconds = Math.round((user + system) / 1000);
    const executed = machine.instructions - before;
    if (milliseconds > this.#slowest.milliseconds) this.#slowest = { milliseconds, executed, action: this.#actions };
    this.#executed += executed;
    this.#exits[exit.reason] = (this.#exits[exit.reason] ?? 0) + 1;
    if (!REASONS.includes(exit.reason)) throw new FuzzFailure(`run() answered ${exit.reason}`);
    if (executed < 0 || executed > budget) throw new FuzzFailure(`${executed} instructions in a slice of ${budget}`);
    if (machine.core.clock.armed > MOST_TIMERS) throw new FuzzFailure(`${machine.core.clock.armed} timers`);
    vm.stopReason = undefined;
    return executed;
  }

  #check(): void {
    this.#last = `${this.#last}, then a look at the host's memory`;
    const damage = this.#host.damage();
    if (damage !== undefined) throw new FuzzFailure(damage);
  }

  /** A saved state loads into another machine, which then is the same; and sometimes it is the one that goes on. */
  #saveAndLoad(): void {
    this.#did(`${this.#last}, then saving`);
    this.#saves += 1;
    const { machine } = this.#host;
    const file = machine.save();
    const other = new FuzzMachine(this.#options);
    other.disk.bytes.set(this.#host.disk.bytes);
    other.machine.restore(file);
    if (other.machine.stateHash() !== machine.stateHash()) throw new FuzzFailure("a restored machine is another one");
    if (Buffer.compare(other.machine.save(), file) !== 0)
      throw new FuzzFailure("a restored machine saves another file");
    if (this.#random.oneIn(2)) return;
    this.#check();
    this.#host = other;
    this.#rings = new RingDriver(other.machine, this.#random);
  }
}

const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 0xff);

/** The programs do not reach into one another's tables when they begin. */
if (TEMPLATE_BYTES > CODE[0]!) throw new Error("the tables overlap the programs");
