/** Puts a program together as ld.so(8) does: DT_RPATH, DT_RUNPATH, ld.so.conf, the default folders. Nothing of it is executed. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { IsinglassError } from "@isinglass/interface";
import { type Elf, readElf } from "../elf/elf.js";
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

/** Reads images once, however many programs use them. */
export class Loader {
  readonly #root: string;
  readonly #images = new Map<string, Image>();
  readonly #folders: readonly string[];

  /** @param root folder in which absolute paths are looked up: `/` for this machine */
  constructor(root = "/") {
    this.#root = root;
    const standard = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];
    this.#folders = [...new Set([...configured(join(root, "etc/ld.so.conf")), ...standard])];
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

  #find(name: string, by: Elf, byPath: string): string | undefined {
    if (name.includes("/")) return existsSync(name) ? name : undefined;
    const { rpath, runpath } = by.dynamic;
    const own = (runpath === "" ? rpath : runpath)
      .split(":")
      .filter((folder) => folder !== "")
      // The kernel tells the loader where the file really is, not by which link it was found.
      .map((folder) => folder.replace(/\$\{?ORIGIN\}?/g, dirname(realpathSync(byPath))));
    for (const folder of [...own, ...this.#folders.map((f) => join(this.#root, f))]) {
      const path = join(folder, name);
      if (!existsSync(path)) continue;
      // A library of another class is passed over, as the loader does.
      if (elfClass(path) === 2) return path;
    }
    return undefined;
  }

  /**
   * A program with all its libraries, breadth first, and the loader last.
   *
   * @throws IsinglassError ISG_COMPAT_FILE or ISG_COMPAT_ELF about the file itself; a broken library counts as missing
   */
  program(path: string): Program {
    const images = [this.image(path)];
    const names = new Set<string>();
    const missing: string[] = [];
    const add = (name: string, by: Image): void => {
      if (names.has(name)) return;
      names.add(name);
      const found = this.#find(name, by.elf, by.path);
      if (found === undefined) {
        missing.push(name);
        return;
      }
      try {
        const image = this.image(found);
        if (!images.includes(image)) images.push(image);
      } catch {
        missing.push(name);
      }
    };
    for (let i = 0; i < images.length; i += 1) for (const name of images[i]!.elf.dynamic.needed) add(name, images[i]!);
    const { interpreter } = images[0]!.elf;
    if (interpreter !== "") add(interpreter, images[0]!);
    return { images, missing };
  }
}
