import { IsinglassError } from "@isinglass/interface";
import {
  ASSIST_JUMP,
  ASSIST_LEAVE,
  ASSIST_NEXT,
  DECODE_NEEDS_MORE,
  DecodedForm,
  EXIT_BUDGET,
  EXIT_FAULT,
  type Ending,
  type EvaluationEnvironment,
  type GuestIsa,
  type IrFunction,
  STORE_FAILED,
  STORE_LEAVE,
  evaluate,
} from "@isinglass/uops";
import type { InterpreterOptions } from "./executor-options.js";
import { MemoryPath } from "./memory-path.js";

const PAGE_BYTES = 4096;

/** What executes for a vCPU: the interpreter, or the reference that it is held against. */
export interface EngineExecutor {
  /** The slow memory path of the vCPU, which fills its soft TLB. */
  readonly memoryPath: MemoryPath;
  /** Executes from the state's pc for at most `fuel` instructions and gives an `EXIT_*`; the state's `fuel` holds how many are left. */
  run(fuel: number): number;
}

/** Low and high half of a 64-bit address. */
const low = (address: bigint): number => Number(BigInt.asIntN(32, address));
const high = (address: bigint): number => Number(BigInt.asIntN(32, address >> 32n));

/**
 * The second executor: fetches and decodes each instruction anew and evaluates its micro-ops one by one, some thousand times
 * slower than the {@link Interpreter} and with nothing of its machinery: no decoded-code cache, no generated WebAssembly, no
 * inlined soft-TLB lookup, so that whatever the two disagree on is an error of one of them. Both run the same micro-ops: only
 * another CPU can tell whether those are right.
 *
 * It walks the page tables on each access. A guest that changes a mapping and does not flush it may see the new one earlier.
 */
export class ReferenceExecutor implements EngineExecutor {
  readonly memoryPath: MemoryPath;
  readonly #vcpu: number;
  readonly #isa: GuestIsa;
  readonly #u8: Uint8Array;
  readonly #i32: Int32Array;
  readonly #decoded = new DecodedForm();
  readonly #straddle = new Uint8Array(64);
  readonly #environment: EvaluationEnvironment;
  #ir: IrFunction | undefined;
  #left = 0;
  #leave = false;

  constructor(options: InterpreterOptions) {
    const { memory, vcpu, isa, physical, tlb, translator, devices } = options;
    this.#vcpu = vcpu;
    this.#isa = isa;
    this.#u8 = new Uint8Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
    this.memoryPath = new MemoryPath(memory.buffer, vcpu + isa.state.memoryScratch, physical, tlb, translator, devices);
    this.#environment = this.#makeEnvironment(new DataView(memory.buffer, vcpu), options);
  }

  #get(field: number): number {
    return this.#i32[(this.#vcpu + field) >> 2]!;
  }

  #set(field: number, value: number): void {
    this.#i32[(this.#vcpu + field) >> 2] = value;
  }

  #get64(field: number): bigint {
    return (BigInt(this.#get(field + 4)) << 32n) | BigInt(this.#get(field) >>> 0);
  }

  #set64(field: number, value: bigint): void {
    this.#set(field, low(value));
    this.#set(field + 4, high(value));
  }

  /** What {@link evaluate} asks about the instruction in `#decoded` at the state's pc. */
  #makeEnvironment(state: DataView, options: InterpreterOptions): EvaluationEnvironment {
    const { lo, hi } = this.#decoded;
    const fields = this.#isa.state;
    const pc = (): bigint => this.#get64(fields.pc);
    const nextPc = (): bigint => BigInt.asIntN(64, pc() + BigInt(this.#decoded.length));
    const narrow = (hole: number): number => (this.#ir!.holes[hole] === "i8" ? (lo[hole]! << 24) >> 24 : lo[hole]!);
    return {
      state,
      functions: this.#isa.functions,
      holeI32: narrow,
      holeI64: (hole) =>
        this.#ir!.holes[hole] === "i64" ? (BigInt(hi[hole]!) << 32n) | BigInt(lo[hole]! >>> 0) : BigInt(narrow(hole)),
      holeState: (hole) => lo[hole]!,
      pc,
      nextPc,
      guestLoad: (address, descriptor, into) => {
        const at = this.memoryPath.load(low(address), high(address), descriptor);
        if (at === 0) return false;
        into.set(this.#u8.subarray(at, at + into.length));
        return true;
      },
      guestStore: (address, descriptor, bytes) => {
        this.#u8.set(bytes, this.#vcpu + fields.memoryScratch);
        const status = this.memoryPath.store(low(address), high(address), descriptor);
        if (status === STORE_LEAVE) this.#leave = true;
        return status !== STORE_FAILED;
      },
      assist: (id, a, b) => {
        this.#set64(fields.nextPc, nextPc());
        const status = options.assist(id, a, b);
        if (status !== ASSIST_LEAVE) return status;
        this.#leave = true;
        return ASSIST_NEXT;
      },
    };
  }

  /** Fetches and decodes the instruction at the pc; false: the fetch failed and it is recorded why. */
  #fetch(): boolean {
    const { state } = this.#isa;
    const lo = this.#get(state.pc);
    const hi = this.#get(state.pc + 4);
    const page = this.memoryPath.fetchPage(lo, hi);
    if (page < 0) return false;
    const mode = this.#get(state.mode);
    const offset = lo & (PAGE_BYTES - 1);
    const length = this.#isa.decode(this.#u8, page + offset, page + PAGE_BYTES, mode, this.#decoded);
    if (length !== DECODE_NEEDS_MORE) return true;
    // Crosses into the next page, which is fetched only now that its bytes are known to be needed.
    const nextLo = ((lo & -PAGE_BYTES) + PAGE_BYTES) | 0;
    const second = this.memoryPath.fetchPage(nextLo, nextLo === 0 ? (hi + 1) | 0 : hi);
    if (second < 0) return false;
    const head = PAGE_BYTES - offset;
    this.#straddle.set(this.#u8.subarray(page + offset, page + PAGE_BYTES));
    this.#straddle.set(this.#u8.subarray(second, second + this.#isa.maxLength), head);
    this.#isa.decode(this.#straddle, 0, head + this.#isa.maxLength, mode, this.#decoded);
    return true;
  }

  /** Executes the instruction in `#decoded`. Gives an EXIT_* that ends the run, or -1. */
  #execute(): number {
    const { state } = this.#isa;
    this.#ir = this.#isa.form(this.#decoded.form).ir;
    // Devices that are asked in the middle of the instruction count it.
    this.#left -= 1;
    this.#set(state.fuel, this.#left);
    const { ending, leave } = evaluate(this.#ir, [], this.#environment);
    if (leave) this.#leave = true;
    return this.#end(ending);
  }

  #end(ending: Ending): number {
    const { state } = this.#isa;
    const nextPc = this.#environment.nextPc();
    switch (ending.kind) {
      case "next":
        this.#set64(state.pc, nextPc);
        return -1;
      case "repeat":
        return -1;
      case "jump":
        this.#set64(state.pc, ending.target);
        return -1;
      case "branch": {
        const target = nextPc + this.#environment.holeI64(ending.hole);
        this.#set64(state.pc, ending.bits === 32 ? BigInt.asUintN(32, target) : target);
        return -1;
      }
      case "fault":
        this.#set(state.faultVector, ending.vector);
        this.#set(state.faultError, ending.errorCode);
        this.#set(state.exitCode, EXIT_FAULT);
        this.#left += 1;
        return EXIT_FAULT;
      case "memory-fault":
        this.#left += 1;
        return this.#get(state.exitCode);
      case "assist":
        // The assist has set pc and fuel.
        this.#left = this.#get(state.fuel);
        return ending.status === ASSIST_JUMP ? -1 : this.#get(state.exitCode);
      default:
        throw new IsinglassError("ISG_UOPS_STRUCTURE", `${this.#ir!.name}: an instruction cannot return a value`);
    }
  }

  /**
   * Executes one instruction (one iteration of a repeated one), with `fuel` left before it.
   *
   * @returns EXIT_* if the executor is to leave, or -1; the state's `fuel` holds how many instructions are left
   */
  step(fuel: number): number {
    const { state } = this.#isa;
    this.#left = fuel;
    this.#leave = false;
    let exit = this.#fetch() ? this.#execute() : this.#get(state.exitCode);
    if (exit < 0 && this.#leave) exit = EXIT_BUDGET;
    this.#set(state.fuel, this.#left);
    return exit;
  }

  /**
   * Executes from the state's pc for at most `fuel` instructions.
   *
   * @returns EXIT_*; the state's `fuel` holds how many are left
   */
  run(fuel: number): number {
    const { state } = this.#isa;
    this.#left = Math.max(0, fuel);
    this.#leave = false;
    let exit = -1;
    while (exit < 0) {
      if (this.#left === 0 || this.#leave) exit = EXIT_BUDGET;
      else exit = this.#fetch() ? this.#execute() : this.#get(state.exitCode);
    }
    this.#set(state.fuel, this.#left);
    return exit;
  }
}
