/** QEMU's machine protocol: starts a QEMU that runs no guest and asks it about CPU models. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { IsinglassError } from "@isinglass/interface";

export interface Qmp {
  /** Sends a command. @returns the whole answer, `{"return": …}`, as text */
  ask(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): void;
}

/**
 * Starts `qemu-system-x86_64` with no machine.
 *
 * @throws IsinglassError ISG_COMPAT_QMP if it does not start or ends
 */
export async function startQmp(program = "qemu-system-x86_64", accel: "tcg" | "kvm" = "tcg"): Promise<Qmp> {
  const args = ["-S", "-nodefaults", "-display", "none", "-machine", "none", "-accel", accel, "-qmp", "stdio"];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  const waiting: { resolve: (line: string) => void; reject: (problem: Error) => void }[] = [];
  let ended = "";
  const fail = (why: string): void => {
    ended = why;
    for (const { reject } of waiting.splice(0)) reject(new IsinglassError("ISG_COMPAT_QMP", `${program}: ${why}`));
  };
  child.on("error", (problem) => fail(problem.message));
  child.on("exit", (code) => fail(`ended with code ${code}`));
  child.stdin.on("error", () => fail("does not read its commands"));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith('{"timestamp"') && !line.startsWith('{"event"')) waiting.shift()?.resolve(line);
  });
  const next = (): Promise<string> =>
    new Promise((resolve, reject) => {
      if (ended === "") waiting.push({ resolve, reject });
      else reject(new IsinglassError("ISG_COMPAT_QMP", `${program}: ${ended}`));
    });
  const ask: Qmp["ask"] = async (command, parameters = {}) => {
    const answer = next();
    child.stdin.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    return answer;
  };
  await next();
  await ask("qmp_capabilities");
  return { ask, close: () => child.kill() };
}
