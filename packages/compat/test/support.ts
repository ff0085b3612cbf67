import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The sources of the distribution's libvirt 9.0, outside of the repository: `ISG_LIBVIRT_SOURCE`, or downloaded by apt (its own source
 * entries, turned into deb-src for this one call) to the system's folder for temporary files, where later runs find it.
 *
 * @returns the folder, or undefined if there is none and it cannot be had
 */
export function libvirtSource(): string | undefined {
  const given = process.env["ISG_LIBVIRT_SOURCE"];
  if (given !== undefined && given !== "") return given;
  const cache = join(tmpdir(), "isinglass-libvirt-source");
  const unpacked = (): string | undefined => {
    const name = existsSync(cache) ? readdirSync(cache).find((f) => /^libvirt-9\.\d/.test(f)) : undefined;
    return name !== undefined && existsSync(join(cache, name, "tests/cputestdata")) ? join(cache, name) : undefined;
  };
  if (unpacked() !== undefined) return unpacked();
  try {
    const lists = join(cache, "lists", "partial");
    mkdirSync(lists, { recursive: true });
    const parts = "/etc/apt/sources.list.d";
    const deb822 = readdirSync(parts).filter((f) => f.endsWith(".sources"));
    const texts = deb822.map((f) => readFileSync(join(parts, f), "utf8").replace(/^Types:.*$/gm, "Types: deb-src"));
    const lines = ["/etc/apt/sources.list", ...readdirSync(parts).map((f) => join(parts, f))].filter((f) =>
      f.endsWith(".list"),
    );
    const old = lines.map((f) => (existsSync(f) ? readFileSync(f, "utf8") : "")).join("\n");
    writeFileSync(join(cache, "source.sources"), texts.join("\n\n"));
    writeFileSync(join(cache, "source.list"), old.replace(/^deb /gm, "deb-src "));
    const list = texts.length > 0 ? "source.sources" : "source.list";
    const options = [
      `Dir::Etc::sourcelist=${join(cache, list)}`,
      "Dir::Etc::sourceparts=-",
      `Dir::State::lists=${join(cache, "lists")}`,
      "APT::Sandbox::User=",
    ].flatMap((option) => ["-o", option]);
    const run = { cwd: cache, stdio: "ignore" as const, timeout: 120_000 };
    execFileSync("apt-get", [...options, "update"], run);
    execFileSync("apt-get", [...options, "source", "--download-only", "libvirt"], run);
    const archive = readdirSync(cache).find((f) => /^libvirt_9.*\.orig\.tar\.xz$/.test(f));
    if (archive === undefined) return undefined;
    execFileSync("tar", ["xf", archive, "--wildcards", "*/src/cpu_map", "*/tests/cputestdata"], run);
    return unpacked();
  } catch {
    return undefined;
  }
}

/**
 * The distribution's spectre-meltdown-checker: where it is installed, or downloaded by apt to the system's folder for temporary files and
 * unpacked there; nothing is installed.
 *
 * @returns the program, or undefined if it cannot be had
 */
export function vulnerabilityChecker(): string | undefined {
  const installed = "/usr/bin/spectre-meltdown-checker";
  if (existsSync(installed)) return installed;
  const cache = join(tmpdir(), "isinglass-vulnerability-checker");
  const program = join(cache, installed);
  if (existsSync(program)) return program;
  try {
    mkdirSync(cache, { recursive: true });
    const run = { cwd: cache, stdio: "ignore" as const, timeout: 60_000 };
    execFileSync("apt-get", ["-o", "APT::Sandbox::User=", "download", "spectre-meltdown-checker"], run);
    const archive = readdirSync(cache).find((file) => file.endsWith(".deb"));
    if (archive === undefined) return undefined;
    execFileSync("dpkg-deb", ["-x", archive, "."], run);
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}
