import { DATA_SIZE } from "./layout.js";
import { MachineState } from "./state.js";

/**
 * One instruction and the state that it starts from.
 *
 * The instruction stands at `state.codeAddress` in two pages of INT3 (0xCC); where it runs over their end, the rest of it is on a
 * page that is not present. The machine is as Linux sets it up for a user program: 64-bit mode (or compatibility mode, if
 * `state.mode` is 32), CPL 3, IOPL 0, IF set, the pages of `layout.ts` and no others, EFER.NXE, the selectors of `SELECTORS`, a TSS
 * without I/O bitmap, CR0.NE, CR0.WP and CR0.AM set, CR0.EM and CR0.TS clear, CR4.OSFXSR and CR4.OSXMMEXCPT set.
 *
 * Treat it as read-only.
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
