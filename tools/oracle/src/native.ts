import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasCommand } from "@isinglass/testkit";

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const cacheFolder = join(packageFolder, ".cache");

/** Whether this machine can run the host oracle at all: Linux on x86-64 with gcc. */
export function hostIsUsable(): boolean {
  return process.platform === "linux" && process.arch === "x64" && hasCommand("gcc");
}

/** Whether the forms can be listed: gcc, and Zydis installed or to be had as a package. */
export function zydisIsUsable(): boolean {
  return hostIsUsable() && (existsSync("/usr/include/Zydis/Zydis.h") || hasCommand("apt-get"));
}

// -fno-stack-protector and no control-flow protection: signal handlers run with the case's FS base. Not position-independent, so
// that 32-bit code can jump back into the harness.
const harnessFlags = ["-O2", "-Wall", "-fno-stack-protector", "-fcf-protection=none", "-no-pie", "-fno-pie"];

/**
 * Compiles a program of `native/` once for its content and returns its path.
 *
 * @throws Error with gcc's output if it does not compile
 */
function build(name: string, flags: readonly string[], libraries: readonly string[]): string {
  const source = join(packageFolder, "native", `${name}.c`);
  const hash = createHash("sha256")
    .update(readFileSync(source))
    .update([...flags, ...libraries].join(" "))
    .digest("hex")
    .slice(0, 12);
  const program = join(cacheFolder, `${name}-${hash}`);
  if (existsSync(program)) return program;
  mkdirSync(cacheFolder, { recursive: true });
  // Several workers may build at once: each into a file of its own, then renamed.
  const temporary = `${program}.${process.pid}`;
  execFileSync("gcc", [...flags, source, "-o", temporary, ...libraries], { stdio: ["ignore", "inherit", "pipe"] });
  renameSync(temporary, program);
  return program;
}

/** Path of the compiled harness. */
export function buildHarness(): string {
  return build("harness", harnessFlags, []);
}

/** Path of the compiled lister of instruction forms. */
export function buildForms(): string {
  if (existsSync("/usr/include/Zydis/Zydis.h")) return build("forms", ["-O2"], ["-lZydis"]);
  const folder = unpackZydis();
  const include = join(folder, "usr/include");
  const library = join(folder, "usr/lib/x86_64-linux-gnu");
  return build("forms", ["-O2", `-I${include}`], [`-L${library}`, `-Wl,-rpath,${library}`, "-lZydis", "-lZycore"]);
}

// Without the right to install packages: downloads them and unpacks them beside the compiled programs.
function unpackZydis(): string {
  const folder = join(cacheFolder, "zydis");
  if (existsSync(join(folder, "usr/include/Zydis/Zydis.h"))) return folder;
  const downloads = `${folder}.${process.pid}`;
  mkdirSync(downloads, { recursive: true });
  const download = (packages: string[]): void => {
    execFileSync("apt-get", ["download", "-qq", ...packages], { cwd: downloads, stdio: ["ignore", "ignore", "pipe"] });
  };
  download(["libzydis-dev", "libzycore-dev"]);
  const archives = (): string[] => readdirSync(downloads).filter((name) => name.endsWith(".deb"));
  const field = (name: string): string =>
    execFileSync("dpkg-deb", ["-f", join(downloads, name), "Depends"], { encoding: "utf8" });
  const wanted = archives().flatMap((name) => field(name).match(/libzy(?:dis|core)[0-9.]+(?=[ ,]|$)/gm) ?? []);
  download([...new Set(wanted)]);
  for (const name of archives()) execFileSync("dpkg-deb", ["-x", join(downloads, name), join(downloads, "root")]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(downloads, "root"), folder);
  rmSync(downloads, { recursive: true });
  return folder;
}
