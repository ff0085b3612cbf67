import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Whether an executable of this name is on PATH. Nothing is started.
 *
 * @param name the bare name of a command, such as `objdump`
 */
export function hasCommand(name: string): boolean {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      // Not in this folder: look in the next one.
    }
  }
  return false;
}
