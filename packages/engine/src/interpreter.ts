import { PAGE_WATCH, TLB_X } from "@isinglass/mmu";
import { type GuestIsa, MEM_SIZE_MASK } from "@isinglass/uops";
import { Wasm, type WasmImports, type WasmModule, type WasmTable } from "@isinglass/wasm";
import { CodeCache } from "./code-cache.js";
import { ASSIST_NEXT, EXIT_BUDGET } from "@isinglass/uops";
import { FormTable } from "./form-table.js";
import { type LaidOutForm, buildColdModule, buildInterpreter } from "./interpreter-module.js";
import { MemoryPath } from "./memory-path.js";
import type { InterpreterOptions, VcpuParts } from "./executor-options.js";
import { type EngineExecutor, ReferenceExecutor } from "./reference.js";
import { RECORD_BYTES, RECORD_WRAP, layOutHoles } from "./record.js";
import { type Explanation, explain } from "./jit/explain.js";
import { Jit } from "./jit/jit.js";
import type { RegionLog } from "./jit/region-report.js";
import { ASSIST_RESUME, buildRegionRuntime } from "./jit/region-runtime.js";
import { RegionVerifier } from "./jit/verify.js";

/** Slots by which the table of handler functions grows. */
const TABLE_STEP = 512;
/** Handler functions compiled on demand at a time: about 60 MB of the host's memory. The boot of a Linux needs some hundreds. */
const COLD_FORMS = 4096;

/** See `evaluations` of the options. */
const EVALUATIONS = 2;

type RunFunction = (vcpu: number, fuel: number) => number;

/** What is compiled for an ISA, the dispatch loop first, and shared by all its machines in a process: code only, no state. */
interface SharedModules {
  readonly loop: WasmModule;
  readonly warm: WasmModule;
  readonly regions: WasmModule;
}

const compiled = new WeakMap<GuestIsa, SharedModules>();

/** A vCPU among those that share decoded and compiled code: what emitted code asks for is answered for the one that runs. */
interface Seat extends VcpuParts {
  /** Indices of fields of its state, as 32-bit words of the memory. */
  readonly pc: number;
  readonly mode: number;
  readonly fuel: number;
  readonly path: MemoryPath;
  readonly reference: ReferenceExecutor;
}

/**
 * The interpreter tier: decoded records, run by a `br_table` loop in WebAssembly that is generated from the micro-ops. Emitted code takes the
 * address of the vCPU's state and of its soft-TLB view as parameters, so that all vCPUs of a machine can {@link join} one interpreter.
 */
export class Interpreter {
  readonly code: CodeCache;
  /** That of the vCPU that the interpreter was made for. */
  readonly memoryPath: MemoryPath;
  readonly forms: FormTable;
  readonly #options: InterpreterOptions;
  readonly #first: Seat;
  readonly #seats: Seat[] = [];
  /** Whose code is executed. */
  #seat: Seat;
  readonly #isa: GuestIsa;
  readonly #i32: Int32Array;
  readonly #u8: Uint8Array;
  readonly #run: RunFunction;
  readonly #imports: WasmImports;
  readonly #table: WasmTable;
  /** The tier above, if there is one. */
  readonly jit: Jit | undefined;
  /** Compares both tiers, where that was asked for. */
  readonly verifier: RegionVerifier | undefined;
  /** Arrivals at each record, in steps of 128. */
  readonly #arrivals: Uint8Array;
  readonly #arena: number;
  #slots = 0;
  #leftForCompiler = false;
  readonly #evaluations: number;
  /** Evaluations of each form, by id. */
  readonly #evaluated: number[] = [];
  /** Code is compiled before it is executed for the first time. */
  readonly #eager: boolean;

  constructor(options: InterpreterOptions) {
    const { memory, vcpu, isa, physical, tlb } = options;
    this.#options = options;
    this.#isa = isa;
    this.#i32 = new Int32Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
    this.#first = this.#makeSeat(options);
    this.#seat = this.#first;
    this.memoryPath = this.#first.path;
    const table = new Wasm.Table({ element: "anyfunc", initial: TABLE_STEP });
    this.#table = table;
    const regions = new Wasm.Table({ element: "anyfunc", initial: TABLE_STEP });
    this.#arena = options.arena;
    this.#evaluations = options.evaluations ?? EVALUATIONS;
    this.#eager = options.policy?.threshold === 0;
    this.#arrivals = new Uint8Array(options.policy === undefined ? 0 : options.arenaBytes / RECORD_BYTES + 1);
    const i32 = this.#i32;
    this.#imports = {
      e: {
        memory,
        table,
        regions,
        lazy: (record: number, fuel: number) => this.#lazy(record, fuel),
        hot: (record: number) => this.#hot(record),
        left: (record: number, lo: number, hi: number) => this.#left(record, lo, hi),
        notedStore: (lo: number, hi: number, descriptor: number) =>
          this.verifier!.locateStore(lo, hi, descriptor, 1 << (descriptor & MEM_SIZE_MASK)),
        regionAssist: (id: number, a: number, b: number) => this.#regionAssist(id, a, b),
        assist: (id: number, a: number, b: number) => this.#seat.assist(id, a, b),
        slowLoad: (_: number, lo: number, hi: number, descriptor: number, fuel: number) => {
          const seat = this.#seat;
          i32[seat.fuel] = fuel;
          return seat.path.load(lo, hi, descriptor);
        },
        slowStore: (_: number, lo: number, hi: number, descriptor: number, fuel: number) => {
          const seat = this.#seat;
          i32[seat.fuel] = fuel;
          return seat.path.store(lo, hi, descriptor);
        },
        resolve: () => this.#resolve(),
        cross: (record: number) => this.#cross(record),
      },
    };
    let modules = compiled.get(isa);
    if (modules === undefined) {
      const laidOut = (ids: readonly number[]): LaidOutForm[] =>
        ids.map((id) => {
          const { ir } = isa.form(id);
          return { ir, layout: layOutHoles(ir) };
        });
      modules = {
        loop: new Wasm.Module(buildInterpreter(isa, laidOut(isa.hotForms()))),
        warm: new Wasm.Module(buildColdModule(isa, laidOut(isa.warmForms()))),
        regions: new Wasm.Module(buildRegionRuntime(isa.state)),
      };
      compiled.set(isa, modules);
    }
    const { exports } = new Wasm.Instance(modules.loop, this.#imports);
    this.#imports["h"] = Object.fromEntries(isa.functions.map((_, n) => [`f${n}`, exports[`f${n}`]!]));
    if (options.policy !== undefined) this.#imports["r"] = new Wasm.Instance(modules.regions, this.#imports).exports;
    const warm = new Wasm.Instance(modules.warm, this.#imports).exports;
    isa.warmForms().forEach((_, k) => this.#place(warm[`c${k}`]));
    this.#run = exports["run"] as unknown as RunFunction;
    const kept = this.#slots;
    this.forms = new FormTable(
      isa,
      (form) => this.#compile(form),
      () => this.#releaseFrom(kept),
      options.coldForms ?? COLD_FORMS,
    );
    this.code = new CodeCache(memory.buffer, options.arena, options.arenaBytes, isa, this.forms, physical, {
      fetchPage: (lo, hi) => this.#seat.path.fetchPage(lo, hi),
      dropWriteTags: (hostOffset) => {
        for (const seat of this.#seats) seat.tlb.dropWriteTags(hostOffset);
      },
      dropCode: (hostOffset) => {
        for (const seat of this.#seats)
          if (hostOffset === undefined) seat.tlb.dropCode();
          else seat.tlb.dropCodeOf(hostOffset);
      },
    });
    this.verifier =
      options.verify === undefined
        ? undefined
        : new RegionVerifier({
            memory,
            vcpu,
            isa,
            tlb,
            path: this.memoryPath,
            options: options.verify,
            run: this.#run,
          });
    const { verifier } = this;
    if (verifier !== undefined) {
      this.memoryPath.allowed = PAGE_WATCH;
      for (const each of [this.memoryPath, this.#first.reference.memoryPath])
        each.beforeStore = (host, length) => verifier.noteStore(host, length);
      for (let page = 0; page < memory.buffer.byteLength / 4096; page += 1)
        if (physical.isBacked(page)) physical.setPageFlags(page, PAGE_WATCH);
    }
    this.jit =
      options.policy === undefined
        ? undefined
        : new Jit({
            isa,
            bytes: new Uint8Array(memory.buffer),
            code: this.code,
            tlb: { lookup: (view, lo, hi, rights) => this.#seat.tlb.lookup(view, lo, hi, rights) },
            view: () => this.#seat.translator.view,
            table: regions,
            imports: this.#imports,
            policy: options.policy,
            arrivals: (record) => this.#arrivalsAt(record),
            now: options.now ?? (() => 0),
            ...(verifier === undefined
              ? {}
              : { notesStores: true, place: (slot, region, entry) => verifier.place(slot, region, entry) }),
          });
    this.code.onAllDropped = () => this.#arrivals.fill(0);
    physical.onCodeWrite = (hostOffset, length) => this.code.invalidate(hostOffset, length);
  }

  #makeSeat(parts: VcpuParts): Seat {
    const { memory, isa, physical } = this.#options;
    const { vcpu, tlb, translator, devices } = parts;
    const { pc, mode, fuel, memoryScratch } = isa.state;
    const seat: Seat = {
      vcpu,
      tlb,
      translator,
      devices,
      assist: parts.assist,
      pc: (vcpu + pc) >> 2,
      mode: (vcpu + mode) >> 2,
      fuel: (vcpu + fuel) >> 2,
      path: new MemoryPath(memory.buffer, vcpu + memoryScratch, physical, tlb, translator, devices),
      reference: new ReferenceExecutor({ ...this.#options, vcpu, tlb, translator, devices, assist: parts.assist }),
    };
    this.#seats.push(seat);
    return seat;
  }

  /**
   * An executor for another vCPU of the same machine, with the same memory and ISA. It shares decoded and compiled code with this one; a
   * store by either is seen by both. One of them runs at a time, and neither in the middle of the other's run.
   */
  join(parts: VcpuParts): EngineExecutor {
    const seat = this.#makeSeat(parts);
    return { memoryPath: seat.path, run: (fuel) => this.#runFor(seat, fuel) };
  }

  #compile(form: LaidOutForm): number {
    const bytes = buildColdModule(this.#isa, [form]);
    return this.#place(new Wasm.Instance(new Wasm.Module(bytes), this.#imports).exports["c0"]);
  }

  /** Puts a handler function into the next table slot and gives that. */
  #place(handler: unknown): number {
    const slot = this.#slots;
    this.#slots += 1;
    if (slot >= this.#table.length) this.#table.grow(TABLE_STEP);
    this.#table.set(slot, handler);
    return slot;
  }

  /** Empties the table's slots from `first` up, so that the handlers' modules can be collected. */
  #releaseFrom(first: number): void {
    for (let slot = first; slot < this.#slots; slot += 1) this.#table.set(slot, null);
    this.#slots = first;
  }

  /**
   * Deals with an instruction whose form has no handler.
   *
   * @returns 0: it has one now; -1: the instruction has been executed; else one more than the EXIT_* to leave with
   */
  #lazy(record: number, fuel: number): number {
    const form = this.code.formOf(record);
    const times = this.#evaluated[form] ?? 0;
    if (times >= this.#evaluations) {
      const entry = this.forms.compile(form);
      if (entry !== undefined) {
        this.code.setHandler(record, entry.handler, entry.slot);
        return 0;
      }
      // As many as may be: begin again with those that are in use now.
      this.code.dropHandlers();
      this.#evaluated.length = 0;
    } else this.#evaluated[form] = times + 1;
    const exit = this.#seat.reference.step(fuel);
    return exit < 0 ? -1 : exit + 1;
  }

  /** How often a record has been gone to: counted in 128s, of which the record has the rest. */
  #arrivalsAt(record: number): number {
    const whole = this.#arrivals[(record - this.#arena) / RECORD_BYTES] ?? 0;
    return whole * 128 + (this.#u8[record + RECORD_WRAP]! >> 1);
  }

  #hot(record: number): number {
    const { jit } = this;
    if (jit === undefined || this.verifier?.isBusy === true) return 0;
    const index = (record - this.#arena) / RECORD_BYTES;
    const times = Math.min(255, this.#arrivals[index]! + 1);
    this.#arrivals[index] = times;
    const lo = this.#i32[this.#seat.pc]!;
    if (!jit.hot(lo, this.#i32[this.#seat.pc + 1]!, this.#i32[this.#seat.mode]!, times * 128)) return 0;
    this.#leftForCompiler = true;
    return 1;
  }

  /** A sample: the region at a record, whose page is mapped at (lo, hi), was left for the pc. */
  #left(record: number, lo: number, hi: number): number {
    const { jit } = this;
    if (jit === undefined || this.verifier?.isBusy === true) return 0;
    if (!jit.left(record, lo, hi, (this.#i32[this.#seat.pc]! - lo) | 0)) return 0;
    this.#leftForCompiler = true;
    return 1;
  }

  /** An assist for region code, which goes on only if that is what it was made of. */
  #regionAssist(id: number, a: number, b: number): number {
    const seat = this.#seat;
    const { stats } = this.code;
    const written = stats.invalidated;
    const status =
      this.verifier === undefined ? seat.assist(id, a, b) : this.verifier.assist(id, () => seat.assist(id, a, b));
    return status === ASSIST_NEXT && stats.invalidated !== written ? ASSIST_RESUME : status;
  }

  /** Compiles the code at the pc, if it is none yet. A fetch that faults is left to the executor to find again. */
  #force(): void {
    const lo = this.#i32[this.#seat.pc]!;
    const hi = this.#i32[this.#seat.pc + 1]!;
    const mode = this.#i32[this.#seat.mode]!;
    const host = this.#seat.path.fetchPage(lo, hi);
    if (host < 0) return;
    if (this.code.record(lo, hi, host, mode) === 0) return;
    this.jit!.force(lo, hi, mode);
  }

  #resolve(): number {
    if (this.#eager) this.#force();
    const lo = this.#i32[this.#seat.pc]!;
    const hi = this.#i32[this.#seat.pc + 1]!;
    const mode = this.#i32[this.#seat.mode]!;
    const host = this.#seat.path.fetchPage(lo, hi);
    if (host < 0) return 0;
    const record = this.code.record(lo, hi, host, mode);
    if (record !== 0) this.#seat.tlb.setCode(this.#seat.translator.view, lo, hi, this.code.page(host, mode).table);
    return record;
  }

  /** Checks that the second page of a crossing instruction is still the one it was decoded from. */
  #cross(record: number): number {
    const lo = this.#i32[this.#seat.pc]!;
    const hi = this.#i32[this.#seat.pc + 1]!;
    const nextLo = ((lo & ~0xfff) + 4096) | 0;
    const host = this.#seat.path.fetchPage(nextLo, nextLo === 0 ? (hi + 1) | 0 : hi);
    if (host < 0) return 0;
    if (host === this.code.crossingPage(record) >>> 0) return record + 32;
    this.code.dropCrossing(record);
    return this.#resolve();
  }

  /**
   * What became of the code at a linear address, as the vCPU maps it now: how often it was gone to, and each region that it is or was in.
   * `log` has to have watched from the beginning.
   */
  explain(lo: number, hi: number, log: RegionLog): Explanation {
    log.refresh(this.code);
    const page = this.#seat.tlb.lookup(this.#seat.translator.view, lo, hi, TLB_X);
    const mode = this.#i32[this.#seat.mode]!;
    const record = page < 0 ? 0 : this.code.knownRecord(page - (lo & 0xfff), mode, lo & 0xfff);
    const arrivals = record === 0 ? 0 : this.#arrivalsAt(record);
    return explain(this.#isa, this.#u8, log, { lo, hi, hostOffset: page, mode, isDecoded: record !== 0, arrivals });
  }

  /**
   * Executes from the state's pc for at most `fuel` instructions.
   *
   * @returns EXIT_*; the state's `fuel` holds how many are left
   */
  run(fuel: number): number {
    return this.#runFor(this.#first, fuel);
  }

  #runFor(seat: Seat, fuel: number): number {
    this.#seat = seat;
    if (fuel <= 0) {
      this.#i32[this.#seat.fuel] = 0;
      return EXIT_BUDGET;
    }
    const { jit } = this;
    if (jit === undefined) return this.#run(seat.vcpu, fuel);
    if (this.#eager) this.#force();
    for (let left = fuel; ;) {
      this.#leftForCompiler = false;
      const code = this.#run(seat.vcpu, left);
      if (!jit.isDue) return code;
      jit.compile();
      // Left for the compiler's sake: there is budget, and nothing else was asked for.
      left = this.#i32[this.#seat.fuel]!;
      if (code !== EXIT_BUDGET || left === 0 || !this.#leftForCompiler) return code;
    }
  }
}
