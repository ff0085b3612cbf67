import { IsinglassError, type IsinglassErrorCode } from "@isinglass/interface";
import { checkText, describe } from "./check.js";

/** A word that a POSIX shell takes as it is (POSIX.1-2017, XCU 2.2.2). */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface CommandOptions {
  /** Folder of the guest in which the command begins. */
  readonly cwd?: string | undefined;
  /** Variables of its environment, beside the agent's. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const BAD: IsinglassErrorCode = "ISG_EXEC_BAD_COMMAND";

/** Commands come from callers that no compiler has checked, too. */
function checkCommand(command: unknown): void {
  if (typeof command === "string") {
    checkText("exec: the command", command, BAD);
    return;
  }
  if (!Array.isArray(command)) {
    throw new IsinglassError(
      BAD,
      `exec: ${describe(command)}; text for sh -c, or a list of a program and its arguments is right`,
    );
  }
  command.forEach((word: unknown, i) => checkText(`exec: word ${i} of the command`, word, BAD));
}

/**
 * The text for `sh -c`: a list is a program and its arguments, of which the shell sees nothing.
 *
 * @throws IsinglassError `ISG_EXEC_BAD_COMMAND`
 */
export function commandText(command: string | readonly string[], options: CommandOptions = {}): string {
  const { cwd, env = {} } = options;
  checkCommand(command);
  if (cwd !== undefined) checkText("exec: cwd", cwd, BAD);
  if (typeof env !== "object" || env === null || Array.isArray(env))
    throw new IsinglassError(BAD, `exec: env: ${describe(env)}; an object with text for each name is right`);
  if (typeof command !== "string" && command.length === 0)
    throw new IsinglassError(BAD, "exec: an empty list; a program and its arguments are right");
  const text = typeof command === "string" ? command : `exec ${command.map(quote).join(" ")}`;
  const lines: string[] = [];
  if (cwd !== undefined) lines.push(`cd ${quote(cwd)} || exit 127`);
  for (const [name, value] of Object.entries(env)) {
    if (!NAME.test(name))
      throw new IsinglassError(BAD, `exec: "${name}" cannot be the name of a variable in a POSIX shell`, { name });
    checkText(`exec: env: ${name}`, value, BAD);
    lines.push(`export ${name}=${quote(value)}`);
  }
  return [...lines, text].join("\n");
}

/** A path as an operand that no program takes for an option. */
export function operand(path: string): string {
  return quote(path.startsWith("-") ? `./${path}` : path);
}
