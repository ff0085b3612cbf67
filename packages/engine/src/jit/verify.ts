import { IsinglassError } from "@isinglass/interface";
import type { SoftTlb } from "@isinglass/mmu";
import { ASSIST_NEXT, EXIT_BUDGET, type GuestIsa } from "@isinglass/uops";
import { Wasm, type WasmMemory, type WasmTable } from "@isinglass/wasm";
import type { MemoryPath } from "../memory-path.js";
import { ASSIST_NOT_HERE } from "./region-runtime.js";
import { type MemoryDifference, StoreJournal } from "./store-journal.js";
import { STAND_INS, buildRegionCaller, buildStandIns } from "./verify-module.js";

/** Most instructions that one verified run executes: what the journal has to hold. */
const LONGEST_RUN = 65536;

/** Calls the region that is being verified; gives what it gives. */
export type RegionCall = () => number;

/** What the owner of a vCPU tells the verifier about its state. */
export interface VerifyOptions {
  /** Bytes of state from the vCPU's address on. */
  readonly stateBytes: number;
  /** Ranges [from, to) of the state that mean nothing between instructions, beside those of the ISA. */
  readonly ignored: readonly (readonly [number, number])[];
  /** Gives the live state the one form that all states have which the guest cannot tell apart, such as flags made from a lazy record. */
  normalise(): void;
  /** Calls the region in its place: for tests, which have a wrong region there. */
  readonly tamper?: (call: RegionCall) => number;
}

/** An instruction of the guest. */
export interface VerifiedInstruction {
  /** Linear address. */
  readonly address: bigint;
  /** Bytes from there to the end of its page, at most 15. */
  readonly bytes: Uint8Array;
}

/** Where a region did something else than the interpreter. */
export interface DivergenceDetails {
  /** Linear address of the region's entry. */
  readonly region: bigint;
  /** Instructions from there that both did alike. */
  readonly agreed: number;
  /** Instructions after those, executed by the interpreter: somewhere in them the region went wrong. */
  readonly instructions: readonly VerifiedInstruction[];
  /** State before these instructions and after them, as the region and as the interpreter left it; flags in normal form. */
  readonly before: Uint8Array;
  readonly compiled: Uint8Array;
  readonly interpreted: Uint8Array;
  /** Offsets of state bytes that differ. */
  readonly state: readonly number[];
  readonly memory: readonly MemoryDifference[];
  /** EXIT_* with which the interpreter stopped, and instructions that it had left; where that is not the end of its budget, the region went on too far. */
  readonly exit: number;
  readonly left: number;
}

/** Thrown out of a run when a region did something else than the interpreter. */
export class RegionDivergence extends IsinglassError {
  readonly details: DivergenceDetails;

  constructor(details: DivergenceDetails) {
    const { region, agreed, instructions, state, memory } = details;
    super(
      "ISG_JIT_DIVERGENCE",
      `jit: the region at 0x${region.toString(16)} differs from the interpreter within ${instructions.length} instructions after ` +
        `${agreed}: ${state.length} bytes of state, ${memory.length} bytes of memory`,
      { region, agreed, state: state.length, memory: memory.length },
    );
    this.details = details;
  }
}

/** What has been verified. */
export interface VerifyStats {
  /** Runs of regions that were compared, and the instructions in them. */
  runs: number;
  instructions: number;
  /** Runs that ended before their first instruction was complete: nothing may have changed then, which is compared too. */
  empty: number;
}

export interface VerifierParts {
  readonly memory: WasmMemory;
  readonly vcpu: number;
  readonly isa: GuestIsa;
  readonly tlb: SoftTlb;
  readonly path: MemoryPath;
  readonly options: VerifyOptions;
  /** The dispatch loop. */
  run(vcpu: number, fuel: number): number;
}

type CallRegion = (slot: number, vcpu: number, fuel: number, lo: number, hi: number, view: number) => number;

/** What one execution left behind. */
interface Outcome {
  readonly differs: boolean;
  readonly count: number;
  readonly status: number;
  readonly exit: number;
  readonly left: number;
}

/**
 * Runs each region twice: compiled, with its stores noted, which is then taken back, and interpreted for the same number of
 * instructions, which stays. State and stores of both are compared; the first difference is thrown as {@link RegionDivergence}.
 *
 * Every store has to come by: regions are made so that they ask for each where it goes, and all pages of the guest carry a filter that withholds
 * the write tag of the soft TLB.
 */
export class RegionVerifier {
  readonly stats: VerifyStats = { runs: 0, instructions: 0, empty: 0 };
  readonly #parts: VerifierParts;
  readonly #u8: Uint8Array;
  readonly #i32: Int32Array;
  readonly #fuel: number;
  readonly #pc: number;
  /** The regions themselves; stand-ins are in the table that the dispatch loop knows. */
  readonly #regions: WasmTable;
  readonly #entries: number[] = [];
  readonly #standIns: unknown[] = [];
  readonly #call: CallRegion;
  readonly #before: Int32Array;
  readonly #compiled: Int32Array;
  readonly #interpreted: Int32Array;
  readonly #live: Int32Array;
  /** Bits of each word of the state that count. */
  readonly #mask: Int32Array;
  readonly #ours: StoreJournal;
  readonly #theirs: StoreJournal;
  #journal: StoreJournal | undefined;
  /** The interpreter has its turn, or a region is being run: none is entered. */
  #busy = false;

  constructor(parts: VerifierParts) {
    const { vcpu, isa, options } = parts;
    const { buffer } = parts.memory;
    const { state } = isa;
    this.#parts = parts;
    this.#u8 = new Uint8Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#fuel = (vcpu + state.fuel) >> 2;
    this.#pc = (vcpu + state.pc) >> 2;
    const words = options.stateBytes >> 2;
    this.#live = new Int32Array(buffer, vcpu, words);
    this.#before = new Int32Array(words);
    this.#compiled = new Int32Array(words);
    this.#interpreted = new Int32Array(words);
    this.#mask = new Int32Array(words).fill(-1);
    for (const [from, to] of [
      ...state.scratch,
      ...options.ignored,
      [state.nextPc, state.nextPc + 8] as const,
      ...[state.fuel, state.exitCode, state.faultVector, state.faultError].map((at) => [at, at + 4] as const),
    ])
      this.#mask.fill(0, from >> 2, to >> 2);
    this.#ours = new StoreJournal(this.#u8);
    this.#theirs = new StoreJournal(this.#u8);
    this.#regions = new Wasm.Table({ element: "anyfunc", initial: STAND_INS });
    const caller = new Wasm.Instance(new Wasm.Module(buildRegionCaller(state)), {
      v: { memory: parts.memory, regions: this.#regions },
    });
    this.#call = caller.exports["call"] as unknown as CallRegion;
  }

  /** Whether regions are not to be made now: code is executed to be compared. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /** Puts a region in its slot, and gives what goes into the dispatch loop's table. */
  place(slot: number, region: unknown, entry: number): unknown {
    if (slot >= this.#regions.length) this.#regions.grow(this.#regions.length);
    this.#regions.set(slot, region);
    this.#entries[slot] = entry;
    while (this.#standIns.length <= slot) {
      const first = this.#standIns.length;
      const { exports } = new Wasm.Instance(new Wasm.Module(buildStandIns(this.#parts.isa.state, first)), {
        v: {
          memory: this.#parts.memory,
          enter: (at: number, fuel: number, lo: number, hi: number, view: number) =>
            this.#enter(at, fuel, lo, hi, view),
        },
      });
      for (let k = 0; k < STAND_INS; k += 1) this.#standIns.push(exports[`s${k}`]);
    }
    return this.#standIns[slot];
  }

  /** Where a region stores; the bytes there are noted. 0: the region is left, and has done nothing: what a walk stored is the interpreter's to do. */
  locateStore(lo: number, hi: number, descriptor: number, bytes: number): number {
    const mark = this.#journal?.count ?? 0;
    const host = this.#parts.path.locateStore(lo, hi, descriptor);
    if (host === 0) this.#journal?.undo(mark);
    else this.#journal?.note(host, bytes);
    return host;
  }

  /**
   * An assist that a region asks for: performed where all that it does can be taken back and it lets the region go on, else the region ends before it.
   */
  assist(id: number, perform: () => number): number {
    if (this.#parts.isa.isLocalAssist?.(id) !== true) return ASSIST_NOT_HERE;
    const mark = this.#journal?.count ?? 0;
    const before = this.#live.slice();
    const status = perform();
    if (status === ASSIST_NEXT) return status;
    this.#live.set(before);
    this.#journal?.undo(mark);
    return ASSIST_NOT_HERE;
  }

  /** A store to memory by the interpreter, about to be made. */
  noteStore(host: number, length: number): void {
    this.#journal?.note(host, length);
  }

  /** A store to memory by a page walk, about to be made. */
  noteWalk(host: number, length: number): void {
    this.#journal?.note(host, length, true);
  }

  #enter(slot: number, fuel: number, lo: number, hi: number, view: number): number {
    const i32 = this.#i32;
    // The dispatch loop has the pc in a local.
    i32[this.#pc] = lo + this.#entries[slot]!;
    i32[this.#pc + 1] = hi;
    if (this.#busy) {
      i32[this.#fuel] = fuel;
      return 1;
    }
    this.#before.set(this.#live);
    this.#busy = true;
    try {
      const outcome = this.#compare(slot, Math.min(fuel, LONGEST_RUN), lo, hi, view);
      if (outcome.differs) {
        const divergence = this.#report(slot, outcome.count, lo, hi, view);
        i32[this.#fuel] = fuel - divergence.details.agreed;
        throw divergence;
      }
      i32[this.#fuel] = fuel - outcome.count;
      if (outcome.count === 0) this.stats.empty += 1;
      else this.stats.runs += 1;
      this.stats.instructions += outcome.count;
      return outcome.status;
    } finally {
      this.#busy = false;
      this.#journal = undefined;
    }
  }

  /** Runs a region from the state in `#before` and takes it back, then the interpreter, which stays. */
  #compare(slot: number, fuel: number, lo: number, hi: number, view: number): Outcome {
    const { options, tlb, vcpu } = this.#parts;
    const i32 = this.#i32;
    const ours = this.#ours;
    const theirs = this.#theirs;
    ours.clear();
    theirs.clear();
    tlb.beginUndo();
    this.#journal = ours;
    const call: RegionCall = () => this.#call(slot, vcpu, fuel, lo, hi, view);
    const status = options.tamper === undefined ? call() : options.tamper(call);
    const count = fuel - i32[this.#fuel]!;
    options.normalise();
    this.#compiled.set(this.#live);
    ours.keep();
    const stores = ours.count;
    ours.undo();
    ours.count = stores;
    tlb.undo();
    this.#live.set(this.#before);

    this.#journal = theirs;
    let exit = EXIT_BUDGET;
    i32[this.#fuel] = 0;
    if (count > 0) exit = this.#parts.run(vcpu, count);
    const left = i32[this.#fuel]!;
    this.#journal = undefined;
    this.#interpreted.set(this.#live);
    options.normalise();
    const differs = exit !== EXIT_BUDGET || left !== 0 || count < 0 || this.#stateDiffers();
    if (differs) {
      theirs.keep();
      return { differs, count, status, exit, left };
    }
    this.#live.set(this.#interpreted);
    theirs.keep();
    return { differs: !ours.equals(theirs) && ours.differences(theirs).length > 0, count, status, exit, left };
  }

  #stateDiffers(): boolean {
    const a = this.#compiled;
    const b = this.#live;
    const mask = this.#mask;
    for (let i = 0; i < mask.length; i += 1) if (((a[i]! ^ b[i]!) & mask[i]!) !== 0) return true;
    return false;
  }

  /**
   * Finds the first of the region's blocks that differs: the region is run with more and more fuel, a block of which it never exceeds.
   * Leaves the state as it was before that block.
   */
  #report(slot: number, count: number, lo: number, hi: number, view: number): RegionDivergence {
    const start = this.#before.slice();
    let agreed = 0;
    let outcome: Outcome | undefined;
    for (let fuel = 1; fuel <= Math.max(count, 1); fuel += 1) {
      this.#theirs.undo();
      this.#live.set(start);
      outcome = this.#compare(slot, fuel, lo, hi, view);
      if (outcome.differs) break;
      agreed = outcome.count;
    }
    const found = outcome!;
    const compiled = this.#bytes(this.#compiled);
    this.#live.set(this.#interpreted);
    this.#parts.options.normalise();
    const interpreted = this.#bytes(this.#live);
    const memory = this.#ours.differences(this.#theirs);
    const state: number[] = [];
    compiled.forEach((byte, at) => {
      if (byte !== interpreted[at] && this.#mask[at >> 2] !== 0) state.push(at);
    });
    // Once more by the interpreter, an instruction at a time.
    this.#theirs.undo();
    this.#live.set(start);
    this.#journal = this.#theirs;
    if (agreed > 0) this.#parts.run(this.#parts.vcpu, agreed);
    const resume = this.#live.slice();
    this.#theirs.clear();
    this.#parts.options.normalise();
    const before = this.#bytes(this.#live);
    this.#live.set(resume);
    const instructions: VerifiedInstruction[] = [];
    for (let i = agreed; i < Math.max(found.count - found.left, agreed + 1); i += 1) {
      instructions.push(this.#instruction());
      if (this.#parts.run(this.#parts.vcpu, 1) !== EXIT_BUDGET) break;
    }
    this.#theirs.undo();
    this.#live.set(resume);
    const region = BigInt.asUintN(64, (BigInt(hi) << 32n) + BigInt(lo >>> 0) + BigInt(this.#entries[slot]!));
    const { exit, left } = found;
    return new RegionDivergence({
      region,
      agreed,
      instructions,
      before,
      compiled,
      interpreted,
      state,
      memory,
      exit,
      left,
    });
  }

  #bytes(words: Int32Array): Uint8Array {
    return new Uint8Array(words.slice().buffer);
  }

  #instruction(): VerifiedInstruction {
    const lo = this.#i32[this.#pc]!;
    const hi = this.#i32[this.#pc + 1]!;
    const page = this.#parts.path.fetchPage(lo, hi);
    const inPage = lo & 0xfff;
    const bytes = page < 0 ? new Uint8Array(0) : this.#u8.slice(page + inPage, page + Math.min(4096, inPage + 15));
    return { address: BigInt.asUintN(64, (BigInt(hi) << 32n) | BigInt(lo >>> 0)), bytes };
  }
}
