// Files of Debian packages, unmodified, fetched once by `apt-get download` into a cache folder. Nothing is installed.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const INDEX = "apt-i386";

export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = process.env.ISG_BENCH_CACHE || join(base, "isinglass", "bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Options that give apt an index of i386 packages of its own, so that the machine's own architectures stay as they are. */
function privateIndex(cache) {
  const folder = join(cache, INDEX);
  const options = ["APT::Architecture=i386", "APT::Architectures::=i386", "APT::Sandbox::User="]
    .concat([`Dir::State=${folder}/state`, `Dir::Cache=${folder}/cache`, "Dir::State::status=/var/lib/dpkg/status"])
    .flatMap((option) => ["-o", option]);
  if (!existsSync(join(folder, "ready"))) {
    for (const name of ["state/lists/partial", "cache/archives/partial"])
      mkdirSync(join(folder, name), { recursive: true });
    try {
      execFileSync("apt-get", [...options, "-qq", "update"], { stdio: "ignore" });
    } catch {
      // A source without i386 packages, such as a security archive out of reach, is no reason to stop: the download says what is missing.
    }
    mkdirSync(join(folder, "ready"));
  }
  return options;
}

/**
 * Downloads a package unless it is in the cache, unpacks it, and gives the folder.
 *
 * @param {string} cache
 * @param {string} name
 * @param {(line: string) => void} say
 * @param {"amd64" | "i386"} [architecture] packages for all architectures count as amd64
 */
export function unpacked(cache, name, say, architecture = "amd64") {
  const suffix = architecture === "amd64" ? /_(amd64|all)\.deb$/ : /_i386\.deb$/;
  const find = () => readdirSync(cache).find((file) => file.startsWith(`${name}_`) && suffix.test(file));
  if (find() === undefined) {
    say(`fetching ${name} for ${architecture}`);
    const options = architecture === "amd64" ? ["-o", "APT::Architecture=amd64"] : privateIndex(cache);
    execFileSync("apt-get", [...options, "-qq", "download", name], {
      cwd: cache,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  const deb = find();
  if (deb === undefined) throw new Error(`apt-get download ${name} left no package for ${architecture}`);
  const folder = join(cache, deb.slice(0, -".deb".length));
  if (!existsSync(folder)) {
    execFileSync("dpkg-deb", ["-x", join(cache, deb), `${folder}.part`]);
    renameSync(`${folder}.part`, folder);
  }
  return folder;
}

/** Path of a file in an unpacked package. */
export function fileIn(folder, path) {
  const full = join(folder, path);
  if (!existsSync(full)) throw new Error(`${folder}: the package has no ${path}`);
  return full;
}
