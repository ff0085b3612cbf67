import { DATA_SIZE } from "./layout.js";
import { MachineState } from "./state.js";

/**
 * One instruction and the state that it starts from.
 *
 * The instruction stands at `state.codeAddress` in a page of INT3 (0xCC). The machine is in 64-bit mode (or, if `state.mode` is 32,
 * in compatibility mode) at CPL 3 with IOPL 0, IF set, paging and the pages of `layout.ts`, the selectors of `SELECTORS`, an IDT
 * and a TSS without I/O bitmap, CR0.AM set, CR4 with OSFXSR, OSXMMEXCPT and FSGSBASE.
 */
export class TestCase {
  readonly state: MachineState = new MachineState();
  /** Content of the data window (`DATA_BASE`, `DATA_SIZE` bytes). */
  readonly memory: Uint8Array = new Uint8Array(DATA_SIZE);
}

/**
 * What an executor leaves behind. The runner has filled it, as if the instruction had ended without effect: registers and memory
 * as in the case, RIP behind the instruction. The executor writes what is otherwise.
 *
 * After an exception, `state.vector`, `state.error` and for #PF `state.cr2` are set and the registers are those that the
 * handler would see pushed: RIP of the faulting instruction, or for a trap of the next one.
 */
export class FinalState {
  readonly state: MachineState = new MachineState();
  readonly memory: Uint8Array = new Uint8Array(DATA_SIZE);
}

/**
 * Something that can run one instruction.
 *
 * An executor that does not implement an instruction sets `out.state.vector` to `VECTOR_UNSUPPORTED`; the case then counts as
 * not implemented, and not as a difference.
 */
export interface Executor {
  readonly name: string;
  run(test: TestCase, out: FinalState): void;
}
