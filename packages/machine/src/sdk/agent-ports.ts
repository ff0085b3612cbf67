import { SharedLine, Uart16550 } from "@isinglass/devices";
import {
  type Bus,
  type BusMapping,
  type Device,
  type InterruptLine,
  IsinglassError,
  type PortHandler,
  type PortSize,
  type SnapshotValue,
} from "@isinglass/interface";
import type { Board, MachinePlugin } from "../plugin.js";

/** COM2 and COM4, which a PC has on one interrupt: ttyS1 and ttyS3 of a Linux guest. */
const CONTROL_BASE = 0x2f8;
const ERRORS_BASE = 0x2e8;
const IRQ = 3;
/** The receiver's holding register, offset 0 (PC16550D, 8.0). */
const RECEIVER = 0;
/** Input is offered when this much fits into the UART's queue. */
const OFFER_BYTES = 2048;
const COMPONENT = "agent-ports.0";

export type PortListener = (byte: number) => void;

/** The two serial lines between SDK and agent. */
export class AgentPorts implements Device {
  readonly component: string = COMPONENT;
  readonly version: number = 1;
  /** What the guest writes to the control line, standard output among it. Must not call back into the machine's devices. */
  onControl: PortListener = () => undefined;
  /** What the guest writes to the other line: standard error. */
  onErrors: PortListener = () => undefined;
  readonly #shared: SharedLine;
  readonly #control: Uart16550;
  readonly #errors: Uart16550;
  #input: Uint8Array[] = [];

  constructor(board: Pick<Board, "clock">, line: InterruptLine) {
    const { clock } = board;
    this.#shared = new SharedLine(line);
    // Without a time for each byte, the driver's interrupt handler fills the transmitter again before it returns: half the instructions a byte.
    const common = { clock, byteTime: 0 };
    this.#control = new Uart16550({
      ...common,
      line: this.#shared.input(),
      base: CONTROL_BASE,
      component: `${COMPONENT}/control`,
      onTransmit: (byte) => this.onControl(byte),
    });
    this.#errors = new Uart16550({
      ...common,
      line: this.#shared.input(),
      base: ERRORS_BASE,
      component: `${COMPONENT}/errors`,
      onTransmit: (byte) => this.onErrors(byte),
    });
  }

  mapOn(bus: Bus): BusMapping[] {
    const control = this.#control;
    // Refilled as the guest reads, not at slices of the host's: so the same input comes at the same instruction in every run.
    const handler: PortHandler = {
      readPort: (port: number, size: PortSize): number => {
        const value = control.readPort(port, size);
        if (port === CONTROL_BASE + RECEIVER && this.#input.length > 0) this.#offer();
        return value;
      },
      writePort: (port: number, size: PortSize, value: number): void => control.writePort(port, size, value),
    };
    return [bus.mapPorts(CONTROL_BASE, 8, handler, `${COMPONENT}/control`), ...this.#errors.mapOn(bus)];
  }

  /** Lines for the agent. To be called between runs. */
  send(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#offer();
  }

  /** Forgets what was not taken yet. */
  discardInput(): void {
    this.#input = [];
  }

  #offer(): void {
    for (let first = this.#input[0]; first !== undefined; first = this.#input[0]) {
      if (this.#control.room < Math.min(OFFER_BYTES, first.length)) return;
      const taken = this.#control.receive(first);
      if (taken < first.length) this.#input[0] = first.subarray(taken);
      else this.#input.shift();
    }
  }

  reset(): void {
    this.discardInput();
    this.#control.reset();
    this.#errors.reset();
  }

  save(): SnapshotValue {
    return { control: this.#control.save(), errors: this.#errors.save(), levels: this.#shared.levels };
  }

  load(state: SnapshotValue, version: number): void {
    const { control, errors, levels } =
      typeof state === "object" && state !== null && !Array.isArray(state) && !(state instanceof Uint8Array)
        ? (state as { readonly [key: string]: SnapshotValue })
        : {};
    if (version !== this.version || control === undefined || errors === undefined || typeof levels !== "number")
      throw new IsinglassError("ISG_SNAPSHOT_BAD_STATE", `${COMPONENT}: not the state of two serial lines`, {
        component: COMPONENT,
      });
    const before = this.#control.save();
    this.#control.load(control, this.#control.version);
    try {
      this.#errors.load(errors, this.#errors.version);
    } catch (problem) {
      this.#control.load(before, this.#control.version);
      throw problem;
    }
    this.#shared.restore(levels & 3);
    this.discardInput();
  }
}

/** Puts the agent's lines on a board. Adds `agentPorts` to the machine. */
export function agentPorts(): MachinePlugin<{ readonly agentPorts: AgentPorts }> {
  return {
    name: "agent-ports",
    install(board) {
      return { agentPorts: board.addDevice(new AgentPorts(board, board.irq(IRQ))) };
    },
  };
}
