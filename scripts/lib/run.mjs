// What the other scripts share: starting a program, and saying in one line what goes on.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** One line on stderr, so that stdout stays the program's own. */
export function say(message) {
  process.stderr.write(`isinglass: ${message}\n`);
}

/** Ctrl-C goes to the whole foreground group. The child decides what it means; we stay to pass its exit code on. */
function keepWaiting() {}

/**
 * Runs a program on our terminal and waits for it.
 *
 * @returns its exit code; 128 + the signal's number if a signal ended it, as a shell has it; 127 if it could not be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    const forward = () => child.kill("SIGTERM");
    process.on("SIGINT", keepWaiting);
    process.on("SIGTERM", forward);
    const done = (code) => {
      process.off("SIGINT", keepWaiting);
      process.off("SIGTERM", forward);
      resolve(code);
    };
    child.on("error", (error) => {
      say(`cannot start ${command}: ${error.message}`);
      done(127);
    });
    child.on("close", (code, signal) => done(code ?? 128 + signalNumber(signal)));
  });
}

function signalNumber(signal) {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
  return numbers[signal] ?? 0;
}
