/**
 * Puts a program together as ld.so(8) does: DT_RPATH of a library and of what needs it, DT_RUNPATH, ld.so.conf, the default folders, in each of
 * them glibc's folders for x86-64 levels, and ld.so.preload. Nothing of it is executed, and variables of the environment are not considered.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { IsinglassError } from "@isinglass/interface";
import { readElf } from "../elf/elf.js";
import { Image } from "../needs/image.js";
import type { Program } from "../needs/program.js";
import { readRegularFile } from "./files.js";

/** The file behind links; the path itself where there is none. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function configured(file: string, depth = 0): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((raw) => {
    const line = raw.replace(/#.*/, "").trim();
    const include = /^include\s+(.*)$/.exec(line)?.[1];
    if (include === undefined) return line.startsWith("/") ? [line] : [];
    const folder = dirname(include);
    if (depth > 4 || !existsSync(folder)) return [];
    const pattern = new RegExp(
      `^${basename(include)
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")}$`,
    );
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .toSorted()
      .flatMap((name) => configured(join(folder, name), depth + 1));
  });
}

/** EI_CLASS of a file, 2 for 64 bits; undefined if it cannot be read. */
function elfClass(path: string): number | undefined {
  try {
    if (!statSync(path).isFile()) return undefined;
    const file = openSync(path, "r");
    try {
      const head = new Uint8Array(5);
      return readSync(file, head, 0, 5, 0) === 5 ? head[4] : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** A module, and the one that needed it first. */
interface Needing {
  readonly image: Image;
  readonly by: Needing | undefined;
}

/** Where glibc looks first on a CPU of that level or above, from level 2 on (ld.so(8), "glibc-hwcaps"). */
const LEVEL_FOLDERS = ["glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v4"];

/** What ld.so.preload names; a broken or missing file names nothing. */
function preloaded(file: string): string[] {
  try {
    const text = new TextDecoder().decode(readRegularFile(file));
    return text
      .replace(/#.*/g, "")
      .split(/[\s:]+/)
      .filter((name) => name !== "");
  } catch {
    return [];
  }
}

/** Reads images once, however many programs use them. */
export class Loader {
  readonly #root: string;
  readonly #images = new Map<string, Image>();
  readonly #folders: readonly string[];
  readonly #preloaded: readonly string[];

  /** @param root folder in which absolute paths are looked up: `/` for this machine */
  constructor(root = "/") {
    this.#root = root;
    const standard = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];
    this.#folders = [...new Set([...configured(join(root, "etc/ld.so.conf")), ...standard])];
    this.#preloaded = preloaded(join(root, "etc/ld.so.preload"));
  }

  /**
   * Reads one file.
   *
   * @throws IsinglassError ISG_COMPAT_FILE or ISG_COMPAT_ELF
   */
  image(path: string): Image {
    const known = this.#images.get(realPath(path));
    if (known !== undefined) return known;
    const data = readRegularFile(path);
    const elf = readElf(data, path);
    if (elf.bits !== 64)
      throw new IsinglassError("ISG_COMPAT_ELF", `${path}: a 32-bit program; only x86-64 ones are analysed`);
    const image = new Image(elf, path);
    this.#images.set(realPath(path), image);
    return image;
  }

  /** Folders in which what `by` needs is looked for, in the loader's order (ld.so(8), "DESCRIPTION"). */
  #search(by: Needing): string[] {
    const own = (folders: string, image: Image): string[] =>
      folders
        .split(":")
        .filter((folder) => folder !== "")
        // The kernel tells the loader where the file really is, not by which link it was found.
        .map((folder) => folder.replace(/\$(ORIGIN|\{ORIGIN\})/g, dirname(realPath(image.path))));
    const out: string[] = [];
    const { runpath } = by.image.elf.dynamic;
    if (runpath === "") {
      for (let at: Needing | undefined = by; at !== undefined; at = at.by) {
        const { dynamic } = at.image.elf;
        if (dynamic.runpath === "") out.push(...own(dynamic.rpath, at.image));
      }
    }
    return [...out, ...own(runpath, by.image), ...this.#folders.map((f) => join(this.#root, f))];
  }

  #find(name: string, by: Needing, level: number): string | undefined {
    if (name.includes("/")) return existsSync(name) ? name : undefined;
    const variants = LEVEL_FOLDERS.slice(0, Math.max(0, level - 1)).toReversed();
    for (const folder of this.#search(by)) {
      for (const variant of [...variants, ""]) {
        const path = join(folder, variant, name);
        // A library of another class is passed over, as the loader does.
        if (existsSync(path) && elfClass(path) === 2) return path;
      }
    }
    return undefined;
  }

  /**
   * A program with all its libraries, breadth first, and the loader last.
   *
   * @param level x86-64 level of the CPU: libraries that are there in a version for it or a level below it are taken in that
   * @throws IsinglassError ISG_COMPAT_FILE or ISG_COMPAT_ELF about the file itself; a broken library counts as missing
   */
  program(path: string, level = 1): Program {
    const all: Needing[] = [{ image: this.image(path), by: undefined }];
    const names = new Set<string>();
    const missing: string[] = [];
    const add = (name: string, by: Needing): void => {
      if (names.has(name)) return;
      names.add(name);
      const found = this.#find(name, by, level);
      if (found === undefined) {
        missing.push(name);
        return;
      }
      try {
        const image = this.image(found);
        if (!all.some((each) => each.image === image)) all.push({ image, by });
      } catch {
        missing.push(name);
      }
    };
    const [first] = all as [Needing];
    const { interpreter } = first.image.elf;
    if (interpreter !== "") for (const name of this.#preloaded) add(name, first);
    for (let i = 0; i < all.length; i += 1) for (const name of all[i]!.image.elf.dynamic.needed) add(name, all[i]!);
    if (interpreter !== "") add(interpreter, first);
    return { images: all.map(({ image }) => image), missing };
  }
}
