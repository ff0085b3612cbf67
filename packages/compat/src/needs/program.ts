/** A program as the loader puts it together: its file, the libraries it needs, and which of them a symbol is taken from. */
import type { ElfSymbol } from "../elf/records.js";
import type { Image } from "./image.js";

export interface Program {
  /** The file itself, then its libraries in the loader's order (breadth first), then the loader. */
  readonly images: readonly Image[];
  /** Libraries that were not found. */
  readonly missing: readonly string[];
}

/** Where a name is defined: the first image in the loader's order that exports it (gABI, "Shared Object Dependencies"). */
export function resolveSymbol(
  program: Program,
  wanted: ElfSymbol,
): { readonly image: Image; readonly symbol: ElfSymbol } | undefined {
  for (const image of program.images) {
    const candidates = image.exports.get(wanted.name);
    if (candidates === undefined) continue;
    const symbol =
      candidates.find((s) => wanted.version !== "" && s.version === wanted.version) ??
      candidates.find((s) => !s.hidden) ??
      (wanted.version === "" ? candidates[0] : undefined);
    if (symbol !== undefined) return { image, symbol };
  }
  return undefined;
}
