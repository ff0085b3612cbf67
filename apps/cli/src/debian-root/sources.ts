import { execFile } from "node:child_process";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** Where Debian's packages come from. */
export interface DebianSources {
  /** Name of the release, such as `bookworm`. */
  readonly release: string;
  /** Lines of a sources.list; none: mmdebstrap's own. */
  readonly lines: readonly string[];
}

/** The release that is taken where the machine's apt has no sources of Debian's. */
const RELEASE = "bookworm";

/** Debian's own sources of this machine's apt, which may be a mirror nearby; those of others would put other packages into the guest. */
export async function debianSources(): Promise<DebianSources> {
  const found = await exec("apt-get", [
    "indextargets",
    "--format",
    "$(LABEL)|$(CODENAME)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
    "Origin: Debian",
    "Architecture: amd64",
  ]).catch(() => undefined);
  const targets = (found?.stdout ?? "").split("\n").filter((line) => /^Debian[^|]*\|[^|]+\|deb http/.test(line));
  const main = targets.find((line) => line.startsWith("Debian|") && !/^Debian\|[^|]*-/.test(line));
  if (main === undefined) return { release: RELEASE, lines: [] };
  const lines = new Set(targets.map((line) => line.split("|").slice(2).join("|")));
  return { release: main.split("|")[1] ?? RELEASE, lines: [...lines] };
}
