import { type ErrorData, IsinglassError, type IsinglassErrorCode } from "@isinglass/interface";
import { decodeText } from "./text.js";

/**
 * A command that did not come to its end, with what it had written until then. The codes:
 *
 * | code | the command |
 * | - | - |
 * | `ISG_EXEC_TIMEOUT` | took longer than `timeMs` |
 * | `ISG_EXEC_INSTRUCTION_LIMIT` | executed more than `instructions` |
 * | `ISG_EXEC_OUTPUT_LIMIT` | wrote more than `outputBytes` |
 * | `ISG_EXEC_MEMORY_LIMIT` | used up the guest's memory |
 * | `ISG_EXEC_ABORTED` | was given up through its `signal` |
 * | `ISG_MACHINE_STOPPED` | was still running when the machine stopped |
 * | `ISG_AGENT_PROTOCOL` | ended with something that is no exit status |
 */
export class ExecError extends IsinglassError {
  readonly stdoutBytes: Uint8Array;
  readonly stderrBytes: Uint8Array;

  constructor(
    code: IsinglassErrorCode,
    message: string,
    data: ErrorData,
    output: { readonly stdout: Uint8Array; readonly stderr: Uint8Array },
    options?: ErrorOptions,
  ) {
    super(code, message, data, options);
    this.stdoutBytes = output.stdout;
    this.stderrBytes = output.stderr;
  }

  get stdout(): string {
    return decodeText(this.stdoutBytes);
  }

  get stderr(): string {
    return decodeText(this.stderrBytes);
  }
}
